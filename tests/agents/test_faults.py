"""Agents in an unlucky world: workers die, Valkey forgets, Postgres restarts; the text is whole, once."""

import asyncio
import random
from collections.abc import AsyncIterator

import httpx
import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.agents.conftest import AT, Agent, Place, Refused, Stream, place_on
from tests.agents.test_tools import refused
from tests.live.conftest import TIMINGS
from tests.system.cluster import cluster
from tests.waiting import until

pytestmark = pytest.mark.slow

WORDS = 60
WITHIN_S = 120  # what no machine needs: instead of hanging


@pytest.fixture(scope="module")
async def place(module_database_url: str, services: Embedded) -> AsyncIterator[Place]:
    """On a server of its own: its workers are killed."""
    async with (
        cluster(module_database_url, services.redis_url, workers=2, timings=TIMINGS) as server,
        place_on(server, module_database_url, services) as made,
    ):
        yield made


async def carry_on(
    stream: Stream, agent: Agent, clients: list[httpx.AsyncClient], text: str, rng: random.Random
) -> None:
    """Write a text through whichever worker answers, going on from what is committed whenever that is not known."""
    sent = 0
    while sent < len(text):
        agent.http = rng.choice(clients)
        piece = text[sent : sent + rng.randint(3, 12)]
        try:
            await stream.append(piece, offset=sent)
            sent += len(piece)
        except (httpx.TransportError, httpx.TimeoutException):
            continue  # the same piece again, perhaps through the other one
        except Refused as refusal:
            if refusal.code == "stream_gap":
                sent = refusal.body["expected"]
            elif not refusal.body["retry"]:
                raise


async def whole(place: Place, agent: Agent, stream: Stream, item: str, text: str) -> None:
    await place.world.server.whole()
    async with asyncio.timeout(WITHIN_S):
        while (await agent.ask("GET", f"runs/{agent.run}/streams/{stream.id}"))["units"] < len(text):
            pass
    await stream.close(units=len(text))
    assert await agent.text(item) == text


@pytest.mark.parametrize("fault", ["worker", "valkey", "postgres"])
async def test_a_stream_is_whole_and_once_whatever_dies_under_it(place: Place, fault: str) -> None:
    item = await place.script("")
    rng = random.Random(fault)
    text = "".join(f"{n} " for n in range(WORDS))
    world = place.world
    async with place.agent() as agent, place.http("ada", 1, agent="helper") as second:
        clients = [agent.http, second]
        await agent.read(item)
        stream = await agent.stream(item, line=1, lease_s=120)
        writing = asyncio.create_task(carry_on(stream, agent, clients, text, rng))
        async with asyncio.timeout(WITHIN_S):
            while not writing.done() and (await place_units(place, agent, stream)) < len(text) / 3:
                pass
        match fault:
            case "worker":
                await world.server.kill(0)
            case "valkey":
                await world.services.restart_valkey()
            case _:
                await world.services.restart_postgres()
        async with asyncio.timeout(60):
            await writing
        await whole(place, agent, stream, item, text)


async def place_units(place: Place, agent: Agent, stream: Stream) -> int:
    """How much is in the log, as the database says."""
    rows = await place.world.query(
        "select cause from draft_op where cause like $1 order by seq desc limit 1", f"stream:{stream.id}:%"
    )
    return int(rows[0]["cause"].rpartition(":")[2]) if rows else 0


async def test_a_discard_under_a_stream_ends_it_with_a_typed_answer(place: Place) -> None:
    item = await place.script("start\n")
    async with place.agent() as agent, place.person("ada", 1) as ada:
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await stream.append("written ")
        draft = await ada.ask("GET", f"items/{item}/draft")
        await ada.ask("POST", f"drafts/{draft['draft']}/discard", {"etag": draft["etag"]})
        with pytest.raises(Refused) as refused:
            await stream.append("more ")
        assert refused.value.code in ("generation_changed", "stream_over", "anchor_gone")
        assert refused.value.body["retry"] is False
        assert await agent.text(item, AT) == "start\n"


async def test_a_stop_that_no_worker_has_heard_of_is_met_by_the_commit_itself(place: Place) -> None:
    """As while Redis is away: only the run's row says so, and people's edits in the same draft go on."""
    item = await place.script("")
    async with place.agent() as agent, place.world.connect("ada") as ada:
        draft = await ada.open(item=item)
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await stream.append("before ")
        await until(lambda: draft.get(AT) == "before ", "the piece is seen")
        await place.world.query("update run set state = 'stopped' where id = $1 returning id", agent.run)
        draft.insert(AT, "by ada ")
        with pytest.raises(Refused) as refused:
            await agent.do(f"streams/{stream.id}/append", text="after ")
        assert refused.value.code == "run_stopped"
        await draft.saved()
        written = await place.world.query(
            "select count(*) as n from draft_op where cause like $1", f"stream:{stream.id}:%"
        )
        assert written[0]["n"] == 1
        assert draft.get(AT) == "before by ada "


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
