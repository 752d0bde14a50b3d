"""The route of a dashboard's numbers."""

from draftwire.rest.activity import Activity, ActivityQuery
from draftwire_server.http.serving.operation import Call, operation


@operation("GET", "/v1/w/{workspace}/activity", summary="Edits per minute")
async def edits_per_minute(call: Call, query: ActivityQuery) -> Activity:
    """How much is edited in which items and by which AI sessions, of the drafts that the asker may read."""
    return await call.runtime.activity_count.per_minute(call.principal, query)


operations = [edits_per_minute]
