"""Health: whether the process runs, and whether it can do its work."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from draftwire_server.http.auth import runtime_of
from draftwire_server.http.problem import JSON


async def healthz(request: Request) -> Response:
    """The process runs and answers."""
    runtime = runtime_of(request)
    return JSON({"ok": True, "worker": runtime.settings.worker_name, "version": runtime.version})


async def readyz(request: Request) -> Response:
    """200 if it can write; 503 if not, or if it drains. Redis away is 200 and told."""
    runtime = runtime_of(request)
    problems = runtime.problems
    body = {
        "ready": not problems,
        "problems": problems,
        "degraded": runtime.degraded,
        "worker": runtime.settings.worker_name,
        "connections": len(runtime.connections),
    }
    return JSON(body, 503 if problems else 200)


routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
