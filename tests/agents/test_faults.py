"""AI sessions in a hostile and unlucky world: workers that die, streams that end elsewhere, narrow tokens."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest

from draftwire_server.cli.embedded import Embedded
from tests.agents.conftest import Place, Refused
from tests.live.conftest import TIMINGS, World, seeded
from tests.system.cluster import cluster

ROUNDS = 3
WAIT_S = 20.0


@pytest.fixture
async def mortal(database_url: str, services: Embedded) -> AsyncIterator[Place]:
    """A server of one's own, whose workers are killed and drained."""
    async with AsyncExitStack() as stack:
        items, workspace = await seeded(database_url)
        server = await stack.enter_async_context(
            cluster(database_url, services.redis_url, workers=2, timings=TIMINGS | {"events_wait_s": WAIT_S})
        )
        yield Place(World(server, services, database_url, items, workspace))


async def refused(work: object) -> Refused:
    with pytest.raises(Refused) as caught:
        await work  # type: ignore[misc]
    return caught.value


@pytest.mark.parametrize("ending", ["close", "abort"])
async def test_a_stream_that_ended_through_one_worker_takes_nothing_in_through_the_other(
    place: Place, ending: str
) -> None:
    item = await place.script("")
    async with place.agent() as agent, place.http("ada", 1, agent="helper") as elsewhere:
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await stream.append("whole", offset=0)
        twin = type(stream)(type(agent)(elsewhere, agent.workspace, agent.run), stream.made)
        await twin.agent.do(f"streams/{stream.id}/{ending}")
        problem = await refused(stream.append(" and more", offset=5))
        assert problem.code == "stream_over"
        assert await agent.text(item) == "whole"


async def test_two_clients_that_send_overlapping_pieces_through_two_workers_write_the_text_once(place: Place) -> None:
    item = await place.script("")
    text = "".join(f"{n} 😀 naïve\n" for n in range(60))
    units = [len(text[:n].encode("utf-16-le")) // 2 for n in range(len(text) + 1)]
    async with place.agent() as agent, place.http("ada", 1, agent="helper") as elsewhere:
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        twin = type(stream)(type(agent)(elsewhere, agent.workspace, agent.run), stream.made)

        async def client(mine: object, seed: int) -> None:
            chance, at = random.Random(seed), 0
            while at < len(text):
                start = max(0, at - chance.randrange(30))
                stop = min(len(text), at + 1 + chance.randrange(60))
                await mine.append(text[start:stop], offset=units[start])  # type: ignore[attr-defined]
                at = stop

        await asyncio.gather(client(stream, 1), client(twin, 2))
        assert (await stream.close(units=units[-1]))["units"] == units[-1]
        assert await agent.text(item) == text


async def test_a_narrowed_agent_sees_nothing_of_its_persons_other_runs(place: Place) -> None:
    shown, hidden = await place.script(), await place.script()
    async with (
        place.agent(agent="other", label="a secret piece of work") as other,
        place.agent(agent="narrow", claims={"items": [shown]}) as narrow,
        place.person("ada") as ada,
    ):
        await other.read(hidden)
        await other.edit(hidden, {"do": "insert", "at": "/content", "line": 1, "text": "# x\n"})
        await ada.ask("POST", f"runs/{other.run}/notes", {"text": "of the hidden item"})
        listed = {run["id"] for run in (await narrow.ask("GET", "runs?limit=100"))["runs"]}
        assert narrow.run in listed
        assert other.run not in listed
        for path in (f"runs/{other.run}", f"runs/{other.run}/events", f"runs/{other.run}/changes"):
            assert (await refused(narrow.ask("GET", path))).code == "not_found"
        assert (await refused(narrow.ask("POST", f"runs/{other.run}/undo", {}))).code in ("not_found", "forbidden")
        assert other.run in {run["id"] for run in (await ada.ask("GET", "runs?limit=100"))["runs"]}


@pytest.mark.slow
async def test_a_worker_killed_in_mid_stream_costs_nothing_and_doubles_nothing(mortal: Place) -> None:
    chance = random.Random(6)
    text = "".join(f"{n:05} a line of the text\n" for n in range(120))
    async with mortal.agent() as agent, mortal.http("ada", 1, agent="helper") as elsewhere:
        clients = [agent.http, elsewhere]
        for _ in range(ROUNDS):
            item = await mortal.script("")
            await agent.read(item)
            stream = await agent.stream(item, line=1)
            at, here, dies_at = 0, 0, chance.randrange(500, 2000)
            killing: asyncio.Task[None] | None = None
            while at < len(text):
                if at >= dies_at and killing is None:
                    killing = asyncio.create_task(mortal.world.server.kill(0))
                try:
                    agent.http = clients[here]
                    await stream.append(text[at : at + 40], offset=at, wait=chance.random() < 0.5)
                    at = min(len(text), at + 40)
                except httpx.TransportError:
                    here = 1
                except Refused as problem:
                    if problem.code == "stream_gap":
                        at = problem.body["expected"]
                    elif problem.status != 503 and problem.code != "too_fast":
                        raise
                    await asyncio.sleep(0.05)  # the pace of a client that tries again
                if at == len(text):
                    agent.http = clients[1]
                    told = await agent.ask("GET", f"runs/{agent.run}/streams/{stream.id}")
                    at = told["units"] if here else at  # what the dead worker had only taken in comes again
            assert killing is not None
            await killing
            agent.http = clients[1]
            assert (await stream.close(units=len(text)))["units"] == len(text)
            assert await agent.text(item) == text
            await mortal.world.server.all_ready()
            agent.http = clients[0]


async def test_an_agent_that_waits_for_news_is_answered_at_once_when_its_worker_drains(mortal: Place) -> None:
    async with mortal.agent() as agent:

        async def news() -> object:
            return await agent.ask("GET", f"runs/{agent.run}/events?after=1000&wait_s={WAIT_S}")

        waiting = asyncio.create_task(news())
        await asyncio.sleep(0.3)  # the request is there and waits
        began = time.monotonic()
        stopping = asyncio.create_task(mortal.world.server.stop())
        answer = await waiting
        assert time.monotonic() - began < 5
        assert answer["events"] == []  # type: ignore[index]
        await stopping
