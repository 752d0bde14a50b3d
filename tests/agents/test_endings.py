"""What ends a run or a stream ends it exactly: after the answer nothing of it commits, also nothing that was under way.

A commit statement is held where it is dangerous: its rows found and locked, or its snapshot taken and nothing locked.
"""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
import pytest

from draftwire_server.store.live import commit as commits
from draftwire_server.store.live.commit import CommitGroup, NewBatch
from draftwire_server.store.postgres import _prepare
from tests.agents.conftest import AT, Agent, Place, Refused, Stream
from tests.agents.test_streams import ada_text, seq_of
from tests.agents.test_tools import refused
from tests.waiting import until

WITHIN_S = 60  # what no machine needs: instead of hanging
ENDINGS = ("stop", "pause", "close", "abort", "lease")


@asynccontextmanager
async def database(place: Place) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(place.world.database_url, server_settings={"search_path": "draftwire"})
    await _prepare(connection)
    try:
        yield connection
    finally:
        await connection.close()


async def end(place: Place, ada: Agent, agent: Agent, stream: Stream, how: str) -> None:
    """End or pause it through the second worker; returns when that is answered."""
    match how:
        case "stop" | "pause":
            await ada.ask("POST", f"runs/{agent.run}/{how}", {})
        case "close" | "abort":
            async with place.http("ada", 1, agent="helper") as http:
                await Agent(http, agent.workspace, agent.run).do(f"streams/{stream.id}/{how}")
        case _:
            await place.world.query(
                "update stream set seen_at = seen_at - interval '1 hour' where id = $1 returning 1", stream.id
            )

            async def lost() -> bool:
                rows = await place.world.query("select state from stream where id = $1", stream.id)
                return bool(rows[0]["state"] == "lost")

            await until(lost, "the stream is lost")


async def next_group(connection: Any, agent: Agent, stream: Stream) -> CommitGroup:
    """A batch of the stream that fits the head as it is: as a worker has it in its hands."""
    draft = await connection.fetchrow(
        "select d.*, c.acl_rev from draft d join workspace_clock c using (workspace_id) where d.id = $1",
        stream.made["draft"],
    )
    last = await connection.fetchrow(
        "select w, op_no from draft_op where draft_id = $1 and cause like $2 order by seq desc limit 1",
        draft["id"], f"stream:{stream.id}:%",
    )  # fmt: skip
    seq = draft["head_seq"] + 1
    batch = NewBatch(
        seq, last["w"], last["op_no"] + 1, "k", seq - 1, seq - 1, "edit", None, "held", b"[]", b"[]",
    )  # fmt: skip
    return CommitGroup(
        draft["workspace_id"], draft["id"], draft["generation"], draft["head_seq"], draft["head_mark"],
        draft["acl_rev"], (batch,), ((agent.run, stream.id),),
    )  # fmt: skip


@pytest.mark.parametrize("how", ENDINGS)
async def test_what_ends_a_stream_waits_for_its_batch_that_is_under_way(place: Place, how: str) -> None:
    item = await place.script("")
    async with place.agent() as agent, place.person("ada", 1) as ada, database(place) as worker:
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await stream.append("before ")
        group = await next_group(worker, agent, stream)
        transaction = worker.transaction()
        await transaction.start()
        assert await commits.commit(worker, [group])
        ending = asyncio.create_task(end(place, ada, agent, stream, how))

        async def waits_or_is_done() -> bool:
            if ending.done():
                return True
            rows = await place.world.query(
                "select 1 from pg_locks l join pg_stat_activity a using (pid) where not l.granted"
                " and a.datname = current_database() and a.query ~ 'for update'"
            )
            return bool(rows)

        await until(waits_or_is_done, "the ending meets the batch")
        assert not ending.done(), "it was answered while a batch was still under way"
        await transaction.rollback()  # its text is none that a worker could read: only the locks are looked at
        await ending


