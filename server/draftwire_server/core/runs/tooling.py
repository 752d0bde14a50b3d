"""What a tool's edit means at one state: the ops, and the regions that they rest on. Pure.

Each edit is resolved at the state that its agent read; others' later changes are met by rebasing and by the regions
(`core/edits/resting.py`), never here.
"""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple, assert_never

import msgspec

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.errors import OpError, Problem
from draftwire.rest.tools import (
    AddElement,
    InsertText,
    MoveElement,
    RemoveAt,
    ReplaceLines,
    SetMember,
    StrReplace,
    ToolEdit,
)
from draftwire.text.lines import lf
from draftwire.text.text import Splices
from draftwire.text.textdiff import diff_text, lines, offsets
from draftwire.text.units import cut, length
from draftwire_server.core.edits.resting import Edge, Region, back, element_ids, in_word

SHOWN: Final = 5  # matches that a refusal tells of, for a model to choose a longer text from
TOOL_LOOKS_THROUGH: Final = 300_000_000  # characters by all edits of a call: a hundred in a text of 3 MB, 3–4 s
MINE: Final = 0


class Resolved(NamedTuple):
    """Ops, one after the other, for the state they were resolved at; what they rest on; the document after them."""

    ops: tuple[Op, ...]
    regions: tuple[Region, ...]
    document: Document


def resolve(document: Document, edits: Iterable[ToolEdit]) -> Resolved:
    """Resolve edits, each for what the ones before it leave; regions count in ``document``.

    Raises:
        Problem: no_match, many_matches, not_text, no_such_place, out_of_range, bad_message, too_much_work;
            those of ops.
    """
    ops: list[Op] = []
    regions: list[Region] = []
    now = document
    looked_through = 0
    for index, given in enumerate(edits):
        there = now.get(given.at)
        looked_through += len(there) if isinstance(there, str) else 0
        if looked_through > TOOL_LOOKS_THROUGH:
            raise Problem(
                "too_much_work", "The edits take too long to process. Send fewer at once.", detail={"edit": index}
            )
        try:
            edit = with_lf_texts(now, given)
            op, region = _one(now, edit, index)
            if op is not None:
                now.check(op)
                applied = now.apply(op, MINE)
                if applied.renamed:
                    raise Problem("duplicate_id", detail={"edit": index, "at": op.at})
                now = applied.document
        except OpError as error:
            raise error.problem(edit=index, at=given.at) from error
        first = _at_first(document, region, ops)
        if first is not None:
            regions.append(first)
        if op is not None:
            ops.append(op)
    return Resolved(tuple(ops), tuple(regions), now)


def with_lf_texts(document: Document, edit: ToolEdit) -> ToolEdit:
    """An edit whose texts have the line ends of a leaf: models and files bring CRLF."""
    match edit:
        case StrReplace() | InsertText() | ReplaceLines():
            texts = {name: getattr(edit, name, None) for name in ("old", "new", "text", "after", "before")}
            other = {name: lf(text) for name, text in texts.items() if text is not None and "\r" in text}
            return msgspec.structs.replace(edit, **other) if other else edit
        case SetMember(at, str(text)) if "\r" in text:
            place = document.place(at)
            return msgspec.structs.replace(edit, value=lf(text)) if place is not None and place.text else edit
        case _:
            return edit


def _one(document: Document, edit: ToolEdit, index: int) -> tuple[Op | None, Region]:
    match edit:
        case StrReplace() | InsertText() | ReplaceLines():
            return _text(document, edit, index)
        case SetMember(at, value):
            return _set(document, at, value, index)
        case RemoveAt(at):
            owner = frozenset((addresses.owner(at),)) if "/" not in at else frozenset[str]()
            inside = element_ids(document.get(at)) | owner
            return Remove(at), Region("all", at, inside=inside, edit=index)
        case AddElement(at, value, after, before):
            return Insert(at, value, *_neighbours(document, at, after, before)), Region("there", at, edit=index)
        case MoveElement(element, at, after, before):
            moved = Region("all", addresses.escape(element), edit=index)
            return Move(element, at, *_neighbours(document, at, after, before)), moved
        case _ as never:
            assert_never(never)


def resolve_place(document: Document, place: InsertText | ReplaceLines) -> tuple[int, int]:
    """The units of a leaf between which a text is to go. Raises `Problem` as `resolve` does."""
    try:
        region = _text(document, place, 0)[1]
    except OpError as error:
        raise error.problem(at=place.at) from error
    return region.start, region.end


