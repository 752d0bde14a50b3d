"""Members, groups, folders, grants by their routes: who may change what, and what it changes, at once."""

import asyncio
import secrets
import time
from typing import Any

import pytest

from draftwire.rest import directory as d
from draftwire.rest.rights import Holder
from tests.rights.conftest import Office, code, refusal
from tests.waiting import until

pytestmark = pytest.mark.slow

READ = ("see", "read_drafts")


async def acl_rev(office: Office) -> int:
    (row,) = await office.home.rows("select acl_rev from workspace_clock where workspace_id = $1", office.workspace)
    return int(row["acl_rev"])


# ---- members


async def test_a_member_is_added_changed_removed_and_brought_back(office: Office) -> None:
    ada = office.api("ada")
    made = await ada.members.add("ben@example.com", name="Ben", role="operator")
    assert (made.username, made.role, made.external_id) == ("ben", "operator", "ben@example.com")
    changed = await ada.members.change(made.id, name="Benjamin", role="editor")
    assert (changed.name, changed.role) == ("Benjamin", "editor")
    ben = office.api("ben@example.com", 1)
    assert (await ben.me()).actor.name == "Benjamin"
    assert (await ada.members.remove("ben@example.com")).removed
    assert await code(ben.items.list()) == "unauthenticated"
    assert [m.username for m in (await ada.members.list()).members] == ["ada"]
    assert [m.username for m in (await ada.members.list(removed=True)).members] == ["ada", "ben"]
    assert not (await ada.members.restore(made.id)).removed
    assert (await ben.me()).username == "ben"
    assert await code(ada.members.add("ben@example.com")) == "taken"
    assert await code(ada.members.add("other", username="ben")) == "taken"
    assert await code(ada.members.add("other", username="No Name")) == "bad_name"


async def test_nobody_but_admins_changes_members_groups_and_folders(office: Office) -> None:
    ada = office.api("ada")
    await ada.members.add("ben")
    group, folder = await ada.groups.add("devs", members=["ben"]), await ada.folders.add("desk")
    await ada.folders.set_role("desk", "owner", user="ben")
    before = await acl_rev(office)
    for ben in (office.api("ben"), office.api("ada", agent="helper"), office.api("ada", may=["see", "write", "admin"])):
        for asked in (
            ben.members.add("x"),
            ben.members.change("ben", role="admin"),
            ben.members.remove("ada"),
            ben.members.restore("ada"),
            ben.members.erase("ada"),
            ben.members.sign_out("ada"),
            ben.groups.add("x"),
            ben.groups.change(group.id, name="x"),
            ben.groups.set_members(group.id, []),
            ben.groups.enrol(group.id, "ada"),
            ben.groups.withdraw(group.id, "ben"),
            ben.groups.remove(group.id),
            ben.folders.add("x"),
            ben.folders.change(folder.id, name="x"),
            ben.folders.remove(folder.id),
            ben.folders.set_role(folder.id, "owner", user="ada"),
            ben.tokens.identity(),
            ben.directory.sync(d.Directory(members=())),
            ben.directory.change([d.AddMember("x")]),
        ):
            assert await code(asked) == "forbidden"
    assert await acl_rev(office) == before


async def test_the_last_admin_can_not_go_however_many_ask_at_once(office: Office) -> None:
    ada = office.api("ada")
    assert await code(ada.members.remove("me")) == "last_admin"
    assert await code(ada.members.change("me", role="editor")) == "last_admin"
    assert await code(ada.members.erase("me")) == "last_admin"
    await ada.members.add("eve", role="admin")
    eve = office.api("eve", 1)
    answers = await asyncio.gather(
        ada.members.change("eve", role="editor"), eve.members.change("ada", role="editor"), return_exceptions=True
    )
    assert sorted(getattr(answer, "code", "done") for answer in answers) in (
        ["done", "forbidden"],
        ["done", "last_admin"],
    )
    (row,) = await office.home.rows(
        "select count(*) from member where workspace_id = $1 and role = 'admin'", office.workspace
    )
    assert row["count"] == 1


