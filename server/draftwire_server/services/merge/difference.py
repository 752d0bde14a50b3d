"""The difference of two values of an item, as people read it; large ones beside the worker, with a deadline."""

import asyncio

from draftwire.rest.diff import DiffQuery, ItemDiff, Side
from draftwire_server.core.merge.parts import parts_of
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.merge.merge import Merges
from draftwire_server.services.merge.values import Compared, ComparedValues


class Differences:
    """See the module."""

    def __init__(self, opening: Opening, comparing: ComparedValues, kinds: KindBook, merging: Merges) -> None:
        self._opening = opening
        self._comparing = comparing
        self._kinds = kinds
        self._merging = merging

    async def diff(self, principal: Principal, item: str, query: DiffQuery) -> ItemDiff:
        """Compare two values.

        Raises:
            Problem: not_found, bad_message, bad_etag, generation_changed, rewound, base_ahead, base_expired,
                too_large (it can't be done in the time that a person waits).
        """
        row = await self._opening.visible_item(principal, item)
        old = await self._comparing.value_of(principal, row.id, query.from_)
        new = await self._comparing.value_of(principal, row.id, query.to)
        kind = await self._kinds.load(principal.workspace.id, row.kind)
        kind = kind.fitting(old.value).fitting(new.value)  # one of them may be from before the kind was changed
        comparison = await self._merging.compared(principal.workspace.id, kind, old.value, new.value, query.context)
        parts = await asyncio.to_thread(parts_of, comparison)
        return ItemDiff(row.id, _side(old), _side(new), comparison, parts)


def _side(compared: Compared) -> Side:
    return Side(compared.name, compared.draft, compared.etag, compared.version)
