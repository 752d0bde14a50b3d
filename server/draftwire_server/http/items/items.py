"""Routes of items: list, search, make, put by the platform's ids, look at, change."""

import time

from starlette.responses import Response

from draftwire.errors import Problem
from draftwire.rest.items import (
    CHANGE_ITEM,
    CREATE_ITEM,
    LIST_ITEMS,
    LOAD_ITEM,
    PUT_ITEM,
    SYNC_ITEMS,
    ChangedItem,
    Include,
    ItemPage,
    ItemQuery,
    ItemState,
    LookQuery,
    NewItem,
    PutItem,
    SyncItems,
    SyncResult,
)
from draftwire.rest.used_by import USED_BY, UsedBy, UsedByQuery
from draftwire.wire.messages import Item
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON
from draftwire_server.limits.contract import EXTERNAL_ID_CHARS
from draftwire_server.services.items.listing import EVERYTHING


@serves(LIST_ITEMS)
async def list_items(call: Call, query: ItemQuery) -> ItemPage:
    return await call.runtime.listing.page(call.principal, query, now=time.time())


@serves(CREATE_ITEM)
async def create_item(call: Call, body: NewItem) -> Response:
    items = call.runtime.items
    item = await items.create(call.principal, body)
    location = f"{call.request.url.path}/{item}"
    return JSON(await items.load(call.principal, item), 201, headers={"location": location})


@serves(LOAD_ITEM)
async def load_item(call: Call, query: LookQuery) -> ItemState:
    include: tuple[Include, ...] = tuple(name for name in query.include if name != "none")
    return await call.runtime.listing.look(call.principal, call.named("item"), include if query.include else EVERYTHING)


@serves(PUT_ITEM)
async def put_item(call: Call, body: PutItem) -> Response:
    prefix, _, external_id = call.named("item").partition(":")
    if prefix != "ext" or not 0 < len(external_id) <= EXTERNAL_ID_CHARS:
        raise Problem(
            "bad_message", f"Name the item by ext: and your external id of 1 to {EXTERNAL_ID_CHARS} characters."
        )
    put = await call.runtime.syncing.put(call.principal, external_id, body)
    headers = {"location": f"{call.request.url.path.rpartition('/')[0]}/{put.item}"} if put.outcome == "made" else {}
    return JSON(put, 201 if put.outcome == "made" else 200, headers=headers)


@serves(SYNC_ITEMS)
async def sync_items(call: Call, body: SyncItems) -> SyncResult:
    return await call.runtime.syncing.put_many(call.principal, body, call.bad)


@serves(CHANGE_ITEM)
async def change_item(call: Call, body: ChangedItem) -> Item:
    item = await call.runtime.moving.change(call.principal, call.named("item"), body)
    return await call.runtime.items.load(call.principal, item)


@serves(USED_BY)
async def used_by(call: Call, query: UsedByQuery) -> UsedBy:
    return await call.runtime.references.used_by(call.principal, call.named("item"), query)


# `sync` after `{item}`: of an item whose id is that word, GET finds the item.
