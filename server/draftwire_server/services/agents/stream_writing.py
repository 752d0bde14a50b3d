"""One stream as a worker writes it: pieces in, batches into the log, until it is over.

Everything follows from the log: a batch's cause says how much of the text is written with it, its effect where the text
ends. So a worker whose view of a stream is older than the log reads on there, and of two workers that write one piece
at once, one finds its number taken and reads on.

Pieces of 40 ms go together. Overflow: `STREAM_HELD_UNITS` of one stream wait for their commit, `STREAMS_HELD_UNITS` of
all streams of an agent, then `too_fast`. What waits is let go when the agent was not heard of for the stream's lease;
who goes on sends it again.
"""

import asyncio
import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import msgspec

from draftwire.document.carry import Range, carry
from draftwire.document.ops import Effect, Text
from draftwire.errors import OpError, Problem
from draftwire.rest.streams import AppendToStream
from draftwire.text.lines import lf
from draftwire.text.text import validate_form
from draftwire.text.units import cut, length
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.edits.resting import Region
from draftwire_server.core.ids import ActorId, public_session_id
from draftwire_server.limits.contract import CHUNK_UNITS
from draftwire_server.limits.tuning import STREAM_HELD_UNITS, STREAMS_HELD_UNITS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.agents.run_presence import AgentPresence, Spot
from draftwire_server.services.agents.run_writes import AgentWrites, RunBatch, run_session
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.live.run_states import RunStates
from draftwire_server.store.agents import streams
from draftwire_server.store.agents.streams import StreamRow, StreamState, cause_prefix
from draftwire_server.store.postgres import Database

COALESCE_S: Final = 0.04  # 25 updates a second: smooth to read, and a fifth of a keystroke's cost each
BATCH_UNITS: Final = 16 * 1024  # of one batch; a longer piece follows in the next
PAUSED_LOOK_S: Final = 0.5  # a paused stream asks so often whether it may go on, should no message come
LOST: Final = frozenset(("op_no_reused", "op_no_gap", "stale", "base_ahead"))  # the log knows better: read on
RETRIES: Final = 8


class End(msgspec.Struct, frozen=True):
    """Where a stream's text ends, in the state ``seq``: what comes next goes there."""

    seq: int
    start: int
    until: int  # beyond ``start`` only before the first piece, which replaces what lies between


class Open:
    """A stream that this worker writes."""

    def __init__(self, row: StreamRow, principal: Principal) -> None:
        self.row = row
        self.principal = principal
        self.end = End(row.seq, row.start, row.until)
        self.units = 0  # committed
        self.pending = ""  # taken in, not committed: as it was sent, so that its units are those of the agent
        self.complete = False  # nothing follows
        self.pending_units = 0
        self.writing = False
        self.over: Problem | None = None
        self.moved = asyncio.Event()  # something was committed, or it is over
        self.caught_up = False  # the log was read for the piece that comes next
        self.heard_at = self.renewed_at = time.monotonic()  # of its agent, here; the second is in the row, too
        self.written_at = 0.0
        self.listeners: dict[object, Callable[[Open], None]] = {}

    @property
    def taken(self) -> int:
        """How much of the text was taken in."""
        return self.units + self.pending_units

    @property
    def ready(self) -> str:
        """What may be written: a CR at the end waits for the LF that may follow it."""
        return self.pending if self.complete else self.pending.removesuffix("\r")

    def heard(self) -> None:
        """Its agent said something of it."""
        self.heard_at = time.monotonic()

    @property
    def silent(self) -> bool:
        """Whether its agent was not heard of here for as long as its lease is."""
        return time.monotonic() - self.heard_at > self.row.lease_s

    @property
    def lost(self) -> bool:
        """Whether nobody is there any more for what waits."""
        return self.silent and bool(self.pending)

    def stir(self) -> None:
        """Tell whoever waits or listens."""
        self.moved.set()
        self.moved = asyncio.Event()
        for listener in list(self.listeners.values()):
            listener(self)


