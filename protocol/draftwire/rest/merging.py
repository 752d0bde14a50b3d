"""Places that both sides changed, and choices: used wherever one text is merged into another.

*Mine* and *theirs* are from your point of view. Adopting: mine is your draft, theirs the other one. Editing together:
mine are your changes, theirs is the shared draft. Restoring from the stash: mine is the stashed text, theirs the
current draft.
"""

from typing import Any, Literal

import msgspec

Side = Literal["mine", "theirs"]


class Hunk(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place that both sides changed differently. ``start`` and ``end`` count in the text leaf of the preview's value.

    ``kind`` ``place``: the two sides moved an element to different places (values are array addresses). The id stays
    the same as long as both sides do.
    """

    id: str
    address: str
    kind: Literal["text", "value", "place"]
    base: Any
    mine: Any
    theirs: Any
    start: int | None = None
    end: int | None = None


class OwnText(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Use this value or text instead of either side."""

    value: Any


class Lost(msgspec.Struct, frozen=True):
    """What a replacement would remove at an address."""

    at: str
    mine: Any


class Resolved(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Choices by hunk id, and one for all other hunks (``rest``)."""

    resolutions: dict[str, Side | OwnText] = {}
    rest: Side | None = None
