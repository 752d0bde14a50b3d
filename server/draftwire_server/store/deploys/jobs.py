"""What a deploy or a delete leaves to be done for an item's drafts, until some worker has done it, in small steps.

Who claims a job has it for a while; if that worker dies the next one goes on. Doing a step twice does no harm.
"""

import datetime
from typing import Any, Literal

import msgspec

from draftwire_server.store.postgres import Connection

Kind = Literal["follow", "keep"]


class JobRow(msgspec.Struct, frozen=True):
    """A claimed job: the drafts behind ``after`` are to be looked at. ``due_at`` tells this claim from the next."""

    workspace: str
    item: str
    kind: Kind
    after: str
    due_at: datetime.datetime


_ADD = """
insert into item_job (workspace_id, item_id, kind) values ($1, $2, $3)
on conflict (workspace_id, item_id, kind) do update set due_at = excluded.due_at, after = ''
"""
_DROP = "delete from item_job where workspace_id = $1 and item_id = $2 and kind = $3"

_DUE_IN = "select distinct workspace_id from item_job where due_at <= clock_timestamp()"

_CLAIM = """
with due as materialized (
  select f.item_id, f.kind from item_job f where f.workspace_id = $1 and f.due_at <= clock_timestamp()
   order by f.due_at limit 1 for update skip locked
)
update item_job j set due_at = clock_timestamp() + make_interval(secs => $2) from due
 where j.workspace_id = $1 and j.item_id = due.item_id and j.kind = due.kind
returning j.workspace_id, j.item_id, j.kind, j.after, j.due_at
"""
_GO_ON = """
update item_job set due_at = clock_timestamp(), after = $5
 where workspace_id = $1 and item_id = $2 and kind = $3 and due_at = $4
"""
_LEAVE = """
update item_job set after = ''
 where workspace_id = $1 and item_id = $2 and kind = $3 and due_at = $4
"""
_DONE = "delete from item_job where workspace_id = $1 and item_id = $2 and kind = $3 and due_at = $4"


async def add(connection: Connection, workspace: str, item: str, kind: Kind) -> None:
    """Leave something to be done, in the transaction that makes it necessary."""
    await connection.execute(_ADD, workspace, item, kind)


async def drop(connection: Connection, workspace: str, item: str, kind: Kind) -> None:
    """It is not to be done any more."""
    await connection.execute(_DROP, workspace, item, kind)


async def due_in(connection: Connection) -> list[str]:
    """The workspaces with anything to be done."""
    return [str(row["workspace_id"]) for row in await connection.fetch(_DUE_IN)]


async def claim(connection: Connection, workspace: str, lease_s: float) -> JobRow | None:
    """Take a job for so long; None if there is none."""
    row = await connection.fetchrow(_CLAIM, workspace, lease_s)
    return msgspec.convert(dict(zip(JobRow.__struct_fields__, row.values(), strict=True)), JobRow) if row else None


async def go_on(connection: Connection, job: JobRow, after: str) -> None:
    """A step is done: the next one may be taken by anybody."""
    await connection.execute(_GO_ON, job.workspace, job.item, job.kind, job.due_at, after)


async def leave(connection: Connection, job: JobRow) -> None:
    """Something is left that could not be done now: from the beginning, when the lease is over."""
    await connection.execute(_LEAVE, job.workspace, job.item, job.kind, job.due_at)


async def done(connection: Connection, job: JobRow) -> None:
    """Nothing is left, unless the same was asked for again meanwhile."""
    await connection.execute(_DONE, job.workspace, job.item, job.kind, job.due_at)


_BEHIND = """
select d.id from draft d join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
 where d.workspace_id = $1 and d.item_id = $2 and d.id > $3 and d.discarded_at is null and d.held is null
   and d.purpose <> 'suggestion'
   and d.base_version < i.head_version
 order by d.id limit $4
"""

_UNKEPT = """
select id from draft
 where workspace_id = $1 and item_id = $2 and id > $3 and discarded_at is null and held = 'deleted'
   and head_seq > clean_seq and owner_id is not null and stash_id is null and purpose <> 'suggestion'
 order by id limit $4
"""


async def drafts_behind(connection: Connection, workspace: str, item: str, after: str, limit: int) -> list[str]:
    """The next drafts that stand on an older version than the head."""
    return [row["id"] for row in await connection.fetch(_BEHIND, workspace, item, after, limit)]


async def drafts_unkept(connection: Connection, workspace: str, item: str, after: str, limit: int) -> list[str]:
    """The next drafts of a deleted item whose owners don't have their texts yet."""
    return [row["id"] for row in await connection.fetch(_UNKEPT, workspace, item, after, limit)]


_SET_STASH = """
update draft set stash_id = $3
 where workspace_id = $1 and id = $2 and held = 'deleted' and stash_id is null and discarded_at is null
"""


async def note_kept(connection: Connection, workspace: str, draft: str, stash: str) -> bool:
    """Note where a draft's text is for its owner; False if it has one, or was brought back."""
    return bool(await connection.execute(_SET_STASH, workspace, draft, stash) == "UPDATE 1")


class OwnedRow(msgspec.Struct, frozen=True):
    """Somebody's draft of an item."""

    draft: str
    item: str
    owner: str


_OWNED_BEHIND = """
select d.id, d.item_id, d.owner_id
  from draft d join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
 where d.workspace_id = $1 and d.item_id = any($2::text[]) and d.owner_id = any($3::text[]) and d.purpose = 'own'
   and d.discarded_at is null and d.held is null and d.base_version < i.head_version
   and d.kept_version < i.head_version and d.head_seq > 0
 order by d.id
"""


async def owned_behind(connection: Connection, workspace: str, items: list[str], owners: list[str]) -> list[OwnedRow]:
    """The drafts of these items behind their heads that belong to one of these users."""
    return [OwnedRow(*row.values()) for row in await connection.fetch(_OWNED_BEHIND, workspace, items, owners)]


class KeptRow(msgspec.Struct, frozen=True):
    """What the owner of a draft is told of its deleted item."""

    draft: str
    item: str
    owner: str
    stash: str
    deleter: str  # an actor
    deleted_at: float


_KEPT = """
select d.id, d.item_id, d.owner_id, d.stash_id, i.deleter_id, extract(epoch from i.deleted_at)::float8
  from draft d join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
 where d.workspace_id = $1 and d.id = any($2::text[]) and d.owner_id = any($3::text[]) and d.stash_id is not null
   and i.deleted_at is not null
"""


async def kept_for(connection: Connection, workspace: str, drafts: list[str], owners: list[str]) -> list[KeptRow]:
    """Of these drafts of deleted items, whose texts were kept, those of these users."""
    return [KeptRow(*row.values()) for row in await connection.fetch(_KEPT, workspace, drafts, owners)]


_HAPPENED = """
select type, item_id, draft_id from event
 where workspace_id = $1 and number > $2 and number <= $3 and type = any($4::text[]) order by number limit $5
"""


class Happened(msgspec.Struct, frozen=True):
    """An event, as far as somebody looks for it."""

    type: str
    item: str
    draft: str | None


async def happened(
    connection: Connection, workspace: str, after: int, upto: int, types: list[str], limit: int
) -> list[Happened]:
    """The events of these types between two numbers."""
    rows: list[Any] = await connection.fetch(_HAPPENED, workspace, after, upto, types, limit)
    return [Happened(*row.values()) for row in rows]
