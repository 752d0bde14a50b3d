"""A worker's end: what stops it, in which order, and which code tells the supervisor why.

The runner is driven in this process with small apps; `tests/system/` has the whole of it as real processes.
"""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import msgspec
import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from draftwire_server.cli.process import worker
from draftwire_server.settings import Settings, Timings
from draftwire_server.store.migrate import SchemaTooOld
from tests.waiting import until

SETTINGS = Settings(database_url="", token_keys=(), resume_key="", timings=Timings(drain_s=5.0, stop_s=8.0))
IMPATIENT = msgspec.structs.replace(SETTINGS, timings=Timings(drain_s=0.3, stop_s=2.0))
ENOUGH_S = 20.0  # also where all of the machine is busy
Background = Callable[[], Awaitable[None]]


class Run:
    """A worker that runs in this process."""

    def __init__(self, app: Starlette, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        monkeypatch.setattr("draftwire_server.app.create_app", lambda settings: app)
        self.task = asyncio.create_task(worker._run(settings, [self.listener], self.theirs))

    async def ready(self) -> None:
        async with asyncio.timeout(ENOUGH_S):
            assert await asyncio.get_running_loop().sock_recv(self.ours, len(worker.READY)) == worker.READY

    async def code(self) -> int:
        async with asyncio.timeout(ENOUGH_S):
            return await self.task

    def close(self) -> None:
        for part in (self.listener, self.ours, self.theirs):
            part.close()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []
    thresholds = gc.get_threshold()

    def begin(app: Starlette, settings: Settings = SETTINGS) -> Run:
        runs.append(Run(app, monkeypatch, settings))
        return runs[-1]

    yield begin
    gc.set_threshold(*thresholds)
    gc.unfreeze()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    for made in runs:
        made.close()


def app(background: Background | None = None, starting: Background | None = None) -> Starlette:
    """An app with a task of its own under a task group, as ours has."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if starting is not None:
            await starting()
        async with asyncio.TaskGroup() as group:
            task = group.create_task(background()) if background is not None else None  # type: ignore[arg-type]
            yield
            if task is not None:
                task.cancel()

    async def hello(_: Any) -> PlainTextResponse:
        return PlainTextResponse("hello")

    return Starlette(routes=[Route("/", hello)], lifespan=lifespan)


async def get(url: str) -> str:
    async with httpx.AsyncClient(timeout=ENOUGH_S) as client:
        return (await client.get(url)).text


async def test_a_worker_serves_until_sigterm_and_then_ends_well(run: Callable[[Starlette], Run]) -> None:
    made = run(app())
    await made.ready()
    assert await get(made.url) == "hello"
    os.kill(os.getpid(), signal.SIGTERM)
    assert await made.code() == worker.EXIT_OK


async def test_while_the_app_drains_its_connections_live_and_no_new_ones_come(
    run: Callable[[Starlette], Run],
) -> None:
    drained: list[str] = []
    it = app()

    async def drain() -> None:
        drained.append((await client.get(made.url)).text)
        with pytest.raises(httpx.ConnectError):
            await get(made.url)

    it.state.drain = drain
    made = run(it)
    await made.ready()
    async with httpx.AsyncClient(timeout=ENOUGH_S) as client:
        await client.get(made.url)  # its connection is kept
        os.kill(os.getpid(), signal.SIGTERM)
        assert await made.code() == worker.EXIT_OK
    assert drained == ["hello"]


async def test_a_drain_that_hangs_is_cut(run: Callable[..., Run]) -> None:
    it = app()
    it.state.drain = asyncio.Event().wait
    made = run(it, IMPATIENT)
    await made.ready()
    os.kill(os.getpid(), signal.SIGTERM)
    assert await made.code() == worker.EXIT_OK


async def test_a_crash_of_a_background_task_ends_the_worker_though_uvicorn_would_serve_on(
    run: Callable[[Starlette], Run], caplog: pytest.LogCaptureFixture
) -> None:
    crash = asyncio.Event()

    async def background() -> None:
        await crash.wait()
        raise ZeroDivisionError("a bug")

    made = run(app(background))
    await made.ready()
    assert await get(made.url) == "hello"
    crash.set()
    assert await made.code() == worker.EXIT_CRASH
    assert "ZeroDivisionError: a bug" in caplog.text


async def test_a_foreign_schema_found_later_has_a_code_of_its_own(run: Callable[[Starlette], Run]) -> None:
    async def background() -> None:
        raise SchemaTooOld("run `draftwire migrate`", found=1, wanted=2)

    assert await run(app(background)).code() == worker.EXIT_SCHEMA


async def test_an_app_that_cannot_start_ends_the_worker(run: Callable[[Starlette], Run]) -> None:
    async def starting() -> None:
        raise OSError("no")

    assert await run(app(starting=starting)).code() == worker.EXIT_CRASH


async def test_sigterm_ends_an_app_that_is_still_starting(run: Callable[[Starlette], Run]) -> None:
    begun = asyncio.Event()

    async def starting() -> None:
        begun.set()
        await asyncio.Event().wait()

    made = run(app(starting=starting))
    await begun.wait()
    os.kill(os.getpid(), signal.SIGTERM)
    assert await made.code() == worker.EXIT_OK


async def test_after_the_start_the_collector_is_settled(run: Callable[[Starlette], Run]) -> None:
    made = run(app())
    await made.ready()
    assert gc.get_threshold() == (10_000, 5, 1_000)
    await until(lambda: gc.get_freeze_count() > 1_000, "what start-up made is out of its sight")
    os.kill(os.getpid(), signal.SIGTERM)
    await made.code()
