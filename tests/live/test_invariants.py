"""The invariants of live drafts and connections hold on real workers that race, lose connections and drafts."""

import asyncio
import contextlib
import time
from pathlib import Path

import httpx
import pytest

import draftwire
from draftwire.errors import Problem
from tests.live.checked import checked
from tests.live.in_process import workers_here
from tests.system.world import World, world
from tests.waiting import until

# What happens in any case while people type, and what takes a race, a cut or a discard at the right moment: that is
# waited for, but not for ever on a busy machine. `test_live_draft.py` has each of them in any order.
CERTAIN = {
    *("CommitState.begin", "CommitState.commit", "CommitState.won", "CommitState.settle", "LiveDraft.begun"),
    *("Followers._flush", "Connections.claim"),
}
RARE = {"CommitState.lose", "CommitState.lose_track", "EditQueue.put_back", "LiveDraft.reset", "Connections.lost"}
WAITED_S = 30.0  # for the rare ones
CUT_S = 0.2  # between two cuts of the lanes' connections: so long that most edits get through
_CUT = """
select pg_terminate_backend(pid) from pg_stat_activity
 where datname = current_database() and query like '%insert into draft_op%' and pid <> pg_backend_pid()
"""


async def types_on(home: World, user: str, worker: int, item: str) -> None:
    """Type in an item's shared draft, in a new one when that is discarded; never ends."""
    while True:
        with contextlib.suppress(Problem, OSError, TimeoutError):
            async with draftwire.connect(home.server.worker_url(worker), home.token(user)) as client:
                draft = await client.open(item=item, purpose="shared")
                for _ in range(40):
                    draft.insert("/content", user[0], 0)
                    async with asyncio.timeout(5):
                        await draft.saved()


async def discards(home: World, item: str) -> None:
    """Discard the shared draft now and then, through either worker; never ends."""
    for worker in (n % 2 for n in range(1_000_000)):
        await asyncio.sleep(1.0)
        with contextlib.suppress(httpx.HTTPError):
            async with home.http("ada", worker) as http:
                found = (await http.get(f"items/{item}/draft", params={"purpose": "shared"})).json()
                await http.post(f"drafts/{found['draft']}/discard", json={"etag": found["etag"]})


async def cuts(home: World) -> None:
    """Cut the connections that commit; never ends."""
    async with home.store() as connection:
        while True:
            await asyncio.sleep(CUT_S)
            await connection.execute(_CUT)


@pytest.mark.slow
async def test_invariants_hold_after_each_step_of_workers_that_race(
    database_url: str, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with checked(monkeypatch) as steps:
        async with workers_here(database_url, redis_url, tmp_path) as server, world(server, database_url) as home:
            for name in ("ada", "grace"):
                await home.member(name, "admin")
            items = [await home.item("ada", f"f/all/i{n}") for n in range(2)]
            work = [types_on(home, name, n, item) for item in items for n, name in enumerate(("ada", "grace"))]
            tasks = [asyncio.create_task(each) for each in (*work, cuts(home), *(discards(home, i) for i in items))]

            async def all_seen() -> bool:
                for task in tasks:
                    if task.done():
                        task.result()
                seen = RARE if time.monotonic() < waited else CERTAIN
                return bool(steps.faults) or steps.taken.keys() >= CERTAIN | seen

            waited = time.monotonic() + WAITED_S
            try:
                await until(all_seen, f"all of {sorted(CERTAIN)}", within_s=120)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)
        assert not steps.faults
