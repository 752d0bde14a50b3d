"""Addresses and shapes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document import address
from draftwire.document.shape import Shape
from draftwire.errors import OpError

tokens = st.text(alphabet="a~/0b1é", max_size=4)


@given(tokens, st.lists(tokens, max_size=3))
def test_an_address_reads_as_it_was_written(element: str, inside: list[str]) -> None:
    written = address.format(element, tuple(inside))
    assert address.parse(written) == (element, tuple(inside))
    assert address.owner(written) == element


@pytest.mark.parametrize("bad", ["~", "a~2", "/x~", "m/~~0"])
def test_a_stray_tilde_is_refused(bad: str) -> None:
    with pytest.raises(OpError, match="bad_address"):
        address.parse(bad)


def test_inside_means_strictly_inside_the_same_element() -> None:
    assert address.is_inside("m/value/x", "m/value")
    assert address.is_inside("m/value", "m")
    assert not address.is_inside("m/value", "m/value")
    assert not address.is_inside("m/values", "m/value")
    assert not address.is_inside("m2/value", "m")


SHAPE = Shape(keyed=["/modules", "/**/branches", "/a/*/b"], text=["/**/content", "/summary", "/x/**"])


@pytest.mark.parametrize(
    ("path", "keyed", "text"),
    [
        ("modules", True, False),
        ("branches", True, False),
        ("modules/*/value/branches", True, False),
        ("modules/*/modules", False, False),
        ("a/q/b", True, False),
        ("a/*/b", True, False),
        ("a/b", False, False),
        ("a/q/r/b", False, False),
        ("content", False, True),
        ("modules/*/value/content", False, True),
        ("modules/*/summary", False, False),
        ("summary", False, True),
        ("x", False, True),
        ("x/y/z", False, True),
    ],
)
def test_a_star_is_one_segment_and_two_are_any_number(path: str, keyed: bool, text: bool) -> None:
    segments = tuple(path.split("/"))
    assert (SHAPE.is_keyed(segments), SHAPE.is_text(segments)) == (keyed, text)


def test_unknown_member_names_add_no_states() -> None:
    shape = Shape(text=["/**/content"])
    places = {id(shape.at((f"k{i}", f"j{i}"))) for i in range(1000)}
    assert len(places) == 1
