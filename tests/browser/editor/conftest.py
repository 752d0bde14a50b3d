"""One server for all tests of the editor in one process, and people at it."""

import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.browser.editor.people import Someone, Tabs, sign_in
from tests.system.test_dev import dev, free_port


@pytest.fixture(scope="package")
async def address() -> AsyncIterator[str]:
    """The server's address."""
    with tempfile.TemporaryDirectory(prefix="dw-editor-") as name:
        port = free_port()
        async with dev(Path(name), port) as running:
            await running.ready()
            yield f"http://127.0.0.1:{port}"


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
