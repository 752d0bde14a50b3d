"""The canonical form: what RFC 8785 shows, and what the hashes promise."""

import json
import math
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.core.canonical import canonical, content_hash, version_hash

EXACT = 2**53
numbers = st.integers(-EXACT, EXACT) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda x: not (x.is_integer() and abs(x) > EXACT)
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


def test_the_example_of_the_rfc() -> None:
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )


def test_names_are_sorted_by_utf_16_code_units() -> None:
    """RFC 8785 §3.2.3: the emoji, whose first unit is 0xD83D, comes before U+FB33."""
    value = dict.fromkeys(["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"], 0)
    assert list(json.loads(canonical(value))) == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@pytest.mark.parametrize(
    ("bits", "text"),
    [  # RFC 8785, appendix B
        ("0000000000000000", "0"),
        ("8000000000000000", "0"),
        ("0000000000000001", "5e-324"),
        ("8000000000000001", "-5e-324"),
        ("7fefffffffffffff", "1.7976931348623157e+308"),
        ("4340000000000000", "9007199254740992"),
        ("4430000000000000", "295147905179352830000"),
        ("44b52d02c7e14af5", "9.999999999999997e+22"),
        ("44b52d02c7e14af6", "1e+23"),
        ("444b1ae4d6e2ef4e", "999999999999999700000"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("41b3de4355555553", "333333333.3333332"),
        ("becbf647612f3696", "-0.0000033333333333333333"),
    ],
)
def test_numbers_are_written_as_ecmascript_does(bits: str, text: str) -> None:
    (number,) = struct.unpack(">d", bytes.fromhex(bits))
    assert canonical(number).decode() == text


def test_a_large_number_has_one_form_whether_it_is_written_with_an_exponent_or_with_zeros() -> None:
    assert canonical(10**30) == canonical(1e30) == b"1e+30"


@given(values)
def test_the_form_is_json_of_the_same_value(value: Any) -> None:
    assert json.loads(canonical(value)) == value


@given(values, st.randoms())
def test_member_order_and_a_trailing_point_zero_make_no_difference(value: Any, random: Any) -> None:
    def shuffled(part: Any) -> Any:
        if isinstance(part, dict):
            names = list(part)
            random.shuffle(names)
            return {name: shuffled(part[name]) for name in names}
        if isinstance(part, list):
            return [shuffled(element) for element in part]
        if isinstance(part, int) and not isinstance(part, bool):
            return float(part)
        return part

    assert content_hash(shuffled(value)) == content_hash(value)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, EXACT + 1, "\ud800", {"\ud800": 1}, {1, 2}, b"x"])
def test_what_is_no_json_value_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - also what encoding a lone surrogate raises
        canonical(value)


def test_a_version_has_a_hash_of_its_own_even_with_the_same_content() -> None:
    hashes = {version_hash("a", 1, {}), version_hash("a", 2, {}), version_hash("b", 1, {}), content_hash({})}
    assert len(hashes) == 4
    assert all(len(h) == 64 for h in hashes)
