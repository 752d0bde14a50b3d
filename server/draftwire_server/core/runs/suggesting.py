"""A suggestion beside the draft that it is for, as that goes on changing: hunks, whether each applies, its ops. Pure.

Three values decide: the base (the draft when the suggestion began), the suggestion as it is, and the draft as it
stands. A hunk is a part of what differs between the first two; its id follows from what it says, so it stays the same
whatever becomes of the rest. It applies if it goes into the standing draft by a clean three-way merge.
"""

from collections.abc import Collection
from typing import Any, Literal

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Op, Text
from draftwire.errors import OpError
from draftwire.merge.comparison import compare
from draftwire.merge.merge import Merge, merge
from draftwire.rest.diff import (
    Change,
    Comparison,
    DiffPart,
    ElementAdded,
    ElementMoved,
    ElementRemoved,
    MemberAdded,
    MemberChanged,
    MemberRemoved,
    TextChanged,
)
from draftwire_server.core.merge.parts import brought_back, parts_of

Why = Literal["changed", "there", "together"]


class Suggested(msgspec.Struct, frozen=True):
    """One hunk. ``line`` from 1, in the base; ``span`` in units of the text as it stands, if it applies to a text.

    ``why`` it does not apply: ``changed`` (the draft reads otherwise there), ``there`` (the draft reads so already),
    ``together`` (it makes sense only with others). None: it applies.
    """

    id: str
    at: str
    kind: Literal["text", "set", "remove", "insert", "move"]
    old: Any
    new: Any
    why: Why | None
    line: int | None = None
    span: tuple[int, int] | None = None


class TakenHunks(msgspec.Struct, frozen=True):
    """What accepting some hunks does to the standing draft; ``left``: those that don't apply, and why."""

    ops: tuple[Op, ...]
    done: tuple[str, ...]
    left: tuple[Suggested, ...]


class Suggestion:
    """See the module. Everything is compared backwards: from the suggestion to the base, as `brought_back` needs it."""

    def __init__(self, base: Document, suggested: Document, standing: Document) -> None:
        self.base = base
        self.suggested = suggested
        self.standing = standing
        self._spans: dict[str, tuple[int, int]] = {}
        self._back: Comparison = compare(suggested.value, base.value, base.shape, context=0)
        self._parts: dict[str, DiffPart] = {
            part.id: part
            for part in parts_of(self._back)
            if (part.hunk is not None) == isinstance(self._back.changes[part.change], TextChanged)
        }

    def hunks(self) -> tuple[Suggested, ...]:
        """All hunks, in the order of the document."""
        apart = not any(isinstance(c, ElementAdded | ElementMoved | ElementRemoved) for c in self._back.changes)
        whole = self._merged(frozenset(self._parts)) if apart else None
        if (
            whole is not None
            and whole.clean
            and {part.at for part in self._parts.values()} == {o.at for o in whole.ops}
        ):
            texts = [part.at for part in self._parts.values()]
            if len(set(texts)) == len(texts):  # one hunk a place: what all do together, each does by itself
                for part in self._parts.values():
                    self._note(part, whole)
                return tuple(self._hunk(part, None) for part in self._parts.values())
        return tuple(self._hunk(part, self._why(part)) for part in self._parts.values())

    def take(self, wanted: Collection[str]) -> TakenHunks:
        """Accept hunks: all that apply, as ops for the standing draft."""
        asked = [self._parts[name] for name in self._parts if name in wanted]
        merged = self._merged(frozenset(part.id for part in asked))
        left: tuple[Suggested, ...] = ()
        if merged is None or not merged.clean:
            told = [self._hunk(part, self._why(part)) for part in asked]
            left = tuple(hunk for hunk in told if hunk.why is not None)
            asked = [self._parts[hunk.id] for hunk in told if hunk.why is None]
            merged = self._merged(frozenset(part.id for part in asked))
        if merged is None or not merged.clean:  # each by itself would do, all of them don't
            return TakenHunks((), (), (*left, *(self._hunk(part, "together") for part in asked)))
        return TakenHunks(merged.ops, tuple(part.id for part in asked), left)

    def _merged(self, names: frozenset[str]) -> Merge | None:
        try:
            one = brought_back(self.base, self.suggested, self._back, [self._parts[name] for name in sorted(names)])
            return merge(self.base.value, one.value, self.standing.value, self.base.shape)
        except OpError:
            return None

    def _why(self, part: DiffPart) -> Why | None:
        merged = self._merged(frozenset((part.id,)))
        if merged is None:
            return "together"
        if not merged.clean:
            return "changed"
        self._note(part, merged)
        return None if merged.ops else "there"

    def _note(self, part: DiffPart, merged: Merge) -> None:
        """Where a hunk of a text would go."""
        splices = [splice for op in merged.ops if isinstance(op, Text) and op.at == part.at for splice in op.s]
        if splices:
            self._spans[part.id] = (splices[0][0], splices[-1][0] + splices[-1][1])

    def _hunk(self, part: DiffPart, why: Why | None) -> Suggested:
        change = self._back.changes[part.change]
        if isinstance(change, TextChanged) and part.hunk is not None:
            hunk = change.hunks[part.hunk]
            sides = {
                kind: "".join(line.text + "\n" * line.ended for line in hunk.lines if line.kind == kind)
                for kind in ("added", "removed")
            }
            return Suggested(
                part.id, part.at, "text", sides["added"], sides["removed"], why, hunk.new_from, self._spans.get(part.id)
            )
        return Suggested(part.id, part.at, *_said(change), why)


def _said(change: Change) -> tuple[Literal["set", "remove", "insert", "move", "text"], Any, Any]:
    """What a change, told backwards, does: its kind, what was and what is suggested."""
    match change:
        case MemberAdded(_, _, new):
            return "remove", new, None
        case MemberRemoved(_, _, old):
            return "set", None, old
        case MemberChanged(_, _, old, new):
            return "set", new, old
        case ElementAdded(_, _, _, new):
            return "remove", new, None
        case ElementRemoved(_, _, _, old):
            return "insert", None, old
        case ElementMoved(_, _, was, to):
            return "move", to.array, was.array
        case TextChanged():
            return "text", None, None
