"""The SDK without await, for scripts and notebooks: the same names over an event loop in a thread of its own.

    with draftwire.sdk.sync.connect("http://127.0.0.1:8000", token, agent="refactorer") as client:
        with client.run(item, label="rename the column") as run:
            run.str_replace("/content", "old_name", "new_name")

Every call waits for its answer and raises what the async one raises. The thread belongs to the `with` block and ends
with it. May be used from several threads; not from a coroutine, which would hold its own loop up.
"""

import asyncio
import concurrent.futures
import contextlib
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Self, TypeVar

import draftwire
from draftwire.document.ops import Op
from draftwire.rest.runs import RunMode
from draftwire.rest.tools import Edited, ReadAnswer, SearchAnswer, ToolEdit
from draftwire.rest.undoing import RunUndone
from draftwire.sdk.client import Draft as AsyncDraft
from draftwire.sdk.client import Token
from draftwire.sdk.run import Run as AsyncRun
from draftwire.sdk.run_stream import RunStream as AsyncRunStream
from draftwire.wire import messages as m
from draftwire.wire.messages import RunState

_T = TypeVar("_T")


class _Interrupted(Exception):
    """The caller's block ended by an interrupt."""


class _Loop:
    """An event loop in a thread."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="draftwire", daemon=True)
        self._thread.start()

    def do(self, work: Awaitable[_T]) -> _T:
        """Let the loop do something and wait for it; an interrupt of the caller cancels it."""

        async def doing() -> _T:
            return await work

        future = asyncio.run_coroutine_threadsafe(doing(), self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def call(self, function: Callable[..., _T], *args: Any, **more: Any) -> _T:
        """Call something in the loop's thread."""

        async def calling() -> _T:
            return function(*args, **more)

        return self.do(calling())

    @contextlib.contextmanager
    def within(self, block: contextlib.AbstractAsyncContextManager[_T]) -> Iterator[_T]:
        """Hold an async block open in a task of the loop: what ends it from inside is raised at its end."""
        entered: concurrent.futures.Future[_T] = concurrent.futures.Future()
        leave = asyncio.Event()
        failed: list[Exception] = []

        async def hold() -> None:
            try:
                async with block as value:
                    entered.set_result(value)
                    await leave.wait()
                    if failed:
                        raise failed[0]
            except BaseException as error:
                if not entered.done():
                    entered.set_exception(error)
                elif error is not (failed[0] if failed else None):
                    raise

        holding = asyncio.run_coroutine_threadsafe(hold(), self._loop)
        value = entered.result()
        try:
            yield value
        except BaseException as error:
            # An interrupt raised in a task would end the loop, which still has to leave the block.
            failed.append(error if isinstance(error, Exception) else _Interrupted())
            self._loop.call_soon_threadsafe(leave.set)
            with contextlib.suppress(Exception):
                holding.result()
            raise
        self._loop.call_soon_threadsafe(leave.set)
        holding.result()

    def each(self, things: AsyncIterator[_T]) -> Iterator[_T]:
        """Iterate over what comes."""
        while True:
            try:
                yield self.do(anext(things))
            except StopAsyncIteration:
                return

    def close(self) -> None:
        """End the thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class RunStream:
    """See `draftwire.RunStream`."""

    def __init__(self, loop: _Loop, stream: AsyncRunStream) -> None:
        self._loop = loop
        self._stream = stream

    @property
    def id(self) -> str:
        """The stream's id."""
        return self._stream.id

    @property
    def units(self) -> int:
        """How much of the text is committed."""
        return self._stream.units

    def write(self, text: str) -> None:
        """The text goes on; waits while too much of it is not committed. Raises `Problem`."""
        self._loop.do(self._stream.write(text))

    def flush(self) -> None:
        """Wait until all that was written is committed. Raises `Problem`."""
        self._loop.do(self._stream.flush())

    def abort(self) -> None:
        """Write nothing more; what is there stays, marked as unfinished."""
        self._loop.do(self._stream.abort())


class Run:
    """See `draftwire.Run`."""

    def __init__(self, loop: _Loop, run: AsyncRun) -> None:
        self._loop = loop
        self._run = run
        self.id = run.id
        self.label = run.label
        self.mode = run.mode

    @property
    def state(self) -> RunState:
        """Whether it goes on."""
        return self._run.state

    def read(self, at: str | None = None, **more: Any) -> ReadAnswer:
        """Read the document, what stands at an address, or lines of a text. Raises `Problem`."""
        return self._loop.do(self._run.read(at, **more))

    def search(self, query: str, **more: Any) -> SearchAnswer:
        """Find lines. Raises `Problem`."""
        return self._loop.do(self._run.search(query, **more))

    def edit(self, edits: Sequence[ToolEdit], **more: Any) -> Edited:
        """Edit a draft: all or none, or each by itself. Raises `Problem`."""
        return self._loop.do(self._run.edit(edits, **more))

    def str_replace(self, at: str, old: str, new: str, **where: Any) -> Edited:
        """Replace what stands in the text once. Raises `Problem`."""
        return self._loop.do(self._run.str_replace(at, old, new, **where))

    def insert(self, at: str, text: str, **where: Any) -> Edited:
        """Put text before a line, or right after or before a text. Raises `Problem`."""
        return self._loop.do(self._run.insert(at, text, **where))

    def replace_lines(self, at: str, first: int, last: int, text: str, **where: Any) -> Edited:
        """Replace lines. Raises `Problem`."""
        return self._loop.do(self._run.replace_lines(at, first, last, text, **where))

    def set(self, at: str, value: Any, **where: Any) -> Edited:
        """Set a member, or a whole text. Raises `Problem`."""
        return self._loop.do(self._run.set(at, value, **where))

    def remove(self, at: str, **where: Any) -> Edited:
        """Remove a member or an element. Raises `Problem`."""
        return self._loop.do(self._run.remove(at, **where))

    def add(self, at: str, value: dict[str, Any], **where: Any) -> Edited:
        """Put an element into a keyed array. Raises `Problem`."""
        return self._loop.do(self._run.add(at, value, **where))

    def move(self, element: str, at: str, **where: Any) -> Edited:
        """Move an element into a keyed array. Raises `Problem`."""
        return self._loop.do(self._run.move(element, at, **where))

    @contextlib.contextmanager
    def stream(self, at: str, **place: Any) -> Iterator[RunStream]:
        """Write a text piece by piece; closed at the block's end, aborted if it fails. Raises `Problem`."""
        with self._loop.within(self._run.stream(at, **place)) as stream:
            yield RunStream(self._loop, stream)

    def undo(self, **which: Any) -> RunUndone:
        """Take back what this run did. Raises `Problem`."""
        return self._loop.do(self._run.undo(**which))

    def doing(self, what: str | None, **more: Any) -> None:
        """Say what the agent does."""
        self._loop.do(self._run.doing(what, **more))

    def events(self) -> Iterator[m.RunEvent]:
        """What people tell and do, since the run began; ends with the run."""
        return self._loop.each(self._run.events())

    def resumed(self) -> None:
        """Wait until the run is not paused. Raises `Problem` run_stopped."""
        self._loop.do(self._run.resumed())


