"""Folders: made, changed, given people, removed. Functions of a `Changing`.

Admins may everything; a folder's owners give and take the roles of writers and readers, and its summary.
"""

from typing import Any

import msgspec
from msgspec import UNSET

from draftwire.errors import Problem
from draftwire.rest.folders import ChangedFolder, Folder, FolderList, FolderPerson, NewFolder
from draftwire.rest.rights import Holder, HolderInfo
from draftwire_server.core.access.access import EVERYTHING, FOLDER_MAY, FolderRole, Resource, folder_prefix
from draftwire_server.core.items.paths import check_place_name
from draftwire_server.limits.contract import FOLDER_PEOPLE, PATH_CHARS
from draftwire_server.services.access.changes import Asking, Changing
from draftwire_server.services.people.groups import checked_external_id, checked_summary
from draftwire_server.store.access import places
from draftwire_server.store.people import folders
from draftwire_server.store.people.folders import FolderRoleRow, FolderRow

People = dict[tuple[str | None, str | None], FolderRole]  # (user, group) → role
ROLES: tuple[FolderRole, ...] = ("owner", "writer", "reader")


def _place(row: FolderRow) -> Resource:
    return Resource(path=folder_prefix(row.name))


async def find(asking: Asking, name: str) -> FolderRow:
    """The folder that a URL names, if the asker may see it: by id, the platform's id or name. Raises `Problem`."""
    found = await folders.find_folder(asking.connection, asking.workspace, name.removeprefix("ext:").removeprefix("f/"))
    if found is None or "see" not in asking.held(_place(found)):
        raise Problem("not_found")
    return found


async def listed(asking: Asking) -> FolderList:
    """The folders that the asker may see, by name."""
    rows = await folders.list_folders(asking.connection, asking.workspace)
    seen = [row for row in rows if "see" in asking.held(_place(row))]
    owned = [row.id for row in seen if "admin" in asking.held(_place(row))]
    people = await folders.list_people(asking.connection, asking.workspace, owned) if owned else []
    return FolderList(tuple(_shown(asking, row, people) for row in seen))


async def shown(asking: Asking, row: FolderRow) -> Folder:
    """A folder as the asker may see it."""
    return _shown(asking, row, await folders.list_people(asking.connection, asking.workspace, [row.id]))


def _shown(asking: Asking, row: FolderRow, people: list[FolderRoleRow]) -> Folder:
    held = asking.held(_place(row))
    folder = Folder(row.id, row.name, tuple(sorted(held)), row.summary)
    if "admin" not in held:
        return folder
    by_role = {
        role: tuple(
            HolderInfo(p.name, user=p.user, group=p.group, username=p.username)
            for p in people
            if p.folder == row.id and p.role == role
        )
        for role in ROLES
    }
    return msgspec.structs.replace(
        folder, external_id=row.external_id if asking.administers else None,
        owners=by_role["owner"], writers=by_role["writer"], readers=by_role["reader"],
    )  # fmt: skip


async def add(changing: Changing, wanted: NewFolder) -> FolderRow:
    """Make a folder. Raises `Problem` forbidden, taken, bad_name, no_such_holder."""
    changing.require_admin()
    name = check_place_name(wanted.name)
    external_id, summary = checked_external_id(wanted.external_id), checked_summary(wanted.summary)
    made = await folders.add_folder(changing.connection, changing.workspace, external_id, name, summary)
    row = FolderRow(made, external_id, name, summary)
    await _set_people(changing, row, {"owner": wanted.owners, "writer": wanted.writers, "reader": wanted.readers})
    changing.tell("folder.added", folder=made)
    return row


async def change(changing: Changing, row: FolderRow, wanted: ChangedFolder) -> bool:
    """Change a folder, and say whether anything changed; another name moves what lies in it. Raises `Problem`."""
    _require_owner(changing, row)
    if wanted.name is not UNSET or wanted.external_id is not UNSET:
        changing.require_admin()
    new = row
    if wanted.name is not UNSET:
        new = msgspec.structs.replace(new, name=check_place_name(wanted.name))
    if wanted.summary is not UNSET:
        new = msgspec.structs.replace(new, summary=checked_summary(wanted.summary))
    if wanted.external_id is not UNSET:
        new = msgspec.structs.replace(new, external_id=checked_external_id(wanted.external_id))
    if new != row:
        await _write(changing, row, new)
    lists: dict[FolderRole, Any] = {"owner": wanted.owners, "writer": wanted.writers, "reader": wanted.readers}
    given = {role: people for role, people in lists.items() if people is not UNSET}
    changed = new != row
    if given:
        changed = await _set_people(changing, row, given) or changed
    return changed


