"""Eight tasks of every day, each by mouse and by keyboard alone: what one can do with either is the same."""

from typing import Protocol

import pytest
from playwright.async_api import Locator, expect

from tests.browser.editor.people import LINES, Someone, Tab, Tabs, deployed_script, script, until


class Hands(Protocol):
    """How somebody works a page."""

    name: str

    def __init__(self, tab: Tab) -> None: ...

    async def press(self, wanted: Locator) -> None:
        """Act on a button or a link."""

    async def write(self, field: Locator, text: str) -> None:
        """Write into a field."""

    async def pick(self, field: Locator, label: str) -> None:
        """Choose in a list."""

    async def into_code(self, line: int) -> None:
        """Put the caret at the beginning of a line of the code."""

    async def menu(self, button: Locator, entry: str) -> None:
        """Choose an entry of a menu."""


class Mouse:
    name = "mouse"

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    async def press(self, wanted: Locator) -> None:
        await wanted.click()

    async def write(self, field: Locator, text: str) -> None:
        await field.click()
        await self.tab.type(text)

    async def pick(self, field: Locator, label: str) -> None:
        await field.select_option(label=label)

    async def into_code(self, line: int) -> None:
        await self.tab.code.locator(".cm-line").nth(line - 1).click(position={"x": 9, "y": 8})

    async def menu(self, button: Locator, entry: str) -> None:
        await button.click()
        await self.tab.page.get_by_role("menuitem", name=entry).click()


class Keyboard:
    """Never touches the mouse; where the focus is, a person must be able to see."""

    name = "keyboard"

    def __init__(self, tab: Tab) -> None:
        self.tab = tab

    async def reach(self, wanted: Locator) -> None:
        await wanted.wait_for()
        await self.tab.effects_run()  # what opened with it takes the focus a moment later
        if await self.tab.page.evaluate("document.activeElement?.classList.contains('code-host')"):
            await self.tab.page.keyboard.press("Escape")  # then Tab leaves the code
        await self.tab.tab_to(wanted)

    async def press(self, wanted: Locator) -> None:
        await self.reach(wanted)
        await self.tab.page.keyboard.press("Enter")

    async def write(self, field: Locator, text: str) -> None:
        await self.reach(field)
        await self.tab.type(text)

    async def pick(self, field: Locator, label: str) -> None:
        await field.locator("option", has_text=label).wait_for(state="attached")
        await self.reach(field)
        await self.tab.type(label)

    async def into_code(self, line: int) -> None:
        await self.reach(self.tab.page.locator(".code-host").first)
        await self.tab.page.keyboard.press("Control+Home")
        for _ in range(line - 1):
            await self.tab.page.keyboard.press("ArrowDown")

    async def menu(self, button: Locator, entry: str) -> None:
        await self.press(button)
        wanted = self.tab.page.get_by_role("menuitem", name=entry)
        await expect(self.tab.page.get_by_role("menuitem").first).to_be_focused()
        for _ in range(20):
            if await wanted.evaluate("element => element === document.activeElement"):
                break
            await self.tab.page.keyboard.press("ArrowDown")
        await self.tab.page.keyboard.press("Enter")


pytestmark = [pytest.mark.slow, pytest.mark.parametrize("hands", [Mouse, Keyboard], ids=["mouse", "keyboard"])]


async def test_find(tabs: Tabs, ada: Someone, hands: type[Hands]) -> None:
    item = await deployed_script(ada, f"find_{hands.name}", LINES + f"needle_{hands.name} = 1\n")
    tab = await tabs.open("ada", "/")
    await hands(tab).write(tab.page.get_by_role("searchbox", name="Search in items"), f"needle_{hands.name}")
    found = tab.page.get_by_role("main").get_by_role("link", name="A script", exact=True)
    await until(lambda: _only(found), "one item has it")
    await hands(tab).press(found)
    await until(lambda: tab.has(f"needle_{hands.name} = 1"), "it is opened")
    assert f"/items/{item}" in tab.page.url


async def _only(found: Locator) -> bool:
    return await found.count() == 1


async def test_edit(tabs: Tabs, ada: Someone, hands: type[Hands]) -> None:
    item = await deployed_script(ada, f"edit_{hands.name}")
    tab = await tabs.open("ada", f"/items/{item}")
    await until(lambda: tab.has("line_8 = 8"), "the code is shown")
    await hands(tab).into_code(3)
    await tab.type("edited ")
    await tab.saved()
    await hands(tab).press(tab.button("Fields"))
    await hands(tab).write(tab.page.get_by_role("textbox", name="Summary"), "Once more: ")
    await tab.saved()
    value = (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]
    assert "edited line_3" in value["content"] and "Once more: " in value["summary"]


async def test_invite(tabs: Tabs, ada: Someone, grace: Someone, hands: type[Hands]) -> None:
    item = await deployed_script(ada, f"invite_{hands.name}")
    draft = (await ada.save(item, script(LINES + "# mine\n")))["draft"]
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await hands(tab).menu(tab.page.locator(".badge"), "Who can see and type")
    panel = tab.page.get_by_role("complementary", name="Who can see and type")
    await hands(tab).pick(panel.get_by_label("Whom to invite"), "Grace Hopper")
    await hands(tab).press(panel.get_by_role("button", name="Invite", exact=True))
    await panel.get_by_text("may type").wait_for()
    found = await grace.ask("GET", f"/drafts/{draft}?item={item}")
    assert found["draft"] == draft
    guest = await tabs.open("grace", f"/items/{item}/drafts/{draft}")
    await guest.saved()  # not: you can look
    await guest.line(1)
    await guest.type("as a guest ")
    await until(lambda: tab.has("as a guest line_1"), "who is invited types")


