"""`draftwire webhooks` against a running server and a real receiver."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from draftwire.webhooks import verify
from draftwire_server.cli.process.embedded import Embedded
from tests.cli.test_rights_commands import run
from tests.events.receiver import Receiver, ok, receiving
from tests.system.cluster import cluster
from tests.system.world import World, world
from tests.waiting import until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    environ = {"DRAFTWIRE_WEBHOOK_HOSTS": "127.0.0.1"}
    timings = {"webhook_retry_s": 0.05, "webhook_retry_max_s": 0.1, "webhook_poll_s": 0.1}
    async with (
        cluster(module_database_url, services.redis_url, workers=1, environ=environ, timings=timings) as server,
        world(server, module_database_url) as made,
    ):
        await made.member("ada", "admin")
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


async def test_webhooks_from_the_command_line(home: World, receiver: Receiver) -> None:
    async def call(*arguments: str, **more: Any) -> str:
        return await asyncio.to_thread(run, home, "webhooks", *arguments, **more)

    made = (await call("make", receiver.url(), "--type", "item.*", "--everything")).split()
    hook, secret = made[0], made[1]
    assert "everything" in await call("list") and secret not in await call("list")
    assert "Delivered: answered 200" in await call("test", hook)
    verify(receiver.came[0].body, receiver.came[0].headers, [secret])
    await home.item("ada", "f/a/b")
    await until(lambda: len(receiver.came) == 2, "the event came")

    async def logged() -> bool:
        return "delivered" in await call("log", hook, "--limit", "5")

    await until(logged, "it is in the log")
    number = receiver.came[1].number
    (line,) = json.loads(await call("log", hook, "--json"))["deliveries"]
    assert (line["number"], line["state"], line["attempts"][0]["status"]) == (number, "delivered", 200)
    assert f"events {number} to {number}" in await call("replay", hook, "--event", str(number))
    await until(lambda: len(receiver.came) == 3, "it came again")
    assert "Sending events" in await call("replay", hook, "--after", "0")
    rotated = (await call("rotate", hook, "--overlap-hours", "1")).strip()
    receiver.answer = lambda _: ok(500)
    await call("test", hook, exit_code=1)
    verify(receiver.came[-1].body, receiver.came[-1].headers, [rotated])
    assert "off" in await call("change", hook, "--off", "--description", "x", "--all-types")
    assert json.loads(await call("list", "--json"))["webhooks"][0]["types"] == []
    assert "bad_webhook" in await call("make", "https://10.0.0.1/", exit_code=1)
    assert f"Deleted {hook}." in await call("delete", hook)
    assert json.loads(await call("list", "--json")) == {"webhooks": []}
