"""Who may park, and how much: nobody into what they never saw, everybody what they typed before they lost the right."""

import secrets
from typing import Any

import pytest

from draftwire.errors import Problem
from draftwire_server.limits.contract import STASH_BYTES_PER_USER, STASH_BYTES_PER_WORKSPACE, STASH_ENTRIES_PER_USER
from draftwire_server.services.writes.stash import StashRoom
from draftwire_server.store.people import grants
from tests.drafts.desk import LINES, WRITE, Desk, changed, script
from tests.system.world import Socket

pytestmark = pytest.mark.slow

TEXTS = [{"at": "/content", "mine": "typed", "base": "x"}]


async def parked(socket: Socket, draft: str, **more: Any) -> Any:
    ask = {"t": "park", "ref": 1, "draft": draft, "generation": 1, "reason": "refused", "base": 1, "texts": TEXTS}
    await socket.send(**(ask | more))
    message = await socket.next("parked", "error")
    return message.get("code", message["t"])


async def guest(home: Desk) -> tuple[str, str, str]:
    """Somebody new who may write in one folder: name, user, grant."""
    name = f"guest{secrets.token_hex(3)}"
    user = await home.world.member(name)
    async with home.world.store() as connection:
        grant = await grants.grant(connection, home.world.workspace, user, WRITE, prefix="f/one/")
    return name, user, grant


async def ended(home: Desk, grant: str) -> None:
    async with home.world.store() as connection:
        await grants.revoke(connection, home.world.workspace, grant)


async def test_nobody_parks_into_a_draft_or_item_that_they_may_not_see(home: Desk) -> None:
    item, private = await home.own("ada")
    fresh = await home.item("ada")
    unseen = (await home.api("ada").drafts.of_item(fresh, "shared")).draft
    name = f"nobody{secrets.token_hex(3)}"
    await home.world.member(name)
    before = await home.world.rows("select count(*) as n from stash")
    async with await home.world.socket(name) as socket:
        await socket.next("welcome")
        for draft, of in ((private, item), (unseen, fresh), (secrets.token_hex(13), item)):
            assert await parked(socket, draft, item=of) == "not_found"
            assert await parked(socket, draft) == "not_found"
    assert await home.world.rows("select count(*) as n from stash") == before


async def test_what_was_typed_is_parked_after_the_right_to_it_ended(home: Desk) -> None:
    """On the connection that had the draft open, and on a new one that proves by the mark that it had."""
    for begun in (True, False):
        name, user, grant = await guest(home)
        if begun:
            item, draft = await home.shared("ada")
        else:
            item = await home.item("ada")
            draft = (await home.api("ada").drafts.of_item(item, "shared")).draft
        session = secrets.token_urlsafe(16)
        async with await home.world.socket(name, session=session) as socket:
            await socket.next("welcome")
            await socket.ask("state", t="open", ref=2, draft=draft, item=item)
            state = await home.api(name).drafts.of_item(item, "shared")
            generation, seq, mark = state.etag[1:].replace(".s", ".").split(".", 2)
            await ended(home, grant)
            await socket.next("gone")
            assert await parked(socket, draft, item=item) == "parked"
        have = {"id": draft, "generation": int(generation), "have": int(seq), "mark": mark, "item": item}
        for told, answer in ((have | {"mark": "0" * len(mark)}, "not_found"), (have, "parked")):
            async with await home.world.socket(name, 1, session=secrets.token_urlsafe(16), drafts=[told]) as socket:
                await socket.next("gone")
                assert await parked(socket, draft, item=item) == answer, begun
        rows = await home.world.rows("select count(*) as n from stash where user_id = $1", user)
        assert rows[0]["n"] == 2


async def filled(home: Desk, user: str, item: str, draft: str, size: int, entries: int = 1) -> None:
    await home.world.rows(
        "insert into stash (workspace_id, id, user_id, actor_id, item_id, draft_id, generation, base_seq, reason, sid,"
        " texts) select $1, $2::text || n, $3, 'a', $4, $5, 1, 1, 'refused', 's', '[]' from generate_series(1, $6) n"
        " returning 1", home.world.workspace, secrets.token_hex(8), user, item, draft, entries,
    )  # fmt: skip
    await home.world.rows("update stash set bytes = $2 where user_id = $1 and texts = '[]' returning 1", user, size)


async def test_a_full_stash_refuses_what_would_go_there_and_dismissing_makes_room(home: Desk) -> None:
    for size, entries in ((STASH_BYTES_PER_USER, 1), (1, STASH_ENTRIES_PER_USER)):
        name, user, _ = await guest(home)
        item, draft = await home.shared("ada")
        api, ada = home.api(name), home.api("ada")
        base = (await ada.drafts.get(draft)).etag
        await ada.drafts.save(draft, script(changed(LINES, 2, "ada's")), if_match=base)
        await filled(home, user, item, draft, size, entries)
        async with await home.world.socket(name) as socket:
            await socket.next("welcome")
            assert await parked(socket, draft) == "quota"
            mine = script(changed(LINES, 2, "mine"))
            with pytest.raises(Problem) as problem:
                await api.drafts.save(draft, mine, if_match=base)
            assert (problem.value.code, problem.value.detail["stash_id"]) == ("stale", None)
            assert problem.value.detail["mine"] == mine
            now = (await api.drafts.get(draft)).etag
            with pytest.raises(Problem) as problem:
                await api.drafts.save(draft, mine, if_match=base, override=now)
            assert problem.value.code == "quota"
            assert problem.value.detail["of"] == "user"
            await home.world.rows("update stash set dismissed_at = now() where user_id = $1 returning 1", user)
            assert await parked(socket, draft) == "parked"
        rows = await home.world.rows("select bytes from stash where user_id = $1", user)
        assert [row["bytes"] for row in rows] == [len('[{"at": "/content", "base": "x", "mine": "typed"}]')]


async def test_the_stash_of_a_workspace_is_bounded_too(home: Desk) -> None:
    """Asked of a worker that has not measured it yet; it does so every ten seconds."""
    item, draft = await home.shared("ada")
    workspace, room = home.world.workspace, StashRoom()
    async with home.world.store() as connection, connection.transaction():
        await room.take(connection, workspace, "nobody", [])
        await room.take(connection, workspace, "nobody", ["x" * 1000])  # it adds up what it keeps itself
    await filled(home, "somebody", item, draft, STASH_BYTES_PER_WORKSPACE)
    try:
        async with home.world.store() as connection, connection.transaction():
            with pytest.raises(Problem) as problem:
                await StashRoom().take(connection, workspace, "nobody", TEXTS)
            assert problem.value.code == "quota"
            assert problem.value.detail["of"] == "workspace"
            await room.take(connection, workspace, "nobody", TEXTS)
    finally:
        await home.world.rows("delete from stash where user_id = 'somebody' returning 1")
