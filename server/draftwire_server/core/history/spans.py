"""Spans of a text leaf: runs of UTF-16 units of one origin, as (length, origin). Pure.

A leaf's last span is `OPEN`: how long the leaf is, only its document knows. Neighbours never have the same origin.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

Span: TypeAlias = tuple[int, int]

OPEN: Final = 1 << 60
"""A length beyond that of any text."""


class Splicer:
    """Replaces single stretches of leaves in place, each found from where the last one was: people type on."""

    __slots__ = ("_near",)

    def __init__(self) -> None:
        self._near: tuple[list[Span], int, int] | None = None  # a list of spans, an index in it and where that begins

    def splice(self, spans: list[Span], position: int, delete: int, put: list[Span]) -> list[Span]:
        """Replace a stretch of spans whose last is open; gives what was there."""
        index, begin = self._near[1:] if self._near is not None and self._near[0] is spans else (0, 0)
        while position < begin:
            index -= 1
            begin -= spans[index][0]
        while position >= begin + spans[index][0]:
            begin += spans[index][0]
            index += 1
        out: list[Span] = []
        first = index
        if position > begin:
            out.append((position - begin, spans[index][1]))
        elif index > 0:  # what is put in may go on with what stands left of it
            first, begin = index - 1, begin - spans[index - 1][0]
            out.append(spans[first])
        begins_with = position - (begin if first == index else begin + spans[first][0])
        taken: list[Span] = []
        size, origin = spans[index]
        left = size if size == OPEN else size - begins_with
        while delete > 0:
            step = min(delete, left)
            append(taken, step, origin)
            delete -= step
            if left != OPEN:
                left -= step
                if not left:
                    index += 1
                    left, origin = spans[index]
        for span in put:
            append(out, *span)
        append(out, left, origin)
        spans[first : index + 1] = out
        self._near = (spans, first, begin)
        return taken


def spliced(
    spans: list[Span], splices: list[tuple[int, int]], puts: list[list[Span]]
) -> tuple[list[Span], list[list[Span]]]:
    """Replace ``(position, delete)``, ascending, by ``puts``: the new spans, and those taken away by each."""
    out: list[Span] = []
    taken: list[list[Span]] = []
    source = SpanReader(spans)
    at = 0
    for (position, delete), put in zip(splices, puts, strict=True):
        source.take(position - at, out)
        for span in put:
            append(out, *span)
        gone: list[Span] = []
        source.take(delete, gone)
        taken.append(gone)
        at = position + delete
    source.take_rest(out)
    return out, taken


def cut_spans(spans: list[Span], start: int, end: int) -> list[Span]:
    """The spans from ``start`` to ``end``."""
    source = SpanReader(spans)
    out: list[Span] = []
    source.take(start, [])
    source.take(end - start, out)
    return out


def append(out: list[Span], size: int, origin: int) -> None:
    """Put a span at the end, as one with the last if they are of one origin."""
    if size <= 0:
        return
    if out and out[-1][1] == origin:
        out[-1] = (min(OPEN, out[-1][0] + size), origin)
    else:
        out.append((size, origin))


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same with neighbours of one origin as one."""
    out: list[Span] = []
    for size, origin in spans:
        append(out, size, origin)
    return out


class SpanReader:
    """Hands out spans from the left."""

    __slots__ = ("_left", "_next", "_origin", "_spans")

    def __init__(self, spans: list[Span]) -> None:
        self._spans = spans
        self._next = 0
        self._left = self._origin = 0

    def take(self, size: int, out: list[Span]) -> None:
        """Move ``size`` units to ``out``."""
        while size > 0:
            if not self._left:
                if self._next == len(self._spans):
                    return
                self._left, self._origin = self._spans[self._next]
                self._next += 1
            step = min(size, self._left)
            append(out, step, self._origin)
            size -= step
            if self._left < OPEN // 2:  # an open span never ends
                self._left -= step

    def take_rest(self, out: list[Span]) -> None:
        """Move all that is left."""
        append(out, self._left, self._origin)
        if self._next < len(self._spans):
            append(out, *self._spans[self._next])
            out.extend(self._spans[self._next + 1 :])
