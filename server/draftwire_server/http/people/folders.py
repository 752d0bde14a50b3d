"""Routes of folders and grants."""

from draftwire.rest.folders import ChangedFolder, Folder, FolderList, FolderPerson, NewFolder
from draftwire.rest.grants import Grant, GrantList, GrantQuery, NewGrant
from draftwire.rest.rights import Done
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.services.people import folders, grants

BASE = "/v1/w/{workspace}/folders"
GRANTS = "/v1/w/{workspace}/grants"


@operation("GET", BASE, summary="List folders")
async def list_folders(call: Call) -> FolderList:
    """The folders that the asker may see, with what they may do there."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await folders.listed(asking)


@operation(
    "POST", BASE, summary="Make a folder", status=201, problems=("forbidden", "taken", "bad_name", "no_such_holder")
)
async def add_folder(call: Call, body: NewFolder) -> Folder:
    """Make a folder: it gives the place ``f/<name>/`` its people. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await folders.shown(changing, await folders.add(changing, body))


@operation("GET", BASE + "/{folder}", summary="Look at a folder")
async def load_folder(call: Call) -> Folder:
    """One folder, by id, by the platform's id or by name. Its people are shown to owners and admins."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await folders.shown(asking, await folders.find(asking, call.named("folder")))


@operation(
    "PATCH",
    BASE + "/{folder}",
    summary="Change a folder",
    problems=("forbidden", "taken", "bad_name", "bad_path", "no_such_holder"),
)
async def change_folder(call: Call, body: ChangedFolder) -> Folder:
    """Change a folder. Owners give and take the roles of writers and readers, and the summary; the rest is admins'."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await folders.find(changing, call.named("folder"))
        await folders.change(changing, row, body)
        return await folders.shown(changing, await folders.find(changing, row.id))


@operation("DELETE", BASE + "/{folder}", summary="Remove a folder", problems=("forbidden", "not_empty"))
async def remove_folder(call: Call) -> Done:
    """Remove a folder in which no items lie any more. Admins only."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await folders.find(changing, call.named("folder"))
        await folders.remove(changing, row)
        return Done("removed", row.id)


@operation(
    "PUT", BASE + "/{folder}/people", summary="Give a role in a folder", problems=("forbidden", "no_such_holder")
)
async def set_person(call: Call, body: FolderPerson) -> Done:
    """Give one user or group a role in a folder, or (null) none. Owners for writers and readers, admins for owners."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await folders.find(changing, call.named("folder"))
        new = await folders.set_person(changing, row, body)
        return Done("changed" if new else "unchanged", row.id)


@operation("GET", GRANTS, summary="List grants", problems=("no_such_holder",), tag="grants")
async def list_grants(call: Call, query: GrantQuery) -> GrantList:
    """Grants on what the asker administers or owns."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await grants.listed(asking, query)


@operation(
    "POST",
    GRANTS,
    summary="Give rights",
    status=201,
    problems=("forbidden", "no_such_holder", "bad_path"),
    tag="grants",
)
async def give_grant(call: Call, body: NewGrant) -> Grant:
    """Give a user or group rights on an item or below a prefix; never more than one holds there oneself."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row, _ = await grants.give(changing, body)
        return grants.shown(row)


@operation("DELETE", GRANTS + "/{grant}", summary="Take rights away", tag="grants")
async def end_grant(call: Call) -> Done:
    """Take a grant away, at once on every worker."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await grants.find(changing, call.named("grant"))
        await grants.end(changing, row)
        return Done("removed", row.id)


operations = [
    list_folders,
    add_folder,
    load_folder,
    change_folder,
    remove_folder,
    set_person,
    list_grants,
    give_grant,
    end_grant,
]
