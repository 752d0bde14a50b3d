"""People's wait while 50 agents stream into one draft, and whether every agent gets its turn.

Two workers. The agents write over WebSocket, 25 each through either worker, as models give their tokens: some
characters every 40 ms or so. A person types at five keys a second through one worker, another tab on the other worker
looks on: what is measured is the time from the key to the sight of it there, committed in between. A pause of an agent
is the longest time between two of its commits, from the first to the last.

Then a run is stopped twenty times while it streams: from the request to the moment at which a tab has seen its last
batch.
"""

import asyncio
import json
import random
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import websockets

import draftwire
from draftwire.session.events import Changed
from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.cli.process.embedded import running
from draftwire_server.store.migrate import migrate
from tests.bench.figures import Figure
from tests.live.conftest import seeded
from tests.system.cluster import Cluster, cluster
from tests.system.measure import cpu_s
from tests.waiting import until as until_true

NAME = "agents"
LIMIT_S = 150.0
AGENTS = 50
SECONDS = 20.0
EVERY_S = 0.04
KEY_EVERY_S = 0.2
MOST_WAIT_MS = 100.0
MOST_PAUSE_MS = 2000.0
MOST_STOP_MS = 200.0
STOPS = 20
AT = "/content"
KEY = "§"


class Writer:
    """An agent with an open stream."""

    def __init__(self, socket: Any, run: str) -> None:
        self.socket, self.run = socket, run
        self.stream = ""
        self.sent = self.units = 0
        self.commits: list[float] = []
        self.over: str | None = None

    async def ask(self, tool: str, body: Any) -> Any:
        await self.socket.send(json.dumps({"t": "call", "ref": 1, "tool": tool, "run": self.run, "body": body}))
        while True:
            message = json.loads(await self.socket.recv())
            if message["t"] == "ping":
                await self.socket.send(json.dumps({"t": "pong", "n": message["n"]}))
            if message["t"] == "error":
                raise AssertionError(message)
            if message["t"] == "answer":
                return message["body"]

    async def listen(self) -> None:
        async for frame in self.socket:
            message = json.loads(frame)
            if message["t"] == "ping":
                await self.socket.send(json.dumps({"t": "pong", "n": message["n"]}))
            elif message["t"] == "streamed":
                if message.get("code"):
                    self.over = message["code"]
                    continue
                self.units = message["units"]
                self.commits.append(time.monotonic())

    async def write(self, text: str) -> None:
        append = {"t": "append", "run": self.run, "stream": self.stream, "offset": self.sent, "text": text}
        self.sent += len(text)
        await self.socket.send(json.dumps(append))


@asynccontextmanager
async def agent(server: Cluster, workspace: str, number: int, item: str, **place: Any) -> AsyncIterator[Writer]:
    """An agent of ada's with a stream at a place."""
    token = server.token("ada", agent=f"agent {number}")
    async with server.http(number % 2, token) as http:
        made = await http.post(f"/v1/w/{workspace}/runs", json={"label": f"part {number}"})
        assert made.status_code == 201, made.text
    run = made.json()["id"]
    url = server.worker_url(number % 2).replace("http", "ws", 1) + "/v1/ws"
    async with websockets.connect(url, subprotocols=[websockets.Subprotocol(SUBPROTOCOL)], ping_interval=None) as ws:
        await ws.send(json.dumps({"t": "hello", "session": secrets.token_urlsafe(16), "token": token, "run": run}))
        writer = Writer(ws, run)
        await writer.ask("read", {"item": item})
        writer.stream = (await writer.ask("open_stream", {"item": item, "at": AT, **place}))["id"]
        listening = asyncio.create_task(writer.listen())
        try:
            yield writer
        finally:
            listening.cancel()


async def stream_on(writer: Writer, until: float, rng: random.Random) -> None:
    """Write as a model does, some tokens at a time."""
    while time.monotonic() < until and writer.over is None:
        await writer.write("".join(rng.choice("abcdefgh \n") for _ in range(rng.randint(3, 12))))
        await asyncio.sleep(EVERY_S * rng.uniform(0.5, 1.5))


async def type_on(draft: Any, other: Any, until: float) -> list[float]:
    """Type as a person does; gives for each key how long it took to be seen in the other tab, in ms."""
    anchor = draft.anchor(AT, 0)
    waits: list[float] = []
    sent: dict[int, float] = {}
    typed = 0

    before = str(other.get(AT)).count(KEY)

    async def watch() -> None:
        async for event in other.events():
            if isinstance(event, Changed):
                now = time.monotonic()
                shown = str(other.get(AT)).count(KEY) - before
                waits.extend((now - sent[key]) * 1e3 for key in range(len(waits), shown))

    watching = asyncio.create_task(watch())
    while time.monotonic() < until:
        sent[typed] = time.monotonic()
        draft.insert(anchor, KEY)
        typed += 1
        await asyncio.sleep(KEY_EVERY_S)
    await until_true(lambda: len(waits) == typed, "every key is seen", within_s=10)
    watching.cancel()
    return waits


