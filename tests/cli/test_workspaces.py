"""`draftwire workspace add` and `list`: how a production installation begins, without any seed."""

import asyncio
import json
import sys
from pathlib import Path

import httpx
import pytest

from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.limits.contract import NAME_CHARS
from tests.cli.test_check import clean_environment, run
from tests.system.cluster import TOKEN_KEY, cluster

__all__ = ["clean_environment"]  # used by pytest


@pytest.mark.slow
async def test_an_installation_begins_with_a_workspace_whose_admin_signs_in(
    database_url: str, services: Embedded
) -> None:
    nothing = await run("workspace", "list", DATABASE_URL=database_url)
    assert nothing.output == "No workspace yet. Create one: draftwire workspace add ID --admin USER\n"
    made = await run(
        "workspace", "add", "acme", "--admin", "root@acme.example", "--name", "Acme", DATABASE_URL=database_url
    )
    assert made.exit_code == 0, made.output
    command = made.output.splitlines()[1].partition(": ")[2].split()
    assert command[0] == "draftwire"
    token = (await run(*command[1:], DRAFTWIRE_TOKEN_KEYS=TOKEN_KEY)).output.strip()  # the command that it printed
    async with (
        cluster(database_url, services.redis_url, workers=1) as server,
        httpx.AsyncClient(base_url=server.url, headers={"Authorization": f"Bearer {token}"}) as http,
    ):
        me = (await http.get("/v1/me")).json()
        assert (me["workspace_external_id"], me["role"]) == ("acme", "admin")
        item = await http.post("/v1/w/acme/items", json={"kind": "script", "path": "f/first/script"})
        assert item.status_code == 201, item.text


async def test_made_twice_it_is_there_once_and_others_are_not_made_admins(database_url: str) -> None:
    add = ("workspace", "add", "acme", "--json", "--admin")
    first = await run(*add, "root", "--paths", "free", DATABASE_URL=database_url)
    assert (await run(*add, "root", DATABASE_URL=database_url)).output == first.output
    other = await run(*add, "mallory", DATABASE_URL=database_url)
    assert other.exit_code == 1
    assert "taken: The workspace acme exists, and mallory is not an admin of it." in other.stderr
    listed = json.loads((await run("workspace", "list", "--json", DATABASE_URL=database_url)).output)
    assert listed == [json.loads(first.output)]
    assert listed[0] | {"id": ""} == {
        "id": "", "external_id": "acme", "name": "acme", "path_rule": "free", "members": 1, "admins": ["root"]
    }  # fmt: skip


@pytest.mark.parametrize(
    "given", [("", "root"), ("acme", ""), ("acme", "  "), ("a" * 256, "root"), ("acme", "r" * (NAME_CHARS + 1))]
)
async def test_what_can_be_no_id_is_refused(database_url: str, given: tuple[str, str]) -> None:
    refused = await run("workspace", "add", given[0], "--admin", given[1], DATABASE_URL=database_url)
    assert refused.exit_code == 1
    assert refused.stderr.startswith("bad_message: ")
    assert (await run("workspace", "list", "--json", DATABASE_URL=database_url)).output == "[]\n"


async def test_without_a_schema_it_says_what_to_do(empty_database_url: str) -> None:
    refused = await run("workspace", "add", "acme", "--admin", "root", DATABASE_URL=empty_database_url)
    assert refused.exit_code == 3
    assert "draftwire migrate" in refused.stderr


async def test_a_place_that_can_hold_nothing_is_told_without_a_traceback(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    command = (sys.executable, "-m", "draftwire_server", "dev", "--data-dir", str(tmp_path / "file" / "below"))
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, told = await process.communicate()
    assert process.returncode == 1
    assert b"can't be used: Not a directory. Choose another directory with --data-dir." in told
    assert b"Traceback" not in told


async def test_a_directory_without_a_database_is_refused(tmp_path: Path) -> None:
    refused = await run("workspace", "list", "--data-dir", str(tmp_path))
    assert refused.exit_code == 2
    assert "There is no database" in refused.stderr


async def test_the_database_of_a_dev_installation_is_found_by_its_directory(services: Embedded) -> None:
    """The session's services are those of `draftwire dev`, in a directory of their own; it has no schema of ours."""
    refused = await run("workspace", "list", "--data-dir", str(services.directory))
    assert refused.exit_code == 3, refused.output
    assert "draftwire migrate" in refused.stderr
