"""An AI session and a person in one function: both see each other; the person tells it, stops it, undoes it."""

import asyncio
from itertools import count
from typing import Any

import pytest

from tests.browser.editor.people import LINES, Someone, Tab, Tabs, deployed_script, until

pytestmark = pytest.mark.slow

AT = "/content"
PAUSE_S = 0.03  # between the pieces of a stream: quicker than a model writes, and slow enough for a page to draw


class Machine:
    """An agent of ada's over HTTP, with a run."""

    def __init__(self, ada: Someone, run: dict[str, Any], item: str) -> None:
        self.ada, self.run, self.item = ada, run["id"], item

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        return await self.ada.ask(method, path, body, draftwire_agent="refactorer")

    async def do(self, tool: str, **body: Any) -> Any:
        return await self.ask("POST", f"/runs/{self.run}/{tool}", body)

    async def edit(self, *edits: dict[str, Any]) -> Any:
        return await self.do("edit", item=self.item, edits=edits)


async def at_work(ada: Someone, item: str, label: str, mode: str = "apply") -> Machine:
    asked = {"label": label, "model": "a-model", "mode": mode}
    made = await ada.ask("POST", "/runs", asked, draftwire_agent="refactorer")
    machine = Machine(ada, made, item)
    await machine.do("read", item=item, at=AT)
    return machine


async def panel_of(tab: Tab) -> Any:
    panel = tab.page.get_by_role("complementary", name="AI sessions")
    await panel.wait_for()
    return panel


async def test_a_person_stops_a_stream_undoes_the_run_and_keeps_their_own_text(tabs: Tabs, ada: Someone) -> None:
    """What issue 6 is done with: both in one function, neither loses a character."""
    item = await deployed_script(ada, "agents")
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(2)
    await tab.type("mine ")
    await tab.saved()
    machine = await at_work(ada, item, "Name what is counted")
    await machine.edit({"do": "str_replace", "at": AT, "old": "line_5 = 5", "new": "number_5 = 5"})
    stream = (await machine.do("streams", item=item, at=AT, after="line_3 = 3\n"))["id"]

    async def write_on() -> None:
        for sent in count():
            await machine.do(f"streams/{stream}/append", text=f"# {sent}\n")
            await asyncio.sleep(PAUSE_S)

    writing = asyncio.create_task(write_on())
    await tab.says("AI is writing here")
    await until(lambda: tab.has("# 3"), "what it writes is seen as it comes")
    await tab.line(5)
    await tab.type("# between by ada ")  # inside of what it writes
    await until(lambda: tab.has("# between by ada "), "the person types inside")
    await tab.page.get_by_role("button", name="Stop refactorer").click()
    await tab.says("is stopped. What it wrote is still there.")
    with pytest.raises(AssertionError, match="run_stopped"):
        await writing
    await tab.saved()

    async def draft() -> str:
        """Its whole text: a page draws only the lines in sight, and the stream may have written many."""
        return str((await ada.ask("GET", f"/items/{item}/draft?purpose=own"))["value"]["content"])

    content = await draft()
    assert "mine line_2" in content and "number_5" in content and "# between by ada " in content

    await tab.page.keyboard.press("Escape")  # out of the code
    await tab.go(f"/items/{item}?panel=agents")
    panel = await panel_of(tab)
    await panel.get_by_text("was stopped").wait_for()
    await panel.get_by_text("1 text left unfinished").wait_for()
    await panel.get_by_role("button", name="Its changes").click()
    await panel.get_by_role("button", name="Undo all").click()

    async def undone() -> str:
        text = await draft()
        return "" if "number_5" in text else text

    text = await until(undone, "what it changed is as it was")
    assert "mine line_2 = 2" in text
    assert "# between by ada " in text
    assert "line_5 = 5" in text
    assert text.replace("mine ", "").replace("# between by ada ", "").replace("\n", "") == LINES.replace("\n", "")
    await panel.get_by_role("button", name="Redo all").click()

    async def again() -> bool:
        text = await draft()
        return "number_5" in text and "mine line_2" in text

    await until(again, "and done again")


async def test_who_stops_a_run_is_offered_to_undo_it(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "offered")
    tab = await tabs.open("ada", f"/items/{item}?panel=agents")
    machine = await at_work(ada, item, "Not what was meant")
    await machine.edit({"do": "str_replace", "at": AT, "old": "line_5 = 5", "new": "number_5 = 5"})
    panel = await panel_of(tab)
    await panel.get_by_text("Not what was meant").wait_for()
    await panel.get_by_role("button", name="Stop").click()
    await tab.button("Undo what it wrote").click()
    await tab.says("1 change undone.")
    await until(lambda: tab.has("line_5 = 5"), "the text is as it was")
    await tab.page.get_by_role("status").get_by_role("button", name="Undo").click()
    await until(lambda: tab.has("number_5 = 5"), "and done again")


