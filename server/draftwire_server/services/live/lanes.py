"""Commit lanes: what queued while a statement was in flight goes in the next one. No timer, no window.

A draft belongs to one lane; a lane is one connection and one task. Edits are decided right before their statement,
against the newest prefix, so a draft has at most one plan in flight. A plan that lost the race is dropped: the log is
read on and its edits are decided again. If a connection breaks in a statement the outcome is unknown: nobody is told
anything, the lane reads the logs of the drafts concerned first, and the dedupe of the second decision finds what was
committed.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import asyncpg

from draftwire.document.document import Document
from draftwire.document.ops import Effect
from draftwire.errors import Problem
from draftwire.wire.messages import WriterInfo
from draftwire_server.core.edits.plan import Duplicate, Guard, NeedsOlder, NeedsSecrets, Plan
from draftwire_server.core.edits.replica import BrokenReplica
from draftwire_server.limits.tuning import AGENTS_DECIDED_S
from draftwire_server.services.access.names import People
from draftwire_server.services.access.rights import Rights
from draftwire_server.services.live.beginning import begin
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.draftwork import Draftwork, work_of
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.edit_queue import QueuedEdit
from draftwire_server.services.live.run_states import RunStates
from draftwire_server.services.live.snapshots import Snapshots
from draftwire_server.services.worker.outage import Outage
from draftwire_server.settings import Settings
from draftwire_server.store.items import secrets
from draftwire_server.store.live import logs
from draftwire_server.store.live.commit import commit, lock_head
from draftwire_server.store.postgres import AWAY, DATABASE_ERRORS, LANES, Connection, Database, connect
from draftwire_server.store.quiet import told

log = logging.getLogger(__name__)

HEAVY_AT_ONCE = 2  # threads: more would only take the interpreter from each other, and from the event loop
HEAVY_AGAIN_S = 1.0  # between two tries while Postgres is away
HEAVY_S = 5.0  # of a thread's time; the worst edit within the limits takes 2 s
DRAFTS_PER_STATEMENT = 200
LOSSES_BEFORE_LOCK = 3  # a lost race costs one statement; the lock makes everybody else lose meanwhile
WINNER_TELLS_S = 0.002  # the winner's message is on its way when we learn that we lost


class Lanes:
    """The worker's lanes; `submit` is the only way into the log."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        drafts: Drafts,
        people: People,
        rights: Rights,
        runs: RunStates,
        spawn: Callable[..., Any],
    ) -> None:
        self._settings = settings
        self._database = database
        self._drafts = drafts
        self._people = people
        self._rights = rights
        self._runs = runs
        self.spawn = spawn
        self._lanes = [Lane(self, settings) for _ in range(LANES)]
        self._threads = ThreadPoolExecutor(HEAVY_AT_ONCE, "heavy")
        self._heavy = Outage(log, "an edit of much work can't be committed")
        self.snapshots = Snapshots(database, spawn)

    async def run(self) -> None:
        """Work until cancelled."""
        try:
            async with asyncio.TaskGroup() as group:
                for lane in self._lanes:
                    group.create_task(lane.run())
        finally:
            self._threads.shutdown(wait=False, cancel_futures=True)

    @property
    def up(self) -> bool:
        """Whether every lane has its connection, and what was to be committed was."""
        return not self._heavy.under_way and all(lane.up for lane in self._lanes)

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is in flight."""
        return not any(live.queue or live.commits.under_way for live in self._drafts)

    def submit(self, live: LiveDraft, submission: QueuedEdit) -> None:
        """Put an edit on its way. It belongs to the lane now: a closing socket cancels nothing."""
        if live.commits.is_reset:
            submission.refused(_why_reset(live))
            return
        live.queue.add(submission)
        self.go_on(live)

    def go_on(self, live: LiveDraft) -> None:
        """Let what waits in a draft go to its lane; if nobody has begun the draft, its row is made first."""
        if live.stands:
            self.ready(live)
        elif not live.commits.under_way:  # else: whoever is at it goes on at the end
            live.commits.begin()
            self.spawn(self._begin(live))

    def resubmit(self, live: LiveDraft, submissions: list[QueuedEdit]) -> None:
        """Put edits back in front: they are decided again; refused if the log is another one by now."""
        if live.commits.is_reset:
            for submission in submissions:
                submission.refused(_why_reset(live))
        else:
            live.queue.put_back(submissions)

    def settle(self, live: LiveDraft) -> None:
        """End what holds a draft, if anything does; what waits goes on."""
        if live.commits.under_way:
            live.commits.settle()
        if live.queue:
            self.go_on(live)

    def ready(self, live: LiveDraft) -> None:
        """Let the draft's lane look at it."""
        self._lanes[hash(live.id) % LANES].ready(live)

    # ---- before a statement

    def decide(self, live: LiveDraft, submissions: list[QueuedEdit] | None = None) -> Draftwork | None:
        """Decide what waits, or these; answers refusals at once, sends what needs a look into the store on its way."""
        plan = Plan(live.replica, live.guard)
        placed: list[QueuedEdit] = []
        queued = submissions is None
        if submissions is None:
            submissions = live.queue.take_due(time.monotonic())
        agents_until: float | None = None  # the first of theirs is decided in any case
        for index, submission in enumerate(submissions):
            if queued and submission.author.is_agent:
                now = time.monotonic()
                if agents_until is not None and now > agents_until:
                    live.queue.put_back(submissions[index:])
                    break
                agents_until = agents_until or now + AGENTS_DECIDED_S
            try:
                may = self._may(live, submission)
                outcome = plan.decide(submission.edit, submission.author, may, time.time(), submission.rule)
            except Exception as error:
                self._undecided(live, submission, error)
            else:
                if isinstance(outcome, Duplicate):
                    self._answer_duplicate(live, submission, outcome)
                else:
                    placed.append(submission)
        self._look_again_for_agents(live)
        if not placed:
            return None
        return work_of(live, plan, placed, self._people)

    def _undecided(self, live: LiveDraft, submission: QueuedEdit, error: Exception) -> None:
        """Answer an edit that was refused; send for what the deciding lacked."""
        if isinstance(error, NeedsOlder):
            self.spawn(self._bring_older(live, submission, error.after))
        elif isinstance(error, NeedsSecrets):
            self.spawn(self._bring_secrets(live, submission, error.marked))
        elif isinstance(error, Problem):
            submission.refused(error)
        else:
            log.error("draft %s: an edit could not be decided", live.id, exc_info=error)
            submission.refused(Problem("internal"))

    # ---- edits that would hold up the event loop

    async def commit_heavy(self, live: LiveDraft, submission: QueuedEdit) -> None:
        """Decide one edit in a thread and commit it by itself; the draft is held as committing meanwhile."""
        try:
            work = await self.decide_heavy(live, submission)
            if work is not None:
                async with self._database.transaction() as connection:
                    won = await commit(connection, [work.group])
                self._heavy.over()
                if won:
                    self.won(work)
                else:
                    self.lost(work)
                return
            self._heavy.over()  # nothing of it waits any more
        except Problem as problem:  # the outcome is unknown: the dedupe of the next decision finds it
            self._heavy.failed(problem.__cause__ or problem)
            live.commits.lose_track()
            self.resubmit(live, [submission])
            await asyncio.sleep(HEAVY_AGAIN_S)
            with contextlib.suppress(Problem):
                await self._drafts.catch_up_committer(live)
        except Exception:
            log.exception("draft %s: Postgres refused a commit", live.id)
            self._heavy.over()
            submission.refused(Problem("internal"))
        self.settle(live)

    async def decide_heavy(self, live: LiveDraft, submission: QueuedEdit) -> Draftwork | None:
        """Decide an edit in a thread; refusals are answered, what needs the store is sent on its way."""
        plan = Plan(live.replica.fork(), _Timed(live.guard))
        decide = partial(plan.decide, submission.edit, submission.author, self._may(live, submission), time.time())
        loop = asyncio.get_running_loop()
        try:
            outcome = await loop.run_in_executor(self._threads, decide, submission.rule)
        except Exception as error:
            self._undecided(live, submission, error)
        else:
            if not isinstance(outcome, Duplicate):
                return work_of(live, plan, [submission], self._people)
            self._answer_duplicate(live, submission, outcome)
        return None

    def _look_again_for_agents(self, live: LiveDraft) -> None:
        """Batches of agents that may not go yet are looked at when they may."""
        wait_s = live.queue.arm_agents(time.monotonic())
        if wait_s is None:
            return

        def look() -> None:
            live.queue.disarm_agents()
            self.ready(live)

        asyncio.get_running_loop().call_later(wait_s, look)

    def _may(self, live: LiveDraft, submission: QueuedEdit) -> str:
        """ "type", or the code with which an edit is refused: by rights, or because its run does not go on."""
        may = submission.may(live)
        run, stream = submission.author.going_run, submission.author.stream
        if may == "type" and run is not None:
            may = self._runs.refusal(live.workspace, run) or may
        if may == "type" and stream is not None:
            may = self._runs.stream_refusal(live.workspace, stream) or may
        return may

    def _answer_duplicate(self, live: LiveDraft, submission: QueuedEdit, found: Duplicate) -> None:
        if found.seq is not None:
            submission.committed(live, found.seq)
        else:
            self.spawn(self._look_up(live, submission, found.w))

    async def _look_up(self, live: LiveDraft, submission: QueuedEdit, w: int) -> None:
        edit = submission.edit
        try:
            async with self._database.acquired() as connection:
                found = await logs.find_batch(connection, live.workspace, live.id, w, edit.no)
        except Problem as problem:
            submission.refused(problem)
            return
        if found is None:
            submission.refused(Problem("op_no_reused", "That batch number is older than the stored log."))
        elif found[2] != edit.key:
            submission.refused(Problem("op_no_reused"))
        else:
            submission.committed(live, found[1])

    async def _bring_older(self, live: LiveDraft, submission: QueuedEdit, after: int) -> None:
        try:
            await self._drafts.history.read_older(live, after)
        except Problem as problem:
            submission.refused(problem)
            return
        self.resubmit(live, [submission])
        self.go_on(live)

    async def _bring_secrets(self, live: LiveDraft, submission: QueuedEdit, marked: dict[str, str]) -> None:
        if await self._knows(live, submission, marked):
            self.resubmit(live, [submission])
            self.go_on(live)

    async def _knows(self, live: LiveDraft, submission: QueuedEdit, marked: dict[str, str]) -> bool:
        """Look up whether markers name secrets of the item; those that do stay known. If one does not: refused."""
        try:
            async with self._database.acquired() as connection:
                found = await secrets.known_secrets(
                    connection, live.workspace, live.item.id, sorted(set(marked.values()))
                )
        except Problem as problem:
            submission.refused(problem)
            return False
        live.guard.learn(found)
        foreign = [at for at, secret in marked.items() if secret not in found]
        if foreign:
            submission.refused(Problem("unknown_secret", detail={"at": foreign}))
        return not foreign

    async def _refuse_first(self, live: LiveDraft) -> bool:
        """Answer the edits that would be refused anyway: they must not begin a draft. True if one is left."""
        left, waiting = [], live.queue.take_all()
        loop = asyncio.get_running_loop()
        while waiting:
            submission = waiting.pop(0)
            plan = Plan(live.replica.fork(), _Timed(live.guard))
            decide = partial(plan.decide, submission.edit, submission.author, self._may(live, submission), time.time())
            try:
                if live.queue.weighs(submission):
                    await loop.run_in_executor(self._threads, decide, submission.rule)
                else:
                    decide(submission.rule)
            except NeedsOlder:
                submission.refused(Problem("base_expired"))
            except NeedsSecrets as needed:
                if await self._knows(live, submission, needed.marked):
                    waiting.insert(0, submission)
            except Problem as problem:
                submission.refused(problem)
            else:
                left.append(submission)
        self.resubmit(live, left)
        return bool(left)

    async def _begin(self, live: LiveDraft) -> None:
        """Make the row of a draft that nobody had begun; two workers at once make the same one."""
        try:
            # Rights and the kind's mode as they are now: a row would let later edits pass that may not begin a draft.
            await self._rights.check(live.workspace, [each.principal for each in live.queue.each()])
            if not await self._refuse_first(live):
                return
            async with self._database.transaction() as connection:
                begun = await begin(connection, live)
            live.begun()
            if not begun:
                await self._drafts.catch_up_committer(live)
        except Problem as problem:
            for submission in live.queue.take_all():
                submission.refused(problem)
        except Exception:
            log.exception("draft %s: it could not be begun", live.id)
            for submission in live.queue.take_all():
                submission.refused(Problem("internal"))
        finally:
            self.settle(live)

    # ---- after a statement

    def won(self, work: Draftwork) -> None:
        """A draft's part is committed: extend the replica, tell everybody."""
        live, plan = work.live, work.plan
        replica = live.replica
        mark_before = replica.mark
        joined = []
        for writer in plan.writers:
            replica.join(writer)
            info = WriterInfo(
                w=writer.w,
                actor=self._people.known(live.workspace, writer.actor),
                sid=writer.sid,
                run=writer.run,
            )
            live.state.take_writer(info)
            joined.append(info)
        entries = [decided.entry for decided in plan.decided]
        for entry, document in zip(entries, plan.documents, strict=True):
            replica.extend(entry, document)
        work.caused.take_effect(live)
        self._drafts.committed(live, mark_before, entries, work.caused.on_wire, joined)
        if work.group.base_version is not None:
            live.state.moved_onto(work.group.base_version)
        live.commits.won()
        for submission, entry in zip(work.submissions, entries, strict=True):
            submission.committed(live, entry.seq)
        self.snapshots.after_commit(live)
        if live.queue:
            self.ready(live)

    def lost(self, work: Draftwork) -> None:
        """The head or the rights moved, or somebody held the row: read on and decide again."""
        work.live.commits.lose()
        with self._database.ahead():  # the draft's edits wait for it, here and for what it tells
            self.spawn(self._try_again(work.live, work.submissions))

    async def _try_again(self, live: LiveDraft, submissions: list[QueuedEdit]) -> None:
        try:
            for submission in submissions:
                submission.losses += 1
            await self._take_in_what_won(live, submissions)
        except Problem as problem:
            for submission in submissions:
                submission.refused(problem)
        except Exception:
            log.exception("draft %s: edits that lost the race could not be decided again", live.id)
            for submission in submissions:
                submission.refused(Problem("internal"))
        else:
            self.resubmit(live, submissions)  # from here on they are in line, and get their answer from there
            if not live.commits.is_reset and max(submission.losses for submission in submissions) >= LOSSES_BEFORE_LOCK:
                await self._commit_locked(live)
        finally:
            self.settle(live)

    async def _take_in_what_won(self, live: LiveDraft, submissions: list[QueuedEdit]) -> None:
        """Whoever won has most often told already; else the log is read, which tells of changed rights too."""
        if self._drafts.hear_early(live):
            return
        await asyncio.sleep(WINNER_TELLS_S)
        if self._drafts.hear_early(live):
            return
        authors = [submission.author for submission in submissions]
        runs = {run for author in authors if (run := author.going_run) is not None}
        if runs:
            streams = {author.stream for author in authors if author.stream is not None}
            await self._runs.look(live.workspace, runs, streams)
        acl_rev = await self._drafts.catch_up_committer(live)
        principals = [submission.principal for submission in submissions]
        if acl_rev is not None and any(principal.acl_rev != acl_rev for principal in principals):
            await self._rights.check(live.workspace, principals)

    async def _commit_locked(self, live: LiveDraft) -> None:
        """Commit under the draft's row lock, so that a contended draft gets on."""
        work: Draftwork | None = None
        try:
            async with self._database.transaction() as connection:
                await lock_head(connection, live.workspace, live.id, self._settings.timings.row_lock_timeout_s)
                await self._drafts.catch_up_committer(live, connection)
                live.queue.let_agents_go()  # it is for what has lost, whoever wrote it
                heavy = live.queue.take_heavy()
                work = self.decide(live) if heavy is None else await self.decide_heavy(live, heavy)
                if work is not None and live.commits.is_reset:  # while it was decided in a thread
                    self.resubmit(live, work.submissions)
                    work = None
                elif work is not None:
                    live.commits.commit()
                    if not await commit(connection, [work.group]):
                        live.commits.lose()
                        self.resubmit(live, work.submissions)
                        work = None
        except Problem:
            if work is not None:  # the outcome is unknown: the dedupe of the next decision finds it
                live.commits.lose_track()
                self.resubmit(live, work.submissions)
                work = None
            with contextlib.suppress(Problem):  # the lane meets that with its next statement
                await self._drafts.catch_up_committer(live)
        except Exception:
            log.exception("draft %s: Postgres refused a commit under the lock", live.id)
            if work is not None:
                for submission in work.submissions:
                    submission.refused(Problem("internal"))
                work = None
        if work is not None:
            self.won(work)


