"""Sends events to webhooks, whichever worker gets to it: each at least once, again for a day where it does not pass.

Two steps. Events behind a webhook's cursor become deliveries, those that its owner may see, in one transaction with the
cursor. Deliveries that are due are taken, sent and told. A worker that dies in between loses its lease, and another one
finds what it had taken due. Before every try the owner's rights are asked for again.

Nobody waits for an address that hangs: an attempt has a deadline, a webhook sends a few messages at once and, while it
fails, one; and those that fail have places of their own (`AILING`), so that any number of them leaves those that work
alone. Overflow: what finds no place waits in Postgres.
"""

import asyncio
import contextlib
import logging
import random
import time
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from draftwire import webhooks as standard
from draftwire.errors import Problem
from draftwire.rest.webhooks import Attempt
from draftwire.wire.messages import EventInfo
from draftwire_server.core.access.access import Access, Action, Resource, decide
from draftwire_server.core.access.sealing import Box, CantOpen, Sealed
from draftwire_server.core.patterns import TypePatterns
from draftwire_server.limits.pages import EVENTS_PER_ANSWER
from draftwire_server.services.events.eventlog import EventLog, May
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.services.worker.outward import Outward
from draftwire_server.settings import Settings
from draftwire_server.store.access.access import load_access
from draftwire_server.store.events import clock, webhooks
from draftwire_server.store.events.webhooks import DeliveryRow, DueDelivery, WebhookRow
from draftwire_server.store.postgres import Connection, Database

log = logging.getLogger(__name__)

SIGNING_KEY: Final = "webhook_key"  # what a signing key is bound to begins with its table
WELL: Final = 32  # webhooks that are sent to at once by one worker
AILING: Final = 8  # the same of those whose last attempt failed
AT_ONCE: Final = 8  # messages to one webhook
TESTS: Final = 8  # test messages under way at once; an address that hangs holds a request for a while
ROUNDS: Final = 20  # of one webhook's messages before others get the place
TYPE_OF_TEST: Final = "webhook.test"

_encode = msgspec.json.Encoder().encode


class Message(msgspec.Struct, frozen=True):
    """What is sent: the payload of Standard Webhooks."""

    type: str
    timestamp: str
    data: Any


