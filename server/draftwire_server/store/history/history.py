"""What is kept of a draft's past beside its log: names for states, how far people have looked, older generations."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec

from draftwire_server.core.stored import stored_value
from draftwire_server.store.live.logs import BrokenLog, ShapeRow
from draftwire_server.store.postgres import Connection


class GenerationRow(msgspec.Struct, frozen=True):
    """One generation of a draft: where its log ends, and from what it began (None: not known any more)."""

    generation: int
    seq: int
    mark: str
    origin_version: int | None
    shape: ShapeRow | None


_EARLIER = """
select e.generation, e.seq, e.mark, e.origin_version,
       (select jsonb_build_object('keyed', h.keyed, 'text', h.text) from document_shape h
         where h.workspace_id = e.workspace_id and h.id = e.shape_id)
  from draft_discard e where e.workspace_id = $1 and e.draft_id = $2 and e.generation = $3
"""


async def find_earlier(connection: Connection, workspace: str, draft: str, generation: int) -> GenerationRow | None:
    """Find a discarded generation that still exists."""
    row = await connection.fetchrow(_EARLIER, workspace, draft, generation)
    if row is None:
        return None
    generation, seq, mark, origin, shape = row.values()
    return GenerationRow(generation, seq, mark, origin, None if shape is None else msgspec.convert(shape, ShapeRow))


_FIRST = """
select min(o.seq) from draft_op o where o.workspace_id = $1 and o.draft_id = $2 and o.generation = $3
"""


async def first_batch(connection: Connection, workspace: str, draft: str, generation: int) -> int | None:
    """The seq of the oldest batch that is kept of a generation; None if none is."""
    seq = await connection.fetchval(_FIRST, workspace, draft, generation)
    return None if seq is None else int(seq)


_STATE = """
with snapshot as materialized (
  select s.seq, s.mark, s.value from draft_snapshot s
   where s.workspace_id = $1 and s.draft_id = $2 and s.generation = $3 and s.seq <= $4
   order by s.seq desc limit 1
)
select 0 as part, coalesce(s.seq, 0) as seq, 0 as w, s.mark::text as mark, s.value as ops
  from (select 1) as one left join snapshot s on true
union all
select 1, o.seq, o.w, o.mark::text, o.ops from draft_op o
 where o.workspace_id = $1 and o.draft_id = $2 and o.generation = $3
   and o.seq > coalesce((select s.seq from snapshot s), 0) and o.seq <= $4
order by part, seq
"""


class PastState(msgspec.Struct, frozen=True):
    """A value (None: that of the version from which the generation began) and the ops after it, with their writers."""

    value: bytes | None
    mark: str | None  # of the state; None at seq 0
    batches: tuple[tuple[int, bytes], ...]


async def read_state(connection: Connection, workspace: str, draft: str, generation: int, seq: int) -> PastState:
    """Read a state of any generation, in one statement. Raises `BrokenLog` if it is no longer kept."""
    first, *batches = await connection.fetch(_STATE, workspace, draft, generation, seq)
    if [row["seq"] for row in batches] != list(range(first["seq"] + 1, seq + 1)):
        raise BrokenLog(f"draft {draft}: seq {first['seq']} to {seq}, {len(batches)} batches kept")
    mark = batches[-1]["mark"] if batches else first["mark"]
    return PastState(first["ops"], mark, tuple((row["w"], row["ops"]) for row in batches))


_BATCH_INFO = """
select o.w, o.kind, o.cause, extract(epoch from o.at)::float8 as at from draft_op o
 where o.workspace_id = $1 and o.draft_id = $2 and o.generation = $3 and o.seq = $4
"""


class BatchInfo(msgspec.Struct, frozen=True):
    """What a batch was, without its ops."""

    w: int
    kind: str
    cause: str | None
    at: float


async def read_batch_info(
    connection: Connection, workspace: str, draft: str, generation: int, seq: int
) -> BatchInfo | None:
    """The batch that led to a state; None if it is no longer kept."""
    row = await connection.fetchrow(_BATCH_INFO, workspace, draft, generation, seq)
    return BatchInfo(*row.values()) if row else None


# ---- names


class NameRow(msgspec.Struct, frozen=True):
    """A state with a name; its value is read by itself."""

    name: str
    generation: int
    seq: int
    mark: str
    state_at: float
    writer: str | None
    run: str | None
    actor: str
    at: float


_COLUMNS = """
select n.name, n.generation, n.seq, n.mark, extract(epoch from n.state_at)::float8, n.writer_id, n.run_id, n.actor_id,
       extract(epoch from n.at)::float8
  from draft_name n
