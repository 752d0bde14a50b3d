"""uvicorn's sans-I/O WebSocket protocol with a short way in and out for whole text frames.

Offers the app the ASGI extension ``draftwire.socket``: an object on which a `Receiver` can be hung after the
handshake. From then on no task, queue or scope belongs to the connection; text messages come as bytes by a plain call,
ready frames go straight to the transport. Handshake, control frames, fragments, closing and every odd frame stay with
the `websockets` library, which gets them whole, so that its state is always at a frame's boundary.

What the library works on costs more than the short way, and nothing in it says how often: fragments have a bound per
message, and they and control frames a bound in time (`_odd_frame`). What comes before the app has taken the socket
over, as a `hello` in the packet of the handshake, is kept and read then.

It leans on attributes of uvicorn's class that are not promised: pyproject.toml pins uvicorn, and a test holds them.
"""

import asyncio
from typing import Any, Final, Protocol, cast

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame
from websockets.http11 import Request
from websockets.speedups import apply_mask

from draftwire.errors import CloseCode
from draftwire_server.limits.contract import (
    FRAGMENTS_PER_MESSAGE,
    FRAME_BEFORE_AUTH_BYTES,
    MESSAGES_BURST,
    MESSAGES_PER_S,
)
from draftwire_server.limits.tuning import EARLY_BYTES, OUTBOX_BYTES

EXTENSION: Final = "draftwire.socket"
_FIN_TEXT: Final = 0x81
_CLOSE_WAIT_S: Final = 3.0  # for the peer's close frame; then the transport goes


class Receiver(Protocol):
    """What a connection is to its socket. Every call comes from the event loop and must not block."""

    def text_received(self, payload: bytes) -> None:
        """One whole text message; UTF-8 is not checked yet."""

    def writable_again(self) -> None:
        """The socket took what it had been owed."""

    def socket_lost(self, code: int) -> None:
        """The connection is over; ``code`` is what the peer sent, 1006 if nothing. Called once."""


class _Dropped:
    """Stands in for the ASGI queue once nobody reads it."""

    def put_nowait(self, event: object) -> None:
        """Forget it: the receiver hears of the same things by its own calls."""


