"""Sharing drafts, over HTTP, the SDK and WebSockets on two workers: people of three folders, who come and go."""

import asyncio
import os
import secrets
import signal
import time
from typing import Any

import pytest

import draftwire
from draftwire.errors import Problem
from draftwire.rest.drafts import DraftPatch, TextEdit
from draftwire.session.events import Asked
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.store.access import members
from draftwire_server.store.people import grants
from tests.drafts.desk import LINES, Desk, edit, script
from tests.waiting import until

pytestmark = pytest.mark.slow

SOON_S = 15.0  # a second is the rule; the machines that test are slow, and at times all of them is busy


# ---- visibility


async def test_the_owner_changes_who_may_look_and_open_sockets_follow_on_both_workers(home: Desk) -> None:
    item, draft = await home.own("ada")
    async with await home.world.socket("ben", 0) as near, await home.world.socket("ben", 1) as far:
        for socket in (near, far):
            assert (await socket.ask("state", t="open", ref=1, draft=draft))["may"] == "look"
        assert (await home.api("ada").sharing.show(draft, "open")).visibility == "open"
        for socket in (near, far):
            assert (await socket.next("may", within_s=SOON_S))["may"] == "type"
        await home.api("ada").sharing.show(draft, "private")
        for socket in (near, far):
            assert (await socket.next("gone", within_s=SOON_S))["channel"] == f"draft:{draft}"
    with pytest.raises(Problem, match="not_found"):
        await home.api("ben").drafts.get(draft)
    listed = (await home.api("ben").items.get(item)).drafts[0]
    assert (listed.id, listed.may, listed.visibility) == (draft, "no", "private")
    assert listed.owner is not None and listed.owner.name == "Ada"


async def test_only_the_owner_says_with_whom_a_draft_is_shared(home: Desk) -> None:
    item, draft = await home.own("ada")
    _, shared = await home.shared("ada")
    for user, code in (("ben", "forbidden"), ("root", "forbidden"), ("zoe", "not_found"), ("olga", "not_found")):
        for call in (
            home.api(user).sharing.show(draft, "open"),
            home.api(user).sharing.invite(draft, "cleo", "type"),
            home.api(user).sharing.withdraw(draft, "cleo"),
        ):
            with pytest.raises(Problem, match=code):
                await call
    with pytest.raises(Problem, match="forbidden"):
        await home.api("ada", agent="helper").sharing.show(draft, "open")
    with pytest.raises(Problem, match="forbidden"):
        await home.api("ada").sharing.show(shared, "private")
    found = await home.api("ben").sharing.get(draft)
    assert (found.item, found.visibility, found.guests) == (item, "readable", ())


# ---- guests


@pytest.mark.alone
async def test_a_guest_looks_types_and_is_withdrawn_while_typing_and_what_was_typed_stays(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="private")
    ada = home.api("ada")
    with pytest.raises(Problem, match="not_found"):
        await home.api("ben").drafts.get(draft)
    guest = await ada.sharing.invite(draft, "ben", "type")
    assert (guest.user.name, guest.may, guest.agents, guest.until) == ("Ben", "type", False, None)
    async with await home.world.socket("ben", 1) as socket:
        state = await socket.ask("state", t="open", ref=1, draft=draft)
        assert state["may"] == "type"
        ops = await socket.ask("ops", **edit(state, "ben was here\n"))
        state = {**state, "seq": ops["to"], "mark": ops["mark"]}
        begun = time.monotonic()
        await ada.sharing.withdraw(draft, "ben")
        answer = await socket.ask("refused", "gone", **edit(state, "no more\n", no=2))
        if answer["t"] == "refused":
            assert answer["code"] == "not_found"
            answer = await socket.next("gone")
        assert time.monotonic() - begun < 1.5
        assert (await socket.ask("refused", **edit(state, "no more\n", no=3)))["code"] == "not_found"
    value = (await ada.drafts.get(draft)).value
    assert value["content"].startswith("ben was here\n") and "no more" not in value["content"]


