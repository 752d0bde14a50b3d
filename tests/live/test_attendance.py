"""Presence without a socket: a lease that ends by itself, over any worker, seen by all who may see it."""

import secrets
from typing import Any

import pytest

from draftwire import Api, Problem
from draftwire.document.ops import Text
from tests.live.conftest import World
from tests.live.test_presence import Leaves, here, present, watching
from tests.waiting import until

pytestmark = pytest.mark.slow

SCRIPT = "f/payments/refund_charge"


def api(world: World, user: str, worker: int, **claims: Any) -> Api:
    return Api(world.server.worker_url(worker), world.server.token(user, **claims))


def session() -> str:
    return secrets.token_urlsafe(16)


async def test_an_agent_without_a_socket_is_seen_with_what_it_does_until_its_lease_ends(world: World) -> None:
    item = world.items[SCRIPT]
    async with watching(world, "grace", item, 0) as grace, api(world, "ada", 1, agent="Helper") as agent:
        attending = await agent.presence.attend(item, state="editing", label="editing lines 40–52", lease_s=3)
        await until(lambda: attending.sid in here(grace, item), "the agent is seen on the other worker")
        entry = grace.presence[item][attending.sid]
        assert (entry.actor.kind, entry.actor.name, entry.actor.on_behalf_of) == ("agent", "Helper", "Ada Lovelace")
        assert (entry.state, entry.label) == ("editing", "editing lines 40–52")
        await until(lambda: attending.sid not in here(grace, item), "its lease is over")


async def test_a_lease_that_is_renewed_through_another_worker_goes_on_and_nobody_is_told_of_a_leave(
    world: World,
) -> None:
    item, who = world.items[SCRIPT], session()
    async with watching(world, "grace", item, 0) as grace, api(world, "ada", 0) as one, api(world, "ada", 1) as two:
        sid = (await one.presence.attend(item, lease_s=4, session=who)).sid
        await until(lambda: sid in here(grace, item), "seen")
        leaves = Leaves(grace, item, sid)
        assert (await two.presence.attend(item, state="idle", label="moved", lease_s=30, session=who)).sid == sid
        await until(lambda: grace.presence[item][sid].label == "moved", "the later renewal stands for it")
        marker = (await one.presence.attend(item, lease_s=4, session=session())).sid
        await until(lambda: marker in here(grace, item), "the marker came")
        await until(lambda: marker not in here(grace, item), "and left after the first lease was over", within_s=15)
        assert grace.presence[item][sid].label == "moved"
        assert await leaves.seen() == 0
        await one.presence.leave(item, session=who)  # through a worker that no longer holds it
        await until(lambda: sid not in here(grace, item), "left")
        assert sid not in {entry.sid for entry in (await one.presence.here(item)).here}
        await one.presence.leave(item, session=who)  # leaving where one is not is fine


async def test_who_is_here_shows_sockets_and_leases_alike_and_carets_only_to_readers_of_the_draft(
    world: World,
) -> None:
    item = world.items[SCRIPT]
    async with (
        world.connect("ada", 0) as ada, api(world, "ada", 0) as ada_api, api(world, "linus", 1) as linus,
        api(world, "grace", 1) as grace,
    ):  # fmt: skip
        draft = await ada.open(item=item, purpose="own")
        draft.edit(Text("/content", ((0, 0, "# mine\n"),)))
        await draft.saved()
        tab = await present(ada, item, draft=draft.id, at="/content", anchor=3, head=3)
        leased = await linus.presence.attend(item, draft=draft.id, at="/content", anchor=1, head=2, seq=draft.seq)

        async def both() -> bool:
            return {tab, leased.sid} <= {entry.sid for entry in (await grace.presence.here(item)).here}

        await until(both, "both are seen through the other worker")
        found = {entry.sid: entry for entry in (await grace.presence.here(item)).here}
        assert (found[leased.sid].at, found[leased.sid].head) == ("/content", 2)
        await world.query("update draft set visibility = 'private' where id = $1", draft.id)

        async def hidden() -> bool:
            await ada.focus(item, draft=draft.id, at="/content", anchor=4, head=4)
            entries = {entry.sid: entry for entry in (await grace.presence.here(item)).here}
            return entries[tab].at is None

        await linus.presence.leave(item)
        await until(hidden, "the caret is gone for who may not read the draft")
        mine = {entry.sid: entry for entry in (await ada_api.presence.here(item)).here}
        assert mine[tab].at == "/content"


