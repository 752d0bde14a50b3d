"""Answers as a model reads them: numbered lines, what others changed, and refusals that say what to do next. Pure."""

import json
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest.diff import Change, TextChanged
from draftwire.rest.history import ChangedBy
from draftwire.rest.items import ListedItem
from draftwire.rest.runs import Run
from draftwire.rest.tools import Edited, Outcome, ReadAnswer, Refusal, Searched
from draftwire.rest.undoing import RunUndone
from draftwire.rest.used_by import ItemUse
from draftwire.wire.messages import ActorInfo, Diagnostic, PresenceEntry, RunEvent, RunState

SHOWN_CHARS: Final = 4_000  # of one value; longer ones are cut, and the answer says so
CHANGES_SHOWN: Final = 50
TOLD: Final = frozenset(("by", "text", "first", "last"))  # of a refusal's detail, in sentences of their own

ADVICE: Final = {
    "stale_region": "See the text above, read the place again if you need more of it, and repeat the edit.",
    "overlaps_own_edit": "Read the place again: an earlier edit of yours has changed it.",
    "no_match": "Read the lines and copy the old text exactly, with its spaces.",
    "many_matches": "Include more lines around it in the old text, so that it occurs once.",
    "no_such_place": "Read the document without an address: the answer lists the addresses of its texts.",
    "not_text": "Lines and str_replace are for texts. Change other members with set.",
    "out_of_range": "Read the text: it has fewer lines.",
    "precondition_required": "Read the item first. The edit then applies to what you read.",
    "run_paused": "A person has paused this work. Call events with wait_s until it is resumed, then try again.",
    "run_stopped": "A person has stopped this work. Do not go on. Tell your user what is done and what is not; only if "
    "they want you to go on, call begin_run and name the new run in each call.",
    "run_ended": "Call begin_run, and name the run that it gives in each call.",
    "suggest_only": "You may not change this draft. Use suggest; a person then accepts or rejects it.",
    "read_only": "You can read it but not change it. Ask your user.",
    "archived": "Nothing in it can be changed until a person unarchives it.",
    "forbidden": "Your token does not allow that. Ask your user.",
    "not_found": "It does not exist, or you may not see it. Use list_items or search.",
    "generation_changed": "The draft was discarded and started again. Read it again.",
    "draft_moved": "Read it again, check what changed, then name the new etag.",
    "behind": "Someone deployed in the meantime. Check diff from deployed to mine, and tell your user.",
    "not_deployable": "Fix what the diagnostics name, then deploy the new etag.",
    "taken": "Something else is at that path. Choose another one.",
    "bad_path": "A path needs at least three segments and must start with u/<user>/, f/<folder>/ or g/<group>/.",
    "unknown_kind": "Call list_kinds.",
    "plain_secret": "A document can't contain a secret. Use set_secret.",
    "too_fast": "Wait a moment, then try again. Put several edits in one call.",
    "unauthenticated": "The token is no longer valid. Tell your user to connect again.",
    "token_expired": "The token has expired. Tell your user to connect again.",
}


def numbered(text: str, first: int = 1) -> str:
    """Lines with their numbers, as they are named in edits."""
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return "\n".join(f"{number:>6}\t{line}" for number, line in enumerate(lines, first))


def who(actor: ActorInfo | None) -> str:
    """A person, or an agent and for whom it acts; and who imported what they are said to have done."""
    if actor is None:
        return "the server"
    name = f"{actor.name} (agent of {actor.on_behalf_of})" if actor.kind == "agent" else actor.name
    return f"{name}, imported by {actor.imported_by}" if actor.imported_by else name


def shortened(value: Any) -> Any:
    """A value whose long texts are cut: they are read by their addresses."""
    if isinstance(value, str) and len(value) > SHOWN_CHARS // 4:
        return f"{value[: SHOWN_CHARS // 8]} … ({len(value)} characters; read it by its address)"
    if isinstance(value, dict):
        return {name: shortened(each) for name, each in value.items()}
    if isinstance(value, list):
        return [shortened(each) for each in value]
    return value


