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
        """List one's kept texts.

        Texts that were refused, replaced or lost their place, newest first.

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
        """Look at a kept text.

        The whole of it, also when one has lost the item; then nothing else of the item is told.
        """
        return await self._api.ask(StashEntry, "GET", await self._api.in_workspace("stash", entry))

    async def compare(self, entry: str) -> StashSides:
        """Compare a kept text with the draft.

        The draft as it is, and as it would be with the text in its place.

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
        """Restore a kept text.

        Merge it into the draft that it is from, or another one of the item; 409 `merge_conflict` asks for choices.

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
        """Dismiss a kept text.

        It leaves the list and is kept for 30 more days.

        Raises:
            Problem: forbidden, suggest_only.
        """
        return await self._api.ask(StashEntry, "POST", await self._api.in_workspace("stash", entry, "dismiss"))
