"""Routes of webhooks."""

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
from draftwire_server.http.serving.operation import Call, operation

BASE = "/v1/w/{workspace}/webhooks"
ONE = BASE + "/{webhook}"


@operation("GET", BASE, summary="List webhooks")
async def list_webhooks(call: Call) -> WebhookList:
    """All webhooks for admins, else one's own; never their secrets."""
    return await call.runtime.webhooks.listed(call.principal)


@operation(
    "POST",
    BASE,
    summary="Make a webhook",
    status=201,
    problems=("forbidden", "bad_webhook", "too_large", "secrets_off", "cursor_expired", "cursor_ahead"),
)
async def make_webhook(call: Call, body: NewWebhook) -> MadeWebhook:
    """Events that its maker may see are sent to the address from now on. The secret is shown in this answer alone."""
    return await call.runtime.webhooks.make(call.principal, body)


@operation("GET", ONE, summary="Look at a webhook")
async def load_webhook(call: Call) -> Webhook:
    """One webhook: where it sends what, how far it is, and since when it fails."""
    return await call.runtime.webhooks.load(call.principal, call.named("webhook"))


@operation("PATCH", ONE, summary="Change a webhook", problems=("bad_webhook",))
async def change_webhook(call: Call, body: ChangedWebhook) -> Webhook:
    """Change its address, types or description; switch it off and on."""
    return await call.runtime.webhooks.change(call.principal, call.named("webhook"), body)


@operation("DELETE", ONE, summary="Delete a webhook")
async def delete_webhook(call: Call) -> Done:
    """Delete it with its log; what is on its way is not sent any more."""
    return await call.runtime.webhooks.delete(call.principal, call.named("webhook"))


@operation("POST", ONE + "/rotate", summary="Exchange a webhook's secret", problems=("secrets_off", "too_large"))
async def rotate_webhook(call: Call, body: Rotate) -> MadeWebhook:
    """Make a new secret, shown in this answer alone; messages are signed with the old one too for ``overlap_s``."""
    return await call.runtime.webhooks.rotate(call.principal, call.named("webhook"), body)


@operation("POST", ONE + "/test", summary="Test a webhook", problems=("too_many",))
async def test_webhook(call: Call) -> Tested:
    """Send a `webhook.test` now, and say what was answered."""
    return await call.runtime.webhooks.test(call.principal, call.named("webhook"))


@operation(
    "POST", ONE + "/replay", summary="Send events again", problems=("cursor_expired", "cursor_ahead")
)  # fmt: skip
async def replay_webhook(call: Call, body: Replay) -> Replayed:
    """Send one event again, or all after one that the webhook was or would have been sent."""
    return await call.runtime.webhooks.replay(call.principal, call.named("webhook"), body)


@operation("GET", ONE + "/deliveries", summary="Read a webhook's log")
async def list_deliveries(call: Call, query: DeliveryQuery) -> DeliveryPage:
    """What became of each event, the latest first: every attempt, and when the next one is."""
    return await call.runtime.webhooks.deliveries(call.principal, call.named("webhook"), query)


@operation("GET", ONE + "/deliveries/{number}", summary="Look at a delivery")
async def load_delivery(call: Call) -> Delivery:
    """What became of one event."""
    return await call.runtime.webhooks.delivery(call.principal, call.named("webhook"), call.named("number"))


operations = [
    list_webhooks,
    make_webhook,
    load_webhook,
    change_webhook,
    delete_webhook,
    rotate_webhook,
    test_webhook,
    replay_webhook,
    list_deliveries,
    load_delivery,
]
