"""Routes of presence: be at an item for a while, leave, see who is there or anywhere."""

from draftwire.rest.presence import (
    ATTEND_ITEM,
    LEAVE_ITEM,
    WHO_IS_HERE,
    WHO_IS_WHERE,
    Attend,
    Attending,
    Everywhere,
    Here,
)
from draftwire_server.http.serving.conditions import fixed_session, session_of
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.services.agents.run_writes import run_session


def _who(call: Call, run: str | None = None) -> str:
    """The session that is meant: as it says, else that in which its run writes, else one for actor and token."""
    run = run or call.principal.access.run
    own = run_session(run, 0) if run is not None and call.principal.is_agent else None
    return session_of(call.request) or own or fixed_session(call.request, call.principal)


@serves(ATTEND_ITEM)
async def attend_item(call: Call, body: Attend) -> Attending:
    return await call.runtime.attendance.attend(call.principal, _who(call, body.run), call.named("item"), body)


@serves(LEAVE_ITEM)
async def leave_item(call: Call) -> None:
    await call.runtime.attendance.leave(call.principal, _who(call), call.named("item"))


@serves(WHO_IS_HERE)
async def who_is_here(call: Call) -> Here:
    return await call.runtime.attendance.here(call.principal, call.named("item"))


@serves(WHO_IS_WHERE)
async def who_is_where(call: Call) -> Everywhere:
    return await call.runtime.attendance.everywhere(call.principal)
