"""One draft as a session follows it: asked for, streamed, edited, refused, reset, gone; what may be said of saving it.

Owns the draft's `DraftReplica`, its open alerts and its status; what it says goes through the session's `Line`. What
comes of a stream that was asked for again is dropped until the answer begins: that brings it. `saved` is never said of
something that is parked, nor while the server has been silent for 20 s.
"""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Op, Text
from draftwire.session.events import (
    Acked,
    AlertTold,
    BehindTold,
    Changed,
    Diagnosed,
    DraftOpened,
    Rewound,
    SessionEvent,
    StatusChanged,
    TextsParked,
)
from draftwire.session.line import Line
from draftwire.session.replica import AbsorbedBatch, DraftReplica, Parking, TextChange
from draftwire.session.rewind import Rewind
from draftwire.wire import messages as m

RETRY_AFTER_S = 0.5  # a refusal that may pass: sent again, later and later
RETRY_CAP_S = 5.0
RESEND_AFTER_S = 4.0  # an edit without an answer: sent again unchanged, later and later
RESEND_CAP_S = 30.0
WAITING_AFTER_S = 5.0  # nothing acknowledged for so long, though the server is heard: a person wants to know
REOPEN_AFTER_S = 5.0  # a stream that was asked for and did not come


class _Before(msgspec.Struct, frozen=True):
    """A copy as it was when its log was rewound; ``kept``: what of it went into the stash at once."""

    view: Document
    wrote: bool
    kept: tuple[m.ParkedText, ...]


