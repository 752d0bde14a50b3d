"""What uses an item: the items whose live versions name it. Found out after each deploy, by any worker.

A reference is a path in a value, and means what stands there by now: also what has moved from there. Nothing here stops
anybody: references that lead nowhere stop a deploy (`services/deploys/deploy.py`).
"""

import asyncio
import hashlib
import logging
from itertools import islice
from typing import Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest.items import ItemUse, UsedBy, UsedByQuery
from draftwire_server.core import cursor
from draftwire_server.core.items.paths import nfc
from draftwire_server.core.kinds.kinds import Kind, Referred, references
from draftwire_server.limits import PAGE_ITEMS, PATH_CHARS, REFERENCES_PER_ITEM, USED_AT_SHOWN
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.paging import page_of
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
                await store.note_rules(connection, {kind.name: _digest(kind) for kind in self._kinds.shipped})
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
        for each in due:
            found = await self._found(workspace, each)
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

        async def read(behind: ByUserPath | None, most: int) -> tuple[list[UserRow], list[UserRow]]:
            async with self._database.acquired() as connection:
                found = await store.list_users(connection, workspace, row.id, row.kind, behind, most)
            return found, [each for each in found if principal.may("see_item", each.place)]

        page, next_ = await page_of(read, lambda each: ByUserPath(each.path or "", each.id), after, limit)
        uses = tuple(map(_use, page))
        return UsedBy(uses, None if next_ is None else cursor.seal(self._key, scope, next_))


def _use(row: UserRow) -> ItemUse:
    at = tuple(row.at[:USED_AT_SHOWN])
    return ItemUse(row.id, row.kind, row.path, row.summary, row.version, at, len(row.at))


def _referred(kind: Kind, value: bytes) -> tuple[Referred, ...]:
    """The references of a value that can lead anywhere: no item stands at a longer path."""
    found = (each for each in references(kind, msgspec.json.decode(value)) if len(each.path) <= PATH_CHARS)
    return tuple(msgspec.structs.replace(each, path=nfc(each.path)) for each in islice(found, REFERENCES_PER_ITEM))


def _digest(kind: Kind) -> str:
    return hashlib.sha256(msgspec.json.encode(kind.reference)).hexdigest()
