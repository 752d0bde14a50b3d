"""Drafts over HTTP: reading, saving whole ones, the log."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.document.ops import Op
from draftwire.wire.messages import ActorInfo, Alert, Positive, Whole, WriterInfo


class DraftQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which of an item's drafts: own, shared, or (none) the one that an editor would open."""

    purpose: Literal["own", "shared"] | None = None


class NamedDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """The item of the draft that the address names: needed only while nobody has begun that draft.

    Until then it is no row, and its id, which `mine` of an item tells, leads to nothing by itself.
    """

    item: Annotated[str | None, Meta(description="The draft's item; needed while nobody has begun the draft.")] = None


class WholeDraft(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a PUT carries: the whole document, made on the state that `If-Match` names.

    ``made_from`` is what the session saved on that state before, where the answer was a merged value that it does not
    show: what others wrote stays unseen, and is not taken for deleted.
    """

    value: dict[str, Any]
    made_from: dict[str, Any] | None = None


class PatchOp(msgspec.Struct, frozen=True, omit_defaults=True):
    """One operation of RFC 6902: `add`, `replace`, `remove` or `test`."""

    op: str
    path: str
    value: Any = msgspec.UNSET


class TextEdit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """In the text leaf ``at``, ``old``, which must stand there exactly once, becomes ``new``."""

    at: str
    old: str
    new: str


class DraftPatch(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a PATCH carries: one of the three. A bare array is an RFC 6902 patch as well."""

    ops: tuple[Op, ...] | None = None
    patch: tuple[PatchOp, ...] | None = None
    edits: tuple[TextEdit, ...] | None = None


class DraftState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft as of one etag."""

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
    adopted: tuple["Adopted", ...] = ()  # the latest first


class Adopted(msgspec.Struct, frozen=True):
    """What a draft has taken from another one, up to which state of that."""

    source: str
    etag: str


class CameIn(msgspec.Struct, frozen=True):
    """Batches ``seq_from`` … ``seq_to`` of somebody else, which are in the merged value."""

    seq_from: int
    seq_to: int
    by: tuple[ActorInfo, ...]
    addresses: tuple[str, ...]


class Saved(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft's state after a save. ``value`` only if it is not what was sent."""

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
    """Batches after a seq, at most so many."""

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
    """A stretch of a draft's log, and who wrote it."""

    draft: str
    etag: str
    seq: int
    batches: tuple[LogBatch, ...]
    writers: tuple[WriterInfo, ...]


class WriterCount(msgspec.Struct, frozen=True):
    """How much of a writer's work the log holds."""

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


class AlertEnded(msgspec.Struct, frozen=True):
    """A person has dealt with an alert."""

    alert: str
    state: Literal["resolved"] = "resolved"
