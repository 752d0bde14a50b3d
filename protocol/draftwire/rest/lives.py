"""The life of an item over HTTP: archive, delete, restore."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from draftwire.rest.items import At, PathQuery
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo, Item, Positive


class Unarchive(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The item's path (default: its old one; null: no path)."""

    path: str | UnsetType | None = UNSET


class Undelete(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The item's path and external id (default: its old ones; null: none)."""

    path: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class ItemDeleted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The item is deleted with all its drafts. It can be restored ``until`` that time.

    ``used_by``: how many items you can see refer to it in their live versions, and now find nothing.
    """

    item: str
    until: float
    used_by: int = 0


class DeletedQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of items you can restore."""

    cursor: Annotated[
        Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the previous page.")
    ] = None
    limit: Annotated[Positive, Meta(description="Items per page, at most 200.")] = 50


class DeletedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A deleted item you can restore. ``drafts``: how many of its drafts have content and are restored with it."""

    item: str
    kind: str
    path: str | None
    external_id: str | None
    summary: str
    version: int
    by: ActorInfo
    deleted_at: float
    until: float
    drafts: int
    archived: bool = False  # it was archived, and is again when restored


class DeletedPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of deleted items, newest first. ``next`` is the cursor of the next page."""

    items: tuple[DeletedItem, ...]
    next: str | None = None


# ---- routes

FIND_PATH = Route(
    id="find_path",
    method="GET",
    path="at",
    api="items.at",
    query=PathQuery,
    answer=At,
    summary="Look up a path",
    description="""
    Returns the item at a path. If the item has moved and you can see it at its new path, returns 307 to that path,
    with the new path in the body.

    If another item has taken the path since, the path leads to that item. Items you may not see behave as if they
    did not exist.
    """,
    who="everyone who can see the item",
)

ARCHIVE = Route(
    id="archive",
    method="POST",
    path="items/{item}/archive",
    api="items.archive",
    answer=Item,
    codes=("forbidden",),
    summary="Archive an item",
    description="""
    Removes the item from its path and from lists. Its drafts can no longer be edited or deployed. Its versions can
    still be read by hash. Idempotent.
    """,
    who="everyone with write access to the item",
)

UNARCHIVE = Route(
    id="unarchive",
    method="POST",
    path="items/{item}/unarchive",
    api="items.unarchive",
    body=Unarchive,
    answer=Item,
    codes=("forbidden", "bad_path", "taken"),
    summary="Unarchive an item",
    description="""
    Puts the item back at its old path, or at the path you name, with all drafts as they were. Idempotent.
    """,
    who="everyone with write access to the item, for another path also there",
)

DELETE = Route(
    id="delete",
    method="DELETE",
    path="items/{item}",
    api="items.delete",
    answer=ItemDeleted,
    codes=("forbidden",),
    summary="Delete an item",
    description="""
    Deletes the item with all its drafts, for everyone. It can be restored for 30 days. Idempotent.

    The owners of its drafts are notified and find their text in their stash. Items that refer to it don't prevent
    the deletion; ``used_by`` counts them.
    """,
    who="everyone with write access to the item",
)

UNDELETE = Route(
    id="undelete",
    method="POST",
    path="items/{item}/undelete",
    api="items.undelete",
    body=Undelete,
    answer=Item,
    codes=("forbidden", "bad_path", "taken"),
    summary="Restore a deleted item",
    description="""
    Restores the item with all its drafts, alerts and names. If another item now has its path or external id, name a
    different one. Only workspace admins may set an external id. Idempotent.
    """,
    who="its creator and the one who deleted it, with write access there; admins of its path",
)

LIST_DELETED = Route(
    id="list_deleted",
    method="GET",
    path="deleted-items",
    api="items.deleted",
    query=DeletedQuery,
    answer=DeletedPage,
    codes=("bad_cursor",),
    summary="List deleted items",
    description="""
    Returns the deleted items that you can restore: those you created or deleted and have write access to, and all
    items in places you administer.
    """,
    who="every member, for the items they can restore",
)
