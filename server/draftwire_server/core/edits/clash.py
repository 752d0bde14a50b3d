"""Unseen changes of others in one text leaf, met by an edit: which are clashes, which are stale. Pure.

The definition, exact enough to be written again over character ids. All positions are UTF-16 units; a
*splice* is ``(pos, delete, insert)``. Let ``seen ≤ base ≤ head`` be those of the edit. *Past* is the log in
``(seen, base]``, *behind* the log in ``(base, head]``; both with the batches of everybody, in order. A
change is *foreign* if its writer is not the edit's. *Mine* is the composition of the edit's text ops on the
leaf, canonical, made for the state at ``base``. Points and spans move as `draftwire.document.carry` says (an insert
exactly at a point is the only tie).

**Traces.** Going through past, then behind: a foreign splice leaves a trace, the span of its insert in the
state after it (a point, if it only deleted). Every later change moves the traces, what is inserted at an
edge staying outside. Traces of one writer that touch or overlap become one (their hull) when the later of
them is left; it is as old as the oldest change in it. A set or removal of the leaf, or of anything around
it, wipes all traces. At ``base``, after the clashes with past, traces younger than `STALE_AFTER_S` are
dropped; in behind only a change at least that old leaves one.

**Clashes with past**, between mine at ``base`` and the traces there, ``[a, b]``, for a splice ``(p, d, i)``
of mine:

* ``i`` is not empty and ``a ≤ p ≤ b``; but not if the trace is one single insert, still whole, that equals
  ``i``, and ``p`` is ``a`` or ``b``;
* ``a < b`` and mine deletes the unit left of ``a`` and the unit right of ``b`` (by one splice or by two);
* ``a = b``, ``i`` is not empty and ``p < a < p + d``.

**Clashes with behind.** Mine is transformed over every change of behind in order (that change being the
earlier), so before each foreign change both are made for one state. Its splice ``(q, e, j)`` and mine ``(p,
d, i)`` clash if

* ``i`` and ``j`` are not empty, ``p = q`` and ``i ≠ j``: different text at one point;
* ``i`` is not empty and ``q < p < q + e``, or ``j`` is not empty and ``p < q < p + d``: one inserts
  strictly inside what the other deletes;
* the deleted ranges share a unit, ``i`` or ``j`` is not empty, and the splices are not equal.

If behind sets or removes the leaf or anything around it, mine is lost and nothing is reported here.

**Stale.** In the state after the edit: a trace that is at least `STALE_AFTER_S` old when the edit arrives,
on the same line as a splice of the edit (as it was applied) or a line next to one. The lines of a span are
those of its first and its last unit; of a point, the one it stands in.

A contact's region is, for a clash, the hull of both splices, carried to the state after the edit; for a
stale trace the edit's splice and as much of the trace as lies within one line of it; both widened to whole
lines. Regions of one writer whose lines touch or are next to each other become one contact, a clash if any
part of it is.

**Fading.** A contact fades if it is a clash of neighbours who only inserted: nothing was taken away by either on
its lines, and theirs is younger than `STALE_AFTER_S`. If one of them replaced something, or did not see the other for
so long, both texts stand glued together and nobody may have looked: that never goes away by itself.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Literal, Protocol

import msgspec

from draftwire.document import address as addresses
from draftwire.document.ops import Effect, Remove, Set, Text, TextTaken, gone_ids
from draftwire.text.text import Splice, Splices, carry_point, carry_span, clashes, transform
from draftwire.text.units import length, wide

STALE_AFTER_S = 2.0
"""Two people who type on one line see each other's text well within this; what is older unseen was not
seen at all."""


class Unseen(msgspec.Struct, frozen=True):
    """One committed batch, as far as conflicts need it; ``at`` in Unix seconds."""

    seq: int
    w: int
    at: float
    effects: tuple[Effect, ...]


class UnseenChange(Protocol):
    """A committed batch as far as it counts whether anything is near."""

    @property
    def w(self) -> int:
        """Its writer."""

    @property
    def at(self) -> float:
        """When it was committed, in Unix seconds."""

    @property
    def effects(self) -> tuple[Effect, ...]:
        """What it did."""


class Contact(msgspec.Struct, frozen=True):
    """An edit met changes of one other writer that it had not seen.

    ``start`` and ``end`` are units of the leaf after the edit, whole lines; lines are 1-based. A structural
    contact has no lines, and stands at the place that one of the two set, removed or moved. One that ``fades`` is over
    by itself when both have seen it; every other one waits for a person.
    """

    reason: Literal["clash", "stale", "structural"]
    address: str
    w: int
    seqs: tuple[int, ...]
    mine: object
    theirs: object
    mine_took: object = None
    theirs_took: object = None
    start: int = 0
    end: int = 0
    line_from: int | None = None
    line_to: int | None = None
    fades: bool = False


class _Span(msgspec.Struct):
    """A trace, or the place of a clash: where it is now, and what changes of one writer are in it."""

    w: int
    start: int
    end: int
    oldest: float
    seqs: set[int]
    wrote: str
    took: str
    single: str | None = None  # the text, while the trace is one insert alone


def replaces(effect: Effect, at: str) -> bool:
    """Say whether an effect set, removed or destroyed the leaf ``at`` or anything around it."""
    gone = gone_ids(effect.took)
    if gone and addresses.owner(at) in gone:
        return True
    op = effect.op
    return isinstance(op, Set | Remove) and (op.at == at or ("/" in op.at and addresses.is_inside(at, op.at)))


def leaf_contacts(
    at: str,
    mine: Splices,
    past: Sequence[Unseen],
    behind: Sequence[Unseen],
    effects: Sequence[Effect],
    text: str,
    *,
    w: int,
    now: float,
) -> list[Contact]:
    """Find the contacts in one leaf; ``mine`` is for the state at base, ``effects`` and ``text`` are
    after the edit."""
    traces: list[_Span] = []
    marks: list[_Span] = []
    stale = near_writers(at, past, behind, effects, text, w=w, now=now)
    if stale or _may_touch(at, past, mine, w=w):
        for batch in past:
            for effect in batch.effects:
                if _carry(traces, effect, at) and batch.w != w:
                    _leave(traces, batch, effect)
        marks = [mark for trace in traces for mark in _past_clashes(trace, mine)]
        traces = [trace for trace in traces if trace.w in stale and now - trace.oldest >= STALE_AFTER_S]
    for batch in behind:
        leaves = batch.w in stale and now - batch.at >= STALE_AFTER_S
        for effect in batch.effects:
            op = effect.op
            if type(op) is not Text:
                if replaces(effect, at):
                    return []
            elif op.at == at:
                found = _clashes(batch, effect, op.s, mine) if batch.w != w and hulls_touch(op.s, mine) else ()
                if marks or found:
                    _move(marks, op.s, True, False)
                    for mark in found:
                        _join(marks, mark)
                if traces:
                    _move(traces, op.s, True, False)
                if leaves:
                    _leave(traces, batch, effect)
                mine = transform(mine, op.s, over_first=True)
    return _outcome(at, traces, marks, effects, text, now)


# Looking first whether anything is near at all: back through the log, with a window that only grows. Moving
# keeps the order of points, so what touches the edit in the end touches the window all the way back.


def _may_touch(at: str, past: Sequence[UnseenChange], mine: Splices, *, w: int) -> bool:
    """Say whether a foreign change of past left anything that touches the edit at base."""
    if not past or not mine:
        return False
    return bool(touching(at, reversed(past), (mine[0][0], mine[-1][0] + mine[-1][1]), w))


def near_writers(
    at: str,
    past: Sequence[UnseenChange],
    behind: Sequence[UnseenChange],
    effects: Sequence[Effect],
    text: str,
    *,
    w: int,
    now: float,
) -> frozenset[int]:
    """Whose changes left something within a line of the edit, if there are any old ones at all: it may be stale."""
    until = now - STALE_AFTER_S
    if not any(batch.at <= until and batch.w != w for batch in (*past, *behind)):
        return frozenset()
    applied = [effect for effect in effects if type(effect.op) is Text and effect.op.at == at]
    own = _own(applied)
    if not own:
        return frozenset()
    around = _lines_around(text, min(mine.start for mine in own), max(mine.end for mine in own))
    log: list[UnseenChange] = [*past, *behind, Unseen(0, w, now, tuple(applied))]
    return touching(at, reversed(log), around, w)


def touching(at: str, log: Iterable[UnseenChange], window: tuple[int, int], w: int) -> frozenset[int]:
    """Carry a window back through the log; the writers of foreign changes that touch it there."""
    found: set[int] = set()
    low, high = window
    for batch in log:
        counts = batch.w != w
        for effect in reversed(batch.effects):
            op = effect.op
            if type(op) is not Text:
                if replaces(effect, at):
                    return frozenset(found)  # all traces are wiped here
            elif op.at == at:
                start, end, shift = low, high, 0
                for position, delete, insert in op.s:
                    first = position + shift
                    last = first + length(insert)
                    if counts and first <= high and low <= last:
                        found.add(batch.w)
                    shift += last - first - delete
                    if low >= first:
                        start = position if low <= last else low - shift
                    if high >= first:
                        end = position + delete if high <= last else high - shift
                low, high = start, end
    return frozenset(found)


def _lines_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the line before a span's begins and the line after a span's ends, in units."""
    raw = wide(text)
    if raw is not None:
        start = len(raw[: 2 * start].decode("utf-16-le", "surrogatepass"))
        end = len(raw[: 2 * end].decode("utf-16-le", "surrogatepass"))
    for _ in range(2):
        start = text.rfind("\n", 0, max(start, 0))
        after = text.find("\n", end)
        end = len(text) if after < 0 else after + 1
    start = max(start, 0)
    return (start, end) if raw is None else (length(text[:start]), length(text[:end]))


