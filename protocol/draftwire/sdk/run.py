"""A run of an agent, held open over a connection of its own: its tools, its streams, and what people tell it.

    async with client.run(item, label="rename the column") as run:
        source = await run.read("/content")
        await run.str_replace("/content", "old_name", "new_name")

The run is begun with the block and ended with it. Its connection names it, so people see what it is for where it
works, and what they do reaches it at once; what a message lost with Redis would have told is read over HTTP within
`LOOK_S`. A person's stop makes everything that waits raise `Problem` run_stopped.
"""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any, Final, Protocol, TypeVar

import msgspec

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.runs import Run as RunTold
from draftwire.rest.tools import (
    AddElement,
    Edited,
    InsertText,
    MoveElement,
    Read,
    ReadAnswer,
    RemoveAt,
    ReplaceLines,
    Search,
    SearchAnswer,
    SetMember,
    StrReplace,
    ToolEdit,
    ToolEdits,
)
from draftwire.rest.undoing import RunUndone
from draftwire.sdk.run_stream import RunStream, opened, place_of
from draftwire.session import events as s
from draftwire.session.calls import Tool
from draftwire.session.session import Session
from draftwire.wire import messages as m
from draftwire.wire.messages import RunState

LOOK_S: Final = 5.0  # a stop that Redis lost is heard within this; the server refuses what is written at once
EVENTS_WAITING: Final = 1_000  # of a run, and of one iterator; who stops reading loses the oldest

_T = TypeVar("_T")


class Connection(Protocol):
    """What a run asks of its connection; `Client` is one."""

    listeners: list[Callable[[s.SessionEvent], None]]
    session: Session

    async def focus(self, item: str, *, state: m.PresenceState = "editing", doing: str | None = None) -> None:
        """Say where this session is and what it does."""

    def call(self, tool: Tool, run: str, body: Any, stream: str | None, key: str | None) -> int:
        """Use a tool; the session's `Answered` or `CallRefused` brings the number back."""

    def append(self, piece: m.Append) -> None:
        """Send a piece of a stream; `StreamTold` tells of it."""


