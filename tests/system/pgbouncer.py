"""A real PgBouncer in front of the tests' Postgres; where there is none it is installed, as Chromium is."""

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from draftwire_server.cli.process import child
from tests.waiting import until

ADVICE = "This test needs PgBouncer and found none: apt-get install pgbouncer, or brew install pgbouncer."


def find() -> str:
    """Give the path of a PgBouncer; installs the distribution's if it may."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None and (apt := shutil.which("apt-get")) and os.geteuid() == 0:
        environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for command in ([apt, "update"], [apt, "install", "-y", "--no-install-recommends", "pgbouncer"]):
            subprocess.run(command, env=environ, stdout=sys.stderr, check=False)
        found = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
    assert found is not None, ADVICE
    return found


@asynccontextmanager
async def pooled(database_url: str, mode: str, *more: str) -> AsyncIterator[str]:
    """Run one in ``pool_mode`` ``mode``; gives the URL that leads through it."""
    directory = Path(tempfile.mkdtemp(prefix="draftwire-pgbouncer-"))
    try:
        async with _running(database_url, directory, mode, *more) as url:
            yield url
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@asynccontextmanager
async def _running(database_url: str, directory: Path, mode: str, *more: str) -> AsyncIterator[str]:
    parts = urlsplit(database_url)
    (host,) = parse_qs(parts.query)["host"]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = directory / "pgbouncer.ini"
    database = parts.path.lstrip("/")
    config.write_text(
        "\n".join(
            [
                "[databases]",
                f"{database} = host={host} user={parts.username}",
                "[pgbouncer]",
                f"pool_mode = {mode}",
                "listen_addr = 127.0.0.1",
                f"listen_port = {port}",
                "unix_socket_dir =",
                "auth_type = any",
                "max_client_conn = 200",
                "default_pool_size = 40",
                *more,
            ]
        )
    )
    user = pwd.getpwuid(Path(host).stat().st_uid)  # who may enter there; root may not run it
    if os.geteuid() == 0:
        for path in (directory, config):
            os.chown(path, user.pw_uid, user.pw_gid)
    command = [find(), str(config)]
    if os.geteuid() == 0:  # as that user, and past the closed directories above the socket, as Postgres runs here
        mine = (os.getpid(), int(signal.SIGTERM), user.pw_uid, user.pw_gid, 1)
        command = [sys.executable, "-I", "-S", child.__file__, *map(str, mine), "--", *command]
    log = directory / "pgbouncer.log"
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(*command, stdout=output, stderr=output)
    try:

        def listens() -> bool:
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0

        await until(listens, "PgBouncer listens")
        yield f"postgresql://{parts.username}@127.0.0.1:{port}/{database}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
