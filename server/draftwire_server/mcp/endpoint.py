"""`/mcp`: streamable HTTP for MCP clients, with the same tokens as everything else.

Each request is served by itself, in one answer of JSON: no worker holds anything of a client between two requests, so
any worker answers any of them (`sessions.py`). What a client would have to be pushed (what people tell it) comes with
the next answer instead, so there is no stream to open by GET. A DELETE ends the session's runs.
"""

import asyncio
import secrets
import time
from typing import TYPE_CHECKING, Any, Final

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire_server.http.serving.auth import principal_of, runtime_of
from draftwire_server.http.serving.problem import body_of, problem_response
from draftwire_server.mcp import sessions
from draftwire_server.mcp.desk import Memory, ToolSession, run_key
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.runtime import Runtime
from draftwire_server.ws.endpoint import origin_allowed

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from mcp.server.lowlevel import Server

BODY_BYTES: Final = 4 * 1024 * 1024  # as the SDK has it; larger documents are saved by PUT
SESSION_HEADER: Final = "mcp-session-id"
VERSION_HEADER: Final = "mcp-protocol-version"
DESK: Final = "draftwire.desk"  # in the scope of a request


class Endpoint:
    """The ASGI app of the route."""

    def __init__(self) -> None:
        self._memory = Memory()
        self._server: Server[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            await self._serve(request, scope, receive, send)
        except Problem as problem:
            response = problem_response(problem)
            if problem.kind.status == 401:
                response.headers["www-authenticate"] = "Bearer"
            await response(scope, receive, send)

    async def _serve(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        runtime = runtime_of(request)
        headers = request.headers
        if not origin_allowed(headers.get("origin"), headers.get("host"), runtime.settings.allowed_origins):
            raise Problem("origin_refused")
        if request.method not in ("POST", "DELETE"):
            response = problem_response(Problem("method_not_allowed"))
            response.headers["allow"] = "POST, DELETE"
            await response(scope, receive, send)
            return
        principal = await principal_of(request)
        room = runtime.bodies.of(principal.workspace.id, principal.access.user)
        try:
            body = await body_of(request, room, BODY_BYTES)
        finally:
            room.close()  # what the call asks of the API is counted there
        opening = sessions.opening_of(body)
        session = self._session(runtime, request, principal, opening)
        if session is None:
            raise Problem("not_found", "Unknown session. Begin another one with initialize.")
        agent = session.client
        if principal.is_agent:
            agent = principal.info.name
        else:
            principal = await runtime.identity.declare(principal, agent)
        if request.method == "DELETE":
            await self._end(runtime, principal, session)
            await Response(status_code=204)(scope, receive, send)
            return
        told: dict[bytes, bytes] = {}
        if opening.method == "initialize":
            key, user = runtime.settings.resume_key, principal.access.user
            told[SESSION_HEADER.encode()] = sessions.sign(key, user, session.client, session.secret).encode()
        async with _api(request, principal, agent) as api:
            known = self._memory.of(session.secret)
            scope = {**scope, DESK: ToolSession(api, agent, session.secret, known)}
            await self._answer(scope, body, receive, _with_headers(send, told))

    def _session(
        self, runtime: Runtime, request: Request, principal: Principal, opening: sessions.SessionOpening
    ) -> sessions.Session | None:
        key, user = runtime.settings.resume_key, principal.access.user
        if opening.method == "initialize":
            return sessions.Session(opening.client, secrets.token_urlsafe(18), kept=True)
        named = request.headers.get(SESSION_HEADER)
        if named is not None:
            return sessions.read(key, user, named)
        if request.method == "DELETE":
            return None
        return sessions.shared(key, user, opening.client, request.headers.get("authorization", ""), time.time())

    async def _end(self, runtime: Runtime, principal: Principal, session: sessions.Session) -> None:
        """End the runs that the session has begun, through whatever workers."""
        self._memory.forget(session.secret)
        for mode in ("apply", "suggest"):
            run = await runtime.runs.begun(principal, run_key(session.secret, mode))
            if run is not None:
                try:
                    await runtime.runs.end(principal, run)
                except Problem as problem:
                    if problem.kind.status >= 500:
                        raise

    async def _answer(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        server = self._server
        if server is None:
            server = self._server = await asyncio.to_thread(_make_server)  # a second of imports: others go on
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        sent = False

        async def again() -> Message:
            nonlocal sent
            if sent:
                return await receive()
            sent = True
            return {"type": "http.request", "body": body, "more_body": False}

        manager = StreamableHTTPSessionManager(server, json_response=True, stateless=True)
        async with manager.run():  # one for each request: nothing of a client outlives it
            await manager.asgi_app(scope, again, send)


def _make_server() -> "Server[Any]":
    from draftwire_server.mcp.serving import make_server

    def desk_of(context: "ServerRequestContext[Any, Any]") -> ToolSession:
        assert context.request is not None
        desk: ToolSession = context.request.scope[DESK]
        return desk

    return make_server(desk_of)


def _api(request: Request, principal: Principal, agent: str) -> Api:
    """This very app, asked with the token of who asks: the tools may what that may over HTTP."""
    token = request.headers["authorization"].partition(" ")[2].strip()
    declared = None if principal.credential.declared is None else agent
    return Api(
        "http://draftwire", token, act_for=request.headers.get("draftwire-act-for"), agent=declared,
        transport=httpx.ASGITransport(request.app, raise_app_exceptions=False), workspace=principal.workspace.id,
    )  # fmt: skip


def _with_headers(send: Send, more: dict[bytes, bytes]) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] < 400:
            message = {**message, "headers": [*message["headers"], *more.items()]}
        await send(message)

    return sending


routes = [Route("/mcp", Endpoint())]
