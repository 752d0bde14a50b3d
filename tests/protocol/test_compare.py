"""What people are shown as the difference of two documents is true, complete, and tells of the fewest moves.

`redo` does to the old document what a comparison says, written apart from it: on plain dicts and lists, by id.
"""

from collections.abc import Iterator
from itertools import combinations, pairwise, permutations
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document.address import parse
from draftwire.document.document import Document
from draftwire.document.shape import Shape
from draftwire.document.values import same
from draftwire.merge.comparison import MAX_COMPARED, MAX_LINES, compare, compare_text
from draftwire.rest.diff import (
    Comparison,
    ElementAdded,
    ElementMoved,
    ElementRemoved,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    TextChanged,
    TextHunk,
)
from tests.protocol.model import SHAPE, World

FLAT = Shape(keyed=["/list", "/more", "/list/*/subs"], text=["/code"])


# ---- an application of what is said, written apart


def copied(value: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(value))


class Redo:
    """The old document taken to pieces, the root and every keyed element by its id, and put together again."""

    def __init__(self, old: Any, new: Any, shape: Shape) -> None:
        self.root = copied(old)
        self.old, self.new = Document.load(old, shape), Document.load(new, shape)  # the latter only for its places
        self.elements: dict[str, Any] = {}
        self.know(self.root, shape.root)

    def know(self, value: Any, place: Any) -> None:
        """Know the elements inside a value by their ids."""
        if isinstance(value, dict):
            for name, member in value.items():
                self.know(member, place.member(name))
        elif isinstance(value, list):
            for element in value:
                if place.keyed:
                    self.elements[element["id"]] = element
                self.know(element, place.element())

    def holder(self, at: str) -> tuple[Any, Any]:
        """The object or plain array that holds a place, and its name or index in it."""
        owner, names = parse(at)
        node = self.elements[owner] if owner else self.root
        for name in names[:-1]:
            node = node[int(name)] if isinstance(node, list) else node[name]
        return node, int(names[-1]) if isinstance(node, list) else names[-1]

    def array(self, at: str) -> Any:
        node, name = self.holder(at)
        return node[name]

    def take(self, change: ElementMoved | ElementRemoved) -> None:
        """Take an element out of where it was told to be."""
        id_ = parse(change.at)[0]
        assert self.old.get(change.was.array)[change.was.position]["id"] == id_
        elements = self.array(change.was.array)
        [position] = [i for i, element in enumerate(elements) if element["id"] == id_]
        taken = elements.pop(position)
        if isinstance(change, ElementRemoved):
            assert same(taken, change.old), "what is told to be removed is what is left there"

    def put(self, change: ElementMoved | ElementAdded) -> None:
        """Put an element where it is told to be; those left of it in the end stand there already."""
        array, to = self.array(change.to.array), change.to
        assert (array[to.position - 1]["id"] if to.position else None) == to.after
        array.insert(to.position, self.elements[parse(change.at)[0]])

    def change(self, change: Any) -> None:
        """Do what is said of one member."""
        node, name = self.holder(change.at)
        match change:
            case MemberAdded():
                assert name not in node
                node[name] = copied(change.new)
            case MemberRemoved():
                assert same(node.pop(name), change.old)
                return
            case MemberChanged():
                assert same(node[name], change.old)
                node[name] = copied(change.new)
            case TextChanged():
                node[name] = patched(node[name], change.hunks)
        self.know(node[name], self.new.place(change.at))


def redo(old: Any, new: Any, said: Comparison, shape: Shape) -> Any:
    """Do what a comparison says to the old document."""
    work = Redo(old, new, shape)
    for change in said.changes:
        if isinstance(change, ElementMoved):
            work.take(change)
    for change in said.changes:
        if isinstance(change, ElementRemoved):
            work.take(change)
        elif isinstance(change, ElementAdded):
            element = copied(change.new)
            work.elements[parse(change.at)[0]] = element
            work.know(element, work.new.place(change.at))
    arriving = [change for change in said.changes if isinstance(change, ElementAdded | ElementMoved)]
    for change in said.changes:
        if not isinstance(change, ElementAdded | ElementMoved | ElementRemoved):
            work.change(change)
    for change in sorted(arriving, key=lambda change: change.to.position):
        work.put(change)
    return work.root


