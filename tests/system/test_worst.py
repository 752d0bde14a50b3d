"""The worst of every message, route and schema within the limits: another user waits for less than a quarter second.

Each attack runs while somebody else asks again and again on the same worker, which is the only one. A message that is
in no list here fails the test: whoever adds one says what its worst is.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from draftwire.wire.codec import _CLIENT_TYPES
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.limits.contract import FRAME_BYTES, OPS_PER_BATCH
from tests.system.cluster import cluster
from tests.system.test_checking import doubling
from tests.system.waits import Typist, nobody_waits, typist
from tests.system.world import EVERYTHING, World, world

pytestmark = [pytest.mark.slow, pytest.mark.alone]

ELEMENTS = 9_000
LONG = "é😀" * 500_000
STEPS: dict[str, Any] = {
    "name": "steps", "title": "Steps", "schema": {}, "keyed": ["/steps", "/other"], "text": ["/text", "/steps/*/how"],
    "initial": {"text": "", "steps": [], "other": []},
}  # fmt: skip
SLOW = {"name": "slow", "title": "Slow", "schema": {}, "text": ["/text"], "initial": {"text": ""}}


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    async with (
        cluster(module_database_url, services.redis_url, workers=1) as server,
        world(server, module_database_url) as made,
    ):
        await made.member("boss", "admin")
        for name in ("ada", "ben"):
            await made.member(name, desk=EVERYTHING)
        async with made.http("boss") as boss:
            for kind in (STEPS, SLOW):
                answer = await boss.put(f"kinds/{kind['name']}", json=kind)
                assert answer.status_code == 200, answer.text
        yield made


@pytest.fixture(scope="module")
async def ben(home: World) -> AsyncIterator[Typist]:
    typing = await typist(home, "ben", "steps", {"text": "", "steps": [], "other": []})
    yield typing
    await typing.socket.connection.close()


# ---- what a WebSocket may bring


def elements(prefix: str, count: int) -> list[dict[str, Any]]:
    return [{"id": f"{prefix}{n}", "how": ""} for n in range(count)]


EDITS: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]]]] = {
    "text": (
        "steps", {"text": LONG, "steps": [], "other": []},
        [{"op": "text", "at": "/text", "s": [[901 * n, 0, "x"]]} for n in range(OPS_PER_BATCH)],
    ),
    "set": (
        "steps", {"text": "", "steps": elements("e", ELEMENTS), "other": []},
        [{"op": "set", "at": f"e{n}/x", "v": n} for n in range(OPS_PER_BATCH)],
    ),
    "move": (
        "steps", {"text": "", "steps": elements("e", ELEMENTS), "other": []},
        [{"op": "move", "id": f"e{ELEMENTS - 1 - n}", "at": "/steps", "before": "e1"} for n in range(OPS_PER_BATCH)],
    ),
    "insert": (
        "steps", {"text": "", "steps": elements("e", ELEMENTS), "other": []},
        [{"op": "insert", "at": "/steps", "v": one, "after": "e8"} for one in elements("n", OPS_PER_BATCH - 1)],
    ),
    "value": (
        "steps", {"text": "", "steps": [], "other": []},
        [{"op": "set", "at": "/x", "v": [[]] * ((FRAME_BYTES - 1_000) // 4)}],
    ),
}  # fmt: skip


@pytest.mark.parametrize("op", EDITS)
async def test_no_edit_holds_up_anybody_else(home: World, ben: Typist, op: str) -> None:
    kind, value, ops = EDITS[op]

    async def prepared() -> Callable[[], Awaitable[Any]]:
        place = await typist(home, "ada", kind, value)
        payload = json.dumps(place.edit(*ops), separators=(",", ":"), ensure_ascii=False)

        async def send() -> None:
            await place.socket.connection.send(payload)
            answer = await place.socket.next("ops", "refused", "error", within_s=60)
            assert answer["t"] == "ops", answer
            await place.socket.connection.close()

        return send

    async def attack() -> None:
        send = await prepared()  # making the item is one of the things that hold nobody up
        await send()

    await nobody_waits(home, ben, attack)


# The worst of the others is their size: what they hold is bounded by the frame, and read beside the loop.
def large(**message: Any) -> dict[str, Any]:
    room = FRAME_BYTES - 1_000 - len(json.dumps(message))
    return message | {"pad": [[]] * (room // 4)}


MESSAGES: dict[str, dict[str, Any]] = {
    "hello": large(t="hello", session="s" * 22),
    "auth": large(t="auth", token="x" * 8_000),
    "open": large(t="open", ref=1, item="i"),
    "subscribe": large(t="subscribe", ref=1, channel="item:x"),
    "close": large(t="close", channel="item:x"),
    "focus": large(t="focus", item="i"),
    "seen": large(t="seen", draft="d", seq=1),
    "pong": large(t="pong", n=1),
    "park": {
        "t": "park", "ref": 1, "draft": "d", "item": "i", "generation": 1, "base": 0, "reason": "offline",
        "texts": [{"at": "/x", "v": "é" * 1_000}] * 900,
    },
    "call": large(t="call", ref=1, tool="read", arguments={}),
    "append": {"t": "append", "run": "r", "stream": "s", "offset": 0, "text": "é" * 60_000},
}  # fmt: skip


def test_every_message_has_its_worst() -> None:
    assert set(MESSAGES) | {"edit"} == _CLIENT_TYPES


async def test_no_other_message_holds_up_anybody_else(home: World, ben: Typist) -> None:
    payloads = [json.dumps(each, separators=(",", ":"), ensure_ascii=False) for each in MESSAGES.values()]

    async def send_all() -> None:
        async with await home.socket("ada", 0) as socket:
            await socket.next("welcome")
            for payload in payloads:
                await socket.connection.send(payload)
            await socket.send(t="open", ref=99, item="no such item")
            while (await socket.next("error", within_s=60)).get("ref") != 99:
                pass

    await nobody_waits(home, ben, send_all)


# ---- what HTTP may bring


async def test_no_schema_holds_up_anybody_else(home: World, ben: Typist) -> None:
    async def all_of_it() -> None:
        async with home.http("boss", 0) as boss, home.http("ada", 0) as ada:
            told = await boss.put("kinds/slow", json=SLOW | {"schema": doubling(30)}, timeout=60)
            assert told.json()["code"] == "too_much_work"
            patterns = {f"x{n}": {"pattern": r"^(\w{1,300}){1,9}$"} for n in range(4_000)}
            told = await boss.put("kinds/slow", json=SLOW | {"schema": {"properties": patterns}}, timeout=60)
            assert told.status_code in (200, 413, 422), told.text
            # Slow for a value of many levels alone, which nobody tries when the kind is defined: each level doubles it.
            twice = {"properties": {"a": {"anyOf": [{"$ref": "#/$defs/level"}] * 2}}, "type": "object"}
            hidden = {"properties": {"deep": {"$ref": "#/$defs/level"}}, "$defs": {"level": twice}}
            told = await boss.put("kinds/slow", json=SLOW | {"schema": hidden}, timeout=60)
            assert told.status_code == 200, told.text
            deep: Any = 1
            for _ in range(26):
                deep = {"a": deep}
            item = await home.item("ada", None, "slow", {"text": "", "deep": deep})
            state = (await ada.get(f"items/{item}/draft")).json()
            found = await ada.get(f"drafts/{state['draft']}/diagnostics", params={"item": item}, timeout=60)
            assert "too long" in found.text
            wanted = {"item": item, "etag": state["etag"], "expected_version": 0}
            told = await ada.post(f"drafts/{state['draft']}/deploy", json=wanted, timeout=60)
            assert told.json()["code"] == "too_much_work", told.text

    await nobody_waits(home, ben, all_of_it)


async def test_no_saved_value_holds_up_anybody_else(home: World, ben: Typist) -> None:
    async def all_of_it() -> None:
        async with home.http("ada", 0) as ada:
            shuffled = {"text": "", "steps": elements("e", 400), "other": []}
            item = await home.item("ada", None, "steps", shuffled)
            state = (await ada.get(f"items/{item}/draft")).json()
            again = {"text": LONG, "steps": sorted(elements("e", 400), key=lambda one: one["id"][::-1]), "other": []}
            told = await ada.put(
                f"drafts/{state['draft']}", params={"item": item}, json={"value": again}, timeout=60,
                headers={"if-match": f'"{state["etag"]}"'},
            )  # fmt: skip
            assert told.status_code in (200, 409), told.text
            assert (await ada.post("items", content=b"[" * 1_000_000, timeout=60)).status_code == 400
            wide = b'{"kind":"steps","value":{"x":[' + b"[]," * 1_000_000 + b"1]}}"
            assert (await ada.post("items", content=wide, timeout=60)).status_code in (201, 400, 413)

    await nobody_waits(home, ben, all_of_it)


async def test_bodies_under_way_are_bounded_and_the_rest_is_told_to_come_back(home: World, ben: Typist) -> None:
    item = await home.item("ada", None, "steps", {"text": "", "steps": [], "other": []})
    body = json.dumps({"value": {"text": "x" * 11_000_000, "steps": [], "other": []}}).encode()

    async def all_of_it() -> None:
        async with home.http("ada", 0) as ada:
            state = (await ada.get(f"items/{item}/draft")).json()

            async def put() -> tuple[int, str | None]:
                told = await ada.put(
                    f"drafts/{state['draft']}", params={"item": item}, content=body, timeout=120,
                    headers={"if-match": f'"{state["etag"]}"', "content-type": "application/json"},
                )  # fmt: skip
                return told.status_code, told.headers.get("retry-after")

            answers = await asyncio.gather(*(put() for _ in range(16)))
            assert {status for status, _ in answers} <= {200, 409, 503}, answers
            assert all(again == "1" for status, again in answers if status == 503)
            assert sum(status == 503 for status, _ in answers) >= 8

    await nobody_waits(home, ben, all_of_it)


async def test_edits_that_wait_for_postgres_are_bounded_and_the_rest_is_not_read(home: World) -> None:
    place = await typist(home, "ada", "steps", {"text": "", "steps": [], "other": []})
    text = "x" * 1_500_000
    connection = place.socket.connection

    async def send(number: int) -> None:
        edit = place.edit({"op": "set", "at": "/x", "v": text}) | {"no": number}
        await connection.send(json.dumps(edit))

    await send(1)
    place.mark = (await place.socket.next("ops"))["mark"]  # the draft is begun
    place.seq += 1
    async with home.store() as store:
        async with store.transaction():
            await store.execute("lock table draft in access exclusive mode")
            sent = 1
            try:
                while sent < 150:
                    async with asyncio.timeout(1.0):
                        await send(sent + 1)
                    sent += 1
            except TimeoutError:
                pass
        assert sent < 40, "a socket that is not read takes no more than the buffers on the way hold"
    answer = await place.socket.next("ops", "refused", "error", within_s=60)  # what was read goes on
    assert answer["t"] in ("ops", "refused")
    connection.transport.abort()
