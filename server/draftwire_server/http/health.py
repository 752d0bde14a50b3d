"""Health: whether the process runs, and whether it can do its work."""

import math

from starlette.responses import Response

from draftwire.rest.server import HEALTHZ, ME, READYZ, Alive, Me, Ready
from draftwire_server.http.serving.operation import Call, PublicCall, serves
from draftwire_server.http.serving.problem import JSON


@serves(HEALTHZ)
async def healthz(call: PublicCall) -> Alive:
    return Alive(True, call.runtime.settings.worker_name, call.runtime.version)


@serves(READYZ)
async def readyz(call: PublicCall) -> Response:
    runtime = call.runtime
    problems = tuple(runtime.problems)
    ready = Ready(
        not problems, problems, tuple(runtime.degraded), runtime.settings.worker_name, len(runtime.connections)
    )
    return JSON(ready, 503 if problems else 200)


@serves(ME)
async def me(call: Call) -> Me:
    principal = call.principal
    workspace, access = principal.workspace, principal.access
    endless = math.isinf(principal.expires_at)  # an API key without an end
    return Me(
        workspace=workspace.id, workspace_name=workspace.name, workspace_external_id=workspace.external_id,
        actor=principal.info, username=access.username, role=access.role,
        token_expires_at=None if endless else principal.expires_at,
        may=tuple(sorted(access.narrowed_to)), mode=access.mode, run=access.run,
    )  # fmt: skip
