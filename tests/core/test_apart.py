"""An edit that meets nothing is carried in one walk to where the general way puts it; what it meets is left to that."""

from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Set, Text
from draftwire.document.rebase import rebase
from draftwire.document.shape import Shape
from draftwire_server.core.edits.apart import carried_apart
from draftwire_server.core.edits.clash import STALE_AFTER_S, hulls_touch, near_writers
from draftwire_server.core.edits.conflict import Unseen, find_contacts
from draftwire_server.core.edits.replica import Entry

SHAPE = Shape(text=("/one", "/other"))
TEXT = "first 𝒜 line\nsecond\nthird\n"
ME = 1
NOW = 1000.0


@st.composite
def splices(draw: st.DrawFn, text: str) -> tuple[tuple[int, int, str], ...]:
    """A canonical list of one to three splices that cuts no pair."""
    gaps, units = [0], 0
    for character in text:
        units += 2 if ord(character) > 0xFFFF else 1
        gaps.append(units)
    found: list[tuple[int, int, str]] = []
    first = 0
    for _ in range(draw(st.integers(1, 3))):
        if first >= len(gaps):
            break
        start = draw(st.integers(first, len(gaps) - 1))
        end = draw(st.integers(start, min(start + 3, len(gaps) - 1)))
        insert = draw(st.sampled_from(("", "x", "yy", "𝒵", "\n")))
        if end > start or insert:
            found.append((gaps[start], gaps[end] - gaps[start], insert))
        first = end + 1
    return tuple(found)


@st.composite
def met(draw: st.DrawFn) -> tuple[Text, list[Entry], Document]:
    """An edit of one leaf, what was committed since its base, and the document after that."""
    document = Document.load({"one": TEXT, "other": TEXT, "n": 0}, SHAPE)
    mine = draw(splices(TEXT).filter(bool))
    entries = []
    for seq in range(1, draw(st.integers(0, 5)) + 1):
        at = draw(st.sampled_from(("/one", "/one", "/one", "/other")))
        theirs = draw(splices(document.get(at)))
        op = Text(at, theirs) if theirs else Set("/n", seq)
        w = draw(st.sampled_from((ME, 2, 3)))
        applied = document.apply(op, w)
        assert applied.effect is not None
        document = applied.document
        age_s = draw(st.sampled_from((0.0, 0.0, 0.0, STALE_AFTER_S, 60.0)))
        entries.append(Entry(seq, w, seq, "", b"", (applied.effect,), "edit", NOW - age_s))
    return Text("/one", mine), entries, document


@given(met())
def test_what_is_carried_apart_is_what_the_general_way_gives(case: tuple[Text, list[Entry], Document]) -> None:
    op, behind, head = case
    quick = carried_apart(op, behind, w=ME)
    if quick is None:
        return
    carried = rebase((op,), [effect for entry in behind for effect in entry.effects], w=ME, head=head).ops
    assert carried == (quick,)
    applied = head.apply(quick, ME)
    assert applied.effect is not None
    batches = [Unseen(entry.seq, entry.w, entry.at, entry.effects) for entry in behind]
    contacts = find_contacts((op,), (), batches, (applied.effect,), applied.document, w=ME, now=NOW)
    text = applied.document.get("/one")
    if near_writers("/one", (), behind, (applied.effect,), text, w=ME, now=NOW):
        assert {contact.reason for contact in contacts} <= {"stale"}
    else:
        assert contacts == ()


@given(met())
def test_only_what_meets_something_is_left_to_the_general_way(case: tuple[Text, list[Entry], Document]) -> None:
    """One of others' changes touches it, or is none of text: so the common edit is never among these."""
    op, behind, head = case
    if carried_apart(op, behind, w=ME) is not None:
        return
    structural = any(not isinstance(effect.op, Text) for entry in behind for effect in entry.effects)
    meetings: list[int] = []
    carried = rebase(
        (op,),
        [effect for entry in behind for effect in entry.effects],
        w=ME,
        head=head,
        on_meet=lambda _i, k, mine, theirs: meetings.append(k) if hulls_touch(theirs.op.s, mine.s) else None,
    ).ops
    near = any(behind[k].w != ME for k in meetings)
    nothing_left = not isinstance(carried[0], Text) or not carried[0].s
    assert structural or near or nothing_left