async def test_who_is_where_shows_only_items_that_one_may_see(world: World) -> None:
    own = world.items["u/ada/exchange_rates"]
    shared = world.items[SCRIPT]
    async with api(world, "ada", 0) as ada, api(world, "grace", 1) as grace:
        who = session()
        for item in (own, shared):
            await ada.presence.attend(item, lease_s=30, session=who)
        for item in (own, shared):
            await until(lambda item=item: _is_in(ada, item), "who is where, for herself")
        await until(lambda: _is_in(grace, shared), "who is where, for who may see it on another worker")
        assert not await _is_in(grace, own)
        await ada.presence.leave(own, session=who)
        await ada.presence.leave(shared, session=who)
        await until(lambda: _nobody_anywhere(ada), "nobody is anywhere, and that is known")


async def _nobody_anywhere(client: Api) -> bool:
    found = await client.presence.everywhere()
    return found.items == () and not found.unknown


async def _is_in(client: Api, item: str) -> bool:
    return item in {found.item for found in (await client.presence.everywhere()).items}


async def test_who_loses_the_item_is_no_longer_there(world: World) -> None:
    item = world.items["f/growth/weekly_digest"]
    async with watching(world, "ada", item, 0) as ada, api(world, "linus", 1) as linus:
        sid = (await linus.presence.attend(item, lease_s=60)).sid
        await until(lambda: sid in here(ada, item), "seen")
        await world.query("delete from folder_role r using member m where m.id = r.user_id and m.username = 'linus'")
        await until(lambda: sid not in here(ada, item), "gone with the right")
        with pytest.raises(Problem) as caught:
            await linus.presence.attend(item)
        assert caught.value.code == "not_found"


async def test_bad_presence_is_refused_and_nobody_is_anywhere(world: World) -> None:
    item, other = world.items[SCRIPT], world.items["f/payments/ledger_db"]
    async with api(world, "grace", 0) as grace, world.connect("grace", 0) as tab:
        path = await grace.in_workspace("items", item, "presence")
        before = {entry.sid for entry in (await grace.presence.here(item)).here}
        for body in (
            {"lease_s": 0}, {"lease_s": 61}, {"lease_s": "long"}, {"state": "dancing"}, {"label": "x" * 201},
            {"anchor": -1}, {"unknown": 1}, [], {"at": "/" + "x" * 600},
        ):  # fmt: skip
            with pytest.raises(Problem) as caught:
                await grace.send("PUT", path, body=body)
            assert caught.value.code == "bad_message", body
        state = await grace.drafts.of_item(other)
        for attempt in (
            grace.presence.attend("nowhere"),
            grace.presence.attend(item, draft="nowhere"),
            grace.presence.attend(item, draft=state.draft),  # a draft of another item
            grace.presence.here("ext:nowhere"),
            grace.presence.leave("nowhere"),
        ):
            with pytest.raises(Problem) as caught:
                await attempt
            assert caught.value.code == "not_found"
        with pytest.raises(Problem) as caught:
            await grace.presence.attend(item, session="short")
        assert caught.value.code == "bad_session"
        with pytest.raises(Problem) as caught:
            await grace.presence.attend(item, session=tab.session.id)
        assert caught.value.code == "session_is_live"
        assert {entry.sid for entry in (await grace.presence.here(item)).here} <= before
