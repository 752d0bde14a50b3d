"""Folders and their people; and moving what lies in a place when its name changes."""

import asyncpg
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access.access import FolderRole
from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection


class FolderRow(msgspec.Struct, frozen=True):
    """A folder."""

    id: str
    external_id: str | None
    name: str
    summary: str


class FolderRoleRow(msgspec.Struct, frozen=True):
    """The role of a user or a group in a folder, with the name that stands for them now."""

    folder: str
    role: FolderRole
    user: str | None
    group: str | None
    username: str | None
    name: str


_COLUMNS = "select id, external_id, name, summary from folder"
_LIST = _COLUMNS + " where workspace_id = $1 order by name"
_FIND = (
    _COLUMNS
    + """ where workspace_id = $1 and (id = $2 or external_id = $2 or name = $2)
 order by id = $2 desc, external_id is not distinct from $2 desc limit 1"""
)


async def list_folders(connection: Connection, workspace: str) -> list[FolderRow]:
    """List a workspace's folders by name."""
    return [FolderRow(*row.values()) for row in await connection.fetch(_LIST, workspace)]


async def find_folder(connection: Connection, workspace: str, folder: str) -> FolderRow | None:
    """Find a folder by id, by the platform's id, or by name; in this order."""
    row = await connection.fetchrow(_FIND, workspace, folder)
    return FolderRow(*row.values()) if row else None


_PEOPLE = """
select fr.folder_id, fr.role, fr.user_id, fr.group_id, m.username, coalesce(m.name, g.name) as name
  from folder_role fr
  left join member m on m.workspace_id = fr.workspace_id and m.id = fr.user_id
  left join user_group g on g.workspace_id = fr.workspace_id and g.id = fr.group_id
 where fr.workspace_id = $1 and ($2::text[] is null or fr.folder_id = any($2::text[]))
 order by coalesce(m.username, g.name)
"""


async def list_people(connection: Connection, workspace: str, folders: list[str] | None = None) -> list[FolderRoleRow]:
    """List who has a role in these folders (None: in any)."""
    return [FolderRoleRow(*row.values()) for row in await connection.fetch(_PEOPLE, workspace, folders)]


_ADD = """
insert into folder (workspace_id, id, external_id, name, summary) values ($1, $2, $3, $4, $5)
on conflict do nothing returning id
"""


async def add_folder(connection: Connection, workspace: str, external_id: str | None, name: str, summary: str) -> str:
    """Make a folder. Raises `Problem` taken."""
    made = await connection.fetchval(_ADD, workspace, new_id(), external_id, name, summary)
    if made is None:
        raise Problem("taken", "A folder with that name or external id already exists.")
    return str(made)


_CHANGE = "update folder set external_id = $3, name = $4, summary = $5 where workspace_id = $1 and id = $2"


async def change_folder(connection: Connection, workspace: str, folder: FolderRow) -> None:
    """Write a folder as it is to be, in a savepoint. Raises `Problem` taken."""
    try:
        async with connection.transaction():
            await connection.execute(_CHANGE, workspace, folder.id, folder.external_id, folder.name, folder.summary)
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken", "A folder with that name or external id already exists.") from error


_REMOVE = "delete from folder where workspace_id = $1 and id = $2"


async def remove_folder(connection: Connection, workspace: str, folder: str) -> None:
    """Remove a folder with its people; triggers raise `acl_rev`."""
    await connection.execute(_REMOVE, workspace, folder)


_SET_USER = """
insert into folder_role (workspace_id, id, folder_id, user_id, role) values ($1, $2, $3, $4, $5)
on conflict (workspace_id, folder_id, user_id) do update set role = excluded.role
 where folder_role.role <> excluded.role
"""

_SET_GROUP = """
insert into folder_role (workspace_id, id, folder_id, group_id, role) values ($1, $2, $3, $4, $5)
on conflict (workspace_id, folder_id, group_id) do update set role = excluded.role
 where folder_role.role <> excluded.role
"""

_TAKE = """
delete from folder_role
 where workspace_id = $1 and folder_id = $2 and user_id is not distinct from $3 and group_id is not distinct from $4
"""


async def set_role(
    connection: Connection, workspace: str, folder: str, user: str | None, group: str | None, role: FolderRole | None
) -> None:
    """Give a user or a group a role in a folder, another one, or (None) none."""
    if role is None:
        await connection.execute(_TAKE, workspace, folder, user, group)
    elif user is not None:
        await connection.execute(_SET_USER, workspace, new_id(), folder, user, role)
    else:
        await connection.execute(_SET_GROUP, workspace, new_id(), folder, group, role)
