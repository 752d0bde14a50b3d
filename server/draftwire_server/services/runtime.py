"""One worker's services, wired together, and the tasks that keep them going.

`Runtime.running` owns every task: a crash of one cancels all and comes out of the block, so the process ends and is
started anew. Short-lived work of connections (`spawn`) belongs to the same group; a bug in it is logged and costs its
connection only.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from functools import partial
from importlib.metadata import version as installed_version
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.wire.messages import Focus, PresenceEntry
from draftwire_server.bus.bus import Bus
from draftwire_server.bus.names import Names
from draftwire_server.core.access.access import DraftFacts
from draftwire_server.core.access.outward import LOOPBACK
from draftwire_server.core.access.sealing import Box
from draftwire_server.core.kinds.kinds import Kinds
from draftwire_server.core.presence.presence import Mark, without_caret
from draftwire_server.kinds import load_kinds
from draftwire_server.services.access.changes import Changes
from draftwire_server.services.access.identity import Identity, Principal
from draftwire_server.services.access.jwks import Jwks
from draftwire_server.services.access.names import People
from draftwire_server.services.access.paths import Paths
from draftwire_server.services.access.places import Places
from draftwire_server.services.access.rights import Rights
from draftwire_server.services.agents.pace import Pace
from draftwire_server.services.agents.run_followers import RunFollowers
from draftwire_server.services.agents.run_presence import AgentPresence
from draftwire_server.services.agents.run_writes import AgentWrites
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.agents.search import TextSearch
from draftwire_server.services.agents.streams import Streams
from draftwire_server.services.agents.suggestions import Suggestions
from draftwire_server.services.agents.tools import Tools
from draftwire_server.services.agents.undo import RunUndo
from draftwire_server.services.deploys.behind import Behind
from draftwire_server.services.deploys.bulk import BulkDrafts
from draftwire_server.services.deploys.deploy import Deploys
from draftwire_server.services.deploys.diagnoses import Diagnoses
from draftwire_server.services.deploys.jobs import Jobs
from draftwire_server.services.deploys.owners import Owners
from draftwire_server.services.deploys.rebase import Rebases
from draftwire_server.services.deploys.references import References
from draftwire_server.services.deploys.secret_copies import SecretCopies
from draftwire_server.services.deploys.versions import Versions
from draftwire_server.services.events.channels import Channels
from draftwire_server.services.events.delivery import Deliveries
from draftwire_server.services.events.eventlog import EventLog
from draftwire_server.services.events.webhooks import Webhooks
from draftwire_server.services.history.activity import ActivityCount
from draftwire_server.services.history.blame import Blames
from draftwire_server.services.history.past import DraftPast
from draftwire_server.services.history.retention import Retention
from draftwire_server.services.history.states import States
from draftwire_server.services.history.sweep import Keeper
from draftwire_server.services.items.change import ItemChanges
from draftwire_server.services.items.draft_list import DraftList
from draftwire_server.services.items.forks import Forks
from draftwire_server.services.items.items import Items
from draftwire_server.services.items.life import Lives
from draftwire_server.services.items.listing import Listing
from draftwire_server.services.items.secrets import Secrets
from draftwire_server.services.items.surroundings import Around
from draftwire_server.services.items.sync import ItemSync
from draftwire_server.services.kinds.checking import SchemaChecks
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.alerts import AlertSweep
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.lanes import Lanes
from draftwire_server.services.live.names import DraftNames
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.live.run_states import RunStates
from draftwire_server.services.live.seen_buffer import SeenBuffer
from draftwire_server.services.merge.choices import MergeChoices
from draftwire_server.services.merge.difference import Differences
from draftwire_server.services.merge.merge import Merges
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.people.trust import TokenTrust
from draftwire_server.services.people.workspaces import Workspaces
from draftwire_server.services.presence.attendance import Attendance
from draftwire_server.services.presence.connections import Connections
from draftwire_server.services.presence.presence import PresenceService
from draftwire_server.services.presence.registry import SessionRegistry
from draftwire_server.services.sharing.asks import AsksService
from draftwire_server.services.sharing.sharing import SharingService
from draftwire_server.services.transfer.exporting import Exports
from draftwire_server.services.transfer.importing import Imports
from draftwire_server.services.watch import Watch
from draftwire_server.services.worker.company import Company
from draftwire_server.services.worker.outage import Outage
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.services.worker.outward import Outward
from draftwire_server.services.worker.stalls import StallWatch
from draftwire_server.services.worker.under_way import Bodies, EditsUnderWay
from draftwire_server.services.writes.adoption import Adoptions
from draftwire_server.services.writes.alert_resolution import AlertResolutions
from draftwire_server.services.writes.discard import Discards
from draftwire_server.services.writes.joint_commit import JointCommits
from draftwire_server.services.writes.replacement import Replacements
from draftwire_server.services.writes.save import Saves
from draftwire_server.services.writes.stash import Stash, StashRoom
from draftwire_server.services.writes.stash_restore import StashRestores
from draftwire_server.services.writes.write import ExactWrites
from draftwire_server.settings import Settings
from draftwire_server.store import migrate
from draftwire_server.store.agents import runs
from draftwire_server.store.postgres import DATABASE_ERRORS, Database

log = logging.getLogger(__name__)

ACTIVE_AGAIN_S = 5.0  # typing refreshes "editing" so often at the most


class Runtime:
    """See the module."""

    def __init__(self, settings: Settings, kinds: Kinds | None = None) -> None:
        self.settings = settings
        self.version = installed_version("draftwire")
        self.database = Database(settings)
        self.checking = SchemaChecks()
        self.stalls = StallWatch()
        self.edits_under_way, self.bodies = EditsUnderWay(), Bodies()
        self.kinds = KindBook(kinds or load_kinds(settings.kinds_dir), self.database, self.checking)
        self.people = People(self.database)
        self.jwks = Jwks(settings, self.spawn)
        self.names = Names()
        self.company = Company(settings, self.database, self.names)
        self.identity = Identity(settings, self.database, self.people, self.jwks)
        self.places = Places(self.database)
        self.rights = Rights(settings, self.database, self.identity)
        self.bus = Bus(settings, self.names, self._bus_gap)
        self.drafts = Drafts(settings, self.database, self.bus, self.people, self.kinds, self.spawn, self.blind)
        self.run_book = RunStates(self.database, self.bus)
        self.lanes = Lanes(
            settings, self.database, self.drafts, self.people, self.rights, self.run_book, self.spawn
        )  # fmt: skip
        self.events = EventLog(settings, self.database, self.identity)
        self.channels = Channels(self.database, self.bus, self.people, self.kinds, self.events, self.blind)
        self.presence = PresenceService(settings, self.names, self.bus, self.spawn)
        self.connections = Connections(settings, self.bus, self._came, self._left)
        self.opening = Opening(self.database, self.drafts, self.kinds)
        self.attendance = Attendance(
            self.presence, self.connections, self.opening, self.places, self.rights, self.check_run
        )
        self.book = SeenBuffer(self.database)
        room = StashRoom()
        self.stash = Stash(self.database, self.opening, room)
        self.alerts = AlertSweep(settings, self.database, self.bus, self.drafts)
        self.merging = Merges()
        registry = SessionRegistry(self.connections, self.presence)
        self.writing = ExactWrites(self.lanes, Replacements(self.database, self.drafts, self.alerts, room))
        self.saving = Saves(
            self.database, self.drafts, self.opening, self.writing, self.alerts, registry, self.merging, room
        )
        self.comparing = ComparedValues(self.database, self.drafts, self.opening)
        self.states = States(self.database, self.comparing, self.people)
        self.blaming = Blames(self.database, self.states, self.comparing, self.people)
        self.lanes.snapshots.made = self.blaming.keep
        self.retention = Retention(settings, self.database, self.drafts, self.blaming)
        self.keeping = Keeper(self.database, self.retention)
        self.lookback = DraftPast(self.database, self.states, self.people, self.merging)
        self.differing = Differences(self.opening, self.comparing, self.kinds, self.merging)
        self.choosing = MergeChoices(self.merging)
        togethers = JointCommits(self.database, self.drafts, self.lanes, self.rights)
        self.adopting = Adoptions(self.database, self.opening, self.comparing, self.choosing, self.writing, togethers)
        self.restorer = StashRestores(
            self.database, self.drafts, self.opening, self.comparing, self.choosing, self.writing, self.alerts
        )
        self.resolving = AlertResolutions(
            settings, self.database, self.drafts, self.opening, self.people, self.alerts, self.restorer
        )
        self.diagnoses = Diagnoses(self.database, self.drafts, self.checking, self.spawn)
        self.outbox = Outbox(settings, self.database, self.bus)
        self.runs = Runs(settings, self.database, self.people, self.run_book, self.outbox)
        self.suggesting = Suggestions(
            self.database, self.drafts, self.opening, self.people, self.writing, self.runs, self.outbox
        )  # fmt: skip
        self.undoing = RunUndo(self.database, self.drafts, self.opening, self.writing, self.runs)
        self.run_followers = RunFollowers(self.run_book, self.runs, self.spawn)
        self.sharing = SharingService(self.database, self.drafts, self.opening, self.people, self.outbox)
        self.asks = AsksService(self.database, self.bus, self.people, self.sharing, self.outbox, self.connections)
        self.items = Items(self.database, self.kinds, self.channels, self.outbox)
        self.paths = Paths(self.database)
        self.behind = Behind(
            self.database, self.drafts, self.lanes, self.comparing, self.choosing, self.people, self.spawn
        )
        self.references = References(settings, self.database, self.opening, self.kinds)
        self.jobs = Jobs(
            settings, self.database, self.drafts, self.kinds, self.behind, self.outbox, self.references
        )  # fmt: skip
        self.owners = Owners(
            self.database, self.drafts, self.places, self.people, self.behind, self.connections, self.spawn
        )
        self.box = Box(settings.secret_keys)
        self.versions = Versions(
            self.database, self.opening, self.comparing, self.kinds, self.people, self.blaming
        )  # fmt: skip
        self.forks = Forks(
            self.database, self.opening, self.comparing, self.kinds, self.outbox, self.blaming,
            SecretCopies(self.box, self.database),
        )  # fmt: skip
        self.secrets = Secrets(
            self.box, self.database, self.opening, self.kinds, self.people, self.outbox, self.versions
        )  # fmt: skip
        self.deploying = Deploys(
            self.database, self.drafts, self.opening, self.comparing, self.choosing, self.kinds, self.people,
            self.rights, self.outbox, self.blaming, self.jobs, self.checking, self.alerts,
        )  # fmt: skip
        self.changes = Changes(self.database, self.identity, self.outbox, self.rights)
        self.workspaces = Workspaces(self.changes)
        self.trusting = TokenTrust(self.identity, self.jwks, self.changes)
        self.moving = ItemChanges(self.changes)
        self.exporting = Exports(settings, self.database)
        self.importing = Imports(self.database, self.changes, self.kinds, self.checking)
        hosts = (*settings.webhook_hosts, *(LOOPBACK if settings.dev else ()))
        timings = settings.timings
        self.outward = Outward(hosts, connect_s=timings.webhook_connect_s, total_s=timings.webhook_total_s)
        self.delivering = Deliveries(settings, self.database, self.events, self.box, self.outward, self.outbox)
        self.webhooks = Webhooks(self.box, self.changes, self.events, self.outward, self.delivering)
        self.lives = Lives(settings, self.database, self.changes, self.people, self.jobs)
        self.rebasing = Rebases(
            self.database, self.drafts, self.opening, self.comparing, self.choosing, self.writing, self.behind,
            self.merging,
        )  # fmt: skip
        self.discarding = Discards(
            self.database, self.drafts, self.opening, self.comparing, self.choosing, self.writing, self.outbox
        )
        self.many = BulkDrafts(self.database, self.deploying, self.discarding)
        self.draft_list = DraftList(settings, self.database, self.kinds, self.people)
        self.activity_count = ActivityCount(self.database, self.people)
        self.watch = Watch(
            settings, self.database, self.bus, self.drafts, self.rights, self.channels, self.behind, self.events,
            self.owners,
        )  # fmt: skip
        self.syncing = ItemSync(self.database, self.kinds, self.items, self.moving)
        around = Around(self.drafts, self.kinds, self.people, self.channels, self.attendance)
        self.listing = Listing(settings, self.database, self.kinds, self.channels, around)
        self.pace = Pace(settings, self.names)
        writes = AgentWrites(self.lanes, self.people, self.pace)
        shown = AgentPresence(self.attendance, self.run_book, self.spawn)
        self.tools = Tools(
            self.database, self.drafts, self.opening, self.paths, self.runs, writes, shown, self.lookback,
            self.diagnoses, self.suggesting,
        )  # fmt: skip
        self.finding = TextSearch(self.drafts, self.kinds, self.listing, self.runs, self.tools)
        self.streams = Streams(
            self.database, self.drafts, self.opening, self.runs, self.run_book, self.tools, writes, shown, self.spawn
        )
        self.channels.look_now = self.watch.look_now
        self.rights.on_change += [
            self.kinds.refresh, DraftNames(self.drafts, self.people).refresh, self.places.refresh,
            self.drafts.refresh_facts, self.drafts.refresh_kinds,
        ]  # fmt: skip
        self.rights.on_sight.append(self._sees_again)
        self._tasks: asyncio.TaskGroup | None = None
        self._after_gaps: set[asyncio.Task[None]] = set()
        self._last_active: dict[tuple[str, str], float] = {}  # by workspace and sid
        self._departed: dict[tuple[str, str], Any] = {}  # likewise: connections that broke, for the length of the grace
        self._keeping_due = 0.0
        self._ailing: set[str] = set()  # tasks that met an error of Postgres and begin again
        self.leaving = False  # about to drain: no longer ready, and still serving
        self.draining = False

    def blind(self) -> bool:
        """Whether rights could not be asked for too long: nothing may be delivered."""
        return self.rights.blind

    # ---- tasks

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run the worker's tasks for the length of the block. A crashed one cancels the block."""
        checked = await self._check_schema()
        if not checked:
            log.warning("Postgres can't be reached yet: serving, not ready")
        async with asyncio.TaskGroup() as group:
            self._tasks = group
            self.stalls.start()
            running = [
                *(() if checked else (group.create_task(self._check_schema_later(), name="schema"),)),
                group.create_task(self.bus.run(), name="bus"),
                group.create_task(self.presence.run(), name="presence"),
                group.create_task(self.attendance.run(), name="attendance"),
                group.create_task(self.connections.run(), name="pings"),
                *(
                    group.create_task(self._through_outages(name, run), name=name)
                    for name, run in (
                        ("company", self.company.run),
                        ("lanes", self.lanes.run),
                        ("watch", partial(self.watch.run, self._each_look)),
                        ("outbox", self.outbox.run),
                        ("webhooks", self.delivering.run),
                        ("jobs", self.jobs.run),
                        ("sweep", self._sweep),
                    )
                ),
            ]
            await self.connections.listen()
            await self.alerts.listen()
            await self.asks.listen()
            await self.run_book.listen()
            await self.outbox.listen(self._heard_of)
            try:
                yield
            finally:
                for task in (*running, *self._after_gaps):
                    task.cancel()
                self.stalls.stop()
        await self.outward.close()
        await self.jwks.close()
        await self.merging.close()
        await self.checking.close()
        await self.presence.close()
        await self.company.close()
        await self.pace.close()
        await self.database.close()

    async def _through_outages(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a task that asks Postgres, and begin it again after whatever Postgres says; a bug of ours ends it."""
        outage = Outage(log, f"the task of {name} met an error of Postgres")
        while True:
            try:
                self._ailing.discard(name)
                return await run()  # one that ends has no more to do
            except Exception as error:
                if not _is_of_postgres(error):
                    raise
                self._ailing.add(name)
                await asyncio.sleep(outage.failed(error))

    async def _check_schema(self) -> bool:
        """Refuse another schema; False if Postgres is away, which is waited for while serving, not ready."""
        try:
            async with self.database.acquired() as connection:
                await migrate.check(connection, self.settings.schema)
            await self.company.look()
        except Problem:
            return False
        return True

    async def _check_schema_later(self) -> None:
        """As soon as Postgres is there: another schema ends the worker, and what others ask meanwhile only fails."""
        while not await self._check_schema():  # noqa: ASYNC110 - Postgres tells nobody that it is back
            await asyncio.sleep(self.settings.timings.poll_s)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Do a piece of work that nobody waits for, in the worker's task group."""
        if self._tasks is None:
            work.close()
            return
        try:
            self._tasks.create_task(self._guarded(work))
        except RuntimeError:  # the group is closing
            work.close()

    async def _guarded(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except Problem as problem:
            log.info("background work ended: %s", problem)
        except Exception:
            log.exception("background work failed")

    async def _sweep(self) -> None:
        """Once a second: alerts that are over, what was seen, who is idle."""
        while True:
            try:
                await self.book.write()
                await self.identity.write_uses()
                await self.alerts.run_once()
                if self.bus.configured and not self.bus.up:
                    await self.asks.look(self.rights.workspaces)
                self.diagnoses.run_once()
                await self.runs.sweep()
            except Problem as problem:
                if problem.code != "unavailable":
                    raise
            self._mark_idle()
            await self._drop_old_rows()
            await asyncio.sleep(self.settings.timings.alert_sweep_s)

    async def _drop_old_rows(self) -> None:
        """Once an hour: what is older than its rule of keeping says."""
        now = time.monotonic()
        if now < self._keeping_due:
            return
        self._keeping_due = now + 3600
        self.spawn(self.keeping.sweep())

    def _each_look(self, now: float) -> None:
        self.drafts.sweep(now)
        self.streams.sweep()

    async def _heard_of(self, workspace: str) -> None:
        """Another worker wrote events, perhaps because rights moved: look now, not at the next poll."""
        if workspace in self.rights.workspaces or workspace in self.events.workspaces:
            self.watch.look_now()
        self.delivering.look_now()
        await self.channels.hear(workspace)

    def _bus_gap(self) -> None:
        """The bus is back: something may have been missed."""
        self.watch.look_now()
        if self._tasks is not None:
            task = self._tasks.create_task(self._guarded(self.presence.after_gap()), name="after a gap")
            self._after_gaps.add(task)  # it waits for seconds: nothing that a stop has to wait for
            task.add_done_callback(self._after_gaps.discard)

    def _sees_again(self) -> None:
        for connection in self.connections:
            connection.sees_again()
        self.run_followers.sees_again()
        for live in self.drafts:
            if live.state.alerts_unread:
                self.drafts.fetch_alerts(live)

    # ---- presence of connections

    async def focus(self, connection: Any, message: Focus, facts: DraftFacts | None) -> None:
        """A connection says where it is."""
        known = connection.focuses.get(message.item)
        told = facts is not None or message.draft is None  # what is done in a draft is for those who may read it
        entry = PresenceEntry(
            sid=connection.sid,
            actor=connection.principal.info,
            state=message.state,
            since=known.entry.since if known else time.time(),
            draft=message.draft if facts else None,
            at=message.at if facts else None,
            anchor=message.anchor if facts else 0,
            head=message.head if facts else 0,
            seq=message.seq if facts else 0,
            run=connection.run,
            label=connection.run_row.label if connection.run_row else None,
            model=(connection.run_row and connection.run_row.model) or connection.principal.model,
            doing=message.doing if told else None,
            lines=message.lines if facts else None,
        )
        mark = Mark(entry, message.item, connection.attempt, facts)
        connection.focuses[message.item] = mark
        self._last_active[_session(connection)] = time.monotonic()
        await self.presence.enter(connection.principal.workspace.id, message.item, mark)

    def refocus(self, connection: Any, item: str, facts: DraftFacts | None) -> None:
        """Rights or sharing moved: let others judge a session's caret by the draft's facts as they are now."""
        mark = connection.focuses[item]
        if facts is None:
            fresh = msgspec.structs.replace(mark, entry=without_caret(mark.entry), facts=None)
        else:
            fresh = msgspec.structs.replace(mark, facts=facts)
        connection.focuses[item] = fresh
        self.spawn(self.presence.enter(connection.principal.workspace.id, item, fresh))

    def unfocus(self, connection: Any, item: str) -> None:
        """A connection may not be at an item any more."""
        del connection.focuses[item]
        self.presence.leave(connection.principal.workspace.id, item, connection.sid)

    def activity(self, connection: Any, item: str) -> None:
        """A connection typed: it is editing, whatever it said last; sent only if that changes anything."""
        now = time.monotonic()
        before = self._last_active.get(_session(connection), 0.0)
        mark = connection.focuses.get(item)
        if mark is None or (mark.entry.state == "editing" and now - before < ACTIVE_AGAIN_S):
            return
        self._last_active[_session(connection)] = now
        if mark.entry.state != "editing":
            self._restate(connection, item, "editing")

    def _restate(self, connection: Any, item: str, state: Any) -> None:
        mark = connection.focuses[item]
        fresh = msgspec.structs.replace(mark, entry=msgspec.structs.replace(mark.entry, state=state))
        connection.focuses[item] = fresh
        self.spawn(self.presence.enter(connection.principal.workspace.id, item, fresh))

    def _mark_idle(self) -> None:
        over = time.monotonic() - self.settings.timings.idle_s
        for connection in self.connections:
            for item, mark in list(connection.focuses.items()):
                if mark.entry.state != "idle" and self._last_active.get(_session(connection), 0.0) < over:
                    self._restate(connection, item, "idle")

    def _came(self, session: tuple[str, str], connection: Any, replaced: Any) -> None:
        """A session is back, or here for the first time: where it was, it still is."""
        before = self._departed.pop(session, None) or replaced
        if before is not None:
            connection.focuses.update(before.focuses)
            before.focuses.clear()

    def _left(self, connection: Any, clean: bool) -> None:
        """A session's connection is over: gone at once if it said so, else after the grace."""
        if not connection.focuses:
            return
        self._departed[_session(connection)] = connection
        if clean:
            self._leave(connection)
        else:
            asyncio.get_running_loop().call_later(self.settings.timings.leave_grace_s, self._leave, connection)

    def _leave(self, connection: Any) -> None:
        session = _session(connection)
        departed: Any = self._departed.get(session)
        if departed is not connection:
            return  # it is back
        del self._departed[session]
        self._last_active.pop(session, None)
        for item in connection.focuses:
            self.presence.leave(session[0], item, connection.sid)

    # ---- runs

    async def check_run(self, principal: Principal, run: str | None) -> runs.RunRow | None:
        """A session may name a run only if it is its own actor's. Raises `Problem` forbidden."""
        if run is None:
            return None
        async with self.database.acquired() as connection:
            found = await runs.load_run(connection, principal.workspace.id, run)
        if found is None or found.actor != principal.info.id:
            raise Problem("forbidden", "That run belongs to another agent.")
        return found

    # ---- stopping and health

    def leave(self) -> None:
        """Say that it is not ready any more."""
        self.leaving = True

    async def drain(self) -> None:
        """Stop: no new work, tell everybody when to come back, let edits in flight commit."""
        self.draining = True
        self.events.drain()
        self.delivering.drain()
        self.run_book.drain()
        self.connections.say_bye()
        while not self.lanes.idle:  # noqa: ASYNC110 — bounded by the caller's drain_s
            await asyncio.sleep(0.01)
        with contextlib.suppress(Problem):
            await self.book.write()
        self.connections.close_all()

    @property
    def problems(self) -> list[str]:
        """Why this worker is not ready; empty if it is."""
        found = []
        if self.leaving or self.draining:
            found.append("draining")
        if self.watch.problem is not None or not self.lanes.up:
            found.append("postgres")
        if self.blind():
            found.append("rights")  # could not be asked: nothing is delivered
        return found

    @property
    def degraded(self) -> list[str]:
        """What is missing although it serves."""
        redis = ["redis"] if self.bus.configured and not self.bus.up else []
        return [*redis, *sorted(self._ailing)]


def _session(connection: Any) -> tuple[str, str]:
    """Which session a connection is: equal actors have equal sids in two workspaces."""
    return connection.principal.workspace.id, connection.sid


def _is_of_postgres(error: BaseException) -> bool:
    """Whether an error, or all of a group, is what Postgres says or its being away."""
    if isinstance(error, BaseExceptionGroup):
        return all(_is_of_postgres(each) for each in error.exceptions)
    return isinstance(error, DATABASE_ERRORS) or (isinstance(error, Problem) and error.code == "unavailable")
