"""What uses an item: the items whose live versions name it. A deploy notes what it names in its own transaction; what
else moves a head, or changes a kind, is looked through within a second, by any worker.

A reference is a path in a value, and means what stands there by now: also what has moved from there. Nothing here stops
anybody: references that lead nowhere stop a deploy (`services/deploys/deploy.py`).
"""

import asyncio
import logging
import time
from typing import Final

from draftwire.errors import Problem
from draftwire.rest.used_by import ItemUse, UsedBy, UsedByQuery
from draftwire_server.core import cursor
from draftwire_server.core.access.access import visible
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.core.kinds.references import Referred, kept_of, references, rules_digest
from draftwire_server.core.stored import stored_value
from draftwire_server.limits.pages import PAGE_ITEMS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.opening import Opening
from draftwire_server.settings import Settings
from draftwire_server.store.items import items
from draftwire_server.store.items import references as store
from draftwire_server.store.items.references import ByUserPath, DueItem, UserRow
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

ITEMS_PER_STEP: Final = 20  # of one workspace, before the next one's turn
STEPS_PER_TURN: Final = 50


class References:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, opening: Opening, kinds: KindBook) -> None:
        self._key = settings.resume_key.encode()
        self._lease_s = settings.timings.job_lease_s
        self._database = database
        self._opening = opening
        self._kinds = kinds
        self._rules_noted = False

    # ---- finding out

    async def turn(self) -> None:
        """Look through what is due. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            if not self._rules_noted:
                await store.note_rules(connection, {kind.name: rules_digest(kind) for kind in self._kinds.shipped})
                self._rules_noted = True
            waiting = await store.due_in(connection)
        for _ in range(STEPS_PER_TURN):
            waiting = [workspace for workspace in waiting if await self._step(workspace)]
            if not waiting:
                return

    async def _step(self, workspace: str) -> bool:
        """Look through some items of a workspace; whether there may be more."""
        async with self._database.acquired() as connection:
            due = await store.claim(connection, workspace, ITEMS_PER_STEP, self._lease_s)
        if due:  # another worker may have changed a kind just now; one that changes from here on makes them due again
            await self._kinds.refresh(workspace)
        for each in due:
            try:
                found = await self._found(workspace, each)
            except Problem:
                raise
            except Exception:  # one that can't be read keeps no other waiting, and is tried again after its lease
                log.exception("item %s: what it refers to could not be found out", each.item)
                continue
            async with self._database.transaction() as connection:
                await store.replace(connection, workspace, each, found)
        return len(due) == ITEMS_PER_STEP

    async def _found(self, workspace: str, due: DueItem) -> tuple[Referred, ...]:
        """What the live version of an item names; nothing, if its kind is not known any more."""
        async with self._database.acquired() as connection:
            value = await items.load_value(connection, workspace, due.item, due.head_version)
        try:
            kind = await self._kinds.load(workspace, due.kind)
        except Problem as problem:
            if problem.code == "unavailable":
                raise
            log.info("item %s: what it refers to is not known: %s", due.item, problem)
            return ()
        return () if value is None or not kind.reference else await asyncio.to_thread(_referred, kind, value)

    # ---- asking

    async def used_by(self, principal: Principal, item: str, query: UsedByQuery) -> UsedBy:
        """A page of the items that name an item, as far as the asker may see them. Raises `Problem` not_found,
        bad_cursor.
        """
        row = await self._opening.visible_item(principal, item)
        workspace, limit = principal.workspace.id, min(query.limit, PAGE_ITEMS)
        scope = f"used by\0{workspace}\0{principal.access.user}\0{row.id}".encode()
        after = cursor.unseal(self._key, scope, query.cursor, ByUserPath) if query.cursor else None

        shown = visible(principal.access, time.time())
        async with self._database.acquired() as connection:
            complete = not await store.any_due(connection, workspace)
            place = (row.id, row.kind, row.path)
            found = await store.list_users(connection, workspace, shown, place, after, limit + 1)
        page = found[:limit]
        end = ByUserPath(page[-1].path or "", page[-1].id) if len(found) > limit else None
        return UsedBy(tuple(map(_use, page)), None if end is None else cursor.seal(self._key, scope, end), complete)


def _use(row: UserRow) -> ItemUse:
    return ItemUse(row.id, row.kind, row.path, row.summary, row.version, tuple(row.at), row.times, tuple(row.former))


def _referred(kind: Kind, value: bytes) -> tuple[Referred, ...]:
    return kept_of(references(kind, stored_value(value)))
