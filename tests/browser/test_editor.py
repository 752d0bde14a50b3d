"""The editor page in Chromium: people who type at once, what they are told, and every way out, on a real server."""

import asyncio
import functools
import gzip
import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Locator, Page

from tests import waiting
from tests.system.test_dev import dev, free_port

pytestmark = pytest.mark.slow

DEADLINE_S = 60.0  # of every wait: no claim of speed, the machine may be doing something else
MOST_BYTES = 250 * 1024  # of scripts and styles, compressed, until the code of a script is shown in its language
until = functools.partial(waiting.until, within_s=DEADLINE_S)


@pytest.fixture(scope="module")
async def address() -> AsyncIterator[str]:
    """The server's address."""
    with tempfile.TemporaryDirectory(prefix="dw-editor-") as name:
        port = free_port()
        async with dev(Path(name), port) as running:
            await running.ready()
            yield f"http://127.0.0.1:{port}"


# What of the text is drawn, without the names of others.
TEXT = r"""() => {
  const root = document.querySelector('.code-host')?.shadowRoot;
  const lines = [...(root?.querySelectorAll('.cm-line') ?? [])].map((line) => {
    const copy = line.cloneNode(true);
    for (const caret of copy.querySelectorAll('.cm-dw-caret')) caret.remove();
    return copy.textContent.replaceAll('\u200b', '').replaceAll('\ufeff', '');
  });
  return lines.join('\n');
}"""


class Someone:
    """A user of the server over HTTP."""

    def __init__(self, address: str, token: str, workspace: str) -> None:
        self.base = f"{address}/v1/w/{workspace}"
        self.token = token

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = {"authorization": f"Bearer {self.token}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        async with httpx.AsyncClient(timeout=DEADLINE_S) as client:
            answer = await client.request(method, self.base + path, json=body, headers=sent)
        if answer.status_code >= 400 and "stale" not in answer.text:
            raise AssertionError(answer.text)
        return answer.json() if answer.content else None

    async def make(self, kind: str, path: str, value: dict[str, Any]) -> str:
        made: str = (await self.ask("POST", "/items", {"kind": kind, "path": path, "value": value}))["item"]
        return made

    async def save(self, item: str, value: dict[str, Any], purpose: str = "own") -> Any:
        """Save a whole draft as it is found now."""
        found = await self.ask("GET", f"/items/{item}/draft?purpose={purpose}")
        return await self.ask(
            "PUT", f"/items/{item}/draft?purpose={purpose}", {"value": value}, if_match=f'"{found["etag"]}"'
        )

    async def deploy(self, item: str, value: dict[str, Any], version: int) -> None:
        """Save the own draft and deploy it over ``version``."""
        saved = await self.save(item, value)
        body = {"etag": saved["etag"], "expected_version": version, "item": item}
        await self.ask("POST", f"/drafts/{saved['draft']}/deploy", body)

    async def deployed(self, item: str) -> Any:
        return (await self.ask("GET", f"/items/{item}?include=value"))["value"]


async def sign_in(address: str, user: str) -> Someone:
    async with httpx.AsyncClient() as client:
        answer = (await client.post(f"{address}/dev/tokens", json={"user": user})).json()
    return Someone(address, answer["token"], answer["workspace"])


class Tab:
    """A browser tab with the editor in it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    async def go(self, path: str) -> "Tab":
        await self.page.goto(self.address + path)
        return self

    @property
    def code(self) -> Locator:
        return self.page.locator(".code-host .cm-content").first

    async def text(self) -> str:
        return str(await self.page.evaluate(TEXT))

    async def line(self, number: int) -> None:
        """Put the caret at the beginning of a line."""
        await self.code.click()
        await self.page.keyboard.press("Control+Home")
        for _ in range(number - 1):
            await self.page.keyboard.press("ArrowDown")
        await self.page.keyboard.press("Home")

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text)

    async def says(self, text: str) -> Locator:
        """Wait until a text is shown."""
        found = self.page.get_by_text(text).first
        await found.wait_for(state="visible")
        return found

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    async def badge(self) -> str:
        return " ".join((await self.page.locator(".badge").inner_text()).split())

    async def saved(self) -> None:
        await self.page.locator('.status[data-status="saved"]').wait_for()


class Tabs:
    """Makes tabs of users, and sees that no page had an error or asked another server for anything."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.problems: list[str] = []
        self.stack = AsyncExitStack()

    async def open(self, user: str, path: str, **options: Any) -> Tab:
        context: BrowserContext = await self.browser.new_context(viewport={"width": 1440, "height": 900}, **options)
        self.stack.push_async_callback(context.close)
        context.set_default_timeout(DEADLINE_S * 1000)
        page = await context.new_page()
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda said: self.problems.append(said.text) if "Content Security" in said.text else None)
        page.on("request", self._asked)
        await page.goto(f"{self.address}/dev/sign-in?user={user}")
        await page.get_by_role("navigation", name="Pages").wait_for()
        return await Tab(page, self.address).go(path)

    def _asked(self, request: Any) -> None:
        if urlsplit(request.url).netloc != urlsplit(self.address).netloc:
            self.problems.append(request.url)


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


