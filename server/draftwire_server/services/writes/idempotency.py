"""A request that may be sent twice: its first answer is kept with its effect and given again.

See ops-and-sync.md §7. Answers are scoped to workspace and actor, and kept for a day.
"""

from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire_server.core.problems import MEDIA_TYPE, problem_body
from draftwire_server.services.access.identity import Principal
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.writes import idempotency
from draftwire_server.store.writes.idempotency import Answer

_encode = msgspec.json.Encoder().encode


class Once(msgspec.Struct, frozen=True):
    """The Idempotency-Key of a request, if it has one, and the digest of the request."""

    key: str | None = None
    digest: bytes = b""

    async def replayed(self, database: Database, principal: Principal) -> Answer | None:
        """The first answer to this request. Raises `Problem` idempotency_reused if the key was another request's."""
        if self.key is None:
            return None
        async with database.acquired() as connection:
            found = await idempotency.find_answer(connection, principal.workspace.id, principal.info.id, self.key)
        if found is not None and found.digest != self.digest:
            raise Problem("idempotency_reused")
        return found

    def answer(self, body: Any, etag: str | None = None, status: int = 200) -> Answer:
        """An answer; about a draft whose state is ``etag``, if that is given."""
        headers = {"content-type": "application/json", "cache-control": "no-store"}
        if etag is not None:
            headers["draft-etag"] = f'"{etag}"'
        return Answer(self.digest, status, headers, _encode(body))

    async def keep_refusal(self, database: Database, principal: Principal, problem: Problem) -> None:
        """Keep a refusal that is an answer, a 409, which would not change anything; others may be asked again."""
        if self.key is None or problem.kind.status != 409 or problem.kind.retry:
            return
        headers = {"content-type": MEDIA_TYPE, "cache-control": "no-store"}
        async with database.transaction() as connection:
            await self.keep(connection, principal, Answer(self.digest, 409, headers, problem_body(problem)))

    def rows(self, principal: Principal, answer: Answer) -> tuple[dict[str, Any], ...]:
        """What a commit writes to keep an answer."""
        if self.key is None:
            return ()
        return (
            {
                "principal": principal.info.id, "key": self.key, "digest": answer.digest, "status": answer.status,
                "headers": _encode(answer.headers).decode(), "body": answer.body,
            },
        )  # fmt: skip

    async def keep(self, connection: Connection, principal: Principal, answer: Answer) -> bool:
        """Keep an answer in the caller's transaction; False if another request with this key was first."""
        if self.key is None:
            return True
        return await idempotency.keep_answer(connection, principal.workspace.id, principal.info.id, self.key, answer)
