"""The ASGI app of one worker: routes over one `Runtime`. It can be mounted in another app.

Its lifespan runs the worker's tasks; a crash of one of them ends the lifespan with that error, and whoever runs it must
then end the process (`draftwire_server.cli.process.worker` does; uvicorn alone would go on serving).
"""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.routing import BaseRoute

from draftwire.errors import Problem
from draftwire_server import http
from draftwire_server.core.access.hosts import allowed_hosts
from draftwire_server.core.kinds.kinds import Kinds
from draftwire_server.http import dev, pages
from draftwire_server.http.cross_origin import cross_origin
from draftwire_server.http.front import Hosts, NoSniff
from draftwire_server.http.serving.operation import by_path, served
from draftwire_server.http.serving.problem import on_crash, on_gone, on_http, on_problem
from draftwire_server.http.serving.slashes import Slashes
from draftwire_server.mcp import endpoint as mcp
from draftwire_server.services.runtime import Runtime
from draftwire_server.settings import Settings
from draftwire_server.ws import endpoint

HANDLERS = {Problem: on_problem, HTTPException: on_http, ClientDisconnect: on_gone, Exception: on_crash}
OPERATIONS = served(http)


def create_app(settings: Settings, own_kinds: Kinds | None = None) -> Starlette:
    """Make the app for one worker; ``own_kinds`` replaces those that ship with it."""
    runtime = Runtime(settings, own_kinds)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with runtime.running():
            yield

    routes: list[BaseRoute] = [
        *by_path(OPERATIONS),
        *endpoint.routes,
        *mcp.routes,
        *pages.routes(settings),
    ]
    if settings.dev:
        routes += dev.routes
    middleware = [Middleware(Slashes)]
    if settings.allowed_origins:
        middleware.insert(0, cross_origin(settings.allowed_origins))
    hosts = allowed_hosts(settings.hosts, settings.host, dev=settings.dev)
    middleware[:0] = [Middleware(NoSniff), Middleware(Hosts, allowed=hosts, base_path=settings.base_path)]
    app = Starlette(routes=routes, lifespan=lifespan, exception_handlers=HANDLERS, middleware=middleware)
    app.state.runtime = runtime
    app.state.leave = runtime.leave
    app.state.drain = runtime.drain
    return app
