"""Made by `make generate` from draftwire.rest: change it there."""

from collections.abc import Iterable
from typing import Literal

from msgspec import UNSET, UnsetType

from draftwire.api.asking import Asking
from draftwire.rest.rights import Done
from draftwire.rest.webhooks import (
    ChangedWebhook,
    Delivery,
    DeliveryPage,
    DeliveryQuery,
    MadeWebhook,
    NewWebhook,
    Replay,
    Replayed,
    Rotate,
    Tested,
    Webhook,
    WebhookList,
)


class WebhooksCalls:
    """Requests of `Api.webhooks`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def list(self) -> WebhookList:
        """List webhooks.

        All webhooks for admins, else one's own; never their secrets.
        """
        return await self._api.ask(WebhookList, "GET", await self._api.in_workspace("webhooks"))

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
        """Make a webhook.

        Events that its maker may see are sent to the address from now on. The secret is shown in this answer alone.

        Raises:
            Problem: forbidden, bad_webhook, too_large, secrets_off, cursor_expired, cursor_ahead.
        """
        return await self._api.ask(
            MadeWebhook,
            "POST",
            await self._api.in_workspace("webhooks"),
            body=NewWebhook(
                address=address,
                types=tuple(types),
                description=description,
                everything=everything,
                active=active,
                after=after,
            ),
        )

    async def get(self, webhook: str) -> Webhook:
        """Look at a webhook.

        One webhook: where it sends what, how far it is, and since when it fails.
        """
        return await self._api.ask(Webhook, "GET", await self._api.in_workspace("webhooks", webhook))

    async def change(
        self,
        webhook: str,
        *,
        address: str | UnsetType = UNSET,
        types: Iterable[str] | UnsetType = UNSET,
        description: str | UnsetType = UNSET,
        active: bool | UnsetType = UNSET,
    ) -> Webhook:
        """Change a webhook.

        Change its address, types or description; switch it off and on.

        Raises:
            Problem: bad_webhook.
        """
        return await self._api.ask(
            Webhook,
            "PATCH",
            await self._api.in_workspace("webhooks", webhook),
            body=ChangedWebhook(
                address=address,
                types=types if isinstance(types, UnsetType) else tuple(types),
                description=description,
                active=active,
            ),
        )

    async def delete(self, webhook: str) -> Done:
        """Delete a webhook.

        Delete it with its log; what is on its way is not sent any more.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("webhooks", webhook))

    async def rotate(self, webhook: str, *, overlap_s: float = 86400) -> MadeWebhook:
        """Exchange a webhook's secret.

        Make a new secret, shown in this answer alone; messages are signed with the old one too for ``overlap_s``.

        Raises:
            Problem: secrets_off, too_large.
        """
        return await self._api.ask(
            MadeWebhook,
            "POST",
            await self._api.in_workspace("webhooks", webhook, "rotate"),
            body=Rotate(overlap_s=overlap_s),
        )

    async def test(self, webhook: str) -> Tested:
        """Test a webhook.

        Send a `webhook.test` now, and say what was answered.

        Raises:
            Problem: too_many.
        """
        return await self._api.ask(Tested, "POST", await self._api.in_workspace("webhooks", webhook, "test"))

    async def replay(self, webhook: str, *, number: int | None = None, after: int | None = None) -> Replayed:
        """Send events again.

        Send one event again, or all after one that the webhook was or would have been sent.

        Raises:
            Problem: cursor_expired, cursor_ahead.
        """
        return await self._api.ask(
            Replayed,
            "POST",
            await self._api.in_workspace("webhooks", webhook, "replay"),
            body=Replay(number=number, after=after),
        )

    async def deliveries(
        self,
        webhook: str,
        *,
        state: Literal["waiting", "delivered", "failed", "withheld"] | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> DeliveryPage:
        """Read a webhook's log.

        What became of each event, the latest first: every attempt, and when the next one is.
        """
        return await self._api.ask(
            DeliveryPage,
            "GET",
            await self._api.in_workspace("webhooks", webhook, "deliveries"),
            query=DeliveryQuery(state=state, before=before, limit=limit),
        )

    async def delivery(self, webhook: str, number: int) -> Delivery:
        """Look at a delivery.

        What became of one event.
        """
        return await self._api.ask(
            Delivery, "GET", await self._api.in_workspace("webhooks", webhook, "deliveries", str(number))
        )
