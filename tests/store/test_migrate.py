"""Migrations: once each, in order, whole or not at all, by however many processes at once."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from draftwire_server.cli.process.embedded import SUPERUSER, Embedded
from draftwire_server.store.migrate import (
    Migration,
    MigrationError,
    PostgresTooOld,
    SchemaChanged,
    SchemaTooNew,
    SchemaTooOld,
    check,
    load_migrations,
    migrate,
    schema_version,
)
from tests.waiting import until

ONE = Migration(1, "one", "create table a (x integer); insert into a values (1);")
TWO = Migration(2, "two", "alter table a add y integer; update a set y = x + 1;")
SLOW = Migration(1, "slow", "create table a (x integer); select pg_sleep(3600);")


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def test_the_released_files_are_numbered_without_gaps_and_apply_to_an_empty_database(
    empty_database_url: str,
) -> None:
    names = [f"{m.number:04d}_{m.name}" for m in load_migrations()]
    assert names
    assert await migrate(empty_database_url) == names
    assert await migrate(empty_database_url) == []
    async with connected(empty_database_url) as connection:
        await check(connection)
        assert await schema_version(connection) == len(names)


async def test_everything_lives_in_one_schema_of_the_operators_choice(empty_database_url: str) -> None:
    await migrate(empty_database_url, "elsewhere")
    async with connected(empty_database_url) as connection:
        used = await connection.fetch(
            "select distinct n.nspname from pg_class c join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
        )
        assert [row["nspname"] for row in used] == ["elsewhere"]
        assert await connection.fetchval("select count(*) from pg_extension where extname <> 'plpgsql'") == 0
        await check(connection, "elsewhere")
        with pytest.raises(SchemaTooOld):
            await check(connection, "draftwire")


async def test_an_ordinary_role_is_enough(empty_database_url: str) -> None:
    async with connected(empty_database_url) as connection:
        assert not await connection.fetchval("select rolsuper from pg_roles where rolname = current_user")
    assert await migrate(empty_database_url)


async def test_two_at_once_apply_each_step_once(empty_database_url: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_database_url, migrations=[ONE, TWO]) for _ in range(4)))
    assert sorted(name for names in applied for name in names) == ["0001_one", "0002_two"]
    async with connected(empty_database_url) as connection:
        assert await connection.fetch("select x, y from draftwire.a") == [(1, 2)]


async def test_two_processes_at_once_apply_each_step_once(empty_database_url: str) -> None:
    code = (
        "import asyncio, sys; from draftwire_server.store.migrate import migrate; "
        "print(len(asyncio.run(migrate(sys.argv[1]))))"
    )
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, empty_database_url, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    counts = [int((await process.communicate())[0]) for process in processes]
    assert sum(counts) == len(load_migrations())


async def test_an_interrupted_step_leaves_nothing_and_is_done_by_the_next_run(
    empty_database_url: str, services: Embedded
) -> None:
    running = asyncio.create_task(migrate(empty_database_url, migrations=[SLOW]))
    database = empty_database_url.split("/")[3].split("?")[0]
    async with connected(services.url("postgres", SUPERUSER)) as admin:
        busy = "select pid from pg_stat_activity where datname = $1 and wait_event = 'PgSleep'"
        pid = await until(lambda: admin.fetchval(busy, database), "the step is in its middle")
        await admin.execute("select pg_terminate_backend($1)", pid)
    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await running
    async with connected(empty_database_url) as connection:
        assert await schema_version(connection) == 0
        assert await connection.fetchval("select to_regclass('draftwire.a')") is None
    assert await migrate(empty_database_url, migrations=[ONE, TWO]) == ["0001_one", "0002_two"]


async def test_a_failing_step_leaves_the_database_at_the_step_before(empty_database_url: str) -> None:
    broken = Migration(2, "broken", "alter table a add y integer; select 1/0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database_url, migrations=[ONE, broken])
    async with connected(empty_database_url) as connection:
        assert await schema_version(connection) == 1
        assert await connection.fetch("select * from draftwire.a") == [(1,)]


async def test_an_older_schema_is_told_from_a_newer_one(empty_database_url: str) -> None:
    await migrate(empty_database_url, migrations=[ONE])
    async with connected(empty_database_url) as connection:
        await check(connection, migrations=[ONE])
        with pytest.raises(SchemaTooOld, match="draftwire migrate") as old:
            await check(connection, migrations=[ONE, TWO])
        assert (old.value.found, old.value.wanted) == (1, 2)
        with pytest.raises(SchemaTooNew):
            await check(connection, migrations=[])
    with pytest.raises(SchemaTooNew):
        await migrate(empty_database_url, migrations=[])


async def test_a_step_that_was_changed_after_its_release_is_noticed(empty_database_url: str) -> None:
    await migrate(empty_database_url, migrations=[ONE])
    edited = Migration(1, "one", ONE.sql + " select 1;")
    with pytest.raises(SchemaChanged):
        await migrate(empty_database_url, migrations=[edited])


async def test_line_endings_of_a_checkout_do_not_change_a_step() -> None:
    assert Migration(1, "one", "a\r\nb").digest == Migration(1, "one", "a\nb").digest


async def test_a_role_without_rights_is_told_what_is_missing(databases: Any) -> None:
    await databases.run("create role stranger login")
    try:
        async with databases.fresh("template0") as url:
            with pytest.raises(MigrationError, match="must own schema draftwire"):
                await migrate(url.replace("draftwire@", "stranger@"))
    finally:
        await databases.run("drop role stranger")


@pytest.mark.parametrize(("major", "accepted"), [(14, False), (15, True), (18, True)])
async def test_a_postgres_before_15_is_refused_by_name(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch, major: int, accepted: bool
) -> None:
    """Only the version that the server names is another one: no old server is at hand."""
    version = asyncpg.types.ServerVersion(major, 3, 0, "final", 0)
    monkeypatch.setattr(asyncpg.Connection, "get_server_version", lambda _: version)
    if accepted:
        await migrate(empty_database_url, migrations=[ONE])
    else:
        with pytest.raises(PostgresTooOld, match=r"PostgreSQL 14\.3 is too old"):
            await migrate(empty_database_url, migrations=[ONE])
