"""One WebSocket connection: reads messages, calls services, is the reader that drafts and channels write to.

What needs no I/O (edits, focus, seen, pong) is handled in the call that brought it; what does (hello, open, …) waits
in a bounded inbox that one task works off in order, and whatever comes behind it waits too. No await holds anything of
another connection up.
"""

import asyncio
import contextlib
import logging
import time
from collections import deque
from typing import Any, Final, Literal, NamedTuple

import msgspec

from draftwire.document.ops import Text
from draftwire.errors import CloseCode, Problem
from draftwire.wire import messages as m
from draftwire.wire.codec import decode_client
from draftwire_server.core.access.access import Resource, expires_next
from draftwire_server.core.edits.plan import Author, Live
from draftwire_server.core.frames import text_frame
from draftwire_server.core.ids import public_session_id
from draftwire_server.core.presence.presence import Mark, check_doing
from draftwire_server.limits.contract import (
    CURSOR_CHARS,
    DRAFTS_PER_HELLO,
    FRAME_BYTES,
    KEY_CHARS,
    MESSAGES_BURST,
    MESSAGES_PER_S,
    OPS_PER_BATCH,
    REFUSALS_BEFORE_CLOSE,
    SOCKETS_PER_ACTOR,
    SPLICES_PER_OP,
    SUBSCRIPTIONS_PER_SOCKET,
    announced,
)
from draftwire_server.limits.tuning import DECODE_INLINE_BYTES, EDITS_UNDER_WAY, EDITS_UNDER_WAY_BYTES, WITHHELD_BYTES
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import may_follow, may_type, told_why
from draftwire_server.services.live.parts.edit_queue import QueuedEdit
from draftwire_server.services.live.parts.followers import NOWHERE, Following
from draftwire_server.services.runtime import Runtime
from draftwire_server.store.agents.runs import RunRow
from draftwire_server.ws.agent_calls import AgentCalls
from draftwire_server.ws.answers import how_to_resume, opened_message, state_message
from draftwire_server.ws.asgi import AsgiSocket
from draftwire_server.ws.protocol import DraftwireProtocol

log = logging.getLogger(__name__)

INBOX_MESSAGES: Final = 256  # that wait in one connection: no more are read until half of them are done
INBOX_BYTES: Final = 2 * FRAME_BYTES
REFUSALS_WINDOW_S: Final = 60.0
# Causes from which undo, streams and reviews tell what a batch is: nobody else's batch may look like one.
OURS: Final = ("run:", "stream:", "suggestion:")
WRITES: Final = (m.Edit, m.Park, m.Call, m.Append)  # what names its actor in Postgres
BULK_WRITE_BYTES: Final = 256 * 1024  # pieces of large states go out while less than this is unsent
# What tells of nothing but this connection, its own writing and what it may no longer see: told whoever is blind.
OF_ITSELF: Final = (m.Welcome, m.Error, m.Refused, m.Parked, m.Streamed, m.Gone, m.May, m.Reset)
# The page was closed or left, or its user may no longer connect: no grace for presence.
NOT_UTF8: Final = 1007  # RFC 6455 §8.1
CLEAN_CODES: Final = frozenset((1000, 1001, int(CloseCode.FORBIDDEN)))

_encode = msgspec.json.Encoder().encode


def _out_of_bounds(edit: m.Edit) -> Problem | None:
    """What of an edit is outside of what any edit may be, whatever the draft's state."""
    if not 0 < len(edit.key) <= KEY_CHARS or len(edit.cause or "") > CURSOR_CHARS:
        return Problem("bad_message", f"A key must have 1 to {KEY_CHARS} characters.")
    if edit.cause is not None and edit.cause.startswith(OURS):
        return Problem("bad_message", "Only the server can set that cause.")
    if len(edit.ops) > OPS_PER_BATCH:
        return Problem("too_large", f"A batch can have at most {OPS_PER_BATCH} ops.")
    if any(isinstance(op, Text) and len(op.s) > SPLICES_PER_OP for op in edit.ops):
        return Problem("too_large", f"An op can have at most {SPLICES_PER_OP} splices.")
    return None


def _is_utf8(payload: bytes) -> bool:
    try:
        return payload.isascii() or bool(payload.decode())
    except UnicodeDecodeError:
        return False


