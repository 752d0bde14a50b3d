"""What a commit causes beside its ops: alerts that open or go on, texts for the stash, events.

`consequences` looks at a plan before its commit and changes nothing; `take_effect` does once it is won. One open
`overlap` stands per pair of actors and region: the clash widened to whole lines, touching regions being one.
`AlertSweep` closes what is over: what neighbours inserted, and where a person has written since with both texts on
screen. All else waits for a person.
"""

import logging
import time
from collections.abc import Sequence
from typing import Any

import msgspec

from draftwire.document.carry import Range, carry
from draftwire.wire.messages import Alert, AlertMessage, AlertSide
from draftwire_server.bus.bus import Bus
from draftwire_server.core.edits.conflict import Contact, texts_of
from draftwire_server.core.edits.plan import Decided, Plan
from draftwire_server.core.edits.replica import OpenOverlap
from draftwire_server.core.frames import text_frame
from draftwire_server.core.ids import new_id
from draftwire_server.limits.contract import ALERTS_OPEN_PER_DRAFT
from draftwire_server.limits.pages import ALERT_TEXT_CHARS
from draftwire_server.services.access.names import People
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.settings import Settings
from draftwire_server.store.live import alerts as alert_store
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

SENT_CHARS = 64 * 1024  # of an edit that is kept with its alert; what is larger is made again from the log, roughly

_encode = msgspec.json.Encoder().encode


def shortened(value: Any) -> Any:
    """A value as an alert shows it: the whole of what was lost is in the stash."""
    if isinstance(value, str):
        return value if len(value) <= ALERT_TEXT_CHARS else value[:ALERT_TEXT_CHARS] + "…"
    if value is None or isinstance(value, bool | int | float):
        return value
    text = _encode(value).decode()
    return value if len(text) <= ALERT_TEXT_CHARS else text[:ALERT_TEXT_CHARS] + "…"


class Consequences:
    """What one draft's part of a commit causes."""

    def __init__(self) -> None:
        self.alert_rows: tuple[dict[str, Any], ...] = ()
        self.stash_rows: tuple[dict[str, Any], ...] = ()
        self.outbox_rows: tuple[dict[str, Any], ...] = ()
        self.on_wire: dict[int, list[Alert | str]] = {}
        self.opened: list[tuple[Alert, OpenOverlap | None, int]] = []  # with the index of the batch
        self.continued: list[tuple[OpenOverlap, int, float]] = []  # last clash: seq, time
        self.plan: Plan | None = None

    def take_effect(self, live: LiveDraft) -> None:
        """The commit is won: the alerts stand."""
        for known, seq, at in self.continued:
            known.last_seq, known.last_at = max(seq, known.last_seq), max(at, known.last_at)
            known.touched = False  # whatever was written there, this was not seen by it
        for alert, made, index in self.opened:
            if made is not None and made.region is not None and self.plan is not None:
                later = [effect for decided in self.plan.decided[index + 1 :] for effect in decided.entry.effects]
                made.region = carry(made.region, later)
            live.state.alert_opened(alert, made)


_NOTHING = Consequences()


def consequences(
    live: LiveDraft, plan: Plan, people: People, brought: Sequence[tuple[Alert, ...]] = ()
) -> Consequences:
    """Look at what the plan's batches met, and at the alerts that each brings; almost always that is nothing."""
    if not any(brought) and not any(decided.contacts or decided.lost for decided in plan.decided):
        return _NOTHING
    return _Builder(live, plan, people).build(brought)


