"""Routes of API keys, revoked tokens, the workspace's issuer; and of many changes of rights at once."""

from draftwire.rest.directory import CHANGE_RIGHTS, PUT_DIRECTORY, ChangeResults, Changes, Directory, DirectoryResult
from draftwire.rest.identity import (
    LOAD_IDENTITY,
    REVOKE_TOKEN,
    SET_IDENTITY,
    Identity,
    IdentitySettings,
    Revoked,
    RevokedToken,
)
from draftwire.rest.keys import LIST_KEYS, LOAD_KEY, MAKE_KEY, REVOKE_KEY, Key, KeyList, MadeKey, NewKey
from draftwire.rest.rights import Done
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.services.access import keys
from draftwire_server.services.people import bulk, directory


@serves(LIST_KEYS)
async def list_keys(call: Call) -> KeyList:
    async with call.runtime.changes.asking(call.principal) as asking:
        return await keys.listed(asking)


@serves(MAKE_KEY)
async def make_key(call: Call, body: NewKey) -> MadeKey:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await keys.make(changing, body)


@serves(LOAD_KEY)
async def load_key(call: Call) -> Key:
    async with call.runtime.changes.asking(call.principal) as asking:
        return keys.shown(await keys.find(asking, call.named("key")))


@serves(REVOKE_KEY)
async def revoke_key(call: Call) -> Done:
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await keys.find(changing, call.named("key"))
        ended = await keys.revoke(changing, row)
        return Done("removed" if ended else "unchanged", row.id)


@serves(REVOKE_TOKEN)
async def revoke_token(call: Call, body: RevokedToken) -> Revoked:
    return await call.runtime.trusting.revoke(call.principal, body)


@serves(LOAD_IDENTITY)
async def load_identity(call: Call) -> Identity:
    return await call.runtime.trusting.settings(call.principal)


@serves(SET_IDENTITY)
async def set_identity(call: Call, body: IdentitySettings) -> Identity:
    return await call.runtime.trusting.set(call.principal, body)


@serves(CHANGE_RIGHTS)
async def change_rights(call: Call, body: Changes) -> ChangeResults:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await bulk.apply(changing, body.changes)


@serves(PUT_DIRECTORY)
async def put_directory(call: Call, body: Directory) -> DirectoryResult:
    async with call.runtime.changes.begin(call.principal) as changing:
        return await directory.sync(changing, body)
