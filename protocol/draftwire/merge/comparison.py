"""The difference of two documents as people read it: members, elements that moved, lines and words. Pure.

`draftwire.merge.merge.diff` gives ops that lead from one document to another; this gives what a person wants to see of
it. Elements of keyed arrays are matched by id wherever they stand; the elements that are told to have moved are the
fewest that explain the new order. Texts are matched by lines as `draftwire.text.textdiff` does, changed blocks by
words. There is no deadline: a text larger than `MAX_COMPARED` units or `MAX_LINES` lines, both sides counted, is
trimmed at its equal ends and the rest is one block, which says so.
"""

from collections.abc import Sequence
from typing import Any, Literal

from draftwire.document import address as addresses
from draftwire.document import ids
from draftwire.document.document import Document
from draftwire.document.shape import Place, Shape
from draftwire.document.values import is_marker, same
from draftwire.errors import OpError
from draftwire.rest.diff import (
    Change,
    Comparison,
    ElementAdded,
    ElementMoved,
    ElementRemoved,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    Span,
    Spot,
    TextChanged,
    TextHunk,
    TextLine,
)
from draftwire.text.textdiff import MAX_REFINED, Hunk, hunks, lines, longest_ascent, offsets, tokens
from draftwire.text.units import length

CONTEXT_LINES = 3
MAX_COMPARED = 1 << 20  # units of both sides of one text
MAX_LINES = 20_000  # of both sides; the worst that they can cost is about a second
LABELS = ("summary", "label", "title", "name")  # members that say what an element is
MAX_LABEL = 60  # code points


def compare(old: dict[str, Any], new: dict[str, Any], shape: Shape, *, context: int = CONTEXT_LINES) -> Comparison:
    """Return what differs, with ``context`` lines around changed ones; raises `OpError` for bad or doubled ids."""
    comparer = _Comparer(Document.load(old, shape), Document.load(new, shape), context)
    comparer.members("", shape.root, old, new)
    return Comparison(tuple(comparer.changes))


def compare_text(old: str, new: str, context: int = CONTEXT_LINES) -> tuple[tuple[TextHunk, ...], bool]:
    """Return the hunks of two texts, and whether they were too large to be compared line by line."""
    a, b = lines(old), lines(new)
    coarse = length(old) + length(new) > MAX_COMPARED or len(a) + len(b) > MAX_LINES
    blocks = _trimmed(a, b) if coarse else hunks(a, b)
    return tuple([_hunk(a, b, group, context) for group in _groups(blocks, context)]), coarse


class _Nothing:
    """Stands for what is not there."""


_NOTHING = _Nothing()


