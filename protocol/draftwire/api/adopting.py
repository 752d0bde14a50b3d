"""Bringing drafts together, over HTTP. `draft_exists` and `merge_conflict` tell in ``detail`` what is to be chosen."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from draftwire.rest.adopting import Adoption, Bringing, Brought, Together
from draftwire.rest.merging import OwnText, Side

if TYPE_CHECKING:
    from draftwire.api.connection import Api

Resolutions = Mapping[str, Side | OwnText]


class AdoptingApi:
    """`Api.adopting`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def adopt(
        self,
        item: str,
        source: str,
        *,
        etag: str | None = None,
        how: Literal["merge", "replace"] | None = None,
        resolutions: Resolutions | None = None,
        rest: Side | None = None,
        idempotency_key: str | None = None,
    ) -> Brought:
        """Make one's own draft another's text. Raises `Problem` draft_exists, merge_conflict, …"""
        body = Adoption(source=source, etag=etag, how=how, resolutions=dict(resolutions or {}), rest=rest)
        return await self._post(["items", item, "adopt"], body, idempotency_key)

    async def bring(
        self,
        draft: str,
        source: str,
        *,
        etag: str | None = None,
        resolutions: Resolutions | None = None,
        rest: Side | None = None,
        idempotency_key: str | None = None,
    ) -> Brought:
        """Bring what changed in a draft that was adopted. Raises `Problem` not_adopted, merge_conflict, …"""
        body = Bringing(source=source, etag=etag, resolutions=dict(resolutions or {}), rest=rest)
        return await self._post(["drafts", draft, "bring"], body, idempotency_key)

    async def edit_together(
        self,
        draft: str,
        *,
        resolutions: Resolutions | None = None,
        rest: Side | None = None,
        idempotency_key: str | None = None,
    ) -> Brought:
        """Move the changes of one's own draft into the shared one. Raises `Problem` merge_conflict, mode_forbids, …"""
        body = Together(resolutions=dict(resolutions or {}), rest=rest)
        return await self._post(["drafts", draft, "edit-together"], body, idempotency_key)

    async def _post(self, segments: list[str], body: Any, key: str | None) -> Brought:
        path = await self._api.in_workspace(*segments)
        return await self._api.ask(Brought, "POST", path, body=body, headers={"idempotency-key": key})