async def test_everybody_sees_names_and_admins_the_rest(office: Office) -> None:
    ada = office.api("ada")
    await ada.members.add("ben-at-the-platform", username="ben")
    await ada.members.add("cleo")
    await ada.groups.add("devs", members=["cleo"])
    ben = office.api("ben-at-the-platform")
    seen = {m.username: m for m in (await ben.members.list()).members}
    assert {name: (m.role, m.external_id) for name, m in seen.items()} == {
        "ada": (None, None), "ben": ("editor", "ben-at-the-platform"), "cleo": (None, None),
    }  # fmt: skip
    assert (await ben.members.get(seen["cleo"].id)).groups is None
    assert (await refusal(ben.members.get("cleo"))).code == "not_found", "the platform's ids are for admins"
    assert (await ben.groups.get("devs")).members is None
    assert [m.username for m in (await office.api("cleo").groups.get("devs")).members or ()] == ["cleo"]
    held = office.api("ben-at-the-platform", prefixes=["f/desk"])
    assert [m.username for m in (await held.members.list()).members] == ["ben"]
    assert (await held.groups.list()).groups == ()
    page = await ada.members.list(limit=2)
    assert page.next == "ben" and [m.username for m in (await ada.members.list(cursor=page.next)).members] == ["cleo"]
    assert [m.username for m in (await ada.members.list(search="CLE")).members] == ["cleo"]


async def test_another_username_moves_what_lies_in_its_place(office: Office) -> None:
    ada = office.api("ada")
    await ada.members.add("ben")
    item, draft = await office.item("u/ben/tools/a", by="ben")
    await ada.grants.give(READ, user="ada", prefix="u/ben/tools/")
    socket, state = await office.opened(draft, 1, user="ben")
    async with socket:
        assert state["may"] == "type"
        await ada.members.change("ben", username="benno")
        assert (await office.api("ben", 1).items.get(item)).path == "u/benno/tools/a"
        assert [g.prefix for g in (await ada.grants.list()).grants] == ["u/benno/tools/"]
        assert (await socket.ask("state", "error", t="open", ref=2, draft=draft))["may"] == "type"
    await ada.members.add("ben2", username="ben")
    assert await code(office.api("ben2").items.get(item)) == "not_found"
    await ada.items.create("script", path="u/later/x/y")
    assert await code(ada.members.change("ben", username="later")) == "taken"


async def test_another_external_id_ends_old_tokens_and_no_session(office: Office) -> None:
    """Edge case 38: the platform's id of a user changed."""
    ada = office.api("ada")
    await ada.members.add("ben@old", username="ben")
    _, draft = await office.item("u/ben/x/y", by="ben@old")
    socket, _ = await office.opened(draft, 1, user="ben@old")
    async with socket:
        await ada.members.change("ben@old", external_id="ben@new")
        assert (await office.api("ben@new", 1).me()).username == "ben"
        assert (await socket.ask("state", "error", t="open", ref=2, draft=draft))["t"] == "state"
    assert (await office.api("ben@old").me()).username != "ben", "a token of the old id is another user's"


# ---- groups and folders


@pytest.mark.alone
async def test_group_membership_counts_for_reading_and_for_writing_at_once(office: Office) -> None:
    """Edge case 38."""
    ada = office.api("ada")
    await ada.members.add("ben")
    await ada.groups.add("devs")
    await ada.folders.add("desk", writers=[Holder(group="devs")])
    drafts = [(await office.item(path))[1] for path in ("f/desk/a", "g/devs/b")]
    sockets = [await office.home.socket("ben", worker) for worker in (0, 1)]
    for socket, draft in zip(sockets, drafts, strict=True):
        await socket.next("welcome")
        assert (await socket.ask("state", "error", t="open", ref=1, draft=draft))["t"] == "error"
    await ada.groups.enrol("devs", "ben")
    for socket, draft in zip(sockets, drafts, strict=True):

        async def opened(socket: Any = socket, draft: str = draft) -> bool:
            answer = await socket.ask("state", "error", t="open", ref=1, draft=draft)
            return answer["t"] == "state" and answer["may"] == "type"

        await until(opened, "membership counts on this worker", within_s=1.5)
    began = time.monotonic()
    await ada.groups.withdraw("devs", "ben")
    for socket, draft in zip(sockets, drafts, strict=True):
        assert (await socket.next("gone", within_s=2))["channel"] == f"draft:{draft}"
        await socket.connection.close()
    assert time.monotonic() - began < 1.0


