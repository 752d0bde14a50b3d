"""Routes of alerts: list, look, resolve."""

from starlette.responses import Response

from draftwire.rest.alerts import (
    CHOOSE_ALERT,
    GET_ALERT,
    LIST_ALERTS,
    AlertChoice,
    AlertInfo,
    AlertPage,
    AlertQuery,
)
from draftwire_server.http.serving.conditions import answered, once_of
from draftwire_server.http.serving.operation import Call, serves


@serves(LIST_ALERTS)
async def list_alerts(call: Call, query: AlertQuery) -> AlertPage:
    return await call.runtime.resolving.listed(call.principal, query)


@serves(GET_ALERT)
async def get_alert(call: Call) -> AlertInfo:
    return await call.runtime.resolving.load(call.principal, call.named("alert"))


@serves(CHOOSE_ALERT)
async def choose_alert(call: Call, body: AlertChoice) -> Response:
    return answered(
        await call.runtime.resolving.resolve(call.principal, call.named("alert"), body, once_of(call.request, body))
    )
