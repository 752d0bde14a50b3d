"""What goes of a stream's text and from where: nothing twice, nothing left out, whatever the server says it has."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.errors import Problem
from draftwire.session.outflow import HELD_UNITS, PIECE_UNITS, Outflow
from draftwire.text.lines import lf
from draftwire.text.units import cut, length

TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=40)
STEPS = st.lists(st.one_of(TEXTS, st.sampled_from(["send", "commit", "cut"])), max_size=60)


@given(STEPS, st.randoms(use_true_random=False))
def test_a_server_that_passes_over_what_it_has_gets_the_whole_text(steps: list[str], random: object) -> None:
    out, wrote, taken, committed = Outflow(), "", "", 0
    for step in [*steps, "cut", "send", "commit"]:
        if step == "send":
            while (piece := out.take()) is not None:
                offset, text = piece
                assert offset <= length(taken), "no gap"
                taken += cut(text, length(taken) - offset, length(text))
        elif step == "commit":
            committed = random.choice([committed, length(taken)])  # type: ignore[attr-defined]
            out.confirm(committed)
            assert out.committed == committed
        elif step == "cut":
            taken = cut(taken, 0, committed)
            out.again(0)
        else:
            out.add(step)
            wrote += step
        assert out.total == length(lf(wrote))
    assert taken == lf(wrote)


@given(st.lists(st.text(st.sampled_from("a\r\n"), max_size=4), max_size=12))
def test_a_line_end_in_two_pieces_is_one(pieces: list[str]) -> None:
    out = Outflow()
    for piece in pieces:
        out.add(piece)
    sent = out.take()
    assert ("" if sent is None else sent[1]) == lf("".join(pieces))


def test_a_long_text_goes_in_pieces_that_split_no_pair() -> None:
    out = Outflow()
    text = "x" + "😀" * PIECE_UNITS
    out.add(text)
    pieces = []
    while (piece := out.take()) is not None:
        pieces.append(piece[1])
    assert "".join(pieces) == text
    assert max(map(length, pieces)) <= PIECE_UNITS


def test_who_writes_on_is_held_up_until_something_is_committed() -> None:
    out = Outflow()
    out.add("x" * HELD_UNITS)
    assert out.full
    out.confirm(10)
    assert not out.full
    assert not out.settled
    out.confirm(HELD_UNITS)
    assert out.settled


@pytest.mark.parametrize("text", ["a\0", "\0"])
def test_what_no_document_takes_is_refused_and_nothing_of_it_is_kept(text: str) -> None:
    out = Outflow()
    out.add("fine")
    with pytest.raises(Problem, match="bad_text"):
        out.add(text)
    assert out.total == 4
