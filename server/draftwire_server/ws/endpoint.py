"""Where a WebSocket comes in: origin, sub-protocol and, if the handshake carries one, the token; then the connection
takes the socket over and no task belongs to it.
"""

from urllib.parse import urlsplit

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from draftwire.errors import CloseCode
from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.services.runtime import Runtime
from draftwire_server.ws.asgi import AsgiSocket
from draftwire_server.ws.connection import Connection
from draftwire_server.ws.protocol import EXTENSION, DraftwireProtocol

TOKEN_PREFIX = "bearer."  # noqa: S105 — a sub-protocol offered by the client: "bearer.<token>"


def origin_allowed(origin: str | None, host: str | None, allowed: tuple[str, ...]) -> bool:
    """Whether a page of this origin may connect. No Origin header: not a browser, which cookies could betray."""
    if origin is None or "*" in allowed or origin.lower() in allowed:
        return True
    return host is not None and urlsplit(origin).netloc.lower() == host.lower()


async def accept(websocket: WebSocket) -> None:
    """Take a connection, or refuse it with a close code that says whether to come back."""
    runtime: Runtime = websocket.app.state.runtime
    offered = websocket.scope["subprotocols"]
    token = next((p.removeprefix(TOKEN_PREFIX) for p in offered if p.startswith(TOKEN_PREFIX)), None)
    chosen = SUBPROTOCOL if SUBPROTOCOL in offered else None
    headers = websocket.headers
    if not origin_allowed(headers.get("origin"), headers.get("host"), runtime.settings.allowed_origins):
        await websocket.accept(chosen)
        await websocket.close(CloseCode.ORIGIN, "pages of this origin may not connect")
        return
    if chosen is None:
        await websocket.accept()
        await websocket.close(CloseCode.BAD_FRAME, f"offer the sub-protocol {SUBPROTOCOL}")
        return
    if runtime.draining:
        await websocket.accept(chosen)
        await websocket.close(CloseCode.DRAINING, "the worker stops")
        return
    socket: DraftwireProtocol | AsgiSocket | None = websocket.scope["extensions"].get(EXTENSION)
    if socket is None:
        socket = AsgiSocket(websocket)
    connection = Connection(runtime, socket)
    await websocket.accept(chosen)
    runtime.connections.add(connection)
    if token is not None:
        connection.take_token(token)
    socket.attach(connection)
    if isinstance(socket, AsgiSocket):
        await socket.run()


routes = [WebSocketRoute("/v1/ws", accept)]
