"""Ops checked against the very state that they were made for, however far the log has gone on since. Pure.

A verdict that depended on the head would change with the next keystroke of somebody else: the same frame refused, then
committed. So `state_at` goes back from the head by what the log took away, as far as the checks look: text only of the
leaves that the ops touch, structure always.
"""

from collections.abc import Sequence

from draftwire.document.batch import Batch
from draftwire.document.document import Document
from draftwire.document.invert import invert
from draftwire.document.ops import Effect, Op, Text
from draftwire.document.rebase import Landed, follow
from draftwire.errors import OpError, Problem
from draftwire_server.core.edits.clash import UnseenChange
from draftwire_server.limits.tuning import BASIS_WORK

_ANYBODY = 0


def checked(document: Document, ops: Sequence[Op], w: int) -> Landed:
    """Do ops to the state that they were made for.

    Raises:
        Problem: the code of the first op that a live writer may not do there.
    """
    effects: list[Effect] = []
    names: dict[str, str] = {}
    batch = Batch(document)
    for sent in ops:
        op = follow(sent, names) if names else sent
        try:
            batch.check(op)
        except OpError as error:
            raise error.problem(at=sent.at) from error
        effect, renamed = batch.apply(op, w)
        assert effect is not None
        effects.append(effect)
        names.update(renamed)
    return Landed(batch.document(), tuple(effects), names)


def check_at_base(head: Document, behind: Sequence[UnseenChange], ops: Sequence[Op]) -> None:
    """Check ops against the state before the batches ``behind``, which lead to ``head``.

    Raises:
        Problem: as `checked` does; ``base_expired`` if the state is too much work to make.
    """
    checked(state_at(head, behind, {op.at for op in ops if isinstance(op, Text)}), ops, _ANYBODY)


def state_at(head: Document, behind: Sequence[UnseenChange], leaves: set[str]) -> Document:
    """The state before the batches ``behind``; of text only ``leaves`` are as they were then.

    Raises:
        Problem: ``base_expired``.
    """
    playing = Batch(head)
    left = BASIS_WORK
    for batch in reversed(behind):
        for op in invert(effect for effect in batch.effects if _counts(effect, leaves)):
            if isinstance(op, Text):
                leaf = head.get(op.at)
                left -= len(leaf) if isinstance(leaf, str) else 0
            else:
                left -= 32 * head.element_count
            if left < 0:
                raise Problem("base_expired")
            playing.apply(op, _ANYBODY)
    return playing.document()


def _counts(effect: Effect, leaves: set[str]) -> bool:
    return not isinstance(effect.op, Text) or effect.op.at in leaves
