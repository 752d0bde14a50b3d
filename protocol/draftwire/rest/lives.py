"""The life of an item over HTTP: archive, delete, bring back."""

from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from draftwire.wire.messages import ActorInfo, Positive


class Unarchive(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where an archived item shall stand again: where it was, if nothing is said; null: without a path."""

    path: str | UnsetType | None = UNSET


class Undelete(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a deleted item shall stand again, and with which id of the platform: as it was, if nothing is said."""

    path: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class Deleted(msgspec.Struct, frozen=True, omit_defaults=True):
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
