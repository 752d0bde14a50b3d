"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Mapping
from typing import Any, Literal

from draftwire.api.asking import Asking
from draftwire.rest.drafts import (
    DraftLog,
    DraftPatch,
    DraftQuery,
    DraftState,
    LogQuery,
    NamedDraft,
    PatchOp,
    Saved,
    WholeDraft,
    WriterCounts,
)
from draftwire.wire.etags import quoted


class DraftsCalls:
    """Requests of `Api.drafts`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def get(self, draft: str, *, item: str | None = None) -> DraftState:
        """Get a draft.

        Returns the draft with its etag. Returns 304 if you already have this state.

        Who may: everyone who can read the draft.
        """
        return await self._api.ask(
            DraftState,
            "GET",
            await self._api.in_workspace("drafts", draft),
            query=NamedDraft(item=self._api.item_of(draft, item)),
        )

    async def save_of_item(
        self,
        item: str,
        value: Mapping[str, Any],
        *,
        if_match: str,
        made_from: Mapping[str, Any] | None = None,
        purpose: Literal["own", "shared"] | None = None,
        override: str | None = None,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Save an item's whole draft.

        Does the same as ``PUT drafts/{draft}``, for the draft that an editor would open or the one you name.

        Who may: everyone who can edit the draft.

        Raises:
            Problem: precondition_required, bad_etag, stale, generation_changed, rewound, base_ahead, base_expired,
                override_moved, session_is_live, idempotency_reused, read_only, too_large, plain_secret, unknown_secret,
                duplicate_id, bad_id.
        """
        return await self._api.ask(
            Saved,
            "PUT",
            await self._api.in_workspace("items", item, "draft"),
            body=WholeDraft(value=dict(value), made_from=None if made_from is None else dict(made_from)),
            query=DraftQuery(purpose=purpose),
            headers={
                "if-match": quoted(if_match),
                "draftwire-override": None if override is None else quoted(override),
                "draftwire-session": session,
                "idempotency-key": idempotency_key,
                "prefer": None if merge else "merge=never",
            },
        )

    async def save(
        self,
        draft: str,
        value: Mapping[str, Any],
        *,
        if_match: str,
        made_from: Mapping[str, Any] | None = None,
        item: str | None = None,
        override: str | None = None,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Save a whole draft.

        Saves the whole document. Returns the new etag, and also the merged value if changes by others were merged in.

        Who may: everyone who can edit the draft.

        Raises:
            Problem: precondition_required, bad_etag, stale, generation_changed, rewound, base_ahead, base_expired,
                override_moved, session_is_live, idempotency_reused, read_only, too_large, plain_secret, unknown_secret,
                duplicate_id, bad_id.
        """
        return await self._api.ask(
            Saved,
            "PUT",
            await self._api.in_workspace("drafts", draft),
            body=WholeDraft(value=dict(value), made_from=None if made_from is None else dict(made_from)),
            query=NamedDraft(item=self._api.item_of(draft, item)),
            headers={
                "if-match": quoted(if_match),
                "draftwire-override": None if override is None else quoted(override),
                "draftwire-session": session,
                "idempotency-key": idempotency_key,
                "prefer": None if merge else "merge=never",
            },
        )

    async def patch(
        self,
        draft: str,
        body: DraftPatch | tuple[PatchOp, ...],
        *,
        if_match: str,
        item: str | None = None,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Change parts of a draft.

        Applies ops, an RFC 6902 patch or text replacements to the state that ``If-Match`` names.

        Changes that others made since then are merged as for a whole document: 200 lists what was merged, where and by
        whom, and 409 `stale` returns both sides.

        Who may: everyone who can edit the draft.

        Raises:
            Problem: precondition_required, bad_etag, stale, generation_changed, rewound, base_ahead, base_expired,
                session_is_live, idempotency_reused, read_only, too_large, plain_secret, unknown_secret, duplicate_id,
                bad_id, mode_forbids, patch_unsupported, test_failed, too_much_work, no_single_match, not_text,
                no_such_place, bad_address, bad_op, root_fixed, not_an_object, bad_splice, out_of_range, half_surrogate,
                not_keyed, bad_place, id_fixed, keyed_array_fixed, plain_array, bad_text.
        """
        return await self._api.ask(
            Saved,
            "PATCH",
            await self._api.in_workspace("drafts", draft, "content"),
            body=body,
            query=NamedDraft(item=self._api.item_of(draft, item)),
            headers={
                "if-match": quoted(if_match),
                "draftwire-session": session,
                "idempotency-key": idempotency_key,
                "prefer": None if merge else "merge=never",
            },
        )

    async def patch_of_item(
        self,
        item: str,
        body: DraftPatch | tuple[PatchOp, ...],
        *,
        if_match: str,
        purpose: Literal["own", "shared"] | None = None,
        session: str | None = None,
        idempotency_key: str | None = None,
        merge: bool = True,
    ) -> Saved:
        """Change parts of an item's draft.

        Does the same as ``PATCH drafts/{draft}/content``, for the draft that an editor would open or the one you name.

        Who may: everyone who can edit the draft.

        Raises:
            Problem: precondition_required, bad_etag, stale, generation_changed, rewound, base_ahead, base_expired,
                session_is_live, idempotency_reused, read_only, too_large, plain_secret, unknown_secret, duplicate_id,
                bad_id, mode_forbids, patch_unsupported, test_failed, too_much_work, no_single_match, not_text,
                no_such_place, bad_address, bad_op, root_fixed, not_an_object, bad_splice, out_of_range, half_surrogate,
                not_keyed, bad_place, id_fixed, keyed_array_fixed, plain_array, bad_text.
        """
        return await self._api.ask(
            Saved,
            "PATCH",
            await self._api.in_workspace("items", item, "draft"),
            body=body,
            query=DraftQuery(purpose=purpose),
            headers={
                "if-match": quoted(if_match),
                "draftwire-session": session,
                "idempotency-key": idempotency_key,
                "prefer": None if merge else "merge=never",
            },
        )

    async def log(self, draft: str, *, item: str | None = None, after: int = 0, limit: int = 500) -> DraftLog:
        """Get a draft's log.

        Returns the draft's batches after a seq.

        Who may: everyone who can read the draft.

        Raises:
            Problem: base_expired.
        """
        return await self._api.ask(
            DraftLog,
            "GET",
            await self._api.in_workspace("drafts", draft, "log"),
            query=LogQuery(item=self._api.item_of(draft, item), after=after, limit=limit),
        )

    async def writers(self, draft: str, *, item: str | None = None) -> WriterCounts:
        """Count a draft's writers.

        Returns every session that has written in the draft, with the number of its batches in the log.

        Who may: everyone who can read the draft.
        """
        return await self._api.ask(
            WriterCounts,
            "GET",
            await self._api.in_workspace("drafts", draft, "writers"),
            query=NamedDraft(item=self._api.item_of(draft, item)),
        )
