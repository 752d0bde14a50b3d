"""Routes of deploys: deploy a draft's state, redeploy an older version."""

from starlette.responses import Response

from draftwire.rest.deploys import (
    BRING_BACK,
    DEPLOY,
    DISCARD,
    KEEP,
    REBASE,
    REDEPLOY,
    REVERT,
    BringBack,
    Deploy,
    Discard,
    Discarded,
    Keep,
    Kept,
    Rebase,
    Redeploy,
    Revert,
)
from draftwire_server.http.serving.conditions import asked_once
from draftwire_server.http.serving.operation import Call, serves


@serves(DEPLOY)
async def deploy(call: Call, body: Deploy) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.deploying.deploy(call.principal, call.named("draft"), body, once)
    )


@serves(REDEPLOY)
async def redeploy(call: Call, body: Redeploy) -> Response:
    return await asked_once(
        call,
        body,
        lambda once: call.runtime.deploying.redeploy(
            call.principal, call.named("item"), call.named("version"), body, once
        ),
    )


@serves(REBASE)
async def rebase(call: Call, body: Rebase) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.rebasing.rebase(call.principal, call.named("draft"), body, once)
    )


@serves(KEEP)
async def keep(call: Call, body: Keep) -> Kept:
    return await call.runtime.rebasing.keep(call.principal, call.named("draft"), body)


@serves(REVERT)
async def revert(call: Call, body: Revert) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.rebasing.revert(call.principal, call.named("draft"), body, once)
    )


@serves(DISCARD)
async def discard(call: Call, body: Discard) -> Discarded:
    return await call.runtime.discarding.discard(call.principal, call.named("draft"), body)


@serves(BRING_BACK)
async def bring_back(call: Call, body: BringBack) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.discarding.bring_back(call.principal, call.named("draft"), body, once)
    )
