"""Bringing drafts together: adopt another's, bring back its changes later, edit together in the shared one."""

from typing import Any, Literal

import msgspec

from draftwire.rest.merging import Resolved


class Adoption(
    Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, rename={"source": "from"}
):
    """Which draft, as of which etag (none: as it is), and how if one's own draft has changes."""

    source: str
    etag: str | None = None
    how: Literal["merge", "replace"] | None = None


class Bringing(
    Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True, rename={"source": "from"}
):
    """From which draft, up to which etag (none: as it is)."""

    source: str
    etag: str | None = None


class Together(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """How what can't go together is chosen."""


class Brought(msgspec.Struct, frozen=True, omit_defaults=True, rename={"source": "from", "source_etag": "from_etag"}):
    """The draft that was written into, after it. ``stash`` holds what was replaced."""

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
