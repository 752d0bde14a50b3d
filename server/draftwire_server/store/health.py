"""Whether Postgres can be written: proved by writing, since a replica answers every question."""

from draftwire_server.store.postgres import Connection

_BEAT = """
insert into worker_beat (worker, at) values ($1, clock_timestamp())
on conflict (worker) do update set at = excluded.at
"""


async def prove_write(connection: Connection, worker: str) -> None:
    """Write a row that says nothing. Raises what Postgres says if it can't be written."""
    await connection.execute(_BEAT, worker)
