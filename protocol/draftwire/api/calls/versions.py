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

        Returns the deployed versions, newest first, without their values: by whom, with which message, from which
        state.

        Who may: everyone who can see the item.
        """
        return await self._api.ask(
            VersionPage,
            "GET",
            await self._api.in_workspace("items", item, "versions"),
            query=VersionQuery(before=before, limit=limit),
        )

    async def get(self, item: str, version: int | str) -> Version:
        """Get a version.

        Returns a version with its value, by number or hash.

        Who may: everyone who can see the item.
        """
        return await self._api.ask(
            Version, "GET", await self._api.in_workspace("items", item, "versions", str(version))
        )

    async def deployed(self, *, path: str | None = None, hash: str | None = None) -> DeployedValue:
        """Read a deployed value.

        Returns the live version at a ``path``, or the version with a ``hash``: the read for runtimes.

        Drafts, edits and alerts never change the answer. An answer by hash may be cached forever. An item's old path
        returns 307 to its current one.

        Who may: everyone with `run` on the item; no other right is needed.

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

        Creates an item from a version's value. The new item remembers its origin. A secret comes along only if you set
        it. Only workspace admins may set an external id.

        Who may: everyone who can see the item and create items at the path.

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

        Creates an item from the deployed value, a version or any state of a draft. The new item remembers its origin. A
        secret comes along only if you set it. Only workspace admins may set an external id.

        Who may: everyone who can read the source and create items at the path.

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
        """Get an item's origin.

        Returns the item and the version or draft state that an item was forked from. Returns 404 if the item is not a
        fork.

        Who may: everyone who can see the item.
        """
        return await self._api.ask(Origin, "GET", await self._api.in_workspace("items", item, "origin"))
