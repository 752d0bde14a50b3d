"""A text that an agent writes piece by piece over its run's connection.

    async with run.stream("/content", after="def total(rows):\\n") as stream:
        async for chunk in model:
            await stream.write(chunk)

What `write` took in is sent at once and kept until the server has committed it: after a cut connection, a change of
worker or a refusal that passes it is sent again from there. Overflow: `write` waits while `HELD_UNITS` are not
committed, which is also how a paused run holds its agent up.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, Final, Protocol, TypeVar

import msgspec

from draftwire.errors import Problem, heard_problem
from draftwire.rest.streams import CloseStream, NewStream, Stream
from draftwire.session.calls import Tool
from draftwire.session.outflow import Outflow
from draftwire.wire import messages as m

RENEWALS: Final = 3  # in a lease, while a model is silent
ABORT_S: Final = 5.0  # a block that fails waits no longer for its stream to be marked: the lease does it too
AGAIN_S: Final = 0.25  # after a refusal that may pass
LATER: Final = frozenset(("stream_gap", "too_fast", "run_paused", "unavailable", "draining", "busy"))

_T = TypeVar("_T")


class Writer(Protocol):
    """What a stream asks of its run; `Run` is one."""

    id: str
    streams: dict[str, "RunStream"]

    @property
    def connected(self) -> bool:
        """Whether what is sent now reaches the server."""

    async def call(self, wanted: type[_T], tool: Tool, body: Any = None, *, stream: str | None = None) -> _T:
        """Use a tool and wait for its answer. Raises `Problem`."""

    def append(self, piece: m.Append) -> None:
        """Send a piece of a stream."""

    async def resumed(self) -> None:
        """Wait until the run is not paused. Raises `Problem`."""


class RunStream:
    """See the module; made by `Run.stream`."""

    def __init__(self, run: Writer, told: Stream) -> None:
        self._run = run
        self._out = Outflow()
        self._told = told
        self._moved = asyncio.Event()  # something was committed, or refused
        self._send_on = asyncio.Event()
        self._problem: Problem | None = None

    @property
    def id(self) -> str:
        """The stream's id."""
        return self._told.id

    @property
    def units(self) -> int:
        """How much of the text is committed, in UTF-16 units."""
        return self._out.committed

    async def write(self, text: str) -> None:
        """The text goes on; waits while too much of it is not committed.

        Raises:
            Problem: run_stopped at once when a person stops the run; stream_over, anchor_gone, stale_region,
                bad_text (nothing was taken in, the stream goes on), …
        """
        self._check()
        self._out.add(text)
        self._send_on.set()
        while self._out.full:
            await self._wait()

    async def flush(self) -> None:
        """Wait until all that was written is committed. Raises `Problem` as `write`."""
        self._check()
        while not self._out.settled:
            await self._wait()

    async def abort(self) -> None:
        """Write nothing more; what is there stays, marked as unfinished. Fine if the stream has ended."""
        ended, self._problem = self._problem, self._problem or Problem("stream_over", detail={"state": "aborted"})
        self._moved.set()
        if ended is None and self._run.connected:  # else its lease ends it
            with contextlib.suppress(Problem, TimeoutError):
                async with asyncio.timeout(ABORT_S):
                    self._told = await self._run.call(Stream, "abort_stream", stream=self.id)

    # ---- what `Run` does with it

    async def finish(self) -> None:
        """The text is complete and committed. Raises `Problem` as `write`."""
        while True:
            await self.flush()
            try:
                self._told = await self._run.call(Stream, "close_stream", CloseStream(self._out.total), stream=self.id)
            except Problem as problem:
                if _closed(problem):
                    break  # by an earlier request, whose answer was lost
                if problem.code not in LATER:
                    raise
                await self._resume(problem)
                continue
            break
        self._problem = Problem("stream_over", detail={"state": "closed"})

    def told(self, streamed: m.Streamed) -> None:
        """The server said how much is committed, or why nothing more is."""
        self._out.confirm(streamed.units)
        if streamed.code is not None:
            problem = heard_problem(409, streamed.code, streamed.message or streamed.code)
            if streamed.code in LATER:
                self._out.again(streamed.expected or 0)
                asyncio.get_running_loop().call_later(AGAIN_S, self._send_on.set)
            else:
                self.fail(problem)
        self._moved.set()

    def reconnected(self) -> None:
        """A new connection, perhaps to another worker: what is not committed goes again."""
        self._out.again(0)
        self._send_on.set()

    def fail(self, problem: Problem) -> None:
        """Nothing more is taken: whoever waits hears why."""
        self._problem = self._problem or problem
        self._moved.set()

    async def send(self) -> None:
        """Send what is written, until cancelled; now and then an empty piece, so that the lease goes on."""
        renew_s = self._told.lease_s / RENEWALS
        while self._problem is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(renew_s):
                    await self._send_on.wait()
            if not self._run.connected:
                self._send_on.clear()
                continue  # `reconnected` begins again
            renewing = not self._send_on.is_set()
            self._send_on.clear()
            while (piece := self._out.take()) is not None:
                self._run.append(m.Append(self._run.id, self.id, *piece))
                renewing = False
            if renewing:
                self._run.append(m.Append(self._run.id, self.id, self._out.sent, ""))

    # ---- waiting

    def _check(self) -> None:
        if self._problem is not None:
            raise self._problem.again()

    async def _wait(self) -> None:
        self._moved.clear()
        self._check()
        await self._moved.wait()
        self._check()

    async def _resume(self, problem: Problem) -> None:
        """Go on after a refusal that may pass."""
        expected = (problem.detail or {}).get("expected") if isinstance(problem.detail, dict) else None
        if expected is not None:
            self._out.again(expected)
            self._send_on.set()
        if problem.code == "run_paused":
            await self._run.resumed()
        else:
            await asyncio.sleep(AGAIN_S)


def _closed(problem: Problem) -> bool:
    detail = problem.detail if isinstance(problem.detail, dict) else {}
    return problem.code == "stream_over" and detail.get("state") == "closed"


@contextlib.asynccontextmanager
async def opened(run: Writer, place: NewStream) -> AsyncIterator[RunStream]:
    """Open a stream for the length of a block: it is closed at the end.

    If the block fails, what was written is committed if that goes soon, and the stream is aborted.
    """
    stream = RunStream(run, await run.call(Stream, "open_stream", place))
    run.streams[stream.id] = stream
    sending = asyncio.create_task(stream.send(), name=f"draftwire stream {stream.id}")
    try:
        try:
            yield stream
        except Exception:
            with contextlib.suppress(Problem, TimeoutError):  # what was written before it failed is worth keeping
                async with asyncio.timeout(ABORT_S):
                    await stream.flush()
            await stream.abort()
            raise
        except BaseException:
            await asyncio.shield(stream.abort())
            raise
        if stream._problem is None or stream._problem.code != "stream_over":
            await stream.finish()
    finally:
        run.streams.pop(stream.id, None)
        sending.cancel()
        await asyncio.wait([sending])


def place_of(at: str, **where: object) -> NewStream:
    """Where a text goes, of what was given."""
    return msgspec.convert({"at": at} | {k: v for k, v in where.items() if v is not None}, NewStream)
