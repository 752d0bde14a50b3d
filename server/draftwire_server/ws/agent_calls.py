"""An agent's tools and streams over its WebSocket: the bodies of the HTTP routes, without their cost.

Pieces of a stream that is written here are taken in by the call that brought them; everything else waits its turn in
the connection's inbox, so pieces never overtake each other.
"""

import time
from typing import Any, Final, TypeVar

import msgspec

from draftwire.errors import Problem
from draftwire.rest.streams import CloseStream, NewStream
from draftwire.rest.tools import Read, Search, ToolEdits
from draftwire.wire import messages as m
from draftwire_server.limits.contract import KEY_CHARS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.peer import Peer
from draftwire_server.services.access.rights import DECIDES_AGAIN_S
from draftwire_server.services.agents.stream_writing import Open
from draftwire_server.services.runtime import Runtime

T = TypeVar("T")

READS: Final = ("read", "search")


class AgentCalls:
    """See the module."""

    def __init__(self, runtime: Runtime, peer: Peer, principal: Principal) -> None:
        self._runtime = runtime
        self._peer = peer
        self._principal = principal

    # ---- tools

    async def call(self, message: m.Call) -> None:
        """Use a tool and answer; what reads is asked again if rights moved meanwhile. Raises `Problem`."""
        acl_rev, began = self._principal.acl_rev, time.monotonic()
        answer = await self._answer(message)
        if message.tool in READS and time.monotonic() - began > DECIDES_AGAIN_S:
            while await self._runtime.rights.moved(self._principal) or self._principal.acl_rev != acl_rev:
                acl_rev = self._principal.acl_rev
                answer = await self._answer(message)
        self._peer.send(m.Answer(message.ref, answer))

    async def _answer(self, message: m.Call) -> Any:
        tools, streams = self._runtime.tools, self._runtime.streams
        principal, run, body = self._principal, message.run, message.body
        match message.tool:
            case "read":
                return await tools.read(principal, run, _read(body, Read))
            case "search":
                return await self._runtime.finding.search(principal, run, _read(body, Search))
            case "edit":
                key = message.key and message.key[:KEY_CHARS]
                return await tools.edit(principal, run, _read(body, ToolEdits), key)
            case "open_stream":
                return await streams.open(principal, run, _read(body, NewStream))
            case "load_stream":
                return await streams.load(principal, run, message.stream or "")
            case "close_stream":
                return await streams.close(principal, run, message.stream or "", _read(body or {}, CloseStream))
            case "abort_stream":
                return await streams.abort(principal, run, message.stream or "")

    # ---- streams

    def append_now(self, message: m.Append) -> bool:
        """Take a piece in if its stream is written here."""
        try:
            return self._runtime.streams.append_now(self._principal, message, self, self._tell)
        except Problem as problem:
            self._refuse(message, problem)
            return True

    async def append(self, message: m.Append) -> None:
        """Take a piece in, of a stream that this worker may have to read from the log first."""
        try:
            await self._runtime.streams.follow(self._principal, message.run, message.stream, message.offset)
            self.append_now(message)
        except Problem as problem:
            if problem.code == "unavailable":
                raise
            self._refuse(message, problem)

    def _tell(self, opened: Open) -> None:
        over = opened.over
        if over is None:
            self._peer.send(m.Streamed(opened.row.id, opened.units))
        else:
            expected = over.detail.get("expected") if isinstance(over.detail, dict) else None
            self._peer.send(m.Streamed(opened.row.id, opened.units, over.code, over.message, expected))

    def _refuse(self, message: m.Append, problem: Problem) -> None:
        detail = problem.detail if isinstance(problem.detail, dict) else {}
        expected = detail.get("expected")
        units = detail.get("units", 0)
        self._peer.send(m.Streamed(message.stream, units, problem.code, problem.message, expected))

    def close(self) -> None:
        """The connection is over."""
        self._runtime.streams.forget(self)


def _read(body: Any, shape: type[T]) -> T:
    try:
        return msgspec.convert(body, shape)
    except msgspec.ValidationError as error:
        raise Problem("bad_message", f"The body has the wrong shape: {error}.") from error