async def measure() -> list[Figure]:
    """Start everything, measure, stop."""
    with tempfile.TemporaryDirectory(prefix="dw-bench-") as directory:
        async with running(Path(directory)) as services:
            await migrate(services.database_url)
            _, workspace = await seeded(services.database_url)
            async with cluster(services.database_url, services.redis_url, workers=2) as server:
                item = await script(server, workspace)
                return [*await crowd(server, workspace, item), *await stops(server, workspace)]


async def script(server: Cluster, workspace: str) -> str:
    async with server.http(0, server.token("ada")) as http:
        lines = "".join(f"# part {n}\n\n" for n in range(AGENTS))
        value = {"language": "python3", "content": lines, "summary": "", "schema": {}}
        path = f"f/payments/bench_{secrets.token_hex(4)}"
        made = await http.post(f"/v1/w/{workspace}/items", json={"kind": "script", "path": path, "value": value})
        assert made.status_code == 201, made.text
        return str(made.json()["item"])


async def crowd(server: Cluster, workspace: str, item: str) -> list[Figure]:
    async with AsyncExitStack() as stack:
        typist = await stack.enter_async_context(draftwire.connect(server.worker_url(0), server.token("ada")))
        onlooker = await stack.enter_async_context(draftwire.connect(server.worker_url(1), server.token("ada")))
        draft, other = await typist.open(item=item), await onlooker.open(item=item)
        quiet = await type_on(draft, other, time.monotonic() + 4)
        writers = [
            await stack.enter_async_context(agent(server, workspace, n, item, after=f"# part {n}\n"))
            for n in range(AGENTS)
        ]
        pids = [await server.pid(n) for n in range(2)]
        used, began = sum(map(cpu_s, pids)), time.monotonic()
        until = began + SECONDS
        rng = random.Random(7)
        async with asyncio.TaskGroup() as group:
            for writer in writers:
                group.create_task(stream_on(writer, until, random.Random(rng.random())))
            typing = group.create_task(type_on(draft, other, until))
        cpu = (sum(map(cpu_s, pids)) - used) / (time.monotonic() - began)
        await until_true(lambda: all(w.units == w.sent for w in writers), "every text is whole", within_s=20)
        waits = sorted(typing.result())
        pauses = [max(b - a for a, b in zip(w.commits, w.commits[1:], strict=False)) * 1e3 for w in writers]
        commits = sum(len(writer.commits) for writer in writers)
        return [
            Figure(f"key seen by another tab, p95, beside {AGENTS} agents", _at(waits, 0.95), "ms", most=MOST_WAIT_MS),
            Figure("  p50", _at(waits, 0.5), "ms"),
            Figure("  longest", waits[-1], "ms"),
            Figure("  p95 without any agent", _at(sorted(quiet), 0.95), "ms"),
            Figure("longest pause of an agent between two commits", max(pauses), "ms", most=MOST_PAUSE_MS),
            Figure("batches of agents committed", commits / SECONDS, "/s"),
            Figure("cores used by the two workers", cpu, ""),
        ]  # fmt: skip


async def stops(server: Cluster, workspace: str) -> list[Figure]:
    """How long a stop takes, as seen by a tab: nothing more comes after that."""
    item = await script(server, workspace)
    took: list[float] = []
    async with (
        draftwire.connect(server.worker_url(0), server.token("ada")) as client,
        server.http(1, server.token("ada")) as http,
    ):
        draft = await client.open(item=item)
        last = 0.0

        async def watch() -> None:
            nonlocal last
            async for event in draft.events():
                if isinstance(event, Changed):
                    last = time.monotonic()

        watching = asyncio.create_task(watch())
        for number in range(STOPS):
            async with agent(server, workspace, number, item, line=1) as writer:
                writing = asyncio.create_task(stream_on(writer, time.monotonic() + 10, random.Random(number)))
                await until_true(lambda: len(writer.commits) >= 5, "it streams")
                began = time.monotonic()
                await _stop(http, workspace, writer.run)
                await writing
                assert writer.over == "run_stopped", writer.over
                written = (await http.get(f"/v1/w/{workspace}/items/{item}/draft")).json()["seq"]
                await until_true(lambda: draft.replica.seq >= written, "all of it is seen")  # noqa: B023 — likewise
                took.append(max(0.0, (last - began) * 1e3))
        watching.cancel()
    took.sort()
    return [
        Figure(f"from a stop to the last batch that a tab sees, longest of {STOPS}", took[-1], "ms", most=MOST_STOP_MS),
        Figure("  p50", _at(took, 0.5), "ms"),
    ]


async def _stop(http: httpx.AsyncClient, workspace: str, run: str) -> None:
    answer = await http.post(f"/v1/w/{workspace}/runs/{run}/stop", json={})
    assert answer.status_code == 200, answer.text


def _at(values: list[float], part: float) -> float:
    return values[min(len(values) - 1, int(len(values) * part))]
