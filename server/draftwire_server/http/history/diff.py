"""Routes of differences: any two values of an item, as people read it."""

from draftwire.rest.diff import DiffQuery, ItemDiff
from draftwire_server.http.serving.operation import Call, operation


@operation(
    "GET",
    "/v1/w/{workspace}/items/{item}/diff",
    summary="Compare two values of an item",
    problems=(
        "bad_etag", "generation_changed", "rewound", "base_ahead", "base_expired", "too_large", "mode_forbids",
        "duplicate_id", "bad_id",
    ),
)  # fmt: skip
async def diff_item(call: Call, query: DiffQuery) -> ItemDiff:
    """What differs between any two of: one's own draft, another's, the shared one, the deployed value, an etag.

    Each value is asked for by itself: of a draft that one may not read there is nothing to compare.
    """
    return await call.runtime.differing.diff(call.principal, call.named("item"), query)


operations = [diff_item]
