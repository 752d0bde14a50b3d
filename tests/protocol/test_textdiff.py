"""Differences and merges of texts: exact, and what *clean* promises."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.text.text import apply, validate
from draftwire.text.textdiff import diff_text, matches, merge_text

lines = st.lists(st.sampled_from(["a", "b", "one two", "x = 1", "x = 2", "", "😀 é", "é"]), max_size=8).map("\n".join)
distinct = st.lists(st.integers(0, 30).map(lambda n: f"line {n} of text"), unique=True, max_size=10)


@given(lines, lines)
def test_a_difference_makes_the_new_text(old: str, new: str) -> None:
    splices = diff_text(old, new)
    assert bool(splices) == (old != new)
    if splices:
        validate(splices, old)
        assert apply(old, splices)[0] == new


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_matches_are_equal_items_in_order(a: list[str], b: list[str]) -> None:
    last = (0, 0)
    for i, j, count in matches(a, b):
        assert a[i : i + count] == b[j : j + count]
        assert count > 0
        assert (i, j) >= last
        last = (i + count, j + count)


def test_texts_that_share_nothing_cost_little() -> None:
    old = "".join(f"old {i}\n" for i in range(20_000))
    new = "".join(f"new {i}\n" for i in range(20_000))
    assert len(diff_text(old, new)) == 1
    long = "ab " * 300_000
    assert diff_text(long, long[:600_000] + "x" + long[600_000:]) == ((600_000, 0, "x"),)
    repeated = "a\nb\n" * 10_000
    assert apply(repeated, diff_text(repeated, "b\na\na\n" * 7_000))[0] == "b\na\na\n" * 7_000


def test_a_difference_is_small() -> None:
    old = "def f(x):\n    return x\n\ndef g(y):\n    return y\n"
    assert diff_text(old, old.replace("return y", "return y + 1")) == ((len(old) - 1, 0, " + 1"),)


@pytest.mark.parametrize(
    ("base", "mine", "theirs", "merged"),
    [
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", "A\nb\nC\n"),
        ("a\nb\n", "A\nb\n", "a\nB\n", "A\nB\n"),
        ("a\nb\n", "a\nx\nb\n", "a\nx\nb\n", "a\nx\nb\n"),
        ("a\nb\n", "a\nx\nb\n", "a\ny\nb\n", None),
        ("x = a + b\n", "x = c + b\n", "x = a + d\n", None),
        ("a\nb\nc\n", "a\nc\n", "a\nB\nc\n", None),
        ("a\nb\nc\n", "a\nc\n", "a\nb\nc\nd\n", "a\nc\nd\n"),
        ("a", "a\nb", "A", "A\nb"),
        ("", "a\n", "b\n", None),
        ("a\n", "", "a\n", ""),
        ("a\nb\nc\n", "a\nx\nb\nc\n", "a\nc\n", "a\nx\nc\n"),
    ],
)
def test_a_merge_by_lines(base: str, mine: str, theirs: str, merged: str | None) -> None:
    outcome = merge_text(base, mine, theirs)
    if merged is None:
        assert outcome.conflicts
    else:
        assert not outcome.conflicts
        assert apply(theirs, outcome.splices)[0] == merged if outcome.splices else theirs == merged


def test_a_conflict_names_its_block_and_leaves_the_rest_merged() -> None:
    base, mine, theirs = "1\n2\n3\n4\n5\n", "0\n1\nX\n3\n4\n5\n", "1\nY\n3\n4\n55\n"
    outcome = merge_text(base, mine, theirs)
    merged, _ = apply(theirs, outcome.splices)
    assert merged == "0\n1\nY\n3\n4\n55\n"
    (conflict,) = outcome.conflicts
    assert merged[conflict.start : conflict.end] == "Y\n"
    assert (conflict.base, conflict.mine, conflict.theirs) == ("2\n", "X\n", "Y\n")


@given(distinct, distinct, distinct)
def test_clean_keeps_every_added_line_and_no_line_that_one_side_removed(
    b: list[str], m: list[str], t: list[str]
) -> None:
    base, mine, theirs = ("".join(line + "\n" for line in side) for side in (b, m, t))
    outcome = merge_text(base, mine, theirs)
    merged = apply(theirs, outcome.splices)[0] if outcome.splices else theirs
    if not outcome.conflicts:
        r = Counter(merged.split("\n")[:-1])
        for line in {*m, *t} - set(b):
            assert r[line]
        for line in set(b):
            if line not in m or line not in t:
                assert not r[line]


@given(lines, lines)
def test_a_merge_with_one_side_unchanged_is_the_other(base: str, side: str) -> None:
    assert merge_text(base, base, side).splices == ()
    outcome = merge_text(base, side, base)
    assert not outcome.conflicts
    assert (apply(base, outcome.splices)[0] if outcome.splices else base) == side
    assert merge_text(base, side, side) == merge_text(base, base, side)
