"""Routes of the event log."""

import asyncio
import contextlib

from starlette.requests import Request

from draftwire.rest.events import READ_EVENTS, EventPage, EventQuery
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.services.events.eventlog import Waiter


@serves(READ_EVENTS)
async def read_events(call: Call, query: EventQuery) -> EventPage:
    waiter = Waiter()
    hanging_up = asyncio.create_task(_hung_up(call.request, waiter)) if query.wait_s else None
    try:
        return await call.runtime.events.read(call.principal, query, waiter)
    finally:
        if hanging_up is not None:
            hanging_up.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await hanging_up


async def _hung_up(request: Request, waiter: Waiter) -> None:
    """Let nobody wait for somebody who is gone: a consumer that is killed again and again must not meet its ghosts."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    waiter.end()
