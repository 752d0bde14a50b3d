"""Running the commands as a person would, with a server's address and a token in their environment.

Not in processes of their own, each of which would import for half a second what is there already; the tests that need
one start it (`environ`).
"""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from click.testing import CliRunner

from draftwire_server.cli.main import main
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

    def invoke() -> Any:
        return CliRunner().invoke(main, arguments, input=given, env=environ(home, user, token) | more)

    with ThreadPoolExecutor(1) as thread:  # a command has an event loop of its own
        done = thread.submit(invoke).result()
    assert done.exit_code == exit_code, done.stderr or done.exception
    return str(done.stdout if exit_code == 0 else done.stderr)


def read(home: World, *arguments: str, **more: Any) -> Any:
    """What a command answers to a program."""
    return json.loads(run(home, *arguments, "--json", **more))
