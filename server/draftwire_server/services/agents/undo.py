"""Undoing a run over all the drafts that it wrote in: looked at, undone, redone, kept, by hunk, by item or whole.

Each draft is decided at its head and committed for exactly that state; where the head moved, it is decided again. So
two undos at once do it once. Nothing is held in between: any worker, any tab, after any restart finds the same in the
log. A draft that the asker may not read does not show; one in which they may not type is refused by itself.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import msgspec

from draftwire.document.document import Document
from draftwire.errors import Problem
from draftwire.rest.undoing import (
    RunChanges,
    RunChosen,
    RunDraftChanges,
    RunDraftUndone,
    RunHunk,
    RunHunkPart,
    RunLeft,
    RunUndone,
)
from draftwire.wire.messages import ActorInfo, OpKind
from draftwire_server.core.etag import Etag
from draftwire_server.core.runs.hunks import TracedHunk, before_and_after, hunks_of
from draftwire_server.core.runs.tracing import CAUSE, Trace
from draftwire_server.core.runs.undoing import NotUndone, UndoOutcome, bring_back, redo, undo
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening, may_type
from draftwire_server.services.writes.attempt import LOOKS_BETWEEN_KEYS, Attempt
from draftwire_server.services.writes.write import Change, ExactWrites
from draftwire_server.store.agents import runs
from draftwire_server.store.agents import undoing as store
from draftwire_server.store.agents.runs import RunDraftRow
from draftwire_server.store.history import history
from draftwire_server.store.postgres import Database

How = Callable[[Trace, Document, list[TracedHunk], frozenset[str]], UndoOutcome]
UNDECIDED: Final = frozenset(("standing", "changed"))


class Traced(msgspec.Struct, frozen=True):
    """What a run did to a draft, at one state of it. ``kept``: hunks that a person decided to keep."""

    live: LiveDraft
    head: Etag
    document: Document
    trace: Trace
    hunks: list[TracedHunk]
    kept: frozenset[str]

    def name(self, hunk: str) -> str:
        """A hunk's id among all of the run's drafts."""
        return f"{self.live.id}:{self.head.generation}.{hunk}"

    def state(self, hunk: TracedHunk) -> str:
        """A hunk's state, people's decision included."""
        return "kept" if hunk.id in self.kept and hunk.state in UNDECIDED else hunk.state


class RunUndo:
    """See the module."""

    def __init__(self, database: Database, drafts: Drafts, opening: Opening, writing: ExactWrites, runs: Runs) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._writing = writing
        self._runs = runs

    # ---- looking

    async def changes(self, principal: Principal, run: str) -> RunChanges:
        """What a run did, draft by draft. Raises `Problem` not_found, unavailable."""
        told = []
        for row, live in await self._readable(principal, run, None):
            verdict = may_type(principal, live) == "type"
            path = live.item.path
            try:
                traced = await self._traced(run, row, live)
            except Problem as problem:
                if problem.code not in ("too_old", "generation_changed"):
                    raise
                state: Any = "too_old" if problem.code == "too_old" else "discarded"
                told.append(RunDraftChanges(row.item, live.id, str(head_of(live)), verdict, state, path=path))
                continue
            counts = dict(Counter(traced.state(hunk) for hunk in traced.hunks))
            hunks = tuple(_hunk_on_wire(traced, hunk) for hunk in traced.hunks)
            told.append(
                RunDraftChanges(row.item, live.id, str(traced.head), verdict, "open", counts, hunks, path)
            )  # fmt: skip
        return RunChanges(run, tuple(told))

    # ---- deciding

    async def undo(self, principal: Principal, run: str, chosen: RunChosen) -> RunUndone:
        """Undo changes of a run; those that are kept only if they are named. Raises `Problem` not_found."""
        return await self._each(principal, run, chosen, undo, "undo", "undone")

    async def redo(self, principal: Principal, run: str, chosen: RunChosen) -> RunUndone:
        """Do again what was undone. Raises `Problem` not_found."""
        return await self._each(principal, run, chosen, redo, "restore", "redone")

    async def restore(self, principal: Principal, run: str, chosen: RunChosen) -> RunUndone:
        """Let text come back that an undo left away, beside what others wrote there. Raises `Problem` not_found."""
        return await self._each(principal, run, chosen, bring_back, "undo", "undone")

    async def keep(self, principal: Principal, run: str, chosen: RunChosen) -> RunUndone:
        """Remember that changes were looked at and stay. Raises `Problem` not_found."""
        answers = []
        for row, live in await self._readable(principal, run, chosen):
            try:
                answers.append(await self._kept(principal, run, row, live, chosen))
            except Problem as problem:
                answers.append(RunDraftUndone(row.item, live.id, problem=problem.code))
        return RunUndone(run, tuple(answers))

    async def _kept(
        self, principal: Principal, run: str, row: RunDraftRow, live: LiveDraft, chosen: RunChosen
    ) -> RunDraftUndone:
        verdict = may_type(principal, live)
        if verdict != "type":
            raise Problem(verdict)
        traced = await self._traced(run, row, live)
        wanted, unknown = _wanted(traced, chosen)
        kept = [hunk for hunk in traced.hunks if hunk.id in wanted and hunk.state in UNDECIDED]
        async with self._database.transaction() as connection:
            await store.keep(
                connection, live.workspace, run, live.id, traced.head.generation,
                [(hunk.id, hunk.last) for hunk in kept], principal.info.id,
            )  # fmt: skip
        return RunDraftUndone(row.item, live.id, tuple(traced.name(hunk.id) for hunk in kept), unknown)

    async def _each(
        self, principal: Principal, run: str, chosen: RunChosen, how: How, kind: OpKind, event: str
    ) -> RunUndone:
        answers = []
        for row, live in await self._readable(principal, run, chosen):
            try:
                answers.append(await self._one(principal, run, row, live, chosen, how, kind))
            except Problem as problem:
                answers.append(RunDraftUndone(row.item, live.id, problem=problem.code))
        if any(answer.etag is not None for answer in answers):
            seen = await self._runs.seen(principal, run)
            await self._runs.add_event(principal.workspace.id, seen, event, actor=principal.info.id, text=None)
        return RunUndone(run, tuple(answers))

    async def _one(
        self, principal: Principal, run: str, row: RunDraftRow, live: LiveDraft, chosen: RunChosen, how: How,
        kind: OpKind,
    ) -> RunDraftUndone:  # fmt: skip
        busy = "The draft keeps changing. Stop the run, or try again in a moment."
        attempt = Attempt(self._database, principal, busy=busy)

        async def look() -> RunDraftUndone | None:
            here = live if attempt.first else await self._opening.current(principal, row.draft, row.item)
            return await self._look(attempt, run, row, here, chosen, how, kind)

        return await attempt.run(look, LOOKS_BETWEEN_KEYS)

    async def _look(
        self, attempt: Attempt, run: str, row: RunDraftRow, live: LiveDraft, chosen: RunChosen, how: How, kind: OpKind
    ) -> RunDraftUndone | None:
        """Decide against a draft as it is; None if that moved meanwhile."""
        principal = attempt.principal
        verdict = may_type(principal, live)
        if verdict != "type":
            raise Problem(verdict)
        traced = await self._traced(run, row, live)
        wanted, missed = _wanted(traced, chosen)
        if chosen.hunks is None and how is undo:
            passed = [hunk.id for hunk in traced.hunks if traced.state(hunk) == "kept"]
            missed = tuple(RunLeft(traced.name(name), "kept") for name in passed if name in wanted)
            wanted -= frozenset(passed)
        outcome = await asyncio.to_thread(how, traced.trace, traced.document, traced.hunks, wanted)
        left = (*(_left_on_wire(traced, one) for one in outcome.left), *missed)
        done = tuple(traced.name(name) for name in outcome.done)
        if not outcome.ops:
            return RunDraftUndone(row.item, live.id, done, left)
        change = Change(traced.head, outcome.ops, kind, attempt.session, attempt.key, CAUSE + run)
        written = await self._writing.commit(principal, live, change)
        return None if written is None else RunDraftUndone(row.item, live.id, done, left, str(written.etag))

    # ---- what a run did

    async def _readable(
        self, principal: Principal, run: str, chosen: RunChosen | None
    ) -> list[tuple[RunDraftRow, LiveDraft]]:
        """The drafts that a run wrote in and the asker may read. Raises `Problem` not_found, unavailable."""
        await self._runs.seen(principal, run)
        async with self._database.acquired() as connection:
            rows = await runs.drafts_of_runs(connection, principal.workspace.id, [run])
        named = None if chosen is None or chosen.hunks is None else {hunk.partition(":")[0] for hunk in chosen.hunks}
        found = []
        for row in rows:
            if chosen is not None and chosen.items is not None and row.item not in chosen.items:
                continue
            if named is not None and row.draft not in named:
                continue
            try:
                found.append((row, await self._opening.current(principal, row.draft, row.item)))
            except Problem as problem:
                if problem.code != "not_found":
                    raise
        return found

    async def _traced(self, run: str, row: RunDraftRow, live: LiveDraft) -> Traced:
        """Raises `Problem` too_old, generation_changed, unavailable."""
        head, document = head_of(live), live.replica.document
        async with self._database.acquired() as connection:
            begun = await store.find_begun(connection, live.workspace, live.id, head.generation, row.writers)
            first = await history.first_batch(connection, live.workspace, live.id, head.generation)
            kept = await store.list_kept(connection, live.workspace, run, live.id, head.generation)
        after = _began_after(begun, first)
        try:
            entries = await self._drafts.history.entries_after(live, after, head.seq)
        except Problem as problem:
            raise Problem("too_old") if problem.code == "base_expired" else problem from problem

        def follow() -> tuple[Trace, list[TracedHunk]]:
            trace = Trace(run, row.writers).follow(entries)
            return trace, hunks_of(trace, document)

        trace, hunks = await asyncio.to_thread(follow)
        decided = frozenset(hunk.id for hunk in hunks if kept.get(hunk.id, -1) >= hunk.last)
        return Traced(live, head, document, trace, hunks, decided)


def _began_after(begun: list[store.Begun], first: int | None) -> int:
    """The seq before a run's first batch. Raises `Problem` too_old, generation_changed."""
    shortened = first is None or first > 1
    for one in begun:
        if shortened and one.no is not None and one.no > 1 and one.first_no == one.no:
            raise Problem("too_old")
    here = [one.seq for one in begun if one.seq is not None]
    if here:
        return min(here) - 1
    gone = shortened and all(one.first_no is None for one in begun)
    raise Problem("too_old" if gone else "generation_changed")


