"""Discarded generations of drafts: kept for a while with their text, so that they can be brought back."""

import msgspec

from draftwire_server.store.postgres import Connection


class DiscardRow(msgspec.Struct, frozen=True):
    """A generation as it stood when it was discarded."""

    generation: int
    seq: int
    base_version: int
    value: bytes
    at: float


_DISCARD = """
update draft set discarded_at = clock_timestamp() where workspace_id = $1 and id = $2 and generation = $3
"""

_KEEP = """
insert into draft_discard (workspace_id, draft_id, generation, seq, mark, base_version, value, actor_id,
                           origin_version, shape_id)
select d.workspace_id, d.id, $3, $4, $5, $6, $7, $8, d.origin_version, d.shape_id
  from draft d where d.workspace_id = $1 and d.id = $2
returning extract(epoch from at)::float8
"""

_CLOSE_ALERTS = """
update alert set state = 'closed', closed_at = clock_timestamp()
 where workspace_id = $1 and draft_id = $2 and state = 'open'
"""


async def discard(
    connection: Connection,
    workspace: str,
    draft: str,
    *,
    generation: int,
    seq: int,
    mark: str,
    base_version: int,
    value: bytes,
    actor: str,
) -> float:
    """End a generation, in a transaction that holds the draft; gives the time."""
    await connection.execute(_DISCARD, workspace, draft, generation)
    await connection.execute(_CLOSE_ALERTS, workspace, draft)
    at = await connection.fetchval(_KEEP, workspace, draft, generation, seq, mark, base_version, value, actor)
    return float(at)


_FIND = """
select generation, seq, base_version, value, extract(epoch from at)::float8 from draft_discard
 where workspace_id = $1 and draft_id = $2 and generation = coalesce($3, generation)
   and at > clock_timestamp() - make_interval(days => $4)
 order by generation desc limit 1
"""

_BROUGHT_BACK = """
update draft_discard set brought_back_at = clock_timestamp()
 where workspace_id = $1 and draft_id = $2 and generation = $3
"""


async def find_discard(
    connection: Connection, workspace: str, draft: str, generation: int | None, days: int
) -> DiscardRow | None:
    """Find a discarded generation, the last one for None, that is not older than so many days."""
    row = await connection.fetchrow(_FIND, workspace, draft, generation, days)
    return DiscardRow(*row.values()) if row else None


async def note_brought_back(connection: Connection, workspace: str, draft: str, generation: int) -> None:
    """Its text is in the draft again."""
    await connection.execute(_BROUGHT_BACK, workspace, draft, generation)
