"""The platform's users, groups and folders, brought in as they are there: one idempotent request, by external id.

Everything is compared first and written in a few statements, so twenty thousand users cost seconds, and the same
request once more writes nothing.
"""

import msgspec

from draftwire.errors import Problem
from draftwire.rest.directory import (
    Directory,
    DirectoryResult,
    DirectorySynced,
    SyncedFolder,
    SyncedGroup,
    SyncedMember,
)
from draftwire.rest.folders import ChangedFolder, NewFolder
from draftwire.rest.groups import ChangedGroup, NewGroup
from draftwire.rest.members import ChangedMember
from draftwire.rest.rights import Outcome
from draftwire_server.core.access.access import Role, folder_prefix, group_prefix
from draftwire_server.core.access.tokens import username_from
from draftwire_server.core.ids import new_id
from draftwire_server.core.items.paths import check_username
from draftwire_server.limits.contract import EXTERNAL_ID_CHARS, GROUP_MEMBERS, NAME_CHARS
from draftwire_server.limits.pages import DIRECTORY_ENTRIES
from draftwire_server.services.access.changes import Changing
from draftwire_server.services.people import folders, groups, members
from draftwire_server.services.people.members import checked_text
from draftwire_server.store.access import members as member_store
from draftwire_server.store.access import places
from draftwire_server.store.access.members import MemberRow
from draftwire_server.store.people import folders as folder_store
from draftwire_server.store.people import groups as group_store

Entry = SyncedMember | SyncedGroup | SyncedFolder


async def sync(changing: Changing, wanted: Directory) -> DirectoryResult:
    """Bring users, groups and folders to what the platform has. Raises the first `Problem`, with ``at``."""
    changing.require_admin()
    parts: tuple[tuple[Entry, ...], ...] = (wanted.members or (), wanted.groups or (), wanted.folders or ())
    if sum(len(part) for part in parts) > DIRECTORY_ENTRIES:
        raise Problem("too_large", f"Send at most {DIRECTORY_ENTRIES} entries at once.")
    for name, part in zip(("members", "groups", "folders"), parts, strict=True):
        _named_once(name, part)
    gone = wanted.absent == "remove"
    result = DirectoryResult(
        members=() if wanted.members is None else await _sync_members(changing, wanted.members, gone),
        groups=() if wanted.groups is None else await _sync_groups(changing, wanted.groups, gone),
        folders=() if wanted.folders is None else await _sync_folders(changing, wanted.folders, gone),
    )
    outcomes = [entry.outcome for part in (result.members, result.groups, result.folders) for entry in part]
    if any(outcome != "unchanged" for outcome in outcomes):
        changing.tell("directory.synced")
    return result


def _named_once(name: str, part: tuple[Entry, ...]) -> None:
    seen: set[str] = set()
    for index, entry in enumerate(part):
        at = f"/{name}/{index}"
        if entry.external_id in seen:
            raise Problem("bad_message", "An external id occurs twice in the request.", detail={"at": at})
        try:
            seen.add(checked_text(entry.external_id, EXTERNAL_ID_CHARS, "An external id"))
        except Problem as problem:
            raise Problem(problem.code, problem.message, detail={"at": at}) from problem


def _at(problem: Problem, at: str) -> Problem:
    detail = problem.detail if isinstance(problem.detail, dict) else {}
    return Problem(problem.code, problem.message, detail={**detail, "at": at})


# ---- members


async def _sync_members(
    changing: Changing, wanted: tuple[SyncedMember, ...], gone: bool
) -> tuple[DirectorySynced, ...]:
    rows = await member_store.list_members(changing.connection, changing.workspace)
    known = {row.external_id: row for row in rows if row.external_id is not None}
    usernames = {row.username for row in rows}
    added: list[MemberRow] = []
    changed: list[MemberRow] = []
    results: list[DirectorySynced] = []
    for index, entry in enumerate(wanted):
        try:
            row = known.get(entry.external_id)
            if row is None:
                row = _new_member(entry, usernames)
                added.append(row)
                results.append(DirectorySynced(entry.external_id, row.id, "created"))
                continue
            new = _as_wanted(row, entry)
            if entry.username is not None and check_username(entry.username) != row.username:
                new = await members.change(changing, new, _renamed(entry.username))
        except Problem as problem:
            raise _at(problem, f"/members/{index}") from problem
        _count_admins(changing, row, new.role, new.removed)
        if new != row:
            changed.append(new)
        results.append(DirectorySynced(entry.external_id, row.id, "unchanged" if new == row else "changed"))
    if gone:
        named = {entry.external_id for entry in wanted}
        for row in known.values():
            if row.external_id not in named and not row.removed:
                _count_admins(changing, row, row.role, removed=True)
                changed.append(msgspec.structs.replace(row, removed=True))
                results.append(DirectorySynced(row.external_id or "", row.id, "removed"))
    await member_store.add_many(changing.connection, changing.workspace, added)
    await member_store.change_many(changing.connection, changing.workspace, changed)
    return tuple(results)


def _renamed(username: str) -> ChangedMember:
    return ChangedMember(username=username)


def _new_member(entry: SyncedMember, usernames: set[str]) -> MemberRow:
    if entry.username is not None:
        username = check_username(entry.username)
        if username in usernames:
            raise Problem("taken", "A member with that username already exists.")
    else:
        stem = username_from(entry.external_id)
        username, number = stem, 1
        while username in usernames:
            number += 1
            username = f"{stem[:58]}{number}"
    usernames.add(username)
    name = checked_text(entry.name or entry.username or entry.external_id, NAME_CHARS, "A name")
    return MemberRow(new_id(), entry.external_id, username, name, entry.role or "editor", False, False)


