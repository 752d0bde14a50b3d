"""Routes of members, and of ending their tokens."""

from draftwire.rest.members import (
    ADD_MEMBER,
    CHANGE_MEMBER,
    ERASE_MEMBER,
    LIST_MEMBERS,
    LOAD_MEMBER,
    REMOVE_MEMBER,
    RESTORE_MEMBER,
    SIGN_OUT,
    ChangedMember,
    Erased,
    Member,
    MemberPage,
    MemberQuery,
    NewMember,
    SignedOut,
    SignOut,
)
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.services.people import members, trust


@serves(LIST_MEMBERS)
async def list_members(call: Call, query: MemberQuery) -> MemberPage:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await members.listed(asking, query)


@serves(ADD_MEMBER)
async def add_member(call: Call, body: NewMember) -> Member:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await members.shown(changing, await members.add(changing, body))


@serves(LOAD_MEMBER)
async def load_member(call: Call) -> Member:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await members.shown(asking, await asking.member(call.named("member")))


@serves(CHANGE_MEMBER)
async def change_member(call: Call, body: ChangedMember) -> Member:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await changing.member(call.named("member"))
        return await members.shown(changing, await members.change(changing, row, body))


@serves(REMOVE_MEMBER)
async def remove_member(call: Call) -> Member:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await changing.member(call.named("member"))
        return await members.shown(changing, await members.remove(changing, row))


@serves(RESTORE_MEMBER)
async def restore_member(call: Call) -> Member:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await changing.member(call.named("member"))
        return await members.shown(changing, await members.restore(changing, row))


@serves(ERASE_MEMBER)
async def erase_member(call: Call) -> Erased:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await members.erase(changing, await changing.member(call.named("member")))


@serves(SIGN_OUT)
async def sign_out(call: Call, body: SignOut) -> SignedOut:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await trust.sign_out(changing, await changing.member(call.named("member")), body)
