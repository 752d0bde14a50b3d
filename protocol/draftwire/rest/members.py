"""Members of a workspace over HTTP."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.rights import Role
from draftwire.rest.route import Route
from draftwire.wire.messages import Positive


class NewMember(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A member to create. ``external_id`` is the subject of their tokens. Their place is ``u/<username>/``."""

    external_id: str
    name: str | None = None
    username: str | None = None
    role: Role = "editor"


class ChangedMember(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Changes of a member. A new ``username`` also moves the items in their place."""

    name: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    external_id: str | UnsetType = UNSET


class Member(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member. Everyone sees names; only admins and the member see the rest."""

    id: str
    username: str
    name: str
    role: Role | None = None
    external_id: str | None = None
    removed: bool = False
    erased: bool = False
    groups: tuple[str, ...] | None = None  # names of their groups


class MemberQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Filters. ``search``: part of the name. ``removed``: include removed members (admins only)."""

    search: str | None = None
    username: str | None = None
    removed: bool = False
    cursor: str | None = None
    limit: Positive = 100


class MemberPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of members by username. ``next`` is the cursor of the next page."""

    members: tuple[Member, ...]
    next: str | None = None


class SignOut(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Refuse tokens issued before this time (Unix seconds). Default: now."""

    issued_before: float | None = None


class SignedOut(msgspec.Struct, frozen=True):
    """Tokens issued before this time are refused."""

    issued_before: float


class Erased(msgspec.Struct, frozen=True):
    """What the erasure deleted."""

    id: str
    drafts: int
    stash: int
    grants: int
    keys: int


# ---- routes

LIST_MEMBERS = Route(
    id="list_members",
    method="GET",
    path="members",
    api="members.list",
    query=MemberQuery,
    answer=MemberPage,
    summary="List members",
    description="Returns members by username. Members see names; only admins see the roles and external ids of others.",
    who="every member; a token held to places returns only yourself",
)

ADD_MEMBER = Route(
    id="add_member",
    method="POST",
    path="members",
    api="members.add",
    body=NewMember,
    answer=Member,
    status=201,
    codes=("forbidden", "taken", "bad_name"),
    summary="Add a member",
    description="Creates a member before their first sign-in.",
    who="workspace admins",
)

LOAD_MEMBER = Route(
    id="load_member",
    method="GET",
    path="members/{member}",
    api="members.get",
    answer=Member,
    summary="Get a member",
    description="""
    Returns one member by id, by external id (admins only), or yourself as ``me``. Only admins and the member see
    role and groups.
    """,
    who="every member; a token held to places, only for yourself",
)

CHANGE_MEMBER = Route(
    id="change_member",
    method="PATCH",
    path="members/{member}",
    api="members.change",
    body=ChangedMember,
    answer=Member,
    codes=("forbidden", "taken", "bad_name", "last_admin", "bad_path"),
    summary="Change a member",
    description="""
    Changes name, username, role or external id. A new username also moves the items in ``u/<username>/``.
    """,
    who="workspace admins",
)

REMOVE_MEMBER = Route(
    id="remove_member",
    method="DELETE",
    path="members/{member}",
    api="members.remove",
    answer=Member,
    codes=("forbidden", "last_admin"),
    summary="Remove a member",
    description="""
    Ends a member's access at once, on every worker. What they made stays, and the member can be restored.
    """,
    who="workspace admins",
)

RESTORE_MEMBER = Route(
    id="restore_member",
    method="POST",
    path="members/{member}/restore",
    api="members.restore",
    answer=Member,
    codes=("forbidden",),
    summary="Restore a member",
    description="Undoes a removal. The member has the groups, roles and grants they had before.",
    who="workspace admins",
)

ERASE_MEMBER = Route(
    id="erase_member",
    method="POST",
    path="members/{member}/erase",
    api="members.erase",
    answer=Erased,
    codes=("forbidden", "last_admin"),
    summary="Erase a member",
    description="Deletes their drafts, stash, grants and keys, and their name everywhere. This can't be undone.",
    who="workspace admins",
)

SIGN_OUT = Route(
    id="sign_out",
    method="POST",
    path="members/{member}/sign-out",
    api="members.sign_out",
    body=SignOut,
    answer=SignedOut,
    codes=("forbidden",),
    summary="End a member's tokens",
    description="Refuses all tokens of a member that were issued before a time. API keys stay valid.",
    who="workspace admins; you, for yourself, with a token that is not narrowed",
)
