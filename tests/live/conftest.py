"""A two-worker server with a demo workspace, shared by the tests of a module; times are shortened by settings.

Not so far that a busy machine, which keeps a process waiting for a second or two, makes it seem dead.
"""

import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import msgspec
import pytest
import websockets

import draftwire
from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.dev.seed import insert_seed, load_seed
from draftwire_server.kinds import load_kinds
from draftwire_server.store.postgres import _prepare
from tests.system.cluster import Cluster, cluster

TIMINGS = {
    "presence_lease_s": 4.0,
    "presence_renew_s": 0.3,
    "leave_grace_s": 3.0,
    "ping_s": 0.5,
    "silence_s": 4.0,
    "slow_reader_s": 60.0,
    "idle_s": 60.0,
    "redis_probe_s": 0.5,
    "drain_spread_s": 0.5,
}


class World:
    """What a test needs of the server: its address, tokens, items, and the database behind it."""

    def __init__(
        self, server: Cluster, services: Embedded, database_url: str, items: dict[str, str], workspace: str
    ) -> None:
        self.server = server
        self.services = services
        self.database_url = database_url
        self.items = items  # path → id
        self.workspace = workspace

    def connect(self, user: str, worker: int | None = None, **more: Any) -> Any:
        """A client of the SDK, as ``user`` on a worker."""
        url = self.server.url if worker is None else self.server.worker_url(worker)
        return draftwire.connect(url, self.server.token(user), **more)

    async def socket(self, user: str, worker: int, **hello: Any) -> tuple[websockets.ClientConnection, dict[str, Any]]:
        """A bare WebSocket that has said hello, and the welcome: for what the SDK would never do."""
        url = self.server.worker_url(worker).replace("http", "ws", 1) + "/v1/ws"
        socket = await websockets.connect(url, subprotocols=[websockets.Subprotocol(SUBPROTOCOL)], ping_interval=None)
        greeting = {"t": "hello", "session": secrets.token_urlsafe(16), "token": self.server.token(user), **hello}
        await socket.send(json.dumps(greeting))
        return socket, json.loads(await socket.recv())

    async def query(self, statement: str, *arguments: Any) -> list[Any]:
        """Look into the database."""
        connection = await asyncpg.connect(self.database_url, server_settings={"search_path": "draftwire"})
        try:
            return list(await connection.fetch(statement, *arguments))
        finally:
            await connection.close()

    async def get(self, path: str, user: str = "ada", worker: int | None = None) -> Any:
        """An answer over HTTP, decoded."""
        async with self.server.http(worker, self.server.token(user)) as http:
            answer = await http.get(path)
            assert answer.status_code == 200, answer.text
            return answer.json()


async def seeded(url: str, name: str = "demo") -> tuple[dict[str, str], str]:
    """Put the demo workspace into a database; gives its items by path, and its id."""
    seed = msgspec.structs.replace(load_seed(), external_id=name)
    connection = await asyncpg.connect(url, server_settings={"search_path": "draftwire"})
    try:
        await _prepare(connection)
        await insert_seed(connection, seed, load_kinds())
        rows = await connection.fetch(
            "select i.path, i.id, i.workspace_id from item i join workspace w on w.id = i.workspace_id"
            " where w.external_id = $1",
            name,
        )
    finally:
        await connection.close()
    return {row["path"]: row["id"] for row in rows}, rows[0]["workspace_id"]


@pytest.fixture(scope="module")
async def world(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    """The shared server of a module."""
    items, workspace = await seeded(module_database_url)
    async with cluster(module_database_url, services.redis_url, workers=2, timings=TIMINGS) as server:
        yield World(server, services, module_database_url, items, workspace)
        server.assert_no_error()
