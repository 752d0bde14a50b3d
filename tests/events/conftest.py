"""A workspace in which things happen: dana and eli write and deploy in folder one, zoe sees nothing, root all."""

from collections.abc import AsyncIterator

import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.drafts.desk import Desk, desk
from tests.system.world import EVERYTHING

WAIT_S = 300.0  # a request that waits is ended by what a test does, never by the time


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[Desk]:
    async with desk(module_database_url, services.redis_url, events_wait_s=WAIT_S) as made:
        for name in ("dana", "eli"):
            await made.world.member(name, "editor", one=EVERYTHING)
        yield made


@pytest.fixture(autouse=True)
async def closed(home: Desk) -> AsyncIterator[None]:
    yield
    await home.world.close_clients()
    await home.close_apis()
