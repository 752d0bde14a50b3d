"""The pages of `draftwire dev` in Chromium: two people, an assistant, and what breaks, on a real server."""

import functools
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests import waiting
from tests.browser.pages import api_of, served, signed_in
from tests.system.cluster import NO_TLS

pytestmark = pytest.mark.slow

DEADLINE_S = 90.0  # of every wait: no claim of speed, the machine may be doing something else
until = functools.partial(waiting.until, within_s=DEADLINE_S)


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[tuple[str, Path]]:
    """The server's address and its data directory."""
    async with served("dw-demo-") as made:
        yield made


@pytest.fixture(scope="module")
def address(server: tuple[str, Path]) -> str:
    return server[0]


class Demo:
    """The demo page, loaded: editor 0 is the first person's, 1 the second's."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def editor(self, i: int) -> Locator:
        return self.page.locator(".host").nth(i).locator(".cm-content")

    def pane(self, i: int) -> Locator:
        return self.page.locator(".pane").nth(i)

    async def texts(self) -> list[str]:
        found: list[str] = await self.page.evaluate("() => demo.texts()")
        return found

    async def number(self, counter: str) -> int:
        return int((await self.page.locator(f"#{counter}").inner_text()).replace(",", ""))

    async def statuses(self) -> list[str]:
        return await self.page.locator(".status").all_inner_texts()

    async def put_caret(self, i: int, line: int) -> None:
        """Focus an editor with the caret at the beginning of a line, counted from 1."""
        await self.editor(
            i
        ).focus()  # no click: the browser tells of where it was a moment later, and the caret is there
        await self.page.keyboard.press("Control+Home")
        active = self.pane(i).locator(".cm-activeLineGutter")
        for number in range(1, line + 1):  # a next key only when the last one is drawn, as a person would
            await until(lambda number=number: _reads(active, str(number)), f"the caret is in line {number}")
            if number < line:
                await self.page.keyboard.press("ArrowDown")

    async def settled(self) -> str:
        """Wait until both have saved and show one text; give it."""

        async def equal() -> str:
            texts = await self.texts()
            same = len(texts) == 2 and texts[0] == texts[1]
            return texts[0] if same and await self.statuses() == ["Saved", "Saved"] else ""

        return await until(equal, "both editors show one saved text")


async def _context(browser: Browser, **options: Any) -> BrowserContext:
    context = await browser.new_context(**options)
    context.set_default_timeout(DEADLINE_S * 1000)
    return context


async def _reads(locator: Locator, text: str) -> bool:
    return [found.strip() for found in await locator.all_inner_texts()] == [text]


@pytest.fixture
async def demo(browser: Browser, address: str) -> AsyncIterator[Demo]:
    context = await _context(browser, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda said: problems.append(said.text) if "Content Security" in said.text else None)
    page.on(
        "request",
        lambda request: (
            problems.append(request.url) if urlsplit(request.url).netloc != urlsplit(address).netloc else None
        ),
    )
    await page.goto(f"{address}/demo")
    loaded = Demo(page)
    await loaded.settled()
    yield loaded
    await context.close()
    assert problems == []


async def test_each_sees_what_the_other_types_and_where(demo: Demo) -> None:
    await demo.put_caret(0, 2)
    await demo.page.keyboard.type("ada was here ")
    await demo.put_caret(1, 9)
    await demo.page.keyboard.type("so was grace ")
    text = await demo.settled()
    lines = text.split("\n")
    assert lines[1].startswith("ada was here ")
    assert lines[8].startswith("so was grace ")
    await until(lambda: _reads(demo.pane(0).locator(".cm-dw-name"), "Grace"), "Grace's name stands there")
    await until(lambda: _reads(demo.pane(1).locator(".cm-dw-name"), "Ada"), "and Ada's with Grace")


async def test_a_remote_edit_leaves_caret_selection_scroll_and_undo_alone(demo: Demo) -> None:
    page = demo.page
    await demo.put_caret(0, 3)
    await page.keyboard.type("MINE ")
    await page.keyboard.press("Shift+ArrowRight")
    await page.keyboard.press("Shift+ArrowRight")
    selected = "() => document.querySelectorAll('.host')[0].shadowRoot.getSelection?.().toString() ?? ''"
    before = await page.evaluate(selected)
    await demo.settled()
    await demo.put_caret(1, 1)
    await page.keyboard.type("THEIRS ")
    assert (await demo.settled()).startswith("THEIRS ")
    await demo.editor(0).focus()

    async def as_before() -> bool:
        return bool(await page.evaluate(selected) == before)

    await until(as_before, "what was selected is so again")  # the editor sets it a moment after it has the focus
    await page.keyboard.press("Control+z")
    text = await demo.settled()
    assert text.startswith("THEIRS "), "undo takes back one's own edits only"
    assert "MINE " not in text


async def test_text_typed_unplugged_comes_in_and_alerts_both(demo: Demo) -> None:
    await demo.pane(0).get_by_label("Unplug").check()
    await demo.put_caret(0, 5)
    await demo.page.keyboard.type("left ")
    await until(lambda: _is(demo, 0, "Kept here, not sent"), "what is unsent is not called saved")
    await demo.put_caret(1, 5)
    await demo.page.keyboard.type("right ")
    await until(lambda: _is(demo, 1, "Saved"), "all of it is there before the other comes")
    await demo.pane(0).get_by_label("Unplug").uncheck()
    for i in (0, 1):  # at once: an alert closes by itself 5 s after the clash
        sides = demo.pane(i).locator(".alert").first.locator("pre")
        await until(lambda sides=sides: _sides(sides, "left", "right"), "the alert shows both")
    await demo.pane(0).get_by_role("button", name="Dismiss").click()
    await until(lambda: _log_says(demo, "resolved an alert, for both"), "the server took it")
    for i in (0, 1):
        await until(lambda i=i: _no_alerts(demo, i), "it is resolved for both")
    text = await demo.settled()
    assert "left " in text and "right " in text


async def _sides(shown: Locator, *texts: str) -> bool:
    return sorted(text.strip() for text in await shown.all_inner_texts()) == list(texts)


async def _no_alerts(demo: Demo, i: int) -> bool:
    return await demo.pane(i).locator(".alert").count() == 0


async def _is(demo: Demo, i: int, status: str) -> bool:
    return (await demo.statuses())[i] == status


async def test_what_a_restored_database_has_lost_is_brought_back_by_one_click(
    demo: Demo, server: tuple[str, Path]
) -> None:
    database = await asyncpg.connect(f"postgresql://draftwire@/draftwire?host={server[1] / 'run'}")
    try:
        await database.execute("set search_path to draftwire")
        await demo.put_caret(0, 5)
        await demo.page.keyboard.type("kept ")
        await demo.settled()
        draft = await database.fetchrow("select workspace_id, id, head_seq from draft order by changed_at desc limit 1")
        await demo.page.keyboard.type("restored ")
        await demo.settled()
        await database.execute(
            "with cut as (delete from draft_op where workspace_id = $1 and draft_id = $2 and seq > $3)"
            " update draft d set head_seq = $3, head_mark = o.mark from draft_op o"
            " where d.workspace_id = $1 and d.id = $2 and o.workspace_id = $1 and o.draft_id = $2 and o.seq = $3",
            *draft,
        )
    finally:
        await database.close()
    await demo.put_caret(1, 1)
    await demo.page.keyboard.type("x")
    for i in (0, 1):
        offer = demo.pane(i).get_by_role("button", name="Bring it back")
        await until(offer.count, "it is offered")
        await offer.click()
        await until(lambda i=i: _no_alerts(demo, i), "the offer was taken")
    text = await demo.settled()
    assert text.count("kept restored ") == 1


async def test_the_assistant_writes_as_an_ai_session(demo: Demo) -> None:
    before = len(await demo.settled())
    await demo.page.get_by_role("button", name="Ask the assistant").click()
    await until(demo.page.locator("#here li[data-agent]", has_text="AI").count, "an AI session is here")
    await until(lambda: _log_says(demo, "has finished"), "the run ended")
    assert len(await demo.settled()) > before


async def _log_says(demo: Demo, words: str) -> bool:
    return words in await demo.page.locator("#log").inner_text()


async def test_no_acked_edit_is_lost_whatever_breaks(demo: Demo) -> None:
    for i in (0, 1):
        await demo.pane(i).get_by_label("Type for me").check()
    for button in ("Kill Ada’s worker", "Flush Valkey", "Restart Postgres", "Kill Grace’s worker"):
        acked = await demo.number("acked")
        await until(lambda acked=acked: _acked_beyond(demo, acked + 10), f"typing goes on before: {button}")
        await demo.page.get_by_role("button", name=button).click()
    acked = await demo.number("acked")
    await until(lambda: _acked_beyond(demo, acked + 10), "typing goes on")
    for i in (0, 1):
        await demo.pane(i).get_by_label("Type for me").uncheck()
    await demo.settled()
    async with demo.page.expect_response("**/writers"):  # the log is asked every two seconds
        pass
    async with demo.page.expect_response("**/writers"):  # by now the answer before this one is counted
        pass
    assert await demo.number("lost") == 0


async def test_the_assistant_works_on_a_draft_that_nobody_has_begun_through_any_worker(address: str) -> None:
    signed = await signed_in(address, "ada")
    headers = {"authorization": f"Bearer {signed['token']}"}
    async with api_of(address, "ada") as ada, httpx.AsyncClient(headers=headers, timeout=30, verify=NO_TLS) as client:
        for n in range(4):
            value = {"language": "python3", "content": "def pay(amount):\n    return amount\n"}
            item = (await ada.items.create("script", path=f"u/ada/untouched_{n}", value=value)).item
            draft = (await ada.drafts.of_item(item, "own")).draft
            asked = await client.post(f"{address}/dev/assistant", json={"draft": draft, "item": item})
            assert asked.status_code == 202, asked.text

            async def wrote(item: str = item) -> bool:
                return '"""Pay.' in (await ada.drafts.of_item(item, "own")).value["content"]

            await until(wrote, "it documents the function")


