"""Health: whether the process runs, and whether it can do its work."""

import math

from starlette.responses import Response

from draftwire.rest.server import Alive, Me, Ready
from draftwire_server.http.serving.operation import Call, PublicCall, operation
from draftwire_server.http.serving.problem import JSON


@operation("GET", "/healthz", summary="Is it alive?", tag="server")
async def healthz(call: PublicCall) -> Alive:
    """The process runs and answers."""
    return Alive(True, call.runtime.settings.worker_name, call.runtime.version)


@operation("GET", "/readyz", summary="Is it ready?", tag="server", answer=Ready)
async def readyz(call: PublicCall) -> Response:
    """200 if it can write; 503 if not, or if it drains. Redis away is 200 and told as degraded."""
    runtime = call.runtime
    problems = tuple(runtime.problems)
    ready = Ready(
        not problems, problems, tuple(runtime.degraded), runtime.settings.worker_name, len(runtime.connections)
    )
    return JSON(ready, 503 if problems else 200)


@operation("GET", "/v1/me", summary="Who am I?", tag="server")
async def me(call: Call) -> Me:
    """Who is behind the token, and in which workspace."""
    principal = call.principal
    workspace, access = principal.workspace, principal.access
    endless = math.isinf(principal.expires_at)  # an API key without an end
    return Me(
        workspace=workspace.id, workspace_name=workspace.name, workspace_external_id=workspace.external_id,
        actor=principal.info, username=access.username, role=access.role,
        token_expires_at=None if endless else principal.expires_at,
        may=tuple(sorted(access.narrowed_to)), mode=access.mode, run=access.run,
    )  # fmt: skip


operations = [healthz, readyz, me]