# The exact way


def _carry(traces: list[_Span], effect: Effect, at: str) -> bool:
    """Move the traces over an effect; say whether it is text of the leaf."""
    op = effect.op
    if type(op) is not Text:
        if replaces(effect, at):
            traces.clear()
        return False
    if op.at != at:
        return False
    _move(traces, op.s, True, False)
    return True


def _leave(traces: list[_Span], batch: Unseen, effect: Effect) -> None:
    """Add the traces of a foreign text effect."""
    written = _written(effect)
    for splice, piece, start, end in written:
        single = splice[2] if len(written) == 1 and not splice[1] else None
        _join(traces, _Span(batch.w, start, end, batch.at, {batch.seq}, splice[2], piece, single))


def _move(spans: list[_Span], splices: Splices, start_after: bool, end_after: bool) -> None:
    if len(splices) > 1:
        for span in spans:
            span.start, span.end = carry_span(span.start, span.end, splices, start_after, end_after)
        return
    position, delete, insert = splices[0]
    right, by = position + delete, length(insert) - delete
    for span in spans:
        if span.start > right:
            span.start += by
            span.end += by
        elif span.end >= position:
            span.start, span.end = carry_span(span.start, span.end, splices, start_after, end_after)


def _join(spans: list[_Span], new: _Span) -> None:
    """Add a span, as one with those of its writer that it touches."""
    for span in [span for span in spans if span.w == new.w and span.start <= new.end and new.start <= span.end]:
        spans.remove(span)
        first, last = (span, new) if span.oldest <= new.oldest else (new, span)
        new = _Span(
            new.w,
            min(span.start, new.start),
            max(span.end, new.end),
            first.oldest,
            span.seqs | new.seqs,
            first.wrote + last.wrote,
            first.took + last.took,
        )
    spans.append(new)


