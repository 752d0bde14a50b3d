"""Items: lists that go on, an item with all around it, and putting one by the platform's id."""

from collections.abc import AsyncIterator, Generator, Sequence
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.api.asking import Asking
from draftwire.api.calls.items import ItemsCalls
from draftwire.errors import heard_problem
from draftwire.rest.items import (
    Include,
    ItemPage,
    ItemPut,
    ItemQuery,
    ItemState,
    ListedItem,
    LookQuery,
    PutItem,
    SyncedItem,
)


class ItemsApi(ItemsCalls):
    """`Api.items`."""

    def list(
        self,
        q: str | None = None,
        *,
        path: str | None = None,
        prefix: str | None = None,
        folder: str | None = None,
        kind: str | Sequence[str] = (),
        external_id: str | Sequence[str] = (),
        creator: str | None = None,
        drafts: Literal["mine", "others", "any"] | None = None,
        behind: bool = False,
        archived: Literal["without", "only", "with"] = "without",
        changed_since: float | None = None,
        order: Literal["path", "changed", "rank"] | None = None,
        include: Sequence[Include] = (),
        cursor: str | None = None,
        limit: int = 50,
    ) -> "ItemList":
        """The items that one may see: ``await`` gives a page, ``async for`` every item of all pages.

        What the filters mean: `ItemQuery`. Both raise `Problem`.
        """
        query = ItemQuery(
            path=path, prefix=prefix, folder=folder, kind=_many(kind), external_id=_many(external_id), creator=creator,
            drafts=drafts, behind=behind, archived=archived, changed_since=changed_since, q=q, order=order,
            include=tuple(include), cursor=cursor, limit=limit,
        )  # fmt: skip
        return ItemList(self._api, query)

    async def get(
        self, item: str, *, include: Sequence[Literal["value", "mine", "drafts", "here", "none"]] = ()
    ) -> ItemState:
        """One item and what stands around it; ``item`` is its id, or ``ext:`` and the platform's own.

        ``include`` narrows it; ``["none"]`` is the item alone. Raises `Problem` not_found.
        """
        path = await self._api.in_workspace("items", item)
        found = await self._api.ask(ItemState, "GET", path, query=LookQuery(tuple(include)))
        if found.mine is not None and not found.mine.stands:
            self._api.unbegun(found.mine.draft, found.item)
        return found

    async def put(
        self,
        external_id: str,
        kind: str,
        *,
        path: str | UnsetType | None = UNSET,
        summary: str | UnsetType = UNSET,
        value: dict[str, Any] | None = None,
    ) -> ItemPut:
        """Make an item, or update the one of this external id; the answer says which, and what became of ``value``.

        Raises `Problem` forbidden, bad_path, taken, kind_differs, unknown_kind, …
        """
        if "/" in external_id:  # in an address it would be %2F, which proxies like to decode
            return await self._put_by_sync(SyncedItem(kind, path, summary, value, external_id=external_id))
        address = await self._api.in_workspace("items", f"ext:{external_id}")
        return await self._api.ask(ItemPut, "PUT", address, body=PutItem(kind, path, summary, value))

    async def _put_by_sync(self, item: SyncedItem) -> ItemPut:
        (result,) = (await self.sync([item])).results
        if result.put is None:
            assert result.refused is not None
            refused = result.refused
            raise heard_problem(refused.status, refused.code, refused.message, refused.more)
        return result.put


class ItemList:
    """A list of items: its first page if awaited, all its items if iterated."""

    def __init__(self, api: Asking, query: ItemQuery) -> None:
        self._api = api
        self._query = query

    def __await__(self) -> Generator[Any, None, ItemPage]:
        return self._page(self._query.cursor).__await__()

    async def __aiter__(self) -> AsyncIterator[ListedItem]:
        cursor = self._query.cursor
        while True:
            page = await self._page(cursor)
            for item in page.items:
                yield item
            cursor = page.next
            if cursor is None:
                return

    async def _page(self, cursor: str | None) -> ItemPage:
        asked = msgspec.structs.replace(self._query, cursor=cursor)
        return await self._api.ask(ItemPage, "GET", await self._api.in_workspace("items"), query=asked)


def _many(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
