"""Whole-document saves: the plain autosave of a client without a live connection.

A save becomes ops on the head, through the commit lanes like every edit: the difference if it was made for the head,
a three-way merge if it is stale and clean. Otherwise it is refused with both sides, its text in the stash, and a
`stale_save` alert that the session which lost and the one which is ahead both see. It is committed only on exactly the
head that was looked at; if that moved, everything is looked at anew. An answer to an Idempotency-Key is written with
its effect. See ops-and-sync.md §7.
"""

import secrets
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final, Protocol

import msgspec

from draftwire import address as addresses
from draftwire.document import Document
from draftwire.errors import Problem
from draftwire.merge import Conflict
from draftwire.messages import ActorInfo, Alert, AlertSide
from draftwire.ops import Insert, Move, Op
from draftwire.rest.drafts import CameIn, Saved
from draftwire_server.core.etag import Etag
from draftwire_server.core.ids import ActorId, derived_id, new_id, public_session_id
from draftwire_server.core.problems import MEDIA_TYPE, problem_body
from draftwire_server.core.replica import Entry
from draftwire_server.core.whole import same_content
from draftwire_server.services.alerting import AlertSweep, shortened, side_row
from draftwire_server.services.drafts import Drafts
from draftwire_server.services.identity import Principal
from draftwire_server.services.live import Extras, LiveDraft
from draftwire_server.services.merging import Merging, TooSlow
from draftwire_server.services.opening import may_type
from draftwire_server.services.stash import refuse_plain_secrets
from draftwire_server.services.writing import Change, Writing, Written
from draftwire_server.store import alerts as alert_store
from draftwire_server.store import idempotency
from draftwire_server.store.idempotency import Answer
from draftwire_server.store.postgres import Connection, Database

LOOKS: Final = 8  # a head that moves during so many merges belongs to a stream; the client comes again
ADDRESSES: Final = 100  # of what came in; a list for people

_encode = msgspec.json.Encoder().encode


class Save(msgspec.Struct, frozen=True):
    """What is asked for. ``session`` None: the client named none, and tabs of one token can't be told apart."""

    value: dict[str, Any]
    base: Etag
    session: str | None
    fixed_session: str
    override: Etag | None = None
    may_merge: bool = True
    key: str | None = None  # the Idempotency-Key
    digest: bytes = b""  # of the request, with the key
    normalized: bool = False


class Registry(Protocol):
    """Who is connected."""

    async def is_live(self, sid: str, live: LiveDraft) -> bool: ...


