"""How long people are gone when a worker dies: clients of two workers, one of which is killed.

    python -m tests.system.returns [clients] [processes]

The clients are real ones, in processes of their own, each with a shared draft open; they come back by themselves.
Prints when half, most and all of those that were cut off had their drafts again, how many were told not to come back,
and whose processor time went into it. Ends after `MOST_S`. Asserts nothing: the clients need most of the machine's
time themselves.
"""

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import draftwire
from draftwire.session.events import StatusChanged
from draftwire_server.cli.process.embedded import running
from draftwire_server.limits.contract import SOCKETS_PER_ACTOR
from draftwire_server.store.migrate import migrate
from tests.system.cluster import cluster
from tests.system.measure import cpu_s
from tests.system.world import World, world

PER_ITEM = 20  # clients with one draft open
AT_ONCE = 20  # that connect at a time in each process: the beginning measures nothing
MOST_S = 60.0
CUT_S = 10.0  # whoever was not cut off by then never was


class Seen:
    """One client: when it was cut off, when it had its draft again, and the code that sent it away."""

    def __init__(self) -> None:
        self.cut: float | None = None
        self.back: float | None = None
        self.away: int | None = None

    async def follow(self, url: str, token: str, item: str, turn: asyncio.Semaphore, ready: asyncio.Event) -> None:
        """Live through it, until it is back."""
        try:
            async with turn:
                connection = draftwire.connect(url, token)
                client = await connection.__aenter__()
                draft = await client.open(item=item, purpose="shared")
            ready.set()
            async for event in draft.events():
                if isinstance(event, StatusChanged) and event.status == "offline":
                    self.cut = self.cut or time.time()
                elif isinstance(event, StatusChanged) and self.cut is not None:
                    self.back = time.time()
                    return
        except draftwire.SignedOut as error:
            self.away = error.code


async def clients(url: str, work: Sequence[tuple[str, str]]) -> None:
    """One process: begin, say so, wait for the word that a worker is dead, tell what became of everybody."""
    turn = asyncio.Semaphore(AT_ONCE)
    everybody = [(Seen(), asyncio.Event()) for _ in work]
    tasks = [
        asyncio.create_task(seen.follow(url, token, item, turn, ready))
        for (seen, ready), (token, item) in zip(everybody, work, strict=True)
    ]
    await asyncio.gather(*(ready.wait() for _, ready in everybody))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    died, used = float(await asyncio.to_thread(sys.stdin.readline)), time.process_time()

    await asyncio.wait(tasks, timeout=CUT_S)
    waiting = [task for task, (seen, _) in zip(tasks, everybody, strict=True) if seen.cut and not task.done()]
    if waiting:
        await asyncio.wait(waiting, timeout=MOST_S - CUT_S)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    cut = [seen for seen, _ in everybody if seen.cut or seen.away]
    told = {
        "cut": len(cut),
        "back": [seen.back - died for seen in cut if seen.back],
        "away": [seen.away for seen in cut if seen.away],
        "cpu": time.process_time() - used,
    }
    sys.stdout.write(json.dumps(told) + "\n")


async def begin(home: World, url: str, count: int, processes: int) -> list[asyncio.subprocess.Process]:
    """Members, items, and the processes of the clients; all of them are connected."""
    users = [f"u{n}" for n in range(-(-count // (SOCKETS_PER_ACTOR // 2)))]
    for user in users:
        await home.member(user, "admin")
    items = [await home.item("u0", f"f/load/i{n}") for n in range(-(-count // PER_ITEM))]
    work = [(home.token(users[n % len(users)]), items[n // PER_ITEM]) for n in range(count)]
    started = []
    for index in range(processes):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.system.returns", "--clients", url),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**24,
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps(work[index::processes]).encode() + b"\n")
        started.append(process)
    for process in started:
        assert process.stdout is not None
        assert await process.stdout.readline() == b"ready\n"
    return started


async def main(count: int, processes: int) -> None:
    """Start everything, kill one worker, print what became of its clients."""
    with tempfile.TemporaryDirectory() as directory:
        async with running(Path(directory)) as services:
            await migrate(services.database_url)
            async with (
                cluster(services.database_url, services.redis_url, workers=2) as server,
                world(server, services.database_url) as home,
                asyncio.timeout(MOST_S * 4),
            ):
                started = await begin(home, server.url, count, processes)
                survivor, used = await server.pid(1), cpu_s(await server.pid(1))
                await server.kill(0)
                died = time.time()
                told = [json.loads((await one.communicate(f"{died}\n".encode()))[0]) for one in started]
                workers = cpu_s(survivor) - used, cpu_s(await server.pid(0))
    back = sorted(each for one in told for each in one["back"])
    cut, away = sum(one["cut"] for one in told), [code for one in told for code in one["away"]]
    if not back:
        sys.stdout.write(f"{cut} were cut off, none came back; told not to: {away}\n")
        return
    at = [back[int(share * (len(back) - 1))] for share in (0.5, 0.9, 1)]
    sys.stdout.write(
        f"{cut} of {count} were cut off, {len(back)} came back: half within {at[0]:.1f} s, nine of ten within"
        f" {at[1]:.1f} s, all within {at[2]:.1f} s; told not to come back: {len(away)}\n"
        f"processor time: {workers[0]:.1f} s of the worker that stayed, {workers[1]:.1f} s of the new one with its"
        f" start, {sum(one['cpu'] for one in told):.1f} s of the clients\n"
    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--clients"]:
        asyncio.run(clients(sys.argv[2], json.loads(sys.stdin.readline())))
    else:
        given = dict(enumerate(sys.argv))
        asyncio.run(main(int(given.get(1, "2000")), int(given.get(2, "2"))))
