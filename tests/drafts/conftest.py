"""A desk of three people on two workers, shared by the tests of a module."""

from collections.abc import AsyncIterator

import pytest

from tests.drafts.desk import Desk


@pytest.fixture(scope="module")
async def home(module_desk: Desk) -> Desk:
    return module_desk


@pytest.fixture(autouse=True)
async def closed(home: Desk) -> AsyncIterator[None]:
    yield
    await home.world.close_clients()
    await home.close_apis()
