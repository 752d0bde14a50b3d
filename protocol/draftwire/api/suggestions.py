"""Suggestions over HTTP: what runs of mode suggest would do to a draft, accepted and rejected by people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from draftwire.rest.suggestions import Deciding, Suggestion, SuggestionDecided, SuggestionPage

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class SuggestionsApi:
    """`Api.suggestions`. Hunks are named by their ids or their addresses; neither: all that are open."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self, draft: str, *, item: str | None = None) -> tuple[Suggestion, ...]:
        """What runs suggest for a draft, the latest first, without hunks. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "suggestions")
        query = self._api.item_of(draft, item)
        return (await self._api.ask(SuggestionPage, "GET", path, query=query)).suggestions

    async def get(self, suggestion: str) -> Suggestion:
        """One with its hunks, against the draft as it is now. Raises `Problem` not_found."""
        return await self._api.ask(Suggestion, "GET", await self._api.in_workspace("suggestions", suggestion))

    async def accept(
        self, suggestion: str, *, hunks: Iterable[str] | None = None, at: Iterable[str] | None = None
    ) -> SuggestionDecided:
        """Bring hunks into the draft; what does not apply is left and told. Raises `Problem` read_only, …"""
        return await self._decide(suggestion, "accept", hunks, at)

    async def reject(
        self, suggestion: str, *, hunks: Iterable[str] | None = None, at: Iterable[str] | None = None
    ) -> SuggestionDecided:
        """Remember that hunks are not wanted. Raises `Problem` read_only, …"""
        return await self._decide(suggestion, "reject", hunks, at)

    async def _decide(
        self, suggestion: str, verb: str, hunks: Iterable[str] | None, at: Iterable[str] | None
    ) -> SuggestionDecided:
        named = None if hunks is None else tuple(hunks)
        places = None if at is None else tuple(at)
        body = Deciding(named, places, named is None and places is None)
        path = await self._api.in_workspace("suggestions", suggestion, verb)
        return await self._api.ask(SuggestionDecided, "POST", path, body=body)
