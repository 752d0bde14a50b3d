"""An AI session's tools: read, search, edit. See `draftwire.rest.tools` for what they mean.

An edit is resolved at the state that its agent read, and meets what came since by rebasing; only a change in what it
rests on refuses it. A text that is no longer where it was read, because the run itself has written since, is looked for
at the head.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from draftwire.document.address import format as address_of
from draftwire.document.document import Document
from draftwire.document.shape import Place
from draftwire.errors import Problem
from draftwire.rest.history import ChangedBy
from draftwire.rest.tools import (
    Edited,
    InsertText,
    Leaf,
    Outcome,
    Read,
    ReadAnswer,
    Refusal,
    ReplaceLines,
    ToolEdit,
    ToolEdits,
    Where,
)
from draftwire.text.textdiff import lines, offsets
from draftwire.text.units import length
from draftwire_server.core.edits.plan import ALLOCATE
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.etag import Etag
from draftwire_server.core.runs.tooling import Resolved, resolve
from draftwire_server.limits.pages import EDITS_PER_CALL
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.paths import Paths
from draftwire_server.services.agents.run_presence import AgentPresence, Spot, of_lines
from draftwire_server.services.agents.run_writes import AgentWrites, Landed, RunBatch, run_session
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.agents.suggestions import Suggestions
from draftwire_server.services.deploys.diagnoses import Diagnoses
from draftwire_server.services.history.past import DraftPast
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening, may_type, need_type
from draftwire_server.store.agents import runs as run_store
from draftwire_server.store.agents.runs import RunRow
from draftwire_server.store.postgres import Database

RESOLVED_INLINE: Final = 256 * 1024  # bytes of the document times edits; what costs more is resolved beside the loop
LEAVES: Final = 500  # of one document that an answer names
ELSEWHERE: Final = frozenset(("no_match", "overlaps_own_edit", "no_such_place"))


class At(msgspec.Struct, frozen=True):
    """A state of a draft that edits are made for."""

    seq: int
    mark: str
    document: Document


class Tools:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        paths: Paths,
        runs: Runs,
        writes: AgentWrites,
        presence: AgentPresence,
        lookback: DraftPast,
        diagnoses: Diagnoses,
        suggesting: Suggestions,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._paths = paths
        self._runs = runs
        self._writes = writes
        self._presence = presence
        self._lookback = lookback
        self._diagnoses = diagnoses
        self._suggesting = suggesting

    # ---- where

    async def find(self, principal: Principal, run: RunRow, where: Where) -> LiveDraft:
        """The draft that a tool is used on; of a run that suggests, its suggestion for that, which begins with this.

        Raises:
            Problem: not_found, bad_message, mode_forbids.
        """
        live = await self._named(principal, where)
        if run.mode == "apply" or live.facts.purpose == "suggestion":
            return live
        return await self._suggesting.open(principal, live, run)

    async def find_now(self, principal: Principal, run: RunRow, where: Where) -> LiveDraft:
        """The same, with all that was committed before. Raises `Problem` as `find`, and unavailable."""
        return await self._opening.as_now(principal, lambda: self.find(principal, run, where))

    async def _named(self, principal: Principal, where: Where) -> LiveDraft:
        named = [name for name in (where.draft, where.item, where.path) if name is not None]
        if where.draft is not None and where.path is None:
            return await self._opening.by_id(principal, where.draft, where.item or "")
        if len(named) != 1:
            raise Problem("bad_message", "Give a draft, an item or a path.")
        item = where.item if where.item is not None else (await self._paths.find(principal, where.path or "")).item
        return await self._opening.by_item(principal, item, None)

    # ---- reading

    async def read(self, principal: Principal, run: str, asked: Read) -> ReadAnswer:
        """Read a document, what stands at an address, or lines of a text. Raises `Problem`."""
        row = await self._runs.readable(principal, run)
        principal = principal.in_run(run)
        live = await self.find_now(principal, row, asked)
        head, document = head_of(live), live.replica.document
        changes = await self.changes(live, row, head)
        told = _read(live, document, asked)
        async with self._database.acquired() as connection:
            await run_store.note_read(connection, live.workspace, row.id, live.id, head.generation, head.seq)
        lines = (told.first, told.last) if told.first is not None and told.last is not None else None
        self._presence.note(
            principal, run, live, of_lines("reading", told.first, told.last),
            Spot(told.at or None, seq=head.seq, lines=lines), state="viewing",
        )  # fmt: skip
        verdict = may_type(principal, live)
        return msgspec.structs.replace(
            told, etag=str(head), generation=head.generation, seq=head.seq, changes=changes,
            may="type" if verdict == "type" else "look", why=None if verdict == "type" else verdict,
        )  # fmt: skip

    async def changes(self, live: LiveDraft, run: RunRow, head: Etag) -> tuple[ChangedBy, ...]:
        """What others changed in a draft since a run read it last. Raises `Problem` base_expired, unavailable."""
        async with self._database.acquired() as connection:
            last = await run_store.last_read(connection, live.workspace, run.id, live.id)
        if last is None or last.generation != head.generation or last.seq >= head.seq:
            return ()
        entries = await self._drafts.history.entries_after(live, last.seq, live.replica.seq)
        return await self._lookback.by_others(live, entries, run.id)

    # ---- editing

    async def edit(self, principal: Principal, run: str, asked: ToolEdits, key: str | None = None) -> Edited:
        """Edit a draft. Raises `Problem`; where edits stand by themselves, each one's refusal is in the answer."""
        row = await self._runs.own(principal, run)
        if not 0 < len(asked.edits) <= EDITS_PER_CALL:
            raise Problem("bad_message", f"Send 1 to {EDITS_PER_CALL} edits.")
        principal = principal.in_run(run)
        live = await self.find(principal, row, asked)
        need_type(principal, live)
        generation = live.replica.generation
        if asked.generation not in (None, generation):
            raise Problem("generation_changed", detail={"generation": generation})
        of_each = all(edit.read_seq is not None for edit in asked.edits)
        read_seq = live.replica.seq if of_each else await self.read_seq(live, row, asked.read_seq)
        key = key or secrets.token_urlsafe(16)
        if asked.atomic:
            outcomes = await self._together(principal, live, row, asked.edits, read_seq, key)
        else:
            tried = [
                await self._alone(principal, live, row, edit, read_seq, f"{key[:40]}.{index}", index)
                for index, edit in enumerate(asked.edits)
            ]
            outcomes = tuple(tried)
        head = head_of(live)
        await self._show(principal, row, live, outcomes)
        diagnosed = await self._diagnoses.of(principal, live)
        return Edited(
            live.id, live.item.id, str(head), head.generation, head.seq, outcomes,
            await self.changes(live, row, head), diagnosed.diagnostics,
        )  # fmt: skip

    async def _show(self, principal: Principal, run: RunRow, live: LiveDraft, outcomes: Sequence[Outcome]) -> None:
        done = next((each for each in reversed(outcomes) if each.refused is None), None)
        if done is None:
            return
        caret, seq, text = 0, live.replica.seq, live.replica.document.get(done.at)
        if done.last is not None and isinstance(text, str):
            ends = await asyncio.to_thread(lambda: offsets(lines(text)))
            caret = ends[min(done.last, len(ends) - 1)]
        spot = Spot(done.at, caret, seq, (done.first, done.last) if done.first and done.last else None)
        self._presence.note(principal, run.id, live, of_lines("editing", done.first, done.last), spot)

    async def read_seq(self, live: LiveDraft, run: RunRow, asked: int | None) -> int:
        """The state that edits are made for: as they say, or as last read. Raises `Problem` precondition_required."""
        if asked is not None:
            return asked
        async with self._database.acquired() as connection:
            last = await run_store.last_read(connection, live.workspace, run.id, live.id)
        if last is not None and last.generation == live.replica.generation:
            return last.seq
        raise Problem("precondition_required", "Read the draft first, or give read_seq.")

    async def _together(
        self, principal: Principal, live: LiveDraft, run: RunRow, edits: Sequence[ToolEdit], read_seq: int, key: str
    ) -> tuple[Outcome, ...]:
        seqs = {edit.read_seq for edit in edits if edit.read_seq is not None}
        if len(seqs) > 1:
            raise Problem("bad_message", "Atomic edits must all have the same read_seq.")
        landed, resolved = await self._land(principal, live, run, edits, seqs.pop() if seqs else read_seq, key)
        return await asyncio.to_thread(_outcomes, edits, landed, resolved)

    async def _alone(
        self, principal: Principal, live: LiveDraft, run: RunRow, edit: ToolEdit, read_seq: int, key: str, index: int
    ) -> Outcome:
        try:
            seq = edit.read_seq if edit.read_seq is not None else read_seq
            landed, resolved = await self._land(principal, live, run, (edit,), seq, key)
            return (await asyncio.to_thread(_outcomes, (edit,), landed, resolved))[0]
        except Problem as problem:
            if problem.code in ("unavailable", "internal", "run_stopped", "run_ended") and index == 0:
                raise
            return Outcome(edit.at, refused=refusal_of(problem))

    async def _land(
        self, principal: Principal, live: LiveDraft, run: RunRow, edits: Sequence[ToolEdit], read_seq: int, key: str
    ) -> tuple[Landed, Resolved]:
        """Commit edits as one batch, made for what was read, or for the head where the run itself has written since."""
        wait_s = await self._writes.room(live.workspace, run.id, live.id)
        if wait_s:
            raise Problem("too_fast", detail={"retry_after_s": round(wait_s, 3)})
        try:
            return await self._land_at(principal, live, run, edits, await self.at(live, read_seq), key)
        except Problem as problem:
            head = At(live.replica.seq, live.replica.mark, live.replica.document)
            if problem.code not in ELSEWHERE or head.seq == read_seq or not await self._wrote(live, run, read_seq):
                raise
            if any(_counts_lines(edit) for edit in edits):
                raise
            try:
                return await self._land_at(principal, live, run, edits, head, key)
            except Problem as other:
                raise problem if other.code == "no_match" else other from None

    async def _land_at(
        self, principal: Principal, live: LiveDraft, run: RunRow, edits: Sequence[ToolEdit], at: At, key: str
    ) -> tuple[Landed, Resolved]:
        large = len(live.value_json()) * len(edits) > RESOLVED_INLINE
        resolved = await asyncio.to_thread(resolve, at.document, edits) if large else resolve(at.document, edits)
        if not resolved.ops:
            return Landed(at.seq, None, at.document), resolved
        batch = RunBatch(
            live.replica.generation, at.seq, at.mark, resolved.ops, resolved.regions, run_session(run.id, 0), ALLOCATE,
            key,
        )  # fmt: skip
        try:
            return await self._writes.commit(principal, live, run.id, batch), resolved
        except Problem as problem:
            raise await self._writes.explained(live, problem, batch) from None

    async def at(self, live: LiveDraft, seq: int) -> At:
        """A state of the present log. Raises `Problem` base_ahead, base_expired, unavailable."""
        replica = live.replica
        if seq == replica.seq:
            return At(seq, replica.mark, replica.document)
        if seq > replica.seq:
            await self._drafts.up_to_date(live)
            if seq > replica.seq:
                raise Problem("base_ahead", detail={"head": replica.seq})
        mark = await self._drafts.history.mark_at(live, seq)
        return At(seq, mark, await self._drafts.history.document_at(live, seq))

    async def _wrote(self, live: LiveDraft, run: RunRow, after: int) -> bool:
        """Whether the run has written in a draft since a state."""
        own = {w for w, writer in live.replica.writers.items() if writer.run == run.id}
        entries: list[Entry] = await self._drafts.history.entries_after(live, after, live.replica.seq)
        return any(entry.w in own for entry in entries)


