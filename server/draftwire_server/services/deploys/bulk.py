"""Many drafts deployed or discarded in one request: each in a transaction of its own, with a result of its own.

A refused one holds nobody up. With an Idempotency-Key each part keeps its answer with its effect, and the whole is
kept at the end, refusals with it: a request that was cut in the middle goes on where it was, and a finished one gets
its answer.
"""

import hashlib

import msgspec

from draftwire.errors import Problem
from draftwire.rest.deploys import Deployed
from draftwire.rest.draft_list import (
    DeployedMany,
    DeployMany,
    DiscardedMany,
    DiscardMany,
    DraftDeployed,
    DraftDiscarded,
    RefusedDraft,
)
from draftwire_server.core.bulk import BadPart, woven
from draftwire_server.limits.pages import BULK_DRAFTS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.deploys.deploy import Deploys
from draftwire_server.services.writes.discard import Discards
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.store.postgres import Database
from draftwire_server.store.writes.idempotency import Answer


class BulkDrafts:
    """See the module."""

    def __init__(self, database: Database, deploying: Deploys, discarding: Discards) -> None:
        self._database = database
        self._deploying = deploying
        self._discarding = discarding

    async def deploy(self, principal: Principal, asked: DeployMany, once: Once, bad: dict[int, BadPart]) -> Answer:
        """Deploy each; ``bad``: those that could not be read, by their places.

        Raises:
            Problem: too_many, idempotency_reused, unavailable; what was done until then stays.
        """
        kept = await self._begin(principal, len(asked.drafts) + len(bad), once)
        if kept is not None:
            return kept
        made = []
        for n, one in enumerate(asked.drafts):
            try:
                answer = await self._deploying.deploy(principal, one.draft, one, _part(once, n))
                made.append(DraftDeployed(one.draft, msgspec.json.decode(answer.body, type=Deployed)))
            except Problem as problem:
                made.append(DraftDeployed(one.draft, refused=_refused(problem)))
        results = woven(made, bad, lambda part: DraftDeployed(part.name, refused=_refused(part.problem)))
        refused = sum(result.refused is not None for result in results)
        unchanged = sum(result.deployed is not None and result.deployed.unchanged for result in results)
        all_ = DeployedMany(results, len(results) - refused - unchanged, unchanged, refused)
        return await self._keep(principal, once.answer(all_), once)

    async def discard(self, principal: Principal, asked: DiscardMany, once: Once, bad: dict[int, BadPart]) -> Answer:
        """Discard each; ``bad``: those that could not be read, by their places.

        Raises:
            Problem: too_many, idempotency_reused, unavailable; what was done until then stays.
        """
        kept = await self._begin(principal, len(asked.drafts) + len(bad), once)
        if kept is not None:
            return kept
        made = []
        for one in asked.drafts:
            try:
                made.append(DraftDiscarded(one.draft, await self._discarding.discard(principal, one.draft, one)))
            except Problem as problem:
                made.append(DraftDiscarded(one.draft, refused=_refused(problem)))
        results = woven(made, bad, lambda part: DraftDiscarded(part.name, refused=_refused(part.problem)))
        refused = sum(result.refused is not None for result in results)
        all_ = DiscardedMany(results, len(results) - refused, refused)
        return await self._keep(principal, once.answer(all_), once)

    async def _begin(self, principal: Principal, drafts: int, once: Once) -> Answer | None:
        if drafts > BULK_DRAFTS:
            raise Problem("too_many", f"Send at most {BULK_DRAFTS} drafts at once.")
        return await once.replayed(self._database, principal)

    async def _keep(self, principal: Principal, answer: Answer, once: Once) -> Answer:
        async with self._database.transaction() as connection:
            kept = await once.keep(connection, principal, answer)
        # Another request with the key was faster: both did the same parts, and its answer is the one.
        return answer if kept else await once.replayed(self._database, principal) or answer


def _part(once: Once, n: int) -> Once:
    """The key of one part: nobody else's request has it, because no key is written with a space."""
    if once.key is None:
        return once
    return Once(f"{hashlib.sha256(once.key.encode()).hexdigest()} {n}", once.digest)


def _refused(problem: Problem) -> RefusedDraft:
    if problem.code in ("unavailable", "internal"):
        raise problem
    return RefusedDraft(problem.kind.status, problem.code, problem.message, problem.kind.retry, problem.detail)
