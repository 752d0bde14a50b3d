"""Items over HTTP."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from draftwire.rest.route import REPEATED, Route
from draftwire.wire.messages import DraftInfo, Item, Positive, PresenceEntry

Include = Literal["value", "mine", "drafts", "here"]
"""What to return besides the item: its deployed value, your own draft with its value, the drafts you may know about,
and the people present."""


ExternalId = Annotated[str, Meta(min_length=1, max_length=255)]


class NewItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An item to create. Without ``value`` it starts with its kind's initial value."""

    kind: str
    path: str | None = None
    external_id: str | None = None
    summary: str | None = None
    value: dict[str, Any] | None = None


class ChangedItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Changes of an item itself. A new ``path`` moves it, which changes who can see it; null: no path."""

    path: str | UnsetType | None = UNSET
    summary: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET


class PutItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An item as your platform has it. Fields that you leave out stay as they are.

    ``path`` null removes the path. ``value`` is the initial value of a new item. The value of an existing item changes
    only by deploys; the answer then says ``kept``.
    """

    kind: str
    path: str | UnsetType | None = UNSET
    summary: str | UnsetType = UNSET
    value: dict[str, Any] | None = None


class SyncedItem(PutItem, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One of many items, with your external id."""

    external_id: ExternalId


class SyncItems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items as your platform has them, each at most once. They are processed in order."""

    items: Annotated[tuple[SyncedItem, ...], Meta(max_length=200)]


class ItemPut(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of a put.

    ``value``: ``set``: the item starts with the value you sent; ``initial``: it starts with its kind's initial value;
    ``same``: your value is what is deployed; ``kept``: your value differs, and the deployed one stays; ``not_sent``.
    """

    item: str
    external_id: str
    outcome: Literal["made", "updated", "unchanged"]
    value: Literal["set", "initial", "same", "kept", "not_sent"]
    path: str | None
    summary: str
    version: int


class PartRefused(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why one of many was refused. It was not changed."""

    external_id: str
    status: int
    code: str
    message: str
    retry: bool = False
    more: Any = None


class Synced(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one item: either ``put`` or ``refused``."""

    put: ItemPut | None = None
    refused: PartRefused | None = None


class SyncResult(msgspec.Struct, frozen=True):
    """One result per item, in order, and counts."""

    results: tuple[Synced, ...]
    made: int
    updated: int
    unchanged: int
    refused: int


class ItemQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Filters; an item must match all of them.

    Several values of one filter are alternatives: repeat it, or separate them by commas (``external_id`` can only be
    repeated). Archived items are listed only on request. A cursor is valid only for the same query by the same user.
    """

    path: Annotated[str | None, Meta(description="The item at this path, or the one that moved away from it.")] = None
    prefix: Annotated[str | None, Meta(description="Paths that start with this.")] = None
    folder: Annotated[str | None, Meta(description="Paths below this folder, such as `f/payments`.")] = None
    kind: Annotated[tuple[str, ...], Meta(description="One of these kinds.")] = ()
    external_id: Annotated[
        tuple[str, ...],
        Meta(description="One of these external ids. Repeat it for several: ids may contain commas.", extra=REPEATED),
    ] = ()
    creator: Annotated[str | None, Meta(description="The creator: an id, `ext:` and an external id, or `me`.")] = None
    drafts: Annotated[
        Literal["mine", "others", "any"] | None, Meta(description="With such a draft, of those you may know about.")
    ] = None
    behind: Annotated[
        bool,
        Meta(description="That draft (yours, without `drafts`) is older than the deployed version."),
    ] = False
    archived: Annotated[Literal["without", "only", "with"], Meta(description="Whether to list archived items.")] = (
        "without"
    )
    changed_since: Annotated[
        Annotated[float, Meta(ge=0, le=1e11)] | None,
        Meta(description="Created, changed, moved or deployed since, in Unix seconds. Edits of drafts don't count."),
    ] = None
    q: Annotated[
        Annotated[str, Meta(max_length=200)] | None,
        Meta(description="Words, or beginnings of words; all must occur. At most 10."),
    ] = None
    order: Annotated[
        Literal["path", "changed", "rank"] | None,
        Meta(description="`path` (default); `changed`: latest first; `rank`: only with `q`."),
    ] = None
    include: Annotated[tuple[Include, ...], Meta(description="What to return besides each item.")] = ()
    cursor: Annotated[
        Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the previous page.")
    ] = None
    limit: Annotated[Positive, Meta(description="Items per page, at most 200.")] = 50


class PathQuery(msgspec.Struct, frozen=True):
    """The path to look up."""

    path: str


class At(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item's path. ``moved_from``: the path you asked for, if the item has moved away from it."""

    item: str
    kind: str
    path: str
    moved_from: str | None = None


class LookQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to return besides the item. Default: everything. ``none``: nothing."""

    include: Annotated[
        tuple[Literal["value", "mine", "drafts", "here", "none"], ...],
        Meta(description="What to return besides the item."),
    ] = ()


class Mine(msgspec.Struct, frozen=True, omit_defaults=True):
    """Your own draft. ``etag`` is what a save sends in ``If-Match``, even before the draft is started.

    ``stands`` is false until you start the draft; its value is then the deployed one and is not repeated. ``behind``: a
    newer version than the draft's base has been deployed.
    """

    draft: str
    etag: str
    generation: int
    seq: int
    base_version: int
    behind: bool
    stands: bool = True
    updated_at: float | None = None
    value: Any = None


class ItemState(Item, frozen=True, tag_field="t", tag="item", omit_defaults=True, kw_only=True):
    """An item and what surrounds it, all of one moment, that of event number ``event``.

    Only ``here`` is of the moment of the answer. ``presence_unknown``: the server can't reach Redis, so others may be
    present. ``value`` is the deployed value, or the initial one if nothing is deployed.
    """

    creator: str
    created_at: float
    changed_at: float
    value: Any = None
    mine: Mine | None = None
    here: tuple[PresenceEntry, ...] = ()
    presence_unknown: bool = False


class Hit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a search matched: in the path, in the summary, or in line ``line`` (from 1) of the text at the JSON pointer
    ``at`` of the deployed value.

    ``spans`` are the matches in the excerpt, in UTF-16 units.
    """

    where: Literal["path", "summary", "content"]
    excerpt: str
    spans: tuple[tuple[int, int], ...]
    at: str | None = None
    line: int | None = None


class ListedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """An item in the list, with ``value``, ``mine``, ``drafts`` and ``here`` if you asked for them.

    ``left_out``: fields that would make the answer too large; get the item itself. ``moved_from``: the path you asked
    for, if the item has moved away from it.
    """

    id: str
    kind: str
    path: str | None
    external_id: str | None
    summary: str
    version: int
    changed_at: float
    creator: str = ""
    created_at: float = 0.0
    archived: bool = False
    moved_from: str | None = None
    value: Any = None
    mine: Mine | None = None
    drafts: tuple[DraftInfo, ...] = ()
    here: tuple[PresenceEntry, ...] = ()
    hits: tuple[Hit, ...] = ()
    left_out: tuple[Literal["value", "mine", "hits"], ...] = ()


class ItemPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of items, all of one moment (that of ``event``). ``next`` is the cursor of the next page."""

    items: tuple[ListedItem, ...]
    next: str | None = None
    event: int = 0
    presence_unknown: bool = False


# ---- routes

MAKING = (
    "forbidden",
    "bad_path",
    "taken",
    "unknown_kind",
    "plain_secret",
    "unknown_secret",
    "duplicate_id",
    "bad_id",
)

LIST_ITEMS = Route(
    id="list_items",
    method="GET",
    path="items",
    api="items.list",
    query=ItemQuery,
    answer=ItemPage,
    codes=("bad_cursor", "unknown_kind", "too_many"),
    summary="List and search items",
    description="""
    Returns items by path, by time of change, or, with ``q``, the items that contain all words, best match first.

    ``path`` looks up a single path. A word matches from its beginning, in the path, the summary and the strings of
    the deployed value. Matches in path and summary rank first. ``hits`` shows where each item matches.
    """,
    who="every member, for the items they can see",
)

CREATE_ITEM = Route(
    id="create_item",
    method="POST",
    path="items",
    api="items.create",
    body=NewItem,
    answer=Item,
    status=201,
    codes=MAKING,
    summary="Create an item",
    description="""
    Creates an item and returns its address in ``Location``. An item without a path belongs to its creator;
    operators can't create one.
    """,
    who="everyone with write access at the path; workspace admins, if you give an `external_id`",
)

LOAD_ITEM = Route(
    id="load_item",
    method="GET",
    path="items/{item}",
    api="items.get",
    query=LookQuery,
    answer=ItemState,
    summary="Get an item",
    description="""
    Returns the item with its deployed value, your own draft, the drafts you may know about, and the people present.

    Everything except ``here`` reflects one moment, that of event number ``event``. ``include`` limits what is
    returned.
    """,
    who="everyone who can see the item",
)

PUT_ITEM = Route(
    id="put_item",
    method="PUT",
    path="items/{item}",
    api="items.put",
    body=PutItem,
    answer=ItemPut,
    codes=(*MAKING, "kind_differs"),
    summary="Create or update an item by your external id",
    description="""
    Creates the item, or sets its path and summary to what you send. Returns 201 if the item was created.
    Idempotent.

    The address names the item by ``ext:`` and your platform's own id. ``value`` is the initial value of a new item.
    The value of an existing item changes only by deploys; the answer says what happened to the one you sent.
    """,
    who="workspace admins, to create; everyone with write access to the item, to update",
)

CHANGE_ITEM = Route(
    id="change_item",
    method="PATCH",
    path="items/{item}",
    api="items.change",
    body=ChangedItem,
    answer=Item,
    codes=("forbidden", "bad_path", "taken"),
    summary="Change an item",
    description="""
    Changes an item's path, summary or external id. Only workspace admins may change external ids.

    A move changes who can see the item, at once: people with access at the new path follow it, all others lose it.
    """,
    who="everyone with write access to the item, for a move also at the new path",
)

SYNC_ITEMS = Route(
    id="sync_items",
    method="POST",
    path="items/sync",
    api="items.sync",
    body=SyncItems,
    answer=SyncResult,
    parts="items",
    codes=("too_many",),
    summary="Create or update many items",
    description="""
    Creates or updates each item as ``PUT items/{item}`` does, in order and independently. Returns one result per
    item.

    If an item needs a path that another item in the request gives up, it waits for that. A chain of moves succeeds
    in any order.
    """,
    who="as for each single item",
)
