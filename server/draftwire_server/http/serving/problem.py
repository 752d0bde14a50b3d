"""Answers over HTTP: RFC 9457 problem details with a stable code, and the one place that turns refusals into them."""

import asyncio
import codecs
from typing import Any, TypeVar

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from draftwire.errors import Problem
from draftwire.wire.codec import decode_value
from draftwire_server.core.problems import MEDIA_TYPE, problem_body
from draftwire_server.limits.contract import JSON_BODY_BYTES
from draftwire_server.limits.pages import DIRECTORY_ENTRIES
from draftwire_server.limits.tuning import DECODE_INLINE_BYTES
from draftwire_server.services.worker.under_way import Body


class JSON(Response):
    """A JSON answer of any struct or value."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def problem_response(problem: Problem) -> Response:
    """The answer that says why."""
    headers = {"x-content-type-options": "nosniff"}  # that of a crash leaves outside of `NoSniff`
    if problem.kind.status in (429, 503):
        headers["retry-after"] = "60" if problem.code == "quota" else "1"
    return Response(problem_body(problem), problem.kind.status, headers=headers, media_type=MEDIA_TYPE)


async def on_problem(_: Request, error: Exception) -> Response:
    """Starlette's handler for `Problem`."""
    assert isinstance(error, Problem)
    return problem_response(error)


async def on_http(_: Request, error: Exception) -> Response:
    """Starlette's handler for what its router refuses: no such page, no such method."""
    assert isinstance(error, HTTPException)
    problem = {404: Problem("not_found"), 405: Problem("method_not_allowed")}.get(error.status_code)
    if problem is None:
        return Response(error.detail, error.status_code, headers=error.headers)
    answer = problem_response(problem)
    answer.headers.update(error.headers or {})
    return answer


async def on_gone(_: Request, error: Exception) -> Response:
    """Starlette's handler for a body that breaks off: its client is gone, nobody reads what it would be told."""
    assert isinstance(error, ClientDisconnect)
    return Response(status_code=400)


async def on_crash(_: Request, __: Exception) -> Response:
    """Starlette's handler for bugs: logged by Starlette, told without any detail."""
    return problem_response(Problem("internal"))


async def body_of(request: Request, room: Body | None = None, most_bytes: int = JSON_BODY_BYTES) -> bytes:
    """Read a body within the limit, if there is room for it. Raises `Problem` too_large, or busy before it is read."""
    told = request.headers.get("content-length", "")
    if told.isdecimal():
        if int(told) > most_bytes:
            raise Problem("too_large")
        if room is not None:
            room.need(int(told))
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most_bytes:
            raise Problem("too_large")
        if room is not None:
            room.need(size)
        parts.append(part)
    return b"".join(parts).removeprefix(codecs.BOM_UTF8)  # RFC 8259 §8.1: it may be ignored


async def json_of(request: Request, room: Body | None = None, most_bytes: int = JSON_BODY_BYTES) -> Any:
    """Read a JSON body strictly. Raises `Problem`."""
    body = await body_of(request, room, most_bytes)
    return await decoded(body) if body.strip() else {}  # where everything may be left out, so may the body


async def decoded(body: bytes) -> Any:
    """Read JSON strictly; a large body beside the event loop, which it would hold up. Raises `Problem`."""
    if len(body) > DECODE_INLINE_BYTES:
        return await asyncio.to_thread(decode_value, body)
    return decode_value(body)


_T = TypeVar("_T")


def convert(value: Any, wanted: type[_T]) -> _T:
    """Read a struct. Raises `Problem` bad_message, or too_large before a list is read that no route takes."""
    for part in value.values() if isinstance(value, dict) else (value,):
        if (
            isinstance(part, list) and len(part) > DIRECTORY_ENTRIES
        ):  # a longest list takes 50 ms, which nothing divides
            raise Problem("too_large", f"A list can have at most {DIRECTORY_ENTRIES} elements.")
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise Problem("bad_message", f"The request has the wrong shape: {error}.") from error
