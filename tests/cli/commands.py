"""Running the commands as a person would: a process of its own, a server's address and a token in its environment."""

import json
import subprocess
import sys
from typing import Any

from tests.system.world import World


def environ(home: World, user: str = "ada", token: str | None = None) -> dict[str, str]:
    """What the commands find around them."""
    return {
        "PATH": "/usr/bin:/bin",
        "DRAFTWIRE_SERVER": home.server.worker_url(0),
        "DRAFTWIRE_TOKEN": home.token(user) if token is None else token,
    }


def run(
    home: World,
    *arguments: str,
    user: str = "ada",
    token: str | None = None,
    exit_code: int = 0,
    given: str | None = None,
    **more: str,
) -> str:
    """What a command prints: to standard output if it ends well, else to standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "draftwire_server", *arguments],
        env=environ(home, user, token) | more, input=given, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == exit_code, done.stderr
    return done.stdout if exit_code == 0 else done.stderr


def read(home: World, *arguments: str, **more: Any) -> Any:
    """What a command answers to a program."""
    return json.loads(run(home, *arguments, "--json", **more))