def _written(effect: Effect) -> list[tuple[Splice, str, int, int]]:
    """Return each splice of a text effect with what it deleted and the span of its insert afterwards."""
    assert isinstance(effect.op, Text)
    assert isinstance(effect.took, TextTaken)
    out: list[tuple[Splice, str, int, int]] = []
    shift = 0
    for splice, piece in zip(effect.op.s, effect.took.s, strict=True):
        position, delete, insert = splice
        size = length(insert)
        out.append((splice, piece, position + shift, position + shift + size))
        shift += size - delete
    return out


def _past_clashes(trace: _Span, mine: Splices) -> list[_Span]:
    """Compare one trace at base with the edit at base; a clash stands where both are, together."""
    a, b = trace.start, trace.end
    hit = [splice for splice in mine if _types_into(trace, splice)]
    if a < b:
        left = [splice for splice in mine if splice[0] < a <= splice[0] + splice[1]]
        right = [splice for splice in mine if splice[0] <= b < splice[0] + splice[1]]
        if left and right:
            hit += [*left, *right]
    if not hit:
        return []
    start = min(a, *[position for position, _, _ in hit])
    end = max(b, *[position + delete for position, delete, _ in hit])
    return [_Span(trace.w, start, end, trace.oldest, set(trace.seqs), trace.wrote, trace.took)]


