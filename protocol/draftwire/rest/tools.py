"""An AI session's tools over HTTP: read, search, edit, in the drafts that its run may write in.

Lines count from 1 and are included; positions are not asked for: a model counts them badly. Every answer names the
state that it tells of (``seq``, ``etag``) and what others changed since the run last read the draft.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.history import ChangedBy
from draftwire.rest.route import Header, Route
from draftwire.wire.messages import Diagnostic, Positive, Whole

QUERY_CHARS = 1000


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """In which draft: one by its id; or of an item, by id or path, the one that an editor of the run's person opens."""

    draft: str | None = None
    item: str | None = None
    path: str | None = None


class Read(Where, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to read: the document, what stands at an address, or lines of a text there."""

    at: str | None = None
    first: Positive | None = None
    last: Positive | None = None


class Leaf(msgspec.Struct, frozen=True):
    """A text of a document, and how long it is."""

    at: str
    lines: int
    units: int


class ReadAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was read. Of a text leaf ``text`` with the lines ``first`` … ``last`` of ``lines``; else ``value``."""

    draft: str
    item: str
    kind: str
    etag: str
    generation: int
    seq: int
    may: Literal["look", "type", "suggest"]
    at: str = ""
    path: str | None = None
    value: Any = None
    text: str | None = None
    first: int | None = None
    last: int | None = None
    lines: int | None = None
    leaves: tuple[Leaf, ...] = ()
    changes: tuple[ChangedBy, ...] = ()
    why: str | None = None  # it may only look


class Search(Where, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Find a text, or what a pattern matches within a line: in one draft, or in all items that the agent may see."""

    query: Annotated[str, Meta(min_length=1, max_length=QUERY_CHARS)]
    pattern: bool = False  # the query is a regular expression
    ignore_case: bool = False
    limit: Positive = 100


class Match(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that matches; ``draft`` and ``seq`` where it was found in a draft and not in what is deployed."""

    item: str
    at: str
    line: int
    text: str
    path: str | None = None
    draft: str | None = None
    seq: int | None = None


class Searched(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft that was looked through, as of a state, and what others changed since the run read it last."""

    draft: str
    item: str
    etag: str
    seq: int
    changes: tuple[ChangedBy, ...] = ()
    path: str | None = None


class SearchAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found. ``truncated``: there is more; ``items`` were looked through.

    ``drafts``: the one that was asked for; of all, those that others changed since the run read them.
    """

    matches: tuple[Match, ...]
    items: int
    truncated: bool = False
    drafts: tuple[Searched, ...] = ()


class StrReplace(msgspec.Struct, frozen=True, tag_field="do", tag="str_replace", omit_defaults=True):
    """In the text at ``at``, ``old``, which must stand there exactly once, becomes ``new``."""

    at: str
    old: Annotated[str, Meta(min_length=1)]
    new: str
    read_seq: Whole | None = None


class InsertText(msgspec.Struct, frozen=True, tag_field="do", tag="insert", omit_defaults=True):
    """Put ``text`` before a line (the number of lines + 1: at the end), or right after or before a text found once."""

    at: str
    text: Annotated[str, Meta(min_length=1)]
    line: Positive | None = None
    after: Annotated[str, Meta(min_length=1)] | None = None
    before: Annotated[str, Meta(min_length=1)] | None = None
    read_seq: Whole | None = None


class ReplaceLines(msgspec.Struct, frozen=True, tag_field="do", tag="replace_lines", omit_defaults=True):
    """The lines ``first`` … ``last`` become ``text``; an empty one deletes them."""

    at: str
    first: Positive
    last: Positive
    text: str
    read_seq: Whole | None = None


class SetMember(msgspec.Struct, frozen=True, tag_field="do", tag="set", omit_defaults=True):
    """A member, or a whole text, becomes ``value``."""

    at: str
    value: Any
    read_seq: Whole | None = None


class RemoveAt(msgspec.Struct, frozen=True, tag_field="do", tag="remove", omit_defaults=True):
    """Remove a member; with an element's id alone, the element."""

    at: str
    read_seq: Whole | None = None


class AddElement(msgspec.Struct, frozen=True, tag_field="do", tag="add", omit_defaults=True):
    """Put an element into the keyed array ``at``, behind ``after`` or before ``before``; neither: at the end."""

    at: str
    value: dict[str, Any]
    after: str | None = None
    before: str | None = None
    read_seq: Whole | None = None


class MoveElement(msgspec.Struct, frozen=True, tag_field="do", tag="move", omit_defaults=True):
    """Move an element into the keyed array ``at``, placed likewise."""

    id: str
    at: str
    after: str | None = None
    before: str | None = None
    read_seq: Whole | None = None


ToolEdit = StrReplace | InsertText | ReplaceLines | SetMember | RemoveAt | AddElement | MoveElement


class ToolEdits(Where, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Edits of one draft. ``read_seq``: the state that they were made for, of each or of all; none: as last read.

    ``atomic``: all or none, as one batch, each made for what the ones before it leave. Otherwise each lands or is
    refused by itself.
    """

    edits: tuple[ToolEdit, ...] = ()
    read_seq: Whole | None = None
    generation: Whole | None = None
    atomic: bool = True


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why an edit was refused, and whether trying again makes sense, after reading what ``detail`` shows."""

    code: str
    message: str
    retry: bool
    detail: Any = None


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of an edit: the batch ``seq`` and where it stands now; or why it was refused."""

    at: str
    seq: int | None = None
    first: int | None = None
    last: int | None = None
    refused: Refusal | None = None


class Edited(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft after the edits; ``diagnostics`` is what stands in the way of its deploy now."""

    draft: str
    item: str
    etag: str
    generation: int
    seq: int
    outcomes: tuple[Outcome, ...]
    changes: tuple[ChangedBy, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()


# ---- routes

OVER = ("run_stopped", "run_ended")
WRITES = (*OVER, "run_paused", "suggest_only", "read_only", "mode_forbids", "archived", "generation_changed")
PLACES = ("no_match", "many_matches", "out_of_range", "no_such_place", "not_text", "precondition_required")
OPS = ("bad_text", "bad_op", "bad_address", "not_keyed", "bad_place", "id_fixed", "duplicate_id", "plain_secret")
KEY = Header("Idempotency-Key", "A retry with the same key changes nothing more.")

READ_DRAFT = Route(
    id="read_draft",
    method="POST",
    path="runs/{run}/read",
    api="runs.read",
    body=Read,
    answer=ReadAnswer,
    reads=True,
    codes=(*OVER, *PLACES, "bad_message"),
    summary="Read a draft as an agent",
    description="""
    Returns the document, a part of it, or lines of a text. Also returns what others changed since the run last read
    the draft.
    """,
    who="the run's agent, for drafts it can read",
)

SEARCH_TEXTS = Route(
    id="search_texts",
    method="POST",
    path="runs/{run}/search",
    api="runs.search",
    body=Search,
    answer=SearchAnswer,
    reads=True,
    codes=(*OVER, "bad_message", "busy"),
    summary="Search texts as an agent",
    description="Returns the lines that contain a text or match a pattern, in one draft or in all items.",
    who="the run's agent, for items it can see",
)

EDIT_DRAFT = Route(
    id="edit_draft",
    method="POST",
    path="runs/{run}/edit",
    api="runs.edit",
    first=("edits",),
    body=ToolEdits,
    answer=Edited,
    headers=(KEY,),
    codes=(
        *WRITES,
        *PLACES,
        *OPS,
        "stale_region",
        "overlaps_own_edit",
        "too_fast",
        "base_ahead",
        "base_expired",
        "too_much_work",
    ),
    summary="Edit a draft as an agent",
    description="""
    Applies edits to what the run has read. An edit is refused with `stale_region` only if the exact place you are
    editing has changed since you read it.
    """,
    who="the run's agent, if it can edit the draft or suggest for it",
)
