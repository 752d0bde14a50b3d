"""Pages and their files belong to one build: each has an address of its own, and nothing of another is taken in."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
from playwright.async_api import Browser, Route, expect

from draftwire_server.http.pages import BUILD
from tests.browser.pages import DEADLINE_S, page_of, served

pytestmark = pytest.mark.slow

expect.set_options(timeout=DEADLINE_S * 1000)


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    async with served("dw-pages-") as (address, _):
        yield address


async def test_files_of_this_build_are_kept_for_ever_and_another_has_none(address: str) -> None:
    async with httpx.AsyncClient(base_url=address) as http:
        page = await http.get("/")
        assert page.headers["cache-control"] == "no-cache"
        files = re.findall(r'(?:src|href)="([^"]*/static/[^"]*)"', page.text)
        assert len(files) > 3
        for file in files:
            assert file.startswith(f"/static/{BUILD}/"), "what it names is of its own build"
            found = await http.get(file)
            assert found.status_code == 200
            assert found.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert (await http.get(file.replace(BUILD, "0" * len(BUILD)))).status_code == 404
        beside = await http.get("/static/third-party.txt")
        assert (beside.status_code, beside.headers["cache-control"]) == (200, "no-cache")


async def test_a_part_of_the_page_that_is_gone_is_told_with_a_way_on(browser: Browser, address: str) -> None:
    """As after an update of the server, for whoever left the page open."""

    async def gone(route: Route) -> None:
        await route.fulfill(status=404)

    async with page_of(browser, address, "ada") as page:
        await page.route("**/page.js", gone)
        await page.get_by_role("link", name="Refund a charge").click()
        told = page.get_by_role("alert").filter(has_text="couldn't be loaded")
        await expect(told).to_be_visible()
        await page.unroute("**/page.js")
        await told.get_by_role("button", name="Reload the page").click()
        await expect(page.get_by_role("button", name="Deploy", exact=True)).to_be_visible()
