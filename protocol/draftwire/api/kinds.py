"""Kinds over HTTP."""

from typing import TYPE_CHECKING, Any

from draftwire.rest.kinds import KindChange, KindInfo, KindList

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class KindsApi:
    """`Api.kinds`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self) -> tuple[KindInfo, ...]:
        """All kinds of the workspace. Raises `Problem`."""
        return (await self._api.ask(KindList, "GET", await self._api.in_workspace("kinds"))).kinds

    async def get(self, name: str) -> KindInfo:
        """One kind with its definition. Raises `Problem` not_found."""
        return await self._api.ask(KindInfo, "GET", await self._api.in_workspace("kinds", name))

    async def put(self, definition: dict[str, Any], *, revision: int | None = None) -> KindChange:
        """Define or change the kind of the definition's name. Raises `Problem` bad_kind, kind_changed, forbidden."""
        path = await self._api.in_workspace("kinds", str(definition.get("name", "")))
        return await self._api.ask(KindChange, "PUT", path, body=definition, query={"revision": revision})

    async def remove(self, name: str, *, revision: int | None = None) -> KindChange:
        """Take back what the workspace has defined. Raises `Problem` not_found, kind_in_use, forbidden."""
        path = await self._api.in_workspace("kinds", name)
        return await self._api.ask(KindChange, "DELETE", path, query={"revision": revision})
