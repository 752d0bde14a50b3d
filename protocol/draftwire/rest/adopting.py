"""Bring drafts together: adopt another draft, merge its later changes, move your changes into the shared draft."""

from typing import Any, Literal

import msgspec

from draftwire.rest.merging import Resolved
from draftwire.rest.route import ONCE, Route


class Adoption(
    Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, rename={"source": "from"}
):
    """The draft to adopt, and its etag (default: its current state). ``how`` is needed if your draft has changes."""

    source: str
    etag: str | None = None
    how: Literal["merge", "replace"] | None = None


class Bringing(
    Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, rename={"source": "from"}
):
    """The draft to merge from, and its etag (default: its current state)."""

    source: str
    etag: str | None = None


class Together(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Choices for places that both drafts changed."""


class Brought(msgspec.Struct, frozen=True, omit_defaults=True, rename={"source": "from", "source_etag": "from_etag"}):
    """The draft that was written to, after the change. ``stash`` is the entry with the replaced text."""

    draft: str
    item: str
    etag: str
    generation: int
    seq: int
    changed: bool
    source: str
    source_etag: str
    value: Any
    stash: str | None = None


# ---- routes

MERGES = (
    "merge_conflict",
    "read_only",
    "mode_forbids",
    "generation_changed",
    "rewound",
    "base_ahead",
    "base_expired",
    "bad_etag",
    "plain_secret",
    "unknown_secret",
    "idempotency_reused",
    "too_large",
    "no_such_place",
    "bad_id",
    "id_fixed",
    "not_text",
)

ADOPT = Route(
    id="adopt",
    method="POST",
    path="items/{item}/adopt",
    api="adoption.adopt",
    body=Adoption,
    answer=Brought,
    headers=ONCE,
    codes=("draft_exists", *MERGES),
    summary="Adopt another draft",
    description="""
    Copies another draft's text, as of an etag, into your own draft of the item.

    If your draft has changes and you don't set ``how``, returns 409 `draft_exists` with the result of a merge
    (``value``, ``hunks``) and what a replacement would lose (``lost``). Replaced text goes to your stash.
    """,
    who="everyone who can read the other draft and edit a draft of their own",
)

BRING = Route(
    id="bring",
    method="POST",
    path="drafts/{draft}/bring",
    api="adoption.bring",
    body=Bringing,
    answer=Brought,
    headers=ONCE,
    codes=("not_adopted", *MERGES),
    summary="Merge newer changes from an adopted draft",
    description="""
    Merges what changed in the other draft since you last took from it. Returns 409 `merge_conflict` if you have to
    choose.
    """,
    who="everyone who can read the other draft and edit this one",
)

EDIT_TOGETHER = Route(
    id="edit_together",
    method="POST",
    path="drafts/{draft}/edit-together",
    api="adoption.edit_together",
    body=Together,
    answer=Brought,
    headers=ONCE,
    codes=("forbidden", *MERGES),
    summary="Move your changes into the shared draft",
    description="""
    Merges the changes of your own draft into the item's shared draft and removes them from yours. Either both
    happen or neither.
    """,
    who="the draft's owner, if they can edit the shared draft",
)
