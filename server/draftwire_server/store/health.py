"""Whether Postgres can be written: proved by writing, since a replica answers every question, and so does a full disk."""

import contextlib

import asyncpg

from draftwire_server.store.postgres import Connection

_BEAT = """
insert into worker_beat (worker, at) values ($1, clock_timestamp())
on conflict (worker) do update set at = excluded.at
"""
# Not waited for: a dump holds every table, and a worker that stands still must not hold up what the others look at.
_CLAIM_ROOM = "lock table disk_room in access exclusive mode nowait"
_NEW_FILE = "truncate disk_room"
_NEW_PAGE = "insert into disk_room (page) values (1)"


async def prove_write(connection: Connection, worker: str) -> None:
    """Write a row that says nothing. Raises what Postgres says if it can't be written."""
    await connection.execute(_BEAT, worker)


async def prove_room(connection: Connection) -> None:
    """Take a page of the disk and give it back; nothing is proved while another looks, or a dump is made.

    Raises what Postgres says if the disk is full.
    """
    attempt = connection.transaction()
    await attempt.start()
    try:
        with contextlib.suppress(asyncpg.LockNotAvailableError):
            await connection.execute(_CLAIM_ROOM)
            await connection.execute(_NEW_FILE)
            await connection.execute(_NEW_PAGE)
    finally:
        await attempt.rollback()
