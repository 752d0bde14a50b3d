"""The places that an agent's edit rests on, and who changed them since the agent read. Pure.

A region is what the agent must have seen as it is: the text that it replaces, a member that it sets with all inside it,
an element that it moves. What others wrote beside it, in the same line even, leaves it as it was; but not what
joins a word of it, nor what was put where the edit itself puts something: two that each put a letter before `sum` would
both be kept, and nobody meant the word.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal, NamedTuple, assert_never

import msgspec

from draftwire.document import address as addresses
from draftwire.document.carry import Range, carry
from draftwire.document.ops import Effect, Insert, Move, Remove, Set, Text, gone_ids
from draftwire.text.units import length
from draftwire_server.core.edits.replica import Entry

# What of others' insertions at an end of a text changes it: nothing, what joins its word, all but whole lines, all.
Edge = Literal["open", "word", "line", "closed"]


class Region(msgspec.Struct, frozen=True):
    """A place of one state.

    ``text``: units ``start`` to ``end`` of a leaf, its ends ``left`` and ``right``; where they are open, one without
    a unit is touched only by what deletes around it. ``all``: what stands at an address, with the elements ``inside``
    it. ``there``: that it exists, wherever.
    """

    kind: Literal["text", "all", "there"]
    at: str
    start: int = 0
    end: int = 0
    inside: frozenset[str] = frozenset()  # ids of the keyed elements in it, at any depth
    edit: int = 0  # which edit of the call rests on it
    left: Edge = "open"
    right: Edge = "open"


class Touched(NamedTuple):
    """A region and a batch that changed it."""

    region: Region
    entry: Entry


def first_touched(regions: Iterable[Region], entries: Sequence[Entry], own: Collection[int]) -> Touched | None:
    """Find who changed any of the regions, which count in the state before the first of ``entries``.

    ``own``: the writers whose changes count only where nobody else's do.
    """
    by_own: Touched | None = None
    for region in regions:
        touched = _first_touching(region, entries, own)
        if touched is not None and touched.entry.w not in own:
            return touched
        by_own = by_own or touched
    return by_own


def _first_touching(region: Region, entries: Sequence[Entry], own: Collection[int]) -> Touched | None:
    by_own: Touched | None = None
    at, kind, start, end = region.at, region.kind, region.start, region.end
    for entry in entries:
        for effect in entry.effects:
            op = effect.op
            if type(op) is Text:  # by far the most, and away from the region
                if kind == "there" or (kind == "text" and op.at != at):
                    continue
                if kind == "text" and len(op.s) == 1:
                    position, delete, insert = op.s[0]
                    if position > end:
                        continue
                    if position + delete < start:
                        shift = length(insert) - delete
                        start, end = start + shift, end + shift
                        continue
            if _touches(effect, region, start, end):
                if entry.w not in own:
                    return Touched(region, entry)
                by_own = by_own or Touched(region, entry)
            if kind == "text":
                now = carry(Range(at, start, end), (effect,))
                if now is None:
                    return by_own
                assert now.start is not None
                assert now.end is not None
                start, end = now.start, now.end
    return by_own


def _touches(effect: Effect, region: Region, start: int, end: int) -> bool:
    gone = gone_ids(effect.took)
    element = addresses.owner(region.at)
    if element and element in gone:
        return True
    match region.kind:
        case "text":
            return _touches_text(effect, region, start, end)
        case "all":
            return any(addresses.owner(at) in region.inside or _meets(at, region.at) for at in _addresses(effect))
        case "there":
            return isinstance(effect.op, Set | Remove) and addresses.is_inside(region.at, effect.op.at)
        case _ as never:
            assert_never(never)


def _touches_text(effect: Effect, region: Region, start: int, end: int) -> bool:
    op, at = effect.op, region.at
    if isinstance(op, Set | Remove):
        return op.at == at or addresses.is_inside(at, op.at)
    if not isinstance(op, Text) or op.at != at:
        return False
    for position, delete, insert in op.s:
        after = position + delete
        if (
            (delete and position < end and after > start)
            or (insert and start < position < end)
            or (insert and after == start and _reaches(insert, insert[-1], region.left))
            or (insert and position == end and _reaches(insert, insert[0], region.right))
        ):
            return True
    return False


def _reaches(insert: str, nearest: str, edge: Edge) -> bool:
    """Whether a text that was put at an end of a region changed it; ``nearest`` is its character next to the region."""
    match edge:
        case "open":
            return False
        case "word":
            return in_word(nearest)
        case "line":
            return not insert.endswith("\n")
        case "closed":
            return True
        case _ as never:
            assert_never(never)


def in_word(character: str) -> bool:
    """Whether a character belongs to a name or a number."""
    return character.isalnum() or character == "_"


def _addresses(effect: Effect) -> tuple[str, ...]:
    op = effect.op
    match op:
        case Insert():
            return (op.at,)
        case Move():
            return (op.at, addresses.escape(op.id))
        case Text() | Set() | Remove():
            return (op.at,)
        case _ as never:
            assert_never(never)


def _meets(at: str, place: str) -> bool:
    return at == place or addresses.is_inside(at, place) or addresses.is_inside(place, at)


def back(position: int, splices: Iterable[tuple[int, int, str]]) -> int:
    """Where a position after ``splices`` lay before them; inside of what they put in: where that was put."""
    shift = 0
    for at, delete, insert in splices:
        size = length(insert)
        if position <= at + shift:
            break
        if position < at + shift + size:
            return at
        shift += size - delete
    return position - shift


def element_ids(value: Any) -> frozenset[str]:
    """The ids of all objects in a value that have one: of the keyed elements among them, at least."""
    found: set[str] = set()
    todo = [value]
    while todo:
        node = todo.pop()
        if isinstance(node, dict):
            if isinstance(node.get("id"), str):
                found.add(node["id"])
            todo += node.values()
        elif isinstance(node, list):
            todo += node
    return frozenset(found)
