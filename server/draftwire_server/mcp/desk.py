"""One MCP session's desk: with whose token it asks, in which run, and what people told it since its last answer.

A session's own run is begun with a key that follows from the session, so any worker that serves a request of it finds
the same one. What a desk remembers (`Memory`) only spares requests: what people told is remembered with the run.
"""

from collections import OrderedDict
from typing import Final

import msgspec

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.runs import RunMode
from draftwire.wire.messages import RunEvent, RunState

SESSIONS: Final = 10_000  # remembered, of some hundred bytes each; those heard of longest ago go first
LABEL: Final = "MCP session of {client}"


class Known(msgspec.Struct):
    """What is remembered of a session: its own runs by mode, and up to which event each run's agent was told."""

    runs: dict[RunMode, str] = {}
    told: dict[str, int] = {}


class Memory:
    """What this process remembers of sessions."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Known] = OrderedDict()

    def of(self, session: str) -> Known:
        """What is remembered of a session; from now on, if nothing was."""
        known = self._known.setdefault(session, Known())
        self._known.move_to_end(session)
        if len(self._known) > SESSIONS:
            self._known.popitem(last=False)
        return known

    def forget(self, session: str) -> None:
        """A session is over."""
        self._known.pop(session, None)


class News(msgspec.Struct, frozen=True):
    """What happened to a run since its agent was told last, and what it is in now."""

    run: str
    state: RunState
    events: tuple[RunEvent, ...]


class ToolSession:
    """See the module. ``session`` is a secret of the session: keys of its runs are made of it."""

    def __init__(self, api: Api, client: str, session: str, known: Known) -> None:
        self.api = api
        self.client = client
        self.session = session
        self._known = known
        self.used: str | None = None  # the run of the call that is served

    async def run(self, named: str | None, mode: RunMode = "apply") -> str:
        """The run that a tool works in: the named one, else the session's own. Raises `Problem`."""
        if named is None:
            named = self._known.runs.get(mode)
        if named is None:
            begun = await self.api.runs.begin(
                LABEL.format(client=self.client)[:200], mode=mode, idempotency_key=run_key(self.session, mode)
            )
            named = self._known.runs[mode] = begun.id
        self.used = named
        return named

    async def news(self, run: str, wait_s: float = 0) -> News:
        """What people told a run's agent that it does not know yet. Raises `Problem`."""
        after = self._known.told.get(run)
        if after is None:  # another worker may have told some
            after = (await self.api.runs.events(run, limit=1)).told
        page = await self.api.runs.events(run, after, wait_s=wait_s)
        if page.events and page.told > after:
            page = await self.api.runs.events(run, page.told, wait_s=wait_s)
        self._known.told[run] = page.next
        if page.events:
            await self.api.runs.told(run, page.next)
        return News(run, page.state, page.events)

    async def end(self) -> None:
        """The session is over: so are its runs, of those that are known here."""
        for run in self._known.runs.values():
            try:
                await self.api.runs.end(run)
            except Problem:
                continue  # a person has stopped it, or it is gone


def run_key(session: str, mode: RunMode) -> str:
    """The key with which a session's own run is begun: a worker that uses it again gets the same run."""
    return f"mcp-{session}-{mode}"
