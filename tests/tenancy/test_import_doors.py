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


async def test_an_admin_does_not_let_themselves_into_anothers_draft(house: House) -> None:
    mine = next(each for each in await exported(house, "draft") if each.get("owner") == "ada")
    theirs = {
        **mine, "owner": "ben", "visibility": "private",
        "guests": [{"user": "ada", "may": "type", "agents": True}, {"user": "zoe", "may": "look"}],
    }  # fmt: skip
    zoe = await house.world.member("zoe")
    assert [each["outcome"] for each in await imported(house, theirs)] == ["made"]
    rows = await house.world.rows(
        "select guests from draft d join member m on m.workspace_id = d.workspace_id and m.id = d.owner_id"
        " where m.username = 'ben' and d.purpose = 'own'"
    )
    assert [[guest["user"] for guest in row["guests"]] for row in rows] == [[zoe]]
