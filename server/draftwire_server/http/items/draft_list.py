"""Routes of many drafts: the list, deploy and discard in bulk."""

from starlette.responses import Response

from draftwire.rest.draft_list import (
    DEPLOY_MANY,
    DISCARD_MANY,
    LIST_DRAFTS,
    DeployMany,
    DiscardMany,
    DraftListQuery,
    DraftPage,
)
from draftwire_server.http.serving.conditions import answered, once_of
from draftwire_server.http.serving.operation import Call, serves


@serves(LIST_DRAFTS)
async def list_drafts(call: Call, query: DraftListQuery) -> DraftPage:
    return await call.runtime.draft_list.page(call.principal, query)


@serves(DEPLOY_MANY)
async def deploy_many(call: Call, body: DeployMany) -> Response:
    once = once_of(call.request, (body, [*call.bad]))
    return answered(await call.runtime.many.deploy(call.principal, body, once, call.bad))


@serves(DISCARD_MANY)
async def discard_many(call: Call, body: DiscardMany) -> Response:
    once = once_of(call.request, (body, [*call.bad]))
    return answered(await call.runtime.many.discard(call.principal, body, once, call.bad))
