"""A fresh workspace for each test on a running server of two workers, with an admin and short ways to ask."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire_server.cli.process.embedded import Embedded
from tests.system.cluster import Cluster, cluster
from tests.system.world import Socket, World, world

TIMINGS = {"poll_s": 0.2, "ping_s": 0.3, "jwks_again_s": 0.3, "jwks_keep_s": 0.5, "alert_sweep_s": 0.2}


class Office:
    """A workspace with an admin, ada, and whoever a test adds."""

    def __init__(self, home: World) -> None:
        self.home = home
        self.workspace = home.workspace
        self._apis: list[Api] = []

    def api(self, user: str, worker: int = 0, **claims: Any) -> Api:
        """The SDK with a user's token."""
        return self.api_with(self.home.token(user, **claims), worker)

    def api_with(self, token: str, worker: int = 0, **more: Any) -> Api:
        made = Api(self.home.server.worker_url(worker), token, **more)
        self._apis.append(made)
        return made

    def http(self, user: str, worker: int = 0, **claims: Any) -> httpx.AsyncClient:
        return self.home.http(user, worker, **claims)

    async def item(self, path: str | None, by: str = "ada") -> tuple[str, str]:
        """An item with a shared draft that has begun: both ids."""
        api = self.api(by)
        item = (await api.items.create("script", path=path, value={"content": "one\n"})).item
        shared = await api.drafts.of_item(item, "shared")
        await api.drafts.save(shared.draft, {"content": "two\n"}, if_match=shared.etag)
        return item, shared.draft

    async def opened(self, draft: str, worker: int = 0, **hello: Any) -> tuple[Socket, dict[str, Any]]:
        """A socket that follows a draft."""
        socket = await self.home.socket(hello.pop("user", ""), worker, **hello)
        await socket.next("welcome")
        return socket, await socket.ask("state", "error", t="open", ref=1, draft=draft)

    async def close(self) -> None:
        for api in self._apis:
            await api.close()
        await self.home.close_clients()


async def refusal(asked: Any) -> Problem:
    """The problem with which a call is refused."""
    with pytest.raises(Problem) as caught:
        await asked
    return caught.value


async def code(asked: Any) -> str:
    return (await refusal(asked)).code


@pytest.fixture(scope="session")
async def two_workers(session_database_url: str, services: Embedded) -> AsyncIterator[Cluster]:
    async with cluster(
        session_database_url,
        services.redis_url,
        timings=TIMINGS,
        environ={"DRAFTWIRE_JWKS_HOSTS": "127.0.0.1,issuer.example"},
    ) as made:
        yield made


@pytest.fixture
async def office(two_workers: Cluster, session_database_url: str) -> AsyncIterator[Office]:
    await two_workers.whole()
    async with world(two_workers, session_database_url, f"office-{secrets.token_hex(4)}") as home:
        await home.member("ada", "admin")
        made = Office(home)
        try:
            yield made
        finally:
            await made.close()
