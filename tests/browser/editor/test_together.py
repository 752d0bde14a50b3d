"""Several people and AI sessions in one draft: they see each other, and nothing of one moves for another."""

from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.chromium import find_chromium
from tests.browser.conftest import FLAGS
from tests.browser.editor.crowd import TYPING, equal, gather_at, put_carets, type_at_once
from tests.browser.editor.people import DEADLINE_S, LINES, Someone, Tab, Tabs, deployed_script, script, until
from tests.system.cluster import NO_TLS

pytestmark = pytest.mark.slow

SCROLLED = "() => document.querySelector('.code-host').shadowRoot.querySelector('.cm-scroller').scrollTop"


async def test_two_type_at_once_and_end_equal_while_a_third_only_looks(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "together")
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
    await expect(first.page.get_by_role("button", name="Grace Hopper types here")).to_have_count(1)

    own = (await ada.save(item, script(LINES + "# ada's own\n")))["draft"]
    third = await tabs.open("grace", f"/items/{item}/drafts/{own}")
    await third.says("You can look.")
    await third.line(1)
    await third.type("no")
    writer = await tabs.open("ada", f"/items/{item}/drafts/{own}")
    await writer.line(1)
    await writer.type("seen ")
    await until(lambda: third.has("seen line_1"), "who only looks sees it")
    assert "no" not in await third.text()
    await third.button("Ask to type").click()
    await (await writer.says("asks to type in your draft.")).wait_for()
    await writer.button("Allow").click()
    await third.says("You may type now.")
    await third.line(3)
    await third.type("now ")
    await until(lambda: writer.has("now line_3"), "who was allowed types")


async def test_caret_and_scroll_stay_while_another_types_above(tabs: Tabs, ada: Someone) -> None:
    long = "".join(f"line_{n} = {n}\n" for n in range(1, 301))
    item = await deployed_script(ada, "long", long)
    draft = (await ada.save(item, script(long + "# begun\n"), "shared"))["draft"]
    reader = await tabs.open("ada", f"/items/{item}/drafts/{draft}?line=200")
    writer = await tabs.open("grace", f"/items/{item}/drafts/{draft}")
    await reader.marked_line()
    await reader.type("HERE ")
    await reader.saved()
    await reader.page.get_by_role("button", name="Grace Hopper").wait_for()  # what shows her has its room
    place = (
        "() => document.querySelector('.code-host').shadowRoot.querySelector('.cm-meant').getBoundingClientRect().top"
    )
    before = await reader.page.evaluate(place)
    await writer.line(1)
    await writer.type("one\ntwo\nthree\n")
    await until(lambda: reader.page.get_by_role("button", name="Show Grace, above, line 4").count(), "she is above")
    await reader.type("I AM ")
    await until(lambda: reader.has("HERE I AM line_200"), "the caret is where it was")

    async def stands() -> bool:
        return abs(await reader.page.evaluate(place) - before) < 2

    await until(stands, "the line stands where it stood")
    await reader.undo_until("Control+z", "HERE line_200")  # one's own
    await reader.page.get_by_role("button", name="Show Grace, above, line 4").click()
    await until(lambda: reader.has("three"), "her text was never undone")


async def test_an_ai_session_is_plain_to_see_where_it_writes(tabs: Tabs, ada: Someone, address: str) -> None:
    code = "def first(a: int) -> int:\n    return a\n\n\ndef second(b: int) -> int:\n    return b\n"
    item = await deployed_script(ada, "assistant", code)
    draft = (await ada.save(item, script(code + "# begun\n")))["draft"]
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await tab.line(2)
    await tab.page.keyboard.press("End")
    async with httpx.AsyncClient(timeout=DEADLINE_S, verify=NO_TLS) as client:
        body = {"draft": draft, "item": item, "user": "ada"}
        asked = await client.post(
            f"{address}/dev/assistant", json=body, headers={"authorization": f"Bearer {ada.token}"}
        )
    assert asked.status_code == 202
    await tab.says("AI is writing here")
    await tab.page.get_by_role("button", name="Draft assistant (AI, for Ada Lovelace) types here").wait_for()
    await tab.type("  # typed meanwhile, in the very function")
    await until(lambda: tab.has("ValueError: an argument is out of range."), "what it writes comes in")
    await until(lambda: tab.has("return a  # typed meanwhile, in the very function"), "and what she types is whole")
    await tab.saved()


