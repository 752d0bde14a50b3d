"""The commands of items, drafts and deploys against a running server: for people, and as JSON."""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

import draftwire
from draftwire.api import Api
from draftwire.document.ops import Text
from draftwire.wire import messages as m
from draftwire_server.cli.items.tail import Tail
from tests.cli.commands import environ, read, run
from tests.system.world import EVERYTHING, World
from tests.waiting import until

pytestmark = pytest.mark.slow

SCRIPT = {"summary": "Pay", "language": "python3", "content": "def pay():\n    return 1\n", "schema": {}}


@pytest.fixture(scope="module", autouse=True)
async def _people(home: World) -> None:
    await home.member("ben", works=EVERYTHING)


def made(home: World, path: str, tmp_path: Path) -> str:
    """An item with one version."""
    (tmp_path / "value.json").write_text(json.dumps(SCRIPT))
    item = read(home, "items", "new", "script", path, "--value", str(tmp_path / "value.json"), "--summary", "Pay")
    run(home, "deploy", path, "-m", "First", "--yes")
    return str(item["item"])


async def test_a_draft_is_shown_saved_compared_deployed_and_rolled_back(home: World, tmp_path: Path) -> None:
    path = "f/works/pay"
    made(home, path, tmp_path)
    shown = read(home, "draft", "show", path)
    (tmp_path / "pay.py").write_text("def pay():\n    return 2\n")
    saved = run(home, "draft", "save", path, str(tmp_path / "pay.py"), "--at", "/content", "--etag", shown["etag"])
    assert saved.startswith("Saved: g1.s1.")
    compared = run(home, "diff", path)
    assert "-    return 1" in compared and "+    return 2" in compared and compared.endswith("1 text (+1 −1 lines).\n")
    assert run(home, "diff", path, "--stat") == "1 text (+1 −1 lines).\n"
    assert read(home, "diff", path)["comparison"]["changes"][0]["change"] == "text_changed"
    assert "say --yes" in run(home, "deploy", path, exit_code=2, given="")
    shipped = read(home, "deploy", path, "-m", "Twice", "--etag", saved.split()[1])
    assert shipped["version"] == 2 and "unchanged" not in shipped
    assert "Nothing deployed: version 2 is the same." in run(home, "deploy", path, "--yes")
    assert [line.split()[0] for line in run(home, "history", path).splitlines()] == ["VERSION", "2", "1"]
    assert "Twice" in run(home, "history", path, "--most", "1")
    assert "Version 1 is live again, as 3." in run(home, "redeploy", path, "1", "-m", "Rolled back")
    assert "(version 1 again)" in run(home, "history", path)
    assert read(home, "items", "show", path)["value"]["content"] == SCRIPT["content"]


async def test_a_deploy_warns_of_conflicts_that_nobody_has_settled(home: World, tmp_path: Path) -> None:
    path = "f/works/unsettled"
    item = made(home, path, tmp_path)
    at = home.server.worker_url(0)
    async with draftwire.connect(at, home.token("ada")) as one, draftwire.connect(at, home.token("ben")) as two:
        drafts = [await client.open(item=item, purpose="shared") for client in (one, two)]
        for draft, text in zip(drafts, ("two", "three"), strict=True):
            draft.edit(Text("/content", ((len("def pay():\n    return "), 1, text),)))
        for draft in drafts:
            await draft.saved()
            await until(lambda draft=draft: draft.alerts, "the conflict is told")
        told = run(home, "deploy", path, "--shared", exit_code=2, given="")
        named = re.search(
            r"Warning: an open conflict of (.+) and (.+) at /content, line 2. Both texts are in the draft.", told
        )
        assert named is not None and set(named.groups()) == {"Ada", "Ben"}
        assert "Deployed version 2" in run(home, "deploy", path, "--shared", "--yes")
        etag = read(home, "draft", "show", path, "--shared")["etag"]
        run(home, "draft", "save", path, "--shared", "--at", "/summary", "--etag", etag, given="Other")
        assert "Warning" in run(home, "deploy", path, "--shared", exit_code=2, given=""), "until somebody settles it"
        for alert in drafts[0].alerts:
            await _settle(home, alert.id)
        assert "Warning" not in run(home, "deploy", path, "--shared", exit_code=2, given="")


