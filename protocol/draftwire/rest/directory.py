"""Many changes of rights at once, over HTTP: all or nothing, a result for each."""

from typing import Literal

import msgspec

from draftwire.rest.folders import ChangedFolder, FolderPerson, NewFolder
from draftwire.rest.grants import NewGrant
from draftwire.rest.groups import ChangedGroup, NewGroup
from draftwire.rest.members import ChangedMember, NewMember
from draftwire.rest.rights import Holder, Outcome, Role
from draftwire.rest.route import Route


class SyncedMember(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A user as the platform has them. What is not given stays as it is."""

    external_id: str
    name: str | None = None
    username: str | None = None
    role: Role | None = None


class SyncedGroup(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A group as the platform has it; members by the platform's ids. No list: they stay as they are."""

    external_id: str
    name: str | None = None
    summary: str | None = None
    members: tuple[str, ...] | None = None


class SyncedFolder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A folder as the platform has it; people by the platform's ids. No list: they stay as they are."""

    external_id: str
    name: str | None = None
    summary: str | None = None
    owners: tuple[Holder, ...] | None = None
    writers: tuple[Holder, ...] | None = None
    readers: tuple[Holder, ...] | None = None


class Directory(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Users, groups and folders as the platform has them; a part that is not given is left alone.

    ``absent``: what becomes of those that have an external id and are not named: ``keep``, or ``remove``. The same
    request twice changes nothing the second time.
    """

    members: tuple[SyncedMember, ...] | None = None
    groups: tuple[SyncedGroup, ...] | None = None
    folders: tuple[SyncedFolder, ...] | None = None
    absent: Literal["keep", "remove"] = "keep"


class DirectorySynced(msgspec.Struct, frozen=True):
    """What became of one entry."""

    external_id: str
    id: str
    outcome: Outcome


class DirectoryResult(msgspec.Struct, frozen=True):
    """What became of every entry, in order, and of those that were not named behind them."""

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
    """Bring a removed member back."""

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
    """Put a user into a group."""

    group: str
    user: str


class Withdraw(msgspec.Struct, frozen=True, tag_field="do", tag="withdraw", forbid_unknown_fields=True):
    """Take a user out of a group."""

    group: str
    user: str


class AddFolder(NewFolder, frozen=True, tag_field="do", tag="add_folder"):
    """See `NewFolder`."""


class ChangeFolder(ChangedFolder, frozen=True, tag_field="do", tag="change_folder", kw_only=True):
    """See `ChangedFolder`."""

    folder: str


class RemoveFolder(msgspec.Struct, frozen=True, tag_field="do", tag="remove_folder", forbid_unknown_fields=True):
    """Remove a folder in which no items are left."""

    folder: str


class SetFolderRole(FolderPerson, frozen=True, tag_field="do", tag="set_folder_role", kw_only=True):
    """See `FolderPerson`."""

    folder: str


class GiveGrant(NewGrant, frozen=True, tag_field="do", tag="grant"):
    """See `NewGrant`."""


class EndGrant(msgspec.Struct, frozen=True, tag_field="do", tag="end_grant", forbid_unknown_fields=True):
    """Take a grant away."""

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
    """Changes to make in this order, all or none. A refusal tells which one by ``index``."""

    changes: tuple[Change, ...]


class ChangeResult(msgspec.Struct, frozen=True):
    """What became of one change; ``id`` of what it was about."""

    outcome: Outcome
    id: str


class ChangeResults(msgspec.Struct, frozen=True):
    """What became of every change, in order."""

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
