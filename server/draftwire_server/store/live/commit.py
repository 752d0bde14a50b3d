"""The commit: one statement moves the heads that still match and writes everything that follows from it.

All or nothing per draft: nothing is written, and nothing returned, of a draft whose row was locked or had moved, that is
held because its item is archived or deleted, whose workspace's rights changed, or of one of whose batches the run or the
stream does not go on. `SKIP LOCKED`, because without it one locked row stalls a whole lane and two lock orders deadlock
(ops-and-sync.md §3). No row of a batch is ever updated.
"""

from typing import Any

import msgspec

from draftwire_server.store.postgres import Connection
from draftwire_server.store.writes.idempotency import KEEP_H


class NewBatch(msgspec.Struct, frozen=True):
    """One batch to be written."""

    seq: int
    w: int
    no: int
    key: str
    base: int
    seen: int
    kind: str
    cause: str | None
    mark: str
    ops: bytes
    took: bytes


class NewWriter(msgspec.Struct, frozen=True):
    """A session's first batch in a draft brings its number."""

    w: int
    session: str
    sid: str
    actor: str
    run: str | None
    approved_by: str | None = None


class CommitGroup(msgspec.Struct, frozen=True):
    """Everything one commit does to one draft."""

    workspace: str
    draft: str
    generation: int
    base_seq: int
    base_mark: str
    acl_rev: int
    batches: tuple[NewBatch, ...]
    runs: tuple[tuple[str, str | None], ...] = ()  # and streams of them, that wrote any of the batches: all must go on
    writers: tuple[NewWriter, ...] = ()
    alerts: tuple[dict[str, Any], ...] = ()  # rows of `alert`
    stash: tuple[dict[str, Any], ...] = ()  # rows of `stash`
    outbox: tuple[dict[str, Any], ...] = ()  # rows of `outbox`
    answers: tuple[dict[str, Any], ...] = ()  # rows of `idempotency`
    adoptions: tuple[dict[str, Any], ...] = ()  # rows of `draft_adoption`
    base_version: int | None = None  # on which the draft stands afterwards, if that changes


_ONE = """
with locked as materialized (
  select d.workspace_id, d.id from draft d
   where d.workspace_id = $1 and d.id = $2 and d.generation = $3 and d.head_seq = $4 and d.head_mark = $5
     and d.discarded_at is null and d.held is null
     and exists (select 1 from workspace_clock c where c.workspace_id = $1 and c.acl_rev = $6)
     for no key update skip locked
), moved as (
  update draft d set head_seq = $7, head_mark = $15, changed_at = clock_timestamp()
    from locked l where d.workspace_id = $1 and d.id = $2 and d.id = l.id
  returning d.workspace_id, d.id
)
insert into draft_op (workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, kind, cause, mark, ops, took)
select m.workspace_id, m.id, $3, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17 from moved m
returning workspace_id, draft_id as id
"""

_HEAD = """
with want as materialized (
  select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::text[])
      as w(workspace_id, draft_id, generation, base_seq, base_mark, acl_rev, new_seq, new_mark)
), locked as materialized (
  select d.workspace_id, d.id, w.new_seq, w.new_mark
    from draft d
    join want w on w.workspace_id = d.workspace_id and w.draft_id = d.id
    join workspace_clock c on c.workspace_id = d.workspace_id and c.acl_rev = w.acl_rev
   where d.generation = w.generation and d.head_seq = w.base_seq and d.head_mark = w.base_mark
     and d.discarded_at is null and d.held is null
     for no key update of d skip locked
), moved as (
  update draft d set head_seq = l.new_seq, head_mark = l.new_mark, changed_at = clock_timestamp()
    from locked l where d.workspace_id = l.workspace_id and d.id = l.id
  returning d.workspace_id, d.id
), written as (
  insert into draft_op (workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, kind, cause, mark, ops, took)
  select m.workspace_id, m.id, b.generation, b.seq, b.w, b.op_no, b.key, b.base, b.seen, b.kind, b.cause, b.mark, b.ops, b.took
    from unnest($9::text[], $10::text[], $11::int[], $12::bigint[], $13::int[], $14::bigint[], $15::text[],
                $16::bigint[], $17::bigint[], $18::text[], $19::text[], $20::text[], $21::bytea[], $22::bytea[])
      as b(workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, kind, cause, mark, ops, took)
    join moved m on m.workspace_id = b.workspace_id and m.id = b.draft_id
)"""

_MANY = (
    _HEAD
    + """
select workspace_id, id from moved
"""
)

