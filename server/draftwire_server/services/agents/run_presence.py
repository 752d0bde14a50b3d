"""Where an agent is, as its tools and streams show it by themselves: reading, editing these lines, writing here.

An agent that says nothing is seen all the same, under a lease that ends a while after the last thing it did. What it
says of itself over `PUT presence` stands until it does something else.
"""

import contextlib
import time
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import msgspec

from draftwire.errors import Problem
from draftwire.rest.presence import Attend
from draftwire.wire.messages import PresenceState
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.agents.run_writes import run_session
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.run_states import Heard, RunStates
from draftwire_server.services.presence.attendance import Attendance
from draftwire_server.store.agents.runs import OVER

LEASE_S: Final = 20.0  # a model thinks for some seconds between two calls
EVERY_S: Final = 1.0  # of one run at one item; edits carry the caret by themselves
NOTED: Final = 5_000  # runs and items that are remembered for that


class Spot(msgspec.Struct, frozen=True):
    """Where an agent is in a draft: a leaf, a caret in it as of a state, lines."""

    at: str | None = None
    caret: int = 0
    seq: int = 0
    lines: tuple[int, int] | None = None


class Noted(NamedTuple):
    """What was told last of a run at an item."""

    at: float
    verb: str
    principal: Principal


class AgentPresence:
    """See the module."""

    def __init__(self, attendance: Attendance, book: RunStates, spawn: Callable[..., Any]) -> None:
        self._attendance = attendance
        self._spawn = spawn
        self._noted: dict[tuple[str, str, str], Noted] = {}  # by workspace, run and item
        book.on_news.append(self._heard)

    def note(
        self, principal: Principal, run: str, live: LiveDraft, doing: str, spot: Spot, *,
        state: PresenceState = "editing",
    ) -> None:  # fmt: skip
        """A run does something in a draft."""
        now = time.monotonic()
        key = (live.workspace, run, live.item.id)
        verb, last = doing.partition(" ")[0], self._noted.get(key)
        if last is not None and now - last.at < EVERY_S and last.verb == verb:
            return
        if len(self._noted) >= NOTED:
            self._noted.clear()
        self._noted[key] = Noted(now, verb, principal)
        wanted = Attend(
            state=state, draft=live.id, at=spot.at, anchor=spot.caret, head=spot.caret, seq=spot.seq, doing=doing,
            lines=spot.lines, run=run, lease_s=LEASE_S,
        )  # fmt: skip
        self._spawn(self._attend(principal, run, live.item.id, wanted))

    async def _attend(self, principal: Principal, run: str, item: str, wanted: Attend) -> None:
        try:
            await self._attendance.attend(principal, run_session(run, 0), item, wanted)
        except Problem as problem:
            if problem.code in ("unavailable", "internal"):
                raise  # told in the log as background work that ended

    def _heard(self, heard: Heard) -> None:
        """A run that is over is nowhere any more."""
        if heard.state in OVER:
            for key in [key for key in self._noted if key[:2] == (heard.workspace, heard.run)]:
                self._spawn(self._leave(self._noted.pop(key).principal, *key[1:]))

    async def _leave(self, principal: Principal, run: str, item: str) -> None:
        with contextlib.suppress(Problem):  # the lease ends by itself
            await self._attendance.leave(principal, run_session(run, 0), item)


def of_lines(verb: str, first: int | None, last: int | None) -> str:
    """Words for what is done in lines."""
    if first is None or last is None:
        return verb
    return f"{verb} line {first}" if first == last else f"{verb} lines {first}–{last}"
