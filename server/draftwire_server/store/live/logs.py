"""A draft's log: its row, snapshots and batches, read whole and gapless in one statement, written by `commit`.

A state is made only from a snapshot and an unbroken tail that ends at the head's mark; anything else raises
`BrokenLog`, never a guess.
"""

from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.rest.drafts import WriterCount
from draftwire_server.core.access.access import DraftFacts, Guest
from draftwire_server.store.postgres import Connection, Row


class BrokenLog(Exception):
    """The rows read don't make one unbroken history."""


class ShapeRow(msgspec.Struct, frozen=True):
    """Which arrays are keyed and which leaves are text in a draft's log."""

    keyed: tuple[str, ...]
    text: tuple[str, ...]


class DraftRow(msgspec.Struct, frozen=True):
    """A draft as it stands: who it belongs to and where its head is."""

    workspace: str
    id: str
    item: str
    purpose: str
    owner: str | None
    visibility: str
    guests: tuple[Guest, ...]
    generation: int
    head_seq: int
    head_mark: str
    origin_version: int
    base_version: int
    discarded: bool
    abandoned: bool = False
    kept_version: int = 0
    shape: ShapeRow | None = None  # None: begun before shapes were kept
    run: str | None = None  # of a suggestion

    @property
    def facts(self) -> DraftFacts:
        """What the access decision needs."""
        return msgspec.convert(
            {
                "purpose": self.purpose,
                "owner": self.owner,
                "visibility": self.visibility,
                "guests": self.guests,
                "abandoned": self.abandoned,
                "run": self.run,
            },
            DraftFacts,
        )


class BatchRow(msgspec.Struct, frozen=True):
    """One committed batch."""

    seq: int
    w: int
    no: int
    key: str
    seen: int
    kind: str
    cause: str | None
    mark: str
    ops: bytes
    took: bytes
    at: float


class WriterRow(msgspec.Struct, frozen=True):
    """A session that has written in a draft."""

    w: int
    session: str
    sid: str
    actor: str
    run: str | None
    last_no: int = 0
    approved_by: str | None = None


class LoadedLog(msgspec.Struct, frozen=True):
    """A draft's head, a state at ``from_seq`` and every batch after it."""

    draft: DraftRow
    from_seq: int
    from_mark: str | None  # None: seq 0, whose mark follows from the value
    value: bytes
    batches: tuple[BatchRow, ...]
    writers: tuple[WriterRow, ...]


# Both ends of the stretch are named: of one end alone Postgres expects a third of the log behind it, and reads all of it.
_LOAD = """
with d as materialized (
  select * from draft where workspace_id = $1 and id = $2
), snapshot as materialized (
  select s.* from draft_snapshot s join d on s.workspace_id = d.workspace_id and s.draft_id = d.id
     and s.generation = d.generation and s.seq <= d.head_seq
   order by s.seq desc limit 1
)
select 0 as part, coalesce(s.seq, 0) as seq, 0 as w, 0::bigint as op_no, ''::text as key, 0::bigint as seen,
       ''::text as kind, null::text as cause, s.mark::text as mark,
       coalesce(s.value, convert_to(coalesce(c.value, i.initial)::text, 'UTF8')) as ops, ''::bytea as took,
       extract(epoch from d.changed_at)::float8 as at,
       jsonb_build_object('workspace', d.workspace_id, 'id', d.id, 'item', d.item_id, 'purpose', d.purpose,
         'owner', d.owner_id, 'visibility', d.visibility, 'guests', d.guests, 'generation', d.generation,
         'head_seq', d.head_seq, 'head_mark', d.head_mark, 'origin_version', d.origin_version,
         'run', d.run_id, 'base_version', d.base_version, 'kept_version', d.kept_version, 'discarded', d.discarded_at is not null,
         'abandoned', exists (select 1 from member m where m.workspace_id = d.workspace_id and m.id = d.owner_id
                                 and m.removed_at is not null),
         'shape', (select jsonb_build_object('keyed', h.keyed, 'text', h.text) from document_shape h
                    where h.workspace_id = d.workspace_id and h.id = d.shape_id)) as more
  from d
  join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
  left join snapshot s on true
  left join version v on v.workspace_id = d.workspace_id and v.item_id = d.item_id and v.number = d.origin_version
  left join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
union all
select 1, 0, w.w, coalesce((select max(o.op_no) from draft_op o
                             where o.workspace_id = w.workspace_id and o.draft_id = w.draft_id and o.w = w.w),
                           (select (s.last_nos ->> w.w::text)::bigint from snapshot s), 0),
       ''::text, 0::bigint, ''::text, null::text, null::text, ''::bytea, ''::bytea, 0::float8,
       jsonb_build_object('session', w.session, 'sid', w.sid, 'actor', w.actor_id, 'run', w.run_id)
  from draft_writer w join d on w.workspace_id = d.workspace_id and w.draft_id = d.id
 where w.workspace_id = $1 and w.draft_id = $2
union all
select 2, o.seq, o.w, o.op_no, o.key::text, o.seen, o.kind, o.cause, o.mark::text, o.ops, o.took,
       extract(epoch from o.at)::float8, null
  from draft_op o
 where o.workspace_id = $1 and o.draft_id = $2 and o.generation = (select d.generation from d)
   and o.seq > coalesce((select s.seq from snapshot s), 0) and o.seq <= (select d.head_seq from d)
order by part, seq, w
"""