async def test_a_guest_of_a_readable_draft_who_is_withdrawn_goes_on_looking(home: Desk) -> None:
    _, draft = await home.own("ada")
    await home.api("ada").sharing.invite(draft, "ben", "type")
    async with await home.world.socket("ben", 1) as socket:
        assert (await socket.ask("state", t="open", ref=1, draft=draft))["may"] == "type"
        await home.api("ben").sharing.withdraw(draft, "ben")  # guests may leave by themselves
        told = await socket.next("may", "gone", within_s=SOON_S)
        assert (told["t"], told["may"], told["why"]) == ("may", "look", "read_only")


async def test_an_invitation_with_an_end_ends_by_itself(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="private")
    guest = await home.api("ada").sharing.invite(draft, "ben", "type", until=time.time() + 3.0)
    assert guest.until is not None
    async with await home.world.socket("ben", 1) as socket:
        assert (await socket.ask("state", t="open", ref=1, draft=draft))["may"] == "type"
        assert (await socket.next("gone", within_s=SOON_S))["channel"] == f"draft:{draft}"
        assert time.time() >= guest.until
    assert (await home.api("ada").sharing.get(draft)).guests == ()
    with pytest.raises(Problem, match="not_found"):
        await home.api("ada").sharing.guest(draft, "ben")


async def test_agents_of_a_guest_type_only_where_the_invitation_says_so(home: Desk) -> None:
    _, draft = await home.own("ada")
    agent = home.api("ben", agent="helper")
    await home.api("ada").sharing.invite(draft, "ben", "type")
    assert (await agent.drafts.get(draft)).may == "look"
    await home.api("ada").sharing.invite(draft, "ben", "type", agents=True)
    assert (await agent.drafts.get(draft)).may == "type"


async def test_guests_see_each_other_and_who_may_not_read_sees_nothing_of_them(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="private")
    for user in ("ben", "cleo"):
        await home.api("ada").sharing.invite(draft, user)
    seen = await home.api("ben").sharing.get(draft)
    assert sorted(guest.user.name for guest in seen.guests) == ["Ben", "Cleo"]
    assert (await home.api("ben").sharing.guest(draft, "cleo")).may == "look"
    with pytest.raises(Problem, match="not_found"):
        await home.api("root").sharing.get(draft)


async def test_who_can_not_be_a_guest_is_refused_and_nothing_is_half_done(home: Desk) -> None:
    _, draft = await home.own("ada")
    api = home.api("ada")
    cleo = await home.user_id("cleo")
    for user, may in (
        ("nobody", "look"), ("zoe", "look"), ("olga", "look"), ("ada", "type"), ("dora", "type"), (cleo + "x", "look"),
    ):  # fmt: skip
        with pytest.raises(Problem, match="bad_guest"):
            await api.sharing.invite(draft, user, may)  # type: ignore[arg-type]
    assert (await api.sharing.invite(draft, cleo)).user.user == cleo  # by our id as well
    assert (await api.sharing.invite(draft, "dora", "look")).may == "look"  # who may read can be invited to look
    for until_ in (time.time() - 1, time.time() * 1000):
        with pytest.raises(Problem, match="bad_message"):
            await api.sharing.invite(draft, "ben", until=until_)
    client = home.world.http("ada")
    for body in ({"may": "write"}, {"until": "soon"}, {"agents": 1}, {"may": "look", "extra": 1}, []):
        answer = await client.put(f"drafts/{draft}/guests/ben", json=body)
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), body
    assert (await client.patch(f"drafts/{draft}", json={"visibility": "public"})).status_code == 400
    assert sorted(guest.user.name for guest in (await api.sharing.get(draft)).guests) == ["Cleo", "Dora"]


async def test_a_draft_has_no_more_guests_than_the_limit(home: Desk) -> None:
    _, draft = await home.own("ada")
    crowd = [{"user": secrets.token_hex(8), "may": "look"} for _ in range(100)]
    await home.world.rows("update draft set guests = $2 where id = $1 returning 1", draft, crowd)
    with pytest.raises(Problem, match="too_many"):
        await home.api("ada").sharing.invite(draft, "ben")


async def test_two_invitations_at_once_both_count(home: Desk) -> None:
    _, draft = await home.own("ada")
    users = ("ben", "cleo", "dora")
    await asyncio.gather(*(home.api("ada", n % 2).sharing.invite(draft, user) for n, user in enumerate(users)))
    assert len((await home.api("ada").sharing.get(draft)).guests) == 3


