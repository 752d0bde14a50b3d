"""How an agent is seen: label, run, model, for whom, what it does in which lines; by socket and by plain HTTP."""

import secrets
from typing import Any

import pytest

import draftwire
from draftwire.errors import Problem
from draftwire.wire.messages import PresenceEntry
from tests.drafts.desk import Desk
from tests.waiting import until

pytestmark = pytest.mark.slow


def session() -> str:
    return secrets.token_urlsafe(16)


async def begun(home: Desk, user: str, agent: str, **more: Any) -> str:
    """A run of an agent: its id."""
    async with home.world.http(user, agent=agent) as http:
        answer = await http.post("runs", json={"label": "add retries", "model": "some-model", **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def entries(home: Desk, reader: str, item: str, worker: int = 1) -> dict[str, PresenceEntry]:
    return {entry.sid: entry for entry in (await home.api(reader, worker).presence.here(item)).here}


async def entries_of(home: Desk, reader: str, item: str, *sids: str) -> dict[str, PresenceEntry]:
    """The entries, when these are among them: another worker hears of them a moment later."""

    async def there() -> dict[str, PresenceEntry] | None:
        found = await entries(home, reader, item)
        return found if set(sids) <= set(found) else None

    found = await until(there, "they are there")
    assert found is not None
    return found


async def test_an_agent_over_a_socket_is_seen_with_its_run_its_model_its_person_and_what_it_does(home: Desk) -> None:
    item, draft = await home.shared("ada")
    run = await begun(home, "ada", "helper")
    token = home.world.token("ada", agent="helper")
    async with (
        draftwire.connect(home.server.worker_url(0), token, run=run) as agent,
        draftwire.connect(home.server.worker_url(1), home.world.token("ben")) as ben,
    ):
        ben.subscribe(f"item:{item}")
        await agent.open(draft=draft)
        sid = (await agent.welcome()).sid
        await agent.focus(
            item, draft=draft, at="/content", anchor=5, head=9, doing="editing lines 40–52", lines=(40, 52)
        )
        await until(lambda: sid in ben.presence.get(item, {}), "the agent is seen on the other worker")
        seen = ben.presence[item][sid]
        assert (seen.actor.kind, seen.actor.name, seen.actor.on_behalf_of) == ("agent", "helper", "Ada")
        assert (seen.run, seen.label, seen.model) == (run, "add retries", "some-model")
        assert (seen.doing, seen.lines) == ("editing lines 40–52", (40, 52))
        assert (seen.at, seen.anchor, seen.head) == ("/content", 5, 9)
        await agent.focus(item, draft=draft, at="/content", state="viewing", doing="waiting for review")
        await until(lambda: ben.presence[item][sid].doing == "waiting for review", "it says something else")
        assert ben.presence[item][sid].lines is None


async def test_an_agent_over_plain_http_is_seen_the_same_until_its_lease_ends_by_itself(home: Desk) -> None:
    item, draft = await home.shared("ada")
    run = await begun(home, "ada", "helper")
    agent = home.api("ada", 0, agent="helper")
    seq = (await agent.drafts.get(draft)).seq
    told = await agent.presence.attend(
        item, state="editing", draft=draft, at="/content", anchor=5, head=5, seq=seq, doing="reading", lines=(3, 3),
        run=run, lease_s=4, session=session(),
    )  # fmt: skip
    seen = (await entries_of(home, "ben", item, told.sid))[told.sid]
    assert (seen.actor.kind, seen.actor.on_behalf_of) == ("agent", "Ada")
    assert (seen.run, seen.label, seen.model, seen.doing, seen.lines) == (
        run, "add retries", "some-model", "reading", (3, 3),
    )  # fmt: skip
    assert (seen.draft, seen.at, seen.anchor) == (draft, "/content", 5)

    async def gone() -> bool:
        return told.sid not in await entries(home, "ben", item)

    await until(gone, "its lease is over", within_s=15)


async def test_without_a_run_the_model_is_its_tokens_and_a_run_named_by_the_token_counts(home: Desk) -> None:
    item, _ = await home.shared("ada")
    bare = home.api("ada", agent="helper", model="another-model")
    one = (await bare.presence.attend(item, label="a chat", doing="reading", session=session())).sid
    run = await begun(home, "ada", "helper", model=None)
    named = home.api("ada", agent="helper", model="another-model", run=run)
    two = (await named.presence.attend(item, session=session())).sid
    found = await entries_of(home, "ben", item, one, two)
    assert (found[one].run, found[one].label, found[one].model) == (None, "a chat", "another-model")
    assert (found[two].run, found[two].label, found[two].model) == (run, "add retries", "another-model")


async def test_who_may_not_read_the_draft_sees_neither_caret_nor_lines_nor_what_is_done_in_it(home: Desk) -> None:
    item, draft = await home.own("ada", visibility="private")
    token = home.world.token("ada", agent="helper")
    async with draftwire.connect(home.server.worker_url(0), token) as agent:
        await agent.open(draft=draft)
        where: dict[str, Any] = {"draft": draft, "at": "/content", "anchor": 1, "head": 2}
        await agent.focus(item, **where, doing="renaming secret_function", lines=(1, 2))
        leased = await home.api("ada", 1, agent="other").presence.attend(
            item, **where, seq=1, doing="renaming secret_function", lines=(1, 2), session=session()
        )
        sids = {(await agent.welcome()).sid, leased.sid}

        async def both(reader: str) -> bool:
            return sids <= set(await entries(home, reader, item))

        await until(lambda: both("ben"), "both are there")
        for sid in sids:
            hidden = (await entries(home, "ben", item))[sid]
            assert (hidden.actor.name, hidden.actor.on_behalf_of) in (("helper", "Ada"), ("other", "Ada"))
            assert (hidden.draft, hidden.at, hidden.anchor, hidden.lines, hidden.doing) == (None, None, 0, None, None)
            whole = (await entries(home, "ada", item))[sid]
            assert (whole.at, whole.lines, whole.doing) == ("/content", (1, 2), "renaming secret_function")
        async with await home.world.socket("ben", 1) as ben:
            await ben.next("welcome")
            await ben.send(t="subscribe", ref=1, channel=f"item:{item}")
            full = await ben.next("presence")
            assert "secret_function" not in str(full) and "lines" not in str(full)
        await agent.focus(item, doing="waiting for review")

        async def told() -> bool:
            return any(entry.doing == "waiting for review" for entry in (await entries(home, "ben", item)).values())

        await until(told, "what is said of the item is for all who may see it")
    assert (await code_of(home.api("zoe").presence.here(item))) == "not_found"


async def code_of(asked: Any) -> str:
    with pytest.raises(Problem) as caught:
        await asked
    return caught.value.code


async def test_what_is_said_of_a_draft_that_is_not_open_here_is_told_to_nobody(home: Desk) -> None:
    item, draft = await home.own("ada", visibility="private")
    async with await home.world.socket("ada", 0, agent="helper") as agent:
        sid = (await agent.next("welcome"))["sid"]
        await agent.send(
            t="focus", item=item, draft=draft, at="/content", doing="renaming secret_function", lines=[1, 2]
        )

        async def there() -> bool:
            return sid in await entries(home, "ben", item)

        await until(there, "it is there")
        assert (await entries(home, "ben", item))[sid].doing is None


async def test_presence_names_only_a_run_of_ones_own_that_goes_on(home: Desk) -> None:
    item, _ = await home.shared("ada")
    run = await begun(home, "ada", "helper")
    agent, other = home.api("ada", agent="helper"), home.api("ada", agent="other")
    for api, name in ((other, run), (home.api("ada"), run), (home.api("ben", agent="helper"), run), (agent, "nowhere")):
        assert await code_of(api.presence.attend(item, run=name, session=session())) == "forbidden"
    async with home.world.http("ada", agent="helper") as http:
        assert (await http.post(f"runs/{run}/end", json={})).status_code == 200
    assert await code_of(agent.presence.attend(item, run=run, session=session())) == "run_ended"
    assert await entries(home, "ben", item) == {}


async def test_bad_words_and_lines_are_refused_over_http_and_socket_and_the_connection_lives(home: Desk) -> None:
    item, _ = await home.shared("ada")
    agent = home.api("ada", agent="helper")
    path = await agent.in_workspace("items", item, "presence")
    bad: list[dict[str, Any]] = [
        {"doing": "x" * 121}, {"doing": "two\nlines"}, {"doing": 7}, {"lines": [0, 1]}, {"lines": [2, 1]},
        {"lines": [1]}, {"lines": [1, 2, 3]}, {"lines": "1-2"}, {"lines": [1, 1.5]},
    ]  # fmt: skip
    async with await home.world.socket("ada", agent="helper") as socket:
        sid = (await socket.next("welcome"))["sid"]
        for body in bad:
            assert await code_of(agent.send("PUT", path, body=body)) == "bad_message", body
            answer = await socket.ask("error", t="focus", item=item, **body)
            assert answer["code"] == "bad_message", body
        await socket.send(t="focus", item=item, doing="x" * 120, lines=[1, 1])

        async def there() -> bool:
            found = await entries(home, "ben", item)
            return set(found) == {sid} and found[sid].doing == "x" * 120

        await until(there, "the connection lives, and nothing else was told")
