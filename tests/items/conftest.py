"""Three users in three folders, an operator and an admin: a workspace for each module, on one server of two workers."""

import secrets
from collections.abc import AsyncIterator

import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.items.house import House
from tests.system.cluster import Cluster, cluster
from tests.system.world import EVERYTHING, world


@pytest.fixture(scope="session")
async def two_workers(session_database_url: str, services: Embedded) -> AsyncIterator[Cluster]:
    async with cluster(session_database_url, services.redis_url) as server:
        yield server


@pytest.fixture(scope="module")
async def house(two_workers: Cluster, session_database_url: str) -> AsyncIterator[House]:
    await two_workers.whole()
    logged = len(two_workers.log)
    async with world(two_workers, session_database_url, f"house-{secrets.token_hex(4)}") as made:
        await made.member("boss", "admin")
        await made.member("ada", desk=EVERYTHING, shop=frozenset(("see", "read_drafts")))
        await made.member("ben", desk=EVERYTHING, shop=EVERYTHING)
        await made.member("cleo", lab=EVERYTHING)
        await made.member("olga", "operator", desk=EVERYTHING)
        yield House(made)
    two_workers.assert_no_error(since=logged)


@pytest.fixture(autouse=True)
async def closed(house: House) -> AsyncIterator[None]:
    yield
    await house.home.close_clients()
