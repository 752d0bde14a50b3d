"""The difference of two documents as people read it: the result of `draftwire.merge.comparison`, ready to be sent.

A `Comparison` is a list of changes in the order of the new document. A change has an address, which is valid in both
documents if both have the place, and a label for people. Elements of keyed arrays are identified by their ids: an
element in another place has *moved*, it was neither removed nor added, and changes inside it are listed separately. The
value of an added or removed place holds everything that came or went with it, except elements that moved.
"""

from typing import Annotated, Any, Literal

import msgspec

from draftwire.rest.route import Route

Span = tuple[int, int]


class Spot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A position in a keyed array, counted from 0, and the element to its left."""

    array: str
    position: int
    after: str | None = None


class MemberAdded(msgspec.Struct, frozen=True, tag_field="change", tag="member_added"):
    """A member that the old document doesn't have."""

    at: str
    label: str
    new: Any


class MemberRemoved(msgspec.Struct, frozen=True, tag_field="change", tag="member_removed"):
    """A member that the new document doesn't have."""

    at: str
    label: str
    old: Any


class MemberChanged(msgspec.Struct, frozen=True, tag_field="change", tag="member_changed"):
    """A value that changed. A plain array counts as one value."""

    at: str
    label: str
    old: Any
    new: Any


class ElementAdded(msgspec.Struct, frozen=True, tag_field="change", tag="element_added"):
    """An element that the old document doesn't have. ``to`` counts in the new one."""

    at: str
    label: str
    to: Spot
    new: Any


class ElementRemoved(msgspec.Struct, frozen=True, tag_field="change", tag="element_removed"):
    """An element that the new document doesn't have. ``was`` counts in the old one."""

    at: str
    label: str
    was: Spot
    old: Any


class ElementMoved(msgspec.Struct, frozen=True, tag_field="change", tag="element_moved"):
    """An element that moved: into another array, or past elements of its own array that stayed."""

    at: str
    label: str
    was: Spot
    to: Spot


class TextLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line without its line feed (``ended`` false: it has none), numbered from 1 on each side that has it.

    ``words`` are the spans that differ, in UTF-16 units. Without them the whole line is new or removed.
    """

    kind: Literal["same", "removed", "added"]
    text: str
    old: int | None = None
    new: int | None = None
    words: tuple[Span, ...] | None = None
    ended: bool = True


class TextHunk(msgspec.Struct, frozen=True):
    """Changed lines with the lines around them: ``old_lines`` from ``old_from`` became ``new_lines`` from ``new_from``.

    If a side has no lines, its number is the line that would follow.
    """

    old_from: int
    old_lines: int
    new_from: int
    new_lines: int
    lines: tuple[TextLine, ...]


class TextChanged(msgspec.Struct, frozen=True, tag_field="change", tag="text_changed", omit_defaults=True):
    """A text leaf. ``coarse``: too large for a line-by-line diff; everything between the equal ends is one block."""

    at: str
    label: str
    removed_lines: int
    added_lines: int
    hunks: tuple[TextHunk, ...]
    coarse: bool = False


Change = MemberAdded | MemberRemoved | MemberChanged | ElementAdded | ElementRemoved | ElementMoved | TextChanged


class Comparison(msgspec.Struct, frozen=True):
    """All differences. Empty if the contents are equal."""

    changes: tuple[Change, ...]


# Which two values of an item are compared, and what they were.


class DiffQuery(msgspec.Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """What to compare: ``mine``, ``shared``, ``deployed``, ``version:<number>`` or a draft's id. Add ``@<etag>`` to any
    of these except a version for a past state; an etag alone is a state of ``mine``.
    """

    from_: Annotated[str, msgspec.Meta(description="The old value; default: the deployed one.")] = "deployed"
    to: Annotated[str, msgspec.Meta(description="The new value; default: your own draft.")] = "mine"
    context: Annotated[
        int, msgspec.Meta(ge=0, le=100, description="Unchanged lines to show around changes, at most 100.")
    ] = 3


class Side(msgspec.Struct, frozen=True, omit_defaults=True):
    """A compared value: a state of a draft, or a version (0: the initial value)."""

    name: str
    draft: str | None = None
    etag: str | None = None
    version: int | None = None


class DiffPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change by its index, or one hunk of a changed text, with an id that `revert` accepts.

    The id stays the same as long as both sides are unchanged there.
    """

    id: str
    at: str
    change: int
    hunk: int | None = None


class ItemDiff(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """The differences between two values of an item, and the states that were compared."""

    item: str
    from_: Side
    to: Side
    comparison: Comparison
    parts: tuple[DiffPart, ...] = ()


# ---- routes

DIFF_ITEM = Route(
    id="diff_item",
    method="GET",
    path="items/{item}/diff",
    api="items.diff",
    first=("from_", "to"),
    query=DiffQuery,
    answer=ItemDiff,
    codes=(
        "bad_etag",
        "generation_changed",
        "rewound",
        "base_ahead",
        "base_expired",
        "too_large",
        "mode_forbids",
        "duplicate_id",
        "bad_id",
    ),
    summary="Compare two values of an item",
    description="""
    Returns the differences between any two of these: your draft, another person's draft, the shared draft, the
    deployed value, a version, a past state.

    Access is checked for each value separately.
    """,
    who="everyone who can read both values",
)
