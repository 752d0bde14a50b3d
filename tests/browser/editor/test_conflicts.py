"""Where two wrote in one place, or the item was deployed meanwhile: what is said, and every way out."""

import json
import re

import pytest
from playwright.async_api import Locator, expect

import draftwire
from draftwire.document.ops import Text
from tests.browser.editor.people import LINES, Someone, Tabs, deployed_script, script, until

pytestmark = pytest.mark.slow


async def test_case_11_a_save_that_met_other_text_is_a_banner_with_a_way_out(tabs: Tabs, ada: Someone) -> None:
    """Cases 10, 11 and 12: nothing is replaced, both texts are shown in the editor, and saving goes on."""
    item = await deployed_script(ada, "met")
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
    await tab.button("Look").wait_for(state="detached")
    await tab.line(5)
    await tab.type("more ")
    await tab.saved()
    assert "more line_5" in (await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"]


async def test_a_save_that_met_other_text_says_whose_it_was(tabs: Tabs, ada: Someone, grace: Someone) -> None:
    item = await deployed_script(ada, "whose")
    saved = await ada.save(item, script(LINES.replace("line_3", "began_3")), "shared")
    base = {"if_match": f'"{saved["etag"]}"'}
    path = f"/items/{item}/draft?purpose=shared"
    await grace.ask("PUT", path, {"value": script(LINES.replace("line_3", "grace_3"))}, **base)
    refused = await ada.ask("PUT", path, {"value": script(LINES.replace("line_3", "ada_3"))}, **base)
    assert refused["code"] == "stale"
    tab = await tabs.open("ada", f"/items/{item}?panel=conflicts")
    await tab.says("Your save met changes of Grace Hopper, in content.")
    other = await tabs.open("grace", f"/items/{item}?panel=stash")
    await other.says("A save of Ada Lovelace met your changes, in content.")
    await tab.go(f"/items/{item}?panel=stash")
    await tab.says("A save that met other text")


async def test_case_12_a_conflict_is_told_in_every_part_of_the_editor(tabs: Tabs, ada: Someone) -> None:
    """Case 12: code, fields, the difference, JSON and the history all say it."""
    item = await deployed_script(ada, "everywhere")
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


async def test_json_that_is_typed_while_another_writes_is_merged_and_what_meets_is_chosen(
    tabs: Tabs, ada: Someone, grace: Someone
) -> None:
    item = await deployed_script(ada, "as_json")
    saved = await ada.save(item, script(LINES), "shared")
    tab = await tabs.open("ada", f"/items/{item}/drafts/{saved['draft']}?panel=json")
    await tab.button("Change as JSON").click()
    theirs = script(LINES.replace("line_2", "grace_2").replace("line_7", "grace_7"))
    path = f"/items/{item}/draft?purpose=shared"
    await grace.ask("PUT", path, {"value": theirs}, if_match=f'"{saved["etag"]}"')
    await tab.says("The draft has changed meanwhile.")
    typed = script(LINES.replace("line_2", "ada_2").replace("line_5", "ada_5"), "Written as JSON")
    await tab.page.get_by_label("The document as JSON").fill(json.dumps(typed))
    await tab.button("Take it").click()
    await tab.says("Meanwhile the same was changed in the draft.")
    choices = tab.page.get_by_role("radio", name="Mine")
    await choices.first.wait_for()
    for choice in await choices.all():
        await choice.check()
    await tab.button("Take it").click()
    await tab.says("The document is changed.")
    await tab.saved()
    value = (await ada.ask("GET", path))["value"]
    wanted = LINES.replace("line_2", "ada_2").replace("line_5", "ada_5").replace("line_7", "grace_7")
    assert (value["content"], value["summary"]) == (wanted, "Written as JSON")


async def test_a_foreign_deploy_is_told_and_brought_in_and_undone(tabs: Tabs, ada: Someone, grace: Someone) -> None:
    item = await deployed_script(ada, "behind")
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("mine ")
    await tab.saved()
    await grace.deploy(item, script(LINES.replace("line_7", "theirs_7")), 1)
    await tab.says("Grace Hopper deployed version 2")
    await tab.button("Choose").click()
    await tab.says("Nothing overlaps.")
    await tab.button("Bring it in").click()
    await tab.button("Undo").hover()  # what is said goes after a while, but not from under the pointer
    await until(lambda: tab.has("mine line_2", "theirs_7"), "both are in the draft")
    await until(lambda: tab.badge_says("since version 2"), "it stands on the new version")
    await tab.button("Undo").click()
    await until(lambda: tab.lacks("theirs_7"), "the old text is there")
    assert await tab.has("mine line_2", "line_7")


async def test_revert_and_its_undo(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "revert")
    tab = await tabs.open("ada", f"/items/{item}")
    assert await until(lambda: tab.badge_says("Deployed version 1"), "nothing is changed yet")
    await tab.line(4)
    await tab.type("changed ")
    await tab.saved()
    await until(lambda: tab.badge_says("Draft 1 change since version 1"), "the badge counts")
    await tab.page.locator(".badge").click()
    await tab.page.get_by_role("menuitem", name="Revert changes").click()
    await tab.button("Undo").hover()
    await until(lambda: tab.lacks("changed "), "it reads as deployed")
    await tab.button("Undo").click()
    await until(lambda: tab.has("changed line_4"), "it is back")


async def _typed_by_both(address: str, item: str, ada: Someone, grace: Someone, clash: Text, other: Text) -> str:
    """Both edit one state of the shared draft, unseen by each other, and stay until it is seen. Gives the draft."""
    async with (
        draftwire.connect(address, ada.token) as mine,
        draftwire.connect(address, grace.token) as theirs,
    ):
        drafts = [await client.open(item=item, purpose="shared") for client in (mine, theirs)]
        for draft, op in zip(drafts, (clash, other), strict=True):
            draft.edit(op)
        for draft in drafts:
            await draft.saved()
            await until(lambda draft=draft: draft.alerts, "the conflict is told")
        if drafts[0].alerts[0].fades:
            await until(lambda: not drafts[0].alerts, "it has settled by itself")
        return drafts[0].id


async def test_an_open_conflict_is_marked_in_the_text_and_deploy_warns_of_it(
    tabs: Tabs, address: str, ada: Someone, grace: Someone
) -> None:
    item = await deployed_script(ada, "marked")
    size = len("line_3 = 3")
    start = LINES.index("line_3")
    mine = Text("/content", ((start, size, "ada_3\nand_4"),))
    theirs = Text("/content", ((start, size, "grace_3"),))
    draft = await _typed_by_both(address, item, ada, grace, mine, theirs)
    tab = await tabs.open("ada", f"/items/{item}/drafts/{draft}")
    marked = tab.page.locator(".cm-met")
    await until(lambda: _lines(marked, ("ada_3", "and_4", "grace_3")), "the lines of both are marked, and no others")
    assert "waits for a choice" in (await marked.first.get_attribute("title") or "")
    await tab.line(1)
    await tab.type("# above\n")
    await until(lambda: _lines(marked, ("ada_3", "and_4", "grace_3")), "the marks move with the text")
    await tab.saved()
    await tab.page.keyboard.press("Control+Enter")
    panel = tab.page.get_by_role("complementary", name="Deploy")
    await panel.get_by_text("One conflict is open in this draft.").wait_for()
    await panel.get_by_role("button", name="Deploy version 2").wait_for()
    await panel.get_by_role("button", name=re.compile(r"^lines? \d")).click()
    await tab.button("It is fine as it stands").click()
    await expect(marked).to_have_count(0)
    await tab.go(f"/items/{item}/drafts/{draft}?panel=deploy")
    await panel.get_by_role("button", name="Deploy version 2").wait_for()
    await expect(panel.get_by_text("is open in this draft")).to_have_count(0)


async def _lines(marked: Locator, wanted: tuple[str, ...]) -> bool:
    texts = await marked.all_inner_texts()
    joined = "\n".join(texts)
    return all(part in joined for part in wanted) and "line_2" not in joined and "line_4" not in joined


async def test_what_settled_by_itself_is_listed_with_both_texts(
    tabs: Tabs, address: str, ada: Someone, grace: Someone
) -> None:
    item = await deployed_script(ada, "settled")
    at = LINES.index("line_5")
    texts = [Text("/content", ((at, 0, word),)) for word in ("adas ", "graces ")]
    draft = await _typed_by_both(address, item, ada, grace, *texts)
    tab = await tabs.open("ada", f"/items/{item}/drafts/{draft}?panel=conflicts")
    await tab.says("Nothing waits for a choice here.")
    await tab.page.get_by_text("Settled by themselves (1)").click()
    listed = tab.page.get_by_role("region", name=re.compile("You and Grace Hopper wrote in one place"))
    for word in ("adas", "graces"):
        await listed.get_by_text(word).first.wait_for()
    await expect(tab.page.locator(".cm-met")).to_have_count(0)