async def test_owners_give_reader_and_writer_and_nothing_beyond(office: Office) -> None:
    ada = office.api("ada")
    for name in ("ben", "cleo", "dora"):
        await ada.members.add(name)
    await ada.groups.add("devs", members=["dora"])
    await ada.folders.add("desk", owners=[Holder(user="ben")], readers=[Holder(user="ada")])
    await office.item("f/desk/a")
    ben = office.api("ben", 1)
    changed = await ben.folders.change(
        "desk", summary="ours", writers=[Holder(group="devs")], readers=[Holder(user="cleo")]
    )
    assert ([w.name for w in changed.writers or ()], [r.username for r in changed.readers or ()]) == (
        ["devs"],
        ["cleo"],
    )
    assert (await ben.folders.set_role("desk", "writer", user="cleo")).outcome == "changed"
    assert (await ben.folders.set_role("desk", "writer", user="cleo")).outcome == "unchanged"
    for asked in (
        ben.folders.set_role("desk", "owner", user="cleo"),
        ben.folders.set_role("desk", None, user="ben"),  # an owner less is an admin's to say
        ben.folders.change("desk", owners=[]),
        ben.folders.change("desk", external_id="x"),
        ben.grants.give(["admin"], user="cleo", prefix="f/desk/"),
        ben.grants.give(["see"], user="cleo", prefix="f/"),
        ben.grants.give(["see"], user="cleo", prefix=""),
        office.api("cleo").folders.change("desk", summary="mine"),
        office.api("cleo").folders.set_role("desk", None, user="dora"),
        office.api("ben", may=["see", "admin"]).folders.set_role("desk", "writer", user="ada"),
    ):
        assert await code(asked) == "forbidden"
    assert (await office.api("dora").folders.get("desk")).may == (
        "deploy", "join", "read_drafts", "run", "see", "write",
    )  # fmt: skip
    assert (await office.api("dora").folders.get("desk")).owners is None
    assert await code(ben.folders.set_role("desk", "reader", user="nobody")) == "no_such_holder"
    assert await code(ben.folders.set_role("desk", "reader", user="cleo", group="devs")) == "bad_message"
    await ada.members.remove("ben")
    await ada.folders.set_role("desk", "owner", user="cleo")
    assert (await office.api("cleo").folders.change("desk", summary="mine")).summary == "mine"


async def test_a_folder_or_group_that_holds_items_stays_and_renaming_moves_them(office: Office) -> None:
    ada = office.api("ada")
    await ada.folders.add("desk")
    await ada.groups.add("devs")
    item, _ = await office.item("f/desk/a")
    other, _ = await office.item("g/devs/a")
    assert await code(ada.folders.remove("desk")) == "not_empty"
    assert await code(ada.groups.remove("devs")) == "not_empty"
    await ada.folders.change("desk", name="table")
    await ada.groups.change("devs", name="makers")
    assert [(await ada.items.get(name)).path for name in (item, other)] == ["f/table/a", "g/makers/a"]
    assert await code(ada.folders.get("desk")) == "not_found"
    assert await code(ada.folders.add("table")) == "taken"
    assert await code(ada.folders.add("a/b")) == "bad_name"
    await ada.items.change(item, path="f/elsewhere/a")
    assert (await ada.folders.remove("table")).outcome == "removed"


# ---- grants


