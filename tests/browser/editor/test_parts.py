"""The parts of a document: modules, forms, secrets."""

import json
from typing import Any

import pytest

from tests.browser.editor.people import Someone, Tabs, until

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
    await until(lambda: tab.gone(".field-bad"), "it is right again")

    variable = await ada.make("variable", "f/payments/key", {"summary": "Key"})
    await tab.go(f"/items/{variable}")
    await tab.button("Set secret").click()
    await tab.page.locator('.secret input[type="password"]').fill("hunter2-never-shown")
    await tab.page.keyboard.press("Enter")
    await tab.says("set, never shown")
    shown = json.dumps(await ada.ask("GET", f"/items/{variable}")) + await tab.page.content()
    assert "hunter2-never-shown" not in shown
