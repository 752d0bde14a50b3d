"""The commands of rights against a running server: for people, and as JSON."""

import json
from pathlib import Path

import pytest

from tests.cli.commands import read, run
from tests.system.world import World

pytestmark = pytest.mark.slow


async def test_members_groups_folders_and_grants_from_the_command_line(home: World, tmp_path: Path) -> None:
    assert "u/ben" in run(home, "members", "add", "ben@example.com", "--name", "Ben")
    assert read(home, "members", "change", "u/ben", "--role", "operator")["role"] == "operator"
    assert "operator" in run(home, "members", "list")
    run(home, "groups", "add", "devs", "--member", "u/ben")
    assert "u/ben  Ben" in run(home, "groups", "show", "g/devs")
    run(home, "folders", "add", "desk", "--writer", "g/devs", "--summary", "Ours")
    run(home, "folders", "role", "f/desk", "u/ben", "reader")
    assert [p["username"] for p in read(home, "folders", "show", "desk")["readers"]] == ["ben"]
    given = read(home, "grants", "give", "g/devs", "see", "run", "--prefix", "f/other/", "--days", "2")
    assert "g/devs" in run(home, "grants", "list")
    run(home, "grants", "end", given["id"])
    assert run(home, "groups", "withdraw", "devs", "u/ben") == "u/ben is not in devs.\n"
    wanted = {
        "members": [{"external_id": "cleo"}],
        "groups": [{"external_id": "g1", "name": "qa", "members": ["cleo"]}],
    }
    (tmp_path / "directory.json").write_text(json.dumps(wanted))
    assert "created" in run(home, "directory", "sync", str(tmp_path / "directory.json"))
    assert "last_admin" in run(home, "members", "remove", "ada", exit_code=1)
    assert "Removed" in run(home, "members", "remove", "u/ben")
    assert "Restored" in run(home, "members", "restore", "u/ben")
    assert "Erased" in run(home, "members", "erase", "u/ben", "--yes")
    assert "algorithms  HS256" in run(home, "identity", "show")
    assert "DRAFTWIRE_TOKEN" in run(home, "members", "list", token="", exit_code=2)


async def test_a_key_is_printed_once_and_is_a_token_itself(home: World) -> None:
    secret = run(home, "keys", "make", "ci", "--may", "see", "--days", "1").strip()
    assert secret.startswith("dwk_")
    assert "forbidden" in run(home, "keys", "make", "more", token=secret, exit_code=1)
    assert secret[-4:] in run(home, "keys", "list") and secret not in run(home, "keys", "list")
    assert run(home, "keys", "revoke", "ci") == "Revoked ci.\n"
    assert "unauthenticated" in run(home, "members", "list", token=secret, exit_code=1)
    assert "Revoked nobody" in run(home, "tokens", "revoke", "nobody")


async def test_settings_of_the_workspace_are_shown_to_all_and_changed_by_admins(home: World) -> None:
    await home.member("eve", "editor")
    assert run(home, "workspace", "settings").split() == ["SETTING", "HOLDS", "counts_people", "off"]
    assert "forbidden" in run(home, "workspace", "settings", "--counts-people", "on", user="eve", exit_code=1)
    assert read(home, "workspace", "settings", "--counts-people", "on") == {"counts_people": True}
    assert "counts_people  on" in run(home, "workspace", "settings", user="eve")
    assert "'on', 'off'" in run(home, "workspace", "settings", "--counts-people", "yes", exit_code=2)
    run(home, "workspace", "settings", "--counts-people", "off")
    assert read(home, "workspace", "settings") == {"counts_people": False}
