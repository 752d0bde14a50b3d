"""Workspaces, their members, who acts for them, and their runs."""

from typing import Any, Final

import asyncpg
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access.access import Role
from draftwire_server.core.ids import actor_id, new_id
from draftwire_server.store.postgres import Connection


class WorkspaceRow(msgspec.Struct, frozen=True):
    """A tenant."""

    id: str
    external_id: str | None
    name: str
    path_rule: str
    settings: dict[str, Any]
    identity: dict[str, Any]  # whose tokens open it


class MemberRow(msgspec.Struct, frozen=True):
    """A user of a workspace."""

    id: str
    external_id: str | None
    username: str
    name: str
    role: Role
    removed: bool
    erased: bool


class ActorRow(msgspec.Struct, frozen=True):
    """Who answers for ops, with the name that readers may see."""

    id: str
    kind: str
    user: str
    user_name: str
    label: str
    importer: str | None = None  # the name of who says that they did it


_WORKSPACE = """
select id, external_id, name, path_rule, settings, identity from workspace where id = $1 or external_id = $1
 order by id = $1 desc limit 1
"""


async def find_workspace(connection: Connection, name: str) -> WorkspaceRow | None:
    """Find a workspace by id or external id."""
    row = await connection.fetchrow(_WORKSPACE, name)
    return WorkspaceRow(*row.values()) if row else None


_ADD_WORKSPACE = """
insert into workspace (id, external_id, name, path_rule, settings) values ($1, $2, $3, $4, $5)
"""


async def add_workspace(
    connection: Connection, *, external_id: str | None, name: str, path_rule: str = "windmill"
) -> str:
    """Make a workspace; its clock begins with it."""
    workspace = new_id()
    await connection.execute(_ADD_WORKSPACE, workspace, external_id, name, path_rule, {})
    return workspace


_LOCK_TENANTS = "select pg_advisory_xact_lock(hashtext('draftwire.workspace'))"


async def lock_tenants(connection: Connection) -> None:
    """Let one transaction at a time make workspaces."""
    await connection.execute(_LOCK_TENANTS)


_WORKSPACES = """
select w.id, w.external_id, w.name, w.path_rule, count(m.id) filter (where m.removed_at is null)::int as members,
       coalesce(array_agg(m.external_id order by m.username)
                filter (where m.role = 'admin' and m.removed_at is null and m.external_id is not null), '{}') as admins
  from workspace w left join member m on m.workspace_id = w.id
 group by w.id, w.external_id, w.name, w.path_rule, w.created_at
 order by w.created_at, w.id
"""


async def list_workspaces(connection: Connection) -> list[tuple[str, str | None, str, str, int, tuple[str, ...]]]:
    """List all workspaces: id, the platform's id, name, path rule, how many members, the platform's ids of admins."""
    rows = await connection.fetch(_WORKSPACES)
    return [(r["id"], r["external_id"], r["name"], r["path_rule"], r["members"], tuple(r["admins"])) for r in rows]


_LOCK_SETTINGS = "select settings from workspace where id = $1 for update"
_SET_SETTINGS = "update workspace set settings = $2 where id = $1"


