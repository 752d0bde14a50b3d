"""Routes of drafts: read one, count its writers, end an alert."""

from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from draftwire.errors import Problem
from draftwire.messages import Alert
from draftwire_server.core.etag import Etag
from draftwire_server.http.auth import principal_of, runtime_of
from draftwire_server.http.problem import JSON
from draftwire_server.services.identity import Principal
from draftwire_server.services.live import LiveDraft
from draftwire_server.services.opening import may_type
from draftwire_server.store import logs


class DraftAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft as of one etag."""

    draft: str
    item: str
    purpose: str
    etag: str
    generation: int
    seq: int
    may: str
    base_version: int
    head_version: int
    value: Any
    stands: bool = True
    why: str | None = None
    alerts: tuple[Alert, ...] = ()


def draft_answer(principal: Principal, live: LiveDraft) -> DraftAnswer:
    """What a reader gets of a draft."""
    replica = live.replica
    verdict = may_type(principal, live)
    return DraftAnswer(
        draft=live.id,
        item=live.item.id,
        purpose=live.facts.purpose,
        etag=str(Etag(replica.generation, replica.seq, replica.mark)),
        generation=replica.generation,
        seq=replica.seq,
        may="type" if verdict == "type" else "look",
        base_version=live.base_version,
        head_version=live.item.head_version,
        value=msgspec.Raw(live.value_json()),
        stands=live.stands,
        why=None if verdict == "type" else verdict,
        alerts=tuple(live.alerts.values()),
    )


async def find_draft(request: Request, principal: Principal) -> LiveDraft:
    """The draft that a URL names: by id, or an item's (``?purpose=own|shared``). Raises `Problem`."""
    runtime = runtime_of(request)
    params = request.path_params
    if "draft" in params:
        live = await runtime.opening.by_id(principal, params["draft"])
    else:
        purpose = request.query_params.get("purpose")
        if purpose not in (None, "own", "shared"):
            raise Problem("bad_message", "purpose is own or shared.")
        live = await runtime.opening.by_item(principal, params["item"], purpose)  # type: ignore[arg-type]
    await runtime.drafts.up_to_date(live)
    return live


async def get_draft(request: Request) -> Response:
    """GET: the draft with its etag."""
    principal = await principal_of(request)
    live = await find_draft(request, principal)
    answer = draft_answer(principal, live)
    return JSON(answer, headers={"etag": f'"{answer.etag}"', "cache-control": "no-store"})


async def get_writers(request: Request) -> Response:
    """GET: every session that has written in the draft, and how many of its batches the log holds."""
    principal = await principal_of(request)
    live = await find_draft(request, principal)
    async with runtime_of(request).database.acquired() as connection:
        counts = await logs.count_batches(connection, live.workspace, live.id)
    return JSON({"writers": counts, "seq": live.replica.seq, "etag": draft_answer(principal, live).etag})


async def resolve_alert(request: Request) -> Response:
    """POST: a person has dealt with an alert."""
    principal = await principal_of(request)
    live = await find_draft(request, principal)
    if may_type(principal, live) != "type":
        raise Problem("forbidden", detail={"missing": "write"})
    alert = request.path_params["alert"]
    if alert not in live.alerts:
        raise Problem("not_found")
    await runtime_of(request).alerts.end(live, alert, "resolved")
    return JSON({"alert": alert, "state": "resolved"})


routes = [
    Route("/v1/w/{workspace}/items/{item}/draft", get_draft, methods=["GET"]),
    Route("/v1/w/{workspace}/drafts/{draft}", get_draft, methods=["GET"]),
    Route("/v1/w/{workspace}/drafts/{draft}/writers", get_writers, methods=["GET"]),
    Route("/v1/w/{workspace}/drafts/{draft}/alerts/{alert}/resolve", resolve_alert, methods=["POST"]),
]
