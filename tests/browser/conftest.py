"""One headless Chromium for the browser tests, and a file server on loopback for what needs no Draftwire server."""

import functools
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from draftwire_server.cli.process.embedded import Embedded
from tests.browser.chromium import find_chromium
from tests.browser.pages import DEADLINE_S
from tests.browser.tab import Network
from tests.live.conftest import World, seeded
from tests.system.cluster import cluster

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking")


class _Files(http.server.SimpleHTTPRequestHandler):
    """Serves the repository's files, silently."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that the base class gives it
        pass


@pytest.fixture(scope="session")
def files() -> Iterator[str]:
    """The address under which the repository's files are served."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Files, directory=ROOT))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """A headless Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))
        yield browser
        await browser.close()


@pytest.fixture
async def page(browser: Browser) -> AsyncIterator[Page]:
    """An empty page whose errors fail the test."""
    page = await browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    await page.close()
    assert errors == []


@pytest.fixture(scope="module")
async def world(module_database_url: str, services: Embedded, files: str) -> AsyncIterator[World]:
    """A server that lets in pages of the file server's origin."""
    items, workspace = await seeded(module_database_url)
    allowed = {"DRAFTWIRE_ALLOWED_ORIGINS": files}
    async with cluster(module_database_url, services.redis_url, workers=1, environ=allowed) as server:
        yield World(server, services, module_database_url, items, workspace)


@pytest.fixture
async def network(context: BrowserContext) -> Network:
    found = Network()
    await found.attach(context)
    return found


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """A browser profile whose pages' errors fail the test."""
    context = await browser.new_context()
    context.set_default_timeout(DEADLINE_S * 1000)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    yield context
    await context.close()
    assert errors == []
