"""Workspaces, their members, who acts, and what was granted to whom."""

from typing import Any

import msgspec

from draftwire_server.core.access import Grant, Right, Role
from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection


class WorkspaceRow(msgspec.Struct, frozen=True):
    """A tenant."""

    id: str
    external_id: str | None
    name: str
    path_rule: str
    settings: dict[str, Any]


class MemberRow(msgspec.Struct, frozen=True):
    """A user of a workspace."""

    id: str
    external_id: str | None
    username: str
    name: str
    role: Role
    removed: bool


class ActorRow(msgspec.Struct, frozen=True):
    """Who answers for ops, with the name that readers may see."""

    id: str
    kind: str
    user: str
    user_name: str
    label: str


_WORKSPACE = """
select id, external_id, name, path_rule, settings from workspace where id = $1 or external_id = $1
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


_MEMBER = """
select id, external_id, username, name, role, removed_at is not null as removed
  from member where workspace_id = $1 and external_id = $2
"""

_MEMBER_BY_ID = """
select id, external_id, username, name, role, removed_at is not null as removed
  from member where workspace_id = $1 and id = $2
"""

_MEMBERS = """
select id, external_id, username, name, role, removed_at is not null as removed
  from member where workspace_id = $1 order by username
"""


async def list_members(connection: Connection, workspace: str) -> list[MemberRow]:
    """List a workspace's members."""
    return [MemberRow(*row.values()) for row in await connection.fetch(_MEMBERS, workspace)]


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


_SET_ROLE = "update member set role = $3 where workspace_id = $1 and id = $2"


async def set_role(connection: Connection, workspace: str, user: str, role: Role) -> None:
    """Change a member's role; a trigger raises the workspace's `acl_rev`."""
    await connection.execute(_SET_ROLE, workspace, user, role)


_REMOVE = "update member set removed_at = clock_timestamp() where workspace_id = $1 and id = $2"


async def remove_member(connection: Connection, workspace: str, user: str) -> None:
    """End a member's access; the row stays, because history names it."""
    await connection.execute(_REMOVE, workspace, user)


_ACTOR = """
with made as (
  insert into actor (workspace_id, id, kind, user_id, label) values ($1, $2, $3, $4, $5)
  on conflict (workspace_id, user_id, kind, label) do nothing returning id
)
select id from made union all
select id from actor where workspace_id = $1 and user_id = $4 and kind = $3 and label = $5
limit 1
"""


async def ensure_actor(connection: Connection, workspace: str, kind: str, user: str, label: str = "") -> str:
    """Find or make the actor of a user, or of an agent (``label``) on the user's behalf."""
    while True:
        found = await connection.fetchval(_ACTOR, workspace, new_id(), kind, user, label)
        if found is not None:  # else: another transaction has just made it, and the snapshot did not show it
            return str(found)


_USER_ACTORS = """
select coalesce(a.id, ''), 'user', m.id, m.name, ''
  from member m left join actor a on a.workspace_id = m.workspace_id and a.user_id = m.id and a.kind = 'user'
 where m.workspace_id = $1 and m.id = any($2::text[])
"""


async def load_users(connection: Connection, workspace: str, users: list[str]) -> list[ActorRow]:
    """Load users as actors; the id is empty of one who has never acted."""
    return [ActorRow(*row.values()) for row in await connection.fetch(_USER_ACTORS, workspace, users)]


_ACTORS = """
select a.id, a.kind, a.user_id, m.name, a.label
  from actor a join member m on m.workspace_id = a.workspace_id and m.id = a.user_id
 where a.workspace_id = $1 and a.id = any($2::text[])
"""


async def load_actors(connection: Connection, workspace: str, ids: list[str]) -> list[ActorRow]:
    """Load actors with the names that stand for them now."""
    return [ActorRow(*row.values()) for row in await connection.fetch(_ACTORS, workspace, ids)]


class AccessRow(msgspec.Struct, frozen=True):
    """A member with everything granted to them, as of one `acl_rev`."""

    member: MemberRow
    grants: tuple[Grant, ...]
    acl_rev: int


# One statement: the rights that are read are those of the acl_rev that is read.
_ACCESS = """
select m.id, m.external_id, m.username, m.name, m.role, m.removed_at is not null as removed, c.acl_rev,
       g.may, g.path_prefix, g.item_id, extract(epoch from g.until)::float8 as until
  from member m
  join workspace_clock c on c.workspace_id = m.workspace_id
  left join access_grant g on g.workspace_id = m.workspace_id and g.user_id = m.id
 where m.workspace_id = $1 and m.external_id = $2
"""


async def load_access(connection: Connection, workspace: str, external_id: str) -> AccessRow | None:
    """Load a member and all grants at one moment."""
    rows = await connection.fetch(_ACCESS, workspace, external_id)
    if not rows:
        return None
    first = list(rows[0].values())
    grants = tuple(
        Grant(
            may=frozenset(row["may"]),
            prefix=None if row["item_id"] is not None else (row["path_prefix"] or ""),
            item=row["item_id"],
            until=row["until"],
        )
        for row in rows
        if row["may"] is not None
    )
    return AccessRow(MemberRow(*first[:6]), grants, first[6])


_GRANT = """
insert into access_grant (workspace_id, id, user_id, path_prefix, item_id, may, until)
values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8))
"""


async def grant(
    connection: Connection,
    workspace: str,
    user: str,
    may: frozenset[Right],
    *,
    prefix: str | None = None,
    item: str | None = None,
    until: float | None = None,
) -> str:
    """Grant rights below a path prefix, on one item, or (neither) on everything; gives the grant's id."""
    made = new_id()
    await connection.execute(_GRANT, workspace, made, user, prefix, item, sorted(may), until)
    return made


_REVOKE = "delete from access_grant where workspace_id = $1 and id = $2"


async def revoke(connection: Connection, workspace: str, grant_id: str) -> None:
    """Take a grant away; a trigger raises the workspace's `acl_rev` in the same transaction."""
    await connection.execute(_REVOKE, workspace, grant_id)


_BEGIN_RUN = "insert into run (workspace_id, id, actor_id, label, model) values ($1, $2, $3, $4, $5)"


async def begin_run(connection: Connection, workspace: str, actor: str, label: str, model: str | None) -> str:
    """Begin a piece of an agent's work."""
    run = new_id()
    await connection.execute(_BEGIN_RUN, workspace, run, actor, label, model)
    return run


_RUN_ACTOR = "select actor_id from run where workspace_id = $1 and id = $2 and state in ('running', 'paused')"


async def find_run_actor(connection: Connection, workspace: str, run: str) -> str | None:
    """Whose run this is, if it still goes on."""
    found = await connection.fetchval(_RUN_ACTOR, workspace, run)
    return None if found is None else str(found)


_RUN_STATE = "select state from run where workspace_id = $1 and id = $2"


async def find_run_state(connection: Connection, workspace: str, run: str) -> str | None:
    """The state of a run."""
    state = await connection.fetchval(_RUN_STATE, workspace, run)
    return None if state is None else str(state)


_END_RUN = """
update run set state = $3, ended_at = clock_timestamp()
 where workspace_id = $1 and id = $2 and state in ('running', 'paused')
"""


async def end_run(connection: Connection, workspace: str, run: str, state: str) -> None:
    """End a run, once."""
    await connection.execute(_END_RUN, workspace, run, state)