async def test_a_guest_who_loses_the_item_loses_the_draft(home: Desk) -> None:
    _, draft = await home.own("ada", folder="two", visibility="private")
    async with home.world.store() as connection:
        ben = await home.user_id("ben")
        grant = await grants.grant(connection, home.world.workspace, ben, frozenset(("see", "write")), prefix="f/two/")
    await home.api("ada").sharing.invite(draft, "ben", "type")
    async with await home.world.socket("ben", 1) as socket:
        assert (await socket.ask("state", t="open", ref=1, draft=draft))["may"] == "type"
        async with home.world.store() as connection:
            await grants.revoke(connection, home.world.workspace, grant)
        assert (await socket.next("gone", within_s=SOON_S))["channel"] == f"draft:{draft}"


async def test_when_the_owner_is_gone_guests_go_on_and_admins_may_look_but_not_type(home: Desk) -> None:
    name = f"gone{secrets.token_hex(3)}"
    await home.member(name, one=True)
    item, draft = await home.own(name, visibility="private")
    await home.api(name).sharing.invite(draft, "ben", "type")
    with pytest.raises(Problem, match="not_found"):
        await home.api("root").drafts.get(draft)
    async with home.world.store() as connection:
        await members.remove_member(connection, home.world.workspace, await home.user_id(name))
    assert (await home.api("ben").drafts.get(draft)).may == "type"
    for worker in (0, 1):
        assert (await home.api("root", worker).drafts.get(draft)).may == "look"
        with pytest.raises(Problem, match="not_found"):
            await home.api("cleo", worker).drafts.get(draft)
    assert [d.may for d in (await home.api("root").items.get(item)).drafts] == ["look"]


# ---- carets


async def test_a_caret_is_hidden_at_once_when_a_draft_becomes_private(home: Desk) -> None:
    item, draft = await home.own("ada")
    async with await home.world.socket("ada", 0) as mine, await home.world.socket("ben", 1) as other:
        await mine.ask("state", t="open", ref=1, draft=draft)
        await mine.send(t="focus", item=item, draft=draft, at="/content", anchor=3, head=3, seq=1, state="editing")
        await other.send(t="subscribe", ref=1, channel=f"item:{item}")

        async def entry() -> dict[str, Any]:
            while True:
                for found in (await other.next("presence")).get("here", ()):
                    if found["actor"]["name"] == "Ada":
                        return dict(found)

        assert (await entry())["at"] == "/content"
        await home.api("ada").sharing.show(draft, "private")
        hidden = await entry()
        while "at" in hidden:
            hidden = await entry()
        assert "draft" not in hidden and "head" not in hidden
        await home.api("ada").sharing.invite(draft, "ben")
        while (await entry()).get("at") != "/content":
            pass


# ---- modes


async def test_what_may_be_begun_follows_the_mode_and_drafts_of_the_other_purpose_stay_writable(home: Desk) -> None:
    """The kinds of the desk: `alone` is edited in drafts of one's own, `pair` in shared ones."""
    for kind, allowed, forbidden in (("alone", "own", "shared"), ("pair", "shared", "own")):
        item = await home.item("ada", kind=kind)
        api = home.api("ada")
        assert (await api.drafts.of_item(item)).purpose == allowed
        with pytest.raises(Problem) as refused:
            await api.drafts.of_item(item, forbidden)  # type: ignore[arg-type]
        assert (refused.value.code, refused.value.kind.status) == ("mode_forbids", 403)
        async with await home.world.socket("ada", 1) as socket:
            answer = await socket.ask("state", "error", t="open", ref=1, item=item, purpose=forbidden)
            assert (answer["t"], answer["code"]) == ("error", "mode_forbids")


