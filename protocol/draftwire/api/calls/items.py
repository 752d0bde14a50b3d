"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from draftwire.api.asking import Asking
from draftwire.rest.diff import DiffQuery, ItemDiff
from draftwire.rest.items import At, ChangedItem, NewItem, PathQuery, SyncedItem, SyncItems, SyncResult
from draftwire.rest.lives import DeletedPage, DeletedQuery, ItemDeleted, Unarchive, Undelete
from draftwire.rest.used_by import UsedBy, UsedByQuery
from draftwire.wire.messages import Item


class ItemsCalls:
    """Requests of `Api.items`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def create(
        self,
        kind: str,
        *,
        path: str | None = None,
        external_id: str | None = None,
        summary: str | None = None,
        value: Mapping[str, Any] | None = None,
    ) -> Item:
        """Make an item.

        Make an item; its address is in ``Location``.

        Raises:
            Problem: forbidden, bad_path, taken, unknown_kind, plain_secret, unknown_secret, duplicate_id, bad_id.
        """
        return await self._api.ask(
            Item,
            "POST",
            await self._api.in_workspace("items"),
            body=NewItem(
                kind=kind,
                path=path,
                external_id=external_id,
                summary=summary,
                value=None if value is None else dict(value),
            ),
        )

    async def change(
        self,
        item: str,
        *,
        path: str | UnsetType | None = UNSET,
        summary: str | UnsetType = UNSET,
        external_id: str | UnsetType | None = UNSET,
    ) -> Item:
        """Change an item.

        Change an item's path, summary or external id. Moving needs write at both places.

        Whoever may see it at its new place follows it; for all others it is gone, at once.

        Raises:
            Problem: forbidden, bad_path, taken.
        """
        return await self._api.ask(
            Item,
            "PATCH",
            await self._api.in_workspace("items", item),
            body=ChangedItem(path=path, summary=summary, external_id=external_id),
        )

    async def sync(self, items: Iterable[SyncedItem]) -> SyncResult:
        """Make or update many items.

        As putting each of them: every item by itself, in order, with a result for each.

        A path that another one of them leaves is waited for, so a chain of moves passes in any order.

        Raises:
            Problem: too_many.
        """
        return await self._api.ask(
            SyncResult, "POST", await self._api.in_workspace("items", "sync"), body=SyncItems(items=tuple(items))
        )

    async def used_by(self, item: str, *, cursor: str | None = None, limit: int = 50) -> UsedBy:
        """List what uses an item.

        The items that name this one in their live versions, with the places where they do; those that you may see.

        An item is named by its path, or by one from which it has moved. Archived items and drafts name nothing.

        Raises:
            Problem: bad_cursor.
        """
        return await self._api.ask(
            UsedBy,
            "GET",
            await self._api.in_workspace("items", item, "used-by"),
            query=UsedByQuery(cursor=cursor, limit=limit),
        )

    async def at(self, path: str) -> At:
        """Look up a path.

        The item at a path; 307 to its present one, with that in the body, if it has moved and the asker may see it
        there.

        A path that another item took since leads to that one. What the asker may not see never was there.
        """
        return await self._api.ask(At, "GET", await self._api.in_workspace("at"), query=PathQuery(path=path))

    async def archive(self, item: str) -> Item:
        """Archive an item.

        It leaves its path and the lists; nobody types in its drafts or deploys it. Versions are served by their hashes.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Item, "POST", await self._api.in_workspace("items", item, "archive"))

    async def unarchive(self, item: str, *, path: str | UnsetType | None = UNSET) -> Item:
        """Unarchive an item.

        It stands where it was, or at the path that is named; with all its drafts as they were.

        Raises:
            Problem: forbidden, bad_path, taken.
        """
        return await self._api.ask(
            Item, "POST", await self._api.in_workspace("items", item, "unarchive"), body=Unarchive(path=path)
        )

    async def delete(self, item: str) -> ItemDeleted:
        """Delete an item.

        It is gone for everybody with all its drafts; for 30 days it can be brought back.

        The owners of drafts are told, and find their texts in their stash. Items that name it don't stand in the way;
        ``used_by`` says how many there are.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(ItemDeleted, "DELETE", await self._api.in_workspace("items", item))

    async def undelete(
        self, item: str, *, path: str | UnsetType | None = UNSET, external_id: str | UnsetType | None = UNSET
    ) -> Item:
        """Bring a deleted item back.

        All its drafts, alerts and names are back. Another path or external id is named if its own is another's now.

        Raises:
            Problem: forbidden, bad_path, taken.
        """
        return await self._api.ask(
            Item,
            "POST",
            await self._api.in_workspace("items", item, "undelete"),
            body=Undelete(path=path, external_id=external_id),
        )

    async def deleted(self, *, cursor: str | None = None, limit: int = 50) -> DeletedPage:
        """List deleted items.

        What the asker may bring back: what they deleted or made and may write, and all where they administer.

        Raises:
            Problem: bad_cursor.
        """
        return await self._api.ask(
            DeletedPage,
            "GET",
            await self._api.in_workspace("deleted-items"),
            query=DeletedQuery(cursor=cursor, limit=limit),
        )

    async def diff(self, item: str, from_: str = "deployed", to: str = "mine", *, context: int = 3) -> ItemDiff:
        """Compare two values of an item.

        What differs between any two of: one's own draft, another's, the shared one, the deployed value, an etag.

        Each value is asked for by itself: of a draft that one may not read there is nothing to compare.

        Raises:
            Problem: bad_etag, generation_changed, rewound, base_ahead, base_expired, too_large, mode_forbids,
                duplicate_id, bad_id.
        """
        return await self._api.ask(
            ItemDiff,
            "GET",
            await self._api.in_workspace("items", item, "diff"),
            query=DiffQuery(from_=from_, to=to, context=context),
        )