@pytest.mark.alone
async def test_grants_are_given_by_who_holds_the_place_and_end_at_once(office: Office) -> None:
    ada = office.api("ada")
    for name in ("ben", "cleo"):
        await ada.members.add(name)
    item, draft = await office.item("u/ben/x/y", by="ben")
    ben, cleo = office.api("ben"), office.api("cleo", 1)
    assert await code(cleo.items.get(item)) == "not_found"
    given = await ben.grants.give(READ, user="cleo", item=item)
    assert (given.to.username, given.may, given.item) == ("cleo", ("read_drafts", "see"), item)
    assert (await ben.grants.give(READ, user="cleo", item=item)).id == given.id, "the same once more is the same"
    assert (await cleo.drafts.get(draft)).may == "look"
    assert [g.id for g in (await ben.grants.list()).grants] == [given.id]
    assert (await cleo.grants.list()).grants == ()
    assert await code(cleo.grants.end(given.id)) == "not_found"
    assert await code(cleo.grants.give(["see"], user="ada", item=item)) == "forbidden"
    assert await code(ben.grants.give(["admin"], user="cleo", item=item)) == "forbidden"
    assert await code(ben.grants.give(["see"], user="cleo", item=item, prefix="u/ben/")) == "bad_message"
    assert await code(ben.grants.give(["see"], user="cleo", item=item, until=time.time() - 1)) == "bad_message"
    socket, _ = await office.opened(draft, 1, user="cleo")
    async with socket:
        began = time.monotonic()
        await ben.grants.end(given.id)
        assert (await socket.next("gone", within_s=2))["channel"] == f"draft:{draft}"
        assert time.monotonic() - began < 1.0
    await ben.grants.give(["see"], user="cleo", prefix="u/ben", until=time.time() + 60)
    assert (await cleo.items.get(item)).path == "u/ben/x/y"


# ---- what one may not know


async def test_the_new_routes_answer_of_what_one_may_not_see_as_of_what_never_was(office: Office) -> None:
    ada = office.api("ada")
    await ada.members.add("zoe")
    gone = await ada.members.add("gone")
    await ada.members.remove("gone")
    await ada.folders.add("secret", external_id="fx")
    item, _ = await office.item("f/secret/a")
    folder = await ada.folders.get("secret")
    grant = await ada.grants.give(READ, user="ada", item=item)
    key = (await ada.keys.make("ada's")).key
    client, never = office.http("zoe"), secrets.token_hex(13)
    for method, path, hidden, body in (
        ("GET", "folders/{}", folder.id, None),
        ("GET", "folders/{}", "secret", None),
        ("GET", "folders/{}", "fx", None),
        ("PATCH", "folders/{}", "secret", {"summary": "x"}),
        ("DELETE", "folders/{}", "secret", None),
        ("PUT", "folders/{}/people", "secret", {"role": "reader", "user": "zoe"}),
        ("PATCH", "items/{}", item, {"summary": "x"}),
        ("PATCH", "items/{}", item, {"path": "u/zoe/x/y"}),
        ("DELETE", "grants/{}", grant.id, None),
        ("GET", "keys/{}", key.id, None),
        ("GET", "keys/{}", "ada's", None),
        ("DELETE", "keys/{}", key.id, None),
        ("GET", "members/{}", gone.id, None),
    ):
        one, other = [await client.request(method, path.format(name), json=body) for name in (hidden, never)]
        assert (one.status_code, one.content) == (404, other.content), (method, path)
        assert {k: v for k, v in one.headers.items() if k != "date"} == {
            k: v for k, v in other.headers.items() if k != "date"
        }
    one, other = [
        await client.post("grants", json={"may": ["see"], "user": "ada", "item": name}) for name in (item, never)
    ]
    assert (one.status_code, one.content) == (404, other.content)
    one, other = [
        await client.post("grants", json={"may": ["see"], "user": "ada", "prefix": f"f/{name}/"})
        for name in ("secret", "never")
    ]
    assert (one.status_code, one.content) == (403, other.content)
    assert (await client.get("folders")).json() == {"folders": []}
    assert (await client.get("grants")).json() == {"grants": []}
    assert (await client.get("keys")).json() == {"keys": []}
    one, other = [await client.get("grants", params={"item": name}) for name in (item, never)]
    assert (one.status_code, one.content) == (404, other.content)


# ---- moving an item


