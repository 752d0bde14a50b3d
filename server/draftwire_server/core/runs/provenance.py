"""One text leaf with all that ever stood in it since a run first touched it: whose it is, and who took it away. Pure.

What is deleted stays as a dead piece where it stood, so that the text which a run took away still has a place among
what others write. Only ops in the order of the log are taken in, each for the state that it was made for: nothing is
transformed. Pieces lie in blocks, so that an edit costs the same in a leaf of ten pieces as in one of ten thousand.

An *epoch* counts what the run and its undos did to the leaf. Something of others with an epoch not below that of a
cut was written since that cut.
"""

from collections.abc import Iterator
from typing import Final

from draftwire.document.ops import Text, TextTaken
from draftwire.text.units import cut as cut_units
from draftwire.text.units import length, wide
from draftwire_server.core.history.spans import OPEN

BLOCK_PIECES: Final = 256  # walking so many costs some microseconds, like walking the blocks of 50,000 pieces

Mark = tuple[int, int, int]  # seq, op in the batch, splice in the op: what of a run made or cut a piece

# Who wrote a piece.
BASE: Final = 0  # it was there before the run came
RUN: Final = 1
OTHER: Final = 2

# Who took a piece away.
ALIVE: Final = 0
BY_RUN: Final = 1
BY_OTHER: Final = 2
BY_UNDO: Final = 3

# Who writes.
AS_RUN: Final = 0
AS_OTHER: Final = 1
AS_UNDO: Final = 2  # of this run
AS_REDO: Final = 3  # of this run
AS_FOREIGN_UNDO: Final = 4  # an undo or redo of another run: what it puts back is what was there


class Piece:
    """A run of units with one fate. ``mark`` of what a run wrote; ``cut`` of what a run took away of others."""

    __slots__ = ("born", "cut", "cut_epoch", "dead", "dead_epoch", "dead_w", "epoch", "mark", "size", "text", "w")

    def __init__(self, size: int, born: int, w: int, epoch: int, mark: Mark | None) -> None:
        self.size = size
        self.born = born
        self.w = w  # who wrote it, of the others
        self.epoch = epoch
        self.mark = mark
        self.text = ""  # known once it was taken away
        self.dead = ALIVE
        self.dead_w = 0
        self.dead_epoch = 0
        self.cut: Mark | None = None
        self.cut_epoch = 0

    def split(self, at: int) -> "Piece":
        """Keep the first units, give the rest."""
        rest = Piece(self.size - at, self.born, self.w, self.epoch, self.mark)
        rest.dead, rest.dead_w, rest.dead_epoch = self.dead, self.dead_w, self.dead_epoch
        rest.cut, rest.cut_epoch = self.cut, self.cut_epoch
        if self.text:
            rest.text = cut_units(self.text, at, self.size)
            self.text = cut_units(self.text, 0, at)
        self.size = at
        return rest

    @property
    def restorable(self) -> bool:
        """Whether a run took it away from somebody else, and it is still away."""
        return self.cut is not None and self.dead == BY_RUN

    @property
    def visible(self) -> int:
        """Units of it that stand in the text."""
        return 0 if self.dead else self.size


