"""Whatever waits decides again before it answers: every route that can wait, and rights that go while somebody does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.system.cluster import cluster
from tests.system.world import world
from tests.tenancy.house import MARK, House, furnished, operations

pytestmark = pytest.mark.slow

WAITING = {each.route.id: each for each in operations() if each.waits}
SOME = 20  # requests that were answered after one that waits was sent: it waits


@pytest.fixture
async def house(database_url: str, services: Embedded) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(cluster(database_url, services.redis_url))
        made = await furnished(await stack.enter_async_context(world(server, database_url, MARK)))
        yield made
        server.assert_no_error()


async def happens(house: House, ada: httpx.AsyncClient, name: str) -> None:
    """What those who wait at a route wait for."""
    match name:
        case "read_events":
            answer = await ada.patch(f"items/{house.ids['item']}", json={"summary": f"SECRET {name}"})
        case "read_run_events":
            answer = await ada.post(f"runs/{house.ids['run']}/notes", json={"text": "SECRET note"})
        case _:
            raise AssertionError(f"say what happens for those who wait at {name}")
    assert answer.status_code < 300, answer.text


async def last(ben: httpx.AsyncClient, house: House, name: str) -> int:
    """Up to where there is nothing to wait for."""
    operation, after = WAITING[name], 0
    while True:
        page = (await house.call(ben, operation, after=after)).json()
        if not page["events"]:
            return int(page["next"])
        after = page["next"]


async def test_who_loses_a_right_while_they_wait_is_not_answered_by_it(house: House) -> None:
    ada, ben, asking = house.world.http("ada", 1), house.world.http("ben", 0), house.world.http("ben", 0)
    waiting: dict[str, asyncio.Task[httpx.Response]] = {}
    before: dict[str, Any] = {name: await last(ben, house, name) for name in WAITING}
    for name, operation in WAITING.items():
        waiting[name] = asyncio.create_task(house.call(ben, operation, after=before[name], wait_s=20))
    for _ in range(SOME):
        assert (await asking.get("asks")).status_code == 200
    assert not any(task.done() for task in waiting.values())
    async with house.world.store() as connection:
        await connection.execute("delete from access_grant where workspace_id = $1", house.ids["workspace"])
    for name in WAITING:
        await happens(house, ada, name)
    assert (await house.call(ben, WAITING["read_run_events"])).status_code == 404
    own = await asking.post("items", json={"kind": "thing", "path": "u/ben/own"})  # what ben may still hear of
    async with asyncio.timeout(20):
        events = (await waiting.pop("read_events")).json()["events"]
        assert {event["item"] for event in events} == {own.json()["item"]}
        for name, task in waiting.items():
            answer = await task
            assert (answer.status_code, "SECRET" in answer.text) == (404, False), (name, answer.text)
