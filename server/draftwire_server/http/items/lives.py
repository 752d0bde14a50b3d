"""Routes of an item's life: where it stands, archive and unarchive, delete and undelete, what is deleted."""

from urllib.parse import urlencode

from starlette.responses import Response

from draftwire.rest.items import At, PathQuery
from draftwire.rest.lives import Deleted, DeletedPage, DeletedQuery, Unarchive, Undelete
from draftwire.wire.messages import Item
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.serving.problem import JSON


def redirected(call: Call, found: At) -> Response:
    """307 to the same question about the path where an item stands now; not to be kept: the path may be another's
    soon.
    """
    location = f"{call.request.url.path}?{urlencode({'path': found.path})}"
    headers = {"location": location, "cache-control": "private, no-store", "vary": "authorization"}
    return JSON(found, 307, headers=headers)


@operation("GET", "/v1/w/{workspace}/at", summary="Look up a path", answer=At)
async def find_path(call: Call, query: PathQuery) -> Response:
    """The item at a path; 307 to its present one, with that in the body, if it has moved and the asker may see it
    there.

    A path that another item took since leads to that one. What the asker may not see never was there.
    """
    found = await call.runtime.paths.find(call.principal, query.path)
    return JSON(found) if found.moved_from is None else redirected(call, found)


@operation("POST", "/v1/w/{workspace}/items/{item}/archive", summary="Archive an item", problems=("forbidden",))
async def archive(call: Call) -> Item:
    """It leaves its path and the lists; nobody types in its drafts or deploys it. Versions are served by their
    hashes.
    """
    item = await call.runtime.lives.archive(call.principal, call.named("item"))
    return await call.runtime.items.load(call.principal, item)


@operation(
    "POST",
    "/v1/w/{workspace}/items/{item}/unarchive",
    summary="Unarchive an item",
    problems=("forbidden", "bad_path", "taken"),
)
async def unarchive(call: Call, body: Unarchive) -> Item:
    """It stands where it was, or at the path that is named; with all its drafts as they were."""
    item = await call.runtime.lives.unarchive(call.principal, call.named("item"), body)
    return await call.runtime.items.load(call.principal, item)


@operation("DELETE", "/v1/w/{workspace}/items/{item}", summary="Delete an item", problems=("forbidden",))
async def delete(call: Call) -> Deleted:
    """It is gone for everybody with all its drafts; for 30 days it can be brought back.

    The owners of drafts are told, and find their texts in their stash. Items that name it don't stand in the way;
    ``used_by`` says how many there are.
    """
    return await call.runtime.lives.delete(call.principal, call.named("item"))


@operation(
    "POST",
    "/v1/w/{workspace}/items/{item}/undelete",
    summary="Bring a deleted item back",
    problems=("forbidden", "bad_path", "taken"),
)
async def undelete(call: Call, body: Undelete) -> Item:
    """All its drafts, alerts and names are back. Another path or external id is named if its own is another's now."""
    item = await call.runtime.lives.undelete(call.principal, call.named("item"), body)
    return await call.runtime.items.load(call.principal, item)


@operation("GET", "/v1/w/{workspace}/deleted-items", summary="List deleted items", problems=("bad_cursor",))
async def list_deleted(call: Call, query: DeletedQuery) -> DeletedPage:
    """What the asker may bring back: what they deleted or made and may write, and all where they administer."""
    return await call.runtime.lives.deleted(call.principal, query)


operations = [find_path, archive, unarchive, delete, undelete, list_deleted]