def value_text(value: Any) -> str:
    """A value as JSON, cut where it is too long for a model to want it whole."""
    told = json.dumps(msgspec.to_builtins(value), indent=1, ensure_ascii=False)
    return told if len(told) <= SHOWN_CHARS else f"{told[:SHOWN_CHARS]}\n… (cut: read parts of it by their addresses)"


def read_text(told: ReadAnswer, more_lines: bool) -> str:
    """What was read."""
    head = f"{told.path or told.item} ({told.kind}), seq {told.seq}, etag {told.etag}"
    if told.may == "look":
        head += f", read only: {told.why}"
    if told.text is not None:
        body = f"{told.at} lines {told.first}–{told.last} of {told.lines}:\n{numbered(told.text, told.first or 1)}"
        if more_lines:
            body += f"\nThere is more: read on with first={(told.last or 0) + 1}."
    else:
        body = f"{told.at or 'The document'}:\n{value_text(shortened(told.value))}"
        if told.leaves:
            listed = "\n".join(f"  {leaf.at} ({leaf.lines} lines)" for leaf in told.leaves)
            body += f"\nTexts, which are read and edited by lines:\n{listed}"
    return joined(head, body, changes_text(told.changes))


def here_text(here: Iterable[PresenceEntry]) -> str:
    """Who else is at an item now, and what they do there."""
    told = []
    for entry in here:
        doing = entry.doing or entry.state
        at = f" {entry.at}" if entry.at and entry.at not in doing else ""
        told.append(f"{who(entry.actor)} ({doing}{at})")
    return f"Here now: {', '.join(dict.fromkeys(told))}." if told else ""


def changes_text(changes: Iterable[ChangedBy]) -> str:
    """What others changed since the run looked last."""
    told = []
    for change in changes:
        places = ", ".join(
            place.at + "".join(f" lines {first}–{last}" for first, last in place.lines) for place in change.places
        )
        told.append(f"  {who(change.actor)}: {places or 'something that is gone again'}")
    return "Since you read it last, others changed:\n" + "\n".join(told) if told else ""


def searched_text(searched: Searched) -> str:
    """As of which state a draft was looked through, and what others changed there."""
    head = f"{searched.path or searched.item}: seq {searched.seq}, etag {searched.etag}."
    return joined(head, changes_text(searched.changes))


def edited_text(done: Edited) -> str:
    """What became of edits."""
    lines = [_outcome(index, outcome) for index, outcome in enumerate(done.outcomes)]
    return joined(
        f"Seq {done.seq}, etag {done.etag}.", "\n".join(lines), changes_text(done.changes),
        diagnostics_text(done.diagnostics),
    )  # fmt: skip


def _outcome(index: int, outcome: Outcome) -> str:
    if outcome.refused is not None:
        return f"Edit {index} of {outcome.at} was refused.\n{refusal_text(outcome.refused)}"
    where = f" lines {outcome.first}–{outcome.last}" if outcome.first is not None else ""
    return f"Edit {index} is done: {outcome.at}{where}."


def diagnostics_text(diagnostics: Iterable[Diagnostic]) -> str:
    """What stands in the way of a deploy."""
    told = [f"  {each.at or '/'}: {each.message}" for each in diagnostics]
    return "In the way of a deploy stand:\n" + "\n".join(told) if told else ""


def refusal_of(problem: Problem) -> Refusal:
    """A refusal as answers hold it."""
    return Refusal(problem.code, problem.message, problem.retry, problem.detail)


def refusal_text(refusal: Refusal) -> str:
    """Why something was refused, whether to try again, and what to do."""
    detail = refusal.detail if isinstance(refusal.detail, dict) else {}
    told = [f"{refusal.code}: {refusal.message}"]
    by = detail.get("by")
    if isinstance(by, dict):
        told.append(f"Changed by {by.get('name')}.")
    if isinstance(detail.get("text"), str):
        told.append(f"It now reads:\n{numbered(detail['text'], int(detail.get('first', 1)))}")
    rest = {name: each for name, each in detail.items() if name not in TOLD and each not in (None, [], {})}
    if rest:
        told.append("Details: " + json.dumps(msgspec.to_builtins(rest), ensure_ascii=False)[:SHOWN_CHARS])
    told.append("Trying again makes sense." if refusal.retry else "The same call will be refused again.")
    advice = ADVICE.get(refusal.code)
    if advice is not None:
        told.append(advice)
    return "\n".join(told)


