"""Items over HTTP."""

from typing import TYPE_CHECKING, Any

from msgspec import UNSET, UnsetType

from draftwire.messages import Item
from draftwire.rest.items import ChangedItem, ItemPage, NewItem

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class ItemsApi:
    """`Api.items`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(
        self, *, path: str | None = None, kind: str | None = None, cursor: str | None = None, limit: int | None = None
    ) -> ItemPage:
        """A page of the items that one may see. Raises `Problem`."""
        query = {"path": path, "kind": kind, "cursor": cursor, "limit": limit}
        return await self._api.ask(ItemPage, "GET", await self._api.in_workspace("items"), query=query)

    async def get(self, item: str) -> Item:
        """One item; ``item`` is its id, or ``ext:`` and the platform's own. Raises `Problem` not_found."""
        return await self._api.ask(Item, "GET", await self._api.in_workspace("items", item))

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
