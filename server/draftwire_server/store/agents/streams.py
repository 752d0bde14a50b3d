"""Streams: texts that runs write piece by piece; the log holds the text, these rows how it began and ended."""

from collections.abc import Collection
from typing import Literal

import msgspec

from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection, Row

StreamState = Literal["open", "closed", "aborted", "stopped", "lost", "broken"]


class StreamRow(msgspec.Struct, frozen=True):
    """A stream. ``start`` to ``until``, which its first piece replaces, count in the state at ``seq``."""

    id: str
    workspace: str
    run: str
    item: str
    draft: str
    generation: int
    address: str
    lane: int
    seq: int
    start: int
    until: int
    state: StreamState
    reason: str | None
    units: int
    lease_s: float
    opened_at: float
    ended_at: float | None


def cause_prefix(stream: str) -> str:
    """With what the causes of a stream's batches begin; how many units are written with it follows."""
    return f"stream:{stream}:"


_COLUMNS = """
id, workspace_id, run_id, item_id, draft_id, generation, address, lane, seq, start, until, state, reason, units,
lease_s::float8 as lease_s, extract(epoch from opened_at)::float8 as opened_at,
extract(epoch from ended_at)::float8 as ended_at
"""


def _stream(row: Row) -> StreamRow:
    return StreamRow(*row.values())


# The smallest lane that no open stream of the run has in that draft: streams one after the other are one writer.
_OPEN = f"""
insert into stream (workspace_id, id, run_id, item_id, draft_id, generation, address, lane, seq, start, until, lease_s)
select $1::text, $2, $3::text, $4, $5::text, $6, $7,
       (select min(l) from generate_series(0, $12::int) l where not exists (
          select from stream s where s.workspace_id = $1::text and s.run_id = $3::text and s.draft_id = $5::text
             and s.state = 'open' and s.lane = l)),
       $8, $9, $10, $11
returning {_COLUMNS}
"""


async def open_stream(
    connection: Connection,
    workspace: str,
    run: str,
    *,
    item: str,
    draft: str,
    generation: int,
    address: str,
    seq: int,
    start: int,
    until: int,
    lease_s: float,
    lanes: int,
) -> StreamRow:
    """Open a stream. Raises what Postgres raises for a null lane if ``lanes`` streams are open already."""
    row = await connection.fetchrow(
        _OPEN, workspace, new_id(), run, item, draft, generation, address, seq, start, until, lease_s, lanes - 1
    )
    assert row is not None
    return _stream(row)


_COUNT_OPEN = """
select count(*) from stream where workspace_id = $1 and run_id = $2 and draft_id = $3 and state = 'open'
"""


async def count_open(connection: Connection, workspace: str, run: str, draft: str) -> int:
    """How many streams of a run are open in a draft; lock the run first."""
    return int(await connection.fetchval(_COUNT_OPEN, workspace, run, draft))


_LOAD = f"select {_COLUMNS} from stream where workspace_id = $1 and id = $2"


async def load_stream(connection: Connection, workspace: str, stream: str) -> StreamRow | None:
    """One stream."""
    row = await connection.fetchrow(_LOAD, workspace, stream)
    return None if row is None else _stream(row)


_STATES = "select id, state from stream where workspace_id = $1 and id = any($2::text[])"


async def read_stream_states(
    connection: Connection, workspace: str, streams: Collection[str]
) -> dict[str, StreamState]:
    """The states of streams."""
    return {row["id"]: row["state"] for row in await connection.fetch(_STATES, workspace, list(streams))}


_OF_RUNS = f"""
select {_COLUMNS} from stream where workspace_id = $1 and run_id = any($2::text[]) order by opened_at, id limit 1000
"""


async def streams_of(connection: Connection, workspace: str, runs: Collection[str]) -> list[StreamRow]:
    """The streams of runs, the oldest first."""
    return [_stream(row) for row in await connection.fetch(_OF_RUNS, workspace, list(runs))]


_RENEW = """
update stream set seen_at = clock_timestamp(), state = 'open', ended_at = null
 where workspace_id = $1 and id = $2 and state in ('open', 'lost')
   and not exists (select from stream o where o.workspace_id = stream.workspace_id and o.run_id = stream.run_id
                      and o.draft_id = stream.draft_id and o.lane = stream.lane and o.state = 'open' and o.id <> stream.id)
returning id
"""


async def renew_stream(connection: Connection, workspace: str, stream: str) -> bool:
    """A stream's agent was heard of: a lost one is open again. False if it is over, or its lane another's."""
    return await connection.fetchval(_RENEW, workspace, stream) is not None


