"""Answers over HTTP: RFC 9457 problem details with a stable code, and the one place that turns refusals into them."""

from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from draftwire.codec import decode_value
from draftwire.errors import Problem
from draftwire_server.limits import JSON_BODY_BYTES

PROBLEM_TYPE = "https://draftwire.dev/problems/"  # RFC 9457 §3.1.1: an identifier, not necessarily a page


class JSON(Response):
    """A JSON answer of any struct or value."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


def problem_response(problem: Problem) -> Response:
    """The answer that says why."""
    kind = problem.kind
    body: dict[str, Any] = {
        "type": PROBLEM_TYPE + problem.code,
        "title": kind.title,
        "status": kind.status,
        "code": problem.code,
        "detail": problem.message,
    }
    if isinstance(problem.detail, dict):
        body.update({key: value for key, value in problem.detail.items() if key not in body})
    headers = {"retry-after": "1"} if kind.status in (429, 503) else {}
    return Response(msgspec.json.encode(body), kind.status, headers=headers, media_type="application/problem+json")


async def on_problem(_: Request, error: Exception) -> Response:
    """Starlette's handler for `Problem`."""
    assert isinstance(error, Problem)
    return problem_response(error)


async def on_crash(_: Request, __: Exception) -> Response:
    """Starlette's handler for bugs: logged by Starlette, told without any detail."""
    return problem_response(Problem("internal"))


async def body_of(request: Request) -> bytes:
    """Read a body within the limit. Raises `Problem` too_large."""
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > JSON_BODY_BYTES:
            raise Problem("too_large")
        parts.append(part)
    return b"".join(parts)


async def json_of(request: Request) -> Any:
    """Read a JSON body strictly. Raises `Problem`."""
    return decode_value(await body_of(request))


_T = TypeVar("_T")


def convert(value: Any, wanted: type[_T]) -> _T:
    """Read a struct. Raises `Problem` bad_message."""
    try:
        return msgspec.convert(value, wanted)
    except msgspec.ValidationError as error:
        raise Problem("bad_message", f"The request has a wrong shape: {error}.") from error
