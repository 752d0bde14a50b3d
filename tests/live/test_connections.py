"""A session is in one connection, and in none that is over."""

import asyncio
import secrets
from pathlib import Path
from typing import Any

import pytest

from draftwire_server.services.runtime import Runtime
from tests.live.in_process import workers_here
from tests.system.world import world
from tests.waiting import until


async def test_a_connection_that_is_lost_in_its_hello_leaves_the_session_free(
    database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()
    workers: list[Runtime] = []

    async def check_run(self: Runtime, *_: Any) -> None:
        workers.append(self)
        asked.set()
        await go_on.wait()

    monkeypatch.setattr(Runtime, "check_run", check_run)
    async with workers_here(database_url, redis_url, tmp_path, 1) as server, world(server, database_url) as home:
        await home.member("ada", "admin")
        session = secrets.token_urlsafe(16)
        lost = await home.socket("ada", session=session)
        await asked.wait()
        await lost.connection.close()

        async def over() -> bool:
            return len(workers[0].connections) == 0

        await until(over, "the worker knows that the connection is over")
        go_on.set()
        async with await home.socket("ada", session=session) as socket:
            assert (await socket.next("welcome"))["t"] == "welcome"  # else it would be closed: the session is elsewhere
            workers[0].connections.check()
            assert len(workers[0].connections) == 1
