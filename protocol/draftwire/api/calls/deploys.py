"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable, Mapping
from typing import Literal

from draftwire.api.asking import Asking
from draftwire.rest.deploys import (
    BringBack,
    Deploy,
    Deployed,
    Discard,
    Discarded,
    Keep,
    Kept,
    Rebase,
    Rebased,
    Redeploy,
    Revert,
)
from draftwire.rest.draft_list import DeployedMany, DeployMany, DeployOne, DiscardedMany, DiscardMany, DiscardOne
from draftwire.rest.merging import OwnText


class DeploysCalls:
    """Requests of `Api.deploys`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def many(self, drafts: Iterable[DeployOne], *, idempotency_key: str | None = None) -> DeployedMany:
        """Deploy many drafts.

        As deploying each of them, in order: each by itself, with a result for each.

        Raises:
            Problem: too_many, idempotency_reused.
        """
        return await self._api.ask(
            DeployedMany,
            "POST",
            await self._api.in_workspace("drafts", "deploy"),
            body=DeployMany(drafts=tuple(drafts)),
            headers={"idempotency-key": idempotency_key},
        )

    async def discard_many(self, drafts: Iterable[DiscardOne], *, idempotency_key: str | None = None) -> DiscardedMany:
        """Discard many drafts.

        As discarding each of them, in order: each by itself, with a result for each.

        Raises:
            Problem: too_many, idempotency_reused.
        """
        return await self._api.ask(
            DiscardedMany,
            "POST",
            await self._api.in_workspace("drafts", "discard"),
            body=DiscardMany(drafts=tuple(drafts)),
            headers={"idempotency-key": idempotency_key},
        )

    async def deploy(
        self,
        draft: str,
        etag: str,
        expected_version: int,
        *,
        message: str = "",
        if_moved: Literal["ship", "refuse"] = "ship",
        override: int | None = None,
        item: str | None = None,
        idempotency_key: str | None = None,
    ) -> Deployed:
        """Deploy a draft's state.

        Make exactly the state of the etag the item's next version, also if the draft has moved on since.

        What came later stays in the draft, which stands on the new version then. 409 `behind` tells who has deployed
        meanwhile, what a merge would give and where both sides meet.

        Raises:
            Problem: forbidden, behind, not_deployable, too_much_work, too_large, idempotency_reused, busy, bad_etag,
                generation_changed, rewound, base_ahead, base_expired, draft_moved.
        """
        return await self._api.ask(
            Deployed,
            "POST",
            await self._api.in_workspace("drafts", draft, "deploy"),
            body=Deploy(
                etag=etag,
                expected_version=expected_version,
                message=message,
                if_moved=if_moved,
                override=override,
                item=item,
            ),
            headers={"idempotency-key": idempotency_key},
        )

    async def redeploy(
        self,
        item: str,
        version: int | str,
        expected_version: int,
        *,
        message: str = "",
        override: int | None = None,
        idempotency_key: str | None = None,
    ) -> Deployed:
        """Deploy an older version again.

        An older version, by number or hash, becomes the head again, as a new version of the same content.

        Raises:
            Problem: forbidden, behind, not_deployable, too_much_work, too_large, idempotency_reused, busy.
        """
        return await self._api.ask(
            Deployed,
            "POST",
            await self._api.in_workspace("items", item, "versions", str(version), "redeploy"),
            body=Redeploy(expected_version=expected_version, message=message, override=override),
            headers={"idempotency-key": idempotency_key},
        )

    async def rebase(
        self,
        draft: str,
        version: int,
        *,
        resolutions: Mapping[str, Literal["mine", "theirs"] | OwnText] | None = None,
        rest: Literal["mine", "theirs"] | None = None,
        preview: bool = False,
        idempotency_key: str | None = None,
    ) -> Rebased:
        """Bring a draft onto another version.

        Merge into a draft what a version changed since the one on which it stands; ``preview`` only tells.

        409 `merge_conflict` holds the places that both changed, side by side: mine is the draft, theirs the version.

        Raises:
            Problem: merge_conflict, read_only, mode_forbids, idempotency_reused, too_large, busy.
        """
        return await self._api.ask(
            Rebased,
            "POST",
            await self._api.in_workspace("drafts", draft, "rebase"),
            body=Rebase(resolutions=dict(resolutions or {}), rest=rest, version=version, preview=preview),
            headers={"idempotency-key": idempotency_key},
        )

    async def keep(self, draft: str, version: int) -> Kept:
        """Keep a draft as it is behind a head.

        Nobody is reminded of this head any more; of the next one they are.

        Raises:
            Problem: behind, read_only.
        """
        return await self._api.ask(
            Kept, "POST", await self._api.in_workspace("drafts", draft, "keep"), body=Keep(version=version)
        )

    async def revert(
        self,
        draft: str,
        *,
        version: int | None = None,
        etag: str | None = None,
        only: Iterable[str] | None = None,
        context: int = 3,
        idempotency_key: str | None = None,
    ) -> Rebased:
        """Bring a draft back to a version or a state.

        The draft reads as the version, or as it did at the etag; as ops in its log, so that it can be undone.

        ``only`` brings back single parts of the difference from that to the draft: members, elements, moves, hunks of
        texts. If one of them reads differently by now, 409 `parts_changed` holds the difference as it is.

        Raises:
            Problem: merge_conflict, read_only, mode_forbids, idempotency_reused, too_large, busy, bad_etag,
                generation_changed, rewound, base_ahead, base_expired, parts_changed, no_such_place, bad_place,
                not_text, bad_id, duplicate_id, bad_address, not_keyed, id_fixed, keyed_array_fixed, plain_array,
                root_fixed.
        """
        return await self._api.ask(
            Rebased,
            "POST",
            await self._api.in_workspace("drafts", draft, "revert"),
            body=Revert(version=version, etag=etag, only=None if only is None else tuple(only), context=context),
            headers={"idempotency-key": idempotency_key},
        )

    async def discard(self, draft: str, etag: str) -> Discarded:
        """Discard a draft.

        End the draft at exactly the state of the etag; for 30 days its text can be brought back.

        Raises:
            Problem: bad_etag, draft_moved, generation_changed, forbidden.
        """
        return await self._api.ask(
            Discarded, "POST", await self._api.in_workspace("drafts", draft, "discard"), body=Discard(etag=etag)
        )

    async def bring_back(
        self,
        draft: str,
        *,
        resolutions: Mapping[str, Literal["mine", "theirs"] | OwnText] | None = None,
        rest: Literal["mine", "theirs"] | None = None,
        generation: int | None = None,
        idempotency_key: str | None = None,
    ) -> Rebased:
        """Bring a discarded draft back.

        Merge the text of a discarded generation, the last one if none is named, into the draft as it is now.

        Raises:
            Problem: merge_conflict, read_only, mode_forbids, idempotency_reused, too_large, busy.
        """
        return await self._api.ask(
            Rebased,
            "POST",
            await self._api.in_workspace("drafts", draft, "bring-back"),
            body=BringBack(resolutions=dict(resolutions or {}), rest=rest, generation=generation),
            headers={"idempotency-key": idempotency_key},
        )
