"""Stash entries as their author sees them: listed, looked at, marked. Writing them: `draftwire_server.store.live.alerts`."""

from typing import Any

import msgspec

from draftwire_server.store.postgres import Connection, Row


class StashRow(msgspec.Struct, frozen=True):
    """A stash entry."""

    id: str
    item: str
    draft: str
    generation: int
    base_seq: int
    reason: str
    texts: list[dict[str, Any]]
    at: float
    restored_at: float | None
    dismissed_at: float | None


_COLUMNS = """
select id, item_id, draft_id, generation, base_seq, reason, texts, extract(epoch from at)::float8 as at,
       extract(epoch from restored_at)::float8 as restored_at, extract(epoch from dismissed_at)::float8 as dismissed_at
  from stash
"""

# The cursor is compared as Postgres keeps it: a float loses microseconds' last digits.
_LIST = (
    _COLUMNS
    + """
 where workspace_id = $1 and user_id = $2 and ($3::text is null or item_id = $3) and ($4::text is null or draft_id = $4)
   and ($5::bool or dismissed_at is null)
   and ($6::text is null or (at, id) < (select c.at, c.id from stash c where c.workspace_id = $1 and c.id = $6 and c.user_id = $2))
   and ($8::text[] is null or item_id = any($8))
 order by at desc, id desc limit $7
"""
)


def _row(row: Row) -> StashRow:
    return StashRow(*row.values())


async def list_entries(
    connection: Connection,
    workspace: str,
    user: str,
    *,
    item: str | None = None,
    draft: str | None = None,
    dismissed: bool = False,
    after: str | None = None,
    within: list[str] | None = None,
    limit: int,
) -> list[StashRow]:
    """List an author's entries, newest first, from behind entry ``after``; ``within``: of these items only."""
    rows = await connection.fetch(_LIST, workspace, user, item, draft, dismissed, after, limit, within)
    return [_row(row) for row in rows]


_ITEMS = "select distinct item_id from stash where workspace_id = $1 and user_id = $2"


async def items_of(connection: Connection, workspace: str, user: str) -> list[str]:
    """The items of which an author has entries."""
    return [str(row["item_id"]) for row in await connection.fetch(_ITEMS, workspace, user)]


_ONE = _COLUMNS + "where workspace_id = $1 and user_id = $2 and id = $3"


async def load(connection: Connection, workspace: str, user: str, entry: str) -> StashRow | None:
    """Load one of an author's entries."""
    row = await connection.fetchrow(_ONE, workspace, user, entry)
    return _row(row) if row else None


_DISMISS = """
update stash set dismissed_at = coalesce(dismissed_at, clock_timestamp())
 where workspace_id = $1 and user_id = $2 and id = $3
returning extract(epoch from dismissed_at)::float8
"""


async def dismiss(connection: Connection, workspace: str, user: str, entry: str) -> float | None:
    """Mark an author's entry as dealt with; gives since when, None if there is none."""
    found: float | None = await connection.fetchval(_DISMISS, workspace, user, entry)
    return found


_RESTORED = """
update stash set restored_at = clock_timestamp() where workspace_id = $1 and user_id = $2 and id = $3
"""


async def restored(connection: Connection, workspace: str, user: str, entry: str) -> None:
    """Note that an entry's text stands in a draft again."""
    await connection.execute(_RESTORED, workspace, user, entry)


_USE_OF_USER = """
select count(*), coalesce(sum(coalesce(bytes, pg_column_size(texts))), 0)::bigint
  from stash where workspace_id = $1 and user_id = $2
"""
_IN_WORKSPACE = (
    "select coalesce(sum(coalesce(bytes, pg_column_size(texts))), 0)::bigint from stash where workspace_id = $1"
)
_ONE_AT_A_TIME = "select pg_advisory_xact_lock(hashtextextended($1, 2))"


async def lock_use(connection: Connection, workspace: str, user: str) -> tuple[int, int]:
    """How many entries and bytes a user has; what else they put there waits for the transaction's end."""
    await connection.execute(_ONE_AT_A_TIME, f"{workspace} {user}")
    row = await connection.fetchrow(_USE_OF_USER, workspace, user)
    assert row is not None
    return int(row[0]), int(row[1])


_MAKE_ROOM = """
delete from stash where workspace_id = $1 and user_id = $2 and dismissed_at is not null
   and not exists (select from alert a where a.workspace_id = $1 and a.stash_id = stash.id and a.state = 'open')
"""


async def drop_dismissed_of(connection: Connection, workspace: str, user: str) -> None:
    """Drop what a user has dismissed before its time, to make room for what they have not."""
    await connection.execute(_MAKE_ROOM, workspace, user)


async def bytes_in(connection: Connection, workspace: str) -> int:
    """Bytes of all entries of a workspace."""
    return int(await connection.fetchval(_IN_WORKSPACE, workspace))


_HAS_WORKED = """
select exists (select from draft where workspace_id = $1 and id = $3 and owner_id = $2)
    or exists (select from draft d where d.workspace_id = $1 and d.id = $3
                  and d.guests @> jsonb_build_array(jsonb_build_object('user', $2::text)))
    or exists (select from draft_writer w join actor a on a.workspace_id = w.workspace_id and a.id = w.actor_id
                where w.workspace_id = $1 and w.draft_id = $3 and a.user_id = $2)
    or exists (select from draft_seen s join actor a on a.workspace_id = s.workspace_id and a.id = s.actor_id
                where s.workspace_id = $1 and s.draft_id = $3 and a.user_id = $2)
"""


async def has_worked(connection: Connection, workspace: str, user: str, draft: str) -> bool:
    """Whether a user has written in a draft, owns it, was invited or has looked at it, whatever they may do there now."""
    return bool(await connection.fetchval(_HAS_WORKED, workspace, user, draft))
