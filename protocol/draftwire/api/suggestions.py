"""Suggestions of agents: hunks are named by their ids or their addresses; neither: all that are open."""

from collections.abc import Iterable

from draftwire.api.calls.suggestions import SuggestionsCalls
from draftwire.rest.drafts import NamedDraft
from draftwire.rest.suggestions import Deciding, Suggestion, SuggestionDecided, SuggestionPage


class SuggestionsApi(SuggestionsCalls):
    """`Api.suggestions`."""

    async def list(self, draft: str, *, item: str | None = None) -> tuple[Suggestion, ...]:
        """What runs suggest for a draft, the latest first, without hunks. Raises `Problem` not_found."""
        path = await self._api.in_workspace("drafts", draft, "suggestions")
        query = NamedDraft(self._api.item_of(draft, item))
        return (await self._api.ask(SuggestionPage, "GET", path, query=query)).suggestions

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
