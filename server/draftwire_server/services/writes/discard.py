"""Discarding a draft, and bringing it back.

A discard ends the generation: whoever follows is reset, and an old copy can never merge into what is begun next. Its
text is kept for `DISCARDS_KEPT_DAYS`; brought back, it comes as ops into the draft as it is then, by three-way merge.
"""

from typing import Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest.deploys import BringBack, Discard, Discarded, Rebased
from draftwire_server.core.access.access import writes_at_all
from draftwire_server.core.edits.whole import same_content
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.ids import new_id
from draftwire_server.core.stored import stored_value
from draftwire_server.limits.retention import DISCARDS_KEPT_DAYS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening, may_type, need_type
from draftwire_server.services.live.parts.edit_queue import RowsBeside
from draftwire_server.services.merge.choices import (
    Choices,
    MergeChoices,
    MergeOutcome,
    choices_of,
    hunks_on_wire,
    taken_away,
)
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.services.writes.attempt import Attempt
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.services.writes.replacement import LeftText
from draftwire_server.services.writes.stash import replaced_row
from draftwire_server.services.writes.write import Change, ExactWrites, Written
from draftwire_server.store.deploys import versions
from draftwire_server.store.events import clock
from draftwire_server.store.postgres import Database
from draftwire_server.store.writes import discards
from draftwire_server.store.writes.idempotency import Answer

DAY_S: Final = 86_400.0


