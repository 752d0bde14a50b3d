"""A worker that stood still and goes on: who was told that its people are gone is told that they are there.

And a Redis that says nothing: who begins to look waits no longer than a moment.
"""

import os
import signal
import time

import pytest

import draftwire
from draftwire_server.cli.process.embedded import Embedded
from tests.live.conftest import World, seeded
from tests.live.test_presence import here, present, watching
from tests.system.cluster import cluster
from tests.waiting import until

pytestmark = pytest.mark.slow

SHORT = {"presence_lease_s": 1.0, "presence_renew_s": 0.3, "redis_probe_s": 0.3, "frozen_s": 60.0}
ITEM = "f/payments/verify_webhook"


async def test_people_of_a_worker_that_froze_and_goes_on_are_there_again(database_url: str, services: Embedded) -> None:
    items, workspace = await seeded(database_url)
    async with cluster(database_url, services.redis_url, workers=2, timings=SHORT) as server:
        world = World(server, services, database_url, items, workspace)
        frozen = await server.pid(0)
        async with world.connect("ada", 0) as ada, watching(world, "grace", items[ITEM], 1) as grace:
            sid = await present(ada, items[ITEM], state="editing")
            await until(lambda: here(grace, items[ITEM]).get(sid) == "editing", "she is seen")
            os.kill(frozen, signal.SIGSTOP)
            try:
                await until(lambda: sid not in here(grace, items[ITEM]), "her worker's lease is over", within_s=30)
            finally:
                os.kill(frozen, signal.SIGCONT)
            await until(lambda: here(grace, items[ITEM]).get(sid) == "editing", "she is there again", within_s=30)
        assert await server.pid(0) == frozen


async def test_who_begins_to_look_while_redis_is_silent_does_not_wait_for_it(
    database_url: str, services: Embedded
) -> None:
    items, workspace = await seeded(database_url)
    async with cluster(database_url, services.redis_url, workers=2) as server:
        world = World(server, services, database_url, items, workspace)
        async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
            await ada.welcome()
            await present(grace, items[ITEM])
            valkey = services.valkey_pid
            assert valkey is not None
            os.kill(valkey, signal.SIGSTOP)  # it accepts, and never answers: no error anywhere
            try:
                took = await looks(ada, items[ITEM])
            finally:
                os.kill(valkey, signal.SIGCONT)
            assert took < 2.0, "it waited for a time-out of 5 s"
            await until(lambda: len(here(ada, items[ITEM])) == 1, "then the others are known", within_s=30)
        await server.whole()


async def looks(client: draftwire.Client, item: str) -> float:
    """How long it takes until a client that subscribes is shown anything of an item's presence."""
    began = time.monotonic()
    client.subscribe(f"item:{item}")
    await until(lambda: item in client.presence, "it is answered", within_s=30)
    return time.monotonic() - began
