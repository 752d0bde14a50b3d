"""The outbox: what edits caused becomes events, within a second, in commit order, whoever moves it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from draftwire.errors import Problem
from draftwire_server.bus.bus import Bus
from draftwire_server.settings import Settings
from draftwire_server.store.events import clock
from draftwire_server.store.postgres import Database


class Outbox:
    """Moves rows and tells the other workers to look."""

    def __init__(self, settings: Settings, database: Database, bus: Bus) -> None:
        self._pause_s = settings.timings.outbox_s
        self._database = database
        self._bus = bus
        self._hear: Callable[[str], Awaitable[None]] | None = None
        self._heard: set[str] = set()
        self._wake = asyncio.Event()

    async def listen(self, hear: Callable[[str], Awaitable[None]]) -> None:
        """Call ``hear`` with a workspace whenever anybody wrote events in it."""
        self._hear = hear
        await self._bus.hear("events", self._note)

    def _note(self, workspace: str, _: bytes) -> None:
        self._heard.add(workspace)
        self._wake.set()

    def tell(self, workspace: str) -> None:
        """Events were written: everybody looks now instead of at the next poll."""
        self._bus.tell("events", workspace, b"")
        self._note(workspace, b"")

    async def run(self) -> None:
        """Move until cancelled; an outage is waited out."""
        while True:
            try:
                await self._move()
            except Problem as problem:
                if problem.code != "unavailable":
                    raise
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s):
                    await self._wake.wait()
            self._wake.clear()
            heard, self._heard = self._heard, set()
            for workspace in heard:
                if self._hear is not None:
                    await self._hear(workspace)

    async def _move(self) -> None:
        async with self._database.acquired() as connection:
            waiting = await clock.waiting_outboxes(connection)
        for workspace in waiting:
            async with self._database.transaction() as connection:
                moved = await clock.move_outbox(connection, workspace)
            if moved is not None:
                self.tell(workspace)
