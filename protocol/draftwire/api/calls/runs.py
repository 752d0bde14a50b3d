"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable
from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.runs import (
    NewRun,
    Run,
    RunEventPage,
    RunEventQuery,
    RunHeard,
    RunNote,
    RunNoted,
    RunPage,
    RunQuery,
    RunWord,
)
from draftwire.rest.streams import AppendToStream, CloseStream, NewStream, Stream
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
    ToolEdits,
)
from draftwire.rest.undoing import RunChanges, RunChosen, RunUndone


class RunsCalls:
    """Requests of `Api.runs`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def begin(
        self,
        label: str,
        *,
        model: str | None = None,
        mode: Literal["apply", "suggest"] = "apply",
        item: str | None = None,
        idempotency_key: str | None = None,
    ) -> Run:
        """Begin a run.

        Begin a piece of an agent's work, for the agent that asks: what it does can then be told, stopped, undone.

        Raises:
            Problem: forbidden, too_many, suggest_only, idempotency_reused.
        """
        return await self._api.ask(
            Run,
            "POST",
            await self._api.in_workspace("runs"),
            body=NewRun(label=label, model=model, mode=mode, item=item),
            headers={"idempotency-key": idempotency_key},
        )

    async def page(
        self,
        *,
        state: Iterable[Literal["running", "paused", "stopped", "ended", "lost"]] = (),
        item: str | None = None,
        mine: bool = False,
        before: str | None = None,
        limit: int = 50,
    ) -> RunPage:
        """List runs.

        Runs of one's own agents, and those that have written in drafts that one may read; the latest first.

        Raises:
            Problem: not_found, bad_cursor.
        """
        return await self._api.ask(
            RunPage,
            "GET",
            await self._api.in_workspace("runs"),
            query=RunQuery(state=tuple(state), item=item, mine=mine, before=before, limit=limit),
        )

    async def get(self, run: str) -> Run:
        """Look at a run.

        One run: who, for whom, its state, the drafts and streams that it has written.
        """
        return await self._api.ask(Run, "GET", await self._api.in_workspace("runs", run))

    async def events(self, run: str, after: int = 0, *, wait_s: float = 0.0, limit: int = 100) -> RunEventPage:
        """What happened to a run.

        Notes of people, pauses, stops, decisions about suggestions, in their order; an empty answer waits ``wait_s``.
        """
        return await self._api.ask(
            RunEventPage,
            "GET",
            await self._api.in_workspace("runs", run, "events"),
            query=RunEventQuery(after=after, wait_s=wait_s, limit=limit),
        )

    async def told(self, run: str, event: int) -> RunNoted:
        """Know what happened to a run.

        Remember up to which event the run's agent knows: for agents that keep nothing between two requests.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "told"), body=RunHeard(event=event)
        )

    async def note(self, run: str, text: str) -> RunNoted:
        """Tell the agent.

        Say something to the agent of a run.

        Raises:
            Problem: forbidden, run_stopped, run_ended, quota.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "notes"), body=RunNote(text=text)
        )

    async def pause(self, run: str, text: str | None = None) -> RunNoted:
        """Pause a run.

        Commit nothing of the run until it is resumed; what is there stays.

        Raises:
            Problem: forbidden, run_stopped, run_ended, quota.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "pause"), body=RunWord(text=text)
        )

    async def resume(self, run: str, text: str | None = None) -> RunNoted:
        """Let a run go on.

        Let a paused run go on.

        Raises:
            Problem: forbidden, run_stopped, run_ended, quota.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "resume"), body=RunWord(text=text)
        )

    async def stop(self, run: str, text: str | None = None) -> RunNoted:
        """Stop a run.

        End a run for good. No write of it that begins after this answer is committed; its streams stay unfinished.

        Raises:
            Problem: forbidden, run_stopped, run_ended.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "stop"), body=RunWord(text=text)
        )

    async def end(self, run: str, text: str | None = None) -> RunNoted:
        """End a run.

        The agent has done its work. Streams that it left open are marked as aborted.

        Raises:
            Problem: forbidden, run_stopped, run_ended.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "end"), body=RunWord(text=text)
        )

    async def changes(self, run: str) -> RunChanges:
        """What a run changed.

        Its changes in the drafts that you may read, hunk by hunk: whether they stand, and who has changed them since.
        """
        return await self._api.ask(RunChanges, "GET", await self._api.in_workspace("runs", run, "changes"))

    async def undo(
        self, run: str, *, items: Iterable[str] | None = None, hunks: Iterable[str] | None = None
    ) -> RunUndone:
        """Undo a run.

        Take back what a run did, under everybody's later changes; nobody else's text goes. Stop the run before.
        """
        return await self._api.ask(
            RunUndone,
            "POST",
            await self._api.in_workspace("runs", run, "undo"),
            body=RunChosen(
                items=None if items is None else tuple(items), hunks=None if hunks is None else tuple(hunks)
            ),
        )

    async def redo(
        self, run: str, *, items: Iterable[str] | None = None, hunks: Iterable[str] | None = None
    ) -> RunUndone:
        """Redo a run.

        Do again what was undone of a run.
        """
        return await self._api.ask(
            RunUndone,
            "POST",
            await self._api.in_workspace("runs", run, "redo"),
            body=RunChosen(
                items=None if items is None else tuple(items), hunks=None if hunks is None else tuple(hunks)
            ),
        )

    async def restore(
        self, run: str, *, items: Iterable[str] | None = None, hunks: Iterable[str] | None = None
    ) -> RunUndone:
        """Restore what an undo left away.

        Let text come back that a run took away and an undo left away, beside what others have written there since.
        """
        return await self._api.ask(
            RunUndone,
            "POST",
            await self._api.in_workspace("runs", run, "restore"),
            body=RunChosen(
                items=None if items is None else tuple(items), hunks=None if hunks is None else tuple(hunks)
            ),
        )

    async def keep(
        self, run: str, *, items: Iterable[str] | None = None, hunks: Iterable[str] | None = None
    ) -> RunUndone:
        """Keep what a run did.

        Remember that changes of a run were looked at and stay: an undo of the whole passes them over.
        """
        return await self._api.ask(
            RunUndone,
            "POST",
            await self._api.in_workspace("runs", run, "keep"),
            body=RunChosen(
                items=None if items is None else tuple(items), hunks=None if hunks is None else tuple(hunks)
            ),
        )

    async def read(
        self,
        run: str,
        *,
        draft: str | None = None,
        item: str | None = None,
        path: str | None = None,
        at: str | None = None,
        first: int | None = None,
        last: int | None = None,
    ) -> ReadAnswer:
        """Read in a draft.

        The document, a part of it, or lines of a text; and what others changed since the run last read the draft.

        Raises:
            Problem: run_stopped, run_ended, no_match, many_matches, out_of_range, no_such_place, not_text,
                precondition_required, bad_message.
        """
        return await self._api.ask(
            ReadAnswer,
            "POST",
            await self._api.in_workspace("runs", run, "read"),
            body=Read(draft=draft, item=item, path=path, at=at, first=first, last=last),
        )

    async def search(
        self,
        run: str,
        query: str,
        *,
        draft: str | None = None,
        item: str | None = None,
        path: str | None = None,
        pattern: bool = False,
        ignore_case: bool = False,
        limit: int = 100,
    ) -> SearchAnswer:
        """Search in texts.

        Lines that hold a text or match a pattern, in one draft or in all items that the agent may see.

        Raises:
            Problem: run_stopped, run_ended, bad_message, busy.
        """
        return await self._api.ask(
            SearchAnswer,
            "POST",
            await self._api.in_workspace("runs", run, "search"),
            body=Search(
                draft=draft, item=item, path=path, query=query, pattern=pattern, ignore_case=ignore_case, limit=limit
            ),
        )

    async def edit(
        self,
        run: str,
        edits: Iterable[StrReplace | InsertText | ReplaceLines | SetMember | RemoveAt | AddElement | MoveElement] = (),
        *,
        draft: str | None = None,
        item: str | None = None,
        path: str | None = None,
        read_seq: int | None = None,
        generation: int | None = None,
        atomic: bool = True,
        idempotency_key: str | None = None,
    ) -> Edited:
        """Edit a draft.

        Edit what was read. Only a change in the very place that an edit is made for refuses it (`stale_region`).

        Raises:
            Problem: run_stopped, run_ended, run_paused, suggest_only, read_only, mode_forbids, archived,
                generation_changed, no_match, many_matches, out_of_range, no_such_place, not_text,
                precondition_required, bad_text, bad_op, bad_address, not_keyed, bad_place, id_fixed, duplicate_id,
                plain_secret, stale_region, overlaps_own_edit, too_fast, base_ahead, base_expired, too_much_work.
        """
        return await self._api.ask(
            Edited,
            "POST",
            await self._api.in_workspace("runs", run, "edit"),
            body=ToolEdits(
                draft=draft,
                item=item,
                path=path,
                edits=tuple(edits),
                read_seq=read_seq,
                generation=generation,
                atomic=atomic,
            ),
            headers={"idempotency-key": idempotency_key},
        )

    async def open_stream(self, run: str, body: NewStream) -> Stream:
        """Open a stream.

        Begin a text that is written piece by piece, at a place that follows everybody's edits.

        Raises:
            Problem: run_stopped, run_ended, run_paused, suggest_only, read_only, mode_forbids, archived,
                generation_changed, no_match, many_matches, out_of_range, no_such_place, not_text,
                precondition_required, too_many.
        """
        return await self._api.ask(Stream, "POST", await self._api.in_workspace("runs", run, "streams"), body=body)

    async def stream(self, run: str, stream: str) -> Stream:
        """Look at a stream.

        How much of it is committed: whoever carries it on begins there.

        Raises:
            Problem: run_stopped, run_ended, stream_over.
        """
        return await self._api.ask(Stream, "GET", await self._api.in_workspace("runs", run, "streams", stream))

    async def append(self, run: str, stream: str, text: str, *, offset: int | None = None, wait: bool = True) -> Stream:
        """Append to a stream.

        Write the next piece; with its ``offset`` it may be sent again. It is committed with others of some 40 ms.

        Raises:
            Problem: run_stopped, run_ended, run_paused, suggest_only, read_only, mode_forbids, archived,
                generation_changed, stream_gap, stream_over, anchor_gone, stale_region, bad_text, too_large, too_fast.
        """
        return await self._api.ask(
            Stream,
            "POST",
            await self._api.in_workspace("runs", run, "streams", stream, "append"),
            body=AppendToStream(text=text, offset=offset, wait=wait),
        )

    async def close_stream(self, run: str, stream: str, units: int | None = None) -> Stream:
        """Close a stream.

        The text is complete and committed.

        Raises:
            Problem: run_stopped, run_ended, run_paused, suggest_only, read_only, mode_forbids, archived,
                generation_changed, stream_gap, stream_over, anchor_gone, stale_region.
        """
        return await self._api.ask(
            Stream,
            "POST",
            await self._api.in_workspace("runs", run, "streams", stream, "close"),
            body=CloseStream(units=units),
        )

    async def abort_stream(self, run: str, stream: str) -> Stream:
        """Abort a stream.

        Write nothing more. What is there stays, marked as unfinished.

        Raises:
            Problem: run_stopped, run_ended, stream_over.
        """
        return await self._api.ask(
            Stream, "POST", await self._api.in_workspace("runs", run, "streams", stream, "abort")
        )