def script(content: str, summary: str = "A script") -> dict[str, Any]:
    return {"summary": summary, "language": "python3", "content": content, "schema": {"type": "object"}}


LINES = "".join(f"line_{n} = {n}\n" for n in range(1, 9))


async def _new(who: Someone, name: str, content: str = LINES) -> str:
    """A script that is deployed as version 1, with no draft."""
    item = await who.make("script", f"f/payments/{name}", script("pass\n"))
    await who.deploy(item, script(content), 0)
    return item


async def test_two_type_at_once_and_end_equal_while_a_third_only_looks(tabs: Tabs, ada: Someone) -> None:
    item = await _new(ada, "together")
    draft = (await ada.save(item, script(LINES + "# begun\n"), "shared"))["draft"]
    first = await tabs.open("ada", f"/items/{item}/drafts/{draft}")
    second = await tabs.open("grace", f"/items/{item}/drafts/{draft}")
    await first.line(2)
    await second.line(6)
    for a, b in zip("ada was here;", "grace was too", strict=True):
        await first.type(a)
        await second.type(b)

    async def equal() -> bool:
        text = await first.text()
        return "ada was here;" in text and "grace was too" in text and text == await second.text()

    await until(equal, "both show both texts")
    assert "Shared draft" in await first.badge()
    await until(lambda: first.page.locator(".cm-dw-name", has_text="Grace").count(), "Grace's caret has her name")
    assert await first.page.get_by_role("button", name="Grace Hopper types here").count() == 1

    own = (await ada.save(item, script(LINES + "# ada's own\n")))["draft"]
    third = await tabs.open("grace", f"/items/{item}/drafts/{own}")
    await third.says("You can look.")
    await third.line(1)
    await third.type("no")
    writer = await tabs.open("ada", f"/items/{item}/drafts/{own}")
    await writer.line(1)
    await writer.type("seen ")
    await until(lambda: _has(third, "seen line_1"), "who only looks sees it")
    assert "no" not in await third.text()
    await third.button("Ask to type").click()
    await (await writer.says("asks to type in your draft.")).wait_for()
    await writer.button("Allow").click()
    await third.says("You may type now.")
    await third.line(3)
    await third.type("now ")
    await until(lambda: _has(writer, "now line_3"), "who was allowed types")


async def _has(tab: Tab, text: str) -> bool:
    return text in await tab.text()


async def test_caret_and_scroll_stay_while_another_types_above(tabs: Tabs, ada: Someone) -> None:
    long = "".join(f"line_{n} = {n}\n" for n in range(1, 301))
    item = await _new(ada, "long", long)
    draft = (await ada.save(item, script(long + "# begun\n"), "shared"))["draft"]
    reader = await tabs.open("ada", f"/items/{item}/drafts/{draft}?line=200")
    writer = await tabs.open("grace", f"/items/{item}/drafts/{draft}")
    await reader.page.locator(".cm-meant").click()
    await reader.page.keyboard.press("Home")
    await reader.type("HERE ")
    await reader.saved()
    place = (
        "() => document.querySelector('.code-host').shadowRoot.querySelector('.cm-meant').getBoundingClientRect().top"
    )
    before = await reader.page.evaluate(place)
    await writer.line(1)
    await writer.type("one\ntwo\nthree\n")
    await until(lambda: reader.page.get_by_role("button", name="Show Grace, above, line 4").count(), "she is above")
    await reader.type("I AM ")
    await until(lambda: _has(reader, "HERE I AM line_200"), "the caret is where it was")
    assert abs(await reader.page.evaluate(place) - before) < 2
    await reader.code.press("Control+z")
    await until(lambda: _has_not(reader, "I AM"), "undo takes back one's own")
    await reader.page.get_by_role("button", name="Show Grace, above, line 4").click()
    await until(lambda: _has(reader, "three"), "her text was never undone")


