"""Routes of kinds."""

from typing import Any

from draftwire.rest.kinds import DELETE_KIND, GET_KIND, LIST_KINDS, PUT_KIND, KindChange, KindInfo, KindList, KindQuery
from draftwire_server.http.serving.operation import Call, serves


@serves(LIST_KINDS)
async def list_kinds(call: Call) -> KindList:
    return call.runtime.kinds.listed(call.principal)


@serves(GET_KIND)
async def get_kind(call: Call) -> KindInfo:
    return call.runtime.kinds.one(call.principal, call.named("kind"))


@serves(PUT_KIND)
async def put_kind(call: Call, query: KindQuery, body: dict[str, Any]) -> KindChange:
    return await call.runtime.kinds.put(call.principal, call.named("kind"), body, expected=query.revision)


@serves(DELETE_KIND)
async def delete_kind(call: Call, query: KindQuery) -> KindChange:
    return await call.runtime.kinds.remove(call.principal, call.named("kind"), expected=query.revision)
