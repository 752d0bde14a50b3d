"""API keys, tokens, the workspace's issuer, and many changes of rights at once, over HTTP."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from draftwire.rest.directory import Change, ChangeResults, Changes, Directory, DirectoryResult
from draftwire.rest.identity import Identity, IdentitySettings, Revoked, RevokedToken
from draftwire.rest.keys import Key, KeyList, MadeKey, NewKey
from draftwire.rest.rights import Done, Right

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class KeysApi:
    """`Api.keys`. A key is named by id or name."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self) -> KeyList:
        """All keys for admins, else one's own. Raises `Problem`."""
        return await self._api.ask(KeyList, "GET", await self._api.in_workspace("keys"))

    async def get(self, key: str) -> Key:
        """One key, without its secret. Raises `Problem` not_found."""
        return await self._api.ask(Key, "GET", await self._api.in_workspace("keys", key))

    async def make(
        self,
        name: str,
        *,
        may: Iterable[Right] | None = None,
        prefixes: Iterable[str] | None = None,
        items: Iterable[str] | None = None,
        expires_at: float | None = None,
        act_for: Iterable[str] | str = (),
        user: str | None = None,
        reads_secrets: bool = False,
    ) -> MadeKey:
        """Make a key; its secret is in this answer alone. Raises `Problem` forbidden, taken, bad_name."""
        body = NewKey(
            name,
            None if may is None else tuple(may),
            None if prefixes is None else tuple(prefixes),
            None if items is None else tuple(items),
            expires_at,
            act_for if isinstance(act_for, str) else tuple(act_for),
            user,
            reads_secrets,
        )
        return await self._api.ask(MadeKey, "POST", await self._api.in_workspace("keys"), body=body)

    async def revoke(self, key: str) -> Done:
        """End a key at once. Raises `Problem` not_found."""
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("keys", key))


class TokensApi:
    """`Api.tokens`: which tokens count no more, and whose do."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def revoke(
        self, *, jti: str | None = None, expires_at: float | None = None, token: str | None = None
    ) -> Revoked:
        """Refuse a token from now on, named by its ``jti`` or given whole. Raises `Problem` forbidden."""
        body = RevokedToken(jti, expires_at, token)
        return await self._api.ask(Revoked, "POST", await self._api.in_workspace("tokens", "revoke"), body=body)

    async def identity(self) -> Identity:
        """Whose tokens open the workspace. Raises `Problem` forbidden."""
        return await self._api.ask(Identity, "GET", await self._api.in_workspace("identity"))

    async def set_identity(self, settings: IdentitySettings) -> Identity:
        """Say whose tokens open the workspace. Raises `Problem` forbidden, bad_jwks, locks_out."""
        return await self._api.ask(Identity, "PUT", await self._api.in_workspace("identity"), body=settings)


class DirectoryApi:
    """`Api.directory`: many changes of rights at once, all or nothing."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def change(self, changes: Iterable[Change]) -> ChangeResults:
        """Make changes in order. Raises the `Problem` of the first that is refused, with its ``index``."""
        path = await self._api.in_workspace("rights")
        return await self._api.ask(ChangeResults, "POST", path, body=Changes(tuple(changes)))

    async def sync(self, directory: Directory) -> DirectoryResult:
        """Bring users, groups and folders to what the platform has. Raises `Problem`, with ``at``."""
        return await self._api.ask(DirectoryResult, "PUT", await self._api.in_workspace("directory"), body=directory)