def _text(document: Document, edit: StrReplace | InsertText | ReplaceLines, index: int) -> tuple[Op | None, Region]:
    text = leaf_of(document, edit.at, index)
    match edit:
        case StrReplace(at, old, new):
            start, until = _found(text, old, at, index)
        case InsertText(at, new, line, after, before):
            if sum(place is not None for place in (line, after, before)) != 1:
                raise Problem("bad_message", "Give exactly one of line, after and before.", detail={"edit": index})
            if line is not None:
                ends = offsets(lines(text))
                if line > len(ends):
                    raise _outside(index, at, len(ends) - 1)
                start = until = ends[line - 1]
                if line == len(ends) and text and not text.endswith("\n"):
                    new = "\n" + new  # a line of its own behind a last one that no line feed ends
                elif not new.endswith("\n") and line < len(ends):
                    new += "\n"
            else:
                first, last = _found(text, after or before or "", at, index)
                start = until = last if after is not None else first
        case ReplaceLines(at, first, last, new):
            ends = offsets(lines(text))
            if not first <= last < len(ends):
                raise _outside(index, at, len(ends) - 1)
            start, until = ends[first - 1], ends[last]
            if new and not new.endswith("\n") and (last < len(ends) - 1 or text.endswith("\n")):
                new += "\n"
        case _ as never:
            assert_never(never)
    op, region = _replaced(edit.at, cut(text, start, until), new, start, index)
    if isinstance(edit, InsertText):  # several may put something at one place
        region = msgspec.structs.replace(region, left="open", right="open")
    return op, region


def _set(document: Document, at: str, value: Any, index: int) -> tuple[Op | None, Region]:
    place, there = document.place(at), document.get(at)
    if place is not None and place.text and isinstance(there, str) and isinstance(value, str):
        return _replaced(at, there, value, 0, index)
    return Set(at, value), Region("all", at, inside=element_ids(there), edit=index)


def _replaced(at: str, old: str, new: str, start: int, index: int) -> tuple[Op | None, Region]:
    """A text of a leaf, which begins at unit ``start``, and what is to stand there."""
    end = start + length(old)
    splices = tuple((start + position, delete, insert) for position, delete, insert in diff_text(old, new))
    left, right = _left(old, start, splices), _right(old, end, splices)
    region = Region("text", at, start, end, edit=index, left=left, right=right)
    return (Text(at, splices) if splices else None), region


def _left(old: str, start: int, splices: Splices) -> Edge:
    """What may be put before a text that is replaced: at one point, the later text comes behind the earlier one."""
    if any(insert and position == start for position, _, insert in splices):
        return "line"
    return "word" if in_word(old[:1]) else "open"


def _right(old: str, end: int, splices: Splices) -> Edge:
    if any(insert and position + delete == end for position, delete, insert in splices):
        return "line" if old.endswith("\n") else "closed"
    return "word" if in_word(old[-1:]) else "open"


def leaf_of(document: Document, at: str, index: int = 0) -> str:
    """The text at an address. Raises `Problem` no_such_place, not_text."""
    place, text = document.place(at), document.get(at)
    if place is None or text is None:
        raise Problem("no_such_place", detail={"edit": index, "at": at})
    if not place.text or not isinstance(text, str):
        raise Problem("not_text", detail={"edit": index, "at": at})
    return text


def _outside(index: int, at: str, count: int) -> Problem:
    message = f"The line is outside the text, which has {count} lines."
    return Problem("out_of_range", message, detail={"edit": index, "at": at, "lines": count})


def _found(text: str, wanted: str, at: str, index: int) -> tuple[int, int]:
    """Where the one place is at which a text stands, in units. Raises `Problem` no_match, many_matches."""
    first = text.find(wanted)
    detail: dict[str, Any] = {"edit": index, "at": at}
    if first < 0:
        raise Problem("no_match", detail=detail | {"like": _like(text, wanted)})
    if text.find(wanted, first + 1) >= 0:
        found = [first]
        while len(found) <= SHOWN and (again := text.find(wanted, found[-1] + 1)) >= 0:
            found.append(again)
        where = [text.count("\n", 0, position) + 1 for position in found[:SHOWN]]
        matches = text.count(wanted) or 2
        message = f"The old text occurs {matches} times in the leaf. Include more of the text around it."
        raise Problem("many_matches", message, detail=detail | {"matches": matches, "lines": where})
    start = length(text[:first])
    return start, start + length(wanted)


def _like(text: str, wanted: str) -> list[dict[str, Any]]:
    """Lines that read like the first line of what was not found, but for blanks: a model indents wrongly."""
    first = next((line.strip() for line in wanted.split("\n") if line.strip()), "")
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        if first and first in line:
            found.append({"line": number, "text": line[:200]})
        if len(found) == SHOWN:
            break
    return found


def _neighbours(document: Document, at: str, after: str | None, before: str | None) -> tuple[str | None, str | None]:
    """Both neighbours of a place that is named by one of them, or by none: the end."""
    array = document.get(at)
    if not isinstance(array, list):
        return after, before  # the check refuses it
    names = [each.get("id") for each in array if isinstance(each, dict)]
    if after is not None:
        if after not in names:
            raise OpError("no_such_place", after)
        if before is None:
            following = names.index(after) + 1
            before = names[following] if following < len(names) else None
        return after, before
    if before is not None:
        if before not in names:
            raise OpError("no_such_place", before)
        position = names.index(before)
        return (names[position - 1] if position else None), before
    return (names[-1] if names else None), None


def _at_first(document: Document, region: Region, ops: list[Op]) -> Region | None:
    """A region as it reads before ``ops``; None if it lies in what they made."""
    if region.kind == "text":
        start, end = region.start, region.end
        for op in reversed(ops):
            if isinstance(op, Text) and op.at == region.at:
                start, end = back(start, op.s), back(end, op.s)
        region = msgspec.structs.replace(region, start=start, end=max(start, end))
    element = addresses.owner(region.at)
    return None if element and not document.has(element) else region
