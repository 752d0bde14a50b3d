"""Choosing between the sides of a merge: what choices lead to, and that a hunk is known again by what it says."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.shape import Shape
from draftwire.merge.merge import merge
from draftwire_server.core.merge.resolve import Choice, Side, hunks_of, placed, settle, transplanted, without

SHAPE = Shape(("/modules", "/modules/*/inner"), ("/text", "/modules/*/code"))
LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=6).map(
    lambda lines: "".join(f"{x}\n" for x in lines)
)


@st.composite
def elements(draw: Any, depth: int = 0) -> list[dict[str, Any]]:
    made = []
    names = draw(st.lists(st.sampled_from("uvwxyz"), unique=True, max_size=3))
    for name in names:
        element: dict[str, Any] = {"id": f"{name}{depth}", "code": draw(LINES)}
        if draw(st.booleans()):
            element["n"] = draw(st.integers(0, 2))
        made.append(element)
    return made


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    value: dict[str, Any] = {"text": draw(LINES), "modules": draw(elements())}
    for element in value["modules"]:
        if draw(st.booleans()):
            element["inner"] = [dict(e, id=f"{element['id']}-{e['id']}") for e in draw(elements(1))]
    if draw(st.booleans()):
        value["summary"] = draw(st.sampled_from(["one", "two", "three"]))
    return value


def sides(base: Any, incoming: Any, standing: Any, side: Side) -> tuple[Document, tuple[str, ...]]:
    outcome = merge(base, incoming, standing, SHAPE)
    work = Document.load(standing, SHAPE)
    for op in outcome.ops:
        applied = work.apply(op, 0)
        assert applied.effect is not None
        work = applied.document
    hunks = hunks_of(outcome.conflicts)
    settled = settle(work, Document.load(incoming, SHAPE), hunks, {hunk.id: Choice(side) for hunk in hunks})
    return settled, tuple(hunk.id for hunk in hunks)


@given(documents(), documents(), documents())
def test_choosing_standing_everywhere_is_the_merge_without_a_choice(base: Any, incoming: Any, standing: Any) -> None:
    settled, _ = sides(base, incoming, standing, "standing")
    work = Document.load(standing, SHAPE)
    for op in merge(base, incoming, standing, SHAPE).ops:
        work = work.apply(op, 0).document
    assert settled.value == work.value


@given(documents(), documents())
def test_choosing_incoming_everywhere_over_what_only_it_made_gives_it_in_every_text_and_member(
    incoming: Any, standing: Any
) -> None:
    """Without a base, every difference of the root's leaves is a hunk."""
    settled, _ = sides({}, incoming, standing, "incoming")
    for name in incoming.keys() - {"modules"}:
        assert settled.value[name] == incoming[name]
    wanted = {element["id"]: element["code"] for element in incoming["modules"]}
    found = {element["id"]: element["code"] for element in settled.value["modules"]}
    assert wanted.items() <= found.items()


@given(documents(), documents(), documents())
def test_ids_of_hunks_are_different_and_the_same_when_looked_at_again(base: Any, incoming: Any, standing: Any) -> None:
    _, first = sides(base, incoming, standing, "incoming")
    _, again = sides(base, incoming, standing, "standing")
    assert first == again
    assert len(set(first)) == len(first)


@given(
    documents(), documents(), st.sampled_from(["/text", "/summary", "u0", "v0", "u0/code", "/modules", "u0/inner", ""])
)
def test_what_is_transplanted_reads_as_in_its_source(one: Any, other: Any, at: str) -> None:
    work, source = Document.load(one, SHAPE), Document.load(other, SHAPE)
    if "/" in at and at[0] != "/" and not (work.has(at.split("/", 1)[0]) and source.has(at.split("/", 1)[0])):
        return
    moved = transplanted(work, source, at)
    missing = object()
    assert moved.get(at, missing) == source.get(at, missing) or source.get(at, missing) is missing
    if source.get(at, missing) is missing:
        assert moved.get(at, missing) is missing
    Document.load(moved.value, SHAPE)


def test_a_text_hunk_takes_a_text_of_ones_own() -> None:
    base, mine, theirs = ({"text": f"a\n{line}\nc\n", "modules": []} for line in ("b", "mine", "theirs"))
    outcome = merge(base, mine, theirs, SHAPE)
    (hunk,) = hunks_of(outcome.conflicts)
    work = Document.load(theirs, SHAPE)
    settled = settle(work, Document.load(mine, SHAPE), [hunk], {hunk.id: Choice(None, "both\n")})
    assert settled.value["text"] == "a\nboth\nc\n"


def test_two_hunks_that_say_the_same_are_told_apart() -> None:
    line = {"b": "old\n", "m": "mine\n", "t": "theirs\n"}
    base, mine, theirs = ({"text": line[x] + "x\n" * 4 + line[x], "modules": []} for x in "bmt")
    hunks = hunks_of(merge(base, mine, theirs, SHAPE).conflicts)
    assert len(hunks) == 2
    assert hunks[0].id != hunks[1].id
    settled = settle(Document.load(theirs, SHAPE), Document.load(mine, SHAPE), hunks, {hunks[1].id: Choice("incoming")})
    assert settled.value["text"] == "theirs\n" + "x\n" * 4 + "mine\n"


def test_what_is_not_there_is_taken_away_without_a_word_and_placed_with_its_elements() -> None:
    work = Document.load({"modules": [{"id": "u", "code": "1"}]}, SHAPE)
    assert without(work, "/nothing").value == work.value
    assert without(work, "/modules").value == {}
    moved = placed(work, "/modules", [{"id": "v", "code": "2"}])
    assert moved.value == {"modules": [{"id": "v", "code": "2"}]}
