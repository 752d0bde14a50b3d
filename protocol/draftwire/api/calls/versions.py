"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.deploys import (
    DeployedQuery,
    DeployedValue,
    Fork,
    Forked,
    Origin,
    Restore,
    Version,
    VersionPage,
    VersionQuery,
)


class VersionsCalls:
    """Requests of `Api.versions`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(self, item: str, *, before: int | None = None, limit: int = 50) -> VersionPage:
        """List an item's versions.

        What was deployed, by whom, with what message, from which state; the latest first, without the values.
        """
        return await self._api.ask(
            VersionPage,
            "GET",
            await self._api.in_workspace("items", item, "versions"),
            query=VersionQuery(before=before, limit=limit),
        )

    async def get(self, item: str, version: int | str) -> Version:
        """Look at a version.

        A version with its value, by number or hash.
        """
        return await self._api.ask(
            Version, "GET", await self._api.in_workspace("items", item, "versions", str(version))
        )

    async def deployed(self, *, path: str | None = None, hash: str | None = None) -> DeployedValue:
        """Read what is deployed.

        The runtime's read: the live version at a ``path``, or the version of a ``hash``. Needs `run` alone.

        No draft, edit or alert changes a byte of it. By hash it may be cached for ever. 307 leads from an item's old
        path to its present one.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            DeployedValue, "GET", await self._api.in_workspace("deployed"), query=DeployedQuery(path=path, hash=hash)
        )

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
        """Restore a version as a new item.

        A version's value begins a new item, which remembers where it came from.

        Raises:
            Problem: forbidden, bad_path, taken, plain_secret, unknown_secret, idempotency_reused, busy.
        """
        return await self._api.ask(
            Forked,
            "POST",
            await self._api.in_workspace("items", item, "versions", str(version), "restore"),
            body=Restore(path=path, external_id=external_id, summary=summary),
            headers={"idempotency-key": idempotency_key},
        )

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
        """Fork an item.

        A new item from the deployed value, a version or any state of a draft that the asker may read.

        Raises:
            Problem: forbidden, bad_path, taken, plain_secret, unknown_secret, idempotency_reused, busy, bad_etag,
                generation_changed, rewound, base_ahead, base_expired.
        """
        return await self._api.ask(
            Forked,
            "POST",
            await self._api.in_workspace("items", item, "fork"),
            body=Fork(source=source, path=path, external_id=external_id, summary=summary),
            headers={"idempotency-key": idempotency_key},
        )

    async def origin(self, item: str) -> Origin:
        """Where an item was forked from.

        The item, version or draft's state that an item began with; 404 if it is no fork.
        """
        return await self._api.ask(Origin, "GET", await self._api.in_workspace("items", item, "origin"))
