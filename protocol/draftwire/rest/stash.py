"""The stash: all texts of an author that were refused, replaced or lost. Only the author can read them."""

from typing import Any

import msgspec

from draftwire.rest.adopting import MERGES
from draftwire.rest.merging import Resolved
from draftwire.rest.route import ONCE, Route
from draftwire.wire.messages import Positive


class StashQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Filters: by item, by draft, with dismissed entries. Paged."""

    item: str | None = None
    draft: str | None = None
    dismissed: bool = False
    cursor: str | None = None
    limit: Positive = 50


class StashLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """An entry in the list. ``places`` are the addresses of its texts, ``preview`` is the start of the first text."""

    id: str
    item: str
    draft: str
    reason: str
    at: float
    places: tuple[str, ...]
    preview: str
    restored_at: float | None = None
    dismissed_at: float | None = None


class StashPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of entries, newest first. ``next`` is the cursor of the next page."""

    entries: tuple[StashLine, ...]
    next: str | None = None


class StashText(msgspec.Struct, frozen=True, omit_defaults=True):
    """One text at its address (empty: the whole document), and the text it was based on."""

    at: str
    mine: Any
    base: Any = None


class StashEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """An entry with its texts. ``base_seq`` counts in the draft's ``generation``."""

    id: str
    item: str
    draft: str
    generation: int
    base_seq: int
    reason: str
    at: float
    texts: tuple[StashText, ...]
    restored_at: float | None = None
    dismissed_at: float | None = None


class StashSides(msgspec.Struct, frozen=True):
    """The current draft, and the draft with the entry's texts in place: two values to compare."""

    draft: str
    etag: str
    present: Any
    stashed: Any


class Restoring(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """The draft to restore into (default: the one the texts came from), and choices."""

    draft: str | None = None


class Restored(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft after the restore. ``stash`` is the entry with the replaced text."""

    entry: str
    draft: str
    item: str
    etag: str
    generation: int
    seq: int
    changed: bool
    value: Any
    stash: str | None = None


# ---- routes

LIST_STASH = Route(
    id="list_stash",
    method="GET",
    path="stash",
    api="stash.list",
    query=StashQuery,
    answer=StashPage,
    codes=("bad_cursor",),
    summary="List your stash",
    description="Returns your texts that were refused, replaced or displaced, newest first.",
    who="you, for your own entries",
)

GET_STASH = Route(
    id="get_stash",
    method="GET",
    path="stash/{entry}",
    api="stash.get",
    answer=StashEntry,
    summary="Get a stash entry",
    description="Returns your stashed text, even if you no longer have access to the item.",
    who="you, for your own entries",
)

COMPARE_STASH = Route(
    id="compare_stash",
    method="GET",
    path="stash/{entry}/compare",
    api="stash.compare",
    answer=StashSides,
    codes=("no_such_place",),
    summary="Compare a stash entry with the draft",
    description="Returns the draft as it is, and as it would be with the stashed text in place.",
    who="you, for your own entries, if you can read the draft",
)

RESTORE_STASH = Route(
    id="restore_stash",
    method="POST",
    path="stash/{entry}/restore",
    api="stash.restore",
    body=Restoring,
    answer=Restored,
    headers=ONCE,
    codes=MERGES,
    summary="Restore a stash entry",
    description="""
    Merges the text into its draft or into another draft of the item. Returns 409 `merge_conflict` if you have to
    choose.
    """,
    who="you, for your own entries, if you can edit the draft",
)

DISMISS_STASH = Route(
    id="dismiss_stash",
    method="POST",
    path="stash/{entry}/dismiss",
    api="stash.dismiss",
    answer=StashEntry,
    codes=("forbidden", "suggest_only"),
    summary="Dismiss a stash entry",
    description="Removes the entry from the list. It is deleted after 30 days.",
    who="you, for your own entries",
)
