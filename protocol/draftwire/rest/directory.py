"""Many changes of rights at once, over HTTP: all or nothing, with a result for each."""

from typing import Literal

import msgspec

from draftwire.rest.folders import ChangedFolder, FolderPerson, NewFolder
from draftwire.rest.grants import NewGrant
from draftwire.rest.groups import ChangedGroup, NewGroup
from draftwire.rest.members import ChangedMember, NewMember
from draftwire.rest.rights import Holder, Outcome, Role
from draftwire.rest.route import Route


class SyncedMember(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A user as your platform has them. Members that you leave out stay as they are."""

    external_id: str
    name: str | None = None
    username: str | None = None
    role: Role | None = None


class SyncedGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A group as your platform has it, with members by external id. Lists that you leave out stay as they are."""

    external_id: str
    name: str | None = None
    summary: str | None = None
    members: tuple[str, ...] | None = None


class SyncedFolder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A folder as your platform has it, with people by external id. Lists that you leave out stay as they are."""

    external_id: str
    name: str | None = None
    summary: str | None = None
    owners: tuple[Holder, ...] | None = None
    writers: tuple[Holder, ...] | None = None
    readers: tuple[Holder, ...] | None = None


class Directory(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Users, groups and folders as your platform has them. Parts that you leave out stay as they are.

    ``absent``: what to do with those that have an external id and are not in the request: ``keep`` or ``remove``.
    Sending the same request again is a no-op.
    """

    members: tuple[SyncedMember, ...] | None = None
    groups: tuple[SyncedGroup, ...] | None = None
    folders: tuple[SyncedFolder, ...] | None = None
    absent: Literal["keep", "remove"] = "keep"


class DirectorySynced(msgspec.Struct, frozen=True):
    """The result of one entry."""

    external_id: str
    id: str
    outcome: Outcome


class DirectoryResult(msgspec.Struct, frozen=True):
    """The result of every entry, in order, followed by those that were not in the request."""

    members: tuple[DirectorySynced, ...]
    groups: tuple[DirectorySynced, ...]
    folders: tuple[DirectorySynced, ...]


class AddMember(NewMember, frozen=True, tag_field="do", tag="add_member"):
    """See `NewMember`."""


class ChangeMember(ChangedMember, frozen=True, tag_field="do", tag="change_member", kw_only=True):
    """See `ChangedMember`."""

    member: str


class RemoveMember(msgspec.Struct, frozen=True, tag_field="do", tag="remove_member", forbid_unknown_fields=True):
    """End a member's access."""

    member: str


class RestoreMember(msgspec.Struct, frozen=True, tag_field="do", tag="restore_member", forbid_unknown_fields=True):
    """Restore a removed member."""

    member: str


class AddGroup(NewGroup, frozen=True, tag_field="do", tag="add_group"):
    """See `NewGroup`."""


class ChangeGroup(ChangedGroup, frozen=True, tag_field="do", tag="change_group", kw_only=True):
    """See `ChangedGroup`."""

    group: str


class RemoveGroup(msgspec.Struct, frozen=True, tag_field="do", tag="remove_group", forbid_unknown_fields=True):
    """Remove a group."""

    group: str


class Enrol(msgspec.Struct, frozen=True, tag_field="do", tag="enrol", forbid_unknown_fields=True):
    """Add a user to a group."""

    group: str
    user: str


class Withdraw(msgspec.Struct, frozen=True, tag_field="do", tag="withdraw", forbid_unknown_fields=True):
    """Remove a user from a group."""

    group: str
    user: str


class AddFolder(NewFolder, frozen=True, tag_field="do", tag="add_folder"):
    """See `NewFolder`."""


class ChangeFolder(ChangedFolder, frozen=True, tag_field="do", tag="change_folder", kw_only=True):
    """See `ChangedFolder`."""

    folder: str


class RemoveFolder(msgspec.Struct, frozen=True, tag_field="do", tag="remove_folder", forbid_unknown_fields=True):
    """Remove an empty folder."""

    folder: str


class SetFolderRole(FolderPerson, frozen=True, tag_field="do", tag="set_folder_role", kw_only=True):
    """See `FolderPerson`."""

    folder: str


class GiveGrant(NewGrant, frozen=True, tag_field="do", tag="grant"):
    """See `NewGrant`."""


class EndGrant(msgspec.Struct, frozen=True, tag_field="do", tag="end_grant", forbid_unknown_fields=True):
    """End a grant."""

    grant: str


Change = (
    AddMember
    | ChangeMember
    | RemoveMember
    | RestoreMember
    | AddGroup
    | ChangeGroup
    | RemoveGroup
    | Enrol
    | Withdraw
    | AddFolder
    | ChangeFolder
    | RemoveFolder
    | SetFolderRole
    | GiveGrant
    | EndGrant
)


class Changes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Changes to make in this order, all or none. A refusal names the change by its ``index``."""

    changes: tuple[Change, ...]


class ChangeResult(msgspec.Struct, frozen=True):
    """The result of one change, and the ``id`` of what it changed."""

    outcome: Outcome
    id: str


class ChangeResults(msgspec.Struct, frozen=True):
    """The result of every change, in order."""

    results: tuple[ChangeResult, ...]


# ---- routes

CHANGE_RIGHTS = Route(
    id="change_rights",
    method="POST",
    path="rights",
    api="directory.change",
    body=Changes,
    answer=ChangeResults,
    codes=("forbidden", "taken", "bad_name", "no_such_holder", "last_admin", "not_empty", "bad_path"),
    summary="Change many rights",
    description="Makes all changes in order, or none. A refusal names the first change that failed by its ``index``.",
    who="as for each single change",
)

PUT_DIRECTORY = Route(
    id="put_directory",
    method="PUT",
    path="directory",
    api="directory.sync",
    body=Directory,
    answer=DirectoryResult,
    codes=("forbidden", "taken", "bad_name", "no_such_holder", "last_admin", "bad_path"),
    summary="Sync users, groups and folders",
    description="""
    Sets users, groups and folders to what your platform has, matched by external id. All changes are made or none.
    Idempotent.
    """,
    who="workspace admins",
)
