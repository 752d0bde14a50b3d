"""The desk with people who may deploy what holds secrets: dana and eli in folder one; and a runner."""

from collections.abc import AsyncIterator

import pytest

from tests.drafts.desk import Desk
from tests.system.world import EVERYTHING


@pytest.fixture(scope="module")
async def home(module_desk: Desk) -> Desk:
    for name in ("dana", "eli"):
        await module_desk.world.member(name, "editor", one=EVERYTHING)
    await module_desk.world.member("runner", "operator", one=frozenset({"run"}))
    return module_desk


@pytest.fixture(autouse=True)
async def closed(home: Desk) -> AsyncIterator[None]:
    yield
    await home.world.close_clients()
    await home.close_apis()
