"""The ASGI app. For now only its health, so that the server can be started and stopped."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from draftwire_server.settings import Settings


def create_app(settings: Settings) -> Starlette:
    """Make the app for one worker."""

    async def healthz(request: Request) -> Response:
        return JSONResponse({"ok": True, "worker": settings.worker_name})

    return Starlette(routes=[Route("/healthz", healthz)])