class StreamWriter:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        runs: Runs,
        book: RunStates,
        writes: AgentWrites,
        presence: AgentPresence,
        spawn: Callable[..., Any],
        dropped: Callable[[Open], None],
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._runs = runs
        self._book = book
        self._writes = writes
        self._presence = presence
        self._spawn = spawn
        self.dropped = dropped  # is told what is no longer written here
        self._held: Counter[str] = Counter()  # units that wait, by actor

    def take(self, opened: Open, asked: AppendToStream) -> int:
        """Take a piece in and set it on its way; gives up to where it will be committed by itself. Raises `Problem`.

        CRLF and CR become LF when they are written, also where a CRLF comes in two pieces; offsets count what was sent.
        """
        if opened.over is not None:
            raise opened.over
        text = asked.text
        if length(text) > CHUNK_UNITS:
            raise Problem("too_large", f"A piece can have at most {CHUNK_UNITS} UTF-16 units.")
        if text:
            try:
                validate_form(((0, 0, lf(text)),))
            except OpError as error:
                raise Problem("bad_text", str(error)) from error
        offset = opened.taken if asked.offset is None else asked.offset
        if offset > opened.taken:
            raise Problem("stream_gap", detail={"expected": opened.taken})
        upto = offset + length(text)
        fresh = cut(text, opened.taken - offset, length(text))
        actor, size = opened.principal.info.id, length(fresh)
        if size and (opened.pending_units + size > STREAM_HELD_UNITS or self._held[actor] + size > STREAMS_HELD_UNITS):
            raise Problem("too_fast", detail={"retry_after_s": 1.0, "expected": opened.taken})
        opened.pending += fresh
        opened.pending_units += size
        self._held[actor] += size
        self.go_on(opened)
        return min(upto, opened.units + length(opened.ready))

    def go_on(self, opened: Open) -> None:
        """Write what waits and may be written, unless that is under way."""
        if opened.ready and not opened.writing:
            opened.writing = True
            self._spawn(self._write(opened))

    async def _write(self, opened: Open) -> None:
        """Commit what waits, a batch every 40 ms, until nothing does."""
        try:
            tries = 0
            while opened.ready and opened.over is None:
                due_s = opened.written_at + COALESCE_S - time.monotonic()
                if due_s > 0:
                    await asyncio.sleep(due_s)
                wait_s = await self._writes.turn(opened.row.workspace, opened.row.run, opened.row.draft)
                if wait_s:
                    await asyncio.sleep(wait_s)
                opened.written_at = time.monotonic()
                try:
                    await self._write_once(opened)
                    tries = 0
                except Problem as problem:
                    tries += 1
                    await self._refused(opened, problem, tries)
            if opened.over is not None:
                await self.note_units(opened)  # of a batch that was under way when it ended
        finally:
            opened.writing = False
            if opened.over is None:
                self.go_on(opened)

    async def _write_once(self, opened: Open) -> None:
        row, live = opened.row, await self.live(opened)
        end = await self._followed(opened, live)
        piece = opened.ready
        if not piece:
            return  # another worker has written it
        # From here to the batch nothing waits: the number is that of the log in which the text was looked for.
        if opened.pending_units > BATCH_UNITS:
            piece = _beginning(piece, BATCH_UNITS)
        units = opened.units + length(piece)
        session = run_session(row.run, row.lane)
        sid = public_session_id(ActorId(opened.principal.info.id), session)
        w = live.replica.numbers.get(sid, 0)
        no = live.replica.last_no.get(w, 0) + 1
        first = end.until > end.start or not opened.units
        region = (Region("text", row.address, end.start, end.until),) if first else (Region("there", row.address),)
        batch = RunBatch(
            row.generation, end.seq, _mark(live, end.seq) or await self._drafts.history.mark_at(live, end.seq),
            (Text(row.address, ((end.start, end.until - end.start, lf(piece)),)),), region, session,
            no, secrets.token_urlsafe(12), f"{cause_prefix(row.id)}{units}", row.id,
        )  # fmt: skip
        try:
            landed = await self._writes.commit(opened.principal, live, row.run, batch)
        except Problem as problem:
            if first and problem.code == "stale_region":
                raise await self._writes.explained(live, problem, batch) from None
            raise
        if landed.entry is None:
            await self.read_on(opened, live)
            return
        opened.end = _end_of(landed.entry.effects, landed.seq)
        self._committed(opened, units)
        spot = Spot(row.address, opened.end.start, landed.seq)
        self._presence.note(opened.principal, row.run, live, "writing", spot)

    def _committed(self, opened: Open, units: int) -> None:
        """So much of the text is in the log."""
        done = max(0, units - opened.units)
        self._let_go(opened, min(done, opened.pending_units))
        opened.units += done
        opened.stir()

    def _let_go(self, opened: Open, units: int) -> None:
        """So much of what waits is written, or is not going to be."""
        actor = opened.principal.info.id
        opened.pending = cut(opened.pending, units, opened.pending_units)
        opened.pending_units -= units
        self._held[actor] -= units
        if not self._held[actor]:
            del self._held[actor]

    async def _followed(self, opened: Open, live: LiveDraft) -> End:
        """The end of the text as it reads at the head, after pieces that another worker may have written."""
        if live.replica.generation != opened.row.generation:
            raise Problem("generation_changed", detail={"generation": live.replica.generation})
        if opened.end.seq < live.replica.first:
            await self.read_on(opened, live)
        if opened.end.seq < live.replica.first:
            return opened.end  # nobody wrote since: what is older is read when the batch is decided
        prefix = cause_prefix(opened.row.id)
        for entry in live.replica.after(opened.end.seq):
            if entry.cause is not None and entry.cause.startswith(prefix):
                self._take_from(opened, entry)
        end = opened.end
        if end.until == end.start and end.seq < live.replica.seq:
            effects = [effect for entry in live.replica.after(end.seq) for effect in entry.effects]
            there = carry(Range(opened.row.address, end.start, end.start, False, True), effects)
            if there is None or there.end is None:
                raise Problem("anchor_gone")
            opened.end = End(live.replica.seq, there.end, there.end)
        return opened.end

    def _take_from(self, opened: Open, entry: Entry) -> None:
        """A batch of the stream is in the log: its cause says how much is written, its effect where that ends."""
        opened.end = _end_of(entry.effects, entry.seq)
        units = int((entry.cause or "").removeprefix(cause_prefix(opened.row.id)))
        if units > opened.units:
            self._committed(opened, units)

    async def _refused(self, opened: Open, problem: Problem, tries: int) -> None:
        """A batch was not committed: go on as the log says, wait, or end the stream."""
        code = problem.code
        if opened.silent:  # nobody will say what comes next, and what waits is sent again by who does
            self.drop(opened, gap(opened))
        elif code == "run_paused":
            await self._resumed(opened)
        elif code == "stream_over":
            await self._over(opened)
        elif tries < RETRIES and (code in LOST or problem.kind.status == 503):
            await asyncio.sleep(COALESCE_S * 2**tries if problem.kind.status == 503 else 0)
            with contextlib.suppress(Problem):  # the next try meets it
                await self.read_on(opened, await self.live(opened))
        elif problem.kind.status == 503:
            self.drop(opened, problem)  # an outage ends no stream: its agent sends again what is not in the log
        else:
            if code == "stale_region" and opened.units:
                problem = Problem("anchor_gone", detail=problem.detail)
            await self.end(opened, "stopped" if code == "run_stopped" else "broken", problem)

    async def _resumed(self, opened: Open) -> None:
        """Wait for a paused run, for a while."""
        with self._book.waiting(opened.row.workspace, opened.row.run) as news:
            try:
                async with asyncio.timeout(PAUSED_LOOK_S):
                    await news.wait()
            except TimeoutError:
                with contextlib.suppress(Problem):
                    await self._book.look(opened.row.workspace, [opened.row.run])

    async def _over(self, opened: Open) -> None:
        """Its row says that it has ended: elsewhere, or by its lease, which its agent may have renewed here."""
        row = opened.row
        try:
            async with self._database.acquired() as connection:
                if await streams.renew_stream(connection, row.workspace, row.id):
                    self._book.learn_stream(row.workspace, row.id, "open")
                    opened.renewed_at = time.monotonic()
                    return
                now = await streams.load_stream(connection, row.workspace, row.id)
        except Problem as problem:
            self.drop(opened, problem)
            return
        self.drop(opened, ended(now))

    # ---- ending

    async def end(self, opened: Open, state: StreamState, problem: Problem) -> None:
        """End a stream, unless it has ended elsewhere: what is told then is that."""
        row, reason = opened.row, problem.code if state == "broken" else None
        self._let_go(opened, opened.pending_units)
        async with self._database.acquired() as connection:
            units = await streams.count_units(connection, row) if reason is not None else opened.units
            if await streams.end_stream(connection, row.workspace, row.id, state, units, reason):
                opened.row = msgspec.structs.replace(row, state=state, reason=reason)
            else:
                now = await streams.load_stream(connection, row.workspace, row.id)
                problem = ended(now)
                opened.row = now or row
        self.drop(opened, problem)
        if opened.row.state == "broken" and reason is not None:
            await self._runs.stream_broke(opened.row)

    def drop(self, opened: Open, problem: Problem) -> None:
        """Write nothing more of a stream here; whoever waits or listens hears why."""
        if opened.over is None:
            opened.over = problem
        self._let_go(opened, opened.pending_units)
        self.dropped(opened)
        opened.stir()

    async def note_units(self, opened: Open) -> None:
        row = opened.row
        async with self._database.acquired() as connection:
            await streams.set_units(connection, row.workspace, row.id, opened.units)

    # ---- the log and the row

    async def live(self, opened: Open) -> LiveDraft:
        return await self._opening.by_id(opened.principal, opened.row.draft, opened.row.item)

    async def renew(self, opened: Open) -> bool:
        """Write down that a stream's agent was heard of; False if the stream has ended: then it is over here, too."""
        row, opened.renewed_at = opened.row, time.monotonic()
        async with self._database.acquired() as connection:
            if await streams.renew_stream(connection, row.workspace, row.id):
                return True
            now = await streams.load_stream(connection, row.workspace, row.id)
        self.drop(opened, ended(now))
        return False

    async def read_on(self, opened: Open, live: LiveDraft) -> None:
        """Take from the log how much is written and where the text ends; what of it waits here is written already.

        Raises:
            Problem: generation_changed, which ends the stream; unavailable.
        """
        await self._drafts.up_to_date(live)
        row = opened.row
        if live.replica.generation != row.generation:
            begun_again = Problem("generation_changed", detail={"generation": live.replica.generation})
            await self.end(opened, "broken", begun_again)
            raise begun_again
        session = run_session(row.run, row.lane)
        w = live.replica.numbers.get(public_session_id(ActorId(opened.principal.info.id), session), 0)
        prefix = cause_prefix(row.id)
        found = next((e for e in reversed(live.replica.entries) if e.cause and e.cause.startswith(prefix)), None)
        if found is None:
            async with self._database.acquired() as connection:
                last = await streams.last_written(connection, row.workspace, row.draft, w, row.generation, prefix)
            if last is None:
                return
            entries = await self._drafts.history.entries_after(live, last.seq - 1, last.seq)
            found = entries[0]
        self._take_from(opened, found)


