"""A workspace with members and items for system tests, made through the store; and short ways to talk to a cluster."""

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import websockets

from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.store.access import members
from draftwire_server.store.people import grants as grant_store
from draftwire_server.store.postgres import Connection, _prepare
from tests.system.cluster import Cluster

EVERYTHING = frozenset(("see", "read_drafts", "write", "join", "deploy", "run"))


@asynccontextmanager
async def store(database_url: str) -> AsyncIterator[Connection]:
    """A connection as the server's own are."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "draftwire"})
    await _prepare(connection)
    try:
        yield connection
    finally:
        await connection.close()


class World:
    """One workspace of a running cluster."""

    def __init__(self, server: Cluster, database_url: str, workspace: str) -> None:
        self.server = server
        self.database_url = database_url
        self.workspace = workspace
        self._clients: list[httpx.AsyncClient] = []

    async def close_clients(self) -> None:
        """Close what `http` gave and nobody closed; after every test."""
        while self._clients:
            await self._clients.pop().aclose()

    def store(self) -> Any:
        return store(self.database_url)

    async def member(self, name: str, role: Any = "editor", **grants: frozenset[Any]) -> str:
        """Make a member whose token's subject is ``name``; grants: prefix (``_`` for ``/``) → rights."""
        async with self.store() as connection:
            row = await members.add_member(
                connection, self.workspace, external_id=name, username=name, name=name.title(), role=role
            )
            for prefix, may in grants.items():
                await grant_store.grant(connection, self.workspace, row.id, may, prefix=f"f/{prefix}/")
        return row.id

    def token(self, user: str, **claims: Any) -> str:
        return self.server.token(user, workspace=self.workspace, **claims)

    def http(self, user: str, worker: int | None = None, **claims: Any) -> httpx.AsyncClient:
        """A client of one user; paths are below the workspace."""
        client = self.server.http(worker, self.token(user, **claims))
        client.base_url = httpx.URL(f"{str(client.base_url).rstrip(chr(47))}/v1/w/{self.workspace}/")
        self._clients.append(client)
        return client

    async def socket(self, user: str, worker: int = 0, **hello: Any) -> "Socket":
        """A bare WebSocket that has said hello as ``user``."""
        socket = await self.bare(worker)
        greeting = {"session": secrets.token_urlsafe(16), "token": self.token(user), **hello}
        await socket.send(t="hello", **greeting)
        return socket

    async def bare(self, worker: int = 0, **more: Any) -> "Socket":
        """A WebSocket that has said nothing yet."""
        url = self.server.worker_ws_url(worker) + "/v1/ws"
        protocols = more.pop("subprotocols", [SUBPROTOCOL])
        return Socket(await websockets.connect(url, subprotocols=protocols, ping_interval=None, max_size=None, **more))

    async def item(self, user: str, path: str | None, kind: str = "script", value: Any = None, **more: Any) -> str:
        """Make an item over HTTP; an external id it gets as from an admin."""
        external_id = more.pop("external_id", None)
        async with self.http(user) as client:
            answer = await client.post("items", json={"kind": kind, "path": path, "value": value, **more})
        assert answer.status_code == 201, answer.text
        item = str(answer.json()["item"])
        if external_id is not None:
            await self.claim(item, external_id)
        return item

    async def claim(self, item: str, external_id: str) -> None:
        """Give an item the platform's id, which no editor may."""
        update = "update draftwire.item set external_id = $3 where workspace_id = $1 and id = $2"
        async with self.store() as connection:
            await connection.execute(update, self.workspace, item, external_id)

    async def rows(self, statement: str, *arguments: Any) -> list[Any]:
        """Look into the database."""
        async with self.store() as connection:
            return list(await connection.fetch(statement, *arguments))


class Socket:
    """A bare client: sends what it is told to, answers pings, keeps what came."""

    def __init__(self, connection: websockets.ClientConnection) -> None:
        self.connection = connection
        self.passed: list[dict[str, Any]] = []  # everything that came, in order

    async def __aenter__(self) -> "Socket":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.connection.close()

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def next(self, *kinds: str, within_s: float = 15.0) -> dict[str, Any]:
        """The next message of one of these kinds; others are passed over."""
        async with asyncio.timeout(within_s):
            while True:
                message = json.loads(await self.connection.recv())
                if message["t"] == "ping":
                    await self.send(t="pong", n=message["n"])
                    if "ping" not in kinds:
                        continue
                self.passed.append(message)
                if message["t"] in kinds:
                    return dict(message)

    async def ask(self, *kinds: str, **message: Any) -> dict[str, Any]:
        await self.send(**message)
        return await self.next(*kinds)

    async def closed(self, within_s: float = 15.0) -> int:
        """Wait for the end; give the close code."""
        async with asyncio.timeout(within_s):
            try:
                while True:
                    message = json.loads(await self.connection.recv())
                    self.passed.append(message)
                    if message["t"] == "ping":
                        with contextlib.suppress(websockets.ConnectionClosed):  # what came before the end is read on
                            await self.send(t="pong", n=message["n"])
            except websockets.ConnectionClosed:
                pass
        assert self.connection.close_code is not None
        return self.connection.close_code


@asynccontextmanager
async def world(server: Cluster, database_url: str, name: str = "demo") -> AsyncIterator[World]:
    """A new workspace on a running cluster."""
    async with store(database_url) as connection:
        workspace = await members.add_workspace(connection, external_id=name, name=name)
    made = World(server, database_url, workspace)
    try:
        yield made
    finally:
        await made.close_clients()
