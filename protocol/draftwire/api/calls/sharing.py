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

        Returns the draft's visibility and guests.

        Who may: everyone who can read the draft.
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

        Makes the draft ``private``, ``readable`` for people who can read drafts of the item, or ``open`` for people who
        can write the item. You can do this before your first edit.

        Who may: the draft's owner; no agent.

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
        """Get a guest.

        Returns what a guest may do.

        Who may: everyone who can read the draft.
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

        Lets a member view or edit the draft, until a time or until you withdraw the invitation. Replaces an earlier
        invitation.

        Who may: the draft's owner; no agent.

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

        Removes the guest. Their editing ends at once everywhere; the text they wrote stays.

        Who may: the draft's owner, and the guest; no agent, except to leave.

        Raises:
            Problem: forbidden.
        """
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("drafts", draft, "guests", user))

    async def ask(self, draft: str, may: Literal["look", "type"] = "type", *, note: str = "") -> AskInfo:
        """Request access to a draft.

        Asks the owner to let you edit (or view) the draft and notifies their open tabs at once. Returns 200 with your
        open request if there is one.

        Who may: every member except operators who can see the item; to edit, with write access to it.

        Raises:
            Problem: already_may, forbidden, too_fast.
        """
        return await self._api.ask(
            AskInfo, "POST", await self._api.in_workspace("drafts", draft, "asks"), body=NewAsk(may=may, note=note)
        )

    async def asks(self, *, draft: str | None = None, state: Literal["open", "all"] = "open") -> Asks:
        """List access requests.

        Returns the requests that wait for your answer and the ones you made, newest first.

        Who may: you, for requests to you and by you.
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
        """Grant an access request.

        Makes the requester a guest, as requested or as the body says.

        Who may: the draft's owner; no agent.

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
        """Decline an access request.

        Declines the request and notifies the requester. They can't ask for the same draft again for a while.

        Who may: the draft's owner; no agent.

        Raises:
            Problem: forbidden, ask_over.
        """
        return await self._api.ask(AskInfo, "POST", await self._api.in_workspace("asks", ask, "decline"))

    async def take_back(self, ask: str) -> None:
        """Withdraw an access request.

        Withdraws your request. No error if it has already ended.

        Who may: you, for your own request.
        """
        await self._api.ask(type(None), "DELETE", await self._api.in_workspace("asks", ask))
