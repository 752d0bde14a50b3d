"""Whoever only reads leaves no row: an actor is written down by its first write, and a user has so many agents."""

import secrets
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire_server.core.ids import actor_id
from draftwire_server.limits.contract import AGENTS_PER_USER
from draftwire_server.store.access import members
from tests.drafts.desk import Desk, edit
from tests.system.world import Socket

pytestmark = pytest.mark.slow


async def actors(home: Desk, user: str) -> list[tuple[str, str, str]]:
    rows = await home.world.rows("select id, kind, label from actor where user_id = $1 order by kind, label", user)
    return [(row["id"], row["kind"], row["label"]) for row in rows]


async def opened(socket: Socket, draft: str) -> dict[str, Any]:
    welcome = await socket.next("welcome")
    state = await socket.ask("state", t="open", ref=1, draft=draft)
    await socket.send(t="seen", draft=draft, seq=state["seq"])
    return {"actor": welcome["actor"]["id"], "state": state}


async def reader(home: Desk) -> tuple[str, str]:
    name = f"reader{secrets.token_hex(3)}"
    return name, await home.member(name, one=True)


async def test_reading_by_any_door_writes_no_actor_and_the_first_write_writes_the_one_that_read(home: Desk) -> None:
    name, user = await reader(home)
    item, draft = await home.shared("ada")
    for label in (None, *(f"agent {n}" for n in range(5))):
        headers = {} if label is None else {"Draftwire-Agent": label}
        async with home.world.http(name) as http:
            for path in (f"items/{item}", f"drafts/{draft}", "items", "stash", "events?after=0"):
                read = await http.get(path, headers=headers)
                assert read.status_code == 200, (path, read.text)
        hello = {} if label is None else {"agent": label}
        async with await home.world.socket(name, **hello) as socket:
            await opened(socket, draft)
            await socket.ask("state", t="open", ref=2, draft=draft)  # what came before was worked off
    assert await actors(home, user) == []
    ids = {}
    for label in ("", "agent 0"):
        hello = {"agent": label} if label else {}
        async with await home.world.socket(name, 1, **hello) as socket:
            found = await opened(socket, draft)
            ids[label] = found["actor"]
            await socket.send(**edit(found["state"], "typed"))
            await socket.next("ops")
    workspace = home.world.workspace
    assert ids == {"": actor_id(workspace, "user", user, ""), "agent 0": actor_id(workspace, "agent", user, "agent 0")}
    assert await actors(home, user) == [(ids["agent 0"], "agent", "agent 0"), (ids[""], "user", "")]
    writers = await home.world.rows("select actor_id from draft_writer where draft_id = $1", draft)
    assert set(ids.values()) <= {row["actor_id"] for row in writers}


async def test_a_user_has_so_many_agents_and_the_known_ones_go_on(home: Desk) -> None:
    name, user = await reader(home)
    item, draft = await home.shared("ada")
    await home.world.rows(
        "insert into actor (workspace_id, id, kind, user_id, label) select $1, $2::text || n, 'agent', $2, 'a' || n"
        " from generate_series(1, $3) n returning 1", home.world.workspace, user, AGENTS_PER_USER,
    )  # fmt: skip
    async with home.world.http(name) as http:
        new, known = ({"Draftwire-Agent": label} for label in ("one more", "a7"))
        assert (await http.get(f"items/{item}", headers=new)).status_code == 200
        refused = await http.post("runs", json={"label": "x"}, headers=new)
        assert (refused.status_code, refused.json()["code"], refused.json()["retry"]) == (429, "quota", True)
        assert refused.headers["retry-after"] == "60"
        assert (await http.post("runs", json={"label": "x"}, headers=known)).status_code == 201
        path = f"f/one/{secrets.token_hex(4)}"
        assert (await http.post("items", json={"kind": "both", "path": path})).status_code == 201, "the person goes on"
    async with await home.world.socket(name, agent="one more") as socket:
        found = await opened(socket, draft)
        await socket.send(**edit(found["state"], "typed"))
        assert (await socket.next("refused"))["code"] == "quota"
    assert len(await actors(home, user)) == AGENTS_PER_USER + 1


async def test_an_actor_that_an_earlier_release_has_written_keeps_its_id(home: Desk) -> None:
    name, user = await reader(home)
    await home.world.rows(
        "insert into actor (workspace_id, id, kind, user_id) values ($1, $2, 'user', $3) returning 1",
        home.world.workspace, f"old{user}", user,
    )  # fmt: skip
    assert (await home.api(name).me()).actor.id == f"old{user}"
    async with home.world.store() as connection:
        assert await members.ensure_actor(connection, home.world.workspace, "user", user) == f"old{user}"


def test_a_quota_is_a_problem_that_may_pass() -> None:
    assert Problem("quota").kind.retry


async def test_a_user_who_has_only_read_is_named_by_the_id_that_they_will_have(home: Desk) -> None:
    """Owners are told by it: a draft's owner had no id until a worker loaded it after their first write."""
    name, user = await reader(home)
    async with home.world.store() as connection:
        (row,) = await members.load_users(connection, home.world.workspace, [user])
    assert row.id == (await home.api(name).me()).actor.id == actor_id(home.world.workspace, "user", user, "")
