"""Routes of webhooks."""

from draftwire.rest.rights import Done
from draftwire.rest.webhooks import (
    CHANGE_WEBHOOK,
    DELETE_WEBHOOK,
    LIST_DELIVERIES,
    LIST_WEBHOOKS,
    LOAD_DELIVERY,
    LOAD_WEBHOOK,
    MAKE_WEBHOOK,
    REPLAY_WEBHOOK,
    ROTATE_WEBHOOK,
    TEST_WEBHOOK,
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
from draftwire_server.http.serving.operation import Call, serves


@serves(LIST_WEBHOOKS)
async def list_webhooks(call: Call) -> WebhookList:
    return await call.runtime.webhooks.listed(call.principal)


@serves(MAKE_WEBHOOK)
async def make_webhook(call: Call, body: NewWebhook) -> MadeWebhook:
    return await call.runtime.webhooks.make(call.principal, body)


@serves(LOAD_WEBHOOK)
async def load_webhook(call: Call) -> Webhook:
    return await call.runtime.webhooks.load(call.principal, call.named("webhook"))


@serves(CHANGE_WEBHOOK)
async def change_webhook(call: Call, body: ChangedWebhook) -> Webhook:
    return await call.runtime.webhooks.change(call.principal, call.named("webhook"), body)


@serves(DELETE_WEBHOOK)
async def delete_webhook(call: Call) -> Done:
    return await call.runtime.webhooks.delete(call.principal, call.named("webhook"))


@serves(ROTATE_WEBHOOK)
async def rotate_webhook(call: Call, body: Rotate) -> MadeWebhook:
    return await call.runtime.webhooks.rotate(call.principal, call.named("webhook"), body)


@serves(TEST_WEBHOOK)
async def test_webhook(call: Call) -> Tested:
    return await call.runtime.webhooks.test(call.principal, call.named("webhook"))


@serves(REPLAY_WEBHOOK)
async def replay_webhook(call: Call, body: Replay) -> Replayed:
    return await call.runtime.webhooks.replay(call.principal, call.named("webhook"), body)


@serves(LIST_DELIVERIES)
async def list_deliveries(call: Call, query: DeliveryQuery) -> DeliveryPage:
    return await call.runtime.webhooks.deliveries(call.principal, call.named("webhook"), query)


@serves(LOAD_DELIVERY)
async def load_delivery(call: Call) -> Delivery:
    return await call.runtime.webhooks.delivery(call.principal, call.named("webhook"), call.named("number"))
