"""Groups: made, changed, filled, removed. Functions of a `Changing`."""

import msgspec
from msgspec import UNSET

from draftwire.errors import Problem
from draftwire.rest.groups import ChangedGroup, Group, GroupList, NewGroup
from draftwire.rest.rights import HolderInfo
from draftwire_server.core.access.access import group_prefix
from draftwire_server.core.items.paths import check_place_name
from draftwire_server.limits.contract import EXTERNAL_ID_CHARS, GROUP_MEMBERS, PATH_CHARS, SUMMARY_CHARS
from draftwire_server.services.access.changes import Asking, Changing
from draftwire_server.services.people.members import checked_text
from draftwire_server.store.access import places
from draftwire_server.store.people import groups
from draftwire_server.store.people.groups import GroupRow


def checked_summary(text: str) -> str:
    """Raise `Problem` bad_message for a summary that is too long or can't be kept."""
    if len(text) > SUMMARY_CHARS or "\0" in text:
        raise Problem("bad_message", f"A summary can have at most {SUMMARY_CHARS} characters.")
    return text


def checked_external_id(text: str | None) -> str | None:
    """Raise `Problem` bad_message for an external id that is empty or too long."""
    return None if text is None else checked_text(text, EXTERNAL_ID_CHARS, "An external id")


async def find(asking: Asking, name: str) -> GroupRow:
    """The group that a URL names: by id, the platform's id or name. Raises `Problem` not_found."""
    found = await groups.find_group(asking.connection, asking.workspace, name.removeprefix("ext:"))
    if found is None or not _sees_groups(asking):
        raise Problem("not_found")
    return found


def _sees_groups(asking: Asking) -> bool:
    return asking.access.within is None and "see" in asking.access.narrowed_to


async def listed(asking: Asking) -> GroupList:
    """The workspace's groups; who is held to single places sees none."""
    rows = await groups.list_groups(asking.connection, asking.workspace) if _sees_groups(asking) else []
    if not asking.administers:
        return GroupList(tuple(Group(row.id, row.name, row.summary) for row in rows))
    return GroupList(tuple(Group(row.id, row.name, row.summary, row.external_id) for row in rows))


async def shown(asking: Asking, row: GroupRow) -> Group:
    """A group with its members, as far as the asker may see them."""
    people = await groups.list_group_members(asking.connection, asking.workspace, [row.id])
    inside = any(person.user == asking.access.user for person in people)
    infos = tuple(HolderInfo(p.name, user=p.user, username=p.username) for p in people)
    return Group(
        row.id, row.name, row.summary,
        external_id=row.external_id if asking.administers else None,
        members=infos if inside or asking.administers else None,
    )  # fmt: skip


async def add(changing: Changing, wanted: NewGroup) -> GroupRow:
    """Make a group. Raises `Problem` forbidden, taken, bad_name, no_such_holder."""
    changing.require_admin()
    name = check_place_name(wanted.name)
    if await places.holds_items(changing.connection, changing.workspace, group_prefix(name)):
        raise Problem("taken", "There are already items in that group's place.")
    external_id, summary = checked_external_id(wanted.external_id), checked_summary(wanted.summary)
    made = await groups.add_group(changing.connection, changing.workspace, external_id, name, summary)
    row = GroupRow(made, external_id, name, summary)
    await set_members(changing, row, wanted.members)
    changing.tell("group.added", group=made)
    return row


async def change(changing: Changing, row: GroupRow, wanted: ChangedGroup) -> GroupRow:
    """Change a group; another name moves its place. Raises `Problem` forbidden, taken, bad_name."""
    changing.require_admin()
    new = row
    if wanted.name is not UNSET:
        new = msgspec.structs.replace(new, name=check_place_name(wanted.name))
    if wanted.summary is not UNSET:
        new = msgspec.structs.replace(new, summary=checked_summary(wanted.summary))
    if wanted.external_id is not UNSET:
        new = msgspec.structs.replace(new, external_id=checked_external_id(wanted.external_id))
    if new == row:
        return row
    prefixes = group_prefix(row.name), group_prefix(new.name)
    if new.name != row.name and await places.holds_items(changing.connection, changing.workspace, prefixes[1]):
        raise Problem("taken", "There are already items in that group's place.")
    await groups.change_group(changing.connection, changing.workspace, new)
    if new.name != row.name:
        await places.move_place(changing.connection, changing.workspace, *prefixes, changing.actor, PATH_CHARS)
    changing.tell("group.changed", group=row.id)
    return new


async def remove(changing: Changing, row: GroupRow) -> None:
    """Remove a group in whose place nothing lies. Raises `Problem` forbidden, not_empty."""
    changing.require_admin()
    if await places.holds_items(changing.connection, changing.workspace, group_prefix(row.name)):
        raise Problem("not_empty")
    await groups.remove_group(changing.connection, changing.workspace, row.id)
    changing.tell("group.removed", group=row.id)


async def set_members(changing: Changing, row: GroupRow, wanted: tuple[str, ...]) -> bool:
    """Give a group exactly these users; say whether anything changed. Raises `Problem` forbidden, no_such_holder."""
    changing.require_admin()
    if len(wanted) > GROUP_MEMBERS:
        raise Problem("too_large", f"A group can have at most {GROUP_MEMBERS} members.")
    users = {(await changing.user(name)).id for name in wanted}
    people = await groups.list_group_members(changing.connection, changing.workspace, [row.id])
    present = {person.user for person in people}
    await groups.enrol(changing.connection, changing.workspace, [(row.id, user) for user in sorted(users - present)])
    await groups.withdraw(changing.connection, changing.workspace, [(row.id, user) for user in sorted(present - users)])
    if users != present:
        changing.tell("group.changed", group=row.id)
    return users != present


async def enrol(changing: Changing, row: GroupRow, name: str) -> bool:
    """Put a user into a group; says whether that is new. Raises `Problem` forbidden, no_such_holder, too_large."""
    changing.require_admin()
    user = (await changing.user(name)).id
    people = await groups.list_group_members(changing.connection, changing.workspace, [row.id])
    if len(people) >= GROUP_MEMBERS:
        raise Problem("too_large", f"A group can have at most {GROUP_MEMBERS} members.")
    new = not any(person.user == user for person in people)
    if new:
        await groups.enrol(changing.connection, changing.workspace, [(row.id, user)])
        changing.tell("group.changed", group=row.id, member=user)
    return new


async def withdraw(changing: Changing, row: GroupRow, name: str) -> bool:
    """Take a user out of a group; says whether they were in it. Raises `Problem` forbidden, not_found."""
    changing.require_admin()
    user = (await changing.member(name)).id
    inside = (row.id, user) in await groups.all_pairs(changing.connection, changing.workspace)
    if inside:
        await groups.withdraw(changing.connection, changing.workspace, [(row.id, user)])
        changing.tell("group.changed", group=row.id, member=user)
    return inside
