"""Suggestions: what a run in mode suggest would change in a draft, reviewed hunk by hunk while the draft changes."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo

HUNKS_DECIDED = 1000


class SuggestedHunk(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place. ``why`` says why it does not apply: ``changed``: the draft has changed there; ``there``: the draft
    already has it; ``together``: it applies only with other hunks, so accept them together. ``by`` decided, at
    ``at_s``. ``line`` counts in the state that the suggestion is based on. ``start`` to ``end`` are UTF-16 units of the
    draft's current text.
    """

    id: str
    at: str
    kind: Literal["text", "set", "remove", "insert", "move"]
    state: Literal["open", "accepted", "rejected"]
    applies: bool
    old: Any = None
    new: Any = None
    why: Literal["changed", "there", "together"] | None = None
    changed_by: tuple[ActorInfo, ...] = ()
    line: int | None = None
    by: ActorInfo | None = None
    at_s: float | None = None
    start: int | None = None
    end: int | None = None


class Suggestion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A run's suggestion for a draft, compared with the draft at ``etag``. ``hunks`` is set only if you get a single
    one.
    """

    id: str
    run: str
    item: str
    draft: str
    etag: str
    begun_at: float
    changed_at: float
    may_accept: bool
    actor: ActorInfo | None = None
    hunks: tuple[SuggestedHunk, ...] = ()


class SuggestionPage(msgspec.Struct, frozen=True):
    """The suggestions for a draft, newest first."""

    suggestions: tuple[Suggestion, ...]


class Deciding(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which hunks: by id, all at some addresses, or ``all`` that are open. Name one of these."""

    hunks: Annotated[tuple[str, ...], Meta(max_length=HUNKS_DECIDED)] | None = None
    at: Annotated[tuple[str, ...], Meta(max_length=HUNKS_DECIDED)] | None = None
    all: bool = False


class SuggestionDecided(msgspec.Struct, frozen=True, omit_defaults=True):
    """Hunks that were decided, hunks that were not, and the draft's new state (null: unchanged)."""

    suggestion: str
    done: tuple[str, ...]
    left: tuple[SuggestedHunk, ...] = ()
    etag: str | None = None


# ---- routes

LIST_SUGGESTIONS = Route(
    id="list_suggestions",
    method="GET",
    path="drafts/{draft}/suggestions",
    api="suggestions.list",
    query=NamedDraft,
    answer=SuggestionPage,
    summary="List suggestions for a draft",
    description="Returns what runs suggest for the draft, newest first.",
    who="everyone who can read the draft",
)

LOAD_SUGGESTION = Route(
    id="load_suggestion",
    method="GET",
    path="suggestions/{suggestion}",
    api="suggestions.get",
    answer=Suggestion,
    summary="Get a suggestion",
    description="""
    Returns the suggestion hunk by hunk against the draft as it is now: which hunks apply, why others don't, and
    what was decided.
    """,
    who="everyone who can read the draft",
)

ACCEPT_SUGGESTION = Route(
    id="accept_suggestion",
    method="POST",
    path="suggestions/{suggestion}/accept",
    api="suggestions.accept",
    body=Deciding,
    answer=SuggestionDecided,
    codes=("read_only", "archived", "busy"),
    summary="Accept suggested hunks",
    description="""
    Applies the hunks to the draft. The agent stays their author and you are recorded as the approver. Hunks that no
    longer apply are skipped and listed under ``left``.
    """,
    who="everyone who can edit the draft",
)

REJECT_SUGGESTION = Route(
    id="reject_suggestion",
    method="POST",
    path="suggestions/{suggestion}/reject",
    api="suggestions.reject",
    body=Deciding,
    answer=SuggestionDecided,
    codes=("read_only", "archived"),
    summary="Reject suggested hunks",
    description="Marks the hunks as rejected and notifies the run.",
    who="everyone who can edit the draft",
)
