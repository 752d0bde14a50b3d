"""Suggestions: drafts that runs write beside the draft they are for, reviewed against that draft as it goes on.

Who may read the draft may read what is suggested for it; only its run writes a suggestion, who may type in the draft
decides. An accepted hunk is committed with the agent as author, in its run, by the rights of who accepts it: it can be
accepted after the run has ended, and is undone with the run. A decision is remembered per hunk.
"""

import asyncio
from typing import Final, Literal, cast

import msgspec

from draftwire.document.document import Document
from draftwire.errors import Problem
from draftwire.rest.suggestions import Deciding, SuggestedHunk, SuggestionDecided, SuggestionPage
from draftwire.rest.suggestions import Suggestion as Told
from draftwire.wire.event_types import EventType
from draftwire_server.core.edits.plan import Author
from draftwire_server.core.etag import Etag, first_mark
from draftwire_server.core.ids import ActorId, new_id, public_session_id
from draftwire_server.core.runs.suggesting import Suggested, Suggestion
from draftwire_server.core.stored import stored_value
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import NO_DRAFT, Opening, may_follow, may_type
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.services.writes.attempt import LOOKS_BETWEEN_KEYS, Attempt
from draftwire_server.services.writes.write import Change, ExactWrites
from draftwire_server.store.agents import runs
from draftwire_server.store.agents import suggestions as store
from draftwire_server.store.agents.runs import RunRow
from draftwire_server.store.events import clock
from draftwire_server.store.items import items, kinds
from draftwire_server.store.postgres import Database

LISTED: Final = 100


class Review(msgspec.Struct, frozen=True):
    """A suggestion beside its draft, at one state of each."""

    row: store.SuggestionRow
    run: RunRow
    target: LiveDraft
    head: Etag
    core: Suggestion
    decisions: dict[str, store.Decision]


