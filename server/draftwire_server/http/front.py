"""What holds for every answer, whatever gives it: the outermost layers of the app.

`Hosts` refuses what is asked by a name that is not ours (`core/access/hosts.py`), HTTP and WebSockets alike, before
anything else looks at it; only `/healthz` and `/readyz` answer to any name, since balancers ask an address. `NoSniff`
has browsers take an answer for what its content type says: an item's text never becomes a script or a page of our
origin.
"""

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from draftwire.errors import CloseCode, Problem
from draftwire_server.core.access.hosts import is_allowed_host
from draftwire_server.http.serving.problem import problem_response

OPEN: Final = ("/healthz", "/readyz")
NOSNIFF: Final = (b"x-content-type-options", b"nosniff")


class Hosts:
    """The middleware; no ``allowed``: every name is ours."""

    def __init__(self, app: ASGIApp, allowed: tuple[str, ...], base_path: str) -> None:
        self._app = app
        self._allowed = allowed
        self._open = {base_path + path for path in OPEN} | set(OPEN)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or self._is_ours(scope):
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await problem_response(Problem("host_refused"))(scope, receive, send)
        elif "websocket.http.response" in scope.get("extensions", {}):
            answer = problem_response(Problem("host_refused"))
            await receive()  # websocket.connect
            await send(
                {"type": "websocket.http.response.start", "status": answer.status_code, "headers": answer.raw_headers}
            )
            await send({"type": "websocket.http.response.body", "body": bytes(answer.body)})
        else:
            await receive()
            await send({"type": "websocket.close", "code": CloseCode.ORIGIN, "reason": "not by this name"})

    def _is_ours(self, scope: Scope) -> bool:
        if scope["type"] == "http" and scope["path"] in self._open:
            return True
        given = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
        return is_allowed_host(given, self._allowed)


class NoSniff:
    """The middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] in ("http.response.start", "websocket.http.response.start"):
                headers = [pair for pair in message.get("headers", ()) if pair[0].lower() != NOSNIFF[0]]
                message = {**message, "headers": [*headers, NOSNIFF]}
            await send(message)

        await self._app(scope, receive, marked)
