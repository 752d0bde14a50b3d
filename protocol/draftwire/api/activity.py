"""How much is edited where, over HTTP."""

from typing import TYPE_CHECKING

from draftwire.rest.activity import Activity, ActivityQuery

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class ActivityApi:
    """`Api.activity`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def per_minute(self, minutes: int = 30) -> Activity:
        """Edits per minute of items and AI sessions, of the drafts that one may read. Raises `Problem`."""
        path = await self._api.in_workspace("activity")
        return await self._api.ask(Activity, "GET", path, query={"minutes": ActivityQuery(minutes).minutes})
