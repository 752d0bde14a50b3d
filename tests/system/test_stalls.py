"""What holds the event loop up is said, without what was being worked on."""

import asyncio
import logging
import time

import pytest

from draftwire_server.services.worker.stalls import StallWatch
from tests.waiting import until


def held_up(_secret: str) -> None:
    """Hold the loop, as a schema would."""
    end = time.monotonic() + 0.2
    while time.monotonic() < end:
        pass


async def test_the_place_that_held_the_loop_is_logged_once_with_its_time(caplog: pytest.LogCaptureFixture) -> None:
    watch = StallWatch(say_again_s=60.0)
    with caplog.at_level(logging.WARNING):
        watch.start()
        try:
            for stalls in (1, 2, 3):
                before = watch.count
                asyncio.get_running_loop().call_soon(held_up, "hunter2")
                await until(lambda before=before: watch.count > before, f"stall {stalls} is seen")
        finally:
            watch.stop()
    (line,) = [record.getMessage() for record in caplog.records if "stood still" in record.getMessage()]
    assert "test_stalls.py" in line
    assert "held_up" in line
    assert "hunter2" not in line
    assert watch.longest_s > 0.1
