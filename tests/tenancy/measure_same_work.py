"""How long it takes to be told nothing: of a thing out of sight, and of one that is not there, against a real server.

    python -m tests.tenancy.measure_same_work [requests]

Asks 2,000 times of each, in turns and the order of a pair by chance; the things are at work while that goes on, so
that they lie in the worker's memory. The rule: medians differ by less than 5 %, or 0.2 ms. `test_same_work.py` compares
what makes the time, for every route; this one tells that nothing else does. Exits with 1 if the rule is broken.
"""

import asyncio
import http.client
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from draftwire_server.cli.process.embedded import running
from draftwire_server.core.ids import new_id
from draftwire_server.store.migrate import migrate
from tests.system.cluster import cluster
from tests.system.world import world
from tests.tenancy.house import MARK, House, furnished

REQUESTS = 2_000
WARM = 200
SHARE, DIFFERENCE_MS = 0.05, 0.2

ROUTES = {
    "draft in memory": "drafts/{draft}",
    "its log": "drafts/{draft}/log",
    "its history": "drafts/{draft}/history",
    "item": "items/{item}",
    "draft of an item": "items/{item}/draft",
    "run": "runs/{run}",
    "events of a run": "runs/{run}/events",
    "suggestion": "suggestions/{suggestion}",
    "alert": "alerts/{alert}",
}
NAMES = ("draft", "item", "run", "suggestion", "alert")


def ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> float:
    """The time to the whole of an answer, in ms; a bare client adds little of its own."""
    began = time.perf_counter_ns()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    took = (time.perf_counter_ns() - began) / 1e6
    assert answer.status == 404, answer.status
    return took


def measured(url: str, token: str, hidden: dict[str, str], requests: int) -> bool:
    """Ask and print; whether the rule holds for all."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    headers, held = {"authorization": f"Bearer {token}"}, True
    below = f"/v1/w/{hidden['workspace']}/"
    for name, route in ROUTES.items():
        times: tuple[list[float], list[float]] = ([], [])
        for number in range(WARM + requests):
            unknown = {**hidden, **{each: new_id() for each in NAMES}}
            asked = [(which, below + route.format_map(ids)) for which, ids in enumerate((hidden, unknown))]
            random.shuffle(asked)
            for which, path in asked:
                took = ask(connection, path, headers)
                if number >= WARM:
                    times[which].append(took)
        out_of_sight, absent = (statistics.median(each) for each in times)
        apart = out_of_sight - absent
        good = abs(apart) < DIFFERENCE_MS or abs(apart) < SHARE * absent
        held = held and good
        sys.stdout.write(
            f"{name:18} {out_of_sight:7.3f} ms out of sight, {absent:7.3f} ms unknown: {apart:+.3f} ms,"
            f" {apart / absent:+.1%}{'' if good else '  <- too much'}\n"
        )
        sys.stdout.flush()
    return held


async def at_work(house: House) -> None:
    """Have everything in the worker's memory: ada looks at it, and has the draft and the item open."""
    async with house.world.http("ada", 0) as ada:
        for route in ROUTES.values():
            (await ada.get(route.format_map(house.ids))).raise_for_status()


async def main(requests: int) -> int:
    """Start everything, measure, stop."""
    with tempfile.TemporaryDirectory() as directory:
        async with running(Path(directory)) as services:
            await migrate(services.database_url)
            async with (
                cluster(services.database_url, services.redis_url, workers=1) as server,
                world(server, services.database_url, MARK) as home,
            ):
                house = await furnished(home)
                await home.member("zoe")
                async with await home.socket("ada", 0) as socket:
                    await socket.next("welcome")
                    await socket.ask("state", t="open", ref=1, draft=house.ids["draft"])
                    await at_work(house)
                    token, url = home.token("zoe"), server.worker_url(0)
                    held = await asyncio.to_thread(measured, url, token, house.ids, requests)
                await home.close_clients()
                return 0 if held else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS)))