class _Look(msgspec.Struct):
    """One look at the head: everything is decided against this state."""

    live: LiveDraft
    at: Etag
    document: Document
    unseen: list[Entry]  # after the base
    base: Document | None = None  # None: nothing is unseen
    ops: tuple[Op, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


class Saving:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        writing: Writing,
        alerts: AlertSweep,
        registry: Registry,
        merging: Merging,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._writing = writing
        self._alerts = alerts
        self._registry = registry
        self._merging = merging

    async def replayed(self, principal: Principal, key: str | None, digest: bytes) -> Answer | None:
        """The first answer to this request. Raises `Problem` idempotency_reused if the key was another request's."""
        if key is None:
            return None
        async with self._database.acquired() as connection:
            found = await idempotency.find_answer(connection, principal.workspace.id, principal.info.id, key)
        if found is not None and found.digest != digest:
            raise Problem("idempotency_reused")
        return found

    async def save(self, principal: Principal, find: Callable[[], Awaitable[LiveDraft]], save: Save) -> Answer:
        """Save a whole document. ``find`` gives the draft as of now. Raises `Problem`; a 409 is an answer."""
        one = _OneSave(self, principal, save)
        for look in range(LOOKS):
            live = await find()
            answer = await self.replayed(principal, save.key, save.digest) if look else None
            answer = answer or await one.look(live)
            if answer is not None:
                return answer
        raise Problem("busy", "The draft moves on faster than it can be merged; try again.")


class _OneSave:
    """One request on its way."""

    def __init__(self, saving: Saving, principal: Principal, save: Save) -> None:
        self.saving = saving
        self.principal = principal
        self.save = save
        self.key = secrets.token_urlsafe(16)  # of the batch: the same over all looks
        self.session = save.session or save.fixed_session
        self.sid = public_session_id(ActorId(principal.info.id), self.session)
        self.body = b""
        self.headers: dict[str, str] = {}

    async def look(self, live: LiveDraft) -> Answer | None:
        """Decide against the head as it is; None if it moved before that could be committed."""
        save = self.save
        verdict = may_type(self.principal, live)
        if verdict != "type":
            raise Problem(verdict)
        if await self.saving._registry.is_live(self.sid, live):
            raise Problem("session_is_live")
        refuse_plain_secrets(live, save.value)
        replica = live.replica
        look = _Look(live, Etag(replica.generation, replica.seq, replica.mark), replica.document, [])
        if save.base.generation != look.at.generation and save.override is None:
            return await self._refuse(look, Problem("generation_changed"))
        if same_content(live.kind, save.value, look.document.value):
            return await self._unchanged(look)
        if save.override is not None and save.override != look.at:
            return await self._refuse(look, Problem("override_moved"))
        try:
            await self._find_ops(look)
        except Problem as problem:
            if problem.code not in ("base_expired", "rewound", "base_ahead"):
                raise
            return await self._refuse(look, problem)
        except TooSlow:
            whole = Conflict("", "value", None, None, None)
            look.conflicts = (whole,)
        stale = look.base is not None and save.override is None
        if stale and (look.conflicts or not save.may_merge):
            return await self._refuse(look, Problem("stale"), alert=True)
        if not look.ops:
            return await self._unchanged(look)
        return await self._commit(look)

    # ---- what is to be done

    async def _find_ops(self, look: _Look) -> None:
        """Fill in what a look is for. Raises `Problem`, `TooSlow`."""
        save, live, drafts, merging = self.save, look.live, self.saving._drafts, self.saving._merging
        if save.override is not None:
            look.ops = (await merging.diff(live.kind, save.value, look.document)).ops
            if save.base.generation == look.at.generation and save.base.seq < look.at.seq:
                look.unseen = await drafts.history.entries_after(live, save.base.seq, look.at.seq)
                look.base = look.document
            return
        seq = save.base.seq
        if seq > look.at.seq:
            raise Problem("base_ahead")
        mark = look.at.mark if seq == look.at.seq else await drafts.history.mark_at(live, seq)
        if mark != save.base.mark:
            raise Problem("rewound")
        look.unseen = await drafts.history.entries_after(live, seq, look.at.seq)
        if save.session is not None:  # what it wrote itself it has seen, also if the answer was lost
            own = live.replica.numbers.get(self.sid)
            while look.unseen and look.unseen[0].w == own:
                seq = look.unseen.pop(0).seq
        if not look.unseen:
            look.ops = (await merging.diff(live.kind, save.value, look.document)).ops
            return
        look.base = await drafts.history.document_at(live, seq)
        outcome = await merging.merge(live.kind, look.base.value, save.value, look.document.value)
        look.ops = outcome.ops
        look.conflicts = tuple(c for c in outcome.conflicts if not _computed(look, c.address))

    # ---- answers

    def _answer(self, status: int, body: bytes, etag: str, media_type: str = "application/json") -> Answer:
        headers = {"content-type": media_type, "cache-control": "no-store", "etag": f'"{etag}"'}
        return Answer(self.save.digest, status, headers, body)

    def _saved(self, look: _Look, at: Etag, document: Document, *, changed: bool) -> Answer:
        merged = look.base is not None and self.save.override is None
        saved = Saved(
            draft=look.live.id, item=look.live.item.id, etag=str(at), generation=at.generation, seq=at.seq,
            changed=changed, normalized=self.save.normalized,
            merged=tuple(_came_in(look)) if merged else (), value=document.value if merged else None,
        )  # fmt: skip
        return self._answer(200, _encode(saved), saved.etag)

    async def _unchanged(self, look: _Look) -> Answer | None:
        answer = self._saved(look, look.at, look.document, changed=False)
        await self._close_alerts(look.live)
        return await self._kept(answer)

    async def _kept(self, answer: Answer) -> Answer | None:
        """Keep an answer that has no effect; None if another request with this key was first."""
        if self.save.key is None:
            return answer
        async with self.saving._database.transaction() as connection:
            return answer if await self._keep(connection, answer) else None

    async def _keep(self, connection: Connection, answer: Answer) -> bool:
        if self.save.key is None:
            return True
        principal = self.principal
        return await idempotency.keep_answer(
            connection, principal.workspace.id, principal.info.id, self.save.key, answer
        )

    async def _commit(self, look: _Look) -> Answer | None:
        answers: list[Answer] = []

        def along(written: Written) -> Extras:
            answers.append(self._saved(look, written.etag, written.document, changed=True))
            return Extras(self._answer_rows(answers[-1]), self._overridden(look))

        change = Change(look.at, look.ops, "save", self.session, self.key)
        if await self.saving._writing.commit(self.principal, look.live, change, along) is None:
            return None
        await self._close_alerts(look.live)
        return answers[-1] if answers else None

    def _answer_rows(self, answer: Answer) -> tuple[dict[str, Any], ...]:
        if self.save.key is None:
            return ()
        return (
            {
                "principal": self.principal.info.id, "key": self.save.key, "digest": answer.digest,
                "status": answer.status, "headers": _encode(answer.headers).decode(), "body": answer.body,
            },
        )  # fmt: skip

    def _overridden(self, look: _Look) -> tuple[dict[str, Any], ...]:
        """What a forced save replaces: kept for who replaced it, with whose it may have been."""
        if self.save.override is None or look.base is None:
            return ()
        own = look.live.replica.numbers.get(self.sid)
        by = sorted({info.id for entry in look.unseen if entry.w != own for info in _by(look, [entry])})
        texts = []
        for at in dict.fromkeys(op.at for op in look.ops if not isinstance(op, Insert | Move)):
            was = look.document.get(at)
            if was is not None:
                texts.append({"at": at, "mine": was, "by": by})
        if not texts:
            return ()
        return (
            {
                "workspace_id": look.live.workspace, "id": new_id(), "user_id": self.principal.access.user,
                "actor_id": self.principal.info.id, "item_id": look.live.item.id, "draft_id": look.live.id,
                "generation": look.at.generation, "base_seq": look.at.seq, "reason": "overridden",
                "sid": self.sid, "texts": texts,
            },
        )  # fmt: skip

    # ---- refusals

    async def _refuse(self, look: _Look, problem: Problem, *, alert: bool = False) -> Answer | None:
        """Refuse with both sides, the text in the stash; with an alert if somebody else's work stands against it."""
        live, save, principal = look.live, self.save, self.principal
        texts: list[dict[str, Any]] = [{"at": "", "mine": save.value}]
        opened: Alert | None = None
        async with self.saving._database.transaction() as connection:
            await alert_store.lock_session(connection, live.id, self.sid)
            known = await alert_store.find_stale_save(connection, live.workspace, live.id, self.sid) if alert else None
            if known is not None and known[1] is not None:
                stash = known[1]
                await alert_store.replace_stash(connection, live.workspace, stash, texts, save.base.seq)
            else:
                stash = new_id() if alert else derived_id("save", live.id, self.sid, problem.code, str(save.base))
                await alert_store.keep_latest(
                    connection, live.workspace, stash, user=principal.access.user, actor=principal.info.id,
                    item=live.item.id, draft=live.id, generation=save.base.generation, base_seq=save.base.seq,
                    reason=problem.code, sid=self.sid, texts=texts,
                )  # fmt: skip
                if alert:
                    opened = self._alert(look, stash)
                    await alert_store.add_alert(connection, live.workspace, _row(look, opened), principal.info.id)
            problem.detail = self._both_sides(look, stash)
            answer = self._answer(problem.kind.status, problem_body(problem), str(look.at), MEDIA_TYPE)
            if not await self._keep(connection, answer):
                raise Problem("busy", "Another request with this key was first; try again.")
        if opened is not None:
            self.saving._alerts.opened(live, opened)
        return answer

    def _both_sides(self, look: _Look, stash: str) -> dict[str, Any]:
        return {
            "mine": self.save.value,
            "theirs": look.document.value,
            "base": look.base.value if look.base is not None else None,
            "regions": look.conflicts,
            "by": _by(look, look.unseen),
            "stash_id": stash,
            "etag": str(look.at),
        }

    def _alert(self, look: _Look, stash: str) -> Alert:
        now = time.time()
        first = look.conflicts[0] if look.conflicts else None
        own = look.live.replica.numbers.get(self.sid)
        foreign = [entry for entry in look.unseen if entry.w != own] or look.unseen
        ahead = foreign[-1]
        for entry in foreign:
            if first is not None and any(_meets(effect.op, first.address) for effect in entry.effects):
                ahead = entry
        writer = look.live.writer_infos[ahead.w]
        mine = AlertSide(
            actor=self.principal.info, sid=self.sid, text=shortened(first.mine if first else None),
            seq=self.save.base.seq, at=now, run=self.principal.access.run,
        )  # fmt: skip
        theirs = AlertSide(
            actor=writer.actor, sid=writer.sid, text=shortened(first.theirs if first else None), seq=ahead.seq,
            at=ahead.at, run=writer.run,
        )  # fmt: skip
        return Alert(
            id=new_id(), draft=look.live.id, kind="stale_save", reason="save", address=first.address if first else "",
            opened_at=now, seq=look.at.seq, sides=(mine, theirs), stash=stash,
        )  # fmt: skip

    async def _close_alerts(self, live: LiveDraft) -> None:
        """This session's document is saved: that an earlier one was refused is over."""
        for alert in list(live.alerts.values()):
            if alert.kind == "stale_save" and alert.sides[0].sid == self.sid:
                await self.saving._alerts.end(live, alert.id, "closed")


def _row(look: _Look, alert: Alert) -> alert_store.AlertRow:
    return alert_store.AlertRow(
        id=alert.id, item=look.live.item.id, draft=alert.draft, generation=look.at.generation, kind=alert.kind,
        reason=alert.reason, address=alert.address, seq=alert.seq, region={},
        sides=tuple(side_row(side) for side in alert.sides), state="open", stash=alert.stash,
        opened_at=alert.opened_at, closed_at=None,
    )  # fmt: skip


def _by(look: _Look, entries: list[Entry]) -> list[ActorInfo]:
    infos = look.live.writer_infos
    return list({infos[e.w].actor.id: infos[e.w].actor for e in entries if e.w in infos}.values())


def _meets(op: Op, address: str) -> bool:
    return op.at == address or addresses.is_inside(op.at, address) or addresses.is_inside(address, op.at)


def _computed(look: _Look, address: str) -> bool:
    path = look.document.path(address)
    return path is not None and look.live.kind.computed_shape.is_text(path)


def _came_in(look: _Look) -> list[CameIn]:
    """What others wrote since the base, one entry for each run of batches of one actor."""
    found: list[CameIn] = []
    for entry in look.unseen:
        by = tuple(_by(look, [entry]))
        at = tuple(dict.fromkeys(effect.op.at for effect in entry.effects))
        if found and found[-1].by == by:
            last = found.pop()
            at = tuple(dict.fromkeys((*last.addresses, *at)))
            found.append(CameIn(last.seq_from, entry.seq, by, at[:ADDRESSES]))
        else:
            found.append(CameIn(entry.seq, entry.seq, by, at[:ADDRESSES]))
    return found