class _Waiting(NamedTuple):
    """A message that waits for those before it; a large one is not even read yet."""

    message: m.ClientMessage | None
    payload: bytes
    size: int
    allowed: bool


class Connection:
    """See the module."""

    principal: Principal  # set by the first token; `signed_in` tells

    __slots__ = (
        "_agent",
        "_allowance",
        "_allowance_at",
        "_bulk",
        "_bytes_under_way",
        "_bytes_waiting",
        "_closed",
        "_had",
        "_heard_at",
        "_inbox",
        "_known",
        "_named",
        "_refusals",
        "_refusals_since",
        "_socket",
        "_under_way",
        "_withheld",
        "_withheld_bytes",
        "_worker",
        "_working",
        "attempt",
        "focuses",
        "followings",
        "items",
        "opened_at",
        "principal",
        "rights_end_at",
        "run",
        "run_row",
        "session",
        "sid",
        "watches_workspace",
    )

    def __init__(self, runtime: Runtime, socket: DraftwireProtocol | AsgiSocket) -> None:
        self._worker = runtime
        self._socket = socket
        self._had: dict[str, None] = {}  # drafts that it had open: texts of them can be parked, whatever happened since
        self._inbox: deque[_Waiting] = deque()
        self._bytes_waiting = 0  # in the inbox
        self._under_way = self._bytes_under_way = 0  # edits that are neither committed nor refused
        self._working = False
        self._closed = False
        self._known = False  # whether a token let it in
        self._bulk: deque[tuple[Following, bytes]] = deque()
        self._heard_at = self.opened_at = time.monotonic()
        self._allowance = float(MESSAGES_BURST)
        self._allowance_at = self._heard_at
        self._refusals = 0
        self._refusals_since = self._heard_at
        self._agent: AgentCalls | None = None
        self._withheld: list[tuple[str, bytes]] = []  # by channel, while the worker is blind
        self._withheld_bytes = 0
        self.session = self.sid = ""
        self.attempt = 0
        self.run: str | None = None
        self.run_row: RunRow | None = None
        self.followings: dict[str, Following] = {}
        self.items: dict[str, Resource] = {}
        self._named: dict[str, str] = {}  # how channels of items were named, if not by the item's id
        self.focuses: dict[str, Mark] = {}
        self.watches_workspace = False
        self.rights_end_at: float | None = None

    # ---- what services see of it

    @property
    def ready(self) -> bool:
        """Whether it has said hello."""
        return bool(self.sid)

    @property
    def working(self) -> bool:
        """Whether something that it sent is being worked on."""
        return self._working

    @property
    def behind(self) -> bool:
        """Whether it gets nothing now: its socket does not take what it is owed, or the worker is blind."""
        return self._socket.paused_since is not None or self._worker.blind()

    @property
    def silent_s(self) -> float:
        """Seconds since anything came from the peer; none while we are who does not read."""
        return 0.0 if self._socket.held else time.monotonic() - self._heard_at

    @property
    def stuck_s(self) -> float:
        """Seconds since the peer took data, while it is owed some."""
        since = self._socket.paused_since
        return 0.0 if since is None else asyncio.get_running_loop().time() - since

    @property
    def expired_s(self) -> float:
        """Seconds since its token expired; negative before."""
        return time.time() - self.principal.expires_at

    # All that leaves goes through one of the next three, and they ask whether the worker is blind: it could not ask for
    # the rights, so nothing that tells of others may leave until they are decided again. A test looks for a fourth.

    def follows(self, draft: str) -> bool:
        """Whether it has a draft open."""
        return draft in self.followings

    def write(self, frames: bytes, channel: str) -> None:
        """Send ready frames of a channel (or ``user``: of what its user is told); while blind they are kept back."""
        if not self._worker.blind():
            self._socket.write(frames)
            return
        self._withheld.append((channel, frames))
        self._withheld_bytes += len(frames)
        if self._withheld_bytes > WITHHELD_BYTES:
            self.close(CloseCode.OVERLOADED, "too much is kept back; come back")

    def send(self, message: m.ServerMessage) -> None:
        """Send one message. Raises `Problem` unavailable for an answer that tells of others, while blind."""
        if isinstance(message, OF_ITSELF):
            self.say(text_frame(_encode(message)))
        elif isinstance(message, m.RunTold):
            self.write(text_frame(_encode(message)), "user")
        elif self._worker.blind():
            raise Problem("unavailable", "Your rights could not be checked. Try again.")
        else:
            self._socket.write(text_frame(_encode(message)))

    def say(self, frames: bytes) -> None:
        """Send ready frames that tell of nothing but the connection: a ping, a bye."""
        self._socket.write(frames)

    def close(self, code: int, reason: str) -> None:
        """End the connection from our side; what was kept back it never gets."""
        self._withheld.clear()
        self._socket.close_socket(code, reason)

    def sees_again(self) -> None:
        """Rights are known and decided again: what was kept back goes out, of channels that are still open."""
        withheld, self._withheld, self._withheld_bytes = self._withheld, [], 0
        for channel, frames in withheld:
            kind, _, name = channel.partition(":")
            following = self.followings.get(name) if kind == "draft" else None
            if channel == "user" or (following is not None and following.allowed):
                self._socket.write(frames)
        for item in {channel.partition(":")[2] for channel, _ in withheld if channel.startswith("item:")}:
            if item in self.items:
                self._worker.spawn(self._worker.channels.show(self, item))
        self.writable_again()

    # ---- what the socket calls

    def text_received(self, payload: bytes) -> None:
        """One message from the peer."""
        self._heard_at = time.monotonic()
        allowed, size = self._within_rate(), len(payload)
        if size > DECODE_INLINE_BYTES:
            self._wait(_Waiting(None, payload, size, allowed))
            return
        try:
            message = decode_client(payload)
        except Problem as problem:
            if not _is_utf8(payload):
                self.close(NOT_UTF8, "text messages are UTF-8")
                return
            self._refuse(problem)
            return
        if not allowed:
            self._refuse_fast(message)
        elif self._working or not self._handle_now(message, size):
            self._wait(_Waiting(message, b"", size, allowed))

    def _wait(self, waiting: "_Waiting") -> None:
        self._inbox.append(waiting)
        self._bytes_waiting += waiting.size
        if len(self._inbox) >= INBOX_MESSAGES or self._bytes_waiting > INBOX_BYTES:
            self._socket.hold_reading()
        if not self._working:
            self._working = True
            self._worker.spawn(self._work())

    def _refuse_fast(self, message: m.ClientMessage) -> None:
        if isinstance(message, m.Edit):
            self._refused(message, Problem("too_fast"))
        else:
            self._refuse(Problem("too_fast"), getattr(message, "ref", 0))

    def read_on_if_free(self) -> None:
        """Read on, unless too much of what was read is still to be done."""
        if not self._socket.held or self._closed:
            return
        if len(self._inbox) > INBOX_MESSAGES // 2 or self._bytes_waiting > INBOX_BYTES // 2:
            return
        if self._under_way > EDITS_UNDER_WAY // 2 or self._bytes_under_way > EDITS_UNDER_WAY_BYTES // 2:
            return
        self._heard_at = time.monotonic()  # it was we who did not listen
        self._socket.read_on()

    def take_token(self, token: str) -> None:
        """The handshake brought a token: it is looked at before any message."""
        self._inbox.append(_Waiting(m.Auth(token), b"", 0, True))
        self._working = True
        self._worker.spawn(self._work())

    def writable_again(self) -> None:
        """The socket took what it was owed: go on where it stands in each log."""
        self._pump()
        for following in list(self.followings.values()):
            if not following.live.followers.serve(following):
                self._resync(following)
        for item in self.items:
            self._worker.presence.again(self.principal.workspace.id, item, self)

    def socket_lost(self, code: int) -> None:
        """The connection is over; what it submitted goes on."""
        self._closed = True
        self._worker.edits_under_way.forget(self)
        if self._agent is not None:
            self._agent.close()
        if self.run is not None:
            self._worker.run_followers.remove(self.run, self)
        self._worker.connections.lost(self, clean=code in CLEAN_CODES)
        for channel in [
            *(f"draft:{draft}" for draft in self.followings),
            *(f"item:{item}" for item in self.items),
        ]:
            self._leave(channel)
        if self.watches_workspace:
            self._worker.channels.unsubscribe_workspace(self)
        if self._known:
            self._worker.rights.remove(self)

    # ---- rights

    def rights_changed(self) -> None:
        """Decide again about everything open."""
        for following in list(self.followings.values()):
            self.decide_again(following)
        for item in list(self.items):
            place = self._worker.places.get(self.principal.workspace.id, item)
            if place is None or not self.principal.may("see_item", place):
                self._end(f"item:{item}")
            else:
                self.items[item] = place
                self._worker.presence.again(self.principal.workspace.id, item, self)
        for item, mark in list(self.focuses.items()):
            place = self._worker.places.get(self.principal.workspace.id, item)
            if place is None or not self.principal.may("see_item", place):
                self._worker.unfocus(self, item)
            elif mark.facts is not None:
                followed = self.followings.get(mark.entry.draft or "")
                facts = followed.live.facts if followed is not None else None
                if facts != mark.facts:
                    self._worker.refocus(self, item, facts)
        self._reckon()

    def _reckon(self) -> None:
        """When rights end by themselves, somebody has to look again."""
        guests = [guest for following in self.followings.values() for guest in following.live.facts.guests]
        self.rights_end_at = expires_next(self.principal.access, guests, time.time())

    def decide_again(self, following: Following) -> None:
        """Rights, visibility or the draft itself changed: end the following, or tell what may be done now."""
        live = following.live
        if not may_follow(self.principal, live):
            self._end(f"draft:{live.id}")
            return
        verdict = may_type(self.principal, live)
        may: Literal["look", "type"] = "type" if verdict == "type" else "look"
        why = None if verdict == "type" else verdict
        if (may, why) != (following.may, following.why):
            following.may, following.why = may, why
            self.send(m.May(live.id, following.may, following.why))

    def signed_out(self, problem: Problem) -> None:
        """Its user may no longer connect: it is nowhere any more, before its socket has closed."""
        for item in list(self.focuses):
            self._worker.unfocus(self, item)
        self.send(m.Error(problem.code, problem.message, retry=problem.kind.retry))
        self.close(CloseCode.FORBIDDEN, problem.message)

    def may_see_caret(self, mark: Mark) -> bool:
        """Whether it may read the draft that another session's caret is in."""
        if mark.facts is None:
            return True
        place = self.items.get(mark.item)
        return place is not None and self.principal.may("read_draft", msgspec.structs.replace(place, draft=mark.facts))

    # ---- messages that need no I/O

    def _within_rate(self) -> bool:
        now = self._heard_at
        self._allowance = min(MESSAGES_BURST, self._allowance + (now - self._allowance_at) * MESSAGES_PER_S)
        self._allowance_at = now
        self._allowance -= 1
        if self._allowance < -MESSAGES_BURST:
            self.close(CloseCode.TOO_MUCH, "too many messages")
        return self._allowance >= 0

    def _handle_now(self, message: m.ClientMessage, size: int) -> bool:
        match message:
            case m.Pong():
                return True
            case m.Edit() if self.ready and self.principal.has_row:
                self._edit(message, size)
            case m.Seen() if self.ready:
                self._seen(message)
            case m.Append() if self.ready and self._agent is not None:
                return self._agent.append_now(message)
            case m.Close() if self.ready:
                kind, _, name = message.channel.partition(":")
                self._leave(f"{kind}:{self._named.pop(name, name) if kind == 'item' else name}")
            case _:
                return False
        return True

    def _edit(self, edit: m.Edit, size: int) -> None:
        following = self.followings.get(edit.draft)
        problem = Problem("not_found") if following is None else _out_of_bounds(edit)
        if following is None or problem is not None:
            self._refused(edit, problem or Problem("not_found"))
            return
        principal = self.principal
        author = Author(principal.info.id, principal.access.user, self.session, self.sid, self.run, principal.is_agent)
        place = (following.live.workspace, following.live.id)

        def committed(live: LiveDraft, seq: int) -> None:
            self._edit_done(place, size)
            self._committed(live, seq, edit)

        def refused(problem: Problem) -> None:
            self._edit_done(place, size)
            self._refused(edit, told_why(problem, self.principal, following.live))

        submission = QueuedEdit(
            edit,
            author,
            principal,
            may=lambda live: may_type(self.principal, live) if self._signed_in else "token_expired",
            committed=committed,
            refused=refused,
            size=size,
            rule=Live(following.began),
        )
        self._edit_begun(place, size)
        self._worker.lanes.submit(following.live, submission)
        self._worker.book.see(principal.workspace.id, edit.draft, principal.info.id, edit.generation, edit.seen)
        self._worker.activity(self, following.live.item.id)
        if self.run is not None and self._worker.runs.due(principal.workspace.id, self.run):
            self._worker.spawn(self._worker.runs.heard_of(principal.workspace.id, self.run))

    def _edit_begun(self, draft: tuple[str, str], size: int) -> None:
        """Count an edit that is under way, and read no further if there are too many of them."""
        self._under_way += 1
        self._bytes_under_way += size
        everybody = self._worker.edits_under_way
        everybody.add(draft, size)
        if everybody.is_full(draft):
            everybody.wait(self)
            self._socket.hold_reading()
        if self._under_way >= EDITS_UNDER_WAY or self._bytes_under_way > EDITS_UNDER_WAY_BYTES:
            self._socket.hold_reading()

    def _edit_done(self, draft: tuple[str, str], size: int) -> None:
        self._under_way -= 1
        self._bytes_under_way -= size
        self._worker.edits_under_way.done(draft, size)
        self.read_on_if_free()

    @property
    def _signed_in(self) -> bool:
        return self.expired_s < self._worker.settings.timings.token_grace_s

    def _committed(self, live: LiveDraft, seq: int, edit: m.Edit) -> None:
        """The ack is the batch in the stream, for its author first; one that was sent before comes once more."""
        following = self.followings.get(edit.draft)
        if self._closed or following is None or following.live is not live:
            return
        if following.cursor < seq:
            live.followers.serve(following)
        elif not live.followers.again(following, seq):
            self._resync(following)

    def _refused(self, edit: m.Edit, problem: Problem) -> None:
        if not self._closed:
            self.send(
                m.Refused(
                    edit.draft,
                    edit.no,
                    edit.key,
                    problem.code,
                    problem.message,
                    problem.kind.retry,
                    problem.detail,
                )
            )

    def _seen(self, message: m.Seen) -> None:
        following = self.followings.get(message.draft)
        # Only conflicts ask how far somebody has looked, and whoever is part of one has written.
        if following is not None and self.principal.has_row and 0 <= message.seq <= following.live.replica.seq:
            self._worker.book.see(
                self.principal.workspace.id,
                message.draft,
                self.principal.info.id,
                following.live.replica.generation,
                message.seq,
            )

    def _refuse(self, problem: Problem, ref: int = 0) -> None:
        if self._heard_at - self._refusals_since > REFUSALS_WINDOW_S:
            self._refusals, self._refusals_since = 0, self._heard_at
        self._refusals += 1
        self.send(m.Error(problem.code, problem.message, ref, problem.detail, problem.kind.retry))
        if self._refusals > REFUSALS_BEFORE_CLOSE:
            self.close(CloseCode.TOO_MUCH, "too many refused messages")

    # ---- messages that do

    async def _work(self) -> None:
        try:
            while self._inbox and not self._closed:
                waiting = self._inbox.popleft()
                self._bytes_waiting -= waiting.size
                self.read_on_if_free()
                message = waiting.message
                try:
                    if message is None:
                        message = await asyncio.to_thread(decode_client, waiting.payload)
                    if not waiting.allowed:
                        self._refuse_fast(message)
                    elif await self._may_write(message) and not self._handle_now(message, waiting.size):
                        await self._handle(message)
                except Problem as problem:
                    if message is None and not _is_utf8(waiting.payload):
                        self.close(NOT_UTF8, "text messages are UTF-8")
                        return
                    if problem.code in ("unauthenticated", "token_expired") and not self.ready:
                        ref = getattr(message, "ref", 0)
                        self.send(m.Error(problem.code, problem.message, ref, retry=problem.kind.retry))
                        self.close(CloseCode.NO_AUTH, problem.message)
                        return
                    crowded = problem.code == "too_many" and not self._known
                    if crowded or (problem.kind.status == 503 and (isinstance(message, m.Hello) or not self.ready)):
                        # Half a welcome is none: the session comes back and resumes everything.
                        self.close(CloseCode.OVERLOADED, problem.message)
                        return
                    self._refuse(problem, getattr(message, "ref", 0))
                except Exception:
                    log.exception("a %s could not be served", type(message).__name__)
                    self._refuse(Problem("internal"), getattr(message, "ref", 0))
        finally:
            self._working = False

    async def _may_write(self, message: m.ClientMessage) -> bool:
        """Write the actor down before the first message that writes; False if an edit was refused for that."""
        if not self.ready or self.principal.has_row or not isinstance(message, WRITES):
            return True
        try:
            await self._worker.identity.ensure(self.principal)
        except Problem as problem:
            if problem.code == "busy":  # it has another id now: this session begins again with that
                self.close(CloseCode.OVERLOADED, problem.message)
                return False
            if not isinstance(message, m.Edit):
                raise
            self._refused(message, problem)
            return False
        return True

    async def _handle(self, message: m.ClientMessage) -> None:
        match message:
            case m.Hello():
                await self._hello(message)
            case m.Auth():
                await self._auth(message)
            case _ if not self.ready:
                raise Problem("unauthenticated", "Send hello first.")
            case m.Open() | m.Subscribe() | m.Call() if self._worker.blind():
                raise Problem("unavailable", "Your rights could not be checked. Try again.")
            case m.Open():
                await self._open(message)
            case m.Subscribe():
                await self._subscribe(message)
            case m.Focus():
                await self._focus(message)
            case m.Call():
                await self._agents_calls().call(message)
            case m.Append():
                await self._agents_calls().append(message)
            case m.Park():
                followed = message.draft in self._had
                stash = await self._worker.stash.park(self.principal, self.sid, message, followed=followed)
                self.send(m.Parked(message.ref, stash))
            case _:
                raise Problem("bad_message", "This message is not allowed now.")

    async def sign_in(self, token: str, act_for: str | None = None, agent: str | None = None) -> None:
        """Take a token or key: the first one, or a renewal; who declared an agent goes on as it. Raises `Problem`."""
        if self._known:
            agent = self.principal.credential.declared
        principal = await self._worker.identity.authenticate(token, act_for, agent)
        await self._worker.rights.meet(principal)
        if self._closed:
            return
        if not self._known:
            if self._worker.connections.of_actor(principal.workspace.id, principal.info.id) >= SOCKETS_PER_ACTOR:
                raise Problem("too_many", f"A user can have at most {SOCKETS_PER_ACTOR} connections to a worker.")
            self.principal = principal
            self._known = True
            self._worker.connections.known(self, principal.workspace.id, principal.info.id)
            self._socket.max_frame_bytes = FRAME_BYTES
            self._worker.rights.add(self)
            self._reckon()
            await self._worker.owners.meet(principal.workspace.id)
            return
        self.principal.renew(principal)
        self.rights_changed()

    async def _auth(self, message: m.Auth) -> None:
        await self.sign_in(message.token, message.act_for)
        if self.ready:
            self._welcome(message.ref)

    async def _hello(self, hello: m.Hello) -> None:
        if self.ready:
            raise Problem("bad_message", "hello was already sent.")
        if hello.token is not None:
            await self.sign_in(hello.token, hello.act_for, hello.agent)
        elif hello.act_for is not None:
            raise Problem("bad_message", "act_for needs an API key.")
        if not self._known:
            raise Problem("unauthenticated")
        if hello.agent is not None and self.principal.credential.agent != hello.agent:  # the token came before
            self.principal = await self._worker.identity.declare(self.principal, hello.agent)
            await self._worker.rights.meet(self.principal)
        if self._closed:
            return
        self._worker.identity.check_session(hello.session, hello.resume, self.principal)
        if len(hello.drafts) > DRAFTS_PER_HELLO:
            raise Problem("too_many", f"hello can resume at most {DRAFTS_PER_HELLO} drafts.")
        self.session, self.attempt = hello.session, hello.attempt
        self.run = hello.run or self.principal.access.run
        self.run_row = await self._worker.check_run(self.principal, self.run)
        if self._closed:  # else the session would be in a connection that is over, for as long as the worker lives
            return
        sid = public_session_id(self.principal.access.actor, hello.session)  # type: ignore[arg-type]
        if not self._worker.connections.claim(self, self.principal.workspace.id, sid, hello.attempt):
            self.close(CloseCode.REPLACED, "a newer connection of this session is here")
            return
        self.sid = sid
        self._welcome(0)
        if self.run is not None and not self._closed:
            self._worker.run_followers.add(self.run, self)
        for have in hello.drafts:
            await self._resume(have)
        if hello.attempt > 1:
            self._worker.spawn(self._worker.asks.remind(self))
        for item in hello.items:
            await self._quietly(self._subscribe(m.Subscribe(0, f"item:{item}")), f"item:{item}")
        for workspace in hello.workspaces:
            await self._quietly(self._subscribe(m.Subscribe(0, f"workspace:{workspace}")), f"workspace:{workspace}")

    def _agents_calls(self) -> AgentCalls:
        if self._agent is None:
            self._agent = AgentCalls(self._worker, self, self.principal)
        return self._agent

    async def _quietly(self, work: Any, channel: str) -> None:
        """Part of a hello: what is gone is told as gone, and the rest goes on."""
        try:
            await work
        except Problem as problem:
            if problem.code == "unavailable":
                raise
            self.send(m.Gone(channel, problem.code))

    def _has_had(self, draft: str) -> None:
        self._had[draft] = None
        if len(self._had) > SUBSCRIPTIONS_PER_SOCKET:
            del self._had[next(iter(self._had))]

    async def _resume(self, have: m.Have) -> None:
        await self._quietly(self._open(m.Open(0, draft=have.id, have=have)), f"draft:{have.id}")
        if have.id not in self._had and not self._closed and await self._worker.opening.had(self.principal, have):
            self._has_had(have.id)  # it lost the right meanwhile: what it has typed it may still park

    def _welcome(self, ref: int) -> None:
        principal = self.principal
        self.send(
            m.Welcome(
                session=self.session,
                sid=self.sid,
                resume=self._worker.identity.resume_token(self.session, principal),
                worker=self._worker.settings.worker_name,
                workspace=principal.workspace.id,
                actor=principal.info,
                server=self._worker.version,
                ping_s=self._worker.settings.timings.ping_s,
                limits=announced(),
                ref=ref,
                token_expires_in_s=principal.expires_in(time.time()),
            )
        )

    def _check_room(self) -> None:
        if len(self.followings) + len(self.items) >= SUBSCRIPTIONS_PER_SOCKET:
            raise Problem("too_many", f"A connection can follow at most {SUBSCRIPTIONS_PER_SOCKET} channels.")

    # ---- drafts

    async def _open(self, message: m.Open) -> None:
        self._check_room()
        opening = self._worker.opening
        if message.draft is not None:
            item = (message.have.item if message.have else "") or message.item or ""
            live = await opening.by_id(self.principal, message.draft, item)
        elif message.item is not None:
            live = await opening.by_item(self.principal, message.item, message.purpose)
        else:
            raise Problem("bad_message", "open needs an item or a draft.")
        have = message.have
        replica = live.replica
        if have is not None and (have.have > replica.seq or have.generation > replica.generation):
            # The client has heard of commits that this worker has not: of a worker that died before it told.
            await self._worker.drafts.catch_up(live)
            live = await opening.by_id(self.principal, live.id, have.item)
        stored_mark = None
        if have is not None and have.generation == replica.generation and have.have < live.replica.first:
            with contextlib.suppress(Problem):  # no longer kept: a state, from which the client merges
                stored_mark = await self._worker.drafts.history.mark_at(live, have.have)
        if not self._closed:
            self._follow(live, message.ref, have, stored_mark)

    def _follow(self, live: LiveDraft, ref: int, have: m.Have | None, stored_mark: str | None) -> None:
        if self._worker.blind():  # since it was looked up
            raise Problem("unavailable", "Your rights could not be checked. Try again.")
        self._leave(f"draft:{live.id}")
        resume = "state" if have is None or have.id != live.id else how_to_resume(live.replica, have, stored_mark)
        if resume in ("discarded", "rewound"):
            self.send(m.Reset(live.id, resume, live.replica.generation))
            return
        self._has_had(live.id)
        verdict = may_type(self.principal, live)
        following = Following(
            live,
            self,
            live.replica.seq,
            "type" if verdict == "type" else "look",
            None if verdict == "type" else verdict,
        )
        if resume == "state" and not live.followers:
            live.followers.told_by_state()
        live.followers.add(following)
        self.followings[live.id] = following
        self._reckon()
        if have is None and live.stands and live.facts.owner == self.principal.access.user:
            self._worker.spawn(self._worker.asks.remind(self, live.id))
        if live.stands and live.base_version < live.item.head_version:
            self._worker.spawn(self._worker.behind.greet(following))
        frames = live.followers.frames_after(have.have) if have is not None and resume == "ops" else None
        if have is None or frames is None:
            self._send_state(following, ref)
            return
        self.send(opened_message(following, self.sid, ref, have.have))
        for frame in frames:
            self.write(frame, live.followers.channel)

    def _send_state(self, following: Following, ref: int) -> None:
        if not ref and self._worker.blind():
            following.cursor = NOWHERE  # it gets a state when the worker sees again
            return
        message, pieces = state_message(following, self.sid, ref)
        self.send(message)
        following.cursor = message.seq
        if pieces:
            following.held = True
            self._bulk.extend((following, piece) for piece in pieces)
            self._pump()

    def _pump(self) -> None:
        """Send pieces while the socket takes them; ops of that draft follow behind the last one."""
        while self._bulk and self._socket.unsent_bytes < BULK_WRITE_BYTES and not self._worker.blind():
            following, piece = self._bulk.popleft()
            if following.live.followers and self.followings.get(following.live.id) is following:
                self.write(piece, following.live.followers.channel)
                if not self._bulk or self._bulk[0][0] is not following:
                    following.held = False
                    if not following.live.followers.serve(following):
                        self._resync(following)
        if self._bulk and not self.behind:
            asyncio.get_running_loop().call_later(0.005, self._pump)

    def _resync(self, following: Following) -> None:
        """It fell behind what is kept: a state, from which it merges."""
        self._send_state(following, 0)

    def state_again(self, following: Following) -> None:
        """The draft began anew where it stood: send its state, from which the client merges."""
        if self.followings.get(following.live.id) is following:
            self._bulk = deque(each for each in self._bulk if each[0] is not following)
            following.held = False
            self._send_state(following, 0)

    # ---- state channels and presence

    async def _subscribe(self, message: m.Subscribe) -> None:
        kind, _, name = message.channel.partition(":")
        match kind:
            case "item":
                self._check_room()
                place = await self._worker.places.load_for(self.principal, name)
                if not self.principal.may("see_item", place):
                    raise Problem("not_found")
                if place.item is not None and place.item != name:  # the platform's id was given
                    self._named[name] = place.item
                    name = place.item
                self.items[name] = place
                try:
                    await self._worker.channels.subscribe_item(self, name, message.ref)
                    await self._worker.presence.watch(self.principal.workspace.id, name, self)
                except Problem:
                    del self.items[name]
                    raise
                if self._closed:
                    self._leave(f"item:{name}")
            case "workspace":
                if name not in (self.principal.workspace.id, self.principal.workspace.external_id):
                    raise Problem("not_found")
                await self._worker.channels.subscribe_workspace(self, message.ref, message.after)
                self.watches_workspace = True
                if self._closed:
                    self._worker.channels.unsubscribe_workspace(self)
            case "draft":
                await self._open(m.Open(message.ref, draft=name))
            case _:
                raise Problem("bad_message", "A channel must be draft:<id>, item:<id> or workspace:<id>.")

    async def _focus(self, message: m.Focus) -> None:
        place = self.items.get(message.item) or await self._worker.places.load_for(self.principal, message.item)
        if not self.principal.may("see_item", place) or self._closed:
            raise Problem("not_found")
        if len(message.at or "") > CURSOR_CHARS:
            raise Problem("too_large")
        check_doing(message.doing, message.lines)
        following = self.followings.get(message.draft) if message.draft else None
        message = msgspec.structs.replace(message, item=place.item or message.item)
        await self._worker.focus(self, message, following.live.facts if following else None)

    # ---- leaving

    def _leave(self, channel: str) -> None:
        kind, _, name = channel.partition(":")
        if kind == "draft":
            following = self.followings.pop(name, None)
            if following is not None:
                following.live.followers.discard(following)
        elif kind == "item" and self.items.pop(name, None) is not None:
            self._worker.channels.unsubscribe_item(self, name)
            self._worker.presence.unwatch(self.principal.workspace.id, name, self)
        elif kind == "workspace" and self.watches_workspace:
            self.watches_workspace = False
            self._worker.channels.unsubscribe_workspace(self)

    def _end(self, channel: str) -> None:
        """A right was taken away: nothing more goes out on this channel."""
        self._leave(channel)
        self.send(m.Gone(channel))
