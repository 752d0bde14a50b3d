"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable
from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.keys import Key, KeyList, MadeKey, NewKey
from draftwire.rest.rights import Done


class KeysCalls:
    """Requests of `Api.keys`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(self) -> KeyList:
        """List API keys.

        Returns API keys without their secrets. Revoked keys stay listed.

        Who may: you, for your own keys; workspace admins, for all.
        """
        return await self._api.ask(KeyList, "GET", await self._api.in_workspace("keys"))

    async def make(
        self,
        name: str,
        *,
        may: Iterable[Literal["see", "read_drafts", "write", "join", "deploy", "run", "admin"]] | None = None,
        prefixes: Iterable[str] | None = None,
        items: Iterable[str] | None = None,
        expires_at: float | None = None,
        act_for: Iterable[str] | str = (),
        user: str | None = None,
        reads_secrets: bool = False,
    ) -> MadeKey:
        """Create an API key.

        Creates a key. Its secret is shown only in this answer. Agents and narrowed tokens can't create keys.

        Who may: you, for yourself; workspace admins, for others and for `act_for` and `reads_secrets`.

        Raises:
            Problem: forbidden, taken, bad_name, no_such_holder.
        """
        return await self._api.ask(
            MadeKey,
            "POST",
            await self._api.in_workspace("keys"),
            body=NewKey(
                name=name,
                may=None if may is None else tuple(may),
                prefixes=None if prefixes is None else tuple(prefixes),
                items=None if items is None else tuple(items),
                expires_at=expires_at,
                act_for=act_for if isinstance(act_for, str) else tuple(act_for),
                user=user,
                reads_secrets=reads_secrets,
            ),
        )

    async def get(self, key: str) -> Key:
        """Get an API key.

        Returns one key by id or name, without its secret.

        Who may: the key's user and workspace admins.
        """
        return await self._api.ask(Key, "GET", await self._api.in_workspace("keys", key))

    async def revoke(self, key: str) -> Done:
        """Revoke an API key.

        Ends a key at once, on every worker. Connections opened with it close. Idempotent.

        Who may: the key's user and workspace admins; no agent.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("keys", key))
