"""Tools, streams and a run's events over a bare WebSocket, as a client in any language would use them."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import draftwire
from draftwire_server.ws.connection import INBOX_MESSAGES
from tests.agents.conftest import AT, TEXT, Agent, Place
from tests.waiting import until


class Socket:
    """A socket of an agent that has said hello."""

    def __init__(self, connection: Any, run: str) -> None:
        self.connection = connection
        self.run = run
        self._ref = 0

    async def send(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def next(self, *wanted: str) -> dict[str, Any]:
        """The next message of these types; pings are answered, others passed over."""
        async with asyncio.timeout(60):
            while True:
                message: dict[str, Any] = json.loads(await self.connection.recv())
                if message["t"] == "ping":
                    await self.send(t="pong", n=message["n"])
                elif message["t"] in wanted:
                    return message

    async def call(self, tool: str, body: Any = None, **more: Any) -> dict[str, Any]:
        self._ref += 1
        await self.send(t="call", ref=self._ref, tool=tool, run=self.run, body=body, **more)
        answer = await self.next("answer", "error")
        assert answer["ref"] == self._ref
        return answer

    async def append(self, stream: str, offset: int, text: str) -> None:
        await self.send(t="append", run=self.run, stream=stream, offset=offset, text=text)


@asynccontextmanager
async def socket(place: Place, agent: Agent, worker: int = 0) -> AsyncIterator[Socket]:
    token = place.world.server.token("ada", agent="helper")
    connection, welcome = await place.world.socket("ada", worker, token=token, run=agent.run)
    assert welcome["t"] == "welcome", welcome
    async with connection:
        yield Socket(connection, agent.run)


async def test_tools_answer_over_the_socket_as_over_http(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, socket(place, agent) as ws:
        read = (await ws.call("read", {"item": item, "at": AT}))["body"]
        assert read["text"] == TEXT
        edit = {"do": "str_replace", "at": AT, "old": "sum(rows)", "new": "fsum(rows)"}
        done = (await ws.call("edit", {"item": item, "edits": [edit]}))["body"]
        assert done["outcomes"][0]["seq"] == read["seq"] + 1
        again = await ws.call("edit", {"item": item, "edits": [{**edit, "old": "nowhere"}]})
        assert (again["t"], again["code"]) == ("error", "no_match")
        assert (await ws.call("edit", {"edits": 7}))["code"] == "bad_message"
        found = (await ws.call("search", {"query": "fsum", "item": item}))["body"]
        assert found["matches"][0]["line"] == 2


async def test_a_stream_over_the_socket_is_told_of_once_for_many_pieces(place: Place) -> None:
    item = await place.script("")
    async with place.agent() as agent, socket(place, agent) as ws:
        await ws.call("read", {"item": item})
        stream = (await ws.call("open_stream", {"item": item, "at": AT, "line": 1}))["body"]["id"]
        text = "".join(f"{n} naïve 😀\n" for n in range(200))
        offset = 0
        for start in range(0, len(text), 11):
            piece = text[start : start + 11]
            await ws.append(stream, offset, piece)
            offset += len(piece.encode("utf-16-le")) // 2
        told = []
        while not told or told[-1]["units"] < offset:
            told.append(await ws.next("streamed"))
        assert len(told) < len(text) / 11 / 4
        assert (await ws.call("close_stream", {"units": offset}, stream=stream))["body"]["state"] == "closed"
        assert await agent.text(item) == text


async def test_a_gap_and_an_end_are_told_with_what_to_do(place: Place) -> None:
    item = await place.script("")
    async with place.agent() as agent, socket(place, agent) as ws, place.person("ada", 1) as ada:
        await ws.call("read", {"item": item})
        stream = (await ws.call("open_stream", {"item": item, "at": AT, "line": 1}))["body"]["id"]
        await ws.append(stream, 10, "later")
        gap = await ws.next("streamed")
        assert (gap["code"], gap["expected"]) == ("stream_gap", 0)
        await ws.append(stream, 0, "first")
        assert (await ws.next("streamed"))["units"] == 5
        await ada.ask("POST", f"runs/{agent.run}/notes", {"text": "use the other table"})
        note = await ws.next("run")
        assert (note["event"]["type"], note["event"]["text"], note["state"]) == (
            "note", "use the other table", "running",
        )  # fmt: skip
        assert note["event"]["by"]["name"] == "Ada Lovelace"
        await ada.ask("POST", f"runs/{agent.run}/stop", {})
        over = {(await ws.next("run", "streamed"))["t"] for _ in range(2)}
        assert over == {"run", "streamed"}
        await ws.append(stream, 5, "more")
        assert (await ws.next("streamed"))["code"] == "run_stopped"


async def test_a_stream_is_carried_on_through_another_workers_socket(place: Place) -> None:
    item = await place.script("")
    async with place.agent() as agent:
        async with socket(place, agent) as ws:
            await ws.call("read", {"item": item})
            stream = (await ws.call("open_stream", {"item": item, "at": AT, "line": 1}))["body"]["id"]
            await ws.append(stream, 0, "one ")
            await ws.next("streamed")
        async with socket(place, agent, 1) as other:
            assert (await other.call("load_stream", stream=stream))["body"]["units"] == 4
            await other.append(stream, 4, "two ")
            await other.append(stream, 8, "three")
            while (await other.next("streamed"))["units"] < 13:
                pass
            await other.call("close_stream", stream=stream)
        assert await agent.text(item) == "one two three"


async def test_hundreds_of_pieces_at_once_wait_for_a_worker_that_must_read_the_stream_first(place: Place) -> None:
    """More of them than a connection holds: they wait in the agent's own socket, and it is not closed."""
    item = await place.script("")
    pieces = [f"{n}\n" for n in range(3 * INBOX_MESSAGES)]
    async with place.agent() as agent:
        async with socket(place, agent) as ws:
            await ws.call("read", {"item": item})
            stream = (await ws.call("open_stream", {"item": item, "at": AT, "line": 1}))["body"]["id"]
        async with socket(place, agent, 1) as other:
            offset = 0
            for piece in pieces:
                await other.append(stream, offset, piece)
                offset += len(piece)
            assert (await other.call("close_stream", {"units": offset}, stream=stream))["body"]["state"] == "closed"
        assert await agent.text(item) == "".join(pieces)


