"""A batch does what its ops do one by one, refusals included, whether or not its texts lie in pieces."""

from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.batch import Batch
from draftwire.document.document import Document
from draftwire.document.ops import Move, Op, Remove, Set, Text
from draftwire.document.shape import Shape
from draftwire.errors import OpError
from draftwire.text import pieces, text
from draftwire.text.units import length

SHAPE = Shape(keyed=("/steps",), text=("/a", "/in/b", "/steps/*/how"))
TEXTS = st.text(st.sampled_from("aé漢😀\n"), max_size=40)
SPLICES = st.lists(st.tuples(st.integers(-1, 60), st.integers(-1, 9), TEXTS), max_size=4).map(tuple)
PLACES = st.sampled_from(("/a", "/in/b", "s1/how", "s2/how", "/in", "/none"))


def small() -> Any:
    """Pieces of three characters, so that short texts have many."""
    return patch.multiple("draftwire.text.pieces", PIECE_CHARS=3), patch("draftwire.document.batch.PIECE_CHARS", 3)


@st.composite
def ops(draw: st.DrawFn) -> Op:
    match draw(st.integers(0, 5)):
        case 0:
            return Set(draw(st.sampled_from(("/a", "/in", "s1/how", "/x"))), draw(TEXTS))
        case 1:
            return Remove(draw(st.sampled_from(("/a", "/in/b", "s1", "/steps"))))
        case 2:
            return Move("s2", "/steps", None, "s1")
        case _:
            return Text(draw(PLACES), draw(SPLICES))


@given(st.lists(TEXTS, min_size=4, max_size=4), st.lists(ops(), max_size=8))
def test_a_batch_is_its_ops_one_by_one(texts: list[str], batch_ops: list[Op]) -> None:
    a, b, first, second = texts
    value = {"a": a, "in": {"b": b}, "steps": [{"id": "s1", "how": first}, {"id": "s2", "how": second}]}
    document = Document.load(value, SHAPE)
    one, two = small()
    with one, two:
        batch = Batch(document)
        for op in batch_ops:
            assert code_of(batch.check, op) == code_of(document.check, op)
            applied = document.apply(op, 1)
            assert batch.apply(op, 1) == (applied.effect, applied.renamed)
            document = applied.document
        assert batch.document().value == document.value


@given(TEXTS, st.lists(SPLICES, max_size=6))
def test_pieces_change_as_the_whole_text_does(start: str, edits: list[text.Splices]) -> None:
    with small()[0]:
        parts, whole = pieces.Pieces(start), start
        for splices in edits:
            found = code_of(lambda s: text.validate(s, whole), splices)  # noqa: B023 - called at once
            assert code_of(parts.validate, splices) == found
            if found is None:
                whole, taken = text.apply(whole, splices)
                assert parts.apply(splices) == taken
            assert parts.text() == whole
            assert sum(parts._units) == length(whole)


def code_of(check: Any, given_: Any) -> str | None:
    try:
        check(given_)
    except OpError as error:
        return error.code
    return None


def test_a_thousand_ops_on_a_long_text_do_not_copy_it_a_thousand_times(monkeypatch: pytest.MonkeyPatch) -> None:
    copied = 0
    encode = text.wide

    def counted(piece: str) -> bytes | None:
        nonlocal copied
        copied += len(piece)
        return encode(piece)

    monkeypatch.setattr(pieces, "wide", counted)
    monkeypatch.setattr(text, "wide", counted)
    long = "é😀" * 500_000
    batch = Batch(Document.load({"a": long}, SHAPE))
    for n in range(1_000):
        op = Text("/a", ((n * 901, 0, "x"),))
        batch.check(op)
        batch.apply(op, 1)
    assert batch.document().text_at("/a") == batch.document().value["a"]
    assert copied < 100 * len(long)  # 2,000 times its length before