class Run:
    """See the module; made by `Client.run`. Places are named by ``item``, ``draft`` or ``path``, else by the run's."""

    def __init__(self, api: Api, client: Connection, told: RunTold, item: str | None) -> None:
        self.id = told.id
        self.label = told.label
        self.mode = told.mode
        self.state: RunState = told.state
        self.streams: dict[str, RunStream] = {}
        self._api = api
        self._client = client
        self._item = item
        self._heard = 0  # the number of the last event
        self._events: deque[m.RunEvent] = deque(maxlen=EVENTS_WAITING - 1)
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._readers: set[asyncio.Queue[m.RunEvent | None]] = set()
        self._changed = asyncio.Event()
        self._look_now = asyncio.Event()
        self._over: Problem | None = None

    # ---- reading

    async def read(
        self, at: str | None = None, *, first: int | None = None, last: int | None = None, item: str | None = None,
        draft: str | None = None, path: str | None = None,
    ) -> ReadAnswer:  # fmt: skip
        """The document, what stands at an address, or lines of a text; and what others changed since the last read.

        Raises:
            Problem: not_found, no_such_place, not_text, out_of_range, run_stopped.
        """
        return await self.call(ReadAnswer, "read", Read(*self._where(draft, item, path), at, first, last))

    async def search(
        self, query: str, *, pattern: bool = False, ignore_case: bool = False, limit: int = 100,
        item: str | None = None, draft: str | None = None, path: str | None = None,
    ) -> SearchAnswer:  # fmt: skip
        """Lines that hold a text or match a pattern: in all items, unless one is named. Raises `Problem`."""
        asked = Search(
            draft=draft, item=item, path=path, query=query, pattern=pattern, ignore_case=ignore_case, limit=limit
        )
        return await self.call(SearchAnswer, "search", asked)

    # ---- editing

    async def edit(
        self, edits: Sequence[ToolEdit], *, atomic: bool = True, read_seq: int | None = None,
        item: str | None = None, draft: str | None = None, path: str | None = None,
    ) -> Edited:  # fmt: skip
        """Edits of one draft: together or not at all, or each by itself, its refusal in its outcome.

        Raises:
            Problem: stale_region with the fresh text and who changed it, no_match, many_matches, run_paused,
                run_stopped, suggest_only, read_only, …; `retry` says whether the same may pass later.
        """
        asked = ToolEdits(*self._where(draft, item, path), tuple(edits), read_seq, None, atomic)
        return await self.call(Edited, "edit", asked, key=secrets.token_urlsafe(16))

    async def str_replace(self, at: str, old: str, new: str, **where: Any) -> Edited:
        """``old``, which stands in the text exactly once, becomes ``new``. Raises `Problem` as `edit`."""
        return await self.edit((StrReplace(at, old, new),), **where)

    async def insert(
        self, at: str, text: str, *, line: int | None = None, after: str | None = None, before: str | None = None,
        **where: Any,
    ) -> Edited:  # fmt: skip
        """Put text before a line, or right after or before a text that stands there once. Raises `Problem`."""
        return await self.edit((InsertText(at, text, line, after, before),), **where)

    async def replace_lines(self, at: str, first: int, last: int, text: str, **where: Any) -> Edited:
        """The lines ``first`` … ``last``, as they were read, become ``text``. Raises `Problem` as `edit`."""
        return await self.edit((ReplaceLines(at, first, last, text),), **where)

    async def set(self, at: str, value: Any, **where: Any) -> Edited:
        """A member, or a whole text, becomes ``value``. Raises `Problem` as `edit`."""
        return await self.edit((SetMember(at, value),), **where)

    async def remove(self, at: str, **where: Any) -> Edited:
        """Remove a member; with an element's id alone, the element. Raises `Problem` as `edit`."""
        return await self.edit((RemoveAt(at),), **where)

    async def add(
        self, at: str, value: dict[str, Any], *, after: str | None = None, before: str | None = None, **where: Any
    ) -> Edited:
        """Put an element into the keyed array ``at``; at its end, unless a neighbour is named. Raises `Problem`."""
        return await self.edit((AddElement(at, value, after, before),), **where)

    async def move(
        self, element: str, at: str, *, after: str | None = None, before: str | None = None, **where: Any
    ) -> Edited:
        """Move an element into the keyed array ``at``, placed likewise. Raises `Problem` as `edit`."""
        return await self.edit((MoveElement(element, at, after, before),), **where)

    def stream(
        self, at: str, *, line: int | None = None, after: str | None = None, before: str | None = None,
        first: int | None = None, last: int | None = None, read_seq: int | None = None, lease_s: float | None = None,
        item: str | None = None, draft: str | None = None, path: str | None = None,
    ) -> contextlib.AbstractAsyncContextManager[RunStream]:  # fmt: skip
        """Write a text piece by piece: before a line, at a text that stands there once, or in place of lines.

        Closed at the block's end, aborted if the block fails. Entering it raises `Problem` as `edit`.
        """
        draft, item, path = self._where(draft, item, path)
        place = place_of(
            at, line=line, after=after, before=before, first=first, last=last, read_seq=read_seq, lease_s=lease_s,
            draft=draft, item=item, path=path,
        )  # fmt: skip
        return opened(self, place)

    async def undo(self, *, hunks: Iterable[str] | None = None, items: Iterable[str] | None = None) -> RunUndone:
        """Take back what this run did: all, these hunks, or all in these items; nobody else's text goes.

        Raises `Problem`. What others have changed since is left, and told.
        """
        return await self._api.runs.undo(self.id, hunks=hunks, items=items)

    # ---- people

    async def doing(self, what: str | None, *, item: str | None = None, state: m.PresenceState = "editing") -> None:
        """Say what the agent does ("waiting for review"): people see it. Reading and editing tell it by themselves."""
        where = item or self._item
        if where is None:
            raise Problem("bad_message", "Give an item: the run was begun without one.")
        await self._client.focus(where, state=state, doing=what)

    async def events(self) -> AsyncIterator[m.RunEvent]:
        """What people tell and do since the run began: `note`, `paused`, `resumed`, `stopped`, …; ends with it."""
        queue: asyncio.Queue[m.RunEvent | None] = asyncio.Queue(EVENTS_WAITING)
        for event in self._events:
            queue.put_nowait(event)
        self._readers.add(queue)
        try:
            while self._over is None or not queue.empty():
                told = await queue.get()
                if told is None:
                    return
                yield told
        finally:
            self._readers.discard(queue)

    async def resumed(self) -> None:
        """Wait until the run is not paused (any more). Raises `Problem` run_stopped, run_ended."""
        while self.state == "paused":
            self._changed.clear()
            await self._changed.wait()
        if self._over is not None:
            raise self._over.again()

    # ---- its connection

    @property
    def connected(self) -> bool:
        """Whether what is sent now reaches the server."""
        return self._client.session.greeted

    async def call(
        self, wanted: type[_T], tool: Tool, body: Any = None, *, stream: str | None = None, key: str | None = None
    ) -> _T:
        """Use a tool and wait for its answer, over reconnects. Raises `Problem`."""
        if self._over is not None:
            raise self._over.again()
        ref = self._client.call(tool, self.id, msgspec.to_builtins(body), stream, key)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._answers[ref] = answer
        try:
            return msgspec.convert(await answer, wanted)
        finally:
            self._answers.pop(ref, None)
            self._client.session.calls.forget(ref)

    def append(self, piece: m.Append) -> None:
        """Send a piece of a stream."""
        self._client.append(piece)

    def hear(self, event: s.SessionEvent) -> None:
        """What the session tells."""
        match event:
            case s.Answered(ref, body) if ref in self._answers:
                _settle(self._answers[ref], body)
            case s.CallRefused(ref, problem) if ref in self._answers:
                _settle(self._answers[ref], problem)
            case s.StreamTold(streamed) if streamed.stream in self.streams:
                self.streams[streamed.stream].told(streamed)
            case s.RunHeard(told) if told.run == self.id:
                if told.event.n > self._heard + 1:
                    self._look_now.set()  # one before it was lost
                else:
                    self._take((told.event,), told.state)
            case s.Welcomed():
                self._look_now.set()
                for stream in self.streams.values():
                    stream.reconnected()

    async def watch(self) -> None:
        """Read what no message told of, until the run is over or this is cancelled."""
        while self._over is None:
            self._look_now.clear()
            with contextlib.suppress(Problem):
                page = await self._api.runs.events(self.id, self._heard)
                self._take(page.events, page.state)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._look_now.wait()

    def _take(self, events: Sequence[m.RunEvent], state: RunState) -> None:
        for event in events:
            if event.n > self._heard:
                self._heard = event.n
                self._events.append(event)
                self._tell(event)
        self.state = state
        self._changed.set()
        if state in ("stopped", "ended"):
            self.fail(Problem("run_stopped" if state == "stopped" else "run_ended"))

    def _tell(self, event: m.RunEvent | None) -> None:
        for queue in self._readers:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(event)

    def fail(self, problem: Problem) -> None:
        """The run is over, or its connection: whatever waits raises why."""
        if self._over is not None:
            return
        self._over = problem
        self._tell(None)
        self._changed.set()
        for stream in self.streams.values():
            stream.fail(problem)
        for answer in self._answers.values():
            _settle(answer, problem.again())

    # ---- where

    def _where(
        self, draft: str | None, item: str | None, path: str | None
    ) -> tuple[str | None, str | None, str | None]:
        if draft is None and item is None and path is None:
            return None, self._item, None
        return draft, item, path


def _settle(answer: asyncio.Future[Any], outcome: Any) -> None:
    if answer.done():
        return
    if isinstance(outcome, Problem):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)


@contextlib.asynccontextmanager
async def held(api: Api, client: Connection, told: RunTold, item: str | None) -> AsyncIterator[Run]:
    """Hold a run open over its own connection for the length of a block, and end it then."""
    run = Run(api, client, told, item)
    client.listeners.append(run.hear)
    watching = asyncio.create_task(run.watch(), name=f"draftwire run {run.id}")
    failed: str | None = None
    try:
        yield run
    except Exception as error:
        failed = f"It failed: {type(error).__name__}."
        raise
    finally:
        watching.cancel()
        await asyncio.wait([watching])
        client.listeners.remove(run.hear)
        with contextlib.suppress(Problem):  # a person has stopped it, or the server is away: then its lease ends it
            await api.runs.end(run.id, failed)
        run.fail(Problem("run_ended"))
