"""Kept texts, over HTTP."""

from typing import TYPE_CHECKING

from draftwire.api.adopting import Resolutions
from draftwire.rest.merging import Side
from draftwire.rest.stash import Restored, Restoring, StashEntry, StashPage, StashSides

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class StashApi:
    """`Api.stash`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(
        self,
        *,
        item: str | None = None,
        draft: str | None = None,
        dismissed: bool = False,
        cursor: str | None = None,
        limit: int | None = None,
    ) -> StashPage:
        """A page of one's own entries, newest first. Raises `Problem`."""
        query = {"item": item, "draft": draft, "dismissed": "true" if dismissed else None}
        query |= {"cursor": cursor, "limit": None if limit is None else str(limit)}
        return await self._api.ask(StashPage, "GET", await self._api.in_workspace("stash"), query=query)

    async def get(self, entry: str) -> StashEntry:
        """An entry with its texts. Raises `Problem` not_found."""
        return await self._api.ask(StashEntry, "GET", await self._api.in_workspace("stash", entry))

    async def compare(self, entry: str) -> StashSides:
        """The draft as it is, and with the entry's texts in place. Raises `Problem` not_found, no_such_place."""
        return await self._api.ask(StashSides, "GET", await self._api.in_workspace("stash", entry, "compare"))

    async def restore(
        self,
        entry: str,
        *,
        draft: str | None = None,
        resolutions: Resolutions | None = None,
        rest: Side | None = None,
        idempotency_key: str | None = None,
    ) -> Restored:
        """Bring it into a draft. Raises `Problem` merge_conflict, no_such_place, …"""
        body = Restoring(draft=draft, resolutions=dict(resolutions or {}), rest=rest)
        path = await self._api.in_workspace("stash", entry, "restore")
        return await self._api.ask(Restored, "POST", path, body=body, headers={"idempotency-key": idempotency_key})

    async def dismiss(self, entry: str) -> StashEntry:
        """Take it off the list; it is kept for 30 more days. Raises `Problem` not_found."""
        return await self._api.ask(StashEntry, "POST", await self._api.in_workspace("stash", entry, "dismiss"))
