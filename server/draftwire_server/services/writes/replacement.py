"""A write that replaces other people's text: what it takes away goes into the stash of who wrote it, and they are told.

The rule is here, for every `Change` with ``replaces_since``: a forced save, a choice for *mine*, a version or another
draft that is brought in over what stands. Whoever may read the draft gets their leaf as it stood; who no longer may
gets what they wrote there themselves. They are told by a `lost_target` alert with both sides.
"""

import time
from typing import Any

import msgspec

from draftwire.document.ops import Insert, Move, Op, Text
from draftwire.errors import Problem
from draftwire.wire.messages import Alert, AlertSide, WriterInfo
from draftwire_server.core.access.access import decide
from draftwire_server.core.edits.clash import touching
from draftwire_server.core.edits.conflict import put_in
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.etag import Etag
from draftwire_server.core.ids import new_id
from draftwire_server.limits import REPLACED_LOOKBACK
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.alerts import AlertSweep, shortened, side_row
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.sharing.sharing import access_of
from draftwire_server.services.writes.attempt import meets
from draftwire_server.services.writes.stash import StashRoom
from draftwire_server.store.access import members
from draftwire_server.store.live import alerts as alert_store
from draftwire_server.store.postgres import Database

NOBODY = -1


class Taken(msgspec.Struct, frozen=True):
    """What is taken from one author. ``stash`` is the id of the entry to be."""

    stash: str
    writer: WriterInfo
    last: Entry  # of theirs, of what is taken
    texts: tuple[dict[str, Any], ...]
    reads: bool  # they may read the draft


class Replacing:
    """See the module."""

    def __init__(self, database: Database, drafts: Drafts, alerts: AlertSweep, room: StashRoom) -> None:
        self._database = database
        self._room = room
        self._drafts = drafts
        self._alerts = alerts

    async def look(self, principal: Principal, live: LiveDraft, ops: tuple[Op, ...], since: int) -> tuple[Taken, ...]:
        """What ops, made for the head, take from others than the asker, of what came after a seq.

        Raises:
            Problem: quota: the stash of who asks is full, so nothing more is put there by writes like this one.
        """
        async with self._database.transaction() as connection:
            await self._room.take(connection, live.workspace, principal.access.user, [])
        replica = live.replica
        document, entries = replica.document, replica.entries
        if replica.seq - replica.first < REPLACED_LOOKBACK and replica.first:
            try:
                after = max(0, replica.seq - REPLACED_LOOKBACK)
                entries = await self._drafts.history.entries_after(live, after, replica.seq)
            except Problem as problem:
                if problem.code != "base_expired":
                    raise
        entries = [entry for entry in entries if entry.seq > since]
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

    async def _may_read(self, live: LiveDraft, user: str) -> bool:
        async with self._database.acquired() as connection:
            member = await members.find_member_by_any(connection, live.workspace, user)
            access = await access_of(connection, live.workspace, member) if member is not None else None
        return access is not None and bool(decide(access, "read_draft", live.resource, time.time()))

    async def tell(self, principal: Principal, live: LiveDraft, taken: tuple[Taken, ...], after: Etag) -> None:
        """What was taken is committed, with its rows: open an alert for each author who may see it."""
        now = time.time()
        for one in taken:
            if not one.reads:
                continue
            theirs = AlertSide(
                actor=one.writer.actor, sid=one.writer.sid, text=shortened(one.texts[0]["mine"]), seq=one.last.seq,
                at=one.last.at, run=one.writer.run,
            )  # fmt: skip
            mine = AlertSide(
                actor=principal.info, sid="", text=shortened(live.replica.document.get(one.texts[0]["at"])),
                seq=after.seq, at=now, run=principal.access.run,
            )  # fmt: skip
            alert = Alert(
                id=new_id(), draft=live.id, kind="lost_target", reason="lost", address=one.texts[0]["at"],
                opened_at=now, seq=after.seq, sides=(theirs, mine), stash=one.stash,
            )  # fmt: skip
            row = alert_store.AlertRow(
                id=alert.id, item=live.item.id, draft=live.id, generation=after.generation, kind=alert.kind,
                reason=alert.reason, address=alert.address, seq=alert.seq, region={},
                sides=tuple(side_row(side) for side in alert.sides), state="open", stash=alert.stash,
                opened_at=now, closed_at=None,
            )  # fmt: skip
            async with self._database.transaction() as connection:
                await alert_store.add_alert(connection, live.workspace, row, principal.info.id)
            self._alerts.opened(live, alert)


def rows_of(live: LiveDraft, taken: tuple[Taken, ...], after: Etag) -> tuple[dict[str, Any], ...]:
    """The stash rows of what a batch that leads to ``after`` takes."""
    return tuple(
        {
            "workspace_id": live.workspace, "id": one.stash, "user_id": one.writer.actor.user,
            "actor_id": one.writer.actor.id, "item_id": live.item.id, "draft_id": live.id,
            "generation": after.generation, "base_seq": after.seq - 1,
            "reason": "overridden" if one.reads else "lost_target", "sid": one.writer.sid, "texts": list(one.texts),
        }
        for one in taken
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
