"""The keys that encrypt can be exchanged while servers run, in steps that may be interrupted anywhere."""

import asyncio
import json
import os
import secrets
import sys
from typing import Any

import pytest

from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.access.sealing import Box, key_name
from draftwire_server.services.deploys.secret_copies import SEALED_AS
from draftwire_server.store.items import secrets as store
from tests.drafts.desk import Desk, desk
from tests.system.cluster import SECRET_KEY
from tests.vault.short import deploy, runtime, with_secret
from tests.waiting import until

pytestmark = pytest.mark.slow

NEW = "a new key for tests with which secrets are encrypted"
ROWS = 1_500


async def command(*arguments: str, url: str, keys: str) -> asyncio.subprocess.Process:
    environ = {k: v for k, v in os.environ.items() if not k.startswith("DRAFTWIRE_")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "draftwire_server", *arguments,
        env={**environ, "DATABASE_URL": url, "DRAFTWIRE_SECRET_KEYS": keys},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def done(*arguments: str, url: str, keys: str) -> tuple[int, str]:
    process = await command(*arguments, url=url, keys=keys)
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode() + err.decode()


async def fill(home: Desk, item: str, count: int) -> None:
    box, workspace = Box([SECRET_KEY]), home.world.workspace
    async with home.world.store() as connection, connection.transaction():
        for _ in range(count):
            name = secrets.token_hex(8)
            sealed = box.seal(b'"x"', SEALED_AS, workspace, item, name)
            await store.add_secret(connection, workspace, item, name, sealed, user="u", actor="a")


async def by_key(home: Desk) -> dict[str, int]:
    async with home.world.store() as connection:
        return await store.count_by_key(connection)


async def settled_by_key(home: Desk) -> dict[str, int]:
    """The same when what a killed command had begun is over: Postgres may commit it after its death."""
    async with home.world.store() as connection, connection.transaction():
        await connection.execute("lock table secret in share mode")
        return await store.count_by_key(connection)


async def test_everything_is_brought_onto_a_new_key_also_by_a_command_that_was_killed(
    database_url: str, services: Embedded
) -> None:
    old, new = key_name(SECRET_KEY), key_name(NEW)
    async with desk(database_url, services.redis_url, environ={"DRAFTWIRE_SECRET_KEYS": f"{SECRET_KEY},{NEW}"}) as home:
        await home.world.member("dana", "admin")
        item, draft, _ = await with_secret(home, "dana", "the value")
        hash_ = await deploy(home, draft)
        await fill(home, item, ROWS)
        api = await runtime(home, user="root")
        assert await by_key(home) == {old: ROWS + 1}

        process = await command("secrets", "rotate", url=database_url, keys=f"{NEW},{SECRET_KEY}")

        async def begun() -> bool:
            return new in await by_key(home)

        await until(begun, "some rows stand on the new key", within_s=30)
        if process.returncode is None:
            process.kill()
        await process.communicate()
        half = await settled_by_key(home)
        assert sum(half.values()) == ROWS + 1 and half[new] > 0
        assert (await api.secrets.deployed(hash=hash_)).values == {"/pass": "the value"}, "whichever key it stands on"

        code, out = await done("secrets", "rotate", "--json", url=database_url, keys=f"{NEW},{SECRET_KEY}")
        told: Any = json.loads(out)
        assert (code, told["first"], told["rows"], told["unopened"]) == (0, new, {new: ROWS + 1}, 0)
        assert told["moved"] == half.get(old, 0)
        assert (await api.secrets.deployed(hash=hash_)).values == {"/pass": "the value"}
        code, out = await done("secrets", "status", url=database_url, keys=f"{NEW},{SECRET_KEY}")
        assert (code, f"({old}): 0 rows" in out, f"({new}): {ROWS + 1} rows" in out) == (0, True, True)
        await home.close_apis()

    # The old key is gone; a key that never was opens nothing, and says so.
    code, out = await done("secrets", "rotate", url=database_url, keys="x" * 40)
    assert code == 1 and "can't be read" in out and f"({new}): {ROWS + 1} rows" in out
    assert (await done("secrets", "rotate", url=database_url, keys=""))[0] == 2
    code, out = await done("check", url=database_url, keys="x" * 40)
    assert f"{ROWS + 1} rows were encrypted with a key that is not" in out
    async with desk(database_url, services.redis_url, environ={"DRAFTWIRE_SECRET_KEYS": NEW}) as again:
        rows = await again.world.rows("select external_id from workspace where id = $1", home.world.workspace)
        again.world.workspace = rows[0]["external_id"]
        api = await runtime(again, user="root")
        assert (await api.secrets.deployed(hash=hash_)).values == {"/pass": "the value"}
        await again.close_apis()
