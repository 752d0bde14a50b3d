"""Members: made, changed, removed, brought back, erased. Functions of a `Changing`; routes and bulk forms call them."""

from typing import Any

import msgspec
from msgspec import UNSET

from draftwire.errors import Problem
from draftwire.rest.members import ChangedMember, Erased, Member, MemberPage, MemberQuery, NewMember
from draftwire_server.core.access.access import own_prefix, sees_around
from draftwire_server.core.access.tokens import username_from
from draftwire_server.core.ids import new_id
from draftwire_server.core.items.paths import check_username
from draftwire_server.limits.contract import EXTERNAL_ID_CHARS, NAME_CHARS, PATH_CHARS
from draftwire_server.limits.pages import PAGE_ITEMS
from draftwire_server.services.access.changes import Asking, Changing
from draftwire_server.store.access import members, places
from draftwire_server.store.access.members import MemberRow
from draftwire_server.store.items import paths
from draftwire_server.store.people import erasure, groups


def checked_text(text: str, chars: int, what: str) -> str:
    """Raise `Problem` bad_message unless a text is neither empty nor too long and holds what Postgres can keep."""
    if not 0 < len(text) <= chars or "\0" in text or not text.strip():
        raise Problem("bad_message", f"{what} must have 1 to {chars} characters.")
    return text


async def listed(asking: Asking, query: MemberQuery) -> MemberPage:
    """Members by username. Who is held to single places sees only themselves."""
    access = asking.access
    limit = min(query.limit, PAGE_ITEMS)
    if not sees_around(access):
        own = await asking.member("me")
        return MemberPage((await shown(asking, own),))
    rows = await members.page_of_members(
        asking.connection, asking.workspace, search=query.search or None, username=query.username,
        removed=query.removed and asking.administers, after=query.cursor or "", limit=limit + 1,
    )  # fmt: skip
    page = rows[:limit]
    return MemberPage(tuple([brief(asking, row) for row in page]), page[-1].username if len(rows) > limit else None)


def brief(asking: Asking, row: MemberRow) -> Member:
    """A member as the asker may see them."""
    if not asking.administers and row.id != asking.access.user:
        return Member(row.id, row.username, row.name)
    return Member(row.id, row.username, row.name, row.role, row.external_id, row.removed, row.erased)


async def shown(asking: Asking, row: MemberRow) -> Member:
    """The same with their groups. Raises `Problem` not_found of who left, but for admins."""
    if row.removed and not asking.administers:
        raise Problem("not_found")
    member = brief(asking, row)
    if member.role is None:
        return member
    return msgspec.structs.replace(member, groups=await groups.groups_of(asking.connection, asking.workspace, row.id))


async def add(changing: Changing, wanted: NewMember) -> MemberRow:
    """Make a member. Raises `Problem` forbidden, taken, bad_name."""
    changing.require_admin()
    external_id = checked_text(wanted.external_id, EXTERNAL_ID_CHARS, "An external id")
    name = checked_text(wanted.name or wanted.username or external_id, NAME_CHARS, "A name")
    if await members.find_member(changing.connection, changing.workspace, external_id) is not None:
        raise Problem("taken", "A member with that external id already exists.")
    if wanted.username is not None:
        username = check_username(wanted.username)
        if await members.find_member_by_username(changing.connection, changing.workspace, username) is not None:
            raise Problem("taken", "A member with that username already exists.")
    else:
        username = username_from(external_id)
    row = await members.add_member(
        changing.connection, changing.workspace, external_id=external_id, username=username, name=name,
        role=wanted.role,
    )  # fmt: skip
    changing.tell("member.added", member=row.id)
    return row


async def change(changing: Changing, row: MemberRow, wanted: ChangedMember) -> MemberRow:
    """Change a member; another username moves their place. Raises `Problem` forbidden, taken, bad_name."""
    changing.require_admin()
    if row.erased:
        raise Problem("not_found")
    given: dict[str, Any] = {
        name: value for name, value in msgspec.structs.asdict(wanted).items() if value is not UNSET and name != "member"
    }
    if "name" in given:
        checked_text(given["name"], NAME_CHARS, "A name")
    if "external_id" in given:
        checked_text(given["external_id"], EXTERNAL_ID_CHARS, "An external id")
    if "username" in given:
        check_username(given["username"])
    new = msgspec.structs.replace(row, **given)
    if new == row:
        return row
    if row.role == "admin" and new.role != "admin" and not row.removed:
        changing.one_admin_less()
    if new.username != row.username:
        await _free_place(changing, new.username)
    await members.change_member(changing.connection, changing.workspace, new)
    if new.username != row.username:
        await places.move_place(
            changing.connection, changing.workspace, own_prefix(row.username), own_prefix(new.username),
            changing.actor, PATH_CHARS,
        )  # fmt: skip
    changing.tell("member.changed", member=row.id, changed=sorted(given))
    return new


async def _free_place(changing: Changing, username: str) -> None:
    """Nobody comes into what another left behind."""
    if await places.holds_items(changing.connection, changing.workspace, own_prefix(username)):
        raise Problem("taken", "There are already items in that username's place.")


async def remove(changing: Changing, row: MemberRow) -> MemberRow:
    """End a member's access; what they made stays. Raises `Problem` forbidden, last_admin."""
    changing.require_admin()
    if row.removed:
        return row
    if row.role == "admin":
        changing.one_admin_less()
    await members.remove_member(changing.connection, changing.workspace, row.id)
    changing.tell("member.removed", member=row.id)
    return msgspec.structs.replace(row, removed=True)


async def restore(changing: Changing, row: MemberRow) -> MemberRow:
    """Bring a removed member back, as they were. Raises `Problem` forbidden; not_found of an erased one."""
    changing.require_admin()
    if row.erased:
        raise Problem("not_found")
    if row.removed:
        await members.restore_member(changing.connection, changing.workspace, row.id)
        changing.tell("member.restored", member=row.id)
    return msgspec.structs.replace(row, removed=False)


async def erase(changing: Changing, row: MemberRow) -> Erased:
    """Erase a user for good; see `store/people/erasure.py`. Raises `Problem` forbidden, last_admin."""
    changing.require_admin()
    if row.erased:
        return Erased(row.id, 0, 0, 0, 0)
    if row.role == "admin" and not row.removed:
        changing.one_admin_less()
    gone = f"left-{new_id()[:10]}"
    # Their place holds their name, and must not fall to the next of that name.
    await places.move_place(
        changing.connection, changing.workspace, own_prefix(row.username), own_prefix(gone), changing.actor, PATH_CHARS
    )  # fmt: skip
    await paths.forget_below(changing.connection, changing.workspace, own_prefix(row.username))
    subject = None if row.external_id is None else changing.subject_hash(row.external_id)
    erased = await erasure.erase_user(changing.connection, changing.workspace, row.id, gone, subject)
    changing.tell("member.erased", member=row.id)
    return Erased(row.id, erased.drafts, erased.stash, erased.grants, erased.keys)
