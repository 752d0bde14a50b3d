"""The README's tour, run as it stands there."""

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from tests.system.test_dev import dev

pytestmark = pytest.mark.slow

README = Path(__file__).parents[2] / "README.md"


def tour() -> str:
    """The commands of the tour but for the last, which has no end."""
    (block,) = re.findall(r"## A tour.*?```sh\n(.*?)```", README.read_text(), re.DOTALL)
    *lines, last = str(block).strip().splitlines()
    assert last.startswith("draftwire tail")
    # Its own checks: each command must come out as its comment says.
    return "\n".join(line if "refused" not in line else f"! {line}" for line in lines)


async def test_the_tour_deploys_is_refused_rebases_deploys_and_rolls_back(tmp_path: Path) -> None:
    async with dev(tmp_path) as running:
        address = re.search(r"http://127\.0\.0\.1:\d+", await running.ready())
        assert address is not None
        (tmp_path / ".draftwire").symlink_to(tmp_path / "data")
        bin_ = str(Path(sys.executable).parent)
        environ = {k: v for k, v in os.environ.items() if not k.startswith("DRAFTWIRE_")}
        process = await asyncio.create_subprocess_exec(
            "sh", "-euc", tour(), cwd=tmp_path, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            env=environ | {"PATH": f"{bin_}:{environ['PATH']}", "DRAFTWIRE_SERVER": address[0]},
        )  # fmt: skip
        out, _ = await process.communicate()
    told = out.decode()
    assert process.returncode == 0, told
    for expected in (
        "Deployed version 2", "Version 2 was deployed by Grace Hopper", "Two minutes will do", "/content lines 8–8",
        "--take mine", "TOLERANCE_S = 120", "TOLERANCE_S = 600", "Based on version 2", "Deployed version 3",
        "Version 2 is live again, as 4", "(version 2 again)",
    ):  # fmt: skip
        assert expected in told, told
