"""A run over the SDK: its tools and streams over the WebSocket, over outages, and what people do with it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import draftwire
from draftwire import Problem, Run
from draftwire.document.ops import Text
from draftwire.rest.tools import InsertText, StrReplace
from draftwire.sdk import sync
from draftwire_server.store.agents import runs as run_store
from tests.agents.conftest import AT, TEXT, Place
from tests.system.world import store
from tests.waiting import until


@asynccontextmanager
async def working(place: Place, item: str, worker: int = 0, **more: Any) -> AsyncIterator[Run]:
    label = more.pop("label", "a piece of work")
    async with (
        place.world.connect("ada", worker, agent="helper") as client,
        client.run(item, label=label, **more) as run,
    ):
        yield run


def api(place: Place, user: str = "ada", **more: Any) -> draftwire.Api:
    return draftwire.Api(place.world.server.url, place.world.server.token(user), **more)


async def cut(run: Run) -> None:
    """Cut the run's connection, and wait until that is noticed: it comes back by itself."""
    before = run._client.reconnects
    await until(lambda: run.connected, "it is connected")
    await run._client.drop_connection()
    await until(lambda: run._client.reconnects > before, "the cut is noticed")


async def text_of(place: Place, item: str) -> str:
    async with api(place) as person:
        return str((await person.drafts.of_item(item)).value["content"])


async def test_a_run_reads_searches_and_edits_and_is_over_with_its_block(place: Place) -> None:
    item = await place.script()
    async with working(place, item, label="sum exactly", model="some-model") as run:
        told = await run.read(AT, first=2, last=2)
        assert (told.text, told.lines) == ("    return sum(rows)\n", 6)
        found = await run.search("rows)", item=item)
        assert [match.line for match in found.matches] == [1, 2, 5, 6]
        done = await run.str_replace(AT, "sum(rows)", "fsum(rows)")
        assert (done.outcomes[0].first, done.outcomes[0].last) == (2, 2)
        await run.insert(AT, "from math import fsum", line=1)
        await run.replace_lines(AT, 7, 7, "    return total(rows) // len(rows)\n", read_seq=(await run.read(AT)).seq)
        await run.set("/summary", "Adds up")
        await run.read("/schema")
        await run.set("/schema/title", "rows")
        await run.remove("/schema/title")
        wanted = "from math import fsum\n" + TEXT.replace("sum(", "fsum(").replace("/ len", "// len")
        assert (await run.read(AT)).text == wanted
        async with api(place) as person:
            seen = await person.runs.get(run.id)
            assert (seen.label, seen.model, seen.state) == ("sum exactly", "some-model", "running")
            assert [draft.item for draft in seen.drafts] == [item]
    async with api(place) as person:
        assert (await person.runs.get(run.id)).state == "ended"
    with pytest.raises(Problem) as caught:
        await run.read(AT)
    assert caught.value.code == "run_ended"


async def test_elements_of_a_flow_are_added_moved_and_removed(place: Place) -> None:
    async with api(place, agent="helper") as agent:
        item = (await agent.items.create("flow", path="f/payments/sdk_flow")).item
    module = {"value": {"type": "rawscript", "language": "python3", "content": "x = 1\n"}}
    async with working(place, item) as run:
        await run.read()
        await run.add("/value/modules", {"id": "a", **module})
        await run.add("/value/modules", {"id": "b", **module}, before="a")
        await run.move("b", "/value/modules", after="a")
        assert [each["id"] for each in (await run.read("/value/modules")).value] == ["a", "b"]
        await run.remove("a")
        assert [each["id"] for each in (await run.read("/value/modules")).value] == ["b"]


