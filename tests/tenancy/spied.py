"""An app in this process, and what it asks Postgres while it answers a request or a message."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import httpx
import msgspec
from starlette.applications import Starlette

from draftwire.wire.messages import SUBPROTOCOL
from tests.tenancy.house import House

ASKING: ContextVar[bool] = ContextVar("asking", default=False)
PASSING = ("ping", "presence", "event", "item")  # what others cause


class Told(msgspec.Struct, frozen=True):
    """What was answered, and what Postgres was asked for it."""

    status: int
    text: str
    statements: tuple[str, ...]


class Spied:
    """See the module."""

    def __init__(self, app: Starlette, house: House) -> None:
        self.app, self.house = app, house
        self.statements: list[str] = []
        database = app.state.runtime.database
        acquired = database.acquired

        @asynccontextmanager
        async def spied() -> AsyncIterator[Any]:
            async with acquired() as connection:
                with connection.query_logger(self._heard):
                    yield connection

        database.acquired = spied

    def _heard(self, record: Any) -> None:
        if ASKING.get():  # else a task of the worker's own asks
            self.statements.append(" ".join(record.query.split()))

    async def ask(self, user: str, method: str, path: str, agent: str | None = None, **sent: Any) -> Told:
        transport = httpx.ASGITransport(self.app)
        claims = {"agent": agent} if agent else {}
        headers = {
            "authorization": f"Bearer {self.house.world.token(user, **claims)}", "if-match": '"g1.s1.AAAAAAAA"',
            "idempotency-key": secrets.token_hex(8),
        }  # fmt: skip
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as http:
            self.statements = []
            token = ASKING.set(True)
            try:
                answer = await http.request(method, path, **sent)
            finally:
                ASKING.reset(token)
        return Told(answer.status_code, answer.text, tuple(self.statements))


class Wire:
    """A WebSocket to the app."""

    def __init__(self, spied: Spied) -> None:
        self._spied = spied
        self._in: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._out: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    @asynccontextmanager
    async def open(self) -> AsyncIterator["Wire"]:
        scope = {
            "type": "websocket", "path": "/v1/ws", "raw_path": b"/v1/ws", "query_string": b"", "root_path": "",
            "headers": [(b"host", b"localhost")], "scheme": "ws", "client": ("127.0.0.1", 1),
            "server": ("localhost", 80), "subprotocols": [SUBPROTOCOL], "asgi": {"version": "3.0"}, "extensions": {},
        }  # fmt: skip
        await self._in.put({"type": "websocket.connect"})
        token = ASKING.set(True)
        task = asyncio.create_task(self._spied.app(scope, self._in.get, self._out.put))  # and all that it begins
        ASKING.reset(token)
        try:
            assert (await self._out.get())["type"] == "websocket.accept"
            yield self
        finally:
            await self._in.put({"type": "websocket.disconnect", "code": 1000})
            await task

    async def send(self, **message: Any) -> None:
        await self._in.put({"type": "websocket.receive", "text": json.dumps(message)})

    async def next(self) -> dict[str, Any]:
        """What comes next, or how it was closed."""
        async with asyncio.timeout(10):
            came = await self._out.get()
        return {"t": "closed", **came} if came["type"] == "websocket.close" else json.loads(came["text"])

    async def told(self, **message: Any) -> Told:
        """Send a message; everything that comes before the answer to a question after it."""
        self._spied.statements = []
        await self.send(**message)
        await self.send(t="subscribe", ref=99, channel="item:no-such-item")
        came: list[dict[str, Any]] = []
        while not came or not (came[-1].get("ref") == 99 or came[-1]["t"] == "closed"):
            came.append(await self.next())
        first = [each for each in came if each["t"] not in PASSING]
        return Told(0, json.dumps(first), tuple(self._spied.statements))