class Discards:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        comparing: ComparedValues,
        choosing: MergeChoices,
        writing: ExactWrites,
        outbox: Outbox,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._comparing = comparing
        self._choosing = choosing
        self._writing = writing
        self._outbox = outbox

    async def discard(self, principal: Principal, draft: str, asked: Discard) -> Discarded:
        """End a draft's generation at exactly the state of the etag; of what is gone already that is the answer too.

        Raises:
            Problem: draft_moved, generation_changed, forbidden, not_found.
        """
        etag = parse_etag(asked.etag)
        if etag is None:
            raise Problem("bad_etag", "etag must be a draft's etag.")
        live = await self._opening.current(principal, draft)
        _need_discard(principal, live)
        if etag.generation != live.replica.generation or not live.stands:
            return await self._gone(live, etag)
        if etag != head_of(live):
            raise Problem("draft_moved", detail={"etag": str(head_of(live))})
        value = live.value_json()
        left = await self._left(principal, live, etag)
        async with self._database.transaction() as connection:
            held = await versions.lock_draft(connection, live.workspace, live.id)
            if held is None or held.generation != etag.generation:
                raise Problem("generation_changed")
            if (held.seq, held.mark) != (etag.seq, etag.mark):
                raise Problem("draft_moved", detail={"etag": str(Etag(held.generation, held.seq, held.mark))})
            at = await discards.discard(
                connection, live.workspace, live.id, generation=etag.generation, seq=etag.seq, mark=etag.mark,
                base_version=held.base_version, value=value, actor=principal.info.id,
            )  # fmt: skip
            await clock.append_event(
                connection, live.workspace, "draft.discarded", actor=principal.info.id, item=live.item.id,
                draft=live.id, data={"generation": etag.generation},
            )  # fmt: skip
            await self._writing.replacing.leaving.write(connection, principal, left)
        await self._drafts.up_to_date(live)
        self._writing.replacing.leaving.tell(principal, left)
        self._outbox.tell(live.workspace)
        return Discarded(live.id, live.item.id, etag.generation, at + DISCARDS_KEPT_DAYS * DAY_S)

    async def _left(self, principal: Principal, live: LiveDraft, etag: Etag) -> tuple[LeftText, ...]:
        """What others wrote there and has not gone live: `DISCARDS_KEPT_DAYS` is not for ever, as their stash is."""
        if same_content(live.kind, live.replica.document.value, await self._comparing.base_value(live)):
            return ()
        return await self._writing.replacing.ending(principal, live, etag.generation, etag.seq)

    async def _gone(self, live: LiveDraft, etag: Etag) -> Discarded:
        async with self._database.acquired() as connection:
            row = await discards.find_discard(connection, live.workspace, live.id, etag.generation, DISCARDS_KEPT_DAYS)
        if row is None or live.stands:
            raise Problem("generation_changed")
        return Discarded(live.id, live.item.id, row.generation, row.at + DISCARDS_KEPT_DAYS * DAY_S)

    async def bring_back(self, principal: Principal, draft: str, asked: BringBack, once: Once) -> Answer:
        """Bring a discarded text into the draft as it is now. Raises `Problem` not_found, merge_conflict, read_only."""
        choices = choices_of(asked, "incoming")
        attempt = Attempt(self._database, principal, once)

        async def look() -> Answer | None:
            live = await self._opening.current(principal, draft)
            need_type(principal, live)
            return await attempt.replayed() or await self._look(attempt, live, asked, choices)

        return await attempt.run(look)

    async def _look(self, attempt: Attempt, live: LiveDraft, asked: BringBack, choices: Choices) -> Answer | None:
        """Merge a discarded text into a draft as it is; None if that moved meanwhile."""
        async with self._database.acquired() as connection:
            row = await discards.find_discard(connection, live.workspace, live.id, asked.generation, DISCARDS_KEPT_DAYS)
        if row is None:
            raise Problem("not_found")
        standing, at = live.replica.document, head_of(live)
        base = await self._comparing.version_value(live.workspace, live.item.id, row.base_version)
        value = stored_value(row.value)
        outcome = await self._choosing.bring(live.workspace, live.kind, base, value, standing, choices)
        if outcome.open:
            detail = {
                "draft": live.id, "etag": str(at), "clean": False, "value": outcome.document.value,
                "hunks": hunks_on_wire(outcome.hunks, "incoming"),
            }  # fmt: skip
            raise Problem("merge_conflict", detail=detail)
        made = Rebased(
            draft=live.id, item=live.item.id, etag=str(at), generation=at.generation, seq=at.seq,
            base_version=live.base_version, changed=bool(outcome.ops), value=standing.value,
        )  # fmt: skip
        if not outcome.ops:
            return attempt.once.answer(made, made.etag)
        return await self._bring(attempt, live, outcome, row.generation, made)

    async def _bring(
        self, attempt: Attempt, live: LiveDraft, outcome: MergeOutcome, generation: int, made: Rebased
    ) -> Answer | None:
        """Write what a discarded text changes; what a choice replaces is kept, as ever."""
        principal, once, session = attempt.principal, attempt.once, attempt.session
        texts = taken_away(live.replica.document, outcome.ops) if outcome.hunks else []
        answers: list[Answer] = []

        def along(written: Written) -> RowsBeside:
            stash = new_id() if texts else None
            after = msgspec.structs.replace(
                made, etag=str(written.etag), seq=written.etag.seq, value=written.document.value, stash=stash
            )
            answers.append(once.answer(after, after.etag))
            row = replaced_row(principal, live, written.etag, session, texts, stash) if stash else None
            return RowsBeside(once.rows(principal, answers[-1]), (row,) if row else ())

        cause, since = f"discard:g{generation}", 0 if texts else None
        change = Change(head_of(live), outcome.ops, "restore", session, attempt.key, cause, since)
        if await self._writing.commit(principal, live, change, along) is None or not answers:
            return None
        async with self._database.acquired() as connection:
            await discards.note_brought_back(connection, live.workspace, live.id, generation)
        return answers[-1]


def _need_discard(principal: Principal, live: LiveDraft) -> None:
    """One's own draft always, also when it may no longer be typed in; shared ones who types there, or an admin.

    Who came with a token or key that leaves nothing to write throws nothing away either.
    """
    if not writes_at_all(principal.access):
        raise principal.lacks("write")
    if live.facts.owner is not None and live.facts.owner == principal.access.user:
        return
    if live.facts.purpose == "shared" and may_type(principal, live) == "type":
        return
    if (live.facts.purpose == "shared" or live.facts.abandoned) and principal.may("administer", live.resource):
        return
    raise Problem("forbidden", "Only the draft's owner can discard it.", detail={"missing": "owner"})