async def test_resolve_an_overlap(tabs: Tabs, ada: Someone, hands: type[Hands]) -> None:
    item = await deployed_script(ada, f"overlap_{hands.name}")
    saved = await ada.save(item, script(LINES.replace("line_3", "began_3")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("typed ")
    await tab.saved()
    stale = {"value": script(LINES.replace("line_2", "saved_2").replace("line_3", "began_3"))}
    await ada.ask("PUT", f"/items/{item}/draft?purpose=own", stale, if_match=f'"{saved["etag"]}"')
    await hands(tab).press(tab.button("Look"))
    await hands(tab).press(tab.button("It is fine as it stands"))
    await tab.says("That is settled, for both.")
    await tab.button("Look").wait_for(state="detached")
    assert await tab.has("typed line_2")


async def test_resolve_a_behind(tabs: Tabs, ada: Someone, grace: Someone, hands: type[Hands]) -> None:
    """The newer version changed the same line: it is chosen hunk by hunk."""
    item = await deployed_script(ada, f"behind_{hands.name}")
    await ada.save(item, script(LINES.replace("line_2", "mine_2")))
    await grace.deploy(item, script(LINES.replace("line_2", "theirs_2").replace("line_7", "theirs_7")), 1)
    tab = await tabs.open("ada", f"/items/{item}")
    await hands(tab).press(tab.button("Choose"))
    panel = tab.page.get_by_role("complementary", name="A newer version is live")
    mine = panel.get_by_role("radio", name="Mine").or_(panel.get_by_role("button", name="Mine")).first
    await mine.wait_for()
    if hands is Mouse:
        await mine.click()
    else:
        await Keyboard(tab).reach(mine)
        await tab.page.keyboard.press("Space")
    await hands(tab).press(panel.get_by_role("button", name="Bring it in"))
    await until(lambda: tab.has("mine_2", "theirs_7"), "mine where I chose it, theirs elsewhere")
    await until(lambda: tab.badge_says("since version 2"), "it stands on the new version")


async def test_undo_a_revert(tabs: Tabs, ada: Someone, hands: type[Hands]) -> None:
    item = await deployed_script(ada, f"revert_{hands.name}")
    await ada.save(item, script(LINES.replace("line_2", "mine_2")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await until(lambda: tab.badge_says("1 change"), "the badge counts")
    await hands(tab).menu(tab.page.locator(".badge"), "Revert changes")
    await until(lambda: tab.has("line_2 = 2"), "it reads as deployed")
    await hands(tab).press(tab.button("Undo"))
    await until(lambda: tab.has("mine_2 = 2"), "it is back")


async def test_deploy(tabs: Tabs, ada: Someone, hands: type[Hands]) -> None:
    item = await deployed_script(ada, f"deploy_{hands.name}")
    await ada.save(item, script(LINES.replace("line_1", "shipped_1")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await hands(tab).press(tab.page.locator(".editor-bar").get_by_role("button", name="Deploy", exact=True))
    panel = tab.page.get_by_role("complementary", name="Deploy")
    await panel.locator(".diff-line").first.wait_for()
    await hands(tab).write(panel.get_by_label("Message"), f"by {hands.name}")
    await hands(tab).press(panel.get_by_role("button", name="Deploy version 2"))
    await tab.says("Version 2 is live.")
    assert (await ada.deployed(item))["content"].startswith("shipped_1")
    versions = (await ada.ask("GET", f"/items/{item}/versions"))["versions"]
    assert versions[0]["message"] == f"by {hands.name}"


async def test_roll_back(tabs: Tabs, ada: Someone, hands: type[Hands]) -> None:
    item = await deployed_script(ada, f"rollback_{hands.name}")
    await ada.deploy(item, script(LINES.replace("line_1", "second_1")), 1)
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await hands(tab).menu(tab.button("More ways"), "History and roll back")
    await hands(tab).press(tab.button("Roll back to it"))
    await tab.says("Version 3 is live: it says what version 1 said.")
    assert (await ada.deployed(item))["content"].startswith("line_1")
    versions = (await ada.ask("GET", f"/items/{item}/versions"))["versions"]
    assert versions[0]["message"] == "Roll back to version 1"


async def test_deploy_and_roll_back_at_once_by_keys_of_their_own(tabs: Tabs, ada: Someone, hands: type[Hands]) -> None:
    """The deploy's key from within the code, and the Undo that is said, by its key."""
    item = await deployed_script(ada, f"keys_{hands.name}")
    await ada.save(item, script(LINES.replace("line_1", "shipped_1")))
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.saved()
    await hands(tab).into_code(1)
    await tab.page.keyboard.press("Control+Enter")
    panel = tab.page.get_by_role("complementary", name="Deploy")
    await panel.locator(".diff-line").first.wait_for()
    await hands(tab).write(panel.get_by_label("Message"), "by its key")
    await tab.page.keyboard.press("Enter")
    await tab.says("Version 2 is live.")
    await hands(tab).press(tab.button("Roll back to 1"))
    await tab.says("Version 3 is live: it says what version 1 said.")
    versions = (await ada.ask("GET", f"/items/{item}/versions"))["versions"]
    assert [version.get("message") for version in versions][:2] == ["Roll back of version 2", "by its key"]
