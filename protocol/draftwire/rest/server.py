"""The server itself over HTTP: the current user, health."""

from typing import Any, Literal

import msgspec

from draftwire.rest.rights import Right
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo


class Me(msgspec.Struct, frozen=True, omit_defaults=True):
    """The actor behind a token or key, and the workspace.

    ``may`` and ``mode`` are what the token leaves of the user's rights; in ``mode`` "suggest" only suggestions are
    written. ``run`` is the run that the token names.
    """

    workspace: str
    workspace_name: str
    workspace_external_id: str | None
    actor: ActorInfo
    username: str
    role: Literal["admin", "editor", "operator"]
    token_expires_at: float | None = None
    may: tuple[Right, ...] = ()
    mode: Literal["apply", "suggest"] = "apply"
    run: str | None = None


class Alive(msgspec.Struct, frozen=True):
    """The process runs and answers."""

    ok: bool
    worker: str
    version: str


class Ready(msgspec.Struct, frozen=True):
    """Whether a worker is ready, and what is missing."""

    ready: bool
    problems: tuple[str, ...]
    degraded: tuple[str, ...]
    worker: str
    connections: int


class ProblemDetails(msgspec.Struct, frozen=True):
    """An error: RFC 9457 problem details with a stable code. Some codes add members.

    ``retry``: the request may succeed later, or after what the code says; otherwise change the request.
    """

    type: str
    title: str
    status: int
    code: str
    detail: str
    retry: bool


# ---- routes

HEALTHZ = Route(
    id="healthz",
    method="GET",
    path="/healthz",
    api="server.alive",
    answer=Alive,
    summary="Check that the process is alive",
    description="Returns 200 as long as the process runs and answers requests.",
    who="anybody",
)

READYZ = Route(
    id="readyz",
    method="GET",
    path="/readyz",
    api="server.ready",
    answer=Ready,
    summary="Check that the server is ready",
    description="""
    Returns 200 if the worker can write, and 503 if it can't or if it is draining. Without Redis it returns 200 and
    lists what is limited under ``degraded``.
    """,
    who="anybody",
)

ME = Route(
    id="me",
    method="GET",
    path="/v1/me",
    api="server.me",
    answer=Me,
    summary="Get the current user",
    description="""
    Returns the actor behind the token or key, the workspace, and the rights that the token or key leaves.
    """,
    who="everyone with a valid token or API key",
)

OPENAPI_JSON = Route(
    id="openapi_json",
    method="GET",
    path="/v1/openapi.json",
    api="server.openapi",
    answer=dict[str, Any],
    summary="Get this description",
    description="Returns the OpenAPI 3.1 description of the whole HTTP interface.",
    who="anybody",
)
