"""Drafts: lists that go on, and those that nobody has begun."""

from collections.abc import AsyncIterator, Generator, Sequence
from typing import Any, Literal

import msgspec

from draftwire.api.asking import Asking
from draftwire.api.calls.drafts import DraftsCalls
from draftwire.rest.draft_list import DraftListQuery, DraftPage, ListedDraft
from draftwire.rest.drafts import DraftQuery, DraftState, NamedDraft
from draftwire.wire.messages import Diagnostic, Diagnostics


class DraftsApi(DraftsCalls):
    """`Api.drafts`.

    A draft that nobody has begun is found with its ``item`` only. One that this `Api` was told of (`of_item`,
    `Api.items.get`) needs none.
    """

    def list(
        self,
        *,
        whose: Literal["mine", "others", "any"] = "any",
        owner: str | None = None,
        purpose: Literal["own", "shared", "suggestion"] | None = None,
        item: str | None = None,
        folder: str | None = None,
        prefix: str | None = None,
        kind: str | Sequence[str] = (),
        behind: bool = False,
        conflict: bool = False,
        archived: Literal["without", "only", "with"] = "without",
        order: Literal["changed", "age"] = "changed",
        cursor: str | None = None,
        limit: int = 50,
    ) -> "ListOfDrafts":
        """The drafts with changes that one may know of: ``await`` gives a page, ``async for`` every draft of all pages.

        What the filters mean: `DraftListQuery`. Both raise `Problem`.
        """
        query = DraftListQuery(
            whose=whose, owner=owner, purpose=purpose, item=item, folder=folder, prefix=prefix,
            kind=(kind,) if isinstance(kind, str) else tuple(kind), behind=behind, conflict=conflict,
            archived=archived, order=order, cursor=cursor, limit=limit,
        )  # fmt: skip
        return ListOfDrafts(self._api, query)

    async def of_item(self, item: str, purpose: Literal["own", "shared"] | None = None) -> DraftState:
        """The draft of an item that an editor would open, or the one named. Raises `Problem`."""
        path = await self._api.in_workspace("items", item, "draft")
        state = await self._api.ask(DraftState, "GET", path, query=DraftQuery(purpose))
        if not state.stands:
            self._api.unbegun(state.draft, state.item)
        return state

    async def diagnostics(self, draft: str, *, item: str | None = None) -> tuple[Diagnostic, ...]:
        """What stands in the way of a deploy of the draft as it is now. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "diagnostics")
        query = NamedDraft(self._api.item_of(draft, item))
        return (await self._api.ask(Diagnostics, "GET", path, query=query)).diagnostics


class ListOfDrafts:
    """A list of drafts: its first page if awaited, all its drafts if iterated."""

    def __init__(self, api: Asking, query: DraftListQuery) -> None:
        self._api = api
        self._query = query

    def __await__(self) -> Generator[Any, None, DraftPage]:
        return self._page(self._query.cursor).__await__()

    async def __aiter__(self) -> AsyncIterator[ListedDraft]:
        cursor = self._query.cursor
        while True:
            page = await self._page(cursor)
            for draft in page.drafts:
                yield draft
            cursor = page.next
            if cursor is None:
                return

    async def _page(self, cursor: str | None) -> DraftPage:
        asked = msgspec.structs.replace(self._query, cursor=cursor)
        return await self._api.ask(DraftPage, "GET", await self._api.in_workspace("drafts"), query=asked)
