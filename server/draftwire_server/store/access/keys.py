"""API keys, of which only the hash is kept, and tokens that were revoked one by one.

SHA-256 without salt or stretching is enough for a key: it holds 256 random bits, which nobody can guess or look up,
unlike a password; and a slow hash would be paid for on every request.
"""

from typing import Any

import msgspec

from draftwire_server.core.access.access import Right, Role
from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection, Row


class KeyFacts(msgspec.Struct, frozen=True):
    """What decides whether a key opens anything, and how far it reaches."""

    id: str
    user: str
    act_for: tuple[str, ...]
    act_for_any: bool
    may: frozenset[Right]
    prefixes: tuple[str, ...] | None
    items: tuple[str, ...] | None
    revoked: bool
    expires_at: float | None
    owner_role: Role
    owner_removed: bool
    reads_secrets: bool


class KeyRow(msgspec.Struct, frozen=True):
    """A key as lists show it."""

    id: str
    name: str
    hint: str
    user: str
    user_name: str
    username: str
    act_for: tuple[str, ...]
    act_for_any: bool
    may: tuple[Right, ...]
    prefixes: tuple[str, ...] | None
    items: tuple[str, ...] | None
    made_at: float
    expires_at: float | None
    revoked_at: float | None
    last_used_at: float | None
    reads_secrets: bool


_FIND = "select id, user_id, name from api_key where workspace_id = $1 and hash = $2"


async def find_key(connection: Connection, workspace: str, hash: bytes) -> tuple[str, str, str] | None:  # noqa: A002
    """Find a key by its hash: its id, its user's and its name, whether or not it still counts."""
    row = await connection.fetchrow(_FIND, workspace, hash)
    return (row["id"], row["user_id"], row["name"]) if row else None


_COLUMNS = """
select k.id, k.name, k.hint, k.user_id, m.name as user_name, m.username, k.act_for, k.act_for_any, k.may, k.prefixes,
       k.items, extract(epoch from k.created_at)::float8 as made_at,
       extract(epoch from k.expires_at)::float8 as expires_at, extract(epoch from k.revoked_at)::float8 as revoked_at,
       extract(epoch from k.last_used_at)::float8 as last_used_at, k.reads_secrets
  from api_key k join member m on m.workspace_id = k.workspace_id and m.id = k.user_id
"""
_LIST = _COLUMNS + "where k.workspace_id = $1 and ($2::text is null or k.user_id = $2) order by k.name"
_ONE = _COLUMNS + "where k.workspace_id = $1 and (k.id = $2 or k.name = $2) order by k.id = $2 desc limit 1"


def _key(row: Row) -> KeyRow:
    lists = {"act_for", "may", "prefixes", "items"}
    values: list[Any] = [tuple(v) if name in lists and v is not None else v for name, v in row.items()]
    return KeyRow(*values)


async def list_keys(connection: Connection, workspace: str, user: str | None = None) -> list[KeyRow]:
    """List a workspace's keys, or one user's, by name; revoked ones too."""
    return [_key(row) for row in await connection.fetch(_LIST, workspace, user)]


async def load_key(connection: Connection, workspace: str, key: str) -> KeyRow | None:
    """Load a key by id or name."""
    row = await connection.fetchrow(_ONE, workspace, key)
    return _key(row) if row else None


_COUNT = "select count(*) from api_key where workspace_id = $1 and user_id = $2 and revoked_at is null"


async def count_keys(connection: Connection, workspace: str, user: str) -> int:
    """How many keys of a user were not revoked."""
    return int(await connection.fetchval(_COUNT, workspace, user))


_NAME_USED = """
select exists (select 1 from api_key where workspace_id = $1 and name = $2)
    or exists (select 1 from actor where workspace_id = $1 and kind = 'api_key' and label = $2)
"""

_ADD = """
insert into api_key (workspace_id, id, name, hash, hint, user_id, act_for, act_for_any, may, prefixes, items,
                     expires_at, made_by, reads_secrets)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, to_timestamp($12::float8), $13, $14)
on conflict (workspace_id, name) do nothing returning id
"""


class NewKeyRow(msgspec.Struct, frozen=True):
    """A key to be written."""

    name: str
    hash: bytes
    hint: str
    user: str
    act_for: tuple[str, ...]
    act_for_any: bool
    may: frozenset[Right]
    prefixes: tuple[str, ...] | None
    items: tuple[str, ...] | None
    expires_at: float | None
    made_by: str
    reads_secrets: bool


async def add_key(connection: Connection, workspace: str, key: NewKeyRow) -> str | None:
    """Write a key; None if its name is in use, or was: history names keys."""
    if await connection.fetchval(_NAME_USED, workspace, key.name):
        return None
    made = await connection.fetchval(
        _ADD, workspace, new_id(), key.name, key.hash, key.hint, key.user, list(key.act_for), key.act_for_any,
        sorted(key.may), None if key.prefixes is None else list(key.prefixes),
        None if key.items is None else list(key.items), key.expires_at, key.made_by, key.reads_secrets,
    )  # fmt: skip
    return None if made is None else str(made)


_REVOKE = """
update api_key set revoked_at = clock_timestamp() where workspace_id = $1 and id = $2 and revoked_at is null returning id
"""


async def revoke_key(connection: Connection, workspace: str, key: str) -> bool:
    """End a key at once; a trigger raises the workspace's `acl_rev`. False if it was ended before."""
    return await connection.fetchval(_REVOKE, workspace, key) is not None


_USED = """
update api_key k set last_used_at = to_timestamp(u.at)
  from unnest($1::text[], $2::text[], $3::float8[]) as u(workspace_id, id, at)
 where k.workspace_id = u.workspace_id and k.id = u.id
   and (k.last_used_at is null or k.last_used_at < to_timestamp(u.at))
"""


async def note_uses(connection: Connection, uses: list[tuple[str, str, float]]) -> None:
    """Write when keys were last used: (workspace, key, Unix seconds)."""
    await connection.execute(_USED, [u[0] for u in uses], [u[1] for u in uses], [u[2] for u in uses])


# ---- tokens

_REVOKE_ONE = """
insert into token_revocation (workspace_id, jti, until) values ($1, $2, to_timestamp($3::float8))
on conflict (workspace_id, jti) do update set until = greatest(token_revocation.until, excluded.until)
returning (xmax = 0) as inserted
"""


async def revoke_token(connection: Connection, workspace: str, jti: str, until: float) -> bool:
    """Refuse a token from now on, remembered until it expires by itself. False if it was revoked before."""
    return bool(await connection.fetchval(_REVOKE_ONE, workspace, jti, until))


_SIGN_OUT = """
update member set tokens_before = to_timestamp($3::float8)
 where workspace_id = $1 and id = $2 and (tokens_before is null or tokens_before < to_timestamp($3::float8)) returning id
"""


async def end_tokens_before(connection: Connection, workspace: str, user: str, before: float) -> bool:
    """Refuse every token of a user that was issued before a time; never takes an earlier such time back."""
    return await connection.fetchval(_SIGN_OUT, workspace, user, before) is not None
