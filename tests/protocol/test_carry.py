"""Carried ranges against a text of numbered characters, and against what happens to their leaf."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.carry import Range, carry
from draftwire.document.ops import Op, Remove, Set, Text
from draftwire.text.text import Splices, carry_point, carry_span
from draftwire.text.units import length
from tests.protocol.strategies import text_with
from tests.protocol.test_rebase import effect_of


def tombstones(text: str, splices: Splices) -> list[tuple[str, bool, int]]:
    """The units of a text after splices with the deleted ones kept: (kind, alive, index), an oracle."""
    out: list[tuple[str, bool, int]] = []
    cuts = {position: (delete, insert) for position, delete, insert in splices}
    deleted = {position + i for position, delete, _ in splices for i in range(delete)}
    for unit in range(length(text) + 1):
        if unit in cuts:
            out += [("new", True, unit)] * length(cuts[unit][1])
        out.append(("old", unit not in deleted, unit))
    return out


def where(units: list[tuple[str, bool, int]], point: int, after: bool) -> int:
    """Count what is alive left of the gap before old unit ``point``."""
    alive = 0
    for kind, lives, unit in units:
        if (kind == "old" and unit == point) or (kind == "new" and unit == point and not after):
            break
        alive += lives
    return alive


@given(text_with(1), st.data(), st.booleans())
def test_a_point_keeps_its_place_between_the_characters(
    case: tuple[str, list[Splices]], data: Any, after: bool
) -> None:
    text, (splices,) = case
    point = data.draw(st.integers(0, length(text)))
    assert carry_point(point, splices, after) == where(tombstones(text, splices), point, after)


@given(text_with(1), st.data(), st.booleans(), st.booleans())
def test_a_span_never_turns_around(
    case: tuple[str, list[Splices]], data: Any, start_after: bool, end_after: bool
) -> None:
    text, (splices,) = case
    start = data.draw(st.integers(0, length(text)))
    end = data.draw(st.integers(start, length(text)))
    low, high = carry_span(start, end, splices, start_after, end_after)
    units = tombstones(text, splices)
    assert high == where(units, end, end_after)
    if start < end:
        assert low == where(units, start, start_after)
    assert low <= high


INSERT_AT_TWO = Text("a/t", ((2, 0, "XX"),))


@pytest.mark.parametrize(
    ("given_", "op", "expected"),
    [
        (Range("a/t", 2, 2), INSERT_AT_TWO, Range("a/t", 2, 2)),
        (Range("a/t", 2, 2, end_after=True), INSERT_AT_TWO, Range("a/t", 4, 4, end_after=True)),
        (Range("a/t", 2, 4), INSERT_AT_TWO, Range("a/t", 4, 6)),
        (Range("a/t", 0, 2), INSERT_AT_TWO, Range("a/t", 0, 2)),
        (Range("a/t", 2, 2, False, True), INSERT_AT_TWO, Range("a/t", 2, 4, False, True)),
        (Range("a/t", 1, 3), Text("a/t", ((0, 5, "bye"),)), Range("a/t", 3, 3)),
        (Range("c/t", 1, 3), INSERT_AT_TWO, Range("c/t", 1, 3)),
        (Range("a/t", 1, 3), Set("a/t", "hello"), None),
        (Range("a/t"), Set("a/t", "hello"), Range("a/t")),
        (Range("a/t"), Remove("a/t"), None),
        (Range("/obj/t"), Set("/obj", {"t": "hello"}), None),
        (Range("b/t", 1, 1), Remove("a"), None),
        (Range("b"), Remove("a"), None),
        (Range("a"), Remove("c"), Range("a")),
        (Range("/n"), Remove("/nn"), Range("/n")),
    ],
)
def test_a_range_lives_as_long_as_its_leaf(given_: Range, op: Op, expected: Range | None) -> None:
    assert carry(given_, effect_of(op)) == expected
