"""What a run did to a draft, as hunks that people review and undo one by one. Pure.

A hunk is the regions on one line of a text, or one deed of structure. Its id follows from the first thing that the run
did there, so it stays the same while the run and others go on. A hunk that lies inside of another (text in an element
that the run made) goes with it.
"""

from bisect import bisect_right
from typing import Any, Literal

import msgspec

from draftwire.document.document import Document
from draftwire.text.textdiff import lines, offsets
from draftwire.text.units import cut, length
from draftwire_server.core.runs.deeds import added_by, address_of, kind_of, may_undo, removed_by
from draftwire_server.core.runs.provenance import ALIVE, BY_OTHER, RUN, Mark, Piece
from draftwire_server.core.runs.rewrites import (
    RewrittenRegion,
    is_away,
    is_back,
    is_there_already,
    others_since_cut,
    regions_of,
    stands,
    was_undone,
)
from draftwire_server.core.runs.tracing import Deed, Life, Trace

State = Literal["standing", "changed", "undone", "gone"]
Kind = Literal["text", "set", "remove", "insert", "move"]


class HunkPart(msgspec.Struct, frozen=True):
    """One region of a text hunk, from ``start`` to ``end`` as the text is now; ``by``: others who wrote in it.

    ``waits``: ``removed`` does not come back by itself, only on demand. ``before`` is the stretch without what the run
    did in it: there may be untouched text between what it took away and what it put in.
    """

    start: int
    end: int
    added: str
    removed: str
    state: State
    by: tuple[int, ...]
    waits: bool
    before: str


class TracedHunk(msgspec.Struct, frozen=True):
    """Something of a run that can be undone by itself. ``lines``: first and last, from 1, as they are now.

    Of structure ``added`` is what the run left there and ``removed`` what was there before; None: nothing.
    """

    id: str
    at: str
    kind: Kind
    state: State
    marks: frozenset[Mark]
    by: tuple[int, ...]
    lines: tuple[int, int] | None = None
    parts: tuple[HunkPart, ...] = ()
    added: Any = None
    removed: Any = None
    inside: str | None = None

    @property
    def first(self) -> int:
        """The seq with which it began."""
        return min(self.marks)[0]

    @property
    def last(self) -> int:
        """The seq of what the run did last in it."""
        return max(self.marks)[0]


def hunk_id(mark: Mark) -> str:
    """A hunk's name in its draft and generation: the first thing that the run did there."""
    return ".".join(map(str, mark))


def hunks_of(trace: Trace, document: Document) -> list[TracedHunk]:
    """All that a run did to a draft and that is still to be told, in the order in which it was begun."""
    found: list[TracedHunk] = [_deed_hunk(trace, deed, document) for deed in trace.deeds]
    for life in trace.all_lives:
        text = document.get(life.at)
        inside = _inside(trace, life)
        if trace.lives.get(life.at) is not life or not isinstance(text, str):
            if life.by not in trace.writers:
                found.append(
                    TracedHunk(
                        hunk_id(life.first),
                        life.at,
                        "text",
                        "gone",
                        frozenset((life.first,)),
                        _ws(life.by),
                        inside=inside,
                    )
                )
            continue
        breaks = _breaks(text)
        groups = _by_lines(regions_of(life.leaf, text), breaks)
        found += [_text_hunk(life, group, breaks, inside) for group in groups]
    return sorted(found, key=lambda hunk: min(hunk.marks))


def _inside(trace: Trace, unit: Deed | Life) -> str | None:
    return next(
        (hunk_id(deed.mark) for deed in trace.over(unit) if not (deed is unit.under and deed.undone is not None)), None
    )


def _ws(w: int | None) -> tuple[int, ...]:
    return () if not w else (w,)


def _breaks(text: str) -> list[int]:
    """Where the lines of a text begin, in units."""
    at, begins = 0, [0]
    for line in text.split("\n")[:-1]:
        at += (len(line) if line.isascii() else len(line.encode("utf-16-le", "surrogatepass")) >> 1) + 1
        begins.append(at)
    return begins


def _lines(first: RewrittenRegion, last: RewrittenRegion, breaks: list[int]) -> tuple[int, int]:
    start, end = bisect_right(breaks, first.start), bisect_right(breaks, last.end)
    if end > start and breaks[end - 1] == last.end and last.end > first.start:
        end -= 1  # it ends with the line break
    return start, end


def _by_lines(regions: list[RewrittenRegion], breaks: list[int]) -> list[list[RewrittenRegion]]:
    groups: list[list[RewrittenRegion]] = []
    for region in regions:
        if groups and bisect_right(breaks, region.start) <= bisect_right(breaks, groups[-1][-1].end):
            groups[-1].append(region)
        else:
            groups.append([region])
    return groups


def _text_hunk(life: Life, group: list[RewrittenRegion], breaks: list[int], inside: str | None) -> TracedHunk:
    parts = tuple(_part(region) for region in group)
    states = {part.state for part in parts}
    state: State = "changed" if "changed" in states else "standing" if "standing" in states else "undone"
    return TracedHunk(
        hunk_id(min(region.mark for region in group)), life.at, "text", state,
        frozenset().union(*(region.marks for region in group)),
        tuple(sorted({w for part in parts for w in part.by})), _lines(group[0], group[-1], breaks), parts,
        "".join(part.added for part in parts), "".join(part.removed for part in parts), inside,
    )  # fmt: skip


def before_and_after(hunk: TracedHunk, text: str) -> tuple[str, str]:
    """The lines of a text hunk without what the run did there, and as they are now in ``text``."""
    assert hunk.lines is not None
    whole = lines(text)
    ends = offsets(whole)
    first, last = hunk.lines[0] - 1, min(hunk.lines[1], len(whole))
    after = "".join(whole[first:last])
    before = after
    for part in reversed(hunk.parts):
        start, end = part.start - ends[first], part.end - ends[first]
        if part.state == "standing":  # else others' text stands in it
            before = cut(before, 0, start) + part.before + cut(before, end, length(before))
    return before, after


def _part(region: RewrittenRegion) -> HunkPart:
    by = others_since_cut(region)
    away = region.has(is_away)
    undone = region.has(was_undone) or region.has(is_back)
    gone = not region.has(stands) and not away
    state: State = "changed" if by else "standing"
    if not region.has(stands) and undone:
        state = "undone"
    elif gone:
        state = "changed"
    waits = away and bool(by) and not is_there_already(region)
    gone_by = {piece.dead_w for _, piece in region.spots if piece.dead == BY_OTHER} if gone and not undone else set()
    return HunkPart(
        region.start, region.end, region.text(stands), region.text(is_away), state, tuple(sorted(by | gone_by)), waits,
        region.text(_was_there),
    )  # fmt: skip


def _was_there(piece: Piece) -> bool:
    """Whether it would be in the text without the run."""
    return is_away(piece) or (piece.born != RUN and piece.dead == ALIVE)


def _deed_hunk(trace: Trace, deed: Deed, document: Document) -> TracedHunk:
    state: State = "undone"
    if deed.undone is None:
        why = may_undo(deed, document)
        if why == "changed" and not deed.by:
            why = None  # by later changes of the run itself, which are undone before
        state = "standing" if why is None else "changed" if why == "changed" else "gone"
    return TracedHunk(
        hunk_id(deed.mark), address_of(deed), kind_of(deed), state, frozenset((deed.mark, deed.last)),
        tuple(sorted(deed.by)), None, (), added_by(deed), removed_by(deed), _inside(trace, deed),
    )  # fmt: skip
