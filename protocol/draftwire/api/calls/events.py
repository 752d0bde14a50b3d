"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable

from draftwire.api.asking import Asking
from draftwire.rest.events import EventPage, EventQuery


class EventsCalls:
    """Requests of `Api.events`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def read(
        self, after: int | None = None, *, types: Iterable[str] = (), wait_s: float = 0, limit: int = 100
    ) -> EventPage:
        """Read events.

        Returns events after a number, in commit order and without gaps. Events are kept for 30 days.

        Continue from ``next``. With ``wait_s``, an empty answer waits for an event. You get events of items you can
        see; those about the workspace itself go to admins.

        Who may: every member, for the events they can see.

        Raises:
            Problem: cursor_expired, cursor_ahead, too_many.
        """
        return await self._api.ask(
            EventPage,
            "GET",
            await self._api.in_workspace("events"),
            query=EventQuery(after=after, types=tuple(types), wait_s=wait_s, limit=limit),
        )
