"""Runs over HTTP: begin, watch, tell, pause, stop; and an agent's tools and streams, below its run."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from draftwire.errors import Problem
from draftwire.rest.runs import (
    NewRun,
    Run,
    RunEventPage,
    RunHeard,
    RunMode,
    RunNote,
    RunNoted,
    RunPage,
    RunState,
    RunWord,
)
from draftwire.rest.streams import AppendToStream, CloseStream, NewStream, Stream
from draftwire.rest.tools import Edited, Read, ReadAnswer, Search, SearchAnswer, ToolEdit, ToolEdits
from draftwire.rest.undoing import RunChanges, RunChosen, RunUndone
from draftwire.wire.messages import RunEvent

if TYPE_CHECKING:
    from draftwire.api.connection import Api

WAIT_S = 20.0  # below the time-outs of this client and of common proxies
AGAIN_S = 0.25  # after a failure: a random time up to this, doubled each time, up to
AGAIN_MAX_S = 10.0
OVER = ("stopped", "ended")

_T = TypeVar("_T")


class RunsApi:
    """`Api.runs`. What an agent does needs an `Api` that says which agent asks. A run held open: `draftwire.Run`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    # ---- runs

    async def begin(
        self,
        label: str,
        *,
        model: str | None = None,
        mode: RunMode = "apply",
        item: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Begin a run of the agent that asks. Raises `Problem` forbidden, not_found, too_many."""
        body, headers = NewRun(label, model, mode, item), {"idempotency-key": idempotency_key}
        path = await self._api.in_workspace("runs")
        return await self._api.ask(Run, "POST", path, body=body, headers=headers)

    async def page(
        self,
        *,
        state: Iterable[RunState] = (),
        item: str | None = None,
        mine: bool = False,
        before: str | None = None,
        limit: int = 50,
    ) -> RunPage:
        """Runs that one may know of, the latest first. Raises `Problem` not_found (of ``item``)."""
        query = {
            "state": ",".join(state) or None, "item": item, "mine": "true" if mine else None, "before": before,
            "limit": limit,
        }  # fmt: skip
        return await self._api.ask(RunPage, "GET", await self._api.in_workspace("runs"), query=query)

    async def get(self, run: str) -> Run:
        """A run: who, for whom, its state, the drafts and streams that it has written. Raises `Problem` not_found."""
        return await self._api.ask(Run, "GET", await self._api.in_workspace("runs", run))

    async def note(self, run: str, text: str) -> RunNoted:
        """Tell the agent something. Raises `Problem` not_found, forbidden, run_stopped, run_ended."""
        path = await self._api.in_workspace("runs", run, "notes")
        return await self._api.ask(RunNoted, "POST", path, body=RunNote(text))

    async def pause(self, run: str, text: str | None = None) -> RunNoted:
        """Commit nothing of the run until it is resumed. Raises `Problem`."""
        return await self._change(run, "pause", text)

    async def resume(self, run: str, text: str | None = None) -> RunNoted:
        """Let a paused run go on. Raises `Problem`."""
        return await self._change(run, "resume", text)

    async def stop(self, run: str, text: str | None = None) -> RunNoted:
        """End a run for good: no write of it that begins after the answer is committed. Raises `Problem`."""
        return await self._change(run, "stop", text)

    async def end(self, run: str, text: str | None = None) -> RunNoted:
        """The agent has done its work. Raises `Problem` not_found, forbidden, run_stopped."""
        return await self._change(run, "end", text)

    async def _change(self, run: str, verb: str, text: str | None) -> RunNoted:
        path = await self._api.in_workspace("runs", run, verb)
        return await self._api.ask(RunNoted, "POST", path, body=RunWord(text))

    async def events(self, run: str, after: int = 0, *, wait_s: float = 0, limit: int = 100) -> RunEventPage:
        """What happened to a run after event ``after``; an empty answer waits. Raises `Problem` not_found."""
        query = {"after": after, "wait_s": wait_s or None, "limit": limit}
        return await self._api.ask(
            RunEventPage, "GET", await self._api.in_workspace("runs", run, "events"), query=query
        )

    async def told(self, run: str, event: int) -> RunNoted:
        """Have remembered up to which event this agent knows what happened. Raises `Problem` not_found, forbidden."""
        path = await self._api.in_workspace("runs", run, "told")
        return await self._api.ask(RunNoted, "POST", path, body=RunHeard(event))

    async def follow(self, run: str, after: int = 0) -> AsyncIterator[RunEvent]:
        """Every event after ``after``, in order, until the run is over. Raises `Problem` that waiting does not mend."""
        failures, wait_s = 0, WAIT_S
        while True:
            try:
                page = await self.events(run, after, wait_s=wait_s)
            except Problem as problem:
                if not problem.retry:
                    raise
                await asyncio.sleep(random.uniform(0, min(AGAIN_MAX_S, AGAIN_S * 2**failures)))  # noqa: S311
                failures = min(failures + 1, 10)
                continue
            failures = 0
            for event in page.events:
                yield event
            after = page.next
            if page.state in OVER:
                if not page.events:
                    return
                wait_s = 0

    # ---- what a run did

    async def changes(self, run: str) -> RunChanges:
        """What a run did in the drafts that one may read, hunk by hunk, and what stands of it. Raises `Problem`."""
        return await self._api.ask(RunChanges, "GET", await self._api.in_workspace("runs", run, "changes"))

    async def undo(
        self, run: str, *, hunks: Iterable[str] | None = None, items: Iterable[str] | None = None
    ) -> RunUndone:
        """Take back all that a run did, or these hunks, or all in these items, under everybody's later changes.

        Raises `Problem` not_found; a draft that is refused (read_only, too_old) is told of in the answer.
        """
        return await self._decide(run, "undo", hunks, items)

    async def redo(
        self, run: str, *, hunks: Iterable[str] | None = None, items: Iterable[str] | None = None
    ) -> RunUndone:
        """Do again what was undone. Raises `Problem`."""
        return await self._decide(run, "redo", hunks, items)

    async def restore(
        self, run: str, *, hunks: Iterable[str] | None = None, items: Iterable[str] | None = None
    ) -> RunUndone:
        """Let text come back that an undo left away, beside what others have written there. Raises `Problem`."""
        return await self._decide(run, "restore", hunks, items)

    async def keep(
        self, run: str, *, hunks: Iterable[str] | None = None, items: Iterable[str] | None = None
    ) -> RunUndone:
        """Remember that changes stay: an undo of the whole passes them over. Raises `Problem`."""
        return await self._decide(run, "keep", hunks, items)

    async def _decide(self, run: str, verb: str, hunks: Iterable[str] | None, items: Iterable[str] | None) -> RunUndone:
        chosen = RunChosen(None if items is None else tuple(items), None if hunks is None else tuple(hunks))
        path = await self._api.in_workspace("runs", run, verb)
        return await self._api.ask(RunUndone, "POST", path, body=chosen)

    # ---- tools

    async def read(
        self,
        run: str,
        *,
        at: str | None = None,
        first: int | None = None,
        last: int | None = None,
        draft: str | None = None,
        item: str | None = None,
        path: str | None = None,
    ) -> ReadAnswer:
        """The document, what stands at an address, or lines of a text there. Raises `Problem`."""
        return await self._use(ReadAnswer, run, "read", Read(draft, item, path, at, first, last))

    async def search(
        self,
        run: str,
        query: str,
        *,
        pattern: bool = False,
        ignore_case: bool = False,
        limit: int = 100,
        draft: str | None = None,
        item: str | None = None,
        path: str | None = None,
    ) -> SearchAnswer:
        """Lines that hold a text, in one draft or in all items that the agent may see. Raises `Problem` bad_message."""
        asked = Search(
            draft=draft, item=item, path=path, query=query, pattern=pattern, ignore_case=ignore_case, limit=limit
        )
        return await self._use(SearchAnswer, run, "search", asked)

    async def edit(
        self,
        run: str,
        edits: Sequence[ToolEdit],
        *,
        atomic: bool = True,
        read_seq: int | None = None,
        generation: int | None = None,
        draft: str | None = None,
        item: str | None = None,
        path: str | None = None,
        idempotency_key: str | None = None,
    ) -> Edited:
        """Edit a draft. Raises `Problem`; what is not ``atomic`` tells of each edit whether it was refused."""
        asked = ToolEdits(draft, item, path, tuple(edits), read_seq, generation, atomic)
        return await self._use(Edited, run, "edit", asked, key=idempotency_key)

    # ---- streams

    async def open_stream(self, run: str, place: NewStream) -> Stream:
        """Begin a text that is written piece by piece. Raises `Problem` no_match, many_matches, out_of_range, …"""
        return await self._use(Stream, run, "streams", place)

    async def stream(self, run: str, stream: str) -> Stream:
        """How much of a stream is committed. Raises `Problem` not_found, stream_over, run_stopped."""
        path = await self._api.in_workspace("runs", run, "streams", stream)
        return await self._api.ask(Stream, "GET", path)

    async def append(self, run: str, stream: str, text: str, *, offset: int | None = None, wait: bool = True) -> Stream:
        """Write the next piece; with ``offset`` it may be sent again. Raises `Problem` stream_gap, anchor_gone, …"""
        return await self._of_stream(run, stream, "append", AppendToStream(text, offset, wait))

    async def close_stream(self, run: str, stream: str, units: int | None = None) -> Stream:
        """The text is complete: ``units`` long, if that is said. Raises `Problem` stream_gap, stream_over, …"""
        return await self._of_stream(run, stream, "close", CloseStream(units))

    async def abort_stream(self, run: str, stream: str) -> Stream:
        """Write nothing more; what is there stays, marked as unfinished. Raises `Problem` stream_over."""
        return await self._of_stream(run, stream, "abort", None)

    async def _of_stream(self, run: str, stream: str, verb: str, body: Any) -> Stream:
        path = await self._api.in_workspace("runs", run, "streams", stream, verb)
        return await self._api.ask(Stream, "POST", path, body=body)

    async def _use(self, wanted: type[_T], run: str, tool: str, body: Any, key: str | None = None) -> _T:
        path = await self._api.in_workspace("runs", run, tool)
        return await self._api.ask(wanted, "POST", path, body=body, headers={"idempotency-key": key})
