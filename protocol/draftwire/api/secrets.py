"""Secrets over HTTP: set, list; and read, by runtimes alone."""

from typing import TYPE_CHECKING, Any

from draftwire.rest.rights import Done
from draftwire.rest.secrets import DeployedSecrets, MadeSecret, NewSecret, PlacedSecret, SecretList, SetSecret

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class SecretsApi:
    """`Api.secrets`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def set(self, draft: str, at: str, value: Any, *, if_match: str, item: str | None = None) -> SetSecret:
        """Keep a value, and let its marker stand in a draft. Raises `Problem` stale, read_only, secrets_off, …"""
        path = await self._api.in_workspace("drafts", draft, "secrets")
        query, headers = self._api.item_of(draft, item), {"if-match": f'"{if_match}"'}
        return await self._api.ask(SetSecret, "PUT", path, body=PlacedSecret(at, value), query=query, headers=headers)

    async def make(self, item: str, value: Any) -> MadeSecret:
        """Keep a value, for a marker that the caller writes by itself. Raises `Problem` forbidden, secrets_off."""
        path = await self._api.in_workspace("items", item, "secrets")
        return await self._api.ask(MadeSecret, "POST", path, body=NewSecret(value))

    async def list(self, item: str) -> SecretList:
        """Which secrets an item has, without their values. Raises `Problem` forbidden."""
        return await self._api.ask(SecretList, "GET", await self._api.in_workspace("items", item, "secrets"))

    async def remove(self, item: str, secret: str) -> Done:
        """Destroy a value for good. Raises `Problem` secret_in_use if the deployed version needs it, not_found."""
        path = await self._api.in_workspace("items", item, "secrets", secret)
        return await self._api.ask(Done, "DELETE", path)

    async def deployed(self, *, path: str | None = None, hash: str | None = None) -> DeployedSecrets:  # noqa: A002
        """The values of a deployed version's secrets, for an API key that reads them. Raises `Problem` forbidden."""
        at = await self._api.in_workspace("deployed", "secrets")
        return await self._api.ask(DeployedSecrets, "GET", at, query={"path": path, "hash": hash})
