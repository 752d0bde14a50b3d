"""What an acknowledged edit costs a worker: CPU time from /proc, over one worker on the real components.

    python -m tests.system.measure [clients] [seconds]

Each client types in a draft of its own and waits for every ack. Absolute times don't hold on shared machines; CPU per
edit, measured for two commits one after the other, does. Prints three rounds; asserts nothing.
"""

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path

import draftwire
from draftwire_server.cli.process.embedded import running
from draftwire_server.store.migrate import migrate
from tests.system.cluster import cluster
from tests.system.world import World, world

ROUNDS = 3
WARM_S = 2.0


def cpu_s(pid: int) -> float:
    """User and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def measure(home: World, pid: int, clients: int, seconds: float) -> None:
    """Type for a while, ``ROUNDS`` times."""
    items = [await home.item("ada", f"f/load/i{n}") for n in range(clients)]
    acked = 0
    stop = asyncio.Event()

    async def type_on(item: str) -> None:
        nonlocal acked
        async with draftwire.connect(home.server.worker_url(0), home.token("ada")) as client:
            draft = await client.open(item=item, purpose="own")
            while not stop.is_set():
                draft.insert("/content", "x", 0)
                await draft.saved()
                acked += 1

    async with asyncio.TaskGroup() as group:
        for item in items:
            group.create_task(type_on(item))
        for _ in range(ROUNDS):
            await asyncio.sleep(WARM_S)
            before, used, began = acked, cpu_s(pid), time.monotonic()
            await asyncio.sleep(seconds)
            edits = acked - before
            rate = edits / (time.monotonic() - began)
            sys.stdout.write(
                f"{rate:7.0f} edits/s, {(cpu_s(pid) - used) / edits * 1e6:4.0f} µs CPU of the worker per edit\n"
            )
            sys.stdout.flush()
        stop.set()


async def main(clients: int, seconds: float) -> None:
    """Start everything, measure, stop."""
    with tempfile.TemporaryDirectory() as directory:
        async with running(Path(directory)) as services:
            await migrate(services.database_url)
            async with (
                cluster(services.database_url, services.redis_url, workers=1) as server,
                world(server, services.database_url) as home,
            ):
                await home.member("ada", "admin")
                await measure(home, await server.pid(0), clients, seconds)


if __name__ == "__main__":
    given = dict(enumerate(sys.argv))
    asyncio.run(main(int(given.get(1, "40")), float(given.get(2, "6"))))
