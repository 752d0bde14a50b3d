"""Two workers and a workspace of three users in three folders, an operator and an admin, shared by a module's tests."""

from collections.abc import AsyncIterator

import pytest

from draftwire_server.cli.embedded import Embedded
from tests.items.house import House
from tests.system.cluster import cluster
from tests.system.world import EVERYTHING, world


@pytest.fixture(scope="module")
async def house(module_database_url: str, services: Embedded) -> AsyncIterator[House]:
    async with cluster(module_database_url, services.redis_url) as server, world(server, module_database_url) as made:
        await made.member("boss", "admin")
        await made.member("ada", desk=EVERYTHING, shop=frozenset(("see", "read_drafts")))
        await made.member("ben", desk=EVERYTHING, shop=EVERYTHING)
        await made.member("cleo", lab=EVERYTHING)
        await made.member("olga", "operator", desk=EVERYTHING)
        yield House(made)
    log = server.log
    at = log.find("Traceback")
    assert at < 0, f"the server logged an error: {log[max(0, at - 500) : at + 6000]}"


@pytest.fixture(autouse=True)
async def closed(house: House) -> AsyncIterator[None]:
    yield
    await house.home.close_clients()
