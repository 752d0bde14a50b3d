"""Routes of differences: any two values of an item, as people read it."""

from draftwire.rest.diff import DIFF_ITEM, DiffQuery, ItemDiff
from draftwire_server.http.serving.operation import Call, serves


@serves(DIFF_ITEM)
async def diff_item(call: Call, query: DiffQuery) -> ItemDiff:
    return await call.runtime.differing.diff(call.principal, call.named("item"), query)
