"""Routes of items: list, make, look at."""

import time

from starlette.responses import Response

from draftwire.messages import Item
from draftwire.rest.items import ChangedItem, ItemPage, ItemQuery, NewItem
from draftwire_server.http.operation import Call, operation
from draftwire_server.http.problem import JSON


@operation("GET", "/v1/w/{workspace}/items", summary="List items")
async def list_items(call: Call, query: ItemQuery) -> ItemPage:
    """The items that the asker may see, by path; ``path`` looks one up."""
    return await call.runtime.items.listed(call.principal, query, now=time.time())


@operation(
    "POST",
    "/v1/w/{workspace}/items",
    summary="Make an item",
    status=201,
    answer=Item,
    problems=("forbidden", "bad_path", "taken", "unknown_kind", "secret_not_yet", "duplicate_id"),
)
async def create_item(call: Call, body: NewItem) -> Response:
    """Make an item; its address is in ``Location``."""
    items = call.runtime.items
    item = await items.create(call.principal, body)
    location = f"{call.request.url.path}/{item}"
    return JSON(await items.load(call.principal, item), 201, headers={"location": location})


@operation("GET", "/v1/w/{workspace}/items/{item}", summary="Look at an item")
async def load_item(call: Call) -> Item:
    """One item as it is now."""
    return await call.runtime.items.load(call.principal, call.named("item"))


@operation(
    "PATCH", "/v1/w/{workspace}/items/{item}", summary="Change an item", problems=("forbidden", "bad_path", "taken")
)
async def change_item(call: Call, body: ChangedItem) -> Item:
    """Change an item's path, summary or external id. Moving needs write at both places.

    Whoever may see it at its new place follows it; for all others it is gone, at once.
    """
    item = await call.runtime.moving.change(call.principal, call.named("item"), body)
    return await call.runtime.items.load(call.principal, item)


operations = [list_items, create_item, load_item, change_item]
