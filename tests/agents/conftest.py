"""A desk of people and their agents on two workers, shared by the tests of a module."""

from collections.abc import AsyncIterator

import pytest

from draftwire_server.cli.embedded import Embedded
from tests.drafts.desk import Desk, desk


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[Desk]:
    async with desk(module_database_url, services.redis_url) as made:
        yield made


@pytest.fixture(autouse=True)
async def closed(home: Desk) -> AsyncIterator[None]:
    yield
    await home.world.close_clients()
    await home.close_apis()
