"""The body of a refusal over HTTP: RFC 9457 problem details with a stable code."""

from typing import Any

import msgspec

from draftwire.errors import Problem

PROBLEM_TYPE = "https://draftwire.dev/problems/"  # RFC 9457 §3.1.1: an identifier, not necessarily a page
MEDIA_TYPE = "application/problem+json"


def problem_body(problem: Problem, status: int | None = None) -> bytes:
    """Write the body that says why; members of the problem's detail stand beside the standard ones.

    ``status``: another than the code's own, where HTTP has a narrower one.
    """
    kind = problem.kind
    body: dict[str, Any] = {
        "type": PROBLEM_TYPE + problem.code,
        "title": kind.title,
        "status": status or kind.status,
        "code": problem.code,
        "detail": problem.message,
        "retry": problem.kind.retry,
    }
    if isinstance(problem.detail, dict):
        body.update({key: value for key, value in problem.detail.items() if key not in body})
    return msgspec.json.encode(body)
