"""Which unseen changes are clashes, which are stale, which are company: the table of the alert rules."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.document.rebase import land, rebase
from draftwire.document.shape import Shape
from draftwire.text.units import length
from draftwire_server.core.edits import clash
from draftwire_server.core.edits.conflict import Contact, Unseen, find_contacts
from tests.protocol.model import SHAPE as MODEL_SHAPE
from tests.protocol.model import World

SHAPE = Shape(keyed=["/items", "/more", "/**/subs"], text=["/**/t"], coupled=[("/**/t", "n")])
ME, OTHER, THIRD = 1, 2, 3
NOW = 1000.0

Sent = tuple[int, float, Op]  # writer, age in seconds, op


def meet(
    text: str, mine: Op | Sequence[Op], past: Sequence[Sent] = (), behind: Sequence[Sent] = (), **more: Any
) -> list[Contact]:
    """Let an edit meet what was committed since it was begun (past) and since its base (behind)."""
    value = {
        "t": text,
        "n": 1,
        "items": [{"id": "a", "t": text, "subs": [{"id": "b", "t": text}]}],
        "more": [],
    }
    document = Document.load(value | more, SHAPE)
    batches: list[Unseen] = []
    for seq, (w, age, op) in enumerate([*past, *behind], 1):
        applied = document.apply(op, w)
        assert applied.effect is not None
        document = applied.document
        batches.append(Unseen(seq, w, NOW - age, (applied.effect,)))
    ops = (mine,) if isinstance(mine, Op) else tuple(mine)
    over = [effect for batch in batches[len(past) :] for effect in batch.effects]
    landed = land(document, rebase(ops, over, w=ME, head=document).ops, w=ME)
    effects = [effect for effect in landed.effects if isinstance(effect, Effect)]
    found = find_contacts(ops, batches[: len(past)], batches[len(past) :], effects, landed.document, w=ME, now=NOW)
    return list(found)


def at(position: int, delete: int, insert: str) -> Text:
    return Text("/t", ((position, delete, insert),))


LINE = "abcdefghij"


@pytest.mark.parametrize(
    ("mine", "theirs", "clashes"),
    [
        (at(3, 0, "x"), at(3, 0, "y"), True),
        (at(3, 0, "x"), at(3, 0, "x"), False),
        (at(3, 0, "x"), at(4, 0, "y"), False),
        (at(3, 0, "x"), at(2, 2, ""), True),
        (at(3, 0, "x"), at(3, 2, ""), False),
        (at(3, 0, "x"), at(1, 2, ""), False),
        (at(2, 3, ""), at(3, 0, "y"), True),
        (at(2, 3, ""), at(2, 0, "y"), False),
        (at(2, 3, ""), at(5, 0, "y"), False),
        (at(2, 3, ""), at(2, 3, ""), False),
        (at(2, 3, ""), at(3, 3, ""), False),
        (at(2, 3, "x"), at(3, 3, ""), True),
        (at(2, 3, ""), at(3, 3, "y"), True),
        (at(2, 3, "x"), at(2, 3, "y"), True),
        (at(2, 3, "x"), at(2, 3, "x"), False),
        (at(2, 3, "x"), at(5, 2, "y"), False),
        (at(2, 1, "x"), at(3, 1, "y"), False),
    ],
)
def test_what_clashes_in_the_common_context(mine: Text, theirs: Text, clashes: bool) -> None:
    for text in (LINE, "one\n" + LINE):
        shift = len(text) - len(LINE)
        ours, other = (Text("/t", tuple((p + shift, d, i) for p, d, i in op.s)) for op in (mine, theirs))
        found = meet(text, ours, behind=[(OTHER, 0.1, other)])
        assert [c.reason for c in found] == ["clash"] * clashes
        if clashes:
            assert (found[0].line_from, found[0].line_to) == (1 + bool(shift), 1 + bool(shift))
            assert (found[0].w, found[0].seqs) == (OTHER, (1,))


@pytest.mark.parametrize(
    ("theirs", "mine", "clashes"),
    [
        (at(3, 0, "yy"), at(3, 0, "x"), True),
        (at(3, 0, "yy"), at(4, 0, "x"), True),
        (at(3, 0, "yy"), at(5, 0, "x"), True),
        (at(3, 0, "yy"), at(2, 0, "x"), False),
        (at(3, 0, "yy"), at(6, 0, "x"), False),
        (at(3, 0, "yy"), at(5, 0, "yy"), False),
        (at(3, 0, "yy"), at(4, 0, "yy"), True),
        (at(3, 0, "yy"), at(2, 4, ""), True),
        (at(3, 0, "yy"), Text("/t", ((2, 1, ""), (5, 1, ""))), True),
        (at(3, 0, "yy"), at(3, 2, ""), False),
        (at(3, 0, "yy"), at(2, 3, ""), False),
        (at(3, 2, ""), at(3, 0, "x"), True),
        (at(3, 2, ""), at(2, 2, ""), False),
        (at(3, 2, ""), at(2, 2, "x"), True),
        (at(3, 2, ""), at(2, 1, "x"), False),
        (at(3, 2, ""), at(4, 0, "x"), False),
    ],
)
def test_what_clashes_with_what_came_in_before_the_edit_was_sent(theirs: Text, mine: Text, clashes: bool) -> None:
    found = meet(LINE, mine, past=[(OTHER, 0.1, theirs)])
    assert [c.reason for c in found] == ["clash"] * clashes


def test_a_trace_moves_with_later_changes() -> None:
    past = [(OTHER, 0.1, at(5, 0, "yy")), (ME, 0.1, at(0, 0, "...")), (THIRD, 0.1, at(0, 0, "!"))]
    assert [(c.w, c.reason) for c in meet(LINE, at(9, 0, "x"), past=past)] == [(OTHER, "clash")]
    assert meet(LINE, at(5, 0, "x"), past=past) == []


LINES = "one\ntwo\nthree\nfour"


@pytest.mark.parametrize(
    ("age", "mine", "stale"),
    [
        (2.0, at(0, 0, "x"), True),
        (1.9, at(0, 0, "x"), False),
        (2.0, at(5, 0, "x"), True),
        (2.0, at(9, 0, "x"), False),
        (60.0, at(15, 0, "x"), False),
    ],
)
def test_stale_is_the_same_or_next_line_changed_two_seconds_ago(age: float, mine: Text, stale: bool) -> None:
    theirs = at(2, 0, "Y")
    for past in (True, False):
        sent: list[Sent] = [(OTHER, age, theirs)]
        shifted = Text("/t", tuple((p + (past and p > 2), d, i) for p, d, i in mine.s))
        found = meet(LINES, shifted, past=sent if past else (), behind=() if past else sent)
        assert [c.reason for c in found] == ["stale"] * stale
        assert all((c.mine, c.theirs) == ("x", "Y") for c in found)


def test_a_stale_region_is_whole_lines_of_both() -> None:
    (found,) = meet(LINES, at(5, 0, "x"), behind=[(OTHER, 3, at(1, 1, "NNN"))])
    assert (found.start, found.end, found.line_from, found.line_to) == (0, 10, 1, 2)
    assert (found.theirs, found.theirs_took, found.mine, found.mine_took) == ("NNN", "n", "x", "")


def test_touching_regions_of_one_writer_are_one_and_a_clash_counts_more() -> None:
    behind = [(OTHER, 3.0, at(0, 0, "A")), (OTHER, 0.1, at(5, 0, "B")), (THIRD, 0.1, at(6, 0, "C"))]
    found = meet(LINES, at(4, 0, "x"), behind=behind)
    assert [(c.w, c.reason, c.line_from, c.line_to) for c in found] == [
        (OTHER, "clash", 1, 2),
        (THIRD, "clash", 2, 2),
    ]


def test_units_count_as_utf_16_does() -> None:
    (found,) = meet("😀\n😀b", at(5, 0, "x"), behind=[(OTHER, 0.1, at(5, 0, "y"))])
    assert (found.start, found.end, found.line_from) == (3, 8, 2)


def test_own_changes_and_other_leaves_are_no_contact() -> None:
    assert meet(LINE, at(3, 0, "x"), past=[(ME, 9, at(3, 0, "y"))]) == []
    assert meet(LINE, at(3, 0, "x"), behind=[(OTHER, 9, Text("a/t", ((3, 0, "y"),)))]) == []


def test_what_is_typed_after_the_leaf_was_replaced_meets_nothing_older() -> None:
    past = [(OTHER, 9, at(3, 0, "y")), (OTHER, 9, Set("/t", LINE))]
    assert meet(LINE, at(3, 0, "x"), past=past) == []
    assert meet(LINE, at(3, 0, "x"), behind=[(OTHER, 9, at(3, 0, "y")), (OTHER, 9, Set("/t", LINE))]) == []


@pytest.mark.parametrize(
    ("mine", "theirs", "age", "fades"),
    [
        (at(3, 0, "x"), at(3, 0, "y"), 0.1, True),
        (at(3, 0, "x"), at(3, 0, "y"), 1.9, True),
        (at(3, 0, "x"), at(3, 0, "y"), 2.0, False),
        (at(2, 3, "x"), at(2, 3, "y"), 0.1, False),
        (at(2, 3, ""), at(3, 0, "y"), 0.1, False),
        (at(3, 0, "x"), at(2, 2, ""), 0.1, False),
        (Text("/t", ((0, 1, ""), (3, 0, "x"))), at(3, 0, "y"), 0.1, False),
        (at(3, 0, "x"), Text("/t", ((0, 1, ""), (3, 0, "y"))), 0.1, True),
    ],
)
def test_only_neighbours_who_both_inserted_just_now_fade(mine: Text, theirs: Text, age: float, fades: bool) -> None:
    (contact,) = meet(LINE, mine, behind=[(OTHER, age, theirs)])
    assert contact.fades == fades


def test_a_replacement_in_two_steps_does_not_fade() -> None:
    steps = [(OTHER, 0.1, at(2, 3, "")), (OTHER, 0.1, at(2, 0, "y"))]
    assert [c.fades for c in meet(LINE, at(2, 0, "x"), past=steps)] == [False]
    assert [c.fades for c in meet(LINE, at(2, 3, "x"), behind=steps)] == [False]


def test_a_fading_contact_beside_one_that_stays_stays() -> None:
    behind = [(OTHER, 0.1, at(0, 0, "y")), (OTHER, 0.1, at(6, 2, "z"))]
    assert [c.fades for c in meet(LINE, Text("/t", ((0, 0, "x"), (5, 2, "w"))), behind=behind)] == [False]


STRUCTURAL: list[tuple[Op, list[Op], bool]] = [
    (Set("/n", 2), [Set("/n", 3)], True),
    (Set("/n", 2), [Set("/n", 2)], False),
    (Set("/n", 2), [Set("/n", 3), Set("/n", 2)], False),
    (Set("/n", True), [Set("/n", 1)], True),
    (Set("/n", 2), [Remove("/n")], True),
    (Remove("/n"), [Remove("/n")], False),
    (Set("/t", "new"), [at(1, 0, "x")], True),
    (Remove("a"), [Text("a/t", ((0, 0, "x"),))], True),
    (Remove("a"), [Text("b/t", ((0, 0, "x"),))], True),
    (Remove("a"), [Insert("b/subs", {"id": "z"})], True),
    (Remove("a"), [Remove("b")], False),
    (Remove("a"), [Move("b", "/more")], False),
    (Remove("a"), [Move("a", "/more")], True),
    (Set("a/subs", []), [Insert("a/subs", {"id": "z"})], True),
    (Set("a/subs", []), [Set("b/t", "x")], True),
    (Move("a", "/more"), [Move("a", "/items")], True),
    (Move("a", "/more"), [Move("a", "/more")], False),
    (Move("a", "/more"), [Text("a/t", ((0, 0, "x"),))], False),
    (Insert("/more", {"id": "y"}), [Insert("/more", {"id": "z"})], True),
    (Insert("/items", {"id": "y"}, None, "a"), [Insert("/items", {"id": "z"}, "a")], False),
    (Insert("/items", {"id": "y"}, "a"), [Insert("/items", {"id": "z"}, "a")], True),
]


@pytest.mark.parametrize(("mine", "theirs", "meets"), STRUCTURAL)
def test_what_meets_in_structure(mine: Op, theirs: list[Op], meets: bool) -> None:
    more: dict[str, Any] = {}
    if any(op.at == "b/subs" for op in theirs):
        more["items"] = [{"id": "a", "t": LINE, "subs": [{"id": "b", "t": LINE, "subs": []}]}]
    sent = [(OTHER, 0.1, op) for op in theirs]
    for past, behind in ((sent, []), ([], sent)):
        found = meet(LINE, mine, past, behind, **more)
        assert [(c.reason, c.w, c.line_from) for c in found] == [("structural", OTHER, None)] * meets


def test_lost_ops_meet_nothing() -> None:
    assert meet(LINE, Text("a/t", ((0, 0, "x"),)), behind=[(OTHER, 9, Remove("a"))]) == []


def drawn(seed: int) -> tuple[tuple[Op, ...], list[Unseen], list[Unseen], list[Effect], Document]:
    """Draw an edit of one leaf, the batches that it had not seen, and what it does to the head."""
    world = World(seed)
    lines = [world.text(5) for _ in range(world.random.randint(1, 5))]
    document = Document.load({"title": "\n".join(lines), "items": []}, MODEL_SHAPE)
    batches: list[Unseen] = []
    base = document
    base_at = world.random.randint(0, 7)
    for seq in range(1, 12):
        op = Text("/title", world.splices(document.value["title"]))
        applied = document.apply(op, 2)
        if not op.s or applied.effect is None:
            continue
        document = applied.document
        age = (12 - seq) * world.random.choice([0.1, 0.5])
        batches.append(Unseen(seq, world.random.choice([ME, OTHER, THIRD]), NOW - age, (applied.effect,)))
        if len(batches) <= base_at:
            base = document
    past, behind = batches[:base_at], batches[base_at:]
    ops = (Text("/title", world.splices(base.value["title"])),)
    over = [effect for batch in behind for effect in batch.effects]
    landed = land(document, rebase(ops, over, w=ME, head=document).ops, w=ME)
    effects = [effect for effect in landed.effects if isinstance(effect, Effect)]
    return ops, past, behind, effects, landed.document


@given(st.integers(0, 2**32))
def test_looking_first_whether_anything_is_near_finds_no_less(seed: int) -> None:
    ops, past, behind, effects, document = drawn(seed)
    short = find_contacts(ops, past, behind, effects, document, w=ME, now=NOW)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clash, "_may_touch", lambda *_, **__: True)
        patch.setattr(clash, "near_writers", lambda *_, **__: frozenset(range(10)) - {ME})
        assert find_contacts(ops, past, behind, effects, document, w=ME, now=NOW) == short


@given(st.integers(0, 2**32))
def test_regions_are_whole_lines_of_the_leaf_and_name_only_unseen_batches_of_others(seed: int) -> None:
    ops, past, behind, effects, document = drawn(seed)
    found = find_contacts(ops, past, behind, effects, document, w=ME, now=NOW)
    text = document.value["title"]
    foreign = {batch.seq: batch.w for batch in (*past, *behind) if batch.w != ME}
    for contact in found:
        assert contact.seqs
        assert {foreign[seq] for seq in contact.seqs} == {contact.w}
        assert contact.line_from is not None
        assert contact.line_to is not None
        lines = text.split("\n")
        start = sum(length(line) + 1 for line in lines[: contact.line_from - 1])
        end = sum(length(line) + 1 for line in lines[: contact.line_to]) - 1
        assert (contact.start, contact.end) == (start, end)
    regions = [(c.w, c.line_from, c.line_to) for c in found]
    assert len(set(regions)) == len(regions)


TYPED = Text("/t", ((0, 0, "x"),))
READ_AS = Set("/n", 2)


@pytest.mark.parametrize("unseen", ["past", "behind"])
@pytest.mark.parametrize(
    ("mine", "theirs", "met"),
    [
        (TYPED, READ_AS, True),
        (READ_AS, TYPED, True),
        (READ_AS, Set("/t", "other"), True),
        (Remove("/n"), TYPED, True),
        (Text("b/t", ((0, 0, "x"),)), Set("b/n", 2), True),
        (Set("b/n", 2), Text("b/t", ((0, 0, "x"),)), True),
        (Text("b/t", ((0, 0, "x"),)), READ_AS, False),
        (Set("/other", 2), TYPED, False),
        (TYPED, Set("/other", 2), False),
    ],
)
def test_a_text_and_the_member_that_says_how_it_is_read_are_one(mine: Op, theirs: Op, met: bool, unseen: str) -> None:
    sent = [(OTHER, 0.1, theirs)]
    found = meet("one\n", mine, **{unseen: sent})
    assert [(contact.reason, contact.address, contact.fades) for contact in found] == (
        [("structural", mine.at, False)] if met else []
    )
    assert meet("one\n", mine, **{unseen: [(ME, 0.1, theirs)]}) == []
