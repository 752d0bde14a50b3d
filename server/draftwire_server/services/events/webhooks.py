"""Webhooks as their owners handle them: made, changed, tested, replayed, their keys exchanged, their log read.

A webhook gets what its owner may see; one for everything belongs to the workspace and is its admins' to handle. Signing
keys are sealed like secrets and shown once. What is sent, and when, is `services/events/delivery.py`.
"""

import base64
import os
from typing import Final

import msgspec
from msgspec import UNSET

from draftwire.errors import Problem
from draftwire.rest.rights import Done, HolderInfo
from draftwire.rest.webhooks import (
    Attempt,
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
from draftwire.webhooks import PREFIX
from draftwire_server.core.access.access import is_narrowed
from draftwire_server.core.access.sealing import Box
from draftwire_server.core.ids import new_id
from draftwire_server.core.patterns import TypePatterns
from draftwire_server.limits.contract import SUMMARY_CHARS, WEBHOOK_KEYS, WEBHOOKS_PER_USER, WEBHOOKS_PER_WORKSPACE
from draftwire_server.limits.pages import PAGE_ITEMS
from draftwire_server.services.access.changes import Asking, Changes, Changing
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.events.delivery import SIGNING_KEY, Deliveries
from draftwire_server.services.events.eventlog import EventLog
from draftwire_server.services.worker.outward import Outward
from draftwire_server.store.access import members
from draftwire_server.store.events import clock, webhooks
from draftwire_server.store.events.webhooks import DeliveryRow, WebhookRow

KEY_BYTES: Final = 32  # of a signing key; the standard says 24 to 64
NUMBER_MAX: Final = 2**63 - 1


class Webhooks:
    """See the module."""

    def __init__(self, box: Box, changes: Changes, events: EventLog, outward: Outward, delivering: Deliveries) -> None:
        self._box = box
        self._changes = changes
        self._events = events
        self._outward = outward
        self._delivering = delivering

    async def listed(self, principal: Principal) -> WebhookList:
        """All webhooks for admins, else one's own."""
        async with self._changes.asking(principal) as asking:
            if _is_narrowed(asking):
                return WebhookList(())
            owner = None if asking.administers else asking.access.user
            rows = await webhooks.list_webhooks(asking.connection, asking.workspace, owner)
            return WebhookList(tuple([await _shown(asking, row) for row in rows]))

    async def load(self, principal: Principal, webhook: str) -> Webhook:
        """One webhook. Raises `Problem` not_found."""
        async with self._changes.asking(principal) as asking:
            return await _shown(asking, await _find(asking, webhook))

    async def make(self, principal: Principal, wanted: NewWebhook) -> MadeWebhook:
        """Make a webhook. Raises `Problem` forbidden, bad_webhook, bad_message, too_large, secrets_off, cursor_…"""
        self._check(wanted.address, wanted.types, wanted.description)
        async with self._changes.begin(principal) as changing:
            if _is_narrowed(changing):
                raise Problem("forbidden", "You can't give more rights than you have.", detail={"missing": "admin"})
            if wanted.everything:
                changing.require_admin()
            owner = None if wanted.everything else changing.access.user
            known = await webhooks.list_webhooks(changing.connection, changing.workspace)
            if (
                len(known) >= WEBHOOKS_PER_WORKSPACE
                or sum(owner == row.owner for row in known if owner) >= WEBHOOKS_PER_USER
            ):
                raise Problem(
                    "too_large",
                    f"A user can have at most {WEBHOOKS_PER_USER} webhooks, and a workspace at most "
                    f"{WEBHOOKS_PER_WORKSPACE}. Delete one first.",
                )
            (now,) = await clock.read_clocks(changing.connection, [changing.workspace])
            cursor = now.event_seq
            if wanted.after is not None:
                await self._events.check_cursor(changing.connection, changing.workspace, wanted.after, cursor)
                cursor = wanted.after
            row = WebhookRow(
                new_id(), owner, wanted.address, wanted.types, wanted.description, wanted.active, cursor, 0, None,
                changing.now, changing.now,
            )  # fmt: skip
            await webhooks.add_webhook(changing.connection, changing.workspace, row, changing.actor)
            secret = await self._new_key(changing, row.id)
            changing.tell("webhook.made", webhook=row.id)
            return MadeWebhook(await _shown(changing, row), secret)

    async def change(self, principal: Principal, webhook: str, wanted: ChangedWebhook) -> Webhook:
        """Change a webhook. Raises `Problem` not_found, bad_webhook, bad_message."""
        async with self._changes.begin(principal) as changing:
            before = await _find(changing, webhook, hold=True)
            given = {
                name: value
                for name in ChangedWebhook.__struct_fields__
                if (value := getattr(wanted, name)) is not UNSET and value != getattr(before, name)
            }
            if not given:
                return await _shown(changing, before)
            row = msgspec.structs.replace(before, **given, changed_at=changing.now)
            self._check(row.address, row.types, row.description)
            await webhooks.change_webhook(changing.connection, changing.workspace, row)
            changing.tell("webhook.changed", webhook=row.id, changed=sorted(given))
            return await _shown(changing, await _find(changing, webhook))

    async def delete(self, principal: Principal, webhook: str) -> Done:
        """Delete a webhook with its log. Raises `Problem` not_found."""
        async with self._changes.begin(principal) as changing:
            row = await _find(changing, webhook, hold=True)
            await webhooks.remove_webhook(changing.connection, changing.workspace, row.id)
            changing.tell("webhook.deleted", webhook=row.id)
            return Done("removed", row.id)

    async def rotate(self, principal: Principal, webhook: str, wanted: Rotate) -> MadeWebhook:
        """Make a new signing key; the old one signs beside it for a while. Raises `Problem` not_found, secrets_off."""
        async with self._changes.begin(principal) as changing:
            row = await _find(changing, webhook, hold=True)
            await webhooks.end_keys(changing.connection, changing.workspace, row.id, wanted.overlap_s)
            if len(await webhooks.load_keys(changing.connection, changing.workspace, row.id)) >= WEBHOOK_KEYS:
                raise Problem(
                    "too_large", f"The webhook already has {WEBHOOK_KEYS} valid secrets. Rotate with overlap_s: 0."
                )
            secret = await self._new_key(changing, row.id)
            changing.tell("webhook.rotated", webhook=row.id)
            return MadeWebhook(await _shown(changing, row), secret)

    async def test(self, principal: Principal, webhook: str) -> Tested:
        """Send a message that is no event, now. Raises `Problem` not_found, too_many."""
        async with self._changes.asking(principal) as asking:
            row = await _find(asking, webhook)
            keys = await webhooks.load_keys(asking.connection, asking.workspace, row.id)
        attempt = await self._delivering.send_test(principal.workspace.id, row, keys)
        return Tested(attempt.error is None and attempt.status is not None and attempt.status < 300, attempt)

    async def replay(self, principal: Principal, webhook: str, wanted: Replay) -> Replayed:
        """Send an event again, or all after one.

        Raises:
            Problem: not_found, bad_message, cursor_expired, cursor_ahead.
        """
        if (wanted.number is None) == (wanted.after is None):
            raise Problem("bad_message", "Give either number or after.")
        async with self._changes.begin(principal) as changing:
            row = await _find(changing, webhook, hold=True)
            connection, workspace = changing.connection, changing.workspace
            (now,) = await clock.read_clocks(connection, [workspace])
            after = wanted.after if wanted.after is not None else (wanted.number or 1) - 1
            await self._events.check_cursor(connection, workspace, after, now.event_seq)
            if wanted.number is not None:
                if wanted.number > now.event_seq:
                    raise Problem("cursor_ahead", detail={"head": now.event_seq})
                events = await clock.read_events(connection, workspace, after, 1)
                may = await self._delivering.may_of(connection, workspace, row)
                fitting = [event for event in events if TypePatterns(row.types).hold(event.type)]
                shown = await self._events.visible(connection, may, workspace, fitting)
                if not shown:  # also one that is none of the webhook's: its log would tell of it
                    raise Problem("not_found")
                begun = [(event.number, event.type) for event in shown]
                await webhooks.begin_deliveries(connection, workspace, row.id, begun, wanted.number)
                return Replayed(row.id, wanted.number, wanted.number)
            last = max(row.cursor, row.again_to)
            await webhooks.move_cursor(connection, workspace, row.id, min(after, row.cursor), last)
            return Replayed(row.id, after + 1, max(last, after))

    async def deliveries(self, principal: Principal, webhook: str, query: DeliveryQuery) -> DeliveryPage:
        """The delivery log. Raises `Problem` not_found."""
        limit = min(query.limit, PAGE_ITEMS)
        async with self._changes.asking(principal) as asking:
            row = await _find(asking, webhook)
            found = await webhooks.list_deliveries(
                asking.connection, asking.workspace, row.id, query.state, query.before or NUMBER_MAX, limit + 1
            )
        page = found[:limit]
        return DeliveryPage(
            tuple(_on_wire(each) for each in page), page[-1].number if len(found) > limit else None
        )  # fmt: skip

    async def delivery(self, principal: Principal, webhook: str, number: str) -> Delivery:
        """What became of one event. Raises `Problem` not_found."""
        async with self._changes.asking(principal) as asking:
            row = await _find(asking, webhook)
            found = None
            if number.isascii() and number.isdigit() and len(number) < 16:
                found = await webhooks.load_delivery(asking.connection, asking.workspace, row.id, int(number))
        if found is None:
            raise Problem("not_found")
        return _on_wire(found)

    def _check(self, address: str, types: tuple[str, ...], description: str) -> None:
        TypePatterns(types)
        if len(description) > SUMMARY_CHARS:
            raise Problem("bad_message", f"A description can have at most {SUMMARY_CHARS} characters.")
        try:
            self._outward.check(address)
        except ValueError as error:
            raise Problem("bad_webhook", f"Webhooks can't send to that address: {error}.") from error

    async def _new_key(self, changing: Changing, webhook: str) -> str:
        if not self._box.keys:
            raise Problem("secrets_off")
        key, secret = new_id(), PREFIX + base64.b64encode(os.urandom(KEY_BYTES)).decode()
        sealed = self._box.seal(secret.encode(), SIGNING_KEY, changing.workspace, webhook, key)
        await webhooks.add_key(changing.connection, changing.workspace, webhook, key, sealed)
        return secret


def _is_narrowed(asking: Asking) -> bool:
    """Whether who asks may not stand for all that their user may: a webhook would be told more."""
    return is_narrowed(asking.access)


async def _find(asking: Asking, webhook: str, *, hold: bool = False) -> WebhookRow:
    """A webhook of one's own, or any for an admin. Raises `Problem` not_found."""
    load = webhooks.hold_webhook if hold else webhooks.load_webhook
    row = await load(asking.connection, asking.workspace, webhook)
    own = row is not None and row.owner == asking.access.user
    if row is None or _is_narrowed(asking) or not (own or asking.administers):
        raise Problem("not_found")
    return row


async def _shown(asking: Asking, row: WebhookRow) -> Webhook:
    owner = None
    if row.owner is not None:
        member = await members.load_member(asking.connection, asking.workspace, row.owner)
        owner = HolderInfo(member.name, user=member.id, username=member.username) if member else None
    return Webhook(
        row.id, row.address, row.types, row.description, row.active, row.cursor, row.made_at, row.changed_at, owner,
        row.failing_since,
    )  # fmt: skip


def _on_wire(row: DeliveryRow) -> Delivery:
    return Delivery(
        row.number, row.type, msgspec.convert(row.state, type=str), row.begun_at, row.tries,
        msgspec.convert(row.attempts, tuple[Attempt, ...]), row.next_at if row.state == "waiting" else None,
    )  # fmt: skip
