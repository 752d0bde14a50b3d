"""Pages of a plain-http origin that is not localhost: browsers keep back much there, the usual actions go all the same.

Also what pages do alike wherever they are: panels that are asked for again, the focus that comes back, signing in.
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.editor.people import Someone, Tab, Tabs, deployed_script, until
from tests.browser.pages import INSECURE_HOST

pytestmark = pytest.mark.slow

FOCUSED = """() => {
    let found = document.activeElement;
    while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
    return found === null ? "" : `${found.tagName} ${found.className}`;
}"""


@asynccontextmanager
async def _insecure(address: str, user: str) -> AsyncIterator[Tab]:
    """A tab of a browser that knows the server by a name of no secure origin; any error of it fails the test."""
    problems: list[str] = []
    flags = [*FLAGS, f"--host-resolver-rules=MAP {INSECURE_HOST} 127.0.0.1"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        page = await browser.new_page(viewport={"width": 1440, "height": 900})
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if said.type in ("error", "assert") else None)
        there = re.sub(r"127\.0\.0\.1|localhost", INSECURE_HOST, address)
        await page.goto(f"{there}/dev/sign-in?user={user}")
        await page.get_by_role("navigation", name="Pages").wait_for()
        assert await page.evaluate(
            "!isSecureContext && crypto.randomUUID === undefined && navigator.locks === undefined"
        )
        yield Tab(page, there)
        await browser.close()
    assert problems == []


async def _pasted(page: Page) -> str:
    """What the clipboard holds, by what pasting gives."""
    search = page.get_by_role("textbox", name="Message")
    await search.fill("")
    await search.press("Control+v")
    return await search.input_value()


async def _deploy(tab: Tab, message: str, number: int) -> None:
    """By the keyboard from within the code: the message goes into its field at once."""
    await tab.page.keyboard.press("Control+Enter")
    field = tab.page.get_by_role("textbox", name="Message")
    await expect(field).to_be_focused()
    await tab.type(message)
    assert await field.input_value() == message
    await tab.button(f"Deploy version {number}").click()
    await tab.page.locator(".done-title", has_text=f"Version {number} is live.").wait_for()


async def test_the_usual_actions_go_on_an_insecure_origin(address: str, ada: Someone) -> None:
    item = await deployed_script(ada, "insecure")
    flow = await ada.make("flow", "f/payments/insecure_flow", {"summary": "Flow", "value": {"modules": []}})
    async with _insecure(address, "ada") as tab:
        await tab.go(f"/items/{item}")
        await tab.line(2)
        await tab.type("typed ")
        await tab.saved()
        await _deploy(tab, "First", 2)
        await tab.button("Copy the whole hash").or_(tab.page.locator("button.hash")).first.click()
        await tab.says("The hash is copied.")
        await tab.button("Go on").click()
        await tab.page.keyboard.press("Control+Enter")
        assert len(await _pasted(tab.page)) == 64
        await tab.go(f"/items/{item}?panel=json")
        await tab.button("Copy").click()
        await tab.says("It is copied.")
        await tab.go(f"/items/{item}?panel=history")
        await tab.says("First")
        await tab.go(f"/items/{flow}")
        await tab.button("Add to Modules").first.click()
        await until(lambda: _contains(tab.page, "at=module_"), "the new module is shown")
        await tab.saved()
        for path in ("/", "/dashboard"):
            await tab.go(path)
            await tab.page.get_by_role("heading", level=1).first.wait_for()
        await tab.go("/")
        await tab.page.get_by_role("searchbox", name="Search in items").fill("insecure")
        await tab.page.locator("main").get_by_role("link", name="A script", exact=True).first.wait_for()
    assert "typed line_2" in (await ada.deployed(item))["content"]


async def _contains(page: Page, text: str) -> bool:
    return text in page.url


async def test_a_second_deploy_is_begun_like_the_first_and_the_badge_follows_both(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "twice")
    tab = await tabs.open("ada", f"/items/{item}")
    for number, line in ((2, 3), (3, 5)):
        await tab.line(line)
        await tab.type(f"for_{number} ")
        await tab.saved()
        await _deploy(tab, f"Number {number}", number)
        await until(lambda n=number: tab.badge_says(f"Deployed version {n}"), "the badge knows what was deployed")
        assert "since" not in await tab.badge()
    text = await tab.text()
    assert "for_2 line_3" in text and "for_3 line_5" in text and "Number" not in text
    versions = (await ada.ask("GET", f"/items/{item}/versions"))["versions"]
    assert [one["message"] for one in versions[:2]] == ["Number 3", "Number 2"]


async def test_escape_from_a_panel_leads_back_to_where_one_was(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "escape")
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(4)
    await tab.type("here ")
    await tab.saved()

    async def back() -> None:
        await tab.page.locator("aside.panel").wait_for()
        await until(lambda: _outside(tab), "the panel has the focus")
        await tab.page.keyboard.press("Escape")
        await tab.page.locator("aside.panel").wait_for(state="detached")
        await until(lambda: _in_code(tab), "the code has the focus again")

    await tab.page.keyboard.press("Control+Enter")
    await back()
    await tab.page.keyboard.press("Control+k")
    await tab.page.get_by_role("combobox", name="Find a command or an item").fill("History and versions")
    await tab.page.keyboard.press("Enter")
    await back()
    await tab.page.keyboard.press("Control+k")
    await tab.page.get_by_role("combobox", name="Find a command or an item").wait_for()
    await tab.page.keyboard.press("Escape")
    await until(lambda: _in_code(tab), "also from the palette")
    await _deploy(tab, "Then", 2)
    await back()
    await tab.type("and on ")
    await until(lambda: tab.has("here and on line_4"), "the caret stands where it stood")


async def _in_code(tab: Tab) -> bool:
    return "cm-content" in str(await tab.page.evaluate(FOCUSED))


async def _outside(tab: Tab) -> bool:
    return bool(await tab.page.evaluate("document.querySelector('aside.panel').contains(document.activeElement)"))


async def test_that_something_is_copied_is_said_only_when_it_is(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "uncopied")
    tab = await tabs.open("ada", f"/items/{item}?panel=json")
    await tab.button("Copy").wait_for()
    await tab.page.evaluate("""() => {
        navigator.clipboard.writeText = () => Promise.reject(new DOMException("Denied", "NotAllowedError"));
        document.execCommand = () => false;
    }""")
    await tab.button("Copy").click()
    await tab.says("This browser does not let the page copy.")
    assert await tab.page.get_by_text("It is copied.").count() == 0


@pytest.mark.parametrize("path", ["/", "item", "/sign-in"])
async def test_who_signed_out_signs_in_again_and_is_there(tabs: Tabs, ada: Someone, path: str) -> None:
    if path == "item":
        path = f"/items/{await deployed_script(ada, 'signed_out')}"
    tab = await tabs.open("ada", path)
    await tab.page.get_by_role("link", name="You are").wait_for()
    await tab.effects_run()
    await tab.page.keyboard.press("Control+k")
    await tab.page.get_by_role("combobox", name="Find a command or an item").fill("Sign out")
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("link", name="You are")).to_have_count(0)
    await tab.page.get_by_role("button", name="Grace Hopper").click()
    await tab.page.get_by_role("link", name="You are Grace Hopper").wait_for()
    await expect(tab.page).not_to_have_url(re.compile("sign-in"))
    await tab.page.get_by_role("searchbox", name="Search in items").or_(tab.page.locator("main h1")).first.wait_for()