async def test_edits_in_parallel_land_and_each_refusal_says_what_to_do(place: Place) -> None:
    item = await place.script("".join(f"row_{n} = {n}\n" for n in range(6)))
    async with working(place, item) as run, place.world.connect("ada", 1) as ada:
        seq = (await run.read(AT)).seq
        draft = await ada.open(item=item)
        draft.edit(Text(AT, ((4, 1, "zero"),)))
        await draft.saved()
        done = await asyncio.gather(
            *(run.str_replace(AT, f"row_{n} = {n}", f"row_{n} = {n + 100}", read_seq=seq) for n in range(6)),
            return_exceptions=True,
        )
        problem = done[0]
        assert isinstance(problem, Problem)
        assert (problem.code, problem.retry, problem.detail["by"]["name"]) == ("stale_region", True, "Ada Lovelace")
        assert "row_zero" in problem.detail["text"]
        assert not [each for each in done[1:] if isinstance(each, BaseException)]
        each = await run.edit(
            [StrReplace(AT, "row_zero = 0", "row_zero = 1"), StrReplace(AT, "nothing", "x")],
            atomic=False, read_seq=draft.seq,
        )  # fmt: skip
        assert [outcome.refused and outcome.refused.code for outcome in each.outcomes] == [None, "no_match"]
        with pytest.raises(Problem, match="no_match"):
            await run.edit([InsertText(AT, "# all\n", 1), StrReplace(AT, "nothing", "x")])
        assert "# all" not in await text_of(place, item)


async def test_who_is_no_agent_begins_no_run(place: Place) -> None:
    async with place.world.connect("ada") as client:
        with pytest.raises(Problem) as caught:
            async with client.run(label="x"):
                raise AssertionError
    assert caught.value.code == "forbidden"


async def test_people_see_what_a_run_does_and_it_hears_what_they_say(place: Place) -> None:
    item = await place.script()
    async with working(place, item, label="tidy up") as run, place.world.connect("ada", 1) as ada, api(place) as person:
        ada.subscribe(f"item:{item}")
        await run.doing("waiting for review")

        def seen() -> bool:
            return any(
                (entry.doing, entry.label, entry.run) == ("waiting for review", "tidy up", run.id)
                for entry in ada.presence.get(item, {}).values()
            )

        await until(seen, "the agent is seen with its run")
        heard: list[tuple[str, str | None]] = []

        async def listen() -> None:
            heard.extend([(event.type, event.text) async for event in run.events()])

        listening = asyncio.create_task(listen())
        await asyncio.sleep(0)
        await person.runs.note(run.id, "use the other table")
        await person.runs.pause(run.id)
        await until(lambda: run.state == "paused", "the pause is heard")
        waiting = asyncio.create_task(run.resumed())
        with pytest.raises(Problem) as caught:
            await run.str_replace(AT, "sum", "x", read_seq=0)
        assert (caught.value.code, caught.value.retry) == ("run_paused", True)
        await person.runs.resume(run.id)
        await waiting
        await person.runs.stop(run.id, "enough")
        await listening
        assert heard == [
            ("note", "use the other table"), ("paused", None), ("resumed", None), ("stopped", "enough"),
        ]  # fmt: skip


