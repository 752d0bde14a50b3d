"""The look at Postgres that no message replaces: every half second, heads of followed drafts, rights and events.

What Redis lost, reordered or never carried is found here. One task; a look that fails is tried again at the next turn,
and `/readyz` tells.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any

from draftwire.errors import Problem
from draftwire_server.bus.bus import Bus
from draftwire_server.services.access.rights import Rights
from draftwire_server.services.deploys.behind import Behind
from draftwire_server.services.deploys.owners import Owners
from draftwire_server.services.events.channels import Channels
from draftwire_server.services.events.eventlog import EventLog
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.worker.outage import Outage
from draftwire_server.settings import Settings
from draftwire_server.store import health
from draftwire_server.store.events import clock
from draftwire_server.store.postgres import DATABASE_ERRORS, Database

log = logging.getLogger(__name__)

PROOF_S = 2.0  # a demoted primary is noticed within this and a look
ROOM_S = 10.0  # a full disk, where nobody writes; a commit that fails notices it at once


class Watch:
    """See the module."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        bus: Bus,
        drafts: Drafts,
        rights: Rights,
        channels: Channels,
        behind: Behind,
        events: EventLog,
        owners: Owners,
    ) -> None:
        self._timings = settings.timings
        self._worker = settings.worker_name
        self._proof_due = self._room_due = 0.0
        self._database = database
        self._bus = bus
        self._drafts = drafts
        self._rights = rights
        self._channels = channels
        self._behind = behind
        self._events = events
        self._owners = owners
        self._now = asyncio.Event()
        self.problem: Problem | None = Problem("unavailable")  # until the first look

    def look_now(self) -> None:
        """Don't wait for the next turn."""
        self._now.set()

    async def run(self, each: Callable[[float], Any]) -> None:
        """Look until cancelled; ``each`` gets the monotonic time after every look."""
        outage = Outage(log, "Postgres can't be asked or written")
        while True:
            try:
                await self._look()
                await self._prove_write()
            except (Problem, *DATABASE_ERRORS) as error:
                outage.failed(error.__cause__ or error)
                self.problem = error if isinstance(error, Problem) else Problem("unavailable")
            else:
                outage.over()
                self.problem = None
            each(time.monotonic())
            redis_away = self._bus.configured and not self._bus.up
            pause_s = self._timings.poll_without_redis_s if redis_away else self._timings.poll_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._now.wait()
            self._now.clear()

    async def _prove_write(self) -> None:
        """Now and then: a replica, or a disk that is full, answers everything that `_look` asks."""
        now = time.monotonic()
        if self.problem is not None or now >= self._proof_due:
            room_due = self.problem is not None or now >= self._room_due
            async with self._database.acquired() as connection:
                await health.prove_write(connection, self._worker)
                if room_due:
                    await health.prove_room(connection)
            self._proof_due = now + PROOF_S
            if room_due:
                self._room_due = now + ROOM_S

    async def _look(self) -> None:
        workspaces = list({*self._rights.workspaces, *self._events.workspaces})
        async with self._database.acquired() as connection:
            clocks = await clock.read_clocks(connection, workspaces)
        for found in clocks:
            await self._rights.noticed(found)
        self._rights.run_out(time.time())
        self._rights.asked()
        for found in clocks:
            self._events.reached(found.workspace, found.event_seq)
            await self._channels.events_up_to(found.workspace, found.event_seq)
            await self._owners.events_up_to(found.workspace, found.event_seq)
        self._owners.forget_all_but(self._rights.workspaces)
        await self._drafts.compare_heads()
        await self._behind.look()
