"""Routes of the stash: list, look, compare, restore, dismiss; each by the author of the text alone."""

from starlette.responses import Response

from draftwire.rest.stash import (
    COMPARE_STASH,
    DISMISS_STASH,
    GET_STASH,
    LIST_STASH,
    RESTORE_STASH,
    Restoring,
    StashEntry,
    StashPage,
    StashQuery,
    StashSides,
)
from draftwire_server.http.serving.conditions import asked_once
from draftwire_server.http.serving.operation import Call, serves


@serves(LIST_STASH)
async def list_stash(call: Call, query: StashQuery) -> StashPage:
    return await call.runtime.restorer.listed(call.principal, query)


@serves(GET_STASH)
async def get_stash(call: Call) -> StashEntry:
    return await call.runtime.restorer.entry(call.principal, call.named("entry"))


@serves(COMPARE_STASH)
async def compare_stash(call: Call) -> StashSides:
    return await call.runtime.restorer.sides(call.principal, call.named("entry"))


@serves(RESTORE_STASH)
async def restore_stash(call: Call, body: Restoring) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.restorer.restore(call.principal, call.named("entry"), body, once)
    )


@serves(DISMISS_STASH)
async def dismiss_stash(call: Call) -> StashEntry:
    return await call.runtime.restorer.dismiss(call.principal, call.named("entry"))