async def test_what_redis_lost_is_heard_all_the_same(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("draftwire.sdk.run.LOOK_S", 0.1)
    item = await place.script()
    async with working(place, item) as run:
        reading = aiter(run.events())
        first = asyncio.ensure_future(anext(reading))
        await asyncio.sleep(0)
        async with store(place.world.database_url) as connection:  # as if its message had been lost
            await run_store.add_event(connection, place.workspace, run.id, "note", actor=None, text="unheard")
        assert (await first).text == "unheard"
        await reading.aclose()  # type: ignore[attr-defined]


async def test_a_stream_is_whole_over_cut_connections(place: Place) -> None:
    item = await place.script("")
    pieces = [f"{n:05} 😀\n" for n in range(600)]
    async with place.world.connect("ada", agent="helper") as client, client.run(item, label="write") as run:
        await run.read(AT)
        async with run.stream(AT, line=1) as stream:
            for n, piece in enumerate(pieces):
                await stream.write(piece)
                if n % 150 == 75:
                    await cut(run)
            await stream.flush()
            assert stream.units == sum(9 for _ in pieces)
        assert run._client.reconnects >= 2
    assert await text_of(place, item) == "".join(pieces)


async def test_a_block_that_fails_aborts_its_stream_and_what_is_there_stays(place: Place) -> None:
    item = await place.script("")
    async with working(place, item) as run:
        await run.read(AT)
        with contextlib.suppress(ZeroDivisionError):
            async with run.stream(AT, line=1) as stream:
                await stream.write("half")
                raise ZeroDivisionError
        async with run.stream(AT, line=1) as other:
            with pytest.raises(Problem, match="bad_text"):
                await other.write("a\0")
            await other.write("whole ")
        async with api(place) as person:
            states = {each.id: each.state for each in (await person.runs.get(run.id)).streams}
        assert (states[stream.id], states[other.id]) == ("aborted", "closed")
    assert "half" in await text_of(place, item)


async def test_a_stop_makes_all_that_waits_raise_at_once(place: Place) -> None:
    item = await place.script("")
    async with working(place, item) as run, api(place) as person:
        await run.read(AT)

        async def write() -> None:
            async with run.stream(AT, line=1) as stream:
                await stream.write("begun ")
                await stream.flush()
                await person.runs.pause(run.id)
                await until(lambda: run.state == "paused", "the pause is heard")
                while True:
                    await stream.write("x" * 1000)

        writing = asyncio.create_task(write())
        await until(lambda: any(stream._out.full for stream in run.streams.values()), "the writer is held up")
        waiting = [writing, asyncio.create_task(run.resumed())]
        await person.runs.stop(run.id)
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert [getattr(each, "code", None) for each in done] == ["run_stopped", "run_stopped"]
        with pytest.raises(Problem, match="run_stopped"):
            await run.read(AT)
    assert await text_of(place, item) == "begun "


async def test_a_stream_goes_on_when_the_run_is_resumed(place: Place) -> None:
    item = await place.script("")
    async with working(place, item) as run, api(place) as person:
        await run.read(AT)
        async with run.stream(AT, line=1) as stream:
            await stream.write("one ")
            await stream.flush()
            await person.runs.pause(run.id)
            await stream.write("two ")
            await person.runs.resume(run.id)
        assert stream.units == 8
    assert await text_of(place, item) == "one two "


async def test_a_run_that_is_begun_twice_with_one_key_is_one(place: Place) -> None:
    async with api(place, agent="helper") as one, api(place, agent="helper") as two, api(place, agent="other") as other:
        begun = await asyncio.gather(
            *(each.runs.begin("work", idempotency_key="k1") for each in (one, two, one, two, other))
        )
        assert len({run.id for run in begun[:4]}) == 1
        assert begun[4].id != begun[0].id
        await one.runs.end(begun[0].id)
        assert (await two.runs.begin("work", idempotency_key="k1")).state == "ended"
        with pytest.raises(Problem, match="idempotency_reused"):
            await two.runs.begin("other work", idempotency_key="k1")


async def test_tools_and_streams_over_http_are_methods_too(place: Place) -> None:
    item = await place.script()
    async with api(place, agent="helper") as agent:
        run = (await agent.runs.begin("over http", item=item)).id
        seq = (await agent.runs.read(run, item=item, at=AT)).seq
        await agent.runs.edit(run, [StrReplace(AT, "sum(rows)", "0")], item=item, read_seq=seq, idempotency_key="e")
        assert (await agent.runs.search(run, "return 0", item=item)).matches[0].line == 2
        place_there = draftwire.rest.streams.NewStream(at=AT, item=item, line=1)
        stream = await agent.runs.open_stream(run, place_there)
        await agent.runs.append(run, stream.id, "# top\n", offset=0)
        assert (await agent.runs.stream(run, stream.id)).units == 6
        assert (await agent.runs.close_stream(run, stream.id, 6)).state == "closed"
        again = await agent.runs.open_stream(run, place_there)
        assert (await agent.runs.abort_stream(run, again.id)).state == "aborted"
        assert run in [each.id for each in (await agent.runs.page(mine=True, state=("running",), item=item)).runs]
        await agent.runs.note(run, "well done")
        await agent.runs.end(run)
        assert [event.type async for event in agent.runs.follow(run)] == ["note", "ended"]
        assert (await text_of(place, item)).startswith("# top\ndef total(rows):\n    return 0\n")


async def test_all_of_it_without_await(place: Place) -> None:
    item = await place.script()
    server = place.world.server

    def script() -> list[str]:
        with sync.connect(server.url, server.token("ada"), agent="helper") as client:
            with client.run(item, label="no await") as run:
                assert "sum(rows)" in str(run.read(AT).text)
                run.str_replace(AT, "sum(rows)", "0")
                with run.stream(AT, line=1) as stream:
                    stream.write("# one\n")
                    stream.write("# two\n")
                with pytest.raises(Problem, match="no_match"):
                    run.str_replace(AT, "not there", "x")
                with pytest.raises(ZeroDivisionError), run.stream(AT, line=1) as stream:
                    raise ZeroDivisionError
                with pytest.raises(KeyboardInterrupt), run.stream(AT, line=1) as stream:
                    raise KeyboardInterrupt
                client.api.runs.note(run.id, "hello")
                assert next(run.events()).text == "hello"
                run.doing("waiting for review")
                draft = client.open(item=item)
                draft.insert(AT, "# end\n")
                draft.saved()
                assert [each.id for each in client.api.runs.page(mine=True).runs].count(run.id) == 1
            with pytest.raises(Problem, match="run_ended"):
                run.read(AT)
        with sync.Api(server.url, server.token("ada")) as http:
            assert http.me().actor.kind == "user"
            assert item in [each.id for each in http.items.list(folder="f/payments")]
            return str(http.drafts.of_item(item).value["content"]).split("\n")

    lines = await asyncio.to_thread(script)
    assert lines[:4] == ["# one", "# two", "def total(rows):", "    return 0"]
    assert lines[-2] == "# end"


async def test_a_stream_that_goes_from_worker_to_worker_and_back_is_whole(place: Place) -> None:
    item = await place.script("")
    server = place.world.server
    async with working(place, item) as run:
        await run.read(AT)
        async with run.stream(AT, line=1) as stream:
            for n in range(6):
                run._client._url = draftwire.sdk.client.websocket_url(server.worker_url(n % 2))
                await cut(run)
                await stream.write(f"{n} ")
                await stream.flush()
    assert await text_of(place, item) == "0 1 2 3 4 5 "


async def test_a_run_takes_back_what_it_did_and_leaves_what_people_wrote(place: Place) -> None:
    item = await place.script()
    async with working(place, item) as run, api(place) as person:
        await run.read(AT)
        await run.str_replace(AT, "sum(rows)", "fsum(rows)")
        async with place.world.connect("ada", 1) as ada:
            draft = await ada.open(item=item)
            draft.insert(AT, "# mine\n", 0)
            await draft.saved()
        changes = await person.runs.changes(run.id)
        assert [hunk.state for draft_ in changes.drafts for hunk in draft_.hunks] == ["standing"]
        undone = await run.undo()
        assert [len(draft_.done) for draft_ in undone.drafts] == [1]
        assert await text_of(place, item) == "# mine\n" + TEXT
        await person.runs.redo(run.id)
        assert "fsum" in await text_of(place, item)


async def test_suggestions_are_listed_accepted_and_rejected(place: Place) -> None:
    item = await place.script()
    async with working(place, item, mode="suggest") as run, api(place) as person:
        await run.read(AT)
        await run.edit([StrReplace(AT, "sum(rows)", "fsum(rows)"), StrReplace(AT, "def mean", "def avg")])
        draft = await person.drafts.of_item(item)
        (suggested,) = await person.suggestions.list(draft.draft, item=item)
        hunks = (await person.suggestions.get(suggested.id)).hunks
        assert [hunk.applies for hunk in hunks] == [True, True]
        await person.suggestions.accept(suggested.id, hunks=[hunks[0].id])
        await person.suggestions.reject(suggested.id)
        assert await text_of(place, item) == TEXT.replace("sum(rows)", "fsum(rows)")