class _Comparer:
    """One comparison; ``both`` are the elements that both documents have, where ops could follow them."""

    def __init__(self, old: Document, new: Document, context: int) -> None:
        self.old, self.new = old, new
        self.context = context
        self.changes: list[Change] = []
        self.homes = (self._track(old), self._track(new))
        self.both = {id_ for id_ in self.homes[1] if id_ in self.homes[0] and self._is_alike(id_)}

    # Which elements are known by their ids

    def _track(self, side: Document) -> dict[str, Spot]:
        """Return where each element stands that is reached through objects and transparent arrays."""
        found: dict[str, Spot] = {}
        self._track_in(side.value, "", side.shape.root, found)
        return found

    def _track_in(self, value: Any, at: str, place: Place, found: dict[str, Spot]) -> None:
        if place.dead:
            return
        if isinstance(value, dict):
            for name, member in value.items():
                if isinstance(member, dict | list):
                    self._track_in(member, f"{at}/{addresses.escape(name)}", place.member(name), found)
        elif place.keyed:
            after = None
            for position, element in enumerate(value):
                found[element["id"]] = Spot(at, position, after)
                after = element["id"]
                self._track_in(element, addresses.escape(after), place.element(), found)
        elif self._is_transparent(at, place):
            for i, element in enumerate(value):
                if isinstance(element, dict | list):
                    self._track_in(element, f"{at}/{i}", place.element(), found)

    def _is_transparent(self, at: str, place: Place) -> bool:
        """Say whether a plain array has changed at most inside the keyed arrays in it."""
        sides = [side for side in (self.old.get(at, _NOTHING), self.new.get(at, _NOTHING)) if side is not _NOTHING]
        if not all(isinstance(side, list) for side in sides):
            return False
        shown = [_skeleton(side, place) for side in sides]
        return same(shown[0], shown[-1])

    def _is_alike(self, id_: str) -> bool:
        """Say whether the arrays inside an element are keyed alike where it stands in both documents."""
        at = addresses.escape(id_)
        was, now = self.old.place(at), self.new.place(at)
        assert was is not None
        assert now is not None
        return was is now or all(_keyed_alike(side.get(at), was, now) for side in (self.old, self.new))

    # Members

    def members(self, at: str, place: Place, old: dict[str, Any], new: dict[str, Any]) -> None:
        """Compare two objects at one address."""
        for name in {**old, **new}:
            where = f"{at}/{addresses.escape(name)}"
            self._member(where, place.member(name), old.get(name, _NOTHING), new.get(name, _NOTHING))

    def _member(self, at: str, place: Place, old: Any, new: Any) -> None:
        if isinstance(old, dict) and isinstance(new, dict) and not (is_marker(old) or is_marker(new)):
            self.members(at, place, old, new)
        elif isinstance(old, list) and isinstance(new, list) and place.keyed:
            self._elements(at, place, old, new)
        elif isinstance(old, list) and isinstance(new, list) and self._is_transparent(at, place):
            for i, (was, now) in enumerate(zip(old, new, strict=True)):
                self._member(f"{at}/{i}", place.element(), was, now)
        elif isinstance(old, str) and isinstance(new, str) and place.text:
            if old != new:
                self._text(at, old, new)
        elif not same(old, new):
            self._value(at, place, old, new)

    def _value(self, at: str, place: Place, old: Any, new: Any) -> None:
        label = self._label(at)
        was, now = self._stripped(old, place), self._stripped(new, place)
        if old is _NOTHING:
            self.changes.append(MemberAdded(at, label, now))
        elif new is _NOTHING:
            self.changes.append(MemberRemoved(at, label, was))
        else:
            self.changes.append(MemberChanged(at, label, was, now))
        self._arrivals(at, place, new)

    def _text(self, at: str, old: str, new: str) -> None:
        found, coarse = compare_text(old, new, self.context)
        kinds = [line.kind for hunk in found for line in hunk.lines]
        counts = kinds.count("removed"), kinds.count("added")
        self.changes.append(TextChanged(at, self._label(at), *counts, found, coarse))

    # Elements

    def _elements(self, at: str, place: Place, old: list[Any], new: list[Any]) -> None:
        for element in old:
            id_ = element["id"]
            if id_ not in self.both:
                label = _label_of(element)
                was = self._stripped(element, place.element())
                self.changes.append(ElementRemoved(addresses.escape(id_), label, self.homes[0][id_], was))
        stay = self._staying(at, new)
        for element in new:
            self._element(element, place.element(), stays=element["id"] in stay)

    def _staying(self, at: str, new: list[Any]) -> set[str]:
        """Return as many elements of an array as can have stayed while the others moved."""
        order = [e["id"] for e in new if e["id"] in self.both and self.homes[0][e["id"]].array == at]
        return {order[i] for i in longest_ascent([self.homes[0][id_].position for id_ in order])}

    def _element(self, element: dict[str, Any], place: Place, *, stays: bool) -> None:
        id_ = element["id"]
        at, label = addresses.escape(id_), _label_of(element)
        if id_ not in self.both:
            now = self._stripped(element, place)
            self.changes.append(ElementAdded(at, label, self.homes[1][id_], now))
            self._arrivals(at, place, element)
            return
        if not stays:
            self.changes.append(ElementMoved(at, label, self.homes[0][id_], self.homes[1][id_]))
        self.members(at, place, self.old.get(at), element)

    def _arrivals(self, at: str, place: Place, value: Any) -> None:
        """Tell of the elements that have moved into what is new."""
        if place.dead:
            return
        if isinstance(value, dict):
            for name, member in value.items():
                self._arrivals(f"{at}/{addresses.escape(name)}", place.member(name), member)
        elif isinstance(value, list) and place.keyed:
            for element in value:
                if element["id"] in self.both:
                    self._element(element, place.element(), stays=False)
                else:
                    self._arrivals(addresses.escape(element["id"]), place.element(), element)
        elif isinstance(value, list):
            for i, element in enumerate(value):
                self._arrivals(f"{at}/{i}", place.element(), element)

    # What is shown

    def _stripped(self, value: Any, place: Place) -> Any:
        """Return a value without the elements that both documents have: those have moved."""
        if place.dead:
            return value
        if isinstance(value, dict):
            return {name: self._stripped(member, place.member(name)) for name, member in value.items()}
        if isinstance(value, list):
            kept = [element for element in value if not (place.keyed and element["id"] in self.both)]
            return [self._stripped(element, place.element()) for element in kept]
        return value

    def _label(self, at: str) -> str:
        element, names = addresses.parse(at)
        if not element:
            return " › ".join(names)
        owner = addresses.escape(element)
        found = self.new.get(owner)
        return " › ".join((_label_of(self.old.get(owner) if found is None else found), *names))


