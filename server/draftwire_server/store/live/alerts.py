"""Alerts and the stash: conflicts that are not over, and texts that nobody may lose."""

from typing import Any

import msgspec

from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection, Row


class AlertRow(msgspec.Struct, frozen=True):
    """An alert as stored: ids only. ``resolver`` is an actor."""

    id: str
    item: str
    draft: str
    generation: int
    kind: str
    reason: str
    address: str
    seq: int
    region: dict[str, Any]
    sides: tuple[dict[str, Any], ...]
    state: str
    stash: str | None
    opened_at: float
    closed_at: float | None
    resolution: str | None = None
    resolver: str | None = None


_COLUMNS = """
select id, item_id, draft_id, generation, kind, reason, address, seq, region, sides, state, stash_id,
       extract(epoch from opened_at)::float8 as opened_at, extract(epoch from closed_at)::float8 as closed_at,
       resolution, resolver_id
  from alert
"""

_OPEN = _COLUMNS + "where workspace_id = $1 and draft_id = $2 and state = 'open' order by opened_at, id"
_ONE = _COLUMNS + "where workspace_id = $1 and id = $2"


def _alert(row: Row) -> AlertRow:
    values = list(row.values())
    values[9] = tuple(values[9])
    return AlertRow(*values)


async def open_alerts(connection: Connection, workspace: str, draft: str) -> list[AlertRow]:
    """The open alerts of a draft, oldest first."""
    return [_alert(row) for row in await connection.fetch(_OPEN, workspace, draft)]


_LIST = (
    _COLUMNS
    + """
 where workspace_id = $1 and ($2::text is null or draft_id = $2) and ($3::text is null or item_id = $3)
   and ($4::text is null or state = $4)
   and ($5::text is null or exists (
         select 1 from jsonb_array_elements(alert.sides) s
           join actor a on a.workspace_id = $1 and a.id = s ->> 'actor' where a.user_id = $5))
   and ($6::text is null
        or (opened_at, id) < (select c.opened_at, c.id from alert c where c.workspace_id = $1 and c.id = $6))
 order by opened_at desc, id desc limit $7
"""
)


async def list_alerts(
    connection: Connection,
    workspace: str,
    *,
    draft: str | None = None,
    item: str | None = None,
    state: str | None = None,
    user: str | None = None,
    after: str | None = None,
    limit: int,
) -> list[AlertRow]:
    """List alerts, newest first, from behind alert ``after``; of ``user``: where they are a party."""
    rows = await connection.fetch(_LIST, workspace, draft, item, state, user, after, limit)
    return [_alert(row) for row in rows]


async def load_alert(connection: Connection, workspace: str, alert: str) -> AlertRow | None:
    """Load one alert."""
    row = await connection.fetchrow(_ONE, workspace, alert)
    return _alert(row) if row else None


_END = """
with ended as (
  update alert set state = $3::text, closed_at = clock_timestamp(), resolution = $4, resolver_id = $5
   where workspace_id = $1::text and id = any($2::text[])
     and (state = 'open' or (state = 'closed' and $3::text = 'resolved'))
  returning id, item_id, draft_id
), told as (
  insert into outbox (workspace_id, type, actor_id, item_id, draft_id, data)
  select $1::text, 'alert.' || $3::text, $5, item_id, draft_id, jsonb_build_object('alert', id) from ended
)
select id from ended
"""


async def end_alerts(
    connection: Connection,
    workspace: str,
    alerts: list[str],
    state: str,
    *,
    resolution: str | None = None,
    resolver: str | None = None,
) -> list[str]:
    """Close or resolve alerts, once; gives those that this call ended. What closed by itself can be resolved still."""
    rows = await connection.fetch(_END, workspace, alerts, state, resolution, resolver)
    return [str(row["id"]) for row in rows]


_ADD_STASH = """
insert into stash (workspace_id, id, user_id, actor_id, item_id, draft_id, generation, base_seq, reason, sid, texts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""


async def add_stash(
    connection: Connection,
    workspace: str,
    *,
    user: str,
    actor: str,
    item: str,
    draft: str,
    generation: int,
    base_seq: int,
    reason: str,
    sid: str,
    texts: list[dict[str, Any]],
    entry: str | None = None,
) -> str:
    """Keep texts for their author; gives the entry's id, a new one if none is named."""
    made = entry or new_id()
    await connection.execute(
        _ADD_STASH, workspace, made, user, actor, item, draft, generation, base_seq, reason, sid, texts
    )
    return made


_KEEP_STASH = """
insert into stash (workspace_id, id, user_id, actor_id, item_id, draft_id, generation, base_seq, reason, sid, texts)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (workspace_id, id) do update set texts = excluded.texts, at = clock_timestamp()
"""


async def keep_latest(
    connection: Connection,
    workspace: str,
    entry: str,
    *,
    user: str,
    actor: str,
    item: str,
    draft: str,
    generation: int,
    base_seq: int,
    reason: str,
    sid: str,
    texts: list[dict[str, Any]],
) -> None:
    """Keep texts under an id that follows from what they are: a repeated refusal keeps the latest ones."""
    await connection.execute(
        _KEEP_STASH, workspace, entry, user, actor, item, draft, generation, base_seq, reason, sid, texts
    )


_STALE_SAVE = """
select id, stash_id from alert
 where workspace_id = $1 and draft_id = $2 and state = 'open' and kind = 'stale_save' and sides -> 0 ->> 'sid' = $3
"""

_UPDATE_STASH = """
update stash set texts = $3, base_seq = $4, at = clock_timestamp() where workspace_id = $1 and id = $2
"""

_ADD_ALERT = """
insert into alert (workspace_id, id, item_id, draft_id, generation, kind, reason, address, seq, region, sides, stash_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""

_TELL = "insert into outbox (workspace_id, type, actor_id, item_id, draft_id, data) values ($1, $2, $3, $4, $5, $6)"


_LOCK_SESSION = "select pg_advisory_xact_lock(hashtextextended($1, 0))"


async def lock_session(connection: Connection, draft: str, sid: str) -> None:
    """Make what is refused to one session in one draft wait for its turn, to the end of the transaction."""
    await connection.execute(_LOCK_SESSION, f"{draft} {sid}")


async def find_stale_save(
    connection: Connection, workspace: str, draft: str, sid: str
) -> tuple[str, str | None] | None:
    """Find the one open `stale_save` of a session in a draft: (alert, stash entry)."""
    row = await connection.fetchrow(_STALE_SAVE, workspace, draft, sid)
    return (str(row["id"]), row["stash_id"]) if row else None


async def replace_stash(
    connection: Connection, workspace: str, stash: str, texts: list[dict[str, Any]], base_seq: int
) -> None:
    """Let an entry hold a session's latest refused text."""
    await connection.execute(_UPDATE_STASH, workspace, stash, texts, base_seq)


async def add_alert(connection: Connection, workspace: str, alert: AlertRow, actor: str) -> None:
    """Open an alert outside of a commit, and put its event into the outbox."""
    await connection.execute(
        _ADD_ALERT, workspace, alert.id, alert.item, alert.draft, alert.generation, alert.kind, alert.reason,
        alert.address, alert.seq, alert.region, list(alert.sides), alert.stash,
    )  # fmt: skip
    await connection.execute(
        _TELL,
        workspace,
        "alert.opened",
        actor,
        alert.item,
        alert.draft,
        {"alert": alert.id, "kind": alert.kind},
    )
