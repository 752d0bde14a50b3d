"""Streams: an agent's text goes into a draft as it comes, at a place that follows everybody's edits.

The book of the streams that this worker writes (`stream_writing.py`): opened here, or found in the log when their next
piece comes here. Of a stream this worker keeps what it can't lose. Overflow: a stream whose agent is silent is
forgotten after `FORGET_LEASES`.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest.streams import AppendToStream, CloseStream, NewStream, Stream
from draftwire.rest.tools import InsertText, ReplaceLines
from draftwire.wire import messages as m
from draftwire_server.core.runs.tooling import resolve_place
from draftwire_server.limits.contract import STREAMS_PER_DRAFT
from draftwire_server.limits.retention import STREAM_LEASE_S
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.agents.run_presence import AgentPresence
from draftwire_server.services.agents.run_writes import AgentWrites
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.agents.stream_writing import PAUSED_LOOK_S, Open, StreamWriter, ended, gap
from draftwire_server.services.agents.tools import Tools
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import Opening, need_type
from draftwire_server.services.live.run_states import Heard, RunStates
from draftwire_server.store.agents import runs as run_store
from draftwire_server.store.agents import streams
from draftwire_server.store.agents.runs import OVER
from draftwire_server.store.agents.streams import StreamState
from draftwire_server.store.postgres import Database

FORGET_LEASES: Final = 2  # a stream is kept in memory so many leases beyond its last piece, then the log is enough


class Streams:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        runs: Runs,
        book: RunStates,
        tools: Tools,
        writes: AgentWrites,
        presence: AgentPresence,
        spawn: Callable[..., Any],
    ) -> None:
        self._database = database
        self._runs = runs
        self._book = book
        self._tools = tools
        self._writes = writes
        self._spawn = spawn
        self._open: dict[tuple[str, str], Open] = {}  # by workspace and stream
        self._writer = StreamWriter(
            database, drafts, opening, runs, book, writes, presence, spawn, self._dropped
        )  # fmt: skip
        book.on_news.append(self._heard)

    # ---- opening

    async def open(self, principal: Principal, run: str, asked: NewStream) -> Stream:
        """Begin a stream at a place. Raises `Problem` no_match, many_matches, out_of_range, suggest_only, …"""
        row = await self._runs.own(principal, run)
        principal = principal.in_run(run)
        live = await self._tools.find(principal, row, asked)
        need_type(principal, live)
        wait_s = await self._writes.room(live.workspace, run, live.id)
        if wait_s:
            raise Problem("too_fast", detail={"retry_after_s": round(wait_s, 3)})
        at = await self._tools.at(live, await self._tools.read_seq(live, row, asked.read_seq))
        start, until = resolve_place(at.document, _place(asked))
        async with self._database.transaction() as connection:
            state = await run_store.hold_run(connection, live.workspace, row.id)
            if state in OVER:
                raise Problem("run_ended" if state == "ended" else "run_stopped")
            opened = await streams.count_open(connection, live.workspace, row.id, live.id)
            if opened >= STREAMS_PER_DRAFT:
                raise Problem("too_many", f"A run has at most {STREAMS_PER_DRAFT} open streams in a draft.")
            made = await streams.open_stream(
                connection, live.workspace, row.id, item=live.item.id, draft=live.id,
                generation=live.replica.generation, address=asked.at, seq=at.seq, start=start, until=until,
                lease_s=asked.lease_s or STREAM_LEASE_S, lanes=STREAMS_PER_DRAFT,
            )  # fmt: skip
        opened_here = self._open[(made.workspace, made.id)] = Open(made, principal)
        return _told(opened_here, live)

    # ---- writing

    async def append(self, principal: Principal, run: str, stream: str, asked: AppendToStream) -> Stream:
        """Take a piece in, and wait until it is committed. Raises `Problem` stream_gap, stream_over, anchor_gone, …"""
        await self._runs.readable(principal, run)
        opened = await self._find(principal, run, stream)
        await self._catch_up(opened, asked.offset or 0)
        upto = self._writer.take(opened, asked)
        await self._renewed(opened)
        if asked.wait:
            await self._committed_to(opened, run, upto)
        elif opened.over is not None:
            raise opened.over
        return _told(opened, await self._writer.live(opened))

    async def _committed_to(self, opened: Open, run: str, upto: int) -> None:
        """Wait until so much of a stream is committed. Raises `Problem` run_paused, and what ended the stream."""
        while opened.units < upto and opened.over is None:
            if self._book.refusal(opened.row.workspace, run) == "run_paused":
                raise Problem("run_paused", detail={"units": opened.units})
            moved = opened.moved
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PAUSED_LOOK_S):
                    await moved.wait()
        if opened.over is not None:
            raise opened.over

    def append_now(self, principal: Principal, asked: m.Append, listener: object, tell: Callable[[Open], None]) -> bool:
        """Take in a connection's piece if its stream is written here; False: `follow` it first. Raises `Problem`."""
        opened = self._open.get((principal.workspace.id, asked.stream))
        if opened is None or opened.row.run != asked.run or opened.principal.info.id != principal.info.id:
            return False
        if opened.lost or (asked.offset > opened.taken and not opened.caught_up):
            return False
        opened.caught_up = False
        opened.heard()
        opened.listeners[listener] = tell
        self._writer.take(opened, AppendToStream(asked.text, asked.offset))
        if time.monotonic() - opened.renewed_at >= opened.row.lease_s / 3:
            self._spawn(self._renewed(opened))
        return True

    async def follow(self, principal: Principal, run: str, stream: str, units: int) -> None:
        """Have a stream written here, of which ``units`` were sent. Raises `Problem` not_found, run_stopped, …"""
        await self._runs.own(principal, run)
        opened = await self._find(principal, run, stream)
        await self._catch_up(opened, units)
        opened.caught_up = True

    async def _catch_up(self, opened: Open, units: int) -> None:
        """What was sent and is not known here, another worker may have written since: the log says."""
        if units > opened.taken and not opened.writing:
            await self._writer.read_on(opened, await self._writer.live(opened))

    def forget(self, listener: object) -> None:
        """A connection is over; its streams go on until their leases end."""
        for opened in self._open.values():
            opened.listeners.pop(listener, None)

    async def load(self, principal: Principal, run: str, stream: str) -> Stream:
        """How much of a stream is written, from the log: an agent goes on from there. Raises `Problem` not_found, …"""
        await self._runs.readable(principal, run)
        opened = await self._find(principal, run, stream)
        live = await self._writer.live(opened)
        if not await self._writer.renew(opened):
            raise opened.over or Problem("stream_over")
        if not opened.writing:
            await self._writer.read_on(opened, live)
        return _told(opened, live)

    # ---- ending

    async def close(self, principal: Principal, run: str, stream: str, asked: CloseStream) -> Stream:
        """The text is complete. Raises `Problem` stream_gap, and what its last pieces met."""
        await self._runs.readable(principal, run)
        opened = await self._find(principal, run, stream)
        await self._catch_up(opened, asked.units or 0)
        if asked.units is not None and asked.units != opened.taken:
            raise Problem("stream_gap", detail={"expected": opened.taken})
        opened.complete = True
        self._writer.go_on(opened)
        await self._committed_to(opened, run, opened.taken)
        return await self._finish(opened, "closed")

    async def abort(self, principal: Principal, run: str, stream: str) -> Stream:
        """Write nothing more; what is there stays and is marked as unfinished. Raises `Problem` stream_over."""
        await self._runs.readable(principal, run)
        opened = await self._find(principal, run, stream)
        return await self._finish(opened, "aborted")

    async def _finish(self, opened: Open, state: StreamState) -> Stream:
        live = await self._writer.live(opened)
        await self._writer.end(opened, state, Problem("stream_over", detail={"state": state}))
        if opened.row.state != state:  # it was ended elsewhere
            raise opened.over or Problem("stream_over")
        return _told(opened, live)

    def _heard(self, heard: Heard) -> None:
        """A run was stopped or has ended: nothing more of its streams is sent to be committed."""
        refusal = self._book.refusal(heard.workspace, heard.run)
        if refusal in ("run_stopped", "run_ended"):
            here = (heard.workspace, heard.run)
            for opened in [each for each in self._open.values() if (each.row.workspace, each.row.run) == here]:
                self._writer.drop(opened, Problem(refusal, detail={"units": opened.units}))
                if not opened.writing:
                    self._spawn(self._writer.note_units(opened))

    # ---- finding

    async def _find(self, principal: Principal, run: str, stream: str) -> Open:
        """The stream, from memory or from the log. Raises `Problem` not_found, stream_over, run_stopped."""
        opened = self._open.get((principal.workspace.id, stream))
        if opened is not None and opened.row.run == run and opened.principal.info.id == principal.info.id:
            if not opened.lost:
                opened.principal = principal.in_run(run)  # the rights of the latest request count
                opened.heard()
                return opened
            self._writer.drop(opened, gap(opened))  # what its agent sends from now on begins at what is in the log
        async with self._database.acquired() as connection:
            row = await streams.load_stream(connection, principal.workspace.id, stream)
            if row is None or row.run != run:
                raise Problem("not_found")
            if row.state not in ("open", "lost"):
                raise ended(row)
            if row.state == "lost" and not await streams.renew_stream(connection, row.workspace, row.id):
                raise ended(row)
        self._book.learn_stream(row.workspace, row.id, "open")
        opened = Open(msgspec.structs.replace(row, state="open"), principal.in_run(run))
        await self._writer.read_on(opened, await self._writer.live(opened))
        return self._open.setdefault((row.workspace, row.id), opened)

    async def _renewed(self, opened: Open) -> None:
        """Write down now and then that a stream's agent was heard of."""
        if time.monotonic() - opened.renewed_at >= opened.row.lease_s / 3:
            await self._writer.renew(opened)

    def _dropped(self, opened: Open) -> None:
        key = (opened.row.workspace, opened.row.id)
        if self._open.get(key) is opened:
            del self._open[key]

    def sweep(self) -> None:
        """Forget streams whose agents went silent or go on elsewhere; who comes back has them read from the log."""
        for opened in list(self._open.values()):
            silent_s = time.monotonic() - opened.heard_at
            if silent_s > FORGET_LEASES * opened.row.lease_s and not opened.ready and not opened.writing:
                self._writer.drop(opened, gap(opened))


def _place(asked: NewStream) -> InsertText | ReplaceLines:
    lines = asked.first is not None or asked.last is not None
    if lines:
        if any(place is not None for place in (asked.line, asked.after, asked.before)):
            raise Problem("bad_message", "Give exactly one place: line, after, before, or first and last.")
        first = asked.first if asked.first is not None else asked.last
        last = asked.last if asked.last is not None else asked.first
        assert first is not None
        assert last is not None
        return ReplaceLines(asked.at, first, last, "")
    return InsertText(asked.at, "x", asked.line, asked.after, asked.before)


def _told(opened: Open, live: LiveDraft) -> Stream:
    row = opened.row
    return Stream(
        row.id, row.run, row.item, row.draft, row.address, row.state, opened.units, live.replica.seq, row.lease_s,
        row.reason,
    )  # fmt: skip
