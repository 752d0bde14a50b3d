"""The life of an item: archived, deleted, brought back, and the end of what a deleted one leaves.

Everything but `purge_some` runs in a transaction of the caller's that holds the item. Its drafts are marked in their own
rows, so that a commit under way finds it there.
"""

from typing import Final

import asyncpg
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access.access import Resource, Visible
from draftwire_server.store.items.items import VISIBLE, visible_arguments
from draftwire_server.store.postgres import Connection

# In this order, as everybody who holds more than one.
_HOLD_DRAFTS = "select id from draft where workspace_id = $1 and item_id = $2 order by id for no key update"
_MARK_DRAFTS = "update draft set held = $3, stash_id = null where workspace_id = $1 and item_id = $2"

_ARCHIVE = """
update item set archived_at = clock_timestamp(), changed_at = clock_timestamp() where workspace_id = $1 and id = $2
"""
_UNARCHIVE = """
update item set archived_at = null, path = $3, changed_at = clock_timestamp() where workspace_id = $1 and id = $2
"""


async def _mark(connection: Connection, workspace: str, item: str, held: str | None) -> None:
    await connection.fetch(_HOLD_DRAFTS, workspace, item)
    await connection.execute(_MARK_DRAFTS, workspace, item, held)


async def archive(connection: Connection, workspace: str, item: str) -> None:
    """Take an item off its path and out of the lists; nobody types in its drafts from then on."""
    await connection.execute(_ARCHIVE, workspace, item)
    await _mark(connection, workspace, item, "archived")


async def unarchive(connection: Connection, workspace: str, item: str, path: str | None) -> None:
    """Bring an archived item back to a path. Raises `Problem` taken."""
    try:
        async with connection.transaction():
            await connection.execute(_UNARCHIVE, workspace, item, path)
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken") from error
    await _mark(connection, workspace, item, None)


# ---- deleted items


class DeletedRow(msgspec.Struct, frozen=True):
    """An item that is deleted and can be brought back."""

    id: str
    kind: str
    path: str | None
    external_id: str | None
    summary: str
    creator: str
    head_version: int
    deleter: str  # an actor
    deleter_user: str
    deleted_us: int  # microseconds since 1970
    was_archived: bool
    drafts: int  # with changes

    @property
    def deleted_at(self) -> float:
        """When, in Unix seconds."""
        return self.deleted_us / 1_000_000

    @property
    def place(self) -> Resource:
        """What decisions about bringing it back look at."""
        return Resource(self.path, self.id, self.creator)


_COLUMNS = """
select i.id, i.kind, i.path, i.external_id, i.summary, i.creator_id, i.head_version, a.id, a.user_id,
       (extract(epoch from i.deleted_at) * 1000000)::bigint, i.archived_at < i.deleted_at,
       (select count(*) from draft d where d.workspace_id = i.workspace_id and d.item_id = i.id
           and d.discarded_at is null and d.head_seq > d.clean_seq and d.purpose <> 'suggestion')
  from item i join actor a on a.workspace_id = i.workspace_id and a.id = i.deleter_id
 where i.workspace_id = $1 and i.purged_at is null
"""

_DELETE = """
with now as (select clock_timestamp() as at)
update item set archived_at = coalesce(archived_at, now.at), deleted_at = now.at, deleter_id = $3, changed_at = now.at
  from now where workspace_id = $1 and id = $2
"""

_FIND_DELETED = (
    _COLUMNS
    + """
   and i.deleted_at > clock_timestamp() - make_interval(days => $4) and (i.id = $2 or i.external_id = $3)
 order by i.id = $2 desc, i.deleted_at desc limit 1
"""
)
_HOLD = "select id from item where workspace_id = $1 and id = $2 and deleted_at is not null for no key update"

_UNDELETE = """
update item set deleted_at = null, deleter_id = null, archived_at = case when $5 then archived_at end, path = $3,
       external_id = $4, changed_at = clock_timestamp()
 where workspace_id = $1 and id = $2
"""

_LIST = (
    _COLUMNS.replace("where i.workspace_id = $1", "where i.workspace_id = $1 and " + VISIBLE)
    + """
   and i.deleted_at > clock_timestamp() - make_interval(days => $8)
   and ($9::bigint is null
        or (i.deleted_at, i.id) < ('epoch'::timestamptz + $9::bigint * interval '1 microsecond', $10::text))
 order by i.deleted_at desc, i.id desc limit $11
"""
)


class ByDeletion(msgspec.Struct, frozen=True, array_like=True, tag="d"):
    """The last item of a page of deleted ones, the latest first: microseconds since 1970."""

    deleted_us: int
    id: str


async def delete(connection: Connection, workspace: str, item: str, actor: str) -> None:
    """Delete an item with all its drafts."""
    await connection.execute(_DELETE, workspace, item, actor)
    await _mark(connection, workspace, item, "deleted")


