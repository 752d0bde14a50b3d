"""Routes of drafts: read one, save a whole one, read its log, count its writers, end an alert."""

import asyncio
from typing import Any

import msgspec
from starlette.responses import Response

from draftwire.document.document import Document
from draftwire.errors import OpError, Problem
from draftwire.rest.drafts import (
    GET_DIAGNOSTICS,
    GET_DRAFT,
    GET_DRAFT_OF_ITEM,
    GET_LOG,
    GET_WRITERS,
    PATCH_CONTENT,
    PATCH_DRAFT_OF_ITEM,
    PUT_DRAFT,
    PUT_DRAFT_OF_ITEM,
    DraftLog,
    DraftPatch,
    DraftQuery,
    DraftState,
    LogBatch,
    LogQuery,
    NamedDraft,
    PatchOp,
    WholeDraft,
    WriterCounts,
)
from draftwire.wire.messages import Diagnostics
from draftwire_server.core.edits.patching import with_edits, with_ops, with_patch
from draftwire_server.core.edits.whole import with_lf
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.http.serving.conditions import (
    answered,
    digest_of,
    etag_of,
    fixed_session,
    idempotency_key,
    once_of,
    preferences,
    session_of,
)
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON, body_of, convert, decoded
from draftwire_server.limits.contract import OPS_PER_BATCH
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import may_type, need_type
from draftwire_server.services.writes.attempt import Save
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.store.writes.idempotency import Answer

LOG_BATCHES = 500  # of one answer


def draft_answer(principal: Principal, live: LiveDraft) -> DraftState:
    """What a reader gets of a draft."""
    replica = live.replica
    verdict = may_type(principal, live)
    return DraftState(
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
        alerts=live.open_alerts(),
        owner=live.owner,
        visibility=live.facts.visibility,
        legacy=live.legacy,
    )


async def find_draft(call: Call, query: DraftQuery | NamedDraft) -> LiveDraft:
    """The draft that a URL names: by id, or an item's (``?purpose=own|shared``). Raises `Problem`."""
    opening = call.runtime.opening
    if isinstance(query, NamedDraft):
        return await opening.current(call.principal, call.named("draft"), query.item or "")
    return await opening.current_of(call.principal, call.named("item"), query.purpose)


@serves(GET_DRAFT_OF_ITEM)
async def get_draft_of_item(call: Call, query: DraftQuery) -> Response:
    return await _read(call, query)


@serves(GET_DRAFT)
async def get_draft(call: Call, query: NamedDraft) -> Response:
    return await _read(call, query)


async def _read(call: Call, query: DraftQuery | NamedDraft) -> Response:
    live = await find_draft(call, query)
    await call.runtime.behind.look_at(live)
    answer = draft_answer(call.principal, live)
    headers = {_etag_header(call): f'"{answer.etag}"', "cache-control": "no-store"}
    known = call.header("if-none-match") or ""
    if any(str(parse_etag(part)) == answer.etag for part in known.split(",")):
        return Response(status_code=304, headers=headers)
    answer = msgspec.structs.replace(answer, adopted=await call.runtime.adopting.sources(live))
    return JSON(answer, headers=headers)


@serves(GET_LOG)
async def get_log(call: Call, query: LogQuery) -> Response:
    live = await find_draft(call, query)
    limit = max(1, min(query.limit, LOG_BATCHES))
    after, upto = query.after, min(live.replica.seq, query.after + limit)
    entries = await call.runtime.drafts.history.entries_after(live, after, upto) if after < upto else []
    batches = tuple(LogBatch(e.seq, e.w, e.no, e.kind, e.mark, e.at, msgspec.Raw(e.ops), e.cause) for e in entries)
    at = Etag(live.replica.generation, live.replica.seq, live.replica.mark)
    answer = DraftLog(live.id, str(at), at.seq, batches, tuple(live.writer_infos.values()))
    return JSON(answer, headers={"draft-etag": f'"{at}"'})


# ---- saving


@serves(PUT_DRAFT_OF_ITEM)
async def put_draft_of_item(call: Call, query: DraftQuery) -> Response:
    return await _put(call, query)


@serves(PUT_DRAFT)
async def put_draft(call: Call, query: NamedDraft) -> Response:
    return await _put(call, query)


