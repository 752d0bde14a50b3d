"""The tools, in the order in which models see them. Their docstrings are written for models."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest.drafts import DraftState
from draftwire.rest.tools import InsertText, ReplaceLines, StrReplace, ToolEdit
from draftwire.wire.messages import PresenceEntry
from draftwire_server.mcp import arguments, texts
from draftwire_server.mcp.desk import ToolSession
from draftwire_server.mcp.tool import Tool, ToolAnswer, answer, told, tool

LINES: Final = 400  # of one read that names no last line
NOT_READ: Final = "Nothing is suggested yet: you have not read what these lines are of. It reads now:"
READ_NOW: Final = "Make the call again if it fits this."
IN_SUGGESTION: Final = "A person accepts it or not. To read the item with what you have suggested, name run {run}."

INSTRUCTIONS: Final = """\
Draftwire holds the drafts of scripts, flows, apps and other items. People edit the same drafts at the same time, and \
see you live: your name, what you do, every character. You write in the draft of the person whose token you have; \
nothing is deployed by that.
Work like this: find items with list_items or search; read what you will change; edit it with edit. Only a change by \
somebody else in the very place that you edit refuses it (stale_region): the refusal shows the fresh text.
Every answer ends with what people told you meanwhile. Act on it: a note is an instruction of the person you work for, \
after "stopped" you write nothing more.
What you do belongs to a run, which people can watch, pause, stop and undo. This session has one of its own; for a \
larger piece of work call begin_run with a label that says what it is, and name the run in each call after that."""


async def item_of(desk: ToolSession, given: arguments.Where) -> str:
    """The id of the item that a tool is about. Raises `Problem` not_found, bad_message."""
    if given.item is not None:
        return given.item
    if given.path is not None:
        return (await desk.api.items.at(given.path)).item
    if given.draft is not None:
        return (await desk.api.drafts.get(given.draft)).item
    raise Problem("bad_message", "Give the item's path or id.")


async def draft_of(desk: ToolSession, given: arguments.Where) -> DraftState:
    """The draft that a tool is about. Raises `Problem` not_found, bad_message."""
    if given.draft is not None:
        return await desk.api.drafts.get(given.draft, item=given.item)
    return await desk.api.drafts.of_item(await item_of(desk, given))


def where_of(given: arguments.Where) -> dict[str, Any]:
    return {"draft": given.draft, "item": given.item, "path": given.path}


# ---- finding and reading


@tool("reads")
async def list_items(desk: ToolSession, given: arguments.ListItems) -> ToolAnswer:
    """List items (scripts, flows, apps, resources, …) that you may see, by folder, kind or words.

    Use it to find where things lie; to find a piece of code, search is better. Gives a line for each: path, [id], kind,
    deployed version, summary. If there are more, the answer ends with a cursor.
    """
    page = await desk.api.items.list(
        given.words, folder=given.folder, kind=given.kind or (), drafts=given.drafts, cursor=given.cursor,
        limit=given.limit,
    )  # fmt: skip
    lines = "\n".join(texts.item_line(item) for item in page.items) or "No items."
    more = f"There are more: cursor={page.next}" if page.next else ""
    items = [
        {"item": item.id, "path": item.path, "kind": item.kind, "version": item.version, "summary": item.summary}
        for item in page.items
    ]
    return ToolAnswer(texts.joined(lines, more), {"items": items, "next": page.next})


@tool("reads")
async def list_kinds(desk: ToolSession, given: arguments.ListKinds) -> ToolAnswer:
    """List the kinds that items can be of; or tell one kind's definition with the JSON Schema of its documents.

    Use it before create_item, or to know which members a document may have.
    """
    if given.kind is not None:
        found = await desk.api.kinds.get(given.kind)
        return answer(f"{found.name}: {found.title}\n{texts.value_text(found.definition)}", found)
    kinds = await desk.api.kinds.list()
    return answer("\n".join(f"{kind.name}: {kind.title}" for kind in kinds), {"kinds": kinds})


@tool("reads")
async def used_by(desk: ToolSession, given: arguments.UsedBy) -> ToolAnswer:
    """List the items whose deployed versions name an item: flows that call it, schedules that run it, and the like.

    Use it before you change what an item takes or gives, to know who would notice. Gives a line for each: path, [id],
    kind, version, and the places in it. Drafts are not looked at.
    """
    page = await desk.api.items.used_by(await item_of(desk, given), cursor=given.cursor, limit=given.limit)
    lines = "\n".join(texts.use_line(use) for use in page.items) or "No deployed item that you may see names it."
    more = f"There are more: cursor={page.next}" if page.next else ""
    part = "" if page.complete else "Some versions are still being looked through: ask again in a moment."
    return answer(texts.joined(lines, more, part), page)


@tool("reads")
async def search(desk: ToolSession, given: arguments.Search) -> ToolAnswer:
    """Find lines that hold a text or match a regular expression: in one item, or in all that you may see.

    Gives path, address and line number of each, and the line. Then read around the lines that matter.
    """
    run = await desk.run(given.run)
    found = await desk.api.runs.search(
        run, given.query, pattern=given.pattern, ignore_case=given.ignore_case, limit=given.limit, **where_of(given)
    )
    lines = [f"{match.path or match.item} {match.at}:{match.line}: {match.text}" for match in found.matches]
    more = "There are more: make the query narrower, or the limit larger." if found.truncated else ""
    told = [texts.searched_text(draft) for draft in found.drafts]
    return answer(texts.joined("\n".join(lines) or "Nothing found.", more, *told), found)


@tool("reads")
async def read(desk: ToolSession, given: arguments.Read) -> ToolAnswer:
    """Read an item as it is now in the draft: the whole document, what stands at an address, or lines of a text.

    Read before you edit: the edit is then made for what you read. Texts come with line numbers, at most 400 lines at
    once; the numbers and the tab behind them are not part of the text. The answer names the seq and etag of the state,
    what others changed since you read it last, and who else is there now. Without an address it lists those of the
    texts.
    """
    run = await desk.run(given.run)
    last = given.last
    if last is None and given.first is not None:
        last = given.first + LINES - 1
    found = await desk.api.runs.read(run, at=given.at, first=given.first, last=last, **where_of(given))
    more = found.text is not None and given.last is None and (found.lines or 0) > (found.first or 1) + LINES - 1
    if more and given.first is None:
        kept = "".join((found.text or "").splitlines(keepends=True)[:LINES])
        found = msgspec.structs.replace(found, text=kept, last=LINES)
    here = await _others_at(desk, found.item, run)
    made = answer(texts.joined(texts.read_text(found, more), texts.here_text(here)), found)
    return msgspec.structs.replace(made, data=made.data | {"here": msgspec.to_builtins(here)})


async def _others_at(desk: ToolSession, item: str, run: str) -> list[PresenceEntry]:
    """Who else is at an item; what was read counts more than a failure to tell that."""
    try:
        return [entry for entry in (await desk.api.presence.here(item)).here if entry.run != run]
    except Problem:
        return []


@tool("reads")
async def diff(desk: ToolSession, given: arguments.Diff) -> ToolAnswer:
    """Show what differs between two values of an item; by default what the draft changes in what is deployed.

    Use it to look over your work before you tell your user that it is done, and before a deploy.
    """
    found = await desk.api.items.diff(await item_of(desk, given), given.from_, given.to)
    return answer(texts.diff_text(found.comparison.changes), found)


# ---- writing


async def _edit(desk: ToolSession, run: str, given: arguments.Suggest, read_seq: int | None = None) -> ToolAnswer:
    done = await desk.api.runs.edit(run, given.edits, atomic=given.atomic, read_seq=read_seq, **where_of(given))
    made = answer(texts.edited_text(done), done)
    every = all(outcome.refused is not None for outcome in done.outcomes)
    return msgspec.structs.replace(made, refused=every)


@tool("writes")
async def edit(desk: ToolSession, given: arguments.Edit) -> ToolAnswer:
    """Change an item in the draft, which people see at once. Read it first.

    Each edit has `do`: str_replace (old, which stands there exactly once, becomes new; the best choice for texts),
    insert (a text before a line, or right after or before a text that stands there once), replace_lines (first … last,
    as you read them), set (a member, or a whole text), remove (a member or an element), add (an element to a keyed
    array, as a module to a flow), move (an element). The answer says where each stands now.
    Refusals: stale_region (somebody changed that place: the fresh text is shown; make the edit anew), no_match and
    many_matches (nothing was changed: correct old), run_paused, run_stopped. A refusal says whether to try again.
    """
    return await _edit(desk, await desk.run(given.run), given, given.read_seq)


@tool("writes")
async def suggest(desk: ToolSession, given: arguments.Suggest) -> ToolAnswer:
    """Suggest changes of an item, as edit makes them; nothing changes in the draft until a person accepts them.

    Use it where edit is refused with suggest_only, or where your user wants to review each change. Best name the old
    text (str_replace, or insert after or before a text): lines are those of the draft with what you have suggested
    already in it, which read shows if you name the run of the suggestions.
    """
    run = await desk.run(given.run, "suggest")
    try:
        made = await _edit(desk, run, given)
    except Problem as problem:
        if problem.code != "precondition_required":
            raise
        # What is suggested has a state of its own, which nobody has read in this run.
        seen = await desk.api.runs.read(run, at=_one_text(given.edits), **where_of(given))
        if not all(_names_its_text(edit) for edit in given.edits):
            text = texts.joined(NOT_READ, texts.read_text(seen, False), READ_NOW)
            return msgspec.structs.replace(answer(text, seen), refused=True)
        made = await _edit(desk, run, given)
    return msgspec.structs.replace(made, text=texts.joined(made.text, IN_SUGGESTION.format(run=run)))


def _names_its_text(edit: ToolEdit) -> bool:
    """Whether an edit says what stands where it goes: it can't go anywhere else, whatever was read."""
    return isinstance(edit, StrReplace) or (isinstance(edit, InsertText) and edit.line is None)


