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

        Grants on what the asker administers or owns.

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

        Give a user or group rights on an item or below a prefix; never more than one holds there oneself.

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

        Take a grant away, at once on every worker.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("grants", grant))
