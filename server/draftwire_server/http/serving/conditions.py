"""What a write is asked to depend on: preconditions, the writer's session, the key of its retries, from its headers."""

import base64
import hmac
import re
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from draftwire.errors import Problem
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.ids import SESSION_PATTERN
from draftwire_server.http.serving.auth import runtime_of
from draftwire_server.http.serving.operation import Call
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.store.writes.idempotency import Answer

DIGESTED = ("if-match", "draftwire-override", "draftwire-session", "prefer", "content-type")


def etag_of(request: Request, name: str) -> Etag | None:
    """The state that a header names. Raises `Problem` bad_etag."""
    text = request.headers.get(name)
    if text is None:
        return None
    found = parse_etag(text)
    if found is None:
        raise Problem("bad_etag", f"{name} must be a draft's etag, as in its ETag header.")
    return found


def preferences(request: Request) -> set[str]:
    """What `Prefer` says, each without spaces and quotes."""
    parts = ",".join(request.headers.getlist("prefer")).replace(";", ",").split(",")
    return {part.strip().lower().replace(" ", "").replace('"', "") for part in parts}


def session_of(request: Request) -> str | None:
    """The writer's session, if it names one. Raises `Problem` bad_session."""
    session = request.headers.get("draftwire-session")
    if session is not None and not SESSION_PATTERN.fullmatch(session):
        raise Problem("bad_session", "A session id must have 22 to 43 URL-safe characters.")
    return session


def _secret_hash(request: Request, *parts: bytes) -> bytes:
    made = hmac.new(runtime_of(request).settings.resume_key.encode(), digestmod="sha256")
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return made.digest()


def fixed_session(request: Request, principal: Principal) -> str:
    """The session of clients that name none: one for actor and token."""
    token = request.headers["authorization"].partition(" ")[2].strip()
    raw = _secret_hash(request, b"session", principal.info.id.encode(), token.encode())
    return base64.urlsafe_b64encode(raw[:24]).decode()


def idempotency_key(request: Request) -> str | None:
    """The key of a request and its retries. Raises `Problem` bad_message."""
    key = request.headers.get("idempotency-key")
    if key is not None and not re.fullmatch(r"[!-~]{1,255}", key):
        raise Problem("bad_message", "An Idempotency-Key must have 1 to 255 visible ASCII characters.")
    return key


def digest_of(request: Request, body: bytes) -> bytes:
    """What makes a request the same one. No plain secret is in it: those are refused before anything is kept."""
    headers = (request.headers.get(name, "") for name in DIGESTED)
    texts = (request.method, request.url.path, request.url.query, *headers)
    return _secret_hash(request, *(text.encode() for text in texts), body)


def once_of(request: Request, body: Any) -> Once:
    """The key and digest of a request whose body was read by its struct. Raises `Problem` bad_message."""
    return Once(idempotency_key(request), digest_of(request, msgspec.json.encode(body, order="deterministic")))


async def asked_once(call: Call, body: Any, ask: Callable[[Once], Awaitable[Answer]]) -> Response:
    """Ask for something with the request's key: a retry gets the first answer, and a 409 is an answer too."""
    once = once_of(call.request, body)
    try:
        return answered(await ask(once))
    except Problem as problem:
        await once.keep_refusal(call.runtime.database, call.principal, problem)
        raise


def answered(answer: Answer) -> Response:
    """An answer that was made with its effect, or kept from the first time."""
    return Response(answer.body, answer.status, headers=answer.headers)
