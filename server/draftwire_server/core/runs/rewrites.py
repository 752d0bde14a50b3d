"""What a run rewrote of one text leaf, region by region, and what undoing or redoing each of them takes. Pure.

A region is what one splice of the run put in and took away, together with all that touches it or stands in one word
with it: it comes back as a whole or not at all, so no word is ever made of halves. Where somebody has written inside
since, or right at it so that one word would come of both, what the run took away is only told (`foo` → `bar` by the
run and `bar` → `baz` by a person must not become `bazfoo`); what is left of the run's own text goes all the same.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from draftwire.text.text import Splice, Splices, canonical
from draftwire_server.core.history.spans import OPEN
from draftwire_server.core.runs.provenance import ALIVE, BY_OTHER, BY_RUN, BY_UNDO, OTHER, RUN, Leaf, Mark, Piece

WORD_UNITS: Final = 64
"""No word of a program or a text is longer; what lies further apart is never in one."""

Test = Callable[[Piece], bool]


class Units:
    """A text whose places are counted in UTF-16 units."""

    __slots__ = ("_raw", "_text", "size")

    def __init__(self, text: str) -> None:
        self._raw = None if text.isascii() else text.encode("utf-16-le", "surrogatepass")
        self._text = text
        self.size = len(text) if self._raw is None else len(self._raw) >> 1

    def cut(self, start: int, end: int) -> str:
        """The units from ``start`` to ``end``."""
        if self._raw is None:
            return self._text[start:end]
        return self._raw[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")

    def begins_with_word(self, at: int) -> bool:
        """Whether a character of a word stands right of a place."""
        return at < self.size and _is_word(self.cut(at, at + 2)[0])

    def ends_with_word(self, at: int) -> bool:
        """Whether a character of a word stands left of a place."""
        return at > 0 and _is_word(self.cut(max(at - 2, 0), at)[-1])


class PieceSpot(NamedTuple):
    """A piece and where it stands in the text as it is now."""

    start: int
    piece: Piece

    @property
    def end(self) -> int:
        """Where it ends: dead pieces take no room."""
        return self.start + self.piece.visible


class RewrittenRegion(NamedTuple):
    """See the module. ``left`` and ``right`` are the visible pieces beside it."""

    spots: Sequence[PieceSpot]
    left: PieceSpot | None
    right: PieceSpot | None
    marks: frozenset[Mark]
    units: Units

    @property
    def mark(self) -> Mark:
        """What names it: the first that the run did there."""
        return min(self.marks)

    @property
    def start(self) -> int:
        """Where it begins in the text as it is now."""
        return self.spots[0].start

    @property
    def end(self) -> int:
        """Where it ends in the text as it is now."""
        return self.spots[-1].end

    def text(self, of: Test) -> str:
        """The text of some of its pieces, dead or not."""
        return "".join(
            s.piece.text if s.piece.dead else self.units.cut(s.start, s.end) for s in self.spots if of(s.piece)
        )

    def has(self, of: Test) -> bool:
        """Whether any piece is so."""
        return any(of(spot.piece) for spot in self.spots)


def stands(piece: Piece) -> bool:
    """Whether it is the run's text, and in the text."""
    return piece.born == RUN and piece.dead == ALIVE


def is_away(piece: Piece) -> bool:
    """Whether the run took it away from others, and it did not come back."""
    return piece.restorable


def was_undone(piece: Piece) -> bool:
    """Whether it is the run's text, taken away by an undo."""
    return piece.born == RUN and piece.dead == BY_UNDO


def is_back(piece: Piece) -> bool:
    """Whether the run took it away from others, and an undo brought it back."""
    return piece.cut is not None and piece.dead == ALIVE


def regions_of(leaf: Leaf, text: str) -> list[RewrittenRegion]:
    """The regions of a leaf that reads ``text`` now, from the left."""
    units = Units(text)
    spots: list[PieceSpot] = []
    last: dict[Mark, int] = {}
    at = 0
    for index, piece in enumerate(leaf.pieces()):
        if piece.size > OPEN // 2:  # what nobody touched, up to the end
            piece = Piece(units.size - at, piece.born, piece.w, piece.epoch, piece.mark)
        spots.append(PieceSpot(at, piece))
        for mark in _marks(piece):
            last[mark] = index
        at += piece.visible
    return [
        _region(spots, first, end, units)
        for first, end in _stretches(spots, last, units)
        if any(_tells(piece) for _, piece in spots[first : end + 1])
    ]


def _tells(piece: Piece) -> bool:
    """Whether it is more than text that the run itself took back."""
    return piece.cut is not None or (piece.born == RUN and piece.dead != BY_RUN)


