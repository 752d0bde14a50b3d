"""Kinds: lists of them, and definitions, which hold their own name."""

from typing import Any

from draftwire.api.calls.kinds import KindsCalls
from draftwire.rest.kinds import KindChange, KindInfo, KindList, KindQuery


class KindsApi(KindsCalls):
    """`Api.kinds`."""

    async def list(self) -> tuple[KindInfo, ...]:
        """List all kinds of the workspace. Raises `Problem`."""
        return (await self._api.ask(KindList, "GET", await self._api.in_workspace("kinds"))).kinds

    async def put(self, definition: dict[str, Any], *, revision: int | None = None) -> KindChange:
        """Define or change the kind of the definition's name. Raises `Problem` bad_kind, kind_changed, forbidden."""
        path = await self._api.in_workspace("kinds", str(definition.get("name", "")))
        return await self._api.ask(KindChange, "PUT", path, body=definition, query=KindQuery(revision))
