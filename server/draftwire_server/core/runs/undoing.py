"""Undoing what a run did to a draft under everybody's later changes, and redoing that. Pure.

Newest first: what is left of the run's characters goes; text that it took away comes back where nobody has written in
that place since, else it is left and told. A set is undone only if its value still stands, an insertion only if nobody
changed it inside, a removal only if its place is still free, a move only if the element is where the run put it. Redo
goes the other way round by the same rules.

The ops are worked out on the document as it is, each after the one before, and each has been tried there.
"""

from collections.abc import Callable
from typing import Any, Final, Literal

import msgspec

from draftwire.document.batch import Batch
from draftwire.document.document import Document
from draftwire.document.ops import Effect, Op, Text
from draftwire.errors import OpError
from draftwire_server.core.runs.deeds import address_of, may_redo, may_undo, redo_ops, removed_by, undo_ops
from draftwire_server.core.runs.hunks import TracedHunk, hunk_id
from draftwire_server.core.runs.provenance import AS_REDO, AS_UNDO, Mark
from draftwire_server.core.runs.rewrites import (
    RewrittenRegion,
    as_one,
    exchanged,
    is_away,
    is_back,
    is_there_already,
    nothing,
    others_since_cut,
    others_since_undo,
    regions_of,
    stands,
    was_undone,
)
from draftwire_server.core.runs.tracing import Deed, Life, Trace

Why = Literal["changed", "gone", "taken", "later"]

AFTER_ALL: Final[Mark] = (1 << 62, 0, 0)  # of ops that are only tried


class NotUndone(msgspec.Struct, frozen=True):
    """What an undo or redo left as it is, and why; ``restore``: what would have come back.

    ``changed``: others (``by``) have changed it since; ``gone``: its place is gone; ``taken``: ids of what would come
    back are used again; ``later``: it lies under a later change of the run, which has to be undone with it.
    """

    hunk: str
    at: str
    why: Why
    by: tuple[int, ...] = ()
    restore: Any = None


class UndoOutcome(msgspec.Struct, frozen=True):
    """Ops for the document as it is, the ids of the hunks that they touch, and what was left."""

    ops: tuple[Op, ...]
    done: tuple[str, ...]
    left: tuple[NotUndone, ...]
    document: Document


def undo(trace: Trace, document: Document, hunks: list[TracedHunk], chosen: frozenset[str]) -> UndoOutcome:
    """Undo the chosen ones of a draft's hunks, and what lies inside of them. The trace is used up."""
    work = _Work(trace, document, hunks, chosen, AS_UNDO)
    for unit in sorted(_units(trace), key=lambda unit: unit.last, reverse=True):
        if isinstance(unit, Life):
            work.text(unit, _taken_back)
        elif unit.undone is None:
            work.deed(unit, may_undo(unit, work.document), undo_ops)
    return work.outcome()


def redo(trace: Trace, document: Document, hunks: list[TracedHunk], chosen: frozenset[str]) -> UndoOutcome:
    """Do again what was undone of the chosen hunks. The trace is used up."""
    work = _Work(trace, document, hunks, chosen, AS_REDO)
    for unit in sorted(_units(trace), key=lambda unit: unit.last):
        if isinstance(unit, Life):
            work.text(unit, _put_again)
        elif unit.undone is not None:
            work.deed(unit, may_redo(unit, work.document), redo_ops)
    return work.outcome()


def bring_back(trace: Trace, document: Document, hunks: list[TracedHunk], chosen: frozenset[str]) -> UndoOutcome:
    """Let come back, beside what others wrote since, the text that an undo of the chosen hunks left away."""
    work = _Work(trace, document, hunks, chosen, AS_UNDO)
    for life in trace.all_lives:
        work.text(life, _on_demand)
    return work.outcome()


def _units(trace: Trace) -> list[Deed | Life]:
    return [*trace.deeds, *trace.all_lives]


Decision = tuple[Callable[[Any], bool], Callable[[Any], bool], NotUndone | None]
"""Which pieces of a region go, which come, and what is left."""


