"""Answers to writes over HTTP that carried an Idempotency-Key, kept for a day with the effect's transaction."""

from typing import Any

import msgspec

from draftwire_server.store.postgres import Connection

KEEP_H = 24  # retries of a day; a later one is a new request


class Answer(msgspec.Struct, frozen=True):
    """What was answered, and a digest of what was asked."""

    digest: bytes
    status: int
    headers: dict[str, str]
    body: bytes


_FIND = """
select digest, status, headers, body from idempotency
 where workspace_id = $1 and principal = $2 and key = $3 and at > clock_timestamp() - make_interval(hours => $4)
"""

_KEEP = """
insert into idempotency (workspace_id, principal, key, digest, status, headers, body)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (workspace_id, principal, key) do update
   set digest = excluded.digest, status = excluded.status, headers = excluded.headers, body = excluded.body,
       at = clock_timestamp()
 where idempotency.at <= clock_timestamp() - make_interval(hours => $8)
"""


async def find_answer(connection: Connection, workspace: str, principal: str, key: str) -> Answer | None:
    """Find the first answer to this key."""
    row = await connection.fetchrow(_FIND, workspace, principal, key, KEEP_H)
    return Answer(*row.values()) if row else None


async def keep_answer(connection: Connection, workspace: str, principal: str, key: str, answer: Answer) -> bool:
    """Keep an answer; False if another request with this key was first."""
    headers: dict[str, Any] = dict(answer.headers)
    done = await connection.execute(
        _KEEP, workspace, principal, key, answer.digest, answer.status, headers, answer.body, KEEP_H
    )
    return bool(done == "INSERT 0 1")