class Lane:
    """One connection and what waits for it."""

    def __init__(self, lanes: Lanes, settings: Settings) -> None:
        self._lanes = lanes
        self._settings = settings
        self._ready: dict[LiveDraft, None] = {}
        self._wake = asyncio.Event()
        self._connection: Any = None
        self._outage = Outage(log, "a lane can't commit")

    @property
    def up(self) -> bool:
        """Whether the lane has a connection, and committed when it tried last."""
        return self._connected_now and not self._outage.under_way

    @property
    def _connected_now(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    def ready(self, live: LiveDraft) -> None:
        """A draft has edits waiting."""
        self._ready[live] = None
        self._wake.set()

    async def run(self) -> None:
        """Commit what is ready, one statement after the other, until cancelled."""
        unsure: list[Draftwork] = []
        try:
            while True:
                connection = await self._connected()
                if unsure and not await self._read_logs(connection, unsure):
                    continue
                unsure = []
                await self._wake.wait()
                works = self._take()
                if works:
                    unsure = await self._commit(connection, works)
                elif not self._ready:
                    self._outage.over()  # what waited was refused: nothing is left that would tell
        finally:
            if self._connection is not None:
                self._connection.terminate()

    def _take(self) -> list[Draftwork]:
        works = []
        for live in list(self._ready)[:DRAFTS_PER_STATEMENT]:
            del self._ready[live]
            if not live.commits.free:
                continue  # whoever is at it, or is next, looks again at the end
            heavy = live.queue.take_heavy()
            if heavy is not None:
                live.commits.commit()
                self._lanes.spawn(self._lanes.commit_heavy(live, heavy))
                continue
            work = self._lanes.decide(live)
            if work is not None:
                live.commits.commit()
                works.append(work)
            elif live.queue.heavy_waits:
                self._ready[live] = None
        if not self._ready:
            self._wake.clear()
        return works

    async def _commit(self, connection: Connection, works: list[Draftwork]) -> list[Draftwork]:
        try:
            won = await commit(connection, [work.group for work in works])
        except AWAY as error:
            self._drop()
            for work in works:
                work.live.commits.lose_track()
            await asyncio.sleep(self._outage.failed(error))
            return works
        except asyncpg.PostgresError as error:
            return await self._isolate(connection, works, error)
        self._outage.over()
        for work in works:
            if (work.live.workspace, work.live.id) in won:
                self._lanes.won(work)
            else:
                self._lanes.lost(work)
        return []

    async def _isolate(
        self, connection: Connection, works: list[Draftwork], error: asyncpg.PostgresError
    ) -> list[Draftwork]:
        """Postgres refused a statement, whole: find the draft whose part it was, so that the others go on."""
        if len(works) > 1:
            unsure: list[Draftwork] = []
            for work in works:
                if unsure:  # the connection is gone: it was not tried
                    work.live.commits.lose_track()
                    unsure.append(work)
                else:
                    unsure += await self._commit(connection, [work])
            return unsure
        live = works[0].live
        log.error("draft %s: Postgres refused a commit: %s", live.id, told(error))
        for submission in works[0].submissions:
            submission.refused(Problem("internal"))
        self._lanes.settle(live)
        return []

    async def _read_logs(self, connection: Connection, unsure: list[Draftwork]) -> bool:
        """After an unknown outcome: see what is in the logs, then decide everything again; dedupe does the rest."""
        while unsure:
            work = unsure[-1]
            try:
                await self._lanes._drafts.catch_up_committer(work.live, connection)
            except (Problem, *DATABASE_ERRORS) as error:
                self._drop()
                await asyncio.sleep(self._outage.failed(error))
                return False
            except BrokenReplica:
                log.exception("draft %s", work.live.id)
            unsure.pop()
            self._lanes.resubmit(work.live, work.submissions)
            self._lanes.settle(work.live)
        return True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    async def _connected(self) -> Connection:
        outage = Outage(log, "a lane can't reach Postgres")
        while not self._connected_now:
            self._drop()
            try:
                self._connection = await connect(self._settings)
                self._connection.add_termination_listener(lambda _: self._wake.set())  # also an idle lane comes back
            except asyncpg.PostgresError as error:
                await asyncio.sleep(outage.failed(error))
            except AWAY as error:
                await asyncio.sleep(outage.failed(error))
        outage.over()
        connection: Connection = self._connection
        return connection


class _Timed:
    """A guard that also stops a thread whose edit takes too long. It counts the thread's own time."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._began: float | None = None

    def __call__(self, document: Document, effect: Effect) -> None:
        now = time.thread_time()
        self._began = self._began or now
        if now - self._began > HEAVY_S:
            raise Problem("too_much_work", "The ops take too long to process. Send fewer at once.")
        self._guard(document, effect)


def _why_reset(live: LiveDraft) -> Problem:
    """The refusal of an edit for a copy of a log that is no more: its author opens the draft again."""
    return Problem("rewound" if live.commits.reset_reason == "rewound" else "generation_changed")