async def test_a_mode_changed_while_drafts_exist_makes_the_shared_one_legacy_and_it_can_still_be_written(
    home: Desk,
) -> None:
    item, draft = await home.shared("ada", kind="turning")
    _, own = await home.own("ben", item)
    assert not (await home.api("ada").drafts.get(draft)).legacy
    async with await home.world.socket("cleo", 1) as socket:
        assert "legacy" not in await socket.ask("state", t="open", ref=1, draft=draft)
        await home.mode("turning", "per_user")
        for worker in (0, 1):
            api = home.api("ben", worker)

            async def turned(api: Any = api) -> Any:
                state = await api.drafts.get(draft)
                return state if state.legacy else None

            state = await until(turned, "the draft is a legacy one")
            assert state.may == "type"
            listed = {d.purpose: d.legacy for d in (await api.items.get(item)).drafts}
            assert listed == {"shared": True, "own": False}
            saved = await api.drafts.save(draft, script(f"by ben {worker}\n"), if_match=state.etag)
            assert saved.changed
        assert (await socket.next("ops"))["to"] == 2
        state_ = await socket.ask("state", t="open", ref=2, draft=draft)
        assert (state_["legacy"], state_["may"]) == (True, "type")
    other = await home.item("ada", kind="turning")
    with pytest.raises(Problem, match="mode_forbids"):
        await home.api("ada").drafts.of_item(other, "shared")
    await home.mode("turning", "shared")

    async def back() -> bool:
        return not (await home.api("ben", 1).drafts.get(draft)).legacy

    await until(back, "it is no legacy draft any more")
    kept = await home.api("ben").drafts.get(own)  # begun before: writable as before
    assert (kept.may, (await home.api("ben").drafts.save(own, script("on\n"), if_match=kept.etag)).changed) == (
        "type",
        True,
    )


async def test_a_first_edit_after_the_mode_changed_is_refused(home: Desk) -> None:
    item = await home.item("ada", kind="turning2")
    async with await home.world.socket("ada", 1) as socket:
        state = await socket.ask("state", t="open", ref=1, item=item, purpose="shared")
        assert state["stands"] is False
        await home.mode("turning2", "per_user")

        async def refused() -> bool:
            answer = await socket.ask("refused", "ops", **edit(state))
            assert answer["t"] == "refused", "the first edit came before the change was heard"
            return bool(answer["code"] == "mode_forbids")

        await until(refused, "a first edit is refused")
    assert await home.world.rows("select 1 from draft where item_id = $1", item) == []


# ---- asking


async def test_a_question_reaches_the_owners_tabs_on_every_worker_and_the_answer_the_asker(home: Desk) -> None:
    _, draft = await home.own("ada")
    async with (
        await home.world.socket("ada", 0) as one, await home.world.socket("ada", 1) as two,
        await home.world.socket("ben", 1) as asker, await home.world.socket("cleo", 0) as other,
    ):  # fmt: skip
        for socket in (one, two, asker, other):
            await socket.next("welcome")
        await asker.ask("state", t="open", ref=1, draft=draft)
        asked = await home.api("ben", 0).sharing.ask(draft, note="may I?")
        for socket in (one, two, asker):
            heard = (await socket.next("ask"))["ask"]
            assert (heard["id"], heard["by"]["name"], heard["may"], heard["note"]) == (
                asked.id,
                "Ben",
                "type",
                "may I?",
            )
        assert (await home.api("ben").sharing.ask(draft)).id == asked.id  # one open question
        granted = await home.api("ada", 1).sharing.grant(asked.id, until=time.time() + 60)
        assert granted.state == "granted"
        assert (await asker.next("may", within_s=SOON_S))["may"] == "type"
        for socket in (one, two):
            assert (await socket.next("ask"))["ask"]["state"] == "granted"
        await other.send(t="ping?")
        await other.next("error")
        assert not [message for message in other.passed if message["t"] == "ask"]
    guest = await home.api("ada").sharing.guest(draft, "ben")
    assert guest.may == "type" and guest.until is not None
    with pytest.raises(Problem, match="already_may"):
        await home.api("ben").sharing.ask(draft)