# The draft's row is updated once: the version on which it stands goes with the head.
_HEAD_AND_BASE = _HEAD.replace(
    "set head_seq = l.new_seq",
    """set base_version = coalesce((
         select v.version from unnest($43::text[], $44::text[], $45::int[]) as v(workspace_id, draft_id, version)
          where v.workspace_id = d.workspace_id and v.draft_id = d.id), d.base_version),
       head_seq = l.new_seq""",
)

_FULL = (
    _HEAD_AND_BASE
    + """, joined as (
  insert into draft_writer (workspace_id, draft_id, w, session, sid, actor_id, run_id, approved_by)
  select m.workspace_id, m.id, n.w, n.session, n.sid, n.actor_id, n.run_id, n.approved_by
    from unnest($23::text[], $24::text[], $25::int[], $26::text[], $27::text[], $28::text[], $29::text[], $46::text[])
      as n(workspace_id, draft_id, w, session, sid, actor_id, run_id, approved_by)
    join moved m on m.workspace_id = n.workspace_id and m.id = n.draft_id
), stashed as (
  insert into stash (workspace_id, id, user_id, actor_id, item_id, draft_id, generation, base_seq, reason, sid, texts)
  select m.workspace_id, s.id, s.user_id, s.actor_id, s.item_id, m.id, s.generation, s.base_seq, s.reason, s.sid, s.texts
    from jsonb_to_recordset($30::jsonb) as s(workspace_id text, id text, user_id text, actor_id text, item_id text,
         draft_id text, generation int, base_seq bigint, reason text, sid text, texts jsonb)
    join moved m on m.workspace_id = s.workspace_id and m.id = s.draft_id
), alerted as (
  insert into alert (workspace_id, id, item_id, draft_id, generation, kind, reason, address, seq, region, sides, stash_id)
  select m.workspace_id, a.id, a.item_id, m.id, a.generation, a.kind, a.reason, a.address, a.seq, a.region, a.sides, a.stash_id
    from jsonb_to_recordset($31::jsonb) as a(workspace_id text, id text, item_id text, draft_id text, generation int,
         kind text, reason text, address text, seq bigint, region jsonb, sides jsonb, stash_id text)
    join moved m on m.workspace_id = a.workspace_id and m.id = a.draft_id
), told as (
  insert into outbox (workspace_id, type, actor_id, item_id, draft_id, data)
  select m.workspace_id, e.type, e.actor_id, e.item_id, m.id, e.data
    from jsonb_to_recordset($32::jsonb) as e(workspace_id text, type text, actor_id text, item_id text, draft_id text, data jsonb)
    join moved m on m.workspace_id = e.workspace_id and m.id = e.draft_id
), answered as (
  insert into idempotency (workspace_id, principal, key, digest, status, headers, body)
  select m.workspace_id, a.principal, a.key, a.digest, a.status, a.headers::jsonb, a.body
    from unnest($33::text[], $34::text[], $35::text[], $36::text[], $37::bytea[], $38::int[], $39::text[], $40::bytea[])
      as a(workspace_id, draft_id, principal, key, digest, status, headers, body)
    join moved m on m.workspace_id = a.workspace_id and m.id = a.draft_id
  on conflict (workspace_id, principal, key) do update
     set digest = excluded.digest, status = excluded.status, headers = excluded.headers, body = excluded.body,
         at = clock_timestamp()
   where idempotency.at <= clock_timestamp() - make_interval(hours => $41)
), adopted as (
  insert into draft_adoption (workspace_id, draft_id, generation, source_id, source_etag, actor_id)
  select m.workspace_id, m.id, a.generation, a.source_id, a.source_etag, a.actor_id
    from jsonb_to_recordset($42::jsonb) as a(workspace_id text, draft_id text, generation int, source_id text,
         source_etag text, actor_id text)
    join moved m on m.workspace_id = a.workspace_id and m.id = a.draft_id
  on conflict (workspace_id, draft_id, generation, source_id) do update
     set source_etag = excluded.source_etag, actor_id = excluded.actor_id, at = clock_timestamp()
)
select workspace_id, id from moved
"""
)

# Who ends a run or a stream, or pauses it, locks its row `FOR UPDATE` before that (`runs.lock_run`, `streams._END`): so it
# waits for a statement that has found the row going on, and every later one finds it locked or changed. After the answer
# nothing commits, also nothing that was under way. Heartbeats lock less and hold nothing up. A stream is locked only where
# its run is: who holds a stream never waits for its run.
_GOING = """
), asked as materialized (
  select * from unnest(${0}::text[], ${1}::text[], ${2}::text[], ${3}::text[]) as a(workspace_id, draft_id, run_id, stream_id)
), going as materialized (
  select r.workspace_id, r.id from run r
   where exists (select from asked a where a.workspace_id = r.workspace_id and a.run_id = r.id)
     and r.state in ('running', 'lost')
     for key share of r skip locked
), streaming as materialized (
  select s.workspace_id, s.id
    from asked a
    join going g on g.workspace_id = a.workspace_id and g.id = a.run_id
    join stream s on s.workspace_id = a.workspace_id and s.id = a.stream_id
   where s.state = 'open'
     for key share of s skip locked
), locked as materialized (
"""