def _counts_lines(edit: ToolEdit) -> bool:
    """Whether an edit names lines, which mean something in the state that was read and in no other."""
    return isinstance(edit, ReplaceLines) or (isinstance(edit, InsertText) and edit.line is not None)


def refusal_of(problem: Problem) -> Refusal:
    """A refusal as an answer tells of it."""
    return Refusal(problem.code, problem.message, problem.kind.retry, problem.detail)


def _read(live: LiveDraft, document: Document, asked: Read) -> ReadAnswer:
    at = asked.at or ""
    value = document.get(at) if at else document.value
    if value is None and at:
        raise Problem("no_such_place", detail={"at": at, "leaves": [leaf.at for leaf in leaves_of(document)][:20]})
    told = ReadAnswer(live.id, live.item.id, live.kind.name, "", 0, 0, "look", at=at, path=live.item.path)
    place = document.place(at)
    if place is None or not place.text or not isinstance(value, str):
        if asked.first is not None or asked.last is not None:
            raise Problem("not_text", "Only a text has lines.", detail={"at": at})
        return msgspec.structs.replace(told, value=value, leaves=leaves_of(document) if not at else ())
    parts = lines(value)
    first, last = asked.first or 1, min(asked.last or len(parts), len(parts))
    if first > max(1, len(parts)) or (asked.last is not None and asked.last < first):
        message = f"These lines are outside the text, which has {len(parts)} lines."
        raise Problem("out_of_range", message, detail={"at": at, "lines": len(parts)})
    text = "".join(parts[first - 1 : last])
    return msgspec.structs.replace(told, text=text, first=first, last=last, lines=len(parts))


