"""What is dropped of logs that grow old: whole ranges before a snapshot, in bounded statements (ops-and-sync.md §7)."""

import msgspec

from draftwire_server.store.postgres import Connection


class Old(msgspec.Struct, frozen=True):
    """A generation of a draft of which something may be old enough to go."""

    draft: str
    generation: int


# Its first kept batch is old, and a snapshot stands after that. One probe of the primary key per draft.
_OLD = """
select d.id, d.generation
  from draft d
  join lateral (select o.seq, o.at from draft_op o
                 where o.workspace_id = $1 and o.draft_id = d.id and o.generation = d.generation
                 order by o.seq limit 1) as first on first.at < clock_timestamp() - make_interval(secs => $3)
 where d.workspace_id = $1 and d.id > $2 and d.discarded_at is null
   and exists (select 1 from draft_snapshot s
                where s.workspace_id = $1 and s.draft_id = d.id and s.generation = d.generation and s.seq >= first.seq)
 order by d.id limit $4
"""

# Generations that nobody can bring back any more.
_ENDED = """
select d.id, g.generation::int
  from draft d cross join lateral generate_series(1, d.generation) as g(generation)
 where d.workspace_id = $1 and (g.generation < d.generation or d.discarded_at is not null)
   and not exists (select 1 from draft_discard e
                    where e.workspace_id = $1 and e.draft_id = d.id and e.generation = g.generation)
   and (exists (select 1 from draft_op o
                 where o.workspace_id = $1 and o.draft_id = d.id and o.generation = g.generation)
        or exists (select 1 from draft_snapshot s
                    where s.workspace_id = $1 and s.draft_id = d.id and s.generation = g.generation))
 order by d.id, g.generation limit $2
"""

_DUE = (
    "select w.id from workspace w where w.id > $2 and (exists ("
    + _OLD.replace("$2", "''").replace("$1", "w.id").replace(" order by d.id limit $4", "").replace("$3", "$1")
    + ") or exists ("
    + _ENDED.replace("$1", "w.id").replace(" order by d.id, g.generation limit $2", "")
    + ")) order by w.id limit 200"
)

# The latest snapshot before which all is old, and which open alerts, suggestions and live runs can do without. An
# alert is resolved from the states and batches from its sides on; a run is undone from what its first batch had seen,
# until it has been over for as long as batches are kept; a suggestion was made on a state that was there when it began.
_CUT = """
with needed as (
  select min(least(a.seq - 1, (a.region ->> 'base')::bigint,
                   (select min((side ->> 'seq')::bigint) - 1 from jsonb_array_elements(a.sides) as side),
                   (select o.seen from draft_op o where o.workspace_id = $1 and o.draft_id = $2 and o.generation = $3
                       and o.seq = a.seq))) as seq
    from alert a
   where a.workspace_id = $1 and a.draft_id = $2 and a.generation = $3 and a.state = 'open'
  union all
  select min(least(first.base, first.seen, first.seq - 1))
    from draft_writer w
    join run r on r.workspace_id = w.workspace_id and r.id = w.run_id
     and (r.state in ('running', 'paused')
          or coalesce(r.ended_at, r.seen_at) > clock_timestamp() - make_interval(secs => $4))
    join lateral (select o.base, o.seen, o.seq from draft_op o
                   where o.workspace_id = $1 and o.draft_id = $2 and o.w = w.w and o.generation = $3
                   order by o.op_no limit 1) as first on true
   where w.workspace_id = $1 and w.draft_id = $2
), suggested as (
  select min(g.begun_at) as at
    from draft g join draft d on d.workspace_id = g.workspace_id and d.item_id = g.item_id
   where d.workspace_id = $1 and d.id = $2 and g.purpose = 'suggestion' and g.discarded_at is null
)
select max(s.seq)
  from draft_snapshot s
  join draft_op o on o.workspace_id = s.workspace_id and o.draft_id = s.draft_id and o.generation = s.generation
   and o.seq = s.seq and o.mark = s.mark
 where s.workspace_id = $1 and s.draft_id = $2 and s.generation = $3
   and o.at < least(clock_timestamp() - make_interval(secs => $4), (select at from suggested))
   and s.seq <= coalesce((select min(seq) from needed), s.seq)
"""

_DROP_OPS = """
delete from draft_op where workspace_id = $1 and draft_id = $2 and generation = $3 and seq <= (
  select max(seq) from (
    select o.seq from draft_op o where o.workspace_id = $1 and o.draft_id = $2 and o.generation = $3 and o.seq <= $4
     order by o.seq limit $5) as first)
"""
_DROP_SNAPSHOTS = (
    "delete from draft_snapshot where workspace_id = $1 and draft_id = $2 and generation = $3 and seq < $4"
)
_DROP_BLAME = "delete from draft_blame where workspace_id = $1 and draft_id = $2 and generation = $3 and seq < $4"


async def list_due(connection: Connection, keep_s: float, after: str) -> list[str]:
    """Workspaces behind one in which a log may be old, in the order of their ids; a page of them."""
    return [str(row["id"]) for row in await connection.fetch(_DUE, keep_s, after)]


async def list_old(connection: Connection, workspace: str, after: str, keep_s: float, limit: int) -> list[Old]:
    """Drafts whose log begins with old batches, in the order of their ids."""
    return [Old(*row.values()) for row in await connection.fetch(_OLD, workspace, after, keep_s, limit)]


async def list_ended(connection: Connection, workspace: str, limit: int) -> list[Old]:
    """Generations of which nothing is needed any more."""
    return [Old(*row.values()) for row in await connection.fetch(_ENDED, workspace, limit)]


async def find_cut(connection: Connection, workspace: str, draft: str, generation: int, keep_s: float) -> int | None:
    """The snapshot up to which a log may be dropped; None if there is none."""
    seq = await connection.fetchval(_CUT, workspace, draft, generation, keep_s)
    return None if seq is None else int(seq)


_COUNT_OPS = "select count(*) from draft_op where workspace_id = $1 and draft_id = $2 and generation = $3 and seq <= $4"


async def count_ops(connection: Connection, workspace: str, draft: str, generation: int, upto: int) -> int:
    """How many batches are kept up to a seq."""
    return int(await connection.fetchval(_COUNT_OPS, workspace, draft, generation, upto))


async def drop_ops(connection: Connection, workspace: str, draft: str, generation: int, upto: int, limit: int) -> int:
    """Drop the oldest batches up to a seq, so many at the most; gives how many went."""
    done = await connection.execute(_DROP_OPS, workspace, draft, generation, upto, limit)
    return int(done.removeprefix("DELETE "))


async def drop_states(connection: Connection, workspace: str, draft: str, generation: int, before: int) -> None:
    """Drop the snapshots before a seq, with their blame."""
    await connection.execute(_DROP_SNAPSHOTS, workspace, draft, generation, before)
    await connection.execute(_DROP_BLAME, workspace, draft, generation, before)
