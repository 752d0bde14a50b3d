"""The commit: one statement moves the heads that still match and writes everything that follows from it.

All or nothing per draft: nothing is written, and nothing returned, of a draft whose row was locked or had moved, that is
held because its item is archived or deleted, whose workspace's rights changed, or of one of whose batches the run or the
stream does not go on. `SKIP LOCKED`, because without it one locked row stalls a whole lane and two lock orders deadlock
(ops-and-sync.md §3). No row of a batch is ever updated.
"""

from typing import Any

import msgspec

from draftwire_server.store.postgres import Connection
from draftwire_server.store.statement import JsonRows, Row, Rows, Statement, numbered
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


# ---- what the statements read

_LOG = "workspace_id text, draft_id text, generation int"
_INPUTS = (
    Row(
        "one",
        "workspace_id, draft_id, generation, base_seq, base_mark, acl_rev,"
        " seq, w, op_no, key, base, seen, kind, cause, mark, ops, took",
    ),
    Rows(
        "head",
        f"{_LOG}, base_seq bigint, base_mark text, acl_rev bigint, new_seq bigint, new_mark text, base_version int",
    ),
    Rows(
        "batch",
        f"{_LOG}, seq bigint, w int, op_no bigint, key text, base bigint, seen bigint, kind text, cause text,"
        " mark text, ops bytea, took bytea",
    ),
    Rows("wrote", "workspace_id text, draft_id text, run_id text, stream_id text"),
    Rows(
        "writer",
        "workspace_id text, draft_id text, w int, session text, sid text, actor_id text, run_id text, approved_by text",
    ),
    JsonRows(
        "kept",
        f"{_LOG}, id text, user_id text, actor_id text, item_id text, base_seq bigint, reason text, sid text, texts jsonb",
    ),
    JsonRows(
        "opened",
        f"{_LOG}, id text, item_id text, kind text, reason text, address text, seq bigint, region jsonb, sides jsonb,"
        " stash_id text",
    ),
    JsonRows("event", "workspace_id text, draft_id text, type text, actor_id text, item_id text, data jsonb"),
    Rows(
        "answer",
        "workspace_id text, draft_id text, principal text, key text, digest bytea, status int, headers text, body bytea",
    ),
    Row("answers", "kept_h"),
    JsonRows("source", f"{_LOG}, source_id text, source_etag text, actor_id text"),
)

# ---- one batch of one draft, as most commits are

_ONE = numbered(
    """
with locked as materialized (
  select d.workspace_id, d.id from draft d
   where d.workspace_id = {one.workspace_id} and d.id = {one.draft_id} and d.generation = {one.generation}
     and d.head_seq = {one.base_seq} and d.head_mark = {one.base_mark}
     and d.discarded_at is null and d.held is null
     and exists (select 1 from workspace_clock c where c.workspace_id = {one.workspace_id} and c.acl_rev = {one.acl_rev})
     for no key update skip locked
), moved as (
  update draft d set head_seq = {one.seq}, head_mark = {one.mark}, changed_at = clock_timestamp()
    from locked l where d.workspace_id = {one.workspace_id} and d.id = {one.draft_id} and d.id = l.id
  returning d.workspace_id, d.id
)
insert into draft_op (workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, kind, cause, mark, ops, took)
select m.workspace_id, m.id, {one.generation}, {one.seq}, {one.w}, {one.op_no}, {one.key}, {one.base}, {one.seen},
       {one.kind}, {one.cause}, {one.mark}, {one.ops}, {one.took}
  from moved m
returning workspace_id, draft_id as id
""",
    *_INPUTS,
)

# ---- all others: what they are made of, in the order in which it happens

_WANT = """want as materialized (
  select workspace_id, draft_id, generation, base_seq, base_mark, acl_rev, new_seq, new_mark, base_version from {head}
)"""

# Who ends a run or a stream, or pauses it, locks its row `FOR UPDATE` before that (`runs.lock_run`, `streams._END`): so it
# waits for a statement that has found the row going on, and every later one finds it locked or changed. After the answer
# nothing commits, also nothing that was under way. Heartbeats lock less and hold nothing up. A stream is locked only where
# its run is: who holds a stream never waits for its run.
_RUNS = """asked as materialized (
  select workspace_id, draft_id, run_id, stream_id from {wrote}
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
)"""

_ALL_GO_ON = """
     and not exists (
       select from asked a
         left join going g on g.workspace_id = a.workspace_id and g.id = a.run_id
         left join streaming s on s.workspace_id = a.workspace_id and s.id = a.stream_id
        where a.workspace_id = d.workspace_id and a.draft_id = d.id
          and (g.id is null or (a.stream_id is not null and s.id is null)))"""