def _as_wanted(row: MemberRow, entry: SyncedMember) -> MemberRow:
    """Who is named is a member, brought back if they had been removed."""
    name = row.name if entry.name is None else checked_text(entry.name, NAME_CHARS, "A name")
    return msgspec.structs.replace(row, name=name, role=entry.role or row.role, removed=False)


def _count_admins(changing: Changing, row: MemberRow, role: Role, removed: bool) -> None:
    if row.role == "admin" and not row.removed and (role != "admin" or removed):
        changing.one_admin_less()


# ---- groups


async def _sync_groups(changing: Changing, wanted: tuple[SyncedGroup, ...], gone: bool) -> tuple[DirectorySynced, ...]:
    rows = await group_store.list_groups(changing.connection, changing.workspace)
    known = {row.external_id: row for row in rows if row.external_id is not None}
    pairs = await group_store.all_pairs(changing.connection, changing.workspace)
    people = await member_store.list_members(changing.connection, changing.workspace)
    users = {row.external_id: row.id for row in people if row.external_id is not None}
    results: list[DirectorySynced] = []
    joining: list[tuple[str, str]] = []
    leaving: list[tuple[str, str]] = []
    for index, entry in enumerate(wanted):
        try:
            row = known.get(entry.external_id)
            outcome: Outcome = "unchanged"
            if row is None:
                row = await groups.add(
                    changing, NewGroup(entry.name or entry.external_id, entry.external_id, entry.summary or "")
                )
                outcome = "created"
            else:
                change = ChangedGroup(
                    name=msgspec.UNSET if entry.name is None else entry.name,
                    summary=msgspec.UNSET if entry.summary is None else entry.summary,
                )
                new = await groups.change(changing, row, change)
                outcome = "unchanged" if new == row else "changed"
            if entry.members is not None:
                now = {pair[1] for pair in pairs if pair[0] == row.id}
                then = _members_of(entry, users)
                joining += [(row.id, user) for user in sorted(then - now)]
                leaving += [(row.id, user) for user in sorted(now - then)]
                if then != now and outcome == "unchanged":
                    outcome = "changed"
        except Problem as problem:
            raise _at(problem, f"/groups/{index}") from problem
        results.append(DirectorySynced(entry.external_id, row.id, outcome))
    await group_store.enrol(changing.connection, changing.workspace, joining)
    await group_store.withdraw(changing.connection, changing.workspace, leaving)
    if gone:
        named = {entry.external_id for entry in wanted}
        for row in known.values():
            if row.external_id in named:
                continue
            place = group_prefix(row.name)
            mine = [pair for pair in pairs if pair[0] == row.id]
            if not await places.holds_items(changing.connection, changing.workspace, place):
                await groups.remove(changing, row)
                results.append(DirectorySynced(row.external_id or "", row.id, "removed"))
            else:  # what lies there stays, and is nobody's but the admins'
                await group_store.withdraw(changing.connection, changing.workspace, mine)
                results.append(DirectorySynced(row.external_id or "", row.id, "emptied" if mine else "unchanged"))
    return tuple(results)


def _members_of(entry: SyncedGroup, users: dict[str, str]) -> set[str]:
    named = entry.members or ()
    if len(named) > GROUP_MEMBERS:
        raise Problem("too_large", f"A group can have at most {GROUP_MEMBERS} members.")
    unknown = [name for name in named if name not in users]
    if unknown:
        raise Problem("no_such_holder", detail={"user": unknown[0]})
    return {users[name] for name in named}


# ---- folders


async def _sync_folders(
    changing: Changing, wanted: tuple[SyncedFolder, ...], gone: bool
) -> tuple[DirectorySynced, ...]:
    rows = await folder_store.list_folders(changing.connection, changing.workspace)
    known = {row.external_id: row for row in rows if row.external_id is not None}
    results: list[DirectorySynced] = []
    for index, entry in enumerate(wanted):
        try:
            row = known.get(entry.external_id)
            if row is None:
                new = NewFolder(
                    entry.name or entry.external_id, entry.external_id, entry.summary or "",
                    entry.owners or (), entry.writers or (), entry.readers or (),
                )  # fmt: skip
                results.append(DirectorySynced(entry.external_id, (await folders.add(changing, new)).id, "created"))
                continue
            change = ChangedFolder(**{
                name: value
                for name in ("name", "summary", "owners", "writers", "readers")
                if (value := getattr(entry, name)) is not None
            })  # fmt: skip
            changed = await folders.change(changing, row, change)
        except Problem as problem:
            raise _at(problem, f"/folders/{index}") from problem
        results.append(DirectorySynced(entry.external_id, row.id, "changed" if changed else "unchanged"))
    if gone:
        named = {entry.external_id for entry in wanted}
        for row in known.values():
            if row.external_id in named:
                continue
            if not await places.holds_items(changing.connection, changing.workspace, folder_prefix(row.name)):
                await folders.remove(changing, row)
                results.append(DirectorySynced(row.external_id or "", row.id, "removed"))
            else:
                change = ChangedFolder(owners=(), writers=(), readers=())
                emptied = await folders.change(changing, row, change)
                results.append(DirectorySynced(row.external_id or "", row.id, "emptied" if emptied else "unchanged"))
    return tuple(results)