def _types_into(trace: _Span, splice: Splice) -> bool:
    position, delete, insert = splice
    a, b = trace.start, trace.end
    if not insert:
        return False
    if a <= position <= b:
        same = trace.single == insert and b - a == length(insert) and position in (a, b)
        return not same
    return a == b and position < a < position + delete


def hulls_touch(theirs: Splices, mine: Splices) -> bool:
    """Say whether the hulls of two lists of splices touch."""
    if not mine:
        return False
    last, mine_last = theirs[-1], mine[-1]
    return theirs[0][0] <= mine_last[0] + mine_last[1] and mine[0][0] <= last[0] + last[1]


def _clashes(batch: Unseen, effect: Effect, theirs: Splices, mine: Splices) -> list[_Span]:
    """Compare a foreign change with the edit, both for one state; clashes stand in the state after it."""
    found: list[_Span] = []
    for other, piece, start, end in _written(effect):
        hit = [splice for splice in mine if clashes(splice, other)]
        if hit:
            for p, d, _ in hit:
                low = carry_point(p, theirs, True)
                start = min(start, low)
                end = max(end, low, carry_point(p + d, theirs, not d))
            found.append(_Span(batch.w, start, end, batch.at, {batch.seq}, other[2], piece))
    return found


class _Mine(msgspec.Struct):
    """A splice of the edit as it was applied: its span after the edit, and its lines."""

    start: int
    end: int
    wrote: str
    took: str
    lines: tuple[int, int] = (0, 0)


def _own(applied: Iterable[Effect]) -> list[_Mine]:
    """Return the splices of the edit's text effects on the leaf, where they are after all of them."""
    own: list[_Mine] = []
    for effect in applied:
        assert isinstance(effect.op, Text)
        for mine in own:
            mine.start, mine.end = carry_span(mine.start, mine.end, effect.op.s, False, True)
        own += [_Mine(start, end, s[2], piece) for s, piece, start, end in _written(effect)]
    return own


