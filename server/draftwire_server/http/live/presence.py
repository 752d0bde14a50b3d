"""Routes of presence: be at an item for a while, leave, see who is there or anywhere."""

from draftwire.rest.presence import Attend, Attending, Everywhere, Here
from draftwire_server.http.serving.conditions import fixed_session, session_of
from draftwire_server.http.serving.operation import Call, Header, operation
from draftwire_server.services.agents.run_writes import run_session

SESSION = Header("Draftwire-Session", "Who is present, so that two tabs of one user are told apart.")


def _who(call: Call, run: str | None = None) -> str:
    """The session that is meant: as it says, else that in which its run writes, else one for actor and token."""
    run = run or call.principal.access.run
    own = run_session(run, 0) if run is not None and call.principal.is_agent else None
    return session_of(call.request) or own or fixed_session(call.request, call.principal)


@operation(
    "PUT", "/v1/w/{workspace}/items/{item}/presence", summary="Be at an item", headers=(SESSION,),
    problems=("session_is_live", "too_many", "forbidden", "run_stopped", "run_ended"),
)  # fmt: skip
async def attend_item(call: Call, body: Attend) -> Attending:
    """Be at an item until the lease ends; sent again before that, it goes on. Everybody who looks at it is told."""
    return await call.runtime.attendance.attend(call.principal, _who(call, body.run), call.named("item"), body)


@operation(
    "DELETE", "/v1/w/{workspace}/items/{item}/presence", summary="Leave an item", headers=(SESSION,), status=204
)  # fmt: skip
async def leave_item(call: Call) -> None:
    """Be there no longer; leaving where one is not is fine."""
    await call.runtime.attendance.leave(call.principal, _who(call), call.named("item"))


@operation("GET", "/v1/w/{workspace}/items/{item}/presence", summary="Who is at an item")
async def who_is_here(call: Call) -> Here:
    """Every session at the item, over WebSocket or HTTP; carets only in drafts that the asker may read."""
    return await call.runtime.attendance.here(call.principal, call.named("item"))


@operation("GET", "/v1/w/{workspace}/presence", summary="Who is where")
async def who_is_where(call: Call) -> Everywhere:
    """Who is at which items, of those that the asker may see."""
    return await call.runtime.attendance.everywhere(call.principal)


operations = [attend_item, leave_item, who_is_here, who_is_where]
