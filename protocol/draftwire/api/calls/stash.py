"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Mapping
from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.merging import OwnText
from draftwire.rest.stash import Restored, Restoring, StashEntry, StashPage, StashQuery, StashSides


class StashCalls:
    """Requests of `Api.stash`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(
        self,
        *,
        item: str | None = None,
        draft: str | None = None,
        dismissed: bool = False,
        cursor: str | None = None,
        limit: int = 50,
    ) -> StashPage:
        """List your stash.

        Returns your texts that were refused, replaced or displaced, newest first.

        Who may: you, for your own entries.

        Raises:
            Problem: bad_cursor.
        """
        return await self._api.ask(
            StashPage,
            "GET",
            await self._api.in_workspace("stash"),
            query=StashQuery(item=item, draft=draft, dismissed=dismissed, cursor=cursor, limit=limit),
        )

    async def get(self, entry: str) -> StashEntry:
        """Get a stash entry.

        Returns your stashed text, even if you no longer have access to the item.

        Who may: you, for your own entries.
        """
        return await self._api.ask(StashEntry, "GET", await self._api.in_workspace("stash", entry))

    async def compare(self, entry: str) -> StashSides:
        """Compare a stash entry with the draft.

        Returns the draft as it is, and as it would be with the stashed text in place.

        Who may: you, for your own entries, if you can read the draft.

        Raises:
            Problem: no_such_place.
        """
        return await self._api.ask(StashSides, "GET", await self._api.in_workspace("stash", entry, "compare"))

    async def restore(
        self,
        entry: str,
        *,
        resolutions: Mapping[str, Literal["mine", "theirs"] | OwnText] | None = None,
        rest: Literal["mine", "theirs"] | None = None,
        draft: str | None = None,
        idempotency_key: str | None = None,
    ) -> Restored:
        """Restore a stash entry.

        Merges the text into its draft or into another draft of the item. Returns 409 `merge_conflict` if you have to
        choose.

        Who may: you, for your own entries, if you can edit the draft.

        Raises:
            Problem: merge_conflict, read_only, mode_forbids, generation_changed, rewound, base_ahead, base_expired,
                bad_etag, plain_secret, unknown_secret, idempotency_reused, too_large, no_such_place, bad_id, id_fixed,
                not_text.
        """
        return await self._api.ask(
            Restored,
            "POST",
            await self._api.in_workspace("stash", entry, "restore"),
            body=Restoring(resolutions=dict(resolutions or {}), rest=rest, draft=draft),
            headers={"idempotency-key": idempotency_key},
        )

    async def dismiss(self, entry: str) -> StashEntry:
        """Dismiss a stash entry.

        Removes the entry from the list. It is deleted after 30 days.

        Who may: you, for your own entries.

        Raises:
            Problem: forbidden, suggest_only.
        """
        return await self._api.ask(StashEntry, "POST", await self._api.in_workspace("stash", entry, "dismiss"))
