"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable
from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.grants import Grant, GrantList, GrantQuery, NewGrant
from draftwire.rest.rights import Done


class GrantsCalls:
    """Requests of `Api.grants`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(self, *, user: str | None = None, group: str | None = None, item: str | None = None) -> GrantList:
        """List grants.

        Returns the grants on items and places whose rights you may share. Filter them by user, group or item.

        Who may: everyone, for the places they administer or own.

        Raises:
            Problem: no_such_holder.
        """
        return await self._api.ask(
            GrantList,
            "GET",
            await self._api.in_workspace("grants"),
            query=GrantQuery(user=user, group=group, item=item),
        )

    async def give(
        self,
        may: Iterable[Literal["see", "read_drafts", "write", "join", "deploy", "run", "admin"]],
        *,
        user: str | None = None,
        group: str | None = None,
        item: str | None = None,
        prefix: str | None = None,
        until: float | None = None,
    ) -> Grant:
        """Give rights.

        Gives a user or group rights on an item or below a prefix. You can't give more than you hold there. Only
        workspace admins can give `admin`. Idempotent.

        Who may: admins of the item or place; you, in your own place; no agents or narrowed tokens.

        Raises:
            Problem: forbidden, no_such_holder, bad_path.
        """
        return await self._api.ask(
            Grant,
            "POST",
            await self._api.in_workspace("grants"),
            body=NewGrant(may=tuple(may), user=user, group=group, item=item, prefix=prefix, until=until),
        )

    async def end(self, grant: str) -> Done:
        """Take rights away.

        Ends a grant at once, on every worker.

        Who may: admins of the item or place; you, in your own place; no agents or narrowed tokens.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("grants", grant))
