"""Places: what lies below one prefix of paths (a user's, a group's, a folder's), and moving all of it."""

import asyncpg

from draftwire.errors import Problem
from draftwire_server.store.postgres import Connection

_LOCK_PLACE = """
select id from item where workspace_id = $1 and starts_with(path, $2) order by id for no key update
"""

_HOLDS_ITEMS = """
select exists (select 1 from item where workspace_id = $1 and starts_with(path, $2) and archived_at is null)
"""

# Grants on the place follow it; keys' scopes too.
_MOVE_ITEMS = """
with moved as (
  update item set path = $3::text || substr(path, length($2::text) + 1), changed_at = clock_timestamp()
   where workspace_id = $1 and starts_with(path, $2) returning id
)
insert into outbox (workspace_id, type, actor_id, item_id) select $1, 'item.moved', $4, id from moved
"""

_MOVE_GRANTS = """
update access_grant set path_prefix = $3::text || substr(path_prefix, length($2::text) + 1)
 where workspace_id = $1 and starts_with(path_prefix, $2)
"""

_MOVE_SCOPES = """
update api_key k set prefixes = (
    select array_agg(case when starts_with(p, $2) then $3::text || substr(p, length($2::text) + 1) else p end)
      from unnest(k.prefixes) as p)
 where k.workspace_id = $1 and exists (select 1 from unnest(k.prefixes) as p where starts_with(p, $2))
"""

_LONGEST = """
select coalesce(max(length(path)), 0) from item where workspace_id = $1 and starts_with(path, $2)
"""


async def holds_items(connection: Connection, workspace: str, prefix: str) -> bool:
    """Whether items lie in a place; archived ones have left it."""
    return bool(await connection.fetchval(_HOLDS_ITEMS, workspace, prefix))


async def move_place(connection: Connection, workspace: str, old: str, new: str, actor: str, path_chars: int) -> None:
    """Give all that lies below one prefix another one: items, grants, scopes. Raises `Problem` taken or bad_path."""
    await connection.fetch(_LOCK_PLACE, workspace, old)
    if await connection.fetchval(_LONGEST, workspace, old) + len(new) - len(old) > path_chars:
        raise Problem("bad_path", "With the new name, a path would be too long.")
    try:
        async with connection.transaction():
            await connection.execute(_MOVE_ITEMS, workspace, old, new, actor)
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken", "There is already something at the new place.") from error
    await connection.execute(_MOVE_GRANTS, workspace, old, new)
    await connection.execute(_MOVE_SCOPES, workspace, old, new)