class _Builder:
    """Works out the consequences of one plan."""

    def __init__(self, live: LiveDraft, plan: Plan, people: People) -> None:
        self.live = live
        self.plan = plan
        self.people = people
        self.made = Consequences()
        self.made.plan = plan
        self.alert_rows: list[dict[str, Any]] = []
        self.stash_rows: list[dict[str, Any]] = []
        self.outbox_rows: list[dict[str, Any]] = []
        # The regions of open overlaps, as they read after the batch that is looked at.
        self.regions: list[tuple[OpenOverlap, Range | None]] = [(o, o.region) for o in live.replica.overlaps]
        self.sources = {
            **{w: (writer.actor, writer.sid, writer.run) for w, writer in live.replica.writers.items()},
            **{writer.w: (writer.actor, writer.sid, writer.run) for writer in plan.writers},
        }

    def build(self, brought: Sequence[tuple[Alert, ...]]) -> Consequences:
        for index, decided in enumerate(self.plan.decided):
            self.regions = [
                (overlap, carry(region, decided.entry.effects) if region is not None else None)
                for overlap, region in self.regions
            ]
            for contact in decided.contacts:
                self._contact(index, decided, contact)
            if decided.lost:
                self._lost(index, decided)
            for alert in brought[index] if brought else ():
                self._open(index, decided, alert, None, alert.stash)
        self.made.alert_rows = tuple(self.alert_rows)
        self.made.stash_rows = tuple(self.stash_rows)
        self.made.outbox_rows = tuple(self.outbox_rows)
        return self.made

    def _time_of(self, contact: Contact, now: float) -> float:
        entries = [*self.live.replica.entries, *(decided.entry for decided in self.plan.decided)]
        return next((entry.at for entry in reversed(entries) if entry.seq == contact.seqs[-1]), now)

    def _contact(self, index: int, decided: Decided, contact: Contact) -> None:
        their_actor, their_sid, their_run = self.sources[contact.w]
        pair = frozenset((decided.author.actor, their_actor))
        if contact.line_from is None:
            region = Range(contact.address)
        else:
            region = Range(contact.address, contact.start, contact.end, start_after=False, end_after=True)
        seq, at = decided.entry.seq, decided.entry.at
        for overlap, known in self.regions:
            if overlap.pair == pair and overlap.fades <= contact.fades and known is not None and _touch(known, region):
                self.made.continued.append((overlap, seq, at))
                wire = self.made.on_wire.setdefault(seq, [])
                if overlap.alert not in wire and not any(isinstance(a, Alert) and a.id == overlap.alert for a in wire):
                    wire.append(overlap.alert)
                return
        if len(self.regions) >= ALERTS_OPEN_PER_DRAFT:
            return
        mine = self._side(decided.author.actor, decided.author.sid, decided.author.run, contact.mine, seq, at)
        theirs = self._side(
            their_actor, their_sid, their_run, contact.theirs, contact.seqs[-1], self._time_of(contact, at)
        )
        alert = Alert(
            id=new_id(),
            draft=self.live.id,
            kind="overlap",
            reason=contact.reason,
            address=contact.address,
            opened_at=at,
            seq=seq,
            sides=(mine, theirs),
            start=contact.start,
            end=contact.end,
            line_from=contact.line_from,
            line_to=contact.line_to,
            fades=contact.fades,
        )
        overlap = OpenOverlap(alert.id, pair, contact.reason, region, seq, seq, at, contact.fades)
        self.regions.append((overlap, region))
        self._open(index, decided, alert, overlap, None)

    def _lost(self, index: int, decided: Decided) -> None:
        entry, author = decided.entry, decided.author
        stash = new_id()
        # Nothing has looked at these for secrets: an op that is lost leads to no place.
        texts = [{"at": lost.address, "mine": self.live.guard.masked(lost.address, lost.mine)} for lost in decided.lost]
        self.stash_rows.append(
            {
                "workspace_id": self.live.workspace, "id": stash, "user_id": author.user, "actor_id": author.actor,
                "item_id": self.live.item.id, "draft_id": self.live.id,
                "generation": self.plan.replica.generation, "base_seq": decided.base, "reason": "lost_target",
                "sid": author.sid, "texts": texts,
            }
        )  # fmt: skip
        first = decided.lost[0]
        mine = self._side(author.actor, author.sid, author.run, texts[0]["mine"], entry.seq, entry.at)
        alert = Alert(
            id=new_id(), draft=self.live.id, kind="lost_target", reason="lost", address=first.address,
            opened_at=entry.at, seq=entry.seq, sides=(mine,), stash=stash,
        )  # fmt: skip
        self._open(index, decided, alert, None, stash)

    def _open(self, index: int, decided: Decided, alert: Alert, overlap: OpenOverlap | None, stash: str | None) -> None:
        self.alert_rows.append(
            {
                "workspace_id": self.live.workspace, "id": alert.id, "item_id": self.live.item.id,
                "draft_id": self.live.id, "generation": self.plan.replica.generation, "kind": alert.kind,
                "reason": alert.reason, "address": alert.address, "seq": alert.seq,
                "region": _region(decided, alert),
                "sides": [side_row(side) for side in alert.sides], "stash_id": stash,
            }
        )  # fmt: skip
        self.outbox_rows.append(
            {
                "workspace_id": self.live.workspace, "type": "alert.opened", "actor_id": decided.author.actor,
                "item_id": self.live.item.id, "draft_id": self.live.id,
                "data": {"alert": alert.id, "kind": alert.kind},
            }
        )  # fmt: skip
        self.made.opened.append((alert, overlap, index))
        self.made.on_wire.setdefault(decided.entry.seq, []).append(alert)

    def _side(self, actor: str, sid: str, run: str | None, text: Any, seq: int, at: float) -> AlertSide:
        return AlertSide(
            actor=self.people.known(self.live.workspace, actor),
            sid=sid,
            text=shortened(text),
            seq=seq,
            at=at,
            run=run,
        )


