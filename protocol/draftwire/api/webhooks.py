"""Webhooks over HTTP."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from draftwire.rest.rights import Done
from draftwire.rest.webhooks import (
    ChangedWebhook,
    Delivery,
    DeliveryPage,
    DeliveryState,
    MadeWebhook,
    NewWebhook,
    Replay,
    Replayed,
    Rotate,
    Tested,
    Webhook,
    WebhookList,
)

if TYPE_CHECKING:
    from draftwire.api.connection import Api


class WebhooksApi:
    """`Api.webhooks`."""

    def __init__(self, api: "Api") -> None:
        self._api = api

    async def list(self) -> WebhookList:
        """All webhooks for admins, else one's own. Raises `Problem`."""
        return await self._api.ask(WebhookList, "GET", await self._api.in_workspace("webhooks"))

    async def get(self, webhook: str) -> Webhook:
        """One webhook. Raises `Problem` not_found."""
        return await self._api.ask(Webhook, "GET", await self._api.in_workspace("webhooks", webhook))

    async def make(
        self,
        address: str,
        *,
        types: Iterable[str] = (),
        description: str = "",
        everything: bool = False,
        active: bool = True,
        after: int | None = None,
    ) -> MadeWebhook:
        """Make a webhook; its secret is in this answer alone. Raises `Problem` bad_webhook, forbidden, secrets_off."""
        body = NewWebhook(address, tuple(types), description, everything, active, after)
        return await self._api.ask(MadeWebhook, "POST", await self._api.in_workspace("webhooks"), body=body)

    async def change(
        self,
        webhook: str,
        *,
        address: str | UnsetType = UNSET,
        types: Iterable[str] | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        active: bool | UnsetType = UNSET,
    ) -> Webhook:
        """Change it; what is left out stays. Raises `Problem` bad_webhook, not_found."""
        body = ChangedWebhook(
            address, types if isinstance(types, UnsetType) else tuple(types), description, active
        )  # fmt: skip
        return await self._api.ask(Webhook, "PATCH", await self._api.in_workspace("webhooks", webhook), body=body)

    async def delete(self, webhook: str) -> Done:
        """Delete it, with its log. Raises `Problem` not_found."""
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("webhooks", webhook))

    async def rotate(self, webhook: str, *, overlap_s: float = 86_400) -> MadeWebhook:
        """Make a new secret; the old one signs too for a while. Raises `Problem` not_found, secrets_off."""
        path = await self._api.in_workspace("webhooks", webhook, "rotate")
        return await self._api.ask(MadeWebhook, "POST", path, body=Rotate(overlap_s))

    async def test(self, webhook: str) -> Tested:
        """Send a test message now, and say what became of it. Raises `Problem` not_found."""
        return await self._api.ask(Tested, "POST", await self._api.in_workspace("webhooks", webhook, "test"))

    async def deliveries(
        self, webhook: str, *, state: DeliveryState | None = None, before: int | None = None, limit: int = 50
    ) -> DeliveryPage:
        """The delivery log, the latest event first. Raises `Problem` not_found."""
        path = await self._api.in_workspace("webhooks", webhook, "deliveries")
        query = {"state": state, "before": before, "limit": limit}
        return await self._api.ask(DeliveryPage, "GET", path, query=query)

    async def delivery(self, webhook: str, number: int) -> Delivery:
        """What became of one event. Raises `Problem` not_found."""
        path = await self._api.in_workspace("webhooks", webhook, "deliveries", str(number))
        return await self._api.ask(Delivery, "GET", path)

    async def replay(self, webhook: str, *, number: int | None = None, after: int | None = None) -> Replayed:
        """Send an event again, or all after one. Raises `Problem` not_found, cursor_expired, cursor_ahead."""
        path = await self._api.in_workspace("webhooks", webhook, "replay")
        return await self._api.ask(Replayed, "POST", path, body=Replay(number, after))
