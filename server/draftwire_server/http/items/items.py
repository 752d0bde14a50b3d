"""Routes of items: list, search, make, put by the platform's ids, look at, change."""

import time

from starlette.responses import Response

from draftwire.errors import Problem
from draftwire.rest.items import (
    ChangedItem,
    Include,
    ItemPage,
    ItemPut,
    ItemQuery,
    ItemState,
    LookQuery,
    NewItem,
    PutItem,
    SyncItems,
    SyncResult,
    UsedBy,
    UsedByQuery,
)
from draftwire.wire.messages import Item
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.serving.problem import JSON
from draftwire_server.limits import EXTERNAL_ID_CHARS
from draftwire_server.services.items.listing import EVERYTHING

MAKING = (
    "forbidden", "bad_path", "taken", "unknown_kind", "plain_secret", "unknown_secret", "duplicate_id", "bad_id",
)  # fmt: skip


@operation(
    "GET",
    "/v1/w/{workspace}/items",
    summary="List and search items",
    problems=("bad_cursor", "unknown_kind", "too_many"),
)
async def list_items(call: Call, query: ItemQuery) -> ItemPage:
    """The items that the asker may see: by path, by change, or those that hold all words of ``q``, best first.

    ``path`` looks one up. Words are found by their beginnings, in path, summary and the strings of the deployed value;
    what stands in path and summary comes first, and each item tells where its words are.
    """
    return await call.runtime.listing.page(call.principal, query, now=time.time())


@operation(
    "POST",
    "/v1/w/{workspace}/items",
    summary="Make an item",
    status=201,
    answer=Item,
    problems=MAKING,
)
async def create_item(call: Call, body: NewItem) -> Response:
    """Make an item; its address is in ``Location``."""
    items = call.runtime.items
    item = await items.create(call.principal, body)
    location = f"{call.request.url.path}/{item}"
    return JSON(await items.load(call.principal, item), 201, headers={"location": location})


@operation("GET", "/v1/w/{workspace}/items/{item}", summary="Look at an item")
async def load_item(call: Call, query: LookQuery) -> ItemState:
    """One item with its deployed value, one's own draft, the drafts that one may know of, and who is here.

    Everything but ``here`` is of one moment, that of the event number ``event``. ``include`` narrows it.
    """
    include: tuple[Include, ...] = tuple(name for name in query.include if name != "none")
    return await call.runtime.listing.look(call.principal, call.named("item"), include if query.include else EVERYTHING)


@operation(
    "PUT",
    "/v1/w/{workspace}/items/{item}",
    summary="Make or update an item by the platform's id",
    answer=ItemPut,
    problems=(*MAKING, "kind_differs"),
)
async def put_item(call: Call, body: PutItem) -> Response:
    """Make the item, or bring its path and summary to what is sent; as often as one likes. 201 if it was made.

    The address names it by ``ext:`` and the platform's own id. ``value`` is what a new item begins with; the value of
    one that is there changes by deploys alone, and the answer says what became of the one that was sent.
    """
    prefix, _, external_id = call.named("item").partition(":")
    if prefix != "ext" or not 0 < len(external_id) <= EXTERNAL_ID_CHARS:
        raise Problem(
            "bad_message", f"Name the item by ext: and the platform's id, 1 to {EXTERNAL_ID_CHARS} characters."
        )
    put = await call.runtime.syncing.put(call.principal, external_id, body)
    headers = {"location": f"{call.request.url.path.rpartition('/')[0]}/{put.item}"} if put.outcome == "made" else {}
    return JSON(put, 201 if put.outcome == "made" else 200, headers=headers)


@operation(
    "POST",
    "/v1/w/{workspace}/items/sync",
    summary="Make or update many items",
    problems=("too_many",),
    parts="items",
)
async def sync_items(call: Call, body: SyncItems) -> SyncResult:
    """As putting each of them: every item by itself, in order, with a result for each.

    A path that another one of them leaves is waited for, so a chain of moves passes in any order.
    """
    return await call.runtime.syncing.put_many(call.principal, body, call.bad)


@operation(
    "PATCH", "/v1/w/{workspace}/items/{item}", summary="Change an item", problems=("forbidden", "bad_path", "taken")
)
async def change_item(call: Call, body: ChangedItem) -> Item:
    """Change an item's path, summary or external id. Moving needs write at both places.

    Whoever may see it at its new place follows it; for all others it is gone, at once.
    """
    item = await call.runtime.moving.change(call.principal, call.named("item"), body)
    return await call.runtime.items.load(call.principal, item)


@operation("GET", "/v1/w/{workspace}/items/{item}/used-by", summary="List what uses an item", problems=("bad_cursor",))
async def used_by(call: Call, query: UsedByQuery) -> UsedBy:
    """The items that name this one in their live versions, with the places where they do; those that you may see.

    An item is named by its path, or by one from which it has moved. Within a second of a deploy.
    """
    return await call.runtime.references.used_by(call.principal, call.named("item"), query)


# `sync` after `{item}`: of an item whose id is that word, GET finds the item.
operations = [list_items, create_item, load_item, put_item, change_item, sync_items, used_by]