async def _settle(home: World, alert: str) -> None:
    async with home.http("ada") as http:
        answer = await http.post(f"alerts/{alert}/resolve", json={})
    assert answer.status_code == 200, answer.text


async def test_a_refused_deploy_says_who_where_and_the_way_on(home: World, tmp_path: Path) -> None:
    path = "f/works/race"
    made(home, path, tmp_path)
    for user, number in (("ada", 10), ("ben", 20)):
        etag = read(home, "draft", "show", path, user=user)["etag"]
        run(
            home, "draft", "save", path, "--at", "/content", "--etag", etag, user=user,
            given=f"def pay():\n    return {number}\n",
        )  # fmt: skip
    run(home, "deploy", path, "-m", "Ben's", "--yes", user="ben")
    told = run(home, "deploy", path, "--yes", exit_code=1)
    assert "Version 2 was deployed by Ben" in told and "Ben's" in told and "/content lines 2–2" in told
    assert "draft rebase" in told
    conflict = run(home, "draft", "rebase", path, exit_code=1)
    assert "--take mine" in conflict and "return 10" in conflict and "return 20" in conflict
    assert run(home, "draft", "rebase", path, "--preview", "--take", "mine").startswith("Would be based on version 2.")
    assert "Based on version 2" in run(home, "draft", "rebase", path, "--take", "mine")
    assert "Deployed version 3" in run(home, "deploy", path, "--yes")
    assert "return 10" in read(home, "items", "show", path)["value"]["content"]


async def test_a_save_on_an_old_state_is_merged_or_its_text_is_said_to_be_in_the_stash(
    home: World, tmp_path: Path
) -> None:
    path = "f/works/old"
    made(home, path, tmp_path)
    etag = read(home, "draft", "show", path)["etag"]
    run(home, "draft", "save", path, "--at", "/content", "--etag", etag, given="def pay():\n    return 2\n")
    merged = run(home, "draft", "save", path, "--at", "/summary", "--etag", etag, given="Pay them")
    assert merged.startswith("Saved: g1.s2.")
    refused = run(
        home, "draft", "save", path, "--at", "/content", "--etag", etag, given="def pay():\n    return 3\n", exit_code=1
    )
    assert refused.startswith("stale: ") and "in the stash (" in refused
    async with Api(home.server.worker_url(0), home.token("ada")) as api:
        (entry,) = (await api.stash.list()).entries
    assert entry.id in refused


async def test_a_draft_is_reverted_discarded_and_brought_back(home: World, tmp_path: Path) -> None:
    path = "f/works/back"
    made(home, path, tmp_path)
    etag = read(home, "draft", "show", path)["etag"]
    saved = read(home, "draft", "save", path, "--at", "/content", "--etag", etag, given="1\n")["etag"]
    run(home, "draft", "save", path, "--at", "/content", "--etag", saved, given="2\n")
    run(home, "draft", "revert", path, "--etag", saved)
    assert run(home, "draft", "show", path, "--at", "/content") == "1\n"
    run(home, "draft", "revert", path)
    assert run(home, "draft", "show", path, "--at", "/content") == SCRIPT["content"]
    run(home, "draft", "revert", path, "--etag", saved)
    assert "draft_moved" in run(home, "draft", "discard", path, "--etag", saved, exit_code=1)
    run(home, "draft", "discard", path, "--yes")
    assert run(home, "draft", "show", path, "--at", "/content") == SCRIPT["content"]
    run(home, "draft", "bring-back", path)
    assert run(home, "draft", "show", path, "--at", "/content") == "1\n"


