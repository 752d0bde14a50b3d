"""What a draft's past costs in a long log: `python -m tests.history.measure [batches]`. Tells, asserts nothing.

The log is written straight into the tables, as commits would have written it; all that is timed goes through HTTP to
a worker of its own.
"""

import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.document.shape import Shape
from draftwire_server.cli.process.embedded import Embedded, running
from draftwire_server.core.edits.replica import encode_ops, encode_taken
from draftwire_server.core.etag import next_mark
from draftwire_server.limits.tuning import SNAPSHOT_OPS
from draftwire_server.store.migrate import migrate
from tests.conftest import Databases
from tests.drafts.desk import Desk, desk

TIMES = 5
LINES = 2_000
GAP_S = 0.5  # between batches: a hundred thousand are some fourteen hours of three people


def tell(line: str) -> None:
    """Say it at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def write_log(home: Desk, draft: str, count: int) -> None:
    """Bring a draft's log to ``count`` batches of three people, with snapshots as a worker makes them."""
    world = home.world
    (head,) = await world.rows("select head_seq, head_mark, workspace_id from draft where id = $1", draft)
    writers = await world.rows("select w, sid from draft_writer where draft_id = $1 order by w", draft)
    numbers = {row["w"]: 1 for row in writers}
    value = (await home.api("ada").drafts.get(draft)).value
    document = Document.load(value, Shape(text=["/content"]))
    random, seq, mark = Random(7), int(head["head_seq"]), str(head["head_mark"])
    began = time.time() - count * GAP_S
    rows, snapshots = [], []
    place = 0
    while seq < count:
        seq += 1
        writer = writers[random.randrange(len(writers))] if random.random() < 0.02 else writers[seq // 40 % 3]
        size = len(document.get("/content"))
        place = random.randrange(size) if random.random() < 0.03 else min(place + 1, size)
        splice = (place, 0, random.choice("abc \n")) if random.random() < 0.8 else (max(0, place - 1), 1, "")
        applied = document.apply(Text("/content", (splice,)), writer["w"])
        assert applied.effect is not None
        document = applied.document
        numbers[writer["w"]] += 1
        ops = encode_ops((applied.effect.op,))
        mark = next_mark(mark, writer["sid"], numbers[writer["w"]], ops)
        rows.append(
            (
                head["workspace_id"], draft, 1, seq, writer["w"], numbers[writer["w"]], secrets.token_hex(8), seq - 1,
                seq - 1, "edit", mark, ops, encode_taken((applied.effect,)), began + seq * GAP_S,
            )
        )  # fmt: skip
        if seq % SNAPSHOT_OPS == 0:
            last = msgspec.json.encode({str(w): no for w, no in numbers.items()}).decode()
            snapshots.append((head["workspace_id"], draft, 1, seq, mark, msgspec.json.encode(document.value), last))
    async with world.store() as connection:
        await connection.executemany(
            "insert into draft_op (workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, kind, mark, ops,"
            " took, at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, to_timestamp($14))",
            rows,
        )
        await connection.executemany(
            "insert into draft_snapshot (workspace_id, draft_id, generation, seq, mark, value, last_nos)"
            " values ($1, $2, $3, $4, $5, $6, $7::text::jsonb)",
            snapshots,
        )
        await connection.execute("update draft set head_seq = $2, head_mark = $3 where id = $1", draft, seq, mark)
        await connection.execute("analyze draft_op")


async def timed(what: str, ask: Callable[[], Awaitable[Any]]) -> None:
    """Print how long a request takes, the first time and as a rule."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await ask()
        took.append((time.perf_counter() - began) * 1e3)
    tell(f"{what:<58} first {took[0]:8.1f} ms   median {statistics.median(took):8.1f} ms")


async def measure(home: Desk, count: int) -> None:
    """Write a log and ask for its past."""
    text = "".join(f"line {n}\n" for n in range(LINES))
    _, draft = await home.own("ada", visibility="open", content=text)
    for name in ("ben", "cleo"):
        api = home.api(name)
        state = await api.drafts.get(draft)
        await api.drafts.save(
            draft, {**state.value, "content": state.value["content"] + f"{name}\n"}, if_match=state.etag
        )
    began = time.perf_counter()
    await write_log(home, draft, count)
    tell(f"{count} batches in the log, written in {time.perf_counter() - began:.0f} s")
    for worker in (0, 1):
        await home.server.replace(worker)
    api = home.api("ada", 0)
    middle = count // 2 + 500
    await timed("the draft as it is", lambda: api.drafts.get(draft))
    await timed("history, the first page", lambda: api.history.page(draft))
    await timed("history, a page in the middle", lambda: api.history.page(draft, before=middle))
    await timed(f"the state at seq {middle}", lambda: api.history.state(draft, str(middle)))
    await timed("the state at seq 500", lambda: api.history.state(draft, "500"))
    began = time.perf_counter()
    await api.history.blame(draft)
    tell(f"blame of a log that has none kept: {time.perf_counter() - began:.1f} s, once")
    await timed("blame", lambda: api.history.blame(draft))
    await timed(f"blame at seq {middle}", lambda: api.history.blame(draft, str(middle)))
    await timed("changes since 1,000 batches ago", lambda: home.api("ben", 0).history.changes(draft, str(count - 1000)))
    await timed(
        "changes since 20,000 batches ago",
        lambda: home.api("ben", 0).history.changes(draft, str(max(1, count - 20_000))),
    )
    (kept,) = await home.world.rows(
        "select count(*) as n, max(length(blame)) as most, avg(length(blame))::int as mean from draft_blame"
        " where draft_id = $1",
        draft,
    )
    tell(f"blame kept: {kept['n']} times, {kept['mean']} bytes in the mean, {kept['most']} at the most")
    await home.world.close_clients()
    await home.close_apis()


async def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(prefix="dw-measure-") as directory:
        async with running(Path(directory)) as services:
            await with_services(services, count)


async def with_services(services: Embedded, count: int) -> None:
    databases = Databases(services)
    async with databases.fresh("template0") as url:
        await migrate(url)
        async with desk(url, services.redis_url) as home:
            await measure(home, count)


if __name__ == "__main__":
    asyncio.run(main())
