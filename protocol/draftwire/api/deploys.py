"""Deploys over HTTP."""

from typing import TYPE_CHECKING, Literal

from draftwire.rest.deploys import Deploy, Deployed, Redeploy

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
