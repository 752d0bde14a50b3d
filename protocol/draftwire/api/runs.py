"""Runs of agents: every event of one, as it happens."""

import asyncio
import random
from collections.abc import AsyncIterator

from draftwire.api.calls.runs import RunsCalls
from draftwire.errors import Problem
from draftwire.wire.messages import RunEvent
from draftwire.wire.retries import pause_s

WAIT_S = 20.0  # below the time-outs of this client and of common proxies
OVER = ("stopped", "ended")


class RunsApi(RunsCalls):
    """`Api.runs`. What an agent does needs an `Api` that says which agent asks. A run held open: `draftwire.Run`."""

    async def follow(self, run: str, after: int = 0) -> AsyncIterator[RunEvent]:
        """Every event after ``after``, in order, until the run is over. Raises `Problem` that waiting does not mend."""
        failures, wait_s = 0, WAIT_S
        while True:
            try:
                page = await self.events(run, after, wait_s=wait_s)
            except Problem as problem:
                if not problem.retry:
                    raise
                await asyncio.sleep(pause_s(failures, random.random()))  # noqa: S311
                failures += 1
                continue
            failures = 0
            for event in page.events:
                yield event
            after = page.next
            if page.state in OVER:
                if not page.events:
                    return
                wait_s = 0
