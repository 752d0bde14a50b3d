"""Secrets at rest: only ever sealed here. Every look-up names the item, so that none is found by another one."""

from typing import Final

import msgspec

from draftwire_server.core.access.sealing import Sealed
from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection


class SecretRow(msgspec.Struct, frozen=True):
    """A secret without its value."""

    id: str
    actor: str
    at: float


class SealedRow(msgspec.Struct, frozen=True):
    """A sealed secret, and who set it."""

    id: str
    user: str
    sealed: Sealed


_ADD = """
insert into secret (workspace_id, id, item_id, user_id, actor_id, key_id, sealed) values ($1, $2, $3, $4, $5, $6, $7)
"""


async def add_secret(
    connection: Connection, workspace: str, item: str, secret: str, sealed: Sealed, *, user: str, actor: str
) -> None:
    """Keep a sealed value."""
    await connection.execute(_ADD, workspace, secret, item, user, actor, sealed.key, sealed.data)


_REMOVE = "delete from secret where workspace_id = $1 and item_id = $2 and id = $3"


async def remove_secret(connection: Connection, workspace: str, item: str, secret: str) -> None:
    """Drop a value that no document has named."""
    await connection.execute(_REMOVE, workspace, item, secret)


_COUNT = "select count(*) from secret where workspace_id = $1 and item_id = $2"


async def count_secrets(connection: Connection, workspace: str, item: str) -> int:
    """How many secrets an item has."""
    return int(await connection.fetchval(_COUNT, workspace, item))


_LIST = """
select id, actor_id, extract(epoch from made_at)::float8 as at from secret
 where workspace_id = $1 and item_id = $2 order by made_at desc, id limit $3
"""


async def list_secrets(connection: Connection, workspace: str, item: str, limit: int) -> list[SecretRow]:
    """An item's secrets without their values, the latest first."""
    return [SecretRow(*row.values()) for row in await connection.fetch(_LIST, workspace, item, limit)]


_KNOWN = "select id from secret where workspace_id = $1 and item_id = $2 and id = any($3::text[])"


async def known_secrets(connection: Connection, workspace: str, item: str, secrets: list[str]) -> set[str]:
    """Those of these ids that are secrets of the item."""
    return {str(row["id"]) for row in await connection.fetch(_KNOWN, workspace, item, secrets)}


_LOAD = """
select id, user_id, key_id, sealed from secret where workspace_id = $1 and item_id = $2 and id = any($3::text[])
"""


async def load_sealed(connection: Connection, workspace: str, item: str, secrets: list[str]) -> dict[str, SealedRow]:
    """Sealed values of an item's secrets."""
    rows = await connection.fetch(_LOAD, workspace, item, secrets)
    return {row["id"]: SealedRow(row["id"], row["user_id"], Sealed(row["key_id"], row["sealed"])) for row in rows}


def new_secret_id() -> str:
    """An id for a secret, which says nothing."""
    return new_id()


# ---- rotation: all workspaces, by the operator

SECRET_TABLES: Final = ("secret", "webhook_key")

_BY_KEY = """
select key_id, sum(n)::bigint as n from (
  select key_id, count(*) as n from secret group by key_id
  union all
  select key_id, count(*) from webhook_key group by key_id
) each group by key_id order by key_id
"""


async def count_by_key(connection: Connection) -> dict[str, int]:
    """How many rows stand on which key."""
    return {row["key_id"]: int(row["n"]) for row in await connection.fetch(_BY_KEY)}


class Stale(msgspec.Struct, frozen=True):
    """A row that another key has sealed, and the place that it is bound to."""

    workspace: str
    place: tuple[str, ...]  # of a secret: item, id; of a signing key: webhook, id
    sealed: Sealed


_STALE_SECRETS = """
select workspace_id, item_id, id, key_id, sealed from secret
 where key_id <> $1 and (workspace_id, id) > ($2, $3)
 order by workspace_id, id limit $4 for update
"""

_STALE_KEYS = """
select workspace_id, webhook_id, id, key_id, sealed from webhook_key
 where key_id <> $1 and (workspace_id, webhook_id, id) > ($2, $3, $4)
 order by workspace_id, webhook_id, id limit $5 for update
"""


async def stale_secrets(connection: Connection, key: str, after: Stale | None, limit: int) -> list[Stale]:
    """The next secrets that stand on another key than this one, held until the transaction ends."""
    begin = ("", "") if after is None else (after.workspace, after.place[1])
    rows = await connection.fetch(_STALE_SECRETS, key, *begin, limit)
    return [Stale(r["workspace_id"], (r["item_id"], r["id"]), Sealed(r["key_id"], r["sealed"])) for r in rows]


async def stale_signing_keys(connection: Connection, key: str, after: Stale | None, limit: int) -> list[Stale]:
    """The same of webhooks' signing keys."""
    begin = ("", "", "") if after is None else (after.workspace, *after.place)
    rows = await connection.fetch(_STALE_KEYS, key, *begin, limit)
    return [Stale(r["workspace_id"], (r["webhook_id"], r["id"]), Sealed(r["key_id"], r["sealed"])) for r in rows]


_RESEAL_SECRET = "update secret set key_id = $3, sealed = $4 where workspace_id = $1 and id = $2"  # noqa: S105

_RESEAL_KEY = "update webhook_key set key_id = $4, sealed = $5 where workspace_id = $1 and webhook_id = $2 and id = $3"


async def reseal_secret(connection: Connection, row: Stale, sealed: Sealed) -> None:
    """Let a secret stand on another key."""
    await connection.execute(_RESEAL_SECRET, row.workspace, row.place[1], sealed.key, sealed.data)


async def reseal_signing_key(connection: Connection, row: Stale, sealed: Sealed) -> None:
    """The same of a webhook's signing key."""
    await connection.execute(_RESEAL_KEY, row.workspace, *row.place, sealed.key, sealed.data)
