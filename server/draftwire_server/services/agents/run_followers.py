"""Connections that work for a run: each is told what happens to it, in order, as soon as it is known here.

A message that was lost with Redis is made up for by `GET runs/{run}/events`: events are numbered.
"""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from draftwire.errors import Problem
from draftwire.wire.messages import RunTold
from draftwire_server.services.access.peer import Peer
from draftwire_server.services.agents.runs import Runs
from draftwire_server.services.live.run_states import Heard, RunStates

UNTOLD: Final = 1_000  # things that happened to runs of connections here during an outage; older ones are asked for


class RunFollowers:
    """See the module."""

    def __init__(self, book: RunStates, runs: Runs, spawn: Callable[..., Any]) -> None:
        self._runs = runs
        self._spawn = spawn
        self._followers: dict[tuple[str, str], set[Peer]] = {}  # by workspace and run
        self._untold: deque[Heard] = deque(maxlen=UNTOLD)  # while Postgres was away
        book.on_news.append(self._heard)

    def add(self, run: str, follower: Peer) -> None:
        """Tell a connection from now on."""
        self._followers.setdefault((follower.principal.workspace.id, run), set()).add(follower)

    def remove(self, run: str, follower: Peer) -> None:
        """The connection is over."""
        key = (follower.principal.workspace.id, run)
        here = self._followers.get(key)
        if here is not None:
            here.discard(follower)
            if not here:
                del self._followers[key]

    def sees_again(self) -> None:
        """Postgres answers again: tell what could not be read."""
        untold, self._untold = self._untold, deque(maxlen=UNTOLD)
        for heard in untold:
            self._heard(heard)

    def _heard(self, heard: Heard) -> None:
        if (heard.workspace, heard.run) in self._followers:
            self._spawn(self._tell(heard))

    async def _tell(self, heard: Heard) -> None:
        try:
            event = await self._runs.event(heard.workspace, heard.run, heard.event)
        except Problem:
            self._untold.append(heard)
            raise
        if event is None:
            return
        for follower in list(self._followers.get((heard.workspace, heard.run), ())):
            follower.send(RunTold(heard.run, heard.state, event))
