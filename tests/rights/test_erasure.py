"""Edge case 58: erase a user. Their drafts, stash and presence go, history keeps a stable anonymous actor."""

import secrets

import pytest

from draftwire.rest.rights import Holder
from tests.rights.conftest import Office, code
from tests.rights.test_system import edit

pytestmark = pytest.mark.slow

NAME = "Zephyrine"
ALL_TABLES = """
select table_name from information_schema.columns where table_schema = 'draftwire' and column_name = 'workspace_id'
"""


async def test_an_erased_user_is_gone_and_history_keeps_a_stable_anonymous_actor(office: Office) -> None:
    ada = office.api("ada")
    zoe = await ada.members.add("zephyrine@example.com", name=NAME, username="zephyrine")
    await ada.groups.add("devs", members=[zoe.id])
    await ada.folders.add("desk", writers=[Holder(user=zoe.id)])
    item, shared = await office.item("f/desk/a")
    mine, _ = await office.item("u/zephyrine/tools/a", by="zephyrine@example.com")
    token = office.home.token("zephyrine@example.com")
    api = office.api_with(token, 1)
    own = await api.drafts.of_item(item, "own")
    own = await api.drafts.get((await api.drafts.save(own.draft, {"content": "mine\n"}, if_match=own.etag)).draft)
    await ada.grants.give(["see"], user=zoe.id, item=item)
    key = (await api.keys.make("zephyrine's key")).secret
    parked = {"t": "park", "ref": 9, "draft": own.draft, "generation": 1, "reason": "refused", "base": 1}
    socket, state = await office.opened(shared, 1, user="zephyrine@example.com")
    by_key, _ = await office.opened(shared, 0, token=key)
    reader, _ = await office.opened(own.draft, 0, user="ada")
    watching = await office.home.socket("ada", 0)
    await watching.next("welcome")
    await watching.ask("item", t="subscribe", ref=1, channel=f"item:{item}")
    async with socket, by_key, reader, watching:
        assert (await socket.ask("ops", "refused", **edit(state)))["t"] == "ops"
        await socket.ask("parked", "error", **parked, texts=[{"at": "/content", "mine": "kept"}])
        await socket.send(t="focus", item=item, state="editing")
        while not (await watching.next("presence")).get("here"):
            pass
        before = (await ada.drafts.log(shared)).writers[-1].actor
        assert before.name == NAME
        gone = await ada.members.erase(zoe.id)
        assert (gone.drafts, gone.stash, gone.keys) == (1, 1, 1) and gone.grants == 1
        assert await socket.closed() == 4503
        assert await by_key.closed() == 4503
        assert (await reader.next("gone", "reset", within_s=10))["t"] in ("gone", "reset")
        while not (await watching.next("presence", within_s=10)).get("gone"):
            pass
    for left in (token, key):  # also the token that is good for an hour yet
        assert await code(office.api_with(left).me()) == "unauthenticated"
    for worker in (0, 1):
        after = (await office.api("ada", worker).drafts.log(shared)).writers[-1].actor
        assert (after.id, after.name) == (before.id, "someone who left")
    assert await code(ada.drafts.get(own.draft)) == "not_found"
    assert (await ada.items.get(mine)).path.startswith("u/left-")  # type: ignore[union-attr]
    for table in await office.home.rows(ALL_TABLES):
        rows = await office.home.rows(
            f"select t::text as row from {table['table_name']} t where workspace_id = $1", office.workspace
        )
        for row in rows:
            assert "zephyrine" not in row["row"].lower(), table["table_name"]
    assert (await ada.members.erase(zoe.id)).drafts == 0, "twice is as good as once"
    assert await code(ada.members.restore(zoe.id)) == "not_found"
    assert [m.username for m in (await ada.members.list()).members] == ["ada"]


async def test_whoever_comes_with_the_erased_name_is_somebody_else(office: Office) -> None:
    ada = office.api("ada")
    old = await ada.members.add("ben", name="Ben")
    item, _ = await office.item("u/ben/x/y", by="ben")
    assert await code(office.api("ben").members.erase("me")) == "forbidden"
    await ada.members.erase(old.id)
    ben = office.api("ben", 1)
    assert (await ben.me()).username == "ben"
    assert (await ben.members.get("me")).id != old.id
    assert await code(ben.items.get(item)) == "not_found"
    assert (await ben.items.create("script", path=f"u/ben/x/{secrets.token_hex(3)}")).path is not None
