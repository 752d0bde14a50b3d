"""The desk with people who may deploy what holds secrets: dana and eli in folder one; and a runner."""

from collections.abc import AsyncIterator

import pytest

from draftwire_server.cli.embedded import Embedded
from tests.drafts.desk import Desk, desk
from tests.system.world import EVERYTHING


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[Desk]:
    async with desk(module_database_url, services.redis_url) as made:
        for name in ("dana", "eli"):
            await made.world.member(name, "editor", one=EVERYTHING)
        await made.world.member("runner", "operator", one=frozenset({"run"}))
        yield made


@pytest.fixture(autouse=True)
async def closed(home: Desk) -> AsyncIterator[None]:
    yield
    await home.world.close_clients()
    await home.close_apis()
