"""Routes of the stash: list, look, compare, restore, dismiss; each by the author of the text alone."""

from starlette.responses import Response

from draftwire.rest.stash import Restored, Restoring, StashEntry, StashPage, StashQuery, StashSides
from draftwire_server.http.serving.conditions import ONCE, asked_once
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.writes.adoption import MERGES


@operation("GET", "/v1/w/{workspace}/stash", summary="List one's kept texts", problems=("bad_cursor",))
async def list_stash(call: Call, query: StashQuery) -> StashPage:
    """Texts that were refused, replaced or lost their place, newest first."""
    return await call.runtime.restorer.listed(call.principal, query)


@operation("GET", "/v1/w/{workspace}/stash/{entry}", summary="Look at a kept text")
async def get_stash(call: Call) -> StashEntry:
    """The whole of it, also when one has lost the item; then nothing else of the item is told."""
    return await call.runtime.restorer.entry(call.principal, call.named("entry"))


@operation(
    "GET",
    "/v1/w/{workspace}/stash/{entry}/compare",
    summary="Compare a kept text with the draft",
    problems=("no_such_place",),
)
async def compare_stash(call: Call) -> StashSides:
    """The draft as it is, and as it would be with the text in its place."""
    return await call.runtime.restorer.sides(call.principal, call.named("entry"))


@operation(
    "POST",
    "/v1/w/{workspace}/stash/{entry}/restore",
    summary="Restore a kept text",
    answer=Restored,
    headers=ONCE,
    problems=MERGES,
)
async def restore_stash(call: Call, body: Restoring) -> Response:
    """Merge it into the draft that it is from, or another one of the item; 409 `merge_conflict` asks for choices."""
    return await asked_once(
        call, body, lambda once: call.runtime.restorer.restore(call.principal, call.named("entry"), body, once)
    )


@operation(
    "POST",
    "/v1/w/{workspace}/stash/{entry}/dismiss",
    summary="Dismiss a kept text",
    problems=("forbidden", "suggest_only"),
)
async def dismiss_stash(call: Call) -> StashEntry:
    """It leaves the list and is kept for 30 more days."""
    return await call.runtime.restorer.dismiss(call.principal, call.named("entry"))


operations = [list_stash, get_stash, compare_stash, restore_stash, dismiss_stash]
