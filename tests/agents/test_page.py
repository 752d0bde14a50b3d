"""The commands of docs/agents.md, run as they stand."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from tests.drafts.desk import Desk
from tests.system.cluster import TOKEN_KEY
from tests.system.world import world

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "agents.md"
SECTIONS = ("Who an agent is", "Scopes", "Presence", "Runs", "Tools", "Streams")
ON_WITH = {"Tools": "Runs", "Streams": "Tools"}  # they go on in the shell of the section before


def commands(section: str) -> str:
    """All commands of a section; made up ids are known to nobody, which is fine."""
    text = PAGE.read_text(encoding="utf-8")
    (body,) = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    found = re.findall(r"```sh\n(.*?)```", body, re.DOTALL)
    assert found, section
    return "\n".join(found)


def session(section: str) -> str:
    """The commands of a section behind those that it goes on from."""
    before = ON_WITH.get(section)
    return commands(section) if before is None else f"{session(before)}\n{commands(section)}"


async def test_the_commands_of_the_page_do_what_it_says(home: Desk) -> None:
    async with world(home.server, home.world.database_url, "demo") as demo:
        await demo.member("ada", "admin")
        await demo.item("ada", "f/payments/refund_charge")
        environ = {k: v for k, v in os.environ.items() if not k.startswith("DRAFTWIRE_")} | {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "DRAFTWIRE_SERVER": home.server.url,
            "DRAFTWIRE_TOKEN_KEYS": TOKEN_KEY,
        }
        told = {}
        for section in (each for each in SECTIONS if each not in ON_WITH.values()):
            token = demo.token("ada", agent="x", jti="x")
            process = await asyncio.create_subprocess_exec(
                "sh", "-euc", session(section), env=environ | {"DRAFTWIRE_TOKEN": token},
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            out, _ = await process.communicate()
            told[section] = out.decode()
            assert process.returncode == 0, told[section]
    assert told["Who an agent is"].count('"kind":"agent","name":"reviewer"') == 2, told
    assert "f/payments/refund_charge" in told["Scopes"] and told["Scopes"].count("Revoked") == 2
    assert '"doing":"waiting for review"' in told["Presence"]
    told_all = told["Streams"]
    assert '"text":"keep the name"' in told_all and "paused by Ada: one moment" in told_all, told_all
    assert '"text":"    return sum(rows)\\n"' in told_all and '"refused"' not in told_all, told_all
    assert '"state":"closed","units":18' in told_all, told_all