"""
_NAMES = _COLUMNS + "where n.workspace_id = $1 and n.draft_id = $2 order by n.generation desc, n.seq desc, n.name"
_BY_NAME = _COLUMNS + "where n.workspace_id = $1 and n.draft_id = $2 and n.name = $3"
_BY_SEQ = (
    _COLUMNS
    + "where n.workspace_id = $1 and n.draft_id = $2 and n.generation = $3 and n.seq = $4 order by n.name limit 1"
)
_NAMED_VALUE = "select value from draft_name where workspace_id = $1 and draft_id = $2 and name = $3"

_LOCK_NAMES = "select id from draft where workspace_id = $1 and id = $2 for no key update"
_COUNT_NAMES = "select count(*) from draft_name where workspace_id = $1 and draft_id = $2"
_ADD_NAME = """
insert into draft_name (workspace_id, draft_id, name, generation, seq, mark, value, state_at, writer_id, run_id, actor_id)
values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8), $9, $10, $11)
on conflict do nothing
"""
_RENAME = """
update draft_name n set name = $4 where n.workspace_id = $1 and n.draft_id = $2 and n.name = $3
   and not exists (select 1 from draft_name o where o.workspace_id = $1 and o.draft_id = $2 and o.name = $4)
"""
_REMOVE_NAME = "delete from draft_name where workspace_id = $1 and draft_id = $2 and name = $3"


async def list_names(connection: Connection, workspace: str, draft: str) -> list[NameRow]:
    """A draft's named states, the latest first."""
    return [NameRow(*row.values()) for row in await connection.fetch(_NAMES, workspace, draft)]


async def find_name(connection: Connection, workspace: str, draft: str, name: str) -> NameRow | None:
    """Find a named state."""
    row = await connection.fetchrow(_BY_NAME, workspace, draft, name)
    return NameRow(*row.values()) if row else None


async def find_named_seq(
    connection: Connection, workspace: str, draft: str, generation: int, seq: int
) -> NameRow | None:
    """Find a name of a state by its number."""
    row = await connection.fetchrow(_BY_SEQ, workspace, draft, generation, seq)
    return NameRow(*row.values()) if row else None


async def load_named_value(connection: Connection, workspace: str, draft: str, name: str) -> bytes | None:
    """The value of a named state, as JSON."""
    value: bytes | None = await connection.fetchval(_NAMED_VALUE, workspace, draft, name)
    return value


async def add_name(connection: Connection, workspace: str, draft: str, row: NameRow, value: bytes, most: int) -> bool:
    """Name a state, in a transaction; False if the name is taken. Raises `TooManyNames` above ``most`` names."""
    await connection.execute(_LOCK_NAMES, workspace, draft)
    if await connection.fetchval(_COUNT_NAMES, workspace, draft) >= most:
        raise TooManyNames
    done = await connection.execute(
        _ADD_NAME, workspace, draft, row.name, row.generation, row.seq, row.mark, value, row.state_at, row.writer,
        row.run, row.actor,
    )  # fmt: skip
    return bool(done == "INSERT 0 1")


class TooManyNames(Exception):
    """A draft has as many named states as it may have."""


async def rename(connection: Connection, workspace: str, draft: str, old: str, new: str) -> bool:
    """Give a named state another name; False if there is none, or that name is taken."""
    await connection.execute(_LOCK_NAMES, workspace, draft)
    return bool(await connection.execute(_RENAME, workspace, draft, old, new) == "UPDATE 1")


async def remove_name(connection: Connection, workspace: str, draft: str, name: str) -> bool:
    """Let a name go; False if there is none."""
    return bool(await connection.execute(_REMOVE_NAME, workspace, draft, name) == "DELETE 1")


# ---- what was looked at

_LOOK = """
insert into draft_looked (workspace_id, draft_id, actor_id, generation, seq, mark) values ($1, $2, $3, $4, $5, $6)
on conflict (workspace_id, draft_id, actor_id) do update
   set generation = excluded.generation, seq = excluded.seq, mark = excluded.mark, at = clock_timestamp()
 where (draft_looked.generation, draft_looked.seq) <= (excluded.generation, excluded.seq)
"""
_LOOKED = """
select generation, seq, mark, extract(epoch from at)::float8 from draft_looked
 where workspace_id = $1 and draft_id = $2 and actor_id = $3
"""


class LookedRow(msgspec.Struct, frozen=True):
    """Up to which state somebody has looked, and when they said so."""

    generation: int
    seq: int
    mark: str
    at: float