def leaves_of(document: Document) -> tuple[Leaf, ...]:
    """The text leaves of a document, in its order."""
    found: list[Leaf] = []

    def walk(node: Any, place: Place, element: str, tokens: tuple[str, ...]) -> None:
        if len(found) >= LEAVES:
            return
        if isinstance(node, str):
            if place.text:
                found.append(Leaf(address_of(element, tokens), len(lines(node)), length(node)))
        elif isinstance(node, dict):
            for name, each in node.items():
                walk(each, place.member(name), element, (*tokens, name))
        elif isinstance(node, list) and place.keyed:
            for each in node:
                walk(each, place.element(), each["id"], ())

    walk(document.value, document.shape.root, "", ())
    return tuple(found)


def _outcomes(edits: Sequence[ToolEdit], landed: Landed, resolved: Resolved) -> tuple[Outcome, ...]:
    """Where each edit stands now: the lines that its region has after the batch."""
    document = landed.document or resolved.document
    told = []
    places: dict[str, tuple[int | None, int | None]] = {}  # of a leaf, by all edits of it: its lines are counted once
    for index, edit in enumerate(edits):
        text = document.get(edit.at)
        region = next((r for r in resolved.regions if r.edit == index and r.kind == "text"), None)
        if region is None or not isinstance(text, str) or landed.entry is None:
            told.append(Outcome(edit.at, landed.seq))
            continue
        if edit.at not in places:
            places[edit.at] = _lines_of(landed.entry, edit.at, text)
        told.append(Outcome(edit.at, landed.seq, *places[edit.at]))
    return tuple(told)


def _lines_of(entry: Entry, at: str, text: str) -> tuple[int | None, int | None]:
    """The lines between the first and the last place that a batch changed in a text."""
    start: int | None = None
    end, shift = 0, 0
    for effect in entry.effects:
        op = effect.op
        if op.at != at or not hasattr(op, "s"):
            continue
        shift = 0
        for position, delete, insert in op.s:
            size = length(insert)
            start = position + shift if start is None else min(start, position + shift)
            end = max(end, position + shift + size)
            shift += size - delete
    if start is None:
        return None, None
    ends = offsets(lines(text))
    first = sum(each <= start for each in ends[1:]) + 1
    last = sum(each < end for each in ends[1:]) + 1
    return min(first, len(ends)), max(min(first, len(ends)), min(last, len(ends)))
