"""API keys: made, shown, revoked. Functions of a `Changing`."""

import re

from draftwire.errors import Problem
from draftwire.rest.keys import Key, KeyList, MadeKey, NewKey
from draftwire.rest.rights import HolderInfo
from draftwire_server.core.access.access import EVERYTHING, is_narrowed, sees_around
from draftwire_server.core.items.paths import check_prefix
from draftwire_server.limits.contract import KEYS_PER_USER, TOKEN_SCOPES
from draftwire_server.services.access.changes import Asking, Changing
from draftwire_server.services.access.identity import key_hash, make_key
from draftwire_server.store.access import keys
from draftwire_server.store.access.keys import KeyRow, NewKeyRow

_NAME = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
HINT_CHARS = 4
ANY = "any"


async def listed(asking: Asking) -> KeyList:
    """All keys for admins, else one's own."""
    if not sees_around(asking.access):
        return KeyList(())
    rows = await keys.list_keys(
        asking.connection, asking.workspace, None if asking.administers else asking.access.user
    )  # fmt: skip
    return KeyList(tuple(shown(row) for row in rows))


def shown(row: KeyRow) -> Key:
    """A key as it is told: never the key."""
    user = HolderInfo(row.user_name, user=row.user, username=row.username)
    act_for: tuple[str, ...] | str = ANY if row.act_for_any else row.act_for
    return Key(
        row.id, row.name, row.hint, user, row.may, row.made_at, row.prefixes, row.items, act_for, row.expires_at,
        row.revoked_at, row.last_used_at, row.reads_secrets,
    )  # fmt: skip


async def find(asking: Asking, name: str) -> KeyRow:
    """A key by id or name: an admin's to see, or one's own. Raises `Problem` not_found."""
    row = await keys.load_key(asking.connection, asking.workspace, name)
    own = row is not None and row.user == asking.access.user and sees_around(asking.access)
    if row is None or not (asking.administers or own):
        raise Problem("not_found")
    return row


async def make(changing: Changing, wanted: NewKey) -> MadeKey:
    """Make a key; it is shown in this answer alone. Raises `Problem` forbidden, taken, bad_message, …

    A key reaches as far as its user, within its scope. To let it act for others or read secrets, or to make it
    another's, is an admin's. Agents make none, nor does who is narrowed: the key would hold more.
    """
    access = changing.access
    if is_narrowed(access):
        raise Problem("forbidden", "You can't give more rights than you have.", detail={"missing": "admin"})
    user = access.user
    if wanted.user is not None or wanted.act_for or wanted.reads_secrets:
        changing.require_admin()
    if wanted.user is not None:
        user = (await changing.user(wanted.user)).id
    if not _NAME.fullmatch(wanted.name) or not wanted.name.strip():
        raise Problem("bad_name", "A key's name must have 1 to 100 characters.")
    if wanted.may is not None and not wanted.may:
        raise Problem("bad_message", "may is empty. Leave it out to give the key all rights of its user.")
    if max(len(wanted.prefixes or ()), len(wanted.items or ())) > TOKEN_SCOPES:
        raise Problem("too_large", f"A key can name at most {TOKEN_SCOPES} prefixes and {TOKEN_SCOPES} items.")
    if wanted.expires_at is not None and not changing.now < wanted.expires_at < 1e11:
        raise Problem("bad_message", "expires_at must be a time in the future, in Unix seconds.")
    if await keys.count_keys(changing.connection, changing.workspace, user) >= KEYS_PER_USER:
        raise Problem("too_large", f"A user can have at most {KEYS_PER_USER} active keys. Revoke one first.")
    secret = make_key(changing.workspace)
    any_user, act_for = await _acts_for(changing, wanted.act_for)
    items = None if wanted.items is None else [(await changing.item(name)).item or "" for name in wanted.items]
    row = NewKeyRow(
        name=wanted.name, hash=key_hash(secret), hint=secret[-HINT_CHARS:], user=user, act_for=act_for,
        act_for_any=any_user, may=EVERYTHING if wanted.may is None else frozenset(wanted.may),
        prefixes=None if wanted.prefixes is None else tuple(check_prefix(prefix) for prefix in wanted.prefixes),
        items=None if items is None else tuple(items), expires_at=wanted.expires_at, made_by=changing.actor,
        reads_secrets=wanted.reads_secrets,
    )  # fmt: skip
    made = await keys.add_key(changing.connection, changing.workspace, row)
    if made is None:
        raise Problem("taken", "A key with that name exists or existed. Names of keys can't be reused.")
    changing.tell("key.made", key=made, member=user)
    stored = await keys.load_key(changing.connection, changing.workspace, made)
    assert stored is not None
    return MadeKey(shown(stored), secret)


async def _acts_for(changing: Changing, wanted: tuple[str, ...] | str) -> tuple[bool, tuple[str, ...]]:
    if isinstance(wanted, str):
        if wanted != ANY:
            raise Problem("bad_message", 'act_for must be a list of users, or "any".')
        return True, ()
    if len(wanted) > TOKEN_SCOPES:
        raise Problem("too_large", f'A key can name at most {TOKEN_SCOPES} users. Use "any" for all of them.')
    return False, tuple([(await changing.user(name)).id for name in wanted])


async def revoke(changing: Changing, row: KeyRow) -> bool:
    """End a key at once; False if it was ended before."""
    if changing.access.is_agent:
        raise Problem("forbidden", detail={"missing": "admin"})
    ended = await keys.revoke_key(changing.connection, changing.workspace, row.id)
    if ended:
        changing.tell("key.revoked", key=row.id, member=row.user)
    return ended