def patched(text: str, hunks: tuple[TextHunk, ...]) -> str:
    """Do hunks to a text, by their line numbers alone."""
    old = split(text)
    out: list[str] = []
    at = 0
    for hunk in hunks:
        out += old[at : hunk.old_from - 1]
        assert len(out) == hunk.new_from - 1
        at = hunk.old_from - 1
        for line in hunk.lines:
            whole = line.text + ("\n" if line.ended else "")
            if line.kind != "added":
                assert old[at] == whole
                assert line.old == at + 1
                at += 1
            if line.kind != "removed":
                out.append(whole)
                assert line.new == len(out)
        assert at == hunk.old_from - 1 + hunk.old_lines
        assert len(out) == hunk.new_from - 1 + hunk.new_lines
    return "".join([*out, *old[at:]])


def split(text: str) -> list[str]:
    return [line + "\n" for line in text.split("\n")[:-1]] + ([text.split("\n")[-1]] if text.split("\n")[-1] else [])


# ---- documents


@given(st.integers(0, 2**32), st.integers(0, 6), st.integers(0, 3))
def test_what_a_comparison_says_makes_the_new_document_of_the_old(seed: int, steps: int, context: int) -> None:
    world = World(seed)
    old = world.document()
    new = old
    for _ in range(steps):
        op = world.op(new)
        if op is not None:
            new = new.apply(op, 1).document
    check(old.value, new.value, SHAPE, context)


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_also_of_two_documents_that_have_nothing_to_do_with_each_other(one: int, other: int) -> None:
    check(World(one).document().value, World(other).document().value, SHAPE, 3)


def check(old: Any, new: Any, shape: Shape, context: int) -> Comparison:
    said = compare(old, new, shape, context=context)
    assert (said.changes == ()) == same(old, new), "no change is told if and only if the content is the same"
    assert same(redo(old, new, said, shape), new)
    assert msgspec.json.decode(msgspec.json.encode(said), type=Comparison) == said
    moved = [change.at for change in said.changes if isinstance(change, ElementMoved)]
    assert len(moved) == len(set(moved))
    return said


def trees(ids: str) -> Iterator[Any]:
    for order in permutations(ids):
        for cut in range(len(order) + 1):
            yield {"list": [{"id": i} for i in order[:cut]], "more": [{"id": i} for i in order[cut:]]}


def test_no_fewer_moves_could_explain_the_new_order() -> None:
    """Against brute force: the fewest elements that, taken out and put in anywhere, make the one of the other."""
    documents = list(trees("abcd"))
    old = documents[0]
    for old in (documents[0], documents[7], documents[33]):
        for new in documents:
            said = check(old, new, FLAT, 3)
            assert all(isinstance(change, ElementMoved) for change in said.changes)
            assert len(said.changes) == fewest(old, new)


def fewest(old: Any, new: Any) -> int:
    ids = [e["id"] for e in (*old["list"], *old["more"])]
    for count in range(len(ids) + 1):
        for taken in combinations(ids, count):
            if all(
                [e for e in old[array] if e["id"] not in taken] == [e for e in new[array] if e["id"] not in taken]
                for array in ("list", "more")
            ):
                return count
    raise AssertionError


def test_an_element_that_moves_and_changes_is_told_as_both_and_never_as_removed() -> None:
    old = {"list": [{"id": "a", "summary": " Fetch \nit", "n": 1}, {"id": "b"}, {"id": "c", "subs": [{"id": "d"}]}]}
    new = {
        "list": [
            {"id": "b"},
            {"id": "c", "subs": []},
            {"id": "a", "summary": "Fetch users", "n": 2, "subs": [{"id": "d"}]},
        ]
    }
    said = check(old, new, FLAT, 3).changes
    assert [(type(change).__name__, change.at, change.label) for change in said] == [
        ("ElementMoved", "a", "Fetch users"),
        ("MemberChanged", "a/summary", "Fetch users › summary"),
        ("MemberChanged", "a/n", "Fetch users › n"),
        ("MemberAdded", "a/subs", "Fetch users › subs"),
        ("ElementMoved", "d", "d"),
    ]


