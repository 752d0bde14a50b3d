"""The event log as people and programs read it: in commit order, without gaps, only what the reader may see.

Owns the rule of who sees an event, which the `workspace:` channel, the events route and webhooks share; and the long
polls that wait for something to tell. A waiting request costs nothing but its memory: the watch's query, which runs
anyway, asks for its workspace too, and whoever writes events wakes it through the bus. Overflow: `EVENT_WAITERS` of one
actor, then `too_many`.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator

from draftwire.errors import Problem
from draftwire.rest.events import EventPage, EventQuery
from draftwire.wire.messages import EventInfo
from draftwire_server.core.access.access import Action, Resource
from draftwire_server.core.patterns import TypePatterns
from draftwire_server.limits.pages import EVENTS_PER_ANSWER, EVENTS_SCANNED
from draftwire_server.limits.tuning import EVENT_WAITERS
from draftwire_server.services.access.identity import Identity, Principal
from draftwire_server.settings import Settings
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database

May = Callable[[Action, Resource], bool]


class Waiter:
    """A request that waits for events after a number."""

    def __init__(self) -> None:
        self.after = -1
        self.ended = False
        self._stirred = asyncio.Event()

    def stir(self) -> None:
        """There may be something to tell."""
        self._stirred.set()

    def end(self) -> None:
        """Whoever asked is gone, or the worker stops: answer with what there is."""
        self.ended = True
        self._stirred.set()

    async def wait(self, wait_s: float) -> None:
        """Wait until it is stirred, or the time is over."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._stirred.wait()
        if not self.ended:
            self._stirred.clear()


class EventLog:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, identity: Identity) -> None:
        self._wait_s = settings.timings.events_wait_s
        self._database = database
        self._identity = identity
        self._waiters: dict[str, dict[Waiter, str]] = {}  # by workspace; with the actor who waits
        self._draining = False

    # ---- who sees what

    async def visible(
        self, connection: Connection, may: May, workspace: str, events: Iterable[EventInfo]
    ) -> list[EventInfo]:
        """The events that somebody may see: of an item who sees that, of its drafts no operators, all else admins."""
        listed = list(events)
        places = await self.places(connection, workspace, listed)
        return [event for event in listed if sees(may, event, places)]

    async def places(self, connection: Connection, workspace: str, events: Iterable[EventInfo]) -> dict[str, Resource]:
        """Where the items of events are now."""
        wanted = {event.item for event in events if event.item is not None}
        rows = await items.load_places_ever(connection, workspace, list(wanted)) if wanted else []
        return {row.id: row.place for row in rows}

    # ---- reading

    async def pages(
        self, connection: Connection, workspace: str, after: int, upto: int
    ) -> AsyncIterator[list[EventInfo]]:
        """The events after a number up to another, a page at a time."""
        while after < upto:
            page = await clock.read_events(connection, workspace, after, EVENTS_PER_ANSWER)
            found = [event for event in page if event.number <= upto]
            if not found:
                return
            yield found
            after = found[-1].number

    async def check_cursor(self, connection: Connection, workspace: str, after: int, head: int) -> int:
        """The oldest number that is kept. Raises `Problem` cursor_expired, cursor_ahead."""
        oldest = await clock.read_oldest(connection, workspace, head)
        if after > head:
            raise Problem("cursor_ahead", detail={"head": head})
        if after < oldest - 1:
            raise Problem("cursor_expired", detail={"oldest": oldest})
        return oldest

    async def read(self, principal: Principal, query: EventQuery, waiter: Waiter) -> EventPage:
        """A page; one that would be empty waits.

        Raises:
            Problem: cursor_expired, cursor_ahead, bad_message, too_many.
        """
        wanted = TypePatterns(query.types)
        limit = min(query.limit, EVENTS_PER_ANSWER)
        wait_s = min(query.wait_s, self._wait_s, max(0.0, principal.expires_at - time.time()))
        if not wait_s:
            return await self._page(principal, query.after, wanted, limit)
        with self._waiting(principal, waiter):
            until = time.monotonic() + wait_s
            page = await self._page(principal, query.after, wanted, limit)
            while not page.events and not waiter.ended and not self._draining:
                left_s = until - time.monotonic()
                if left_s <= 0:
                    break
                waiter.after = page.next
                if page.next == page.head:  # else: more was there than one look takes in
                    await waiter.wait(left_s)
                page = await self._page(principal, page.next, wanted, limit)
        return page

    async def _page(self, principal: Principal, after: int | None, wanted: TypePatterns, limit: int) -> EventPage:
        workspace = principal.workspace.id
        async with (
            self._database.acquired() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            (now,) = await clock.read_clocks(connection, [workspace])
            if now.acl_rev != principal.acl_rev:
                await self._identity.reload_in(connection, principal)
            if after is None:
                after = now.event_seq
            oldest = await self.check_cursor(connection, workspace, after, now.event_seq)
            shown: list[EventInfo] = []
            next_, looked_at = after, 0
            async for page in self.pages(connection, workspace, after, now.event_seq):
                fitting = [event for event in page if wanted.hold(event.type)]
                shown += await self.visible(connection, principal.may, workspace, fitting)
                next_, looked_at = page[-1].number, looked_at + len(page)
                if len(shown) >= limit or looked_at >= EVENTS_SCANNED:
                    break
        if len(shown) > limit:
            shown = shown[:limit]
            next_ = shown[-1].number
        return EventPage(tuple(shown), next_, oldest, now.event_seq)

    # ---- waiting

    @contextlib.contextmanager
    def _waiting(self, principal: Principal, waiter: Waiter) -> Iterator[None]:
        workspace, actor = principal.workspace.id, principal.info.id
        here = self._waiters.setdefault(workspace, {})
        if sum(1 for each in here.values() if each == actor) >= EVENT_WAITERS:
            raise Problem("too_many", f"At most {EVENT_WAITERS} of your requests can wait for events at the same time.")
        here[waiter] = actor
        try:
            yield
        finally:
            del here[waiter]
            if not here:
                self._waiters.pop(workspace, None)

    @property
    def workspaces(self) -> list[str]:
        """The workspaces of whose events somebody waits."""
        return list(self._waiters)

    def reached(self, workspace: str, number: int) -> None:
        """A workspace's last event has this number: wake those who wait for it."""
        for waiter in self._waiters.get(workspace, ()):
            if number > waiter.after:
                waiter.stir()

    def drain(self) -> None:
        """The worker stops: answer everybody now."""
        self._draining = True
        for here in self._waiters.values():
            for waiter in here:
                waiter.end()


def sees(may: May, event: EventInfo, places: dict[str, Resource]) -> bool:
    """Whether somebody may see an event; ``places`` are those of the items that are there."""
    if event.item is None:
        return may("administer", Resource(path=None))
    place = places.get(event.item)
    return place is not None and may("see_item" if event.draft is None else "see_draft", place)
