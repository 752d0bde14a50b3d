"""How long somebody else waits on the same worker while something goes on: for an answer, and for the ack of a key.

Somebody asks over HTTP and types in a draft of their own by WebSocket, again and again; the longest wait of either
counts.
"""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.system.world import Socket, World

WAIT_S = 0.25
TRIES = 5  # of a machine that others use too the best tells
PROBE_S = 0.01


class Typist:
    """A socket that has opened a draft of an item of its own, of a kind with a text at ``/text``."""

    def __init__(self, user: str, socket: Socket, opened: dict[str, Any]) -> None:
        self.user = user
        self.socket, self.draft = socket, str(opened["draft"])
        self.seq, self.mark, self.generation = opened["seq"], opened["mark"], opened["generation"]
        self.no = 0
        self.waiting = False  # for an ack

    def edit(self, *ops: dict[str, Any]) -> dict[str, Any]:
        """A message with ops, as of the state that was heard of last."""
        self.no += 1
        return {
            "t": "edit", "draft": self.draft, "generation": self.generation, "no": self.no,
            "key": secrets.token_hex(8), "base": self.seq, "mark": self.mark, "seen": self.seq, "ops": list(ops),
        }  # fmt: skip

    async def key(self) -> None:
        """Type one key and wait for its ack; also for that of one which somebody gave up waiting for."""
        if not self.waiting:
            self.waiting = True
            await self.socket.send(**self.edit({"op": "text", "at": "/text", "s": [[0, 0, "x"]]}))
        ack = await self.socket.next("ops", within_s=60)
        self.seq, self.mark, self.waiting = ack["to"], ack["mark"], False


async def typist(home: World, user: str, kind: str, value: dict[str, Any]) -> Typist:
    """Make an item, connect and open its draft."""
    item = await home.item(user, None, kind, value)
    socket = await home.socket(user, 0)
    await socket.next("welcome")
    return Typist(user, socket, await socket.ask("state", t="open", ref=1, item=item, purpose="own"))


class Watch:
    """Somebody at work; see the module."""

    def __init__(self, home: World, typing: Typist) -> None:
        self._home, self._typist = home, typing
        self._longest = 0.0
        self._turns = [0, 0]
        self._moved = asyncio.Event()

    async def _go_on(self, which: int, one: Callable[[], Awaitable[None]]) -> None:
        while True:
            began = time.monotonic()
            await one()
            self._longest = max(self._longest, time.monotonic() - began)
            self._turns[which] += 1
            self._moved.set()
            await asyncio.sleep(PROBE_S)

    async def _two_more(self) -> None:
        until = [turns + 2 for turns in self._turns]
        while any(turns < enough for turns, enough in zip(self._turns, until, strict=True)):
            self._moved.clear()
            await self._moved.wait()

    async def longest(self, attack: Awaitable[Any]) -> float:
        """The longest that they wait while an attack goes on, and for two turns of both after it."""
        self._longest = 0.0
        await attack
        await self._two_more()
        return self._longest

    @asynccontextmanager
    async def going_on(self) -> AsyncIterator["Watch"]:
        """Let them work."""
        async with self._home.http(self._typist.user, 0) as http, asyncio.TaskGroup() as group:

            async def asks() -> None:
                assert (await http.get("kinds/script")).status_code == 200

            tasks = [group.create_task(self._go_on(*each)) for each in enumerate((asks, self._typist.key))]
            await self._two_more()  # connections, caches
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()


async def nobody_waits(home: World, typing: Typist, attack: Callable[[], Awaitable[Any]]) -> None:
    """Attack until nobody waited for long: of a noisy machine the best of a few tries tells."""
    waits: list[float] = []
    async with Watch(home, typing).going_on() as watch:
        while not waits or waits[-1] > WAIT_S:
            assert len(waits) < TRIES, f"somebody else waited for {[f'{each:.2f}' for each in waits]} s"
            waits.append(await watch.longest(attack()))
