"""Routes of alerts: list, look, resolve."""

from starlette.responses import Response

from draftwire.rest.alerts import AlertChoice, AlertInfo, AlertPage, AlertQuery, AlertResolved
from draftwire_server.http.serving.conditions import ONCE, answered, once_of
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.writes.adoption import MERGES


@operation("GET", "/v1/w/{workspace}/alerts", summary="List alerts", problems=("bad_cursor",))
async def list_alerts(call: Call, query: AlertQuery) -> AlertPage:
    """Of a draft, of an item, or those that one is a party of; newest first."""
    return await call.runtime.resolving.listed(call.principal, query)


@operation("GET", "/v1/w/{workspace}/alerts/{alert}", summary="Look at an alert")
async def get_alert(call: Call) -> AlertInfo:
    """Who, where, what, and how it ended; for who may read the draft."""
    return await call.runtime.resolving.load(call.principal, call.named("alert"))


@operation(
    "POST",
    "/v1/w/{workspace}/alerts/{alert}/resolve",
    summary="Resolve an alert",
    answer=AlertResolved,
    headers=ONCE,
    problems=("alert_over", "forbidden", *MERGES),
)
async def choose_alert(call: Call, body: AlertChoice) -> Response:
    """End it, with one side's text in its place if asked for; the text that loses goes into its author's stash."""
    return answered(
        await call.runtime.resolving.resolve(call.principal, call.named("alert"), body, once_of(call.request, body))
    )


operations = [list_alerts, get_alert, choose_alert]