class Leaf:
    """See the module."""

    __slots__ = ("_blocks", "_sizes", "epoch")

    def __init__(self) -> None:
        self._blocks: list[list[Piece]] = [[Piece(OPEN, BASE, 0, 0, None)]]
        self._sizes: list[int] = [OPEN]  # of what is visible in each block
        self.epoch = 0

    def pieces(self) -> Iterator[Piece]:
        """All of them, from the left; the last visible one is open: how long it is, the document knows."""
        for block in self._blocks:
            yield from block

    def take(self, op: Text, took: TextTaken, who: int, w: int, at: tuple[int, int]) -> None:
        """Take in one op; ``at`` says which: seq, and its number in the batch."""
        if who not in (AS_OTHER, AS_FOREIGN_UNDO):
            self.epoch += 1
        for index in range(len(op.s) - 1, -1, -1):  # from the right: what is left of it keeps its place
            position, delete, insert = op.s[index]
            self._splice(position, delete, insert, took.s[index], who, w, (*at, index))

    # ---- one splice

    def _splice(self, position: int, delete: int, insert: str, gone: str, who: int, w: int, mark: Mark) -> None:
        if who in (AS_UNDO, AS_REDO, AS_FOREIGN_UNDO):
            if delete:
                block, index = self._left(position)
                self._delete(block, index, delete, gone, who, w, mark)
                self._balance(block)
            if insert:
                self._bring_back(position, insert, who, w)
            return
        block, index = self._left(position)
        if insert:
            if who == AS_OTHER:
                block, index = self._right(block, index)
            made = Piece(
                length(insert), RUN if who == AS_RUN else OTHER, w, self.epoch, mark if who == AS_RUN else None
            )
            if self._put(block, index, made, join=not delete):
                index += 1
        if delete:
            self._delete(block, index, delete, gone, who, w, mark)
        self._balance(block)

    def _left(self, position: int) -> tuple[int, int]:
        """Where a visible position is, left of all dead pieces there; a piece in the way is split."""
        block, last = 0, len(self._blocks) - 1
        while position > self._sizes[block] and block < last:
            position -= self._sizes[block]
            block += 1
        if not position:
            return block, 0
        pieces = self._blocks[block]
        for index, piece in enumerate(pieces):
            size = 0 if piece.dead else piece.size
            if position <= size:
                if position < size:
                    pieces.insert(index + 1, piece.split(position))
                return block, index + 1
            position -= size
        return block, len(pieces)

    def _right(self, block: int, index: int) -> tuple[int, int]:
        """The same position right of all dead pieces there."""
        while True:
            pieces = self._blocks[block]
            while index < len(pieces) and pieces[index].dead:
                index += 1
            if index < len(pieces) or block + 1 == len(self._blocks):
                return block, index
            block, index = block + 1, 0

    def _put(self, block: int, index: int, made: Piece, *, join: bool) -> bool:
        """Put a piece in, as one with the piece before if that is of one kind with it; whether it is one of its own."""
        pieces = self._blocks[block]
        self._sizes[block] += made.size
        if join and index:
            before = pieces[index - 1]
            alike = before.born == made.born and not before.dead and before.cut is None
            if alike and (made.born == RUN or (before.w == made.w and before.epoch == made.epoch)):
                before.size += made.size
                return False
        pieces.insert(index, made)
        return True

    def _delete(self, block: int, index: int, delete: int, gone: str, who: int, w: int, mark: Mark) -> None:
        done = 0
        raw = wide(gone)
        while done < delete:
            pieces = self._blocks[block]
            if index == len(pieces):
                block, index = block + 1, 0
                continue
            piece = pieces[index]
            if not piece.dead:
                left = delete - done
                if piece.size > left:
                    pieces.insert(index + 1, piece.split(left))
                end = done + piece.size
                piece.text = gone[done:end] if raw is None else _decoded(raw, done, end)
                done = end
                self._sizes[block] -= piece.size
                self._kill(piece, who, w, mark)
            index += 1

    def _kill(self, piece: Piece, who: int, w: int, mark: Mark) -> None:
        piece.dead_w, piece.dead_epoch = w, self.epoch
        if who == AS_RUN:
            piece.dead = BY_RUN
            if piece.born != RUN:
                piece.cut, piece.cut_epoch = mark, self.epoch
        elif who == AS_UNDO and piece.born == RUN:
            piece.dead = BY_UNDO
        elif who == AS_REDO and piece.cut is not None:
            piece.dead, piece.cut_epoch = BY_RUN, self.epoch
        else:
            piece.dead = BY_OTHER

    def _bring_back(self, position: int, insert: str, who: int, w: int) -> None:
        """Let dead pieces of this very place live again, as far as the text says so; the rest is somebody's own."""
        block, index = self._left(position)
        while insert:
            pieces = self._blocks[block]
            if index == len(pieces):
                if block + 1 == len(self._blocks):
                    break
                block, index = block + 1, 0
                continue
            piece = pieces[index]
            if not piece.dead:
                break
            if piece.text and insert.startswith(piece.text) and _comes_back(piece, who):
                insert = insert[len(piece.text) :]
                piece.dead, piece.dead_epoch = ALIVE, self.epoch
                self._sizes[block] += piece.size
            index += 1
        if insert:
            self._put(block, index, Piece(length(insert), OTHER, w, self.epoch, None), join=False)
        self._balance(block)

    def _balance(self, block: int) -> None:
        pieces = self._blocks[block]
        if len(pieces) <= BLOCK_PIECES:
            return
        half = len(pieces) // 2
        right = pieces[half:]
        del pieces[half:]
        size = sum(piece.visible for piece in right)
        self._sizes[block] -= size
        self._blocks.insert(block + 1, right)
        self._sizes.insert(block + 1, size)


def _decoded(raw: bytes, start: int, end: int) -> str:
    return raw[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def _comes_back(piece: Piece, who: int) -> bool:
    if who == AS_UNDO:
        return piece.restorable
    return piece.dead == (BY_UNDO if who == AS_REDO else BY_OTHER)
