"""The async client: a `Session` driven over a WebSocket, with automatic resume.

    async with draftwire.connect("http://127.0.0.1:8000", token) as client:
        draft = await client.open(item=item)
        draft.edit(Text("/content", ((0, 0, "# hello\\n"),)))
        await draft.saved()
        async for event in draft.events():
            ...

Edits show in `Draft.value` at once; connection, resume, rebase and retries happen behind it. All tasks belong to the
`connect` block and end with it. Safe to cancel everywhere; what was not sent yet is then lost with the session.
"""

import asyncio
import contextlib
import inspect
import random
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import websockets

from draftwire.api import Api
from draftwire.document.carry import Range, carry
from draftwire.document.ops import Effect, Op, Text, TextTaken
from draftwire.errors import CloseCode, Problem, may_reconnect
from draftwire.rest.runs import RunMode
from draftwire.sdk.run import Run, held
from draftwire.session import events as s
from draftwire.session.calls import Tool
from draftwire.session.replica import DraftReplica
from draftwire.session.session import Session
from draftwire.text.lines import lf
from draftwire.text.units import length
from draftwire.wire import messages as m
from draftwire.wire import retries
from draftwire.wire.codec import decode_server, encode

TICK_S = 0.1
OPEN_TIMEOUT_S = 10.0
CLOSE_TIMEOUT_S = 2.0
FRAME_MAX_BYTES = 32 * 1024 * 1024  # a whole document, unless the server cuts it into pieces
EVENTS_WAITING = 10_000  # of one iterator; who stops reading loses the oldest
RENEW_BEFORE_S = 60.0

Token = str | Callable[[], str | Awaitable[str]]


class SignedOut(Exception):
    """The server does not let this session in (any more); ``code`` is the close code."""

    def __init__(self, code: int, reason: str) -> None:
        self.code = code
        super().__init__(f"{code}: {reason}")


class Anchor:
    """A point in a text leaf that moves with what happens around it; behind what is inserted at it."""

    def __init__(self, at: str, position: int) -> None:
        self.range: Range | None = Range(at, position, position, end_after=True)

    @property
    def position(self) -> int:
        """UTF-16 units from the start. Raises `Problem` no_such_place if the leaf is gone."""
        if self.range is None or self.range.end is None:
            raise Problem("no_such_place")
        return self.range.end


class _Listeners:
    """Who iterates over events; one that stops reading loses the oldest."""

    def __init__(self) -> None:
        self._queues: set[asyncio.Queue[s.SessionEvent]] = set()

    def tell(self, event: s.SessionEvent) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    async def stream(self) -> AsyncIterator[s.SessionEvent]:
        queue: asyncio.Queue[s.SessionEvent] = asyncio.Queue(EVENTS_WAITING)
        self._queues.add(queue)
        try:
            while True:
                yield await queue.get()
        finally:
            self._queues.discard(queue)