class DraftwireProtocol(WebSocketsSansIOProtocol):
    """The protocol class for uvicorn's ``ws=``; also the socket object that the app gets."""

    receiver: Receiver | None = None
    max_frame_bytes = FRAME_BEFORE_AUTH_BYTES
    paused_since: float | None = None  # loop time; set while the peer does not take what it is owed
    held = False  # nothing more is read from the peer for now
    _parts: list[bytes]
    _missing = 0
    _skipped = 0  # bytes of a refused frame that are still to come: the peer's close frame comes behind them
    _lost_code = 1006
    _early = b""  # came before the app took the socket over
    _gathered = 0  # bytes of the message whose fragments are coming
    _odd_frames = 0.0  # fragments and control frames, less what was allowed since
    _odd_at = 0.0

    # ---- the app's side

    def attach(self, receiver: Receiver) -> None:
        """Hang a receiver on the socket; call it in the same step as the accept, then return from the ASGI app."""
        self.receiver = receiver
        self._parts = []
        self.transport.set_write_buffer_limits(high=OUTBOX_BYTES)
        self.queue = cast("asyncio.Queue[Any]", _Dropped())
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        early, self._early = self._early, b""
        if early:
            self.data_received(early)

    def write(self, frames: bytes) -> None:
        """Send ready frames; never waits. Look at `paused_since` before sending what can be sent later."""
        if not self.close_sent and not self.disconnected:
            self.transport.write(frames)

    def close_socket(self, code: int, reason: str) -> None:
        """Send a close frame and end the connection, at the latest after `_CLOSE_WAIT_S`."""
        if self.close_sent or self.disconnected or self.transport.is_closing():
            return
        self.read_on()  # for the peer's close frame
        self.conn.send_close(code, reason[:100])
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(_CLOSE_WAIT_S, self.transport.abort)

    def hold_reading(self) -> None:
        """Read nothing more until `read_on`: the peer waits. What was read before still comes."""
        if not self.held and not self.close_sent:
            self.held = True
            self.transport.pause_reading()

    def read_on(self) -> None:
        """The end of `hold_reading`."""
        if self.held:
            self.held = False
            if not self.transport.is_closing():
                self.transport.resume_reading()

    @property
    def unsent_bytes(self) -> int:
        """What the kernel has not taken yet."""
        return self.transport.get_write_buffer_size()

    # ---- the short way in

    def data_received(self, data: bytes) -> None:
        receiver = self.receiver
        if self._skipped:
            skipped = min(self._skipped, len(data))
            self._skipped -= skipped
            data = data[skipped:]
            if not data:
                return
        if receiver is None and self.handshake_initiated and not self.close_sent:
            self._keep_early(data)
            return
        if receiver is None or self.close_sent:
            super().data_received(data)
            return
        if self._parts:
            self._parts.append(data)
            self._missing -= len(data)
            if self._missing > 0:
                return
            data = b"".join(self._parts)
            self._parts = []
        at, size, end = 0, len(data), 0
        while size - at >= 2:
            end = 0
            length = data[at + 1]
            if length < 0x80:  # unmasked: the library fails it, as soon as it can be seen
                super().data_received(data[at:])
                return
            if size - at < 6:
                break
            length &= 0x7F
            body = at + 6
            if length == 126:
                if size - at < 8:
                    break
                length = int.from_bytes(data[at + 2 : at + 4], "big")
                body = at + 8
            elif length == 127:
                if size - at < 14:
                    break
                length = int.from_bytes(data[at + 2 : at + 10], "big")
                body = at + 14
            if length > self.max_frame_bytes:  # before anything of it is kept
                self._skipped = max(body + length - size, 0)
                self.close_socket(CloseCode.TOO_LARGE, f"frames of at most {self.max_frame_bytes} bytes, please")
                return
            end = body + length
            if end > size:
                break
            if data[at] == _FIN_TEXT and not self.frames:
                receiver.text_received(apply_mask(data[body:end], data[body - 4 : body]))
            elif self._odd_frame():
                super().data_received(data[at:end])
            at = end
            if self.close_sent or self.disconnected:
                return
        if at < size:
            self._parts = [data[at:]]
            self._missing = max(end - size, 1)  # a large frame in many reads is joined once, not at every read

    def send_receive_event_to_app(self) -> None:
        receiver = self.receiver
        if receiver is None:
            super().send_receive_event_to_app()
            return
        payload = b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type != "text" or len(payload) > self.max_frame_bytes:
            self.close_socket(CloseCode.BAD_FRAME, "text messages within the limit, please")
            return
        receiver.text_received(payload)

    def handle_text(self, event: Frame) -> None:
        self._gathered = len(event.data)
        super().handle_text(event)

    def handle_bytes(self, event: Frame) -> None:
        self._gathered = len(event.data)
        super().handle_bytes(event)

    def handle_cont(self, event: Frame) -> None:
        # The library guards the sum of the fragments by its own, larger limit; ours is checked as they come.
        self._gathered += len(event.data)
        too_much = self._gathered > self.max_frame_bytes or len(self.frames) >= FRAGMENTS_PER_MESSAGE
        if too_much and self.receiver is not None:
            self.frames = []
            self.close_socket(CloseCode.TOO_LARGE, "the message is too large, or comes in too many fragments")
            return
        super().handle_cont(event)

    def _odd_frame(self) -> bool:
        """Count a frame that goes the long way; False, and the end of the connection, if there are too many."""
        now = self.loop.time()
        self._odd_frames = max(0.0, self._odd_frames - (now - self._odd_at) * MESSAGES_PER_S) + 1
        self._odd_at = now
        if self._odd_frames <= MESSAGES_BURST + FRAGMENTS_PER_MESSAGE:
            return True
        self.close_socket(CloseCode.TOO_MUCH, "too many fragments or control frames")
        return False

    def _keep_early(self, data: bytes) -> None:
        """Keep what comes before the app has taken the socket over; it is read when it has."""
        self._early += data
        if len(self._early) > EARLY_BYTES and not self.read_paused:
            self.read_paused = True
            self.transport.pause_reading()

    # ---- the ends

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.handshake_initiated and not self.handshake_complete:
            cast(dict[str, Any], self.scope["extensions"])[EXTENSION] = self

    async def run_asgi(self) -> None:
        """Run the app as uvicorn does, but leave the socket open and its state behind if a receiver took it over."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            self.logger.exception("The app failed in a WebSocket handshake")
            self.receiver = None
        if self.receiver is not None:
            for name in ("scope", "request", "response"):
                self.__dict__.pop(name, None)
            return
        self._early = b""
        if not self.handshake_complete:
            self.send_500_response()
        if self.close_timer is None:
            self.transport.close()

    def handle_close(self, event: Frame) -> None:
        if self.conn.close_rcvd is not None:
            self._lost_code = self.conn.close_rcvd.code
        super().handle_close(event)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.paused_since = self.loop.time()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.paused_since = None
        if self.receiver is not None and not self.close_sent:
            self.receiver.writable_again()

    def connection_lost(self, exc: Exception | None) -> None:
        receiver, self.receiver = self.receiver, None
        self._parts = []
        super().connection_lost(exc)
        if receiver is not None:
            receiver.socket_lost(self._lost_code)
