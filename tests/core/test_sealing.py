"""Sealed values open with their key at their place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire_server.core.access.sealing import Box, CantOpen, Sealed, key_name

ONE, TWO = "one key of thirty-two bytes or more", "another key of thirty-two bytes or more"
places = st.lists(st.text(max_size=5), min_size=1, max_size=4).map(tuple)


@given(st.binary(max_size=200), places, places)
def test_what_is_sealed_for_a_place_opens_there_alone(
    value: bytes, place: tuple[str, ...], other: tuple[str, ...]
) -> None:
    box = Box([ONE])
    sealed = box.seal(value, *place)
    assert box.open(sealed, *place) == value
    assert box.seal(value, *place).data != sealed.data, "never the same twice"
    if other != place:
        with pytest.raises(CantOpen):
            box.open(sealed, *other)


@given(st.binary(min_size=1, max_size=50), st.data())
def test_a_changed_byte_is_noticed(value: bytes, data: st.DataObject) -> None:
    sealed = Box([ONE]).seal(value, "p")
    at = data.draw(st.integers(0, len(sealed.data) - 1))
    bent = bytearray(sealed.data)
    bent[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(CantOpen):
        Box([ONE]).open(Sealed(sealed.key, bytes(bent)), "p")
    with pytest.raises(CantOpen):
        Box([ONE]).open(Sealed(sealed.key, sealed.data[:at]), "p")


def test_the_first_key_seals_and_all_open() -> None:
    old = Box([ONE]).seal(b"v", "p")
    both = Box([TWO, ONE])
    assert both.open(old, "p") == b"v"
    assert both.seal(b"v", "p").key == key_name(TWO) == both.keys[0]
    with pytest.raises(CantOpen, match=key_name(ONE)):
        Box([TWO]).open(old, "p")
    assert ONE not in str(old)
    assert Box([]).keys == ()
