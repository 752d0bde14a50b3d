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
        """Adopt another draft.

        Copies another draft's text, as of an etag, into your own draft of the item.

        If your draft has changes and you don't set ``how``, returns 409 `draft_exists` with the result of a merge
        (``value``, ``hunks``) and what a replacement would lose (``lost``). Replaced text goes to your stash.

        Who may: everyone who can read the other draft and edit a draft of their own.

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
        """Merge newer changes from an adopted draft.

        Merges what changed in the other draft since you last took from it. Returns 409 `merge_conflict` if you have to
        choose.

        Who may: everyone who can read the other draft and edit this one.

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
        """Move your changes into the shared draft.

        Merges the changes of your own draft into the item's shared draft and removes them from yours. Either both
        happen or neither.

        Who may: the draft's owner, if they can edit the shared draft.

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