class Deliveries:
    """See the module."""

    def __init__(
        self, settings: Settings, database: Database, events: EventLog, box: Box, outward: Outward, outbox: Outbox
    ) -> None:
        self._timings = settings.timings
        self._worker = settings.worker_name
        self._database = database
        self._events = events
        self._box = box
        self._outward = outward
        self._outbox = outbox
        self._serving: set[tuple[str, str]] = set()
        self._well, self._ailing = asyncio.Semaphore(WELL), asyncio.Semaphore(AILING)
        self._tests = asyncio.Semaphore(TESTS)
        self._wake = asyncio.Event()
        self._draining = False

    def look_now(self) -> None:
        """Something has happened somewhere."""
        self._wake.set()

    def drain(self) -> None:
        """The worker stops: take nothing more."""
        self._draining = True

    async def run(self) -> None:
        """Send until cancelled; an outage of Postgres is waited out."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    async with self._database.acquired() as connection:
                        found = await webhooks.due_webhooks(connection)
                except Problem as problem:
                    if problem.code != "unavailable":
                        raise
                    found = []
                for due in found:
                    key = (due.workspace, due.webhook)
                    if key not in self._serving and not self._draining:
                        self._serving.add(key)
                        group.create_task(self._serve(due))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(self._timings.webhook_poll_s):
                        await self._wake.wait()
                self._wake.clear()

    async def _serve(self, due: DueDelivery) -> None:
        """Do what there is to do for one webhook. A bug costs this webhook its turn, and is told."""
        try:
            async with self._ailing if due.failing else self._well:
                if due.behind:
                    await self._begin(due.workspace, due.webhook)
                for _ in range(ROUNDS):
                    if self._draining or not await self._send_due(due):
                        break
        except Problem as problem:
            log.info("webhook %s has to wait: %s", due.webhook, problem)
        except Exception:
            log.exception("webhook %s could not be served", due.webhook)
        finally:
            self._serving.discard((due.workspace, due.webhook))

    # ---- events become deliveries

    async def _begin(self, workspace: str, webhook: str) -> None:
        while not self._draining:
            async with self._database.transaction() as connection:
                row = await webhooks.take_webhook(connection, workspace, webhook)
                if row is None:  # another worker is at it, or it was switched off
                    return
                after = max(row.cursor, await clock.read_oldest(connection, workspace, row.cursor) - 1)
                (now,) = await clock.read_clocks(connection, [workspace])
                page = await clock.read_events(connection, workspace, after, EVENTS_PER_ANSWER)
                if not page:
                    if row.cursor < now.event_seq:  # none of them is kept any more
                        await webhooks.move_cursor(connection, workspace, webhook, now.event_seq, row.again_to)
                    return
                patterns = TypePatterns(row.types)
                fitting = [event for event in page if patterns.hold(event.type) and not _is_about(event, webhook)]
                may = await self.may_of(connection, workspace, row)
                shown = await self._events.visible(connection, may, workspace, fitting)
                await webhooks.begin_deliveries(
                    connection, workspace, webhook, [(event.number, event.type) for event in shown], row.again_to
                )
                await webhooks.move_cursor(connection, workspace, webhook, page[-1].number, row.again_to)

    async def may_of(self, connection: Connection, workspace: str, row: WebhookRow) -> May:
        """What decides which events a webhook gets: its owner's rights, as they are now."""
        if row.owner is None:
            return lambda _action, _resource: True
        found = await load_access(connection, workspace, row.owner)
        if found is None or found.member.removed:
            return lambda _action, _resource: False
        access = Access(found.member.id, found.member.username, found.member.role, found.grants, "")

        def may(action: Action, resource: Resource) -> bool:
            return decide(access, action, resource, time.time())

        return may

    # ---- deliveries are sent

    async def _send_due(self, due: DueDelivery) -> bool:
        """Send what is due; False if nothing was, or not all passed: then it has its turn again."""
        workspace = due.workspace
        async with self._database.transaction() as connection:
            row = await webhooks.load_webhook(connection, workspace, due.webhook)
            if row is None or not row.active:
                return False
            most = 1 if due.failing else AT_ONCE
            taken = await webhooks.take_due(connection, workspace, row.id, most, self._timings.webhook_lease_s)
            if not taken:
                return False
            keys = await webhooks.load_keys(connection, workspace, row.id)
            may = await self.may_of(connection, workspace, row)
            events = [
                event
                for delivery in taken
                for event in await clock.read_events(connection, workspace, delivery.number - 1, 1)
            ]
            seen = {event.number for event in await self._events.visible(connection, may, workspace, events)}
        found = {event.number: event for event in events}
        passed = await asyncio.gather(
            *(
                self._deliver(workspace, row, keys, delivery, found.get(delivery.number), delivery.number in seen)
                for delivery in taken
            ),
            return_exceptions=True,  # each is waited for, whatever becomes of the others
        )
        for each in passed:
            if isinstance(each, BaseException):
                raise each
        return all(passed) and len(taken) == most

    async def _deliver(
        self,
        workspace: str,
        row: WebhookRow,
        keys: list[tuple[str, Sealed]],
        delivery: DeliveryRow,
        event: EventInfo | None,
        seen: bool,
    ) -> bool:
        if event is None:
            attempt = Attempt(time.time(), 0, error="the event is no longer kept")
            await self._tell(workspace, row, delivery, "failed", attempt)
            return True
        if not seen:
            await self._tell(workspace, row, delivery, "withheld", None)
            return True
        message = Message(event.type, _iso(event.at), {"workspace": workspace, **msgspec.to_builtins(event)})
        attempt = await self._send(workspace, row, keys, f"evt_{workspace}_{event.number}", message)
        if attempt.error is None and attempt.status is not None and 200 <= attempt.status < 300:
            await self._tell(workspace, row, delivery, "delivered", attempt)
            return True
        again_s = self._back_off(delivery.tries)
        over = time.time() + again_s > delivery.begun_at + self._timings.webhook_give_up_s
        gone = attempt.status == 410  # the receiver says: nobody wants this any more
        state = "failed" if over or gone else "waiting"
        await self._tell(workspace, row, delivery, state, attempt, again_s=again_s, gone=gone)
        return False

    async def send_test(self, workspace: str, row: WebhookRow, keys: list[tuple[str, Sealed]]) -> Attempt:
        """Send a message that is no event. Raises `Problem` too_many."""
        if self._tests.locked():
            raise Problem("too_many", "Too many tests are running. Try again in a moment.")
        now = time.time()
        message = Message(TYPE_OF_TEST, _iso(now), {"workspace": workspace, "webhook": row.id})
        async with self._tests:
            return await self._send(workspace, row, keys, f"test_{row.id}_{int(now * 1000)}", message)

    async def _send(
        self, workspace: str, row: WebhookRow, keys: list[tuple[str, Sealed]], id_: str, message: Message
    ) -> Attempt:
        body, now = _encode(message), int(time.time())
        try:
            opened = [self._box.open(sealed, SIGNING_KEY, workspace, row.id, key).decode() for key, sealed in keys]
        except CantOpen as error:
            log.error("the signing key of webhook %s can't be opened: %s", row.id, error)
            return Attempt(time.time(), 0, error="the server has no key to open the signing key with")
        headers = {
            "content-type": "application/json",
            "user-agent": "Draftwire",
            "webhook-id": id_,
            "webhook-timestamp": str(now),
            "webhook-signature": " ".join(standard.sign(secret, id_, now, body) for secret in opened),
        }
        return await self._outward.post(row.address, body, headers)

    async def _tell(
        self,
        workspace: str,
        row: WebhookRow,
        delivery: DeliveryRow,
        state: str,
        attempt: Attempt | None,
        *,
        again_s: float = 0,
        gone: bool = False,
    ) -> None:
        """Write what became of a try, and events of what its owner must know."""
        told = None if attempt is None else {**msgspec.to_builtins(attempt), "worker": self._worker}
        happened = False
        async with self._database.transaction() as connection:
            held = await webhooks.hold_webhook(connection, workspace, row.id)
            mine = held is not None and await webhooks.end_attempt(
                connection, workspace, row.id, delivery, state, again_s=again_s, attempt=told
            )
            if not mine:  # it is deleted, took longer than the lease, or was replayed meanwhile
                return
            if state == "delivered":
                await webhooks.note_passed(connection, workspace, row.id)
            elif attempt is not None:
                await webhooks.note_failed(connection, workspace, row.id)
            if gone:
                await webhooks.switch_off(connection, workspace, row.id)
            if state == "failed":
                happened = True
                await clock.append_event(
                    connection, workspace, "webhook.failed", data={"webhook": row.id, "event": delivery.number}
                )
                if gone:
                    await clock.append_event(
                        connection, workspace, "webhook.changed", data={"webhook": row.id, "changed": ["active"]}
                    )
        if happened:
            self._outbox.tell(workspace)

    def _back_off(self, tries: int) -> float:
        """Seconds until the next try: doubled each time up to an hour, half of it by chance."""
        most = min(self._timings.webhook_retry_s * 2 ** min(tries - 1, 30), self._timings.webhook_retry_max_s)
        return random.uniform(most / 2, most)  # noqa: S311 — spreads, no secret


def _is_about(event: EventInfo, webhook: str) -> bool:
    """Whether an event tells of this very webhook: that it failed must not fail again, for ever."""
    return event.type.startswith("webhook.") and isinstance(event.data, dict) and event.data.get("webhook") == webhook


def _iso(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
