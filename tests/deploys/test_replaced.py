"""Whatever replaces the text of others leaves it to them and tells them: every door, each with the same right answer.

Dana acts, eli's text is replaced. (Forced saves, alerts and restored texts: `tests/system/test_saves.py`.)
"""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from draftwire.rest.draft_list import DeployOne, DiscardOne
from tests.deploys.conftest import deployed, save
from tests.drafts.desk import LINES, Desk, changed

pytestmark = pytest.mark.slow

THEIRS = changed(LINES, 5, "eli's")
OURS = changed(LINES, 5, "dana's")

# Replaces THEIRS; gives the draft in which its author is told.
Door = Callable[[Desk], Awaitable[str]]


async def shared_of_both(home: Desk, item: str | None = None) -> tuple[str, str]:
    """A shared draft in which both have written."""
    item, draft = await home.shared("dana", item, content=changed(LINES, 12, "dana 12"))
    await save(home, "eli", draft, THEIRS)
    return item, draft


async def etag_of(home: Desk, user: str, draft: str) -> str:
    return (await home.api(user).drafts.get(draft)).etag


async def deployed_again(home: Desk) -> tuple[str, str, str]:
    """Version 1 of dana's, on which she has written on, and version 2 of eli's: the item and both drafts."""
    item, mine = await deployed(home)
    await save(home, "dana", mine, OURS)
    _, theirs = await home.own("eli", item, content=THEIRS)
    assert (await home.api("eli").deploys.deploy(theirs, await etag_of(home, "eli", theirs), 1)).version == 2
    return item, mine, theirs


async def discard(home: Desk) -> str:
    _, draft = await shared_of_both(home)
    await home.api("dana").deploys.discard(draft, await etag_of(home, "dana", draft))
    return draft


async def discard_in_bulk(home: Desk) -> str:
    _, draft = await shared_of_both(home)
    await home.api("dana").deploys.discard_many([DiscardOne(draft=draft, etag=await etag_of(home, "dana", draft))])
    return draft


async def own_with_guest(home: Desk, content: str = LINES) -> tuple[str, str]:
    """Dana's own draft, in which eli has written as her guest."""
    item = await home.item("dana", content=LINES)
    _, draft = await home.own("dana", item, content=changed(content, 12, "dana 12"))
    await home.api("dana").sharing.invite(draft, "eli", "type")
    await save(home, "eli", draft, THEIRS)
    return item, draft


async def bring_back(home: Desk) -> str:
    item, draft = await home.shared("dana", await home.item("dana", content=LINES), content=OURS)
    await home.api("dana").deploys.discard(draft, await etag_of(home, "dana", draft))
    await home.shared("eli", item, content=THEIRS)
    brought = await home.api("dana").deploys.bring_back(draft, rest="mine")
    assert brought.stash is not None
    return draft


async def deploy_over(home: Desk) -> str:
    _, mine, theirs = await deployed_again(home)
    await home.api("dana").deploys.deploy(mine, await etag_of(home, "dana", mine), 1, override=2)
    return theirs


async def deploy_over_in_bulk(home: Desk) -> str:
    _, mine, theirs = await deployed_again(home)
    one = DeployOne(draft=mine, etag=await etag_of(home, "dana", mine), expected_version=1, override=2)
    await home.api("dana").deploys.many([one])
    return theirs


async def redeploy_over(home: Desk) -> str:
    item, _, theirs = await deployed_again(home)
    await home.api("dana").deploys.redeploy(item, 1, 1, override=2)
    return theirs


async def adopt_instead(home: Desk) -> str:
    item, draft = await own_with_guest(home)
    _, source = await home.own("cleo", item, content=changed(LINES, 18, "cleo's"))
    await home.api("dana").adoption.adopt(item, source, how="replace")
    return draft


async def adopt_merged(home: Desk) -> str:
    item, draft = await own_with_guest(home)
    _, source = await home.own("cleo", item, content=changed(LINES, 5, "cleo's"))
    await home.api("dana").adoption.adopt(item, source, how="merge", rest="theirs")
    return draft


async def bring_later_changes(home: Desk) -> str:
    item = await home.item("dana", content=LINES)
    _, source = await home.own("cleo", item, content=changed(LINES, 18, "cleo's"))
    draft = (await home.api("dana").adoption.adopt(item, source)).draft
    await home.api("dana").sharing.invite(draft, "eli", "type")
    await save(home, "eli", draft, THEIRS)
    await save(home, "cleo", source, changed(LINES, 5, "cleo's"))
    await home.api("dana").adoption.bring(draft, source, rest="theirs")
    return draft


