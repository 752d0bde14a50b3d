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

        Returns webhooks without their signing secrets. Agents and narrowed tokens get none.

        Who may: you, for your own webhooks; workspace admins, for all.
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
        """Create a webhook.

        Sends the events that you can see to the address from now on. The signing secret is shown only in this answer.

        Who may: everyone, without a narrowed token; workspace admins, for `everything`.

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
        """Get a webhook.

        Returns the webhook's settings, how far it has come, and since when it has been failing.

        Who may: the webhook's owner and workspace admins.
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

        Changes address, types or description, or switches the webhook on or off.

        Who may: the webhook's owner and workspace admins.

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

        Deletes the webhook with its log. Events that are waiting are not sent.

        Who may: the webhook's owner and workspace admins.
        """
        return await self._api.ask(Done, "DELETE", await self._api.in_workspace("webhooks", webhook))

    async def rotate(self, webhook: str, *, overlap_s: float = 86400) -> MadeWebhook:
        """Rotate a webhook's secret.

        Creates a new signing secret, shown only in this answer. For ``overlap_s`` seconds, messages are also signed
        with the old one.

        Who may: the webhook's owner and workspace admins.

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

        Sends a `webhook.test` now and returns the receiver's answer.

        Who may: the webhook's owner and workspace admins.

        Raises:
            Problem: too_many.
        """
        return await self._api.ask(Tested, "POST", await self._api.in_workspace("webhooks", webhook, "test"))

    async def replay(self, webhook: str, *, number: int | None = None, after: int | None = None) -> Replayed:
        """Send events again.

        Sends one event again, or all events after a number. Only events that match the webhook are sent.

        Who may: the webhook's owner and workspace admins.

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
        """List a webhook's deliveries.

        Returns each event's delivery, newest first, with every attempt and the time of the next one.

        Who may: the webhook's owner and workspace admins.
        """
        return await self._api.ask(
            DeliveryPage,
            "GET",
            await self._api.in_workspace("webhooks", webhook, "deliveries"),
            query=DeliveryQuery(state=state, before=before, limit=limit),
        )

    async def delivery(self, webhook: str, number: int) -> Delivery:
        """Get a delivery.

        Returns one event's delivery with its attempts.

        Who may: the webhook's owner and workspace admins.
        """
        return await self._api.ask(
            Delivery, "GET", await self._api.in_workspace("webhooks", webhook, "deliveries", str(number))
        )
