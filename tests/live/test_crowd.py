"""Edge case 44: two hundred people come to one item at once, over both workers, and go again."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import websockets

from draftwire_server.cli.process.embedded import Embedded
from tests.live.conftest import World, seeded
from tests.live.test_presence import here, watching
from tests.system.cluster import cluster
from tests.waiting import until

pytestmark = [pytest.mark.slow, pytest.mark.alone]

PEOPLE = 200
SCRIPT = "f/payments/refund_charge"


@pytest.fixture
async def world(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    """A server with the times that it ships with: two hundred tabs in this one process can't answer a ping within the
    second and a half that the other tests allow, and were rightly taken for gone."""
    items, workspace = await seeded(module_database_url)
    async with cluster(module_database_url, services.redis_url, workers=2) as server:
        yield World(server, services, module_database_url, items, workspace)


async def come(
    world: World, item: str, number: int, doors: asyncio.Semaphore, tabs: asyncio.TaskGroup
) -> tuple[Any, str]:
    """A tab that looks at the item; gives its socket and its public session id."""
    user = ("ada", "grace", "linus")[number % 3]  # one actor may have a hundred sockets at one worker
    async with doors:
        socket, welcome = await world.socket(user, number % 2, items=[item])
    tabs.create_task(stay(socket))
    await socket.send(json.dumps({"t": "focus", "item": item, "state": "viewing"}))
    return socket, str(welcome["sid"])


async def stay(socket: Any) -> None:
    """Answer the server's pings until the socket is closed."""
    with contextlib.suppress(websockets.ConnectionClosed):
        async for frame in socket:
            message = json.loads(frame)
            if message["t"] == "ping":
                await socket.send(json.dumps({"t": "pong", "n": message["n"]}))


async def test_two_hundred_people_at_one_item_are_all_seen_and_all_gone_again(world: World) -> None:
    item = world.items[SCRIPT]
    doors = asyncio.Semaphore(50)
    async with watching(world, "grace", item, 1) as watcher, asyncio.TaskGroup() as tabs:
        came = await asyncio.gather(*(come(world, item, number, doors, tabs) for number in range(PEOPLE)))
        sids = {sid for _, sid in came}
        assert len(sids) == PEOPLE
        await until(lambda: sids <= here(watcher, item).keys(), "everybody is seen", within_s=30)
        await asyncio.gather(*(socket.close() for socket, _ in came))
        await until(lambda: not sids & here(watcher, item).keys(), "everybody is gone", within_s=30)
