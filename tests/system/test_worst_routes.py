"""The worst of every route within the limits: another user waits for less than a quarter second.

Bodies and queries are made from the routes themselves (`largest.py`): every list, table and text has as much as there
is room for. What a type can't tell (a thousand edits of a long text, a pattern over it) is in `DEEP`. Tina asks and
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
from draftwire_server.limits import BULK_DRAFTS, EDITS_PER_CALL, JSON_BODY_BYTES, OPS_PER_BATCH, SYNC_ITEMS
from tests.system.cluster import cluster
from tests.system.largest import largest
from tests.system.waits import TRIES, WAIT_S, Watch, typist
from tests.system.world import EVERYTHING, world
from tests.tenancy.house import MARK, House, furnished, operations

pytestmark = [pytest.mark.slow, pytest.mark.alone]

BODY = 1_000_000  # bytes of each route's body; reading a larger one is the same for all, and comes once below
QUERY = 40_000  # within `HTTP_TARGET_BYTES`
LISTED = 300  # values of one parameter
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
        "put_draft": [{"value": {"content": LONG[::-1]}}],
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
            await ada.put(
                f"items/{item}/draft?purpose=shared", json={"value": {"summary": "x", "content": LONG}},
                headers={"if-match": state["etag"]},
            )  # fmt: skip
        made.ids |= {"long": state["draft"], "long_item": item}
        yield made
        await home.close_clients()


ASKED = [each for each in operations() if each.query is not None or each.body is not None]


async def send(house: House, operation: Operation, body: Any, query: str = "", draft: str | None = None) -> None:
    """Ask; whatever the answer, it is one."""
    ids = house.ids | ({"draft": draft} if draft else {})
    agent = {"agent": f"helper {MARK}"} if "{run}" in operation.path else {}
    headers = {"content-type": "application/json"}
    async with house.world.http("ada", 0, **agent) as http:
        if operation.method in ("PUT", "PATCH") and draft is not None:
            headers["if-match"] = (await http.get(f"drafts/{draft}")).headers["etag"]
        if operation.method == "POST":
            headers["idempotency-key"] = secrets.token_hex(8)
        url = operation.path.partition("{workspace}/")[2].format_map(ids)
        content = None if body is None else json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        answer = await http.request(operation.method, url + query, content=content, headers=headers, timeout=60)
    import sys; sys.stderr.write(f"{operation.handler.__name__} {answer.status_code} {answer.text[:110] if draft or answer.status_code>=400 else ''}\n")
    assert answer.status_code < 500, (operation.handler.__name__, answer.text[:300])


def query_of(operation: Operation) -> str:
    if operation.query is None:
        return ""
    full = largest(operation.query, QUERY // 6, LISTED)  # each letter takes six bytes there
    full.pop("wait_s", None)
    return "?" + urlencode([(k, v) for k, vs in full.items() for v in (vs if isinstance(vs, list) else [vs])])


async def test_no_route_holds_up_anybody_else(house: House) -> None:
    deeper = deep(house.ids)
    assert set(deeper) <= {each.handler.__name__ for each in operations()}
    tina = await typist(house.world, "tina", "typed", {"text": ""})
    waits: dict[str, list[float]] = {}
    async with Watch(house.world, tina).going_on() as watch:
        for operation in ASKED:
            name, query = operation.handler.__name__, query_of(operation)
            body = None if operation.body is None else largest(operation.body, min(BODY, operation.body_bytes - 1_000))
            attacks = [(name, body, query, None), *((f"{name} {n}", each, "", house.ids["long"])
                       for n, each in enumerate(deeper.get(name, ())))]  # fmt: skip
            for called, sent, asked, draft in attacks:
                tries = waits.setdefault(called, [])
                while not tries or (tries[-1] > WAIT_S and len(tries) < TRIES):
                    tries.append(await watch.longest(send(house, operation, sent, asked, draft)))
    await tina.socket.connection.close()
    import sys

    sys.stderr.write(str(sorted(((round(min(t), 3), n, len(t)) for n, t in waits.items()), reverse=True)[:25]))
    assert {name: tries for name, tries in waits.items() if tries[-1] > WAIT_S} == {}


async def test_reading_the_largest_body_holds_up_nobody_else(house: House) -> None:
    """The same for all routes: it is read, then made into what the route takes."""
    tina = await typist(house.world, "tina", "typed", {"text": ""})
    waits: dict[str, list[float]] = {}
    names = ("put_members", "put_directory", "sync_items", "import_", "create_item", "patch_content")
    async with Watch(house.world, tina).going_on() as watch:
        for operation in (each for each in ASKED if each.handler.__name__ in names):
            body = largest(operation.body, JSON_BODY_BYTES - 500_000)
            tries = waits.setdefault(operation.handler.__name__, [])
            while not tries or (tries[-1] > WAIT_S and len(tries) < TRIES):
                tries.append(await watch.longest(send(house, operation, body)))
    await tina.socket.connection.close()
    assert {name: tries for name, tries in waits.items() if tries[-1] > WAIT_S} == {}
