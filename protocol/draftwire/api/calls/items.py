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
        """Create an item.

        Creates an item and returns its address in ``Location``. An item without a path belongs to its creator;
        operators can't create one.

        Who may: everyone with write access at the path; workspace admins, if you give an `external_id`.

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

        Changes an item's path, summary or external id. Only workspace admins may change external ids.

        A move changes who can see the item, at once: people with access at the new path follow it, all others lose it.

        Who may: everyone with write access to the item, for a move also at the new path.

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
        """Create or update many items.

        Creates or updates each item as ``PUT items/{item}`` does, in order and independently. Returns one result per
        item.

        If an item needs a path that another item in the request gives up, it waits for that. A chain of moves succeeds
        in any order.

        Who may: as for each single item.

        Raises:
            Problem: too_many.
        """
        return await self._api.ask(
            SyncResult, "POST", await self._api.in_workspace("items", "sync"), body=SyncItems(items=tuple(items))
        )

    async def used_by(self, item: str, *, cursor: str | None = None, limit: int = 50) -> UsedBy:
        """List the items that use an item.

        Returns the items whose live versions refer to this one, with the places where they do. Only items you can see
        are listed.

        A reference is the item's path, or a path it has moved away from. Archived items and drafts don't count.

        Who may: everyone who can see the item.

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

        Returns the item at a path. If the item has moved and you can see it at its new path, returns 307 to that path,
        with the new path in the body.

        If another item has taken the path since, the path leads to that item. Items you may not see behave as if they
        did not exist.

        Who may: everyone who can see the item.
        """
        return await self._api.ask(At, "GET", await self._api.in_workspace("at"), query=PathQuery(path=path))

    async def archive(self, item: str) -> Item:
        """Archive an item.

        Removes the item from its path and from lists. Its drafts can no longer be edited or deployed. Its versions can
        still be read by hash. Idempotent.

        Who may: everyone with write access to the item.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Item, "POST", await self._api.in_workspace("items", item, "archive"))

    async def unarchive(self, item: str, *, path: str | UnsetType | None = UNSET) -> Item:
        """Unarchive an item.

        Puts the item back at its old path, or at the path you name, with all drafts as they were. Idempotent.

        Who may: everyone with write access to the item, for another path also there.

        Raises:
            Problem: forbidden, bad_path, taken.
        """
        return await self._api.ask(
            Item, "POST", await self._api.in_workspace("items", item, "unarchive"), body=Unarchive(path=path)
        )

    async def delete(self, item: str) -> ItemDeleted:
        """Delete an item.

        Deletes the item with all its drafts, for everyone. It can be restored for 30 days. Idempotent.

        The owners of its drafts are notified and find their text in their stash. Items that refer to it don't prevent
        the deletion; ``used_by`` counts them.

        Who may: everyone with write access to the item.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(ItemDeleted, "DELETE", await self._api.in_workspace("items", item))

    async def undelete(
        self, item: str, *, path: str | UnsetType | None = UNSET, external_id: str | UnsetType | None = UNSET
    ) -> Item:
        """Restore a deleted item.

        Restores the item with all its drafts, alerts and names. If another item now has its path or external id, name a
        different one. Only workspace admins may set an external id. Idempotent.

        Who may: its creator and the one who deleted it, with write access there; admins of its path.

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

        Returns the deleted items that you can restore: those you created or deleted and have write access to, and all
        items in places you administer.

        Who may: every member, for the items they can restore.

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

        Returns the differences between any two of these: your draft, another person's draft, the shared draft, the
        deployed value, a version, a past state.

        Access is checked for each value separately.

        Who may: everyone who can read both values.

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
