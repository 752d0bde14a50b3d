"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.suggestions import Suggestion


class SuggestionsCalls:
    """Requests of `Api.suggestions`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def get(self, suggestion: str) -> Suggestion:
        """Get a suggestion.

        Returns the suggestion hunk by hunk against the draft as it is now: which hunks apply, why others don't, and
        what was decided.

        Who may: everyone who can read the draft.
        """
        return await self._api.ask(Suggestion, "GET", await self._api.in_workspace("suggestions", suggestion))