def _one_text(edits: Sequence[ToolEdit]) -> str | None:
    """The text that all edits are in; None if there are several, or other members."""
    places = {edit.at for edit in edits}
    texts_alone = all(isinstance(edit, StrReplace | InsertText | ReplaceLines) for edit in edits)
    return places.pop() if len(places) == 1 and texts_alone else None


@tool("writes")
async def create_item(desk: ToolSession, given: arguments.CreateItem) -> ToolAnswer:
    """Make a new item of any kind at a path. It is not deployed by that.

    list_kinds tells the kinds and what their documents hold. Refusals: taken, bad_path, unknown_kind, forbidden.
    """
    await desk.run(given.run)
    made = await desk.api.items.create(given.kind, path=given.path, summary=given.summary, value=given.value)
    draft = await desk.api.drafts.of_item(made.item)
    found = await desk.api.drafts.diagnostics(draft.draft, item=made.item)
    text = f"Made {made.path or '(no path)'} [{made.item}]. Read it before you edit it."
    done = answer(texts.joined(text, texts.diagnostics_text(found)), made)
    return msgspec.structs.replace(done, data=done.data | {"diagnostics": msgspec.to_builtins(found)})


@tool("writes")
async def set_secret(desk: ToolSession, given: arguments.SetSecret) -> ToolAnswer:
    """Write a secret (a password, a key) to an address of an item. Nobody can read it back, nor can you.

    The document then holds a marker in its place. Never put a secret into a document by edit.
    """
    await desk.run(given.run)
    draft = await draft_of(desk, given)
    done = await desk.api.secrets.set(draft.draft, given.at, given.value, if_match=draft.etag, item=draft.item)
    return answer(f"The secret stands at {done.at}. Seq {done.seq}, etag {done.etag}.", done)


