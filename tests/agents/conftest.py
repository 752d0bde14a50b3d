"""A two-worker server for the tests of AI sessions: agents of ada and grace, runs, and people beside them."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.drafts.desk import Desk
from tests.live.conftest import TIMINGS, World, seeded
from tests.system.cluster import Cluster, cluster

TEXT = "def total(rows):\n    return sum(rows)\n\n\ndef mean(rows):\n    return total(rows) / len(rows)\n"
AT = "/content"


class Refused(Exception):
    """A refusal, as it was answered."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status, self.body, self.code = status, body, body["code"]
        super().__init__(f"{status} {body}")


class Agent:
    """An agent over plain HTTP: what any language would send."""

    def __init__(self, http: httpx.AsyncClient, workspace: str, run: str) -> None:
        self.http = http
        self.workspace = workspace
        self.run = run

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """Ask below the workspace; raises `Refused` for a refusal."""
        answer = await self.http.request(method, f"/v1/w/{self.workspace}/{path}", json=body, headers=headers)
        if answer.status_code >= 400:
            raise Refused(answer.status_code, answer.json())
        return answer.json()

    async def do(self, tool: str, **body: Any) -> Any:
        """Use a tool of the run."""
        headers = {"Idempotency-Key": body.pop("key")} if "key" in body else {}
        return await self.ask("POST", f"runs/{self.run}/{tool}", body, **headers)

    async def read(self, item: str, **more: Any) -> Any:
        return await self.do("read", item=item, **more)

    async def edit(self, item: str, *edits: dict[str, Any], **more: Any) -> Any:
        return await self.do("edit", item=item, edits=edits, **more)

    async def text(self, item: str, at: str = AT) -> str:
        return str((await self.read(item, at=at))["text"])

    async def stream(self, item: str, **more: Any) -> "Stream":
        made = await self.do("streams", item=item, at=AT, **more)
        return Stream(self, made)


class Stream:
    """A stream over HTTP."""

    def __init__(self, agent: Agent, made: dict[str, Any]) -> None:
        self.agent, self.id, self.made = agent, made["id"], made

    async def append(self, text: str, **more: Any) -> Any:
        return await self.agent.do(f"streams/{self.id}/append", text=text, **more)

    async def close(self, **more: Any) -> Any:
        return await self.agent.do(f"streams/{self.id}/close", **more)


class Place:
    """The server, and items of one's own to work on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.workspace = world.workspace

    def http(self, user: str, worker: int = 0, *, agent: str | None = None, **claims: Any) -> httpx.AsyncClient:
        """A client of a person, or of an agent that acts for them."""
        return self.world.server.http(worker, self.world.server.token(user, agent=agent, **claims))

    @asynccontextmanager
    async def agent(self, user: str = "ada", worker: int = 0, **run: Any) -> AsyncIterator[Agent]:
        """An agent of a person, with a run of its own."""
        claims = run.pop("claims", {})
        async with self.http(user, worker, agent=run.pop("agent", "helper"), **claims) as http:
            made = await http.post(f"/v1/w/{self.workspace}/runs", json={"label": "a piece of work", **run})
            assert made.status_code == 201, made.text
            yield Agent(http, self.workspace, made.json()["id"])

    @asynccontextmanager
    async def person(self, user: str, worker: int = 0) -> AsyncIterator[Agent]:
        """A person over HTTP."""
        async with self.http(user, worker) as http:
            yield Agent(http, self.workspace, "")

    async def script(self, text: str = TEXT, user: str = "ada") -> str:
        """A new script that everybody of the folder may read and write; nothing is deployed."""
        async with self.http(user) as http:
            body = {
                "kind": "script", "path": f"f/payments/s_{secrets.token_hex(4)}",
                "value": {"language": "python3", "content": text, "summary": "", "schema": {}},
            }  # fmt: skip
            made = await http.post(f"/v1/w/{self.workspace}/items", json=body)
            assert made.status_code == 201, made.text
            return str(made.json()["item"])


@pytest.fixture(scope="package")
async def package_server(databases: Any, services: Embedded) -> AsyncIterator[tuple[str, Cluster]]:
    """The server of all places, and its database, where nobody else takes locks."""
    async with (
        databases.fresh() as url,
        cluster(url, services.redis_url, workers=2, timings=TIMINGS) as server,
    ):
        yield url, server


@pytest.fixture(scope="module")
async def place(package_server: tuple[str, Cluster], services: Embedded) -> AsyncIterator[Place]:
    """The place of a module."""
    url, server = package_server
    async with place_on(server, url, services) as made:
        yield made


@asynccontextmanager
async def place_on(server: Cluster, database_url: str, services: Embedded) -> AsyncIterator[Place]:
    """A workspace with the demo's items and people, on a server that has seen others."""
    await server.whole()
    logged = len(server.log)
    name = f"place-{secrets.token_hex(4)}"
    items, workspace = await seeded(database_url, name)
    yield Place(World(server.of(name), services, database_url, items, workspace))
    server.assert_no_error(since=logged)


@pytest.fixture
async def home(module_desk: Desk) -> AsyncIterator[Desk]:
    """People with different rights in three folders; what a test opened there is closed after it."""
    yield module_desk
    await module_desk.world.close_clients()
    await module_desk.close_apis()