class Draft:
    """A followed draft: read it, edit it, hear what happens to it."""

    def __init__(self, client: "Client", replica: DraftReplica) -> None:
        self._client = client
        self.replica = replica
        self._listeners = _Listeners()
        self._anchors: list[Anchor] = []

    @property
    def id(self) -> str:
        """The draft's id."""
        return self.replica.id

    @property
    def value(self) -> dict[str, Any]:
        """The document as this session sees it, its own unsaved edits included. Not to be changed in place."""
        return self.replica.view.value

    @property
    def seq(self) -> int:
        """The last seq of the log that is in `value`."""
        return self.replica.seq

    @property
    def etag(self) -> str:
        """The confirmed state."""
        return f"g{self.replica.generation}.s{self.replica.seq}.{self.replica.mark}"

    @property
    def status(self) -> m.Status:
        """What may be said of saving."""
        return self._client.session.status(self.id)

    @property
    def backlog(self) -> int:
        """How much the server does not have yet, in characters; with `status` waiting a person wants to know."""
        return self.replica.backlog

    @property
    def alerts(self) -> list[m.Alert]:
        """The open alerts, oldest first."""
        return self._client.session.alerts(self.id)

    @property
    def diagnostics(self) -> tuple[m.Diagnostic, ...]:
        """What stands in the way of a deploy, as the server said last; it says so within two seconds of a change."""
        return self._client.session.diagnostics(self.id)

    @property
    def behind(self) -> m.Behind | None:
        """Which head the draft is behind, if it is, and where both changed the same."""
        return self._client.session.behind(self.id)

    def get(self, at: str, default: Any = None) -> Any:
        """What stands at an address."""
        return self.replica.view.get(at, default)

    def edit(self, *ops: Op) -> None:
        """Do ops, each made for the value after the one before; all or none. Raises `Problem` if one does not fit."""
        self._client._edit(self, ops)

    def bring_back(self) -> None:
        """Bring back what was lost when the log was rewound (see the event `Rewound`). Raises `Problem`."""
        self._client._bring_back(self)

    def dismiss_parked(self) -> None:
        """What was parked has been looked at: the status may say "saved" again."""
        self._client._tell(self._client.session.dismiss_parked(self.id))

    def insert(self, at: "str | Anchor", text: str, position: int | None = None) -> None:
        """Insert text into a leaf, at ``position`` in UTF-16 units (the end by default) or at an anchor.

        CRLF and CR become LF, as in every whole text.
        """
        text = lf(text)
        if isinstance(at, Anchor):
            assert at.range is not None, "the anchor's place is gone"
            self.edit(Text(at.range.at, ((at.position, 0, text),)))
        else:
            leaf = str(self.get(at, ""))
            self.edit(Text(at, ((length(leaf) if position is None else position, 0, text),)))

    def anchor(self, at: str, position: int) -> Anchor:
        """A point that stays where it is in the text, whoever types around it."""
        anchor = Anchor(at, position)
        self._anchors.append(anchor)
        return anchor

    async def saved(self, timeout_s: float = 30.0) -> int:
        """Wait until all edits are committed; gives the seq.

        Raises:
            TimeoutError: not within the time; they are still on their way.
            Problem: something was refused and parked (its code), or the draft is gone.
        """
        async with asyncio.timeout(timeout_s):
            while True:
                status = self.status
                if status in ("refused", "conflict"):
                    raise Problem(
                        "stale" if status == "conflict" else "read_only",
                        "A text could not be merged. It is in your stash.",
                    )
                if status == "gone":
                    raise Problem("not_found")
                if not self.replica.has_pending and self.replica.live:
                    return self.replica.seq
                await self._client._changed()

    async def events(self) -> AsyncIterator[s.SessionEvent]:
        """What happens to this draft from now on: `Changed`, `Acked`, `AlertTold`, `StatusChanged`, …"""
        async for event in self._listeners.stream():
            yield event

    def _hear(self, event: s.SessionEvent) -> None:
        if isinstance(event, s.Changed):
            self._carry(event.text, event.structural)
        self._listeners.tell(event)

    def _carry(self, changes: Any, structural: bool) -> None:
        effects = [Effect(Text(change.at, change.s), TextTaken(())) for change in changes]
        for anchor in self._anchors:
            if anchor.range is not None:
                anchor.range = carry(anchor.range, effects)
                if structural and anchor.range is not None and not isinstance(self.get(anchor.range.at), str):
                    anchor.range = None

    def _typed(self, ops: tuple[Op, ...]) -> None:
        for op in ops:
            if isinstance(op, Text):
                effect = Effect(op, TextTaken(()))
                for anchor in self._anchors:
                    if anchor.range is not None:
                        anchor.range = carry(anchor.range, (effect,))


