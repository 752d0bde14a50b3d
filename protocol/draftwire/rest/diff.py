"""The difference of two documents as people read it: what `draftwire.merge.comparison` finds, ready to be sent.

A `Comparison` is a list of changes in the order of the new document. A change has an address, which holds in both
documents where both have the place, and a label for people. Elements of keyed arrays are known by their ids: one that
stands elsewhere has *moved* and was neither removed nor added; what changed inside it is told by changes of its own.
The value of an added or removed place holds all that came or went with it, but not the elements that moved.
"""

from typing import Annotated, Any, Literal

import msgspec

from draftwire.rest.route import Route

Span = tuple[int, int]


class Spot(msgspec.Struct, frozen=True, omit_defaults=True):
    """A position in a keyed array, counted from 0, and the element left of it there."""

    array: str
    position: int
    after: str | None = None


class MemberAdded(msgspec.Struct, frozen=True, tag_field="change", tag="member_added"):
    """A member that the old document has not."""

    at: str
    label: str
    new: Any


class MemberRemoved(msgspec.Struct, frozen=True, tag_field="change", tag="member_removed"):
    """A member that the new document has not."""

    at: str
    label: str
    old: Any


class MemberChanged(msgspec.Struct, frozen=True, tag_field="change", tag="member_changed"):
    """A value that became another; a plain array is one value."""

    at: str
    label: str
    old: Any
    new: Any


class ElementAdded(msgspec.Struct, frozen=True, tag_field="change", tag="element_added"):
    """An element that the old document has nowhere; ``to`` counts in the new one."""

    at: str
    label: str
    to: Spot
    new: Any


class ElementRemoved(msgspec.Struct, frozen=True, tag_field="change", tag="element_removed"):
    """An element that the new document has nowhere; ``was`` counts in the old one."""

    at: str
    label: str
    was: Spot
    old: Any


class ElementMoved(msgspec.Struct, frozen=True, tag_field="change", tag="element_moved"):
    """An element that stands elsewhere: in another array, or past others of its own that stayed."""

    at: str
    label: str
    was: Spot
    to: Spot


class TextLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line, without its line feed (``ended`` False: it has none), numbered from 1 on each side that has it.

    ``words`` are the spans of it that differ, in UTF-16 units; without them the line is new, or gone, as a whole.
    """

    kind: Literal["same", "removed", "added"]
    text: str
    old: int | None = None
    new: int | None = None
    words: tuple[Span, ...] | None = None
    ended: bool = True


class TextHunk(msgspec.Struct, frozen=True):
    """Lines that changed, with those around them: ``old_lines`` from ``old_from`` on became ``new_lines``.

    Of no lines, ``old_from`` or ``new_from`` is the line before which they would stand.
    """

    old_from: int
    old_lines: int
    new_from: int
    new_lines: int
    lines: tuple[TextLine, ...]


class TextChanged(msgspec.Struct, frozen=True, tag_field="change", tag="text_changed", omit_defaults=True):
    """A text leaf. ``coarse``: too large to be compared line by line, what lies between equal ends is one block."""

    at: str
    label: str
    removed_lines: int
    added_lines: int
    hunks: tuple[TextHunk, ...]
    coarse: bool = False


Change = MemberAdded | MemberRemoved | MemberChanged | ElementAdded | ElementRemoved | ElementMoved | TextChanged


class Comparison(msgspec.Struct, frozen=True):
    """All that differs; no changes: the same content."""

    changes: tuple[Change, ...]


# Which two values of an item are compared, and what they were.


class DiffQuery(msgspec.Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """What is compared: ``mine``, ``shared``, ``deployed``, ``version:<number>``, a draft's id; all but versions may go
    on with ``@<etag>``, and an etag alone is one of ``mine``.
    """

    from_: Annotated[str, msgspec.Meta(description="The old value: by default what is deployed.")] = "deployed"
    to: Annotated[str, msgspec.Meta(description="The new value: by default one's own draft.")] = "mine"
    context: Annotated[
        int, msgspec.Meta(ge=0, le=100, description="Lines around changed ones in texts, at most 100.")
    ] = 3


class Side(msgspec.Struct, frozen=True, omit_defaults=True):
    """A value that was compared: a state of a draft, or a version (0: the initial value)."""

    name: str
    draft: str | None = None
    etag: str | None = None
    version: int | None = None


class DiffPart(msgspec.Struct, frozen=True, omit_defaults=True):
    """A change by its index, or one hunk of a changed text, with an id: what `revert` can bring back by itself.

    The id stays the same as long as both sides read the same there.
    """

    id: str
    at: str
    change: int
    hunk: int | None = None


class ItemDiff(msgspec.Struct, frozen=True, rename={"from_": "from"}):
    """What differs between two values of an item, and which states these were."""

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
