"""Snapshots: the states that a log is played from, each written beside the commit that made it due."""

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from draftwire.errors import Problem
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.worker.outage import Outage
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)


class Snapshots:
    """Writes them. One that can't be written stays due: a later commit tries again, after a pause that all share."""

    def __init__(self, database: Database, spawn: Callable[..., Any]) -> None:
        self._database = database
        self._spawn = spawn
        self._outage = Outage(log, "no snapshot can be written")
        self._again_at = 0.0  # monotonic s: none is tried before
        self.made: Callable[[LiveDraft, int, int], Awaitable[None]] = _nothing_more

    def after_commit(self, live: LiveDraft) -> None:
        """Begin a snapshot of the draft's state if one is due."""
        if live.state.snapshot_due and time.monotonic() >= self._again_at:
            self._spawn(self._make(live))

    async def _make(self, live: LiveDraft) -> None:
        replica = live.replica
        live.state.snapshot_begun()
        live.state.measure()
        at = (replica.generation, replica.seq, replica.mark, live.value_json(), replica.last_nos())
        try:
            async with self._database.acquired() as connection:
                await logs.save_snapshot(connection, live.workspace, live.id, *at)
        except Problem as problem:
            live.state.snapshot_failed()
            self._again_at = time.monotonic() + self._outage.failed(problem.__cause__ or problem)
            return
        self._outage.over()
        await self.made(live, replica.generation, at[1])


async def _nothing_more(_live: LiveDraft, _generation: int, _seq: int) -> None:
    """Nobody wants to hear of snapshots."""
