"""Splices of one text leaf: check, apply, transform, compose, invert. Pure; nothing here knows a document.

A splice is ``(pos, delete, insert)`` in UTF-16 units of the text before the op. A list of splices is
canonical if it ascends, no two touch (``next.pos > pos + delete``) and none is empty. The insert of a
splice comes before the range that it deletes; so what is typed by others inside a deleted range comes right
of it. All functions take canonical lists and give canonical lists; the empty list changes nothing.

TP1 holds for `transform`: ``apply(apply(t, a), transform(b, a, over_first=True))`` is the same text as
``apply(apply(t, b), transform(a, b, over_first=False))``; a is then the earlier in server order, it stays
left.
"""

from typing import TypeAlias

from draftwire.errors import OpError
from draftwire.text.units import cut, length, splits_pair, wide

Splice: TypeAlias = tuple[int, int, str]
Splices: TypeAlias = tuple[Splice, ...]


def validate(splices: Splices, text: str) -> None:
    """Raise `OpError` unless the splices are canonical and fit ``text``.

    Codes: ``bad_splice``, ``out_of_range``, ``half_surrogate``, ``bad_text`` (CR, U+0000, lone surrogates).
    """
    raw = wide(text)
    size = len(text) if raw is None else len(raw) >> 1
    low = 0
    for position, delete, insert in splices:
        end = position + delete
        if position < low or delete < 0 or not (delete or insert):
            raise OpError("bad_splice" if position >= 0 else "out_of_range")
        if end > size:
            raise OpError("out_of_range", f"length {size}")
        if raw is not None and (splits_pair(raw, position) or splits_pair(raw, end)):
            raise OpError("half_surrogate")
        if insert:
            validate_insert(insert)
        low = end + 1
    if not splices:
        raise OpError("bad_splice")


def validate_form(splices: Splices) -> None:
    """Raise `OpError` for what no text could accept: not canonical, or an insert with bad characters."""
    low = 0
    for position, delete, insert in splices:
        if position < low or delete < 0 or not (delete or insert):
            raise OpError("bad_splice" if position >= 0 else "out_of_range")
        if insert:
            validate_insert(insert)
        low = position + delete + 1
    if not splices:
        raise OpError("bad_splice")


def validate_insert(insert: str) -> None:
    """Raise `OpError` for what no text leaf may hold."""
    if "\r" in insert or "\0" in insert:
        raise OpError("bad_text")
    if not insert.isascii():
        try:
            insert.encode()
        except UnicodeEncodeError:
            raise OpError("half_surrogate") from None


def apply(text: str, splices: Splices) -> tuple[str, tuple[str, ...]]:
    """Return the new text and the deleted pieces, one per splice; the splices must be valid for ``text``."""
    raw = wide(text)
    if raw is not None:
        return _apply_wide(raw, splices)
    if len(splices) == 1:
        position, delete, insert = splices[0]
        end = position + delete
        return text[:position] + insert + text[end:], (text[position:end],)
    parts: list[str] = []
    taken: list[str] = []
    done = 0
    for position, delete, insert in splices:
        parts += (text[done:position], insert)
        done = position + delete
        taken.append(text[position:done])
    parts.append(text[done:])
    return "".join(parts), tuple(taken)


def _apply_wide(raw: bytes, splices: Splices) -> tuple[str, tuple[str, ...]]:
    parts: list[bytes] = []
    taken: list[str] = []
    done = 0
    for position, delete, insert in splices:
        parts += (raw[2 * done : 2 * position], insert.encode("utf-16-le", "surrogatepass"))
        done = position + delete
        taken.append(raw[2 * position : 2 * done].decode("utf-16-le", "surrogatepass"))
    parts.append(raw[2 * done :])
    return b"".join(parts).decode("utf-16-le", "surrogatepass"), tuple(taken)


def transform(splices: Splices, over: Splices, *, over_first: bool) -> Splices:
    """Return ``splices`` as they read after ``over``, both made for one and the same text.

    ``over_first``: ``over`` is the earlier in server order, its insert stays left of mine at the same point.
    """
    if len(splices) == 1 and len(over) == 1:
        position, delete, insert = splices[0]
        q, e, theirs = over[0]
        end = position + delete
        if end < q or (end == q and delete):
            return splices
        if position > q + e or (position == q + e and (e or over_first)):
            return ((position + length(theirs) - e, delete, insert),)
        if not (delete or e):  # both only insert, at one point, and mine stays left
            return splices
    return _transform(splices, over, over_first)


def _transform(splices: Splices, over: Splices, over_first: bool) -> Splices:
    out = _Builder()
    mine, theirs = _Reader(splices), _Reader(over)
    while mine.live:
        if theirs.insert and (over_first or not mine.insert):
            out.retain(length(theirs.insert))
            theirs.insert = ""
        elif mine.insert:
            out.insert(mine.insert)
            mine.insert = ""
        else:
            step = mine.run if mine.run < theirs.run else theirs.run
            if theirs.deletes:
                pass
            elif mine.deletes:
                out.delete(step)
            else:
                out.retain(step)
            mine.advance(step)
            theirs.advance(step)
    return out.done()


