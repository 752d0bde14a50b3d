"""Items over HTTP."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from draftwire.rest.route import REPEATED, Route
from draftwire.wire.messages import DraftInfo, Item, Positive, PresenceEntry

Include = Literal["value", "mine", "drafts", "here"]
"""What stands around an item: its deployed value, one's own draft with its value, the drafts that one may know of, and
who is there."""


ExternalId = Annotated[str, Meta(min_length=1, max_length=255)]


class NewItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What makes an item. Without a value it begins as its kind says."""

    kind: str
    path: str | None = None
    external_id: str | None = None
    summary: str | None = None
    value: dict[str, Any] | None = None


class ChangedItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to change of an item itself. Another ``path`` moves it, and with it who may see it; null: it has none."""

    path: str | UnsetType | None = UNSET
    summary: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET


class PutItem(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An item as the platform has it. What is left out stays as it is.

    ``path``: null takes it away. ``value`` is what a new item begins with; of one that is there, only deploys change
    the value, and the answer says that it was ``kept``.
    """

    kind: str
    path: str | UnsetType | None = UNSET
    summary: str | UnsetType = UNSET
    value: dict[str, Any] | None = None


class SyncedItem(PutItem, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One item of many, by the platform's id."""

    external_id: ExternalId


class SyncItems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Items as the platform has them, each once; they are taken one after the other."""

    items: Annotated[tuple[SyncedItem, ...], Meta(max_length=200)]


class ItemPut(msgspec.Struct, frozen=True, omit_defaults=True):
    """What putting an item came to.

    ``value``: ``set`` the item begins with what was sent; ``initial`` it begins as its kind says; ``same`` what was
    sent is what is deployed; ``kept`` it is not, and the deployed value stays: only deploys change it; ``not_sent``.
    """

    item: str
    external_id: str
    outcome: Literal["made", "updated", "unchanged"]
    value: Literal["set", "initial", "same", "kept", "not_sent"]
    path: str | None
    summary: str
    version: int


class PartRefused(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why one of many was refused; nothing of it was done."""

    external_id: str
    status: int
    code: str
    message: str
    retry: bool = False
    more: Any = None


class Synced(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one item: one of the two."""

    put: ItemPut | None = None
    refused: PartRefused | None = None


class SyncResult(msgspec.Struct, frozen=True):
    """A result for each item, in their order, and how many of each sort there are."""

    results: tuple[Synced, ...]
    made: int
    updated: int
    unchanged: int
    refused: int


class ItemQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which items are wanted; all that is named must hold.

    Several values of one name (repeated, or separated by commas; ``external_id`` is repeated) are alternatives.
    Archived items are listed only if asked for. A cursor continues the very query that gave it, of the same user.
    """

    path: Annotated[str | None, Meta(description="The item at this path, or the one that has moved from there.")] = None
    prefix: Annotated[str | None, Meta(description="Paths that begin so.")] = None
    folder: Annotated[str | None, Meta(description="Paths below a folder, as `f/payments`.")] = None
    kind: Annotated[tuple[str, ...], Meta(description="Of one of these kinds.")] = ()
    external_id: Annotated[
        tuple[str, ...],
        Meta(description="With one of these ids of the platform; repeated, ids may hold commas.", extra=REPEATED),
    ] = ()
    creator: Annotated[
        str | None, Meta(description="Made by a user: an id, `ext:` and the platform's id, or `me`.")
    ] = None
    drafts: Annotated[
        Literal["mine", "others", "any"] | None, Meta(description="With such a draft, of those that one may know of.")
    ] = None
    behind: Annotated[
        bool,
        Meta(description="That draft (mine, if `drafts` names none) stands on an older version than is deployed."),
    ] = False
    archived: Annotated[Literal["without", "only", "with"], Meta(description="Whether archived items are listed.")] = (
        "without"
    )
    changed_since: Annotated[
        Annotated[float, Meta(ge=0, le=1e11)] | None,
        Meta(description="Made, changed, moved or deployed since, in Unix seconds; keystrokes don't count."),
    ] = None
    q: Annotated[
        Annotated[str, Meta(max_length=200)] | None,
        Meta(description="Words, or beginnings of words, which all must stand there; at most 10."),
    ] = None
    order: Annotated[
        Literal["path", "changed", "rank"] | None,
        Meta(description="`path`, the default; `changed`: the latest first; `rank`, of a search, and only that."),
    ] = None
    include: Annotated[tuple[Include, ...], Meta(description="What to show around each item.")] = ()
    cursor: Annotated[Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the page before.")] = (
        None
    )
    limit: Annotated[Positive, Meta(description="Items in a page, at most 200.")] = 50


class PathQuery(msgspec.Struct, frozen=True):
    """Which path is looked up."""

    path: str


class At(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where an item stands. ``moved_from``: the path that was asked for, if it is not there any more."""

    item: str
    kind: str
    path: str
    moved_from: str | None = None


class LookQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """What of an item is wanted beside itself; everything, if nothing is named. ``none`` is nothing."""

    include: Annotated[
        tuple[Literal["value", "mine", "drafts", "here", "none"], ...], Meta(description="What to show around it.")
    ] = ()


class Mine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One's own draft. ``etag`` is what a save names in ``If-Match``, also before the draft has begun.

    ``stands``: false while nobody has begun it; its value is then the deployed one and is not repeated.
    ``behind``: something was deployed after the version on which it stands.
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
    """An item and what stands around it, all of one moment, which is that of the event number ``event``.

    ``here`` alone is of the moment of the answer; ``presence_unknown``: the server is cut off from Redis, others may
    be here. ``value`` is the deployed value, or the initial one while nothing is deployed.
    """

    creator: str
    created_at: float
    changed_at: float
    value: Any = None
    mine: Mine | None = None
    here: tuple[PresenceEntry, ...] = ()
    presence_unknown: bool = False


class Hit(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where the words of a search stand: in the path, in the summary, or in line ``line`` (from 1) of the text ``at``
    a JSON pointer into the deployed value.

    ``spans`` are what matched in the excerpt, in UTF-16 units.
    """

    where: Literal["path", "summary", "content"]
    excerpt: str
    spans: tuple[tuple[int, int], ...]
    at: str | None = None
    line: int | None = None


class ListedItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the list; ``value``, ``mine``, ``drafts`` and ``here`` if they were asked for.

    ``left_out``: values that would make the answer too large; look at the item itself. ``moved_from``: the path that
    was asked for, if the item has moved from there.
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
    """A page of the list, all of one moment (that of ``event``); ``next`` is the cursor of the following one."""

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