def _beginning(text: str, units: int) -> str:
    """The first units of a text, no half of a pair and none of a CRLF."""
    piece = text[:units]
    while length(piece) > units:
        piece = piece[: len(piece) - max(1, (length(piece) - units + 1) // 2)]
    return piece.removesuffix("\r") or piece


def _end_of(effects: tuple[Effect, ...], seq: int) -> End:
    """Where the text of a piece ends, in the state that its batch led to."""
    op = effects[0].op
    assert isinstance(op, Text)
    end = shift = 0
    for position, delete, insert in op.s:  # a deleted range may have been parted; the text went in once
        if insert:
            end = position + shift + length(insert)
        shift += length(insert) - delete
    return End(seq, end, end)


def gap(opened: Open) -> Problem:
    """What waits of a stream is let go: it goes on at what is in the log."""
    return Problem("stream_gap", detail={"expected": opened.units})


def ended(row: StreamRow | None) -> Problem:
    """Why nothing more goes into a stream, as its row says."""
    state, units = ("broken", 0) if row is None else (row.state, row.units)
    detail = {"state": state, "units": units}
    return Problem("run_stopped" if state == "stopped" else "stream_over", detail=detail)


def _mark(live: LiveDraft, seq: int) -> str | None:
    return live.replica.mark if seq == live.replica.seq else live.replica.mark_at(seq)