def _taken_back(region: RewrittenRegion, hunk: str, at: str) -> Decision:
    by = others_since_cut(region) if region.has(is_away) else frozenset()
    if not by:
        return stands, is_away, None
    if is_there_already(region):
        return stands, nothing, None
    return stands, nothing, NotUndone(hunk, at, "changed", tuple(sorted(by)), region.text(is_away))


def _put_again(region: RewrittenRegion, hunk: str, at: str) -> Decision:
    by = others_since_undo(region)
    if by and region.has(was_undone):
        return nothing, nothing, NotUndone(hunk, at, "changed", tuple(sorted(by)), region.text(was_undone))
    return (nothing if by else is_back), was_undone, None


def _on_demand(region: RewrittenRegion, hunk: str, at: str) -> Decision:
    return nothing, is_away if others_since_cut(region) else nothing, None


class _Work:
    """One undo or redo under way; ``document`` as it will be."""

    def __init__(
        self, trace: Trace, document: Document, hunks: list[TracedHunk], chosen: frozenset[str], who: int
    ) -> None:
        self.trace = trace
        self.document = document
        self.who = who
        self._chosen = chosen
        self._of: dict[Mark, str] = {mark: hunk.id for hunk in hunks for mark in hunk.marks}
        self._ops: list[Op] = []
        self._done: dict[str, None] = {}
        self._left: list[NotUndone] = []

    def outcome(self) -> UndoOutcome:
        """What came of it."""
        return UndoOutcome(tuple(self._ops), tuple(self._done), tuple(self._left), self.document)

    def deed(self, deed: Deed, why: Why | None, ops: Callable[[Deed, Document], tuple[Op, ...]]) -> None:
        """Undo or redo a deed unless something stands in the way."""
        if not self._is_chosen(deed.mark, deed):
            return
        name = self._of[deed.mark]
        if why is None and self._do(ops(deed, self.document)):
            self._done[name] = None
        elif why != "gone" or removed_by(deed) is not None:
            restore = removed_by(deed) if self.who == AS_UNDO else None
            self._left.append(NotUndone(name, address_of(deed), why or "gone", tuple(sorted(deed.by)), restore))

    def text(self, life: Life, decide: Callable[[RewrittenRegion, str, str], Decision]) -> None:
        """Undo or redo what the run wrote in a leaf."""
        text = self.document.get(life.at)
        if self.trace.lives.get(life.at) is not life or not isinstance(text, str):
            if self.who == AS_UNDO:
                self._under(life)
            return
        splices = []
        for region in regions_of(life.leaf, text):
            if not self._is_chosen(region.mark, life):
                continue
            name = self._of.get(region.mark, hunk_id(region.mark))
            going, coming, left = decide(region, name, life.at)
            found = exchanged(region, going, coming)
            if found:
                self._done[name] = None
                splices += found
            if left is not None:
                self._left.append(left)
        if splices:
            done = self._do((Text(life.at, as_one(splices)),))
            assert done, life.at

    def _under(self, life: Life) -> None:
        """A leaf that is not there: told if it was asked for by itself."""
        name = hunk_id(life.first)
        if name in self._chosen and name in self._of.values():
            own = life.by in self.trace.writers
            by = () if own or not life.by else (life.by,)
            self._left.append(NotUndone(name, life.at, "later" if own else "gone", by))

    def _is_chosen(self, mark: Mark, unit: Deed | Life) -> bool:
        if self._of.get(mark) in self._chosen:
            return True
        return any(self._is_chosen(deed.mark, deed) for deed in self.trace.over(unit))

    def _do(self, ops: tuple[Op, ...]) -> bool:
        """Try ops on the document; all of them or none."""
        batch, effects = Batch(self.document), list[Effect]()
        for op in ops:
            try:
                batch.check(op)
            except OpError:
                return False
            effect, renamed = batch.apply(op, 0)
            if effect is None or renamed:
                return False
            effects.append(effect)
        self.document = batch.document()
        self._ops += ops
        for effect in effects:
            self.trace.take(effect, self.who, 0, AFTER_ALL)
        return True
