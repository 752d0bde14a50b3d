"""What this worker knows of runs: whether they go on, and who waits to hear what happens to them.

A worker that does not know better takes a run for one that goes on: the commit statement compares the run's own row, so
nothing of a stopped run is committed, whatever is known here. Messages of the bus make that quick; a commit that was
refused makes the worker look, at the streams that are over too. Overflow: what was heard of longest ago is forgotten.
"""

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import msgspec

from draftwire_server.bus.bus import Bus
from draftwire_server.store.agents import runs, streams
from draftwire_server.store.postgres import Database

KNOWN: Final = 20_000  # a few hundred bytes each


class Heard(msgspec.Struct, frozen=True):
    """What the bus carries: something happened to a run, and it is in this state now."""

    workspace: str
    run: str
    state: runs.RunState
    event: int


_decode = msgspec.json.Decoder(Heard).decode

REFUSALS: Final[dict[runs.RunState, str]] = {"stopped": "run_stopped", "paused": "run_paused", "ended": "run_ended"}


class RunStates:
    """See the module."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus
        self._states: OrderedDict[tuple[str, str], runs.RunState] = OrderedDict()
        self._over: OrderedDict[tuple[str, str], streams.StreamState] = OrderedDict()
        self._waiting: dict[tuple[str, str], set[asyncio.Event]] = {}
        self.on_news: list[Callable[[Heard], None]] = []
        self.draining = False

    async def listen(self) -> None:
        """Hear what other workers tell."""
        await self._bus.hear("runs", self._note)

    def refusal(self, workspace: str, run: str) -> str | None:
        """The code with which a run's writing is refused; None if it goes on, as far as is known here."""
        return REFUSALS.get(self._states.get((workspace, run), "running"))

    def learn(self, workspace: str, run: str, state: runs.RunState) -> None:
        """A run is in this state now."""
        key = (workspace, run)
        self._states[key] = state
        self._states.move_to_end(key)
        if len(self._states) > KNOWN:
            self._states.popitem(last=False)

    def stream_refusal(self, workspace: str, stream: str) -> str | None:
        """The code with which a stream's writing is refused; None if it goes on, as far as is known here."""
        return None if (workspace, stream) not in self._over else "stream_over"

    def learn_stream(self, workspace: str, stream: str, state: streams.StreamState) -> None:
        """A stream is in this state now."""
        self._over.pop((workspace, stream), None)
        if state != "open":
            self._over[(workspace, stream)] = state
            if len(self._over) > KNOWN:
                self._over.popitem(last=False)

    async def look(self, workspace: str, wanted: Iterable[str], of_streams: Iterable[str] = ()) -> None:
        """Read the states of runs and streams. Raises `Problem` unavailable."""
        asked = set(of_streams)
        async with self._database.acquired() as connection:
            for run, state in (await runs.read_states(connection, workspace, set(wanted))).items():
                self.learn(workspace, run, state)
            found = await streams.read_stream_states(connection, workspace, asked) if asked else {}
        for stream in asked:
            self.learn_stream(workspace, stream, found.get(stream, "broken"))

    def tell(self, heard: Heard) -> None:
        """Something happened to a run, by our doing: everybody hears of it."""
        self._bus.tell("runs", heard.workspace, msgspec.json.encode(heard))
        self._take(heard)

    def _note(self, workspace: str, data: bytes) -> None:
        with contextlib.suppress(msgspec.DecodeError, UnicodeDecodeError):  # of another release
            heard = _decode(data)
            if heard.workspace == workspace:
                self._take(heard)

    def _take(self, heard: Heard) -> None:
        self.learn(heard.workspace, heard.run, heard.state)
        for event in self._waiting.get((heard.workspace, heard.run), ()):
            event.set()
        for call in self.on_news:
            call(heard)

    def drain(self) -> None:
        """The worker stops: whoever waits is answered now."""
        self.draining = True
        for events in self._waiting.values():
            for event in events:
                event.set()

    @contextlib.contextmanager
    def waiting(self, workspace: str, run: str) -> Iterator[asyncio.Event]:
        """An event that is set whenever something happens to a run."""
        key = (workspace, run)
        event = asyncio.Event()
        self._waiting.setdefault(key, set()).add(event)
        try:
            yield event
        finally:
            self._waiting[key].discard(event)
            if not self._waiting[key]:
                del self._waiting[key]
