"""A write that replaces other people's text: what it takes away goes into the stash of who wrote it, and they are told.

The rule is here, for every `Change` with ``replaces_since``: a forced save, a choice for *mine*, a version or another
draft that is brought in over what stands. Whoever may read the draft gets their leaf as it stood; who no longer may
gets what they wrote there themselves. They are told by a `lost_target` alert with both sides. Text and alert
are written by the statement that takes the text away: there is no moment in which one of them is missing. What has a
transaction of its own (a discard, a deploy over newer versions) leaves them in that, by `Leaving`.
"""

import time
from typing import Any

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Insert, Move, Op, Text
from draftwire.errors import Problem
from draftwire.wire.messages import Alert, AlertSide, WriterInfo
from draftwire_server.core.access.access import decide
from draftwire_server.core.edits.clash import touching
from draftwire_server.core.edits.conflict import put_in
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.etag import Etag
from draftwire_server.core.ids import new_id
from draftwire_server.limits.tuning import REPLACED_LOOKBACK
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.alerts import AlertSweep, shortened, side_row
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.edit_queue import RowsBeside
from draftwire_server.services.sharing.sharing import access_of
from draftwire_server.services.writes.attempt import meets
from draftwire_server.services.writes.stash import StashRoom
from draftwire_server.store.access import members
from draftwire_server.store.live import alerts as alert_store
from draftwire_server.store.postgres import Connection, Database

NOBODY = -1
OVERRIDDEN, LOST = "overridden", "lost_target"  # reasons in the stash: a leaf as it stood; what is left of one's own


class Taken(msgspec.Struct, frozen=True):
    """What is taken from one author. ``stash`` is the id of the entry to be."""

    stash: str
    writer: WriterInfo
    last: Entry  # of theirs, of what is taken
    texts: tuple[dict[str, Any], ...]
    reads: bool  # they may read the draft


class LeftText(msgspec.Struct, frozen=True):
    """A text of one author. ``alert`` is None for who will not see the draft any more; they have the entry."""

    stash: str
    user: str
    actor: str
    sid: str
    item: str
    draft: str
    generation: int  # in which it stood, at ``seq``
    seq: int
    texts: tuple[dict[str, Any], ...]
    reason: str
    alert: Alert | None
    alert_generation: int


class Leaving:
    """Leaves texts that a transaction of its own takes away: what a discard ends, what a deploy replaces.

    The alert stands in a draft that the author may read, in the generation that is or comes next.
    """

    def __init__(self, alerts: AlertSweep) -> None:
        self._alerts = alerts

    async def write(self, connection: Connection, principal: Principal, left: tuple[LeftText, ...]) -> None:
        """Keep the texts and open their alerts, in the transaction that takes the texts away."""
        workspace = principal.workspace.id
        for one in left:
            await alert_store.add_stash(
                connection, workspace, entry=one.stash, user=one.user, actor=one.actor, item=one.item,
                draft=one.draft, generation=one.generation, base_seq=one.seq,
                reason=one.reason, sid=one.sid, texts=list(one.texts),
            )  # fmt: skip
            if one.alert is not None:
                await alert_store.add_alert(connection, workspace, _row(one, one.alert), principal.info.id)

    def tell(self, principal: Principal, left: tuple[LeftText, ...]) -> None:
        """The transaction is over: tell who has the drafts open."""
        for one in left:
            if one.alert is not None:
                self._alerts.opened_in(principal.workspace.id, one.alert)


