"""Which items name which: what the live versions of items refer to, and of which items that is still to be found out.

A deploy writes its own. Triggers note whatever else makes an item due: what the previous release deploys, an import, a
kind that changed. Who claims an item has it for a while; if that worker dies the next one goes on.
"""

import datetime
import re

import msgspec

from draftwire_server.core.access.access import Visible
from draftwire_server.core.kinds.references import Referred
from draftwire_server.limits.pages import USED_AT_SHOWN
from draftwire_server.store.items.items import VISIBLE, visible_arguments
from draftwire_server.store.postgres import Connection


class DueItem(msgspec.Struct, frozen=True):
    """An item to look through. ``due_at`` tells this claim from the next."""

    item: str
    kind: str
    head_version: int
    due_at: datetime.datetime


_DUE_IN = "select distinct workspace_id from reference_due where due_at <= clock_timestamp()"

_CLAIM = """
with due as materialized (
  select r.item_id from reference_due r where r.workspace_id = $1 and r.due_at <= clock_timestamp()
   order by r.due_at limit $2 for update skip locked
)
update reference_due r set due_at = clock_timestamp() + make_interval(secs => $3) from due, item i
 where r.workspace_id = $1 and r.item_id = due.item_id and i.workspace_id = $1 and i.id = r.item_id
returning r.item_id, i.kind, i.head_version, r.due_at
"""

_DONE = "delete from reference_due where workspace_id = $1 and item_id = $2 and due_at = $3"
_CLEAR = "delete from item_reference where workspace_id = $1 and item_id = $2"
_ADD = """
insert into item_reference (workspace_id, item_id, n, at, path, kinds)
select $1, $2, r.n, r.at, r.path, string_to_array(r.kinds, ',')
  from unnest($3::integer[], $4::text[], $5::text[], $6::text[]) as r(n, at, path, kinds)
"""


async def due_in(connection: Connection) -> list[str]:
    """The workspaces in which items are to be looked through."""
    return [str(row["workspace_id"]) for row in await connection.fetch(_DUE_IN)]


async def claim(connection: Connection, workspace: str, most: int, lease_s: float) -> list[DueItem]:
    """Take items for so long, those that wait longest."""
    return [DueItem(*row.values()) for row in await connection.fetch(_CLAIM, workspace, most, lease_s)]


async def replace(connection: Connection, workspace: str, due: DueItem, found: tuple[Referred, ...]) -> None:
    """Write what an item refers to, in a transaction; nothing if it has become due again meanwhile."""
    if await connection.execute(_DONE, workspace, due.item, due.due_at) == "DELETE 1":
        await _write(connection, workspace, due.item, found)


_NOTED = "delete from reference_due where workspace_id = $1 and item_id = $2"


async def note(connection: Connection, workspace: str, item: str, found: tuple[Referred, ...]) -> None:
    """Write what an item refers to, in the transaction that deploys it: nothing is to be found out then."""
    await connection.execute(_NOTED, workspace, item)
    await _write(connection, workspace, item, found)


async def _write(connection: Connection, workspace: str, item: str, found: tuple[Referred, ...]) -> None:
    await connection.execute(_CLEAR, workspace, item)
    if found:
        await connection.execute(
            _ADD, workspace, item, list(range(len(found))), [each.at for each in found],
            [each.path for each in found], [",".join(each.kinds) for each in found],
        )  # fmt: skip


_NOTE_RULES = """
with told as (
  insert into reference_rule (kind, digest) select * from unnest($1::text[], $2::text[])
  on conflict (kind) do update set digest = excluded.digest where reference_rule.digest <> excluded.digest
  returning kind
)
insert into reference_due (workspace_id, item_id)
select i.workspace_id, i.id from item i join told on told.kind = i.kind where i.head_version > 0
on conflict (workspace_id, item_id) do update set due_at = excluded.due_at
"""


async def note_rules(connection: Connection, digests: dict[str, str]) -> None:
    """Note what the server's kinds call references; items of those that call others than before become due."""
    await connection.execute(_NOTE_RULES, list(digests), list(digests.values()))


class UserRow(msgspec.Struct, frozen=True):
    """An item whose live version names another, and where: the first places, and what else than its path stands there."""

    id: str
    kind: str
    path: str | None
    summary: str
    version: int
    times: int
    at: list[str]
    former: list[str]


class ByUserPath(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of users ended; "" stands for no path."""

    path: str
    id: str


_VISIBLE_HOLDER = re.sub(r"\bi\.", "h.", VISIBLE)

# A path names the item that had it last of those that the asker may know of, as everywhere (`services/access/paths.py`);
# also one that is archived or deleted.
_NAMED = f"""
with named as materialized (
  select p.path from path_holder p
   where p.workspace_id = $1 and p.item_id = $8
     and not exists (
       select from path_holder q join item h on h.workspace_id = q.workspace_id and h.id = q.item_id
        where q.workspace_id = $1 and q.path = p.path and q.n > p.n and ({_VISIBLE_HOLDER}))
), users as (
  select i.id, i.kind, i.path, i.summary, i.head_version, count(*) as times,
         (array_agg(r.at order by r.n))[1:{USED_AT_SHOWN}] as at,
         (array_agg(distinct r.path) filter (where r.path is distinct from $10))[1:{USED_AT_SHOWN}] as former
    from named
    join item_reference r on r.workspace_id = $1 and r.path = named.path and r.item_id <> $8
    join item i on i.workspace_id = $1 and i.id = r.item_id and i.archived_at is null
   where (r.kinds = '{{}}' or $9 = any(r.kinds)) and ({VISIBLE})
   group by i.id, i.kind, i.path, i.summary, i.head_version
)
"""
_USERS = (
    _NAMED
    + """
select id, kind, path, summary, head_version, times, at, coalesce(former, '{}') from users
 where (coalesce(path, '') collate "C", id) > ($11, $12) order by coalesce(path, '') collate "C", id limit $13
"""
)
_COUNT = _NAMED + "select count(*) from users"

_ANY_DUE = "select exists (select from reference_due where workspace_id = $1)"


async def list_users(
    connection: Connection, workspace: str, visible: Visible, item: tuple[str, str, str | None],
    after: ByUserPath | None, limit: int,
) -> list[UserRow]:  # fmt: skip
    """The items that somebody may see and whose live versions name an item (its id, kind and path), by path."""
    after = after or ByUserPath("", "")
    rows = await connection.fetch(_USERS, workspace, *visible_arguments(visible), *item, after.path, after.id, limit)
    return [UserRow(*row.values()) for row in rows]


async def count_users(
    connection: Connection, workspace: str, visible: Visible, item: tuple[str, str, str | None]
) -> int:
    """How many items that somebody may see name an item, which may be deleted."""
    return int(await connection.fetchval(_COUNT, workspace, *visible_arguments(visible), *item))


async def any_due(connection: Connection, workspace: str) -> bool:
    """Whether any item of a workspace is still to be looked through."""
    return bool(await connection.fetchval(_ANY_DUE, workspace))
