"""The worst of every route within the limits: another user waits for less than a quarter second.

Bodies and queries are made from the routes themselves (`largest.py`): every list, table and text has as much as there
is room for. What a type can't tell (a thousand edits of a long text, a pattern over it) is in `deep`. Tina asks and
types meanwhile on the same worker, which is the only one (`waits.py`).
"""

import json
import secrets
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import urlencode

import pytest

from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.http.serving.operation import Operation
from draftwire_server.limits.contract import FOLDER_PEOPLE, GROUP_MEMBERS, JSON_BODY_BYTES, OPS_PER_BATCH
from draftwire_server.limits.pages import (
    BULK_DRAFTS,
    DIRECTORY_ENTRIES,
    EDITS_PER_CALL,
    RESOLUTIONS,
    RIGHTS_CHANGES,
    SYNC_ITEMS,
)
from tests.system.cluster import cluster
from tests.system.largest import fullest, largest
from tests.system.waits import TRIES, WAIT_S, Watch, typist
from tests.system.world import EVERYTHING, world
from tests.tenancy.house import MARK, House, furnished, operations

pytestmark = [pytest.mark.slow, pytest.mark.alone]

BODY = 1_000_000  # bytes of each route's body; reading a larger one is the same for all, and comes once below
QUERY = 40_000  # within `HTTP_TARGET_BYTES`
LISTED = 300  # values of one parameter
# The longest lists that routes take; 5,000 where nothing is said.
LONGEST = {
    "put_members": GROUP_MEMBERS, "put_directory": DIRECTORY_ENTRIES, "change_rights": RIGHTS_CHANGES,
    "add_folder": FOLDER_PEOPLE, "change_folder": FOLDER_PEOPLE, "patch_content": OPS_PER_BATCH,
    "patch_draft_of_item": OPS_PER_BATCH, "deploy_many": BULK_DRAFTS, "discard_many": BULK_DRAFTS,
    "sync_items": SYNC_ITEMS, "edit_draft": EDITS_PER_CALL, "import_": 1_000,
}  # fmt: skip
LONG = "".join(f"é😀 line {n:06d} ääää\n" for n in range(50_000))  # a million characters


def lines(count: int, apart: int) -> list[tuple[str, str]]:
    return [(f"line {n * apart:06d}", f"LINE {n}") for n in range(count)]


