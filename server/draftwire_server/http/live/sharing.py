"""Routes of sharing: who may look at somebody's own draft or type in it, its guests, and questions to its owner."""

from starlette.responses import Response

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.sharing import (
    AskQuery,
    Asks,
    Granted,
    GuestInfo,
    Invitation,
    NewAsk,
    Sharing,
    Visible,
)
from draftwire.wire.messages import AskInfo
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.serving.problem import JSON


@operation("GET", "/v1/w/{workspace}/drafts/{draft}/sharing", summary="See how a draft is shared")
async def get_sharing(call: Call, query: NamedDraft) -> Sharing:
    """Its visibility and its guests, for who may read it."""
    return await call.runtime.sharing.shared(call.principal, call.named("draft"), item=query.item or "")


@operation("PATCH", "/v1/w/{workspace}/drafts/{draft}", summary="Change a draft's visibility", problems=("forbidden",))
async def patch_draft(call: Call, query: NamedDraft, body: Visible) -> Sharing:
    """By its owner, also before typing: ``private``, ``readable`` by readers of the item, ``open`` to its writers."""
    return await call.runtime.sharing.show(call.principal, call.named("draft"), body.visibility, item=query.item or "")


@operation("GET", "/v1/w/{workspace}/drafts/{draft}/guests/{user}", summary="Look at a guest")
async def get_guest(call: Call) -> GuestInfo:
    """What a guest may do, for who may read the draft."""
    return await call.runtime.sharing.guest(call.principal, call.named("draft"), call.named("user"))


@operation(
    "PUT",
    "/v1/w/{workspace}/drafts/{draft}/guests/{user}",
    summary="Invite a guest",
    problems=("forbidden", "bad_guest", "too_many"),
)
async def put_guest(call: Call, query: NamedDraft, body: Invitation) -> GuestInfo:
    """By the owner: let a member look or type, until a time or until it is withdrawn. Replaces what they may."""
    return await call.runtime.sharing.invite(
        call.principal, call.named("draft"), call.named("user"), body, item=query.item or ""
    )


@operation(
    "DELETE",
    "/v1/w/{workspace}/drafts/{draft}/guests/{user}",
    summary="Withdraw an invitation",
    status=204,
    problems=("forbidden",),
)
async def delete_guest(call: Call) -> None:
    """By the owner or the guest. Typing ends at once everywhere; what was typed stays."""
    await call.runtime.sharing.withdraw(call.principal, call.named("draft"), call.named("user"))


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/asks",
    summary="Ask to type",
    status=201,
    answer=AskInfo,
    problems=("already_may", "forbidden", "too_fast"),
)
async def post_ask(call: Call, body: NewAsk) -> Response:
    """Ask the owner to be let in; the owner's tabs hear of it at once. 200 with the open question if there is one."""
    info, fresh = await call.runtime.asks.ask(call.principal, call.named("draft"), body)
    return JSON(info, 201 if fresh else 200)


@operation("GET", "/v1/w/{workspace}/asks", summary="List questions about drafts")
async def list_asks(call: Call, query: AskQuery) -> Asks:
    """What the asker is to answer, and what they asked, newest first."""
    return await call.runtime.asks.listed(call.principal, draft=query.draft, only_open=query.state == "open")


@operation(
    "POST",
    "/v1/w/{workspace}/asks/{ask}/grant",
    summary="Let the asker in",
    problems=("forbidden", "ask_over", "bad_guest", "too_many"),
)
async def grant_ask(call: Call, body: Granted) -> AskInfo:
    """By the owner: the asker becomes a guest, as asked or as the body says."""
    return await call.runtime.asks.grant(call.principal, call.named("ask"), body)


@operation(
    "POST", "/v1/w/{workspace}/asks/{ask}/decline", summary="Say no to the asker", problems=("forbidden", "ask_over")
)
async def decline_ask(call: Call) -> AskInfo:
    """By the owner. The asker is told, and can't ask the same again for a while."""
    return await call.runtime.asks.decline(call.principal, call.named("ask"))


@operation("DELETE", "/v1/w/{workspace}/asks/{ask}", summary="Take a question back", status=204)
async def delete_ask(call: Call) -> None:
    """By who asked; fine if it is over."""
    await call.runtime.asks.withdraw(call.principal, call.named("ask"))


operations = [
    get_sharing, patch_draft, get_guest, put_guest, delete_guest, post_ask, list_asks, grant_ask, decline_ask,
    delete_ask,
]  # fmt: skip
