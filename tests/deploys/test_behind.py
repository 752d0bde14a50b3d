"""Behind, live: everybody with a draft of an item learns of a deploy; keep, rebase, revert; clean drafts follow."""

import asyncio
from typing import Any

import pytest

import draftwire
from draftwire.rest.merging import OwnText
from tests.deploys.conftest import deployed, save, told_of
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed, script
from tests.waiting import until

pytestmark = pytest.mark.slow


async def second(home: Desk, item: str, content: str, message: str = "", expected: int = 1) -> None:
    """Eli deploys the next version."""
    api = home.api("eli", 0)
    _, draft = await home.own("eli", item, content=f"{content}?")
    etag = await save(home, "eli", draft, content)
    await api.deploys.deploy(draft, etag, expected, message=message)


async def diverged(home: Desk) -> tuple[str, str]:
    """An item whose version 2 and a draft of dana's on version 1 changed line 5 differently, and other lines."""
    item, draft = await deployed(home)
    await save(home, "dana", draft, changed(changed(LINES, 5, "dana's"), 1, "one more\ndana's 1"))
    await second(home, item, changed(changed(LINES, 5, "eli's"), 15, "eli's too"), "news")
    return item, draft


async def test_every_follower_on_every_worker_learns_at_once_who_what_and_where(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, changed(changed(LINES, 5, "dana's"), 1, "one more\ndana's 1"))
    sockets = [await home.world.socket(user, n) for user, n in (("dana", 0), ("dana", 1), ("ada", 1))]
    for socket in sockets:
        await socket.ask("state", t="open", ref=1, draft=draft)
    await second(home, item, changed(changed(LINES, 5, "eli's"), 15, "eli's too"), "news")
    for socket in sockets:
        told = await told_of(socket, draft, 2)
        assert (told["base_version"], told["head"]["number"], told["head"]["message"]) == (1, 2, "news")
        assert (told["head"]["by"]["name"], told["draft"]) == ("Eli", draft)
        assert told["overlaps"] == [{"address": "/content", "line_from": 6, "line_to": 6}]
    async with await home.world.socket("dana", 1) as late:
        state = await late.ask("state", t="open", ref=1, draft=draft)
        assert (state["base_version"], state["head_version"]) == (1, 2)
        assert (await told_of(late, draft, 2))["base_version"] == 1
    await home.api("dana").deploys.rebase(draft, 2, rest="mine")
    for socket in sockets:
        over = await socket.next("behind")
        assert (over["base_version"], over["head"]["number"], over.get("overlaps")) == (2, 2, None)
        await socket.connection.close()


async def test_a_rebase_is_previewed_and_asks_where_both_changed_the_same(home: Desk) -> None:
    _, draft = await diverged(home)
    api = home.api("dana", 1)
    before = await api.drafts.get(draft)
    preview = await api.deploys.rebase(draft, 2, preview=True)
    (hunk,) = preview.hunks
    assert (preview.preview, preview.changed, "eli's too" in preview.value["content"]) == (True, False, True)
    assert ("dana's" in hunk.mine, "eli's" in hunk.theirs) == (True, True)
    problem = await refused(api.deploys.rebase(draft, 2))
    assert (problem.code, problem.detail["hunks"][0]["id"]) == ("merge_conflict", hunk.id)
    assert await api.drafts.get(draft) == before
    done = await api.deploys.rebase(draft, 2, resolutions={hunk.id: OwnText("both\n")}, idempotency_key="once")
    assert (done.base_version, done.changed) == (2, True)
    assert await home.api("dana", 0).deploys.rebase(
        draft, 2, resolutions={hunk.id: OwnText("both\n")}, idempotency_key="once"
    ) == done  # fmt: skip
    wanted = changed(changed(changed(LINES, 15, "eli's too"), 5, "both"), 1, "one more\ndana's 1")
    assert done.value == script(wanted)
    state = await home.api("dana", 0).drafts.get(draft)
    assert (state.base_version, state.etag, state.value) == (2, done.etag, script(wanted))
    batch = (await api.drafts.log(draft)).batches[-1]
    assert (batch.kind, batch.cause) == ("rebase", "version:1..2")
    again = await api.deploys.rebase(draft, 2)
    assert (again.changed, again.etag) == (False, done.etag)
    assert (await api.deploys.deploy(draft, done.etag, 2)).version == 3
    assert (await refused(api.deploys.rebase(draft, 9))).code == "not_found"
    assert (await refused(home.api("ben").deploys.rebase(draft, 3))).code == "read_only"


