"""What a client says to hold of a draft, compared with what the log says: one statement, whatever is there."""

import msgspec

from draftwire_server.store.postgres import Connection


class KeptMark(msgspec.Struct, frozen=True):
    """A draft's row and the mark at one seq. ``mark`` is None at seq 0, and if that batch is no longer kept."""

    generation: int
    head_seq: int
    discarded: bool
    item: str
    origin_version: int
    origin_hash: str
    mark: str | None


_KEPT = """
select d.generation, d.head_seq, d.discarded_at is not null, d.item_id, d.origin_version,
       coalesce(v.content_hash, i.initial_hash),
       case when d.head_seq = $3 then d.head_mark else coalesce(
         (select o.mark from draft_op o where o.workspace_id = d.workspace_id and o.draft_id = d.id
             and o.generation = d.generation and o.seq = $3),
         (select s.mark from draft_snapshot s where s.workspace_id = d.workspace_id and s.draft_id = d.id
             and s.generation = d.generation and s.seq = $3)) end
  from draft d
  join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
  left join version v on v.workspace_id = d.workspace_id and v.item_id = d.item_id and v.number = d.origin_version
 where d.workspace_id = $1 and d.id = $2
"""


async def read_kept(connection: Connection, workspace: str, draft: str, seq: int) -> KeptMark | None:
    """Read what is kept of a draft at a seq of its generation; None if it has no row."""
    row = await connection.fetchrow(_KEPT, workspace, draft, seq)
    return KeptMark(*row.values()) if row else None
