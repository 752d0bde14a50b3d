"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.activity import Activity, ActivityQuery


class ActivityCalls:
    """Requests of `Api.activity`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def per_minute(self, minutes: int = 30) -> Activity:
        """Count edits per minute.

        Returns the edits of the last minutes by item and by AI session. Edits of single people are counted only if the
        workspace has switched that on.

        Who may: every member, for the drafts they can read.
        """
        return await self._api.ask(
            Activity, "GET", await self._api.in_workspace("activity"), query=ActivityQuery(minutes=minutes)
        )
