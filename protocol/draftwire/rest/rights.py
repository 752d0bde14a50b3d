"""Words of rights that several resources share."""

from typing import Literal

import msgspec

Right = Literal["see", "read_drafts", "write", "join", "deploy", "run", "admin"]
Role = Literal["admin", "editor", "operator"]
FolderRole = Literal["owner", "writer", "reader"]
# What became of one of many changes.
Outcome = Literal["created", "changed", "unchanged", "removed", "emptied"]


class Holder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Who holds a right: a user or a group, never both.

    Both are named by id or by the platform's id (``ext:`` before it is allowed); a user also as ``u/<username>``, a
    group also as ``g/<name>``.
    """

    user: str | None = None
    group: str | None = None


class HolderInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who holds a right, with the names that stand for them now."""

    name: str
    user: str | None = None
    group: str | None = None
    username: str | None = None


class Done(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a change came to."""

    outcome: Outcome
    id: str | None = None