_ALL_GO_ON = """
     and not exists (
       select from asked a
         left join going g on g.workspace_id = a.workspace_id and g.id = a.run_id
         left join streaming s on s.workspace_id = a.workspace_id and s.id = a.stream_id
        where a.workspace_id = d.workspace_id and a.draft_id = d.id
          and (g.id is null or (a.stream_id is not null and s.id is null)))
     for no key update of d skip locked
"""


def _for_agents(statement: str, first: int) -> str:
    """The statement for batches of which some belong to runs; these come after its own parameters."""
    going = _GOING.format(*range(first, first + 4))
    statement = statement.replace("\n), locked as materialized (\n", going, 1)
    return statement.replace("\n     for no key update of d skip locked\n", _ALL_GO_ON, 1)


_MANY_OF_AGENTS = _for_agents(_MANY, 23)
_FULL_OF_AGENTS = _for_agents(_FULL, 47)


def _columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _head_arguments(groups: list[CommitGroup]) -> list[list[Any]]:
    heads = [
        (
            g.workspace,
            g.draft,
            g.generation,
            g.base_seq,
            g.base_mark,
            g.acl_rev,
            g.batches[-1].seq,
            g.batches[-1].mark,
        )
        for g in groups
    ]
    batches = [
        (
            g.workspace,
            g.draft,
            g.generation,
            b.seq,
            b.w,
            b.no,
            b.key,
            b.base,
            b.seen,
            b.kind,
            b.cause,
            b.mark,
            b.ops,
            b.took,
        )
        for g in groups
        for b in g.batches
    ]
    return _columns(heads, 8) + _columns(batches, 14)


async def commit(connection: Connection, groups: list[CommitGroup]) -> set[tuple[str, str]]:
    """Write the groups in one statement; the drafts (workspace, id) that are absent in the answer lost the race.

    Raises what asyncpg raises: the outcome is then unknown, and only the log can tell.
    """
    full = any(
        g.writers or g.alerts or g.stash or g.outbox or g.answers or g.adoptions or g.base_version is not None
        for g in groups
    )
    running = [(g.workspace, g.draft, run, stream) for g in groups for run, stream in g.runs]
    of_agents = _columns(running, 4) if running else []
    if not full and not running and len(groups) == 1 and len(groups[0].batches) == 1:
        g = groups[0]
        b = g.batches[0]
        rows = await connection.fetch(
            _ONE, g.workspace, g.draft, g.generation, g.base_seq, g.base_mark, g.acl_rev, b.seq, b.w, b.no, b.key,
            b.base, b.seen, b.kind, b.cause, b.mark, b.ops, b.took,
        )  # fmt: skip
    elif not full:
        rows = await connection.fetch(_MANY_OF_AGENTS if running else _MANY, *_head_arguments(groups), *of_agents)
    else:
        joining = [(g, w) for g in groups for w in g.writers]
        writers = [(g.workspace, g.draft, w.w, w.session, w.sid, w.actor, w.run) for g, w in joining]
        answers = [
            (g.workspace, g.draft, a["principal"], a["key"], a["digest"], a["status"], a["headers"], a["body"])
            for g in groups
            for a in g.answers
        ]
        rows = await connection.fetch(
            _FULL_OF_AGENTS if running else _FULL,
            *_head_arguments(groups),
            *_columns(writers, 7),
            [row for g in groups for row in g.stash],
            [row for g in groups for row in g.alerts],
            [row for g in groups for row in g.outbox],
            *_columns(answers, 8),
            KEEP_H,
            [row for g in groups for row in g.adoptions],
            *_columns([(g.workspace, g.draft, g.base_version) for g in groups if g.base_version is not None], 3),
            [w.approved_by for _, w in joining],
            *of_agents,
        )
    return {(row["workspace_id"], row["id"]) for row in rows}


_TIMEOUT = "select set_config('lock_timeout', $1, true)"

_LOCK = "select d.head_seq from draft d where d.workspace_id = $1 and d.id = $2 for no key update of d"


async def lock_head(connection: Connection, workspace: str, draft: str, timeout_s: float) -> None:
    """Wait for a draft's row in the caller's transaction, so that the next commit there can't lose.

    Raises:
        asyncpg.LockNotAvailableError: somebody holds it for longer; what comes later in the transaction waits no longer.
    """
    await connection.execute(_TIMEOUT, str(int(timeout_s * 1000)))
    await connection.fetchval(_LOCK, workspace, draft)
