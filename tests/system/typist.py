"""A writer that replays a trace: the real client session over a real WebSocket, its deliveries held back on demand.

Frames with ops wait in `held` until `release`; everything else is taken at once unless it stands behind such a frame.
The ids of the characters in the view are carried along (`tests.reference.Shown`), from what the session tells of each
change.
"""

import asyncio
import contextlib
import secrets
import time
from collections import deque
from collections.abc import Callable
from itertools import count

import websockets

from draftwire.document.ops import Text
from draftwire.session.events import Acked, Changed, SessionEvent, TextsParked
from draftwire.session.replica import DraftReplica
from draftwire.session.session import Session
from draftwire.wire import messages as m
from draftwire.wire.codec import decode_server, encode
from tests.reference import Insertion, Shown, Step

LEAF = "/content"
AGAIN_S = 0.05  # a moment before the next attempt to connect

# (sid, no) → the ids that a batch wrote, in the order of the text, and how many transactions its writer had then typed.
Written = dict[tuple[str, int], tuple[list[int], int]]


class Typist:
    """See the module. ``written`` is shared by all typists of a draft: who wrote which characters in which batch."""

    def __init__(
        self, url: Callable[[], str], token: str, item: str, shown: Shown, written: Written, *, holds: bool
    ) -> None:
        self._url = url
        self._token = token
        self._item = item
        self._written = written
        self._holds = holds
        self.shown = shown
        self.session = Session(secrets.token_urlsafe(16), lambda: secrets.token_urlsafe(8))
        self.held: deque[m.ServerMessage] = deque()
        self.news = asyncio.Event()
        self.workers: set[str] = set()
        self.typed = 0  # transactions of this person in the view
        self.sent = 0  # and in a batch
        self.has = 0  # transactions of the other in the view
        self.sent_no = self.has_no = 0  # the last batch that was sent, and the other's last in the view
        self.acked: list[tuple[int, int, int]] = []  # seq, w, no
        self.edits: dict[int, m.Edit] = {}  # by number, as sent
        self.wire_alerts: dict[int, tuple[m.Alert | str, ...]] = {}  # by seq: what came with that batch
        self.parked: list[m.ParkedText] = []
        self._before_text = ""  # what the editor showed before the message that is being taken
        self.connections = 0
        self._keys: set[str] = set()
        self._unsent: list[int] = []
        self._unknown = count(-1, -1)
        self._outgoing: asyncio.Queue[m.ClientMessage] | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Typist":
        self.session.open(item=self._item, purpose="shared")
        self._task = asyncio.create_task(self._run())
        while not (replica := self.replica) or not replica.live:
            await self.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])

    @property
    def replica(self) -> DraftReplica | None:
        drafts = self.session.drafts
        return self.session.draft(drafts[0]) if drafts else None

    @property
    def draft(self) -> DraftReplica:
        replica = self.replica
        assert replica is not None
        return replica

    @property
    def text(self) -> str:
        """What its editor shows."""
        return str(self.draft.view.get(LEAF, ""))

    async def wait(self, timeout_s: float = 30.0) -> None:
        """Wait for anything to happen."""
        self.news.clear()
        self.check()
        async with asyncio.timeout(timeout_s):
            await self.news.wait()

    def check(self) -> None:
        """Raise what its task has died of."""
        assert self._task is not None
        if self._task.done():
            self._task.result()

    # ---- the connection

    async def _run(self) -> None:
        while True:
            with contextlib.suppress(OSError, TimeoutError, websockets.WebSocketException):
                async with websockets.connect(
                    self._url().replace("http", "ws", 1) + "/v1/ws",
                    subprotocols=[websockets.Subprotocol(m.SUBPROTOCOL)], compression=None, ping_interval=None,
                    max_size=2**25,
                ) as socket:  # fmt: skip
                    self.connections += 1
                    await socket.send(encode(self.session.connected(self._token)).decode())
                    self._outgoing = asyncio.Queue()
                    sending = asyncio.create_task(self._send_all(socket, self._outgoing))
                    try:
                        async for frame in socket:
                            self._frame(decode_server(frame))
                    finally:
                        sending.cancel()
                        await asyncio.wait([sending])
            self._outgoing = None
            self.held.clear()
            self._hear(self.session.disconnected(1006), {})
            await asyncio.sleep(AGAIN_S)

    async def _send_all(self, socket: websockets.ClientConnection, outgoing: "asyncio.Queue[m.ClientMessage]") -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                await socket.send(encode(await outgoing.get()).decode())

    def _frame(self, message: m.ServerMessage) -> None:
        if isinstance(message, m.Ping):
            self._take(message)
        elif self.held or (self._holds and isinstance(message, m.Ops)):
            self.held.append(message)
        else:
            self._take(message)
        self.news.set()

    def release(self) -> None:
        """Let one frame of ops in, and what stands behind it that is none."""
        self._take(self.held.popleft())
        while self.held and not isinstance(self.held[0], m.Ops):
            self._take(self.held.popleft())

    def _take(self, message: m.ServerMessage) -> None:
        now = time.monotonic()
        known: dict[int, tuple[int, int]] = {}
        if isinstance(message, m.Ops):
            known = {message.from_ + 1 + i: (batch.w, batch.no) for i, batch in enumerate(message.batches)}
            self.wire_alerts |= {
                message.from_ + 1 + i: batch.alerts for i, batch in enumerate(message.batches) if batch.alerts
            }
        elif isinstance(message, m.Welcome):
            self.workers.add(message.worker)
        if not isinstance(message, m.Ops):
            self._before_text = self.text if self.replica is not None else ""
        self._hear(self.session.receive(message, now), known)
        self.send()

    def tick(self) -> None:
        """Let time pass for the session."""
        self._hear(self.session.tick(time.monotonic()), {})
        self.send()

    def send(self) -> None:
        """Send what may be sent now."""
        if self._outgoing is None:
            return
        for message in self.session.take_outgoing():
            if isinstance(message, m.Edit) and message.key not in self._keys:
                self._keys.add(message.key)
                self.edits[message.no] = message
                mine = sorted([id_ for id_ in self._unsent if id_ in self.shown.holds], key=self.shown.place)
                self._unsent = []
                assert self.session.welcome is not None
                self._written[(self.session.welcome.sid, message.no)] = (mine, self.typed)
                self.sent, self.sent_no = self.typed, message.no
            self._outgoing.put_nowait(message)

    # ---- what happens

    def _hear(self, events: list[SessionEvent], known: dict[int, tuple[int, int]]) -> None:
        for event in events:
            if isinstance(event, Acked):
                self.acked.append((event.seq, event.w, event.no))
            elif isinstance(event, TextsParked):
                self.parked += event.parking.texts
            elif isinstance(event, Changed):
                self._changed(event, known.get(event.seq))
        self.news.set()

    def _changed(self, event: Changed, batch: tuple[int, int] | None) -> None:
        if not self.shown.reference.steps:
            return  # it types without a reference
        if batch is None or event.structural:
            self._realign()
            return
        w, no = batch
        ids, typed = self._written[(self.draft.writers[w].sid, no)]
        for change in event.text:
            left = deque(ids)
            for position, delete, insert in reversed(change.s):
                new = [left.pop() if left else next(self._unknown) for _ in insert]
                at = self.shown.index(position)
                self.shown.splice(at, self.shown.index(position + delete) - at, new[::-1])
        self.has, self.has_no = max(self.has, typed), max(self.has_no, no)

    def _realign(self) -> None:
        """After a merge as a whole: the same characters at both ends, unknown ones between."""
        before, after = self._before_text, self.text
        start = 0
        while start < min(len(before), len(after)) and before[start] == after[start]:
            start += 1
        end = 0
        while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
            end += 1
        new = [next(self._unknown) for _ in range(len(after) - start - end)]
        self.shown.splice(start, len(before) - start - end, new)

    def has_all_of(self, other: "Typist", needs: int) -> bool:
        """Whether so many transactions of the other are in this view; some leave nothing to be sent."""
        if self.has < needs and other.draft.buffer is None:
            settled = not other.draft.has_pending and self.draft.live and self.draft.seq >= other.draft.seq
            if settled or self.has_no == other.sent_no:
                self.has = other.typed
        return self.has >= needs

    def __str__(self) -> str:
        draft = self.draft
        return (
            f"typed {self.typed} sent {self.sent} has {self.has} held {len(self.held)} seq {draft.seq} "
            f"live {draft.live} stopped {draft.stopped} inflight {draft.inflight} buffer {draft.buffer} "
            f"connections {self.connections} status {self.session.status(draft.id)}"
        )

    # ---- typing

    def splice(self, position: int, delete: int, insert: str) -> None:
        """Type where one likes."""
        self.session.edit(self.draft.id, [Text(LEAF, ((position, delete, insert),))], time.monotonic())
        self.send()

    def type(self, step: Step) -> None:
        """Do one transaction where its characters stand in this view."""
        for edit in step.edits:
            if isinstance(edit, Insertion):
                at = self.shown.right_of(edit.left)
                text = "".join([self.shown.reference.characters[id_] for id_ in edit.ids])
                splice = (self.shown.before(at), 0, text)
                self.shown.splice(at, 0, edit.ids)
                self._unsent += edit.ids
            elif edit in self.shown.holds:
                at = self.shown.place(edit)
                position = self.shown.before(at)
                splice = (position, self.shown.before(at + 1) - position, "")
                self.shown.splice(at, 1, ())
            else:
                continue
            self.session.edit(self.draft.id, [Text(LEAF, (splice,))], time.monotonic())
        self.typed += 1
        self.send()
