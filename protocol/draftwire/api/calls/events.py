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
        """Read what happened.

        Events after a number, in the order of their commits and without gaps, kept for 30 days.

        Go on from ``next``. With ``wait_s`` an answer that would be empty waits for an event.

        Raises:
            Problem: cursor_expired, cursor_ahead, too_many.
        """
        return await self._api.ask(
            EventPage,
            "GET",
            await self._api.in_workspace("events"),
            query=EventQuery(after=after, types=tuple(types), wait_s=wait_s, limit=limit),
        )