@tool("writes")
async def fork(desk: ToolSession, given: arguments.Fork) -> ToolAnswer:
    """Make a new item from what is deployed of another one, from one of its versions, or from a draft."""
    await desk.run(given.run)
    made = await desk.api.versions.fork(await item_of(desk, given), given.source, path=given.to)
    return answer(f"Made {made.path or '(no path)'} [{made.item}] from {given.source}.", made)


@tool("destroys")
async def discard(desk: ToolSession, given: arguments.Exactly) -> ToolAnswer:
    """Give up all that is not deployed of an item's draft, also what your user has typed. Only if they ask for it.

    Name the etag that you read; if the draft has moved on since, it is refused (draft_moved). It can be brought back
    for some time by a person.
    """
    await desk.run(given.run)
    draft = await draft_of(desk, given)
    gone = await desk.api.deploys.discard(draft.draft, given.etag)
    return answer("The draft is discarded; a person can bring it back for some time.", gone)


@tool("destroys", only_with="deploy")
async def deploy(desk: ToolSession, given: arguments.Deploy) -> ToolAnswer:
    """Make the state of an etag that you have read the item's next version: what runs from then on. Only if your user
    asks for it.

    Exactly that state is shipped; what others typed since stays in the draft. Look at diff first. Refusals: behind
    (somebody deployed meanwhile), not_deployable (with what stands in its way), forbidden.
    """
    await desk.run(given.run)
    draft = await draft_of(desk, given)
    done = await desk.api.deploys.deploy(
        draft.draft, given.etag, draft.base_version, message=given.message, item=draft.item
    )
    text = f"Version {done.version} was live already." if done.unchanged else f"Version {done.version} is live."
    return answer(text, done)


