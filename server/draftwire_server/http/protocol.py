"""uvicorn's HTTP protocol with bounds on what comes before a request is one: heads, bodies, and their time.

uvicorn waits for ever for the end of a head and keeps all of it; nobody is known yet at that point. Here:

- A head has `HTTP_HEADER_BYTES`, `HTTP_HEADERS` lines and a target of `HTTP_TARGET_BYTES` at the most (431, 414). One
  that becomes a WebSocket is read again by a library with narrower bounds, which says nothing when they are crossed:
  they hold here.
- A head must be whole within ``head_deadline_s``, a body must come on at `BODY_BYTES_PER_S` after ``body_deadline_s``
  (408). Time in which we do not read does not count. `watch` looks at all connections twice a second, so that no
  request pays for a timer.
- Unfinished heads of one address have a number: beyond it the oldest gives way to the newest, so that a burst of real
  clients behind one proxy is not taken for an attack, and an attacker takes no more than their own places.
- What comes behind the head of an upgrade, in the same packet, belongs to the WebSocket.

It leans on attributes of uvicorn's class that are not promised: pyproject.toml pins uvicorn, and tests hold them.
"""

import asyncio
from collections import defaultdict
from collections.abc import Set as AbstractSet
from http import HTTPStatus
from typing import Any, Final

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from draftwire.errors import Problem
from draftwire_server.core.problems import MEDIA_TYPE, problem_body
from draftwire_server.limits.contract import HTTP_HEADER_BYTES, HTTP_HEADERS, HTTP_TARGET_BYTES, UPGRADE_LINE_BYTES
from draftwire_server.limits.tuning import BODY_BYTES_PER_S, HEADS_PER_ADDRESS
from draftwire_server.settings import Timings

WATCH_S: Final = 0.5
LINGER_S: Final = 1.0
SPARED_S: Final = 1.0  # a head that is younger gives way to nobody: all of a burst begin at once


class DraftwireHttpProtocol(HttpToolsProtocol):
    """The protocol class for uvicorn's ``http=``; see the module."""

    _head_since = 0.0  # loop time at which the head under way began; 0: none is
    _head_bytes = 0
    _body_since = 0.0  # likewise the body
    _body_bytes = 0
    _ended = False  # refused: nothing more of it is read

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        """See `HttpToolsProtocol`; what it lacks is before and behind the parser."""
        if self._ended:
            return
        self._unset_keepalive_if_required()
        if not self._head_since and not self._body_since:
            self._begin_head()
        if self._head_since:
            self._head_bytes += len(data)
        else:
            self._body_bytes += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            if self._should_upgrade():
                self._upgrade(data[upgrade.args[0] :])
            else:
                self._unsupported_upgrade_warning()
            return
        except httptools.HttpParserError:
            if not self._ended:
                self.send_400_response("Invalid HTTP request received.")
            return
        if self._head_since and self._head_bytes > HTTP_HEADER_BYTES:
            self.refuse(431 if self.headers else 414)

    def _begin_head(self) -> None:
        self._head_since, self._head_bytes = self.loop.time(), 0

    def _upgrade(self, early: bytes) -> None:
        self._head_since = self._body_since = 0.0
        if len(b"GET  HTTP/1.1") + len(self.url) > UPGRADE_LINE_BYTES:
            self.refuse(414)
            return
        if any(len(name) + len(value) + 2 > UPGRADE_LINE_BYTES for name, value in self.headers):
            self.refuse(431)
            return
        self.handle_websocket_upgrade()
        if early:
            self.transport.get_protocol().data_received(early)  # type: ignore[attr-defined]

    # ---- what the parser tells

    def on_message_begin(self) -> None:
        if not self._head_since:  # the second of two in one packet
            self._begin_head()
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > HTTP_TARGET_BYTES:
            self.refuse(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        super().on_header(name, value)
        if len(self.headers) > HTTP_HEADERS:
            self.refuse(431)

    def on_headers_complete(self) -> None:
        if self._ended:
            return
        self._head_since = 0.0
        self._body_since, self._body_bytes = self.loop.time(), 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if not self._ended:
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._ended:
            return
        self._body_since = 0.0
        super().on_message_complete()

    # ---- the ends

    @property
    def head_since(self) -> float:
        """Loop time at which a head began that is not whole yet; 0 if there is none."""
        return 0.0 if self._ended or self.transport.is_closing() else self._head_since

    @property
    def address(self) -> str:
        """Who is at the other end."""
        return self.client[0] if self.client else ""

    def refuse(self, status: int) -> None:
        """Answer without the app, and end the connection; silently where nothing was asked.

        What still comes is read for a moment and dropped: closed over unread bytes, the kernel would take the answer
        back.
        """
        if self._ended or self.transport.is_closing():
            return
        self._ended = True
        asked = self._head_bytes or self._body_since
        if not asked or (self.cycle is not None and not self.cycle.response_complete and self.cycle.response_started):
            self.transport.close()
            return
        self.transport.write(_answer(status))
        if self.transport.can_write_eof():
            self.transport.write_eof()
        self.flow.resume_reading()
        self.loop.call_later(LINGER_S, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """See `HttpToolsProtocol`: what is no HTTP is answered without the app."""
        body = msg.encode("ascii")
        self.transport.write(
            b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n"
            b"x-content-type-options: nosniff\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)
        )
        self.transport.close()

    def look_after(self, now: float, timings: Timings) -> None:
        """End the connection if its head or body takes too long."""
        if self._head_since and now - self._head_since > timings.head_deadline_s:
            self.refuse(408)
        elif self._body_since:
            if self.flow.read_paused:  # we are who is slow
                self._body_since += WATCH_S
            elif now - self._body_since > timings.body_deadline_s + self._body_bytes / BODY_BYTES_PER_S:
                self.refuse(408)


def _answer(status: int) -> bytes:
    """A whole answer in the form of all other refusals."""
    problem = Problem("bad_message", "The request took too long to arrive.") if status == 408 else Problem("too_large")
    body = problem_body(problem, status)
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"content-type: {MEDIA_TYPE}", "connection: close",
        "x-content-type-options: nosniff",
    )  # fmt: skip
    return "\r\n".join([*head, f"content-length: {len(body)}", "", ""]).encode() + body


async def watch(connections: AbstractSet[Any], timings: Timings) -> None:
    """Look after the heads and bodies of all connections, until cancelled."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(WATCH_S)
        now = loop.time()
        heads: dict[str, list[DraftwireHttpProtocol]] = defaultdict(list)
        for connection in list(connections):
            if isinstance(connection, DraftwireHttpProtocol):
                connection.look_after(now, timings)
                if connection.head_since:
                    heads[connection.address].append(connection)
        for unfinished in heads.values():
            make_room(unfinished, now)


def make_room(unfinished: list[DraftwireHttpProtocol], now: float) -> None:
    """Of the unfinished heads of one address let the oldest go, down to `HEADS_PER_ADDRESS`."""
    spare = len(unfinished) - HEADS_PER_ADDRESS
    if spare > 0:
        for connection in sorted(unfinished, key=lambda each: each.head_since)[:spare]:
            if now - connection.head_since > SPARED_S:
                connection.refuse(408)
