"""A restored copy on the same Redis, in another database of it: all ids are equal, and neither hears of the other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
import msgspec
import pytest
from click.testing import CliRunner

from draftwire_server.bus import names
from draftwire_server.cli.database.check import findings
from draftwire_server.cli.main import main
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.services.worker import company
from draftwire_server.services.worker.company import TWO_DATABASES
from draftwire_server.settings import Settings
from draftwire_server.store import installation
from tests.conftest import Databases
from tests.drafts.desk import edit
from tests.system.cluster import Cluster, cluster
from tests.system.world import EVERYTHING, Socket, World, store, world

pytestmark = pytest.mark.slow

TIMINGS = {"presence_renew_s": 0.3}


@dataclass
class Pair:
    original: World
    copy: World
    item: str


@pytest.fixture
async def pair(databases: Databases, services: Embedded) -> AsyncIterator[Pair]:
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(databases.fresh())
        async with cluster(url, services.redis_url, workers=1) as server, world(server, url) as made:
            await made.member("ada", desk=EVERYTHING)
            item = await made.item("ada", "f/desk/one", value={"content": "x = 1\n", "language": "python3"})
            workspace = made.workspace
        copied = await stack.enter_async_context(databases.fresh(url.rpartition("/")[2].partition("?")[0]))
        servers: list[Cluster] = []
        for database, redis in ((url, services.redis_url), (copied, numbered(services))):
            servers.append(await stack.enter_async_context(cluster(database, redis, workers=1, timings=TIMINGS)))
        worlds = [World(each, at, workspace) for each, at in zip(servers, (url, copied), strict=True)]
        yield Pair(*worlds, item)
        for each in (*worlds,):
            await each.close_clients()
            each.server.assert_no_error()


def numbered(services: Embedded) -> str:
    """The same Redis, another database of it."""
    return f"{services.redis_url}?db=1"


async def seat(place: World, item: str) -> tuple[Socket, dict[str, object]]:
    socket = await place.socket("ada")
    await socket.next("welcome")
    await socket.ask("item", t="subscribe", ref=1, channel=f"item:{item}")
    state = await socket.ask("state", t="open", ref=2, item=item)
    return socket, state


async def test_a_restored_copy_shares_nothing_and_is_told_of(pair: Pair, services: Embedded) -> None:
    there, state = await seat(pair.original, pair.item)
    here, copied = await seat(pair.copy, pair.item)
    assert (copied["draft"], copied["mark"]) == (state["draft"], state["mark"])
    async with there, here:
        # One after the other, so that what the first tells would join on to what the second holds.
        await there.send(t="focus", item=pair.item, state="editing", doing="production works")
        await there.send(**edit(state, "production"))
        assert "production" in str(await there.next("ops"))
        await here.send(t="focus", item=pair.item, state="editing", doing="staging works")
        await here.send(**edit(copied, "staging"))
        assert "staging" in str(await here.next("ops"))
        for place, socket, own, other in (
            (pair.original, there, "production", "staging"), (pair.copy, here, "staging", "production"),
        ):  # fmt: skip
            async with place.http("ada") as http:
                async with asyncio.timeout(10):
                    while own not in (found := (await http.get(f"items/{pair.item}/presence")).text):
                        pass
                assert other not in found
                everywhere = (await http.get("presence")).text
                assert own in everywhere
                assert other not in everywhere
            # a marker at the end of everything that the bus could have brought
            await socket.send(t="focus", item=pair.item, state="editing", doing=f"{own} ends")
            while f"{own} ends" not in str(await socket.next("presence")):
                pass
            told = str(socket.passed)
            assert other not in told
            assert "rewound" not in told
    # Both bear the id that was made with the schema: whoever checks either of them is told.
    environ = {
        "DATABASE_URL": pair.copy.database_url, "REDIS_URL": numbered(services),
        "DRAFTWIRE_TOKEN_KEYS": "k" * 32, "DRAFTWIRE_RESUME_KEY": "r" * 32,
    }  # fmt: skip
    async with asyncpg.create_pool(pair.original.database_url, min_size=1, max_size=1) as pool:
        ids = await pool.fetchval("select id from draftwire.installation")
    async with asyncpg.create_pool(pair.copy.database_url, min_size=1, max_size=1) as pool:
        assert ids == await pool.fetchval("select id from draftwire.installation")
    told = [finding.told async for finding in findings(environ) if finding.about == "installation"]
    assert told == [TWO_DATABASES]


async def test_a_copy_of_the_files_is_told_of_and_gets_an_id_of_its_own(database_url: str, redis_url: str) -> None:
    def settings(url: str) -> Settings:
        return Settings(url, ("k" * 32,), "r" * 32, redis_url=redis_url)

    async with store(database_url) as connection:
        here = await installation.load(connection)
        again = msgspec.structs.replace(here, postgres_since="another moment")  # of the same files
        told = company.client(settings(database_url))
        assert told is not None
        try:
            assert await company.others(told, here) == ([], [])
            seconds, _ = await told.time()
            for worker, since, at in (("a", here, seconds), ("b", again, seconds), ("c", again, seconds - 60)):
                facts = company.WorkerTold(since.database, since.postgres_since, float(at))
                await told.hset(names.company(here.id), worker, msgspec.json.encode(facts))
            assert await company.others(told, here) == ([company.TWO_SERVERS], [b"c"])
            result = await asyncio.to_thread(
                CliRunner().invoke, main, ["installation", "renew"], env={"DATABASE_URL": database_url}
            )
            fresh = await installation.load(connection)
            assert result.output.strip() == fresh.id != here.id
            assert fresh.name != here.name
            assert await company.others(told, fresh) == ([], [])
        finally:
            await told.aclose()
