"""The common edit: text in one leaf, away from all that came in meanwhile. Pure.

One walk over the log instead of those of `rebase` and `find_contacts`. Where many write in one draft an edit is carried
over fifty others, each somewhere else in the text: that is most of what a commit costs.
"""

from collections.abc import Sequence

from draftwire.document.ops import Text
from draftwire.text.text import transform
from draftwire.text.units import length
from draftwire_server.core.edits.clash import UnseenChange, hulls_touch


def carried_apart(op: Text, behind: Sequence[UnseenChange], *, w: int) -> Text | None:
    """Carry the only op of an edit by ``w`` over the batches behind its base, with none of which it clashes.

    None where that needs a closer look: something else than text was changed, a change of others touches the edit, or
    nothing is left of the edit.
    """
    at, mine = op.at, op.s
    if not mine:
        return None
    for batch in behind:
        foreign = batch.w != w
        for effect in batch.effects:
            other = effect.op
            if type(other) is not Text:
                return None
            if other.at != at:
                continue
            theirs = other.s
            if len(mine) == 1 and len(theirs) == 1:
                position, delete, insert = mine[0]
                start, taken, put = theirs[0]
                if position + delete < start:
                    continue
                if position > start + taken:
                    mine = ((position + length(put) - taken, delete, insert),)
                    continue
            if foreign and hulls_touch(theirs, mine):
                return None
            mine = transform(mine, theirs, over_first=True)
            if not mine:
                return None
    return op if mine is op.s else Text(at, mine)
