"""Groups over HTTP: they hold users only, and share the place ``g/<name>/``."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.rights import HolderInfo


class NewGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A group to be; ``members`` are users, as `Holder.user` names them."""

    name: str
    external_id: str | None = None
    summary: str = ""
    members: tuple[str, ...] = ()


class ChangedGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to change of a group. Another ``name`` moves what lies in its place with it."""

    name: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET


class GroupMembers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All members that a group is to have."""

    members: tuple[str, ...]


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group. Who is in it is shown to admins and to its members, the platform's id to admins."""

    id: str
    name: str
    summary: str = ""
    external_id: str | None = None
    members: tuple[HolderInfo, ...] | None = None


class GroupList(msgspec.Struct, frozen=True):
    """The groups of a workspace, by name."""

    groups: tuple[Group, ...]