async def change_settings(
    connection: Connection, workspace: str, changes: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    """Change some settings in the caller's transaction; gives all, and whether that changed anything."""
    before: dict[str, Any] = await connection.fetchval(_LOCK_SETTINGS, workspace)
    after = {**before, **changes}
    if after != before:
        await connection.execute(_SET_SETTINGS, workspace, after)
    return after, after != before


_MEMBER = """
select id, external_id, username, name, role, removed_at is not null as removed,
       erased_at is not null as erased
  from member where workspace_id = $1 and external_id = $2
"""

_MEMBER_BY_ID = """
select id, external_id, username, name, role, removed_at is not null as removed,
       erased_at is not null as erased
  from member where workspace_id = $1 and id = $2
"""

_MEMBERS = """
select id, external_id, username, name, role, removed_at is not null as removed,
       erased_at is not null as erased
  from member where workspace_id = $1 order by username
"""


async def list_members(connection: Connection, workspace: str) -> list[MemberRow]:
    """List a workspace's members."""
    return [MemberRow(*row.values()) for row in await connection.fetch(_MEMBERS, workspace)]


_MEMBER_ANY = """
select id, external_id, username, name, role, removed_at is not null as removed,
       erased_at is not null as erased
  from member where workspace_id = $1 and (id = $2 or external_id = $2) order by id = $2 desc limit 1
"""


async def find_member_by_any(connection: Connection, workspace: str, name: str) -> MemberRow | None:
    """Find a member by id, or by the platform's."""
    row = await connection.fetchrow(_MEMBER_ANY, workspace, name)
    return MemberRow(*row.values()) if row else None


_MEMBER_BY_NAME = """
select id, external_id, username, name, role, removed_at is not null as removed,
       erased_at is not null as erased
  from member where workspace_id = $1 and username = $2
"""

_PAGE = """
select id, external_id, username, name, role, removed_at is not null as removed,
       erased_at is not null as erased
  from member
 where workspace_id = $1 and ($2::text is null or strpos(lower(name), lower($2)) > 0 or strpos(username, lower($2)) > 0)
   and ($3::text is null or username = $3) and ($4::bool or removed_at is null) and username > $5
 order by username limit $6
"""


async def page_of_members(
    connection: Connection,
    workspace: str,
    *,
    search: str | None,
    username: str | None,
    removed: bool,
    after: str,
    limit: int,
) -> list[MemberRow]:
    """A page of members by username; with removed ones if they are wanted."""
    rows = await connection.fetch(_PAGE, workspace, search, username, removed, after, limit)
    return [MemberRow(*row.values()) for row in rows]


async def find_member_by_username(connection: Connection, workspace: str, username: str) -> MemberRow | None:
    """Find a member by the name of their place."""
    row = await connection.fetchrow(_MEMBER_BY_NAME, workspace, username)
    return MemberRow(*row.values()) if row else None


_LOCK_WORKSPACE = "select id from workspace where id = $1 for no key update"


async def lock_rights(connection: Connection, workspace: str) -> None:
    """Let one transaction at a time change a workspace's rights. Taken before items, drafts and the clock."""
    await connection.fetchval(_LOCK_WORKSPACE, workspace)


_SET_IDENTITY = "update workspace set identity = $2 where id = $1 and identity <> $2::jsonb returning id"


async def set_identity(connection: Connection, workspace: str, identity: dict[str, Any]) -> bool:
    """Say whose tokens open a workspace; False if that was so before."""
    return await connection.fetchval(_SET_IDENTITY, workspace, identity) is not None


_ADD_MEMBER = """
insert into member (workspace_id, id, external_id, username, name, role) values ($1, $2, $3, $4, $5, $6)
on conflict do nothing
"""


async def find_member(connection: Connection, workspace: str, external_id: str) -> MemberRow | None:
    """Find a member by the platform's id (a token's subject)."""
    row = await connection.fetchrow(_MEMBER, workspace, external_id)
    return MemberRow(*row.values()) if row else None


async def load_member(connection: Connection, workspace: str, user: str) -> MemberRow | None:
    """Load a member by id."""
    row = await connection.fetchrow(_MEMBER_BY_ID, workspace, user)
    return MemberRow(*row.values()) if row else None


async def add_member(
    connection: Connection, workspace: str, *, external_id: str, username: str, name: str, role: Role
) -> MemberRow:
    """Make a member, or find the one that another request has just made; a taken username gets a number."""
    for attempt in range(1, 100):
        tried = username if attempt == 1 else f"{username}{attempt}"
        await connection.execute(_ADD_MEMBER, workspace, new_id(), external_id, tried, name, role)
        found = await find_member(connection, workspace, external_id)
        if found is not None:
            return found
    raise AssertionError("a hundred members of one name")


_ADD_MANY = """
insert into member (workspace_id, id, external_id, username, name, role)
select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
"""

_CHANGE_MANY = """
update member m set name = c.name, role = c.role,
                    removed_at = case when c.removed then coalesce(m.removed_at, clock_timestamp()) end
  from unnest($2::text[], $3::text[], $4::text[], $5::bool[]) as c(id, name, role, removed)
 where m.workspace_id = $1 and m.id = c.id
"""


async def add_many(connection: Connection, workspace: str, added: list[MemberRow]) -> None:
    """Make members whose ids and usernames are known to be free."""
    if added:
        await connection.execute(
            _ADD_MANY, workspace, [m.id for m in added], [m.external_id for m in added],
            [m.username for m in added], [m.name for m in added], [m.role for m in added],
        )  # fmt: skip


async def change_many(connection: Connection, workspace: str, changed: list[MemberRow]) -> None:
    """Write name, role and whether they were removed, of members as they are to be."""
    if changed:
        await connection.execute(
            _CHANGE_MANY, workspace, [m.id for m in changed], [m.name for m in changed],
            [m.role for m in changed], [m.removed for m in changed],
        )  # fmt: skip


_CHANGE_MEMBER = """
update member set external_id = $3, username = $4, name = $5, role = $6
 where workspace_id = $1 and id = $2 and (external_id, username, name, role) is distinct from ($3, $4, $5, $6)
"""


async def change_member(connection: Connection, workspace: str, member: MemberRow) -> None:
    """Write a member as they are to be; a trigger raises the workspace's `acl_rev`. Raises `Problem` taken."""
    try:
        async with connection.transaction():
            await connection.execute(
                _CHANGE_MEMBER, workspace, member.id, member.external_id, member.username, member.name, member.role
            )
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken", "A member with that username or external id already exists.") from error


_REMOVE = """
update member set removed_at = clock_timestamp() where workspace_id = $1 and id = $2 and removed_at is null
"""


async def remove_member(connection: Connection, workspace: str, user: str) -> None:
    """End a member's access; the row stays, because history names it."""
    await connection.execute(_REMOVE, workspace, user)


_RESTORE = "update member set removed_at = null where workspace_id = $1 and id = $2 and erased_at is null"


async def restore_member(connection: Connection, workspace: str, user: str) -> None:
    """Bring a removed member back, with the groups, roles and grants that they had."""
    await connection.execute(_RESTORE, workspace, user)


_COUNT_ADMINS = "select count(*) from member where workspace_id = $1 and role = 'admin' and removed_at is null"


async def count_admins(connection: Connection, workspace: str) -> int:
    """How many admins a workspace has."""
    return int(await connection.fetchval(_COUNT_ADMINS, workspace))


_ACTOR = """
with made as (
  insert into actor (workspace_id, id, kind, user_id, label) values ($1, $2, $3, $4, $5)
  on conflict (workspace_id, user_id, kind, label) do nothing returning id
)
select id from made union all
select id from actor where workspace_id = $1 and user_id = $4 and kind = $3 and label = $5
limit 1
"""


IMPORTED: Final = "\x1f"  # in a label, before the id of who imported what that actor is said to have done; see 0023


async def ensure_actor(
    connection: Connection, workspace: str, kind: str, user: str, label: str = "", *, importer: str | None = None
) -> str:
    """Find or make the actor of a user, or of an agent (``label``) on the user's behalf.

    ``importer``: the user who says that they did something, elsewhere or earlier.
    """
    label = label if importer is None else f"{label}{IMPORTED}{importer}"
    while True:
        derived = actor_id(workspace, kind, user, label)
        found = await connection.fetchval(_ACTOR, workspace, derived, kind, user, label)
        if found is not None:  # else: another transaction has just made it, and the snapshot did not show it
            return str(found)


_FIND_ACTOR = "select id from actor where workspace_id = $1 and user_id = $3 and kind = $2 and label = $4"


async def find_actor(connection: Connection, workspace: str, kind: str, user: str, label: str) -> str | None:
    """Find an actor that has written before."""
    found = await connection.fetchval(_FIND_ACTOR, workspace, kind, user, label)
    return None if found is None else str(found)


_AGENTS = """
select count(*) from actor where workspace_id = $1 and user_id = $2 and kind = 'agent' and (importer_id is not null) = $3
"""
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 3))"


