"""Drafts over HTTP: read, save, change parts, read the log."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.document.ops import Op
from draftwire.rest.route import RETRY, Header, Route
from draftwire.wire.messages import ActorInfo, Alert, Diagnostics, Positive, Whole, WriterInfo


class DraftQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which of an item's drafts: own, shared, or (default) the one that an editor would open."""

    purpose: Literal["own", "shared"] | None = None


class NamedDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """The item of the draft in the address. Needed only while the draft has not been started.

    Until then the draft is not stored, and its id (the `mine` of an item) can't be found by itself.
    """

    item: Annotated[str | None, Meta(description="The draft's item; needed until the draft is started.")] = None


class WholeDraft(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body of a PUT: the whole document, made from the state that `If-Match` names.

    ``made_from``: what the session saved on that state before, if the answer was a merged value that the session does
    not show. Others' text that is missing from the document then counts as unseen, not as deleted.
    """

    value: dict[str, Any]
    made_from: dict[str, Any] | None = None


class PatchOp(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operation of RFC 6902: `add`, `replace`, `remove` or `test`."""

    op: str
    path: str
    value: Any = msgspec.UNSET


class TextEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Replaces ``old`` by ``new`` in the text leaf ``at``. ``old`` must occur exactly once."""

    at: str
    old: str
    new: str


class DraftPatch(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The body of a PATCH: one of the three. A bare array is an RFC 6902 patch too."""

    ops: tuple[Op, ...] | None = None
    patch: tuple[PatchOp, ...] | None = None
    edits: tuple[TextEdit, ...] | None = None


class DraftState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft at one etag."""

    draft: str
    item: str
    purpose: str
    etag: str
    generation: int
    seq: int
    may: str
    base_version: int
    head_version: int
    value: Any
    stands: bool = True
    why: str | None = None
    alerts: tuple[Alert, ...] = ()
    owner: ActorInfo | None = None
    visibility: Literal["private", "readable", "open"] = "readable"
    legacy: bool = False
    adopted: tuple["Adopted", ...] = ()  # latest first


class Adopted(msgspec.Struct, frozen=True):
    """A draft that this one has taken from, and up to which state."""

    source: str
    etag: str


class CameIn(msgspec.Struct, frozen=True):
    """Batches ``seq_from`` … ``seq_to`` by others that are part of the merged value."""

    seq_from: int
    seq_to: int
    by: tuple[ActorInfo, ...]
    addresses: tuple[str, ...]


class Saved(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft's state after a save. ``value`` is set only if it differs from what you sent."""

    draft: str
    item: str
    etag: str
    generation: int
    seq: int
    changed: bool
    normalized: bool = False
    merged: tuple[CameIn, ...] = ()
    value: Any = None


class LogQuery(NamedDraft, frozen=True, omit_defaults=True):
    """Batches after a seq, at most ``limit``."""

    after: Whole = 0
    limit: Positive = 500


class LogBatch(msgspec.Struct, frozen=True, omit_defaults=True):
    """One committed batch, as effects."""

    seq: int
    w: int
    no: int
    kind: str
    mark: str
    at: float
    ops: Any
    cause: str | None = None


class DraftLog(msgspec.Struct, frozen=True):
    """A range of a draft's log, with its writers."""

    draft: str
    etag: str
    seq: int
    batches: tuple[LogBatch, ...]
    writers: tuple[WriterInfo, ...]


class WriterCount(msgspec.Struct, frozen=True):
    """How many batches of a writer the log holds."""

    w: int
    sid: str
    actor: str
    run: str | None
    batches: int
    last_no: int


class WriterCounts(msgspec.Struct, frozen=True):
    """How many batches each session has in the log."""

    writers: tuple[WriterCount, ...]
    seq: int
    etag: str


# ---- routes

IF_NONE_MATCH = Header("If-None-Match", "Etags that you have. Returns 304 if one is the current state.")
SAVE_HEADERS = (
    Header("If-Match", "The etag that the change was made from. Weak etags are accepted.", required=True),
    Header("Draftwire-Override", "The current etag, to replace that state without a merge."),
    Header("Draftwire-Session", "The writer's session; tells two tabs of one user apart."),
    RETRY,
    Header("Prefer", "`merge=never`: refuse a stale save (409) instead of merging it."),
)
PATCH_HEADERS = tuple(header for header in SAVE_HEADERS if header.name != "Draftwire-Override")
PATCH_TYPES = ("application/json", "application/json-patch+json")
SAVE_PROBLEMS = (
    "precondition_required",
    "bad_etag",
    "stale",
    "generation_changed",
    "rewound",
    "base_ahead",
    "base_expired",
    "override_moved",
    "session_is_live",
    "idempotency_reused",
    "read_only",
    "too_large",
    "plain_secret",
    "unknown_secret",
    "duplicate_id",
    "bad_id",
)
PATCH_PROBLEMS = (
    *(code for code in SAVE_PROBLEMS if code != "override_moved"),
    "mode_forbids",
    "patch_unsupported",
    "test_failed",
    "too_much_work",
    "no_single_match",
    "not_text",
    "no_such_place",
    "bad_address",
    "bad_op",
    "root_fixed",
    "not_an_object",
    "bad_splice",
    "out_of_range",
    "half_surrogate",
    "not_keyed",
    "bad_place",
    "id_fixed",
    "keyed_array_fixed",
    "plain_array",
    "bad_text",
)

GET_DIAGNOSTICS = Route(
    id="get_diagnostics",
    method="GET",
    path="drafts/{draft}/diagnostics",
    api="drafts.diagnostics",
    query=NamedDraft,
    answer=Diagnostics,
    summary="List what prevents a deploy",
    description="""
    Returns violations of the kind's schema and references that lead nowhere. They prevent a deploy, never editing.
    """,
    who="everyone who can read the draft",
)

GET_DRAFT_OF_ITEM = Route(
    id="get_draft_of_item",
    method="GET",
    path="items/{item}/draft",
    api="drafts.of_item",
    query=DraftQuery,
    answer=DraftState,
    headers=(IF_NONE_MATCH,),
    summary="Get an item's draft",
    description="""
    Returns the draft that an editor would open, or the own or shared one if you name it. Returns 304 if you already
    have this state.
    """,
    who="everyone who can read the draft",
)

GET_DRAFT = Route(
    id="get_draft",
    method="GET",
    path="drafts/{draft}",
    api="drafts.get",
    query=NamedDraft,
    answer=DraftState,
    headers=(IF_NONE_MATCH,),
    summary="Get a draft",
    description="Returns the draft with its etag. Returns 304 if you already have this state.",
    who="everyone who can read the draft",
)

PUT_DRAFT_OF_ITEM = Route(
    id="put_draft_of_item",
    method="PUT",
    path="items/{item}/draft",
    api="drafts.save_of_item",
    query=DraftQuery,
    body=WholeDraft,
    answer=Saved,
    headers=SAVE_HEADERS,
    codes=SAVE_PROBLEMS,
    summary="Save an item's whole draft",
    description="Does the same as ``PUT drafts/{draft}``, for the draft that an editor would open or the one you name.",
    who="everyone who can edit the draft",
)

PUT_DRAFT = Route(
    id="put_draft",
    method="PUT",
    path="drafts/{draft}",
    api="drafts.save",
    query=NamedDraft,
    body=WholeDraft,
    answer=Saved,
    headers=SAVE_HEADERS,
    codes=SAVE_PROBLEMS,
    summary="Save a whole draft",
    description="""
    Saves the whole document. Returns the new etag, and also the merged value if changes by others were merged in.
    """,
    who="everyone who can edit the draft",
)

PATCH_CONTENT = Route(
    id="patch_content",
    method="PATCH",
    path="drafts/{draft}/content",
    api="drafts.patch",
    query=NamedDraft,
    body=DraftPatch | tuple[PatchOp, ...],
    answer=Saved,
    headers=PATCH_HEADERS,
    media_types=PATCH_TYPES,
    codes=PATCH_PROBLEMS,
    summary="Change parts of a draft",
    description="""
    Applies ops, an RFC 6902 patch or text replacements to the state that ``If-Match`` names.

    Changes that others made since then are merged as for a whole document: 200 lists what was merged, where and by
    whom, and 409 `stale` returns both sides.
    """,
    who="everyone who can edit the draft",
)

PATCH_DRAFT_OF_ITEM = Route(
    id="patch_draft_of_item",
    method="PATCH",
    path="items/{item}/draft",
    api="drafts.patch_of_item",
    query=DraftQuery,
    body=DraftPatch | tuple[PatchOp, ...],
    answer=Saved,
    headers=PATCH_HEADERS,
    media_types=PATCH_TYPES,
    codes=PATCH_PROBLEMS,
    summary="Change parts of an item's draft",
    description="""
    Does the same as ``PATCH drafts/{draft}/content``, for the draft that an editor would open or the one you name.
    """,
    who="everyone who can edit the draft",
)

GET_LOG = Route(
    id="get_log",
    method="GET",
    path="drafts/{draft}/log",
    api="drafts.log",
    query=LogQuery,
    answer=DraftLog,
    codes=("base_expired",),
    summary="Get a draft's log",
    description="Returns the draft's batches after a seq.",
    who="everyone who can read the draft",
)

GET_WRITERS = Route(
    id="get_writers",
    method="GET",
    path="drafts/{draft}/writers",
    api="drafts.writers",
    query=NamedDraft,
    answer=WriterCounts,
    summary="Count a draft's writers",
    description="Returns every session that has written in the draft, with the number of its batches in the log.",
    who="everyone who can read the draft",
)
