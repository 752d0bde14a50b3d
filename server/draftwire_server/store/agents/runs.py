"""Runs: pieces of an AI session's work, what happens to them, and which drafts they write in.

An event's number is taken from the run's row, which its transaction then holds: dense, in commit order. A run's state
changes by statements that name the states from which it may, so two at once can't both win.
"""

from collections.abc import Collection
from typing import Any, Literal, get_args

import msgspec

from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection, Row

RunState = Literal["running", "paused", "stopped", "ended", "lost"]
RunMode = Literal["apply", "suggest"]
OVER: frozenset[RunState] = frozenset(("stopped", "ended"))  # nothing leads back from there


class RunRow(msgspec.Struct, frozen=True):
    """A run. ``user`` is the person for whom its actor works; ``events`` the number of its last event."""

    id: str
    actor: str
    user: str
    label: str
    model: str | None
    mode: RunMode
    state: RunState
    started_at: float
    ended_at: float | None
    seen_at: float
    events: int
    told: int  # up to which of them its agent was told, as far as it said so


class RunEventRow(msgspec.Struct, frozen=True):
    """Something that happened to a run."""

    n: int
    type: str
    at: float
    actor: str | None
    text: str | None
    data: Any


class RunDraftRow(msgspec.Struct, frozen=True):
    """A draft in which a run has written, through so many of its sessions."""

    run: str
    draft: str
    item: str
    writers: tuple[int, ...]


_COLUMNS = """
r.id, r.actor_id, a.user_id, r.label, r.model, r.mode, r.state, extract(epoch from r.started_at)::float8 as started_at,
extract(epoch from r.ended_at)::float8 as ended_at, extract(epoch from r.seen_at)::float8 as seen_at, r.events, r.told
"""
_FROM = "from run r join actor a on a.workspace_id = r.workspace_id and a.id = r.actor_id"


def _run(row: Row) -> RunRow:
    return RunRow(*row.values())


_BEGIN = "insert into run (workspace_id, id, actor_id, label, model, mode) values ($1, $2, $3, $4, $5, $6)"


async def begin_run(
    connection: Connection, workspace: str, actor: str, label: str, model: str | None, mode: RunMode = "apply"
) -> str:
    """Begin a piece of an agent's work; gives its id."""
    run = new_id()
    await connection.execute(_BEGIN, workspace, run, actor, label, model, mode)
    return run


_ALIVE = "select count(*) from run where workspace_id = $1 and actor_id = $2 and state in ('running', 'paused')"


async def count_alive(connection: Connection, workspace: str, actor: str) -> int:
    """How many runs of an actor go on."""
    return int(await connection.fetchval(_ALIVE, workspace, actor))


_LOAD = f"select {_COLUMNS} {_FROM} where r.workspace_id = $1 and r.id = any($2::text[])"


async def load_runs(connection: Connection, workspace: str, runs: Collection[str]) -> dict[str, RunRow]:
    """Runs by their ids."""
    return {row["id"]: _run(row) for row in await connection.fetch(_LOAD, workspace, list(runs))}


async def load_run(connection: Connection, workspace: str, run: str) -> RunRow | None:
    """One run."""
    return (await load_runs(connection, workspace, [run])).get(run)


_ACTOR = "select actor_id from run where workspace_id = $1 and id = $2"


async def find_actor(connection: Connection, workspace: str, run: str) -> str | None:
    """Whose run this is."""
    found = await connection.fetchval(_ACTOR, workspace, run)
    return None if found is None else str(found)


_STATES = "select id, state from run where workspace_id = $1 and id = any($2::text[])"


async def read_states(connection: Connection, workspace: str, runs: Collection[str]) -> dict[str, RunState]:
    """The states of runs."""
    return {row["id"]: row["state"] for row in await connection.fetch(_STATES, workspace, list(runs))}


# Before a run of that id in the list: it begins at the last one of the page before.
_LIST = f"""
select {_COLUMNS} {_FROM}
 where r.workspace_id = $1 and ($2::text[] is null or r.state = any($2::text[]))
   and ($3::text is null or a.user_id = $3)
   and ($4::text is null or exists (
         select from draft_writer w join draft d on d.workspace_id = w.workspace_id and d.id = w.draft_id
          where w.workspace_id = $1 and w.run_id = r.id and d.item_id = $4))
   and ($5::text is null or (r.started_at, r.id) < (
         select b.started_at, b.id from run b where b.workspace_id = $1 and b.id = $5))
 order by r.started_at desc, r.id desc limit $6
"""


async def list_runs(
    connection: Connection,
    workspace: str,
    *,
    states: Collection[RunState] | None,
    user: str | None,
    item: str | None,
    before: str | None,
    limit: int,
) -> list[RunRow]:
    """Runs, the latest first; ``before``: those that follow this one in the list."""
    wanted = None if states is None else list(states)
    rows = await connection.fetch(_LIST, workspace, wanted, user, item, before, limit)
    return [_run(row) for row in rows]


_DRAFTS = """
select w.run_id, w.draft_id, d.item_id, array_agg(w.w order by w.w) as writers
  from draft_writer w join draft d on d.workspace_id = w.workspace_id and d.id = w.draft_id
 where w.workspace_id = $1 and w.run_id = any($2::text[])
 group by w.run_id, w.draft_id, d.item_id order by min(w.joined_at)
"""


