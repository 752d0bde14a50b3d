"""A disk that is really full: a file system in memory with room for one database, and a file that takes the rest.

Only whoever may mount can have one, which is root outside of most containers.
"""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from draftwire_server.cli.process.embedded import SUPERUSER
from tests.conftest import Databases

SIZE = "64m"  # an empty database takes 12
NAME = "small"


class NoDiskToFill(Exception):
    """This process may not mount one."""


class SmallDisk:
    """Where the database is, and the file that fills the disk up."""

    def __init__(self, database_url: str, place: Path) -> None:
        self.database_url = database_url
        self._filler = place / "filler"

    def fill(self) -> None:
        """Leave no room."""
        with self._filler.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

    def empty(self) -> None:
        """Give the room back."""
        self._filler.unlink()


async def _ran(*command: str) -> bool:
    nowhere = asyncio.subprocess.DEVNULL
    try:
        process = await asyncio.create_subprocess_exec(*command, stdout=nowhere, stderr=nowhere)
    except FileNotFoundError:
        return False
    return await process.wait() == 0


@asynccontextmanager
async def small_disk(databases: Databases) -> AsyncIterator[SmallDisk]:
    """A migrated database on a disk of its own. Raises `NoDiskToFill`."""
    connection = await asyncpg.connect(databases.services.url("postgres", SUPERUSER))
    owner = Path(await connection.fetchval("show data_directory")).stat()
    await connection.close()
    place = Path(tempfile.mkdtemp(prefix="draftwire-disk-"))
    options = f"size={SIZE},mode=700,uid={owner.st_uid},gid={owner.st_gid}"
    try:
        if os.geteuid() != 0 or not await _ran("mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)):
            raise NoDiskToFill
        try:
            await databases.run(f"create tablespace {NAME} location '{place}'")
            try:
                async with databases.fresh(tablespace=NAME) as url:
                    yield SmallDisk(url, place)
            finally:
                await databases.run(f"drop tablespace {NAME}")
        finally:
            await _ran("umount", "--lazy", str(place))  # a background process of Postgres may still hold a file
    finally:
        place.rmdir()
