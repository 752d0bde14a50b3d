"""Deploys over HTTP."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal

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
from draftwire.rest.merging import OwnText, Side

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class DeploysApi:
    """`Api.deploys`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

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
        """Make the state of ``etag`` the next version on ``expected_version``.

        Raises `Problem` behind with a merge preview, draft_moved, not_deployable with diagnostics, forbidden, …
        """
        body = Deploy(etag, expected_version, message, if_moved, override, item)
        path = await self._api.in_workspace("drafts", draft, "deploy")
        headers = {"idempotency-key": idempotency_key}
        return await self._api.ask(Deployed, "POST", path, body=body, headers=headers)

    async def many(self, drafts: Iterable[DeployOne], *, idempotency_key: str | None = None) -> DeployedMany:
        """Deploy many drafts, at most 50, each by itself; a result for each. Raises `Problem` too_many, …"""
        path = await self._api.in_workspace("drafts", "deploy")
        headers = {"idempotency-key": idempotency_key}
        return await self._api.ask(DeployedMany, "POST", path, body=DeployMany(tuple(drafts)), headers=headers)

    async def discard_many(self, drafts: Iterable[DiscardOne], *, idempotency_key: str | None = None) -> DiscardedMany:
        """Discard many drafts, at most 50, each by itself; a result for each. Raises `Problem` too_many, …"""
        path = await self._api.in_workspace("drafts", "discard")
        headers = {"idempotency-key": idempotency_key}
        return await self._api.ask(DiscardedMany, "POST", path, body=DiscardMany(tuple(drafts)), headers=headers)

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
        """Make an older version, by number or hash, the head again. Raises `Problem` behind, not_deployable, …"""
        body = Redeploy(expected_version, message, override)
        path = await self._api.in_workspace("items", item, "versions", str(version), "redeploy")
        headers = {"idempotency-key": idempotency_key}
        return await self._api.ask(Deployed, "POST", path, body=body, headers=headers)

    async def rebase(
        self,
        draft: str,
        version: int,
        *,
        resolutions: Mapping[str, Side | OwnText] | None = None,
        rest: Side | None = None,
        preview: bool = False,
        idempotency_key: str | None = None,
    ) -> Rebased:
        """Bring a draft onto a version. Raises `Problem` merge_conflict with hunks, read_only, …"""
        body = Rebase(version=version, preview=preview, resolutions=dict(resolutions or {}), rest=rest)
        path = await self._api.in_workspace("drafts", draft, "rebase")
        return await self._api.ask(Rebased, "POST", path, body=body, headers={"idempotency-key": idempotency_key})

    async def keep(self, draft: str, version: int) -> Kept:
        """Leave a draft as it is behind the head ``version``. Raises `Problem` behind if that is not the head."""
        return await self._api.ask(
            Kept, "POST", await self._api.in_workspace("drafts", draft, "keep"), body=Keep(version)
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
        """Bring a draft back to a version or one of its states, or ``only`` these parts of the difference from that.

        Raises `Problem` not_found, base_expired, parts_changed with the difference as it is now, …
        """
        parts = None if only is None else tuple(only)
        path = await self._api.in_workspace("drafts", draft, "revert")
        headers = {"idempotency-key": idempotency_key}
        return await self._api.ask(Rebased, "POST", path, body=Revert(version, etag, parts, context), headers=headers)

    async def discard(self, draft: str, etag: str) -> Discarded:
        """Discard a draft at exactly this state. Raises `Problem` draft_moved, generation_changed, forbidden."""
        path = await self._api.in_workspace("drafts", draft, "discard")
        return await self._api.ask(Discarded, "POST", path, body=Discard(etag))

    async def bring_back(
        self,
        draft: str,
        *,
        generation: int | None = None,
        resolutions: Mapping[str, Side | OwnText] | None = None,
        rest: Side | None = None,
        idempotency_key: str | None = None,
    ) -> Rebased:
        """Bring a discarded text back into a draft. Raises `Problem` not_found, merge_conflict, read_only."""
        body = BringBack(generation=generation, resolutions=dict(resolutions or {}), rest=rest)
        path = await self._api.in_workspace("drafts", draft, "bring-back")
        return await self._api.ask(Rebased, "POST", path, body=body, headers={"idempotency-key": idempotency_key})
