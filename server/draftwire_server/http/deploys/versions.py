"""Routes of versions: the list, one with its value, the runtime's read, new items from them."""

import msgspec
from starlette.responses import Response

from draftwire.rest.deploys import (
    DeployedQuery,
    Fork,
    Forked,
    Origin,
    Restore,
    Version,
    VersionPage,
    VersionQuery,
)
from draftwire.rest.items import At
from draftwire.rest.versions import FORK, LIST_VERSIONS, LOAD_VERSION, READ_DEPLOYED, READ_ORIGIN, RESTORE
from draftwire_server.http.items.lives import redirected
from draftwire_server.http.serving.conditions import once_of
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON
from draftwire_server.services.deploys.versions import HASH

FOREVER = "private, max-age=31536000, immutable"
ASK_AGAIN = "private, no-cache"


@serves(LIST_VERSIONS)
async def list_versions(call: Call, query: VersionQuery) -> VersionPage:
    return await call.runtime.versions.listed(call.principal, call.named("item"), query)


@serves(LOAD_VERSION)
async def load_version(call: Call) -> Version:
    return await call.runtime.versions.load(call.principal, call.named("item"), call.named("version"))


@serves(READ_DEPLOYED)
async def read_deployed(call: Call, query: DeployedQuery) -> Response:
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


@serves(RESTORE)
async def restore(call: Call, body: Restore) -> Response:
    name = call.named("version")
    if HASH.fullmatch(name):
        name = str((await call.runtime.versions.load(call.principal, call.named("item"), name)).number)
    return await _fork(call, Fork(f"version:{name}", body.path, body.external_id, body.summary))


@serves(FORK)
async def fork(call: Call, body: Fork) -> Response:
    return await _fork(call, body)


@serves(READ_ORIGIN)
async def read_origin(call: Call) -> Origin:
    return await call.runtime.forks.origin(call.principal, call.named("item"))


async def _fork(call: Call, body: Fork) -> Response:
    made = await call.runtime.forks.make(call.principal, call.named("item"), body, once_of(call.request, body))
    item = await call.runtime.items.load(call.principal, made.item)
    location = f"/v1/w/{call.named('workspace')}/items/{made.item}"
    forked = Forked(**msgspec.structs.asdict(item), dropped_secrets=made.dropped_secrets)
    return JSON(forked, 201, headers={"location": location})
