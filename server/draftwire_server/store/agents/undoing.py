"""Where a run's batches begin in a draft's log, and which of its changes people decided to keep."""

from collections.abc import Collection, Sequence

import msgspec

from draftwire_server.store.postgres import Connection


class Begun(msgspec.Struct, frozen=True):
    """The first kept batch of a session, in the present generation (``seq``) and in any (``first_no``)."""

    w: int
    first_no: int | None
    no: int | None
    seq: int | None


_BEGUN = """
select s.w, first.op_no as first_no, here.op_no as no, here.seq
  from unnest($4::int[]) as s(w)
  left join lateral (select o.op_no from draft_op o
                      where o.workspace_id = $1 and o.draft_id = $2 and o.w = s.w order by o.op_no limit 1) first on true
  left join lateral (select o.op_no, o.seq from draft_op o
                      where o.workspace_id = $1 and o.draft_id = $2 and o.w = s.w and o.generation = $3
                      order by o.op_no limit 1) here on true
"""


async def find_begun(
    connection: Connection, workspace: str, draft: str, generation: int, writers: Sequence[int]
) -> list[Begun]:
    """Where sessions began to write in a draft."""
    return [Begun(*row.values()) for row in await connection.fetch(_BEGUN, workspace, draft, generation, list(writers))]


_KEPT = """
select hunk, upto from run_kept where workspace_id = $1 and run_id = $2 and draft_id = $3 and generation = $4
"""


async def list_kept(connection: Connection, workspace: str, run: str, draft: str, generation: int) -> dict[str, int]:
    """The hunks that were kept, with the run's last batch in each when that was decided."""
    rows = await connection.fetch(_KEPT, workspace, run, draft, generation)
    return {row["hunk"]: row["upto"] for row in rows}


_KEEP = """
insert into run_kept (workspace_id, run_id, draft_id, generation, hunk, upto, actor_id)
select $1, $2, $3, $4, k.hunk, k.upto, $7 from unnest($5::text[], $6::bigint[]) as k(hunk, upto)
on conflict (workspace_id, run_id, draft_id, generation, hunk)
do update set upto = excluded.upto, actor_id = excluded.actor_id, at = clock_timestamp()
"""


async def keep(
    connection: Connection, workspace: str, run: str, draft: str, generation: int, hunks: Collection[tuple[str, int]],
    actor: str,
) -> None:  # fmt: skip
    """Remember that hunks are kept."""
    names, upto = [name for name, _ in hunks], [seq for _, seq in hunks]
    await connection.execute(_KEEP, workspace, run, draft, generation, names, upto, actor)