async def count_agents(connection: Connection, workspace: str, user: str) -> int:
    """How many agents have written for a user; others that would be the first time wait for the transaction's end."""
    await connection.execute(_ONE_AT_A_TIME, f"{workspace} {user}")
    return int(await connection.fetchval(_AGENTS, workspace, user, False))


async def count_imported_agents(connection: Connection, workspace: str, user: str) -> int:
    """The same of agents that imports say have written for a user: those take nobody's place."""
    await connection.execute(_ONE_AT_A_TIME, f"{workspace} {user}")
    return int(await connection.fetchval(_AGENTS, workspace, user, True))


_USER_ACTORS = """
select coalesce(a.id, ''), 'user', m.id, m.name, ''
  from member m
  left join actor a on a.workspace_id = m.workspace_id and a.user_id = m.id and a.kind = 'user' and a.label = ''
 where m.workspace_id = $1 and m.id = any($2::text[])
"""


async def load_users(connection: Connection, workspace: str, users: list[str]) -> list[ActorRow]:
    """Load users as actors, also those who have never written: the id is the one that they will have."""
    rows = [ActorRow(*row.values()) for row in await connection.fetch(_USER_ACTORS, workspace, users)]
    return [
        row if row.id else msgspec.structs.replace(row, id=actor_id(workspace, "user", row.user, "")) for row in rows
    ]


_ACTORS = """
select a.id, a.kind, a.user_id, m.name, split_part(a.label, E'\\x1f', 1), i.name
  from actor a join member m on m.workspace_id = a.workspace_id and m.id = a.user_id
  left join member i on i.workspace_id = a.workspace_id and i.id = a.importer_id
 where a.workspace_id = $1 and a.id = any($2::text[])
"""


async def load_actors(connection: Connection, workspace: str, ids: list[str]) -> list[ActorRow]:
    """Load actors with the names that stand for them now."""
    return [ActorRow(*row.values()) for row in await connection.fetch(_ACTORS, workspace, ids)]
