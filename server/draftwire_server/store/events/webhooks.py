"""Webhooks, their sealed signing keys, and deliveries: one row for each event on its way to a webhook.

Whoever sends takes rows by moving their next try behind the time that an attempt may take. So a row that a dead worker
had taken is due again by itself, and two workers never take one at once.
"""

from typing import Any

import msgspec

from draftwire_server.core.access.sealing import Sealed
from draftwire_server.store.postgres import Connection, Row


class WebhookRow(msgspec.Struct, frozen=True):
    """A webhook."""

    id: str
    owner: str | None
    address: str
    types: tuple[str, ...]
    description: str
    active: bool
    cursor: int
    again_to: int
    failing_since: float | None
    made_at: float
    changed_at: float


_COLUMNS = """
select id, owner_id, address, types, description, active, cursor, again_to,
       extract(epoch from failing_since)::float8 as failing_since, extract(epoch from made_at)::float8 as made_at,
       extract(epoch from changed_at)::float8 as changed_at
  from webhook where workspace_id = $1
"""


def _webhook(row: Row) -> WebhookRow:
    values: list[Any] = [tuple(value) if name == "types" else value for name, value in row.items()]
    return WebhookRow(*values)


_LIST = _COLUMNS + " and ($2::text is null or owner_id = $2) order by made_at, id"


async def list_webhooks(connection: Connection, workspace: str, owner: str | None = None) -> list[WebhookRow]:
    """A workspace's webhooks, or one owner's."""
    return [_webhook(row) for row in await connection.fetch(_LIST, workspace, owner)]


_ONE = _COLUMNS + " and id = $2"
_HELD = _ONE + " for update"
_FREE = _ONE + " and active for update skip locked"


async def load_webhook(connection: Connection, workspace: str, webhook: str) -> WebhookRow | None:
    """One webhook."""
    row = await connection.fetchrow(_ONE, workspace, webhook)
    return _webhook(row) if row else None


async def hold_webhook(connection: Connection, workspace: str, webhook: str) -> WebhookRow | None:
    """The same, held until the transaction ends: before any row of its deliveries, as who deletes it locks them."""
    row = await connection.fetchrow(_HELD, workspace, webhook)
    return _webhook(row) if row else None


async def take_webhook(connection: Connection, workspace: str, webhook: str) -> WebhookRow | None:
    """The same, if it is switched on and nobody else holds it."""
    row = await connection.fetchrow(_FREE, workspace, webhook)
    return _webhook(row) if row else None


_ADD = """
insert into webhook (workspace_id, id, owner_id, address, types, description, active, cursor, made_by)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def add_webhook(connection: Connection, workspace: str, row: WebhookRow, made_by: str) -> None:
    """Make a webhook."""
    await connection.execute(
        _ADD, workspace, row.id, row.owner, row.address, list(row.types), row.description, row.active, row.cursor,
        made_by,
    )  # fmt: skip


_CHANGE = """
update webhook set address = $3, types = $4, description = $5, active = $6, changed_at = clock_timestamp(),
       failing_since = case when address = $3 and active = $6 then failing_since end
 where workspace_id = $1 and id = $2
"""


async def change_webhook(connection: Connection, workspace: str, row: WebhookRow) -> None:
    """Let a webhook be as this row says."""
    await connection.execute(
        _CHANGE, workspace, row.id, row.address, list(row.types), row.description, row.active
    )  # fmt: skip


_REMOVE = "delete from webhook where workspace_id = $1 and id = $2"


async def remove_webhook(connection: Connection, workspace: str, webhook: str) -> None:
    """Delete a webhook with its keys and its log."""
    await connection.execute(_REMOVE, workspace, webhook)


_CURSOR = "update webhook set cursor = $3, again_to = $4 where workspace_id = $1 and id = $2"


async def move_cursor(connection: Connection, workspace: str, webhook: str, cursor: int, again_to: int) -> None:
    """Events up to ``cursor`` are deliveries now; those up to ``again_to`` become them a second time."""
    await connection.execute(_CURSOR, workspace, webhook, cursor, again_to)


# ---- signing keys

_ADD_KEY = "insert into webhook_key (workspace_id, webhook_id, id, key_id, sealed) values ($1, $2, $3, $4, $5)"


async def add_key(connection: Connection, workspace: str, webhook: str, key: str, sealed: Sealed) -> None:
    """Keep a sealed signing key: the present one."""
    await connection.execute(_ADD_KEY, workspace, webhook, key, sealed.key, sealed.data)


_END_KEYS = """
update webhook_key set ends_at = clock_timestamp() + make_interval(secs => $3)
 where workspace_id = $1 and webhook_id = $2 and ends_at is null
"""
_DROP_KEYS = "delete from webhook_key where workspace_id = $1 and webhook_id = $2 and ends_at <= clock_timestamp()"


async def end_keys(connection: Connection, workspace: str, webhook: str, overlap_s: float) -> None:
    """Let the present signing key sign for so long yet; forget those that have ended."""
    await connection.execute(_END_KEYS, workspace, webhook, overlap_s)
    await connection.execute(_DROP_KEYS, workspace, webhook)


_KEYS = """
select id, key_id, sealed from webhook_key
 where workspace_id = $1 and webhook_id = $2 and (ends_at is null or ends_at > clock_timestamp())
 order by ends_at desc nulls first