def _region(decided: Decided, alert: Alert) -> dict[str, Any]:
    """Where an alert is, and what its first side sent there: the log has only what was left of that."""
    region: dict[str, Any] = {
        "start": alert.start, "end": alert.end, "line_from": alert.line_from, "line_to": alert.line_to,
        "fades": alert.fades,
    }  # fmt: skip
    sent = texts_of(decided.sent).get(alert.address, ())
    if alert.line_from is not None and sum(len(insert) for _, _, insert in sent) + len(sent) <= SENT_CHARS:
        region |= {"base": decided.base, "sent": sent}
    return region


def _touch(one: Range, other: Range) -> bool:
    if one.at != other.at:
        return False
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return True
    return one.start <= other.end + 1 and other.start <= one.end + 1


def side_row(side: AlertSide) -> dict[str, Any]:
    """A side as stored: ids only."""
    return {
        "actor": side.actor.id,
        "sid": side.sid,
        "run": side.run,
        "text": side.text,
        "seq": side.seq,
        "at": side.at,
    }


class AlertSweep:
    """Closes overlaps that are over: those that fade 5 s after their last clash, all once both have seen past them."""

    def __init__(self, settings: Settings, database: Database, bus: Bus, drafts: Drafts) -> None:
        self._timings = settings.timings
        self._database = database
        self._bus = bus
        self._drafts = drafts

    async def listen(self) -> None:
        """Hear of alerts that other workers ended."""
        await self._bus.hear("alerts", self._heard)

    async def run_once(self) -> None:
        """Look at every followed draft with open overlaps. Raises `Problem` unavailable."""
        now = time.time()
        over: dict[str, list[tuple[LiveDraft, OpenOverlap]]] = {}
        for live in self._drafts:
            for overlap in live.replica.overlaps:
                faded = overlap.fades and now - overlap.last_at >= self._timings.alert_close_s
                if overlap.touched or faded:
                    over.setdefault(live.workspace, []).append((live, overlap))
        for workspace, candidates in over.items():
            await self._close(workspace, candidates)

    async def _close(self, workspace: str, candidates: list[tuple[LiveDraft, OpenOverlap]]) -> None:
        drafts = {live.id for live, _ in candidates}
        async with self._database.acquired() as connection:
            seen = await logs.read_seen(connection, workspace, list(drafts))
        for live, overlap in candidates:
            if overlap.alert not in live.alerts:
                continue  # another worker has ended it while this one was reading
            if all(self._has_seen(live, actor, overlap, seen) for actor in overlap.pair):
                await self.end(live, overlap.alert, "closed")

    def _has_seen(
        self, live: LiveDraft, actor: str, overlap: OpenOverlap, seen: dict[tuple[str, str], tuple[int, int]]
    ) -> bool:
        kinds = {side.actor.id: side.actor.kind for side in live.alerts[overlap.alert].sides}
        if kinds.get(actor) == "agent":
            return True  # it reads before it writes again
        return seen.get((live.id, actor), (0, 0)) >= (live.replica.generation, overlap.last_seq)

    async def end(
        self, live: LiveDraft, alert: str, state: str, *, resolution: str | None = None, resolver: str | None = None
    ) -> bool:
        """End an alert, tell everybody. False if it was over already. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            ended = await alert_store.end_alerts(
                connection, live.workspace, [alert], state, resolution=resolution, resolver=resolver
            )
        self.ended(live, alert, state)
        self._bus.tell("alerts", live.workspace, _encode([live.id, alert, state]))
        return bool(ended)

    def ended(self, live: LiveDraft, alert: str, state: str) -> None:
        """Tell this worker's readers."""
        known = live.state.alert_ended(alert)
        if known is not None:
            over = msgspec.structs.replace(known, state=msgspec.convert(state, Any), closed_at=time.time())
            live.followers.tell(text_frame(_encode(AlertMessage(live.id, over))))

    def opened(self, live: LiveDraft, alert: Alert) -> None:
        """Tell of an alert that no batch brought: readers here, and the other workers."""
        live.state.take_alert(alert)
        live.followers.tell(text_frame(_encode(AlertMessage(live.id, alert))))
        self._bus.tell("alerts", live.workspace, _encode([live.id, alert.id, "open"]))

    def opened_in(self, workspace: str, alert: Alert) -> None:
        """The same, of a draft that this worker may not have."""
        live = self._drafts.get(workspace, alert.draft)
        if live is not None:
            self.opened(live, alert)
        else:
            self._bus.tell("alerts", workspace, _encode([alert.draft, alert.id, "open"]))

    def _heard(self, workspace: str, data: bytes) -> None:
        try:
            draft, alert, state = msgspec.json.decode(data, type=tuple[str, str, str])
        except msgspec.DecodeError:
            return
        live = self._drafts.get(workspace, draft)
        if live is None:
            return
        if state == "open":
            if alert not in live.alerts:
                self._drafts.fetch_alerts(live)
        elif alert in live.alerts:
            self.ended(live, alert, state)
