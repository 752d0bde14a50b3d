"""Drafts over HTTP."""

from typing import TYPE_CHECKING, Any, Literal

from draftwire.messages import Diagnostic, Diagnostics
from draftwire.rest.drafts import DraftLog, DraftPatch, DraftState, Saved, WholeDraft

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class DraftsApi:
    """`Api.drafts`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def get(self, draft: str) -> DraftState:
        """A draft as it is now. Raises `Problem` not_found."""
        return await self._api.ask(DraftState, "GET", await self._api.in_workspace("drafts", draft))

    async def of_item(self, item: str, purpose: Literal["own", "shared"] | None = None) -> DraftState:
        """The draft of an item that an editor would open, or the one named. Raises `Problem`."""
        path = await self._api.in_workspace("items", item, "draft")
        return await self._api.ask(DraftState, "GET", path, query={"purpose": purpose})

    async def save(
        self,
        draft: str,
        value: dict[str, Any],
        *,
        if_match: str,
        override: str | None = None,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Save a whole document that was made on ``if_match``. Raises `Problem` stale, read_only, …"""
        headers = {
            "if-match": f'"{if_match}"',
            "draftwire-override": None if override is None else f'"{override}"',
            "draftwire-session": session,
            "idempotency-key": idempotency_key,
            "prefer": None if merge else "merge=never",
        }
        path = await self._api.in_workspace("drafts", draft)
        return await self._api.ask(Saved, "PUT", path, body=WholeDraft(value), headers=headers)

    async def diagnostics(self, draft: str) -> tuple[Diagnostic, ...]:
        """What stands in the way of a deploy of the draft as it is now. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "diagnostics")
        return (await self._api.ask(Diagnostics, "GET", path)).diagnostics

    async def patch(
        self,
        draft: str,
        change: DraftPatch,
        *,
        if_match: str,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Change parts of a draft, as of ``if_match``. Raises `Problem` stale, no_single_match, test_failed, …"""
        headers = {
            "if-match": f'"{if_match}"',
            "draftwire-session": session,
            "idempotency-key": idempotency_key,
            "prefer": None if merge else "merge=never",
        }
        path = await self._api.in_workspace("drafts", draft, "content")
        return await self._api.ask(Saved, "PATCH", path, body=change, headers=headers)

    async def log(self, draft: str, *, after: int = 0, limit: int | None = None) -> DraftLog:
        """A stretch of the draft's log. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "log")
        return await self._api.ask(DraftLog, "GET", path, query={"after": after, "limit": limit})