async def test_the_tour_has_a_link_types_for_both_and_ends_with_escape(browser: Browser, address: str) -> None:
    context = await _context(browser, viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    await page.goto(f"{address}/demo?tour=true")
    card = page.get_by_role("region", name="Guided tour")
    await card.get_by_text("1 of 9").wait_for()
    demo = Demo(page)
    await until(lambda: _acked_beyond(demo, 5), "the tour types")
    await page.keyboard.press("Escape")
    await card.wait_for(state="detached")
    for i in (0, 1):
        assert not await demo.pane(i).get_by_label("Type for me").is_checked()
    await demo.settled()
    await context.close()


async def _acked_beyond(demo: Demo, count: int) -> bool:
    return await demo.number("acked") > count


@pytest.mark.parametrize("path", ["/", "/demo"])
async def test_a_phone_needs_no_sideways_scrolling(browser: Browser, address: str, path: str) -> None:
    context = await _context(browser, viewport={"width": 390, "height": 844})
    page = await context.new_page()
    await page.goto(address + path)
    await page.wait_for_load_state("networkidle") if path == "/" else await Demo(page).settled()
    assert await page.evaluate("() => document.documentElement.scrollWidth") <= 390
    await context.close()


async def test_one_click_signs_in_for_this_tab_alone(browser: Browser, address: str) -> None:
    context = await _context(browser)
    first, second = await context.new_page(), await context.new_page()
    await first.goto(f"{address}/dev/sign-in?user=grace")
    await first.get_by_label("You are Grace Hopper.").wait_for()
    assert urlsplit(first.url).path == "/"
    await second.goto(address)
    await second.get_by_role("button", name="Ada Lovelace").click()
    await second.get_by_label("You are Ada Lovelace.").wait_for()
    await first.reload()
    await first.get_by_label("You are Grace Hopper.").wait_for()
    await until(first.get_by_role("link", name="Refund a charge").count, "the items are listed")
    await context.close()


async def test_the_page_of_the_http_interface_shows_every_route_under_the_strict_policy(
    page: Page, address: str
) -> None:
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text) if message.type == "error" else None)
    page.on("request", lambda request: told.append(request.url) if not request.url.startswith(address) else None)
    await page.set_viewport_size({"width": 1280, "height": 20_000})  # what is out of sight is not made
    await page.goto(f"{address}/docs")
    await page.locator(".opblock").first.wait_for(timeout=DEADLINE_S * 1000)
    operations = sum(len(methods) for methods in (await _openapi(page)).values())
    await expect(page.locator(".opblock")).to_have_count(operations, timeout=DEADLINE_S * 1000)
    assert [text for text in told if not text.startswith("data:")] == []


async def _openapi(page: Page) -> Any:
    return await page.evaluate("async () => (await (await fetch('/v1/openapi.json')).json()).paths")