def _locked(also: str = "") -> str:
    return f"""locked as materialized (
  select d.workspace_id, d.id, w.new_seq, w.new_mark, w.base_version
    from draft d
    join want w on w.workspace_id = d.workspace_id and w.draft_id = d.id
    join workspace_clock c on c.workspace_id = d.workspace_id and c.acl_rev = w.acl_rev
   where d.generation = w.generation and d.head_seq = w.base_seq and d.head_mark = w.base_mark
     and d.discarded_at is null and d.held is null{also}
     for no key update of d skip locked
)"""


# The draft's row is updated once: the version on which it stands goes with the head.
_HEADS = """moved as (
  update draft d set head_seq = l.new_seq, head_mark = l.new_mark, changed_at = clock_timestamp(),
         base_version = coalesce(l.base_version, d.base_version)
    from locked l where d.workspace_id = l.workspace_id and d.id = l.id
  returning d.workspace_id, d.id
)"""

_BATCHES = """written as (
  insert into draft_op (workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, kind, cause, mark, ops, took)
  select m.workspace_id, m.id, batch.generation, batch.seq, batch.w, batch.op_no, batch.key, batch.base, batch.seen,
         batch.kind, batch.cause, batch.mark, batch.ops, batch.took
    from {batch}
    join moved m on m.workspace_id = batch.workspace_id and m.id = batch.draft_id
)"""

_WRITERS = """joined as (
  insert into draft_writer (workspace_id, draft_id, w, session, sid, actor_id, run_id, approved_by)
  select m.workspace_id, m.id, writer.w, writer.session, writer.sid, writer.actor_id, writer.run_id, writer.approved_by
    from {writer}
    join moved m on m.workspace_id = writer.workspace_id and m.id = writer.draft_id
)"""

_STASH = """stashed as (
  insert into stash (workspace_id, id, user_id, actor_id, item_id, draft_id, generation, base_seq, reason, sid, texts)
  select m.workspace_id, kept.id, kept.user_id, kept.actor_id, kept.item_id, m.id, kept.generation, kept.base_seq,
         kept.reason, kept.sid, kept.texts
    from {kept}
    join moved m on m.workspace_id = kept.workspace_id and m.id = kept.draft_id
)"""

_ALERTS = """alerted as (
  insert into alert (workspace_id, id, item_id, draft_id, generation, kind, reason, address, seq, region, sides, stash_id)
  select m.workspace_id, opened.id, opened.item_id, m.id, opened.generation, opened.kind, opened.reason, opened.address,
         opened.seq, opened.region, opened.sides, opened.stash_id
    from {opened}
    join moved m on m.workspace_id = opened.workspace_id and m.id = opened.draft_id
)"""

_OUTBOX = """told as (
  insert into outbox (workspace_id, type, actor_id, item_id, draft_id, data)
  select m.workspace_id, event.type, event.actor_id, event.item_id, m.id, event.data
    from {event}
    join moved m on m.workspace_id = event.workspace_id and m.id = event.draft_id
)"""

_ANSWERS = """answered as (
  insert into idempotency (workspace_id, principal, key, digest, status, headers, body)
  select m.workspace_id, answer.principal, answer.key, answer.digest, answer.status, answer.headers::jsonb, answer.body
    from {answer}
    join moved m on m.workspace_id = answer.workspace_id and m.id = answer.draft_id
  on conflict (workspace_id, principal, key) do update
     set digest = excluded.digest, status = excluded.status, headers = excluded.headers, body = excluded.body,
         at = clock_timestamp()
   where idempotency.at <= clock_timestamp() - make_interval(hours => {answers.kept_h})
)"""

_ADOPTIONS = """adopted as (
  insert into draft_adoption (workspace_id, draft_id, generation, source_id, source_etag, actor_id)
  select m.workspace_id, m.id, source.generation, source.source_id, source.source_etag, source.actor_id
    from {source}
    join moved m on m.workspace_id = source.workspace_id and m.id = source.draft_id
  on conflict (workspace_id, draft_id, generation, source_id) do update
     set source_etag = excluded.source_etag, actor_id = excluded.actor_id, at = clock_timestamp()
)"""

_BESIDE = (_WRITERS, _STASH, _ALERTS, _OUTBOX, _ANSWERS, _ADOPTIONS)


