"""Whole-document saves: the plain autosave of a client without a live connection.

A save becomes ops on the head, through the commit lanes like every edit: the difference if it was made for the head,
a three-way merge if it is stale and clean. Otherwise it is refused with both sides, its text in the stash, and a
`stale_save` alert that the session which lost and the one which is ahead both see. It is committed only on exactly the
head that was looked at; if that moved, everything is looked at anew. An answer to an Idempotency-Key is written with
its effect. See ops-and-sync.md §7.
"""

from typing import Any, Protocol

import msgspec

from draftwire.document.document import Document
from draftwire.document.values import same
from draftwire.errors import Problem
from draftwire.merge.merge import Conflict
from draftwire.rest.drafts import Saved
from draftwire_server.core.edits.whole import same_content
from draftwire_server.core.etag import Etag
from draftwire_server.core.ids import ActorId, new_id, public_session_id
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.alerts import AlertSweep
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening, need_type
from draftwire_server.services.live.parts.edit_queue import RowsBeside
from draftwire_server.services.merge.choices import taken_away
from draftwire_server.services.merge.merge import Merges
from draftwire_server.services.worker.children import TooSlow
from draftwire_server.services.writes.attempt import Attempt, Look, Save, Saver, by_of, came_in, computed
from draftwire_server.services.writes.refusal import Refusals
from draftwire_server.services.writes.stash import StashRoom, refuse_plain_secrets, replaced_row
from draftwire_server.services.writes.write import Change, ExactWrites, Written
from draftwire_server.store.postgres import Database
from draftwire_server.store.writes.idempotency import Answer

_encode = msgspec.json.Encoder().encode


class Registry(Protocol):
    """Who is connected."""

    async def is_live(self, sid: str, live: LiveDraft) -> bool: ...


