"""Bringing single parts of a difference back: all of them is the old document, none of them the new one."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.document import Document
from draftwire.document.shape import Shape
from draftwire.document.values import same
from draftwire.errors import OpError
from draftwire.merge.comparison import compare
from draftwire.rest.diff import ElementMoved, MemberAdded, MemberChanged, MemberRemoved
from draftwire.text.textdiff import lines
from draftwire_server.core.merge.parts import brought_back, parts_of
from tests.protocol.model import SHAPE, World

MEMBERS = MemberAdded | MemberRemoved | MemberChanged
TEXT = Shape(keyed=["/items"], text=["/content", "/items/*/body"])


def two(seed: int, steps: int) -> tuple[Document, Document]:
    world = World(seed)
    old = new = world.document()
    for _ in range(steps):
        op = world.op(new)
        if op is not None:
            new = new.apply(op, 1).document
    return old, new


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 3))
def test_all_parts_together_are_the_old_document(seed: int, steps: int, context: int) -> None:
    old, new = two(seed, steps)
    comparison = compare(old.value, new.value, SHAPE, context=context)
    parts = parts_of(comparison)
    assert len({part.id for part in parts}) == len(parts)
    assert same(brought_back(new, old, comparison, []).value, new.value)
    whole = [part for part in parts if part.hunk is None]
    try:
        back = brought_back(new, old, comparison, whole)
    except OpError:
        return  # what can't be brought back piece by piece is refused, not guessed
    assert same(back.value, old.value)


@given(st.integers(0, 2**32), st.integers(1, 6))
def test_what_is_not_asked_for_stays(seed: int, steps: int) -> None:
    """After some parts came back, the others are still the difference, with the same ids."""
    old, new = two(seed, steps)
    comparison = compare(old.value, new.value, SHAPE, context=0)
    parts = parts_of(comparison)
    members = [part for part in parts if isinstance(comparison.changes[part.change], MEMBERS)]
    chosen = [part for part in members if Random(seed).random() < 0.5]
    try:
        back = brought_back(new, old, comparison, chosen)
    except OpError:
        return  # it would take something else along, or has no place any more
    left = {part.id for part in parts_of(compare(old.value, back.value, SHAPE, context=0))}
    others = {part.id: comparison.changes[part.change] for part in parts if part not in chosen}
    assert left <= others.keys()
    went = [others[id_] for id_ in others.keys() - left]
    assert all(isinstance(change, ElementMoved) for change in went), "but what had moved into what went is back"


TEXTS = st.lists(st.sampled_from(["a", "b", "c", "😀", ""]), max_size=14)


@given(TEXTS, TEXTS, st.integers(0, 3), st.randoms())
def test_one_hunk_comes_back_and_the_others_stay(
    one: list[str], other: list[str], context: int, random: Random
) -> None:
    old = Document.load({"content": "\n".join(one)}, TEXT)
    new = Document.load({"content": "\n".join(other)}, TEXT)
    comparison = compare(old.value, new.value, TEXT, context=context)
    hunks = [part for part in parts_of(comparison) if part.hunk is not None]
    if not hunks:
        return
    chosen = [part for part in hunks if random.random() < 0.5]
    text = brought_back(new, old, comparison, chosen).get("/content")
    # an oracle of lines: the new text with the hunks' lines put in place of its own, from the last to the first
    wanted = lines(new.get("/content"))
    was = lines(old.get("/content"))
    for part in reversed(chosen):
        hunk = comparison.changes[part.change].hunks[part.hunk]  # type: ignore[union-attr,index]
        a, b = hunk.old_from - 1, hunk.new_from - 1
        wanted[b : b + hunk.new_lines] = was[a : a + hunk.old_lines]
    assert text == "".join(wanted)
    if len(chosen) == len(hunks):
        assert text == old.get("/content")


def test_ids_stay_while_the_part_reads_the_same() -> None:
    old = {"content": "a\nb\nc\nd\ne\nf\n", "n": 1}
    new = {"content": "a\nB\nc\nd\nE\nf\n", "n": 2}
    moved = {"content": "new\na\nB\nc\nd\nE\nf\n", "n": 2}
    first = {(p.change, p.hunk): p.id for p in parts_of(compare(old, new, TEXT, context=0))}
    second = {p.id for p in parts_of(compare(old, moved, TEXT, context=0))}
    assert {first[0, 0], first[0, 1], first[1, None]} <= second
    assert first[0, None] not in second, "the text as a whole reads differently"


def test_what_would_take_another_element_along_is_refused() -> None:
    """An id that stood in a value that went was used again elsewhere: bringing the value back would remove that one."""
    old = Document.load({"items": [], "list": [{"subs": [{"id": "f", "body": "was here"}]}]}, SHAPE)
    new = Document.load({"items": [{"id": "f", "body": "written since"}], "list": "x"}, SHAPE)
    comparison = compare(old.value, new.value, SHAPE)
    (part,) = [part for part in parts_of(comparison) if part.at == "/list"]
    with pytest.raises(OpError):
        brought_back(new, old, comparison, [part])


def test_an_element_that_goes_gives_back_what_has_moved_into_it() -> None:
    shape = Shape(keyed=["/items", "/items/*/items"])
    old = Document.load({"items": [{"id": "a", "items": []}, {"id": "b", "items": []}]}, shape)
    new = Document.load(
        {"items": [{"id": "new", "items": [{"id": "b", "items": []}]}, {"id": "a", "items": []}]}, shape
    )
    comparison = compare(old.value, new.value, shape)
    (added,) = [p for p in parts_of(comparison) if type(comparison.changes[p.change]).__name__ == "ElementAdded"]
    assert brought_back(new, old, comparison, [added]).value == old.value


@pytest.mark.parametrize("shape", [SHAPE])
def test_a_removed_element_comes_back_where_it_stood(shape: Shape) -> None:
    old = Document.load({"items": [{"id": "a"}, {"id": "b", "body": "x"}, {"id": "c"}]}, shape)
    new = Document.load({"items": [{"id": "c"}, {"id": "a"}]}, shape)
    comparison = compare(old.value, new.value, shape)
    removed = [p for p in parts_of(comparison) if type(comparison.changes[p.change]).__name__ == "ElementRemoved"]
    back = brought_back(new, old, comparison, removed)
    assert back.get("b/body") == "x"
    assert sorted(e["id"] for e in back.value["items"]) == ["a", "b", "c"]