def _statement(*parts: str) -> Statement:
    return numbered(f"\nwith {', '.join(parts)}\nselect workspace_id, id from moved\n", *_INPUTS)


_MANY = _statement(_WANT, _locked(), _HEADS, _BATCHES)
_FULL = _statement(_WANT, _locked(), _HEADS, _BATCHES, *_BESIDE)
_MANY_OF_AGENTS = _statement(_WANT, _RUNS, _locked(_ALL_GO_ON), _HEADS, _BATCHES)
_FULL_OF_AGENTS = _statement(_WANT, _RUNS, _locked(_ALL_GO_ON), _HEADS, _BATCHES, *_BESIDE)


async def commit(connection: Connection, groups: list[CommitGroup]) -> set[tuple[str, str]]:
    """Write the groups in one statement; the drafts (workspace, id) that are absent in the answer lost the race.

    Raises what asyncpg raises: the outcome is then unknown, and only the log can tell.
    """
    statement, given = _chosen(groups)
    rows = await connection.fetch(statement.text, *statement.arguments(given))
    return {(row["workspace_id"], row["id"]) for row in rows}


def _chosen(groups: list[CommitGroup]) -> tuple[Statement, dict[str, Any]]:
    """The least statement that writes all that the groups hold, and its inputs."""
    full = of_agents = False
    for group in groups:
        full = full or _has_rows_beside(group)
        of_agents = of_agents or bool(group.runs)
    if not full and not of_agents and len(groups) == 1 and len(groups[0].batches) == 1:
        return _ONE, {"one": _one(groups[0], groups[0].batches[0])}
    given = _heads_and_batches(groups)
    if of_agents:
        given["wrote"] = [(g.workspace, g.draft, run, stream) for g in groups for run, stream in g.runs]
    if not full:
        return (_MANY_OF_AGENTS if of_agents else _MANY), given
    return (_FULL_OF_AGENTS if of_agents else _FULL), given | _rows_beside(groups)


def _has_rows_beside(g: CommitGroup) -> bool:
    return bool(g.writers or g.alerts or g.stash or g.outbox or g.answers or g.adoptions or g.base_version is not None)


def _one(g: CommitGroup, b: NewBatch) -> tuple[Any, ...]:
    return (
        g.workspace, g.draft, g.generation, g.base_seq, g.base_mark, g.acl_rev,
        b.seq, b.w, b.no, b.key, b.base, b.seen, b.kind, b.cause, b.mark, b.ops, b.took,
    )  # fmt: skip


def _heads_and_batches(groups: list[CommitGroup]) -> dict[str, Any]:
    """What every statement of more than one batch reads."""
    return {
        "head": [
            (
                g.workspace, g.draft, g.generation, g.base_seq, g.base_mark, g.acl_rev,
                g.batches[-1].seq, g.batches[-1].mark, g.base_version,
            )
            for g in groups
        ],
        "batch": [
            (
                g.workspace, g.draft, g.generation,
                b.seq, b.w, b.no, b.key, b.base, b.seen, b.kind, b.cause, b.mark, b.ops, b.took,
            )
            for g in groups
            for b in g.batches
        ],
    }  # fmt: skip


def _rows_beside(groups: list[CommitGroup]) -> dict[str, Any]:
    """What is written beside the batches."""
    return {
        "writer": [
            (g.workspace, g.draft, w.w, w.session, w.sid, w.actor, w.run, w.approved_by)
            for g in groups
            for w in g.writers
        ],
        "kept": [row for g in groups for row in g.stash],
        "opened": [row for g in groups for row in g.alerts],
        "event": [row for g in groups for row in g.outbox],
        "answer": [
            (g.workspace, g.draft, a["principal"], a["key"], a["digest"], a["status"], a["headers"], a["body"])
            for g in groups
            for a in g.answers
        ],
        "answers": (KEEP_H,),
        "source": [row for g in groups for row in g.adoptions],
    }


_TIMEOUT = "select set_config('lock_timeout', $1, true)"

_LOCK = "select d.head_seq from draft d where d.workspace_id = $1 and d.id = $2 for no key update of d"


async def lock_head(connection: Connection, workspace: str, draft: str, timeout_s: float) -> None:
    """Wait for a draft's row in the caller's transaction, so that the next commit there can't lose.

    Raises:
        asyncpg.LockNotAvailableError: somebody holds it for longer; what comes later in the transaction waits no longer.
    """
    await connection.execute(_TIMEOUT, str(int(timeout_s * 1000)))
    await connection.fetchval(_LOCK, workspace, draft)