@pytest.mark.alone
async def test_moving_an_item_changes_who_may_see_it_on_every_worker(office: Office) -> None:
    ada = office.api("ada")
    for name in ("ben", "cleo"):
        await ada.members.add(name)
    await ada.folders.add("one", writers=[Holder(user="ben")])
    await ada.folders.add("two", readers=[Holder(user="cleo")])
    item, draft = await office.item("f/one/a")
    sockets = [(await office.opened(draft, worker, user="ben"))[0] for worker in (0, 1)]
    assert await code(office.api("cleo").items.get(item)) == "not_found"
    assert await code(office.api("ben").items.change(item, path="f/two/a")) == "forbidden"
    began = time.monotonic()
    assert (await ada.items.change(item, path="f/two/a", summary="moved")).path == "f/two/a"
    for socket in sockets:
        assert (await socket.next("gone", within_s=2))["channel"] == f"draft:{draft}"
        await socket.connection.close()
    assert time.monotonic() - began < 1.0
    assert await code(office.api("ben", 1).items.get(item)) == "not_found"
    assert (await office.api("cleo", 1).items.get(item)).summary == "moved"
    assert await code(office.api("cleo").items.change(item, summary="mine")) == "forbidden"
    before = await acl_rev(office)
    await ada.items.change(item, summary="once more", external_id="ext-1")
    assert await acl_rev(office) == before, "what changes nobody's rights makes nobody decide again"


async def test_a_taken_path_is_refused_and_tells_nothing_of_what_lies_there(office: Office) -> None:
    ada = office.api("ada")
    await ada.members.add("ben")
    await ada.folders.add("hidden")
    await office.item("f/hidden/a")
    mine, _ = await office.item("u/ben/x/a", by="ben")
    await office.item("u/ben/x/b", by="ben")
    ben = office.api("ben")
    assert await code(ben.items.change(mine, path="u/ben/x/b")) == "taken"
    taken, free = [await refusal(ben.items.change(mine, path=f"f/hidden/{name}")) for name in ("a", "b")]
    assert (taken.code, taken.message, taken.detail) == (free.code, free.message, free.detail) == (
        "forbidden", free.message, free.detail,
    )  # fmt: skip
    assert await code(ben.items.change(mine, path="nowhere")) == "bad_path"
    assert (await ben.items.change(mine, path=None)).path is None
    assert await code(ben.items.change(mine, external_id="mine-1")) == "forbidden", (
        "the platform's ids are admins' to give"
    )
    assert (await ada.items.change(mine, external_id="mine-1")).external_id == "mine-1"
    assert (await ben.items.change("mine-1", path="u/ben/x/c")).item == mine


# ---- many at once


async def test_many_changes_are_made_in_order_all_or_none(office: Office) -> None:
    ada = office.api("ada")
    before = await acl_rev(office)
    done = await ada.directory.change([
        d.AddMember("ben", role="operator"),
        d.AddGroup("devs", members=("ben",)),
        d.AddFolder("desk", writers=(Holder(group="g/devs"),)),
        d.SetFolderRole(role="reader", user="u/ben", folder="desk"),
        d.GiveGrant(("see",), user="ben", prefix="f/other/"),
        d.ChangeMember(member="ben", role="editor"),
        d.ChangeMember(member="ben", role="editor"),
    ])  # fmt: skip
    assert [r.outcome for r in done.results] == [
        "created",
        "created",
        "created",
        "changed",
        "created",
        "changed",
        "unchanged",
    ]
    assert await acl_rev(office) == before + 1, "one change of rights, however many rows"
    problem = await refusal(ada.directory.change([
        d.AddMember("cleo"), d.RemoveMember(member="ben"), d.Enrol(group="devs", user="nobody"),
    ]))  # fmt: skip
    assert (problem.code, problem.detail["index"]) == ("no_such_holder", 2)
    assert [m.username for m in (await ada.members.list(removed=True)).members] == ["ada", "ben"]
    assert not (await ada.members.get("ben")).removed
    assert await acl_rev(office) == before + 1
    too_many = await refusal(ada.directory.change([d.AddMember(f"m{n}") for n in range(1001)]))
    assert too_many.code == "too_large"