async def test_undo_and_redo_touch_only_ones_own(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "undo")
    draft = (await ada.save(item, script(LINES + "# begun\n"), "shared"))["draft"]
    first = await tabs.open("ada", f"/items/{item}/drafts/{draft}")
    second = await tabs.open("grace", f"/items/{item}/drafts/{draft}")
    await first.line(3)
    await first.type("by ada ")
    await until(lambda: second.has("by ada line_3"), "Grace has it")
    await second.line(3)
    await second.page.keyboard.press("ArrowRight")
    await second.page.keyboard.press("ArrowRight")
    await second.page.keyboard.press("ArrowRight")
    await second.type("[grace] ")
    await until(lambda: first.has("by [grace] ada line_3"), "she writes within Ada's text")
    await first.undo_until("Control+z", "\n[grace] line_3")
    await until(lambda: second.has("\n[grace] line_3"), "Ada's own goes, Grace's stays")
    await first.undo_until("Control+y", "ada line_3")
    await until(lambda: second.has("[grace]", "ada line_3"), "and comes again")
    await second.undo_until("Control+z", "by ada line_3")
    await until(lambda: first.has("by ada line_3"), "Grace takes back hers")
    await undo_by_button(first, "\nline_3")
    await until(lambda: second.has("\nline_3 = 3"), "the button does what the key does")
    await second.page.keyboard.press("Control+z")  # there is nothing left of hers
    assert await second.text() == await first.text()


async def test_twenty_tabs_on_one_draft_while_ten_type_end_equal(tabs: Tabs, ada: Someone) -> None:
    """How long their frames are is measured by ``make bench``."""
    lines = "".join(f"line_{n} = {n}\n" for n in range(1, TYPING + 3))
    item = await deployed_script(ada, "crowd", lines)
    draft = (await ada.save(item, script(lines + "# begun\n"), "shared"))["draft"]
    crowd = await gather_at(tabs, f"/items/{item}/drafts/{draft}")
    typing = crowd[:TYPING]
    await put_carets(typing)
    text = "# typed by one of ten "
    await type_at_once(typing, text, pause_ms=60)
    shown = await equal(crowd)
    assert shown.count(text) == TYPING
    found = await ada.ask("GET", f"/items/{item}/draft?purpose=shared")
    assert found["value"]["content"].rstrip("\n") == shown.rstrip("\n")


async def test_who_follows_somebody_sees_what_they_see_until_they_do_something_themselves(
    tabs: Tabs, ada: Someone
) -> None:
    long = "".join(f"line_{n} = {n}\n" for n in range(1, 301))
    item = await deployed_script(ada, "followed", long)
    draft = (await ada.save(item, script(long + "# begun\n"), "shared"))["draft"]
    led = await tabs.open("grace", f"/items/{item}/drafts/{draft}")
    follower = await tabs.open("ada", f"/items/{item}/drafts/{draft}")
    await led.line(1)
    await follower.page.get_by_role("button", name="Grace Hopper").click()
    await follower.button("Follow").click()
    await follower.says("You follow Grace.")
    await expect(follower.page.locator(".code[data-followed]")).to_have_count(1)

    async def scrolled(tab: Tab) -> int:
        return int(await tab.page.evaluate(SCROLLED))

    await led.code.hover()
    await led.page.mouse.wheel(0, 2400)
    await until(lambda: scrolled(led), "Grace scrolls")

    async def same() -> bool:
        first, second = await scrolled(led), await scrolled(follower)
        return second > 0 and abs(first - second) < 40  # a line's height: what is seen begins at the same line

    await until(same, "Ada sees what Grace sees")
    await follower.code.hover()
    await follower.page.mouse.wheel(0, -300)
    await until(lambda: follower.gone(".following"), "one's own input ends it")
    assert "sees lines" in await led_card(follower)


