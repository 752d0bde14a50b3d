"""The seams: a kind that no code knows, ids of the platform, nothing of names or secrets where history is kept."""

import json
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import draftwire
from draftwire.document.ops import Insert, Move, Set, Text
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.kinds import load_kinds
from tests.system.cluster import cluster
from tests.system.probe import PROBE, write_probe
from tests.system.world import EVERYTHING, World, world
from tests.waiting import until

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
HISTORY = ("draft_op", "version", "alert", "event", "outbox", "draft_snapshot", "content", "draft")
ALL_TABLES = (*HISTORY, "stash", "idempotency", "item", "run", "draft_writer", "draft_seen", "actor")


@pytest.fixture(scope="module")
async def home(
    module_database_url: str, services: Embedded, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    environ = {"DRAFTWIRE_KINDS_DIR": str(write_probe(tmp_path_factory.mktemp("kinds")))}
    timings = {"alert_close_s": 60.0}
    async with (
        cluster(module_database_url, services.redis_url, environ=environ, timings=timings) as server,
        world(server, module_database_url) as made,
    ):
        for name in ("zephyrine", "balthasar"):  # names that stand nowhere by chance
            await made.member(name, desk=EVERYTHING)
        yield made


@pytest.fixture(autouse=True)
async def closed(home: World) -> AsyncIterator[None]:
    yield
    await home.close_clients()


def connect(home: World, user: str, worker: int) -> Any:
    return draftwire.connect(home.server.worker_url(worker), home.token(user))


async def rows_of(home: World, *tables: str) -> str:
    """Every row of these tables as text, bytes decoded."""
    found = []
    for table in tables:
        found += [str([bytes(v).decode() if isinstance(v, bytes) else v for v in row.values()])
                  for row in await home.rows(f"select * from {table}")]  # fmt: skip
    return "\n".join(found)


async def test_a_kind_that_no_code_knows_is_opened_edited_saved_and_alerted(home: World) -> None:
    item = await home.item("zephyrine", f"f/desk/{secrets.token_hex(4)}", kind="probe")
    async with connect(home, "zephyrine", 0) as one, connect(home, "balthasar", 1) as other:
        mine = await one.open(item=item, purpose="shared")
        theirs = await other.open(item=item, purpose="shared")
        assert theirs.id == mine.id
        assert mine.value == PROBE["initial"]
        mine.edit(Text("/notes", ((0, 0, "zero\n"),)), Insert("/parts", {"id": "s", "body": "s\n", "inner": []}, "r"))
        theirs.edit(Text("p/body", ((1, 0, "!"),)), Move("q", "r/inner"), Set("/rate", 7))
        await mine.saved()
        await theirs.saved()
        await until(lambda: mine.value == theirs.value and mine.seq == theirs.seq == 2, "both are equal")
        assert mine.get("p/body") == "p!\n" and mine.get("q/n") == 1
        assert [part["id"] for part in mine.value["parts"]] == ["p", "r", "s"]

        # A whole document, with a computed leaf that counts for nothing and a default that is as good as absent.
        client = home.http("zephyrine", 1)
        answer = await client.get(f"drafts/{mine.id}")
        etag, value = answer.headers["etag"], answer.json()["value"]
        same = await client.put(
            f"drafts/{mine.id}", json={"value": {**value, "digest": "x"}}, headers={"If-Match": etag}
        )
        assert (same.status_code, same.json()["changed"]) == (200, False)
        mine.edit(Text("/notes", ((0, 0, "early\n"),)))
        await mine.saved()
        saved = await client.put(
            f"drafts/{mine.id}", json={"value": {**value, "title": "saved"}}, headers={"If-Match": etag}
        )
        assert saved.status_code == 200 and saved.json()["value"]["notes"].startswith("early\n")
        clash = await client.put(
            f"drafts/{mine.id}", json={"value": {**value, "title": "clash"}}, headers={"If-Match": etag}
        )
        assert clash.status_code == 409 and clash.json()["regions"][0]["address"] == "/title"
        await until(lambda: theirs.alerts, "the alert is told")
        assert {alert.kind for alert in theirs.alerts} == {"stale_save"}
    listed = (await client.get("items", params={"kind": "probe"})).json()["items"]
    assert [line["summary"] for line in listed if line["id"] == item] == ["a😀b"]


def test_no_kinds_name_stands_in_the_code() -> None:
    names = {kind.name for kind in load_kinds()}
    assert {"script", "flow", "app", "resource", "schedule"} <= names
    pattern = re.compile(rf"""["']({"|".join(map(re.escape, sorted(names)))})["']""")
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for package in ("server/draftwire_server", "protocol/draftwire")
        for path in (ROOT / package).rglob("*.py")
        if "dev" not in path.relative_to(ROOT).parts
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


async def test_history_holds_ids_and_no_names(home: World) -> None:
    item = await home.item("zephyrine", f"f/desk/{secrets.token_hex(4)}", kind="probe")
    async with connect(home, "zephyrine", 0) as one, connect(home, "balthasar", 1) as other:
        mine, theirs = [await client.open(item=item, purpose="shared") for client in (one, other)]
        mine.edit(Text("/notes", ((0, 0, "a"),)))
        await mine.saved()
        etag = theirs.etag
        mine.edit(Set("/title", "mine"))
        await mine.saved()
        client = home.http("balthasar")
        value = {**PROBE["initial"], "title": "theirs", "notes": "aone\ntwo\nthree\n"}
        answer = await client.put(f"drafts/{mine.id}", json={"value": value}, headers={"If-Match": etag})
        assert answer.status_code in (200, 409)

    async def moved() -> bool:
        return not await home.rows("select 1 from outbox")

    await until(moved, "what edits caused is events")
    text = (await rows_of(home, *HISTORY)).lower()
    assert item in text
    for name in ("zephyrine", "balthasar"):
        assert name not in text
    assert "zephyrine" in (await rows_of(home, "member"))  # where names are


async def test_plain_secrets_reach_no_table_and_no_log(home: World) -> None:
    plain = f"hunter-{secrets.token_hex(8)}"
    client = home.http("zephyrine", 0)
    made = await client.post("items", json={"kind": "probe", "value": {**PROBE["initial"], "pass": plain}})
    assert made.json()["code"] == "plain_secret"
    item = await home.item("zephyrine", f"f/desk/{secrets.token_hex(4)}", kind="probe")
    url = f"items/{item}/draft?purpose=shared"
    etag = (await client.get(url)).headers["draft-etag"]
    for value in ({**PROBE["initial"], "pass": plain}, {"parts": [{"id": "p", "pass": {"nested": plain}}]}):
        answer = await client.put(
            url, json={"value": value}, headers={"If-Match": etag, "Idempotency-Key": secrets.token_hex(8)}
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "plain_secret")
        assert plain not in answer.text
    async with await home.socket("zephyrine") as socket:
        await socket.next("welcome")
        state = await socket.ask("state", t="open", ref=1, item=item, purpose="shared")
        for op in (
            {"op": "set", "at": "/pass", "v": plain},
            {"op": "insert", "at": "/parts", "v": {"id": "n", "pass": plain}},
            {"op": "set", "at": "p/pass", "v": [plain]},
        ):
            answer = await socket.ask(
                "refused", t="edit", draft=state["draft"], generation=1, base=0, mark=state["mark"], seen=0, no=1,
                key=secrets.token_hex(8), ops=[op],
            )  # fmt: skip
            assert answer["code"] == "plain_secret" and plain not in json.dumps(answer)
    secret = (await client.post(f"items/{item}/secrets", json={"value": plain})).json()["marker"]
    kept = await client.put(url, json={"value": {**PROBE["initial"], "pass": secret}}, headers={"If-Match": etag})
    assert kept.status_code == 200
    assert plain not in await rows_of(home, *ALL_TABLES)
    assert plain not in home.server.log


async def test_items_carry_the_platforms_id_once_per_workspace(home: World) -> None:
    name = f"ext-{secrets.token_hex(4)}"
    item = await home.item("zephyrine", None, kind="probe", external_id=name)
    client = home.http("zephyrine")
    found = (await client.get(f"items/{item}")).json()
    assert (found["external_id"], found["path"]) == (name, None)
    again = await client.post("items", json={"kind": "probe", "external_id": name})
    assert (again.status_code, again.json()["code"]) == (403, "forbidden"), "admins give them"
    assert (await client.get(f"items/{name}")).json()["item"] == item, "accepted wherever an id is"
    assert (await client.get(f"items/{name}/draft")).status_code == 200
    async with connect(home, "zephyrine", 0) as socket:
        draft = await socket.open(item=name)
        assert draft.value == PROBE["initial"]
    async with world(home.server, home.database_url, f"other-{name}") as other:
        await other.member("zephyrine", desk=EVERYTHING)
        assert await other.item("zephyrine", None, kind="probe", external_id=name) != item
        async with home.server.http(0, other.token("zephyrine")) as named:
            answer = await named.get(f"/v1/w/other-{name}/items/{name}")
            assert answer.status_code == 200, "the workspace's own external id is one too"
