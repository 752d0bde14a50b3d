"""What a draft has taken from others: up to which state of each. Written with the commit that took it."""

from draftwire_server.store.postgres import Connection

_FIND = """
select a.source_etag from draft_adoption a
 where a.workspace_id = $1 and a.draft_id = $2 and a.generation = $3 and a.source_id = $4
"""


async def find(connection: Connection, workspace: str, draft: str, generation: int, source: str) -> str | None:
    """The state of ``source`` up to which a draft's generation has taken it; None if it never has."""
    etag = await connection.fetchval(_FIND, workspace, draft, generation, source)
    return None if etag is None else str(etag)


_LIST = """
select a.source_id, a.source_etag from draft_adoption a
 where a.workspace_id = $1 and a.draft_id = $2 and a.generation = $3 order by a.at desc, a.source_id
"""


async def list_sources(connection: Connection, workspace: str, draft: str, generation: int) -> list[tuple[str, str]]:
    """From which drafts a generation has taken, and up to which of their states; the latest first."""
    rows = await connection.fetch(_LIST, workspace, draft, generation)
    return [(row["source_id"], row["source_etag"]) for row in rows]