def _draft(more: dict[str, Any]) -> DraftRow:
    return msgspec.convert(more, DraftRow)


def _batch(row: Row) -> BatchRow:
    return BatchRow(
        seq=row["seq"],
        w=row["w"],
        no=row["op_no"],
        key=row["key"],
        seen=row["seen"],
        kind=row["kind"],
        cause=row["cause"],
        mark=row["mark"],
        ops=row["ops"],
        took=row["took"],
        at=row["at"],
    )


async def load(connection: Connection, workspace: str, draft: str) -> LoadedLog | None:
    """Read a draft with the state from which its head can be made, in one statement; None if nobody has begun it.

    Raises:
        BrokenLog: the batches don't lead from the snapshot to the head.
    """
    rows = await connection.fetch(_LOAD, workspace, draft)
    if not rows:
        return None
    first = rows[0]
    head = _draft(first["more"])
    writers = tuple(
        WriterRow(
            w=row["w"],
            session=row["more"]["session"],
            sid=row["more"]["sid"],
            actor=row["more"]["actor"],
            run=row["more"]["run"],
            last_no=row["op_no"],
        )
        for row in rows
        if row["part"] == 1
    )
    batches = tuple(_batch(row) for row in rows if row["part"] == 2)
    expected = list(range(first["seq"] + 1, head.head_seq + 1))
    if [batch.seq for batch in batches] != expected or (batches and batches[-1].mark != head.head_mark):
        raise BrokenLog(f"draft {draft}: seq {first['seq']} to {head.head_seq}, {len(batches)} batches")
    return LoadedLog(head, first["seq"], first["mark"], first["ops"], batches, writers)


_TAIL = """
with d as materialized (
  select d.generation, d.head_seq, d.head_mark, d.visibility, d.guests, d.base_version, d.kept_version,
         d.discarded_at is not null as discarded, d.shape_id, c.acl_rev,
         coalesce((select p.mark from draft_op p where p.workspace_id = $1 and p.draft_id = $2
                      and p.generation = d.generation and p.seq = $4), '') as mark_there
    from draft d
    join workspace_clock c on c.workspace_id = d.workspace_id
   where d.workspace_id = $1 and d.id = $2
)
select d.*, o.seq, o.w, o.op_no, o.key, o.seen, o.kind, o.cause, o.mark, o.ops, o.took,
       extract(epoch from o.at)::float8 as at
  from d
  left join draft_op o on o.workspace_id = $1 and o.draft_id = $2 and o.generation = $3 and o.generation = d.generation
   and o.seq > $4 and o.seq <= (select d.head_seq from d)
 order by o.seq
"""


class LogTail(msgspec.Struct, frozen=True):
    """What came after a seq, and the head as of the same moment."""

    generation: int
    head_seq: int
    head_mark: str
    mark_there: str  # the mark that the log has at the seq asked from; empty if its row is gone or it was 0
    discarded: bool
    visibility: str
    guests: tuple[Guest, ...]
    base_version: int
    kept_version: int
    shape_id: str | None
    acl_rev: int
    batches: tuple[BatchRow, ...]