class Replacements:
    """See the module."""

    def __init__(self, database: Database, drafts: Drafts, alerts: AlertSweep, room: StashRoom) -> None:
        self._database = database
        self._room = room
        self._drafts = drafts
        self.leaving = Leaving(alerts)

    async def look(self, principal: Principal, live: LiveDraft, ops: tuple[Op, ...], since: int) -> tuple[Taken, ...]:
        """What ops, made for the head, take from others than the asker, of what came after a seq.

        Raises:
            Problem: quota: the stash of who asks is full, so nothing more is put there by writes like this one.
        """
        async with self._database.transaction() as connection:
            await self._room.take(connection, live.workspace, principal.access.user, [])
        document = live.replica.document
        entries = [entry for entry in await self._entries(live) if entry.seq > since]
        found: dict[str, dict[str, dict[int, None]]] = {}  # user → address → their writers there
        infos = live.writer_infos
        for op in ops:
            for w in _writers_of(op, entries):
                info = infos.get(w)
                if info is not None and info.actor.user and info.actor.user != principal.access.user:
                    found.setdefault(info.actor.user, {}).setdefault(op.at, {})[w] = None
        taken = []
        for user, places in found.items():
            reads = await self._may_read(live, user)
            all_ws = {w for ws in places.values() for w in ws}
            last = next(entry for entry in reversed(entries) if entry.w in all_ws)
            texts = []
            for at, ws in places.items():
                text = document.get(at) if reads else _own(entries, at, set(ws))
                if text is not None:
                    texts.append({"at": at, "mine": text})
            if texts:
                taken.append(Taken(new_id(), infos[last.w], last, tuple(texts), reads))
        return tuple(taken)

    async def ending(self, principal: Principal, live: LiveDraft, generation: int, seq: int) -> tuple[LeftText, ...]:
        """What ends with a generation at a state, of others than who ends it: all of it for who may read the draft."""
        document, infos = live.replica.document, live.writer_infos
        entries = await self._entries(live)
        users: dict[str, dict[int, None]] = {}
        for entry in entries:
            info = infos.get(entry.w)
            if info is not None and info.actor.user and info.actor.user != principal.access.user:
                users.setdefault(info.actor.user, {})[entry.w] = None
        left = []
        for user, ws in users.items():
            reads = await self._may_read(live, user)
            last = next(entry for entry in reversed(entries) if entry.w in ws)
            texts: tuple[dict[str, Any], ...] = ({"at": "", "mine": document.value},)
            if not reads:
                places = dict.fromkeys(e.op.at for entry in entries if entry.w in ws for e in entry.effects)
                kept = ((at, _own(entries, at, set(ws))) for at in places)
                texts = tuple({"at": at, "mine": text} for at, text in kept if text is not None)
            if texts:
                one = Taken(new_id(), infos[last.w], last, texts, reads)
                stays = reads and live.facts.owner in (None, user)  # guests go with the generation that they came into
                alert = alert_of(principal, live.id, one, 0, None) if stays else None
                left.append(
                    LeftText(
                        one.stash, user, one.writer.actor.id, one.writer.sid, live.item.id, live.id, generation, seq,
                        texts, OVERRIDDEN if reads else LOST, alert, generation + 1,
                    )
                )  # fmt: skip
        return tuple(left)

    async def _entries(self, live: LiveDraft) -> list[Entry]:
        """The batches of a generation that are looked through: the latest, as far back as they are kept."""
        replica = live.replica
        if replica.seq - replica.first < REPLACED_LOOKBACK and replica.first:
            try:
                after = max(0, replica.seq - REPLACED_LOOKBACK)
                return await self._drafts.history.entries_after(live, after, replica.seq)
            except Problem as problem:
                if problem.code != "base_expired":
                    raise
        return replica.entries

    async def _may_read(self, live: LiveDraft, user: str) -> bool:
        async with self._database.acquired() as connection:
            member = await members.find_member_by_any(connection, live.workspace, user)
            access = await access_of(connection, live.workspace, member) if member is not None else None
        return access is not None and bool(decide(access, "read_draft", live.resource, time.time()))


def left_to_authors(
    extras: RowsBeside, principal: Principal, live: LiveDraft, taken: tuple[Taken, ...], after: Etag, document: Document
) -> RowsBeside:
    """What is written with a batch that leads to a state, and what it takes: a text in the stash, and an alert for
    each author who may see that.
    """
    rows = tuple(
        {
            "workspace_id": live.workspace, "id": one.stash, "user_id": one.writer.actor.user,
            "actor_id": one.writer.actor.id, "item_id": live.item.id, "draft_id": live.id,
            "generation": after.generation, "base_seq": after.seq - 1,
            "reason": OVERRIDDEN if one.reads else LOST, "sid": one.writer.sid, "texts": list(one.texts),
        }
        for one in taken
    )  # fmt: skip
    alerts = tuple(alert_of(principal, live.id, one, after.seq, document) for one in taken if one.reads)
    return msgspec.structs.replace(extras, stash=(*extras.stash, *rows), alerts=(*extras.alerts, *alerts))


def alert_of(principal: Principal, draft: str, one: Taken, seq: int, document: Document | None) -> Alert:
    """What an author is told: their text as it stood, and what stands there now by whom, if anything does."""
    now, at = time.time(), one.texts[0]["at"]
    theirs = AlertSide(
        actor=one.writer.actor, sid=one.writer.sid, text=shortened(one.texts[0]["mine"]), seq=one.last.seq,
        at=one.last.at, run=one.writer.run,
    )  # fmt: skip
    stands = document.get(at) if document is not None else None
    mine = AlertSide(principal.info, sid="", text=shortened(stands), seq=seq, at=now, run=principal.access.run)
    return Alert(
        id=new_id(), draft=draft, kind="lost_target", reason="lost", address=at, opened_at=now, seq=seq,
        sides=(theirs, mine), stash=one.stash,
    )  # fmt: skip


def _writers_of(op: Op, entries: list[Entry]) -> set[int]:
    """Whose text an op for the head takes away."""
    if isinstance(op, Insert | Move):
        return set()
    if not isinstance(op, Text):
        return {entry.w for entry in entries if any(meets(effect.op, op.at) for effect in entry.effects)}
    found: set[int] = set()
    for position, delete, _ in op.s:
        if delete:
            found |= touching(op.at, reversed(entries), (position, position + delete), NOBODY)
    return found


def _own(entries: list[Entry], at: str, writers: set[int]) -> object:
    """What some writers put at an address, and nothing of anybody else."""
    parts = [put_in(e) for entry in entries if entry.w in writers for e in entry.effects if e.op.at == at]
    kept = [part for part in parts if part is not None]
    if kept and all(isinstance(part, str) for part in kept):
        return "".join(map(str, kept)) or None
    return kept[-1] if kept else None


def _row(one: LeftText, alert: Alert) -> alert_store.AlertRow:
    return alert_store.AlertRow(
        id=alert.id, item=one.item, draft=one.draft, generation=one.alert_generation, kind=alert.kind,
        reason=alert.reason, address=alert.address, seq=alert.seq, region={},
        sides=tuple(side_row(side) for side in alert.sides), state="open", stash=alert.stash,
        opened_at=alert.opened_at, closed_at=None,
    )  # fmt: skip