async def _has_not(tab: Tab, text: str) -> bool:
    return text not in await tab.text()


async def test_a_save_that_met_other_text_is_a_banner_with_a_way_out(tabs: Tabs, ada: Someone) -> None:
    """Cases 10, 11 and 12: nothing is replaced, both texts are shown in the editor, and saving goes on."""
    item = await _new(ada, "met")
    saved = await ada.save(item, script(LINES.replace("line_3", "began_3")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("typed ")
    await tab.saved()
    stale = {"value": script(LINES.replace("line_2", "saved_2").replace("line_3", "began_3"))}
    refused = await ada.ask("PUT", f"/items/{item}/draft?purpose=own", stale, if_match=f'"{saved["etag"]}"')
    assert refused["code"] == "stale"
    await tab.button("Look").wait_for()
    assert await tab.page.evaluate("document.activeElement.classList.contains('code-host')"), "the focus stays"
    await tab.type("on ")
    await tab.saved()
    assert "typed on line_2" in await tab.text()
    await tab.button("Look").click()
    await tab.page.get_by_role("complementary", name="Both wrote here").wait_for()
    await tab.button("It is fine as it stands").click()
    await tab.says("That is settled, for both.")
    assert await tab.button("Look").count() == 0
    await tab.line(5)
    await tab.type("more ")
    await tab.saved()
    assert "more line_5" in (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"]


async def test_a_conflict_is_told_in_every_part_of_the_editor(tabs: Tabs, ada: Someone) -> None:
    """Case 12: code, fields, the difference, JSON and the history all say it."""
    item = await _new(ada, "everywhere")
    saved = await ada.save(item, script(LINES.replace("line_3", "began_3")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("typed ")
    await tab.saved()
    stale = {"value": script(LINES.replace("line_2", "saved_2").replace("line_3", "began_3"))}
    await ada.ask("PUT", f"/items/{item}/draft?purpose=own", stale, if_match=f'"{saved["etag"]}"')
    other = await tabs.open("ada", "/")
    for where in ("", "?at=~more", f"/diff?from=deployed&to={saved['draft']}", "?panel=json", "?panel=history"):
        await other.go(f"/items/{item}{where}")
        await other.button("Look").wait_for()
    await other.button("Look").click()
    await other.button("Keep mine").or_(other.button("It is fine as it stands")).first.wait_for()
    await other.button("It is fine as it stands").click()
    await tab.button("Look").wait_for(state="detached")


async def test_a_foreign_deploy_is_told_and_brought_in_and_undone(tabs: Tabs, ada: Someone, grace: Someone) -> None:
    item = await _new(ada, "behind")
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("mine ")
    await tab.saved()
    await grace.deploy(item, script(LINES.replace("line_7", "theirs_7")), 1)
    await tab.says("Grace Hopper deployed version 2")
    await tab.button("Choose").click()
    await tab.says("Nothing overlaps.")
    await tab.button("Bring it in").click()
    await until(lambda: _both(tab, "mine line_2", "theirs_7"), "both are in the draft")
    await until(lambda: _badge(tab, "since version 2"), "it stands on the new version")
    await tab.button("Undo").click()
    await until(lambda: _both(tab, "mine line_2", "line_7"), "the old text is there")


async def _both(tab: Tab, *texts: str) -> bool:
    text = await tab.text()
    return all(one in text for one in texts) and ("theirs_7" in texts or "theirs_7" not in text)


async def _badge(tab: Tab, text: str) -> bool:
    return text in await tab.badge()


async def test_revert_and_its_undo(tabs: Tabs, ada: Someone) -> None:
    item = await _new(ada, "revert")
    tab = await tabs.open("ada", f"/items/{item}")
    assert await until(lambda: _badge(tab, "Deployed version 1"), "nothing is changed yet")
    await tab.line(4)
    await tab.type("changed ")
    await tab.saved()
    await until(lambda: _badge(tab, "Draft 1 change since version 1"), "the badge counts")
    await tab.page.locator(".badge").click()
    await tab.page.get_by_role("menuitem", name="Revert changes").click()
    await until(lambda: _has_not(tab, "changed "), "it reads as deployed")
    await tab.button("Undo").click()
    await until(lambda: _has(tab, "changed line_4"), "it is back")


async def test_local_edits_survive_a_reload_and_are_merged_when_saved(tabs: Tabs, ada: Someone) -> None:
    item = await _new(ada, "local")
    await ada.save(item, script(LINES + "# begun\n"))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await tab.page.locator(".status").click()
    await tab.page.get_by_role("switch", name="Autosave").uncheck()
    await tab.page.locator(".status").click()
    await tab.line(2)
    await tab.type("local ")
    await until(lambda: _badge(tab, "Local edits"), "the third state is plain to see")
    await tab.page.reload()
    await until(lambda: _has(tab, "local line_2"), "they are kept")
    assert "local" not in (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"]
    await ada.save(item, script(LINES.replace("line_8", "elsewhere_8") + "# begun\n"))
    await tab.button("Save or drop them").click()
    await tab.button("Save into the draft").click()
    await until(lambda: _has(tab, "elsewhere_8"), "what came meanwhile is in it")
    assert "local line_2" in await tab.text()
    await tab.saved()
    content = (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"]
    assert "local line_2" in content and "elsewhere_8" in content


async def test_deploy_and_roll_back_by_keyboard_alone(tabs: Tabs, ada: Someone) -> None:
    item = await _new(ada, "keys")
    await ada.save(item, script(LINES.replace("line_1", "shipped_1")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await tab.page.keyboard.press("Control+Enter")
    panel = tab.page.get_by_role("complementary", name="Deploy")
    await panel.locator(".diff-line").first.wait_for()
    message = panel.get_by_label("Message")
    await _tab_to(tab, message)
    await tab.type("by keyboard")
    await tab.page.keyboard.press("Enter")
    await tab.says("Version 2 is live.")
    assert (await ada.deployed(item))["content"].startswith("shipped_1")
    await _tab_to(tab, tab.button("Roll back to 1"))
    await tab.page.keyboard.press("Enter")
    await tab.says("Version 3 is live: it says what version 1 said.")
    assert (await ada.deployed(item))["content"].startswith("line_1")
    versions = (await ada.ask("GET", f"/items/{item}/versions"))["versions"]
    assert [version.get("message") for version in versions][:2] == ["Roll back of version 2", "by keyboard"]


async def _tab_to(tab: Tab, wanted: Locator) -> None:
    """Press Tab until the focus is where it is wanted."""
    for _ in range(60):
        if await wanted.evaluate("element => element === document.activeElement"):
            return
        await tab.page.keyboard.press("Tab")
    raise AssertionError("the keyboard does not lead there")


async def test_modules_of_a_flow_are_added_moved_and_removed_with_undo(tabs: Tabs, ada: Someone) -> None:
    def module(name: str) -> dict[str, Any]:
        return {
            "id": name,
            "summary": name.upper(),
            "value": {"type": "rawscript", "language": "bun", "content": f"// {name}\n"},
        }

    value = {"summary": "A flow", "value": {"modules": [module(name) for name in "abc"]}}
    item = await ada.make("flow", "f/payments/modules", value)
    tab = await tabs.open("ada", f"/items/{item}?at=b")
    await tab.says("2 of 3")
    await tab.button("Move up").click()
    await tab.says("1 of 3")
    await tab.button("Remove").click()
    await until(lambda: _ids(ada, item, "ac"), "it is gone")
    await tab.button("Undo").last.click()
    await until(lambda: _ids(ada, item, "bac"), "it is back where it was")
    await tab.button("Add to Modules").click()
    await tab.says("4 of 4")
    await tab.code.click()
    await tab.type("print('new')")
    await tab.saved()
    modules = (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["value"]["modules"]
    assert modules[-1]["value"]["content"] == "print('new')"


async def _ids(who: Someone, item: str, ids: str) -> bool:
    found = await who.ask("GET", f"/items/{item}/draft?purpose=own")
    return "".join(module["id"] for module in found["value"]["value"]["modules"]) == ids


async def test_a_form_shows_what_is_wrong_at_its_field_and_never_a_secret(tabs: Tabs, ada: Someone) -> None:
    value = {
        "summary": "Nightly",
        "schedule": "0 0 8 * * *",
        "timezone": "UTC",
        "runs": {"path": "f/payments/refund_charge", "kind": "script"},
    }
    item = await ada.make("schedule", "f/payments/nightly", value)
    tab = await tabs.open("ada", f"/items/{item}")
    field = tab.page.get_by_label("Schedule", exact=True)
    await field.fill("every day")
    await field.press("Tab")
    await tab.page.locator('.field[data-address="/schedule"] .field-bad').wait_for()
    assert await field.get_attribute("aria-invalid") == "true"
    await field.fill("0 0 9 * * *")
    await field.press("Tab")
    await until(lambda: _gone(tab, ".field-bad"), "it is right again")

    variable = await ada.make("variable", "f/payments/key", {"summary": "Key"})
    await tab.go(f"/items/{variable}")
    await tab.button("Set secret").click()
    await tab.page.locator('.secret input[type="password"]').fill("hunter2-never-shown")
    await tab.page.keyboard.press("Enter")
    await tab.says("set, never shown")
    shown = json.dumps(await ada.ask("GET", f"/items/{variable}")) + await tab.page.content()
    assert "hunter2-never-shown" not in shown


async def _gone(tab: Tab, selector: str) -> bool:
    return await tab.page.locator(selector).count() == 0


async def test_every_state_has_a_link_and_what_one_may_not_see_looks_like_nothing(tabs: Tabs, ada: Someone) -> None:
    item = await _new(ada, "links")
    await ada.deploy(item, script(LINES.replace("line_1", "second_1")), 1)
    tab = await tabs.open("ada", f"/items/{item}/versions/1?line=3")
    await until(lambda: _badge(tab, "Version 1 2 is live"), "an old version says so")
    assert "line_1" in await tab.text()
    await tab.go(f"/items/{item}/diff?from=version:1&to=version:2")
    await tab.page.locator("mark", has_text="second_1").wait_for()
    await tab.page.reload()
    await tab.page.locator("mark", has_text="second_1").wait_for()
    await tab.go(f"/items/{item}?panel=history")
    await tab.page.get_by_role("link", name="Version 2").wait_for()
    await tab.page.keyboard.press("Escape")
    assert "panel" not in tab.page.url
    await tab.go("/items/nothinghere")
    await tab.says("There is nothing here")
    private = await ada.make("script", "u/ada/private_to_ada", script("pass\n"))
    other = await tabs.open("linus", f"/items/{private}")
    await other.says("There is nothing here")


async def test_coming_back_one_sees_what_others_changed_until_it_is_seen(
    tabs: Tabs, ada: Someone, grace: Someone
) -> None:
    item = await _new(ada, "away")
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
    await tab.go(f"/items/{item}/drafts/{draft}")
    await until(lambda: _has(tab, "hers_4"), "the draft is shown")
    assert await tab.button("Seen").count() == 0


async def test_the_first_load_is_small(tabs: Tabs, ada: Someone) -> None:
    item = await _new(ada, "small")
    tab = await tabs.open("ada", "/")
    sizes: dict[str, int] = {}

    async def weigh(answer: Any) -> None:
        if answer.ok and urlsplit(answer.url).path.endswith((".js", ".css")):
            sizes[answer.url] = len(gzip.compress(await answer.body()))

    waits: list[Any] = []

    def answered(answer: Any) -> None:
        waits.append(asyncio.ensure_future(weigh(answer)))

    tab.page.on("response", answered)
    await tab.go(f"/items/{item}")
    await until(lambda: tab.page.locator(".cm-line span").count(), "the code is shown in its language")
    tab.page.remove_listener("response", answered)
    await asyncio.gather(*waits)
    assert len(sizes) > 3
    print(f"first load: {sum(sizes.values()) / 1024:.0f} KB compressed")
    assert sum(sizes.values()) <= MOST_BYTES


async def test_an_ai_session_is_plain_to_see_where_it_writes(tabs: Tabs, ada: Someone, address: str) -> None:
    code = "def first(a: int) -> int:\n    return a\n\n\ndef second(b: int) -> int:\n    return b\n"
    item = await _new(ada, "assistant", code)
    draft = (await ada.save(item, script(code + "# begun\n")))["draft"]
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    async with httpx.AsyncClient(timeout=DEADLINE_S) as client:
        body = {"draft": draft, "item": item, "user": "ada"}
        asked = await client.post(
            f"{address}/dev/assistant", json=body, headers={"authorization": f"Bearer {ada.token}"}
        )
    assert asked.status_code == 202
    await tab.says("AI is writing here")
    await tab.page.get_by_role("button", name="Draft assistant (AI, for Ada Lovelace) types here").wait_for()
    await tab.code.click()
    await tab.page.keyboard.press("Control+End")
    await tab.type("typed meanwhile")
    await until(lambda: _has(tab, "ValueError: an argument is out of range."), "what it writes comes in")
    assert "typed meanwhile" in await tab.text()
    await tab.saved()
