"""Routes of API keys, revoked tokens, the workspace's issuer; and of many changes of rights at once."""

from draftwire.rest.directory import ChangeResults, Changes, Directory, DirectoryResult
from draftwire.rest.identity import Identity, IdentitySettings, Revoked, RevokedToken
from draftwire.rest.keys import Key, KeyList, MadeKey, NewKey
from draftwire.rest.rights import Done
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.services.access import keys
from draftwire_server.services.people import bulk, directory

BASE = "/v1/w/{workspace}/keys"


@operation("GET", BASE, summary="List API keys")
async def list_keys(call: Call) -> KeyList:
    """All keys for admins, else one's own; never the keys themselves."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return await keys.listed(asking)


@operation(
    "POST", BASE, summary="Make an API key", status=201, problems=("forbidden", "taken", "bad_name", "no_such_holder")
)
async def make_key(call: Call, body: NewKey) -> MadeKey:
    """Make a key. It is shown in this answer and never again."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await keys.make(changing, body)


@operation("GET", BASE + "/{key}", summary="Look at an API key")
async def load_key(call: Call) -> Key:
    """One key, by id or name."""
    async with call.runtime.changes.asking(call.principal) as asking:
        return keys.shown(await keys.find(asking, call.named("key")))


@operation("DELETE", BASE + "/{key}", summary="Revoke an API key", problems=("forbidden",))
async def revoke_key(call: Call) -> Done:
    """End a key at once, on every worker; connections that it opened close."""
    async with call.runtime.changes.begin(call.principal) as changing:
        row = await keys.find(changing, call.named("key"))
        ended = await keys.revoke(changing, row)
        return Done("removed" if ended else "unchanged", row.id)


@operation("POST", "/v1/w/{workspace}/tokens/revoke", summary="Revoke a token", problems=("forbidden",), tag="identity")
async def revoke_token(call: Call, body: RevokedToken) -> Revoked:
    """Refuse a token from now on, on every worker. Admins name any by its ``jti``; whoever holds a token may end it."""
    return await call.runtime.trusting.revoke(call.principal, body)


@operation(
    "GET",
    "/v1/w/{workspace}/identity",
    summary="Whose tokens open the workspace",
    problems=("forbidden",),
    tag="identity",
)
async def load_identity(call: Call) -> Identity:
    """The workspace's issuer, and what holds together with the server's defaults. Admins only."""
    return await call.runtime.trusting.settings(call.principal)


@operation(
    "PUT",
    "/v1/w/{workspace}/identity",
    summary="Say whose tokens open the workspace",
    problems=("forbidden", "bad_jwks", "locks_out"),
    tag="identity",
)
async def set_identity(call: Call, body: IdentitySettings) -> Identity:
    """Set issuer, audience, JWKS address and algorithms. One's own token must still count. Admins only."""
    return await call.runtime.trusting.set(call.principal, body)


@operation(
    "POST",
    "/v1/w/{workspace}/rights",
    summary="Change many rights",
    problems=("forbidden", "taken", "bad_name", "no_such_holder", "last_admin", "not_empty", "bad_path"),
    tag="directory",
)
async def change_rights(call: Call, body: Changes) -> ChangeResults:
    """Make many changes in order, all or none; a refusal names the first that can't be made by its ``index``."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await bulk.apply(changing, body.changes)


@operation(
    "PUT",
    "/v1/w/{workspace}/directory",
    summary="Sync users, groups and folders",
    problems=("forbidden", "taken", "bad_name", "no_such_holder", "last_admin", "bad_path"),
    tag="directory",
)
async def put_directory(call: Call, body: Directory) -> DirectoryResult:
    """Bring users, groups and folders to what the platform has, by external id; twice is as good as once. Admins."""
    async with call.runtime.changes.begin(call.principal) as changing:
        return await directory.sync(changing, body)


operations = [
    list_keys,
    make_key,
    load_key,
    revoke_key,
    revoke_token,
    load_identity,
    set_identity,
    change_rights,
    put_directory,
]