def compose(first: Splices, then: Splices) -> Splices:
    """Return one list that does what ``first`` and, in the coordinates after it, ``then`` do."""
    if not first or not then:
        return first or then
    if len(first) == 1 and len(then) == 1:
        position, delete, insert = first[0]
        q, e, more = then[0]
        size = length(insert)
        if position <= q and q + e <= position + size:
            inside = q - position
            merged = cut(insert, 0, inside) + more + cut(insert, inside + e, size)
            return ((position, delete, merged),) if delete or merged else ()
    return _compose(first, then)


def _compose(first: Splices, then: Splices) -> Splices:
    out = _Builder()
    a, b = _Reader(first), _Reader(then)
    while a.live or b.live:
        if b.insert:
            out.insert(b.insert)
            b.insert = ""
        elif a.insert:  # b's run covers (a part of) what a inserted: dropped or kept
            size = length(a.insert)
            step = min(size, b.run)
            if not b.deletes:
                out.insert(cut(a.insert, 0, step))
            a.insert = cut(a.insert, step, size) if step < size else ""
            b.advance(step)
        elif a.deletes:
            out.delete(a.run)
            a.advance(a.run)
        else:
            step = min(a.run, b.run)
            if b.deletes:
                out.delete(step)
            else:
                out.retain(step)
            a.advance(step)
            b.advance(step)
    return out.done()


def invert(splices: Splices, taken: tuple[str, ...]) -> Splices:
    """Return what undoes ``splices``, in the coordinates after them; ``taken`` as `apply` gave it."""
    if len(splices) == 1:
        position, _, insert = splices[0]
        return ((position, length(insert), taken[0]),)
    out: list[Splice] = []
    shift = 0
    for (position, delete, insert), piece in zip(splices, taken, strict=True):
        size = length(insert)
        out.append((position + shift, size, piece))
        shift += size - delete
    return tuple(out)


def canonical(splices: Splices) -> Splices:
    """Drop empty splices and join touching ones; the list must ascend without overlap."""
    out = _Builder()
    for position, delete, insert in splices:
        out.retain(position - out.position)
        out.insert(insert)
        out.delete(delete)
    return out.done()


def clashes(mine: Splice, theirs: Splice) -> bool:
    """Say whether two different changes made for one text get into each other's way.

    Different text at one point; one inserts strictly inside what the other deletes; deletes share a unit
    and at least one also inserts. The same splice twice is no clash.
    """
    p, d, i = mine
    q, e, j = theirs
    if i and j and p == q and i != j:
        return True
    if (i and q < p < q + e) or (j and p < q < p + d):
        return True
    return max(p, q) < min(p + d, q + e) and bool(i or j) and mine != theirs


_ENDLESS = 1 << 62


class _Reader:
    """Reads splices as a stream: an insert (if not empty), then a run of units that are kept or deleted."""

    __slots__ = ("_at", "_next", "_splices", "deletes", "insert", "run")

    def __init__(self, splices: Splices) -> None:
        self._splices = splices
        self._next = 0
        self._at = 0  # coordinate up to which runs were handed out
        self.insert = ""
        self._load()

    @property
    def live(self) -> bool:
        """Whether more than the endless kept tail is left."""
        return self.run != _ENDLESS or self.insert != ""

    def _load(self) -> None:
        self.deletes = False
        if self._next == len(self._splices):
            self.run = _ENDLESS
            return
        position, delete, insert = self._splices[self._next]
        if self._at < position:
            self.run, self._at = position - self._at, position
            return
        self._next += 1
        self.insert = insert
        if delete:
            self.deletes, self.run, self._at = True, delete, position + delete
        else:
            self._load_after_insert()

    def _load_after_insert(self) -> None:
        if self._next == len(self._splices):
            self.run = _ENDLESS
        else:
            follow = self._splices[self._next][0]
            self.run, self._at = follow - self._at, follow

    def advance(self, step: int) -> None:
        if self.run != _ENDLESS:
            self.run -= step
            if not self.run:
                self._load()


class _Builder:
    """Collects a canonical list; whatever no kept unit separates becomes one splice."""

    __slots__ = ("_delete", "_insert", "_out", "_start", "position")

    def __init__(self) -> None:
        self._out: list[Splice] = []
        self._start = 0
        self._delete = 0
        self._insert = ""
        self.position = 0

    def retain(self, count: int) -> None:
        if count:
            self._flush()
            self.position += count
            self._start = self.position

    def insert(self, text: str) -> None:
        self._insert += text

    def delete(self, count: int) -> None:
        self._delete += count
        self.position += count

    def _flush(self) -> None:
        if self._delete or self._insert:
            self._out.append((self._start, self._delete, self._insert))
            self._delete, self._insert = 0, ""

    def done(self) -> Splices:
        self._flush()
        return tuple(self._out)


def carry_span(start: int, end: int, splices: Splices, start_after: bool, end_after: bool) -> tuple[int, int]:
    """Move both ends of a span; where the biases would cross the ends of an empty one, both are its end."""
    to = carry_point(end, splices, end_after)
    return min(carry_point(start, splices, start_after), to), to


def carry_point(point: int, splices: Splices, after: bool) -> int:
    """Move one point; ``after`` decides for an insert exactly at it."""
    shift = 0
    for position, delete, insert in splices:
        if point < position or (point == position and not after):
            break
        size = length(insert)
        if point <= position + delete:
            return position + shift + size
        shift += size - delete
    return point + shift
