"""Blame over HTTP: people, agents, versions, forks, rebases, and that a long log is not read again."""

from typing import Any

import pytest

from draftwire.rest.history import DraftBlame
from tests.deploys.conftest import deployed, save
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed, script
from tests.waiting import until

pytestmark = pytest.mark.slow


def lines(blame: DraftBlame, at: str = "/content") -> list[tuple[int, int, str, int | None]]:
    """(first, last, name, version) of each run of lines."""
    (text,) = [text for text in blame.texts if text.at == at]
    told = [(line.first, line.last, blame.origins[line.origin]) for line in text.lines]
    return [(first, last, origin.actor.name, origin.version) for first, last, origin in told]


async def test_lines_and_members_belong_to_who_wrote_them(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="open")
    await save(home, "ben", draft, changed(LINES, 3, "by ben"))
    api = home.api("ben", 1)
    state = await api.drafts.get(draft)
    last = (
        await api.drafts.save(draft, {**state.value, "summary": "said", "content": changed(LINES, 3, "by ben") + "end"},
                              if_match=state.etag)
    ).etag  # fmt: skip
    blame = await home.api("dora").history.blame(draft)
    assert (blame.etag, blame.draft) == (last, draft)
    assert lines(blame) == [(1, 2, "Ada", None), (3, 3, "Ben", None), (4, 20, "Ada", None), (21, 21, "Ben", None)]
    members = {member.at: blame.origins[member.origin].actor.name for member in blame.members}
    assert members["/summary"] == "Ben"
    third = next(line for line in blame.texts[0].lines if line.first == 3)
    assert [blame.origins[i].actor.name for i in third.others] in ([], ["Ada"])
    spans = blame.texts[0].spans
    assert sum(size for size, _ in spans) == len(changed(LINES, 3, "by ben") + "end")
    earlier = await api.history.blame(draft, "1")
    assert lines(earlier) == [(1, 20, "Ada", None)]
    only = await api.history.blame(draft, address="/summary")
    assert (only.texts, [member.at for member in only.members]) == ((), ["/summary"])
    problem = await refused(api.history.blame(draft, address="/nowhere"))
    assert problem.code == "no_such_place"


async def test_an_agent_is_told_apart_with_its_run_and_its_person(home: Desk) -> None:
    _, draft = await home.own("ada")
    run = (await home.api("ada", agent="helper").runs.begin("tidy up")).id
    api = home.api("ada", agent="helper", run=run)
    state = await api.drafts.get(draft)
    await api.drafts.save(draft, script(changed(LINES, 2, "by the agent")), if_match=state.etag)
    blame = await home.api("ada").history.blame(draft)
    second = next(line for line in blame.texts[0].lines if line.first == 2)
    origin = blame.origins[second.origin]
    assert (origin.actor.kind, origin.actor.name, origin.actor.on_behalf_of) == ("agent", "helper", "Ada")
    page = await home.api("ada").history.page(draft)
    assert [(g.actor.kind, g.run) for g in page.groups] == [("agent", run), ("user", None)]
    assert origin.run == run


async def test_blame_goes_on_across_versions_forks_and_rebases(home: Desk) -> None:
    item, draft = await deployed(home)  # Dana's text is version 1
    eli = home.api("eli")
    theirs = await eli.drafts.of_item(item, "own")
    mine = await eli.drafts.save(theirs.draft, script(changed(LINES, 4, "by eli")), if_match=theirs.etag)
    own = await eli.history.blame(theirs.draft)
    assert lines(own) == [(1, 3, "Dana", 1), (4, 4, "Eli", None), (5, 20, "Dana", 1)]
    await save(home, "dana", draft, changed(LINES, 9, "by dana again"))
    assert (await eli.deploys.deploy(theirs.draft, mine.etag, 1)).version == 2
    second = await home.api("ada").history.version_blame(item, 2)
    assert lines(second) == [(1, 3, "Dana", 1), (4, 4, "Eli", 2), (5, 20, "Dana", 1)]
    assert all(origin.seq is None for origin in second.origins)
    # Dana takes Eli's line over by a rebase: it stays Eli's.
    dana = home.api("dana")
    rebased = await dana.deploys.rebase(draft, 2)
    assert "by eli" in rebased.value["content"]
    blame = await dana.history.blame(draft)
    named = {line.first: blame.origins[line.origin].actor.name for line in blame.texts[0].lines}
    assert named[4] == "Eli"
    assert named[5] == "Dana"
    # an older version's text, brought back, is whose it was
    reverted = await eli.deploys.revert(theirs.draft, version=1)
    assert reverted.value == script(LINES)
    assert {name for *_, name, _ in lines(await eli.history.blame(theirs.draft))} == {"Dana"}
    redeployed = await dana.deploys.redeploy(item, 1, 2)
    assert lines(await dana.history.version_blame(item, redeployed.version)) == [(1, 20, "Dana", 1)]
    forked = await dana.versions.fork(item, "version:2", path=f"f/one/{item[:8]}-fork")
    begun = await dana.drafts.of_item(forked.item, "own")
    assert lines(await dana.history.blame(begun.draft)) == [(1, 3, "Dana", 0), (4, 4, "Eli", 0), (5, 20, "Dana", 0)]


