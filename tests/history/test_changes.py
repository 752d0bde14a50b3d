"""What others changed since somebody said that they looked, or since a state."""

import pytest

from draftwire.rest.diff import MemberChanged, TextChanged
from tests.deploys.conftest import save
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed

pytestmark = pytest.mark.slow


async def test_what_others_changed_since_i_looked_by_person_and_agent(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="open")
    ada = home.api("ada", 1)
    first = (await ada.drafts.get(draft)).etag
    fresh = await ada.history.changes(draft)
    assert (fresh.by, fresh.comparison.changes, fresh.looked_at) == ((), (), None), "all of it is my own"
    looked = await ada.history.looked(draft, first)
    assert looked.etag == first
    text = changed(LINES, 3, "by ben")
    await save(home, "ben", draft, text)
    await save(home, "ben", draft, text := changed(text, 4, "by ben too"))
    agent = home.api("ada", agent="helper")
    state = await agent.drafts.get(draft)
    await agent.drafts.save(draft, {**state.value, "summary": "by the agent"}, if_match=state.etag)
    now = await ada.drafts.get(draft)
    mine = {**now.value, "content": "mine at the top\n" + changed(text, 18, "mine")}
    head = (await ada.drafts.save(draft, mine, if_match=now.etag)).etag
    changes = await ada.history.changes(draft, context=0)
    assert (changes.since, changes.until, changes.looked_at) == (first, head, looked.at)
    helper, ben = changes.by
    assert (helper.actor.kind, helper.actor.name, [place.at for place in helper.places]) == (
        "agent", "helper", ["/summary"],
    )  # fmt: skip
    assert (ben.actor.name, ben.batches, [(p.at, p.lines) for p in ben.places]) == (
        "Ben", 2, [("/content", ((4, 5),))],
    )  # fmt: skip
    assert ben.first_at <= ben.last_at and ben.came > 0
    kinds = {change.at: type(change) for change in changes.comparison.changes}
    assert kinds == {"/summary": MemberChanged, "/content": TextChanged}
    # nothing but her own word moves the mark, and never back
    assert (await ada.history.changes(draft)).since == first
    await ada.history.looked(draft, head)
    assert (await ada.history.looked(draft, first)).etag == head
    done = await ada.history.changes(draft)
    assert (done.by, done.comparison.changes) == ((), ())
    # an agent has a mark of its own, and asks since what it read last
    assert (await agent.history.changes(draft)).looked_at is None
    told = await agent.history.changes(draft, state.etag)
    assert [by.actor.name for by in told.by] == ["Ada"]
    assert [by.actor.name for by in (await agent.history.changes(draft, "1")).by] == ["Ada", "Ben"]


async def test_the_comparison_leaves_out_what_is_mine_alone(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="open")
    ada = home.api("ada")
    state = await ada.drafts.get(draft)
    await ada.history.looked(draft, state.etag)
    await ada.drafts.save(draft, {**state.value, "language": "go"}, if_match=state.etag)
    now = await home.api("ben").drafts.get(draft)
    await home.api("ben").drafts.save(draft, {**now.value, "summary": "ben's"}, if_match=now.etag)
    changes = await ada.history.changes(draft)
    assert [change.at for change in changes.comparison.changes] == ["/summary"]
    both = await home.api("cleo").history.changes(draft, state.etag)
    assert sorted(change.at for change in both.comparison.changes) == ["/language", "/summary"]


async def test_a_bad_since_or_mark_is_refused(home: Desk) -> None:
    item, draft = await home.own("ada")
    api = home.api("ada")
    etag = (await api.drafts.get(draft)).etag
    for since, code in (
        ("9", "base_ahead"), (etag.replace("g1", "g4"), "generation_changed"), (etag[:-8] + "AAAAAAAA", "rewound"),
        ("nothing of that name", "not_found"),
    ):  # fmt: skip
        assert (await refused(api.history.changes(draft, since))).code == code, since
        if code != "not_found":
            mark = f"g1.s9.{etag[-8:]}" if since == "9" else since
            assert (await refused(api.history.looked(draft, mark))).code == code, since
    assert (await refused(api.history.looked(draft, "x"))).code == "bad_etag"
    named = await api.history.name(draft, "here", etag)
    await save(home, "ada", draft, "more\n")
    assert (await api.history.changes(draft, "here")).since == named.etag
    unbegun = await home.api("ben").drafts.of_item(item, "own")
    answer = await home.world.http("ben").post(
        f"drafts/{unbegun.draft}/looked", json={"etag": unbegun.etag, "item": item}
    )
    assert answer.json()["code"] == "not_found"
