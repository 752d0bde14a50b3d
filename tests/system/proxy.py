"""A way to Postgres that can be cut: between one server and its database, while the others go on."""

import asyncio
import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SOCKET = ".s.PGSQL.5432"


class Proxy:
    """Passes bytes between a Unix socket of its own and the database's."""

    def __init__(self, url: str, target: str) -> None:
        self.url = url  # the database's address, through here
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._cut = False

    def cut(self) -> None:
        """End every connection, and refuse new ones."""
        self._cut = True
        for writer in list(self._writers):
            writer.transport.abort()

    def mend(self) -> None:
        """Let connections through again."""
        self._cut = False

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._cut:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        self._writers |= {writer, far_writer}
        try:
            await asyncio.gather(_copy(reader, far_writer), _copy(far_reader, writer))
        finally:
            self._writers -= {writer, far_writer}


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def proxied(database_url: str) -> AsyncIterator[Proxy]:
    """A proxy in front of a database that listens on a Unix socket."""
    parts = urlsplit(database_url)
    directory = parse_qs(parts.query)["host"][0]
    with tempfile.TemporaryDirectory(prefix="dwp-") as own:
        url = f"{parts.scheme}://{parts.netloc}{parts.path}?host={quote(own, safe='')}"
        proxy = Proxy(url, str(Path(directory) / SOCKET))
        server = await asyncio.start_unix_server(proxy.pass_on, str(Path(own) / SOCKET))
        try:
            yield proxy
        finally:
            proxy.cut()
            server.close()