def _stretches(spots: list[PieceSpot], last: dict[Mark, int], units: Units) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for index, spot in enumerate(spots):
        marks = _marks(spot.piece)
        if not marks:
            continue
        reach = max(last[mark] for mark in marks)
        if found and (index <= found[-1][1] or _one_word(spots[found[-1][1]].end, spot.start, units)):
            found[-1] = (found[-1][0], max(found[-1][1], reach))
        else:
            found.append((index, reach))
    return found


def _one_word(end: int, start: int, units: Units) -> bool:
    """Whether nothing, or nothing but letters, stands between two places of a text."""
    return start - end <= WORD_UNITS and all(_is_word(c) for c in units.cut(end, start))


def _region(spots: list[PieceSpot], first: int, last: int, units: Units) -> RewrittenRegion:
    inside = spots[first : last + 1]
    left = next((spots[i] for i in range(first - 1, -1, -1) if spots[i].piece.visible), None)
    right = next((spots[i] for i in range(last + 1, len(spots)) if spots[i].piece.visible), None)
    return RewrittenRegion(inside, left, right, frozenset(m for _, piece in inside for m in _marks(piece)), units)


def _marks(piece: Piece) -> tuple[Mark, ...]:
    own = piece.mark if piece.born == RUN else None
    return tuple(mark for mark in (own, piece.cut) if mark is not None)


def others_since_cut(region: RewrittenRegion) -> frozenset[int]:
    """Who of the others wrote here since the run took text away, so that it can't come back by itself.

    If the run took nothing away, who wrote into its text.
    """
    epochs = [piece.cut_epoch for _, piece in region.spots if is_away(piece)]
    since = min(epochs, default=0)
    found = {piece.w for _, piece in region.spots if _is_new(piece, since)}
    found |= {p.dead_w for _, p in region.spots if p.born == RUN and p.dead == BY_OTHER and p.dead_epoch >= since}
    return frozenset(found | _at_the_edges(region, since, stands, is_away)) if epochs else frozenset(found)


def others_since_undo(region: RewrittenRegion) -> frozenset[int]:
    """Who of the others wrote here since the undo, so that what the run put in the place of a text can't come back."""
    coming = [p.dead_epoch for _, p in region.spots if was_undone(p) or is_back(p)]
    since = min(coming, default=0)
    replaced = [p for _, p in region.spots if is_back(p) or (p.cut and p.dead == BY_OTHER and p.dead_epoch >= since)]
    if not replaced:
        return frozenset()
    found = {piece.w for _, piece in region.spots if _is_new(piece, since)}
    found |= {p.dead_w for p in replaced if p.dead == BY_OTHER}
    return frozenset(found | _at_the_edges(region, since, is_back, was_undone))


def _is_new(piece: Piece, since: int) -> bool:
    """Whether somebody else wrote it since an epoch."""
    return piece.born == OTHER and piece.dead == ALIVE and piece.epoch >= since and piece.cut is None


def _at_the_edges(region: RewrittenRegion, since: int, going: Test, coming: Test) -> set[int]:
    """Who wrote right beside it: it counts if one word would come of both, or if nothing stands between."""
    text = region.text(coming)
    units = region.units
    found: set[int] = set()
    for beside, outside, inside, edge in (
        (region.left, units.ends_with_word(region.start), units.begins_with_word(region.start), text[:1]),
        (region.right, units.begins_with_word(region.end), units.ends_with_word(region.end), text[-1:]),
    ):
        if beside is None or not _is_new(beside.piece, since):
            continue
        joins = outside and (inside or (edge != "" and _is_word(edge)))
        if joins or not region.has(going):
            found.add(beside.piece.w)
    return found


def is_there_already(region: RewrittenRegion) -> bool:
    """Whether others have put back what the run took away, by themselves."""
    inside = region.text(lambda piece: piece.born != RUN and piece.dead == ALIVE)
    beside = [
        region.units.cut(spot.start, spot.end) if spot is not None and _is_new(spot.piece, 1) else ""
        for spot in (region.left, region.right)
    ]
    return region.text(is_away) in (inside, beside[0] + inside, inside + beside[1], beside[0] + inside + beside[1])


def exchanged(region: RewrittenRegion, going: Test, coming: Test) -> list[Splice]:
    """The splices that take some pieces away and bring others back, each to its own place."""
    found: list[Splice] = []
    for start, piece in region.spots:
        if going(piece):
            found.append((start, piece.size, ""))
        elif coming(piece):
            found.append((start, 0, piece.text))
    return found


def as_one(splices: Iterable[Splice]) -> Splices:
    """Splices of one text, from the left, in the form of an op."""
    return canonical(tuple(splices))


def nothing(_: Piece) -> bool:
    """No piece at all."""
    return False


def _is_word(character: str) -> bool:
    return character.isalnum() or character == "_"
