"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Mapping
from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.adopting import Adoption, Bringing, Brought, Together
from draftwire.rest.merging import OwnText


class AdoptionCalls:
    """Requests of `Api.adoption`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def adopt(
        self,
        item: str,
        source: str,
        *,
        resolutions: Mapping[str, Literal["mine", "theirs"] | OwnText] | None = None,
        rest: Literal["mine", "theirs"] | None = None,
        etag: str | None = None,
        how: Literal["merge", "replace"] | None = None,
        idempotency_key: str | None = None,
    ) -> Brought:
        """Adopt another's draft.

        Make one's own draft of an item another's text, as of an etag.

        If one's own draft has changes and ``how`` is not said: 409 `draft_exists` with what a merge would give
        (``value``, ``hunks``) and what a replacement would lose (``lost``). What is replaced goes into the stash.

        Raises:
            Problem: draft_exists, merge_conflict, read_only, mode_forbids, generation_changed, rewound, base_ahead,
                base_expired, bad_etag, plain_secret, unknown_secret, idempotency_reused, too_large, no_such_place,
                bad_id, id_fixed, not_text.
        """
        return await self._api.ask(
            Brought,
            "POST",
            await self._api.in_workspace("items", item, "adopt"),
            body=Adoption(resolutions=dict(resolutions or {}), rest=rest, source=source, etag=etag, how=how),
            headers={"idempotency-key": idempotency_key},
        )

    async def bring(
        self,
        draft: str,
        source: str,
        *,
        resolutions: Mapping[str, Literal["mine", "theirs"] | OwnText] | None = None,
        rest: Literal["mine", "theirs"] | None = None,
        etag: str | None = None,
        idempotency_key: str | None = None,
    ) -> Brought:
        """Bring back changes of an adopted draft.

        Merge what changed in a draft since one took from it: 409 `merge_conflict` where that needs choices.

        Raises:
            Problem: not_adopted, merge_conflict, read_only, mode_forbids, generation_changed, rewound, base_ahead,
                base_expired, bad_etag, plain_secret, unknown_secret, idempotency_reused, too_large, no_such_place,
                bad_id, id_fixed, not_text.
        """
        return await self._api.ask(
            Brought,
            "POST",
            await self._api.in_workspace("drafts", draft, "bring"),
            body=Bringing(resolutions=dict(resolutions or {}), rest=rest, source=source, etag=etag),
            headers={"idempotency-key": idempotency_key},
        )

    async def edit_together(
        self,
        draft: str,
        *,
        resolutions: Mapping[str, Literal["mine", "theirs"] | OwnText] | None = None,
        rest: Literal["mine", "theirs"] | None = None,
        idempotency_key: str | None = None,
    ) -> Brought:
        """Move one's changes into the shared draft.

        Merge the changes of one's own draft into the item's shared one, and take them out of the own one; or neither.

        Raises:
            Problem: forbidden, merge_conflict, read_only, mode_forbids, generation_changed, rewound, base_ahead,
                base_expired, bad_etag, plain_secret, unknown_secret, idempotency_reused, too_large, no_such_place,
                bad_id, id_fixed, not_text.
        """
        return await self._api.ask(
            Brought,
            "POST",
            await self._api.in_workspace("drafts", draft, "edit-together"),
            body=Together(resolutions=dict(resolutions or {}), rest=rest),
            headers={"idempotency-key": idempotency_key},
        )
