"""What uses an item is known: after each deploy, through moves, and to nobody who may not see it."""

import asyncio
import secrets

import pytest

from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.rest.used_by import ItemUse
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


async def test_a_deploy_is_known_at_once_and_leaves_nothing_to_be_found_out(home: Desk) -> None:
    """Its references are written in its own transaction: whoever deletes the target right after it is warned."""
    item, at = await script(home)
    user = await trigger(home, at)
    assert await uses(home.api("dana"), item) == [user]
    rows = "select item_id from reference_due where workspace_id = $1 and item_id = $2"
    assert await home.world.rows(rows, home.world.workspace, user) == []


async def test_the_answer_to_a_delete_tells_how_many_name_it_and_they_are_known_when_it_is_back(home: Desk) -> None:
    api = home.api("dana")
    item, at = await script(home)
    users = [await trigger(home, at) for _ in range(2)]
    await home.api("root").items.change(users[1], path=path("three"))  # where dana sees nothing
    assert (await api.items.delete(item)).used_by == 1
    assert (await api.items.delete(item)).used_by == 1, "asked once more"
    await api.items.undelete(item)
    assert await uses(api, item) == users[:1]
    assert sorted(await uses(home.api("root"), item)) == sorted(users)
    other, _ = await script(home)
    assert (await api.items.delete(other)).used_by == 0


async def test_a_path_that_one_who_is_not_seen_has_taken_still_leads_here_for_who_does_not_see_them(home: Desk) -> None:
    """As `GET at`: what one can't see never was there, so nobody learns of it by what uses an item."""
    api, admin = home.api("dana"), home.api("root")
    item, at = await script(home)
    user = await trigger(home, at)
    await api.items.change(item, path=path())
    taker, _ = await script(home, at)
    await admin.items.change(taker, path=path("three"))
    assert (await uses(admin, taker), await uses(admin, item)) == ([user], [])
    assert (await api.items.at(at)).item == item
    assert await uses(api, item) == [user]


async def test_what_stands_in_a_leaf_is_told_where_it_is_no_longer_the_path(home: Desk) -> None:
    api = home.api("dana")
    item, at = await script(home)
    await trigger(home, at)
    (said,) = (await api.items.used_by(item)).items
    assert said.former == ()
    await api.items.change(item, path=path())
    (said,) = (await api.items.used_by(item)).items
    assert said.former == (at,)


async def test_a_leaf_of_a_flow_counts_each_time_and_twenty_places_are_told(home: Desk) -> None:
    api = home.api("dana")
    item, at = await script(home)
    flow = (await api.items.create("flow", path=path())).item
    draft = await api.drafts.of_item(flow, "own")
    modules = [{"id": f"m{n}", "value": {"type": "script", "path": at}} for n in range(25)]
    saved = await api.drafts.save(draft.draft, {**draft.value, "value": {"modules": modules}}, if_match=draft.etag)
    await api.deploys.deploy(draft.draft, saved.etag, 0)
    (said,) = (await api.items.used_by(item)).items
    assert (said.item, said.times) == (flow, 25)
    assert said.at == tuple(f"/value/modules/{n}/value/path" for n in range(20))


@pytest.mark.parametrize("kind", ["variable", "resource"])
async def test_secrets_and_arguments_that_name_a_variable_or_a_resource_use_it(home: Desk, kind: str) -> None:
    api = home.api("dana")
    at, word = path(), {"variable": "$var:", "resource": "$res:"}[kind]
    item = (await api.items.create(kind, path=at)).item
    target, named = await script(home)
    user = (await api.items.create("resource", path=path())).item
    draft = await api.drafts.of_item(user, "own")
    value = {**draft.value, "value": {"host": "db", "login": {"password": f"{word}{at}"}}}
    saved = await api.drafts.save(draft.draft, value, if_match=draft.etag)
    await api.deploys.deploy(draft.draft, saved.etag, 0)
    other = (await api.items.create("http_trigger", path=path())).item
    draft = await api.drafts.of_item(other, "own")
    value = {**draft.value, "runs": {"path": named, "kind": "script"}, "args": {"a": [f"{word}{at}"]}}
    saved = await api.drafts.save(draft.draft, value, if_match=draft.etag)
    await api.deploys.deploy(draft.draft, saved.etag, 0)
    found = (await api.items.used_by(item)).items
    assert {each.item: each.at for each in found} == {user: ("/value/login/password",), other: ("/args/a/0",)}
    assert await uses(api, target) == [other]


async def test_a_kind_of_the_server_that_a_workspace_redefines_counts_as_it_does_on_every_worker(home: Desk) -> None:
    """Also on one that nobody of the workspace has asked anything yet: it must not read by the server's own kind."""
    api, admin = home.api("dana"), home.api("root")
    item, at = await script(home)
    definition = (await admin.kinds.get("schedule")).definition
    assert definition is not None
    await admin.kinds.put({**definition, "schema": {}, "reference": [{"at": "/summary"}]})
    try:
        user = (await api.items.create("schedule", path=path())).item
        draft = await api.drafts.of_item(user, "own")
        saved = await api.drafts.save(draft.draft, {**draft.value, "summary": at}, if_match=draft.etag)
        await api.deploys.deploy(draft.draft, saved.etag, 0)
        assert await uses(api, item) == [user]
        async with home.world.store() as connection:
            await connection.execute(
                "insert into draftwire.reference_due (workspace_id, item_id) values ($1, $2)",
                home.world.workspace, user,
            )  # fmt: skip

        async def found_out() -> bool:
            return (await api.items.used_by(item)).complete

        await until(found_out, "it was looked through again")
        assert await uses(api, item) == [user]
    finally:
        await admin.kinds.remove("schedule")


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


async def test_a_deploy_and_a_change_of_the_kind_at_the_same_moment_do_not_wait_for_each_other(home: Desk) -> None:
    """Both take the row of what is to be looked through, then the workspace's clock."""
    item, at = await script(home)
    workspace = home.world.workspace
    user = await trigger(home, at)
    kind = "insert into draftwire.kind (workspace_id, name, revision) values ($1, 'http_trigger', 1000)"
    blocked = "select cardinality(pg_blocking_pids($1)) > 0"
    async with home.world.store() as deploys, home.world.store() as changes, home.world.store() as looks:
        pid = await changes.fetchval("select pg_backend_pid()")
        deploying, changing = deploys.transaction(), changes.transaction()
        await deploying.start()
        await deploys.execute(
            "update draftwire.item set head_version = head_version where workspace_id = $1 and id = $2", workspace, user
        )
        await changing.start()
        change = asyncio.create_task(changes.execute(kind, workspace))

        async def waits() -> bool:
            return bool(await looks.fetchval(blocked, pid))

        await until(waits, "the change of the kind waits for the deploy")
        await deploys.execute(
            "update draftwire.workspace_clock set event_seq = event_seq where workspace_id = $1", workspace
        )
        await deploying.commit()
        await change
        await changing.rollback()
    assert await uses(home.api("dana"), item) == [user]
