"""Cursors can't be made, changed, or used for another query."""

import base64
import contextlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.errors import Problem
from draftwire_server.core.cursor import seal, unseal

KEY = b"k" * 32


class At(msgspec.Struct, frozen=True):
    path: str


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))), st.binary())
def test_a_cursor_gives_its_position_back(path: str, scope: bytes) -> None:
    assert unseal(KEY, scope, seal(KEY, scope, At(path)), At) == At(path)


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_cursor_of_which_one_bit_was_changed_is_refused(where: int, flip: int) -> None:
    sealed = seal(KEY, b"scope", At("f/desk/a")).encode()
    at = where % len(sealed)
    changed = sealed[:at] + bytes([sealed[at] ^ flip]) + sealed[at + 1 :]
    with contextlib.suppress(Problem):
        assert unseal(KEY, b"scope", changed.decode("latin-1"), At) == At("f/desk/a"), "unused bits of base64"


@pytest.mark.parametrize("text", ["", "x", "é", "AAAA", "=" * 50, "A" * 4000, "\n", "f/desk/a|id"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(Problem) as caught:
        unseal(KEY, b"scope", text, At)
    assert caught.value.code == "bad_cursor"


def test_a_cursor_belongs_to_one_scope_and_one_key() -> None:
    sealed = seal(KEY, b"scope", At("a"))
    for key, scope in ((KEY, b"other"), (b"o" * 32, b"scope")):
        with pytest.raises(Problem):
            unseal(key, scope, sealed, At)


@given(st.text("ab/", max_size=40), st.text("ab/", max_size=40))
def test_a_cursor_tells_nothing_of_its_position_not_even_its_length(one: str, other: str) -> None:
    sealed = [seal(KEY, b"scope", At(path)) for path in (one, other)]
    assert len(sealed[0]) == len(sealed[1])
    assert (sealed[0] == sealed[1]) == (one == other)
    raw = base64.b64decode(sealed[0] + "=" * (-len(sealed[0]) % 4), altchars=b"-_")
    assert b"path" not in raw
