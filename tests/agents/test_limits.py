"""What agents run into: each other, their pace, a token that is revoked in mid-stream, a person who loses rights."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

from draftwire.errors import Problem
from draftwire_server.bus.names import Names
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.limits.contract import CHUNK_UNITS, EVENTS_PER_RUN
from draftwire_server.limits.tuning import STREAM_HELD_UNITS, STREAMS_HELD_UNITS
from draftwire_server.services.agents.pace import Bucket, Pace
from draftwire_server.services.agents.stream_writing import RETRIES, Open, StreamWriter
from draftwire_server.settings import Settings
from tests.agents.conftest import AT, TEXT, Agent, Place, Refused
from tests.agents.test_tools import refused, replace


async def test_of_two_agents_at_one_place_one_lands_and_the_other_is_told_who(place: Place) -> None:
    item = await place.script()
    async with place.agent(agent="one") as one, place.agent(agent="two", worker=1) as two:
        for agent in (one, two):
            await agent.read(item)
        done: list[Any] = await asyncio.gather(
            one.edit(item, replace("sum(rows)", "sum(one)")), two.edit(item, replace("sum(rows)", "sum(two)")),
            return_exceptions=True,
        )  # fmt: skip
        (lost,) = (each for each in done if isinstance(each, Refused))
        winner, loser = (one, two) if isinstance(done[1], Refused) else (two, one)
        assert (lost.code, lost.body["retry"], lost.body["run"]) == ("stale_region", True, winner.run)
        assert lost.body["by"]["kind"] == "agent"
        name = "one" if winner is one else "two"
        assert f"sum({name})" in lost.body["text"]
        await loser.read(item)
        await loser.edit(item, replace(f"sum({name})", "sum(both)"))
        assert "sum(both)" in await winner.text(item)


async def test_text_that_waits_has_a_bound_and_is_told_when_to_come_again(place: Place) -> None:
    item = await place.script("")
    async with place.agent() as agent, place.person("ada") as ada:
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await ada.ask("POST", f"runs/{agent.run}/pause", {})
        piece = "x" * 60_000
        for n in range(4):
            await stream.append(piece, offset=n * len(piece), wait=False)
        problem = await refused(stream.append(piece, offset=4 * len(piece), wait=False))
        assert (problem.status, problem.code, problem.body["retry"]) == (429, "too_fast", True)
        assert problem.body["expected"] == 4 * len(piece)
        await ada.ask("POST", f"runs/{agent.run}/resume", {})
        await stream.append("", offset=4 * len(piece))
        assert await agent.text(item) == "x" * 4 * len(piece)


async def test_a_run_that_was_told_so_much_takes_no_more_and_can_still_be_stopped(place: Place) -> None:
    async with place.agent() as agent, place.person("ada") as ada:
        await place.world.query("update run set events = $2 where id = $1 returning id", agent.run, EVENTS_PER_RUN)
        for said, body in (("notes", {"text": "again"}), ("pause", {})):
            problem = await refused(ada.ask("POST", f"runs/{agent.run}/{said}", body))
            assert (problem.status, problem.code) == (429, "quota")
        assert (await ada.ask("POST", f"runs/{agent.run}/stop", {}))["state"] == "stopped"


async def test_what_waits_of_all_streams_of_an_agent_has_a_bound_that_others_have_for_themselves(place: Place) -> None:
    item = await place.script("")
    piece = "x" * CHUNK_UNITS
    async with place.agent() as agent, place.agent(agent="other") as other, place.person("ada") as ada:
        for each in (agent, other):
            await each.read(item)
        streams = [await agent.stream(item, line=1) for _ in range(STREAMS_HELD_UNITS // STREAM_HELD_UNITS + 1)]
        free = await other.stream(item, line=1)
        for each in (agent, other):
            await ada.ask("POST", f"runs/{each.run}/pause", {})
        for stream in streams[:-1]:
            for n in range(STREAM_HELD_UNITS // CHUNK_UNITS):
                await stream.append(piece, offset=n * CHUNK_UNITS, wait=False)
        problem = await refused(streams[-1].append("x", offset=0, wait=False))
        assert (problem.code, problem.body["retry"], problem.body["expected"]) == ("too_fast", True, 0)
        await free.append(piece, offset=0, wait=False)
        await ada.ask("POST", f"runs/{agent.run}/stop", {})
        async with place.agent() as again:  # what a stopped run had waiting is let go
            await again.read(item)
            await (await again.stream(item, line=1)).append("heard\n", offset=0)
            assert "heard\n" in await again.text(item)


async def test_an_outage_that_lasts_ends_no_stream_its_agent_goes_on_from_the_log() -> None:
    nothing: Any = SimpleNamespace()
    dropped: list[Open] = []
    writer = StreamWriter(nothing, nothing, nothing, nothing, nothing, nothing, nothing, nothing, dropped.append)
    for problem, tries in ((Problem("unavailable"), RETRIES), (Problem("busy"), RETRIES + 1)):
        row: Any = SimpleNamespace(seq=0, start=0, until=0, lease_s=30.0, state="open")
        opened = Open(row, SimpleNamespace(info=SimpleNamespace(id="helper")))  # type: ignore[arg-type]
        await writer._refused(opened, problem, tries)
        assert (opened.over, opened.row.state, dropped.pop()) == (problem, "open", opened)


async def test_a_bucket_is_one_over_all_workers_and_each_ones_own_while_redis_is_away(services: Embedded) -> None:
    names = Names()
    names.settle("test")

    def paces(url: str | None) -> tuple[Pace, Pace]:
        settings = Settings("postgres://unused", ("k" * 32,), "k" * 32, redis_url=url)
        return Pace(settings, names), Pace(settings, names)

    for url, together in ((services.redis_url, True), ("redis://127.0.0.1:1/0", False), (None, False)):
        one, two = paces(url)
        bucket = Bucket("w", f"test:{url}", 0.1, 4)
        first = [await one.take(bucket) for _ in range(3)]
        second = [await two.take(bucket) for _ in range(3)]
        waits = [wait for wait in (*first, *second) if wait]
        assert len(waits) == (2 if together else 0)
        assert all(0 < wait <= 20 for wait in waits)
        await one.close()
        await two.close()


async def test_a_token_that_is_revoked_in_mid_stream_ends_it_and_what_is_there_stays(place: Place) -> None:
    item = await place.script("")
    async with place.agent(claims={"jti": "mid-stream"}) as agent, place.person("ada", 1) as ada:
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await stream.append("written ")
        await ada.ask("POST", "tokens/revoke", {"jti": "mid-stream", "expires_at": 4_000_000_000.0})

        async def write_on() -> Refused:
            while True:
                try:
                    await stream.append("x")
                except Refused as refusal:
                    return refusal

        async with asyncio.timeout(30):
            refusal = await write_on()
        assert (refusal.status, refusal.code, refusal.body["retry"]) == (401, "unauthenticated", False)
        written = (await ada.ask("GET", f"items/{item}/draft"))["value"]["content"]
        assert written.startswith("written ")
        run = await ada.ask("GET", f"runs/{agent.run}")
        assert run["streams"][0]["state"] == "open"  # until its lease ends; whoever gets a new token carries it on
        fresh = place.http("ada", agent="helper")
        async with fresh as http:
            again = Agent(http, agent.workspace, agent.run)
            at = (await again.ask("GET", f"runs/{agent.run}/streams/{stream.id}"))["units"]
            await again.do(f"streams/{stream.id}/append", text="on", offset=at)
            assert (await again.text(item)) == written + "on"


async def test_alerts_reach_the_person_whose_text_an_agents_stream_meets(place: Place) -> None:
    """A person replaces the words at which the agent goes on writing: both are told, and both texts stay."""
    item = await place.script("start middle end\n")
    async with place.agent() as agent, place.world.connect("ada", 1) as ada:
        draft = await ada.open(item=item)
        await agent.read(item)
        stream = await agent.stream(item, after="middle")
        await stream.append(" written")
        draft.insert(AT, "by ada ", 0)
        await draft.saved()
        await stream.append(" on")
        await stream.close()
        assert await agent.text(item) == "by ada start middle written on end\n"
        log = await agent.ask("GET", f"drafts/{draft.id}/log")
        runs = {writer.get("run") for writer in log["writers"]}
        assert runs == {None, agent.run}
        assert json.dumps(log).count("stream:") == 2


async def test_an_agent_without_a_read_right_finds_nothing_and_one_for_reading_only_reads(place: Place) -> None:
    item = await place.script()
    async with place.agent(claims={"may": frozenset(("see", "read_drafts"))}) as reader:
        assert (await reader.read(item, at=AT))["text"] == TEXT
        problem = await refused(reader.edit(item, replace("sum", "x", read_seq=0)))
        assert (problem.status, problem.code, problem.body["missing"]) == (403, "read_only", "write")
        assert (await refused(reader.read("nowhere"))).status == 404


async def test_what_is_said_to_an_agent_is_read_by_those_who_lead_it_alone(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("ada") as ada, place.person("grace", 1) as grace:
        await agent.read(item)
        await agent.edit(item, replace("sum(rows)", "fsum(rows)"))
        await ada.ask("POST", f"runs/{agent.run}/notes", {"text": "between us"})
        events = f"runs/{agent.run}/events"
        assert [each["text"] for each in (await agent.ask("GET", events))["events"]] == ["between us"]
        assert [each["text"] for each in (await ada.ask("GET", events))["events"]] == ["between us"]
        told = (await grace.ask("GET", events))["events"]  # she may read the draft, and so sees that the run is there
        assert [(each["type"], each.get("text")) for each in told] == [("note", None)]
        assert (await refused(grace.ask("POST", f"runs/{agent.run}/stop", {}))).code == "forbidden"
