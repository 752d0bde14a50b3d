"""Discard with its etag: followers are reset, old copies never merge in, and the text can be brought back."""

import pytest

import draftwire
from tests.deploys.conftest import deployed, save
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed, edit, script
from tests.waiting import until

pytestmark = pytest.mark.slow


async def test_a_discarded_draft_is_none_and_its_text_can_be_brought_back(home: Desk) -> None:
    item, draft = await deployed(home)
    mine = changed(LINES, 3, "mine")
    old = await save(home, "dana", draft, mine)
    api = home.api("dana", 0)
    gone = await api.deploys.discard(draft, old)
    assert (gone.generation, gone.item) == (1, item)
    assert (await api.deploys.discard(draft, old)) == gone  # of what is gone, by who lost the answer
    for worker in (0, 1):
        state = await home.api("dana", worker).drafts.of_item(item, "own")
        assert (state.draft, state.stands, state.generation, state.value) == (draft, False, 2, script(LINES))
    assert (await api.items.get(item)).drafts == ()
    for work in (
        api.drafts.save(draft, script("old"), if_match=old),
        api.deploys.deploy(draft, old, 1),
        api.deploys.revert(draft, etag=old),
    ):
        assert (await refused(work)).code in ("generation_changed", "not_found")
    back = await home.api("dana", 1).deploys.bring_back(draft)
    assert (back.value, back.generation, back.seq, back.changed) == (script(mine), 2, 1, True)
    (batch,) = (await api.drafts.log(draft)).batches
    assert (batch.kind, batch.cause) == ("restore", "discard:g1")
    assert (await api.deploys.bring_back(draft)).changed is False
    assert (await api.deploys.deploy(draft, back.etag, 1)).version == 2
    assert (await refused(api.deploys.bring_back(draft, generation=7))).code == "not_found"


async def test_what_is_brought_back_is_merged_with_what_was_deployed_and_begun_since(home: Desk) -> None:
    item, draft = await deployed(home)
    etag = await save(home, "dana", draft, changed(changed(LINES, 3, "mine"), 9, "mine too"))
    await home.api("dana").deploys.discard(draft, etag)
    again = await home.api("dana", 1).drafts.of_item(item, "own")
    await home.api("dana", 1).drafts.save(draft, script(changed(LINES, 9, "new")), if_match=again.etag)
    problem = await refused(home.api("dana", 0).deploys.bring_back(draft))
    assert (problem.code, len(problem.detail["hunks"])) == ("merge_conflict", 1)
    back = await home.api("dana", 0).deploys.bring_back(draft, rest="theirs")
    assert back.value == script(changed(changed(LINES, 9, "new"), 3, "mine"))


async def test_a_draft_that_has_moved_is_not_discarded(home: Desk) -> None:
    _, draft = await deployed(home)
    api = home.api("dana", 1)
    old = (await api.drafts.get(draft)).etag
    moved = await save(home, "dana", draft, "moved\n")
    problem = await refused(api.deploys.discard(draft, old))
    assert (problem.code, problem.detail["etag"]) == ("draft_moved", moved)
    assert (await refused(api.deploys.discard(draft, "x"))).code == "bad_etag"
    assert (await refused(api.deploys.discard(draft, moved.replace("g1", "g2")))).code == "generation_changed"
    assert (await api.drafts.get(draft)).etag == moved


async def test_followers_on_every_worker_are_reset_and_begin_anew(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, "mine\n")
    sockets = [await home.world.socket("dana", n) for n in (0, 1)]
    states = [await socket.ask("state", t="open", ref=1, draft=draft) for socket in sockets]
    async with draftwire.connect(home.server.worker_url(1), home.world.token("dana")) as client:
        followed = await client.open(draft=draft)
        await home.api("dana", 0).deploys.discard(draft, (await home.api("dana").drafts.get(draft)).etag)
        for socket, state in zip(sockets, states, strict=True):
            reset = await socket.next("reset", within_s=10)
            assert (reset["reason"], reset["draft"]) == ("discarded", draft)
            await socket.ask("state", t="open", ref=2, draft=draft, item=item)
            late = await socket.ask("refused", **edit(state, "late"))
            assert late["code"] == "generation_changed"
            await socket.connection.close()
        await until(lambda: followed.value["content"] == LINES, "it shows the deployed value")
        followed.insert("/content", "anew ", 0)
        await until(lambda: followed.status == "saved", "it is saved")
    state = await home.api("dana", 0).drafts.get(draft)
    assert (state.generation, state.value["content"]) == (2, "anew " + LINES)


async def test_only_its_owner_discards_a_draft(home: Desk) -> None:
    item, draft = await home.own("ada", visibility="open")
    etag = (await home.api("ada").drafts.get(draft)).etag
    problem = await refused(home.api("ben").deploys.discard(draft, etag))
    assert (problem.code, problem.detail["missing"]) == ("forbidden", "owner")
    assert (await refused(home.api("zoe").deploys.discard(draft, etag))).code == "not_found"
    _, shared = await home.shared("ben", item)
    etag = (await home.api("ada").drafts.get(shared)).etag
    assert (await refused(home.api("dora").deploys.discard(shared, etag))).code == "forbidden"
    assert (await home.api("ada").deploys.discard(shared, etag)).generation == 1