class DraftChannel:
    """See the module. There is no ``replica`` before the first state has come whole."""

    def __init__(self, line: Line, ask: m.Open) -> None:
        self.ask = ask
        self.replica: DraftReplica | None = None
        self.alerts: dict[str, m.Alert] = {}
        self.diagnostics: tuple[m.Diagnostic, ...] = ()
        self.behind: m.Behind | None = None  # as told last, while the head is another version than the draft's
        self.seen_sent = 0
        self._line = line
        self._asked_at = line.now
        self._asks = False  # an open of this copy is not answered yet
        self._status: m.Status | None = None
        self._trouble: Literal["refused", "conflict"] | None = None
        self._retry_at: float | None = None
        self._retry_after_s = RETRY_AFTER_S
        self._sent_at = 0.0
        self._went_on_at = line.now  # an edit was acknowledged, or a connection began
        self._resend_after_s = RESEND_AFTER_S
        self._pieces: tuple[m.State, list[str]] | None = None
        self._before: _Before | None = None  # until the state comes
        self._rewind: Rewind | None = None  # until it is brought back or dismissed

    @property
    def gone(self) -> bool:
        """Whether it ended for good: the text can still be copied."""
        return self._status == "gone"

    def have(self) -> m.Have | None:
        """What a new connection may go on from."""
        if self.replica is None or self.replica.stopped:
            return None
        return _have(self.replica)

    # ---- the connection

    def welcomed(self) -> None:
        """A connection stands, and its hello has asked for the stream of a copy that can go on."""
        self._asked_at = self._went_on_at = self._line.now
        self._retry_after_s = RETRY_AFTER_S
        if self.replica is not None and self.replica.stopped and not self.gone:
            self._begin(self.replica)

    def cut(self) -> None:
        """The connection ended."""
        self._pieces = None
        self._asks = False  # hello resumes it
        if self.replica is not None:
            self.replica.live = False
            self.replica.unsend()

    def take_edit(self) -> m.Edit | None:
        """The edit to send now."""
        if self._retry_at is not None or self.replica is None:
            return None
        edit = self.replica.take_edit(self._line.new_key, self._line.most_ops)
        if edit is not None:
            self._sent_at = self._line.now
            self.seen_sent = max(self.seen_sent, edit.seen)
        return edit

    def take_seen(self) -> m.Seen | None:
        """What the server does not know yet of what is shown."""
        replica = self.replica
        if replica is None or not replica.live or self.seen_sent >= replica.seq:
            return None
        self.seen_sent = replica.seq
        return m.Seen(replica.id, replica.seq)

    def tick(self) -> None:
        """Time passes: send again what got no answer, ask again for a stream that did not come."""
        replica, now = self.replica, self._line.now
        if replica is None:
            return
        if self._retry_at is not None and now >= self._retry_at:
            self._retry_at = None
            replica.unsend()
        elif replica.inflight is not None and replica.inflight.sent and now - self._sent_at >= self._resend_after_s:
            self._resend_after_s = min(2 * self._resend_after_s, RESEND_CAP_S)
            replica.unsend()
        self._reopen_silent(replica)

    def _reopen_silent(self, replica: DraftReplica) -> None:
        if not self._line.greeted or replica.live or self.gone or self._pieces is not None:
            return
        if self._line.now - self._asked_at >= REOPEN_AFTER_S:
            if replica.stopped:
                self._begin(replica)
            else:
                self._open_again(replica, keeps=True)

    def _open_again(self, replica: DraftReplica, *, keeps: bool) -> None:
        replica.live = False
        replica.unsend()
        self.ask = m.Open(self._line.ref(), item=replica.item, draft=replica.id)
        self._asked_at = self._line.now
        self._asks = True
        self._line.outgoing.append(msgspec.structs.replace(self.ask, have=_have(replica)) if keeps else self.ask)

    def _begin(self, replica: DraftReplica) -> None:
        """Open a draft anew whose copy can't go on, once all of it that was pending is in the stash."""
        if self._line.greeted and not self._line.parks(replica.id):
            self._open_again(replica, keeps=False)

    # ---- what the writer does

    def edit(self, replica: DraftReplica, ops: Sequence[Op]) -> None:
        """Change the view. Raises `Problem`, and changes nothing, if the ops don't fit."""
        replica.edit(ops, self._line.now, self._line.frame_bytes)

    def bring_back(self, replica: DraftReplica) -> list[SessionEvent]:
        """Do what `Rewound` offers, merged with what was written since. Raises `Problem`."""
        if self._rewind is None:
            return []
        merged = self._rewind.onto(replica.view)
        self.edit(replica, merged.ops)
        self._rewind = None
        if merged.clean:
            self._trouble = None
        text = tuple(TextChange(op.at, op.s) for op in merged.ops if isinstance(op, Text))
        return [Changed(replica, replica.seq, None, text, len(text) < len(merged.ops))]

    def dismiss_parked(self) -> None:
        """The writer has looked at what was parked."""
        self._trouble = None
        self._rewind = None

    # ---- what the server says

    def state(self, message: m.State) -> list[SessionEvent]:
        """A whole state, or the head of one that comes in pieces."""
        if message.pieces:
            self._pieces = (message, [])
            return []
        return self._state_with_value(message, message.value)

    def piece(self, message: m.Piece) -> list[SessionEvent]:
        """The next piece of a state; any other is not for this reading."""
        if self._pieces is None or message.i != len(self._pieces[1]):
            return []
        state, parts = self._pieces
        parts.append(message.data)
        if len(parts) < state.pieces:
            return []
        self._pieces = None
        return self._state_with_value(state, msgspec.json.decode("".join(parts).encode()))

    def _state_with_value(self, state: m.State, value: Any) -> list[SessionEvent]:
        self._asks = False
        self.alerts = {alert.id: alert for alert in state.alerts if alert.state == "open"}
        replica = self.replica
        if replica is None or replica.id != state.draft:
            self.replica = DraftReplica(state, value)
            return [DraftOpened(state.ref, self.replica)]
        if state.generation != replica.generation or state.seq < self.seen_sent:
            self.seen_sent = 0
        parked = replica.replace(state, value)
        events: list[SessionEvent] = [DraftOpened(state.ref, replica), Changed(replica, replica.seq, None, (), True)]
        for parking in parked:
            events += self._park(replica, parking)
        return [*events, *self._rewound(replica)]

    def _rewound(self, replica: DraftReplica) -> list[SessionEvent]:
        """The state after a rewind has come: offer back what it lacks, to those who can do something about it."""
        before, self._before = self._before, None
        if before is None:
            return []
        rewind = Rewind(before.view, replica.confirmed)
        if not rewind.ops or (replica.may != "type" and not before.wrote):
            return []
        self._rewind = rewind
        self._trouble = "conflict"
        texts = rewind.texts(before.kept)
        parked = self._park(replica, Parking("rewound", "rewound", replica.seq, texts)) if texts else []
        return [*parked, Rewound(replica, rewind.ops)]

    def opened(self, message: m.Opened) -> list[SessionEvent]:
        """The stream goes on from what this copy has."""
        if self.replica is None:
            return []
        self._asks = False
        self.replica.reopen(message)
        self.alerts = {alert.id: alert for alert in message.alerts if alert.state == "open"}
        return [DraftOpened(message.ref, self.replica)]

    def ops(self, message: m.Ops) -> list[SessionEvent]:
        """Batches of the log."""
        replica = self.replica
        if replica is None or replica.stopped or not replica.live:
            return []  # of a stream that was given up: the one that was asked for brings them again
        absorbed = replica.receive(message, self._line.sid)
        events: list[SessionEvent] = []
        for batch in absorbed.batches:
            events += self._absorbed(replica, batch)
        for parking in absorbed.parked:
            events += self._park(replica, parking)
        if absorbed.out_of_step is not None:
            self._open_again(replica, keeps=absorbed.out_of_step == "gap")
        return _read_once(events)

    def _absorbed(self, replica: DraftReplica, batch: AbsorbedBatch) -> list[SessionEvent]:
        events: list[SessionEvent] = []
        if batch.own:
            self._resend_after_s, self._retry_after_s = RESEND_AFTER_S, RETRY_AFTER_S
            self._went_on_at = self._line.now
            waited_s = 0.0 if batch.typed_at is None else self._line.now - batch.typed_at
            events.append(Acked(replica, batch.seq, batch.w, batch.no, waited_s))
        if batch.change.text or batch.change.structural:
            events.append(Changed(replica, batch.seq, batch.by, batch.change.text, batch.change.structural))
        for alert in batch.alerts:
            events += self.alert(alert)
        return events

    def refused(self, message: m.Refused) -> list[SessionEvent]:
        """The batch in flight was not taken; an answer to an earlier one says nothing."""
        replica = self.replica
        if replica is None or replica.inflight is None or replica.inflight.edit.key != message.key or self.gone:
            return []
        if message.retry:
            self._retry_at = self._line.now + self._retry_after_s
            self._retry_after_s = min(2 * self._retry_after_s, RETRY_CAP_S)
            return []
        match message.code:
            case "op_no_reused" | "op_no_gap" | "own_op_unseen":
                doubts = [event for parking in replica.doubt() for event in self._park(replica, parking)]
                self._retry_at = self._line.now + RETRY_AFTER_S  # what it lacks may be on its way
                self._open_again(replica, keeps=True)
                return doubts
            case "generation_changed" | "rewound":
                reason: Literal["rewound", "discarded"] = "rewound" if message.code == "rewound" else "discarded"
                return self.reset(m.Reset(replica.id, reason, replica.generation))
            case _:
                pass
        parked = replica.refuse(message.code)
        self._trouble = "refused"
        events: list[SessionEvent] = [Changed(replica, replica.seq, None, (), True)]
        for parking in parked:
            events += self._park(replica, parking)
        if message.code == "base_expired":
            self._open_again(replica, keeps=False)
        return events

    def reset(self, message: m.Reset) -> list[SessionEvent]:
        """The copy can't go on: what is pending goes to the stash, then the draft is opened anew."""
        replica = self.replica
        if replica is None or replica.stopped:
            return []
        replica.stopped = True
        replica.live = False
        view, wrote = replica.view, replica.w != 0
        parking = replica.give_up(message.reason, "rewound" if message.reason == "rewound" else "generation_changed")
        if message.reason == "rewound":
            self._before = _Before(view, wrote, parking.texts if parking is not None else ())
            replica.forget_writers()
        events = self._park(replica, parking) if parking is not None else []
        self._begin(replica)
        return events

    def _park(self, replica: DraftReplica, parking: Parking) -> list[SessionEvent]:
        self._line.park(replica.id, replica.generation, parking, replica.item)
        self._trouble = "refused" if parking.reason == "refused" else "conflict"
        return [TextsParked(replica, parking), Changed(replica, replica.seq, None, (), True)]

    def parked(self) -> None:
        """Texts of it are in the stash: a copy that was waiting for that can be begun anew."""
        if self.replica is not None and self.replica.stopped and not self.gone:
            self._begin(self.replica)

    def may_changed(self, message: m.May) -> list[SessionEvent]:
        """A right was given or taken; what is in flight is for the server to decide."""
        replica = self.replica
        if replica is None:
            return []
        replica.may, replica.why = message.may, message.why
        if message.may == "type" or replica.inflight is not None or replica.buffer is None:
            return []
        parking = replica.give_up("refused", message.why or "read_only")
        return [] if parking is None else self._park(replica, parking)

    def asks(self, ref: int) -> bool:
        """Whether ``ref`` is the number under which this copy was asked for again."""
        return self._asks and self.ask.ref == ref

    def ended(self, code: str) -> list[SessionEvent]:
        """It may no longer be seen: what is pending goes to the stash, and all of the text can still be copied."""
        replica = self.replica
        if replica is None or self.gone:
            return []
        parking = replica.unsaved("refused", code)
        replica.live = False
        replica.stopped = True
        replica.may, replica.why = "look", code
        self._asks = False
        self._status = "gone"
        if parking is None:
            return [StatusChanged(replica, "gone")]
        self._line.park(replica.id, replica.generation, parking, replica.item)
        return [TextsParked(replica, parking), StatusChanged(replica, "gone")]

    def alert(self, alert: m.Alert) -> list[SessionEvent]:
        """An alert opened, or is no longer open."""
        if self.replica is None:
            return []
        if alert.state == "open":
            self.alerts[alert.id] = alert
        else:
            self.alerts.pop(alert.id, None)
        return [AlertTold(self.replica, alert)]

    def fell_behind(self, message: m.Behind) -> list[SessionEvent]:
        """Somebody deployed, or the draft has caught up."""
        if self.replica is None:
            return []
        self.replica.base_version, self.replica.head_version = message.base_version, message.head.number
        self.behind = None if message.base_version == message.head.number else message
        return [BehindTold(self.replica, message)]

    def diagnosed(self, message: m.Diagnostics) -> list[SessionEvent]:
        """What stands in the way of a deploy has changed."""
        if self.replica is None:
            return []
        self.diagnostics = message.diagnostics
        return [Diagnosed(self.replica, message.diagnostics)]

    # ---- status

    def status(self) -> m.Status:
        """What may be said of saving, now."""
        replica = self.replica
        if replica is None or self.gone:
            return "gone"
        if self._line.signed_out:
            return "signed_out"
        if self._trouble is not None:
            return self._trouble
        if not self._line.hears:
            return "local" if replica.has_pending else "offline"
        if replica.has_pending:
            since = max(replica.typed_at, self._went_on_at)
            return "waiting" if self._line.now - since >= WAITING_AFTER_S else "saving"
        if not replica.live:
            return "saving"
        return "saved" if replica.may == "type" else "read_only"

    def status_changed(self) -> list[SessionEvent]:
        """Tell the status if it is another than was told last."""
        if self.replica is None or self.gone:
            return []
        status = self.status()
        if status == self._status:
            return []
        self._status = status
        return [StatusChanged(self.replica, status)]


def _read_once(events: list[SessionEvent]) -> list[SessionEvent]:
    """After a change that sends readers to the view, which is the last one already, no more splices."""
    kept: list[SessionEvent] = []
    reads = False
    for event in events:
        if isinstance(event, Changed):
            if reads:
                continue
            reads = event.structural
        kept.append(event)
    return kept


def _have(replica: DraftReplica) -> m.Have:
    return m.Have(replica.id, replica.generation, replica.seq, replica.mark, replica.item)
