"""Many ops on one document, one after the other, as `Document.check` and `Document.apply` do each.

A long text that ops change is kept in pieces until somebody needs it whole, so that a batch costs its ops and its text
once, not their product. An op of structure that may reach a text in pieces puts that together first.
"""

from collections.abc import Iterable

from draftwire.document.document import Applied, Document
from draftwire.document.ops import Effect, Op, Remove, Set, Text, TextTaken
from draftwire.errors import OpError
from draftwire.text.pieces import PIECE_CHARS, Pieces


class Batch:
    """See the module."""

    __slots__ = ("_document", "_leaves")

    def __init__(self, document: Document) -> None:
        self._document = document
        self._leaves: dict[str, Pieces] = {}  # by address: what the document says there is out of date

    def document(self) -> Document:
        """Put together what all ops have made."""
        for at in list(self._leaves):
            self._settle(at)
        return self._document

    def check(self, op: Op) -> None:
        """Raise `OpError` as `Document.check` does."""
        leaf = self._leaf(op)
        if leaf is not None and isinstance(op, Text):
            leaf.validate(op.s)
            return
        self._document.check(op)

    def apply(self, op: Op, w: int) -> tuple[Effect | None, dict[str, str]]:
        """Do an op; give its effect, None if it is lost, and the ids renamed in it."""
        leaf = self._leaf(op)
        if leaf is not None and isinstance(op, Text):
            if not op.s:
                return Effect(op, TextTaken(())), {}
            try:
                leaf.validate(op.s)
            except OpError:
                return None, {}
            return Effect(op, TextTaken(leaf.apply(op.s))), {}
        if self._leaves and isinstance(op, Set | Remove):
            self._settle_below(op)
        applied: Applied = self._document.apply(op, w)
        self._document = applied.document
        return applied.effect, applied.renamed

    def _leaf(self, op: Op) -> Pieces | None:
        """The pieces of the long text that an op changes."""
        if not isinstance(op, Text):
            return None
        leaf = self._leaves.get(op.at)
        if leaf is None:
            spot = self._document.text_at(op.at)
            if spot is None or len(spot) <= 2 * PIECE_CHARS:
                return None
            leaf = self._leaves[op.at] = Pieces(spot)
        return leaf

    def _settle_below(self, op: Set | Remove) -> None:
        """Put together the texts that an op may take away."""
        gone = self._document.path_of(op.at)
        for at in list(self._leaves):
            path = self._document.path_of(at)
            if gone is None or path is None or path[: len(gone)] == gone:
                self._settle(at)

    def _settle(self, at: str) -> None:
        self._document = self._document.with_text(at, self._leaves.pop(at).text())


def play(document: Document, ops: tuple[Op, ...], w: int) -> tuple[Document, list[Effect | None]]:
    """Do ops that were committed, or made by the server itself; an effect for each, None where it was lost."""
    if len(ops) == 1:
        applied = document.apply(ops[0], w)
        return applied.document, [applied.effect]
    batch = Batch(document)
    effects = [batch.apply(op, w)[0] for op in ops]
    return batch.document(), effects


def replay(document: Document, batches: Iterable[tuple[int, tuple[Op, ...]]]) -> Document:
    """Return the document after a log's batches, each with its writer's number."""
    batch = Batch(document)
    for w, ops in batches:
        for op in ops:
            batch.apply(op, w)
    return batch.document()
