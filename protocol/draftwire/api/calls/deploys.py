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

        Deploys up to 50 drafts in order, each independently. Returns one result per draft.

        Who may: as for deploying each draft.

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

        Discards up to 50 drafts in order, each independently. Returns one result per draft.

        Who may: as for discarding each draft.

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

        Makes the state of the etag the item's next version, even if the draft has changed since.

        Later changes stay in the draft, which is then based on the new version. 409 `behind` says who has deployed in
        the meantime, what a merge would give and where both sides overlap.

        Who may: everyone who can read the draft and deploy the item.

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

        Makes an older version, named by number or hash, live again, as a new version with the same content.

        Who may: everyone who can deploy the item.

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
        """Rebase a draft onto another version.

        Merges into the draft what the version changed since the version the draft is based on. ``preview`` returns the
        result without saving it.

        409 `merge_conflict` returns the places that both changed, side by side: mine is the draft, theirs the version.

        Who may: everyone who can edit the draft.

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
        """Keep a draft behind a version.

        Stops reminding you of this version. A newer version reminds you again.

        Who may: everyone who can edit the draft.

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
        """Revert a draft to a version or a past state.

        Sets the draft to the version, or to its own state at the etag. The revert is written as ops to the log and can
        be undone.

        ``only`` reverts single parts of the difference: members, elements, moves, hunks of texts. If one of them has
        changed in the meantime, returns 409 `parts_changed` with the current difference.

        Who may: everyone who can edit the draft.

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

        Ends the draft, if the etag is its current state. You can restore its text for 30 days.

        Who may: its owner; of a shared draft also its editors; of shared and abandoned drafts also admins of the item.

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
        """Restore a discarded draft.

        Merges the text of a discarded generation into the draft as it is now. Without ``generation``, takes the last
        discarded one.

        Who may: everyone who can edit the draft.

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
