"""Erasing a user: what goes with them, and what stays without a name.

Their drafts, stash, invitations, questions, grants, roles, groups and keys go. Ops in other drafts, versions, alerts and events
stay: they hold ids of actors, and the member's row that actors refer to loses everything that tells who it was.
"""

import msgspec

from draftwire_server.store.postgres import Connection

GONE_NAME = "someone who left"
LONG_S = 300.0  # a log of millions of ops; an erasure that never gets through would be worse than a slow one


class ErasedRow(msgspec.Struct, frozen=True):
    """How much went."""

    drafts: int
    stash: int
    grants: int
    keys: int


_LOCK_DRAFTS = """
select id from draft where workspace_id = $1 and owner_id = $2 order by id for update
"""

# Rows that hang on the drafts; in statements of their own, because a log may be long.
_PARTS = tuple(
    f"delete from {table} where workspace_id = $1 and draft_id = any($2::text[])"
    for table in ("draft_op", "draft_snapshot", "draft_writer", "draft_seen", "alert", "outbox")
)
_DROP_DRAFTS = "delete from draft where workspace_id = $1 and id = any($2::text[])"
_DROP_STASH = "delete from stash where workspace_id = $1 and user_id = $2 returning id"

_UNINVITE = """
update draft set guests = (
    select coalesce(jsonb_agg(g order by n), '[]') from jsonb_array_elements(guests) with ordinality as e(g, n)
     where g->>'user' is distinct from $2)
 where workspace_id = $1 and guests @> jsonb_build_array(jsonb_build_object('user', $2::text))
"""

_DROP_SEEN = """
delete from draft_seen s using actor a
 where s.workspace_id = $1 and a.workspace_id = $1 and a.user_id = $2 and s.actor_id = a.id
"""
_DROP_LOOKED = """
delete from draft_looked l using actor a
 where l.workspace_id = $1 and a.workspace_id = $1 and a.user_id = $2 and l.actor_id = a.id
"""
_DROP_ANSWERS = """
delete from idempotency i using actor a
 where i.workspace_id = $1 and a.workspace_id = $1 and a.user_id = $2 and i.principal = a.id
"""
_DROP_ASKS = "delete from draft_ask where workspace_id = $1 and (user_id = $2 or owner_id = $2)"
_DROP_GRANTS = "delete from access_grant where workspace_id = $1 and user_id = $2 returning id"
_DROP_WEBHOOKS = "delete from webhook where workspace_id = $1 and owner_id = $2"
_DROP_ROLES = "delete from folder_role where workspace_id = $1 and user_id = $2"
_DROP_GROUPS = "delete from group_member where workspace_id = $1 and user_id = $2"
_DROP_KEYS = "delete from api_key where workspace_id = $1 and user_id = $2 returning id"
_DROP_ACT_FOR = """
update api_key set act_for = array_remove(act_for, $2) where workspace_id = $1 and act_for @> array[$2::text]
"""
_UNLABEL_RUNS = """
update run r set label = '', state = case when r.state in ('running', 'paused') then 'stopped' else r.state end,
                 ended_at = coalesce(r.ended_at, clock_timestamp())
  from actor a where r.workspace_id = $1 and a.workspace_id = $1 and a.user_id = $2 and r.actor_id = a.id
"""
_UNLABEL_KEYS = """
update actor set label = 'key ' || left(id, 8) || coalesce(E'\\x1f' || importer_id, '') where workspace_id = $1 and user_id = $2 and kind = 'api_key'
"""
_FORGET = """
update member set external_id = null, username = $3, name = $4, role = 'operator', tokens_before = null,
                  removed_at = coalesce(removed_at, clock_timestamp()), erased_at = clock_timestamp(),
                  erased_subject = $5
 where workspace_id = $1 and id = $2
"""


_ERASED_AT = """
select extract(epoch from max(erased_at))::float8 from member where workspace_id = $1 and erased_subject = $2
"""


async def erased_at(connection: Connection, workspace: str, subject: bytes) -> float | None:
    """When a user of that external id was erased, if one was; ``subject`` is a keyed hash of it."""
    at = await connection.fetchval(_ERASED_AT, workspace, subject)
    return None if at is None else float(at)


async def erase_user(
    connection: Connection, workspace: str, user: str, username: str, subject: bytes | None
) -> ErasedRow:
    """Erase a user, in the caller's transaction; ``username`` is the name that stands for nobody. Irreversible."""
    drafts = [str(row["id"]) for row in await connection.fetch(_LOCK_DRAFTS, workspace, user)]
    for part in _PARTS:
        await connection.execute(part, workspace, drafts, timeout=LONG_S)
    await connection.execute(_DROP_DRAFTS, workspace, drafts)
    await connection.execute(_UNINVITE, workspace, user)
    stash = await connection.fetch(_DROP_STASH, workspace, user)
    for statement in (
        _DROP_SEEN,
        _DROP_LOOKED,
        _DROP_ANSWERS,
        _DROP_ASKS,
        _DROP_WEBHOOKS,
        _DROP_ROLES,
        _DROP_GROUPS,
        _DROP_ACT_FOR,
        _UNLABEL_RUNS,
        _UNLABEL_KEYS,
    ):
        await connection.execute(statement, workspace, user)
    grants = await connection.fetch(_DROP_GRANTS, workspace, user)
    keys = await connection.fetch(_DROP_KEYS, workspace, user)
    await connection.execute(_FORGET, workspace, user, username, GONE_NAME, subject)
    return ErasedRow(len(drafts), len(stash), len(grants), len(keys))
