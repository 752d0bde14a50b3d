"""A suggestion beside a draft that goes on: what applies, what does not and why, and what accepting does."""

from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire_server.core.runs.suggesting import Suggestion
from tests.protocol.model import SHAPE, World

LINES = "".join(f"line {n}\n" for n in range(1, 10))


def titled(title: str, **more: Any) -> Document:
    return Document.load({"title": title, "items": [], **more}, SHAPE)


def taken(suggestion: Suggestion, wanted: set[str]) -> Document:
    document = suggestion.standing
    for op in suggestion.take(wanted).ops:
        document.check(op)
        document = document.apply(op, 7).document
    return document


def test_hunks_go_one_by_one_into_a_draft_that_went_on() -> None:
    suggested = LINES.replace("line 2", "LINE TWO").replace("line 8", "LINE EIGHT")
    standing = "a line before\n" + LINES.replace("line 5", "line five")
    suggestion = Suggestion(titled(LINES), titled(suggested), titled(standing))
    first, second = suggestion.hunks()
    assert (first.old, first.new, first.line, first.why) == ("line 2\n", "LINE TWO\n", 2, None)
    assert second.why is None
    assert taken(suggestion, {second.id}).get("/title") == standing.replace("line 8", "LINE EIGHT")


def test_what_the_draft_reads_otherwise_does_not_apply_and_stops_nothing_else() -> None:
    suggested = LINES.replace("line 2", "LINE TWO").replace("line 8", "LINE EIGHT")
    suggestion = Suggestion(titled(LINES), titled(suggested), titled(LINES.replace("line 2", "second line")))
    first, second = suggestion.hunks()
    assert (first.why, second.why) == ("changed", None)
    outcome = suggestion.take({first.id, second.id})
    assert (outcome.done, [(hunk.id, hunk.why) for hunk in outcome.left]) == ((second.id,), [(first.id, "changed")])


def test_what_the_draft_reads_so_already_is_told() -> None:
    suggested = LINES.replace("line 2", "LINE TWO")
    suggestion = Suggestion(titled(LINES), titled(suggested), titled(suggested))
    assert [hunk.why for hunk in suggestion.hunks()] == ["there"]


def test_a_hunk_keeps_its_id_while_the_draft_and_the_rest_of_the_suggestion_go_on() -> None:
    suggested = LINES.replace("line 2", "LINE TWO")
    (before,) = Suggestion(titled(LINES), titled(suggested), titled(LINES)).hunks()
    more = suggested.replace("line 8", "LINE EIGHT")
    after = Suggestion(titled(LINES), titled(more), titled("new\n" + LINES)).hunks()
    assert before.id in {hunk.id for hunk in after}


def test_members_and_elements_are_suggested_too() -> None:
    base = titled("", meta={"n": 1})
    suggested = titled("", meta={"n": 2}, items=[{"id": "m", "body": "x"}])
    standing = titled("typed", meta={"n": 1})
    suggestion = Suggestion(base, suggested, standing)
    assert {(hunk.at, hunk.kind, hunk.why) for hunk in suggestion.hunks()} == {
        ("/meta/n", "set", None), ("m", "insert", None),
    }  # fmt: skip
    assert taken(suggestion, {hunk.id for hunk in suggestion.hunks()}).value == {
        "title": "typed", "meta": {"n": 2}, "items": [{"id": "m", "body": "x"}],
    }  # fmt: skip


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 6))
def test_what_is_said_to_apply_does_and_all_of_an_untouched_draft_gives_the_suggestion(
    seed: int, steps: int, others: int
) -> None:
    world = World(seed)
    base = suggested = standing = world.document()
    for _ in range(steps):
        op = world.op(suggested)
        suggested = suggested.apply(op, 1).document if op is not None else suggested
    whole = Suggestion(base, suggested, base)
    hunks = whole.hunks()
    assert not {hunk.why for hunk in hunks} & {"changed", "there"}
    if not any(hunk.why for hunk in hunks):
        assert taken(whole, {hunk.id for hunk in hunks}).value == suggested.value
    for _ in range(others):
        op = world.op(standing)
        standing = standing.apply(op, 2).document if op is not None else standing
    suggestion = Suggestion(base, suggested, standing)
    told = suggestion.hunks()
    assert [hunk.id for hunk in told] == [hunk.id for hunk in hunks]
    for hunk in told:
        outcome = suggestion.take({hunk.id})
        assert bool(outcome.ops) == (hunk.why is None), hunk
    some = {hunk.id for hunk in told if Random(seed).random() < 0.7}
    taken(suggestion, some)
