"""Members of a workspace over HTTP."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.rights import Role
from draftwire.wire.messages import Positive


class NewMember(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A member to be. ``external_id`` is the subject of their tokens; their place is ``u/<username>/``."""

    external_id: str
    name: str | None = None
    username: str | None = None
    role: Role = "editor"


class ChangedMember(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to change of a member. Another ``username`` moves what lies in their place with them."""

    name: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    external_id: str | UnsetType = UNSET


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member. Everybody sees names; the rest is for admins, and of oneself."""

    id: str
    username: str
    name: str
    role: Role | None = None
    external_id: str | None = None
    removed: bool = False
    erased: bool = False
    groups: tuple[str, ...] | None = None  # names of the groups they are in


class MemberQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which members are wanted: those whose name holds ``search``; removed ones only if admins ask for them."""

    search: str | None = None
    username: str | None = None
    removed: bool = False
    cursor: str | None = None
    limit: Positive = 100


class MemberPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of members, by username; ``next`` is the cursor of the following one."""

    members: tuple[Member, ...]
    next: str | None = None


class SignOut(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """End all tokens of a member that were issued before a time (Unix seconds); none: before now."""

    issued_before: float | None = None


class SignedOut(msgspec.Struct, frozen=True):
    """From when on a token must be to count."""

    issued_before: float


class Erased(msgspec.Struct, frozen=True):
    """What an erasure took away."""

    id: str
    drafts: int
    stash: int
    grants: int
    keys: int
