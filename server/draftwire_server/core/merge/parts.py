"""The parts of a difference, each with an id of its own, and bringing single ones back. Pure.

A part is a change, or one hunk of a changed text. Its id follows from what it says, not from where it stands in a list:
as long as both sides read the same there it is the same part, whatever else has changed.
"""

import base64
import hashlib
from collections.abc import Collection
from typing import Any, Final, assert_never

import msgspec

from draftwire.document import address as addresses
from draftwire.document import ids
from draftwire.document.document import Document
from draftwire.document.ops import Move, Text
from draftwire.document.shape import Place
from draftwire.document.values import same
from draftwire.errors import OpError
from draftwire.merge.comparison import compare
from draftwire.rest.diff import (
    Change,
    Comparison,
    DiffPart,
    ElementAdded,
    ElementMoved,
    ElementRemoved,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    TextChanged,
    TextHunk,
    TextLine,
)
from draftwire.text.text import Splice, canonical
from draftwire.text.textdiff import lines, offsets
from draftwire.text.units import length
from draftwire_server.core.merge.resolve import ID_BYTES, placed, without

_encode = msgspec.json.Encoder(order="deterministic").encode
_NOTHING: Final = object()


def parts_of(comparison: Comparison) -> tuple[DiffPart, ...]:
    """Give every change its id, and every hunk of a text beside; equal ones are told apart by their order."""
    seen: dict[bytes, int] = {}
    found: list[DiffPart] = []

    def told(says: Any, change: int, hunk: int | None) -> None:
        raw = _encode(says)
        seen[raw] = seen.get(raw, 0) + 1
        digest = hashlib.blake2b(raw + b"%d" % seen[raw], digest_size=ID_BYTES).digest()
        name = base64.urlsafe_b64encode(digest).decode("ascii")
        found.append(DiffPart(name, comparison.changes[change].at, change, hunk))

    for number, change in enumerate(comparison.changes):
        told(_says(change), number, None)
        if isinstance(change, TextChanged):
            for index, hunk in enumerate(change.hunks):
                told([change.at, "hunk", _lines(hunk)], number, index)
    return tuple(found)


def _says(change: Change) -> list[Any]:
    match change:
        case MemberAdded(at, _, new):
            return [at, "member_added", new]
        case MemberRemoved(at, _, old):
            return [at, "member_removed", old]
        case MemberChanged(at, _, old, new):
            return [at, "member_changed", old, new]
        case ElementAdded(at, _, to, new):
            return [at, "element_added", to.array, new]
        case ElementRemoved(at, _, was, old):
            return [at, "element_removed", was.array, old]
        case ElementMoved(at, _, was, to):
            return [at, "element_moved", was.array, was.after, to.array, to.after]
        case TextChanged(at, _, _, _, hunks):
            return [at, "text_changed", [_lines(hunk) for hunk in hunks]]
        case _:
            assert_never(change)


def _lines(hunk: TextHunk) -> list[Any]:
    return [[line.kind, _whole(line)] for line in hunk.lines if line.kind != "same"]


def _whole(line: TextLine) -> str:
    return line.text + "\n" if line.ended else line.text


def brought_back(new: Document, old: Document, comparison: Comparison, parts: Collection[DiffPart]) -> Document:
    """Let ``new`` read as ``old`` does in these parts of their comparison, and as it is everywhere else.

    Elements come back before those that were put there go, so that what has moved between them is never lost.

    Raises:
        OpError: the place of a part is gone, its value can't stand there any more, or something else would go with it.
    """
    whole = {part.change for part in parts if part.hunk is None}
    hunks: dict[int, list[TextHunk]] = {}
    for part in parts:
        change = comparison.changes[part.change]
        if part.hunk is not None and part.change not in whole and isinstance(change, TextChanged):
            hunks.setdefault(part.change, []).append(change.hunks[part.hunk])
    work = new
    for number, some in hunks.items():
        work = _text_back(work, comparison.changes[number].at, some)
    wanted = [comparison.changes[number] for number in sorted(whole)]
    for change in wanted:
        if isinstance(change, TextChanged):
            work = _text_back(work, change.at, change.hunks)
        elif isinstance(change, MemberRemoved | ElementRemoved):
            work = placed(work, change.at, change.old, old)
    for change in wanted:
        if isinstance(change, ElementMoved):
            work = _moved_back(work, old, addresses.owner(change.at))
    for change in wanted:
        if isinstance(change, MemberAdded | ElementAdded | MemberChanged):
            work = _rescued(work, old, change.at)
            if isinstance(change, MemberChanged):
                work = placed(work, change.at, change.old, old)
            else:
                work = without(work, change.at)
    _check_the_rest(new, old, work, comparison, whole, hunks)
    return work


def _check_the_rest(
    new: Document, old: Document, back: Document, comparison: Comparison, whole: set[int], hunks: Collection[int]
) -> None:
    """Raise `OpError` unless all that was not asked for stayed: an id used twice over time could take others along.

    An element that had moved into what goes is the exception: it is where it was before.
    """
    rest = _whole_ids(comparison, whole)
    left = _whole_ids(compare(old.value, back.value, old.shape, context=0), ())
    if extra := left.keys() - rest.keys():
        raise OpError("bad_place", left[min(extra)].at)
    for name in rest.keys() - left.keys():
        if not isinstance(rest[name], ElementMoved):
            raise OpError("bad_place", rest[name].at)
    for number, change in enumerate(comparison.changes):
        untouched = isinstance(change, TextChanged) and number not in whole and number not in hunks
        if untouched and not same(back.get(change.at, None), new.get(change.at, None)):
            raise OpError("bad_place", change.at)


def _whole_ids(comparison: Comparison, but: Collection[int]) -> dict[str, Change]:
    """The changes of members and elements by the ids of their parts."""
    return {
        part.id: change
        for part in parts_of(comparison)
        if part.change not in but and not isinstance(change := comparison.changes[part.change], TextChanged)
    }


def _text_back(work: Document, at: str, hunks: Collection[TextHunk]) -> Document:
    """Replace the added lines of hunks by the removed ones."""
    text = work.get(at)
    if not isinstance(text, str):
        raise OpError("not_text", at)
    begins = offsets(lines(text))
    splices: list[Splice] = []
    for hunk in hunks:
        number = hunk.new_from - 1
        for line in hunk.lines:
            if line.kind == "removed":
                splices.append((begins[number], 0, _whole(line)))
            else:
                if line.kind == "added":
                    splices.append((begins[number], length(_whole(line)), ""))
                number += 1
    return _done(work, Text(at, canonical(tuple(sorted(splices, key=lambda splice: splice[0])))))


def _moved_back(work: Document, old: Document, element: str) -> Document:
    home = old.home(element)
    if home is None or not work.has(element):
        raise OpError("no_such_place", addresses.escape(element))
    return _done(work, Move(element, *home))


def _rescued(work: Document, old: Document, at: str) -> Document:
    """Take out of what goes the elements that stood elsewhere before: they go back there."""
    value, place = work.get(at, _NOTHING), work.place(at)
    if value is _NOTHING or place is None:
        return work
    inside: dict[str, Place] = {}
    if "/" in at:
        ids.places(value, place, inside)
    else:
        ids.places_of_element(value, place, inside)
        inside.pop(addresses.owner(at), None)
    for element in inside:
        if old.has(element):
            work = _moved_back(work, old, element)
    return work


def _done(work: Document, op: Move | Text) -> Document:
    work.check(op)
    applied = work.apply(op, 0)
    if applied.effect is None:
        raise OpError("no_such_place", op.at)
    return applied.document
