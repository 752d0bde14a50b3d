"""Groups and who is in them."""

import asyncpg
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection


class GroupRow(msgspec.Struct, frozen=True):
    """A group."""

    id: str
    external_id: str | None
    name: str
    summary: str


class GroupMemberRow(msgspec.Struct, frozen=True):
    """That a user is in a group."""

    group: str
    user: str
    username: str
    name: str


_COLUMNS = "select id, external_id, name, summary from user_group"
_LIST = _COLUMNS + " where workspace_id = $1 order by name"
_FIND = (
    _COLUMNS
    + """ where workspace_id = $1 and (id = $2 or external_id = $2 or name = $2)
 order by id = $2 desc, external_id is not distinct from $2 desc limit 1"""
)


async def list_groups(connection: Connection, workspace: str) -> list[GroupRow]:
    """List a workspace's groups by name."""
    return [GroupRow(*row.values()) for row in await connection.fetch(_LIST, workspace)]


async def find_group(connection: Connection, workspace: str, group: str) -> GroupRow | None:
    """Find a group by id, by the platform's id, or by name; in this order."""
    row = await connection.fetchrow(_FIND, workspace, group)
    return GroupRow(*row.values()) if row else None


_MEMBERS = """
select gm.group_id, m.id, m.username, m.name
  from group_member gm join member m on m.workspace_id = gm.workspace_id and m.id = gm.user_id
 where gm.workspace_id = $1 and ($2::text[] is null or gm.group_id = any($2::text[])) and m.removed_at is null
 order by m.username
"""


async def list_group_members(
    connection: Connection, workspace: str, groups: list[str] | None = None
) -> list[GroupMemberRow]:
    """List who is in these groups (None: in any); removed members count as gone until they are brought back."""
    return [GroupMemberRow(*row.values()) for row in await connection.fetch(_MEMBERS, workspace, groups)]


_ADD = """
insert into user_group (workspace_id, id, external_id, name, summary) values ($1, $2, $3, $4, $5)
on conflict do nothing returning id
"""


async def add_group(connection: Connection, workspace: str, external_id: str | None, name: str, summary: str) -> str:
    """Make a group. Raises `Problem` taken."""
    made = await connection.fetchval(_ADD, workspace, new_id(), external_id, name, summary)
    if made is None:
        raise Problem("taken", "A group with that name or external id already exists.")
    return str(made)


_CHANGE = "update user_group set external_id = $3, name = $4, summary = $5 where workspace_id = $1 and id = $2"


async def change_group(connection: Connection, workspace: str, group: GroupRow) -> None:
    """Write a group as it is to be; in a savepoint, so that a refusal ends no transaction. Raises `Problem` taken."""
    try:
        async with connection.transaction():
            await connection.execute(_CHANGE, workspace, group.id, group.external_id, group.name, group.summary)
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken", "A group with that name or external id already exists.") from error


_REMOVE = "delete from user_group where workspace_id = $1 and id = $2"


async def remove_group(connection: Connection, workspace: str, group: str) -> None:
    """Remove a group with its grants and its roles in folders; triggers raise `acl_rev`."""
    await connection.execute(_REMOVE, workspace, group)


_ENROL = """
insert into group_member (workspace_id, group_id, user_id)
select $1, g, u from unnest($2::text[], $3::text[]) as pair(g, u)
on conflict do nothing
"""

_WITHDRAW = """
delete from group_member gm using unnest($2::text[], $3::text[]) as pair(g, u)
 where gm.workspace_id = $1 and gm.group_id = pair.g and gm.user_id = pair.u
"""


async def enrol(connection: Connection, workspace: str, pairs: list[tuple[str, str]]) -> None:
    """Put users into groups: (group, user)."""
    if pairs:
        await connection.execute(_ENROL, workspace, [p[0] for p in pairs], [p[1] for p in pairs])


async def withdraw(connection: Connection, workspace: str, pairs: list[tuple[str, str]]) -> None:
    """Take users out of groups: (group, user)."""
    if pairs:
        await connection.execute(_WITHDRAW, workspace, [p[0] for p in pairs], [p[1] for p in pairs])


_ALL_PAIRS = "select group_id, user_id from group_member where workspace_id = $1"


async def all_pairs(connection: Connection, workspace: str) -> set[tuple[str, str]]:
    """Who is in which group, removed members too: (group, user)."""
    return {(row["group_id"], row["user_id"]) for row in await connection.fetch(_ALL_PAIRS, workspace)}


_GROUPS_OF = """
select g.name from group_member gm join user_group g on g.workspace_id = gm.workspace_id and g.id = gm.group_id
 where gm.workspace_id = $1 and gm.user_id = $2 order by g.name
"""


async def groups_of(connection: Connection, workspace: str, user: str) -> tuple[str, ...]:
    """The names of the groups a user is in."""
    return tuple(str(row["name"]) for row in await connection.fetch(_GROUPS_OF, workspace, user))