async def edit_together(home: Desk) -> str:
    item, draft = await shared_of_both(home, await home.item("dana", content=LINES))
    _, mine = await home.own("dana", item, content=OURS)
    await home.api("dana").adoption.edit_together(mine, rest="mine")
    return draft


async def rebase(home: Desk) -> str:
    item, draft = await home.shared("eli", await home.item("dana", content=LINES), content=THEIRS)
    _, mine = await home.own("dana", item, content=OURS)
    await home.api("dana").deploys.deploy(mine, await etag_of(home, "dana", mine), 0)
    await home.api("dana").deploys.rebase(draft, 1, rest="theirs")
    return draft


async def revert(home: Desk) -> str:
    item, _ = await deployed(home)
    _, draft = await home.shared("eli", item, content=THEIRS)
    await home.api("dana").deploys.revert(draft, version=1)
    return draft


DOORS: list[Door] = [
    discard, discard_in_bulk, bring_back, deploy_over, deploy_over_in_bulk, redeploy_over,
    adopt_instead, adopt_merged, bring_later_changes, edit_together, rebase, revert,
]  # fmt: skip


@pytest.mark.parametrize("door", DOORS, ids=lambda each: each.__name__)
async def test_what_is_replaced_is_left_to_its_author_who_is_told(home: Desk, door: Door) -> None:
    before = {line.id for line in (await home.api("eli").stash.list(limit=50)).entries}
    draft = await door(home)
    for worker in (0, 1):
        api = home.api("eli", worker)
        told = [alert for alert in (await api.drafts.get(draft)).alerts if alert.kind == "lost_target"]
        assert [[side.actor.name for side in alert.sides] for alert in told] == [["Eli", "Dana"]]
    entries = [line for line in (await api.stash.list(limit=50)).entries if line.id not in before]
    assert [line.id for line in entries] == [told[0].stash]
    kept = await api.stash.get(entries[0].id)
    assert [content(text.mine) for text in kept.texts] == [THEIRS]
    (row,) = await home.world.rows(
        "select a.xmin = s.xmin as at_once, e.data from alert a join stash s on s.id = a.stash_id"
        " left join outbox e on e.data ->> 'alert' = a.id where a.id = $1", told[0].id,
    )  # fmt: skip
    assert row["at_once"], "text and alert are written by one transaction"
    restored = await api.stash.restore(kept.id, draft=draft, rest="mine")
    assert "eli's" in restored.value["content"]
    assert [a for a in (await api.drafts.get(draft)).alerts if a.id == told[0].id] == []


def content(value: Any) -> Any:
    return value["content"] if isinstance(value, dict) else value


async def test_a_guest_who_goes_with_a_discarded_draft_has_what_stood_there(home: Desk) -> None:
    _, draft = await own_with_guest(home)
    await home.api("dana").deploys.discard(draft, await etag_of(home, "dana", draft))
    (line,) = (await home.api("eli").stash.list(draft=draft)).entries
    assert [content(text.mine) for text in (await home.api("eli").stash.get(line.id)).texts] == [THEIRS]


async def test_a_rebase_that_asks_nothing_takes_nothing_from_anybody(home: Desk) -> None:
    item, draft = await home.shared("eli", await home.item("dana", content=LINES), content=THEIRS)
    _, mine = await home.own("dana", item, content=changed(LINES, 15, "dana's"))
    await home.api("dana").deploys.deploy(mine, await etag_of(home, "dana", mine), 0)
    await home.api("dana").deploys.rebase(draft, 1)
    assert (await home.api("eli").drafts.get(draft)).alerts == ()
    assert (await home.api("eli").stash.list(draft=draft)).entries == ()


async def test_what_is_live_already_is_discarded_without_a_word(home: Desk) -> None:
    _, draft = await home.shared("eli", content=THEIRS)
    await home.api("dana").deploys.deploy(draft, await etag_of(home, "dana", draft), 0)
    await home.api("dana").deploys.discard(draft, await etag_of(home, "dana", draft))
    assert (await home.api("eli").stash.list(draft=draft)).entries == ()