async def test_a_directory_is_synced_by_external_id_and_twice_is_as_good_as_once(office: Office) -> None:
    ada = office.api("ada")
    wanted = d.Directory(
        members=(
            d.SyncedMember("ada", role="admin"),
            *(d.SyncedMember(f"user-{n}", name=f"User {n}") for n in range(300)),
        ),
        groups=(d.SyncedGroup("grp-1", name="devs", members=("user-1", "user-2")),),
        folders=(
            d.SyncedFolder("fld-1", name="desk", owners=(Holder(user="user-3"),), writers=(Holder(group="grp-1"),)),
        ),
        absent="remove",
    )
    first = await ada.directory.sync(wanted)
    assert [r.outcome for r in first.members[:2]] == ["unchanged", "created"]
    assert [r.outcome for r in (*first.groups, *first.folders)] == ["created", "created"]
    assert (await office.api("user-1").folders.list()).folders[0].name == "desk"
    before = await acl_rev(office)
    again = await ada.directory.sync(wanted)
    assert {r.outcome for part in (again.members, again.groups, again.folders) for r in part} == {"unchanged"}
    assert [r.id for r in again.members] == [r.id for r in first.members]
    assert await acl_rev(office) == before
    await office.item("f/desk/a")
    less = d.Directory(
        members=(d.SyncedMember("ada"), d.SyncedMember("user-3", role="operator")),
        groups=(),
        folders=(),
        absent="remove",
    )
    third = await ada.directory.sync(less)
    outcomes = [r.outcome for r in third.members]
    assert outcomes[:2] == ["unchanged", "changed"] and outcomes.count("removed") == 299
    assert ([r.outcome for r in third.groups], [r.outcome for r in third.folders]) == (["removed"], ["emptied"])
    assert await code(office.api("user-1").me()) == "unauthenticated"
    back = await ada.directory.sync(d.Directory(members=(d.SyncedMember("user-1"),)))
    assert back.members[0].outcome == "changed" and (await office.api("user-1").me()).username == "user-1"


async def test_a_sync_that_can_not_be_done_does_nothing(office: Office) -> None:
    ada = office.api("ada")
    for wanted, refused, at in (
        (d.Directory(members=(d.SyncedMember("x"), d.SyncedMember("x"))), "bad_message", "/members/1"),
        (d.Directory(members=(d.SyncedMember("x", username="No"),)), "bad_name", "/members/0"),
        (d.Directory(groups=(d.SyncedGroup("g", members=("y",)),)), "no_such_holder", "/groups/0"),
        (d.Directory(folders=(d.SyncedFolder("f", name="a/b"),)), "bad_name", "/folders/0"),
    ):  # fmt: skip
        problem = await refusal(ada.directory.sync(wanted))
        assert (problem.code, problem.detail["at"]) == (refused, at)
    assert await code(ada.directory.sync(d.Directory(members=(), absent="remove"))) == "last_admin"
    assert [m.username for m in (await ada.members.list()).members] == ["ada"]


@pytest.mark.alone
async def test_a_change_of_rights_reaches_hundreds_of_connections_within_a_second(office: Office) -> None:
    """Also where everybody's access has to be loaded anew: it is, in one statement."""
    ada = office.api("ada")
    await ada.folders.add("desk")
    _, draft = await office.item("f/desk/a")
    people = [f"user-{n}" for n in range(60)]
    await ada.directory.sync(d.Directory(members=tuple(d.SyncedMember(name) for name in people)))
    await ada.groups.add("everybody", members=people)
    await ada.folders.set_role("desk", "reader", group="everybody")
    sockets = [
        (await office.opened(draft, n % 2, user=name))[0] for n, name in enumerate(people) for _ in range(4)
    ]  # fmt: skip
    began = time.monotonic()
    await ada.folders.set_role("desk", None, group="everybody")
    for socket in sockets:
        assert (await socket.next("gone", within_s=3))["channel"] == f"draft:{draft}"
    assert time.monotonic() - began < 1.0
    await asyncio.gather(*(socket.connection.close() for socket in sockets))
