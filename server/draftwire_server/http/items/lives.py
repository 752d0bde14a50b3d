"""Routes of an item's life: where it stands, archive and unarchive, delete and undelete, what is deleted."""

from urllib.parse import urlencode

from starlette.responses import Response

from draftwire.rest.items import At, PathQuery
from draftwire.rest.lives import (
    ARCHIVE,
    DELETE,
    FIND_PATH,
    LIST_DELETED,
    UNARCHIVE,
    UNDELETE,
    DeletedPage,
    DeletedQuery,
    ItemDeleted,
    Unarchive,
    Undelete,
)
from draftwire.wire.messages import Item
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON


def redirected(call: Call, found: At) -> Response:
    """307 to the same question about the path where an item stands now; not to be kept: the path may be another's
    soon.
    """
    location = f"{call.request.url.path}?{urlencode({'path': found.path})}"
    headers = {"location": location, "cache-control": "private, no-store", "vary": "authorization"}
    return JSON(found, 307, headers=headers)


@serves(FIND_PATH)
async def find_path(call: Call, query: PathQuery) -> Response:
    found = await call.runtime.paths.find(call.principal, query.path)
    return JSON(found) if found.moved_from is None else redirected(call, found)


@serves(ARCHIVE)
async def archive(call: Call) -> Item:
    item = await call.runtime.lives.archive(call.principal, call.named("item"))
    return await call.runtime.items.load(call.principal, item)


@serves(UNARCHIVE)
async def unarchive(call: Call, body: Unarchive) -> Item:
    item = await call.runtime.lives.unarchive(call.principal, call.named("item"), body)
    return await call.runtime.items.load(call.principal, item)


@serves(DELETE)
async def delete(call: Call) -> ItemDeleted:
    return await call.runtime.lives.delete(call.principal, call.named("item"))


@serves(UNDELETE)
async def undelete(call: Call, body: Undelete) -> Item:
    item = await call.runtime.lives.undelete(call.principal, call.named("item"), body)
    return await call.runtime.items.load(call.principal, item)


@serves(LIST_DELETED)
async def list_deleted(call: Call, query: DeletedQuery) -> DeletedPage:
    return await call.runtime.lives.deleted(call.principal, query)