def news_text(state: RunState, events: Iterable[RunEvent]) -> str:
    """What people told the agent; nothing if they did not and its run goes on."""
    told = [f"  #{event.n} {_event(event)}" for event in events if not _is_own(event)]
    if not told:
        return ""
    text = "What people did meanwhile; act on it:\n" + "\n".join(told)
    if state in ("paused", "stopped"):
        text += f"\nThe run is {state}. {ADVICE[f'run_{state}']}"
    return text


def _is_own(event: RunEvent) -> bool:
    """Whether the agent did that by itself; what it did was answered."""
    return event.type in ("undone", "ended") and event.by is not None and event.by.kind == "agent"


def _event(event: RunEvent) -> str:
    said = f": {event.text}" if event.text else ""
    match event.type:
        case "note":
            return f"{who(event.by)} says{said}"
        case "paused" | "resumed" | "stopped" | "ended":
            return f"{who(event.by)} {event.type} the run{said}"
        case "lost":
            return "You were silent for long; the run goes on with this call."
        case _:
            data = f" {json.dumps(msgspec.to_builtins(event.data), ensure_ascii=False)}" if event.data else ""
            return f"{event.type} by {who(event.by)}{said}{data}"


def item_line(item: ListedItem) -> str:
    """An item in a list."""
    version = f"version {item.version}" if item.version else "not deployed"
    summary = f": {item.summary}" if item.summary else ""
    return f"{item.path or '(no path)'} [{item.id}] {item.kind}, {version}{summary}"


def use_line(use: ItemUse) -> str:
    """An item that names another, and where."""
    more = f" and {use.times - len(use.at)} more" if use.times > len(use.at) else ""
    former = f"; written there: {', '.join(use.former)}, which leads on to it" if use.former else ""
    places = f"{', '.join(use.at)}{more}{former}"
    return f"{use.path or '(no path)'} [{use.item}] {use.kind}, version {use.version}: at {places}"


def run_line(run: Run) -> str:
    """A run in a list."""
    drafts = ", ".join(draft.path or draft.item for draft in run.drafts)
    return f"{run.id} {run.state} ({run.mode}) {who(run.actor)}: {run.label}" + (
        f"; wrote in {drafts}" if drafts else ""
    )


def undone_text(undone: RunUndone) -> str:
    """What came of an undo."""
    told = []
    for draft in undone.drafts:
        if draft.problem is not None:
            told.append(f"{draft.item}: refused, {draft.problem}.")
            continue
        state = f", etag {draft.etag}" if draft.etag else ""
        told.append(f"{draft.item}: taken back: {len(draft.done)}{state}.")
        for left in draft.left:
            by = f" by {', '.join(who(actor) for actor in left.by)}" if left.by else ""
            told.append(f"  left as it is: {left.at or left.hunk} ({left.why}{by})")
    return "\n".join(told) or "The run has written nothing."


def diff_text(changes: Iterable[Change]) -> str:
    """A difference, as patches read."""
    told = [_change(change) for _, change in zip(range(CHANGES_SHOWN), changes, strict=False)]
    return "\n".join(told) or "No difference."


def _change(change: Change) -> str:
    if not isinstance(change, TextChanged):
        kind = str(msgspec.to_builtins(change)["change"]).replace("_", " ")
        return f"{change.at} {kind}: {value_text(shortened(getattr(change, 'new', getattr(change, 'old', None))))}"
    lines = [f"{change.at}: {change.removed_lines} lines removed, {change.added_lines} added"]
    signs = {"same": " ", "removed": "-", "added": "+"}
    for hunk in change.hunks:
        lines.append(f"@@ -{hunk.old_from},{hunk.old_lines} +{hunk.new_from},{hunk.new_lines} @@")
        lines += [signs[line.kind] + line.text for line in hunk.lines]
    return "\n".join(lines)


def joined(*parts: str) -> str:
    """Parts of an answer, those that say something."""
    return "\n".join(part for part in parts if part)
