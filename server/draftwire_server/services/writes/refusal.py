"""Saves that are refused: both sides in the answer, the text in the stash, an alert where others' work is in the way.

The session that lost and the one that is ahead both see the alert. One is open per draft and session; its stash entry
holds that session's latest text. Where the author's stash is full the answer has no `stash_id`, and there is no alert.
"""

import time
from typing import Any

from draftwire.errors import Problem
from draftwire.wire.messages import Alert, AlertSide
from draftwire_server.core.ids import derived_id, new_id
from draftwire_server.core.problems import MEDIA_TYPE, problem_body
from draftwire_server.services.live.alerts import AlertSweep, shortened, side_row
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.writes.attempt import Look, Saver, by_of, meets
from draftwire_server.services.writes.stash import StashRoom
from draftwire_server.store.live import alerts as alert_store
from draftwire_server.store.postgres import Database
from draftwire_server.store.writes.idempotency import Answer


class Refusals:
    """See the module."""

    def __init__(self, database: Database, alerts: AlertSweep, room: StashRoom) -> None:
        self._database = database
        self._room = room
        self._alerts = alerts

    async def close_alerts(self, live: LiveDraft, sid: str) -> None:
        """A session's document is saved: that an earlier one was refused is over."""
        for alert in list(live.alerts.values()):
            if alert.kind == "stale_save" and alert.sides[0].sid == sid:
                await self._alerts.end(live, alert.id, "closed")

    async def refuse(self, saver: Saver, look: Look, problem: Problem, *, alert: bool = False) -> Answer:
        """Refuse with both sides, the text in the stash; with an alert if somebody else's work stands against it."""
        live, save, principal = look.live, saver.save, saver.principal
        texts: list[dict[str, Any]] = [{"at": "", "mine": save.value}]
        opened: Alert | None = None
        async with self._database.transaction() as connection:
            await alert_store.lock_session(connection, live.id, saver.sid)
            known = await alert_store.find_stale_save(connection, live.workspace, live.id, saver.sid) if alert else None
            stash: str | None
            if not await self._room.has(connection, live.workspace, principal.access.user, texts):
                stash = None  # the refusal stands, and brings both sides
                alert = False
            elif known is not None and known[1] is not None:
                stash = known[1]
                await alert_store.replace_stash(connection, live.workspace, stash, texts, save.base.seq)
            else:
                stash = new_id() if alert else derived_id("save", live.id, saver.sid, problem.code, str(save.base))
                await alert_store.keep_latest(
                    connection, live.workspace, stash, user=principal.access.user, actor=principal.info.id,
                    item=live.item.id, draft=live.id, generation=save.base.generation, base_seq=save.base.seq,
                    reason=problem.code, sid=saver.sid, texts=texts,
                )  # fmt: skip
                if alert:
                    opened = _alert(saver, look, stash)
                    await alert_store.add_alert(connection, live.workspace, _row(look, opened), principal.info.id)
            problem.detail = _both_sides(saver, look, stash)
            answer = saver.answer(problem.kind.status, problem_body(problem), str(look.at), MEDIA_TYPE)
            if not await save.once.keep(connection, principal, answer):
                raise Problem("busy", "Another request with this Idempotency-Key is being processed. Try again.")
        if opened is not None:
            self._alerts.opened(live, opened)
        return answer


def _both_sides(saver: Saver, look: Look, stash: str | None) -> dict[str, Any]:
    return {
        "mine": saver.save.value,
        "theirs": look.document.value,
        "base": look.base.value if look.base is not None else None,
        "regions": look.conflicts,
        "by": by_of(look, look.unseen),
        "stash_id": stash,
        "etag": str(look.at),
    }


def _alert(saver: Saver, look: Look, stash: str) -> Alert:
    now = time.time()
    first = look.conflicts[0] if look.conflicts else None
    own = look.live.replica.numbers.get(saver.sid)
    foreign = [entry for entry in look.unseen if entry.w != own] or look.unseen
    ahead = foreign[-1]
    for entry in foreign:
        if first is not None and any(meets(effect.op, first.address) for effect in entry.effects):
            ahead = entry
    writer = look.live.writer_infos[ahead.w]
    mine = AlertSide(
        actor=saver.principal.info, sid=saver.sid, text=shortened(first.mine if first else None),
        seq=saver.save.base.seq, at=now, run=saver.principal.access.run,
    )  # fmt: skip
    theirs = AlertSide(
        actor=writer.actor, sid=writer.sid, text=shortened(first.theirs if first else None), seq=ahead.seq,
        at=ahead.at, run=writer.run,
    )  # fmt: skip
    return Alert(
        id=new_id(), draft=look.live.id, kind="stale_save", reason="save", address=first.address if first else "",
        opened_at=now, seq=look.at.seq, sides=(mine, theirs), stash=stash,
    )  # fmt: skip


def _row(look: Look, alert: Alert) -> alert_store.AlertRow:
    return alert_store.AlertRow(
        id=alert.id, item=look.live.item.id, draft=alert.draft, generation=look.at.generation, kind=alert.kind,
        reason=alert.reason, address=alert.address, seq=alert.seq, region={},
        sides=tuple(side_row(side) for side in alert.sides), state="open", stash=alert.stash,
        opened_at=alert.opened_at, closed_at=None,
    )  # fmt: skip
