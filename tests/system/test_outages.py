"""Postgres that takes nothing, refuses the login, stands behind a pooler or has little room: said and lived through."""

import asyncio
import re
import secrets
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

import draftwire
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.limits.tuning import SNAPSHOT_BYTES
from draftwire_server.settings import from_env
from draftwire_server.store.migrate import Migration, load_migrations, migrate
from draftwire_server.store.postgres import LANES, POOL_LEAST, POOL_MOST, PooledByTransaction, check_sessions, share
from tests.cli.test_check import KEYS, clean_environment, found, wrong
from tests.conftest import Databases
from tests.system.cluster import Cluster, cluster
from tests.system.pgbouncer import pooled
from tests.system.small_disk import NoDiskToFill, small_disk
from tests.system.world import EVERYTHING, World, world
from tests.waiting import until

__all__ = ["clean_environment"]  # used by pytest
pytestmark = pytest.mark.slow


def name_of(database_url: str) -> str:
    return database_url.partition("@/")[2].partition("?")[0]


async def ready(server: Cluster, worker: int = 0) -> bool:
    async with server.http(worker) as http:
        return (await http.get("/readyz")).status_code == 200


@asynccontextmanager
async def typing(home: World) -> AsyncIterator[Any]:
    """Ada's own draft, open."""
    item = await home.item("ada", None)
    async with draftwire.connect(home.server.worker_url(0), home.token("ada")) as client:
        draft = await client.open(item=item, purpose="own")
        draft.insert("/content", "before\n", 0)
        await draft.saved()
        yield draft, item


class Ill(msgspec.Struct):
    """A database that takes nothing for a while."""

    url: str
    turn: Callable[[bool], Awaitable[None]]
    rows_fit: bool = False  # small ones, into pages that are there