async def test_a_state_from_before_a_rebase_is_not_deployed_over_what_it_lacks(home: Desk) -> None:
    _, draft = await diverged(home)
    api = home.api("dana")
    before = (await api.drafts.get(draft)).etag
    await api.deploys.rebase(draft, 2, rest="mine")
    assert (await refused(api.deploys.deploy(draft, before, 2))).code == "behind"


async def test_saving_does_not_hide_that_a_draft_is_behind(home: Desk) -> None:
    _, draft = await diverged(home)
    await save(home, "dana", draft, "all new\n")
    state = await home.api("dana", 1).drafts.get(draft)
    assert (state.base_version, state.head_version) == (1, 2)
    etag = state.etag
    assert (await refused(home.api("dana").deploys.deploy(draft, etag, 2))).code == "behind"


async def test_keeping_is_remembered_for_that_version_alone(home: Desk) -> None:
    item, draft = await diverged(home)
    api = home.api("dana", 0)
    assert (await refused(api.deploys.keep(draft, 1))).code == "behind"
    async with await home.world.socket("dana", 1) as socket:
        await socket.ask("state", t="open", ref=1, draft=draft)
        assert "kept" not in await told_of(socket, draft, 2)
        assert (await api.deploys.keep(draft, 2)).version == 2
        while not (told := await socket.next("behind")).get("kept"):
            pass
        assert (told["base_version"], told["head"]["number"]) == (1, 2)
        etag = (await api.drafts.get(draft)).etag
        await second(home, item, "third\n", "third", expected=2)
        assert "kept" not in await told_of(socket, draft, 3)
    assert (await refused(api.deploys.deploy(draft, etag, 2))).code == "behind"


async def test_what_was_kept_behind_a_head_may_be_deployed_on_it(home: Desk) -> None:
    _, draft = await diverged(home)
    api = home.api("dana", 1)
    await api.deploys.keep(draft, 2)
    etag = (await api.drafts.get(draft)).etag
    assert (await api.deploys.deploy(draft, etag, 2)).version == 3


async def test_a_clean_draft_follows_by_itself(home: Desk) -> None:
    item, draft = await deployed(home)
    async with draftwire.connect(home.server.worker_url(1), home.world.token("dana")) as client:
        followed = await client.open(draft=draft)
        await second(home, item, "second\n")
        await until(lambda: followed.value["content"] == "second\n", "it follows")
        await until(lambda: followed.replica.base_version == 2, "and is told on which version it stands")
    state = await home.api("dana", 0).drafts.get(draft)
    assert (state.base_version, state.head_version, state.generation) == (2, 2, 1)
    batches = (await home.api("dana").drafts.log(draft)).batches
    assert [(b.kind, b.cause) for b in batches][-1] == ("rebase", "version:1..2")
    assert len(batches) == 2


async def test_who_follows_a_draft_that_is_deployed_is_told_on_which_version_it_stands(home: Desk) -> None:
    _, draft = await deployed(home)
    async with draftwire.connect(home.server.worker_url(1), home.world.token("dana")) as client:
        followed = await client.open(draft=draft)
        for version in (2, 3):
            etag = await save(home, "dana", draft, changed(LINES, version, f"line of version {version}"))
            assert (await home.api("dana", 0).deploys.deploy(draft, etag, version - 1)).version == version
            await until(lambda version=version: followed.replica.base_version == version, "it is told")
            assert followed.behind is None


