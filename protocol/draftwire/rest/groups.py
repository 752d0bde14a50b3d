"""Groups over HTTP. A group holds users only; they share the place ``g/<name>/``."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.rights import Done, HolderInfo
from draftwire.rest.route import Route


class NewGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A group to create. ``members`` are users, named as in `Holder.user`."""

    name: str
    external_id: str | None = None
    summary: str = ""
    members: tuple[str, ...] = ()


class ChangedGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Changes of a group. A new ``name`` also moves the items in its place."""

    name: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET


class GroupMembers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All members of a group."""

    members: tuple[str, ...]


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group. Only admins and its members see who is in it; only admins see its external id."""

    id: str
    name: str
    summary: str = ""
    external_id: str | None = None
    members: tuple[HolderInfo, ...] | None = None


class GroupList(msgspec.Struct, frozen=True):
    """The groups of a workspace, by name."""

    groups: tuple[Group, ...]


# ---- routes

LIST_GROUPS = Route(
    id="list_groups",
    method="GET",
    path="groups",
    api="groups.list",
    answer=GroupList,
    summary="List groups",
    description="Returns the workspace's groups by name. Only admins see external ids.",
    who="every member; a token held to places returns none",
)

ADD_GROUP = Route(
    id="add_group",
    method="POST",
    path="groups",
    api="groups.add",
    body=NewGroup,
    answer=Group,
    status=201,
    codes=("forbidden", "taken", "bad_name", "no_such_holder"),
    summary="Create a group",
    description="Creates a group. Its members share the place ``g/<name>/``.",
    who="workspace admins",
)

LOAD_GROUP = Route(
    id="load_group",
    method="GET",
    path="groups/{group}",
    api="groups.get",
    answer=Group,
    summary="Get a group",
    description="Returns one group by id, name or external id. Only admins and the group's members see who is in it.",
    who="every member, without a token held to places",
)

CHANGE_GROUP = Route(
    id="change_group",
    method="PATCH",
    path="groups/{group}",
    api="groups.change",
    body=ChangedGroup,
    answer=Group,
    codes=("forbidden", "taken", "bad_name", "bad_path"),
    summary="Change a group",
    description="Changes name, summary or external id. A new name also moves the items in ``g/<name>/``.",
    who="workspace admins",
)

REMOVE_GROUP = Route(
    id="remove_group",
    method="DELETE",
    path="groups/{group}",
    api="groups.remove",
    answer=Done,
    codes=("forbidden", "not_empty"),
    summary="Remove a group",
    description="Removes a group with its roles and grants. Refused with `not_empty` while items lie in its place.",
    who="workspace admins",
)

PUT_MEMBERS = Route(
    id="put_members",
    method="PUT",
    path="groups/{group}/members",
    api="groups.set_members",
    body=GroupMembers,
    answer=Group,
    codes=("forbidden", "no_such_holder"),
    summary="Set a group's members",
    description="Replaces the group's members by the ones you send.",
    who="workspace admins",
)

ENROL = Route(
    id="enrol",
    method="PUT",
    path="groups/{group}/members/{member}",
    api="groups.enrol",
    answer=Done,
    codes=("forbidden", "no_such_holder"),
    summary="Add a user to a group",
    description="Adds one user to a group. Idempotent.",
    who="workspace admins",
)

WITHDRAW = Route(
    id="withdraw",
    method="DELETE",
    path="groups/{group}/members/{member}",
    api="groups.withdraw",
    answer=Done,
    codes=("forbidden",),
    summary="Remove a user from a group",
    description="Removes one user from a group. Idempotent.",
    who="workspace admins",
)