@asynccontextmanager
async def read_only(databases: Databases) -> AsyncIterator[Ill]:
    """As a primary that was demoted: it answers every question and takes nothing."""
    async with databases.fresh() as url:
        name = name_of(url)

        async def turn(on: bool) -> None:
            how = "set default_transaction_read_only = on" if on else "reset default_transaction_read_only"
            await databases.run(f'alter database "{name}" {how}')
            await databases.run(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")

        yield Ill(url, turn)


async def refuse_as_full(url: str, on: bool, *tables: str) -> None:
    """What a full disk makes of a statement, raised by triggers."""
    connection = await asyncpg.connect(url, server_settings={"search_path": "draftwire"})
    try:
        await connection.execute(
            "create or replace function disk_full() returns trigger language plpgsql as $$"
            " begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$"
        )
        for table in tables:
            await connection.execute(
                f"create trigger full_disk before insert or update on {table} execute function disk_full()"
                if on else f"drop trigger full_disk on {table}"
            )  # fmt: skip
    finally:
        await connection.close()


@asynccontextmanager
async def as_if_full(databases: Databases) -> AsyncIterator[Ill]:
    """Where a test may have no disk of its own: what commits and what the look at the room write is refused."""
    async with databases.fresh() as url:
        yield Ill(url, lambda on: refuse_as_full(url, on, "disk_room", "draft", "draft_op", "item"))


@asynccontextmanager
async def full_disk(databases: Databases) -> AsyncIterator[Ill]:
    try:
        async with small_disk(databases) as disk:

            async def turn(on: bool) -> None:
                await asyncio.to_thread(disk.fill if on else disk.empty)

            yield Ill(disk.database_url, turn, rows_fit=True)
    except NoDiskToFill:
        pytest.skip("no right to mount a small disk")


@pytest.mark.parametrize("illness", [read_only, as_if_full, full_disk])
async def test_a_database_that_takes_nothing_stops_nobody_and_is_told(
    services: Embedded, databases: Databases, illness: Callable[[Databases], AbstractAsyncContextManager[Ill]]
) -> None:
    large, heavy = secrets.token_hex(25_000), secrets.token_hex(50_000)  # fit into no page that is there
    async with (
        illness(databases) as ill,
        cluster(ill.url, services.redis_url, workers=1) as server,
        world(server, ill.url) as home,
    ):
        await home.member("ada", "admin")
        worker = await server.pid(0)
        async with typing(home) as (draft, item), typing(home) as (other, _), home.http("ada") as http:
            fresh = await home.item("ada", None)
            await ill.turn(True)
            began, lines = time.monotonic(), server.log.count("\n")
            draft.insert("/content", large, 0)
            other.insert("/content", heavy, 0)

            async def unready() -> bool:
                return not await ready(server)

            await until(unready, "it says that it can't write", within_s=30)
            assert (await http.get(f"items/{item}")).status_code == 200
            refused = await http.post("items", json={"kind": "script", "path": "f/a/b", "value": {"content": large}})
            assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
            if not ill.rows_fit:
                await first_edit_is_refused(home, fresh)
            looked = await found(DATABASE_URL=ill.url, **KEYS)
            assert "writing" in wrong(looked)
            assert server.log.count("\n") - lines < 10
            assert draft.status in ("saving", "waiting")
            await ill.turn(False)
            await asyncio.wait_for(draft.saved(), 30)
            await asyncio.wait_for(other.saved(), 30)
            await until(lambda: ready(server), "it is ready again", within_s=30)
            most = 8 + 2 * (time.monotonic() - began)  # pauses that soon are half a second at the least
        assert await server.pid(0) == worker
        for what in ("a lane", "an edit of much work"):
            told = re.findall(f"{what} can't (?:be committed|commit): (.*)", server.log)
            assert len(told) == 2, (what, told)
            assert 0 < int(re.sub(r"\D", "", told[1])) < most, "said once, then a count"
        server.assert_no_error()


async def first_edit_is_refused(home: World, item: str) -> None:
    """It would begin its draft: nothing is kept for it, its client tries again."""
    async with await home.socket("ada") as socket:
        await socket.next("welcome")
        state = await socket.ask("state", t="open", ref=1, item=item, purpose="own")
        refused = await socket.ask(
            "refused", t="edit", draft=state["draft"], generation=1, base=0, mark=state["mark"], seen=0, no=1,
            key=secrets.token_urlsafe(8), ops=[{"op": "text", "at": "/content", "s": [[0, 0, "x"]]}],
        )  # fmt: skip
        assert (refused["code"], refused["retry"]) == ("unavailable", True)


async def test_a_worker_is_ready_again_when_nothing_is_left_that_could_not_be_committed(
    database_url: str, services: Embedded
) -> None:
    """Nobody sends a worker anything that is not ready, so no other commit would tell."""
    async with cluster(database_url, services.redis_url, workers=1) as server, world(server, database_url) as home:
        await home.member("ada", "admin")
        ben = await home.member("ben", team=EVERYTHING)
        item = await home.item("ada", "f/team/a")
        async with draftwire.connect(home.server.worker_url(0), home.token("ben")) as client:
            draft = await client.open(item=item, purpose="shared")
            draft.insert("/content", "before\n", 0)
            await draft.saved()
            await refuse_as_full(database_url, True, "draft_op")
            draft.insert("/content", "meanwhile\n", 0)

            async def unready() -> bool:
                return not await ready(server)

            await until(unready, "it says that it can't write", within_s=30)
            await home.rows("delete from access_grant where user_id = $1", ben)
            await until(lambda: ready(server), "what waited was refused", within_s=30)
        server.assert_no_error()


async def test_a_snapshot_that_can_not_be_written_is_said_once_and_made_later(
    database_url: str, services: Embedded
) -> None:
    async with cluster(database_url, services.redis_url, workers=1) as server, world(server, database_url) as home:
        await home.member("ada", "admin")
        async with typing(home) as (draft, _):
            await refuse_as_full(database_url, True, "draft_snapshot")
            draft.insert("/content", "x" * 2 * SNAPSHOT_BYTES, 0)
            for _ in range(20):
                await draft.saved()
                draft.insert("/content", "y", 0)
            await until(lambda: "no snapshot can be written" in server.log, "it is said")
            assert server.log.count("no snapshot can be written") == 1
            await refuse_as_full(database_url, False, "draft_snapshot")

            async def made() -> bool:
                draft.insert("/content", "z", 0)
                await draft.saved()
                return bool(await home.rows("select from draft_snapshot where draft_id = $1 and seq > 0", draft.id))

            await until(made, "a later batch brings it", within_s=30)
            await until(lambda: "no snapshot can be written: over" in server.log, "its end is said")
        server.assert_no_error()


async def test_a_login_that_is_refused_ends_no_worker(
    database_url: str, services: Embedded, databases: Databases
) -> None:
    name = name_of(database_url)
    role = "rotated"
    await databases.run(f"create role {role} login")
    await databases.run(f"grant draftwire to {role}")
    url = database_url.replace("//draftwire@", f"//{role}@")
    try:
        await databases.run(f'alter role {role} in database "{name}" set role draftwire')
        async with cluster(url, services.redis_url, workers=2) as server:
            before = [await server.pid(index) for index in range(2)]
            await databases.run(f"alter role {role} nologin")
            await databases.run(f"select pg_terminate_backend(pid) from pg_stat_activity where usename = '{role}'")

            async def unready() -> bool:
                return not await ready(server, 0) and not await ready(server, 1)

            await until(unready, "both say so", within_s=30)
            await databases.run(f"alter role {role} login")
            for index in range(2):
                await until(lambda index=index: ready(server, index), "it is ready again", within_s=30)
            assert [await server.pid(index) for index in range(2)] == before
            server.assert_no_error()
    finally:
        await databases.run(f"drop role {role}")


async def test_through_a_pooler_that_keeps_sessions_everything_works(database_url: str, services: Embedded) -> None:
    async with pooled(database_url, "session") as url:
        looked = await found(DATABASE_URL=url, REDIS_URL=services.redis_url, **KEYS)
        assert not wrong(looked), looked
        async with cluster(url, services.redis_url, workers=1) as server, world(server, database_url) as home:
            await home.member("ada", "admin")
            async with typing(home) as (draft, _):
                draft.insert("/content", "through it\n", 0)
                await draft.saved()
            server.assert_no_error()


async def test_a_pooler_that_changes_connections_is_refused_in_one_sentence(
    database_url: str, services: Embedded, tmp_path: Path
) -> None:
    for more in ((), ("ignore_startup_parameters = search_path,jit",), ("default_pool_size = 1",)):
        async with pooled(database_url, "transaction", *more) as url:
            settings = from_env({"DATABASE_URL": url, **KEYS})
            with pytest.raises(PooledByTransaction):
                await check_sessions(settings)
    async with pooled(database_url, "transaction") as url:
        assert wrong(await found(DATABASE_URL=url, **KEYS)) == ["sessions"]
        server = Cluster(url, services.redis_url, tmp_path)
        await server.spawn()
        assert await server.ended() == 2
        assert "pool_mode = session" in server.log


def test_what_there_is_of_connections_is_shared() -> None:
    assert share(100, 2) == POOL_MOST
    assert share(14, 2) == 7 - LANES
    assert share(2 * (LANES + POOL_LEAST), 2) == POOL_LEAST
    assert share(2 * (LANES + POOL_LEAST) - 1, 2) is None


async def test_with_little_room_every_worker_has_its_share_and_with_too_little_none_starts(
    database_url: str, services: Embedded, databases: Databases, tmp_path: Path
) -> None:
    name = name_of(database_url)
    await databases.run(f'alter database "{name}" connection limit 11')
    looked = {f["about"]: f for f in await found(DATABASE_URL=database_url, DRAFTWIRE_WORKERS="2", **KEYS)}
    assert looked["connections"]["state"] == "warning"
    async with cluster(database_url, services.redis_url, workers=2) as server:
        for index in range(2):
            await until(lambda index=index: ready(server, index), "each has its share", within_s=30)
        assert "each worker takes 5" in server.log
    await databases.run(f'alter database "{name}" connection limit 9')
    refused = Cluster(database_url, services.redis_url, tmp_path)
    await refused.spawn()
    assert await refused.ended() == 2
    assert "2 worker(s) need 10 connections" in refused.log


async def test_workers_and_their_replacements_go_on_while_the_next_release_migrates(
    database_url: str, services: Embedded
) -> None:
    """The next release: ours with one more migration, with which ours can run."""
    steps = load_migrations()
    number = len(steps) + 1
    following = Migration(number, "next", f"-- runs-from: {number - 1:04d}\ncreate table next_release (x integer);")
    async with cluster(database_url, services.redis_url, workers=2) as server, world(server, database_url) as home:
        await home.member("ada", "admin")
        async with typing(home) as (draft, _):
            assert await migrate(database_url, migrations=[*steps, following]) == [f"{number:04d}_next"]
            for index in range(2):
                draft.insert("/content", f"while {index} is replaced\n", 0)
                await server.replace(index)
                await asyncio.wait_for(draft.saved(), 30)
        assert await migrate(database_url) == []  # rolled back to: nothing to do
        server.assert_no_error()


async def test_on_a_schema_that_is_none_of_ours_the_workers_that_serve_go_on(
    database_url: str, services: Embedded
) -> None:
    steps = load_migrations()
    following = Migration(len(steps) + 1, "next", "create table next_release (x integer);")
    async with cluster(database_url, services.redis_url, workers=2) as server:
        await migrate(database_url, migrations=[*steps, following])
        await server.kill(0)

        async def tried() -> bool:
            return "worker-0 ended (exit code 3)" in server.log

        await until(tried, "its replacement finds another schema", within_s=30)
        assert await ready(server, 1)
        assert server.process is not None
        assert server.process.returncode is None


def test_every_new_migration_says_which_release_can_run_with_it() -> None:
    for step in load_migrations()[18:]:
        assert step.runs_from < step.number, f"{step.number:04d}_{step.name} says no `-- runs-from: NNNN`"
