"""Routes of drafts: read one, save a whole one, read its log, count its writers, end an alert."""

import asyncio
import base64
import hmac
import re
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from draftwire.document import Document
from draftwire.errors import Problem
from draftwire.messages import Alert
from draftwire.ops import OpError
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.ids import SESSION_PATTERN
from draftwire_server.core.whole import with_lf
from draftwire_server.http.auth import principal_of, runtime_of
from draftwire_server.http.problem import JSON, body_of, convert, decoded
from draftwire_server.limits import DOCUMENT_BYTES, KEYED_ELEMENTS
from draftwire_server.services.identity import Principal
from draftwire_server.services.live import LiveDraft
from draftwire_server.services.opening import may_type
from draftwire_server.services.saving import Save
from draftwire_server.store import logs

LOG_BATCHES = 500  # of one answer
DIGESTED = ("if-match", "draftwire-override", "draftwire-session", "prefer", "content-type")


class Body(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a PUT carries: the whole document."""

    value: dict[str, Any]


class LogBatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """One committed batch, as effects."""

    seq: int
    w: int
    no: int
    kind: str
    mark: str
    at: float
    ops: Any
    cause: str | None = None


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
    """GET: the draft with its etag; 304 if the asker has that very state."""
    principal = await principal_of(request)
    live = await find_draft(request, principal)
    answer = draft_answer(principal, live)
    headers = {"etag": f'"{answer.etag}"', "cache-control": "no-store"}
    if any(str(parse_etag(part)) == answer.etag for part in request.headers.get("if-none-match", "").split(",")):
        return Response(status_code=304, headers=headers)
    return JSON(answer, headers=headers)


async def get_log(request: Request) -> Response:
    """GET: the draft's batches after a seq, for its readers."""
    principal = await principal_of(request)
    live = await find_draft(request, principal)
    after, limit = (_number(request, name, default) for name, default in (("after", 0), ("limit", LOG_BATCHES)))
    upto = min(live.replica.seq, after + max(1, min(limit, LOG_BATCHES)))
    entries = await runtime_of(request).drafts.entries_after(live, after, upto) if after < upto else []
    batches = [
        LogBatch(e.seq, e.w, e.no, e.kind, e.mark, e.at, msgspec.Raw(e.ops), e.cause) for e in entries
    ]  # fmt: skip
    at = Etag(live.replica.generation, live.replica.seq, live.replica.mark)
    writers = tuple(live.writer_infos.values())
    return JSON({"draft": live.id, "etag": str(at), "seq": at.seq, "batches": batches, "writers": writers})


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit()) or len(text) > 15:
        raise Problem("bad_message", f"{name} is a whole number.")
    return int(text)


# ---- saving


async def put_draft(request: Request) -> Response:
    """PUT: save the whole document. 200 with the new etag, and with the value if others' work was merged in."""
    principal = await principal_of(request)
    saving = runtime_of(request).saving
    live = await find_draft(request, principal)
    key = _idempotency_key(request)
    body = await body_of(request)
    digest = _digest(request, body)
    kept = await saving.replayed(principal, key, digest)
    if kept is not None:
        return Response(kept.body, kept.status, headers={**kept.headers, "idempotency-replayed": "true"})
    base = _etag(request, "if-match")
    if base is None:
        raise Problem("precondition_required")
    value, normalized = await asyncio.to_thread(_document, live, await decoded(body))
    save = Save(
        value=value, base=base, override=_etag(request, "draftwire-override"), session=_session(request),
        fixed_session=_fixed_session(request, principal), may_merge="merge=never" not in _preferences(request),
        key=key, digest=digest, normalized=normalized,
    )  # fmt: skip
    answer = await saving.save(principal, lambda: find_draft(request, principal), save)
    return Response(answer.body, answer.status, headers=answer.headers)


def _document(live: LiveDraft, body: Any) -> tuple[dict[str, Any], bool]:
    """The document of a body, with LF line ends, and whether they had to be made. Raises `Problem`."""
    sent = convert(body, Body).value
    value = with_lf(live.kind, sent)
    try:
        document = Document.load(value, live.kind.document_shape)
    except OpError as error:
        raise Problem(error.code, detail={"why": str(error)}) from error
    if sum(1 for _ in document.elements()) > KEYED_ELEMENTS or len(msgspec.json.encode(value)) > DOCUMENT_BYTES:
        raise Problem("too_large")
    return value, value is not sent


def _etag(request: Request, name: str) -> Etag | None:
    text = request.headers.get(name)
    if text is None:
        return None
    found = parse_etag(text)
    if found is None:
        raise Problem("bad_etag", f"{name} names one state of a draft, as in its ETag.")
    return found


def _preferences(request: Request) -> set[str]:
    parts = ",".join(request.headers.getlist("prefer")).replace(";", ",").split(",")
    return {part.strip().lower().replace(" ", "").replace('"', "") for part in parts}


def _session(request: Request) -> str | None:
    session = request.headers.get("draftwire-session")
    if session is not None and not SESSION_PATTERN.fullmatch(session):
        raise Problem("bad_session", "A session id has 22 to 43 URL-safe characters.")
    return session


def _secret_hash(request: Request, *parts: bytes) -> bytes:
    made = hmac.new(runtime_of(request).settings.resume_key.encode(), digestmod="sha256")
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


def _fixed_session(request: Request, principal: Principal) -> str:
    """The session of clients that name none: one for actor and token."""
    token = request.headers["authorization"].partition(" ")[2].strip()
    raw = _secret_hash(request, b"session", principal.info.id.encode(), token.encode())
    return base64.urlsafe_b64encode(raw[:24]).decode()


def _idempotency_key(request: Request) -> str | None:
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(r"[!-~]{1,255}", key):
        raise Problem("bad_message", "An Idempotency-Key has 1 to 255 visible ASCII characters.")
    return key


def _digest(request: Request, body: bytes) -> bytes:
    """What makes a request the same one. No plain secret is in it: those are refused before anything is kept."""
    headers = (request.headers.get(name, "") for name in DIGESTED)
    texts = (request.method, request.url.path, request.url.query, *headers)
    return _secret_hash(request, *(text.encode() for text in texts), body)


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
    Route("/v1/w/{workspace}/items/{item}/draft", put_draft, methods=["PUT"]),
    Route("/v1/w/{workspace}/drafts/{draft}", put_draft, methods=["PUT"]),
    Route("/v1/w/{workspace}/drafts/{draft}/log", get_log, methods=["GET"]),
    Route("/v1/w/{workspace}/drafts/{draft}/writers", get_writers, methods=["GET"]),
    Route("/v1/w/{workspace}/drafts/{draft}/alerts/{alert}/resolve", resolve_alert, methods=["POST"]),
]
