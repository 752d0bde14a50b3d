"""`draftwire runs` and `draftwire mcp` against a running server."""

import asyncio
import re
import subprocess
import sys
from pathlib import Path

import pytest

from draftwire.api import Api
from draftwire.rest.tools import StrReplace
from tests.cli.commands import environ, read, run
from tests.system.world import World

pytestmark = pytest.mark.slow

SCRIPT = {"summary": "Pay", "language": "python3", "content": "def pay():\n    return 1\n", "schema": {}}


async def test_a_run_is_listed_shown_told_paused_and_stopped(home: World) -> None:
    item = await home.item("ada", "f/works/runs", value=SCRIPT)
    async with Api(home.server.worker_url(0), home.token("ada"), agent="helper") as agent:
        begun = (await agent.runs.begin("tidy up", model="some-model", item=item)).id
        await agent.runs.read(begun, item=item)
        await agent.runs.edit(begun, [StrReplace("/content", "return 1", "return 2")], item=item)

        def commands() -> None:
            (listed,) = [line for line in run(home, "runs", "list", "--item", item).splitlines() if begun in line]
            assert listed.split()[:4] == [begun, "helper", "Ada", "running"] and listed.endswith("tidy up")
            assert run(home, "runs", "list", "--state", "stopped", "--item", item) == "No runs.\n"
            assert run(home, "runs", "note", begun, "keep the name") == f"Sent the note to run {begun} (event 1).\n"
            assert run(home, "runs", "pause", begun, "--why", "a moment") == f"Run {begun} is paused.\n"
            assert run(home, "runs", "pause", begun) == f"Run {begun} is paused already.\n"
            assert run(home, "runs", "resume", begun) == f"Run {begun} is running.\n"
            assert read(home, "runs", "stop", begun)["state"] == "stopped"
            shown = run(home, "runs", "show", begun)
            assert "tidy up: helper, some-model for Ada, stopped" in shown
            assert "wrote in f/works/runs" in shown and "note by Ada: keep the name" in shown
            assert [event["type"] for event in read(home, "runs", "show", begun)["events"]] == [
                "note", "paused", "resumed", "stopped",
            ]  # fmt: skip
            assert run(home, "runs", "undo", begun) == f"{item}: undone: 1\n"
            assert read(home, "draft", "show", "f/works/runs")["value"] == SCRIPT
            assert run(home, "runs", "note", begun, "late", exit_code=1).startswith("run_stopped:")
            assert run(home, "runs", "show", "nobodys", exit_code=1).startswith("not_found:")

        await asyncio.to_thread(commands)


def test_an_mcp_server_without_a_good_token_says_why_and_ends(home: World) -> None:
    agents = home.token("ada", agent="helper")
    assert mcp(home, "") == (2, "DRAFTWIRE_TOKEN")
    assert mcp(home, "x.y.z") == (1, "unauthenticated")
    assert mcp(home, agents, "--agent", "other") == (1, "forbidden")


def mcp(home: World, token: str, *arguments: str) -> tuple[int, str]:
    """How `draftwire mcp` ends, and the word in which it says why; in a process of its own, for it hears signals."""
    command = [Path(sys.executable).with_name("draftwire"), "mcp", *arguments]
    done = subprocess.run(command, env=environ(home, token=token), capture_output=True, text=True, timeout=60)
    said = re.search(r"DRAFTWIRE_TOKEN|^\w+(?=:)", done.stderr)
    return done.returncode, said[0] if said else done.stderr
