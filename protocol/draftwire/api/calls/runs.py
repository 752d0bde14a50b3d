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

        Begins a run: a piece of an agent's work that people can watch, send notes to, stop and undo.

        Who may: agents, for themselves.

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

        Returns runs, newest first. Filter them by state or item, or to your own.

        Who may: everyone, for their agents' runs and runs in drafts they can read; workspace admins, for all.

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
        """Get a run.

        Returns the run with its agent, the person it works for, its state, and the drafts and streams it has written
        that you can read.

        Who may: the run's agent and its person, everyone who can read a draft it wrote in, workspace admins.
        """
        return await self._api.ask(Run, "GET", await self._api.in_workspace("runs", run))

    async def events(self, run: str, after: int = 0, *, wait_s: float = 0.0, limit: int = 100) -> RunEventPage:
        """List what happened to a run.

        Returns notes, pauses, stops and decisions about suggestions, in order. If there is none yet, waits up to
        ``wait_s`` seconds.

        Who may: everyone who can see the run; the text of notes only those who can stop it.
        """
        return await self._api.ask(
            RunEventPage,
            "GET",
            await self._api.in_workspace("runs", run, "events"),
            query=RunEventQuery(after=after, wait_s=wait_s, limit=limit),
        )

    async def told(self, run: str, event: int) -> RunNoted:
        """Acknowledge a run's events.

        Stores up to which event the agent knows about its run. Use it in agents that keep no state between requests.

        Who may: the run's agent.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "told"), body=RunHeard(event=event)
        )

    async def note(self, run: str, text: str) -> RunNoted:
        """Send a note to a run's agent.

        Adds a note to the run's events, which the agent reads.

        Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.

        Raises:
            Problem: forbidden, run_stopped, run_ended, quota.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "notes"), body=RunNote(text=text)
        )

    async def pause(self, run: str, text: str | None = None) -> RunNoted:
        """Pause a run.

        Stops the run from writing until it is resumed. What it has written stays.

        Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.

        Raises:
            Problem: forbidden, run_stopped, run_ended, quota.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "pause"), body=RunWord(text=text)
        )

    async def resume(self, run: str, text: str | None = None) -> RunNoted:
        """Resume a run.

        Lets a paused run continue.

        Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.

        Raises:
            Problem: forbidden, run_stopped, run_ended, quota.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "resume"), body=RunWord(text=text)
        )

    async def stop(self, run: str, text: str | None = None) -> RunNoted:
        """Stop a run.

        Ends a run for good. No write that begins after this answer is committed. Open streams stay unfinished.

        Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.

        Raises:
            Problem: forbidden, run_stopped, run_ended.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "stop"), body=RunWord(text=text)
        )

    async def end(self, run: str, text: str | None = None) -> RunNoted:
        """End a run.

        Marks the run's work as done. Streams that are still open are marked as aborted.

        Who may: the run's agent.

        Raises:
            Problem: forbidden, run_stopped, run_ended.
        """
        return await self._api.ask(
            RunNoted, "POST", await self._api.in_workspace("runs", run, "end"), body=RunWord(text=text)
        )

    async def changes(self, run: str) -> RunChanges:
        """List what a run changed.

        Returns the run's changes in the drafts you can read, hunk by hunk: whether each still stands, and who has
        changed it since.

        Who may: everyone who can see the run.
        """
        return await self._api.ask(RunChanges, "GET", await self._api.in_workspace("runs", run, "changes"))

    async def undo(
        self, run: str, *, items: Iterable[str] | None = None, hunks: Iterable[str] | None = None
    ) -> RunUndone:
        """Undo a run.

        Reverts what the run changed and keeps later changes by others. Nobody else's text is removed. Stop the run
        first.

        Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
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

        Applies changes of the run again that were undone.

        Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
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
        """Restore text a run deleted.

        Puts back text that the run deleted and undo could not restore, next to what others wrote since.

        Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
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
        """Keep what a run changed.

        Marks changes of a run as reviewed. An undo of the whole run skips them.

        Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
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
        """Read a draft as an agent.

        Returns the document, a part of it, or lines of a text. Also returns what others changed since the run last read
        the draft.

        Who may: the run's agent, for drafts it can read.

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
        """Search texts as an agent.

        Returns the lines that contain a text or match a pattern, in one draft or in all items.

        Who may: the run's agent, for items it can see.

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
        """Edit a draft as an agent.

        Applies edits to what the run has read. An edit is refused with `stale_region` only if the exact place you are
        editing has changed since you read it.

        Who may: the run's agent, if it can edit the draft or suggest for it.

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

        Starts a text that the agent writes piece by piece. Its place moves along with everyone's edits.

        Who may: the run's agent, if it can edit the draft.

        Raises:
            Problem: run_stopped, run_ended, run_paused, suggest_only, read_only, mode_forbids, archived,
                generation_changed, no_match, many_matches, out_of_range, no_such_place, not_text,
                precondition_required, too_many.
        """
        return await self._api.ask(Stream, "POST", await self._api.in_workspace("runs", run, "streams"), body=body)

    async def stream(self, run: str, stream: str) -> Stream:
        """Get a stream.

        Returns the stream with ``units``, the amount that is committed. Continue from there.

        Who may: the run's agent.

        Raises:
            Problem: run_stopped, run_ended, stream_over.
        """
        return await self._api.ask(Stream, "GET", await self._api.in_workspace("runs", run, "streams", stream))

    async def append(self, run: str, stream: str, text: str, *, offset: int | None = None, wait: bool = True) -> Stream:
        """Append to a stream.

        Writes the next piece. Pieces are committed together, about every 40 ms. With ``offset`` you can safely send a
        piece again.

        Who may: the run's agent, if it can edit the draft.

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

        Marks the text as complete, after all of it is committed.

        Who may: the run's agent.

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

        Stops writing. The text that is there stays and is marked as unfinished.

        Who may: the run's agent.

        Raises:
            Problem: run_stopped, run_ended, stream_over.
        """
        return await self._api.ask(
            Stream, "POST", await self._api.in_workspace("runs", run, "streams", stream, "abort")
        )
