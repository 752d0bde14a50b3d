"""Routes of many drafts: the list, deploy and discard in bulk."""

from starlette.responses import Response

from draftwire.rest.draft_list import (
    DeployedMany,
    DeployMany,
    DiscardedMany,
    DiscardMany,
    DraftListQuery,
    DraftPage,
)
from draftwire_server.http.serving.conditions import ONCE, answered, once_of
from draftwire_server.http.serving.operation import Call, operation


@operation(
    "GET",
    "/v1/w/{workspace}/drafts",
    summary="List drafts",
    problems=("bad_cursor", "unknown_kind", "too_many"),
)
async def list_drafts(call: Call, query: DraftListQuery) -> DraftPage:
    """Drafts with changes that the asker may know of. Of private ones of others only owner and age."""
    return await call.runtime.draft_list.page(call.principal, query)


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/deploy",
    summary="Deploy many drafts",
    answer=DeployedMany,
    headers=ONCE,
    problems=("too_many", "idempotency_reused"),
    parts="drafts",
)
async def deploy_many(call: Call, body: DeployMany) -> Response:
    """As deploying each of them, in order: each by itself, with a result for each."""
    once = once_of(call.request, (body, [*call.bad]))
    return answered(await call.runtime.many.deploy(call.principal, body, once, call.bad))


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/discard",
    summary="Discard many drafts",
    answer=DiscardedMany,
    headers=ONCE,
    problems=("too_many", "idempotency_reused"),
    parts="drafts",
)
async def discard_many(call: Call, body: DiscardMany) -> Response:
    """As discarding each of them, in order: each by itself, with a result for each."""
    once = once_of(call.request, (body, [*call.bad]))
    return answered(await call.runtime.many.discard(call.principal, body, once, call.bad))


operations = [list_drafts, deploy_many, discard_many]
