"""Folders over HTTP: a folder gives the place ``f/<name>/`` its people."""

import msgspec
from msgspec import UNSET, UnsetType

from draftwire.rest.rights import FolderRole, Holder, HolderInfo, Right


class NewFolder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A folder to be."""

    name: str
    external_id: str | None = None
    summary: str = ""
    owners: tuple[Holder, ...] = ()
    writers: tuple[Holder, ...] = ()
    readers: tuple[Holder, ...] = ()


class ChangedFolder(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to change of a folder; lists of people are replaced. Another ``name`` moves what lies in it."""

    name: str | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    external_id: str | UnsetType | None = UNSET
    owners: tuple[Holder, ...] | UnsetType = UNSET
    writers: tuple[Holder, ...] | UnsetType = UNSET
    readers: tuple[Holder, ...] | UnsetType = UNSET


class FolderPerson(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody who is to have a role in a folder, or (None) none any more."""

    role: FolderRole | None
    user: str | None = None
    group: str | None = None


class Folder(msgspec.Struct, frozen=True, omit_defaults=True):
    """A folder, as one may see it: its people are shown to admins and owners, the platform's id to admins."""

    id: str
    name: str
    may: tuple[Right, ...]  # what the asker may do in it
    summary: str = ""
    external_id: str | None = None
    owners: tuple[HolderInfo, ...] | None = None
    writers: tuple[HolderInfo, ...] | None = None
    readers: tuple[HolderInfo, ...] | None = None


class FolderList(msgspec.Struct, frozen=True):
    """The folders that one may see, by name."""

    folders: tuple[Folder, ...]
