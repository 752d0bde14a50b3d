"""Who else looks at a draft or types in it, over HTTP."""

from typing import TYPE_CHECKING, Literal

from draftwire.rest.sharing import Asks, Granted, GuestInfo, Invitation, NewAsk, Sharing, Visible
from draftwire.wire.messages import AskInfo

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class SharingApi:
    """`Api.sharing`. Users are named by id or by the platform's id; for ``item`` see `Api.drafts`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def get(self, draft: str, *, item: str | None = None) -> Sharing:
        """A draft's visibility and guests. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "sharing")
        return await self._api.ask(Sharing, "GET", path, query=self._api.item_of(draft, item))

    async def show(
        self, draft: str, visibility: Literal["private", "readable", "open"], *, item: str | None = None
    ) -> Sharing:
        """Change who may look at one's own draft, also before typing. Raises `Problem` forbidden."""
        path = await self._api.in_workspace("drafts", draft)
        query = self._api.item_of(draft, item)
        return await self._api.ask(Sharing, "PATCH", path, body=Visible(visibility), query=query)

    async def guest(self, draft: str, user: str) -> GuestInfo:
        """One guest. Raises `Problem` not_found."""
        return await self._api.ask(GuestInfo, "GET", await self._api.in_workspace("drafts", draft, "guests", user))

    async def invite(
        self,
        draft: str,
        user: str,
        may: Literal["look", "type"] = "look",
        *,
        agents: bool = False,
        until: float | None = None,
        item: str | None = None,
    ) -> GuestInfo:
        """Let a member look or type, until a time in Unix seconds. Raises `Problem` bad_guest, forbidden."""
        path = await self._api.in_workspace("drafts", draft, "guests", user)
        query = self._api.item_of(draft, item)
        return await self._api.ask(GuestInfo, "PUT", path, body=Invitation(may, agents, until), query=query)

    async def withdraw(self, draft: str, user: str) -> None:
        """End an invitation, one's own as well. Raises `Problem` forbidden."""
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("drafts", draft, "guests", user))

    async def ask(self, draft: str, may: Literal["look", "type"] = "type", *, note: str = "") -> AskInfo:
        """Ask the owner to be let in; the open question if there is one. Raises `Problem` already_may, too_fast."""
        path = await self._api.in_workspace("drafts", draft, "asks")
        return await self._api.ask(AskInfo, "POST", path, body=NewAsk(may, note))

    async def asks(self, *, draft: str | None = None, state: Literal["open", "all"] = "open") -> Asks:
        """Questions to me and of mine. Raises `Problem`."""
        query = {"draft": draft, "state": state}
        return await self._api.ask(Asks, "GET", await self._api.in_workspace("asks"), query=query)

    async def grant(
        self,
        ask: str,
        *,
        may: Literal["look", "type"] | None = None,
        agents: bool | None = None,
        until: float | None = None,
    ) -> AskInfo:
        """Let the asker in, as asked if nothing is said. Raises `Problem` ask_over, bad_guest."""
        path = await self._api.in_workspace("asks", ask, "grant")
        return await self._api.ask(AskInfo, "POST", path, body=Granted(may, agents, until))

    async def decline(self, ask: str) -> AskInfo:
        """Say no. Raises `Problem` ask_over."""
        return await self._api.ask(AskInfo, "POST", await self._api.in_workspace("asks", ask, "decline"))

    async def take_back(self, ask: str) -> None:
        """End a question of one's own. Raises `Problem` not_found."""
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("asks", ask))
