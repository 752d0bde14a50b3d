"""The life of an item: moved, archived, deleted, its path used again; who has it open is told, and nobody loses
anything.
"""

import asyncio
import secrets
from typing import Any

import pytest

import draftwire
from draftwire.api import Api
from draftwire.errors import Problem
from draftwire.session.events import ItemDeleted
from draftwire_server.limits.retention import DELETED_KEPT_DAYS
from draftwire_server.store.items import lives
from tests.deploys.conftest import closed, deployed, home, save, staffed
from tests.drafts.desk import LINES, Desk, changed, desk, edit, script
from tests.system.world import world
from tests.waiting import until

__all__ = ["closed", "home"]  # fixtures

pytestmark = pytest.mark.slow


async def refused(attempt: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await attempt
    return caught.value


def fresh(folder: str = "one") -> str:
    return f"f/{folder}/{secrets.token_hex(4)}"


async def path_of(home: Desk, item: str) -> str:
    path = (await home.api("root").items.get(item, include=["none"])).path
    assert path is not None
    return path


# ---- paths


async def test_an_old_path_leads_to_where_the_item_is_now_through_any_chain_of_moves(home: Desk) -> None:
    item, _ = await deployed(home)
    api, first = home.api("dana"), await path_of(home, item)
    second, third = fresh(), fresh()
    await api.items.change(item, path=second)
    await api.items.change(item, path=third)
    client = home.world.http("dana")
    for old in (first, second):
        answer = await client.get("deployed", params={"path": old})
        assert (answer.status_code, answer.json()) == (
            307, {"item": item, "kind": "both", "path": third, "moved_from": old},
        )  # fmt: skip
        assert answer.headers["cache-control"] == "private, no-store"
        followed = await client.get("deployed", params={"path": old}, follow_redirects=True)
        assert (followed.status_code, followed.json()["item"], len(followed.history)) == (200, item, 1)
        looked = await client.get("at", params={"path": old})
        assert (looked.status_code, looked.json()["path"]) == (307, third)
        (listed,) = (await api.items.list(path=old)).items
        assert (listed.id, listed.path, listed.moved_from) == (item, third, old)
        assert (await api.items.at(old)).path == third
        assert (await api.versions.deployed(path=old)).item == item
    assert (await client.get("at", params={"path": third})).status_code == 200
    assert (await api.items.list(path=third)).items[0].moved_from is None
    await api.items.change(item, path=first)  # and back again: no path leads in a circle
    assert (await client.get("at", params={"path": first})).status_code == 200
    assert (await api.items.at(third)).path == first


async def test_a_redirect_needs_run_alone_and_is_nothing_to_who_may_not_read_the_new_place(home: Desk) -> None:
    item, _ = await deployed(home)
    old, new = await path_of(home, item), fresh("two")
    never = await home.world.http("dora").get("deployed", params={"path": fresh()})
    await home.api("root").items.change(item, path=new)  # dora and the runner know folder one alone
    for user in ("dora", "runner"):
        client = home.world.http(user)
        for route in ("deployed", "at"):
            answer = await client.get(route, params={"path": old})
            assert (answer.status_code, answer.content) == (404, never.content)
        assert (await client.get("items", params={"path": old})).json()["items"] == []
    await home.api("root").items.change(item, path=fresh())
    answer = await home.world.http("runner").get("deployed", params={"path": old})
    assert answer.status_code == 307  # sees nothing of the item but may run it


async def test_a_path_that_another_item_took_leads_to_that_one_and_stays_with_it(home: Desk) -> None:
    item, _ = await deployed(home)
    api, old = home.api("dana"), await path_of(home, item)
    await api.items.change(item, path=fresh())
    other = await home.world.item("dana", old, kind="both", value=script("other"))
    assert (await api.items.at(old)).item == other
    assert (await api.items.at(old)).moved_from is None
    await api.items.archive(other)
    assert (await refused(api.items.at(old))).code == "not_found"  # no other script runs in its stead
    await api.items.unarchive(other)
    elsewhere = fresh()
    await api.items.change(other, path=elsewhere)
    assert (await api.items.at(old)).path == elsewhere
    await api.items.delete(other)
    assert (await refused(api.items.at(old))).code == "not_found"


async def test_what_one_may_not_see_at_a_path_never_was_there(home: Desk) -> None:
    item, _ = await deployed(home)
    old = await path_of(home, item)
    await home.api("dana").items.change(item, path=fresh())
    other = await home.world.item("dana", old, kind="both", value=script("other"))
    await home.api("root").items.change(other, path=fresh("three"))
    assert (await home.api("dora").items.at(old)).item == item
    assert (await home.api("root").items.at(old)).item == other


async def test_a_taken_path_is_told_and_nothing_of_what_lies_there(home: Desk) -> None:
    item, _ = await deployed(home)
    hidden = fresh("hidden")
    await home.world.item("root", hidden, kind="both", value=script("secret"))
    taken = await home.world.item("root", fresh("hidden"), kind="both", value=script("secret"))
    client = home.world.http("root")
    answer = await client.patch(f"items/{item}", json={"path": hidden})
    assert (answer.status_code, answer.json()["code"]) == (409, "taken")
    assert hidden not in answer.text and taken not in answer.text
    denied = await home.world.http("dana").patch(f"items/{item}", json={"path": hidden})
    free = await home.world.http("dana").patch(f"items/{item}", json={"path": fresh("hidden")})
    assert (denied.status_code, denied.content) == (403, free.content)


async def test_a_move_is_told_to_open_editors_and_what_they_type_meanwhile_goes_on(home: Desk) -> None:
    item, draft = await deployed(home)
    new = fresh()
    async with connected(home, "dana", 0) as one, connected(home, "dana", 1) as two:
        here, there = await one.open(draft=draft), await two.open(draft=draft)
        two.subscribe(f"item:{item}")
        await until(lambda: item in two.items, "the item is followed")
        here.insert("/content", "before ", 0)
        moving = asyncio.create_task(home.api("dana", 1).items.change(item, path=new))
        here.insert("/content", "during ", 0)
        await moving
        here.insert("/content", "after ", 0)
        await here.saved()
        await until(lambda: there.value == here.value, "the other tab has it all")
        assert here.value["content"].startswith("after during before ")
        await until(lambda: two.items[item].path == new, "the other tab hears where it is")


def connected(home: Desk, user: str, worker: int) -> Any:
    return draftwire.connect(home.server.worker_url(worker), home.world.token(user))


# ---- archive


async def test_an_archived_item_leaves_lists_and_path_and_its_versions_are_served_by_hash(home: Desk) -> None:
    item, _ = await deployed(home)
    api, path = home.api("dana"), await path_of(home, item)
    version = (await api.versions.list(item)).versions[0]
    archived = await api.items.archive(item)
    assert archived.archived
    assert (await api.items.archive(item)).archived  # once more is fine
    assert [i.id for i in (await api.items.list(path=path)).items] == []
    assert [i.id for i in (await api.items.list(path=path, archived="only")).items] == [item]
    assert (await refused(api.versions.deployed(path=path))).code == "not_found"
    assert (await home.api("runner").versions.deployed(hash=version.hash)).version == 1
    other = await home.world.item("dana", path, kind="both", value=script("other"))
    assert (await refused(api.items.unarchive(item))).code == "taken"
    back = await api.items.unarchive(item, path=(elsewhere := fresh()))
    assert (back.archived, back.path) == (False, elsewhere)
    assert (await api.items.unarchive(item)).path == elsewhere  # of a live one: it is as it is
    assert (await refused(api.items.unarchive(item, path=fresh()))).code == "bad_message"
    assert (await api.items.at(path)).item == other
    for user, code in (("dora", "forbidden"), ("zoe", "not_found")):
        assert (await refused(home.api(user).items.archive(item))).code == code


async def test_nothing_of_an_archived_item_is_deployed_or_typed_until_it_is_back(home: Desk) -> None:
    item, draft = await deployed(home)
    etag = await save(home, "dana", draft, changed(LINES, 3, "mine"))
    api = home.api("dana")
    await api.deploys.deploy(draft, etag, 1)
    etag = await save(home, "dana", draft, changed(LINES, 4, "mine"))
    await home.api("root").items.archive(item)
    for attempt in (
        api.deploys.deploy(draft, etag, 2),
        api.deploys.redeploy(item, 1, 2),
        api.drafts.save(draft, script("x"), if_match=etag),
        api.deploys.revert(draft, version=2),
        api.deploys.rebase(draft, 1),
        api.items.change(item, path=fresh()),
    ):
        problem = await refused(attempt)
        assert (problem.code, problem.kind.status) == ("archived", 409)
    state = await home.api("dana", 1).drafts.get(draft)
    assert (state.may, state.why, state.etag) == ("look", "archived", etag)
    unbegun = await home.api("eli").drafts.of_item(item, "own")
    assert (unbegun.may, unbegun.why) == ("look", "archived")
    saved = home.api("eli").drafts.save(unbegun.draft, script("x"), if_match=unbegun.etag, item=item)
    assert (await refused(saved)).code == "archived"
    await home.api("dana", 1).items.unarchive(item)
    assert (await api.drafts.get(draft)).may == "type"
    assert (await api.deploys.deploy(draft, etag, 2)).version == 3


async def test_editors_open_at_an_archive_are_told_at_once_and_what_is_under_way_is_kept(home: Desk) -> None:
    item, draft = await deployed(home)
    async with connected(home, "dana", 0) as one, connected(home, "eli", 1) as two:
        here, there = await one.open(draft=draft), await two.open(item=item, purpose="own")
        here.insert("/content", "saved ", 0)
        await here.saved()
        archiving = asyncio.create_task(home.api("root", 1).items.archive(item))
        typed: list[str] = []
        while here.replica.may == "type":  # until the archive has taken effect, whenever that is
            typed.append(f"<typed {len(typed)}>")
            here.insert("/content", typed[-1], 0)
            await asyncio.sleep(0)
        await archiving
        for each in (here, there):
            await until(lambda each=each: (each.replica.may, each.replica.why) == ("look", "archived"), "told")  # type: ignore[misc]
        await until(lambda: not here.replica.has_pending, "all of it is settled")
        await until(lambda: _nothing_parks(one, draft), "what was refused is in the stash")
        written = here.value["content"]
        stashed = await _stashed(home, "dana", draft)
        assert typed
        assert all(text in here.value["content"] + stashed for text in typed)
        assert (await home.api("dana").drafts.get(draft)).value["content"] == written  # exactly that was committed
        await home.api("root").items.unarchive(item)
        await until(lambda: here.replica.may == "type", "typing goes on")
        here.dismiss_parked()
        here.insert("/content", "again ", 0)
        await here.saved()


async def _stashed(home: Desk, user: str, draft: str) -> str:
    api = home.api(user)
    entries = [await api.stash.get(line.id) for line in (await api.stash.list(draft=draft)).entries]
    return "".join(str(text.mine) for entry in entries for text in entry.texts)


async def test_an_edit_that_races_an_archive_is_in_the_log_before_it_or_refused(home: Desk) -> None:
    for _ in range(5):
        item, draft = await deployed(home)
        async with await home.world.socket("dana", 0) as socket:
            state = await socket.ask("state", t="open", ref=1, draft=draft)
            archiving = asyncio.create_task(home.api("root", 1).items.archive(item))
            no, seq, mark = 0, state["seq"], state["mark"]
            while True:
                no += 1
                await socket.send(**edit({**state, "seq": seq, "mark": mark}, no=no))
                answer = await socket.next("ops", "refused")
                if answer["t"] == "refused":
                    break
                seq, mark = answer["to"], answer["mark"]
            await archiving
            assert answer["code"] == "archived"
        (row,) = await home.world.rows("select head_seq, held from draft where id = $1", draft)
        assert tuple(row) == (seq, "archived")
        late = await home.world.rows(
            "select 1 from draft_op o join event e on e.item_id = $2 and e.type = 'item.archived'"
            " where o.draft_id = $1 and o.at > e.at",
            draft,
            item,
        )
        assert late == []


# ---- delete


async def test_a_deleted_item_is_gone_with_all_its_drafts_and_comes_back_with_them(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, changed(LINES, 3, "dana's"))
    _, theirs = await home.own("ben", item, content=changed(LINES, 4, "ben's"))
    _, shared = await home.shared("eli", item, content="shared\n")
    await home.world.claim(item, "ext-of-it")
    path = await path_of(home, item)
    before = [await home.api(user).drafts.get(d) for user, d in (("dana", draft), ("ben", theirs), ("eli", shared))]
    version = (await home.api("dana").versions.list(item)).versions[0]
    gone = await home.api("eli").items.delete(item)
    again = await home.api("dana", 1).items.delete("ext:ext-of-it")
    assert (gone.item, again) == (item, gone)
    for user, d in (("dana", draft), ("ben", theirs), ("root", shared)):
        api = home.api(user, 1)
        assert (await refused(api.drafts.get(d))).code == "not_found"
        assert (await refused(api.items.get(item))).code == "not_found"
        assert (await api.items.list(path=path, archived="with")).items == ()
        assert (await refused(api.drafts.save(d, script("x"), if_match=before[0].etag))).code == "not_found"
        assert (await refused(api.deploys.deploy(d, before[0].etag, 1))).code == "not_found"
    assert (await home.api("runner").versions.deployed(hash=version.hash)).item == item
    for user, seen in (("eli", True), ("dana", True), ("root", True), ("ben", False), ("dora", False), ("zoe", False)):
        listed = [line.item for line in (await home.api(user).items.deleted()).items]
        assert (item in listed) == seen, user
        if not seen:
            assert (await refused(home.api(user).items.undelete(item))).code == "not_found"
    back = await home.api("dana").items.undelete(item)
    assert (back.item, back.path, back.external_id) == (item, path, "ext-of-it")
    assert (await home.api("root").items.undelete(item)).item == item  # it is there: fine
    after = [await home.api(user).drafts.get(d) for user, d in (("dana", draft), ("ben", theirs), ("eli", shared))]
    assert after == before
    await save(home, "ben", theirs, "and on\n")


async def test_the_owners_of_drafts_are_told_in_every_tab_and_find_their_texts(home: Desk) -> None:
    item, draft = await deployed(home)
    text = changed(LINES, 3, "not to be lost")
    await save(home, "dana", draft, text)
    async with connected(home, "dana", 0) as one, connected(home, "dana", 1) as two:
        told: list[ItemDeleted] = []
        for client in (one, two):
            await client.welcome()
        hearing = [asyncio.create_task(_hear(client, told)) for client in (one, two)]
        opened = await one.open(draft=draft)
        await home.api("eli", 1).items.delete(item)
        await until(lambda: len(told) == 2, "both tabs are told")
        await until(lambda: opened.status == "gone", "the editor is told")
        for task in hearing:
            task.cancel()
    (first, second) = (event.deleted for event in told)
    assert first == second
    assert (first.item, first.draft, first.by.name) == (item, draft, "Eli")
    entry = await home.api("dana").stash.get(first.stash)
    assert (entry.reason, entry.texts[0].at, entry.texts[0].mine) == ("item_deleted", "", script(text))
    assert (await refused(home.api("eli").stash.get(first.stash))).code == "not_found"
    await until(lambda: _no_jobs(home, item), "nothing is left to be done")


async def _hear(client: draftwire.Client, told: list[ItemDeleted]) -> None:
    async for event in client.events():
        if isinstance(event, ItemDeleted):
            told.append(event)  # noqa: PERF401 — looked at while it grows


async def test_what_editors_had_under_way_at_a_delete_is_in_the_log_or_in_their_stash(home: Desk) -> None:
    item, draft = await deployed(home)
    async with connected(home, "dana", 0) as one, connected(home, "eli", 1) as two:
        here, there = await one.open(draft=draft), await two.open(item=item, purpose="own")
        deleting = asyncio.create_task(home.api("root", 1).items.delete(item))
        typed = 0
        while here.status != "gone" and typed < 2000:
            here.insert("/content", f"<{typed}>", 0)
            typed += 1
            await asyncio.sleep(0)
        there_typed = there.status != "gone"
        if there_typed:
            there.insert("/content", "never begun", 0)
        await deleting
        await until(lambda: here.status == there.status == "gone", "both are told")
        await until(lambda: _nothing_parks(one, draft), "what was pending is in the stash")
        if there_typed:
            await until(lambda: _nothing_parks(two, there.id), "also of a draft that nobody had begun")
    kept = await _stashed(home, "dana", draft)
    if there_typed:
        assert "never begun" in await _stashed(home, "eli", there.id)
    await home.api("root").items.undelete(item)
    committed = (await home.api("dana").drafts.get(draft)).value["content"]
    assert typed > 0
    for n in range(typed):
        assert f"<{n}>" in committed or f"<{n}>" in kept


def _nothing_parks(client: draftwire.Client, draft: str) -> bool:
    return not client.session._line.parks(draft)


async def test_whoever_has_an_item_open_stays_with_it_when_another_one_takes_its_path(home: Desk) -> None:
    item, draft = await deployed(home)
    path = await path_of(home, item)
    async with connected(home, "dana", 0) as one, connected(home, "eli", 1) as two:
        mine = await one.open(draft=draft)
        mine.insert("/content", "of the first item\n", 0)
        await mine.saved()
        await home.api("dana").items.archive(item)
        await until(lambda: mine.status == "read_only", "the editor is told")
        other = await home.world.item("eli", path, kind="both", value=script("other\n"))
        theirs = await two.open(item=other, purpose="own")
        theirs.insert("/content", "of the second item\n", 0)
        await theirs.saved()
        await home.api("dana").items.unarchive(item, path=fresh())
        await until(lambda: mine.status == "saved", "it goes on at another path")
        mine.insert("/content", "again ", 0)
        await mine.saved()
        assert mine.get("/content").startswith("again of the first item\n")
        assert theirs.get("/content") == "of the second item\nother\n"


async def test_a_path_used_again_by_another_item_is_asked_for_at_the_undelete(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, "mine\n")
    api, path = home.api("dana"), await path_of(home, item)
    await home.world.claim(item, f"x-{path}")
    await api.items.delete(item)
    other = await home.world.item("dana", path, kind="both", value=script("other"), external_id=f"x-{path}")
    assert (await refused(api.items.undelete(item))).code == "taken"
    assert (await refused(api.items.undelete(item, path=fresh()))).code == "taken"  # its external id, too
    elsewhere = fresh()
    back = await api.items.undelete(item, path=elsewhere, external_id=None)
    assert (back.path, back.external_id) == (elsewhere, None)
    assert (await api.drafts.get(draft)).value["content"] == "mine\n"
    assert (await api.items.at(path)).item == other
    await api.items.delete(other)
    assert (await refused(api.items.undelete(other, path="bad"))).code == "bad_path"
    assert (await refused(api.items.undelete(other, path=fresh("hidden")))).code == "forbidden"
    assert (await api.items.undelete(other)).path == path


async def test_deleted_after_archived_comes_back_archived(home: Desk) -> None:
    item, draft = await deployed(home)
    await save(home, "dana", draft, "mine\n")
    api = home.api("dana")
    await api.items.archive(item)
    await api.items.delete(item)
    (line,) = [line for line in (await api.items.deleted()).items if line.item == item]
    assert (line.archived, line.drafts) == (True, 1)
    assert (await api.items.undelete(item)).archived
    assert (await api.drafts.get(draft)).why == "archived"


async def test_after_thirty_days_all_but_the_versions_is_removed_and_nothing_comes_back(home: Desk) -> None:
    item, draft = await deployed(home)
    for n in range(3):
        await save(home, "dana", draft, changed(LINES, 3, f"mine {n}"))
    version = (await home.api("dana").versions.list(item)).versions[0]
    await home.api("dana").items.delete(item)
    await until(lambda: _no_jobs(home, item), "its owner's text is kept")
    await home.world.rows(
        "update item set deleted_at = now() - interval '31 days', archived_at = now() - interval '31 days'"
        " where id = $1",
        item,
    )
    assert item not in [line.item for line in (await home.api("dana").items.deleted()).items]
    assert (await refused(home.api("dana").items.undelete(item))).code == "not_found"
    async with home.world.store() as connection:
        steps = 0
        while True:
            async with connection.transaction():
                if not await lives.purge_some(connection, home.world.workspace, DELETED_KEPT_DAYS):
                    break
            steps += 1
            assert steps < 20
    for table in ("draft", "draft_op", "draft_snapshot", "draft_writer", "alert"):
        column = "id" if table == "draft" else "draft_id"
        assert await home.world.rows(f"select 1 from {table} where {column} = $1", draft) == []
    assert (await home.api("runner").versions.deployed(hash=version.hash)).value == script()
    assert "mine 2" in await _stashed(home, "dana", draft), home.server.log[-4_000:]


async def _no_jobs(home: Desk, item: str) -> bool:
    return await home.world.rows("select 1 from item_job where item_id = $1", item) == []


async def test_a_text_that_can_t_be_read_is_kept_later_and_others_do_not_wait_for_it(
    database_url: str, redis_url: str
) -> None:
    async with desk(database_url, redis_url, job_lease_s=1.0, job_sweep_s=0.2) as made:
        home = await staffed(made)
        item, broken = await home.own("dana", content="dana's\n")
        _, sound = await home.own("eli", item, content="eli's\n")
        of_dana = "update draft set head_mark = $2 where id = $1 and head_mark = $3 returning head_mark"
        (row,) = await home.world.rows("select head_mark from draft where id = $1", broken)
        await home.world.rows(of_dana, broken, "AAAAAAAA", row["head_mark"])
        await home.api("root").items.delete(item)
        await until(lambda: _stashed(home, "eli", sound), "the other one's is kept")
        await until(lambda: home.server.log.count("keep failed") > 1, "it is tried again and again")
        assert await _stashed(home, "dana", broken) == ""
        await home.world.rows(of_dana, broken, row["head_mark"], "AAAAAAAA")
        await until(lambda: _no_jobs(home, item), "nothing is left to be done")
        assert "dana's" in await _stashed(home, "dana", broken)
        await home.close_apis()


async def test_of_two_workers_that_delete_and_bring_back_at_once_the_last_one_counts(home: Desk) -> None:
    item, draft = await deployed(home)
    await asyncio.gather(*(home.api("dana", n % 2).items.delete(item) for n in range(6)))
    assert len(await home.world.rows("select 1 from event where item_id = $1 and type = 'item.deleted'", item)) == 1
    await asyncio.gather(*(home.api("dana", n % 2).items.undelete(item) for n in range(6)))
    assert len(await home.world.rows("select 1 from event where item_id = $1 and type = 'item.undeleted'", item)) == 1
    await save(home, "dana", draft, "on\n")


async def test_ids_of_another_workspace_and_bad_ones_lead_nowhere(home: Desk) -> None:
    item, _ = await deployed(home)
    async with world(home.server, home.world.database_url, f"other-{secrets.token_hex(4)}") as other:
        await other.member("dana", "admin")
        async with Api(home.server.url, other.token("dana")) as api:
            for name in (item, "ext:nothing", "x" * 64, "../x", "\u2603"):
                for attempt in (api.items.archive, api.items.unarchive, api.items.delete, api.items.undelete):
                    assert (await refused(attempt(name))).code == "not_found"
            assert (await refused(api.items.at(await path_of(home, item)))).code == "not_found"
    answer = await home.world.http("dana").get("deleted-items", params={"cursor": "forged"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")
