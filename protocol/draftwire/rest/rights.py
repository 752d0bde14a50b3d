"""Types of rights that several resources share."""

from typing import Literal

import msgspec

Right = Literal["see", "read_drafts", "write", "join", "deploy", "run", "admin"]
Role = Literal["admin", "editor", "operator"]
FolderRole = Literal["owner", "writer", "reader"]
# The result of one of many changes.
Outcome = Literal["created", "changed", "unchanged", "removed", "emptied"]


class Holder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The holder of a right: either a user or a group.

    Name either by id or by external id (``ext:`` in front is allowed), a user also as ``u/<username>``, a group also as
    ``g/<name>``.
    """

    user: str | None = None
    group: str | None = None


class HolderInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """The holder of a right, with current names."""

    name: str
    user: str | None = None
    group: str | None = None
    username: str | None = None


class Done(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of a change."""

    outcome: Outcome
    id: str | None = None
