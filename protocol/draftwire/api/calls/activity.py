"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.activity import Activity, ActivityQuery


class ActivityCalls:
    """Requests of `Api.activity`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def per_minute(self, minutes: int = 30) -> Activity:
        """Edits per minute.

        How much is edited in which items and by which AI sessions, of the drafts that the asker may read.
        """
        return await self._api.ask(
            Activity, "GET", await self._api.in_workspace("activity"), query=ActivityQuery(minutes=minutes)
        )
