"""A workspace's two counters, and the events that the second one numbers.

`acl_rev` rises with every change of rights. An event's number is taken by the last statement before the commit, while
the clock's row stays locked: numbers are dense and in commit order, which a sequence can't promise.
"""

from typing import Any

import msgspec

from draftwire.wire.event_types import EventType
from draftwire.wire.messages import EventInfo
from draftwire_server.store.postgres import Connection, Row


class Clock(msgspec.Struct, frozen=True):
    """Where a workspace is."""

    workspace: str
    acl_rev: int
    event_seq: int


_CLOCKS = "select workspace_id, acl_rev, event_seq from workspace_clock where workspace_id = any($1::text[])"


async def read_clocks(connection: Connection, workspaces: list[str]) -> list[Clock]:
    """Read the counters of many workspaces."""
    return [Clock(*row.values()) for row in await connection.fetch(_CLOCKS, workspaces)]


_APPEND = """
with clock as (
  update workspace_clock set event_seq = event_seq + 1 where workspace_id = $1 returning event_seq
)
insert into event (workspace_id, number, type, at, actor_id, item_id, draft_id, data)
select $1, event_seq, $2, clock_timestamp(), $3, $4, $5, $6 from clock returning number
"""


async def append_event(
    connection: Connection,
    workspace: str,
    type: EventType,  # noqa: A002 — the word of the design
    *,
    actor: str | None = None,
    item: str | None = None,
    draft: str | None = None,
    data: Any = None,
) -> int:
    """Write an event as the last statement of the transaction that it reports."""
    number = await connection.fetchval(_APPEND, workspace, type, actor, item, draft, data or {})
    return int(number)


_ACL_REV = "select acl_rev from workspace_clock where workspace_id = $1"


async def read_acl_rev(connection: Connection, workspace: str) -> int:
    """Where rights are. Behind `append_event` in a transaction: they stay so until it ends."""
    return int(await connection.fetchval(_ACL_REV, workspace))


_OUTBOX_WAITING = "select distinct workspace_id from outbox"

# One transaction a workspace: the clock's row lock puts the movers in line, so the numbers are dense and in order.
_MOVE_OUTBOX = """
with clock as materialized (
  select event_seq from workspace_clock where workspace_id = $1 for no key update
), waiting as materialized (
  select o.* from outbox o, clock where o.workspace_id = $1 order by o.id limit $2
), taken as (
  delete from outbox o using waiting w where o.workspace_id = $1 and o.id = w.id returning o.id
), written as (
  insert into event (workspace_id, number, type, at, actor_id, item_id, draft_id, data)
  select $1, c.event_seq + row_number() over (order by w.id), w.type, w.at, w.actor_id, w.item_id, w.draft_id, w.data
    from waiting w join taken t on t.id = w.id, clock c
  returning number
)
update workspace_clock set event_seq = event_seq + (select count(*) from written)
 where workspace_id = $1 and exists (select 1 from written)
returning event_seq
"""

OUTBOX_ROWS = 500  # a transaction of a few ms


async def waiting_outboxes(connection: Connection) -> list[str]:
    """The workspaces with anything waiting to become an event."""
    return [str(row["workspace_id"]) for row in await connection.fetch(_OUTBOX_WAITING)]


_LOCK_CLOCK = "select event_seq from workspace_clock where workspace_id = $1 for no key update"


async def move_outbox(connection: Connection, workspace: str) -> int | None:
    """Make events of what waits, in a transaction of the caller's; gives the last number, None if nothing waited."""
    # The lock first, in a statement of its own: the next one's snapshot then shows what earlier movers took.
    await connection.fetchval(_LOCK_CLOCK, workspace)
    number = await connection.fetchval(_MOVE_OUTBOX, workspace, OUTBOX_ROWS)
    return None if number is None else int(number)


_EVENTS = """
select number, type, extract(epoch from at)::float8 as at, actor_id, item_id, draft_id, data
  from event where workspace_id = $1 and number > $2 order by number limit $3
"""


def _event(row: Row) -> EventInfo:
    return EventInfo(
        number=row["number"],
        type=row["type"],
        at=row["at"],
        actor=row["actor_id"],
        item=row["item_id"],
        draft=row["draft_id"],
        data=row["data"] or None,
    )


_OLDEST = "select number from event where workspace_id = $1 order by number limit 1"


async def read_oldest(connection: Connection, workspace: str, head: int) -> int:
    """The oldest number that is kept; where none is, the next one after ``head``."""
    number = await connection.fetchval(_OLDEST, workspace)
    return head + 1 if number is None else int(number)


_WITH_OLD_EVENTS = """
select w.id from workspace w
 cross join lateral (select at from event e where e.workspace_id = w.id order by number limit 1) first
 where first.at < clock_timestamp() - make_interval(days => $1)
"""


async def workspaces_with_old_events(connection: Connection, days: int) -> list[str]:
    """The workspaces whose oldest event is older than that."""
    return [str(row["id"]) for row in await connection.fetch(_WITH_OLD_EVENTS, days)]


# Only from the oldest on, up to the first that stays: what is kept has no gap, whatever the times say.
_DROP_OLD_EVENTS = """
with first as (
  select number, at from event where workspace_id = $1 order by number limit $3
), stays as (
  select min(number) as number from first where at >= clock_timestamp() - make_interval(days => $2)
)
delete from event e using first f, stays s
 where e.workspace_id = $1 and e.number = f.number and (s.number is null or f.number < s.number)
"""


async def drop_old_events(connection: Connection, workspace: str, days: int, limit: int) -> int:
    """Drop at most ``limit`` events older than that, the oldest first; says how many it were."""
    done = await connection.execute(_DROP_OLD_EVENTS, workspace, days, limit)
    return int(done.rpartition(" ")[2])


_COUNT_OLD_EVENTS = """
select count(*) from event where workspace_id = $1 and number < coalesce(
  (select number from event where workspace_id = $1 and at >= clock_timestamp() - make_interval(days => $2)
    order by number limit 1), 9223372036854775807)
"""


async def count_old_events(connection: Connection, workspace: str, days: int) -> int:
    """How many events before the first that stays are older than that."""
    return int(await connection.fetchval(_COUNT_OLD_EVENTS, workspace, days))


async def read_events(connection: Connection, workspace: str, after: int, limit: int) -> list[EventInfo]:
    """Read events in order."""
    return [_event(row) for row in await connection.fetch(_EVENTS, workspace, after, limit)]
