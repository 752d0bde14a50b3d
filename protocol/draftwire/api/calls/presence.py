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
        """Be at an item.

        Be at an item until the lease ends; sent again before that, it goes on. Everybody who looks at it is told.

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

        Be there no longer; leaving where one is not is fine.
        """
        await self._api.ask(
            type(None),
            "DELETE",
            await self._api.in_workspace("items", item, "presence"),
            headers={"draftwire-session": session},
        )

    async def here(self, item: str) -> Here:
        """Who is at an item.

        Every session at the item, over WebSocket or HTTP; carets only in drafts that the asker may read.
        """
        return await self._api.ask(Here, "GET", await self._api.in_workspace("items", item, "presence"))

    async def everywhere(self) -> Everywhere:
        """Who is where.

        Who is at which items, of those that the asker may see.
        """
        return await self._api.ask(Everywhere, "GET", await self._api.in_workspace("presence"))