async def read_tail(connection: Connection, workspace: str, draft: str, generation: int, after: int) -> LogTail | None:
    """Read the batches after ``after`` in one statement with the head; None if there is no such draft.

    Of another generation than the head's none are read.

    Raises:
        BrokenLog: a batch is missing in between.
    """
    rows = await connection.fetch(_TAIL, workspace, draft, generation, after)
    if not rows:
        return None
    first = rows[0]
    batches = tuple(_batch(row) for row in rows if row["seq"] is not None)
    if first["generation"] == generation and first["head_seq"] > after:
        expected = list(range(after + 1, first["head_seq"] + 1))
        if [batch.seq for batch in batches] != expected:
            raise BrokenLog(f"draft {draft}: after {after} to {first['head_seq']}, {len(batches)} batches")
    return LogTail(
        generation=first["generation"],
        head_seq=first["head_seq"],
        head_mark=first["head_mark"],
        mark_there=first["mark_there"],
        discarded=first["discarded"],
        visibility=first["visibility"],
        guests=msgspec.convert(first["guests"], tuple[Guest, ...]),
        base_version=first["base_version"],
        kept_version=first["kept_version"],
        shape_id=first["shape_id"],
        acl_rev=first["acl_rev"],
        batches=batches,
    )


_STATE_AT = """
with d as materialized (
  select * from draft where workspace_id = $1 and id = $2 and generation = $3 and head_seq >= $4
     and discarded_at is null
), snapshot as materialized (
  select s.* from draft_snapshot s join d on s.workspace_id = d.workspace_id and s.draft_id = d.id
     and s.generation = d.generation and s.seq <= $4
   order by s.seq desc limit 1
)
select 0 as part, coalesce(s.seq, 0) as seq, 0 as w, 0::bigint as op_no, s.mark::text as mark,
       coalesce(s.value, convert_to(coalesce(c.value, i.initial)::text, 'UTF8')) as ops
  from d
  join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
  left join snapshot s on true
  left join version v on v.workspace_id = d.workspace_id and v.item_id = d.item_id and v.number = d.origin_version
  left join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
union all
select 1, o.seq, o.w, o.op_no, o.mark::text, o.ops
  from draft_op o
 where o.workspace_id = $1 and o.draft_id = $2 and o.generation = (select d.generation from d)
   and o.seq > coalesce((select s.seq from snapshot s), 0) and o.seq <= $4
order by part, seq
"""


class StateAt(msgspec.Struct, frozen=True):
    """From what a past state is made: a value, and the ops of each batch after it with their writers."""

    value: bytes
    mark: str | None  # of the past state; None: seq 0, whose mark follows from the value
    batches: tuple[tuple[int, bytes], ...]


async def read_state_at(connection: Connection, workspace: str, draft: str, generation: int, seq: int) -> StateAt:
    """Read a past state, in one statement. Raises `BrokenLog` if it is no longer kept, or ahead of the head."""
    rows = await connection.fetch(_STATE_AT, workspace, draft, generation, seq)
    if not rows:
        raise BrokenLog(f"draft {draft}: no generation {generation} that reaches seq {seq}")
    first, *batches = rows
    if [row["seq"] for row in batches] != list(range(first["seq"] + 1, seq + 1)):
        raise BrokenLog(f"draft {draft}: seq {first['seq']} to {seq}, {len(batches)} batches kept")
    mark = batches[-1]["mark"] if batches else first["mark"]
    return StateAt(first["ops"], mark, tuple((row["w"], row["ops"]) for row in batches))


_RANGE = """
select seq, w, op_no, key, seen, kind, cause, mark, ops, took, extract(epoch from at)::float8 as at
  from draft_op
 where workspace_id = $1 and draft_id = $2 and generation = $3 and seq > $4 and seq <= $5
 order by seq
"""


async def read_range(
    connection: Connection, workspace: str, draft: str, generation: int, after: int, upto: int
) -> tuple[BatchRow, ...]:
    """Read batches of an older part of the log. Raises `BrokenLog` if any is no longer kept."""
    rows = await connection.fetch(_RANGE, workspace, draft, generation, after, upto)
    if len(rows) != upto - after:
        raise BrokenLog(f"draft {draft}: after {after} to {upto}, {len(rows)} batches kept")
    return tuple(_batch(row) for row in rows)


