"""The route of a dashboard's numbers."""

from draftwire.rest.activity import EDITS_PER_MINUTE, Activity, ActivityQuery
from draftwire_server.http.serving.operation import Call, serves


@serves(EDITS_PER_MINUTE)
async def edits_per_minute(call: Call, query: ActivityQuery) -> Activity:
    return await call.runtime.activity_count.per_minute(call.principal, query)
