"""Items over HTTP."""

from collections.abc import AsyncIterator, Generator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.errors import heard_problem
from draftwire.rest.diff import ItemDiff
from draftwire.rest.items import (
    At,
    ChangedItem,
    Include,
    ItemPage,
    ItemPut,
    ItemQuery,
    ItemState,
    ListedItem,
    NewItem,
    PutItem,
    SyncedItem,
    SyncItems,
    SyncResult,
)
from draftwire.rest.lives import DeletedPage, ItemDeleted, Unarchive, Undelete
from draftwire.rest.used_by import UsedBy
from draftwire.wire.messages import Item

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class ItemsApi:
    """`Api.items`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

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
        found = await self._api.ask(ItemState, "GET", path, query={"include": tuple(include)})
        if found.mine is not None and not found.mine.stands:
            self._api.unbegun(found.mine.draft, found.item)
        return found

    async def diff(self, item: str, from_: str = "deployed", to: str = "mine", *, context: int = 3) -> ItemDiff:
        """What differs between two values of an item; how they are named: `DiffQuery`. Raises `Problem`."""
        path = await self._api.in_workspace("items", item, "diff")
        return await self._api.ask(ItemDiff, "GET", path, query={"from": from_, "to": to, "context": context})

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

    async def sync(self, items: Iterable[SyncedItem]) -> SyncResult:
        """Put many items, at most 200; a result for each, refused ones do not hold the others up. Raises `Problem`."""
        path = await self._api.in_workspace("items", "sync")
        return await self._api.ask(SyncResult, "POST", path, body=SyncItems(tuple(items)))

    async def change(
        self,
        item: str,
        *,
        path: str | UnsetType | None = UNSET,
        summary: str | UnsetType = UNSET,
        external_id: str | UnsetType | None = UNSET,
    ) -> Item:
        """Change an item itself; another path moves it, and with it who may see it. Raises `Problem`."""
        body = ChangedItem(path, summary, external_id)
        return await self._api.ask(Item, "PATCH", await self._api.in_workspace("items", item), body=body)

    async def at(self, path: str) -> At:
        """The item at a path, or the one that has moved from there: ``path`` of the answer is where it stands now.

        Raises `Problem` not_found.
        """
        return await self._api.ask(At, "GET", await self._api.in_workspace("at"), query={"path": path})

    async def archive(self, item: str) -> Item:
        """Archive an item; fine if it is archived. Raises `Problem` not_found, forbidden."""
        return await self._api.ask(Item, "POST", await self._api.in_workspace("items", item, "archive"))

    async def unarchive(self, item: str, *, path: str | UnsetType | None = UNSET) -> Item:
        """Bring an archived item back to its path, or another one. Raises `Problem` taken, forbidden, bad_path, …"""
        address = await self._api.in_workspace("items", item, "unarchive")
        return await self._api.ask(Item, "POST", address, body=Unarchive(path))

    async def delete(self, item: str) -> ItemDeleted:
        """Delete an item with all its drafts; fine if it is deleted. Raises `Problem` not_found, forbidden."""
        return await self._api.ask(ItemDeleted, "DELETE", await self._api.in_workspace("items", item))

    async def undelete(
        self, item: str, *, path: str | UnsetType | None = UNSET, external_id: str | UnsetType | None = UNSET
    ) -> Item:
        """Bring a deleted item back with all its drafts. Raises `Problem` not_found, taken (name another path), …"""
        address = await self._api.in_workspace("items", item, "undelete")
        return await self._api.ask(Item, "POST", address, body=Undelete(path, external_id))

    async def deleted(self, *, cursor: str | None = None, limit: int = 50) -> DeletedPage:
        """A page of what one may bring back, the latest first. Raises `Problem` bad_cursor."""
        address = await self._api.in_workspace("deleted-items")
        return await self._api.ask(DeletedPage, "GET", address, query={"cursor": cursor, "limit": limit})

    async def used_by(self, item: str, *, cursor: str | None = None, limit: int = 50) -> UsedBy:
        """A page of the items whose live versions name this one. Raises `Problem` not_found, bad_cursor."""
        address = await self._api.in_workspace("items", item, "used-by")
        return await self._api.ask(UsedBy, "GET", address, query={"cursor": cursor, "limit": limit})

    async def create(
        self,
        kind: str,
        *,
        path: str | None = None,
        external_id: str | None = None,
        summary: str | None = None,
        value: dict[str, Any] | None = None,
    ) -> Item:
        """Make an item. Raises `Problem` forbidden, bad_path, taken, unknown_kind, …"""
        new = NewItem(kind, path, external_id, summary, value)
        return await self._api.ask(Item, "POST", await self._api.in_workspace("items"), body=new)


class ItemList:
    """A list of items: its first page if awaited, all its items if iterated."""

    def __init__(self, api: "Api", query: ItemQuery) -> None:
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
        asked = msgspec.to_builtins(msgspec.structs.replace(self._query, cursor=cursor))
        return await self._api.ask(ItemPage, "GET", await self._api.in_workspace("items"), query=asked)


def _many(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)
