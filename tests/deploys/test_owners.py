"""Behind for everybody concerned: owners hear of a deploy wherever they are, and clean drafts follow with nobody
there.
"""

import asyncio
from typing import Any

import pytest

import draftwire
from draftwire.session.events import BehindElsewhere
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.canonical import content_hash, version_hash
from draftwire_server.store.deploys import jobs, versions
from tests.deploys.conftest import deployed, save, staffed, told_of
from tests.deploys.test_behind import second
from tests.drafts.desk import LINES, Desk, changed, desk, script
from tests.waiting import until

pytestmark = pytest.mark.slow


async def test_an_owner_hears_of_a_deploy_in_every_tab_without_having_the_draft_open(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, changed(LINES, 5, "dana's"))
    mine = [await home.world.socket("dana", n) for n in (0, 1)]
    others = [await home.world.socket(user, 1) for user in ("eli", "zoe")]
    for socket in (*mine, *others):
        await socket.next("welcome")
    await second(home, item, changed(LINES, 5, "eli's"), "news")
    for socket in mine:
        told = await told_of(socket, draft, 2)
        assert (told["item"], told["base_version"], told["head"]["message"]) == (item, 1, "news")
        assert told["head"]["by"]["name"] == "Eli"
        assert told["overlaps"] == [{"address": "/content", "line_from": 5, "line_to": 5}]
    await save(home, "dana", draft, changed(LINES, 5, "dana's again"))
    marker, other_draft = await deployed(home)
    await save(home, "dana", other_draft, "mine\n")
    await second(home, marker, "theirs\n")  # what was told of the first one would have come before
    for socket in mine:
        await told_of(socket, other_draft, 2)
        assert len([m for m in socket.passed if m["t"] == "behind" and m["draft"] == draft]) == 1
    for socket in others:
        await socket.ask("error", t="ping?")  # behind everything that was told
        assert [m for m in socket.passed if m["t"] == "behind"] == []
    for socket in (*mine, *others):
        await socket.connection.close()


async def test_the_first_who_is_connected_hears_of_what_happens_before_the_next_look(
    database_url: str, services: Embedded
) -> None:
    async with desk(database_url, services.redis_url, poll_s=60) as made:
        home = await staffed(made)
        item, draft = await deployed(home)
        await save(home, "dana", draft, changed(LINES, 5, "dana's"))
        async with await home.world.socket("dana", 1) as socket:  # nobody of this workspace was there
            await socket.next("welcome")
            await second(home, item, changed(LINES, 5, "eli's"), "news")
            assert (await told_of(socket, draft, 2))["head"]["message"] == "news"
        await home.close_apis()


async def test_the_sdk_tells_of_a_draft_that_is_not_followed_and_the_list_of_who_was_away(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, changed(LINES, 5, "dana's"))
    async with draftwire.connect(home.server.worker_url(1), home.world.token("dana")) as client:
        await client.welcome()
        heard: asyncio.Future[BehindElsewhere] = asyncio.get_running_loop().create_future()

        async def hear() -> None:
            async for event in client.events():
                if isinstance(event, BehindElsewhere) and event.behind.draft == draft and not heard.done():
                    heard.set_result(event)

        listening = asyncio.create_task(hear())
        await asyncio.sleep(0)
        await second(home, item, changed(LINES, 5, "eli's"), "news")
        async with asyncio.timeout(10):
            assert (await heard).behind.item == item
        listening.cancel()
    (line,) = (await home.api("dana").drafts.list(item=item, behind=True, whose="mine")).drafts
    assert (line.draft, line.behind, line.base_version, line.head_version) == (draft, True, 1, 2)


async def test_clean_drafts_follow_though_nobody_has_them_open(home: Desk) -> None:
    item, draft = await deployed(home)
    _, theirs = await home.own("ada", item, content=changed(LINES, 2, "ada's"))
    await second(home, item, "second\n")
    await until(lambda: _base(home, draft, 2), "it follows")
    batch = (await home.api("dana").drafts.log(draft)).batches[-1]
    assert (batch.kind, batch.cause) == ("rebase", "version:1..2")
    await until(lambda: _no_jobs(home, item), "the job is done")
    assert await _base(home, theirs, 1)
    assert (await home.api("dana").drafts.get(draft)).value["content"] == "second\n"

    async def unlisted() -> bool:
        return draft not in [line.draft async for line in home.api("dana").drafts.list(item=item)]

    await until(unlisted, "it counts as none")  # noted after its commit


async def test_what_a_dead_worker_left_to_follow_is_done_by_another_one_in_bounded_steps(home: Desk) -> None:
    item, draft = await deployed(home)
    async with home.world.store() as connection, connection.transaction():
        # As a worker leaves it that commits a deploy and dies: a version, and the job.
        actor = await connection.fetchval("select deployer_id from version where item_id = $1", item)
        await _make_version(connection, home.world.workspace, item, actor)
        await jobs.add(connection, home.world.workspace, item, "follow")
        claimed = await jobs.claim(connection, home.world.workspace, 1.0)  # it had begun with it, too
        assert claimed is not None
        assert claimed.item == item
    await until(lambda: _base(home, draft, 2), "another worker goes on with it")
    await until(lambda: _no_jobs(home, item), "and ends it")
    assert (await home.api("dana").drafts.get(draft)).value["content"] == "left\n"


async def _make_version(connection: Any, workspace: str, item: str, actor: str) -> None:
    value = script("left\n")
    new = versions.NewVersion(2, version_hash(item, 2, value), content_hash(value), value, actor, actor)
    await versions.add_version(connection, workspace, item, new)


async def _base(home: Desk, draft: str, version: int) -> bool:
    (row,) = await home.world.rows("select base_version from draft where id = $1", draft)
    return bool(row["base_version"] == version)


async def _no_jobs(home: Desk, item: str) -> bool:
    return await home.world.rows("select 1 from item_job where item_id = $1", item) == []