async def test_a_question_waits_for_an_owner_who_is_away(home: Desk) -> None:
    _, draft = await home.own("ada")
    asked = await home.api("ben").sharing.ask(draft)
    assert [ask.id for ask in (await home.api("ada").sharing.asks(draft=draft)).to_me] == [asked.id]
    assert [ask.id for ask in (await home.api("ben").sharing.asks(draft=draft)).by_me] == [asked.id]
    async with await home.world.socket("ada", 1) as socket:
        await socket.ask("state", t="open", ref=1, draft=draft)
        assert (await socket.next("ask"))["ask"]["id"] == asked.id
    async with draftwire.connect(home.world.server.url, home.world.token("ada")) as client:

        async def heard() -> Asked:
            async for event in client.events():
                if isinstance(event, Asked):
                    return event
            raise AssertionError("the session ended")

        told = asyncio.ensure_future(heard())
        assert (await client.open(draft=draft)).id == draft
        assert (await asyncio.wait_for(told, SOON_S)).ask.id == asked.id


async def test_a_declined_question_is_told_and_not_asked_again_at_once(home: Desk) -> None:
    _, draft = await home.own("ada")
    asked = await home.api("cleo").sharing.ask(draft)
    async with await home.world.socket("cleo", 1) as asker:
        await asker.next("welcome")
        assert (await home.api("ada").sharing.decline(asked.id)).state == "declined"
        assert (await asker.next("ask"))["ask"]["state"] == "declined"
    with pytest.raises(Problem, match="ask_over"):
        await home.api("ada").sharing.grant(asked.id)
    with pytest.raises(Problem) as refused:
        await home.api("cleo").sharing.ask(draft)
    assert (refused.value.code, refused.value.kind.retry) == ("too_fast", True)
    assert (await home.api("cleo").sharing.asks(draft=draft)).by_me == ()
    assert (await home.api("cleo").sharing.asks(draft=draft, state="all")).by_me[0].state == "declined"


async def test_questions_of_one_user_are_limited_in_an_hour(home: Desk) -> None:
    name = f"eager{secrets.token_hex(3)}"
    await home.member(name, one=True)
    for _ in range(20):
        _, draft = await home.own("ada")
        await home.api(name).sharing.ask(draft)
    _, draft = await home.own("ada")
    with pytest.raises(Problem, match="too_fast"):
        await home.api(name).sharing.ask(draft)


async def test_a_question_is_answered_once_and_by_its_owner_alone(home: Desk) -> None:
    _, draft = await home.own("ada")
    asked = await home.api("ben").sharing.ask(draft)
    for user in ("ben", "cleo", "root"):
        for call in (home.api(user).sharing.grant(asked.id), home.api(user).sharing.decline(asked.id)):
            with pytest.raises(Problem, match="not_found"):
                await call
    with pytest.raises(Problem, match="forbidden"):
        await home.api("ada", agent="helper").sharing.grant(asked.id)
    answers = await asyncio.gather(
        *(home.api("ada", n % 2).sharing.grant(asked.id) for n in range(4)), return_exceptions=True
    )
    assert [getattr(a, "code", "") for a in answers].count("ask_over") == 3


async def test_a_question_can_be_taken_back_and_runs_out(home: Desk) -> None:
    _, draft = await home.own("ada")
    ben = home.api("ben")
    asked = await ben.sharing.ask(draft)
    with pytest.raises(Problem, match="not_found"):
        await home.api("cleo").sharing.take_back(asked.id)
    await ben.sharing.take_back(asked.id)
    await ben.sharing.take_back(asked.id)  # what is over is fine
    with pytest.raises(Problem, match="ask_over"):
        await home.api("ada").sharing.grant(asked.id)
    again = await ben.sharing.ask(draft, "type")
    await home.world.rows("update draft_ask set expires_at = now() where id = $1 returning 1", again.id)
    with pytest.raises(Problem, match="ask_over"):
        await home.api("ada").sharing.decline(again.id)
    third = await ben.sharing.ask(draft)
    assert third.id not in (asked.id, again.id)


