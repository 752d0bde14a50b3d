"""Folders over HTTP: a folder gives its people access to the items in ``f/<name>/``."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.rights import Done, FolderRole, Holder, HolderInfo, Right
from draftwire.rest.route import Route


class NewFolder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A folder to create."""

    name: str
    external_id: str | None = None
    summary: str = ""
    owners: tuple[Holder, ...] = ()
    writers: tuple[Holder, ...] = ()
    readers: tuple[Holder, ...] = ()


class ChangedFolder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Changes of a folder. A list of people replaces all who had that role. A new ``name`` also moves the items."""

    name: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET
    owners: tuple[Holder, ...] | UnsetType = UNSET
    writers: tuple[Holder, ...] | UnsetType = UNSET
    readers: tuple[Holder, ...] | UnsetType = UNSET


class FolderPerson(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A user's or group's role in a folder. ``role`` null: no role."""

    role: FolderRole | None
    user: str | None = None
    group: str | None = None


class Folder(msgspec.Struct, frozen=True, omit_defaults=True):
    """A folder. Only admins and owners see its people, only admins its external id."""

    id: str
    name: str
    may: tuple[Right, ...]  # what you may do in it
    summary: str = ""
    external_id: str | None = None
    owners: tuple[HolderInfo, ...] | None = None
    writers: tuple[HolderInfo, ...] | None = None
    readers: tuple[HolderInfo, ...] | None = None


class FolderList(msgspec.Struct, frozen=True):
    """The folders you can see, by name."""

    folders: tuple[Folder, ...]


# ---- routes

LIST_FOLDERS = Route(
    id="list_folders",
    method="GET",
    path="folders",
    api="folders.list",
    answer=FolderList,
    summary="List folders",
    description="Returns folders by name, with what you may do in each.",
    who="every member, for the folders they can see",
)

ADD_FOLDER = Route(
    id="add_folder",
    method="POST",
    path="folders",
    api="folders.add",
    body=NewFolder,
    answer=Folder,
    status=201,
    codes=("forbidden", "taken", "bad_name", "no_such_holder"),
    summary="Create a folder",
    description="Creates a folder. Its people have access to the items in ``f/<name>/``.",
    who="workspace admins",
)

LOAD_FOLDER = Route(
    id="load_folder",
    method="GET",
    path="folders/{folder}",
    api="folders.get",
    answer=Folder,
    summary="Get a folder",
    description="Returns one folder by id, name or external id. Only its owners and admins see its people.",
    who="every member who can see the folder",
)

CHANGE_FOLDER = Route(
    id="change_folder",
    method="PATCH",
    path="folders/{folder}",
    api="folders.change",
    body=ChangedFolder,
    answer=Folder,
    codes=("forbidden", "taken", "bad_name", "bad_path", "no_such_holder"),
    summary="Change a folder",
    description="""
    Changes the folder. A list of people replaces all who had that role. A new name also moves the items in
    ``f/<name>/``.
    """,
    who="the folder's owners; workspace admins, for name, external id and owners",
)

REMOVE_FOLDER = Route(
    id="remove_folder",
    method="DELETE",
    path="folders/{folder}",
    api="folders.remove",
    answer=Done,
    codes=("forbidden", "not_empty"),
    summary="Remove a folder",
    description="Removes a folder. Refused with `not_empty` while items lie in it.",
    who="workspace admins",
)

SET_PERSON = Route(
    id="set_person",
    method="PUT",
    path="folders/{folder}/people",
    api="folders.set_role",
    body=FolderPerson,
    answer=Done,
    codes=("forbidden", "no_such_holder"),
    summary="Set a role in a folder",
    description="""
    Gives a user or group a role in the folder, replacing their earlier one. ``role`` null takes the role away.
    """,
    who="the folder's owners, for writers and readers; workspace admins, for owners too",
)
