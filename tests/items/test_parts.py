"""Bulk requests answer for each part: one that can't be read is named and refused, and the others are done.

A table over all routes that take many parts; a route that is declared with `parts` and stands not here fails.
"""

from typing import Any

import pytest

from draftwire.rest.routes import ROUTES
from tests.system.cluster import Cluster
from tests.system.world import World, world

BAD: dict[str, tuple[str, str]] = {  # as it stands in the JSON of a part → the code
    "a number beyond 2^53": ("9007199254740993", "bad_number"),
    "an endless number": ("1e999", "bad_number"),
    "U+0000": ('"\\u0000"', "bad_text"),
    "half a pair": ('"\\ud800"', "bad_text"),
    "__proto__": ('{"__proto__": 1}', "bad_member"),
    "a member twice": ('{"a": 1, "a": 2}', "duplicate_key"),
    "too deep": ("[" * 101 + "]" * 101, "too_deep"),
}
MANY = {
    "items/sync": ("items", "results"),
    "import": ("records", "results"),
    "drafts/deploy": ("drafts", "results"),
    "drafts/discard": ("drafts", "results"),
}


def test_every_route_of_many_parts_stands_in_the_table() -> None:
    declared = {route.path: route.parts for route in ROUTES if route.parts}
    assert declared == {path: member for path, (member, _) in MANY.items()}


@pytest.fixture(scope="module")
async def home(desk_cluster: Cluster, session_database_url: str) -> Any:
    async with world(desk_cluster, session_database_url, "parts") as made:
        await made.member("ada", "admin")
        yield made


def part_of(route: str, name: str, value: str) -> str:
    match route:
        case "items/sync":
            return f'{{"external_id": "{name}", "kind": "script", "value": {{"content": "x\\n", "more": {value}}}}}'
        case "import":
            return f'{{"is": "group", "name": "{name}", "summary": "x", "members": [], "external_id": {value}}}'
        case _:
            return f'{{"draft": "{name}", "etag": "g1.s1.AAAAAAAA", "more": {value}}}'


async def post(home: World, route: str, parts: list[str]) -> list[Any]:
    member, results = MANY[route]
    async with home.http("ada") as http:
        answer = await http.post(route, content=f'{{"{member}": [{", ".join(parts)}]}}'.encode())
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()[results]
    return found


@pytest.mark.parametrize("what", BAD)
async def test_one_bad_value_refuses_its_own_part_alone(home: World, what: str) -> None:
    value, code = BAD[what]
    found = await post(
        home,
        "items/sync",
        [part_of("items/sync", "one", "1"), part_of("items/sync", "two", value), part_of("items/sync", "three", "1")],
    )
    assert [result["put"]["external_id"] if "put" in result else result["refused"] for result in found][::2] == [
        "one",
        "three",
    ]
    assert (found[1]["refused"]["external_id"], found[1]["refused"]["code"]) == ("two", code)


@pytest.mark.parametrize("route", MANY)
async def test_every_route_says_which_part_it_was(home: World, route: str) -> None:
    value, code = BAD["an endless number"]
    found = await post(home, route, [part_of(route, "one", "null"), part_of(route, "two", value)])
    assert len(found) == 2
    refused = found[1].get("refused", found[1])
    assert refused["code"] == code
    name = found[1].get("draft") or refused.get("external_id")
    assert name == ("two" if route != "import" else None)


@pytest.mark.parametrize(
    "body", ['{"items": [', '{"items": 3}', '{"items": [{"external_id": "a", "kind": "script"}], "x": 1e999}', "[]"]
)
async def test_what_is_wrong_around_the_parts_refuses_the_whole(home: World, body: str) -> None:
    async with home.http("ada") as http:
        answer = await http.post("items/sync", content=body.encode())
        assert answer.status_code == 400, answer.text
        assert answer.json()["code"] in ("bad_json", "bad_message", "bad_number")
        assert (await http.get("items?external_id=a")).json()["items"] == []
