"""The small commands: what they print, and what they refuse."""

import time
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from draftwire_server.cli.main import main
from draftwire_server.cli.process.develop import Keys
from draftwire_server.core.access.tokens import read_token

KEY, OTHER = "k" * 32, "o" * 32


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [*os.environ]:
        if name.startswith("DRAFTWIRE_") or name in ("DATABASE_URL", "REDIS_URL"):
            monkeypatch.delenv(name)


def run(*args: str, **environ: str) -> Result:
    return CliRunner().invoke(main, args, env=environ)


def test_a_token_is_signed_with_the_first_key_and_says_what_was_asked() -> None:
    result = run(
        *("token", "--user=ada", "--name=Ada Lovelace", "--role=editor", "--workspace=shop", "--ttl=60"),
        DRAFTWIRE_TOKEN_KEYS=f"{KEY},{OTHER}",
    )
    assert result.exit_code == 0, result.output
    now = time.time()
    claims = read_token(result.output.strip(), (KEY,), now)
    assert (claims.sub, claims.name, claims.role, claims.workspace) == (
        "ada",
        "Ada Lovelace",
        "editor",
        "shop",
    )
    assert now + 50 < claims.exp <= now + 61
    assert claims.agent is None


def test_an_agents_token_names_the_agent_and_the_person_for_whom_it_acts() -> None:
    result = run("token", "--agent=assistant", "--for=ada", DRAFTWIRE_TOKEN_KEYS=KEY)
    claims = read_token(result.output.strip(), (KEY,), time.time())
    assert (claims.agent, claims.sub) == ("assistant", "ada")


def test_the_key_of_dev_is_used_when_none_is_set(tmp_path: Path) -> None:
    (tmp_path / "keys.json").write_bytes(msgspec.json.encode(Keys((OTHER,), KEY)))
    result = run("token", "--user=ada", f"--data-dir={tmp_path}")
    assert read_token(result.output.strip(), (OTHER,), time.time()).sub == "ada"


def test_without_any_key_no_token_is_made(tmp_path: Path) -> None:
    result = run("token", "--user=ada", f"--data-dir={tmp_path}")
    assert result.exit_code == 2
    assert "DRAFTWIRE_TOKEN_KEYS" in result.output


def test_a_key_that_is_too_short_signs_nothing() -> None:
    assert run("token", "--user=ada", DRAFTWIRE_TOKEN_KEYS="short").exit_code == 2


def test_version_and_help_need_no_settings() -> None:
    assert run("version").output.startswith("draftwire 0.")
    for command in ("dev", "serve", "migrate", "token", "version"):
        assert command in run("--help").output
        assert run(command, "--help").exit_code == 0


def test_migrate_says_when_the_database_is_away() -> None:
    result = run("migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:9/nothing")
    assert result.exit_code == 1
    assert "The migration failed" in result.output


def test_serve_names_every_setting_that_is_missing() -> None:
    result = run("serve")
    assert result.exit_code == 2
    for name in ("DATABASE_URL", "DRAFTWIRE_TOKEN_KEYS", "DRAFTWIRE_RESUME_KEY"):
        assert name in result.output
