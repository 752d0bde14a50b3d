"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.suggestions import Suggestion


class SuggestionsCalls:
    """Requests of `Api.suggestions`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def get(self, suggestion: str) -> Suggestion:
        """Look at a suggestion.

        Hunk by hunk, against the draft as it is now: what applies, what does not and why, what was decided.
        """
        return await self._api.ask(Suggestion, "GET", await self._api.in_workspace("suggestions", suggestion))
