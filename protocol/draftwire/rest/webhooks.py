"""Webhooks over HTTP: where events are sent, and the result of each delivery. Signing secrets are shown once."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from draftwire.rest.rights import Done, HolderInfo
from draftwire.rest.route import Route
from draftwire.wire.messages import Positive, Whole

DeliveryState = Literal["waiting", "delivered", "failed", "withheld"]
Overlap = Annotated[float, Meta(ge=0, le=30 * 86_400)]


class NewWebhook(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A webhook to create. It gets the events that its owner can see.

    ``types``: only these, as in `GET events`. ``everything``: all events of the workspace, independent of its owner;
    admins only. ``after``: start after this event. Default: from now on.
    """

    address: str
    types: tuple[str, ...] = ()
    description: str = ""
    everything: bool = False
    active: bool = True
    after: Whole | None = None


class ChangedWebhook(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Changes of a webhook. While it is off nothing is sent; switched on again, it continues where it stopped."""

    address: str | UnsetType = UNSET
    types: tuple[str, ...] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Webhook(msgspec.Struct, frozen=True, omit_defaults=True):
    """A webhook without its signing secret. ``owner``: whose rights decide what is sent; none: everything.

    ``cursor``: events up to here are delivered or on their way. ``failing_since``: no attempt has succeeded since then.
    """

    id: str
    address: str
    types: tuple[str, ...]
    description: str
    active: bool
    cursor: int
    made_at: float
    changed_at: float
    owner: HolderInfo | None = None
    failing_since: float | None = None


class WebhookList(msgspec.Struct, frozen=True):
    """Webhooks: all of them for admins, otherwise your own."""

    webhooks: tuple[Webhook, ...]


class MadeWebhook(msgspec.Struct, frozen=True):
    """A webhook with its new signing secret, which is shown only once."""

    webhook: Webhook
    secret: str


class Rotate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """For how many seconds the old secret also signs."""

    overlap_s: Overlap = 86_400


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One attempt: the answer, or why there was none, and how long it took."""

    at: float
    duration_ms: int
    status: int | None = None
    error: str | None = None


class Delivery(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event's delivery. ``withheld``: the owner may no longer see it. ``next_at``: the next attempt."""

    number: int
    type: str
    state: DeliveryState
    begun_at: float
    tries: int
    attempts: tuple[Attempt, ...] = ()
    next_at: float | None = None


class DeliveryQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Deliveries of events below a number, newest first, optionally of one state."""

    state: DeliveryState | None = None
    before: Positive | None = None
    limit: Positive = 50


class DeliveryPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of deliveries. ``next`` is the ``before`` of the next page."""

    deliveries: tuple[Delivery, ...]
    next: int | None = None


class Replay(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to send again: the event with a ``number``, or all events ``after`` one. Name one of them."""

    number: Positive | None = None
    after: Whole | None = None


class Replayed(msgspec.Struct, frozen=True):
    """These events, both ends included, are sent again if they match the webhook."""

    webhook: str
    first: int
    last: int


class Tested(msgspec.Struct, frozen=True):
    """The result of a test message, a `webhook.test` without an event."""

    delivered: bool
    attempt: Attempt


# ---- routes

LIST_WEBHOOKS = Route(
    id="list_webhooks",
    method="GET",
    path="webhooks",
    api="webhooks.list",
    answer=WebhookList,
    summary="List webhooks",
    description="Returns webhooks without their signing secrets. Agents and narrowed tokens get none.",
    who="you, for your own webhooks; workspace admins, for all",
)

MAKE_WEBHOOK = Route(
    id="make_webhook",
    method="POST",
    path="webhooks",
    api="webhooks.make",
    body=NewWebhook,
    answer=MadeWebhook,
    status=201,
    codes=("forbidden", "bad_webhook", "too_large", "secrets_off", "cursor_expired", "cursor_ahead"),
    summary="Create a webhook",
    description="""
    Sends the events that you can see to the address from now on. The signing secret is shown only in this answer.
    """,
    who="everyone, without a narrowed token; workspace admins, for `everything`",
)

LOAD_WEBHOOK = Route(
    id="load_webhook",
    method="GET",
    path="webhooks/{webhook}",
    api="webhooks.get",
    answer=Webhook,
    summary="Get a webhook",
    description="Returns the webhook's settings, how far it has come, and since when it has been failing.",
    who="the webhook's owner and workspace admins",
)

CHANGE_WEBHOOK = Route(
    id="change_webhook",
    method="PATCH",
    path="webhooks/{webhook}",
    api="webhooks.change",
    body=ChangedWebhook,
    answer=Webhook,
    codes=("bad_webhook",),
    summary="Change a webhook",
    description="Changes address, types or description, or switches the webhook on or off.",
    who="the webhook's owner and workspace admins",
)

DELETE_WEBHOOK = Route(
    id="delete_webhook",
    method="DELETE",
    path="webhooks/{webhook}",
    api="webhooks.delete",
    answer=Done,
    summary="Delete a webhook",
    description="Deletes the webhook with its log. Events that are waiting are not sent.",
    who="the webhook's owner and workspace admins",
)

ROTATE_WEBHOOK = Route(
    id="rotate_webhook",
    method="POST",
    path="webhooks/{webhook}/rotate",
    api="webhooks.rotate",
    body=Rotate,
    answer=MadeWebhook,
    codes=("secrets_off", "too_large"),
    summary="Rotate a webhook's secret",
    description="""
    Creates a new signing secret, shown only in this answer. For ``overlap_s`` seconds, messages are also signed
    with the old one.
    """,
    who="the webhook's owner and workspace admins",
)

TEST_WEBHOOK = Route(
    id="test_webhook",
    method="POST",
    path="webhooks/{webhook}/test",
    api="webhooks.test",
    answer=Tested,
    codes=("too_many",),
    summary="Test a webhook",
    description="Sends a `webhook.test` now and returns the receiver's answer.",
    who="the webhook's owner and workspace admins",
)

REPLAY_WEBHOOK = Route(
    id="replay_webhook",
    method="POST",
    path="webhooks/{webhook}/replay",
    api="webhooks.replay",
    body=Replay,
    answer=Replayed,
    codes=("cursor_expired", "cursor_ahead"),
    summary="Send events again",
    description="Sends one event again, or all events after a number. Only events that match the webhook are sent.",
    who="the webhook's owner and workspace admins",
)

LIST_DELIVERIES = Route(
    id="list_deliveries",
    method="GET",
    path="webhooks/{webhook}/deliveries",
    api="webhooks.deliveries",
    query=DeliveryQuery,
    answer=DeliveryPage,
    summary="List a webhook's deliveries",
    description="Returns each event's delivery, newest first, with every attempt and the time of the next one.",
    who="the webhook's owner and workspace admins",
)

LOAD_DELIVERY = Route(
    id="load_delivery",
    method="GET",
    path="webhooks/{webhook}/deliveries/{number}",
    api="webhooks.delivery",
    answer=Delivery,
    summary="Get a delivery",
    description="Returns one event's delivery with its attempts.",
    who="the webhook's owner and workspace admins",
)
