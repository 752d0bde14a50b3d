"""A socket on plain ASGI sends, for servers that lack our extension: the same face, one task per connection.

What is written waits in a bounded queue; when it holds more than `OUTBOX_BYTES`, the socket counts as paused until it
is empty again, as the transport of `DraftwireProtocol` does.
"""

import asyncio
from collections import deque
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from draftwire.errors import CloseCode
from draftwire_server.core.frames import payloads
from draftwire_server.limits.contract import FRAME_BEFORE_AUTH_BYTES
from draftwire_server.limits.tuning import OUTBOX_BYTES
from draftwire_server.ws.protocol import Receiver


class AsgiSocket:
    """See the module."""

    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket
        self._receiver: Receiver | None = None
        self._out: deque[bytes] = deque()
        self._close: tuple[int, str] | None = None
        self._wake = asyncio.Event()
        self._may_read = asyncio.Event()
        self._may_read.set()
        self.unsent_bytes = 0
        self.max_frame_bytes = FRAME_BEFORE_AUTH_BYTES
        self.paused_since: float | None = None

    def attach(self, receiver: Receiver) -> None:
        """Hang a receiver on the socket."""
        self._receiver = receiver

    def write(self, frames: bytes) -> None:
        """Queue ready frames; never waits."""
        if self._close is None:
            for payload in payloads(frames):
                self._out.append(payload)
                self.unsent_bytes += len(payload)
            if self.unsent_bytes > OUTBOX_BYTES and self.paused_since is None:
                self.paused_since = asyncio.get_running_loop().time()
            self._wake.set()

    def close_socket(self, code: int, reason: str) -> None:
        """Close after what is queued."""
        if self._close is None:
            self._close = (code, reason[:100])
            self._wake.set()
            self._may_read.set()

    @property
    def held(self) -> bool:
        """Whether nothing more is read for now."""
        return not self._may_read.is_set()

    def hold_reading(self) -> None:
        """Read nothing more until `read_on`."""
        if self._close is None:
            self._may_read.clear()

    def read_on(self) -> None:
        """The end of `hold_reading`."""
        self._may_read.set()

    async def run(self) -> None:
        """Serve the socket until it is over."""
        code = 1006
        sending = asyncio.create_task(self._send())
        try:
            while self._close is None:
                await self._may_read.wait()
                message: Any = await self._websocket.receive()
                if message["type"] == "websocket.disconnect":
                    code = message.get("code") or 1005
                    break
                text = message.get("text")
                if text is None or len(text) > self.max_frame_bytes:
                    self.close_socket(CloseCode.TOO_LARGE, "text messages within the limit, please")
                elif self._receiver is not None:
                    self._receiver.text_received(text.encode("utf-8", "surrogatepass"))
        except WebSocketDisconnect as gone:
            code = gone.code
        finally:
            if self._close is None:
                sending.cancel()
            await asyncio.wait([sending])
            receiver, self._receiver = self._receiver, None
            if receiver is not None:
                receiver.socket_lost(code)

    async def _send(self) -> None:
        try:
            while True:
                while self._out:
                    payload = self._out.popleft()
                    await self._websocket.send_text(payload.decode())
                    self.unsent_bytes -= len(payload)
                if self.paused_since is not None:
                    self.paused_since = None
                    if self._receiver is not None:
                        self._receiver.writable_again()
                    continue
                if self._close is not None:
                    await self._websocket.close(*self._close)
                    return
                self._wake.clear()
                await self._wake.wait()
        except (WebSocketDisconnect, RuntimeError, OSError):
            return  # the peer is gone; `run` notices by itself
