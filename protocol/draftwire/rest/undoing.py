"""What a run changed in the drafts it wrote in; undo, redo and keep that: by hunk, by item, or all of it."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo

HUNKS_ASKED = 1000
"""Hunks named in one request; for more, name items or the whole run."""


class RunHunkPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place of a text hunk, in UTF-16 units of the current text. ``added``: the run's text there.

    ``waits``: undo does not put ``removed`` back, because others have written there; only ``restore`` does.
    """

    start: int
    end: int
    added: str
    removed: str
    state: Literal["standing", "changed", "undone", "gone"]
    waits: bool = False


class RunHunk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change by a run that can be undone by itself. ``lines``: first and last, from 1, in the current text.

    ``standing``: unchanged since the run. ``changed``: others (``by``) have written there since. ``undone``, ``kept``:
    decided by a person. ``gone``: its place no longer exists. ``inside``: the hunk it belongs to; they are undone
    together. For a text, ``after`` is the whole lines as they are and ``before`` as they would be without the hunk.
    """

    id: str
    at: str
    kind: Literal["text", "set", "remove", "insert", "move"]
    state: Literal["standing", "changed", "undone", "kept", "gone"]
    seq: int  # of its first batch
    added: Any = None
    removed: Any = None
    by: tuple[ActorInfo, ...] = ()
    lines: tuple[int, int] | None = None
    parts: tuple[RunHunkPart, ...] = ()
    inside: str | None = None
    before: str | None = None
    after: str | None = None


class RunDraftChanges(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a run changed in one draft, at the state ``etag``. ``counts``: hunks by state.

    ``too_old``: its changes are no longer stored. ``discarded``: the draft was discarded since.
    """

    item: str
    draft: str
    etag: str
    may_undo: bool
    state: Literal["open", "too_old", "discarded"]
    counts: dict[str, int] = {}
    hunks: tuple[RunHunk, ...] = ()
    path: str | None = None


class RunChanges(msgspec.Struct, frozen=True):
    """What a run changed, in the drafts you can read."""

    run: str
    drafts: tuple[RunDraftChanges, ...]


class RunChosen(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which changes: hunks by id, all changes of some items, or, with neither, all."""

    items: Annotated[tuple[str, ...], Meta(max_length=HUNKS_ASKED)] | None = None
    hunks: Annotated[tuple[str, ...], Meta(max_length=HUNKS_ASKED)] | None = None


class RunLeft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change that was left as it is. ``restore``: the text that undo did not put back.

    ``changed``: others (``by``) have changed it since; ``restore`` puts a text back next to theirs. ``gone``: its place
    no longer exists. ``taken``: ids it needs are in use. ``later``: a later change of the run covers it. ``kept``: a
    person decided to keep it. ``unknown``: there is no such hunk any more.
    """

    hunk: str
    why: Literal["changed", "gone", "taken", "later", "kept", "unknown"]
    at: str = ""
    by: tuple[ActorInfo, ...] = ()
    restore: Any = None


class RunDraftUndone(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result for one draft: the hunks that were done, those that were left, and the new state.

    ``etag`` null: nothing to do. ``problem``: the code with which this draft was refused.
    """

    item: str
    draft: str
    done: tuple[str, ...] = ()
    left: tuple[RunLeft, ...] = ()
    etag: str | None = None
    problem: str | None = None


class RunUndone(msgspec.Struct, frozen=True):
    """The results of an undo, redo, restore or keep, draft by draft. A refused draft does not stop the others."""

    run: str
    drafts: tuple[RunDraftUndone, ...]


# ---- routes

READ_RUN_CHANGES = Route(
    id="read_run_changes",
    method="GET",
    path="runs/{run}/changes",
    api="runs.changes",
    answer=RunChanges,
    summary="List what a run changed",
    description="""
    Returns the run's changes in the drafts you can read, hunk by hunk: whether each still stands, and who has
    changed it since.
    """,
    who="everyone who can see the run",
)

UNDO_RUN = Route(
    id="undo_run",
    method="POST",
    path="runs/{run}/undo",
    api="runs.undo",
    body=RunChosen,
    answer=RunUndone,
    summary="Undo a run",
    description="""
    Reverts what the run changed and keeps later changes by others. Nobody else's text is removed. Stop the run
    first.
    """,
    who="people who can edit the run's drafts; a draft you can't edit is refused by itself",
)

REDO_RUN = Route(
    id="redo_run",
    method="POST",
    path="runs/{run}/redo",
    api="runs.redo",
    body=RunChosen,
    answer=RunUndone,
    summary="Redo a run",
    description="Applies changes of the run again that were undone.",
    who="people who can edit the run's drafts; a draft you can't edit is refused by itself",
)

RESTORE_RUN = Route(
    id="restore_run",
    method="POST",
    path="runs/{run}/restore",
    api="runs.restore",
    body=RunChosen,
    answer=RunUndone,
    summary="Restore text a run deleted",
    description="Puts back text that the run deleted and undo could not restore, next to what others wrote since.",
    who="people who can edit the run's drafts; a draft you can't edit is refused by itself",
)

KEEP_RUN = Route(
    id="keep_run",
    method="POST",
    path="runs/{run}/keep",
    api="runs.keep",
    body=RunChosen,
    answer=RunUndone,
    summary="Keep what a run changed",
    description="Marks changes of a run as reviewed. An undo of the whole run skips them.",
    who="people who can edit the run's drafts; a draft you can't edit is refused by itself",
)
