"""The pool: nobody waits for a second connection while holding one."""

import asyncio

import pytest

from draftwire_server.settings import Settings, Timings
from draftwire_server.store.postgres import POOL_MOST, Database


def settings(url: str) -> Settings:
    """Nobody gives up in line while a busy machine opens the connections."""
    return Settings(url, ("k" * 32,), "r" * 32, timings=Timings(connect_timeout_s=30.0))


async def test_a_task_that_holds_a_connection_may_not_ask_for_another_one(module_database_url: str) -> None:
    database = Database(settings(module_database_url))
    try:
        async with database.acquired():
            with pytest.raises(AssertionError, match="holds a connection"):
                async with database.acquired():
                    raise AssertionError("it was lent")
            await asyncio.create_task(_ask(database))  # another task's is its own
        await asyncio.gather(*(_ask(database) for _ in range(4 * POOL_MOST)))
    finally:
        await database.close()


async def test_what_edits_wait_for_does_not_stand_in_line(module_database_url: str) -> None:
    database = Database(settings(module_database_url))
    done = asyncio.Event()

    async def hold() -> None:
        async with database.acquired():
            await done.wait()

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(2 * POOL_MOST):
                group.create_task(hold())
            await asyncio.sleep(0)
            last = group.create_task(_ask(database))
            async with asyncio.timeout(20):
                with database.ahead():
                    await asyncio.gather(_ask(database), _ask(database))
                    started = asyncio.create_task(_ask(database))
                await started
            assert not last.done()
            done.set()
    finally:
        await database.close()


async def _ask(database: Database) -> None:
    async with database.transaction() as connection:
        assert await connection.fetchval("select 1") == 1