def deep(ids: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Bodies whose work a type does not tell, by route."""
    edits = [{"at": "/content", "old": old, "new": new} for old, new in lines(OPS_PER_BATCH, 45)]
    ops = [{"op": "text", "at": "/content", "s": [[901 * n, 0, "x"]]} for n in range(OPS_PER_BATCH)]
    patch = [{"op": "replace", "path": "/content", "value": f"{n}"} for n in range(OPS_PER_BATCH)]
    patches = [{"edits": edits}, {"ops": ops}, {"patch": patch}]
    tool = [{"do": "str_replace", "at": "/content", "old": o, "new": n} for o, n in lines(EDITS_PER_CALL, 450)]
    one = {"draft": ids["long"], "etag": "g1.s1.AAAAAAAA"}
    item = {"kind": "thing", "value": {"content": LONG[:60_000]}}
    return {
        "patch_content": patches,
        "edit_draft": [{"draft": ids["long"], "edits": tool}],
        "search_texts": [{"query": r"(\w+ ?)+$", "pattern": True, "draft": ids["long"]}, {"query": "ä" * 900}],
        "deploy_many": [{"drafts": [one | {"expected_version": 0}] * BULK_DRAFTS}],
        "discard_many": [{"drafts": [one] * BULK_DRAFTS}],
        "sync_items": [{"items": [item | {"external_id": f"w{n}"} for n in range(SYNC_ITEMS)]}],
        "put_draft": [{"value": {"summary": "", "content": LONG[::-1]}}],
    }


@pytest.fixture(scope="module")
async def house(module_database_url: str, services: Embedded) -> AsyncIterator[House]:
    async with (
        cluster(module_database_url, services.redis_url, workers=1) as server,
        world(server, module_database_url, MARK) as home,
    ):
        made = await furnished(home)
        await home.member("tina", desk=EVERYTHING)  # whom no route here removes
        async with home.http("ada") as ada:
            kind = {"name": "typed", "title": "Typed", "schema": {}, "text": ["/text"], "initial": {"text": ""}}
            assert (await ada.put("kinds/typed", json=kind)).status_code == 200
            item = await home.item("ada", "f/desk/long", "thing", {"summary": "", "content": LONG})
            state = (await ada.get(f"items/{item}/draft?purpose=shared")).json()
        made.ids |= {"long": state["draft"], "long_item": item}
        yield made
        await home.close_clients()


ASKED = [each for each in operations() if each.query is not None or each.body is not None]


async def again(house: House) -> dict[str, Any]:
    """Let the long text stand as it was; gives the draft's state, which the agent has read."""
    place = f"items/{house.ids['long_item']}/draft?purpose=shared"
    async with house.world.http("ada", 0) as ada, house.world.http("ada", 0, agent=f"helper {MARK}") as agent:
        state = (await ada.get(place)).json()
        value = {"value": {"summary": secrets.token_hex(4), "content": LONG}}
        saved = await ada.put(place, json=value, headers={"if-match": state["etag"]}, timeout=60)
        assert saved.status_code == 200, saved.text
        await agent.post(f"runs/{house.ids['run']}/read", json={"draft": house.ids["long"], "first": 1, "last": 2})
    return dict(saved.json())


async def send(house: House, operation: Operation, body: Any, query: str = "", state: Any = None) -> None:
    """Ask; whatever the answer, it is one. With the state of the long draft: about that."""
    ids = house.ids | ({"draft": house.ids["long"]} if state else {})
    agent = {"agent": f"helper {MARK}"} if "{run}" in operation.path else {}
    headers = {"content-type": "application/json", "if-match": state["etag"] if state else "g1.s1.AAAAAAAA"}
    if operation.method == "POST":
        headers["idempotency-key"] = secrets.token_hex(8)
    if state and operation.route.id == "edit_draft":
        body = body | {"read_seq": state["seq"], "generation": state["generation"]}
    async with house.world.http("ada", 0, **agent) as http:
        url = operation.path.partition("{workspace}/")[2].format_map(ids)
        content = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = await http.request(operation.method, url + query, content=content, headers=headers, timeout=60)
    assert answer.status_code < 500, (operation.route.id, answer.text[:300])


def query_of(operation: Operation) -> str:
    if operation.query is None:
        return ""
    full = largest(operation.query, QUERY // 6, LISTED)  # each letter takes six bytes there
    full = {name: value for name, value in full.items() if name not in ("wait_s", "cursor")}
    return "?" + urlencode([(k, v) for k, vs in full.items() for v in (vs if isinstance(vs, list) else [vs])])


async def attacks(house: House, operation: Operation) -> list[tuple[str, Any, str, bool]]:
    """(name, body, query, about the long draft) of the worst of a route."""
    name, query = operation.route.id, query_of(operation)
    deeper = [(f"{name} {n}", body, "", True) for n, body in enumerate(deep(house.ids).get(name, ()))]
    if operation.body is None:
        return [(name, None, query, False), *deeper]
    large = largest(operation.body, min(BODY, operation.body_bytes - 1_000))
    full = fullest(operation.body, LONGEST.get(name, RESOLUTIONS))
    return [(name, large, query, False), (f"{name} full", full, "", False), *deeper]


async def test_no_route_holds_up_anybody_else(house: House) -> None:
    assert set(deep(house.ids)) | set(LONGEST) <= {each.route.id for each in operations()}
    tina = await typist(house.world, "tina", "typed", {"text": ""})
    waits: dict[str, list[float]] = {}
    async with Watch(house.world, tina).going_on() as watch:
        for operation in ASKED:
            for called, body, query, state in await attacks(house, operation):
                tries = waits.setdefault(called, [])
                while not tries or (tries[-1] > WAIT_S and len(tries) < TRIES):
                    state = await again(house) if state else None
                    tries.append(await watch.longest(send(house, operation, body, query, state)))
    await tina.socket.connection.close()

    assert {name: tries for name, tries in waits.items() if tries[-1] > WAIT_S} == {}


async def test_reading_the_largest_body_holds_up_nobody_else(house: House) -> None:
    """The same for all routes: it is read, then made into what the route takes."""
    tina = await typist(house.world, "tina", "typed", {"text": ""})
    waits: dict[str, list[float]] = {}
    names = ("put_members", "put_directory", "sync_items", "import_", "create_item", "patch_content")
    async with Watch(house.world, tina).going_on() as watch:
        for operation in (each for each in ASKED if each.route.id in names):
            body = largest(operation.body, JSON_BODY_BYTES - 500_000)
            tries = waits.setdefault(operation.route.id, [])
            while not tries or (tries[-1] > WAIT_S and len(tries) < TRIES):
                tries.append(await watch.longest(send(house, operation, body)))
    await tina.socket.connection.close()
    assert {name: tries for name, tries in waits.items() if tries[-1] > WAIT_S} == {}
