"""Drafts over HTTP."""

from typing import TYPE_CHECKING, Any, Literal

from draftwire.messages import Diagnostic, Diagnostics
from draftwire.rest.drafts import DraftLog, DraftPatch, DraftState, Saved, WholeDraft

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class DraftsApi:
    """`Api.drafts`.

    A draft that nobody has begun is found with its ``item`` only. One that this `Api` was told of (`of_item`,
    `Api.items.get`) needs none.
    """

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def get(self, draft: str, *, item: str | None = None) -> DraftState:
        """A draft as it is now. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft)
        return await self._api.ask(DraftState, "GET", path, query=self._api.item_of(draft, item))

    async def of_item(self, item: str, purpose: Literal["own", "shared"] | None = None) -> DraftState:
        """The draft of an item that an editor would open, or the one named. Raises `Problem`."""
        path = await self._api.in_workspace("items", item, "draft")
        state = await self._api.ask(DraftState, "GET", path, query={"purpose": purpose})
        if not state.stands:
            self._api.unbegun(state.draft, state.item)
        return state

    async def save(
        self,
        draft: str,
        value: dict[str, Any],
        *,
        if_match: str,
        item: str | None = None,
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
        query = self._api.item_of(draft, item)
        return await self._api.ask(Saved, "PUT", path, body=WholeDraft(value), query=query, headers=headers)

    async def diagnostics(self, draft: str, *, item: str | None = None) -> tuple[Diagnostic, ...]:
        """What stands in the way of a deploy of the draft as it is now. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "diagnostics")
        query = self._api.item_of(draft, item)
        return (await self._api.ask(Diagnostics, "GET", path, query=query)).diagnostics

    async def patch(
        self,
        draft: str,
        change: DraftPatch,
        *,
        if_match: str,
        item: str | None = None,
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
        query = self._api.item_of(draft, item)
        return await self._api.ask(Saved, "PATCH", path, body=change, query=query, headers=headers)

    async def log(self, draft: str, *, after: int = 0, limit: int | None = None) -> DraftLog:
        """A stretch of the draft's log. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "log")
        query = {"after": after, "limit": limit, **self._api.item_of(draft, None)}
        return await self._api.ask(DraftLog, "GET", path, query=query)
