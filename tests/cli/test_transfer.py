"""Export and import by the commands: what comes out of the copy is what went in, to the byte."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

import draftwire
from draftwire.api import Api
from draftwire.rest.rights import Holder
from draftwire_server.limits.pages import EXPORT_LOG_BATCHES
from tests.cli.commands import read, run
from tests.system.world import EVERYTHING, World, world

pytestmark = pytest.mark.slow

TABS = 10

SCRIPT = {"summary": "Pay", "language": "python3", "content": "def pay():\n    return 1\n"}
FLOW = {
    "summary": "Two steps",
    "value": {
        "modules": [
            {"id": "a", "value": {"type": "rawscript", "language": "bun", "content": "export {}\n// 1\n"}},
            {"id": "b", "value": {"type": "rawscript", "language": "python3", "content": "pass\n"}},
        ]
    },
}


def api(home: World, user: str = "ada", **claims: Any) -> Api:
    return Api(home.server.worker_url(0), home.token(user, **claims))


@pytest.fixture(scope="module")
async def full(home: World) -> World:
    """A workspace with some of everything."""
    await home.member("ben", works=EVERYTHING)
    await home.member("cleo", "operator")
    async with api(home) as ada, api(home, "ben") as ben:
        await ada.groups.add("devs", members=["ben", "cleo"], summary="Ours")
        await ada.folders.add("works", summary="Works", writers=[Holder(user="ben"), Holder(group="devs")])
        await ada.grants.give(["see", "run"], group="devs", prefix="f/other/")
        kind = (await ada.kinds.get("script")).definition
        assert kind is not None
        for title in ("Note", "Notice"):
            await ada.kinds.put({**kind, "name": "note", "title": title})
        script = await ada.items.create("script", path="f/works/pay", value=SCRIPT, external_id="7/1")
        note = await ben.items.create("note", path="f/works/note", value=SCRIPT)
        flow = await ada.items.create("flow", path="f/works/flow", value=FLOW)
        await ben.items.create("variable", path="f/works/rate", value={"value": "1", "description": ""})
        await ada.items.create("script", value=SCRIPT, summary="Without a path")
        await ada.grants.give(["see"], user="cleo", item=note.item)
        for number in (5, 2, 3):
            draft = await ben.drafts.of_item(script.item, "own")
            value = {**draft.value, "content": f"def pay():\n    return {number}\n"}
            saved = await ben.drafts.save(draft.draft, value, if_match=draft.etag, item=script.item)
            head = (await ben.versions.list(script.item)).head
            await ada.deploys.deploy(draft.draft, saved.etag, head, message=f"{number}\nlines")
        await ada.deploys.redeploy(script.item, 1, 3, message="Back")
        await ada.versions.fork(script.item, "version:2", path="f/works/fork")
        for path in ("f/works/moved", "f/works/moved_again"):
            await ada.items.change(flow.item, path=path)
        await ada.items.change(flow.item, path="f/works/flow")
        gone = await ben.items.create("script", path="f/works/archived", value=SCRIPT)
        draft = await ben.drafts.of_item(gone.item, "own")
        await ben.drafts.save(draft.draft, {**SCRIPT, "summary": "x"}, if_match=draft.etag, item=gone.item)
        await ben.items.archive(gone.item)
        await ben.items.delete((await ben.items.create("script", path="f/works/deleted", value=SCRIPT)).item)
        rate = (await ben.items.list(path="f/works/rate")).items[0].id
        mine = await ben.drafts.of_item(rate, "own")
        await ben.drafts.save(mine.draft, {"value": "2", "description": ""}, if_match=mine.etag, item=rate)
    async with (
        draftwire.connect(home.server.worker_url(0), home.token("ada")) as ada_live,
        draftwire.connect(home.server.worker_url(0), home.token("ben", agent="Refactorer")) as agent,
    ):
        shared, theirs = await ada_live.open(item=flow.item, purpose="shared"), None
        theirs = await agent.open(item=flow.item, purpose="shared")
        for n in range(5):
            theirs.insert("a/value/content", f"// {n} 😀\n")
            await theirs.saved()
            shared.insert("b/value/content", f"# {n}\n", 0)
            await shared.saved()
        async with agent.run(label="Refactor", mode="suggest") as suggesting, api(home) as ada:
            await suggesting.read("a/value/content", draft=shared.id)
            await suggesting.str_replace("a/value/content", "// 1\n", "// one\n", draft=shared.id)
            (suggestion,) = await ada.suggestions.list(shared.id)
            await ada.suggestions.accept(suggestion.id)
    await lengthen(home, script.item)
    return home


async def lengthen(home: World, item: str) -> None:
    """Ada's draft gets more batches than an export holds: from several tabs, each an edit after the other."""

    async def tab() -> None:
        async with draftwire.connect(home.server.worker_url(0), home.token("ada")) as ada:
            draft = await ada.open(item=item, purpose="own")
            for _ in range(EXPORT_LOG_BATCHES // TABS + 1):
                draft.insert("/content", "x", 0)
                await draft.saved()

    await asyncio.gather(*(tab() for _ in range(TABS)))


@pytest.fixture
async def other(full: World, request: pytest.FixtureRequest) -> AsyncIterator[World]:
    """An empty workspace with an admin whom the full one doesn't know."""
    async with world(full.server, full.database_url, request.node.name) as made:
        await made.member("zoe", "admin")
        yield made


def lines(path: Path, *, without: str = "zoe") -> list[bytes]:
    """The lines of an export but for who made the copy, and that they say what others did."""
    text = path.read_bytes().replace(f',"imported":"{without}"'.encode(), b"")
    return [line for line in text.splitlines() if f'"username":"{without}"'.encode() not in line]


async def test_export_import_export_is_equal_and_a_second_import_changes_nothing(
    full: World, other: World, tmp_path: Path
) -> None:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    told = read(full, "export", str(first))
    assert told["withheld"] == 1 and told["records"]["version"] == 4 and told["records"]["draft"] == 3
    drafts = [json.loads(line) for line in lines(first) if b'"is":"draft"' in line]
    assert sorted(draft["from_seq"] > 0 for draft in drafts) == [
        False,
        False,
        True,
    ]  # one is longer than an export holds
    writers = [writer for draft in drafts for writer in draft["writers"]]
    (approved,) = (writer for writer in writers if "approved_by" in writer)
    assert (approved["by"]["label"], approved["approved_by"]["user"]) == ("Refactorer", "ada")
    counted = read(other, "import", str(first), "--dry-run", user="zoe")
    assert counted["outcomes"] == {"same": 1, "made": len(lines(first)) - 1}
    run(other, "export", str(second), user="zoe")
    assert len(lines(second)) == 1  # the header: a dry run has left nothing behind
    assert "created" in run(other, "import", str(first), user="zoe")
    run(other, "export", str(second), user="zoe")
    assert lines(second) == lines(first)
    assert b'"imported":"zoe"' in second.read_bytes() and b'"imported"' not in first.read_bytes()
    assert read(other, "import", str(first), user="zoe")["outcomes"] == {"same": len(lines(first))}


async def test_a_tree_is_readable_and_holds_the_same(full: World, other: World, tmp_path: Path) -> None:
    file, tree, again = tmp_path / "all.jsonl", tmp_path / "tree", tmp_path / "again.jsonl"
    run(full, "export", str(file))
    assert "4 versions" in run(full, "export", str(tree), "--tree")
    pay = tree / "items/f/works/pay.script"
    assert (pay / "v2/content.py").read_text() == "def pay():\n    return 2\n"
    assert json.loads((pay / "v2.json").read_text())["value"]["content"] == {"$file": "v2/content.py"}
    assert (tree / "items/f/works/flow.flow/draft.@shared/value.modules.a.value.content.ts").exists()
    assert "already exists" in run(full, "export", str(tree), "--tree", exit_code=2)
    run(other, "import", str(tree), user="zoe")
    run(other, "export", str(again), user="zoe")
    assert lines(again) == lines(file)


async def test_what_was_imported_goes_on(full: World, other: World, tmp_path: Path) -> None:
    run(full, "export", str(tmp_path / "all.jsonl"))
    run(other, "import", str(tmp_path / "all.jsonl"), user="zoe")
    async with api(full) as before, api(other) as after, api(other, "ben") as ben:
        there = (await before.items.list(path="f/works/pay")).items[0].id
        assert (await after.items.list(path="f/works/pay")).items[0].id == there
        old, new = await before.versions.list(there), await after.versions.list(there)
        assert [(v.number, v.hash, v.content_hash, v.at, v.message) for v in old.versions] == [
            (v.number, v.hash, v.content_hash, v.at, v.message) for v in new.versions
        ]
        assert [(v.author.name, v.deployer.name) for v in new.versions][-1] == ("Ben", "Ada")
        assert {v.deployer.imported_by for v in new.versions} == {"Zoe"}
        assert {v.deployer.imported_by for v in old.versions} == {None}
        assert await after.versions.deployed(hash=old.versions[0].hash) == await before.versions.deployed(
            hash=old.versions[0].hash
        )
        mine, kept = await after.drafts.of_item(there, "own"), await before.drafts.of_item(there, "own")
        assert (mine.value, mine.seq, mine.base_version) == (kept.value, kept.seq, kept.base_version)
        flow = (await ben.items.list(path="f/works/flow")).items[0].id
        assert (await ben.items.at("f/works/moved")).item == flow
        archived = await ben.drafts.of_item((await ben.items.list(archived="only")).items[0].id, "own")
        assert (archived.may, archived.why, archived.value["summary"]) == ("look", "archived", "x")
        shared = await ben.drafts.of_item(flow, "shared")
        log = await ben.drafts.log(shared.draft)
        assert {(w.actor.name, w.actor.imported_by) for w in log.writers} == {("Ada", "Zoe"), ("Refactorer", "Zoe")}
        saved = await ben.drafts.save(
            shared.draft, {**shared.value, "summary": "Three"}, if_match=shared.etag, item=flow
        )
        shipped = await ben.deploys.deploy(shared.draft, shared.etag, 0, message="From the copy")
        assert shipped.version == 1 and shipped.later[0].seq_from == saved.seq


async def test_of_one_folder_without_drafts(full: World, tmp_path: Path) -> None:
    told = read(full, "export", str(tmp_path / "x.jsonl"), "--folder", "f/nothing", "--no-drafts")
    assert "item" not in told["records"] and "draft" not in told["records"]
    told = read(full, "export", str(tmp_path / "y.jsonl"), "--folder", "f/works", "--no-drafts")
    assert told["records"]["item"] == 6 and "draft" not in told["records"]
    assert "--no-drafts" not in run(full, "export", "-", "--no-drafts").splitlines()[-1]


async def test_bad_records_are_refused_each_by_itself(full: World, other: World, tmp_path: Path) -> None:
    run(full, "export", str(tmp_path / "all.jsonl"))
    records = [json.loads(line) for line in lines(tmp_path / "all.jsonl")]
    for record in records:
        if record["is"] == "version" and record["number"] == 2:
            record["value"] = {**record["value"], "content": "forged\n"}
        if record["is"] == "draft" and record["batches"]:
            record["batches"][0]["ops"] = [{"op": "text", "at": "/nowhere", "s": [[0, 0, "x"]]}]
        if record["is"] == "item" and record["path"] == "f/works/note":
            record["path"] = "../../etc"
        if record["is"] == "draftwire":
            record["format"] = 9
    (tmp_path / "bad.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    refused = run(other, "import", str(tmp_path / "bad.jsonl"), user="zoe", exit_code=1)
    for told in (
        "version 2 of", "its hashes do not match its value", "Version 2 is missing before 3", "There is no item",
        "item ../../etc: bad_path", "log is inconsistent", "can read format 1, not 9",
    ):  # fmt: skip
        assert told in refused
    run(other, "import", str(tmp_path / "all.jsonl"), user="zoe")  # what was refused is put right
    run(other, "export", str(tmp_path / "again.jsonl"), user="zoe")
    assert lines(tmp_path / "again.jsonl") == lines(tmp_path / "all.jsonl")


async def test_what_is_there_stays(full: World, other: World, tmp_path: Path) -> None:
    run(full, "export", str(tmp_path / "all.jsonl"))
    run(other, "import", str(tmp_path / "all.jsonl"), user="zoe")
    records = [json.loads(line) for line in lines(tmp_path / "all.jsonl")]
    item = next(r for r in records if r["is"] == "item" and r["path"] == "f/works/pay")
    changed = [
        {**item, "summary": "Another"}, {**item, "id": "b" * 26}, {**item, "kind": "flow"},
        {"is": "member", "username": "ben", "name": "Ben", "role": "editor", "external_id": "x", "created_at": 1.0},
    ]  # fmt: skip
    async with api(other, "zoe") as zoe:
        path = await zoe.in_workspace("import")
        answer = await zoe.send("POST", path, body={"records": changed})
        results = answer.json()["results"]
    assert [(r["outcome"], r.get("code")) for r in results] == [
        ("kept", None), ("refused", "taken"), ("refused", "kind_differs"), ("refused", "differs"),
    ]  # fmt: skip


async def test_only_admins_of_the_whole_workspace(full: World, tmp_path: Path) -> None:
    for user in ("ben", "cleo"):
        assert "forbidden" in run(full, "export", "-", user=user, exit_code=1)
        (tmp_path / "one.jsonl").write_text('{"is": "draftwire", "format": 1}\n')
        assert "forbidden" in run(full, "import", str(tmp_path / "one.jsonl"), user=user, exit_code=1)
    (tmp_path / "bad.jsonl").write_text("{\n")
    assert "line 1" in run(full, "import", str(tmp_path / "bad.jsonl"), exit_code=2)
    (tmp_path / "empty").mkdir()
    assert "not an exported tree" in run(full, "import", str(tmp_path / "empty"), exit_code=2)
    async with full.http("ada") as http:
        draft = {"is": "version", "item": "x", "number": 1, "hash": "h", "content_hash": "c", "at": 1.0, "value": {}}
        forged = {**draft, "author": {"user": "ada"}, "deployer": {"user": "ada"}}
        person = {"is": "member", "name": "X", "role": "editor", "external_id": None, "created_at": 1.0}
        odd = [
            {**person, "username": "x", "created_at": 1e17},
            {"is": "kind", "name": "k", "revision": 2**40, "definition": None, "changed_at": 1.0},
            {"is": "item", "id": "i" * 65, "kind": "script", "path": None, "creator": "ada", "initial": {},
             "created_at": 1.0, "changed_at": 1.0},
        ]  # fmt: skip
        results = (await http.post("import", json={"records": [forged, *odd]})).json()["results"]
        assert [(result["outcome"], result["code"]) for result in results] == [("refused", "bad_record")] * 4
        for cursor in ("x", "AAAA"):
            answer = await http.get("export", params={"cursor": cursor})
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
        novel = (await http.post("import", json={"records": [{"is": "novel"}]})).json()["results"]
        assert [(result["outcome"], result["code"]) for result in novel] == [("refused", "bad_message")]
        wrong: httpx.Response = await http.post("import", json={"records": {"is": "novel"}})
        assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_message")
