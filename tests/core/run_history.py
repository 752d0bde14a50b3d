"""Random histories of a run among people, where every character is of a kind of its own: who wrote it is known from it.

The oracle needs no provenance: each character occurs once in the whole history, so a text after an undo tells by itself
what stayed, what went and what came back. Others write through the same log; an undo is committed like their batches.
"""

from random import Random
from typing import Any

from draftwire.document.document import Document
from draftwire.document.ops import Effect, Op, Text
from draftwire.document.shape import Shape
from draftwire.text.units import length
from draftwire_server.core.edits.replica import Entry, encode_ops, encode_taken, stored_effects
from draftwire_server.core.runs.hunks import TracedHunk, hunks_of
from draftwire_server.core.runs.tracing import Trace
from draftwire_server.core.runs.undoing import UndoOutcome, bring_back, redo, undo

SHAPE = Shape(keyed=["/items", "/**/subs", "/flat"], text=["/title", "/**/body"])
RUN, OTHER_RUN, ASKER = "r1", "r2", 9
RUNS = {1: RUN, 2: RUN, 3: OTHER_RUN}  # writers; all others are people


class Log:
    """A draft's log with its document."""

    def __init__(self, value: dict[str, Any]) -> None:
        self.document = self.first = Document.load(value, SHAPE)
        self.entries: list[Entry] = []

    def write(self, w: int, *ops: Op, kind: str = "edit", cause: str | None = None) -> None:
        effects: list[Effect] = []
        for op in ops:
            self.document.check(op)
            applied = self.document.apply(op, w)
            assert applied.effect is not None
            effects.append(applied.effect)
            self.document = applied.document
        raw = encode_ops(tuple(effect.op for effect in effects))
        kept = stored_effects(raw, encode_taken(tuple(effects)))
        entry = Entry(len(self.entries) + 1, w, 1, "", raw, kept, kind, 0.0, cause=cause)  # type: ignore[arg-type]
        self.entries.append(entry)

    def trace(self, run: str = RUN) -> Trace:
        writers = [w for w, of in RUNS.items() if of == run]
        first = next((i for i, e in enumerate(self.entries) if e.w in writers), len(self.entries))
        return Trace(run, writers).follow(self.entries[first:])

    def hunks(self, run: str = RUN) -> list[TracedHunk]:
        return hunks_of(self.trace(run), self.document)

    def undo(self, run: str = RUN, only: set[str] | None = None, w: int = ASKER) -> UndoOutcome:
        return self._ask(undo, "undo", run, only, w)

    def redo(self, run: str = RUN, only: set[str] | None = None, w: int = ASKER) -> UndoOutcome:
        return self._ask(redo, "restore", run, only, w)

    def bring_back(self, only: set[str] | None = None) -> UndoOutcome:
        return self._ask(bring_back, "undo", RUN, only, ASKER)

    def _ask(self, how: Any, kind: str, run: str, only: set[str] | None, w: int) -> UndoOutcome:
        trace = self.trace(run)
        hunks = hunks_of(trace, self.document)
        chosen = frozenset(hunk.id for hunk in hunks) if only is None else frozenset(only)
        outcome: UndoOutcome = how(trace, self.document, hunks, chosen)
        if outcome.ops:
            self.write(w, *outcome.ops, kind=kind, cause=f"run:{run}")
        assert self.document.value == outcome.document.value
        return outcome

    def text(self, at: str = "/title") -> str:
        found = self.document.get(at)
        assert isinstance(found, str)
        return found

    def replace(self, w: int, old: str, new: str, at: str = "/title") -> None:
        """Replace the first ``old`` of a leaf."""
        text = self.text(at)
        start = text.index(old)
        self.write(w, Text(at, ((length(text[:start]), length(old), new),)))

    def type(self, w: int, after: str, new: str, at: str = "/title") -> None:
        """Type behind the first ``after`` of a leaf."""
        text = self.text(at)
        self.write(w, Text(at, ((length(text[: text.index(after) + len(after)]), 0, new),)))


class Typing:
    """Draws edits of one leaf, each character new: letters of scripts, emoji, and marks that end words."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self._next = 0
        self.by: dict[str, int] = {}

    def fresh(self, w: int, most: int = 4) -> str:
        made = ""
        for _ in range(self.random.randint(1, most)):
            self._next += 1
            base = self.random.choice((0x4E00, 0x4E00, 0xE000, 0x20000))  # letters; private: no letters; wide letters
            made += chr(base + self._next)
        for c in made:
            self.by[c] = w
        return made

    def edit(self, log: Log, w: int, at: str = "/title") -> None:
        text = log.text(at)
        edges = [length(text[:i]) for i in range(len(text) + 1)]
        splices, low = [], 0
        for _ in range(self.random.choice((1, 1, 1, 2))):
            if low > len(text):
                break
            start = self.random.randint(low, len(text))
            end = min(len(text), start + self.random.choice((0, 0, 1, 2, 5)))
            insert = self.fresh(w) if self.random.random() < 0.75 else ""
            if insert or end > start:
                splices.append((edges[start], edges[end] - edges[start], insert))
                low = end + 1
        if splices:
            log.write(w, Text(at, tuple(splices)))
