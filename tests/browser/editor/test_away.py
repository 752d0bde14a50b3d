"""What survives: a connection that is gone, a tab that dies, autosave off; and what others did meanwhile."""

import asyncio
import re

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.editor.people import LINES, Someone, Tab, Tabs, deployed_script, script, until
from tests.browser.tab import Network

pytestmark = pytest.mark.slow


async def test_local_edits_survive_a_reload_and_are_merged_when_saved(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "local")
    await ada.save(item, script(LINES + "# begun\n"))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await tab.page.locator(".status").click()
    await tab.page.get_by_role("switch", name="Autosave").uncheck()
    await tab.page.locator(".status").click()
    await until(lambda: tab.badge_says("Local edits"), "the third state is plain to see")
    await tab.line(2)
    await tab.type("local ")
    await tab.page.reload()
    await until(lambda: tab.has("local line_2"), "they are kept")
    assert "local" not in (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"]
    await ada.save(item, script(LINES.replace("line_8", "elsewhere_8") + "# begun\n"))
    await tab.button("Save or drop them").click()
    await tab.button("Save into the draft").click()
    await until(lambda: tab.has("local line_2", "elsewhere_8"), "what came meanwhile is in it")
    await tab.saved()
    content = (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"]
    assert "local line_2" in content and "elsewhere_8" in content


async def test_coming_back_one_sees_what_others_changed_until_it_is_seen(
    tabs: Tabs, ada: Someone, grace: Someone
) -> None:
    item = await deployed_script(ada, "away")
    draft = (await grace.save(item, script(LINES + "# begun\n"), "shared"))["draft"]
    tab = await tabs.open("ada", f"/items/{item}/drafts/{draft}")
    async with tab.page.expect_response(lambda answer: "/looked" in answer.url):
        await tab.page.reload()  # a first visit is where it begins
    await tab.go("/")
    await grace.save(item, script(LINES.replace("line_4", "hers_4") + "# begun\n"), "shared")
    await tab.go(f"/items/{item}/drafts/{draft}")
    await tab.says("Grace Hopper changed 1 place")
    await tab.button("Show").click()
    await tab.page.get_by_role("complementary", name="While you were away").locator("mark").first.wait_for()
    async with tab.page.expect_response(lambda answer: "/looked" in answer.url):
        await tab.page.get_by_role("region", name="Notices").get_by_role("button", name="Seen").click()
    async with tab.page.expect_response(lambda answer: "/changes?" in answer.url):
        await tab.go(f"/items/{item}/drafts/{draft}")
    await until(lambda: tab.has("hers_4"), "the draft is shown")
    await tab.effects_run()
    assert await tab.button("Seen").count() == 0


# What was typed, of all records of the journal.
UNSENT = """async () => {
    const asked = indexedDB.open("draftwire");
    await new Promise((done) => (asked.onsuccess = done));
    const names = [...asked.result.objectStoreNames];
    if (!names.includes("unsent")) return "";
    const all = asked.result.transaction("unsent").objectStore("unsent").getAll();
    await new Promise((done) => (all.onsuccess = done));
    const ops = all.result.flatMap(({ replica }) => replica.buffer?.ops ?? []);
    return ops.flatMap(({ s }) => s.map(([, , insert]) => insert)).join("");
}"""


async def test_what_the_server_does_not_take_for_long_is_said_with_how_much_it_is(tabs: Tabs, ada: Someone) -> None:
    """As when Postgres hangs, or it reads the socket no further: it is heard all the same."""
    item = await deployed_script(ada, "waiting")
    context, network = await _profile(tabs)
    tab = await tabs.open_in(context, "ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("taken ")
    await tab.saved()
    network.state = "mute"
    await tab.type("not taken ")
    await tab.page.locator('.status[data-status="waiting"]').wait_for()
    await tab.page.locator(".status").click()
    await tab.says("10 characters of yours are not saved.")
    await tab.click_code()
    await tab.type("more")
    await expect(tab.page.locator(".status")).to_have_attribute("aria-label", re.compile("14 characters of yours"))
    await network.down()
    network.state = "up"
    await tab.saved()


async def _profile(tabs: Tabs) -> tuple[BrowserContext, Network]:
    """A browser whose way to the server can be cut."""
    context = await tabs.profile()
    network = Network()
    await network.attach(context)
    return context, network


async def _typed_offline(tab: Tab, network: Network, text: str) -> None:
    """Type without a connection, until the browser has it."""
    await tab.saved()
    await network.down()
    await tab.page.locator('.status[data-status="offline"]').wait_for()
    await tab.line(2)
    await tab.type(text)
    await until(lambda: _kept(tab.page, text), "the browser has it")


async def _kept(page: Page, text: str) -> bool:
    return text in str(await page.evaluate(UNSENT))


async def _content(who: Someone, item: str) -> str:
    return str((await who.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"])


async def test_two_hundred_keystrokes_without_a_connection_are_all_there(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "offline")
    context, network = await _profile(tabs)
    tab = await tabs.open_in(context, "ada", f"/items/{item}")
    text = ("abcdefghijklmnopqrst" * 10)[:200]
    await _typed_offline(tab, network, text)
    await tab.page.locator('.status[data-status="local"]').wait_for()
    assert text not in await _content(ada, item)
    network.state = "up"
    await tab.saved()
    assert await tab.has(f"{text}line_2")
    assert f"{text}line_2" in await _content(ada, item)


async def test_case_14_a_tab_that_is_killed_with_unsent_edits_gives_them_back(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "killed")
    context, network = await _profile(tabs)
    tab = await tabs.open_in(context, "ada", f"/items/{item}")
    await _typed_offline(tab, network, "nobody has this yet ")
    crashed = asyncio.Event()
    tab.page.on("crash", lambda _: crashed.set())
    killer = await context.new_cdp_session(tab.page)
    kill = asyncio.ensure_future(killer.send("Page.crash"))
    await asyncio.wait_for(crashed.wait(), 60)
    kill.cancel()
    network.state = "up"
    again = await tabs.open_in(context, "ada", "/")
    await again.says("What you typed before a page was closed was not lost.")
    await again.page.get_by_role("link", name="Show", exact=True).click()
    await until(lambda: again.has("nobody has this yet line_2"), "it is in the draft again")
    panel = again.page.get_by_role("complementary", name="What came back")
    await panel.locator("mark", has_text="nobody has this yet").wait_for()
    await again.saved()
    assert "nobody has this yet line_2" in await _content(ada, item)
    assert await again.page.evaluate(UNSENT) == ""
    await panel.get_by_role("button", name="Fine").click()
    await panel.wait_for(state="detached")
    await expect(again.page.get_by_text("was not lost")).to_have_count(0)


async def test_a_duplicated_tab_is_a_writer_of_its_own(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "duplicated")
    context = await tabs.profile()
    tab = await tabs.open_in(context, "ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("first ")
    await tab.saved()
    async with context.expect_page() as opened:  # as a duplicated tab it begins with the session's storage
        await tab.page.evaluate("() => void window.open(location.href)")
    other = Tab(await opened.value, tab.address)
    await until(lambda: other.has("first line_2"), "it shows the same draft")
    await other.page.bring_to_front()
    await other.line(4)
    await other.type("second ")
    await tab.page.bring_to_front()
    await tab.type("and third ")
    for one in (tab, other):
        await until(lambda one=one: one.has("first and third line_2", "second line_4"), "both texts are in both")
        await one.saved()
    content = await _content(ada, item)
    assert content.count("second ") == 1 and content.count("and third ") == 1
    assert await other.page.get_by_text("was not lost").count() == 0
    await other.undo_until("Control+z", "\nline_4")
    await until(lambda: tab.lacks("second"), "each takes back its own")
    assert await tab.has("first and third line_2", "\nline_4")


async def test_case_10_what_comes_in_replaces_nothing_unsent_and_moves_nothing(tabs: Tabs, ada: Someone) -> None:
    """Caret, selection, scroll and undo stay while a buffer with unsent edits meets what others wrote."""
    long = "".join(f"line_{n} = {n}\n" for n in range(1, 201))
    item = await deployed_script(ada, "unsent", long)
    await ada.save(item, script(long + "# begun\n"))
    context, network = await _profile(tabs)
    tab = await tabs.open_in(context, "ada", f"/items/{item}?line=120")
    await tab.saved()
    await tab.marked_line()
    await network.down()
    await tab.page.locator('.status[data-status="offline"]').wait_for()
    await tab.type("unsent ")
    await tab.page.keyboard.press("Shift+End")  # a selection: the rest of the line
    await ada.save(item, script("above\nand more\n" + long + "# begun\n"))
    place = (
        "() => document.querySelector('.code-host').shadowRoot.querySelector('.cm-meant').getBoundingClientRect().top"
    )
    before = await tab.page.evaluate(place)
    network.state = "up"
    await tab.saved()
    await until(lambda: _both(ada, item), "the server has both")
    await until(lambda: _near(tab, place, before), "the line stands where it stood")
    await tab.type("replaced")  # what was selected, and nothing else
    await until(lambda: tab.has("unsent replaced\n"), "selection and caret are the person's")
    await tab.undo_until("Control+z", "unsent line_120 = 120")  # one's own
    await tab.undo_until("Control+z", "\nline_120 = 120")  # and nothing of what came in
    await tab.saved()
    content = await _content(ada, item)
    assert content.startswith("above\nand more\nline_1 =") and "unsent" not in content


async def _both(who: Someone, item: str) -> bool:
    content = await _content(who, item)
    return content.startswith("above\nand more\n") and "unsent line_120" in content


async def _near(tab: Tab, script: str, expected: float) -> bool:
    return abs(await tab.page.evaluate(script) - expected) < 2
