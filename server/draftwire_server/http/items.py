"""Routes of items: list, make, look at."""

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from draftwire.errors import Problem
from draftwire_server.http.auth import principal_of, runtime_of
from draftwire_server.http.problem import JSON, convert, json_of
from draftwire_server.services.items import NewItem

DEFAULT_PAGE = 50


async def list_items(request: Request) -> Response:
    """GET: the items that the asker may see, by path; ``path`` looks one up."""
    principal = await principal_of(request)
    query = request.query_params
    limit = query.get("limit", str(DEFAULT_PAGE))
    if not limit.isascii() or not limit.isdigit():
        raise Problem("bad_message", "limit is a whole number.")
    page = await runtime_of(request).items.listed(
        principal,
        path=query.get("path"),
        kind=query.get("kind"),
        cursor=query.get("cursor"),
        limit=int(limit[:9]),
        now=time.time(),
    )
    return JSON(page)


async def create_item(request: Request) -> Response:
    """POST: make an item; 201 with it."""
    principal = await principal_of(request)
    new = convert(await json_of(request), NewItem)
    runtime = runtime_of(request)
    item = await runtime.items.create(principal, new)
    location = f"{request.url.path}/{item}"
    return JSON(await runtime.items.load(principal, item), 201, headers={"location": location})


async def load_item(request: Request) -> Response:
    """GET: one item."""
    principal = await principal_of(request)
    return JSON(await runtime_of(request).items.load(principal, request.path_params["item"]))


routes = [
    Route("/v1/w/{workspace}/items", list_items, methods=["GET"]),
    Route("/v1/w/{workspace}/items", create_item, methods=["POST"]),
    Route("/v1/w/{workspace}/items/{item}", load_item, methods=["GET"]),
]