async def drafts_of_runs(connection: Connection, workspace: str, runs: Collection[str]) -> list[RunDraftRow]:
    """The drafts in which runs have written, in the order in which they came there."""
    rows = await connection.fetch(_DRAFTS, workspace, list(runs))
    return [RunDraftRow(row["run_id"], row["draft_id"], row["item_id"], tuple(row["writers"])) for row in rows]


_LOCK = "select state from run where workspace_id = $1 and id = $2 for update"


async def lock_run(connection: Connection, workspace: str, run: str) -> None:
    """Hold a run's row against commits of it to the end of the transaction (`store/live/commit.py`), before its state changes."""
    await connection.fetchval(_LOCK, workspace, run)


_HOLD = "select state from run where workspace_id = $1 and id = $2 for no key update"


async def hold_run(connection: Connection, workspace: str, run: str) -> RunState | None:
    """Hold a run's state, and what is counted of it, to the end of the transaction; commits of it go on."""
    state: RunState | None = await connection.fetchval(_HOLD, workspace, run)
    return state


_CHANGE = """
update run set state = $4,
       ended_at = case when $4 in ('stopped', 'ended') then clock_timestamp() else ended_at end, seen_at = clock_timestamp()
 where workspace_id = $1 and id = $2 and state = any($3::text[]) returning id
"""


async def change_state(
    connection: Connection, workspace: str, run: str, before: Collection[RunState], after: RunState
) -> bool:
    """Move a run from one of the states ``before``; False if it was in none of them."""
    return await connection.fetchval(_CHANGE, workspace, run, list(before), after) is not None


assert set(get_args(RunState)) > OVER

_TOUCH = """
update run set seen_at = clock_timestamp(), state = case when state = 'lost' then 'running' else state end
 where workspace_id = $1 and id = $2 and state not in ('stopped', 'ended') returning state
"""


async def touch_run(connection: Connection, workspace: str, run: str) -> RunState | None:
    """A run's agent was heard of: a lost one goes on. None if the run is over."""
    state: RunState | None = await connection.fetchval(_TOUCH, workspace, run)
    return state


_SILENT = """
select workspace_id, id from run
 where state in ('running', 'paused') and seen_at < clock_timestamp() - make_interval(secs => $1) limit 200
"""

_LOSE = """
update run set state = 'lost'
 where workspace_id = $1 and id = $2 and state in ('running', 'paused')
   and seen_at < clock_timestamp() - make_interval(secs => $3) returning id
"""


async def lose_silent_runs(connection: Connection, lease_s: float) -> list[tuple[str, str]]:
    """Mark runs whose agents were not heard of for so long; gives (workspace, run) of each. In a transaction."""
    silent = [(row["workspace_id"], row["id"]) for row in await connection.fetch(_SILENT, lease_s)]
    return [each for each in silent if await connection.fetchval(_LOSE, *each, lease_s) is not None]


_ADD_EVENT = """
with numbered as (
  update run set events = events + 1 where workspace_id = $1 and id = $2 returning events
)
insert into run_event (workspace_id, run_id, n, type, actor_id, text, data)
select $1, $2, events, $3, $4, $5, $6 from numbered returning n
"""


async def add_event(
    connection: Connection,
    workspace: str,
    run: str,
    type: str,  # noqa: A002 — the word of the messages
    *,
    actor: str | None,
    text: str | None = None,
    data: dict[str, Any] | None = None,
) -> int:
    """Write what happened to a run; gives its number."""
    number = await connection.fetchval(_ADD_EVENT, workspace, run, type, actor, text, data or {})
    return int(number)


_EVENTS = """
select n, type, extract(epoch from at)::float8 as at, actor_id, text, data from run_event
 where workspace_id = $1 and run_id = $2 and n > $3 order by n limit $4
"""


async def read_run_events(
    connection: Connection, workspace: str, run: str, after: int, limit: int
) -> list[RunEventRow]:
    """What happened to a run after a number."""
    return [RunEventRow(*row.values()) for row in await connection.fetch(_EVENTS, workspace, run, after, limit)]


_TOLD = """
update run set told = least($3::int, events) where workspace_id = $1 and id = $2 and told < least($3::int, events)
"""


async def note_told(connection: Connection, workspace: str, run: str, event: int) -> None:
    """A run's agent was told what happened up to an event; that never goes back."""
    await connection.execute(_TOLD, workspace, run, event)


class ReadRow(msgspec.Struct, frozen=True):
    """The state that a run has last read of a draft."""

    generation: int
    seq: int


_NOTE_READ = """
insert into run_read (workspace_id, run_id, draft_id, generation, seq) values ($1, $2, $3, $4, $5)
on conflict (workspace_id, run_id, draft_id) do update set generation = excluded.generation, seq = excluded.seq
 where (run_read.generation, run_read.seq) < (excluded.generation, excluded.seq)
"""


async def note_read(connection: Connection, workspace: str, run: str, draft: str, generation: int, seq: int) -> None:
    """A run has read a draft; it never reads backwards."""
    await connection.execute(_NOTE_READ, workspace, run, draft, generation, seq)


_LAST_READ = "select generation, seq from run_read where workspace_id = $1 and run_id = $2 and draft_id = $3"


async def last_read(connection: Connection, workspace: str, run: str, draft: str) -> ReadRow | None:
    """What a run has last read of a draft."""
    row = await connection.fetchrow(_LAST_READ, workspace, run, draft)
    return None if row is None else ReadRow(*row.values())
