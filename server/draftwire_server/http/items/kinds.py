"""Routes of kinds."""

from typing import Any

from draftwire.rest.kinds import KindChange, KindInfo, KindList, KindQuery
from draftwire_server.http.serving.operation import Call, operation


@operation("GET", "/v1/w/{workspace}/kinds", summary="List kinds")
async def list_kinds(call: Call) -> KindList:
    """All kinds of the workspace, by name, without their definitions."""
    return call.runtime.kinds.listed(call.principal)


@operation("GET", "/v1/w/{workspace}/kinds/{kind}", summary="Look at a kind")
async def get_kind(call: Call) -> KindInfo:
    """One kind with its whole definition, as it could be put back."""
    return call.runtime.kinds.one(call.principal, call.named("kind"))


@operation(
    "PUT",
    "/v1/w/{workspace}/kinds/{kind}",
    summary="Define or change a kind",
    problems=("forbidden", "bad_kind", "kind_changed", "too_many", "too_large", "too_much_work"),
)
async def put_kind(call: Call, query: KindQuery, body: dict[str, Any]) -> KindChange:
    """Define a kind or change one, without a restart; drafts that break stay open and show their problems."""
    return await call.runtime.kinds.put(call.principal, call.named("kind"), body, expected=query.revision)


@operation(
    "DELETE",
    "/v1/w/{workspace}/kinds/{kind}",
    summary="Take a kind back",
    problems=("forbidden", "kind_changed", "kind_in_use"),
)
async def delete_kind(call: Call, query: KindQuery) -> KindChange:
    """Take back what the workspace has defined; the server's own kind of that name counts again."""
    return await call.runtime.kinds.remove(call.principal, call.named("kind"), expected=query.revision)


operations = [list_kinds, get_kind, put_kind, delete_kind]
