"""What `serve` refuses, with which exit code and which sentence; and what it bears."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import httpx
import pytest

from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.store.migrate import load_migrations
from tests.system.cluster import Cluster, cluster
from tests.waiting import until

pytestmark = pytest.mark.slow


async def outcome(database_url: str, redis_url: str | None, directory: Path, **more: Any) -> tuple[int, str]:
    server = Cluster(database_url, redis_url, directory, **more)
    await server.spawn()
    return await server.ended(), server.log


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_an_older_schema_ends_with_3_and_names_the_command_that_mends_it(
    empty_database_url: str, redis_url: str, tmp_path: Path
) -> None:
    code, log = await outcome(empty_database_url, redis_url, tmp_path)
    assert code == 3
    assert "run `draftwire migrate`" in log


async def test_a_newer_schema_ends_with_3(database_url: str, redis_url: str, tmp_path: Path) -> None:
    number = len(load_migrations()) + 1
    await execute(
        database_url,
        f"insert into draftwire.schema_migration (number, name, digest) values ({number}, 'later', 'x')",
    )
    code, log = await outcome(database_url, redis_url, tmp_path)
    assert code == 3
    assert "later release" in log


async def test_more_workers_than_one_need_redis(database_url: str, tmp_path: Path) -> None:
    code, log = await outcome(database_url, None, tmp_path, workers=2)
    assert code == 2
    assert "REDIS_URL" in log


async def test_wrong_settings_end_with_2_and_are_all_named(database_url: str, tmp_path: Path) -> None:
    wrong = {"DRAFTWIRE_TOKEN_KEYS": "short", "DRAFTWIRE_LOG_LEVEL": "loud"}
    code, log = await outcome(database_url, None, tmp_path, workers=1, environ=wrong)
    assert code == 2
    assert "DRAFTWIRE_TOKEN_KEYS" in log
    assert "DRAFTWIRE_LOG_LEVEL" in log


async def test_a_database_that_is_away_at_the_start_is_waited_for(redis_url: str) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:9/nothing"  # the discard port: nobody listens
    async with cluster(nowhere, redis_url) as server:
        async with httpx.AsyncClient() as client:
            assert (await client.get(f"{server.url}/healthz")).status_code == 200
        assert all(worker.starts == 1 for worker in await server.workers())


async def ready(server: Cluster) -> dict[str, Any] | None:
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"{server.url}/readyz")
    return answer.json() if answer.status_code == 200 else None


def away(database_url: str, directory: Path) -> tuple[str, Path]:
    """Give a URL under which the database can't be found yet, and the link that will lead to it."""
    link = directory / "later"
    host = parse_qs(urlsplit(database_url).query)["host"][0]
    return database_url.replace(quote(host, safe=""), quote(str(link), safe="")), link


async def test_not_ready_until_the_database_is_there_and_ready_then(
    database_url: str, redis_url: str, services: Embedded, tmp_path: Path
) -> None:
    url, link = away(database_url, tmp_path)
    async with cluster(url, redis_url) as server:
        assert await ready(server) is None
        link.symlink_to(services.run)
        await until(lambda: ready(server), "every worker is ready")
        assert all(worker.starts == 1 for worker in await server.workers())


async def test_a_database_that_turns_up_with_an_older_schema_ends_the_server_with_3(
    empty_database_url: str, redis_url: str, services: Embedded, tmp_path: Path
) -> None:
    url, link = away(empty_database_url, tmp_path)
    async with cluster(url, redis_url) as server:
        link.symlink_to(services.run)
        assert await server.ended() == 3
        assert "draftwire migrate" in server.log


async def test_without_redis_at_the_start_the_server_serves_degraded(database_url: str) -> None:
    async with cluster(database_url, "redis://127.0.0.1:9/0") as server:
        body = await until(lambda: ready(server), "ready without Redis")
        assert body is not None
        assert body["degraded"]


async def test_a_database_that_refuses_us_ends_with_a_sentence(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    code, log = await outcome(database_url.replace("/test_", "/missing_"), redis_url, tmp_path)
    assert code == 1
    assert "Postgres refused the connection" in log
    assert "Traceback" not in log


async def test_migrate_and_serve_need_nothing_of_each_other(empty_database_url: str, redis_url: str) -> None:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("DRAFTWIRE_")}
    command = (sys.executable, "-m", "draftwire_server", "migrate")
    for expected in ("applied 0001_", "up to date"):
        process = await asyncio.create_subprocess_exec(
            *command, env=environ | {"DATABASE_URL": empty_database_url}, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert process.returncode == 0
        assert expected in out.decode()
    async with cluster(empty_database_url, redis_url):
        pass