async def test_a_clean_draft_that_nobody_had_open_follows_when_it_is_opened(home: Desk) -> None:
    item, draft = await deployed(home)
    await second(home, item, "second\n")
    async with draftwire.connect(home.server.worker_url(1), home.world.token("dana")) as client:
        followed = await client.open(draft=draft)
        await until(lambda: followed.value["content"] == "second\n", "it follows")
        await until(lambda: followed.behind is None, "it is told that this is over")


async def test_who_has_begun_nothing_sees_the_new_value_and_loses_no_keystroke(home: Desk) -> None:
    item, _ = await deployed(home)
    async with draftwire.connect(home.server.worker_url(1), home.world.token("ada")) as client:
        looking = await client.open(item=item, purpose="own")
        await second(home, item, changed(LINES, 5, "eli's"))
        await until(lambda: looking.value["content"] == changed(LINES, 5, "eli's"), "the new value is shown")
        looking.insert("/content", "typed ", 0)
        await until(lambda: looking.status == "saved", "it is saved")
    state = await home.api("ada", 0).drafts.of_item(item, "own")
    assert (state.value["content"], state.base_version) == ("typed " + changed(LINES, 5, "eli's"), 2)


async def test_keystrokes_that_cross_a_deploy_into_a_draft_that_is_just_begun_are_kept(home: Desk) -> None:
    for n in range(3):
        item, _ = await deployed(home)
        async with draftwire.connect(home.server.worker_url(1), home.world.token("ada")) as client:
            typing = await client.open(item=item, purpose="own")
            deploying = asyncio.create_task(second(home, item, changed(LINES, 15, "eli's")))
            for k in range(40):
                typing.insert("/content", chr(0x4E00 + k), k)
                await asyncio.sleep(0.002 * n)
            await deploying
            await until(lambda typing=typing: typing.status == "saved", "it is saved")
        text = (await home.api("ada", 0).drafts.of_item(item, "own")).value["content"]
        assert text.startswith("".join(chr(0x4E00 + k) for k in range(40)))


async def test_a_draft_is_reverted_to_a_version_or_an_earlier_state_as_ops(home: Desk) -> None:
    _, draft = await diverged(home)
    api = home.api("dana", 1)
    before: Any = await api.drafts.get(draft)
    head = await api.deploys.revert(draft, version=2)
    assert (head.base_version, head.changed, "eli's" in head.value["content"]) == (2, True, True)
    back = await api.deploys.revert(draft, etag=before.etag)
    assert (back.value, back.generation, back.seq) == (before.value, 1, head.seq + 1)
    first = await api.deploys.revert(draft, version=1)
    assert first.value == script(LINES)
    assert [b.kind for b in (await api.drafts.log(draft)).batches][-3:] == ["revert"] * 3
    assert (await api.deploys.revert(draft, version=1)).changed is False
    for wrong, code in (({}, "bad_message"), ({"version": 9}, "not_found"), ({"etag": "x"}, "bad_etag")):
        assert (await refused(api.deploys.revert(draft, **wrong))).code == code
    assert (await refused(home.api("ben").deploys.revert(draft, version=1))).code == "read_only"


async def test_a_draft_that_equals_the_deployed_value_counts_as_none(home: Desk) -> None:
    item, draft = await deployed(home)
    api = home.api("ada", 1)
    assert (await api.items.get(item)).drafts == ()
    await save(home, "dana", draft, "mine\n")
    assert [d.id for d in (await api.items.get(item)).drafts] == [draft]
    await home.api("dana").deploys.revert(draft, version=1)
    assert (await api.items.get(item)).drafts == ()
    await save(home, "dana", draft, "mine again\n")
    assert [d.id for d in (await api.items.get(item)).drafts] == [draft]
    async with draftwire.connect(home.server.worker_url(0), home.world.token("dana")) as client:
        await home.api("dana").deploys.revert(draft, version=1)
        followed = await client.open(draft=draft)
        await second(home, item, "second\n")
        await until(lambda: followed.value["content"] == "second\n", "it follows")
        await save(home, "dana", draft, "third\n")
    assert draft in [d.id for d in (await api.items.get(item)).drafts]
