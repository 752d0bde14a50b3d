"""Logs that grow old: batches older than `Timings.ops_kept_s` go, in whole ranges up to a snapshot, never merged.

The snapshot carries each session's last number, and blame. What an open alert, a suggestion or a live run needs stays,
and so does the value of every named state. Each statement is bounded; whatever is left goes at the next sweep.
"""

import logging
from typing import Final

from draftwire.errors import Problem
from draftwire_server.services.history.blame import Blames
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.settings import Settings
from draftwire_server.store.history import history, retention
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

ROWS: Final = 5_000
"""Batches dropped by one statement: some ten milliseconds."""

STATEMENTS: Final = 400
"""Such statements of one sweep: two million batches an hour, more than a workspace writes."""

DRAFTS: Final = 200
"""Drafts looked at by one statement."""

ALL: Final = 2**62


class Retention:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, drafts: Drafts, blaming: Blames) -> None:
        self._keep_s = settings.timings.ops_kept_s
        self._database = database
        self._drafts = drafts
        self._blaming = blaming

    async def list_due(self, after: str) -> list[str]:
        """Workspaces behind one in which something may be old, a page of them. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            return await retention.list_due(connection, self._keep_s, after)

    async def count(self, workspace: str) -> int:
        """How many batches `run_once` would drop in a workspace. Raises `Problem` unavailable."""
        counted = 0
        async with self._database.acquired() as connection:
            for old in await retention.list_ended(connection, workspace, DRAFTS):
                counted += await retention.count_ops(connection, workspace, old.draft, old.generation, ALL)
            after = ""
            while found := await retention.list_old(connection, workspace, after, self._keep_s, DRAFTS):
                for old in found:
                    cut = await retention.find_cut(connection, workspace, old.draft, old.generation, self._keep_s)
                    if cut is not None:
                        counted += await retention.count_ops(connection, workspace, old.draft, old.generation, cut)
                after = found[-1].draft
        return counted

    async def run_once(self, workspace: str) -> int:
        """Drop what is old in one workspace; gives how many batches went. Raises `Problem` unavailable."""
        dropped, left = 0, STATEMENTS
        async with self._database.acquired() as connection:
            ended = await retention.list_ended(connection, workspace, DRAFTS)
        for old in ended:
            count, left = await self._drop(workspace, old, ALL, left)
            dropped += count
        after = ""
        while left > 0:
            async with self._database.acquired() as connection:
                found = await retention.list_old(connection, workspace, after, self._keep_s, DRAFTS)
            for old in found:
                count, left = await self._shorten(workspace, old, left)
                dropped += count
            if len(found) < DRAFTS:
                break
            after = found[-1].draft
        if dropped:
            log.info("workspace %s: %d old batches dropped", workspace, dropped)
        return dropped

    async def _shorten(self, workspace: str, old: retention.Old, left: int) -> tuple[int, int]:
        async with self._database.acquired() as connection:
            cut = await retention.find_cut(connection, workspace, old.draft, old.generation, self._keep_s)
            if cut is None:
                return 0, left
            known = await history.find_blame(connection, workspace, old.draft, old.generation, cut)
        if known is None or known[0] != cut:
            try:
                live = await self._drafts.opened(workspace, old.draft)
                await self._blaming.keep(live, old.generation, cut)
            except Problem as problem:
                if problem.code not in ("base_expired", "generation_changed"):
                    log.info("draft %s: not shortened now: %s", old.draft, problem)
                    return 0, left
        return await self._drop(workspace, old, cut, left)

    async def _drop(self, workspace: str, old: retention.Old, cut: int, left: int) -> tuple[int, int]:
        """Drop the batches up to a seq and the snapshots before it; gives how many, and the statements left."""
        dropped = 0
        while left > 0:
            async with self._database.acquired() as connection:
                count = await retention.drop_ops(connection, workspace, old.draft, old.generation, cut, ROWS)
                dropped, left = dropped + count, left - 1
                if count < ROWS:
                    await retention.drop_states(connection, workspace, old.draft, old.generation, cut)
                    break
        return dropped, left