class Client:
    """A connected session; made by `connect`."""

    def __init__(
        self, url: str, token: Token, *, run: str | None, client: str, session: str | None,
        act_for: str | None = None, agent: str | None = None,
    ) -> None:  # fmt: skip
        self._url = websocket_url(url)
        self._token = token
        self._act_for = act_for
        self._agent = agent
        self._api: Api | None = None
        self.listeners: list[Callable[[s.SessionEvent], None]] = []  # called with each event, in order
        self.session = Session(
            session or secrets.token_urlsafe(16),
            lambda: secrets.token_urlsafe(8),
            client=client,
            run=run,
            act_for=act_for,
            agent=agent,
        )
        self.worker: str | None = None
        self.reconnects = 0
        self._drafts: dict[str, Draft] = {}
        self._waiting: dict[int, asyncio.Future[DraftReplica]] = {}
        self._listeners = _Listeners()
        self._socket: websockets.ClientConnection | None = None
        self._change = asyncio.Event()
        self._send_now = asyncio.Event()
        self._welcomed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._bye_after_s: float | None = None
        self._renew_at = float("inf")

    # ---- what it is for

    async def open(
        self, *, item: str | None = None, draft: str | None = None, purpose: m.Purpose | None = None,
        timeout_s: float = 30.0,
    ) -> Draft:  # fmt: skip
        """Follow a draft: an item's (the server chooses, ``purpose`` narrows) or a named one.

        Raises:
            Problem: not_found, forbidden, …
            TimeoutError: no answer in time.
        """
        ref = self.session.open(item=item, draft=draft, purpose=purpose)
        waiting: asyncio.Future[DraftReplica] = asyncio.get_running_loop().create_future()
        self._waiting[ref] = waiting
        self._send_now.set()
        try:
            async with asyncio.timeout(timeout_s):
                replica = await waiting
        finally:
            self._waiting.pop(ref, None)
        return self._drafts.setdefault(replica.id, Draft(self, replica))

    def subscribe(self, channel: str) -> None:
        """Follow ``item:<id>`` or ``workspace:<id>``; what comes is in `events`, `items` and `presence`."""
        self.session.subscribe(channel)
        self._send_now.set()

    async def focus(
        self, item: str, *, draft: str | None = None, state: m.PresenceState = "editing", at: str | None = None,
        anchor: int = 0, head: int = 0, doing: str | None = None, lines: tuple[int, int] | None = None,
    ) -> None:  # fmt: skip
        """Say where this session is and what it does (``doing``, at most 120 characters); others see it."""
        where = m.Focus(item, state, draft, at, anchor, head, doing=doing, lines=lines)
        self.session.focus(where)
        self._send_now.set()

    @property
    def api(self) -> Api:
        """The HTTP side, as the same user or agent; closed with this client."""
        if self._api is None:
            self._api = Api(http_url(self._url), self._token, act_for=self._act_for, agent=self._agent)
        return self._api

    @contextlib.asynccontextmanager
    async def run(
        self, item: str | None = None, *, label: str, model: str | None = None, mode: RunMode = "apply"
    ) -> AsyncIterator[Run]:
        """Begin a run of this agent, hold it open over a connection of its own, and end it with the block.

        Raises:
            Problem: forbidden (this client is no agent's), not_found, too_many, suggest_only.
            SignedOut: out of the block, when the server no longer lets the agent in.
        """
        told = await self.api.runs.begin(label, model=model, mode=mode, item=item)
        async with (
            connect(self._url, self._token, run=told.id, act_for=self._act_for, agent=self._agent) as own,
            held(self.api, own, told, item) as run,
        ):
            yield run

    @property
    def items(self) -> dict[str, m.Item]:
        """The followed items as they are now."""
        return self.session.items

    @property
    def presence(self) -> dict[str, dict[str, m.PresenceEntry]]:
        """Who is at the followed items: item → sid → entry."""
        return self.session.presence

    async def events(self) -> AsyncIterator[s.SessionEvent]:
        """Everything that happens to this session from now on."""
        async for event in self._listeners.stream():
            yield event

    async def welcome(self) -> m.Welcome:
        """Wait until the server has let the session in. Raises `SignedOut`."""
        await asyncio.shield(self._welcomed)
        assert self.session.welcome is not None
        return self.session.welcome

    async def drop_connection(self) -> None:
        """Cut the connection, as a network would; it comes back by itself."""
        if self._socket is not None:
            self._socket.transport.abort()

    # ---- driving the session

    def call(self, tool: Tool, run: str, body: Any, stream: str | None, key: str | None) -> int:
        """Use a tool of a run; the session's `Answered` or `CallRefused` brings the number back."""
        ref = self.session.calls.ask(tool, run, body, stream, key)
        self._send_now.set()
        return ref

    def append(self, piece: m.Append) -> None:
        """Send a piece of a stream, if the server listens; `StreamTold` tells of it."""
        self.session.append(piece)
        self._send_now.set()

    def _edit(self, draft: Draft, ops: tuple[Op, ...]) -> None:
        events = self.session.edit(draft.id, ops, time.monotonic())
        draft._typed(ops)
        self._tell(events)
        self._send_now.set()

    def _bring_back(self, draft: Draft) -> None:
        self._tell(self.session.bring_back(draft.id, time.monotonic()))
        self._send_now.set()

    async def _changed(self) -> None:
        self._change.clear()
        await self._change.wait()

    def _tell(self, events: list[s.SessionEvent]) -> None:
        for event in events:
            match event:
                case s.Welcomed():
                    self.worker = event.welcome.worker
                    expires_s = event.welcome.token_expires_in_s
                    if expires_s is not None:
                        self._renew_at = time.monotonic() + max(expires_s - RENEW_BEFORE_S, expires_s / 2)
                    if not self._welcomed.done():
                        self._welcomed.set_result(None)
                case s.DraftOpened():
                    waiting = self._waiting.get(event.ref)
                    if waiting is not None and not waiting.done():
                        waiting.set_result(event.draft)
                case s.Failed():
                    waiting = self._waiting.get(event.ref)
                    if waiting is not None and not waiting.done():
                        waiting.set_exception(Problem(event.code, event.message))
                case _:
                    pass
            draft = self._drafts.get(_draft_of(event))
            if draft is not None:
                draft._hear(event)
            self._listeners.tell(event)
            for listener in list(self.listeners):
                listener(event)
        if events:
            self._change.set()

    async def _fresh_token(self) -> str:
        token = self._token() if callable(self._token) else self._token
        return await token if inspect.isawaitable(token) else token

    async def _run(self) -> None:
        failures = 0
        while True:
            code, reason = 1006, "no connection"
            try:
                async with websockets.connect(
                    self._url, subprotocols=[websockets.Subprotocol(m.SUBPROTOCOL)], compression=None,
                    open_timeout=OPEN_TIMEOUT_S, close_timeout=CLOSE_TIMEOUT_S, max_size=FRAME_MAX_BYTES,
                    ping_interval=None,
                ) as socket:  # fmt: skip
                    self._socket = socket
                    try:
                        await socket.send(encode(self.session.connected(await self._fresh_token())).decode())
                        if await self._converse(socket):
                            failures = 0
                    except asyncio.CancelledError:
                        await socket.close()  # a clean leave; left to the block it would be an error
                        raise
                    code, reason = socket.close_code or 1006, socket.close_reason or ""
            except (OSError, TimeoutError, websockets.WebSocketException) as error:
                reason = str(error) or type(error).__name__
            finally:
                self._socket = None
                self._tell(self.session.disconnected(code))
            if not may_reconnect(code) and code != CloseCode.REPLACED:
                raise SignedOut(code, reason)
            if code == CloseCode.REPLACED:
                raise SignedOut(code, "another connection of this session took over")
            self.reconnects += 1
            pause_s = self._bye_after_s
            if pause_s is None:
                pause_s = retries.pause_s(failures, random.random())  # noqa: S311
            failures += 1
            self._bye_after_s = None
            await asyncio.sleep(pause_s)

    async def _converse(self, socket: websockets.ClientConnection) -> bool:
        """Exchange messages until the connection ends; True if it was welcomed."""
        welcomed = False
        sending = asyncio.create_task(self._send(socket))
        try:
            async for frame in socket:
                try:
                    message = decode_server(frame)
                except Problem as problem:
                    if problem.code == "unknown_message":
                        continue  # of a later release of the server
                    raise
                if isinstance(message, m.Bye):
                    self._bye_after_s = message.reconnect_after_ms / 1000
                welcomed = welcomed or isinstance(message, m.Welcome)
                self._tell(self.session.receive(message, time.monotonic()))
                self._send_now.set()
        except websockets.ConnectionClosed:
            pass
        finally:
            sending.cancel()
            await asyncio.wait([sending])
        return welcomed

    async def _send(self, socket: websockets.ClientConnection) -> None:
        try:
            while True:
                self._send_now.clear()
                for message in self.session.take_outgoing():
                    await socket.send(encode(message).decode())
                # Not wait_for: before 3.12 it loses a cancellation that comes together with the event.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(TICK_S):
                        await self._send_now.wait()
                now = time.monotonic()
                if now > self._renew_at:
                    self._renew_at = float("inf")
                    await socket.send(encode(m.Auth(await self._fresh_token(), act_for=self._act_for)).decode())
                self._tell(self.session.tick(now))
        except websockets.ConnectionClosed:
            return