@tool("destroys")
async def undo(desk: ToolSession, given: arguments.Undo) -> ToolAnswer:
    """Take back what a run of yours has written, all of it or in some items. What people wrote stays, wherever it is.

    Use it if your user does not want what you did. Names what was left because somebody has changed it since.
    """
    run = await desk.run(given.run)
    undone = await desk.api.runs.undo(run, items=given.items)
    return answer(texts.undone_text(undone), undone)


# ---- people and runs


@tool("writes")
async def status(desk: ToolSession, given: arguments.Status) -> ToolAnswer:
    """Tell people in one line what you do at an item ("waiting for review"): they see it beside your name for a minute.

    Reading and editing are told by themselves.
    """
    run = await desk.run(given.run)
    at = await desk.api.presence.attend(await item_of(desk, given), doing=given.doing, run=run, lease_s=60)
    return answer("People at the item see it for a minute.", at)


@tool("reads")
async def events(desk: ToolSession, given: arguments.Events) -> ToolAnswer:
    """What people told you or did with your run since the last answer: notes, pause, resume, stop, undo.

    Every answer brings that anyway; use this to wait, as for the end of a pause (wait_s).
    """
    run = await desk.run(given.run)
    news = await desk.news(run, given.wait_s)
    desk.used = None
    return told(ToolAnswer("" if news.events else f"Nothing new. The run is {news.state}.", {}), news)


@tool("writes")
async def begin_run(desk: ToolSession, given: arguments.BeginRun) -> ToolAnswer:
    """Begin a piece of work with a label that people see, watch, pause, stop and can undo as a whole.

    Gives an id: name it as `run` in each call that belongs to this work. With mode suggest nothing is changed until a
    person accepts it.
    """
    begun = await desk.api.runs.begin(given.label, model=given.model, mode=given.mode, item=given.item)
    return answer(f"Began run {begun.id}: name it as run in each call of this work.", begun)


@tool("writes")
async def end_run(desk: ToolSession, given: arguments.EndRun) -> ToolAnswer:
    """Say that a piece of work is done, and for people what was done. What you have written stays."""
    run = await desk.run(given.run)
    ended = await desk.api.runs.end(run, given.text)
    desk.used = None
    return answer("The run has ended.", ended)


@tool("reads")
async def list_runs(desk: ToolSession, given: arguments.ListRuns) -> ToolAnswer:
    """List runs of agents, the latest first: who works or worked for whom on what, and in which items it wrote."""
    page = await desk.api.runs.page(item=given.item, mine=given.mine)
    return answer("\n".join(texts.run_line(run) for run in page.runs) or "No runs.", page)


TOOLS: Final[dict[str, Tool]] = {
    each.name: each
    for each in (
        list_items, search, read, used_by, edit, suggest, diff, create_item, list_kinds, set_secret, fork, discard,
        deploy, undo, status, events, begin_run, end_run, list_runs,
    )
}  # fmt: skip
