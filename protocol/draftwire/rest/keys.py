"""API keys over HTTP. A key's secret is shown once, in the answer that creates it."""

import msgspec

from draftwire.rest.rights import Done, HolderInfo, Right
from draftwire.rest.route import Route


class NewKey(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A key to create.

    ``may``, ``prefixes`` and ``items`` narrow the user's rights. Only admins may set the following. ``act_for``: users
    the key may act for (``any``: all of them). ``user``: the key's user, if not you. ``reads_secrets``: the key may
    read the secrets of deployed versions that it may run.
    """

    name: str
    may: tuple[Right, ...] | None = None
    prefixes: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    expires_at: float | None = None
    act_for: tuple[str, ...] | str = ()
    user: str | None = None
    reads_secrets: bool = False


class Key(msgspec.Struct, frozen=True, omit_defaults=True):
    """An API key without its secret. ``hint`` is the end of the secret."""

    id: str
    name: str
    hint: str
    user: HolderInfo
    may: tuple[Right, ...]
    made_at: float
    prefixes: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    act_for: tuple[str, ...] | str = ()  # ids of users, or "any"
    expires_at: float | None = None
    revoked_at: float | None = None
    last_used_at: float | None = None  # accurate to a minute
    reads_secrets: bool = False


class MadeKey(msgspec.Struct, frozen=True):
    """A new key with its secret, which is shown only once."""

    key: Key
    secret: str


class KeyList(msgspec.Struct, frozen=True):
    """Keys: all of them for admins, otherwise your own. Revoked ones stay listed."""

    keys: tuple[Key, ...]


# ---- routes

LIST_KEYS = Route(
    id="list_keys",
    method="GET",
    path="keys",
    api="keys.list",
    answer=KeyList,
    summary="List API keys",
    description="Returns API keys without their secrets. Revoked keys stay listed.",
    who="you, for your own keys; workspace admins, for all",
)

MAKE_KEY = Route(
    id="make_key",
    method="POST",
    path="keys",
    api="keys.make",
    body=NewKey,
    answer=MadeKey,
    status=201,
    codes=("forbidden", "taken", "bad_name", "no_such_holder"),
    summary="Create an API key",
    description="Creates a key. Its secret is shown only in this answer. Agents and narrowed tokens can't create keys.",
    who="you, for yourself; workspace admins, for others and for `act_for` and `reads_secrets`",
)

LOAD_KEY = Route(
    id="load_key",
    method="GET",
    path="keys/{key}",
    api="keys.get",
    answer=Key,
    summary="Get an API key",
    description="Returns one key by id or name, without its secret.",
    who="the key's user and workspace admins",
)

REVOKE_KEY = Route(
    id="revoke_key",
    method="DELETE",
    path="keys/{key}",
    api="keys.revoke",
    answer=Done,
    codes=("forbidden",),
    summary="Revoke an API key",
    description="Ends a key at once, on every worker. Connections opened with it close. Idempotent.",
    who="the key's user and workspace admins; no agent",
)
