"""The life of an item over HTTP: archive, delete, bring back."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from draftwire.rest.items import At, PathQuery
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo, Item, Positive


class Unarchive(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where an archived item shall stand again: where it was, if nothing is said; null: without a path."""

    path: str | UnsetType | None = UNSET


class Undelete(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a deleted item shall stand again, and with which id of the platform: as it was, if nothing is said."""

    path: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class ItemDeleted(msgspec.Struct, frozen=True, omit_defaults=True):
    """The item is gone with all its drafts; until a time it can be brought back.

    ``used_by``: how many items that one may see name it in their live versions, and find nothing now.
    """

    item: str
    until: float
    used_by: int = 0


class DeletedQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of what one may bring back."""

    cursor: Annotated[Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the page before.")] = (
        None
    )
    limit: Annotated[Positive, Meta(description="Items in a page, at most 200.")] = 50


class DeletedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A deleted item that one may bring back. ``drafts``: how many hold anything and come back with it."""

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
    archived: bool = False  # it was, and comes back so


class DeletedPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of deleted items, the latest first; ``next`` is the cursor of the following one."""

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
    The item at a path; 307 to its present one, with that in the body, if it has moved and the asker may see it
    there.

    A path that another item took since leads to that one. What the asker may not see never was there.
    """,
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
    It leaves its path and the lists; nobody types in its drafts or deploys it. Versions are served by their
    hashes.
    """,
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
    description="It stands where it was, or at the path that is named; with all its drafts as they were.",
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
    It is gone for everybody with all its drafts; for 30 days it can be brought back.

    The owners of drafts are told, and find their texts in their stash. Items that name it don't stand in the way;
    ``used_by`` says how many there are.
    """,
)

UNDELETE = Route(
    id="undelete",
    method="POST",
    path="items/{item}/undelete",
    api="items.undelete",
    body=Undelete,
    answer=Item,
    codes=("forbidden", "bad_path", "taken"),
    summary="Bring a deleted item back",
    description="""
    All its drafts, alerts and names are back. Another path or external id is named if its own is another's now.
    """,
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
    What the asker may bring back: what they deleted or made and may write, and all where they administer.
    """,
)