async def _write(changing: Changing, row: FolderRow, new: FolderRow) -> None:
    prefixes = folder_prefix(row.name), folder_prefix(new.name)
    if new.name != row.name and await places.holds_items(changing.connection, changing.workspace, prefixes[1]):
        raise Problem("taken", "There are already items in a folder with that name.")
    await folders.change_folder(changing.connection, changing.workspace, new)
    if new.name != row.name:
        await places.move_place(changing.connection, changing.workspace, *prefixes, changing.actor, PATH_CHARS)
    changing.tell("folder.changed", folder=row.id)


async def remove(changing: Changing, row: FolderRow) -> None:
    """Remove a folder in which nothing lies. Raises `Problem` forbidden, not_empty."""
    changing.require_admin()
    if await places.holds_items(changing.connection, changing.workspace, folder_prefix(row.name)):
        raise Problem("not_empty")
    await folders.remove_folder(changing.connection, changing.workspace, row.id)
    changing.tell("folder.removed", folder=row.id)


async def set_person(changing: Changing, row: FolderRow, wanted: FolderPerson) -> bool:
    """Give one user or group a role in a folder, or none; says whether that is new. Raises `Problem`."""
    holder = await changing.holder(Holder(wanted.user, wanted.group))
    present = await _people(changing, row)
    after = {**present}
    key = (holder.user, holder.group)
    if wanted.role is None:
        after.pop(key, None)
    else:
        after[key] = wanted.role
    return await _bring_to(changing, row, present, after)


async def _set_people(changing: Changing, row: FolderRow, given: dict[FolderRole, tuple[Holder, ...]]) -> bool:
    present = await _people(changing, row)
    after: People = {key: role for key, role in present.items() if role not in given}
    named: set[tuple[str | None, str | None]] = set()
    for role in ROLES:
        for each in given.get(role, ()):
            holder = await changing.holder(each)
            key = (holder.user, holder.group)
            if key in named:
                raise Problem("bad_message", "A user or group can have only one role in a folder.")
            named.add(key)
            after[key] = role
    return await _bring_to(changing, row, present, after)


async def _people(changing: Changing, row: FolderRow) -> People:
    rows = await folders.list_people(changing.connection, changing.workspace, [row.id])
    return {(person.user, person.group): person.role for person in rows}


def _require_owner(changing: Changing, row: FolderRow) -> None:
    if not changing.administers and "admin" not in changing.held(_place(row)):
        raise Problem(
            "forbidden", "Only the folder's owners and workspace admins can do this.", detail={"missing": "admin"}
        )


async def _bring_to(changing: Changing, row: FolderRow, present: People, after: People) -> bool:
    """Write the difference, if the asker may make it, and say whether there is one. Raises `Problem` forbidden."""
    _require_owner(changing, row)
    if len(after) > FOLDER_PEOPLE:
        raise Problem("too_large", f"A folder can have roles for at most {FOLDER_PEOPLE} users and groups. Use groups.")
    # A folder of nobody's yet is its maker's to fill.
    gives = EVERYTHING if changing.administers else changing.shareable(_place(row))
    changed = [key for key in present.keys() | after.keys() if present.get(key) != after.get(key)]
    for key in sorted(changed, key=lambda key: (key[0] or "", key[1] or "")):
        role = after.get(key)
        if not changing.administers and "owner" in (role, present.get(key)):
            raise Problem("forbidden", "Only workspace admins can set a folder's owners.", detail={"missing": "admin"})
        missing = frozenset() if role is None else FOLDER_MAY[role] - gives
        if missing or not gives:
            raise Problem("forbidden", "You can't give more rights than you have.", detail={"missing": sorted(missing)})
        await folders.set_role(changing.connection, changing.workspace, row.id, *key, role)
    if changed:
        changing.tell("folder.changed", folder=row.id)
    return bool(changed)
