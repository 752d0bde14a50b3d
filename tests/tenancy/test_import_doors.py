"""Import passes the doors of everything else: no plain secret comes in, and nobody lets themselves in by it."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.canonical import content_hash, version_hash
from draftwire_server.core.ids import new_id
from tests.system.cluster import cluster
from tests.system.world import world
from tests.tenancy.house import MARK, House, furnished

pytestmark = pytest.mark.slow

PLAIN = {"resource_type": "postgresql", "value": {"host": "db", "password": "hunter2"}}
HARMLESS = {"resource_type": "postgresql", "value": {"host": "db"}}


@pytest.fixture(scope="module")
async def house(module_database_url: str, services: Embedded) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(cluster(module_database_url, services.redis_url, workers=1))
        yield await furnished(await stack.enter_async_context(world(server, module_database_url, MARK)))
        server.assert_no_error()


async def imported(house: House, *records: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await house.world.http("ada").post("import", json={"records": records})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["results"])


async def exported(house: House, kind: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        page = (await house.world.http("ada").get("export", params=cursor)).json()
        found += [record for record in page["records"] if record["is"] == kind]
        if page.get("next") is None:
            return found
        cursor = {"cursor": page["next"]}


async def test_no_record_brings_a_secret_in_as_plain_text(house: House) -> None:
    (item, *_), (version, *_), (draft, *_) = [await exported(house, t) for t in ("item", "version", "draft")]
    made = {**item, "id": new_id(), "kind": "resource", "external_id": None, "paths": []}
    refused = await imported(house, {**made, "path": "f/desk/plain", "initial": PLAIN})
    assert [(each["outcome"], each["code"]) for each in refused] == [("refused", "plain_secret")]
    assert "hunter2" not in str(refused)
    assert [r["outcome"] for r in await imported(house, {**made, "path": "f/desk/db", "initial": HARMLESS})] == ["made"]
    hashes = {"content_hash": content_hash(PLAIN), "hash": version_hash(made["id"], 1, PLAIN)}
    records = (
        {**version, "item": made["id"], "number": 1, "value": PLAIN, **hashes},
        {**draft, "item": made["id"], "value": PLAIN, "batches": [], "writers": [], "keyed": [], "text": [],
         "origin_version": 0, "base_version": 0, "from_seq": 0},
        {**draft, "item": made["id"], "value": HARMLESS, "keyed": [], "text": [], "origin_version": 0,
         "base_version": 0, "from_seq": 0, "writers": [{**draft["writers"][0], "w": 1, "last_no": 0}],
         "batches": [
             {**draft["batches"][0], "w": 1, "no": no, "base": 0, "seen": 0, "ops": [op]}
             for no, op in enumerate((
                 {"op": "set", "at": "/value/password", "v": "hunter2"}, {"op": "remove", "at": "/value/password"},
             ), 1)
         ]},
    )  # fmt: skip
    for record in records:
        (told,) = await imported(house, record)
        assert (told["outcome"], told.get("code")) == ("refused", "plain_secret"), told


def new_item(kind: str, initial: dict[str, Any]) -> dict[str, Any]:
    item = new_id()
    return {
        "is": "item", "id": item, "kind": kind, "path": f"f/desk/{item}", "creator": "ada", "initial": initial,
        "created_at": 1.0, "changed_at": 1.0,
    }  # fmt: skip


async def written(house: House) -> dict[str, Any]:
    """Ben's own draft as it is stored."""
    (row,) = await house.world.rows(
        "select d.id, d.visibility, d.guests from draft d join member m on m.workspace_id = d.workspace_id"
        " and m.id = d.owner_id where m.username = 'ben' and d.purpose = 'own'"
    )
    return dict(row)