async def test_what_can_not_be_granted_can_not_be_asked(home: Desk) -> None:
    _, draft = await home.own("ada")
    _, hidden = await home.own("ada", visibility="private")
    _, shared = await home.shared("ada")
    for user, what, may, code in (
        ("ada", draft, "type", "already_may"), ("ben", draft, "look", "already_may"),
        ("ben", shared, "type", "already_may"), ("dora", shared, "type", "forbidden"),
        ("dora", draft, "type", "forbidden"), ("zoe", draft, "type", "not_found"), ("olga", draft, "look", "not_found"),
        ("ben", secrets.token_hex(13), "type", "not_found"),
    ):  # fmt: skip
        with pytest.raises(Problem) as refused:
            await home.api(user).sharing.ask(what, may)  # type: ignore[arg-type]
        assert refused.value.code == code, (user, may)
    with pytest.raises(Problem, match="bad_message"):
        await home.api("ben").sharing.ask(draft, note="x" * 501)
    asked = await home.api("dora").sharing.ask(hidden, "look")  # that a draft is there may be known
    await home.api("ada").sharing.grant(asked.id)
    assert (await home.api("dora").drafts.get(hidden)).value == script(LINES)


async def test_a_guest_who_is_removed_is_told_nothing_more(home: Desk) -> None:
    name = f"left{secrets.token_hex(3)}"
    await home.member(name, one=True)
    _, draft = await home.own("ada")
    asked = await home.api(name).sharing.ask(draft)
    async with home.world.store() as connection:
        await members.remove_member(connection, home.world.workspace, await home.user_id(name))
    with pytest.raises(Problem, match="bad_guest"):
        await home.api("ada").sharing.grant(asked.id)


async def test_erasing_a_user_takes_their_drafts_questions_and_what_others_took_from_them_stays(home: Desk) -> None:
    name = f"erased{secrets.token_hex(3)}"
    user = await home.member(name, one=True)
    item, theirs = await home.own(name)
    await home.api(name).sharing.ask((await home.own("ada"))[1])
    await home.api("dora").sharing.ask((await home.own(name, visibility="private"))[1], "look")
    brought = await home.api("ben").adoption.adopt(item, theirs)
    await home.api("root").members.erase(user)
    assert (await home.api("ben").drafts.get(brought.draft)).value == script(LINES)
    for table, column in (("draft_ask", "user_id"), ("draft_ask", "owner_id"), ("draft_adoption", "source_id")):
        assert await home.world.rows(f"select 1 from {table} where {column} = any($1)", [user, theirs]) == []
    with pytest.raises(Problem, match="not_found"):
        await home.api("ben").adoption.bring(brought.draft, theirs)


async def test_a_question_reaches_the_owner_while_redis_is_away(home: Desk, services: Embedded) -> None:
    _, draft = await home.own("ada")
    valkey = services.valkey_pid
    assert valkey is not None
    async with await home.world.socket("ada", 0) as owner:
        await owner.next("welcome")
        os.kill(valkey, signal.SIGSTOP)  # it accepts, and never answers: no error anywhere
        try:
            for worker in (0, 1):

                async def degraded(worker: int = worker) -> bool:
                    async with home.server.http(worker) as http:
                        return bool((await http.get("/readyz")).json()["degraded"] == ["redis"])

                await until(degraded, "the probe notices", within_s=20)
            asked = await home.api("ben", 1).sharing.ask(draft)
            while (await owner.next("ask", within_s=SOON_S))["ask"]["id"] != asked.id:
                pass  # of another test
            await home.api("ada", 1).sharing.decline(asked.id)
            while (await owner.next("ask", within_s=SOON_S))["ask"].get("state") != "declined":
                pass
        finally:
            os.kill(valkey, signal.SIGCONT)
    told = [message["ask"].get("state", "open") for message in owner.passed if message["t"] == "ask"]
    assert told.count("declined") == 1


# ---- before anything is typed


async def test_an_owner_shares_before_typing_on_any_worker_and_the_draft_counts_as_none_till_then(home: Desk) -> None:
    item = await home.item("ada")
    here, there = home.api("ada", 0), home.api("ada", 1)
    mine = (await here.items.get(item)).mine
    assert mine is not None and not mine.stands
    assert (await there.sharing.get(mine.draft, item=item)).guests == ()
    with pytest.raises(Problem, match="not_found"):
        await home.api("ada", 1).sharing.get(mine.draft)
    assert (await there.sharing.show(mine.draft, "private", item=item)).visibility == "private"
    assert (await here.sharing.invite(mine.draft, "ben", "type")).may == "type"
    state = await home.api("ben", 1).drafts.get(mine.draft)
    assert (state.seq, state.may, state.etag) == (0, "type", mine.etag)
    with pytest.raises(Problem, match="not_found"):
        await home.api("cleo", 0).drafts.get(mine.draft)
    assert (await home.api("cleo").items.get(item)).drafts == ()
    saved = await home.api("ben", 0).drafts.save(mine.draft, script("ben's\n"), if_match=mine.etag)
    assert saved.seq == 1
    events = await home.world.rows("select type from event where draft_id = $1 order by number", mine.draft)
    assert [row["type"] for row in events] == ["draft.begun", "draft.visibility", "draft.guests"]