def _label_of(element: dict[str, Any]) -> str:
    for name in LABELS:
        said = element.get(name)
        if isinstance(said, str) and said.strip(" \t\n\r"):
            line = said.strip(" \t\n\r").split("\n")[0].rstrip(" \t\r")
            return line if len(line) <= MAX_LABEL else line[: MAX_LABEL - 1] + "…"
    id_: str = element["id"]
    return id_


def _skeleton(value: Any, place: Place) -> Any:
    """Return a value with the elements of its keyed arrays left out."""
    if place.dead:
        return value
    if isinstance(value, dict):
        return {name: _skeleton(member, place.member(name)) for name, member in value.items()}
    if isinstance(value, list):
        return [] if place.keyed else [_skeleton(element, place.element()) for element in value]
    return value


def _keyed_alike(element: Any, one: Place, other: Place) -> bool:
    found: list[dict[str, ids.Home]] = [{}, {}]
    try:
        ids.scan_element(element, one, ("", ()), found[0])
        ids.scan_element(element, other, ("", ()), found[1])
    except OpError:
        return False
    return found[0] == found[1]


# ---- lines and words


def _trimmed(a: list[str], b: list[str]) -> list[Hunk]:
    """Return one block without the lines that are equal at both ends."""
    start, a1, b1 = 0, len(a), len(b)
    while start < a1 and start < b1 and a[start] == b[start]:
        start += 1
    while a1 > start and b1 > start and a[a1 - 1] == b[b1 - 1]:
        a1, b1 = a1 - 1, b1 - 1
    return [(start, a1, start, b1)] if start < a1 or start < b1 else []


def _groups(blocks: list[Hunk], context: int) -> list[list[Hunk]]:
    """Put blocks together whose lines around them would touch."""
    groups: list[list[Hunk]] = []
    for block in blocks:
        if groups and block[0] - groups[-1][-1][1] <= 2 * context:
            groups[-1].append(block)
        else:
            groups.append([block])
    return groups


def _hunk(a: list[str], b: list[str], blocks: list[Hunk], context: int) -> TextHunk:
    out: list[TextLine] = []
    before = min(context, blocks[0][0])
    i, j = blocks[0][0] - before, blocks[0][2] - before
    first = (i, j)
    for a0, a1, b0, b1 in blocks:
        out += _same(a, i, a0, j)
        out += _block(a[a0:a1], b[b0:b1], a0, b0)
        i, j = a1, b1
    last = min(len(a), i + context)
    out += _same(a, i, last, j)
    return TextHunk(first[0] + 1, last - first[0], first[1] + 1, j + last - i - first[1], tuple(out))


def _same(a: list[str], start: int, end: int, to: int) -> list[TextLine]:
    return [_line("same", a[i], i + 1, to + i - start + 1) for i in range(start, end)]


def _block(removed: list[str], added: list[str], a0: int, b0: int) -> list[TextLine]:
    gone, come = _words(removed, added) or ([None] * len(removed), [None] * len(added))
    return [
        *[_line("removed", line, a0 + k + 1, None, gone[k]) for k, line in enumerate(removed)],
        *[_line("added", line, None, b0 + k + 1, come[k]) for k, line in enumerate(added)],
    ]


def _line(
    kind: Literal["same", "removed", "added"],
    line: str,
    old: int | None,
    new: int | None,
    words: tuple[Span, ...] | None = None,
) -> TextLine:
    ended = line.endswith("\n")
    return TextLine(kind, line[:-1] if ended else line, old, new, words, ended)


Words = Sequence[tuple[Span, ...] | None]


def _words(removed: list[str], added: list[str]) -> tuple[Words, Words] | None:
    """Return for each line of a block the words that differ; None if it has nothing to be compared with."""
    old, new = "".join(removed), "".join(added)
    if not old or not new or len(old) + len(new) > MAX_REFINED:
        return None
    a, b = tokens(old), tokens(new)
    changed = hunks(a, b)
    a_at, b_at = offsets(a), offsets(b)
    gone = [(a_at[a0], a_at[a1]) for a0, a1, _, _ in changed]
    come = [(b_at[b0], b_at[b1]) for _, _, b0, b1 in changed]
    return _by_line(removed, gone), _by_line(added, come)


def _by_line(block: list[str], spans: list[Span]) -> Words:
    """Cut spans of a block at the ends of its lines; a line feed alone is no word."""
    out: list[tuple[Span, ...]] = []
    start = k = 0
    for line in block:
        size = length(line)
        end = start + size - line.endswith("\n")
        found: list[Span] = []
        while k < len(spans) and spans[k][0] < start + size:
            low, high = max(spans[k][0], start), min(spans[k][1], end)
            if low < high:
                found.append((low - start, high - start))
            if spans[k][1] > start + size:
                break
            k += 1
        out.append(tuple(found))
        start += size
    return out
