"""Items as a platform has them: made or updated by its own ids, as often as it likes.

An item is made once, whoever puts it at the same time: the external id is unique, and who loses the race looks again.
What one may not see is told of by `taken` alone, as when making an item.
"""

from collections import Counter
from typing import Final, Literal

import msgspec
from msgspec import UNSET

from draftwire.errors import Problem
from draftwire.rest.items import (
    ChangedItem,
    ItemPut,
    NewItem,
    PartRefused,
    PutItem,
    Synced,
    SyncedItem,
    SyncItems,
    SyncResult,
)
from draftwire_server.core.bulk import BadPart, woven
from draftwire_server.core.canonical import content_hash
from draftwire_server.core.edits.whole import with_lf
from draftwire_server.limits.pages import SYNC_ITEMS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.items.change import ItemChanges
from draftwire_server.services.items.items import Items
from draftwire_server.services.items.surroundings import place_of
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.people.groups import checked_summary
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Database

ATTEMPTS: Final = 3  # somebody else made the item, and it was gone again, twice: that is no race


class ItemSync:
    """See the module."""

    def __init__(self, database: Database, kinds: KindBook, making: Items, moving: ItemChanges) -> None:
        self._database = database
        self._kinds = kinds
        self._making = making
        self._moving = moving

    async def put(self, principal: Principal, external_id: str, wanted: PutItem) -> ItemPut:
        """Make an item, or bring its path and summary to what is wanted.

        Raises:
            Problem: forbidden, bad_path, taken, kind_differs, and what making an item raises.
        """
        if wanted.summary is not UNSET:
            checked_summary(wanted.summary)  # one that is cut would be another one next time
        for _ in range(ATTEMPTS):
            row = await self._seen(principal, external_id)
            if row is not None:
                return await self._update(principal, row, external_id, wanted)
            try:
                return await self._make(principal, external_id, wanted)
            except Problem as problem:
                # The path may be taken, or the external id: by an item out of sight, or by one made just now.
                if problem.code != "taken" or await self._seen(principal, external_id) is None:
                    raise
        raise Problem("taken")

    async def put_many(self, principal: Principal, wanted: SyncItems, bad: dict[int, BadPart]) -> SyncResult:
        """Put many, one after the other, each by itself; a path that another one of them leaves is tried again.

        ``bad``: those that could not be read, by their places among all.

        Raises:
            Problem: bad_message (one is there twice), too_many, unavailable; what was put until then stays put.
        """
        if len(wanted.items) + len(bad) > SYNC_ITEMS:
            raise Problem("too_many", f"Send at most {SYNC_ITEMS} items at once.")
        twice = [name for name, count in Counter(item.external_id for item in wanted.items).items() if count > 1]
        if twice:
            raise Problem("bad_message", "An external id occurs twice in the request.", detail={"external_ids": twice})
        results: list[Synced] = [Synced()] * len(wanted.items)
        waiting = list(range(len(wanted.items)))
        while waiting:
            taken = []
            for index in waiting:
                results[index] = await self._one(principal, wanted.items[index])
                refused = results[index].refused
                if refused is not None and refused.code == "taken":
                    taken.append(index)
            if len(taken) == len(waiting):
                break
            waiting = taken
        all_ = woven(results, bad, lambda part: Synced(refused=_refused(part.name, part.problem)))
        outcomes = ["refused" if result.put is None else result.put.outcome for result in all_]
        return SyncResult(
            all_, made=outcomes.count("made"), updated=outcomes.count("updated"),
            unchanged=outcomes.count("unchanged"), refused=outcomes.count("refused"),
        )  # fmt: skip

    async def _one(self, principal: Principal, item: SyncedItem) -> Synced:
        try:
            return Synced(put=await self.put(principal, item.external_id, item))
        except Problem as problem:
            if problem.code in ("unavailable", "internal"):
                raise
            return Synced(refused=_refused(item.external_id, problem))

    async def _seen(self, principal: Principal, external_id: str) -> items.ItemRow | None:
        async with self._database.acquired() as connection:
            row = await items.find_item_by_external_id(connection, principal.workspace.id, external_id)
        return row if row is not None and principal.may("see_item", place_of(row)) else None

    async def _make(self, principal: Principal, external_id: str, wanted: PutItem) -> ItemPut:
        path = None if wanted.path is UNSET else wanted.path
        summary = None if wanted.summary is UNSET else wanted.summary
        new = NewItem(wanted.kind, path, external_id, summary, wanted.value)
        item = await self._making.create(principal, new)
        made = await self._making.load(principal, item)
        return ItemPut(
            item, external_id, "made", "initial" if wanted.value is None else "set", made.path, made.summary, 0
        )

    async def _update(self, principal: Principal, row: items.ItemRow, external_id: str, wanted: PutItem) -> ItemPut:
        if not principal.may("write_item", place_of(row)):
            raise principal.lacks("write")
        if wanted.kind != row.kind:
            await self._kinds.load(principal.workspace.id, wanted.kind)
            raise Problem("kind_differs", f"The item is of kind {row.kind}.", detail={"item": row.id, "kind": row.kind})
        value: Literal["same", "kept", "not_sent"] = "not_sent"
        if wanted.value is not None:
            kind = await self._kinds.load(principal.workspace.id, row.kind)
            value = "same" if content_hash(with_lf(kind, wanted.value)) == row.base_hash else "kept"
        changed = ChangedItem(
            UNSET if wanted.path == row.path else wanted.path,
            UNSET if wanted.summary == row.summary else wanted.summary,
        )
        if changed == ChangedItem():
            return _put(row, external_id, "unchanged", value)
        await self._moving.change(principal, row.id, changed)
        after = await self._seen(principal, external_id)
        if after is None:  # put where who put it sees it no longer
            after = msgspec.structs.replace(
                row, path=row.path if changed.path is UNSET else changed.path,
                summary=row.summary if changed.summary is UNSET else changed.summary,
            )  # fmt: skip
        same = (after.path, after.summary) == (row.path, row.summary)  # another spelling of the path
        return _put(after, external_id, "unchanged" if same else "updated", value)


def _refused(external_id: str, problem: Problem) -> PartRefused:
    kind = problem.kind
    return PartRefused(external_id, kind.status, problem.code, problem.message, kind.retry, problem.detail)


def _put(
    row: items.ItemRow,
    external_id: str,
    outcome: Literal["updated", "unchanged"],
    value: Literal["same", "kept", "not_sent"],
) -> ItemPut:
    return ItemPut(row.id, external_id, outcome, value, row.path, row.summary, row.head_version)