class Suggestions:
    """See the module."""

    def __init__(
        self, database: Database, drafts: Drafts, opening: Opening, people: People, writing: ExactWrites, runs: Runs,
        outbox: Outbox,
    ) -> None:  # fmt: skip
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._people = people
        self._writing = writing
        self._runs = runs
        self._outbox = outbox

    # ---- writing

    async def open(self, principal: Principal, live: LiveDraft, run: RunRow) -> LiveDraft:
        """The suggestion of a run for a draft, found or begun on the draft as it is. Raises `Problem` not_found, …"""
        if not may_follow(principal, live) or live.facts.purpose == "suggestion":
            raise Problem("not_found")
        workspace = live.workspace
        async with self._database.acquired() as connection:
            found = await store.find(connection, workspace, live.id, run.id)
        if found is None:
            await self._drafts.up_to_date(live)
            await self._begin(live, run)
            async with self._database.acquired() as connection:
                found = await store.find(connection, workspace, live.id, run.id)
        if found is None:
            raise Problem("not_found")
        return await self._drafts.opened(workspace, found.id)

    async def _begin(self, live: LiveDraft, run: RunRow) -> None:
        head, value, kind, suggestion = head_of(live), live.value_json(), live.kind, new_id()
        async with self._database.transaction() as connection:
            await kinds.keep_shape(connection, live.workspace, kind.shape_id, kind.keyed, kind.text)
            base = await items.load_content_hash(connection, live.workspace, live.item.id, live.base_version)
            mark = first_mark(suggestion, 1, live.base_version, base)
            new = store.NewSuggestion(
                suggestion, live.item.id, live.facts.owner, live.facts.visibility,
                msgspec.to_builtins(live.facts.guests), mark, live.base_version, kind.shape_id, run.id, live.id,
                head.generation, head.seq, value, None,
            )  # fmt: skip
            if not await store.begin(connection, live.workspace, new):
                return
            await clock.append_event(
                connection, live.workspace, "suggestion.begun", actor=run.actor, item=live.item.id, draft=live.id,
                data={"suggestion": suggestion, "run": run.id},
            )  # fmt: skip
        self._outbox.tell(live.workspace)

    # ---- looking

    async def listed(self, principal: Principal, live: LiveDraft) -> SuggestionPage:
        """What is suggested for a draft. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            rows = await store.list_for(connection, live.workspace, live.id, LISTED)
            found = await runs.load_runs(connection, live.workspace, {row.run for row in rows})
        who = await self._people.load(live.workspace, {run.actor for run in found.values()})
        may = may_type(principal, live) == "type"
        return SuggestionPage(
            tuple(
                Told(
                    row.id, row.run, row.item, row.target, str(head_of(live)), row.begun_at, row.changed_at, may,
                    who[found[row.run].actor],
                )
                for row in rows if row.run in found
            )
        )  # fmt: skip

    async def load(self, principal: Principal, suggestion: str) -> Told:
        """One suggestion against its draft as it is. Raises `Problem` not_found, base_expired."""
        review = await self._review(principal, suggestion)
        hunks = await asyncio.to_thread(review.core.hunks)
        row, run = review.row, review.run
        who = await self._people.load(review.target.workspace, {run.actor})
        return Told(
            row.id, run.id, row.item, row.target, str(review.head), row.begun_at, row.changed_at,
            may_type(principal, review.target) == "type", who[run.actor], await self._on_wire(review, hunks),
        )  # fmt: skip

    async def _review(self, principal: Principal, suggestion: str) -> Review:
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            row = await store.load(connection, workspace, suggestion)
            run = await runs.load_run(connection, workspace, suggestion if row is None else row.run)
        # Unknown ones are looked for like those out of sight, and told by the same words.
        target, item = (suggestion, suggestion) if row is None else (row.target, row.item)
        live_target = await self._opening.current(principal, target, item)
        async with self._database.acquired() as connection:
            value = await store.base_value(connection, workspace, suggestion)
            decisions = await store.list_decisions(connection, workspace, suggestion)
        if row is None or run is None or value is None:
            raise Problem("not_found", NO_DRAFT)
        own = await self._drafts.opened(workspace, suggestion)
        await self._drafts.up_to_date(own)
        base = Document.load(stored_value(value), own.kind.document_shape)
        core = Suggestion(base, own.replica.document, live_target.replica.document)
        return Review(row, run, live_target, head_of(live_target), core, decisions)

    # ---- deciding

    async def accept(self, principal: Principal, suggestion: str, asked: Deciding) -> SuggestionDecided:
        """Bring hunks into the draft. Raises `Problem` not_found, read_only, busy."""
        attempt = Attempt(self._database, principal)
        return await attempt.run(lambda: self._accept(attempt, suggestion, asked), LOOKS_BETWEEN_KEYS)

    async def _accept(self, attempt: Attempt, suggestion: str, asked: Deciding) -> SuggestionDecided | None:
        principal = attempt.principal
        review = await self._review(principal, suggestion)
        target, run = review.target, review.run
        verdict = may_type(principal, target)
        if verdict != "type":
            raise Problem(verdict)
        wanted = await self._wanted(review, asked)
        taken = await asyncio.to_thread(review.core.take, wanted)
        left = await self._on_wire(review, taken.left)
        if not taken.ops:
            there = tuple(hunk.id for hunk in taken.left if hunk.why == "there")
            return await self._decided(principal, review, "accepted", there, left, None)
        cause = f"suggestion:{review.row.id}:{run.id}"
        change = Change(review.head, taken.ops, "accept", attempt.session, attempt.key, cause)
        sid = public_session_id(ActorId(run.actor), attempt.session)
        author = Author(run.actor, run.user, attempt.session, sid, run.id, approved_by=principal.info.id)
        written = await self._writing.commit(principal, target, change, author=author)
        if written is None:
            return None
        return await self._decided(principal, review, "accepted", taken.done, left, written.etag)

    async def reject(self, principal: Principal, suggestion: str, asked: Deciding) -> SuggestionDecided:
        """Remember that hunks are not wanted. Raises `Problem` not_found, read_only."""
        review = await self._review(principal, suggestion)
        verdict = may_type(principal, review.target)
        if verdict != "type":
            raise Problem(verdict)
        wanted = await self._wanted(review, asked)
        return await self._decided(principal, review, "rejected", tuple(sorted(wanted)), (), None)

    async def _wanted(self, review: Review, asked: Deciding) -> frozenset[str]:
        named = [asked.hunks is not None, asked.at is not None, asked.all]
        if sum(named) != 1:
            raise Problem("bad_message", "Give exactly one of hunks, at and all.")
        hunks = await asyncio.to_thread(review.core.hunks)
        places = asked.at or ()
        return frozenset(
            hunk.id
            for hunk in hunks
            if (asked.all and hunk.id not in review.decisions)
            or (asked.hunks is not None and hunk.id in asked.hunks and not _accepted(review, hunk))
            or (hunk.at in places and hunk.id not in review.decisions)
        )

    async def _decided(
        self, principal: Principal, review: Review, decision: Literal["accepted", "rejected"], done: tuple[str, ...],
        left: tuple[SuggestedHunk, ...], etag: Etag | None,
    ) -> SuggestionDecided:  # fmt: skip
        row, workspace, actor = review.row, review.target.workspace, principal.info.id
        if done:
            async with self._database.transaction() as connection:
                await store.decide(connection, workspace, row.id, done, decision, etag.seq if etag else None, actor)
                await clock.append_event(
                    connection, workspace, cast(EventType, f"suggestion.{decision}"), actor=actor, item=row.item,
                    draft=row.target, data={"suggestion": row.id, "run": row.run, "hunks": list(done)},
                )  # fmt: skip
            data = {"suggestion": row.id, "hunks": list(done)}
            await self._runs.add_event(workspace, review.run, decision, actor=actor, text=None, data=data)
            self._outbox.tell(workspace)
        return SuggestionDecided(row.id, done, left, str(etag) if etag is not None else None)

    # ---- telling

    async def _on_wire(self, review: Review, hunks: tuple[Suggested, ...]) -> tuple[SuggestedHunk, ...]:
        changed = await self._changed(review) if any(hunk.why == "changed" for hunk in hunks) else {}
        actors = {d.actor for d in review.decisions.values()} | {who for found in changed.values() for who in found}
        who = await self._people.load(review.target.workspace, actors)
        told = []
        for hunk in hunks:
            decision = review.decisions.get(hunk.id)
            by = tuple(who[actor] for actor in sorted(changed.get(hunk.at, ()))) if hunk.why == "changed" else ()
            told.append(
                SuggestedHunk(
                    hunk.id, hunk.at, hunk.kind, decision.decision if decision else "open", hunk.why is None, hunk.old,
                    hunk.new, hunk.why, by, hunk.line, who[decision.actor] if decision else None,
                    decision.at if decision else None, *(hunk.span or (None, None)),
                )
            )  # fmt: skip
        return tuple(told)

    async def _changed(self, review: Review) -> dict[str, set[str]]:
        """Who else changed which places of the draft since the suggestion began; nothing if that is not kept."""
        live, row = review.target, review.row
        if row.generation != review.head.generation:
            return {}
        try:
            entries = await self._drafts.history.entries_after(live, row.seq, review.head.seq)
        except Problem as problem:
            if problem.code != "base_expired":
                raise
            return {}
        found: dict[str, set[str]] = {}
        for entry in entries:
            writer = live.replica.writers.get(entry.w)
            if writer is not None and writer.run != row.run:
                for effect in entry.effects:
                    found.setdefault(effect.op.at, set()).add(writer.actor)
        return found


def _accepted(review: Review, hunk: Suggested) -> bool:
    decision = review.decisions.get(hunk.id)
    return decision is not None and decision.decision == "accepted"
