"""Splices: every rule of `draftwire.text.text`, by table and by property, surrogate pairs included."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.errors import OpError
from draftwire.text.text import Splices, apply, canonical, compose, invert, transform, validate
from draftwire.text.units import cut, length
from tests.protocol.strategies import splices_for, text_with


@pytest.mark.parametrize(
    ("mine", "over", "over_first", "expected"),
    [
        (((1, 0, "x"),), ((3, 0, "y"),), True, ((1, 0, "x"),)),
        (((3, 0, "x"),), ((1, 0, "yy"),), True, ((5, 0, "x"),)),
        (((2, 0, "x"),), ((2, 0, "y"),), True, ((3, 0, "x"),)),
        (((2, 0, "x"),), ((2, 0, "y"),), False, ((2, 0, "x"),)),
        (((2, 0, "x"),), ((2, 0, "😀"),), True, ((4, 0, "x"),)),
        (((2, 0, "x"),), ((1, 3, ""),), True, ((1, 0, "x"),)),
        (((2, 0, "x"),), ((1, 3, "zz"),), True, ((3, 0, "x"),)),
        (((4, 0, "x"),), ((1, 3, "zz"),), False, ((3, 0, "x"),)),
        (((1, 3, ""),), ((2, 0, "x"),), True, ((1, 1, ""), (3, 2, ""))),
        (((1, 3, "m"),), ((2, 0, "x"),), True, ((1, 1, "m"), (4 - 1, 2, ""))),
        (((1, 3, ""),), ((2, 4, ""),), True, ((1, 1, ""),)),
        (((1, 3, ""),), ((0, 5, ""),), True, ()),
        (((1, 3, "m"),), ((1, 3, "t"),), True, ((2, 0, "m"),)),
        (((1, 3, "m"),), ((1, 3, "t"),), False, ((1, 0, "m"),)),
        (((1, 2, "m"),), ((1, 0, "t"),), False, ((1, 0, "m"), (2, 2, ""))),
        (((0, 1, "a"), (2, 1, "b")), ((1, 1, ""),), True, ((0, 2, "ab"),)),
        (((1, 2, ""),), ((3, 0, "t"),), True, ((1, 2, ""),)),
        (((3, 2, "m"),), ((1, 2, "tt"),), True, ((3, 2, "m"),)),
    ],
)
def test_a_later_op_is_carried_over_an_earlier_one(
    mine: Splices, over: Splices, over_first: bool, expected: Splices
) -> None:
    assert transform(mine, over, over_first=over_first) == expected


@pytest.mark.parametrize(
    ("splices", "text", "code"),
    [
        (((0, 1, ""),), "", "out_of_range"),
        (((4, 0, "x"),), "abc", "out_of_range"),
        (((-1, 0, "x"),), "abc", "out_of_range"),
        (((1, -1, "x"),), "abc", "bad_splice"),
        (((1, 0, ""),), "abc", "bad_splice"),
        ((), "abc", "bad_splice"),
        (((0, 1, ""), (1, 1, "")), "abc", "bad_splice"),
        (((2, 0, "x"), (0, 1, "")), "abc", "bad_splice"),
        (((1, 0, "x"),), "😀", "half_surrogate"),
        (((0, 1, ""),), "😀", "half_surrogate"),
        (((0, 0, "\ud83d"),), "abc", "half_surrogate"),
        (((0, 0, "a\r\n"),), "abc", "bad_text"),
        (((0, 0, "\0"),), "abc", "bad_text"),
    ],
)
def test_splices_that_do_not_fit_are_refused(splices: Splices, text: str, code: str) -> None:
    with pytest.raises(OpError) as refused:
        validate(splices, text)
    assert refused.value.code == code


def _fits(splices: Splices, text: str) -> None:
    if splices:
        validate(splices, text)


@given(text_with(2))
def test_both_orders_of_two_concurrent_ops_give_one_text(case: tuple[str, list[Splices]]) -> None:
    text, (first, second) = case
    left, _ = apply(text, first)
    later = transform(second, first, over_first=True)
    _fits(later, left)
    right, _ = apply(text, second)
    earlier = transform(first, second, over_first=False)
    _fits(earlier, right)
    assert apply(left, later)[0] == apply(right, earlier)[0]


@given(text_with(2))
def test_the_short_way_agrees_with_the_long_one(case: tuple[str, list[Splices]]) -> None:
    from draftwire.text.text import _compose, _transform

    text, (first, second) = case
    for over_first in (True, False):
        assert transform(first, second, over_first=over_first) == _transform(first, second, over_first)
    after, _ = apply(text, first)
    if first and second and second[-1][0] + second[-1][1] <= length(after):
        assert compose(first, second) == _compose(first, second)


@given(st.data())
def test_composed_ops_do_what_the_two_did(data: Any) -> None:
    text, (first,) = data.draw(text_with(1))
    middle, _ = apply(text, first)
    then = data.draw(splices_for(middle))
    both = compose(first, then)
    _fits(both, text)
    assert apply(text, both)[0] == apply(middle, then)[0]


@given(text_with(1))
def test_the_inverse_restores_the_text(case: tuple[str, list[Splices]]) -> None:
    text, (splices,) = case
    after, taken = apply(text, splices)
    back = invert(splices, taken)
    _fits(back, after)
    assert apply(after, back)[0] == text


@given(text_with(1))
def test_canonical_lists_stay_as_they_are(case: tuple[str, list[Splices]]) -> None:
    assert canonical(case[1][0]) == case[1][0]
    assert canonical(((1, 2, "a"), (3, 0, "b"), (5, 0, ""))) == ((1, 2, "ab"),)


@given(st.text(alphabet="aé漢😀", max_size=8), st.integers(0, 8), st.integers(0, 8))
def test_units_cut_as_utf_16_does(text: str, low: int, high: int) -> None:
    low, high = sorted((min(low, len(text)), min(high, len(text))))
    assert cut(text, length(text[:low]), length(text[:high])) == text[low:high]
    assert length(text) == len(text.encode("utf-16-le")) // 2