def _draft_of(event: s.SessionEvent) -> str:
    match event:
        case s.TextsStashed(draft=draft):
            return draft
        case (
            s.DraftOpened()
            | s.Changed()
            | s.Acked()
            | s.StatusChanged()
            | s.AlertTold()
            | s.Diagnosed()
            | s.BehindTold()
            | s.TextsParked()
            | s.Rewound()
        ):
            return event.draft.id
        case _:
            return ""


def websocket_url(url: str) -> str:
    """The WebSocket address of a server given by its http(s) or ws(s) address."""
    parts = urlsplit(url)
    scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
    path = parts.path.rstrip("/")
    return urlunsplit((scheme, parts.netloc, path if path.endswith("/v1/ws") else path + "/v1/ws", "", ""))


def http_url(websocket: str) -> str:
    """The HTTP address of a server given by that of its WebSocket."""
    parts = urlsplit(websocket)
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return urlunsplit((scheme, parts.netloc, parts.path.removesuffix("/v1/ws"), "", ""))


@contextlib.asynccontextmanager
async def connect(
    url: str,
    token: Token,
    *,
    run: str | None = None,
    client: str = "draftwire-python",
    session: str | None = None,
    act_for: str | None = None,
    agent: str | None = None,
) -> AsyncIterator[Client]:
    """Connect to a server and stay connected for the length of the block.

    ``token`` is a token or an API key, or a callable (async or not) that gives a fresh one; ``act_for`` the platform's
    id of the user for whom a key acts; ``agent`` says that an agent of that name acts with the person's token or key,
    for them and with at most their rights. Raises `SignedOut` out of the block when
    the server ends the session for good; edits under way are then in the log or in ``client.session``.
    """
    made = Client(url, token, run=run, client=client, session=session, act_for=act_for, agent=agent)
    running = asyncio.create_task(made._run(), name="draftwire client")
    body = asyncio.current_task()
    assert body is not None
    ended = False

    def stop(task: "asyncio.Task[None]") -> None:
        nonlocal ended
        if not task.cancelled() and task.exception() is not None:
            ended = True
            if not made._welcomed.done():
                made._welcomed.set_exception(task.exception() or SignedOut(1006, ""))
                made._welcomed.exception()
            body.cancel()

    running.add_done_callback(stop)
    try:
        await made.welcome()
        yield made
    except asyncio.CancelledError:
        if not ended or body.uncancel() > 0:
            raise
    finally:
        running.cancel()
        await asyncio.wait([running])
        if made._api is not None:
            await made._api.close()
    if ended:
        running.result()