async def test_an_import_lets_nobody_into_anothers_draft_and_says_what_it_left_out(house: House) -> None:
    mine = next(each for each in await exported(house, "draft") if each.get("owner") == "ada")
    await house.world.member("zoe")
    theirs = {
        **mine, "owner": "ben", "visibility": "open",
        "guests": [{"user": "ada", "may": "type", "agents": True}, {"user": "zoe", "may": "look"}],
    }  # fmt: skip
    for dry_run in (True, False):
        answer = await house.world.http("ada").post("import", json={"records": [theirs], "dry_run": dry_run})
        (result,) = answer.json()["results"]
        assert (result["outcome"], result["left_out"]) == ("made", ["visibility", "guests"])
    row = await written(house)
    assert row["guests"] == []
    assert row["visibility"] != "open"


async def test_what_others_are_said_to_have_done_says_who_says_so(house: House) -> None:
    """In their drafts, versions and logs, wherever somebody reads who it was."""
    ada = house.world.http("ada")
    value = {"summary": "s", "language": "python3", "content": "x = 1\n"}
    item = new_id()
    hashes = {"content_hash": content_hash(value), "hash": version_hash(item, 1, value)}
    version = {
        "is": "version", "item": item, "number": 1, "value": value, "at": 1.0,
        "author": {"user": "ben"}, "deployer": {"user": "ada"}, **hashes,
    }  # fmt: skip
    draft = {
        "is": "draft", "item": item, "purpose": "shared", "owner": None, "visibility": "open", "generation": 1,
        "origin_version": 1, "base_version": 1, "from_seq": 0, "value": value, "keyed": [], "text": ["/content"],
        "begun_at": 1.0, "changed_at": 2.0,
        "writers": [
            {"w": 1, "by": {"user": "ben", "kind": "agent", "label": "Helper"}, "joined_at": 1.0},
            {"w": 2, "by": {"user": "ada"}, "joined_at": 1.0},
        ],
        "batches": [
            {"w": w, "no": 1, "base": w - 1, "seen": w - 1, "at": 2.0,
             "ops": [{"op": "text", "at": "/content", "s": [[0, 0, f"# {w}\n"]]}]}
            for w in (1, 2)
        ],
    }  # fmt: skip
    whole = new_item("script", value) | {"id": item}
    results = await imported(house, whole, version, draft)
    assert [each["outcome"] for each in results] == ["made"] * 3, results
    (shown,) = (await ada.get(f"items/{item}/versions")).json()["versions"]
    assert shown["author"]["imported_by"].startswith("Ada")
    assert "imported_by" not in shown["deployer"], "what who imports says of themselves is theirs"
    state = (await ada.get(f"items/{item}/draft", params={"purpose": "shared"})).json()
    path = f"drafts/{state['draft']}"
    for told in ("log", "history", "blame"):
        text = (await ada.get(f"{path}/{told}")).text
        assert '"imported_by":"Ada' in text, told
        assert "\x1f" not in text and "\\u001f" not in text
    again = [each for each in await exported(house, "version") if each["item"] == item]
    assert [(each["author"], each["deployer"]) for each in again] == [
        ({"user": "ben", "imported": "ada"}, {"user": "ada"})
    ]
    live = (await ada.get("members")).text
    assert "\\u001f" not in live


async def test_secrets_that_are_not_here_are_named_and_a_label_is_one(house: House) -> None:
    value = {"resource_type": "postgresql", "value": {"host": "db", "password": {"$secret": new_id()}}}
    item = new_item("resource", value)
    for dry_run in (True, False):
        answer = await house.world.http("ada").post("import", json={"records": [item], "dry_run": dry_run})
        (result,) = answer.json()["results"]
        assert (result["outcome"], result["unset_secrets"]) == ("made", ["/value/password"])
    run = {"is": "run", "id": new_id(), "state": "ended", "started_at": 1.0}
    for label in ("a\x1fb", "", " x"):
        (told,) = await imported(house, {**run, "by": {"user": "ben", "kind": "agent", "label": label}})
        assert told["code"] == "bad_message", label
