"""Presence over HTTP."""

from typing import TYPE_CHECKING

from draftwire.rest.presence import Attend, Attending, Everywhere, Here
from draftwire.wire.messages import PresenceState

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class PresenceApi:
    """`Api.presence`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def attend(
        self,
        item: str,
        *,
        state: PresenceState = "viewing",
        label: str | None = None,
        draft: str | None = None,
        at: str | None = None,
        anchor: int = 0,
        head: int = 0,
        seq: int = 0,
        doing: str | None = None,
        lines: tuple[int, int] | None = None,
        run: str | None = None,
        lease_s: float = 15.0,
        session: str | None = None,
    ) -> Attending:
        """Be at an item for ``lease_s`` seconds, and call again before that is over.

        Raises:
            Problem: not_found, forbidden (another's run), session_is_live, too_many.
        """
        body = Attend(state, label, draft, at, anchor, head, seq, doing, lines, run, lease_s)
        path = await self._api.in_workspace("items", item, "presence")
        return await self._api.ask(Attending, "PUT", path, body=body, headers={"draftwire-session": session})

    async def leave(self, item: str, *, session: str | None = None) -> None:
        """Be there no longer. Raises `Problem` not_found."""
        path = await self._api.in_workspace("items", item, "presence")
        await self._api.send("DELETE", path, headers={"draftwire-session": session})

    async def here(self, item: str) -> Here:
        """Who is at an item now. Raises `Problem` not_found."""
        return await self._api.ask(Here, "GET", await self._api.in_workspace("items", item, "presence"))

    async def everywhere(self) -> Everywhere:
        """Who is where, of the items that one may see. Raises `Problem`."""
        return await self._api.ask(Everywhere, "GET", await self._api.in_workspace("presence"))
