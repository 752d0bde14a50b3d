"""What a client session is told and what it then says, step by step, as plain values that another language can replay.

A step is one call of the session (`do`) and what must be seen after it: the events it gave, and, where they changed,
the status, the view and the ids of the open alerts of the draft. `sent` stands where the session was asked for its
messages.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from draftwire.document.ops import Op
from draftwire.document.values import same
from draftwire.errors import Problem
from draftwire.session import events as s
from draftwire.session.replica import DraftReplica
from draftwire.session.session import Session
from draftwire.wire import messages as m
from draftwire.wire.codec import decode_server

Case = dict[str, Any]


class Recorder:
    """A session that writes down what is done to it; times are whole milliseconds."""

    def __init__(self, name: str, draft: str) -> None:
        self.name = name
        self.draft_id = draft
        self.steps: list[Case] = []
        self.session = Session(name, self._key, client="test")
        self.now_ms = 0
        self.seen: Case = {"status": "gone", "view": None, "alerts": []}
        self.keys = 0

    def _key(self) -> str:
        self.keys += 1
        return f"k{self.keys}"

    def do(self, step: Case, call: Callable[[], Sequence[s.SessionEvent] | None]) -> Sequence[s.SessionEvent]:
        """Make one call and note what can be seen after it."""
        events: Sequence[s.SessionEvent] = ()
        try:
            events = call() or ()
        except Problem as problem:
            step = {**step, "code": problem.code}
        told = [row for row in map(_told, events) if row]
        self.steps.append({**step, **({"events": told} if told else {}), **self._changed()})
        return events

    def _changed(self) -> Case:
        replica = self.session.draft(self.draft_id)
        now = {
            "status": self.session.status(self.draft_id),
            "view": replica.view.value if replica is not None else None,
            "alerts": [alert.id for alert in self.session.alerts(self.draft_id)],
        }
        changed = {name: value for name, value in now.items() if not same(value, self.seen[name])}
        self.seen = now
        return changed

    @property
    def _now(self) -> float:
        return self.now_ms / 1000

    # ---- the calls of a session

    def open(self, **what: Any) -> None:
        self.do({"do": "open", "what": what}, lambda: self._open(what))

    def _open(self, what: Case) -> None:
        self.session.open(**what)

    def connect(self) -> m.Hello:
        hello: list[m.Hello] = []
        self.do({"do": "connect"}, lambda: hello.append(self.session.connected("token")))
        self.steps[-1]["sent"] = [msgspec.to_builtins(hello[0])]
        return hello[0]

    def cut(self, code: int = 1006) -> Sequence[s.SessionEvent]:
        return self.do({"do": "cut", "code_of_close": code}, lambda: self.session.disconnected(code))

    def take(self, message: Case) -> Sequence[s.SessionEvent]:
        read = decode_server(msgspec.json.encode(message))
        return self.do({"do": "take", "message": message}, lambda: self.session.receive(read, self._now))

    def edit(self, *ops: Op) -> Sequence[s.SessionEvent]:
        step = {"do": "edit", "ops": msgspec.to_builtins(ops)}
        return self.do(step, lambda: self.session.edit(self.draft_id, ops, self._now))

    def tick(self, ms: int) -> Sequence[s.SessionEvent]:
        self.now_ms += ms
        return self.do({"do": "tick", "ms": ms}, lambda: self.session.tick(self._now))

    def bring_back(self) -> None:
        self.do({"do": "bring_back"}, lambda: self.session.bring_back(self.draft_id, self._now))

    def dismiss(self) -> None:
        self.do({"do": "dismiss"}, lambda: self.session.dismiss_parked(self.draft_id))

    def focus(self, **where: Any) -> None:
        self.do({"do": "focus", "where": where}, lambda: self.session.focus(m.Focus(**where)))

    def subscribe(self, channel: str) -> None:
        self.do({"do": "subscribe", "channel": channel}, lambda: self.session.subscribe(channel))

    def leave(self, channel: str) -> None:
        self.do({"do": "leave", "channel": channel}, lambda: self.session.leave(channel))

    def hide(self) -> None:
        self.do({"do": "hide"}, lambda: setattr(self.session, "visible", False))

    def send(self) -> list[m.ClientMessage]:
        """Ask for what is to be sent, as part of the last step."""
        messages = self.session.take_outgoing()
        if "sent" in self.steps[-1]:
            self.steps.append({"do": "nothing"})
        self.steps[-1]["sent"] = [msgspec.to_builtins(message) for message in messages]
        self.steps[-1] |= self._changed()
        return messages

    @property
    def replica(self) -> DraftReplica | None:
        return self.session.draft(self.draft_id)


def _told(event: Any) -> Case | None:
    match event:
        case s.Welcomed():
            return {"type": "welcome"}
        case s.DraftOpened(ref=ref):
            return {"type": "opened", "ref": ref}
        case s.Failed(ref=ref, code=code):
            return {"type": "failed", "ref": ref, "code": code}
        case s.Changed(seq=seq, by=by, text=text, structural=structural):
            said = [msgspec.to_builtins(change) for change in text]
            return {"type": "changed", "seq": seq, "by": by and by.w, "text": said, "structural": structural}
        case s.Acked(seq=seq, w=w, no=no, waited_s=waited_s):
            return {"type": "acked", "seq": seq, "w": w, "no": no, "waited_ms": round(waited_s * 1000)}
        case s.StatusChanged(status=status):
            return {"type": "status", "status": status}
        case s.AlertTold(alert=alert):
            return {"type": "alert", "id": alert.id, "state": alert.state}
        case s.TextsParked(parking=parking):
            texts = msgspec.to_builtins(parking.texts)
            return {"type": "parked", "reason": parking.reason, "code": parking.code, "texts": texts}
        case s.TextsStashed(stash=stash):
            return {"type": "stashed", "stash": stash}
        case s.Rewound(ops=ops):
            return {"type": "rewound", "ops": msgspec.to_builtins(ops)}
        case s.PresenceChanged(item=item):
            return {"type": "presence", "item": item}
        case s.ItemChanged():
            return {"type": "item"}
        case s.EventsCame(number=number):
            return {"type": "events", "number": number}
        case s.ChannelGone(channel=channel, code=code):
            return {"type": "gone", "channel": channel, "code": code}
        case s.ServerError(code=code):
            return {"type": "error", "code": code}
    raise AssertionError(event)
