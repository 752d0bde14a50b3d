"""x"""

import pytest

from tests.browser.editor.people import LINES, Someone, Tabs, deployed_script, script

pytestmark = pytest.mark.slow


async def test_deploy_and_roll_back_by_keyboard_alone(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "keys")
    await ada.save(item, script(LINES.replace("line_1", "shipped_1")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await tab.page.keyboard.press("Control+Enter")
    panel = tab.page.get_by_role("complementary", name="Deploy")
    await panel.locator(".diff-line").first.wait_for()
    message = panel.get_by_label("Message")
    await tab.tab_to(message)
    await tab.type("by keyboard")
    await tab.page.keyboard.press("Enter")
    await tab.says("Version 2 is live.")
    assert (await ada.deployed(item))["content"].startswith("shipped_1")
    await tab.tab_to(tab.button("Roll back to 1"))
    await tab.page.keyboard.press("Enter")
    await tab.says("Version 3 is live: it says what version 1 said.")
    assert (await ada.deployed(item))["content"].startswith("line_1")
    versions = (await ada.ask("GET", f"/items/{item}/versions"))["versions"]
    assert [version.get("message") for version in versions][:2] == ["Roll back of version 2", "by keyboard"]
