"""Pub/sub between workers. It carries, it never keeps: whatever it loses, the log in Postgres still has.

One link receives, one publishes. While Redis is away `up` is False, `publish` forgets, `subscribed` answers at once,
and followers look at Postgres more often. A link that died without an error is found by a probe message that does
not come back. After every reconnect ``on_gap`` is called: something may have been missed. Callers name channels by what
they are about (`names`): the text of a name is made here alone, once the installation is known.
"""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Any

from draftwire_server.bus.link import Link, connect
from draftwire_server.bus.names import Channel, Names, Topic, with_workspace, workspace_of
from draftwire_server.settings import Settings

log = logging.getLogger(__name__)

UNSENT_MAX_BYTES = 32 * 1024 * 1024  # Redis does not take what we publish: cut, and let receivers read the log
BACKOFF_MAX_S = 2.0
CONFIRMED_S = 0.3  # a Redis that answers confirms in a millisecond; nobody waits longer for one that is silent

Handler = Callable[[bytes], None]
TopicHandler = Callable[[str, bytes], None]  # with the workspace that the message is about


class Bus:
    """The worker's ear and mouth. `run` it in a task group; everything else is called from the event loop."""

    def __init__(self, settings: Settings, names: Names, on_gap: Callable[[], None]) -> None:
        self._url = settings.redis_url
        self._timings = settings.timings
        self._names = names
        self._on_gap = on_gap
        self._handlers: dict[Channel | Topic, Handler] = {}
        self._confirmed: dict[str, asyncio.Future[bool]] = {}  # by name
        self._by_name: dict[str, Handler] = {}  # of the present connection
        self._late: set[str] = set()  # not confirmed while somebody waited for it
        self._ear: Link | None = None
        self._mouth: Link | None = None
        self._probe_of = f"{settings.worker_name}:{random.getrandbits(64):x}"
        self._probe = ""
        self._heard_at = 0.0
        self._lost = asyncio.Event()
        self._connected = asyncio.Event()

    @property
    def configured(self) -> bool:
        """Whether there is a Redis at all."""
        return self._url is not None

    @property
    def up(self) -> bool:
        """Whether messages are believed to arrive."""
        return self._connected.is_set()

    def publish(self, channel: Channel, payload: bytes) -> None:
        """Send to the other workers, and to ourselves if we subscribed; forgotten while Redis is away."""
        self._send(channel, payload)

    def tell(self, topic: Topic, workspace: str, payload: bytes) -> None:
        """Send to every worker, about one workspace; forgotten while Redis is away."""
        self._send(topic, with_workspace(workspace, payload))

    def _send(self, to: Channel | Topic, payload: bytes) -> None:
        mouth = self._mouth
        if mouth is None:
            return
        mouth.send(b"PUBLISH", self._name(to).encode(), payload)
        if mouth.unsent_bytes > UNSENT_MAX_BYTES:
            mouth.drop(TimeoutError("Redis does not read"))

    def _name(self, of: Channel | Topic) -> str:
        return self._names.of_channel(of) if isinstance(of, Channel) else self._names.of_topic(of)

    async def hear(self, topic: Topic, handler: TopicHandler) -> bool:
        """Subscribe to what all workers tell each other, like `subscribed`."""

        def take(message: bytes) -> None:
            found = workspace_of(message)
            if found is not None:
                handler(*found)

        return await self._subscribed(topic, take)

    async def subscribed(self, channel: Channel, handler: Handler) -> bool:
        """Subscribe and wait for the confirmation, for a moment; False if Redis is away or silent.

        That is made up for later: when the confirmation comes after all, something may have been missed before it.
        """
        return await self._subscribed(channel, handler)

    async def _subscribed(self, to: Channel | Topic, handler: Handler) -> bool:
        self._handlers[to] = handler
        if self._ear is None:
            return False
        name = self._name(to)
        self._by_name[name] = handler
        waiting = self._confirmed.get(name)
        if waiting is None or waiting.cancelled():
            waiting = asyncio.get_running_loop().create_future()
            self._confirmed[name] = waiting
            self._ear.send(b"SUBSCRIBE", name.encode())
        try:
            async with asyncio.timeout(CONFIRMED_S):
                return await asyncio.shield(waiting)
        except TimeoutError:
            self._late.add(name)
            return False

    def unsubscribe(self, channel: Channel) -> None:
        """Stop listening to a channel."""
        heard = self._handlers.pop(channel, None) is not None
        if self._ear is None:
            return
        name = self._name(channel)
        self._by_name.pop(name, None)
        if heard:
            self._ear.send(b"UNSUBSCRIBE", name.encode())
        waiting = self._confirmed.pop(name, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(False)

    async def run(self) -> None:
        """Keep both links up until cancelled."""
        if self._url is None:
            return
        await self._names.wait()
        self._probe = self._names.of_worker("probe", self._probe_of)
        backoff_s = 0.05
        try:
            while True:
                try:
                    await self._connect()
                    backoff_s = 0.05
                    await self._watch()
                except (OSError, TimeoutError) as error:
                    log.warning("Redis is away: %s", error or type(error).__name__)
                finally:
                    self._drop()
                await asyncio.sleep(random.uniform(backoff_s / 2, backoff_s))  # noqa: S311
                backoff_s = min(backoff_s * 2, BACKOFF_MAX_S)
        finally:
            self._drop()

    async def _connect(self) -> None:
        assert self._url is not None
        timeout_s = self._timings.connect_timeout_s
        self._lost.clear()
        self._ear = await connect(self._url, self._pushed, self._lost.set, timeout_s)
        self._mouth = await connect(self._url, lambda _: None, self._lost.set, timeout_s)
        self._ear.send(b"SUBSCRIBE", self._probe.encode())
        loop = asyncio.get_running_loop()
        self._by_name = {self._name(to): handler for to, handler in self._handlers.items()}
        for name in self._by_name:
            self._confirmed[name] = loop.create_future()
            self._ear.send(b"SUBSCRIBE", name.encode())
        self._mouth.send(b"PUBLISH", self._probe.encode(), b"")
        self._heard_at = time.monotonic()

    async def _watch(self) -> None:
        """Send probes and look for them; returns when a link is lost or has gone deaf."""
        probe_s = self._timings.redis_probe_s
        while True:
            try:
                async with asyncio.timeout(probe_s / 2):
                    await self._lost.wait()
                error = (self._ear and self._ear.error) or (self._mouth and self._mouth.error)
                raise OSError(str(error or "the connection was lost"))
            except TimeoutError:
                pass
            if time.monotonic() - self._heard_at > 2 * probe_s:
                raise OSError("no probe came back")
            if self._mouth is not None:
                self._mouth.send(b"PUBLISH", self._probe.encode(), b"")

    def _pushed(self, push: list[Any]) -> None:
        kind = push[0]
        if kind == b"message":
            name = push[1].decode()
            if name == self._probe:
                self._heard_at = time.monotonic()
                if not self._connected.is_set():
                    self._connected.set()
                    self._on_gap()
                return
            handler = self._by_name.get(name)
            if handler is not None:
                handler(push[2])
        elif kind == b"subscribe":
            name = push[1].decode()
            waiting = self._confirmed.get(name)
            if waiting is not None and not waiting.done():
                waiting.set_result(True)
            if name in self._late:
                self._late.discard(name)
                if not self._late:
                    self._on_gap()

    def _drop(self) -> None:
        self._connected.clear()
        for waiting in self._confirmed.values():
            if not waiting.done():
                waiting.set_result(False)
        self._confirmed.clear()
        self._late.clear()  # the reconnect is a gap of its own
        ear, mouth = self._ear, self._mouth
        self._ear = self._mouth = None
        for link in (ear, mouth):
            if link is not None:
                link.drop()
