"""The items that use an item: those whose live versions refer to it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from draftwire.rest.route import Route
from draftwire.wire.messages import Positive


class UsedByQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of items."""

    cursor: Annotated[
        Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the previous page.")
    ] = None
    limit: Annotated[Positive, Meta(description="Items per page, at most 200.")] = 50


class ItemUse(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item whose live version refers to another one ``times`` times. ``at``: pointers to the first 20 places.

    ``former``: old paths of the item that are used there; they lead to its current path.
    """

    item: str
    kind: str
    path: str | None
    summary: str
    version: int
    at: tuple[str, ...]
    times: int
    former: tuple[str, ...] = ()


class UsedBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of items by path. ``next`` is the cursor of the next page.

    ``complete`` is false while some versions are still being examined: imported ones, those deployed by an earlier
    release, and those whose kind has just changed.
    """

    items: tuple[ItemUse, ...]
    next: str | None = None
    complete: bool = True


# ---- routes

USED_BY = Route(
    id="used_by",
    method="GET",
    path="items/{item}/used-by",
    api="items.used_by",
    query=UsedByQuery,
    answer=UsedBy,
    codes=("bad_cursor",),
    summary="List the items that use an item",
    description="""
    Returns the items whose live versions refer to this one, with the places where they do. Only items you can see
    are listed.

    A reference is the item's path, or a path it has moved away from. Archived items and drafts don't count.
    """,
    who="everyone who can see the item",
)
