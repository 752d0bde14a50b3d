"""A log as people read it: batches grouped by writer and time, and the places that some of them changed. Pure.

Groups may lie between each other, as people type at the same time. None crosses a multiple of `BLOCK` in the log, so
that a page of history is the same whatever page came before it, and costs the same in a log of any length.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import msgspec

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.ops import Effect, ElementTaken, Insert, Move, Set, Text, TextTaken, ValueTaken
from draftwire.text.text import Splices, carry_span
from draftwire.text.units import cut, length
from draftwire_server.core.edits.replica import Entry

BLOCK: Final = 1_000
"""Batches that are grouped together; as many as lie between two snapshots at most."""

GAP_S: Final = 300.0
"""A pause of five minutes ends a group: whoever comes back then does something else."""

LONGEST_S: Final = 3600.0
"""A group spans an hour at most, so that a long afternoon is told in parts."""

RANGES: Final = 32
"""Changed ranges of one leaf that are told apart; the nearest ones are joined beyond that."""

PLACES: Final = 100
"""Addresses of one group or region; a list for people."""

Ranges: TypeAlias = list[tuple[int, int]]


Who: TypeAlias = tuple[str, str | None]
"""An actor, and the run that it worked in: all sessions of a person are one, each run of an agent by itself."""


class BatchGroup(msgspec.Struct):
    """Batches of one writer; ``first`` … ``last`` are indexes of entries, others' may lie between them."""

    who: Who
    first: int
    last: int
    batches: int = 1
    kinds: list[str] = []
    causes: list[str] = []
    ws: list[int] = []  # the sessions, by their numbers


class Changed(msgspec.Struct):
    """What batches changed, as it reads after the last of them."""

    places: dict[str, Ranges | None] = {}  # None: the member or element as a whole
    came: int = 0  # UTF-16 units of text that were put in
    went: int = 0


class Place(msgspec.Struct, frozen=True):
    """An address; of a text leaf with lines, both counted from 1 and included."""

    at: str
    lines: tuple[tuple[int, int], ...] = ()


def groups_of(entries: Sequence[Entry], writers: Mapping[int, Who]) -> list[BatchGroup]:
    """Group batches by writer and time, the latest end first."""
    open_: dict[Who, BatchGroup] = {}
    found: list[BatchGroup] = []
    for index, entry in enumerate(entries):
        who = writers[entry.w]
        group = open_.get(who)
        if group is None or entry.at - entries[group.last].at > GAP_S or entry.at - entries[group.first].at > LONGEST_S:
            open_[who] = group = BatchGroup(who, index, index, 0)
            found.append(group)
        group.last = index
        group.batches += 1
        if entry.w not in group.ws:
            group.ws.append(entry.w)
        if entry.kind not in group.kinds:
            group.kinds.append(entry.kind)
        if entry.cause is not None and entry.cause not in group.causes:
            group.causes.append(entry.cause)
    return sorted(found, key=lambda group: group.last, reverse=True)


def changed_by(entries: Sequence[Entry], ours: Callable[[Entry], bool]) -> Changed:
    """Follow what ``ours`` changed through all entries."""
    changed = Changed()
    for entry in entries:
        own = ours(entry)
        for effect in entry.effects:
            op = effect.op
            if isinstance(op, Text):
                _follow_text(changed, op, own)
            if own:
                _count(changed, effect)
                if not isinstance(op, Text):
                    changed.places[_address(effect)] = None
    return changed


def places_of(document: Document, changed: Changed) -> tuple[Place, ...]:
    """Tell the places with the lines that they have in the document after the last entry."""
    found = []
    for at, ranges in list(changed.places.items())[:PLACES]:
        text = document.get(at) if ranges else None
        found.append(Place(at, _lines(text, ranges) if ranges and isinstance(text, str) else ()))
    return tuple(found)


def _address(effect: Effect) -> str:
    op = effect.op
    if isinstance(op, Insert):
        return addresses.escape(op.v["id"])
    return addresses.escape(op.id) if isinstance(op, Move) else op.at


def _follow_text(changed: Changed, op: Text, own: bool) -> None:
    ranges = changed.places.get(op.at)
    if ranges and op.s:
        _carry(ranges, op.s)
    if not own:
        return
    if ranges is None:
        if op.at in changed.places:
            return  # it was replaced as a whole
        changed.places[op.at] = ranges = []
    shift = 0
    for position, delete, insert in op.s:
        size = length(insert)
        ranges.append((position + shift, position + shift + size))
        shift += size - delete
    _join(ranges)


def _carry(ranges: Ranges, splices: Splices) -> None:
    """Move ranges with what was written; most lie before it or behind it."""
    before, last = splices[0][0], splices[-1][0] + splices[-1][1]
    shift = sum(length(insert) - delete for _, delete, insert in splices)
    for i, (start, end) in enumerate(ranges):
        if start > last:
            ranges[i] = (start + shift, end + shift)
        elif end >= before:
            ranges[i] = carry_span(start, end, splices, False, True)


def _join(ranges: Ranges) -> None:
    ranges.sort()
    out: Ranges = []
    for start, end in ranges:
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    while len(out) > RANGES:
        nearest = min(range(1, len(out)), key=lambda i: out[i][0] - out[i - 1][1])
        out[nearest - 1 : nearest + 1] = [(out[nearest - 1][0], out[nearest][1])]
    ranges[:] = out


def _count(changed: Changed, effect: Effect) -> None:
    op, took = effect.op, effect.took
    if isinstance(op, Text):
        changed.came += sum(length(insert) for _, _, insert in op.s)
        if isinstance(took, TextTaken):
            changed.went += sum(map(length, took.s))
        return
    if isinstance(op, Set | Insert):
        changed.came += _units(op.v)
    if isinstance(took, ElementTaken) or (isinstance(took, ValueTaken) and took.had):
        changed.went += _units(took.v)


def _units(value: Any) -> int:
    if isinstance(value, str):
        return length(value)
    if isinstance(value, dict):
        return sum(map(_units, value.values()))
    return sum(map(_units, value)) if isinstance(value, list) else 0


def _lines(text: str, ranges: Ranges) -> tuple[tuple[int, int], ...]:
    out: list[tuple[int, int]] = []
    line, at, size = 1, 0, length(text)
    for start, end in ranges:
        start, end = min(start, size), min(end, size)
        if start < at:
            continue
        line += cut(text, at, start).count("\n")
        last = max(start, end - 1)  # the line feed at its end belongs to its last line
        first, line, at = line, line + cut(text, start, last).count("\n"), last
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], line)
        else:
            out.append((first, line))
    return tuple(out)
