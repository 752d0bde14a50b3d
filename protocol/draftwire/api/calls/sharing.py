"""Made by `make generate` from draftwire.rest: change it there."""

from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.drafts import NamedDraft
from draftwire.rest.sharing import AskQuery, Asks, Granted, GuestInfo, Invitation, NewAsk, Sharing, Visible
from draftwire.wire.messages import AskInfo


class SharingCalls:
    """Requests of `Api.sharing`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def get(self, draft: str, *, item: str | None = None) -> Sharing:
        """See how a draft is shared.

        Its visibility and its guests, for who may read it.
        """
        return await self._api.ask(
            Sharing,
            "GET",
            await self._api.in_workspace("drafts", draft, "sharing"),
            query=NamedDraft(item=self._api.item_of(draft, item)),
        )

    async def show(
        self, draft: str, visibility: Literal["private", "readable", "open"], *, item: str | None = None
    ) -> Sharing:
        """Change a draft's visibility.

        By its owner, also before typing: ``private``, ``readable`` by readers of the item, ``open`` to its writers.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            Sharing,
            "PATCH",
            await self._api.in_workspace("drafts", draft),
            body=Visible(visibility=visibility),
            query=NamedDraft(item=self._api.item_of(draft, item)),
        )

    async def guest(self, draft: str, user: str) -> GuestInfo:
        """Look at a guest.

        What a guest may do, for who may read the draft.
        """
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
        """Invite a guest.

        By the owner: let a member look or type, until a time or until it is withdrawn. Replaces what they may.

        Raises:
            Problem: forbidden, bad_guest, too_many.
        """
        return await self._api.ask(
            GuestInfo,
            "PUT",
            await self._api.in_workspace("drafts", draft, "guests", user),
            body=Invitation(may=may, agents=agents, until=until),
            query=NamedDraft(item=self._api.item_of(draft, item)),
        )

    async def withdraw(self, draft: str, user: str) -> None:
        """Withdraw an invitation.

        By the owner or the guest. Typing ends at once everywhere; what was typed stays.

        Raises:
            Problem: forbidden.
        """
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("drafts", draft, "guests", user))

    async def ask(self, draft: str, may: Literal["look", "type"] = "type", *, note: str = "") -> AskInfo:
        """Ask to type.

        Ask the owner to be let in; the owner's tabs hear of it at once. 200 with the open question if there is one.

        Raises:
            Problem: already_may, forbidden, too_fast.
        """
        return await self._api.ask(
            AskInfo, "POST", await self._api.in_workspace("drafts", draft, "asks"), body=NewAsk(may=may, note=note)
        )

    async def asks(self, *, draft: str | None = None, state: Literal["open", "all"] = "open") -> Asks:
        """List questions about drafts.

        What the asker is to answer, and what they asked, newest first.
        """
        return await self._api.ask(
            Asks, "GET", await self._api.in_workspace("asks"), query=AskQuery(draft=draft, state=state)
        )

    async def grant(
        self,
        ask: str,
        *,
        may: Literal["look", "type"] | None = None,
        agents: bool | None = None,
        until: float | None = None,
    ) -> AskInfo:
        """Let the asker in.

        By the owner: the asker becomes a guest, as asked or as the body says.

        Raises:
            Problem: forbidden, ask_over, bad_guest, too_many.
        """
        return await self._api.ask(
            AskInfo,
            "POST",
            await self._api.in_workspace("asks", ask, "grant"),
            body=Granted(may=may, agents=agents, until=until),
        )

    async def decline(self, ask: str) -> AskInfo:
        """Say no to the asker.

        By the owner. The asker is told, and can't ask the same again for a while.

        Raises:
            Problem: forbidden, ask_over.
        """
        return await self._api.ask(AskInfo, "POST", await self._api.in_workspace("asks", ask, "decline"))

    async def take_back(self, ask: str) -> None:
        """Take a question back.

        By who asked; fine if it is over.
        """
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("asks", ask))