async def test_more_calls_than_a_connection_holds_are_answered_in_their_order(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, socket(place, agent) as ws:
        for ref in range(3 * INBOX_MESSAGES):
            await ws.send(t="call", ref=ref, tool="read", run=agent.run, body={"item": item, "at": AT})
        assert [(await ws.next("answer"))["ref"] for _ in range(3 * INBOX_MESSAGES)] == list(range(3 * INBOX_MESSAGES))


async def test_a_person_sees_the_agent_where_it_reads_and_writes(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("ada", 1) as ada:
        await agent.read(item, at=AT, first=1, last=2)

        async def seen(doing: str) -> dict[str, Any]:
            while True:
                here = (await ada.ask("GET", f"items/{item}/presence"))["here"]
                found = [each for each in here if each.get("run") == agent.run and each["doing"].startswith(doing)]
                if found:
                    return dict(found[0])

        reading = await seen("reading lines 1–2")
        assert (reading["state"], reading["label"], reading["actor"]["name"]) == (
            "viewing", "a piece of work", "helper",
        )  # fmt: skip
        await agent.edit(item, {"do": "str_replace", "at": AT, "old": "sum(rows)", "new": "fsum(rows)"})
        editing = await seen("editing line 2")
        assert (editing["state"], editing["at"], editing["sid"]) == ("editing", AT, reading["sid"])
        log = await ada.ask("GET", f"drafts/{editing['draft']}/log")
        assert editing["sid"] in {writer["sid"] for writer in log["writers"]}
        await agent.ask("POST", f"runs/{agent.run}/end", {})
        async with asyncio.timeout(15):  # its lease would last for twenty seconds
            while any(
                each.get("run") == agent.run for each in (await ada.ask("GET", f"items/{item}/presence"))["here"]
            ):
                pass


async def test_a_run_that_only_types_live_is_heard_of_and_comes_back_when_it_was_lost(place: Place) -> None:
    """Its edits commit at once, though the row says that its agent went silent; within the next ones it goes on."""
    item = await place.script("")
    token = place.world.server.token("ada", agent="helper")

    async def state() -> str:
        (row,) = await place.world.query("select state from run where id = $1", agent.run)
        return str(row["state"])

    async with (
        place.agent() as agent,
        draftwire.connect(place.world.server.worker_url(0), token, run=agent.run) as client,
    ):
        draft = await client.open(item=item)
        for word in ("one ", "two "):  # the second comes too soon after the first to be written down
            await place.world.query(
                "update run set state = 'lost', seen_at = now() - interval '1 hour' where id = $1 returning 1",
                agent.run,
            )
            draft.insert(AT, word)
            await draft.saved()
            if word == "one ":
                await until(lambda: _is(state, "running"), "it goes on")
        assert draft.get(AT) == "one two "


async def _is(read: Callable[[], Awaitable[str]], wanted: str) -> bool:
    return await read() == wanted
