"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.kinds import KindChange, KindInfo, KindQuery


class KindsCalls:
    """Requests of `Api.kinds`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def get(self, kind: str) -> KindInfo:
        """Get a kind.

        Returns one kind with its full definition, in the form that ``PUT`` accepts.

        Who may: every member.
        """
        return await self._api.ask(KindInfo, "GET", await self._api.in_workspace("kinds", kind))

    async def remove(self, kind: str, *, revision: int | None = None) -> KindChange:
        """Remove a kind.

        Removes the workspace's definition. If the server has a kind of that name, that one applies again; otherwise no
        item may be of the kind (`kind_in_use`).

        Who may: workspace admins.

        Raises:
            Problem: forbidden, kind_changed, kind_in_use.
        """
        return await self._api.ask(
            KindChange, "DELETE", await self._api.in_workspace("kinds", kind), query=KindQuery(revision=revision)
        )
