"""Two workspaces in which every id is the same: no route, message or channel of one tells anything of the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from draftwire_server.cli.process.embedded import SUPERUSER, Embedded
from tests.drafts.desk import typed
from tests.system.cluster import cluster
from tests.system.world import Socket, world
from tests.tenancy.house import MARK, OTHER, TABLES, House, cloned, furnished, operations

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def houses(module_database_url: str, services: Embedded) -> AsyncIterator[tuple[House, House]]:
    name = module_database_url.rpartition("/")[2].partition("?")[0]
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(
            cluster(module_database_url, services.redis_url, timings={"presence_renew_s": 0.3})
        )
        one = await furnished(await stack.enter_async_context(world(server, module_database_url, MARK)))
        two = await cloned(one, services.url(name, SUPERUSER))
        yield one, two
        await two.world.close_clients()
        server.assert_no_error()


async def rows(house: House) -> dict[str, list[str]]:
    """All that stands in the database of one workspace, by table."""
    found = {}
    async with house.world.store() as connection:
        for table in await connection.fetch(TABLES):
            key = "id" if table["name"] == "workspace" else "workspace_id"
            if key in table["columns"] and table["name"] != "draft_seen":  # written a moment after what was looked at
                statement = f"select t::text as row from {table['name']} t where t.{key} = $1 order by 1"
                found[table["name"]] = [r["row"] for r in await connection.fetch(statement, house.ids["workspace"])]
    return found


async def test_no_message_or_channel_of_one_tells_the_other(houses: tuple[House, House]) -> None:
    """The same person with the same session, run and draft in both, at two workers; then all that can be told."""
    one, _ = houses
    session, item, run = one.session, one.ids["item"], one.ids["run"]

    async def seat(house: House, worker: int, **claims: Any) -> tuple[Socket, dict[str, Any]]:
        token = house.world.token("ada", **claims)
        socket = await house.world.socket(
            "ada", worker, session=session, token=token, **({"run": run} if claims else {})
        )
        await socket.next("welcome")
        await socket.ask("item", t="subscribe", ref=1, channel=f"item:{item}")
        await socket.ask("event", t="subscribe", ref=2, channel=f"workspace:{house.ids['workspace']}")
        return socket, await socket.ask("state", t="open", ref=3, draft=house.ids["draft"])

    async def act(house: House, socket: Socket, state: dict[str, Any], mark: str) -> None:
        """Everything that somebody hears of, and wait until they have."""
        await socket.send(t="focus", item=item, state="editing", doing=mark)
        await typed(socket, state, f"{mark} typed ", 1)
        http, ben = house.world.http("ada", 0), house.world.http("ben", 1)
        for client, method, path, body in (
            (http, "POST", f"runs/{run}/notes", {"text": f"{mark} noted"}),
            (ben, "DELETE", f"asks/{house.ids['ask']}", None),
            (ben, "POST", f"drafts/{house.ids['own']}/asks", {"may": "look", "note": f"{mark} asked"}),
            (ben, "PUT", f"items/{item}/presence", {"doing": f"{mark} attends"}),
            (http, "PATCH", f"items/{item}", {"summary": f"{mark} said"}),
            (http, "POST", f"alerts/{house.ids['alert']}/resolve", {}),
        ):
            answer = await client.request(method, path, **({} if body is None else {"json": body}))
            assert answer.status_code < 300, (path, answer.text)

    async with AsyncExitStack() as stack:
        seats = [(house, *await seat(house, worker)) for worker, house in enumerate(houses)]
        agents = [
            (await seat(house, 1 - worker, agent=f"helper {mark}"))[0]
            for worker, (house, mark) in enumerate(zip(houses, (MARK, OTHER), strict=True))
        ]
        for socket in (*(socket for _, socket, _ in seats), *agents):
            await stack.enter_async_context(socket)
        for (house, socket, state), mark in zip(reversed(seats), (OTHER, MARK), strict=True):
            await act(house, socket, state, mark)
        # what was told first came first: when the last is there, so is all before it
        for (house, socket, _), agent, mark, other in zip(seats, agents, (MARK, OTHER), (OTHER, MARK), strict=True):
            for wanted in (f"{mark} attends", f"{mark} asked", f"{mark} said", "alert.resolved"):
                async with asyncio.timeout(20):
                    while wanted not in str(socket.passed):
                        await socket.next("presence", "ask", "item", "event", "alert", "ops")
            async with asyncio.timeout(20):
                while f"{mark} noted" not in str(agent.passed):
                    await agent.next("run")
            for said in ("typed", "noted", "asked", "attends", "said"):
                assert f"{other} {said}" not in str([*socket.passed, *agent.passed])
            assert socket.connection.close_code is None, "the other's session is another one"
            async with house.world.http("ada") as http:
                assert f"{other} attends" not in (await http.get(f"items/{item}/presence")).text


async def test_no_route_of_one_shows_or_changes_the_other(houses: tuple[House, House]) -> None:
    one, two = houses
    people = [one.world.http("ada", 0), one.world.http("ben", 1), one.world.http("ada", 1, agent=f"helper {MARK}")]
    async with two.world.store() as connection:
        while await connection.fetchval("select count(*) from outbox where workspace_id = $1", two.ids["workspace"]):
            pass  # what was caused before becomes events
    before = await rows(two)
    shown, done = set(), set()
    for operation in operations():
        for http in people:
            answer = await one.call(http, operation)
            assert OTHER not in answer.text, (operation.path, answer.text)
            name = operation.route.id
            if answer.status_code < 300:
                (shown if MARK in answer.text else done).add(name)
            assert answer.status_code < 500, (operation.path, answer.text)
    reading = {each.route.id for each in operations() if each.method == "GET"}
    assert len(shown & reading) > 40, sorted(reading - shown)
    assert len((shown | done) - reading) > 50, sorted((shown | done) - reading)
    assert await rows(two) == before
