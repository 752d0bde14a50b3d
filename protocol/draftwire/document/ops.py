"""The five ops and what each took away: plain data, no behaviour.

An address is the ``id`` of the nearest enclosing keyed element (or nothing) followed by a JSON Pointer
(RFC 6901) inside it: ``m3/value/content``, ``/summary``; an id is escaped as a pointer token is (``~0 ~1``).
It survives every move and every shift of what is around it. Positions and lengths count UTF-16 code units.
"""

from typing import Any

import msgspec

type_tag = "op"


class Text(msgspec.Struct, frozen=True, tag_field=type_tag, tag="text"):
    """Splice a text leaf.

    ``s`` holds ``(pos, delete, insert)``, all in the coordinates of the state before the op, ascending, not
    touching each other, never through the middle of a surrogate pair.
    """

    at: str
    s: tuple[tuple[int, int, str], ...]


class Set(msgspec.Struct, frozen=True, tag_field=type_tag, tag="set"):
    """Make or replace a member (not the root, not a keyed array itself)."""

    at: str
    v: Any


class Remove(msgspec.Struct, frozen=True, tag_field=type_tag, tag="remove"):
    """Remove a member or, with an empty pointer (``m3``), the element itself."""

    at: str


class Insert(msgspec.Struct, frozen=True, tag_field=type_tag, tag="insert"):
    """Put a new element into the keyed array ``at``.

    ``before`` None: the end. Before ``before`` if that stands at or right of ``after``; else right after
    ``after``; both gone: the end. ``after`` None means the beginning of the array.
    """

    at: str
    v: dict[str, Any]
    after: str | None = None
    before: str | None = None


class Move(msgspec.Struct, frozen=True, tag_field=type_tag, tag="move"):
    """Move element ``id`` into the keyed array ``at``, placed as `Insert` places.

    Into itself or its inside: lost.
    """

    id: str
    at: str
    after: str | None = None
    before: str | None = None


Op = Text | Set | Remove | Insert | Move


class TextTaken(msgspec.Struct, frozen=True, tag_field="took", tag="text", omit_defaults=True):
    """The deleted pieces, one per splice, in order (an empty string where a splice deleted nothing)."""

    s: tuple[str, ...]


class ValueTaken(msgspec.Struct, frozen=True, tag_field="took", tag="value", omit_defaults=True):
    """What stood at a member before a set or remove; ``v`` is meaningful only if ``had``."""

    had: bool
    v: Any = None
    gone: tuple[str, ...] = ()  # ids of elements that ceased to exist with it, at any depth


class ElementTaken(msgspec.Struct, frozen=True, tag_field="took", tag="element", omit_defaults=True):
    """A removed element: what it was and where it stood."""

    v: Any
    at: str  # the keyed array that held it
    after: str | None
    before: str | None
    gone: tuple[str, ...]  # its id and every id inside it


class PlaceTaken(msgspec.Struct, frozen=True, tag_field="took", tag="place", omit_defaults=True):
    """Where a moved element stood before."""

    at: str
    after: str | None
    before: str | None


class NothingTaken(msgspec.Struct, frozen=True, tag_field="took", tag="nothing", omit_defaults=True):
    """An insert takes nothing away."""


Taken = TextTaken | ValueTaken | ElementTaken | PlaceTaken | NothingTaken


class Effect(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one op did to one state: the op as applied (places resolved), what it took away, what it made.

    The log stores effects: replay needs no rule, and a history can be inverted from the log alone. ``made``
    are the ids of the elements that came to exist, at any depth, in document order.
    """

    op: Op
    took: Taken
    made: tuple[str, ...] = ()


def gone_ids(took: Taken) -> tuple[str, ...]:
    """The ids of the elements that ceased to exist."""
    match took:
        case ValueTaken(gone=gone) | ElementTaken(gone=gone):
            return gone
        case _:
            return ()