def test_elements_that_leave_what_goes_have_moved() -> None:
    old = {"list": [{"id": "a", "subs": [{"id": "x"}, {"id": "y"}]}, {"id": "b"}], "more": []}
    new = {"list": [{"id": "b"}, {"id": "n", "subs": [{"id": "y"}]}], "more": [{"id": "x"}]}
    said = check(old, new, FLAT, 3).changes
    assert [(type(change).__name__, change.at) for change in said] == [
        ("ElementRemoved", "a"), ("ElementAdded", "n"), ("ElementMoved", "y"), ("ElementMoved", "x"),
    ]  # fmt: skip
    assert isinstance(said[0], ElementRemoved)
    assert said[0].old == {"id": "a", "subs": []}


# ---- texts

LINES = st.lists(st.sampled_from(["a", "b", "x = 1", "x = 2 😀", "", "def f(é):", "return x + 1"]), max_size=9)


@given(LINES, LINES, st.booleans(), st.booleans(), st.integers(0, 4))
def test_hunks_have_the_right_lines_and_numbers(old: list[str], new: list[str], a: bool, b: bool, context: int) -> None:
    one, other = "\n".join(old) + "\n" * a, "\n".join(new) + "\n" * b
    hunks, coarse = compare_text(one, other, context)
    assert not coarse
    assert patched(one, hunks) == other
    assert (hunks == ()) == (one == other)
    for hunk in hunks:
        around = [line.kind for line in hunk.lines]
        edges = [next((i for i, kind in enumerate(side) if kind != "same"), -1) for side in (around, around[::-1])]
        assert all(0 <= edge <= context for edge in edges)
        for line in hunk.lines:
            units = len(line.text.encode("utf-16-le")) // 2
            spans = line.words or ()
            assert line.kind != "same" or not spans
            assert all(0 <= start < end <= units for start, end in spans)
            assert all(first[1] <= then[0] for first, then in pairwise(spans))
            for start, end in spans:
                line.text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")  # whole characters
    for above, below in pairwise(hunks):
        assert above.old_from + above.old_lines < below.old_from or context == 0


@given(LINES, LINES)
def test_what_is_left_when_the_words_are_taken_out_is_the_same(old: list[str], new: list[str]) -> None:
    one, other = "\n".join(old), "\n".join(new)
    hunks, _ = compare_text(one, other, 0)
    for hunk in hunks:
        rests = []
        for kind in ("removed", "added"):
            rest = ""
            for line in hunk.lines:
                if line.kind == kind:
                    if line.words is None:
                        continue
                    raw = line.text.encode("utf-16-le")
                    kept, at = b"", 0
                    for start, end in line.words:
                        kept += raw[2 * at : 2 * start]
                        at = end
                    rest += (kept + raw[2 * at :]).decode("utf-16-le")
            rests.append(rest)
        assert rests[0] == rests[1]


def test_words_are_told_within_lines() -> None:
    hunks, _ = compare_text("keep\nreturn fetch(url, 3) 😀\nend", "keep\nreturn fetch(address, 3) 😀!\nend\n", 1)
    [hunk] = hunks
    told = [(line.kind, line.text, line.words, line.ended) for line in hunk.lines]
    assert told == [
        ("same", "keep", None, True),
        ("removed", "return fetch(url, 3) 😀", ((13, 16),), True),
        ("removed", "end", (), False),
        ("added", "return fetch(address, 3) 😀!", ((13, 20), (27, 28)), True),
        ("added", "end", (), True),
    ]
    assert (hunk.old_from, hunk.old_lines, hunk.new_from, hunk.new_lines) == (1, 3, 1, 3)


@pytest.mark.parametrize("line", ["x" * (MAX_COMPARED // 1_000), ""])
def test_a_text_that_is_too_large_is_one_block_and_says_so(line: str) -> None:
    count = 1_100 if line else MAX_LINES // 2 + 1
    old = [f"{i} {line}" for i in range(count)]
    new = [*old[:10], "new", *old[11:500], *old[501:]]
    said = check({"code": "\n".join(old)}, {"code": "\n".join(new)}, FLAT, 1)
    [change] = said.changes
    assert isinstance(change, TextChanged)
    assert change.coarse
    assert (change.removed_lines, change.added_lines) == (491, 490)
    assert len(change.hunks) == 1
