"""One hunk or one member of a difference is brought back by itself; what reads differently by now is refused."""

import msgspec
import pytest

from draftwire.rest.diff import DiffPart
from tests.deploys.conftest import deployed, save
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed, script

pytestmark = pytest.mark.slow


async def test_one_hunk_and_one_member_come_back_and_can_be_undone(home: Desk) -> None:
    item, draft = await deployed(home)
    api = home.api("dana", 1)
    state = await api.drafts.get(draft)
    text = changed(changed(LINES, 2, "first change"), 18, "second change")
    etag = (
        await api.drafts.save(draft, {**state.value, "content": text, "summary": "other"}, if_match=state.etag)
    ).etag
    diff = await api.items.diff(item, from_="version:1", to=draft)
    assert diff.to.etag == etag
    hunks = [part for part in diff.parts if part.at == "/content" and part.hunk is not None]
    (summary,) = [part for part in diff.parts if part.at == "/summary"]
    assert [hunk.hunk for hunk in hunks] == [0, 1]
    back = await api.deploys.revert(draft, version=1, only=[hunks[1].id, summary.id])
    assert back.value == script(changed(LINES, 2, "first change"))
    assert (back.changed, back.base_version) == (True, 1)
    (batch,) = (await api.drafts.log(draft, after=back.seq - 1)).batches
    assert (batch.kind, batch.cause) == ("revert", "version:1/parts")
    undone = await api.deploys.revert(draft, etag=etag)
    assert undone.value == {**state.value, "content": text, "summary": "other"}
    # the same again: the parts read as they did, so their ids count
    again = await api.deploys.revert(draft, version=1, only=[summary.id])
    assert again.value == script(text)
    assert (await api.deploys.revert(draft, etag=again.etag)).changed is False
    blame = await api.history.blame(draft)
    assert {origin.actor.name for origin in blame.origins} == {"Dana"}


async def test_a_part_that_reads_differently_by_now_is_refused_with_the_difference_as_it_is(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, changed(changed(LINES, 2, "one"), 18, "two"))
    api = home.api("dana")
    diff = await api.items.diff(item, from_="version:1", to=draft)
    first, second = [part for part in diff.parts if part.hunk is not None]
    now = await save(home, "dana", draft, changed(changed(LINES, 2, "one more"), 18, "two"))
    problem = await refused(api.deploys.revert(draft, version=1, only=[first.id, second.id]))
    assert (problem.code, problem.detail["etag"], problem.detail["missing"]) == ("parts_changed", now, [first.id])
    fresh = msgspec.convert(problem.detail["parts"], tuple[DiffPart, ...])
    assert second.id in {part.id for part in fresh} and problem.detail["comparison"]["changes"]
    assert (await api.drafts.get(draft)).etag == now, "nothing was written"
    back = await api.deploys.revert(draft, version=1, only=[second.id])
    assert back.value == script(changed(LINES, 2, "one more"))


async def test_parts_of_an_earlier_state_and_bad_input(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="readable")
    good = (await home.api("ada").drafts.get(draft)).etag
    await save(home, "ada", draft, "short\n")
    item = (await home.api("ada").drafts.get(draft)).item
    api = home.api("ada")
    diff = await api.items.diff(item, from_=f"mine@{good}", to="mine", context=0)
    (whole,) = [part for part in diff.parts if part.hunk is None]
    client = home.world.http("ada")
    for body in (
        {"etag": good, "only": []}, {"only": [whole.id]}, {"etag": good, "version": 0, "only": [whole.id]},
        {"etag": good, "only": "x"},
    ):  # fmt: skip
        answer = await client.post(f"drafts/{draft}/revert", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), body
    assert (await refused(api.deploys.revert(draft, etag=good, only=["x" * 1000]))).code == "parts_changed"
    assert (await refused(home.api("ben").deploys.revert(draft, etag=good, only=[whole.id]))).code == "read_only"
    back = await api.deploys.revert(draft, etag=good, only=[whole.id], context=0)
    assert back.value["content"] == LINES
    blame = await api.history.blame(draft)
    assert [origin.kind for origin in blame.origins if origin.seq is not None] == ["save"], "it is whose it was"


@pytest.mark.parametrize("worker", [0, 1])
async def test_any_version_and_any_state_can_be_gone_back_to(home: Desk, worker: int) -> None:
    item, draft = await deployed(home)
    api = home.api("dana", worker)
    states = [(await api.drafts.get(draft)).etag]
    for turn in range(2, 5):
        states.append(await save(home, "dana", draft, f"state {turn}\n"))
        assert (await api.deploys.deploy(draft, states[-1], turn - 1)).version == turn
    for number in (1, 4, 2, 3, 0):
        back = await api.deploys.revert(draft, version=number)
        wanted = (await api.versions.get(item, number)).value if number else script("")
        assert back.value == wanted, number
    for etag in states:
        content = (await api.history.state(draft, etag)).value
        assert (await api.deploys.revert(draft, etag=etag)).value == content
