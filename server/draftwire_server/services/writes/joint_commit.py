"""Changes of several drafts that take effect together, or not at all.

The lanes commit drafts one by one; here the drafts' rows are held in one transaction. Whoever holds a draft's
`CommitState` keeps the lanes away from it; drafts are taken in the order of their ids, so that two of these never wait
for each other. See ops-and-sync.md §3 for what one commit is.
"""

from typing import Final

import msgspec

from draftwire.errors import Problem
from draftwire_server.core.kinds.kinds import markers
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.rights import Rights
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.draftwork import Draftwork
from draftwire_server.services.live.lanes import Lanes
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.writes.write import MOVED, Along, Change, submission_of
from draftwire_server.store.events import clock
from draftwire_server.store.items import kinds
from draftwire_server.store.live import logs
from draftwire_server.store.live.commit import commit, lock_head
from draftwire_server.store.postgres import Connection, Database

TRIES: Final = 3  # with the rows held only a change of rights in between makes one fail
ROW_WAIT_S: Final = 3.0  # for a row: commits hold it for milliseconds, on a machine that stands still for some seconds


class Joint(msgspec.Struct, frozen=True):
    """A change of one draft, and what is to be written along."""

    live: LiveDraft
    change: Change
    along: Along | None


class _Lost(Exception):
    """A head or the rights moved: nothing was written."""


class JointCommits:
    """See the module."""

    def __init__(self, database: Database, drafts: Drafts, lanes: Lanes, rights: Rights) -> None:
        self._database = database
        self._drafts = drafts
        self._lanes = lanes
        self._rights = rights

    async def commit(self, principal: Principal, parts: list[Joint]) -> bool:
        """Commit all; False if a head had moved. Raises `Problem`, with nothing written."""
        parts = sorted(parts, key=lambda part: part.live.id)
        held: list[LiveDraft] = []
        try:
            for part in parts:
                if not await self._claim(part.live):
                    return False  # what was decided on is gone
                held.append(part.live)
            return await self._commit_held(principal, parts)
        finally:
            for live in held:
                self._lanes.settle(live)

    async def _claim(self, live: LiveDraft) -> bool:
        """Hold a draft after what is under way; False if it was reset meanwhile."""
        try:
            return await live.commits.claim()
        finally:
            if live.queue and live.commits.free:  # it was given up: the lane had left it alone
                self._lanes.go_on(live)

    async def _commit_held(self, principal: Principal, parts: list[Joint]) -> bool:
        for part in parts:  # what stands in one draft of an item was found to be the item's
            for other in parts:
                if other.live.item.id == part.live.item.id:
                    found = markers(other.live.kind, other.live.replica.document.value)
                    part.live.guard.learn(set(found.values()))
        for _ in range(TRIES):
            try:
                async with self._database.transaction() as connection:
                    begun = [part.live for part in parts if await self._hold(connection, part.live)]
                    works = [self._decide(principal, part) for part in parts]
                    if len(await commit(connection, [work.group for work in works])) < len(works):
                        raise _Lost
                    for live in begun:
                        await clock.append_event(
                            connection, live.workspace, "draft.begun", item=live.item.id, draft=live.id
                        )
            except _Lost:
                await self._rights.check(principal.workspace.id, [principal])
                continue
            except Problem as problem:
                if problem.code in MOVED:
                    return False
                raise
            for live in begun:
                live.begun()
            for work in works:
                self._lanes.won(work)
            return True
        return False

    async def _hold(self, connection: Connection, live: LiveDraft) -> bool:
        """Hold a draft's row and bring the replica up to it; True if the row was made by this."""
        made = False
        if not live.stands:
            kind = live.kind
            await kinds.keep_shape(connection, live.workspace, kind.shape_id, kind.keyed, kind.text)
            made = await logs.begin(
                connection, live.workspace, live.id, live.item.id, live.facts.purpose, live.facts.owner,
                live.facts.visibility, live.replica.generation, live.replica.mark, live.origin_version, kind.shape_id,
            )  # fmt: skip
        await lock_head(connection, live.workspace, live.id, ROW_WAIT_S)
        if not made:
            await self._drafts.catch_up_committer(live, connection)
            if live.commits.is_reset:
                raise Problem("generation_changed")
        return made

    def _decide(self, principal: Principal, part: Joint) -> Draftwork:
        refused: list[Problem] = []

        def settle(problem: Problem | None) -> None:
            if problem is not None:
                refused.append(problem)

        submission, _ = submission_of(principal, part.live, part.change, part.along, settle)
        work = self._lanes.decide(part.live, [submission])
        if work is None:
            raise refused[0] if refused else Problem("busy")
        return work
