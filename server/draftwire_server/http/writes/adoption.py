"""Routes that bring drafts together: adopt another's, bring its later changes back, edit together."""

from starlette.responses import Response

from draftwire.rest.adopting import ADOPT, BRING, EDIT_TOGETHER, Adoption, Bringing, Together
from draftwire_server.http.serving.conditions import asked_once
from draftwire_server.http.serving.operation import Call, serves


@serves(ADOPT)
async def adopt(call: Call, body: Adoption) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.adopting.adopt(call.principal, call.named("item"), body, once)
    )


@serves(BRING)
async def bring(call: Call, body: Bringing) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.adopting.bring(call.principal, call.named("draft"), body, once)
    )


@serves(EDIT_TOGETHER)
async def edit_together(call: Call, body: Together) -> Response:
    return await asked_once(
        call, body, lambda once: call.runtime.adopting.together(call.principal, call.named("draft"), body, once)
    )