# A state from which the kept log begins has no batch any more, but its snapshot.
_MARK = """
select coalesce(
  (select o.mark from draft_op o where o.workspace_id = $1 and o.draft_id = $2 and o.generation = $3 and o.seq = $4),
  (select s.mark from draft_snapshot s
    where s.workspace_id = $1 and s.draft_id = $2 and s.generation = $3 and s.seq = $4))
"""


async def read_mark(connection: Connection, workspace: str, draft: str, generation: int, seq: int) -> str | None:
    """The mark after one batch; None at seq 0, or if that is no longer kept."""
    mark = await connection.fetchval(_MARK, workspace, draft, generation, seq)
    return None if mark is None else str(mark)


_WRITERS = """
select w, session, sid, actor_id, run_id, approved_by from draft_writer where workspace_id = $1 and draft_id = $2 and w > $3
 order by w
"""


async def read_writers(connection: Connection, workspace: str, draft: str, after: int) -> tuple[WriterRow, ...]:
    """Read the writers that joined after number ``after``."""
    rows = await connection.fetch(_WRITERS, workspace, draft, after)
    return tuple(
        WriterRow(
            row["w"], row["session"], row["sid"], row["actor_id"], row["run_id"], approved_by=row["approved_by"]
        )
        for row in rows
    )  # fmt: skip


_BATCH_OF = """
select o.seq, o.generation, o.key from draft_op o
 where o.workspace_id = $1 and o.draft_id = $2 and o.w = $3 and o.op_no = $4
"""


async def find_batch(
    connection: Connection, workspace: str, draft: str, w: int, no: int
) -> tuple[int, int, str] | None:
    """Find a writer's batch by its number: (generation, seq, key), over all generations."""
    row = await connection.fetchrow(_BATCH_OF, workspace, draft, w, no)
    return (row["generation"], row["seq"], row["key"]) if row else None


_COUNT = """
select w.w, w.sid, w.actor_id, w.run_id, count(o.seq) as batches, coalesce(max(o.op_no), 0) as last_no
  from draft_writer w left join draft_op o
    on o.workspace_id = w.workspace_id and o.draft_id = w.draft_id and o.w = w.w
 where w.workspace_id = $1 and w.draft_id = $2
 group by w.w, w.sid, w.actor_id, w.run_id order by w.w
"""


async def count_batches(connection: Connection, workspace: str, draft: str) -> tuple[WriterCount, ...]:
    """Count the committed batches of every writer."""
    rows = await connection.fetch(_COUNT, workspace, draft)
    return tuple(WriterCount(*row.values()) for row in rows)


# A discarded row goes on as the next generation: ids derive from item and owner, and writers keep their numbers.
# An item that is archived or deleted while this waits for it is left as it is.
_BEGIN = """
with alive as materialized (
  select i.id from item i where i.workspace_id = $1 and i.id = $3 and i.archived_at is null for share
), again as (
  update draft set generation = $7, head_seq = 0, head_mark = $8, origin_version = $9, base_version = $9,
         kept_version = 0, clean_seq = 0, shape_id = $10, visibility = $6, guests = '[]', begun_at = clock_timestamp(),
         changed_at = clock_timestamp(), discarded_at = null
   where workspace_id = $1 and id = $2 and discarded_at is not null and generation = $7 - 1
     and exists (select 1 from alive)
  returning id
), made as (
  insert into draft (workspace_id, id, item_id, purpose, owner_id, visibility, generation, head_mark, origin_version,
                     base_version, shape_id)
  select $1, $2, alive.id, $4, $5, $6, $7, $8, $9, $9, $10 from alive where not exists (select 1 from again)
  on conflict do nothing returning id
)
select id from again union all select id from made
"""


async def begin(
    connection: Connection,
    workspace: str,
    draft: str,
    item: str,
    purpose: str,
    owner: str | None,
    visibility: str,
    generation: int,
    mark: str,
    version: int,
    shape: str,
) -> bool:
    """Make a draft's row, at seq 0 of ``version``; False if it was there. Raises `Problem` archived or not_found."""
    made = await connection.fetchval(
        _BEGIN, workspace, draft, item, purpose, owner, visibility, generation, mark, version, shape
    )
    if made is not None:
        return True
    archived, deleted = await connection.fetchrow(_STATE_OF_ITEM, workspace, item) or (False, True)
    if archived or deleted:
        raise Problem("not_found" if deleted else "archived")
    return False