def _outcome(
    at: str, old: list[_Span], marks: list[_Span], effects: Sequence[Effect], text: str, now: float
) -> list[Contact]:
    """Carry old traces and clashes to the state after the edit, and say there what is near what."""
    if not old and not marks:
        return []
    applied = [effect for effect in effects if type(effect.op) is Text and effect.op.at == at]
    for effect in applied:
        assert isinstance(effect.op, Text)
        _move(old, effect.op.s, True, False)
        _move(marks, effect.op.s, False, True)
    own = _own(applied)
    lines = LineStarts(text)
    for mine in own:
        mine.lines = lines.of(mine.start, mine.end)
    contacts = [_contact("clash", at, mark, lines.of(mark.start, mark.end), own, lines) for mark in marks]
    contacts = [
        msgspec.structs.replace(
            contact, fades=not (contact.mine_took or mark.took) and now - mark.oldest < STALE_AFTER_S
        )
        for contact, mark in zip(contacts, marks, strict=True)
    ]
    for trace in old:
        low, high = lines.of(trace.start, trace.end)
        for mine in own:
            first, last = mine.lines
            if first <= high + 1 and low <= last + 1:
                near = (min(first, max(low, first - 1)), max(last, min(high, last + 1)))
                contacts.append(_contact("stale", at, trace, near, own, lines))
    return _joined(contacts, own, lines)


def _contact(
    reason: Literal["clash", "stale"],
    at: str,
    span: _Span,
    near: tuple[int, int],
    own: list[_Mine],
    lines: "LineStarts",
) -> Contact:
    first, last = near
    here = [mine for mine in own if mine.lines[0] <= last and first <= mine.lines[1]]
    return Contact(
        reason,
        at,
        span.w,
        tuple(sorted(span.seqs)),
        "".join([mine.wrote for mine in here]),
        span.wrote,
        "".join([mine.took for mine in here]),
        span.took,
        *lines.units(first, last),
        first + 1,
        last + 1,
    )


def _joined(contacts: list[Contact], own: list[_Mine], lines: "LineStarts") -> list[Contact]:
    """Make one of contacts with one writer whose lines touch or are next to each other; clashes come
    first."""
    out: list[Contact] = []
    for contact in sorted(contacts, key=lambda c: (c.w, c.line_from, c.reason)):
        last = out[-1] if out else None
        assert contact.line_from is not None
        if last is None or last.w != contact.w or contact.line_from > (last.line_to or 0) + 1:
            out.append(contact)
            continue
        words = contact if contact.reason == "clash" and last.reason == "stale" else last
        low, high = (last.line_from or 1) - 1, max(last.line_to or 1, contact.line_to or 1) - 1
        seqs = {*last.seqs, *contact.seqs} if last.reason == contact.reason else set(words.seqs)
        new = {} if last.seqs == contact.seqs or last.reason != contact.reason else _both(last, contact)
        start, end = lines.units(low, high)
        here = [mine for mine in own if mine.lines[0] <= high and low <= mine.lines[1]]
        out[-1] = msgspec.structs.replace(
            words,
            seqs=tuple(sorted(seqs)),
            mine="".join([mine.wrote for mine in here]),
            mine_took="".join([mine.took for mine in here]),
            start=start,
            end=end,
            line_from=low + 1,
            line_to=high + 1,
            fades=last.fades and contact.fades,
            **new,
        )
    return out


def _both(first: Contact, second: Contact) -> dict[str, str]:
    return {
        "theirs": f"{first.theirs}{second.theirs}",
        "theirs_took": f"{first.theirs_took}{second.theirs_took}",
    }


class LineStarts:
    """The lines of a text, by units."""

    def __init__(self, text: str) -> None:
        raw = wide(text)
        self.starts = [0]
        at = 0
        for line in text.split("\n"):
            at += 1 + (len(line) if raw is None else length(line))
            self.starts.append(at)
        self.starts.pop()
        self.size = at - 1

    def of(self, start: int, end: int) -> tuple[int, int]:
        """Return the lines (0-based) of the first and the last unit of a span."""
        first = bisect_right(self.starts, start) - 1
        return first, max(first, bisect_right(self.starts, end - 1) - 1)

    def units(self, first: int, last: int) -> tuple[int, int]:
        """Return where whole lines begin and end, the last line break left out."""
        end = self.starts[last + 1] - 1 if last + 1 < len(self.starts) else self.size
        return self.starts[first], end
