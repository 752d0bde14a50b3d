"""Routes of versions: the list, one with its value, the runtime's read, new items from them."""

import msgspec
from starlette.responses import Response

from draftwire.rest.deploys import (
    DeployedQuery,
    DeployedValue,
    Fork,
    Forked,
    Origin,
    Restore,
    Version,
    VersionPage,
    VersionQuery,
)
from draftwire.rest.items import At
from draftwire_server.http.items.lives import redirected
from draftwire_server.http.live.drafts import IF_NONE_MATCH
from draftwire_server.http.serving.conditions import ONCE, once_of
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.serving.problem import JSON
from draftwire_server.services.deploys.versions import HASH

FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"
MAKES = ("forbidden", "bad_path", "taken", "plain_secret", "unknown_secret", "idempotency_reused", "busy")


@operation("GET", "/v1/w/{workspace}/items/{item}/versions", summary="List an item's versions")
async def list_versions(call: Call, query: VersionQuery) -> VersionPage:
    """What was deployed, by whom, with what message, from which state; the latest first, without the values."""
    return await call.runtime.versions.listed(call.principal, call.named("item"), query)


@operation("GET", "/v1/w/{workspace}/items/{item}/versions/{version}", summary="Look at a version")
async def load_version(call: Call) -> Version:
    """A version with its value, by number or hash."""
    return await call.runtime.versions.load(call.principal, call.named("item"), call.named("version"))


@operation(
    "GET",
    "/v1/w/{workspace}/deployed",
    summary="Read what is deployed",
    answer=DeployedValue,
    headers=(IF_NONE_MATCH,),
    problems=("forbidden",),
)
async def read_deployed(call: Call, query: DeployedQuery) -> Response:
    """The runtime's read: the live version at a ``path``, or the version of a ``hash``. Needs `run` alone.

    No draft, edit or alert changes a byte of it. By hash it may be cached for ever. 307 leads from an item's old path
    to its present one.
    """
    found = await call.runtime.versions.deployed(call.principal, query)
    if isinstance(found, At):
        return redirected(call, found)
    headers = {
        "etag": f'"{found.hash}"',
        "cache-control": FOREVER if query.hash is not None else ASK_AGAIN,
        "vary": "authorization",
    }
    known = {part.strip().removeprefix("W/").strip('"') for part in (call.header("if-none-match") or "").split(",")}
    if found.hash in known:
        return Response(status_code=304, headers=headers)
    return JSON(found, headers=headers)


@operation(
    "POST",
    "/v1/w/{workspace}/items/{item}/versions/{version}/restore",
    summary="Restore a version as a new item",
    status=201,
    answer=Forked,
    headers=ONCE,
    problems=MAKES,
)
async def restore(call: Call, body: Restore) -> Response:
    """A version's value begins a new item, which remembers where it came from."""
    name = call.named("version")
    if HASH.fullmatch(name):
        name = str((await call.runtime.versions.load(call.principal, call.named("item"), name)).number)
    return await _fork(call, Fork(f"version:{name}", body.path, body.external_id, body.summary))


@operation(
    "POST",
    "/v1/w/{workspace}/items/{item}/fork",
    summary="Fork an item",
    status=201,
    answer=Forked,
    headers=ONCE,
    problems=(*MAKES, "bad_etag", "generation_changed", "rewound", "base_ahead", "base_expired"),
)
async def fork(call: Call, body: Fork) -> Response:
    """A new item from the deployed value, a version or any state of a draft that the asker may read."""
    return await _fork(call, body)


@operation("GET", "/v1/w/{workspace}/items/{item}/origin", summary="Where an item was forked from")
async def read_origin(call: Call) -> Origin:
    """The item, version or draft's state that an item began with; 404 if it is no fork."""
    return await call.runtime.forks.origin(call.principal, call.named("item"))


async def _fork(call: Call, body: Fork) -> Response:
    made = await call.runtime.forks.make(call.principal, call.named("item"), body, once_of(call.request, body))
    item = await call.runtime.items.load(call.principal, made.item)
    location = f"/v1/w/{call.named('workspace')}/items/{made.item}"
    forked = Forked(**msgspec.structs.asdict(item), dropped_secrets=made.dropped_secrets)
    return JSON(forked, 201, headers={"location": location})


operations = [list_versions, load_version, read_deployed, restore, fork, read_origin]
