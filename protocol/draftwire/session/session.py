"""A client's session over all its connections, without I/O and without a clock: messages in, messages and events out.

Owns which drafts and channels are followed, who is where, and the order of what is sent; what happens to one draft is
`DraftChannel`'s. Whoever drives it calls `connected` on a new connection, `receive` for every message, `disconnected`
at its end, `tick` a few times a second, and sends what `take_outgoing` gives after each of these.
"""

from collections.abc import Callable, Iterable, Sequence

import msgspec

from draftwire.document.ops import Op
from draftwire.errors import CloseCode, Problem
from draftwire.session.calls import Calls
from draftwire.session.draft import DraftChannel
from draftwire.session.events import (
    Asked,
    BehindElsewhere,
    ChannelGone,
    DraftOpened,
    EventsCame,
    Failed,
    ItemChanged,
    ItemDeleted,
    PresenceChanged,
    RunHeard,
    ServerError,
    SessionEvent,
    StreamTold,
    TextsStashed,
    Welcomed,
)
from draftwire.session.line import Line, may_pass
from draftwire.session.replica import DraftReplica
from draftwire.wire import messages as m

FOCUS_EVERY_S = 0.1
SEEN_EVERY_S = 1.0


class Session:
    """See the module. ``now`` is any monotonic time in seconds."""

    def __init__(
        self,
        session: str,
        new_key: Callable[[], str],
        *,
        client: str = "draftwire-python",
        run: str | None = None,
        act_for: str | None = None,
        agent: str | None = None,
    ) -> None:
        self.id = session
        self.attempt = 0
        self.resume: str | None = None
        self.visible = True
        self.items: dict[str, m.Item] = {}
        self.presence: dict[str, dict[str, m.PresenceEntry]] = {}  # item → sid → who is there
        self.presence_unknown: set[str] = set()
        self._client = client
        self._run = run
        self._act_for = act_for
        self._agent = agent
        self._line = Line(new_key)
        self.calls = Calls(self._line)
        self._opening: dict[int, DraftChannel] = {}  # asked for, no whole state yet
        self._drafts: dict[str, DraftChannel] = {}
        self._subscribed: dict[str, int | None] = {}
        self._in_hello: set[str] = set()  # channels that this connection's hello asked for
        self._focus_wanted: m.Focus | None = None
        self._focus_last: m.Focus | None = None
        self._focus_at = float("-inf")
        self._seen_at = float("-inf")

    @property
    def welcome(self) -> m.Welcome | None:
        """What the server said last when it let the session in."""
        return self._line.welcome

    @property
    def greeted(self) -> bool:
        """Whether this connection was welcomed."""
        return self._line.greeted

    @property
    def signed_out(self) -> bool:
        """Whether the server does not let this session in as it is."""
        return self._line.signed_out

    # ---- what is followed

    def open(self, *, item: str | None = None, draft: str | None = None, purpose: m.Purpose | None = None) -> int:
        """Follow a draft, named or chosen by the server; the number comes back in `DraftOpened` or `Failed`."""
        ask = m.Open(self._line.ref(), item=item, draft=draft, purpose=purpose)
        self._opening[ask.ref] = DraftChannel(self._line, ask)
        self._line.say(ask)
        return ask.ref

    @property
    def drafts(self) -> list[str]:
        """The ids of the followed drafts."""
        return [draft for draft, channel in self._drafts.items() if channel.replica is not None]

    def draft(self, draft: str) -> DraftReplica | None:
        """The copy of a followed draft."""
        channel = self._drafts.get(draft)
        return channel.replica if channel is not None else None

    def diagnostics(self, draft: str) -> tuple[m.Diagnostic, ...]:
        """What stands in the way of a deploy, as the server said last."""
        channel = self._drafts.get(draft)
        return channel.diagnostics if channel is not None else ()

    def behind(self, draft: str) -> m.Behind | None:
        """Which head a draft is behind, if it is."""
        channel = self._drafts.get(draft)
        return channel.behind if channel is not None else None

    def alerts(self, draft: str) -> list[m.Alert]:
        """The alerts of a draft that are open, oldest first."""
        channel = self._drafts.get(draft)
        return sorted(channel.alerts.values(), key=lambda a: a.opened_at) if channel is not None else []

    def subscribe(self, channel: str) -> None:
        """Follow ``item:<id>`` or ``workspace:<id>``."""
        self._subscribed[channel] = None
        self._line.say(m.Subscribe(self._line.ref(), channel))

    def leave(self, channel: str) -> None:
        """Leave a channel."""
        self._subscribed.pop(channel, None)
        kind, _, name = channel.partition(":")
        if kind == "draft":
            self._drafts.pop(name, None)
        elif kind == "item":
            self._forget_item(name)
        self._line.say(m.Close(channel))

    def _forget_item(self, item: str) -> None:
        self.items.pop(item, None)
        self.presence.pop(item, None)

    # ---- the connection

    def connected(self, token: str | None) -> m.Hello:
        """A connection stands: what to say first."""
        self.attempt += 1
        self._line.greeted = False
        self._line.outgoing.clear()
        self._in_hello = set(self._subscribed)
        haves = [channel.have() for channel in self._drafts.values()]
        return m.Hello(
            session=self.id,
            attempt=self.attempt,
            resume=self.resume,
            token=token,
            client=self._client,
            run=self._run,
            act_for=self._act_for if token is not None else None,
            agent=self._agent,
            drafts=tuple(have for have in haves if have is not None),
            items=tuple(self._names("item")),
            workspaces=tuple(self._names("workspace")),
        )

    def _names(self, kind: str) -> Iterable[str]:
        prefix = kind + ":"
        return [channel.removeprefix(prefix) for channel in self._subscribed if channel.startswith(prefix)]

    def disconnected(self, code: int | None = None) -> list[SessionEvent]:
        """The connection ended: nothing is lost, nothing is saved."""
        self._line.cut()
        if code in (CloseCode.NO_AUTH, CloseCode.FORBIDDEN):
            self._line.signed_out = True
        for channel in (*self._opening.values(), *self._drafts.values()):
            channel.cut()
        for draft in [draft for draft, channel in self._drafts.items() if channel.replica is None]:
            del self._drafts[draft]  # cut in the midst of its first state: it is asked for again
        return self._statuses()

    def take_outgoing(self) -> list[m.ClientMessage]:
        """What is to be sent now, in order."""
        if not self._line.greeted:
            return []
        for channel in self._drafts.values():
            edit = channel.take_edit()
            if edit is not None:
                self._line.outgoing.append(edit)
        return self._line.take()

    def tick(self, now: float) -> list[SessionEvent]:
        """Time passes: retries, caret and seen messages that waited, "saved" that is no longer known."""
        self._line.now = now
        for channel in self._drafts.values():
            channel.tick()
        self._line.tick()
        self._send_focus()
        self._send_seen()
        return self._statuses()

    # ---- what the writer does

    def edit(self, draft: str, ops: Sequence[Op], now: float) -> list[SessionEvent]:
        """Change a draft; its view has it when this returns. Raises `Problem` if the ops don't fit."""
        self._line.now = now
        channel, replica = self._known(draft)
        channel.edit(replica, ops)
        return self._statuses()

    def append(self, piece: m.Append) -> None:
        """Send a piece of a stream, if the server listens; it is not kept for later."""
        self._line.say(piece)

    def bring_back(self, draft: str, now: float) -> list[SessionEvent]:
        """Do what `Rewound` offers, merged with what was written since; where both changed, the stash has it.

        Raises `Problem`, and changes nothing, if the draft can't be typed in or it is too large for an edit.
        """
        self._line.now = now
        channel, replica = self._known(draft)
        changed = channel.bring_back(replica)
        return [*changed, *self._statuses()] if changed else []

    def _known(self, draft: str) -> tuple[DraftChannel, DraftReplica]:
        channel = self._drafts.get(draft)
        if channel is None or channel.replica is None:
            raise Problem("not_found")
        return channel, channel.replica

    def focus(self, where: m.Focus) -> None:
        """Say where this session is, in coordinates of the view; sent at most ten times a second, not while typing."""
        self._focus_wanted = self._focus_last = where
        self._send_focus()

    def dismiss_parked(self, draft: str) -> list[SessionEvent]:
        """The writer has looked at what was parked."""
        channel = self._drafts.get(draft)
        if channel is not None:
            channel.dismiss_parked()
        return self._statuses()

    def _send_focus(self) -> None:
        where = self._focus_wanted
        if where is None or not self._line.greeted or self._line.now - self._focus_at < FOCUS_EVERY_S:
            return
        replica = self.draft(where.draft) if where.draft is not None else None
        if where.draft is not None and (replica is None or not replica.live):
            return
        if replica is not None and replica.has_pending:
            return  # an edit implies its caret; after it, positions count in a seq again
        self._focus_wanted = None
        self._focus_at = self._line.now
        self._line.outgoing.append(where if replica is None else msgspec.structs.replace(where, seq=replica.seq))

    def _send_seen(self) -> None:
        if not self.visible or not self._line.greeted or self._line.now - self._seen_at < SEEN_EVERY_S:
            return
        for channel in self._drafts.values():
            seen = channel.take_seen()
            if seen is not None:
                self._seen_at = self._line.now
                self._line.outgoing.append(seen)

    # ---- what the server says

    def receive(self, message: m.ServerMessage, now: float) -> list[SessionEvent]:
        """Take one message."""
        self._line.now = now
        return [*self._read(message), *self._statuses()]

    def _read(self, message: m.ServerMessage) -> list[SessionEvent]:
        match message:
            case m.Welcome():
                return self._welcomed(message)
            case m.State():
                return self._state(message)
            case m.Presence():
                return self._present(message)
            case m.Item():
                self.items[message.item] = message
                return [ItemChanged(message)]
            case m.Event():
                self._subscribed[f"workspace:{message.workspace}"] = message.number
                return [EventsCame(message.workspace, message.number, message.events)]
            case m.Ask():
                return [Asked(message.ask)]
            case m.Deleted():
                return [ItemDeleted(message)]
            case m.Gone():
                return self._gone(message)
            case m.Parked():
                return self._parked(message)
            case m.Ping():
                self._line.heard_at = self._line.now
                self._line.outgoing.append(m.Pong(message.n))
                return []
            case m.Answer():
                return self.calls.answered(message)
            case m.Streamed():
                return [StreamTold(message)]
            case m.RunTold():
                return [RunHeard(message)]
            case m.Bye():
                return []
            case m.Error():
                return self.calls.refused(message) or self._failed(message.ref, message.code, message.message)
            case _:
                return self._read_of_draft(message)

    def _read_of_draft(
        self,
        message: m.Piece | m.Opened | m.Ops | m.Refused | m.AlertMessage | m.Diagnostics | m.Behind | m.Reset | m.May,
    ) -> list[SessionEvent]:
        channel = self._drafts.get(message.draft)
        if channel is None:  # left meanwhile, or never followed
            return [BehindElsewhere(message)] if isinstance(message, m.Behind) else []
        match message:
            case m.Piece():
                return self._settled(channel.piece(message))
            case m.Opened():
                return channel.opened(message)
            case m.Ops():
                return channel.ops(message)
            case m.Refused():
                return channel.refused(message)
            case m.AlertMessage():
                return channel.alert(message.alert)
            case m.Behind():
                return channel.fell_behind(message)
            case m.Diagnostics():
                return channel.diagnosed(message)
            case m.Reset():
                return channel.reset(message)
            case m.May():
                return channel.may_changed(message)

    def _welcomed(self, message: m.Welcome) -> list[SessionEvent]:
        self.resume = message.resume
        line = self._line
        line.welcome = message
        line.signed_out = False
        line.heard_at = line.now
        if line.greeted:
            return [Welcomed(message)]  # a token was renewed
        line.greeted = True
        line.outgoing += [channel.ask for channel in self._opening.values()]
        for name, after in self._subscribed.items():
            if name not in self._in_hello:
                line.outgoing.append(m.Subscribe(line.ref(), name, after))
        line.park_again()
        self.calls.welcomed()
        for channel in self._drafts.values():
            channel.welcomed()
        if self._focus_wanted is None:
            self._focus_wanted = self._focus_last
        return [Welcomed(message)]

    def _state(self, message: m.State) -> list[SessionEvent]:
        known = self._drafts.get(message.draft)
        if known is None or known.replica is None:  # else there is one copy, with all that is pending in it
            known = self._opening.get(message.ref) or known
        if known is None:
            return []  # left meanwhile
        self._drafts[message.draft] = known
        return self._settled(known.state(message))

    def _settled(self, events: list[SessionEvent]) -> list[SessionEvent]:
        """A state that came whole answers what asked for it."""
        for event in events:
            if isinstance(event, DraftOpened):
                self._opening.pop(event.ref, None)
        return events

    def _parked(self, message: m.Parked) -> list[SessionEvent]:
        draft = self._line.parked(message.ref)
        if draft is None:
            return []
        channel = self._drafts.get(draft)
        if channel is not None:
            channel.parked()
        return [TextsStashed(draft, message.stash)]

    def _gone(self, message: m.Gone) -> list[SessionEvent]:
        events: list[SessionEvent] = [ChannelGone(message.channel, message.code)]
        kind, _, name = message.channel.partition(":")
        channel = self._drafts.get(name) if kind == "draft" else None
        if self._opening.pop(message.ref, None) is not None or (channel is not None and channel.asks(message.ref)):
            events.append(Failed(message.ref, message.code, message.code))
        self._subscribed.pop(message.channel, None)
        if kind == "item":
            self._forget_item(name)
        return events if channel is None else [*events, *channel.ended(message.code)]

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
        if self._line.park_failed(ref, code):
            return [ServerError(code, message)]
        if self._opening.pop(ref, None) is not None:
            return [Failed(ref, code, message)]
        for draft, channel in self._drafts.items():
            if channel.asks(ref) and not may_pass(code):  # else it is asked for again when it does not come
                return [Failed(ref, code, message), ChannelGone(f"draft:{draft}", code), *channel.ended(code)]
        return [ServerError(code, message)]

    # ---- status

    def status(self, draft: str) -> m.Status:
        """What may be said of saving, now."""
        channel = self._drafts.get(draft)
        return "gone" if channel is None else channel.status()

    def _statuses(self) -> list[SessionEvent]:
        return [event for channel in self._drafts.values() for event in channel.status_changed()]