class Draft:
    """See `draftwire.Draft`."""

    def __init__(self, loop: _Loop, draft: AsyncDraft) -> None:
        self._loop = loop
        self._draft = draft
        self.id = draft.id

    @property
    def value(self) -> dict[str, Any]:
        """The document as this session sees it. Not to be changed in place."""
        return self._draft.value

    @property
    def seq(self) -> int:
        """The last seq of the log that is in `value`."""
        return self._draft.seq

    @property
    def etag(self) -> str:
        """The confirmed state."""
        return self._draft.etag

    @property
    def status(self) -> m.Status:
        """What may be said of saving."""
        return self._draft.status

    @property
    def backlog(self) -> int:
        """How much the server does not have yet, in characters."""
        return self._draft.backlog

    def get(self, at: str, default: Any = None) -> Any:
        """What stands at an address."""
        return self._loop.call(self._draft.get, at, default)

    def edit(self, *ops: Op) -> None:
        """Do ops; all or none. Raises `Problem`."""
        self._loop.call(self._draft.edit, *ops)

    def insert(self, at: str, text: str, position: int | None = None) -> None:
        """Insert text into a leaf."""
        self._loop.call(self._draft.insert, at, text, position)

    def saved(self, timeout_s: float = 30.0) -> int:
        """Wait until all edits are committed; gives the seq. Raises `Problem`, TimeoutError."""
        return self._loop.do(self._draft.saved(timeout_s))


class _Area:
    """A part of `Api`, or of a part: each method waits for its answer; what is iterated with `async for`, by `for`."""

    def __init__(self, loop: _Loop, area: Any) -> None:
        self._loop = loop
        self._area = area

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._area, name)
        return self._called(found) if callable(found) else found

    def _called(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            async def doing() -> Any:
                given = method(*args, **more)
                if hasattr(given, "__aiter__"):
                    return given
                return await given if inspect.isawaitable(given) else given

            answer = self._loop.do(doing())
            return self._loop.each(aiter(answer)) if hasattr(answer, "__aiter__") else answer

        return call


class Api:
    """See `draftwire.Api`: its areas have the same methods. Lists are iterated."""

    def __init__(self, url: str, token: Token, **more: Any) -> None:
        self._loop = _Loop()
        self._api = self._loop.call(draftwire.Api, url, token, **more)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections and the thread."""
        self._loop.do(self._api.close())
        self._loop.close()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._api, name)
        area = _Area(self._loop, found)
        return area._called(found) if callable(found) else area


class Client:
    """See `draftwire.Client`; made by `connect`."""

    def __init__(self, loop: _Loop, client: draftwire.Client) -> None:
        self._loop = loop
        self._client = client

    @property
    def api(self) -> Any:
        """The HTTP side, as the same user or agent: `client.api.items.create(…)`."""
        return _Areas(self._loop, self._client)

    def open(self, **which: Any) -> Draft:
        """Follow a draft. Raises `Problem`, TimeoutError."""
        return Draft(self._loop, self._loop.do(self._client.open(**which)))

    def focus(self, item: str, **where: Any) -> None:
        """Say where this session is and what it does."""
        self._loop.do(self._client.focus(item, **where))

    @contextlib.contextmanager
    def run(
        self, item: str | None = None, *, label: str, model: str | None = None, mode: RunMode = "apply"
    ) -> Iterator[Run]:
        """Begin a run of this agent and end it with the block. Raises `Problem`, `SignedOut`."""
        with self._loop.within(self._client.run(item, label=label, model=model, mode=mode)) as run:
            yield Run(self._loop, run)


class _Areas:
    """The areas of a client's `Api`."""

    def __init__(self, loop: _Loop, client: draftwire.Client) -> None:
        self._loop = loop
        self._client = client

    def __getattr__(self, name: str) -> Any:
        found = self._loop.call(getattr, self._client.api, name)
        area = _Area(self._loop, found)
        return area._called(found) if callable(found) else area


@contextlib.contextmanager
def connect(url: str, token: Token, **more: Any) -> Iterator[Client]:
    """Connect, and stay connected for the length of the block; see `draftwire.connect`."""
    loop = _Loop()
    try:
        with loop.within(draftwire.connect(url, token, **more)) as client:
            yield Client(loop, client)
    finally:
        loop.close()