async def _put(call: Call, query: DraftQuery | NamedDraft) -> Response:
    live = await find_draft(call, query)
    body = await body_of(call.request, call.room)
    once = Once(idempotency_key(call.request), await asyncio.to_thread(digest_of, call.request, body))
    kept = await once.replayed(call.runtime.database, call.principal)
    if kept is not None:
        return _replayed(kept)
    base = needed_base(call)
    sent = convert(await decoded(body), WholeDraft)
    value, normalized = await asyncio.to_thread(_document, live, sent.value)
    made_from = None if sent.made_from is None else (await asyncio.to_thread(_document, live, sent.made_from))[0]
    save = Save(
        value=value, base=base, override=etag_of(call.request, "draftwire-override"), session=session_of(call.request),
        fixed_session=fixed_session(call.request, call.principal), may_merge=may_merge(call), once=once,
        normalized=normalized, etag_header=_etag_header(call), made_from=made_from,
    )  # fmt: skip
    return answered(await call.runtime.saving.save(call.principal, live, save))


async def _patch(call: Call, body: DraftPatch | tuple[PatchOp, ...], query: DraftQuery | NamedDraft) -> Response:
    live = await find_draft(call, query)
    once = await asyncio.to_thread(once_of, call.request, body)
    kept = await once.replayed(call.runtime.database, call.principal)
    if kept is not None:
        return _replayed(kept)
    base = needed_base(call)
    need_type(call.principal, live)
    _, before = await call.runtime.comparing.state_of(live, base)
    change = body if isinstance(body, DraftPatch) else DraftPatch(patch=body)
    value, normalized = await asyncio.to_thread(_patched, live, before, change)
    save = Save(
        value=value, base=base, session=session_of(call.request),
        fixed_session=fixed_session(call.request, call.principal), may_merge=may_merge(call), once=once,
        normalized=normalized, etag_header="draft-etag", own_seen=False,
    )  # fmt: skip
    return answered(await call.runtime.saving.save(call.principal, live, save))


def _patched(live: LiveDraft, before: dict[str, Any], change: DraftPatch) -> tuple[dict[str, Any], bool]:
    """The document that a change makes of the state which it was made for. Raises `Problem`."""
    given = [part for part in (change.ops, change.patch, change.edits) if part is not None]
    if len(given) != 1:
        raise Problem("bad_message", "A patch must have exactly one of ops, patch and edits.")
    if len(given[0]) > OPS_PER_BATCH:
        raise Problem("too_large", f"A patch can have at most {OPS_PER_BATCH} changes.")
    if change.patch is not None:
        return _document(live, with_patch(before, change.patch))
    document = Document.load(before, live.kind.document_shape)
    document = with_ops(document, change.ops) if change.ops is not None else with_edits(document, change.edits or ())
    return _document(live, document.value)


def needed_base(call: Call) -> Etag:
    """The state that a write is made for. Raises `Problem` precondition_required, bad_etag."""
    base = etag_of(call.request, "if-match")
    if base is None:
        raise Problem("precondition_required")
    return base


def may_merge(call: Call) -> bool:
    """Whether a stale write is merged."""
    return "merge=never" not in preferences(call.request)


def _etag_header(call: Call) -> str:
    """`ETag` belongs to the draft's own resource alone; elsewhere the draft's state is told beside it."""
    return "etag" if "draft" in call.request.path_params else "draft-etag"


def _replayed(kept: Answer) -> Response:
    return Response(kept.body, kept.status, headers={**kept.headers, "idempotency-replayed": "true"})


def _document(live: LiveDraft, sent: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """A document as it is kept, with LF line ends, and whether they had to be made. Raises `Problem`."""
    value = with_lf(live.kind, sent)
    try:
        document = Document.load(value, live.kind.document_shape)
    except OpError as error:
        raise error.problem() from error
    limits = live.kind.limits
    if document.element_count > limits.elements or len(msgspec.json.encode(value)) > limits.document_bytes:
        raise Problem("too_large")
    return value, value is not sent


@serves(PATCH_CONTENT)
async def patch_content(call: Call, query: NamedDraft, body: DraftPatch | tuple[PatchOp, ...]) -> Response:
    return await _patch(call, body, query)


@serves(PATCH_DRAFT_OF_ITEM)
async def patch_draft_of_item(call: Call, query: DraftQuery, body: DraftPatch | tuple[PatchOp, ...]) -> Response:
    return await _patch(call, body, query)


@serves(GET_WRITERS)
async def get_writers(call: Call, query: NamedDraft) -> Response:
    live = await find_draft(call, query)
    counts = await call.runtime.drafts.history.count_batches(live)
    at = Etag(live.replica.generation, live.replica.seq, live.replica.mark)
    return JSON(WriterCounts(counts, at.seq, str(at)), headers={"draft-etag": f'"{at}"'})


@serves(GET_DIAGNOSTICS)
async def get_diagnostics(call: Call, query: NamedDraft) -> Diagnostics:
    return await call.runtime.diagnoses.of(call.principal, await find_draft(call, query))