def _wanted(traced: Traced, chosen: RunChosen) -> tuple[frozenset[str], tuple[RunLeft, ...]]:
    """The hunks of a draft that are meant, and those asked for that are not there."""
    if chosen.hunks is None:
        return frozenset(hunk.id for hunk in traced.hunks), ()
    of_mark = {traced.name(".".join(map(str, mark))): hunk.id for hunk in traced.hunks for mark in hunk.marks}
    of_mark |= {traced.name(hunk.id): hunk.id for hunk in traced.hunks}
    here = [name for name in chosen.hunks if name.startswith(traced.live.id + ":")]
    unknown = tuple(RunLeft(name, "unknown") for name in here if name not in of_mark)
    return frozenset(of_mark[name] for name in here if name in of_mark), unknown


def _who(traced: Traced, writers: tuple[int, ...]) -> tuple[ActorInfo, ...]:
    infos = [traced.live.writer_infos[w].actor for w in writers if w in traced.live.writer_infos]
    return tuple({info.id: info for info in infos}.values())


def _left_on_wire(traced: Traced, left: NotUndone) -> RunLeft:
    return RunLeft(traced.name(left.hunk), left.why, left.at, _who(traced, left.by), left.restore)


def _hunk_on_wire(traced: Traced, hunk: TracedHunk) -> RunHunk:
    parts = tuple(
        RunHunkPart(part.start, part.end, part.added, part.removed, part.state, part.waits) for part in hunk.parts
    )
    state: Any = traced.state(hunk)
    inside = traced.name(hunk.inside) if hunk.inside is not None else None
    text = traced.document.get(hunk.at) if hunk.kind == "text" else None
    before, after = before_and_after(hunk, text) if isinstance(text, str) and hunk.lines else (None, None)
    return RunHunk(
        traced.name(hunk.id), hunk.at, hunk.kind, state, hunk.first, hunk.added, hunk.removed, _who(traced, hunk.by),
        hunk.lines, parts, inside, before, after,
    )  # fmt: skip
