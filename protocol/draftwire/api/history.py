"""A draft's past: groups of its history page after page, and the names of its states."""

from collections.abc import AsyncIterator

from draftwire.api.calls.history import HistoryCalls
from draftwire.rest.drafts import NamedDraft
from draftwire.rest.history import HistoryGroup, NamedState, NamedStates


class HistoryApi(HistoryCalls):
    """`Api.history`. States are named by an etag, a seq (as text) or a name that somebody gave them."""

    async def groups(self, draft: str, *, generation: int | None = None) -> AsyncIterator[HistoryGroup]:
        """All groups of a draft's history, page after page, the latest first. Raises `Problem` as `page`."""
        before: int | None = None
        while True:
            page = await self.page(draft, before=before, generation=generation)
            for group in page.groups:
                yield group
            if page.next is None:
                return
            before = page.next

    async def names(self, draft: str) -> tuple[NamedState, ...]:
        """The named states of a draft, the latest first."""
        path = await self._api.in_workspace("drafts", draft, "names")
        return (await self._api.ask(NamedStates, "GET", path, query=NamedDraft(self._api.item_of(draft, None)))).names
