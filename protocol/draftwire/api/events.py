"""The event log: everything from a number on, for ever."""

import asyncio
import random
from collections import deque
from collections.abc import Iterable
from typing import Self

from draftwire.api.calls.events import EventsCalls
from draftwire.errors import Problem
from draftwire.wire.messages import EventInfo
from draftwire.wire.retries import pause_s

WAIT_S = 20.0  # below the time-outs of this client and of common proxies


class EventsApi(EventsCalls):
    """`Api.events`."""

    def follow(self, after: int | None = None, *, types: Iterable[str] = ()) -> "EventFollower":
        """Every event after a number (none: from now on), for ever, in order, without a gap.

            following = api.events.follow(stored)
            async for event in following:
                await handle(event)
                store(following.after)

        Who stores ``after`` once an event was dealt with sees each at least once, wherever it was killed.
        """
        return EventFollower(self, after, tuple(types))


class EventFollower:
    """Gives events one by one; waits for new ones and comes back after outages by itself.

    ``after`` is where to go on once the last event that was given is dealt with. It also moves over events that one
    may not see, so store it now and then when none come: a number is good for 30 days.
    """

    def __init__(self, events: EventsApi, after: int | None, types: tuple[str, ...]) -> None:
        self._events = events
        self._types = types
        self._waiting: deque[EventInfo] = deque()
        self._next = after
        self._failures = 0
        self.after = after

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> EventInfo:
        """The next event. Raises `Problem` for what waiting does not mend: cursor_expired, unauthenticated, …"""
        while not self._waiting:
            try:
                # Where "now" is must be known before anything is waited for: an answer that gets lost skips nothing.
                page = await self._events.read(
                    self._next, types=self._types, wait_s=0 if self._next is None else WAIT_S
                )
            except Problem as problem:
                if not problem.kind.retry:
                    raise
                await asyncio.sleep(pause_s(self._failures, random.random()))  # noqa: S311
                self._failures += 1
                continue
            self._failures = 0
            self._waiting.extend(page.events)
            self._next = page.next
            if not page.events:
                self.after = page.next
        event = self._waiting.popleft()
        self.after = event.number if self._waiting else self._next
        return event
