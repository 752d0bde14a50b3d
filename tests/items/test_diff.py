"""Any two values of an item compared over HTTP: what differs, between which states, and who may ask."""

import secrets

import pytest

from draftwire.rest.diff import ElementMoved, TextChanged
from tests.items.house import House, code_of

pytestmark = pytest.mark.slow


def flow(*ids: str, code: str = "x = 1\n") -> dict[str, object]:
    modules = [{"id": i, "value": {"type": "rawscript", "language": "python3", "content": code}} for i in ids]
    return {"summary": "s", "value": {"modules": modules}}


async def test_any_two_values_are_compared(house: House) -> None:
    item = await house.item(
        "ada", f"f/desk/{secrets.token_hex(5)}", "flow", flow("a", "b", "c"), external_id=secrets.token_hex(5)
    )
    first = await house.save("ada", item, flow("b", "c", "a"))
    await house.save("ada", item, flow("b", "c", "a", code="x = 2\n"), 1)
    theirs = await house.save("ben", item, flow("a", "b"))
    await house.deploy(item, flow("a", "b", "c", "d"))
    async with house.api("ada") as ada, house.api("ben", 1) as ben:
        mine = await ada.items.diff(item, "version:0", "mine")
        assert (mine.from_.version, mine.to.name) == (0, "mine")
        assert [type(change) for change in mine.comparison.changes].count(ElementMoved) == 1
        assert sum(isinstance(change, TextChanged) for change in mine.comparison.changes) == 3
        moved = await ada.items.diff(item, "version:0", first)
        assert [type(change) for change in moved.comparison.changes] == [ElementMoved]
        assert moved.to.etag == first
        state = await ada.items.get(item)
        of_ben = next(draft.id for draft in state.drafts if draft.owner and draft.owner.name == "Ben")
        between = await ada.items.diff(item, f"{of_ben}@{theirs}", "deployed")
        assert (between.from_.draft, between.from_.etag, between.to.version) == (of_ben, theirs, 1)
        assert {change.at for change in between.comparison.changes} == {"c", "d"}
        assert (await ben.items.diff(item, "shared", "deployed")).comparison.changes == (), "nobody has begun it"
        assert (await ben.items.diff(f"ext:{state.external_id}", of_ben, of_ben)).item == item


async def test_of_what_one_may_not_read_there_is_nothing_to_compare(house: House) -> None:
    item = await house.item("ada", f"f/desk/{secrets.token_hex(5)}", value={"content": "x\n"})
    await house.save("ada", item, {"content": "y\n"})
    async with house.api("ada") as ada, house.api("olga") as olga, house.api("cleo") as cleo:
        draft = (await ada.items.get(item)).drafts[0].id
        assert await code_of(olga.items.diff(item, to=draft)) == "not_found"
        assert await code_of(cleo.items.diff(item, "deployed", "deployed")) == "not_found"
        other = await house.item("ada", f"f/desk/{secrets.token_hex(5)}")
        assert await code_of(ada.items.diff(other, to=draft)) == "not_found", "a draft of another item"


@pytest.mark.parametrize(
    ("code", "query"),
    [
        ("bad_message", "context=101"), ("bad_message", "context=-1"), ("bad_message", "context=many"),
        ("not_found", "from=version:7"), ("not_found", "to=nonsense"), ("bad_message", "from=deployed@g1.s1.AAAAAAAA"),
        ("bad_etag", "to=mine@nonsense"), ("base_ahead", "to=g1.s9.AAAAAAAA"),
        ("generation_changed", "to=g9.s0.AAAAAAAA"),
        ("rewound", "to=g1.s0.AAAAAAAA"), ("bad_message", "between=us"), ("not_found", "from=%00"),
    ],
)  # fmt: skip
async def test_a_bad_question_is_refused(house: House, code: str, query: str) -> None:
    item = await house.item("ada", f"f/desk/{secrets.token_hex(5)}")
    async with house.home.http("ada") as client:
        answer = await client.get(f"items/{item}/diff?{query}")
    assert answer.json()["code"] == code, answer.text


async def test_large_values_are_compared_too(house: House) -> None:
    old = "".join(f"line {n}\n" for n in range(60_000))
    item = await house.item("ada", f"f/desk/{secrets.token_hex(5)}", value={"content": old})
    await house.save("ada", item, {"content": old.replace("line 30000\n", "changed\n")})
    async with house.api("ada") as ada:
        found = await ada.items.diff(item, context=1)
    (change,) = found.comparison.changes
    assert isinstance(change, TextChanged)
    assert (change.removed_lines, change.added_lines) == (1, 1)
    assert [line.text for line in change.hunks[0].lines] == ["line 29999", "line 30000", "changed", "line 30001"]