async def test_an_ai_session_that_first_reads_is_listed_as_soon_as_it_writes(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "reads_first")
    tab = await tabs.open("ada", f"/items/{item}?panel=agents")
    panel = await panel_of(tab)
    await panel.get_by_text("No AI session has written here").wait_for()
    async with tab.page.expect_response("**/runs?*"):  # it is seen to be here, and is looked for
        machine = await at_work(ada, item, "Look before it writes")
    await machine.edit({"do": "str_replace", "at": AT, "old": "line_5 = 5", "new": "number_5 = 5"})
    await panel.get_by_text("Look before it writes").wait_for(timeout=10_000)  # less than until its presence ends


async def test_what_a_person_says_reaches_the_agent_and_a_pause_holds_it(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "told")
    machine = await at_work(ada, item, "Sort the lines")
    await machine.edit({"do": "insert", "at": AT, "line": 1, "text": "# sorted\n"})
    tab = await tabs.open("ada", f"/items/{item}?panel=agents&run={machine.run}")
    panel = await panel_of(tab)
    await panel.get_by_role("button", name="Tell it…").click()
    await panel.get_by_label("What it should know").fill("use the other table")
    await panel.get_by_role("button", name="Send").click()
    await tab.says("refactorer (AI, for Ada Lovelace) is told.")
    await panel.get_by_role("button", name="Pause").click()
    await panel.get_by_text("is paused").wait_for()
    told = await machine.ask("GET", f"/runs/{machine.run}/events")
    assert [(each["type"], each.get("text")) for each in told["events"]] == [
        ("note", "use the other table"), ("paused", None),
    ]  # fmt: skip
    await panel.get_by_role("button", name="Go on").click()
    await panel.get_by_text("works", exact=True).wait_for()
    hunk = panel.locator(".hunk-box")
    await hunk.get_by_role("button", name="Undo").click()
    await until(lambda: tab.lacks("# sorted"), "one change is undone by itself")
    await hunk.get_by_text("undone").wait_for()
    await hunk.get_by_role("button", name="Redo").click()
    await until(lambda: tab.has("# sorted"), "and done again")


async def test_a_run_has_a_page_with_all_that_it_did(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "paged")
    machine = await at_work(ada, item, "One of many pieces")
    await machine.edit({"do": "insert", "at": AT, "line": 1, "text": "# by a run\n"})
    await machine.do("end", text="done")
    tab = await tabs.open("ada", f"/runs/{machine.run}")
    await tab.page.get_by_role("heading", name="One of many pieces").wait_for()
    await tab.says("is done")
    await tab.page.get_by_role("link", name="f/payments/paged").wait_for()
    await tab.page.get_by_text("# by a run").wait_for()
    stranger = await tabs.open("olga", f"/runs/{machine.run}")
    await stranger.says("There is nothing here")


async def test_suggestions_stand_in_the_text_and_are_taken_or_not_while_it_goes_on(tabs: Tabs, ada: Someone) -> None:
    item = await deployed_script(ada, "suggested")
    tab = await tabs.open("ada", f"/items/{item}")
    await tab.line(8)
    await tab.type("mine ")
    await tab.saved()
    machine = await at_work(ada, item, "Rename, perhaps", "suggest")
    await machine.edit(
        {"do": "str_replace", "at": AT, "old": "line_2 = 2", "new": "second = 2"},
        {"do": "str_replace", "at": AT, "old": "line_5 = 5", "new": "fifth = 5"},
        {"do": "insert", "at": AT, "line": 1, "text": "# renamed\n"},
        {"do": "insert", "at": AT, "line": 8, "text": "# here as well\n"},
    )
    await tab.says("refactorer (AI, for Ada Lovelace) suggests 4 changes.")
    assert await tab.lacks("second")  # nothing of it is in the draft
    shown = tab.page.locator(".cm-suggested")
    await until(lambda: shown.count(), "they stand in the text")
    second = shown.filter(has_text="second = 2")
    await tab.line(1)
    await tab.type("# typed above\n")  # the draft goes on
    await second.get_by_role("button", name="Accept").click()
    await tab.says("1 suggestion is in the draft.")
    await until(lambda: tab.has("second = 2", "# typed above", "mine line_8"), "one is taken")
    await tab.button("Show").click()
    panel = tab.page.get_by_role("complementary", name="Suggested changes")
    fifth = panel.locator(".hunk-box").filter(has_text="fifth = 5")
    await fifth.get_by_role("button", name="Reject").click()
    await fifth.get_by_text("rejected by Ada Lovelace").wait_for()
    await panel.locator(".hunk-box").filter(has_text="# renamed").get_by_text("Ada Lovelace changed this").wait_for()
    await panel.get_by_role("button", name="Accept all").click()
    await tab.says("1 suggestion is in the draft. 1 no longer applies.")
    await until(lambda: tab.has("# here as well"), "the rest is taken")
    assert await tab.lacks("fifth")
    assert await tab.lacks("# renamed")
    await until(lambda: tab.gone(".cm-suggested"), "nothing is open any more")
    blame = await ada.ask("GET", f"/drafts/{(await ada.ask('GET', f'/items/{item}/draft'))['draft']}/blame")
    names = {origin["actor"]["name"] for origin in blame["origins"] if origin.get("run") == machine.run}
    assert names == {"refactorer"}
