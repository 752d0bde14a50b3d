"""Routes of folders and grants."""

from draftwire.rest.folders import (
    ADD_FOLDER,
    CHANGE_FOLDER,
    LIST_FOLDERS,
    LOAD_FOLDER,
    REMOVE_FOLDER,
    SET_PERSON,
    ChangedFolder,
    Folder,
    FolderList,
    FolderPerson,
    NewFolder,
)
from draftwire.rest.grants import END_GRANT, GIVE_GRANT, LIST_GRANTS, Grant, GrantList, GrantQuery, NewGrant
from draftwire.rest.rights import Done
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.services.people import folders, grants


@serves(LIST_FOLDERS)
async def list_folders(call: Call) -> FolderList:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await folders.listed(asking)


@serves(ADD_FOLDER)
async def add_folder(call: Call, body: NewFolder) -> Folder:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await folders.shown(changing, await folders.add(changing, body))


@serves(LOAD_FOLDER)
async def load_folder(call: Call) -> Folder:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await folders.shown(asking, await folders.find(asking, call.named("folder")))


@serves(CHANGE_FOLDER)
async def change_folder(call: Call, body: ChangedFolder) -> Folder:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await folders.find(changing, call.named("folder"))
        await folders.change(changing, row, body)
        return await folders.shown(changing, await folders.find(changing, row.id))


@serves(REMOVE_FOLDER)
async def remove_folder(call: Call) -> Done:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await folders.find(changing, call.named("folder"))
        await folders.remove(changing, row)
        return Done("removed", row.id)


@serves(SET_PERSON)
async def set_person(call: Call, body: FolderPerson) -> Done:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await folders.find(changing, call.named("folder"))
        new = await folders.set_person(changing, row, body)
        return Done("changed" if new else "unchanged", row.id)


@serves(LIST_GRANTS)
async def list_grants(call: Call, query: GrantQuery) -> GrantList:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await grants.listed(asking, query)


@serves(GIVE_GRANT)
async def give_grant(call: Call, body: NewGrant) -> Grant:
    async with call.runtime.changes.begin(call.principal) as changing:
        row, _ = await grants.give(changing, body)
        return grants.shown(row)


@serves(END_GRANT)
async def end_grant(call: Call) -> Done:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await grants.find(changing, call.named("grant"))
        await grants.end(changing, row)
        return Done("removed", row.id)
