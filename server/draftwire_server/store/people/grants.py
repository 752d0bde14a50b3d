"""Grants: rights of a user or a group on an item, below a path prefix, or on everything."""

from typing import Any

import msgspec

from draftwire_server.core.access.access import Right
from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection, Row


class GrantRow(msgspec.Struct, frozen=True):
    """A grant with the name of who holds it, and where its item lies now."""

    id: str
    user: str | None
    group: str | None
    username: str | None
    name: str
    prefix: str | None
    item: str | None
    item_path: str | None
    item_creator: str | None
    may: tuple[Right, ...]
    until: float | None
    by: str | None
    at: float


_ADD = """
insert into access_grant (workspace_id, id, user_id, group_id, path_prefix, item_id, may, until, granted_by)
values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8), $9)
"""


async def grant(
    connection: Connection,
    workspace: str,
    user: str | None,
    may: frozenset[Right],
    *,
    group: str | None = None,
    prefix: str | None = None,
    item: str | None = None,
    until: float | None = None,
    by: str | None = None,
) -> str:
    """Grant a user or a group rights below a path prefix, on one item, or (neither) on everything; gives the id."""
    made = new_id()
    await connection.execute(_ADD, workspace, made, user, group, prefix, item, sorted(may), until, by)
    return made


_REVOKE = "delete from access_grant where workspace_id = $1 and id = $2"


async def revoke(connection: Connection, workspace: str, grant_id: str) -> None:
    """Take a grant away; a trigger raises the workspace's `acl_rev` in the same transaction."""
    await connection.execute(_REVOKE, workspace, grant_id)


_COLUMNS = """
select a.id, a.user_id, a.group_id, m.username, coalesce(m.name, g.name) as name, a.path_prefix, a.item_id,
       i.path, i.creator_id, a.may, extract(epoch from a.until)::float8 as until, a.granted_by,
       extract(epoch from a.created_at)::float8 as at
  from access_grant a
  left join member m on m.workspace_id = a.workspace_id and m.id = a.user_id
  left join user_group g on g.workspace_id = a.workspace_id and g.id = a.group_id
  left join item i on i.workspace_id = a.workspace_id and i.id = a.item_id
"""
_LIST = (
    _COLUMNS
    + """
where a.workspace_id = $1 and ($2::text is null or a.user_id = $2) and ($3::text is null or a.group_id = $3)
   and ($4::text is null or a.item_id = $4)
 order by a.created_at, a.id
"""
)
_ONE = _COLUMNS + "where a.workspace_id = $1 and a.id = $2"


def _grant(row: Row) -> GrantRow:
    values: list[Any] = [tuple(value) if isinstance(value, list) else value for value in row.values()]
    return GrantRow(*values)


async def list_grants(
    connection: Connection, workspace: str, user: str | None = None, group: str | None = None, item: str | None = None
) -> list[GrantRow]:
    """List grants, of one user or group, or on one item; those that have run out too."""
    return [_grant(row) for row in await connection.fetch(_LIST, workspace, user, group, item)]


async def load_grant(connection: Connection, workspace: str, grant_id: str) -> GrantRow | None:
    """Load a grant."""
    row = await connection.fetchrow(_ONE, workspace, grant_id)
    return _grant(row) if row else None
