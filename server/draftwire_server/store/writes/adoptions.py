"""What a draft has taken from others: up to which state of each. Written with the commit that took it."""

from draftwire_server.store.postgres import Connection

_FIND = """
select a.source_etag, extract(epoch from a.at)::float8 as at from draft_adoption a
 where a.workspace_id = $1 and a.draft_id = $2 and a.generation = $3 and a.source_id = $4
"""


async def find(
    connection: Connection, workspace: str, draft: str, generation: int, source: str
) -> tuple[str, float] | None:
    """The state of ``source`` up to which a draft's generation has taken it, and when; None if it never has."""
    row = await connection.fetchrow(_FIND, workspace, draft, generation, source)
    return (row["source_etag"], row["at"]) if row else None


_NOTE = """
insert into draft_adoption (workspace_id, draft_id, generation, source_id, source_etag, actor_id)
select d.workspace_id, d.id, d.generation, $6, $7, $8 from draft d
 where d.workspace_id = $1 and d.id = $2 and d.generation = $3 and d.head_seq = $4 and d.head_mark = $5
on conflict (workspace_id, draft_id, generation, source_id) do update
   set source_etag = excluded.source_etag, actor_id = excluded.actor_id, at = clock_timestamp()
"""


async def note(
    connection: Connection,
    workspace: str,
    draft: str,
    generation: int,
    seq: int,
    mark: str,
    *,
    source: str,
    etag: str,
    actor: str,
) -> bool:
    """Note that a draft, whose head is still this one, has nothing more to take up to ``etag``; False if it moved."""
    done = await connection.execute(_NOTE, workspace, draft, generation, seq, mark, source, etag, actor)
    return bool(done == "INSERT 0 1")


_LIST = """
select a.source_id, a.source_etag from draft_adoption a
 where a.workspace_id = $1 and a.draft_id = $2 and a.generation = $3 order by a.at desc, a.source_id
"""


async def list_sources(connection: Connection, workspace: str, draft: str, generation: int) -> list[tuple[str, str]]:
    """From which drafts a generation has taken, and up to which of their states; the latest first."""
    rows = await connection.fetch(_LIST, workspace, draft, generation)
    return [(row["source_id"], row["source_etag"]) for row in rows]
