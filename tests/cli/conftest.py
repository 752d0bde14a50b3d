"""A server for the commands to ask, with an admin."""

from collections.abc import AsyncIterator

import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.system.cluster import cluster
from tests.system.world import World, world


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    async with (
        cluster(module_database_url, services.redis_url, workers=1) as server,
        world(server, module_database_url) as made,
    ):
        await made.member("ada", "admin")
        yield made