"""


async def load_keys(connection: Connection, workspace: str, webhook: str) -> list[tuple[str, Sealed]]:
    """The signing keys that count, the present one first."""
    rows = await connection.fetch(_KEYS, workspace, webhook)
    return [(row["id"], Sealed(row["key_id"], row["sealed"])) for row in rows]


# ---- deliveries


class DeliveryRow(msgspec.Struct, frozen=True):
    """One event on its way."""

    number: int
    type: str
    state: str
    begun_at: float
    next_at: float
    tries: int
    attempts: tuple[dict[str, Any], ...]


_BEGIN = """
insert into webhook_delivery (workspace_id, webhook_id, number, type)
select $1, $2, number, type from unnest($3::bigint[], $4::text[]) as e(number, type)
on conflict (workspace_id, webhook_id, number) do update
  set state = 'waiting', begun_at = clock_timestamp(), next_at = clock_timestamp(), tries = 0
  where excluded.number <= $5
"""


async def begin_deliveries(
    connection: Connection, workspace: str, webhook: str, events: list[tuple[int, str]], again_to: int
) -> None:
    """Let events be due; those up to ``again_to`` also if they were before."""
    numbers, types = [number for number, _ in events], [type_ for _, type_ in events]
    await connection.execute(_BEGIN, workspace, webhook, numbers, types, again_to)


class DueDelivery(msgspec.Struct, frozen=True):
    """A webhook with something to do."""

    workspace: str
    webhook: str
    failing: bool
    behind: bool  # events have happened that are no deliveries yet


_DUE = """
select h.workspace_id, h.id, h.failing_since is not null as failing, h.cursor < c.event_seq as behind
  from webhook h join workspace_clock c on c.workspace_id = h.workspace_id
 where h.active and (h.cursor < c.event_seq or exists (
       select 1 from webhook_delivery d
        where d.workspace_id = h.workspace_id and d.webhook_id = h.id and d.state = 'waiting'
          and d.next_at <= clock_timestamp()))
"""


async def due_webhooks(connection: Connection) -> list[DueDelivery]:
    """The webhooks of all workspaces with something to do."""
    return [DueDelivery(*row.values()) for row in await connection.fetch(_DUE)]


_TAKE = """
with due as materialized (
  select number from webhook_delivery
   where workspace_id = $1 and webhook_id = $2 and state = 'waiting' and next_at <= clock_timestamp()
   order by next_at, number limit $3 for update skip locked
)
update webhook_delivery d set next_at = clock_timestamp() + make_interval(secs => $4), tries = d.tries + 1 from due
 where d.workspace_id = $1 and d.webhook_id = $2 and d.number = due.number
returning d.number, d.type, d.state, extract(epoch from d.begun_at)::float8 as begun_at,
          extract(epoch from d.next_at)::float8 as next_at, d.tries, d.attempts
"""


def _delivery(row: Row) -> DeliveryRow:
    return DeliveryRow(**{**dict(row), "attempts": tuple(row["attempts"])})


async def take_due(
    connection: Connection, workspace: str, webhook: str, limit: int, lease_s: float
) -> list[DeliveryRow]:
    """Take deliveries that are due; who has not told what became of them within the lease loses them."""
    rows = await connection.fetch(_TAKE, workspace, webhook, limit, lease_s)
    return sorted((_delivery(row) for row in rows), key=lambda row: row.number)


ATTEMPTS_KEPT = 50  # of one delivery; a day of back-off makes some thirty

_TOLD = """
update webhook_delivery
   set state = $4, next_at = clock_timestamp() + make_interval(secs => $5),
       attempts = case when jsonb_array_length(attempts) >= 50 then attempts - 0 else attempts end || $6::jsonb
 where workspace_id = $1 and webhook_id = $2 and number = $3 and state = 'waiting' and tries = $7
returning number
"""


async def end_attempt(
    connection: Connection,
    workspace: str,
    webhook: str,
    row: DeliveryRow,
    state: str,
    *,
    again_s: float,
    attempt: dict[str, Any] | None,
) -> bool:
    """Write what became of a try; False if the row is no longer this one's to tell."""
    told = [] if attempt is None else [attempt]
    return (
        await connection.fetchval(_TOLD, workspace, webhook, row.number, state, again_s, told, row.tries)
    ) is not None


_WELL = "update webhook set failing_since = null where workspace_id = $1 and id = $2 and failing_since is not null"
_ILL = """
update webhook set failing_since = clock_timestamp() where workspace_id = $1 and id = $2 and failing_since is null
"""
_OFF = "update webhook set active = false, changed_at = clock_timestamp() where workspace_id = $1 and id = $2"


async def note_passed(connection: Connection, workspace: str, webhook: str) -> None:
    """An attempt has passed."""
    await connection.execute(_WELL, workspace, webhook)


async def note_failed(connection: Connection, workspace: str, webhook: str) -> None:
    """An attempt has not."""
    await connection.execute(_ILL, workspace, webhook)


async def switch_off(connection: Connection, workspace: str, webhook: str) -> None:
    """Nothing is sent any more."""
    await connection.execute(_OFF, workspace, webhook)


_LOG_COLUMNS = """
select number, type, state, extract(epoch from begun_at)::float8 as begun_at,
       extract(epoch from next_at)::float8 as next_at, tries, attempts
  from webhook_delivery where workspace_id = $1 and webhook_id = $2
"""
_LOG = _LOG_COLUMNS + " and ($3::text is null or state = $3) and number < $4 order by number desc limit $5"
_LOG_ONE = _LOG_COLUMNS + " and number = $3"


async def list_deliveries(
    connection: Connection, workspace: str, webhook: str, state: str | None, before: int, limit: int
) -> list[DeliveryRow]:
    """Deliveries of events below a number, the latest first."""
    return [_delivery(row) for row in await connection.fetch(_LOG, workspace, webhook, state, before, limit)]


async def load_delivery(connection: Connection, workspace: str, webhook: str, number: int) -> DeliveryRow | None:
    """What became of one event."""
    row = await connection.fetchrow(_LOG_ONE, workspace, webhook, number)
    return _delivery(row) if row else None