async def test_a_draft_has_a_history_of_its_own_with_names_and_blame(home: World, tmp_path: Path) -> None:
    path = "f/works/past"
    made(home, path, tmp_path)
    assert run(home, "history", path, "--draft", user="ben") == "No changes.\n"
    etag = read(home, "draft", "show", path, user="ben")["etag"]
    text = SCRIPT["content"] + "# ben was here\n"
    run(home, "draft", "save", path, "--at", "/content", "--etag", etag, given=text, user="ben")
    assert "is “before lunch” now" in run(home, "draft", "name", path, "before lunch", user="ben")
    (group,) = read(home, "history", path, "--draft", user="ben")
    assert (group["from"], group["actor"]["name"], group["names"]) == (1, "Ben", ["before lunch"])
    shown = run(home, "history", path, "--draft", user="ben")
    assert "/content:3–3" in shown and "+15 −0" in shown and "before lunch" in shown
    lines = run(home, "blame", path, user="ben").splitlines()
    assert [line.split()[0] for line in lines[:3]] == ["Ada", "Ada", "Ben"] and lines[2].endswith("# ben was here")
    assert run(home, "blame", path, "--version", "1").splitlines()[0].startswith("Ada")
    assert "/language is not a text" in run(home, "blame", path, "--at", "/language", exit_code=2)


async def test_a_text_is_edited_in_the_editor(home: World, tmp_path: Path) -> None:
    path = "f/works/editor"
    made(home, path, tmp_path)
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho '# ours' >> \"$1\"\n")
    editor.chmod(0o755)
    assert run(home, "draft", "edit", path, EDITOR=str(editor)).startswith("Saved: ")
    assert run(home, "draft", "show", path, "--at", "/content") == SCRIPT["content"] + "# ours\n"
    assert run(home, "draft", "edit", path, EDITOR="true") == "Nothing changed.\n"
    assert "/schema is not a text" in run(home, "draft", "edit", path, "--at", "/schema", exit_code=2)


async def test_items_are_listed_moved_and_forked(home: World, tmp_path: Path) -> None:
    path = "f/works/list"
    item = made(home, path, tmp_path)
    assert run(home, "items", "list", "--folder", "f/works", "--kind", "flow") == "No items.\n"
    assert path in run(home, "items", "list", "pay", "--kind", "script")
    run(home, "items", "move", path, "f/works/moved")
    assert read(home, "items", "show", item)["path"] == "f/works/moved"
    assert "f/works/copy" in run(home, "items", "fork", "f/works/moved", "f/works/copy")
    assert json.loads(run(home, "items", "show", "f/works/copy", "--value")) == SCRIPT
    assert "taken" in run(home, "items", "fork", "f/works/moved", "f/works/copy", exit_code=1)
    assert "not_found" in run(home, "items", "show", "f/works/nowhere", exit_code=1)
    assert "not_found" in run(home, "items", "show", "f/elsewhere/x", user="ben", exit_code=1)


async def test_an_item_is_archived_deleted_and_brought_back_with_its_drafts(home: World, tmp_path: Path) -> None:
    path = "f/lives/one"
    item = made(home, path, tmp_path)
    etag = read(home, "draft", "show", path)["etag"]
    run(home, "draft", "save", path, "--at", "/content", "--etag", etag, given="mine\n")
    assert path in run(home, "drafts", "--whose", "mine", "--folder", "f/lives")
    assert run(home, "drafts", "--folder", "f/lives", "--behind") == "No drafts.\n"
    assert "is archived" in run(home, "items", "archive", path)
    assert "archived: " in run(home, "deploy", item, "--yes", exit_code=1)
    assert f"is at {path} again" in run(home, "items", "unarchive", item)
    assert "say --yes" in run(home, "items", "delete", path, exit_code=2)
    assert "undelete" in run(home, "items", "delete", path, "--yes")
    assert "not_found" in run(home, "items", "show", path, exit_code=1)
    assert item in run(home, "items", "deleted")
    other = made(home, path, tmp_path)
    assert "taken" in run(home, "items", "undelete", item, exit_code=1)
    run(home, "items", "undelete", item, "--path", "f/lives/two")
    assert run(home, "draft", "show", "f/lives/two", "--at", "/content") == "mine\n"
    assert read(home, "items", "show", path)["item"] == other


