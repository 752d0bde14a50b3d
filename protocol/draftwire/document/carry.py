"""One function that moves positions with the ops: carets, selections, alert regions, stream anchors.

A point moves as an insert at that point would (the text between keeps its sides): what is deleted around it
leaves it where the text closed; what is put in at the very start of a deleted range stays left of points
inside. Only for an insert exactly at the point does the bias decide: ``before`` stays left of it, ``after``
goes right.
"""

from collections.abc import Iterable

import msgspec

from draftwire.document import address as addresses
from draftwire.document.ops import Effect, Remove, Set, Text, gone_ids
from draftwire.text.text import carry_span


class Range(msgspec.Struct, frozen=True):
    """``start`` to ``end`` in UTF-16 units of the text leaf ``at``; both None: the whole leaf or element.

    ``start_after`` and ``end_after`` are the bias of the two points. As they are by default, what is
    inserted at an edge of a range stays outside. Where the biases would cross the ends of an empty range both
    are its end, so a plain caret stays left of what others type at it. A stream's anchor, which stays behind its
    own text, has ``end_after``; a region that grows at its edges has ``start_after=False, end_after=True``.
    """

    at: str
    start: int | None = None
    end: int | None = None
    start_after: bool = True
    end_after: bool = False


def carry(range_: Range, effects: Iterable[Effect]) -> Range | None:
    """Return the range as it reads after ``effects``; None if its leaf or element is gone or was replaced.

    A whole leaf survives being set; a range inside it does not.
    """
    at, start, end = range_.at, range_.start, range_.end
    whole = start is None or end is None
    moved = False
    element = addresses.owner(at)
    for effect in effects:
        op = effect.op
        if type(op) is Text:
            if op.at == at and start is not None and end is not None:
                start, end = carry_span(start, end, op.s, range_.start_after, range_.end_after)
                moved = True
            continue
        if element and element in gone_ids(effect.took):
            return None
        if isinstance(op, Set | Remove) and "/" in op.at:
            replaced = op.at == at and not (whole and isinstance(op, Set))
            if replaced or addresses.is_inside(at, op.at):
                return None
    return Range(at, start, end, range_.start_after, range_.end_after) if moved else range_