# Whatever ends a stream locks it first, as `store/live/commit.py` says.
_END = """
with held as materialized (
  select id from stream where workspace_id = $1 and id = $2 and state in ('open', 'lost') for update
)
update stream s set state = $3, reason = $4, units = greatest(s.units, $5), ended_at = clock_timestamp()
  from held h where s.workspace_id = $1 and s.id = h.id returning s.id
"""


async def end_stream(
    connection: Connection, workspace: str, stream: str, state: StreamState, units: int, reason: str | None = None
) -> bool:
    """End a stream with so many units written; False if it is over already."""
    return await connection.fetchval(_END, workspace, stream, state, reason, units) is not None


_SET_UNITS = "update stream set units = greatest(units, $3) where workspace_id = $1 and id = $2"


async def set_units(connection: Connection, workspace: str, stream: str, units: int) -> None:
    """How much of a stream that is over was written."""
    await connection.execute(_SET_UNITS, workspace, stream, units)


_END_OF_RUN = """
with held as materialized (
  select id from stream where workspace_id = $1 and run_id = $2 and state in ('open', 'lost') for update
)
update stream s set state = $3, ended_at = clock_timestamp() from held h where s.workspace_id = $1 and s.id = h.id
"""


async def end_streams_of(connection: Connection, workspace: str, run: str, state: StreamState) -> None:
    """The run is over: so are its streams."""
    await connection.execute(_END_OF_RUN, workspace, run, state)


# Heard of is written down every third of a lease.
_SILENT = """
select workspace_id, run_id, id from stream
 where state = 'open' and seen_at < clock_timestamp() - make_interval(secs => lease_s * 4 / 3) limit 200
"""

_LOSE = f"""
with held as materialized (
  select id from stream
   where workspace_id = $1 and id = $2 and state = 'open'
     and seen_at < clock_timestamp() - make_interval(secs => lease_s * 4 / 3) for update
)
update stream set state = 'lost', ended_at = clock_timestamp()
 where workspace_id = $1 and id in (select id from held) returning {_COLUMNS}
"""

# Of each of the run's writers in the draft, from its newest batch back.
_UNITS = """
select coalesce(max(substr(o.cause, length($5) + 1)::int), 0)
  from draft_writer w
 cross join lateral (
       select o.cause from draft_op o
        where o.workspace_id = w.workspace_id and o.draft_id = w.draft_id and o.w = w.w and o.generation = $4
          and starts_with(o.cause, $5)
        order by o.op_no desc limit 1) o
 where w.workspace_id = $1 and w.draft_id = $2 and w.run_id = $3
"""


async def count_units(connection: Connection, stream: StreamRow) -> int:
    """How much of a stream is written, as the log says."""
    prefix = cause_prefix(stream.id)
    return int(await connection.fetchval(_UNITS, stream.workspace, stream.draft, stream.run, stream.generation, prefix))


async def list_silent(connection: Connection) -> list[tuple[str, str, str]]:
    """Streams that were not heard of for longer than their leases: (workspace, run, stream) of each."""
    return [(row["workspace_id"], row["run_id"], row["id"]) for row in await connection.fetch(_SILENT)]


async def lose_stream(connection: Connection, workspace: str, stream: str) -> StreamRow | None:
    """Mark a stream that is silent; None if it is not, by now. In a transaction that holds its run."""
    row = await connection.fetchrow(_LOSE, workspace, stream)
    if row is None:
        return None
    lost = _stream(row)
    units = await count_units(connection, lost)
    await set_units(connection, workspace, stream, units)
    return msgspec.structs.replace(lost, units=units)


class LastWritten(msgspec.Struct, frozen=True):
    """The last batch of a stream: its cause tells how much of the text is in the log."""

    seq: int
    cause: str


# Of one writer, from its newest batch back: between two pieces of a stream lie at most a few other edits of its run.
_LAST = """
select o.seq, o.cause from draft_op o
 where o.workspace_id = $1 and o.draft_id = $2 and o.w = $3 and o.generation = $4 and starts_with(o.cause, $5)
 order by o.op_no desc limit 1
"""


async def last_written(
    connection: Connection, workspace: str, draft: str, w: int, generation: int, prefix: str
) -> LastWritten | None:
    """The last batch of a writer whose cause begins like that."""
    row = await connection.fetchrow(_LAST, workspace, draft, w, generation, prefix)
    return None if row is None else LastWritten(*row.values())
