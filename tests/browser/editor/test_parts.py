"""The parts of a document: modules, forms, secrets."""

import json
from typing import Any

import pytest
from playwright.async_api import Locator, expect

from tests.browser.editor.people import LINES, Someone, Tab, Tabs, deployed_script, script, until

pytestmark = pytest.mark.slow


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
    await tab.click_code()
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
    await expect(field).to_have_attribute("aria-invalid", "true")
    await field.fill("0 0 9 * * *")
    await field.press("Tab")
    await until(lambda: tab.gone(".field-bad"), "it is right again")

    variable = await ada.make("variable", "f/payments/key", {"summary": "Key"})
    await tab.go(f"/items/{variable}")
    await tab.button("Set secret").click()
    await tab.page.locator('.secret input[type="password"]').fill("hunter2-never-shown")
    await tab.page.keyboard.press("Enter")
    await tab.says("set, never shown")
    shown = json.dumps(await ada.ask("GET", f"/items/{variable}")) + await tab.page.content()
    assert "hunter2-never-shown" not in shown


async def test_what_is_typed_in_a_field_stays_while_another_changes_the_value(tabs: Tabs, ada: Someone) -> None:
    """A value that is set as a whole: typed text is the person's until they leave the field or put it away."""
    value = {
        "summary": "Nightly",
        "schedule": "0 0 8 * * *",
        "timezone": "UTC",
        "args": {"list": [1]},
        "runs": {"path": "f/payments/refund_charge", "kind": "script"},
    }
    item = await ada.make("schedule", "f/payments/fields_stay", value)
    await ada.save(item, {**value, "summary": "Every night"})
    tab = await tabs.open("ada", f"/items/{item}")
    field = tab.page.get_by_label("Timezone", exact=True)
    await field.fill("Europe/")
    inside = tab.page.locator('.field[data-address="/args"] textarea')
    await ada.save(item, {**value, "timezone": "Asia/Tokyo", "args": {"list": [1, 2]}})
    await tab.says("It was changed meanwhile.")
    assert await field.input_value() == "Europe/"
    await tab.button("Show how it reads now").click()
    await expect(field).to_have_value("Asia/Tokyo")
    await inside.focus()
    await until(lambda: _holds(inside, "2"), "others' value is shown where nothing is typed")
    await inside.fill("[1, 2, 3")
    await ada.save(item, {**value, "timezone": "Asia/Tokyo", "args": {"list": [1, 2, 4]}})
    await tab.says("It was changed meanwhile.")
    assert await inside.input_value() == "[1, 2, 3"
    await tab.page.keyboard.press("Tab")
    await tab.says("This is no JSON yet, so it is not saved.")
    assert await inside.input_value() == "[1, 2, 3"
    await inside.fill('{"list": [1, 2, 3]}')
    await tab.page.keyboard.press("Tab")
    await tab.saved()
    found = await ada.ask("GET", f"/items/{item}/draft?purpose=own")
    assert found["value"]["args"]["list"] == [1, 2, 3]


async def test_what_was_typed_where_somebody_removed_it_is_said_and_can_be_copied(tabs: Tabs, ada: Someone) -> None:
    code = {"type": "rawscript", "language": "bun", "content": "// code\n"}
    module = {"id": "a", "summary": "A", "value": code}
    value: dict[str, Any] = {"summary": "A flow", "value": {"modules": [module], "same_worker": False}, "priority": 7}
    item = await ada.make("flow", "f/payments/removed_under", value)
    saved = await ada.save(item, value | {"summary": "Flow"})
    tab = await tabs.open("ada", f"/items/{item}/drafts/{saved['draft']}?at=a")
    await tab.line(1)
    await tab.type("typed ")
    await tab.saved()
    number = {**module, "value": {**code, "content": 42}}
    await ada.save(item, value | {"value": {"modules": [number], "same_worker": False}})
    await tab.says("content is no text any more: somebody has put something else in its place.")
    await tab.button("Copy what stood there").click()
    await tab.says("It is copied.")
    assert await tab.page.evaluate("navigator.clipboard.readText()") == "typed // code\n"
    await tab.go(f"/items/{item}/drafts/{saved['draft']}?at=~more")
    await tab.page.locator('.field[data-address="/priority"] input').fill("12")
    await ada.save(item, {name: value[name] for name in ("summary", "value")})
    await tab.says("What you typed in a field that is gone was not saved.")
    await tab.button("Copy it").click()
    await until(lambda: _is_copied(tab, "12"), "it is in the clipboard")


async def _is_copied(tab: Tab, text: str) -> bool:
    return bool(await tab.page.evaluate("navigator.clipboard.readText()") == text)


async def _holds(field: Locator, text: str) -> bool:
    return text in await field.input_value()


async def test_the_deployed_version_beside_it_marks_what_differs(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "beside")
    await ada.save(
        item, script(LINES.replace("line_3", "other_3").replace("line_6 = 6\n", "line_6 = 6\nmore\nand more\n"))
    )
    tab = await tabs.open("ada", f"/items/{item}?beside=deployed")
    beside = tab.page.get_by_role("complementary", name="Version 1, as it is deployed")
    await beside.locator("li[data-differs]", has_text="line_3").wait_for()
    await expect(beside.locator("li[data-differs]")).to_have_count(1)
    assert await beside.locator('li[data-more="2 lines"]').inner_text() != ""
    await tab.line(1)
    await tab.type("typed ")
    await expect(beside.locator("li[data-differs]")).to_have_count(2)  # it follows what is typed


async def test_an_open_editor_comes_back_when_its_item_does(tabs: Tabs, ada: Someone, grace: Someone) -> None:
    item = await deployed_script(ada, "undeleted")
    await ada.save(item, script(LINES + "# begun\n"))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("kept ")
    await tab.saved()
    await ada.ask("DELETE", f"/items/{item}")
    await tab.says("deleted this item.")
    await ada.ask("POST", f"/items/{item}/undelete", {})
    await tab.saved()
    await until(lambda: _gone_text(tab, "deleted this item."), "nothing says it is gone")
    await tab.line(4)
    await tab.type("again ")
    await tab.saved()
    content = (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"]
    assert "kept line_2" in content and "again line_4" in content


async def _gone_text(tab: Tab, text: str) -> bool:
    return await tab.page.get_by_text(text).count() == 0


async def test_a_state_gets_a_name_and_is_found_by_it(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "named")
    saved = await ada.save(item, script(LINES.replace("line_2", "early_2")))
    await ada.save(item, script(LINES.replace("line_2", "late_2")))
    tab = await tabs.open("ada", f"/items/{item}?panel=history&state={saved['etag']}")
    await until(lambda: tab.has("early_2"), "the past is shown")
    await tab.page.get_by_role("tab", name="This draft").click()
    panel = tab.page.get_by_role("complementary", name="History")
    await panel.get_by_role("button", name="Name it").first.click()
    await panel.get_by_label("A name for this state").fill("before the change")
    await tab.page.keyboard.press("Enter")
    named = panel.get_by_role("region", name="Named states")
    await named.get_by_role("button", name="before the change").wait_for()
    await tab.go(f"/items/{item}?panel=history")
    await until(lambda: tab.has("late_2"), "the draft as it is")
    await tab.page.get_by_role("tab", name="This draft").click()
    await named.get_by_role("button", name="before the change").click()
    await until(lambda: tab.has("early_2"), "by its name")