class Saves:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        writing: ExactWrites,
        alerts: AlertSweep,
        registry: Registry,
        merging: Merges,
        room: StashRoom,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._writing = writing
        self._registry = registry
        self._merging = merging
        self._refusing = Refusals(database, alerts, room)

    async def save(self, principal: Principal, found: LiveDraft, save: Save) -> Answer:
        """Save a whole document in a draft as it was found current. Raises `Problem`; a 409 is an answer."""
        session = save.session or save.fixed_session
        sid = public_session_id(ActorId(principal.info.id), session)
        attempt = Attempt(self._database, principal, save.once)
        saver = Saver(principal, save, session, sid, attempt.key)

        async def look() -> Answer | None:
            live = found
            if not attempt.first or not self._opening.holds(principal, found):
                live = await self._opening.current(principal, found.id, found.item.id)
            answer = None if attempt.first else await attempt.replayed()
            return answer or await self._look(saver, live)

        return await attempt.run(look)

    async def _look(self, saver: Saver, live: LiveDraft) -> Answer | None:
        """Decide against the head as it is; None if it moved before that could be committed."""
        save = saver.save
        need_type(saver.principal, live)
        if await self._registry.is_live(saver.sid, live):
            raise Problem("session_is_live")
        refuse_plain_secrets(live, save.value)
        look = Look(live, head_of(live), live.replica.document, [])
        if save.base.generation != look.at.generation and save.override is None:
            return await self._refusing.refuse(saver, look, Problem("generation_changed"))
        if same_content(live.kind, save.value, look.document.value):
            return await self._unchanged(saver, look)
        if save.override is not None and save.override != look.at:
            return await self._refusing.refuse(saver, look, Problem("override_moved"))
        try:
            await self._find_ops(saver, look)
        except Problem as problem:
            if problem.code not in ("base_expired", "rewound", "base_ahead"):
                raise
            return await self._refusing.refuse(saver, look, problem)
        except TooSlow:
            whole = Conflict("", "value", None, None, None)
            look.conflicts = (whole,)
        stale = look.base is not None and save.override is None
        if stale and (look.conflicts or (look.unseen and not save.may_merge)):
            return await self._refusing.refuse(saver, look, Problem("stale"), alert=bool(look.unseen))
        if not look.ops:
            return await self._unchanged(saver, look)
        return await self._commit(saver, look)

    async def _find_ops(self, saver: Saver, look: Look) -> None:
        """Fill in what a look is for. Raises `Problem`, `TooSlow`."""
        save, live, history, merging = saver.save, look.live, self._drafts.history, self._merging
        if save.override is not None:
            look.ops = (await merging.diff(live.workspace, live.kind, save.value, look.document)).ops
            if save.base.generation == look.at.generation and save.base.seq < look.at.seq:
                look.unseen = await history.entries_after(live, save.base.seq, look.at.seq)
                look.base = look.document
            return
        seq = save.base.seq
        if seq > look.at.seq:
            raise Problem("base_ahead")
        mark = look.at.mark if seq == look.at.seq else await history.mark_at(live, seq)
        if mark != save.base.mark:
            raise Problem("rewound")
        look.unseen = await history.entries_after(live, seq, look.at.seq)
        own = live.replica.numbers.get(saver.sid)
        if save.made_from is not None:  # its own work is in there, also what was merged with others' on its way
            look.unseen = [entry for entry in look.unseen if entry.w != own]
        elif save.session is not None and save.own_seen:  # what it wrote itself, also if the answer was lost
            while look.unseen and look.unseen[0].w == own:
                seq = look.unseen.pop(0).seq
        if not look.unseen and save.made_from is None:
            look.ops = (await merging.diff(live.workspace, live.kind, save.value, look.document)).ops
            return
        if save.made_from is None:
            look.base = await history.document_at(live, seq)
        else:  # what it never showed it did not delete
            look.base = Document.load(save.made_from, live.kind.document_shape)
        outcome = await merging.merge(live.workspace, live.kind, look.base.value, save.value, look.document.value)
        look.ops = outcome.ops
        look.conflicts = tuple(c for c in outcome.conflicts if not computed(look, c.address))

    # ---- effects and answers

    async def _commit(self, saver: Saver, look: Look) -> Answer | None:
        answers: list[Answer] = []

        def along(written: Written) -> RowsBeside:
            answers.append(_saved(saver, look, written.etag, written.document, changed=True))
            return RowsBeside(saver.save.once.rows(saver.principal, answers[-1]), _overridden(saver, look))

        change = Change(look.at, look.ops, "save", saver.session, saver.key, replaces_since=_unseen_since(saver, look))
        if await self._writing.commit(saver.principal, look.live, change, along) is None:
            return None
        await self._refusing.close_alerts(look.live, saver.sid)
        return answers[-1] if answers else None

    async def _unchanged(self, saver: Saver, look: Look) -> Answer | None:
        """Nothing is to be written; None if another request with this key was first."""
        answer = _saved(saver, look, look.at, look.document, changed=False)
        await self._refusing.close_alerts(look.live, saver.sid)
        if saver.save.once.key is None:
            return answer
        async with self._database.transaction() as connection:
            return answer if await saver.save.once.keep(connection, saver.principal, answer) else None


def _saved(saver: Saver, look: Look, at: Etag, document: Document, *, changed: bool) -> Answer:
    merged = look.base is not None and saver.save.override is None
    shown = same(document.value, saver.save.value)
    saved = Saved(
        draft=look.live.id, item=look.live.item.id, etag=str(at), generation=at.generation, seq=at.seq,
        changed=changed, normalized=saver.save.normalized,
        merged=tuple(came_in(look)) if merged else (), value=document.value if merged and not shown else None,
    )  # fmt: skip
    return saver.answer(200, _encode(saved), saved.etag)


def _unseen_since(saver: Saver, look: Look) -> int | None:
    """From where on a forced save replaces what its writer had not seen."""
    if saver.save.override is None:
        return None
    return saver.save.base.seq if saver.save.base.generation == look.at.generation else 0


def _overridden(saver: Saver, look: Look) -> tuple[dict[str, Any], ...]:
    """What a forced save replaces: kept for who replaced it, with whose it may have been."""
    if saver.save.override is None or (look.base is None and saver.save.base.generation == look.at.generation):
        return ()
    own = look.live.replica.numbers.get(saver.sid)
    by = sorted({info.id for entry in look.unseen if entry.w != own for info in by_of(look, [entry])})
    texts = [text | {"by": by} for text in taken_away(look.document, look.ops)]
    if not texts:
        return ()
    after = Etag(look.at.generation, look.at.seq + 1, "")
    row = replaced_row(saver.principal, look.live, after, saver.session, texts, new_id())
    return (row | {"reason": "overridden"},)