async def find_deleted(
    connection: Connection, workspace: str, item: str, external_id: str, days: int
) -> DeletedRow | None:
    """Find an item that was deleted not longer than so many days ago, by its id or the platform's."""
    row = await connection.fetchrow(_FIND_DELETED, workspace, item, external_id, days)
    return DeletedRow(*row.values()) if row else None


async def hold_deleted(connection: Connection, workspace: str, item: str) -> bool:
    """Keep a deleted item as it is until the transaction ends; False if it is not deleted any more."""
    return await connection.fetchval(_HOLD, workspace, item) is not None


async def undelete(
    connection: Connection, workspace: str, row: DeletedRow, path: str | None, external_id: str | None
) -> None:
    """Bring a deleted item back with its drafts, archived if it was. Raises `Problem` taken."""
    try:
        async with connection.transaction():
            await connection.execute(_UNDELETE, workspace, row.id, path, external_id, row.was_archived)
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken") from error
    await _mark(connection, workspace, row.id, "archived" if row.was_archived else None)


async def list_deleted(
    connection: Connection, workspace: str, visible: Visible, days: int, after: ByDeletion | None, limit: int
) -> list[DeletedRow]:
    """The deleted items before one that somebody could see, the latest first."""
    position = (None, None) if after is None else (after.deleted_us, after.id)
    rows = await connection.fetch(_LIST, workspace, *visible_arguments(visible), days, *position, limit)
    return [DeletedRow(*row.values()) for row in rows]


# ---- the end

PURGED_OPS: Final = 5_000  # in one transaction: some tens of ms
PURGED_SNAPSHOTS: Final = 50  # each may be as large as a document

_EXPIRED_IN = """
select distinct workspace_id from item
 where purged_at is null and deleted_at < clock_timestamp() - make_interval(days => $1)
"""

_EXPIRED = """
select id from item where workspace_id = $1 and purged_at is null
   and deleted_at < clock_timestamp() - make_interval(days => $2)
 order by deleted_at limit 1 for no key update skip locked
"""

_DRAFTS = "select id from draft where workspace_id = $1 and item_id = $2"

_LARGE: Final = tuple(
    (
        f"""
delete from {table} where workspace_id = $1 and ctid = any(array(
  select ctid from {table} where workspace_id = $1 and draft_id = any($2::text[]) limit $3))
""",
        most,
    )
    for table, most in (
        ("draft_op", PURGED_OPS),
        ("draft_snapshot", PURGED_SNAPSHOTS),
        ("draft_discard", PURGED_SNAPSHOTS),
    )
)
_SMALL: Final = tuple(
    f"delete from {table} where workspace_id = $1 and draft_id = any($2::text[])"
    for table in ("draft_writer", "draft_seen", "alert", "outbox")
)
_DROP_DRAFTS = "delete from draft where workspace_id = $1 and item_id = $2"
_DROP_JOBS = "delete from item_job where workspace_id = $1 and item_id = $2"
_EMPTY = "update item set initial = '{}', purged_at = clock_timestamp() where workspace_id = $1 and id = $2"
_DROP_WORDS = "delete from item_search where workspace_id = $1 and item_id = $2"
_DROP_REFERENCES = "delete from item_reference where workspace_id = $1 and item_id = $2"


async def expired_in(connection: Connection, days: int) -> list[str]:
    """The workspaces in which items were deleted more than so many days ago."""
    return [str(row["workspace_id"]) for row in await connection.fetch(_EXPIRED_IN, days)]


_COUNT_EXPIRED = """
select count(*) from item where workspace_id = $1 and purged_at is null
   and deleted_at < clock_timestamp() - make_interval(days => $2)
"""


async def count_expired(connection: Connection, workspace: str, days: int) -> int:
    """How many items there can't be brought back any more."""
    return int(await connection.fetchval(_COUNT_EXPIRED, workspace, days))


async def drop_parts(connection: Connection, workspace: str, drafts: list[str]) -> bool:
    """Drop a bounded part of what hangs on drafts that go, and has no foreign key; False if nothing is left of it."""
    for statement, most in _LARGE:
        if await connection.execute(statement, workspace, drafts, most) != "DELETE 0":
            return True
    for statement in _SMALL:
        await connection.execute(statement, workspace, drafts)
    return False


async def purge_some(connection: Connection, workspace: str, days: int) -> bool:
    """Remove a bounded part of what hangs on one item that can't be brought back; False if there is none left.

    Its versions and its row stay. Call it in a transaction, again and again.
    """
    item = await connection.fetchval(_EXPIRED, workspace, days)
    if item is None:
        return False
    drafts = [row["id"] for row in await connection.fetch(_DRAFTS, workspace, item)]
    if await drop_parts(connection, workspace, drafts):
        return True
    await connection.execute(_DROP_DRAFTS, workspace, item)
    await connection.execute(_DROP_JOBS, workspace, item)
    await connection.execute(_EMPTY, workspace, item)
    await connection.execute(_DROP_WORDS, workspace, item)
    await connection.execute(_DROP_REFERENCES, workspace, item)
    return True
