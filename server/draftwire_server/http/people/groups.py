"""Routes of groups."""

from draftwire.rest.groups import ChangedGroup, Group, GroupList, GroupMembers, NewGroup
from draftwire.rest.rights import Done
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.services.people import groups

BASE = "/v1/w/{workspace}/groups"


@operation("GET", BASE, summary="List groups")
async def list_groups(call: Call) -> GroupList:
    """The workspace's groups, by name."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await groups.listed(asking)


@operation(
    "POST", BASE, summary="Make a group", status=201, problems=("forbidden", "taken", "bad_name", "no_such_holder")
)
async def add_group(call: Call, body: NewGroup) -> Group:
    """Make a group; its members share the place ``g/<name>/``. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await groups.shown(changing, await groups.add(changing, body))


@operation("GET", BASE + "/{group}", summary="Look at a group")
async def load_group(call: Call) -> Group:
    """One group, by id, by the platform's id or by name. Its members are shown to admins and to themselves."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await groups.shown(asking, await groups.find(asking, call.named("group")))


@operation(
    "PATCH", BASE + "/{group}", summary="Change a group", problems=("forbidden", "taken", "bad_name", "bad_path")
)
async def change_group(call: Call, body: ChangedGroup) -> Group:
    """Change name, summary or external id. Another name moves what lies in its place. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        return await groups.shown(changing, await groups.change(changing, row, body))


@operation("DELETE", BASE + "/{group}", summary="Remove a group", problems=("forbidden", "not_empty"))
async def remove_group(call: Call) -> Done:
    """Remove a group with its roles and grants. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        await groups.remove(changing, row)
        return Done("removed", row.id)


@operation("PUT", BASE + "/{group}/members", summary="Say who is in a group", problems=("forbidden", "no_such_holder"))
async def put_members(call: Call, body: GroupMembers) -> Group:
    """Give a group exactly these members. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        await groups.set_members(changing, row, body.members)
        return await groups.shown(changing, row)


@operation(
    "PUT",
    BASE + "/{group}/members/{member}",
    summary="Put a user into a group",
    problems=("forbidden", "no_such_holder"),
)
async def enrol(call: Call) -> Done:
    """Put one user into a group. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        new = await groups.enrol(changing, row, call.named("member"))
        return Done("changed" if new else "unchanged", row.id)


@operation("DELETE", BASE + "/{group}/members/{member}", summary="Take a user out of a group", problems=("forbidden",))
async def withdraw(call: Call) -> Done:
    """Take one user out of a group. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await groups.find(changing, call.named("group"))
        was_in = await groups.withdraw(changing, row, call.named("member"))
        return Done("changed" if was_in else "unchanged", row.id)


operations = [
    list_groups,
    add_group,
    load_group,
    change_group,
    remove_group,
    put_members,
    enrol,
    withdraw,
]
