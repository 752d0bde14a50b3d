"""`draftwire check`, `config` and `schema`: what they find, what they print, and that no secret is in it."""

import asyncio
import json
import os
from typing import Any

import asyncpg
import pytest
from click.testing import CliRunner, Result

from draftwire_server.cli.config import MEANINGS, TIMINGS, settings_of
from draftwire_server.cli.main import main
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.settings import _NAMES, Timings
from tests.conftest import Databases

KEYS = {
    "DRAFTWIRE_TOKEN_KEYS": "abcdefghijklmnopqrstuvwxyz012345",
    "DRAFTWIRE_RESUME_KEY": "zyxwvutsrqponmlkjihgfedcba543210",
    "DRAFTWIRE_SECRET_KEYS": "0123456789abcdefghijklmnopqrstuv",
}


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("DRAFTWIRE_") or name in ("DATABASE_URL", "REDIS_URL"):
            monkeypatch.delenv(name)


async def run(*args: str, **environ: str) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, main, args, env=environ)


async def found(**environ: str) -> list[dict[str, Any]]:
    result = await run("check", "--json", **environ)
    found: list[dict[str, Any]] = json.loads(result.output)
    assert result.exit_code == (1 if any(f["state"] == "wrong" for f in found) else 0)
    return found


def wrong(found: list[dict[str, Any]]) -> list[str]:
    return [f["about"] for f in found if f["state"] == "wrong"]


async def test_a_good_installation_is_ready_to_serve(database_url: str, services: Embedded) -> None:
    result = await run("check", DATABASE_URL=database_url, REDIS_URL=services.redis_url, DRAFTWIRE_WORKERS="2", **KEYS)
    assert result.exit_code == 0, result.output
    assert "! workspaces: There is no workspace yet" in result.output
    assert "draftwire workspace add" in result.output
    made = await run("workspace", "add", "acme", "--admin", "root", DATABASE_URL=database_url)
    assert made.exit_code == 0, made.output
    result = await run("check", DATABASE_URL=database_url, REDIS_URL=services.redis_url, DRAFTWIRE_WORKERS="2", **KEYS)
    assert "✓ workspaces: 1" in result.output
    assert "Ready to serve." in result.output
    for about in ("Postgres", "schema", "durability", "Redis", "pub/sub", "clock of Postgres", "clock of Redis"):
        assert f"✓ {about}:" in result.output


async def test_everything_that_is_wrong_is_told_at_once(services: Embedded) -> None:
    found_ = await found(
        DATABASE_URL="postgresql://nobody:hunter2@127.0.0.1:9/none", REDIS_URL="redis://:hunter2@127.0.0.1:9",
        DRAFTWIRE_WORKERS="2",
    )  # fmt: skip
    assert wrong(found_) == ["configuration", "configuration", "Postgres", "Redis"]
    assert "hunter2" not in json.dumps(found_)


async def test_without_keys_the_rest_is_looked_at_all_the_same(services: Embedded) -> None:
    found_ = await found(DATABASE_URL="postgresql://nobody@127.0.0.1:9/none", REDIS_URL=services.redis_url)
    assert wrong(found_) == ["configuration", "configuration", "Postgres"]
    assert "pub/sub" in {f["about"] for f in found_ if f["state"] == "ok"}


async def test_an_old_schema_and_switched_off_durability_are_wrong(
    databases: Databases, empty_database_url: str, services: Embedded
) -> None:
    found_ = await found(DATABASE_URL=empty_database_url, REDIS_URL=services.redis_url, **KEYS)
    assert wrong(found_) == ["schema"]
    assert "draftwire migrate" in str(found_)


async def test_poor_keys_are_a_warning(database_url: str) -> None:
    found_ = await found(DATABASE_URL=database_url, DRAFTWIRE_TOKEN_KEYS="k" * 32, DRAFTWIRE_RESUME_KEY="k" * 32)
    assert [f["about"] for f in found_ if f["state"] == "warning"] == ["keys", "keys", "secrets", "workspaces"]
    assert wrong(found_) == []


def test_every_setting_has_a_unit_and_a_meaning_and_none_is_invented() -> None:
    assert set(MEANINGS) == {"DATABASE_URL", "REDIS_URL", *_NAMES}
    assert set(TIMINGS) == set(Timings.__struct_fields__)


async def test_config_says_where_a_value_comes_from_and_shows_no_secret() -> None:
    environ = {**KEYS, "DATABASE_URL": "postgresql://u:hunter2@h/d", "DRAFTWIRE_TIMING_IDLE_S": "5"}
    result = await run("config", "--json", **environ)
    lines = {line["name"]: line for line in json.loads(result.output)}
    assert lines["DRAFTWIRE_TOKEN_KEYS"]["value"] == "(set)"
    assert lines["DRAFTWIRE_PORT"] | {"meaning": ""} == {
        "name": "DRAFTWIRE_PORT", "unit": "number", "default": "8000", "value": "8000", "meaning": "",
        "source": "default",
    }  # fmt: skip
    assert (lines["DRAFTWIRE_TIMING_IDLE_S"]["value"], lines["DRAFTWIRE_TIMING_IDLE_S"]["default"]) == ("5", "60")
    for secret in ("hunter2", *KEYS.values()):
        assert secret not in result.output
    assert "DRAFTWIRE_TIMING_IDLE_S = 5" in (await run("config", **environ)).output
    assert [s.value for s in settings_of({}) if s.name == "DATABASE_URL"] == [None]


async def test_schema_tells_what_is_applied_and_what_is_missing(database_url: str, empty_database_url: str) -> None:
    result = await run("schema", DATABASE_URL=database_url)
    assert result.exit_code == 0
    assert "applied  0001_begin" in result.output
    result = await run("schema", DATABASE_URL=empty_database_url)
    assert result.exit_code == 3
    assert "missing  0001_begin" in result.output
    assert (await run("schema", DATABASE_URL="postgresql://x@127.0.0.1:9/y")).exit_code == 1


async def test_the_sql_that_is_printed_makes_the_schema_that_migrate_makes(
    databases: Databases, empty_database_url: str, database_url: str
) -> None:
    sql = (await run("schema", "sql")).output
    tables = (
        "select table_name, column_name, data_type from information_schema.columns where table_schema = 'draftwire'"
    )
    made = await asyncpg.connect(empty_database_url, server_settings={"search_path": "draftwire"})
    migrated = await asyncpg.connect(database_url)
    try:
        await made.execute("create schema draftwire")
        await made.execute(sql)
        ours = {tuple(row) for row in await made.fetch(tables)}
        theirs = {tuple(row) for row in await migrated.fetch(tables) if row["table_name"] != "schema_migration"}
    finally:
        await made.close()
        await migrated.close()
    assert ours == theirs


async def test_the_contracts_are_printed_for_programs() -> None:
    assert json.loads((await run("schema", "openapi")).output)["openapi"] == "3.1.0"
    messages = json.loads((await run("schema", "messages")).output)
    assert {"client", "server"} <= messages.keys()
    assert "Edit" in messages["$defs"]
