"""What a log that was rewound has lost: the view from before, beside the state that came instead. Pure.

After a failover or a restore the log may lack batches that had been told saved; a copy that was open then still has
them. It can't know which of the differences are losses and which were written since: it offers all, does none.
"""

from collections.abc import Iterable
from functools import cached_property

from draftwire.document.document import Document
from draftwire.document.ops import Op
from draftwire.document.values import same
from draftwire.merge.merge import Merge, diff, merge
from draftwire.session.replica import texts_between
from draftwire.wire.messages import ParkedText


class Rewind:
    """See the module; ``before`` is the view that was, ``now`` the state that came."""

    def __init__(self, before: Document, now: Document) -> None:
        self.before = before
        self.now = now

    @cached_property
    def ops(self) -> tuple[Op, ...]:
        """What would make of the state the view that was."""
        return diff(self.now, self.before.value)

    def texts(self, kept: Iterable[ParkedText]) -> tuple[ParkedText, ...]:
        """The places that differ, as they were and as they are, but for texts that are in the stash already."""
        there = tuple(kept)
        texts = texts_between(self.now, self.before, self.ops)
        return tuple(t for t in texts if not any(t.at == k.at and same(t.mine, k.mine) for k in there))

    def onto(self, view: Document) -> Merge:
        """Bring it back into what has been written since."""
        return merge(self.now.value, self.before.value, view.value, view.shape)
