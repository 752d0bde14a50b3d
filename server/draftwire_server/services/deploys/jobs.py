"""What a deploy or a delete leaves to be done for the drafts of an item, in small steps, by whichever worker gets to
it; and for those who ask what uses an item (`services/deploys/references.py`).

``follow``: drafts without changes of their own go onto the head, also those that nobody has open. ``keep``: the
owners of drafts of a deleted item get their texts, in the stash. The job was written with what made it necessary, so
a worker that dies loses none; the next one claims it when the lease is over. So it does where a text could not be read:
the others' come first, and it is tried again for as long as the item can be brought back.
"""

import asyncio
import contextlib
import logging
from typing import Final

from draftwire.errors import Problem
from draftwire_server.core.ids import ActorId, new_id, public_session_id
from draftwire_server.core.stored import stored_value
from draftwire_server.services.deploys.behind import Behind
from draftwire_server.services.deploys.references import References
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.loading import value_of
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.settings import Settings
from draftwire_server.store.access import members
from draftwire_server.store.deploys import jobs
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.live import alerts, logs
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

DRAFTS_PER_STEP: Final = 20  # a step is over long before its lease
STEPS_PER_TURN: Final = 50  # of one worker, before it asks which other workspaces wait
KEPT: Final = "draft.kept"  # the event: a deleted item's draft is in its owner's stash
REASON: Final = "item_deleted"


class Jobs:
    """See the module."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        drafts: Drafts,
        kinds: KindBook,
        behind: Behind,
        outbox: Outbox,
        references: References,
    ) -> None:
        self._timings = settings.timings
        self._database = database
        self._drafts = drafts
        self._kinds = kinds
        self._behind = behind
        self._outbox = outbox
        self._references = references
        self._now = asyncio.Event()

    def look_now(self) -> None:
        """Something was left to be done: don't wait for the next turn."""
        self._now.set()

    async def run(self) -> None:
        """Work until cancelled; an outage is waited out."""
        while True:
            try:
                await self._turn()
                await self._references.turn()
            except Problem as problem:
                if problem.code != "unavailable":
                    raise
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._timings.job_sweep_s):
                    await self._now.wait()
            self._now.clear()

    async def _turn(self) -> None:
        async with self._database.acquired() as connection:
            waiting = await jobs.due_in(connection)
        for workspace in waiting:
            for _ in range(STEPS_PER_TURN):
                async with self._database.acquired() as connection:
                    job = await jobs.claim(connection, workspace, self._timings.job_lease_s)
                if job is None:
                    break
                await self._step(job)

    async def _step(self, job: jobs.JobRow) -> None:
        """Look at the next drafts. Raises `Problem` unavailable; then the job is claimed again when its lease is
        over.
        """
        listed = jobs.drafts_behind if job.kind == "follow" else jobs.drafts_unkept
        async with self._database.acquired() as connection:
            drafts = await listed(connection, job.workspace, job.item, job.after, DRAFTS_PER_STEP)
        for draft in drafts:
            try:
                if job.kind == "follow":
                    await self._follow(job.workspace, draft)
                else:
                    await self._keep(job.workspace, job.item, draft)
            except Problem as problem:
                if problem.code == "unavailable":
                    raise
                log.info("draft %s: %s left as it is: %s", draft, job.kind, problem)
            except Exception:  # one draft that can't be read must not keep the others from what is theirs
                log.exception("draft %s: %s failed", draft, job.kind)
        async with self._database.acquired() as connection:
            if len(drafts) == DRAFTS_PER_STEP:
                await jobs.go_on(connection, job, drafts[-1])
            elif job.kind == "keep" and await jobs.drafts_unkept(connection, job.workspace, job.item, "", 1):
                await jobs.leave(connection, job)
            else:
                await jobs.done(connection, job)

    async def _follow(self, workspace: str, draft: str) -> None:
        await self._behind.follow(await self._drafts.opened(workspace, draft))

    async def _keep(self, workspace: str, item: str, draft: str) -> None:
        """Put a draft's text, which nobody changes any more, where its owner can read it."""
        async with self._database.acquired() as connection:
            loaded = await logs.load(connection, workspace, draft)
            kind = await items.load_kind(connection, workspace, item)
        if loaded is None or kind is None or loaded.draft.owner is None:
            return
        value = await asyncio.to_thread(value_of, loaded, await self._kinds.load(workspace, kind))
        row, owner = loaded.draft, loaded.draft.owner
        text = {"at": "", "mine": stored_value(value)}
        async with self._database.transaction() as connection:
            entry = new_id()
            if not await jobs.note_kept(connection, workspace, draft, entry):
                return  # another worker was first, or the item is back
            actor = await members.ensure_actor(connection, workspace, "user", owner)
            await alerts.add_stash(
                connection, workspace, entry=entry, user=owner, actor=actor, item=item, draft=draft,
                generation=row.generation, base_seq=row.head_seq, reason=REASON,
                sid=public_session_id(ActorId(actor), draft), texts=[text],
            )  # fmt: skip
            await clock.append_event(connection, workspace, KEPT, item=item, draft=draft)
        self._outbox.tell(workspace)
