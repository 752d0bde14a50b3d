"""Kinds over HTTP: what items there can be, and what is said of their documents."""

from typing import Any, Literal

import msgspec

from draftwire.wire.messages import Whole


class KindInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A kind. ``source``: the server's own, or defined by the workspace, then with its revision."""

    name: str
    title: str
    draft_mode: Literal["per_user", "shared", "both"]
    visibility: Literal["private", "readable", "open"]
    source: Literal["server", "workspace"]
    revision: int = 0
    changed_at: float | None = None
    definition: dict[str, Any] | None = None  # of one kind asked for by name


class KindList(msgspec.Struct, frozen=True):
    """All kinds of a workspace, without their definitions."""

    kinds: tuple[KindInfo, ...]


class KindQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """``revision``: change it only if it stands there; 0: only if the workspace has never defined it."""

    revision: Whole | None = None


class KindChange(msgspec.Struct, frozen=True):
    """What a change of a kind came to, and how much is of that kind. Open drafts keep the shape they began with."""

    name: str
    revision: int
    changed: bool
    items: int
    drafts: int
