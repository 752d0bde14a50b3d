"""An AI session's tools over HTTP: read, search and edit the drafts that its run may write in.

Lines count from 1 and ranges include both ends. There are no character positions: models count them badly. Every answer
names its state (``seq``, ``etag``) and what others changed since the run last read the draft.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.history import ChangedBy
from draftwire.rest.route import Header, Route
from draftwire.wire.messages import Diagnostic, Positive, Whole

QUERY_CHARS = 1000


class Where(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft: by its id, or of an item (by id or path) the one that an editor of the run's person opens."""

    draft: str | None = None
    item: str | None = None
    path: str | None = None


class Read(Where, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to read: the document, an address, or lines of a text there."""

    at: str | None = None
    first: Positive | None = None
    last: Positive | None = None


class Leaf(msgspec.Struct, frozen=True):
    """A text of a document, and its length."""

    at: str
    lines: int
    units: int


class ReadAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was read. For a text leaf: ``text``, the lines ``first`` … ``last`` of ``lines``; otherwise ``value``."""

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
    why: str | None = None  # why the run can only view it


class Search(Where, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Find a text, or a pattern within a line: in one draft, or in all items that the agent can see."""

    query: Annotated[str, Meta(min_length=1, max_length=QUERY_CHARS)]
    pattern: bool = False  # the query is a regular expression
    ignore_case: bool = False
    limit: Positive = 100


class Match(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line that matches. ``draft`` and ``seq`` are set if it was found in a draft, not in the deployed value."""

    item: str
    at: str
    line: int
    text: str
    path: str | None = None
    draft: str | None = None
    seq: int | None = None


class Searched(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft that was searched, at one state, and what others changed since the run last read it."""

    draft: str
    item: str
    etag: str
    seq: int
    changes: tuple[ChangedBy, ...] = ()
    path: str | None = None


class SearchAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The matches. ``truncated``: there are more. ``items``: how many were searched.

    ``drafts``: the one you asked for; in a search of all items, those that others changed since the run read them.
    """

    matches: tuple[Match, ...]
    items: int
    truncated: bool = False
    drafts: tuple[Searched, ...] = ()


class StrReplace(msgspec.Struct, frozen=True, tag_field="do", tag="str_replace", omit_defaults=True):
    """Replaces ``old`` by ``new`` in the text at ``at``. ``old`` must occur exactly once."""

    at: str
    old: Annotated[str, Meta(min_length=1)]
    new: str
    read_seq: Whole | None = None


class InsertText(msgspec.Struct, frozen=True, tag_field="do", tag="insert", omit_defaults=True):
    """Inserts ``text`` before a line (the number of lines + 1: at the end), or directly after or before a text that
    occurs once.
    """

    at: str
    text: Annotated[str, Meta(min_length=1)]
    line: Positive | None = None
    after: Annotated[str, Meta(min_length=1)] | None = None
    before: Annotated[str, Meta(min_length=1)] | None = None
    read_seq: Whole | None = None


class ReplaceLines(msgspec.Struct, frozen=True, tag_field="do", tag="replace_lines", omit_defaults=True):
    """Replaces the lines ``first`` … ``last`` by ``text``. An empty text deletes them."""

    at: str
    first: Positive
    last: Positive
    text: str
    read_seq: Whole | None = None


class SetMember(msgspec.Struct, frozen=True, tag_field="do", tag="set", omit_defaults=True):
    """Sets a member, or a whole text, to ``value``."""

    at: str
    value: Any
    read_seq: Whole | None = None


class RemoveAt(msgspec.Struct, frozen=True, tag_field="do", tag="remove", omit_defaults=True):
    """Removes a member, or, with only an element's id, the element."""

    at: str
    read_seq: Whole | None = None


class AddElement(msgspec.Struct, frozen=True, tag_field="do", tag="add", omit_defaults=True):
    """Adds an element to the keyed array ``at``: after ``after``, before ``before``, or at the end."""

    at: str
    value: dict[str, Any]
    after: str | None = None
    before: str | None = None
    read_seq: Whole | None = None


class MoveElement(msgspec.Struct, frozen=True, tag_field="do", tag="move", omit_defaults=True):
    """Moves an element into the keyed array ``at``, placed in the same way."""

    id: str
    at: str
    after: str | None = None
    before: str | None = None
    read_seq: Whole | None = None


ToolEdit = StrReplace | InsertText | ReplaceLines | SetMember | RemoveAt | AddElement | MoveElement


class ToolEdits(Where, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Edits of one draft. ``read_seq``: the state they were made for, of each edit or of all. Default: as last read.

    ``atomic``: all or none, as one batch, where each edit sees the result of the ones before it. Otherwise each is
    applied or refused by itself.
    """

    edits: tuple[ToolEdit, ...] = ()
    read_seq: Whole | None = None
    generation: Whole | None = None
    atomic: bool = True


class Refusal(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why an edit was refused. ``retry``: try again after reading what ``detail`` shows."""

    code: str
    message: str
    retry: bool
    detail: Any = None


class Outcome(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of an edit: the batch ``seq`` and its current place; or why it was refused."""

    at: str
    seq: int | None = None
    first: int | None = None
    last: int | None = None
    refused: Refusal | None = None


class Edited(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft after the edits. ``diagnostics`` lists what prevents its deploy now."""

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
KEY = Header("Idempotency-Key", "A retry with the same key changes nothing again.")

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