async def test_any_input_of_ones_own_ends_following(address: str, ada: Someone) -> None:
    """Keys, Escape, a touch, a choice in the tree, and the scroll bar, which this browser shows."""
    modules = [_module(name, "".join(f"line_{n} = {n}\n" for n in range(1, 201))) for name in ("a", "b")]
    value = {"summary": "A flow", "value": {"modules": modules}}
    item = await ada.make("flow", "f/payments/led", value)
    draft = (await ada.save(item, {**value, "summary": "Led"}, "shared"))["draft"]
    executable, flags = find_chromium(), list(FLAGS)
    async with async_playwright() as playwright, AsyncExitStack() as stack:
        shown = await playwright.chromium.launch(
            executable_path=executable, args=flags, ignore_default_args=["--hide-scrollbars"]
        )
        stack.push_async_callback(shown.close)
        tabs = Tabs(shown, address)
        await stack.enter_async_context(tabs.stack)
        led = await tabs.open("grace", f"/items/{item}/drafts/{draft}?at=a")
        follower = await tabs.open("ada", f"/items/{item}/drafts/{draft}?at=a")
        await led.line(3)
        scroller = follower.page.locator(".code-host .cm-scroller").first

        async def drag_the_scroll_bar() -> None:
            box = await scroller.bounding_box()
            assert box is not None
            assert await scroller.evaluate("bar => bar.offsetWidth - bar.clientWidth") > 5, "there is a bar to drag"
            await follower.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 20)
            await follower.page.mouse.down()
            await follower.page.mouse.move(box["x"] + box["width"] - 5, box["y"] + 90)
            await follower.page.mouse.up()
            await until(lambda: scroller.evaluate("bar => bar.scrollTop > 0"), "it was dragged")

        async def wheel() -> None:
            await scroller.hover()
            await follower.page.mouse.wheel(0, -30)

        for act in (
            drag_the_scroll_bar,
            wheel,
            lambda: follower.code.press("ArrowDown"),
            lambda: follower.page.keyboard.press("Escape"),
            lambda: scroller.dispatch_event("touchmove"),
            lambda: follower.page.get_by_role("button", name="Step b").click(),
        ):
            await follower.page.get_by_role("button", name="Grace Hopper").click()
            await follower.button("Follow").click()
            await follower.says("You follow Grace.")
            await follower.effects_run()  # Escape is heard from then on
            await act()
            await until(lambda: follower.gone(".following"), "it ends")
        await follower.says("2 of 2")
        assert tabs.problems == []


def _module(name: str, code: str, **more: Any) -> dict[str, Any]:
    content = {"type": "rawscript", "language": "python3", "content": code, **more}
    return {"id": name, "summary": f"Step {name}", "value": content}


async def test_of_several_texts_on_a_page_one_is_where_somebody_is(tabs: Tabs, ada: Someone) -> None:
    """The first, until the caret is in another one; then that one, whatever comes in elsewhere."""
    inputs = {name: {"type": "javascript", "expr": f"flow_input.{name}"} for name in ("charge", "amount")}
    modules = [_module("a", "x = 1\n", input_transforms=inputs), _module("b", "y = 1\n")]
    value = {"summary": "A flow", "value": {"modules": modules}}
    item = await ada.make("flow", "f/payments/several", value)
    draft = (await ada.save(item, {**value, "summary": "Begun"}, "shared"))["draft"]
    tab = await tabs.open("grace", f"/items/{item}/drafts/{draft}?at=a")
    await expect(tab.page.locator(".code-host .cm-content")).to_have_count(3)
    first, other = "a/value/content", "a/value/input_transforms/charge/expr"

    async def at(*wanted: str) -> bool:
        found = await ada.ask("GET", f"/items/{item}/presence")
        hers = [one for one in found["here"] if one["actor"]["name"] == "Grace Hopper"]
        return [(one.get("at"), one["state"]) for one in hers] == [wanted]

    await until(lambda: at(first, "viewing"), "the first one")
    await tab.page.locator(f'[data-at="{other}"] .cm-content').click()
    await until(lambda: at(other, "editing"), "where the caret is")
    changed = [_module("a", "x = 2\n", input_transforms=inputs), modules[1]]
    await ada.save(item, {**value, "summary": "Begun", "value": {"modules": changed}}, "shared")
    await until(lambda: tab.has("x = 2"), "another changes the first text")
    await tab.page.get_by_role("button", name="Step b").click()
    await until(lambda: at("b/value/content", "viewing"), "and goes with them to the next part")


async def undo_by_button(tab: Tab, text: str) -> None:
    """Click until a text stands there: what was typed slowly is several entries."""

    async def there() -> bool:
        if not await tab.has(text):
            await tab.button("Undo my last edit").click()
        return await tab.has(text)

    await until(there, f"the button leads to {text!r}")


async def led_card(tab: Tab) -> str:
    await tab.page.get_by_role("button", name="Grace Hopper").click()
    return await tab.page.get_by_role("dialog", name="Grace Hopper").inner_text()