async def look(connection: Connection, workspace: str, draft: str, actor: str, at: tuple[int, int, str]) -> None:
    """Note up to which (generation, seq, mark) somebody has looked; never backwards."""
    await connection.execute(_LOOK, workspace, draft, actor, *at)


async def find_looked(connection: Connection, workspace: str, draft: str, actor: str) -> LookedRow | None:
    """Up to where somebody says to have looked."""
    row = await connection.fetchrow(_LOOKED, workspace, draft, actor)
    return LookedRow(*row.values()) if row else None


# ---- blame

_BLAME = """
select seq, blame from draft_blame where workspace_id = $1 and draft_id = $2 and generation = $3 and seq <= $4
 order by seq desc limit 1
"""
_KEEP_BLAME = """
insert into draft_blame (workspace_id, draft_id, generation, seq, blame) values ($1, $2, $3, $4, $5)
on conflict do nothing
"""
_VERSION_BLAME = "select blame from version_blame where workspace_id = $1 and item_id = $2 and number = $3"
_KEEP_VERSION_BLAME = """
insert into version_blame (workspace_id, item_id, number, blame) values ($1, $2, $3, $4) on conflict do nothing
"""
_COPY_VERSION_BLAME = """
insert into version_blame (workspace_id, item_id, number, blame)
select b.workspace_id, $4, $5, b.blame from version_blame b where b.workspace_id = $1 and b.item_id = $2 and b.number = $3
on conflict do nothing
"""


async def find_blame(
    connection: Connection, workspace: str, draft: str, generation: int, seq: int
) -> tuple[int, bytes] | None:
    """The latest kept blame at or before a state, with its seq."""
    row = await connection.fetchrow(_BLAME, workspace, draft, generation, seq)
    return (row["seq"], row["blame"]) if row else None


async def keep_blame(
    connection: Connection, workspace: str, draft: str, generation: int, seq: int, blame: bytes
) -> None:
    """Keep the blame of a state."""
    await connection.execute(_KEEP_BLAME, workspace, draft, generation, seq, blame)


async def load_version_blame(connection: Connection, workspace: str, item: str, number: int) -> bytes | None:
    """The blame kept with a version; 0 is the initial value."""
    blame: bytes | None = await connection.fetchval(_VERSION_BLAME, workspace, item, number)
    return blame


async def keep_version_blame(connection: Connection, workspace: str, item: str, number: int, blame: bytes) -> None:
    """Keep blame with a version."""
    await connection.execute(_KEEP_VERSION_BLAME, workspace, item, number, blame)


async def copy_version_blame(
    connection: Connection, workspace: str, source: tuple[str, int], item: str, number: int
) -> None:
    """Let a version of the same value have the blame of another one (item, number), if that has any."""
    await connection.execute(_COPY_VERSION_BLAME, workspace, *source, item, number)


def value_of(raw: bytes) -> dict[str, Any]:
    """A stored value."""
    value: dict[str, Any] = stored_value(raw)
    return value


# ---- shares

Share: TypeAlias = tuple[str, str | None, int]
"""An actor, the run in which they wrote, and how many UTF-16 units of the text are theirs."""

_KEEP_SHARES = """
insert into version_share (workspace_id, item_id, number, shares) values ($1, $2, $3, $4) on conflict do nothing
"""
_COPY_SHARES = """
insert into version_share (workspace_id, item_id, number, shares)
select s.workspace_id, s.item_id, $4, s.shares from version_share s
 where s.workspace_id = $1 and s.item_id = $2 and s.number = $3 on conflict do nothing
"""
_SHARES = """
select number, shares from version_share where workspace_id = $1 and item_id = $2 and number = any($3::int[])
"""


async def keep_shares(connection: Connection, workspace: str, item: str, number: int, shares: Sequence[Share]) -> None:
    """Keep who wrote how much of a version."""
    await connection.execute(_KEEP_SHARES, workspace, item, number, [list(share) for share in shares])


async def copy_shares(connection: Connection, workspace: str, item: str, number: int, to: int) -> None:
    """The same for a version of the same value."""
    await connection.execute(_COPY_SHARES, workspace, item, number, to)


async def read_shares(
    connection: Connection, workspace: str, item: str, numbers: Sequence[int]
) -> dict[int, tuple[Share, ...]]:
    """Who wrote how much of some versions."""
    rows = await connection.fetch(_SHARES, workspace, item, list(numbers))
    return {row["number"]: tuple((actor, run, units) for actor, run, units in row["shares"]) for row in rows}