async def test_a_version_without_blame_is_its_authors(home: Desk) -> None:
    item, _ = await deployed(home)
    await home.world.rows("delete from version_blame where item_id = $1 returning 1", item)
    blame = await home.api("dana").history.version_blame(item, 1)
    assert lines(blame) == [(1, 20, "Dana", 1)]
    assert [origin.kind for origin in blame.origins] == ["deploy"]
    assert (await refused(home.api("zoe").history.version_blame(item, 1))).code == "not_found"
    assert (await refused(home.api("dana").history.version_blame(item, 9))).code == "not_found"


async def test_what_a_revert_to_an_earlier_state_brings_back_is_whose_it_was(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="open")
    good = await save(home, "ben", draft, changed(LINES, 3, "by ben, in good faith"))
    await save(home, "cleo", draft, "all gone\n")
    await home.api("cleo").deploys.revert(draft, etag=good)
    blame = await home.api("ada").history.blame(draft)
    assert [(first, name) for first, _, name, _ in lines(blame)] == [(1, "Ada"), (3, "Ben"), (4, "Ada")]


async def test_a_snapshot_carries_blame_and_only_what_follows_is_read(home: Desk) -> None:
    _, draft = await home.own("ada")
    api = home.api("ada", 0)
    state = await api.drafts.get(draft)
    big = "x" * 70_000 + "\n"
    etag = (await api.drafts.save(draft, script(LINES + big), if_match=state.etag)).etag
    await until(lambda: kept(home, draft), "the snapshot has its blame")
    await api.drafts.save(draft, script(LINES), if_match=etag)
    # what comes before the snapshot is not looked at: this would be told of
    await home.world.rows("update draft_op set took = '[]' where draft_id = $1 and seq < 2 returning 1", draft)
    assert lines(await home.api("ada", 1).history.blame(draft)) == [(1, 20, "Ada", None)]


async def kept(home: Desk, draft: str) -> Any:
    return await home.world.rows("select 1 from draft_blame where draft_id = $1", draft)


async def test_a_version_says_who_wrote_how_much_of_its_text(home: Desk) -> None:
    item, draft = await home.own("dana", visibility="open")
    await save(home, "eli", draft, changed(LINES, 3, "by eli") + "ü😀\n")
    api = home.api("dana", 1)
    state = await api.drafts.get(draft)
    await api.deploys.deploy(draft, state.etag, 0)
    one = await home.api("ada", 1).versions.get(item, 1)
    by = {share.actor.name: share.units for share in one.shares}
    assert list(by) == ["Dana", "Eli"], "the largest first"
    assert sum(by.values()) == len((changed(LINES, 3, "by eli") + "ü😀\n").encode("utf-16-le")) // 2
    assert by["Eli"] >= len("by eli") + 4 - 2  # a space and a letter may have stood there before
    await save(home, "dana", draft, "all new\n")
    await api.deploys.deploy(draft, (await api.drafts.get(draft)).etag, 1)
    await api.deploys.redeploy(item, 1, 2)
    page = await api.versions.list(item)
    third, second, first = page.versions
    assert second.shares[0].actor.name == "Dana" and sum(share.units for share in second.shares) == len("all new\n")
    assert third.shares == first.shares == one.shares
