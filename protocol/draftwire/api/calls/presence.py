"""Made by `make generate` from draftwire.rest: change it there."""

from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.presence import Attend, Attending, Everywhere, Here


class PresenceCalls:
    """Requests of `Api.presence`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def attend(
        self,
        item: str,
        *,
        state: Literal["viewing", "editing", "idle"] = "viewing",
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
        """Be present at an item.

        Shows you at the item until the lease ends, to everyone who has it open. Send it again before that to stay, with
        a new place or state if you like.

        Who may: everyone who can see the item.

        Raises:
            Problem: session_is_live, too_many, forbidden, run_stopped, run_ended.
        """
        return await self._api.ask(
            Attending,
            "PUT",
            await self._api.in_workspace("items", item, "presence"),
            body=Attend(
                state=state,
                label=label,
                draft=draft,
                at=at,
                anchor=anchor,
                head=head,
                seq=seq,
                doing=doing,
                lines=lines,
                run=run,
                lease_s=lease_s,
            ),
            headers={"draftwire-session": session},
        )

    async def leave(self, item: str, *, session: str | None = None) -> None:
        """Leave an item.

        Ends your presence at the item. No error if you are not present.

        Who may: you, for your own presence.
        """
        await self._api.ask(
            type(None),
            "DELETE",
            await self._api.in_workspace("items", item, "presence"),
            headers={"draftwire-session": session},
        )

    async def here(self, item: str) -> Here:
        """List who is at an item.

        Returns every session at the item, over WebSocket or HTTP. Carets are included only in drafts that you can read.

        Who may: everyone who can see the item.
        """
        return await self._api.ask(Here, "GET", await self._api.in_workspace("items", item, "presence"))

    async def everywhere(self) -> Everywhere:
        """List who is where.

        Returns, per item, the people and agents who are present.

        Who may: every member, for the items they can see.
        """
        return await self._api.ask(Everywhere, "GET", await self._api.in_workspace("presence"))
