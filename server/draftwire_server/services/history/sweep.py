"""The sweep: what is older than its rule of keeping (`store/keeping.py`) goes, in every workspace where any is due.

Postgres is asked which workspaces these are; whether anybody is connected there, and to which worker, does not matter.
Each statement is bounded and a transaction of its own. Several workers, and `draftwire prune`, may sweep at once: rows
that another one is dropping are passed over. Items that were deleted go first, then suggestions, events, what one
statement finds, and batches, which need the most work.
"""

import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

from draftwire_server.limits.retention import DELETED_KEPT_DAYS, EVENTS_KEPT_DAYS
from draftwire_server.limits.tuning import EVENTS_PER_SWEEP
from draftwire_server.services.history.retention import Retention
from draftwire_server.store import keeping
from draftwire_server.store.events import clock
from draftwire_server.store.items import lives
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

ROWS: Final = 1_000
"""Dropped by one statement: some ten milliseconds."""

STEPS: Final = 200
"""Of items, and of suggestions, in one workspace and sweep: a million ops, in some tens of seconds."""

STATEMENTS: Final = 500
"""For one rule and workspace in one sweep; what is left goes at the next one."""


class Keeper:
    """See the module."""

    def __init__(self, database: Database, retention: Retention) -> None:
        self._database = database
        self._retention = retention
        self._busy = False

    async def sweep(self) -> Counter[str]:
        """Drop what is due; says how many rows of which table. While one sweep is under way another does nothing.

        Raises:
            Problem: unavailable; what is done is done.
        """
        dropped: Counter[str] = Counter()
        if self._busy:
            return dropped
        self._busy = True
        try:
            await self._items(dropped)
            await self._suggestions(dropped)
            await self._events(dropped)
            await self._timed(dropped)
            async for workspace in self._each(self._retention.list_due):
                dropped["draft_op"] += await self._retention.run_once(workspace)
        finally:
            self._busy = False
        if +dropped:
            log.info("old rows dropped: %s", ", ".join(f"{table} {count}" for table, count in sorted(dropped.items())))
        return +dropped

    async def count(self) -> Counter[str]:
        """How many rows of which table are due now. What goes because of others that go is not counted."""
        due: Counter[str] = Counter()
        async with self._database.acquired() as connection:
            for workspace in await lives.expired_in(connection, DELETED_KEPT_DAYS):
                due["item"] += await lives.count_expired(connection, workspace, DELETED_KEPT_DAYS)
            for workspace in await clock.workspaces_with_old_events(connection, EVENTS_KEPT_DAYS):
                due["event"] += await clock.count_old_events(connection, workspace, EVENTS_KEPT_DAYS)
        for rule in (keeping.SUGGESTIONS, *keeping.TIMED):
            async for workspace in self._due(rule):
                async with self._database.acquired() as connection:
                    due[rule.table] += await keeping.count_old(connection, rule, workspace)
        async for workspace in self._each(self._retention.list_due):
            due["draft_op"] += await self._retention.count(workspace)
        return +due

    # ---- which are due

    async def _each(self, page: Callable[[str], Awaitable[list[str]]]) -> AsyncIterator[str]:
        after = ""
        while found := await page(after):
            for workspace in found:
                yield workspace
            after = found[-1]

    def _due(self, rule: keeping.Rule) -> AsyncIterator[str]:
        async def page(after: str) -> list[str]:
            async with self._database.acquired() as connection:
                return await keeping.list_due(connection, rule, after)

        return self._each(page)

    # ---- what goes

    async def _items(self, dropped: Counter[str]) -> None:
        async with self._database.acquired() as connection:
            workspaces = await lives.expired_in(connection, DELETED_KEPT_DAYS)
        for workspace in workspaces:
            async with self._database.acquired() as connection:
                before = await lives.count_expired(connection, workspace, DELETED_KEPT_DAYS)
            for _ in range(STEPS):
                async with self._database.transaction() as connection:
                    if not await lives.purge_some(connection, workspace, DELETED_KEPT_DAYS):
                        break
            async with self._database.acquired() as connection:
                dropped["item"] += before - await lives.count_expired(connection, workspace, DELETED_KEPT_DAYS)

    async def _suggestions(self, dropped: Counter[str]) -> None:
        async for workspace in self._due(keeping.SUGGESTIONS):
            for _ in range(STEPS):
                async with self._database.transaction() as connection:
                    whole = await keeping.drop_some_suggestion(connection, workspace)
                if whole is None:
                    break
                dropped["draft"] += whole

    async def _events(self, dropped: Counter[str]) -> None:
        async with self._database.acquired() as connection:
            workspaces = await clock.workspaces_with_old_events(connection, EVENTS_KEPT_DAYS)
        for workspace in workspaces:
            for _ in range(STATEMENTS):
                async with self._database.acquired() as connection:
                    done = await clock.drop_old_events(connection, workspace, EVENTS_KEPT_DAYS, EVENTS_PER_SWEEP)
                dropped["event"] += done
                if done < EVENTS_PER_SWEEP:
                    break

    async def _timed(self, dropped: Counter[str]) -> None:
        for rule in keeping.TIMED:
            async for workspace in self._due(rule):
                for _ in range(STATEMENTS):
                    async with self._database.acquired() as connection:
                        done = await keeping.drop_old(connection, rule, workspace, ROWS)
                    dropped[rule.table] += done
                    if done < ROWS:
                        break
