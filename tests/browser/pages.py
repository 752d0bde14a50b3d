"""The pages of a workspace as somebody who is signed in, and what axe finds on them."""

import re
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
from playwright.async_api import Browser, Page

import draftwire
from tests.system.cluster import NO_TLS
from tests.system.test_dev import dev

COLOURS = ("color-contrast", "link-in-text-block")
DEADLINE_S = 30.0  # of every wait: no claim of speed, the machine may be doing something else
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
# A name of this server that is no secure origin for a browser; pages are tried by it too.
INSECURE_HOST = "insecure.example"
# What was drawn hears keys only when its effects have run, and those run a frame later.
EFFECTS_RUN = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"


@asynccontextmanager
async def served(prefix: str) -> AsyncIterator[tuple[str, Path]]:
    """A `draftwire dev`: its address, at a port that nobody else can have taken meanwhile, and its data directory."""
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        async with dev(Path(name), DRAFTWIRE_HOSTS=INSECURE_HOST) as running:
            said = re.search(r"http://127\.0\.0\.1:\d+", await running.ready())
            assert said is not None
            yield said[0], running.directory


async def signed_in(address: str, user: str) -> dict[str, Any]:
    """What `draftwire dev` gives to who signs in: the token, the workspace."""
    async with httpx.AsyncClient(base_url=address, verify=NO_TLS) as client:
        answer = await client.post("/dev/tokens", json={"user": user})
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


@asynccontextmanager
async def api_of(address: str, user: str) -> AsyncIterator[draftwire.Api]:
    """The same user without a browser."""
    api = draftwire.Api(address, (await signed_in(address, user))["token"])
    try:
        yield api
    finally:
        await api.close()


@asynccontextmanager
async def page_of(browser: Browser, address: str, user: str, path: str = "/", **options: Any) -> AsyncIterator[Page]:
    """A page in a context of its own, signed in; errors of the page and breaches of its policy fail the test."""
    context = await browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
    context.set_default_timeout(DEADLINE_S * 1000)
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    await page.goto(f"{address}/dev/sign-in?user={user}")
    await page.get_by_role("link", name="You are").wait_for()
    if path != "/":
        await page.goto(address + path)
        await page.get_by_role("link", name="You are").wait_for()
    yield page
    await context.close()
    assert problems == [], problems


async def findings(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe calls serious or critical, one line each; of some of its rules, or of all."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(AXE)
    only = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found: list[str] = await page.evaluate(
        """async (only) => (await axe.run(document, { resultTypes: ["violations"], ...only })).violations
             .filter(({ impact }) => impact === "serious" || impact === "critical")
             .flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target}: ${node.failureSummary}`))""",
        only,
    )
    return found


async def findings_light_and_dark(page: Page) -> list[str]:
    """What axe finds in a page that is light, and of its colours alone when it becomes dark."""
    await page.emulate_media(color_scheme="light", reduced_motion="reduce")
    found = await findings(page)
    await page.emulate_media(color_scheme="dark")
    found += [f"dark: {one}" for one in await findings(page, COLOURS)]
    await page.emulate_media(color_scheme="light")
    return found
