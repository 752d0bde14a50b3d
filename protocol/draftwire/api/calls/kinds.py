"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.kinds import KindChange, KindInfo, KindQuery


class KindsCalls:
    """Requests of `Api.kinds`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def get(self, kind: str) -> KindInfo:
        """Look at a kind.

        One kind with its whole definition, as it could be put back.
        """
        return await self._api.ask(KindInfo, "GET", await self._api.in_workspace("kinds", kind))

    async def remove(self, kind: str, *, revision: int | None = None) -> KindChange:
        """Take a kind back.

        Take back what the workspace has defined; the server's own kind of that name counts again.

        Raises:
            Problem: forbidden, kind_changed, kind_in_use.
        """
        return await self._api.ask(
            KindChange, "DELETE", await self._api.in_workspace("kinds", kind), query=KindQuery(revision=revision)
        )
