"""What can't go together, and choices: used wherever one text is brought into another.

*Mine* and *theirs* are said from the asker's side: for an adoption mine is my draft and theirs the other one; for
"edit together" mine are my changes and theirs is the shared draft; for a stash entry mine is the kept text and theirs
the draft as it is.
"""

from typing import Any, Literal

import msgspec

Side = Literal["mine", "theirs"]


class Hunk(msgspec.Struct, frozen=True, omit_defaults=True):
    """What both sides changed differently. ``start`` and ``end`` count in the text leaf of the preview's value.

    ``kind`` ``place``: where an element stands (addresses of arrays). The id stays the same while both sides do.
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
    """Neither side: this value, or text, shall stand there."""

    value: Any


class Lost(msgspec.Struct, frozen=True):
    """What a replacement would take away from an address."""

    at: str
    mine: Any


class Resolved(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Choices by hunk id, and one for all the others (``rest``)."""

    resolutions: dict[str, Side | OwnText] = {}
    rest: Side | None = None
