"""A client's session over all its connections, without I/O and without a clock: messages in, messages and events out.

Owns which drafts and channels are followed, the order of what is sent, and the status that may be shown. Whoever drives
it calls `connected` on a new connection, `receive` for every message, `disconnected` at its end, `tick` a few times a
second, and sends what `take_outgoing` gives after each of these. `saved` is never said of something that is parked, nor
while the server has been silent for 20 s.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal

import msgspec

from draftwire import messages as m
from draftwire.codec import encode
from draftwire.document import Document
from draftwire.errors import CODES, CloseCode, Problem
from draftwire.ops import Op, Text
from draftwire.replica import FRAME_SPARE_BYTES, AbsorbedBatch, DraftReplica, Parking, TextChange
from draftwire.rewind import Rewind
from draftwire.session_events import (
    Acked,
    AlertTold,
    Asked,
    Changed,
    ChannelGone,
    DraftOpened,
    EventsCame,
    Failed,
    ItemChanged,
    PresenceChanged,
    Rewound,
    ServerError,
    SessionEvent,
    StatusChanged,
    TextsParked,
    TextsStashed,
    Welcomed,
)

SILENT_AFTER_S = 20.0  # a "saved" older than this is not known to be true
FOCUS_EVERY_S = 0.1
SEEN_EVERY_S = 1.0
RETRY_AFTER_S = 0.5
RESEND_AFTER_S = 4.0  # an edit without an answer: sent again unchanged, later and later
RESEND_CAP_S = 30.0
PARK_AGAIN_AFTER_S = 1.0
REOPEN_AFTER_S = 5.0  # a stream that was asked for and did not come


class _Before(msgspec.Struct, frozen=True):
    """A copy as it was when its log was rewound; ``kept``: what of it went into the stash at once."""

    view: Document
    wrote: bool
    kept: tuple[m.ParkedText, ...]


class _Followed:
    """A draft that the session follows, or has asked for."""

    def __init__(self, ask: m.Open, now: float) -> None:
        self.ask = ask
        self.replica: DraftReplica | None = None
        self.alerts: dict[str, m.Alert] = {}
        self.status: m.Status | None = None
        self.trouble: Literal["refused", "conflict"] | None = None
        self.retry_at: float | None = None
        self.asked_at = now
        self.sent_at = 0.0
        self.resend_after_s = RESEND_AFTER_S
        self.seen_sent = 0
        self.pieces: tuple[m.State, list[str]] | None = None
        self.before: _Before | None = None  # until the state comes
        self.rewind: Rewind | None = None  # until it is brought back or dismissed


class Session:
    """See the module. ``now`` is any monotonic time in seconds."""

    def __init__(
        self, session: str, new_key: Callable[[], str], *, client: str = "draftwire-python", run: str | None = None
    ) -> None:
        self.id = session
        self.attempt = 0
        self.resume: str | None = None
        self.welcome: m.Welcome | None = None
        self.visible = True
        self.signed_out = False
        self.items: dict[str, m.Item] = {}
        self.presence: dict[str, dict[str, m.PresenceEntry]] = {}  # item → sid → who is there
        self.presence_unknown: set[str] = set()
        self._new_key = new_key
        self._client = client
        self._run = run
        self._greeted = False
        self._next_ref = 1
        self._outgoing: list[m.ClientMessage] = []
        self._opening: dict[int, _Followed] = {}
        self._followed: dict[str, _Followed] = {}
        self._subscribed: dict[str, int | None] = {}
        self._in_hello: set[str] = set()  # channels that this connection's hello asked for
        self._parking: dict[int, m.Park] = {}
        self._heard_at = float("-inf")
        self._now = 0.0
        self._focus_wanted: m.Focus | None = None
        self._focus_last: m.Focus | None = None
        self._focus_at = float("-inf")
        self._seen_at = float("-inf")
        self._retry_parking_at = float("inf")

    # ---- what is followed

    def open(self, *, item: str | None = None, draft: str | None = None, purpose: m.Purpose | None = None) -> int:
        """Follow a draft, named or chosen by the server; the number comes back in `DraftOpened` or `Failed`."""
        ref = self._ref()
        ask = m.Open(ref, item=item, draft=draft, purpose=purpose)
        self._opening[ref] = _Followed(ask, self._now)
        if self._greeted:
            self._outgoing.append(ask)
        return ref

    def draft(self, draft: str) -> DraftReplica | None:
        """The copy of a followed draft."""
        followed = self._followed.get(draft)
        return followed.replica if followed is not None else None

    def alerts(self, draft: str) -> list[m.Alert]:
        """The alerts of a draft that are open, oldest first."""
        followed = self._followed.get(draft)
        return sorted(followed.alerts.values(), key=lambda a: a.opened_at) if followed is not None else []

    def subscribe(self, channel: str) -> None:
        """Follow ``item:<id>`` or ``workspace:<id>``."""
        self._subscribed[channel] = None
        if self._greeted:
            self._outgoing.append(m.Subscribe(self._ref(), channel))

    def leave(self, channel: str) -> None:
        """Leave a channel."""
        self._subscribed.pop(channel, None)
        kind, _, name = channel.partition(":")
        if kind == "draft":
            self._followed.pop(name, None)
        elif kind == "item":
            self.items.pop(name, None)
            self.presence.pop(name, None)
        if self._greeted:
            self._outgoing.append(m.Close(channel))

    def _ref(self) -> int:
        ref = self._next_ref
        self._next_ref += 1
        return ref

    # ---- the connection

    def connected(self, token: str | None) -> m.Hello:
        """A connection stands: what to say first."""
        self.attempt += 1
        self._greeted = False
        self._outgoing.clear()
        self._in_hello = set(self._subscribed)
        replicas = [f.replica for f in self._followed.values() if f.replica is not None and not f.replica.stopped]
        return m.Hello(
            session=self.id,
            attempt=self.attempt,
            resume=self.resume,
            token=token,
            client=self._client,
            run=self._run,
            drafts=tuple(_have(replica) for replica in replicas),
            items=tuple(self._names("item")),
            workspaces=tuple(self._names("workspace")),
        )

    def _names(self, kind: str) -> Iterable[str]:
        prefix = kind + ":"
        return [channel.removeprefix(prefix) for channel in self._subscribed if channel.startswith(prefix)]

    def disconnected(self, code: int | None = None) -> list[SessionEvent]:
        """The connection ended: nothing is lost, nothing is saved."""
        self._greeted = False
        self._outgoing.clear()
        self._heard_at = float("-inf")
        if code in (CloseCode.NO_AUTH, CloseCode.FORBIDDEN):
            self.signed_out = True
        for ref, followed in list(self._opening.items()):
            if followed.replica is not None:
                del self._opening[ref]  # hello resumes it
        for draft, followed in list(self._followed.items()):
            followed.pieces = None
            if followed.replica is not None:
                followed.replica.live = False
                followed.replica.unsend()
            else:  # cut in the middle of its first state
                del self._followed[draft]
                self._opening[followed.ask.ref] = followed
        return self._statuses()

    def take_outgoing(self) -> list[m.ClientMessage]:
        """What is to be sent now, in order."""
        if not self._greeted:
            return []
        for followed in self._followed.values():
            if followed.retry_at is not None or followed.replica is None:
                continue
            edit = followed.replica.take_edit(self._new_key, self._most_ops())
            if edit is not None:
                self._outgoing.append(edit)
                followed.sent_at = self._now
                followed.seen_sent = max(followed.seen_sent, edit.seen)
        outgoing, self._outgoing = self._outgoing, []
        return outgoing

    def tick(self, now: float) -> list[SessionEvent]:
        """Time passes: retries, caret and seen messages that waited, "saved" that is no longer known."""
        self._now = now
        for followed in self._followed.values():
            if followed.retry_at is not None and now >= followed.retry_at:
                followed.retry_at = None
                if followed.replica is not None:
                    followed.replica.unsend()
            else:
                self._resend_unanswered(followed)
        self._reopen_silent()
        if self._greeted and now >= self._retry_parking_at:
            self._retry_parking_at = float("inf")
            self._outgoing += self._parking.values()
        self._send_focus()
        self._send_seen()
        return self._statuses()

    def _resend_unanswered(self, followed: _Followed) -> None:
        replica = followed.replica
        if replica is None or replica.inflight is None or not replica.inflight.sent:
            return
        if self._now - followed.sent_at >= followed.resend_after_s:
            followed.resend_after_s = min(2 * followed.resend_after_s, RESEND_CAP_S)
            replica.unsend()

    def _reopen_silent(self) -> None:
        if not self._greeted:
            return
        for followed in list(self._followed.values()):
            replica = followed.replica
            if replica is None or replica.live or followed.status == "gone" or followed.pieces is not None:
                continue
            if self._now - followed.asked_at < REOPEN_AFTER_S:
                continue
            for ref in [ref for ref, other in self._opening.items() if other is followed]:
                del self._opening[ref]
            if replica.stopped:
                self._begin(followed, replica)
            else:
                self._open_again(followed, replica, keeps=True)

    # ---- what the writer does

    def edit(self, draft: str, ops: Sequence[Op], now: float) -> list[SessionEvent]:
        """Change a draft; its view has it when this returns. Raises `Problem` if the ops don't fit."""
        self._now = now
        followed = self._followed.get(draft)
        if followed is None or followed.replica is None:
            raise Problem("not_found")
        followed.replica.edit(ops, now, self._frame_bytes())
        return self._statuses()

    def bring_back(self, draft: str, now: float) -> list[SessionEvent]:
        """Do what `Rewound` offers, merged with what was written since; where both changed, the stash has it.

        Raises `Problem`, and changes nothing, if the draft can't be typed in or it is too large for an edit.
        """
        self._now = now
        followed = self._followed.get(draft)
        if followed is None or followed.replica is None:
            raise Problem("not_found")
        if followed.rewind is None:
            return []
        replica = followed.replica
        merged = followed.rewind.onto(replica.view)
        replica.edit(merged.ops, now, self._frame_bytes())
        followed.rewind = None
        if merged.clean:
            followed.trouble = None
        text = tuple(TextChange(op.at, op.s) for op in merged.ops if isinstance(op, Text))
        structural = len(text) < len(merged.ops)
        return [Changed(replica, replica.seq, None, text, structural), *self._statuses()]

    def _most_ops(self) -> int | None:
        return self.welcome.limits.get("ops") if self.welcome is not None else None

    def _frame_bytes(self) -> int | None:
        return self.welcome.limits.get("frame_bytes") if self.welcome is not None else None

    def focus(self, where: m.Focus) -> None:
        """Say where this session is, in coordinates of the view; sent at most ten times a second, not while typing."""
        self._focus_wanted = self._focus_last = where
        self._send_focus()

    def dismiss_parked(self, draft: str) -> list[SessionEvent]:
        """The writer has looked at what was parked."""
        followed = self._followed.get(draft)
        if followed is not None:
            followed.trouble = None
            followed.rewind = None
        return self._statuses()

    def _send_focus(self) -> None:
        where = self._focus_wanted
        if where is None or not self._greeted or self._now - self._focus_at < FOCUS_EVERY_S:
            return
        replica = self.draft(where.draft) if where.draft is not None else None
        if where.draft is not None and (replica is None or not replica.live):
            return
        if replica is not None and replica.has_pending:
            return  # an edit implies its caret; after it, positions count in a seq again
        self._focus_wanted = None
        self._focus_at = self._now
        self._outgoing.append(where if replica is None else msgspec.structs.replace(where, seq=replica.seq))

    def _send_seen(self) -> None:
        if not self.visible or not self._greeted or self._now - self._seen_at < SEEN_EVERY_S:
            return
        for followed in self._followed.values():
            replica = followed.replica
            if replica is not None and replica.live and followed.seen_sent < replica.seq:
                followed.seen_sent = replica.seq
                self._seen_at = self._now
                self._outgoing.append(m.Seen(replica.id, replica.seq))

    # ---- what the server says

    def receive(self, message: m.ServerMessage, now: float) -> list[SessionEvent]:
        """Take one message."""
        self._now = now
        return [*self._read(message), *self._statuses()]

    def _read(self, message: m.ServerMessage) -> list[SessionEvent]:
        match message:
            case m.Welcome():
                return self._welcomed(message)
            case m.State():
                return self._state(message)
            case m.Piece():
                return self._piece(message)
            case m.Opened():
                return self._opened(message)
            case m.Ops():
                return self._ops(message)
            case m.Refused():
                return self._refused(message)
            case m.Presence():
                return self._present(message)
            case m.Item():
                self.items[message.item] = message
                return [ItemChanged(message)]
            case m.Event():
                self._subscribed[f"workspace:{message.workspace}"] = message.number
                return [EventsCame(message.workspace, message.number, message.events)]
            case m.AlertMessage():
                return self._alert(message.draft, message.alert)
            case m.Ask():
                return [Asked(message.ask)]
            case m.Reset():
                return self._reset(message)
            case m.Gone():
                return self._gone(message)
            case m.May():
                return self._may_changed(message)
            case m.Parked():
                return self._parked(message)
            case m.Ping():
                self._heard_at = self._now
                self._outgoing.append(m.Pong(message.n))
                return []
            case m.Bye():
                return []
            case m.Error():
                return self._failed(message.ref, message.code, message.message)

    def _welcomed(self, message: m.Welcome) -> list[SessionEvent]:
        self.welcome = message
        self.resume = message.resume
        self.signed_out = False
        self._heard_at = self._now
        if self._greeted:
            return [Welcomed(message)]  # a token was renewed
        self._greeted = True
        for followed in self._followed.values():
            followed.asked_at = self._now
        self._outgoing += [followed.ask for followed in self._opening.values()]
        for channel, after in self._subscribed.items():
            if channel not in self._in_hello:
                self._outgoing.append(m.Subscribe(self._ref(), channel, after))
        self._outgoing += self._parking.values()
        for followed in self._followed.values():
            if followed.replica is not None and followed.replica.stopped and followed.status != "gone":
                self._begin(followed, followed.replica)
        if self._focus_wanted is None:
            self._focus_wanted = self._focus_last
        return [Welcomed(message)]

    def _state(self, message: m.State) -> list[SessionEvent]:
        followed = self._opening.get(message.ref) or self._followed.get(message.draft)
        if followed is None:
            return []  # left meanwhile
        if message.pieces:
            self._opening.pop(message.ref, None)
            self._followed[message.draft] = followed
            followed.pieces = (message, [])
            return []
        return self._state_with_value(followed, message, message.value)

    def _piece(self, message: m.Piece) -> list[SessionEvent]:
        followed = self._followed.get(message.draft)
        if followed is None or followed.pieces is None or message.i != len(followed.pieces[1]):
            return []
        state, parts = followed.pieces
        parts.append(message.data)
        if len(parts) < state.pieces:
            return []
        followed.pieces = None
        return self._state_with_value(followed, state, msgspec.json.decode("".join(parts).encode()))

    def _state_with_value(self, followed: _Followed, state: m.State, value: Any) -> list[SessionEvent]:
        self._opening.pop(state.ref, None)
        known = self._followed.get(state.draft)
        if known is not None and known.replica is not None:
            followed = known  # opened twice: there is one copy, with all that is pending in it
        self._followed[state.draft] = followed
        followed.alerts = {alert.id: alert for alert in state.alerts if alert.state == "open"}
        events: list[SessionEvent] = []
        replica = followed.replica
        if replica is None or replica.id != state.draft:
            replica = followed.replica = DraftReplica(state, value)
        else:
            if state.generation != replica.generation or state.seq < followed.seen_sent:
                followed.seen_sent = 0
            parked = replica.replace(state, value)
            events.append(Changed(replica, replica.seq, None, (), True))
            for parking in parked:
                events += self._park(followed, replica, parking)
            events += self._rewound(followed, replica)
        return [DraftOpened(state.ref, replica), *events]

    def _rewound(self, followed: _Followed, replica: DraftReplica) -> list[SessionEvent]:
        """The state after a rewind has come: offer back what it lacks, to those who can do something about it."""
        before, followed.before = followed.before, None
        if before is None:
            return []
        rewind = Rewind(before.view, replica.confirmed)
        if not rewind.ops or (replica.may != "type" and not before.wrote):
            return []
        followed.rewind = rewind
        followed.trouble = "conflict"
        texts = rewind.texts(before.kept)
        told: list[SessionEvent] = [Rewound(replica, rewind.ops)]
        return (
            [*self._park(followed, replica, Parking("rewound", "rewound", replica.seq, texts)), *told]
            if texts
            else told
        )

    def _opened(self, message: m.Opened) -> list[SessionEvent]:
        followed = self._opening.get(message.ref) or self._followed.get(message.draft)
        if followed is None or followed.replica is None:
            return []
        self._opening.pop(message.ref, None)
        followed.replica.reopen(message)
        followed.alerts.update({alert.id: alert for alert in message.alerts})
        return [DraftOpened(message.ref, followed.replica)]

    def _ops(self, message: m.Ops) -> list[SessionEvent]:
        followed = self._followed.get(message.draft)
        if followed is None or followed.replica is None or followed.replica.stopped:
            return []
        replica = followed.replica
        if not replica.live:
            return []  # of a stream that was given up: the one that was asked for brings them again
        absorbed = replica.receive(message, self.welcome.sid if self.welcome else "")
        events: list[SessionEvent] = []
        for batch in absorbed.batches:
            events += self._absorbed(followed, replica, batch)
        for parking in absorbed.parked:
            events += self._park(followed, replica, parking)
        if absorbed.out_of_step is not None:
            self._open_again(followed, replica, keeps=absorbed.out_of_step == "gap")
        return _read_once(events)

    def _absorbed(self, followed: _Followed, replica: DraftReplica, batch: AbsorbedBatch) -> list[SessionEvent]:
        events: list[SessionEvent] = []
        if batch.own:
            followed.resend_after_s = RESEND_AFTER_S
            waited_s = 0.0 if batch.typed_at is None else self._now - batch.typed_at
            events.append(Acked(replica, batch.seq, batch.w, batch.no, waited_s))
        if batch.change.text or batch.change.structural:
            events.append(Changed(replica, batch.seq, batch.by, batch.change.text, batch.change.structural))
        for alert in batch.alerts:
            events += self._alert(replica.id, alert)
        return events

    def _open_again(self, followed: _Followed, replica: DraftReplica, *, keeps: bool) -> None:
        replica.live = False
        replica.unsend()
        ref = self._ref()
        ask = m.Open(ref, item=replica.item, draft=replica.id)
        followed.ask = ask
        followed.asked_at = self._now
        self._opening[ref] = followed
        self._outgoing.append(msgspec.structs.replace(ask, have=_have(replica)) if keeps else ask)

    def _refused(self, message: m.Refused) -> list[SessionEvent]:
        followed = self._followed.get(message.draft)
        replica = followed.replica if followed is not None else None
        if followed is None or replica is None or replica.inflight is None:
            return []
        if replica.inflight.edit.key != message.key:
            return []
        if message.retry:
            followed.retry_at = self._now + RETRY_AFTER_S
            return []
        match message.code:
            case "op_no_reused" | "op_no_gap" | "own_op_unseen":
                doubts = [event for parking in replica.doubt() for event in self._park(followed, replica, parking)]
                followed.retry_at = self._now + RETRY_AFTER_S  # what it lacks may be on its way
                self._open_again(followed, replica, keeps=True)
                return doubts
            case "generation_changed" | "rewound":
                reason: Literal["rewound", "discarded"] = "rewound" if message.code == "rewound" else "discarded"
                return self._reset(m.Reset(replica.id, reason, replica.generation))
            case _:
                pass
        parked = replica.refuse(message.code)
        followed.trouble = "refused"
        events: list[SessionEvent] = [Changed(replica, replica.seq, None, (), True)]
        for parking in parked:
            events += self._park(followed, replica, parking)
        if message.code == "base_expired":
            self._open_again(followed, replica, keeps=False)
        return events

    def _reset(self, message: m.Reset) -> list[SessionEvent]:
        followed = self._followed.get(message.draft)
        if followed is None or followed.replica is None or followed.replica.stopped:
            return []
        replica = followed.replica
        replica.stopped = True
        replica.live = False
        view, wrote = replica.view, replica.w != 0
        parking = replica.give_up(message.reason, "rewound" if message.reason == "rewound" else "generation_changed")
        if message.reason == "rewound":
            followed.before = _Before(view, wrote, parking.texts if parking is not None else ())
            replica.forget_writers()
        events = self._park(followed, replica, parking) if parking is not None else []
        self._begin(followed, replica)
        return events

    def _begin(self, followed: _Followed, replica: DraftReplica) -> None:
        """Open a draft anew whose copy can't go on, once all of it that was pending is in the stash."""
        if self._greeted and not any(park.draft == replica.id for park in self._parking.values()):
            self._open_again(followed, replica, keeps=False)

    def _park(self, followed: _Followed, replica: DraftReplica, parking: Parking) -> list[SessionEvent]:
        for texts in _portions(parking.texts, self._frame_bytes()):
            ref = self._ref()
            park = m.Park(ref, replica.id, replica.generation, parking.reason, parking.base, texts)
            self._parking[ref] = park
            if self._greeted:
                self._outgoing.append(park)
        followed.trouble = "refused" if parking.reason == "refused" else "conflict"
        return [TextsParked(replica, parking), Changed(replica, replica.seq, None, (), True)]

    def _parked(self, message: m.Parked) -> list[SessionEvent]:
        park = self._parking.pop(message.ref, None)
        if park is None:
            return []
        followed = self._followed.get(park.draft)
        replica = followed.replica if followed is not None else None
        if followed is not None and replica is not None and replica.stopped and followed.status != "gone":
            self._begin(followed, replica)
        return [TextsStashed(park.draft, message.stash)]

    def _may_changed(self, message: m.May) -> list[SessionEvent]:
        followed = self._followed.get(message.draft)
        if followed is None or followed.replica is None:
            return []
        replica = followed.replica
        replica.may, replica.why = message.may, message.why
        if message.may == "type" or replica.inflight is not None or replica.buffer is None:
            return []
        parking = replica.give_up("refused", message.why or "read_only")
        return [] if parking is None else self._park(followed, replica, parking)

    def _gone(self, message: m.Gone) -> list[SessionEvent]:
        events: list[SessionEvent] = [ChannelGone(message.channel, message.code)]
        if self._opening.pop(message.ref, None) is not None:
            events.append(Failed(message.ref, message.code, message.code))
        kind, _, name = message.channel.partition(":")
        self._subscribed.pop(message.channel, None)
        if kind == "item":
            self.items.pop(name, None)
            self.presence.pop(name, None)
        followed = self._followed.get(name) if kind == "draft" else None
        if followed is not None and followed.replica is not None:
            replica = followed.replica
            replica.live = False
            replica.stopped = True
            replica.may, replica.why = "look", message.code
            followed.status = "gone"
            events.append(StatusChanged(replica, "gone"))
        return events

    def _alert(self, draft: str, alert: m.Alert) -> list[SessionEvent]:
        followed = self._followed.get(draft)
        if followed is None or followed.replica is None:
            return []
        if alert.state == "open":
            followed.alerts[alert.id] = alert
        else:
            followed.alerts.pop(alert.id, None)
        return [AlertTold(followed.replica, alert)]

    def _present(self, message: m.Presence) -> list[SessionEvent]:
        here = {} if message.full else self.presence.get(message.item, {})
        self.presence[message.item] = here
        (self.presence_unknown.add if message.unknown else self.presence_unknown.discard)(message.item)
        for sid in message.gone:
            here.pop(sid, None)
        for entry in message.here:
            here[entry.sid] = entry
        return [PresenceChanged(message.item)]

    def _failed(self, ref: int, code: str, message: str) -> list[SessionEvent]:
        known = CODES.get(code)
        later = known is not None and known.retry
        if ref in self._parking:
            if later:
                self._retry_parking_at = self._now + PARK_AGAIN_AFTER_S
            else:
                del self._parking[ref]  # the texts are in `TextsParked`; nothing more can be done from here
            return [ServerError(code, message)]
        followed = self._opening.pop(ref, None)
        if followed is None:
            return [ServerError(code, message)]
        if followed.replica is None:
            return [Failed(ref, code, message)]
        if later:
            return [ServerError(code, message)]  # it is asked for again when it does not come
        return [Failed(ref, code, message), *self._gone(m.Gone(f"draft:{followed.replica.id}", code))]

    # ---- status

    def status(self, draft: str) -> m.Status:
        """What may be said of saving, now."""
        followed = self._followed.get(draft)
        if followed is None or followed.replica is None or followed.status == "gone":
            return "gone"
        replica = followed.replica
        if self.signed_out:
            return "signed_out"
        if followed.trouble is not None:
            return followed.trouble
        if not self._greeted or self._now - self._heard_at > SILENT_AFTER_S:
            return "local" if replica.has_pending else "offline"
        if replica.has_pending or not replica.live:
            return "saving"
        return "saved" if replica.may == "type" else "read_only"

    def _statuses(self) -> list[SessionEvent]:
        events: list[SessionEvent] = []
        for draft, followed in self._followed.items():
            if followed.replica is None or followed.status == "gone":
                continue
            status = self.status(draft)
            if status != followed.status:
                followed.status = status
                events.append(StatusChanged(followed.replica, status))
        return events


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


def _portions(texts: tuple[m.ParkedText, ...], frame_bytes: int | None) -> list[tuple[m.ParkedText, ...]]:
    """Texts as frames can hold them, without their base if need be; what no frame holds is told, not stashed."""
    if frame_bytes is None:
        return [texts]
    room = frame_bytes - FRAME_SPARE_BYTES
    portions: list[list[m.ParkedText]] = []
    size = room
    for text in texts:
        fits = text if len(encode(text)) <= room else m.ParkedText(text.at, text.mine)
        wanted = len(encode(fits)) + 1
        if wanted > room:
            continue
        if size + wanted > room:
            portions.append([])
            size = 0
        portions[-1].append(fits)
        size += wanted
    return [tuple(portion) for portion in portions]


def _have(replica: DraftReplica) -> m.Have:
    return m.Have(replica.id, replica.generation, replica.seq, replica.mark, replica.item)
