"""Routes of sharing: who may look at somebody's own draft or type in it, its guests, and questions to its owner."""

from starlette.responses import Response

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.sharing import (
    DECLINE_ASK,
    DELETE_ASK,
    DELETE_GUEST,
    GET_GUEST,
    GET_SHARING,
    GRANT_ASK,
    LIST_ASKS,
    PATCH_DRAFT,
    POST_ASK,
    PUT_GUEST,
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
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON


@serves(GET_SHARING)
async def get_sharing(call: Call, query: NamedDraft) -> Sharing:
    return await call.runtime.sharing.shared(call.principal, call.named("draft"), item=query.item or "")


@serves(PATCH_DRAFT)
async def patch_draft(call: Call, query: NamedDraft, body: Visible) -> Sharing:
    return await call.runtime.sharing.show(call.principal, call.named("draft"), body.visibility, item=query.item or "")


@serves(GET_GUEST)
async def get_guest(call: Call) -> GuestInfo:
    return await call.runtime.sharing.guest(call.principal, call.named("draft"), call.named("user"))


@serves(PUT_GUEST)
async def put_guest(call: Call, query: NamedDraft, body: Invitation) -> GuestInfo:
    return await call.runtime.sharing.invite(
        call.principal, call.named("draft"), call.named("user"), body, item=query.item or ""
    )


@serves(DELETE_GUEST)
async def delete_guest(call: Call) -> None:
    await call.runtime.sharing.withdraw(call.principal, call.named("draft"), call.named("user"))


@serves(POST_ASK)
async def post_ask(call: Call, body: NewAsk) -> Response:
    info, fresh = await call.runtime.asks.ask(call.principal, call.named("draft"), body)
    return JSON(info, 201 if fresh else 200)


@serves(LIST_ASKS)
async def list_asks(call: Call, query: AskQuery) -> Asks:
    return await call.runtime.asks.listed(call.principal, draft=query.draft, only_open=query.state == "open")


@serves(GRANT_ASK)
async def grant_ask(call: Call, body: Granted) -> AskInfo:
    return await call.runtime.asks.grant(call.principal, call.named("ask"), body)


@serves(DECLINE_ASK)
async def decline_ask(call: Call) -> AskInfo:
    return await call.runtime.asks.decline(call.principal, call.named("ask"))


@serves(DELETE_ASK)
async def delete_ask(call: Call) -> None:
    await call.runtime.asks.withdraw(call.principal, call.named("ask"))
