"""Edits per minute: of items in sum, of AI sessions each, and only in drafts that the asker may read."""

import time

import httpx
import pytest

from draftwire.errors import Problem
from tests.drafts.desk import Desk, script


async def _save(home: Desk, user: str, item: str, text: str, **claims: str) -> None:
    api = home.api(user, **claims)
    draft = await api.drafts.of_item(item, "own")
    await api.drafts.save(draft.draft, script(text), if_match=draft.etag, item=item)


async def test_edits_of_people_are_in_the_sum_of_an_item_and_those_of_ai_sessions_by_themselves(home: Desk) -> None:
    item = await home.world.item("ada", "f/one/counted", "both", script())
    await _save(home, "ada", item, "one\n")
    await _save(home, "ada", item, "two\n")
    await _save(home, "ada", item, "three\n", agent="helper")
    told = await home.api("cleo").activity.per_minute(5)
    found = {one.item: one.edits for one in told.items}
    assert len(found[item]) == 5
    assert sum(found[item]) == 3
    (agent,) = [one for one in told.agents if one.item == item]
    assert (agent.actor.kind, sum(agent.edits)) == ("agent", 1)
    assert abs(agent.last_at - time.time()) < 60
    assert not told.truncated


async def test_nothing_is_counted_that_the_asker_may_not_read(home: Desk) -> None:
    item = await home.world.item("ada", "f/two/hidden", "both", script())
    await _save(home, "ada", item, "one\n")
    assert item in {one.item for one in (await home.api("cleo").activity.per_minute()).items}
    for user in ("ben", "olga", "zoe"):
        told = await home.api(user).activity.per_minute()
        assert item not in {one.item for one in told.items}
    api = home.api("ada")
    draft = await api.drafts.of_item(item, "own")
    await api.sharing.show(draft.draft, "private", item=item)
    assert item not in {one.item for one in (await home.api("cleo").activity.per_minute()).items}
    assert item in {one.item for one in (await api.activity.per_minute()).items}


async def test_a_deploy_and_older_minutes_change_no_sum(home: Desk) -> None:
    item = await home.world.item("ada", "f/one/aged", "both", script())
    await _save(home, "ada", item, "one\n")
    api = home.api("ada")
    draft = await api.drafts.of_item(item, "own")
    await home.api("root").deploys.deploy(draft.draft, draft.etag, 0)
    assert {one.item: sum(one.edits) for one in (await api.activity.per_minute(4)).items}[item] == 1
    await home.world.rows(
        "update draft_op set at = at - interval '2 minutes' where workspace_id = $1 and draft_id = $2 returning seq",
        home.world.workspace, draft.draft,
    )  # fmt: skip
    # One minute more than it is old: the next one may just have begun.
    (edits,) = [one.edits for one in (await api.activity.per_minute(4)).items if one.item == item]
    assert sum(edits) == 1 and edits[-1] == 0
    (edits,) = [one.edits for one in (await api.activity.per_minute(1)).items if one.item == item] or [(0,)]
    assert sum(edits) == 0


async def test_how_far_is_looked_back_is_bounded(home: Desk) -> None:
    client: httpx.AsyncClient = home.world.http("ada")
    for minutes in ("0", "61", "x"):
        assert (await client.get("activity", params={"minutes": minutes})).status_code == 400


async def test_single_people_are_counted_only_where_an_admin_has_switched_that_on(home: Desk) -> None:
    item = await home.world.item("ada", "f/one/people", "both", script())
    await _save(home, "ada", item, "one\n")
    cleo, root = home.api("cleo"), home.api("root")
    told = await cleo.activity.per_minute()
    assert (told.people, told.counts_people) == ((), False)
    with pytest.raises(Problem) as refused:
        await cleo.workspace_settings.change(counts_people=True)
    assert refused.value.code == "forbidden"
    try:
        assert (await root.workspace_settings.change(counts_people=True)).counts_people
        assert (await cleo.workspace_settings.get()).counts_people
        told = await cleo.activity.per_minute(60)
        assert told.counts_people
        counted = {one.actor.name: sum(one.edits) for one in told.people}
        assert counted["Ada"] >= 1
        for nobodys in ("zoe", "olga"):  # who sees nobody's edits is told, too
            assert (await home.api(nobodys).activity.per_minute()).counts_people
        assert (await home.api("olga").activity.per_minute()).people == ()
        (event,) = (await root.events.read(0, types=["workspace.changed"])).events
        assert event.data == {"counts_people": True}
    finally:
        await root.workspace_settings.change(counts_people=False)
    assert (await cleo.activity.per_minute()).people == ()