_STATE_OF_ITEM = """
select archived_at is not null, deleted_at is not null from item where workspace_id = $1 and id = $2
"""

_SNAPSHOT = """
insert into draft_snapshot (workspace_id, draft_id, generation, seq, mark, value, last_nos)
select $1::text, $2::text, $3::int, $4::bigint, $5::text, $6::bytea, $7::jsonb
 where exists (select 1 from draft_op o where o.workspace_id = $1::text and o.draft_id = $2::text and o.generation = $3
                  and o.seq = $4 and o.mark = $5::text)
on conflict do nothing
"""


async def save_snapshot(
    connection: Connection,
    workspace: str,
    draft: str,
    generation: int,
    seq: int,
    mark: str,
    value: bytes,
    last_nos: dict[str, int],
) -> None:
    """Keep the state at ``seq``, if the log still has that very mark there."""
    await connection.execute(_SNAPSHOT, workspace, draft, generation, seq, mark, value, last_nos)


_HEADS = """
select d.workspace_id, d.id, d.generation, d.head_seq, d.head_mark, d.base_version, d.discarded_at is not null
  from unnest($1::text[], $2::text[]) as f(workspace_id, id)
  join draft d on d.workspace_id = f.workspace_id and d.id = f.id
"""


_ITEM = "select item_id from draft where workspace_id = $1 and id = $2"


async def find_item(connection: Connection, workspace: str, draft: str) -> str | None:
    """The item that a draft belongs to."""
    item = await connection.fetchval(_ITEM, workspace, draft)
    return None if item is None else str(item)


_FACTS = """
select d.id, d.purpose, d.owner_id, d.visibility, d.guests, d.run_id,
       coalesce(m.removed_at is not null, false) as abandoned
  from draft d left join member m on m.workspace_id = d.workspace_id and m.id = d.owner_id
 where d.workspace_id = $1 and d.id = any($2::text[])
"""


async def read_facts(connection: Connection, workspace: str, drafts: list[str]) -> dict[str, DraftFacts]:
    """Read what access decisions need of many drafts."""
    return {
        row["id"]: msgspec.convert(
            {
                "purpose": row["purpose"],
                "owner": row["owner_id"],
                "visibility": row["visibility"],
                "guests": row["guests"],
                "abandoned": row["abandoned"],
                "run": row["run_id"],
            },
            DraftFacts,
        )
        for row in await connection.fetch(_FACTS, workspace, drafts)
    }


class Head(msgspec.Struct, frozen=True):
    """Where a draft's log ends."""

    workspace: str
    draft: str
    generation: int
    seq: int
    mark: str
    base_version: int
    discarded: bool


async def read_heads(connection: Connection, drafts: list[tuple[str, str]]) -> list[Head]:
    """Read the heads of many drafts (workspace, id) at once; those that have no row are left out."""
    rows = await connection.fetch(_HEADS, [d[0] for d in drafts], [d[1] for d in drafts])
    return [Head(*row.values()) for row in rows]


_SEEN = """
insert into draft_seen (workspace_id, draft_id, actor_id, generation, seq)
select f.workspace_id, f.draft_id, f.actor_id, f.generation, f.seq
  from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[]) as f(workspace_id, draft_id, actor_id, generation, seq)
on conflict (workspace_id, draft_id, actor_id) do update
   set generation = excluded.generation, seq = excluded.seq, at = clock_timestamp()
 where (draft_seen.generation, draft_seen.seq) < (excluded.generation, excluded.seq)
"""


async def save_seen(connection: Connection, seen: list[tuple[str, str, str, int, int]]) -> None:
    """Keep how far actors have looked: (workspace, draft, actor, generation, seq); never backwards."""
    columns: list[list[Any]] = [list(column) for column in zip(*sorted(seen), strict=True)]
    await connection.execute(_SEEN, *columns)


_LAST_SEEN = """
select draft_id, actor_id, generation, seq from draft_seen where workspace_id = $1 and draft_id = any($2::text[])
"""


async def read_seen(
    connection: Connection, workspace: str, drafts: list[str]
) -> dict[tuple[str, str], tuple[int, int]]:
    """How far actors have looked: (draft, actor) → (generation, seq)."""
    rows = await connection.fetch(_LAST_SEEN, workspace, drafts)
    return {(row["draft_id"], row["actor_id"]): (row["generation"], row["seq"]) for row in rows}