async def test_what_uses_an_item_is_listed_and_said_before_and_after_it_is_deleted(home: World, tmp_path: Path) -> None:
    path, user = "f/works/used", "f/works/uses"
    made(home, path, tmp_path)
    value = {"route": "used", "method": "post", "runs": {"path": path, "kind": "script"}}
    (tmp_path / "trigger.json").write_text(json.dumps(value))
    assert run(home, "items", "used-by", path) == "No item that you can see uses it.\n"
    read(home, "items", "new", "http_trigger", user, "--value", str(tmp_path / "trigger.json"))
    run(home, "deploy", user, "-m", "First", "--yes")
    assert run(home, "items", "used-by", path).splitlines()[1].split() == [
        user,
        "http_trigger",
        "v1",
        "1",
        "/runs/path",
    ]
    run(home, "items", "delete", path, exit_code=2)
    gone = run(home, "items", "delete", path, "--yes")
    assert gone.endswith("`. 1 item uses it.\n")


async def test_bad_input_of_the_commands(home: World, tmp_path: Path) -> None:
    path = "f/works/bad"
    made(home, path, tmp_path)
    assert "bad_etag" in run(home, "draft", "save", path, "--etag", "x", given="{}", exit_code=1)
    assert "is not valid JSON" in run(home, "draft", "save", path, "--etag", "x", given="{", exit_code=2)
    assert "must hold a JSON object" in run(home, "draft", "save", path, "--etag", "x", given="[]", exit_code=2)
    assert "Nothing at /nowhere" in run(home, "draft", "show", path, "--at", "/nowhere", exit_code=2)
    assert "not_found" in run(home, "redeploy", path, "9", exit_code=1)
    assert "unknown_kind" in run(home, "items", "new", "novel", "f/works/novel", exit_code=1)
    assert "unavailable" in run(home, "items", "list", exit_code=1, DRAFTWIRE_SERVER="http://127.0.0.1:9")
    assert "generation_changed" in run(home, "deploy", path, "--etag", "g9.s1.AAAAAAAA", exit_code=1)


@asynccontextmanager
async def tailing(home: World, *arguments: str, user: str = "ada") -> AsyncIterator[asyncio.StreamReader]:
    """A `tail` that is already following."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "draftwire_server", "tail", *arguments,
        env=environ(home, user), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None and process.stderr is not None
    try:
        async with asyncio.timeout(30):
            assert b"Following" in await process.stderr.readline()
        yield process.stdout
    finally:
        process.kill()
        await process.wait()


async def heard(lines: asyncio.StreamReader, word: str) -> dict[str, Any]:
    """Read on to a line of this sort."""
    async with asyncio.timeout(20):
        while True:
            line = json.loads(await lines.readline())
            if line["what"] == word:
                return dict(line)


async def test_tail_tells_what_others_do_as_they_do_it(home: World, tmp_path: Path) -> None:
    path = "f/works/tail"
    item = made(home, path, tmp_path)
    async with (
        tailing(home, path, "--json") as lines,
        draftwire.connect(home.server.worker_url(0), home.token("ben")) as ben,
    ):
        draft = await ben.open(item=item, purpose="own")
        await ben.focus(item, draft=draft.id, at="/content")
        assert (await heard(lines, "here"))["by"] == "Ben"
        draft.insert("/content", "# one\n", 0)
        await draft.saved()
        assert (await heard(lines, "draft"))["by"] == "Ben"
        draft.insert("/content", "# two\n", 0)
        while not (told := await heard(lines, "edit"))["more"]["inserted"].endswith("# two\n"):
            pass  # the first one, if its draft was followed before it
        assert (told["by"], told["at"], told["draft"]) == ("Ben", "/content", draft.id)
        await draft.saved()
        run(home, "deploy", path, "-m", "Tailed", "--yes", user="ben")
        assert (await heard(lines, "deploy"))["more"]["message"] == "Tailed"
        run(home, "items", "move", path, "f/works/tail2")
        assert (await heard(lines, "moved"))["more"] == {"path": "f/works/tail2"}


def test_a_tail_opens_each_draft_that_may_be_read_once() -> None:
    tail = Tail("item")
    infos = tuple(
        m.DraftInfo(name, "own", None, "readable", 1, 1, 0, 0.0, may)  # type: ignore[arg-type]
        for name, may in (("a", "look"), ("b", "no"), ("c", "type"))
    )
    item = m.Item("item", "script", None, None, "", False, None, infos, 1)
    assert [draft.id for draft in tail.unfollowed(item)] == ["a", "c"]
    assert tail.unfollowed(item) == []
