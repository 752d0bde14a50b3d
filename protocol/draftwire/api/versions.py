"""Versions over HTTP."""

from typing import TYPE_CHECKING

from draftwire.rest.deploys import DeployedValue, Fork, Forked, Origin, Restore, Version, VersionPage

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class VersionsApi:
    """`Api.versions`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self, item: str, *, before: int | None = None, limit: int | None = None) -> VersionPage:
        """A page of an item's versions, the latest first. Raises `Problem` not_found."""
        path = await self._api.in_workspace("items", item, "versions")
        return await self._api.ask(VersionPage, "GET", path, query={"before": before, "limit": limit})

    async def get(self, item: str, version: int | str) -> Version:
        """A version with its value, by number or hash. Raises `Problem` not_found."""
        return await self._api.ask(
            Version, "GET", await self._api.in_workspace("items", item, "versions", str(version))
        )

    async def deployed(self, *, path: str | None = None, hash: str | None = None) -> DeployedValue:  # noqa: A002
        """What a runtime reads, by path or by hash. Raises `Problem` not_found, forbidden."""
        query = {"path": path, "hash": hash}
        return await self._api.ask(DeployedValue, "GET", await self._api.in_workspace("deployed"), query=query)

    async def restore(
        self,
        item: str,
        version: int | str,
        *,
        path: str | None = None,
        external_id: str | None = None,
        summary: str | None = None,
        idempotency_key: str | None = None,
    ) -> Forked:
        """Make a new item from a version. Raises `Problem` taken, bad_path, forbidden, …"""
        at = await self._api.in_workspace("items", item, "versions", str(version), "restore")
        body, headers = Restore(path, external_id, summary), {"idempotency-key": idempotency_key}
        return await self._api.ask(Forked, "POST", at, body=body, headers=headers)

    async def fork(
        self,
        item: str,
        source: str = "deployed",
        *,
        path: str | None = None,
        external_id: str | None = None,
        summary: str | None = None,
        idempotency_key: str | None = None,
    ) -> Forked:
        """Make a new item from ``deployed``, ``version:<number>`` or a draft, as of ``@<etag>``. Raises `Problem`."""
        at = await self._api.in_workspace("items", item, "fork")
        body, headers = Fork(source, path, external_id, summary), {"idempotency-key": idempotency_key}
        return await self._api.ask(Forked, "POST", at, body=body, headers=headers)

    async def origin(self, item: str) -> Origin:
        """Where an item was forked from. Raises `Problem` not_found, also if it was not."""
        return await self._api.ask(Origin, "GET", await self._api.in_workspace("items", item, "origin"))
