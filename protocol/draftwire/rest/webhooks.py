"""Webhooks over HTTP: where events are sent, and what became of each. A signing secret is shown once."""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from draftwire.rest.rights import HolderInfo
from draftwire.wire.messages import Positive, Whole

DeliveryState = Literal["waiting", "delivered", "failed", "withheld"]
Overlap = Annotated[float, Meta(ge=0, le=30 * 86_400)]


class NewWebhook(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A webhook to be: it gets the events that its maker may see.

    ``types``: only these, as in `GET events`. ``everything``: all events of the workspace, whoever leaves it;
    for admins to make. ``after``: begin behind this event; none: with what happens from now on.
    """

    address: str
    types: tuple[str, ...] = ()
    description: str = ""
    everything: bool = False
    active: bool = True
    after: Whole | None = None


class ChangedWebhook(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What to change. Switched off, nothing is sent; switched on again it goes on where it stopped."""

    address: str | UnsetType = UNSET
    types: tuple[str, ...] | UnsetType = UNSET
    description: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class Webhook(msgspec.Struct, frozen=True, omit_defaults=True):
    """A webhook, without its signing secret. ``owner``: whose rights decide what is sent; none: everything is.

    ``cursor``: events up to here are delivered or on their way. ``failing_since``: no attempt has passed since then.
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
    """Webhooks: all for admins, else one's own."""

    webhooks: tuple[Webhook, ...]


class MadeWebhook(msgspec.Struct, frozen=True):
    """A webhook, and its new signing secret, which is shown this once."""

    webhook: Webhook
    secret: str


class Rotate(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """For how long the old secret signs beside the new one."""

    overlap_s: Overlap = 86_400


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One try: what was answered, or why nothing was, after how long."""

    at: float
    duration_ms: int
    status: int | None = None
    error: str | None = None


class Delivery(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event on its way. ``withheld``: the owner may no longer see it. ``next_at``: when it is tried again."""

    number: int
    type: str
    state: DeliveryState
    begun_at: float
    tries: int
    attempts: tuple[Attempt, ...] = ()
    next_at: float | None = None


class DeliveryQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Deliveries of events below a number, the latest first; of one state."""

    state: DeliveryState | None = None
    before: Positive | None = None
    limit: Positive = 50


class DeliveryPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of deliveries; ``next`` is the ``before`` of the following one."""

    deliveries: tuple[Delivery, ...]
    next: int | None = None


class Replay(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What is sent again: the event of a ``number``, or all ``after`` one. One of them."""

    number: Positive | None = None
    after: Whole | None = None


class Replayed(msgspec.Struct, frozen=True):
    """These events, both included, are on their way again, as far as they are the webhook's."""

    webhook: str
    first: int
    last: int


class Tested(msgspec.Struct, frozen=True):
    """What became of a test message, a `webhook.test` without an event."""

    delivered: bool
    attempt: Attempt
