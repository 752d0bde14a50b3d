"""Routes of groups."""

from draftwire.rest.groups import (
    ADD_GROUP,
    CHANGE_GROUP,
    ENROL,
    LIST_GROUPS,
    LOAD_GROUP,
    PUT_MEMBERS,
    REMOVE_GROUP,
    WITHDRAW,
    ChangedGroup,
    Group,
    GroupList,
    GroupMembers,
    NewGroup,
)
from draftwire.rest.rights import Done
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.services.people import groups


@serves(LIST_GROUPS)
async def list_groups(call: Call) -> GroupList:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await groups.listed(asking)


@serves(ADD_GROUP)
async def add_group(call: Call, body: NewGroup) -> Group:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await groups.shown(changing, await groups.add(changing, body))


@serves(LOAD_GROUP)
async def load_group(call: Call) -> Group:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await groups.shown(asking, await groups.find(asking, call.named("group")))


@serves(CHANGE_GROUP)
async def change_group(call: Call, body: ChangedGroup) -> Group:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        return await groups.shown(changing, await groups.change(changing, row, body))


@serves(REMOVE_GROUP)
async def remove_group(call: Call) -> Done:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        await groups.remove(changing, row)
        return Done("removed", row.id)


@serves(PUT_MEMBERS)
async def put_members(call: Call, body: GroupMembers) -> Group:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        await groups.set_members(changing, row, body.members)
        return await groups.shown(changing, row)


@serves(ENROL)
async def enrol(call: Call) -> Done:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        new = await groups.enrol(changing, row, call.named("member"))
        return Done("changed" if new else "unchanged", row.id)


@serves(WITHDRAW)
async def withdraw(call: Call) -> Done:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        was_in = await groups.withdraw(changing, row, call.named("member"))
        return Done("changed" if was_in else "unchanged", row.id)
