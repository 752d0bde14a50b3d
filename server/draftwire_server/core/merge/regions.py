"""Where two sides of a merge meet, as people see it: the lines of the text that one of them has on the screen. Pure.

A hunk's place counts in the merged text; here it is carried back over the merge's own splices into the text that was
standing before.
"""

from collections.abc import Iterable

from draftwire.document.document import Document
from draftwire.document.ops import Op, Text
from draftwire.text.units import cut, length
from draftwire.wire.messages import Overlap
from draftwire_server.core.merge.resolve import Hunk


def overlaps_of(standing: Document, ops: Iterable[Op], hunks: Iterable[Hunk]) -> tuple[Overlap, ...]:
    """Name each hunk's place in ``standing``, into which ``ops`` would bring the other side; each place once."""
    made = tuple(ops)
    found: dict[Overlap, None] = {}
    for hunk in hunks:
        text = standing.get(hunk.address, None)
        if hunk.kind != "text" or hunk.start is None or hunk.end is None or not isinstance(text, str):
            found[Overlap(hunk.address)] = None
            continue
        start = _before(made, hunk.address, hunk.start)
        end = start + length(hunk.standing) if isinstance(hunk.standing, str) else start
        found[Overlap(hunk.address, _line(text, start), _line(text, max(start, end - 1)))] = None
    return tuple(found)


def _before(ops: tuple[Op, ...], at: str, position: int) -> int:
    """Where a position after the ops stood before them."""
    for op in reversed(ops):
        if not isinstance(op, Text) or op.at != at:
            continue
        shift = 0
        for start, deleted, inserted in op.s:
            if start + shift + length(inserted) > position:
                break
            shift += length(inserted) - deleted
        position -= shift
    return max(position, 0)


def _line(text: str, position: int) -> int:
    return cut(text, 0, position).count("\n") + 1
