"""Runs as agents and people use them: begin, look, tell, pause, stop, end; and the lease of an agent that went silent.

Who may stop a run: the person for whom it works, whoever may type in a draft that it has written in, and admins. An
agent ends its own. What a run has written stays, whatever becomes of the run.
"""

import asyncio
import contextlib
import time
from typing import Any, Final, cast

import msgspec

from draftwire.errors import Problem
from draftwire.rest.runs import (
    NewRun,
    Run,
    RunDraft,
    RunEventPage,
    RunEventQuery,
    RunMode,
    RunNoted,
    RunPage,
    RunQuery,
    RunStream,
)
from draftwire.wire.event_types import EventType
from draftwire.wire.messages import RunEvent
from draftwire_server.core import cursor
from draftwire_server.core.access.access import Resource, administers, sees_around
from draftwire_server.limits.contract import EVENTS_PER_RUN, RUNS_PER_ACTOR
from draftwire_server.limits.pages import RUN_EVENTS, RUNS_PER_PAGE, RUNS_SCANNED
from draftwire_server.limits.retention import RUN_LEASE_S
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.access.paging import page_of
from draftwire_server.services.events.channels import draft_facts
from draftwire_server.services.live.run_states import Heard, RunStates
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.settings import Settings
from draftwire_server.store.agents import runs, streams
from draftwire_server.store.agents.runs import OVER, RunRow, RunState
from draftwire_server.store.agents.streams import StreamRow
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.writes import idempotency

LOOK_AGAIN_S: Final = 1.0  # a waiting agent asks Postgres so often while no message may have come
TOUCH_S: Final = 10.0  # an agent that is busy is written down so often at the most


class Before(msgspec.Struct, frozen=True, array_like=True):
    """Where a page of runs ended."""

    run: str


class Writes(msgspec.Struct, frozen=True):
    """A draft that a run has written in, and where it lies."""

    run: str
    draft: str
    place: Resource


class _Begun(msgspec.Struct, frozen=True):
    """What is kept of a run that was begun with a key: the rest of its answer is read anew."""

    run: str


class _Lost(Exception):
    """Another request with the same key was faster."""