@pytest.mark.parametrize("how", ENDINGS)
async def test_a_statement_that_began_before_the_end_and_comes_to_its_rows_after_it_writes_nothing(
    place: Place, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = await place.script("")
    statement = commits._MANY_OF_AGENTS
    end_of_gate = ") as wrote("
    assert statement.text.count(end_of_gate) == 1
    gated = f" || (pg_advisory_xact_lock_shared(46)::text || '{{}}')::text[]{end_of_gate}"
    held_back = msgspec.structs.replace(statement, text=statement.text.replace(end_of_gate, gated))
    monkeypatch.setattr(commits, "_MANY_OF_AGENTS", held_back)
    async with (
        place.agent() as agent, place.person("ada", 1) as ada, database(place) as worker, database(place) as keeper,
    ):  # fmt: skip
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await stream.append("before ")
        group = await next_group(worker, agent, stream)
        await keeper.fetchval("select pg_advisory_lock(46)")
        writing = asyncio.create_task(commits.commit(worker, [group]))

        async def held() -> bool:
            return bool(await place.world.query(  # the server's own databases and locks are beside it
                "select 1 from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database()"
                " and locktype = 'advisory' and objid = 46 and not granted"
            ))  # fmt: skip

        await until(held, "the statement is held behind its snapshot")
        await end(place, ada, agent, stream, how)
        await keeper.fetchval("select pg_advisory_unlock(46)")
        assert await writing == set()
        assert await seq_of(ada, item) == group.base_seq


@pytest.mark.parametrize("how", ["stop", "close", "abort"])
async def test_an_end_through_one_worker_is_the_end_for_the_other_that_writes(place: Place, how: str) -> None:
    """Over and over, at whatever moment: the last batch lies before the answer, and the row says how much there is."""
    for _ in range(6):
        item = await place.script("")
        async with place.agent() as agent, place.person("ada", 1) as ada:
            await agent.read(item)
            stream = await agent.stream(item, line=1)
            await stream.append("word ")

            writing = asyncio.create_task(write_on(stream))
            began = await seq_of(ada, item)
            async with asyncio.timeout(WITHIN_S):
                while await seq_of(ada, item) <= began:
                    pass
            await end(place, ada, agent, stream, how)
            after = await seq_of(ada, item)
            refusal = await writing
            assert refusal.code == ("run_stopped" if how == "stop" else "stream_over")
            async with place.world.connect("ada") as client:  # a later batch has come: nothing lies in between
                draft = await client.open(item=item)
                draft.insert(AT, "!", 0)
                await draft.saved()
            assert await seq_of(ada, item) == after + 1
            text = (await ada_text(ada, item))[1:]
            assert text == "word " * (len(text) // 5)

            async with asyncio.timeout(WITHIN_S):
                while (await ada.ask("GET", f"runs/{agent.run}"))["streams"][0]["units"] != len(text):
                    pass


async def write_on(stream: Stream) -> Refused:
    """Write without waiting until that is refused."""
    while True:
        try:
            await stream.append("word ", wait=False)
        except Refused as refusal:
            return refusal


async def test_what_waits_of_a_paused_run_is_let_go_when_its_agents_lease_ends(place: Place) -> None:
    item = await place.script("")
    async with place.agent() as agent, place.person("ada", 1) as ada:
        await agent.read(item)
        stream = await agent.stream(item, line=1, lease_s=1.0)
        await stream.append("one ")
        await ada.ask("POST", f"runs/{agent.run}/pause", {})
        assert (await stream.append("two ", wait=False))["units"] == 4

        async def state() -> dict[str, Any]:
            (told,) = (await ada.ask("GET", f"runs/{agent.run}"))["streams"]
            return dict(told)

        async def lost() -> bool:
            return (await state())["state"] == "lost"

        await until(lost, "the lease ends, as of any stream")
        assert (await state())["units"] == 4
        events = (await ada.ask("GET", f"runs/{agent.run}/events"))["events"]
        assert [(e["type"], e.get("data")) for e in events][-1] == (
            "stream_ended", {"stream": stream.id, "state": "lost"},
        )  # fmt: skip
        await ada.ask("POST", f"runs/{agent.run}/resume", {})
        gap = await refused(
            stream.append("three", offset=8)
        )  # what waited is not known any more, and can be sent again
        assert (gap.code, gap.body["expected"], gap.body["retry"]) == ("stream_gap", 4, True)
        assert await ada_text(ada, item) == "one "
        await stream.append("two three", offset=4)
        await stream.close(units=13)
        assert await ada_text(ada, item) == "one two three"


async def test_people_hear_of_a_text_that_was_left_unfinished(place: Place) -> None:
    """In their events, without having to ask for the run."""
    item = await place.script("")
    async with place.agent() as agent, place.person("ada", 1) as ada:
        after = (await ada.ask("GET", "events?after=0&limit=1&wait_s=0"))["head"]
        await agent.read(item)
        stream = await agent.stream(item, line=1, lease_s=1.0)
        await stream.append("half ")

        async def told() -> list[Any]:
            page = await ada.ask("GET", f"events?after={after}&types=run.stream_ended&wait_s=0")
            return [each for each in page["events"] if each["data"]["stream"] == stream.id]

        (event,) = await until(told, "the event comes")
        assert (event["draft"], event["data"]["state"]) == (stream.made["draft"], "lost")
        assert "half" not in json.dumps(event)


async def test_a_stream_that_was_closed_elsewhere_is_told_as_that(place: Place) -> None:
    item = await place.script("")
    async with place.agent() as agent, place.http("ada", 1, agent="helper") as elsewhere:
        await agent.read(item)
        stream = await agent.stream(item, line=1)
        await stream.append("whole")
        await type(stream)(Agent(elsewhere, agent.workspace, agent.run), stream.made).close(units=5)
        for ask in (
            agent.ask("GET", f"runs/{agent.run}/streams/{stream.id}"), agent.do(f"streams/{stream.id}/abort"),
            stream.close(units=5), stream.append(" more", offset=5), stream.append(" more", offset=5, wait=False),
        ):  # fmt: skip
            problem = await refused(ask)
            assert (problem.code, problem.body["state"], problem.body["units"]) == ("stream_over", "closed", 5)
        (told,) = (await agent.ask("GET", f"runs/{agent.run}"))["streams"]
        assert (told["state"], told["units"]) == ("closed", 5)


async def test_a_paused_stream_of_an_agent_that_is_there_goes_on_after_longer_than_its_lease(place: Place) -> None:
    item = await place.script("")
    async with place.agent() as agent, place.person("ada", 1) as ada:
        await agent.read(item)
        stream = await agent.stream(item, line=1, lease_s=2.0)
        await ada.ask("POST", f"runs/{agent.run}/pause", {})
        await stream.append("waits", wait=False)
        began = time.monotonic()
        while time.monotonic() - began < 4.5:  # its agent renews the lease, as the page says
            await stream.append("", offset=5, wait=False)
            await asyncio.sleep(0.1)  # the pace of an agent
        await ada.ask("POST", f"runs/{agent.run}/resume", {})
        await stream.close(units=5)
        assert await ada_text(ada, item) == "waits"
