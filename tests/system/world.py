"""A workspace with members and items for system tests, made through the store; and short ways to talk to a cluster."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx

from draftwire_server.store import members
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
                await members.grant(connection, self.workspace, row.id, may, prefix=f"f/{prefix}/")
        return row.id

    def token(self, user: str, **claims: Any) -> str:
        return self.server.token(user, workspace=self.workspace, **claims)

    def http(self, user: str, worker: int | None = None, **claims: Any) -> httpx.AsyncClient:
        """A client of one user; paths are below the workspace."""
        client = self.server.http(worker, self.token(user, **claims))
        client.base_url = httpx.URL(f"{str(client.base_url).rstrip(chr(47))}/v1/w/{self.workspace}/")
        self._clients.append(client)
        return client

    async def item(self, user: str, path: str | None, kind: str = "script", value: Any = None, **more: Any) -> str:
        """Make an item over HTTP."""
        async with self.http(user) as client:
            answer = await client.post("items", json={"kind": kind, "path": path, "value": value, **more})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["item"])

    async def rows(self, statement: str, *arguments: Any) -> list[Any]:
        """Look into the database."""
        async with self.store() as connection:
            return list(await connection.fetch(statement, *arguments))


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
