"""What uses an item is known: after each deploy, through moves, and to nobody who may not see it."""

import secrets

import pytest

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.items import ItemUse
from draftwire_server.store.items import references
from tests.drafts.desk import Desk
from tests.waiting import until

pytestmark = pytest.mark.slow


def path(folder: str = "one") -> str:
    """A new path; whoever makes items here may write below f/one."""
    return f"f/{folder}/{secrets.token_hex(6)}"


async def script(home: Desk, at: str | None = None) -> tuple[str, str]:
    at = at or path()
    return (await home.api("dana").items.create("script", path=at)).item, at


async def trigger(home: Desk, target: str, at: str | None = None) -> str:
    """An http trigger that is live and runs what stands at a path."""
    item = (await home.api("dana").items.create("http_trigger", path=at or path())).item
    await point(home, item, target, 0)
    return item


async def point(home: Desk, item: str, target: str, version: int) -> None:
    api = home.api("dana")
    draft = await api.drafts.of_item(item, "own")
    value = {**draft.value, "runs": {"path": target, "kind": "script"}}
    saved = await api.drafts.save(draft.draft, value, if_match=draft.etag)
    await api.deploys.deploy(draft.draft, saved.etag, version)


async def uses(api: Api, item: str) -> list[str]:
    return [each.item for each in (await api.items.used_by(item)).items]


async def become(api: Api, item: str, wanted: list[str]) -> None:
    async def so() -> bool:
        return sorted(await uses(api, item)) == sorted(wanted)

    await until(so, f"{item} is used by {wanted}")


async def test_a_deploy_says_what_it_uses_and_a_later_one_what_it_no_longer_does(home: Desk) -> None:
    api = home.api("dana")
    (one, at), (other, elsewhere) = await script(home), await script(home)
    assert await uses(api, one) == []
    user = await trigger(home, at)
    await become(api, one, [user])
    (said,) = (await api.items.used_by(one)).items
    assert (said.kind, said.version, said.at, said.times) == ("http_trigger", 1, ("/runs/path",), 1)
    await point(home, user, elsewhere, 1)
    await become(api, other, [user])
    assert await uses(api, one) == []
    await api.deploys.redeploy(user, "1", 2)
    await become(api, one, [user])
    assert await uses(api, other) == []


async def test_a_draft_uses_nothing_yet_and_what_is_archived_nothing_more(home: Desk) -> None:
    api = home.api("dana")
    item, at = await script(home)
    drafted = (await api.items.create("http_trigger", path=path())).item
    draft = await api.drafts.of_item(drafted, "own")
    await api.drafts.save(draft.draft, {**draft.value, "runs": {"path": at, "kind": "script"}}, if_match=draft.etag)
    user = await trigger(home, at)
    await become(api, item, [user])
    await api.items.archive(user)
    assert await uses(api, item) == []
    await api.items.unarchive(user)
    assert await uses(api, item) == [user]
    await api.items.archive(item)
    assert await uses(api, item) == [user], "and now it leads nowhere"


async def test_a_name_leads_through_moves_and_to_who_had_the_path_last(home: Desk) -> None:
    api = home.api("dana")
    item, at = await script(home)
    user = await trigger(home, at)
    await become(api, item, [user])
    await api.items.change(item, path=path())
    assert await uses(api, item) == [user]
    await api.items.change(user, path=path())
    assert await uses(api, item) == [user]
    taker, _ = await script(home, at)
    assert await uses(api, taker) == [user]
    assert await uses(api, item) == []


async def test_another_kind_than_the_reference_takes_is_not_used(home: Desk) -> None:
    api = home.api("dana")
    item, at = await script(home)
    user = await trigger(home, at)
    await become(api, item, [user])
    await api.items.change(item, path=path())
    flow = (await api.items.create("flow", path=at)).item
    assert await uses(api, flow) == []


async def test_pages_hold_those_that_one_may_see_and_count_no_others(home: Desk) -> None:
    await home.world.member("paul", "editor", **{"one/shown": frozenset({"see"})})
    api, paul = home.api("dana"), home.api("paul")
    item, at = await script(home, path("one/shown"))
    shown = [await trigger(home, at, path("one/shown")) for _ in range(3)]
    hidden = [await trigger(home, at, path("one/hidden")) for _ in range(3)]
    await become(api, item, shown + hidden)
    seen: list[ItemUse] = []
    page = await paul.items.used_by(item, limit=2)
    while True:
        seen += page.items
        if page.next is None:
            break
        page = await paul.items.used_by(item, limit=2, cursor=page.next)
    assert sorted(each.item for each in seen) == sorted(shown)
    assert [each.path for each in seen] == sorted(each.path or "" for each in seen)
    with pytest.raises(Problem, match="not_found"):
        await paul.items.used_by(hidden[0])
    with pytest.raises(Problem, match="bad_cursor"):
        await api.items.used_by(item, cursor="x")


async def test_a_kind_that_calls_something_else_a_reference_is_looked_through_again(home: Desk) -> None:
    api, admin = home.api("dana"), home.api("root")
    item, at = await script(home)
    name = f"k{secrets.token_hex(4)}"
    definition = {"name": name, "title": "K", "draft_mode": "both", "schema": {}, "initial": {"runs": ""}}
    await admin.kinds.put(definition)
    user = (await api.items.create(name, path=path())).item
    draft = await api.drafts.of_item(user, "own")
    saved = await api.drafts.save(draft.draft, {"runs": at}, if_match=draft.etag)
    await api.deploys.deploy(draft.draft, saved.etag, 0)
    assert await uses(api, item) == []
    await admin.kinds.put({**definition, "reference": [{"at": "/runs", "kinds": ["script"]}]})
    await become(api, item, [user])
    await admin.kinds.put(definition)
    await become(api, item, [])


async def test_what_an_older_release_deployed_or_a_new_one_calls_a_reference_is_found_out(
    home: Desk,
) -> None:
    """As after `migrate`, or with a release whose kinds say something else: nobody has to deploy anew."""
    item, at = await script(home)
    user = await trigger(home, at)
    await become(home.api("dana"), item, [user])
    workspace = home.world.workspace
    async with home.world.store() as connection:
        await connection.execute("delete from draftwire.item_reference where workspace_id = $1", workspace)
        await references.note_rules(connection, {"http_trigger": secrets.token_hex(8)})
    await become(home.api("dana"), item, [user])
