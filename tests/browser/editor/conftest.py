"""One server for all tests of the editor in one process, and people at it."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from tests.browser.editor.people import Someone, Tabs, sign_in
from tests.browser.pages import served


@pytest.fixture(scope="package")
async def address() -> AsyncIterator[str]:
    """The server's address."""
    async with served("dw-editor-") as (address, _):
        yield address


@pytest.fixture
async def tabs(browser: Browser, address: str) -> AsyncIterator[Tabs]:
    made = Tabs(browser, address)
    async with made.stack:
        yield made
    assert made.problems == []


@pytest.fixture
async def ada(address: str) -> Someone:
    return await sign_in(address, "ada")


@pytest.fixture
async def grace(address: str) -> Someone:
    return await sign_in(address, "grace")