async def test_sharing_begins_no_draft_that_its_asker_could_not_begin(home: Desk) -> None:
    item = await home.item("ada")
    for user, code in (("dora", "read_only"), ("olga", "not_found"), ("zoe", "not_found")):
        draft = await home.own_id(user, item)
        with pytest.raises(Problem, match=code):
            await home.api(user).sharing.show(draft, "open", item=item)
    with pytest.raises(Problem, match="forbidden"):
        await home.api("ada", agent="helper").sharing.show(await home.own_id("ada", item), "open", item=item)
    pair = await home.item("ada", kind="pair")
    with pytest.raises(Problem, match="mode_forbids"):
        await home.api("ada").sharing.invite(await home.own_id("ada", pair), "ben", item=pair)
    with pytest.raises(Problem, match="not_found"):  # somebody else's, of which nobody knows yet
        await home.api("ada").sharing.show(await home.own_id("ben", item), "open", item=item)
    assert await home.world.rows("select id from draft where item_id = any($1)", [item, pair]) == []


async def test_an_unbegun_draft_is_read_saved_and_patched_by_its_id_on_a_worker_that_never_saw_it(home: Desk) -> None:
    for write in ("save", "patch"):
        item = await home.item("ada", content="one\n")
        mine = (await home.api("ada", 0).items.get(item)).mine
        assert mine is not None
        far = home.api("ada", 1)
        assert (await far.drafts.get(mine.draft, item=item)).etag == mine.etag
        if write == "save":
            saved = await far.drafts.save(mine.draft, script("two\n"), if_match=mine.etag, item=item)
        else:
            edits = DraftPatch(edits=(TextEdit("/content", "one", "two"),))
            saved = await far.drafts.patch(mine.draft, edits, if_match=mine.etag, item=item)
        assert saved.seq == 1
    item = await home.item("ada")
    unbegun = (await home.api("ada", 0).items.get(item)).mine
    assert unbegun is not None and not unbegun.stands
    remembering = home.api("ada", 1)
    await remembering.items.get(item)
    assert (await remembering.drafts.get(unbegun.draft)).item == item


async def test_questions_and_their_answers_are_events_without_the_note(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="private")
    ada, ben, cleo = home.api("ada"), home.api("ben"), home.api("cleo")
    asked = await ben.sharing.ask(draft, note="a word for the owner")
    await ada.sharing.grant(asked.id, may="look")
    await ada.sharing.decline((await cleo.sharing.ask(draft, "look")).id)
    taken = await ben.sharing.ask(draft)
    await ben.sharing.take_back(taken.id)
    await ben.sharing.take_back(taken.id)
    events = await home.world.rows(
        "select type, data from event where draft_id = $1 and type like 'ask.%' order by number", draft
    )
    assert [row["type"] for row in events] == [
        "ask.made", "ask.granted", "ask.made", "ask.declined", "ask.made", "ask.withdrawn"
    ]  # fmt: skip
    assert events[0]["data"] == {"ask": asked.id, "may": "type"}


async def test_a_draft_that_is_not_found_is_told_in_the_same_words_whether_hidden_or_not_begun(home: Desk) -> None:
    item, hidden = await home.own("ada", visibility="private")
    client = home.world.http("ben")
    unbegun, nowhere = await home.own_id("ben", await home.item("ben")), secrets.token_hex(13)
    answers = [await client.get(f"drafts/{draft}") for draft in (hidden, unbegun, nowhere)]
    answers += [await client.get(f"drafts/{draft}", params={"item": item}) for draft in (hidden, unbegun, nowhere)]
    assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}
    assert "item" in answers[0].json()["detail"]
