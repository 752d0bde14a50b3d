"""Which batches met text that their writer had not seen: what `draftwire_server.core.edits.clash` defines, once more.

From its text, not from its code, and without the engine: positions are moved unit by unit as `draftwire.document.carry`
describes, and an edit is transformed by the characters that it deletes and the gaps in which it inserts. Only clashes:
whether a change is stale is a matter of the server's clock. One text leaf, whose characters take one unit each.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

Splices = list[tuple[int, int, str]]


class Logged(NamedTuple):
    """A committed batch of the log: its writer and its ops on the leaf."""

    w: int
    ops: list[Splices]


class Sent(NamedTuple):
    """An edit as it was sent."""

    w: int
    base: int
    seen: int
    mine: Splices


class Trace(NamedTuple):
    """Where an unseen change stands now; ``single`` is its text while it is one insert alone."""

    w: int
    start: int
    end: int
    single: str | None = None


def moved(point: int, splices: Splices, after: bool) -> int:
    """Where a point is after a change; ``after``: right of what is inserted exactly there."""
    shift = 0
    for position, delete, insert in splices:
        if point < position or (point == position and not after):
            break
        if point < position + delete and point > position:
            return position + shift + len(insert)
        if point == position:
            return position + shift + len(insert)
        shift += len(insert) - delete
    return point + shift


def moved_span(start: int, end: int, splices: Splices, start_after: bool, end_after: bool) -> tuple[int, int]:
    """Where a span is; where the biases would cross the ends of an empty one, both are its end."""
    new_end = moved(end, splices, end_after)
    return min(moved(start, splices, start_after), new_end), new_end


def inserted(splices: Splices) -> list[tuple[int, int]]:
    """The span of each splice's insert in the state after."""
    spans, shift = [], 0
    for position, delete, insert in splices:
        spans.append((position + shift, position + shift + len(insert)))
        shift += len(insert) - delete
    return spans


def transformed(mine: Splices, theirs: Splices) -> Splices:
    """Mine as it reads after theirs, which came first and stays left: by the units that I delete and my gaps."""
    taken = {unit for position, delete, _ in theirs for unit in range(position, position + delete)}
    deletes = {
        moved(unit, theirs, True)
        for position, delete, _ in mine
        for unit in range(position, position + delete)
        if unit not in taken
    }
    gaps: dict[int, str] = {}
    for position, _, insert in mine:
        if insert:
            gap = moved(position, theirs, True)
            gaps[gap] = gaps.get(gap, "") + insert
    out: Splices = []
    for point in sorted({*deletes, *gaps}):
        if out and out[-1][0] + out[-1][1] == point:
            position, delete, insert = out.pop()
        else:
            position, delete, insert = point, 0, ""
        out.append((position, delete + (point in deletes), insert + gaps.get(point, "")))
    return out


def clash(mine: tuple[int, int, str], theirs: tuple[int, int, str]) -> bool:
    """Whether two splices for one state clash."""
    (p, d, i), (q, e, j) = mine, theirs
    if i and j and p == q and i != j:
        return True
    if (i and q < p < q + e) or (j and p < q < p + d):
        return True
    shared = set(range(p, p + d)) & set(range(q, q + e))
    return bool(shared) and bool(i or j) and mine != theirs


def with_past(trace: Trace, mine: Splices) -> tuple[int, int] | None:
    """The hull of a trace at base and of what of mine clashes with it."""
    a, b = trace.start, trace.end
    gone = {unit for position, delete, _ in mine for unit in range(position, position + delete)}
    hits = []
    for splice in mine:
        p, d, i = splice
        same = trace.single == i and b - a == len(i) and p in (a, b)
        types_in = bool(i) and a <= p <= b and not same
        around = a < b and a - 1 in gone and b in gone and (p <= a - 1 < p + d or p <= b < p + d)
        replaces = a == b and bool(i) and p < a < p + d
        if types_in or around or replaces:
            hits.append(splice)
    if not hits:
        return None
    return min([a, *[p for p, _, _ in hits]]), max([b, *[p + d for p, d, _ in hits]])


def joined(traces: list[Trace], new: Trace) -> list[Trace]:
    """Add a trace; with what it touches of the same writer it becomes one."""
    rest = []
    for trace in traces:
        if trace.w == new.w and trace.start <= new.end and new.start <= trace.end:
            new = Trace(new.w, min(new.start, trace.start), max(new.end, trace.end))
        else:
            rest.append(trace)
    return [*rest, new]


def regions(edit: Sent, log: Sequence[Logged], done: list[Splices], text: str) -> list[tuple[int, int]]:
    """The lines (1-based, first and last) of the clashes of one edit; ``log`` ends before it.

    ``done`` is the edit as it was applied, ``text`` the leaf after it. With one other writer: the regions are its.
    """
    traces: list[Trace] = []
    for batch in log[edit.seen : edit.base]:
        for splices in batch.ops:
            traces = [Trace(t.w, *moved_span(t.start, t.end, splices, True, False), t.single) for t in traces]
            if batch.w != edit.w:
                for (start, end), (_, delete, insert) in zip(inserted(splices), splices, strict=True):
                    single = insert if len(splices) == 1 and not delete else None
                    traces = joined(traces, Trace(batch.w, start, end, single))
    marks = [hull for trace in traces if (hull := with_past(trace, edit.mine)) is not None]
    mine = edit.mine
    for batch in log[edit.base :]:
        for splices in batch.ops:
            marks = [moved_span(start, end, splices, True, False) for start, end in marks]
            if batch.w != edit.w:
                for (start, end), theirs in zip(inserted(splices), splices, strict=True):
                    for p, d, i in mine:
                        if clash((p, d, i), theirs):
                            low, high = moved(p, splices, True), moved(p + d, splices, not d)
                            marks.append((min(start, low), max(end, low, high)))
            mine = transformed(mine, splices)
    for splices in done:
        marks = [moved_span(start, end, splices, False, True) for start, end in marks]
    return whole_lines(marks, text)


def whole_lines(marks: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Widened to whole lines; those that touch or are next to each other are one."""
    lines = []
    for start, end in marks:
        first = text.count("\n", 0, start) + 1
        last = text.count("\n", 0, end - 1) + 1 if end > start else first
        lines.append((first, max(first, last)))
    out: list[tuple[int, int]] = []
    for first, last in sorted(lines):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return out


def clashes_of(log: Sequence[dict[str, Any]], edits: dict[tuple[int, int], Sent]) -> dict[int, list[tuple[int, int]]]:
    """The clashes of every batch of a log, by seq."""
    found: dict[int, list[tuple[int, int]]] = {}
    done: list[Logged] = []
    text = ""
    for batch in log:
        ops = [[(s[0], s[1], s[2]) for s in op["s"]] for op in batch["ops"]]
        for splices in ops:
            for position, delete, insert in reversed(splices):
                text = text[:position] + insert + text[position + delete :]
        lines = regions(edits[(batch["w"], batch["no"])], done, ops, text)
        if lines:
            found[batch["seq"]] = lines
        done.append(Logged(batch["w"], ops))
    return found