class Runs:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, people: People, book: RunStates, outbox: Outbox) -> None:
        self._key = settings.resume_key.encode()
        self._wait_s = settings.timings.events_wait_s
        self._database = database
        self._people = people
        self._book = book
        self._outbox = outbox
        self._touched: dict[tuple[str, str], float] = {}

    # ---- beginning

    async def begin(self, principal: Principal, new: NewRun, once: Once) -> Run:
        """Begin a run of the agent who asks; a retry gives the same run, as it is now.

        Raises:
            Problem: forbidden, not_found, too_many.
        """
        if not principal.is_agent:
            raise Problem(
                "forbidden", "Only agents can begin a run. Use an agent's token, or name the agent in Draftwire-Agent."
            )
        while True:
            begun = await once.replayed(self._database, principal)
            if begun is not None:
                return await self.load(principal, msgspec.json.decode(begun.body, type=_Begun).run)
            with contextlib.suppress(_Lost):
                return await self._begin(principal, new, once)

    async def _begin(self, principal: Principal, new: NewRun, once: Once) -> Run:
        workspace = principal.workspace.id
        mode: RunMode = "suggest" if principal.access.mode == "suggest" else new.mode
        async with self._database.transaction() as connection:
            item: str | None = None
            if new.item is not None:
                row = await items.load_item(connection, workspace, new.item)
                if row is None or not principal.may("see_item", row.place):
                    raise Problem("not_found")
                item = row.id
            alive = await runs.count_alive(connection, workspace, principal.info.id)
            if alive >= RUNS_PER_ACTOR:
                raise Problem("too_many", f"An agent can have at most {RUNS_PER_ACTOR} active runs. End one first.")
            run = await runs.begin_run(
                connection, workspace, principal.info.id, new.label, new.model or principal.model, mode
            )
            found = await runs.load_run(connection, workspace, run)
            if not await once.keep(connection, principal, once.answer(_Begun(run), status=201)):
                raise _Lost
            await clock.append_event(
                connection, workspace, "run.began", actor=principal.info.id, item=item, data={"run": run}
            )  # fmt: skip
        assert found is not None
        self._outbox.tell(workspace)
        return (await self._told(principal, [found]))[0]

    async def begun(self, principal: Principal, key: str) -> str | None:
        """The run that the agent has begun with a key, within a day."""
        async with self._database.acquired() as connection:
            found = await idempotency.find_answer(connection, principal.workspace.id, principal.info.id, key)
        return None if found is None else msgspec.json.decode(found.body, type=_Begun).run

    # ---- the agent's own

    async def own(self, principal: Principal, run: str) -> RunRow:
        """The agent's own run, which goes on; it is heard of with this. Raises `Problem` not_found, run_stopped, …"""
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            found = await runs.load_run(connection, workspace, run)
            if found is None or found.actor != principal.info.id:
                raise Problem("not_found", "You have no such run.")
            if found.state not in OVER and (found.state == "lost" or self.due(workspace, run)):
                state = await runs.touch_run(connection, workspace, run)
                found = msgspec.structs.replace(found, state=state or "stopped")
        self._book.learn(workspace, run, found.state)
        refusal = self._book.refusal(workspace, run)
        if refusal is not None:
            raise Problem(refusal)
        return found

    async def readable(self, principal: Principal, run: str) -> RunRow:
        """The agent's own run, for reading: also one that is paused. Raises `Problem` not_found, run_stopped, …"""
        try:
            return await self.own(principal, run)
        except Problem as problem:
            if problem.code != "run_paused":
                raise
        async with self._database.acquired() as connection:
            found = await runs.load_run(connection, principal.workspace.id, run)
        assert found is not None
        return found

    def due(self, workspace: str, run: str) -> bool:
        """Whether it is time to write down that a run's agent was heard of; who asks then does it."""
        now = time.monotonic()
        if now - self._touched.get((workspace, run), float("-inf")) < TOUCH_S:
            return False
        if len(self._touched) > RUNS_SCANNED:
            self._touched.clear()
        self._touched[(workspace, run)] = now
        return True

    async def heard_of(self, workspace: str, run: str) -> None:
        """Write down that a run's agent did something, when that is `due`. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            await runs.touch_run(connection, workspace, run)

    # ---- reading

    async def load(self, principal: Principal, run: str) -> Run:
        """One run. Raises `Problem` not_found."""
        return (await self._told(principal, [await self._seen(principal, run)]))[0]

    async def seen(self, principal: Principal, run: str) -> RunRow:
        """A run that the asker may know of, as it is stored. Raises `Problem` not_found."""
        return await self._seen(principal, run)

    async def page(self, principal: Principal, query: RunQuery) -> RunPage:
        """Runs that the asker may know of, the latest first. Raises `Problem` not_found (of ``item``), bad_cursor."""
        workspace = principal.workspace.id
        plain = msgspec.structs.replace(query, before=None, limit=1)
        scope = msgspec.json.encode(("runs", workspace, principal.access.user, plain))
        before = cursor.unseal(self._key, scope, query.before, Before) if query.before else None
        item = None
        async with self._database.acquired() as connection:
            if query.item is not None:
                wanted = await items.load_item(connection, workspace, query.item)
                if wanted is None or not principal.may("see_item", wanted.place):
                    raise Problem("not_found")
                item = wanted.id
        user = principal.access.user if query.mine else None

        async def read(behind: Before | None, most: int) -> tuple[list[RunRow], list[RunRow]]:
            async with self._database.acquired() as connection:
                rows = await runs.list_runs(
                    connection, workspace, states=query.state or None, user=user, item=item,
                    before=None if behind is None else behind.run, limit=most,
                )  # fmt: skip
                seen = await self._visible(connection, principal, rows)
            return rows, [row for row in rows if row.id in seen]

        shown, next_ = await page_of(read, lambda row: Before(row.id), before, min(query.limit, RUNS_PER_PAGE))
        sealed = None if next_ is None else cursor.seal(self._key, scope, next_)
        return RunPage(tuple(await self._told(principal, shown)), sealed)

    async def events(self, principal: Principal, run: str, query: RunEventQuery) -> RunEventPage:
        """What happened to a run; an empty answer waits. Raises `Problem` not_found."""
        workspace = principal.workspace.id
        found = await self._seen(principal, run)
        until = time.monotonic() + min(query.wait_s, self._wait_s, max(0.0, principal.expires_at - time.time()))
        with self._book.waiting(workspace, run) as news:
            while True:
                async with self._database.acquired() as connection:
                    rows = await runs.read_run_events(
                        connection, workspace, run, query.after, min(query.limit, RUN_EVENTS)
                    )
                left_s = until - time.monotonic()
                if rows or left_s <= 0 or self._book.draining:
                    break
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(min(left_s, LOOK_AGAIN_S)):
                        await news.wait()
                news.clear()
        if rows:
            found = await self._seen(principal, run)
        told = await self._events(workspace, rows)
        if not await self._controls(principal, found):  # what is said to an agent is between those who lead it
            told = tuple(msgspec.structs.replace(event, text=None) for event in told)
        return RunEventPage(told, rows[-1].n if rows else query.after, found.state, found.told)

    async def told(self, principal: Principal, run: str, event: int) -> RunNoted:
        """The agent knows what happened up to an event. Raises `Problem` not_found, forbidden."""
        found = await self._seen(principal, run)
        if found.actor != principal.info.id:
            raise Problem("forbidden", "Only the run's agent can acknowledge its events.")
        async with self._database.acquired() as connection:
            await runs.note_told(connection, principal.workspace.id, run, event)
        return RunNoted(run, found.state, event > found.told, found.events)

    async def _events(self, workspace: str, rows: list[runs.RunEventRow]) -> tuple[RunEvent, ...]:
        who = await self._people.load(workspace, {row.actor for row in rows if row.actor is not None})
        return tuple(
            RunEvent(row.n, row.type, row.at, who.get(row.actor or ""), row.text, row.data or None) for row in rows
        )

    async def event(self, workspace: str, run: str, n: int) -> RunEvent | None:
        """One event, for the agent's connection."""
        async with self._database.acquired() as connection:
            rows = await runs.read_run_events(connection, workspace, run, n - 1, 1)
        return (await self._events(workspace, rows))[0] if rows and rows[0].n == n else None

    # ---- changing

    async def pause(self, principal: Principal, run: str, text: str | None = None) -> RunNoted:
        """Nothing of the run is committed until it goes on; its agent is told. Raises `Problem`."""
        return await self._change(principal, run, ("running", "lost"), "paused", "paused", text)

    async def resume(self, principal: Principal, run: str, text: str | None = None) -> RunNoted:
        """Let a paused run go on. Raises `Problem`."""
        return await self._change(principal, run, ("paused",), "running", "resumed", text)

    async def stop(self, principal: Principal, run: str, text: str | None = None) -> RunNoted:
        """End a run for good: no write of it that begins after this is committed. Raises `Problem`."""
        return await self._change(principal, run, ("running", "paused", "lost"), "stopped", "stopped", text)

    async def end(self, principal: Principal, run: str, text: str | None = None) -> RunNoted:
        """The agent has done its work. Raises `Problem` not_found, forbidden."""
        found = await self._seen(principal, run)
        if found.actor != principal.info.id:
            raise Problem("forbidden", "Only the run's agent can end it. You can stop it.")
        return await self._change(principal, run, ("running", "paused", "lost"), "ended", "ended", text)

    async def note(self, principal: Principal, run: str, text: str) -> RunNoted:
        """Tell the agent something. Raises `Problem` not_found, forbidden, run_ended, run_stopped, quota."""
        found = await self._controlled(principal, run)
        if found.state in OVER:
            raise Problem("run_ended" if found.state == "ended" else "run_stopped")
        _need_room(found)
        n = await self.add_event(principal.workspace.id, found, "note", actor=principal.info.id, text=text)
        return RunNoted(run, found.state, True, n)

    async def add_event(
        self, workspace: str, run: RunRow, type_: str, *, actor: str | None, text: str | None,
        data: dict[str, Any] | None = None,
    ) -> int:  # fmt: skip
        """Write something that happened to a run, and tell everybody."""
        async with self._database.transaction() as connection:
            n = await runs.add_event(connection, workspace, run.id, type_, actor=actor, text=text, data=data)
        self._book.tell(Heard(workspace, run.id, run.state, n))
        return n

    async def _change(
        self, principal: Principal, run: str, before: tuple[RunState, ...], after: RunState, type_: str,
        text: str | None,
    ) -> RunNoted:  # fmt: skip
        workspace = principal.workspace.id
        found = await self._controlled(principal, run)
        if after not in OVER:  # a run can be stopped whatever was said to it
            _need_room(found)
        async with self._database.transaction() as connection:
            await runs.lock_run(connection, workspace, run)
            if not await runs.change_state(connection, workspace, run, before, after):
                now = await runs.load_run(connection, workspace, run)
                assert now is not None
                if now.state in OVER and now.state != after:
                    raise Problem("run_ended" if now.state == "ended" else "run_stopped")
                return RunNoted(run, now.state, False, now.events)
            if after in OVER:
                await streams.end_streams_of(connection, workspace, run, "stopped" if after == "stopped" else "aborted")
            n = await runs.add_event(connection, workspace, run, type_, actor=principal.info.id, text=text)
            for draft in (await runs.drafts_of_runs(connection, workspace, [run]))[:RUN_EVENTS]:
                await clock.append_event(
                    connection, workspace, cast(EventType, f"run.{type_}"), actor=principal.info.id, item=draft.item,
                    draft=draft.draft, data={"run": run},
                )  # fmt: skip
        self._book.tell(Heard(workspace, found.id, after, n))
        self._outbox.tell(workspace)
        return RunNoted(run, after, True, n)

    async def stream_broke(self, stream: StreamRow) -> None:
        """A stream could not go on: its agent, and who may read the draft, are told. Raises `Problem` unavailable."""
        async with self._database.transaction() as connection:
            told = await self._tell_of_stream(connection, stream)
        self._book.tell(told)
        self._outbox.tell(stream.workspace)

    async def _tell_of_stream(self, connection: Connection, stream: StreamRow) -> Heard:
        """Write that a stream was left unfinished; what is to be told once that is committed."""
        workspace, run = stream.workspace, stream.run
        data = {"stream": stream.id, "state": stream.state} | ({"reason": stream.reason} if stream.reason else {})
        n = await runs.add_event(connection, workspace, run, "stream_ended", actor=None, data=data)
        state = (await runs.read_states(connection, workspace, [run]))[run]
        await clock.append_event(
            connection, workspace, "run.stream_ended", item=stream.item, draft=stream.draft, data={"run": run, **data}
        )
        return Heard(workspace, run, state, n)

    # ---- leases

    async def sweep(self) -> None:
        """Mark runs and streams whose agents went silent. Raises `Problem` unavailable."""
        async with self._database.transaction() as connection:
            lost = await runs.lose_silent_runs(connection, RUN_LEASE_S)
            told = [
                Heard(workspace, run, "lost", await runs.add_event(connection, workspace, run, "lost", actor=None))
                for workspace, run in lost
            ]
            silent = await streams.list_silent(connection)
        for heard in told:
            self._book.tell(heard)
        for stream in silent:
            await self._lose(*stream)

    async def _lose(self, workspace: str, run: str, stream: str) -> None:
        async with self._database.transaction() as connection:  # each by itself: who stops a run locks in this order
            await runs.hold_run(connection, workspace, run)
            lost = await streams.lose_stream(connection, workspace, stream)
            told = None if lost is None else await self._tell_of_stream(connection, lost)
        if told is not None:
            self._book.tell(told)
            self._outbox.tell(workspace)

    # ---- who may

    async def _seen(self, principal: Principal, run: str) -> RunRow:
        async with self._database.acquired() as connection:
            found = await runs.load_run(connection, principal.workspace.id, run)
            if found is None:
                if not administers(principal.access, time.time()):
                    await self._writes(connection, principal, [run])  # the same work as for one out of sight
                raise Problem("not_found")
            if run not in await self._visible(connection, principal, [found]):
                raise Problem("not_found")
        return found

    async def _controls(self, principal: Principal, run: RunRow) -> bool:
        async with self._database.acquired() as connection:
            return _controls(principal, run, await self._writes(connection, principal, [run.id]))

    async def _controlled(self, principal: Principal, run: str) -> RunRow:
        """A run that the asker may stop. Raises `Problem` not_found, forbidden."""
        found = await self._seen(principal, run)
        if not await self._controls(principal, found):
            raise Problem(
                "forbidden", "Only the run's person, admins and people who can edit a draft it wrote in can do this."
            )
        return found

    async def _visible(self, connection: Connection, principal: Principal, rows: list[RunRow]) -> set[str]:
        everywhere = sees_around(principal.access)  # else only one's own, and what shows by its drafts
        mine = {
            row.id for row in rows
            if row.actor == principal.info.id or (everywhere and row.user == principal.access.user)
        }  # fmt: skip
        if administers(principal.access, time.time()):
            return {row.id for row in rows}
        others = [row.id for row in rows if row.id not in mine]
        writes = await self._writes(connection, principal, others) if others else []
        return mine | {write.run for write in writes}

    async def _writes(self, connection: Connection, principal: Principal, wanted: list[str]) -> list[Writes]:
        """The drafts that runs have written in, as far as the asker may read those."""
        workspace = principal.workspace.id
        drafts = await runs.drafts_of_runs(connection, workspace, wanted)
        rows = await items.load_places_ever(connection, workspace, list({draft.item for draft in drafts}))
        places = {row.id: row.place for row in rows}
        there = await items.list_drafts_of(connection, workspace, list(places))
        facts = {row.id: draft_facts(row) for of_item in there.values() for row in of_item}
        found = []
        for draft in drafts:
            if draft.item in places and draft.draft in facts:
                place = msgspec.structs.replace(places[draft.item], draft=facts[draft.draft])
                if principal.may("read_draft", place):
                    found.append(Writes(draft.run, draft.draft, place))
        return found

    async def _told(self, principal: Principal, rows: list[RunRow]) -> list[Run]:
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            writes = await self._writes(connection, principal, [row.id for row in rows])
            opened = await streams.streams_of(connection, workspace, [row.id for row in rows])
        who = await self._people.load(workspace, {row.actor for row in rows})
        readable = {(write.run, write.draft) for write in writes}
        told = []
        for row in rows:
            drafts = tuple(RunDraft(w.place.item or "", w.draft, w.place.path) for w in writes if w.run == row.id)
            texts = tuple(
                RunStream(
                    s.id, s.item, s.draft, s.address, s.state, s.units, s.opened_at, s.ended_at, s.reason
                )
                for s in opened if (s.run, s.draft) in readable and s.run == row.id
            )  # fmt: skip
            told.append(
                Run(
                    row.id, who[row.actor], row.label, row.mode, row.state, row.started_at, row.seen_at, row.events,
                    _controls(principal, row, writes), row.model, row.ended_at, drafts, texts,
                )
            )  # fmt: skip
        return told


def _controls(principal: Principal, run: RunRow, writes: list[Writes]) -> bool:
    if run.user == principal.access.user:
        return not principal.is_agent or run.actor == principal.info.id
    if principal.is_agent:
        return False
    if administers(principal.access, time.time()):
        return True
    return any(write.run == run.id and principal.may("type_in_draft", write.place) for write in writes)


def _need_room(run: RunRow) -> None:
    """Raise `Problem` quota if so much was said to a run that no more is taken."""
    if run.events >= EVENTS_PER_RUN:
        raise Problem(
            "quota",
            f"This run has had {EVENTS_PER_RUN:,} notes, pauses and resumes, which is the limit. "
            "Stop it and begin another one.",
        )
