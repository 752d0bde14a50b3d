"""Routes of members, and of ending their tokens."""

from draftwire.rest.members import ChangedMember, Erased, Member, MemberPage, MemberQuery, NewMember, SignedOut, SignOut
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.services.people import members, trust

BASE = "/v1/w/{workspace}/members"


@operation("GET", BASE, summary="List members")
async def list_members(call: Call, query: MemberQuery) -> MemberPage:
    """Members by username. Everybody sees names; roles and the platform's ids are for admins."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await members.listed(asking, query)


@operation("POST", BASE, summary="Add a member", status=201, problems=("forbidden", "taken", "bad_name"))
async def add_member(call: Call, body: NewMember) -> Member:
    """Make a member before their first token does. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await members.shown(changing, await members.add(changing, body))


@operation("GET", BASE + "/{member}", summary="Look at a member")
async def load_member(call: Call) -> Member:
    """One member, by id, by the platform's id, or oneself as ``me``; with the groups they are in."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await members.shown(asking, await asking.member(call.named("member")))


@operation(
    "PATCH",
    BASE + "/{member}",
    summary="Change a member",
    problems=("forbidden", "taken", "bad_name", "last_admin", "bad_path"),
)
async def change_member(call: Call, body: ChangedMember) -> Member:
    """Change name, username, role or external id. Another username moves what lies in their place. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await changing.member(call.named("member"))
        return await members.shown(changing, await members.change(changing, row, body))


@operation("DELETE", BASE + "/{member}", summary="Remove a member", problems=("forbidden", "last_admin"))
async def remove_member(call: Call) -> Member:
    """End a member's access at once, on every worker. What they made stays; they can be brought back. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await changing.member(call.named("member"))
        return await members.shown(changing, await members.remove(changing, row))


@operation("POST", BASE + "/{member}/restore", summary="Bring a member back", problems=("forbidden",))
async def restore_member(call: Call) -> Member:
    """Undo a removal: the member has the groups, roles and grants that they had. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await changing.member(call.named("member"))
        return await members.shown(changing, await members.restore(changing, row))


@operation("POST", BASE + "/{member}/erase", summary="Erase a user", problems=("forbidden", "last_admin"))
async def erase_member(call: Call) -> Erased:
    """Take away their drafts, stash, grants and keys, and every name of theirs; for good. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await members.erase(changing, await changing.member(call.named("member")))


@operation("POST", BASE + "/{member}/sign-out", summary="End a member's tokens", problems=("forbidden",))
async def sign_out(call: Call, body: SignOut) -> SignedOut:
    """Refuse all tokens of a member that were issued before a time. Admins, and everybody for themselves."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await trust.sign_out(changing, await changing.member(call.named("member")), body)


operations = [
    list_members,
    add_member,
    load_member,
    change_member,
    remove_member,
    restore_member,
    erase_member,
    sign_out,
]
