"""Lists of items: filters, orders, cursors, and what stands around the items of a page; through two workers."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from draftwire_server.core.access.reach import LAST
from draftwire_server.limits.pages import FILTER_VALUES
from tests.items.house import House, code_of, paths
from tests.waiting import until

pytestmark = pytest.mark.slow

CODE = {"content": "print(1)\n"}


def name() -> str:
    return secrets.token_hex(5)


@pytest.fixture(scope="module")
async def shelf(house: House) -> AsyncIterator[dict[str, str]]:
    """Items in three folders, and some without a path, by their short names."""
    made: dict[str, str] = {}
    for user, path, kind in (
        ("ada", "f/desk/a", "script"), ("ada", "f/desk/b", "flow"), ("ben", "f/desk/deep/c", "script"),
        ("ben", "f/shop/d", "app"), ("cleo", "f/lab/e", "script"), ("cleo", "u/cleo/f", "script"),
        ("ada", "u/ada/g", "flow"),
    ):  # fmt: skip
        made[path] = await house.item(user, path, kind, external_id=f"x-{path.rpartition('/')[2]}")
    for user in ("ada", "cleo"):
        made[user] = await house.item(user, None, summary=f"without {user}")
    return made


SEEN = {
    "ada": ["f/desk/a", "f/desk/b", "f/desk/deep/c", "f/shop/d", "u/ada/g", None],
    "ben": ["f/desk/a", "f/desk/b", "f/desk/deep/c", "f/shop/d"],
    "cleo": ["f/lab/e", "u/cleo/f", None],
    "olga": ["f/desk/a", "f/desk/b", "f/desk/deep/c"],
    "boss": ["f/desk/a", "f/desk/b", "f/desk/deep/c", "f/lab/e", "f/shop/d", "u/ada/g", "u/cleo/f", None, None],
}


@pytest.mark.parametrize("user", SEEN)
@pytest.mark.parametrize("limit", [1, 2, 3, 200])
async def test_everybody_sees_what_they_may_page_by_page_in_the_order_of_paths(
    house: House, shelf: dict[str, str], user: str, limit: int
) -> None:
    async with house.api(user, limit % 2) as api:
        found = [item async for item in api.items.list(limit=limit)]
        assert [item.path for item in found] == SEEN[user]
        assert len({item.id for item in found}) == len(found)
        changed = [item async for item in api.items.list(limit=limit, order="changed")]
        assert {item.id for item in changed} == {item.id for item in found}
        assert [item.changed_at for item in changed] == sorted((item.changed_at for item in found), reverse=True)


async def test_each_filter_narrows_the_list(house: House, shelf: dict[str, str]) -> None:
    async with house.api("ada") as api, house.api("boss") as boss:
        assert paths(await api.items.list(kind="flow")) == ["f/desk/b", "u/ada/g"]
        assert paths(await api.items.list(kind=["flow", "app"])) == ["f/desk/b", "f/shop/d", "u/ada/g"]
        assert paths(await api.items.list(path="f/desk/b")) == ["f/desk/b"]
        assert paths(await api.items.list(path="f/lab/e")) == []
        assert paths(await api.items.list(folder="f/desk")) == ["f/desk/a", "f/desk/b", "f/desk/deep/c"]
        assert paths(await api.items.list(folder="f/desk/deep/")) == ["f/desk/deep/c"]
        assert paths(await api.items.list(prefix="f/desk/d")) == ["f/desk/deep/c"]
        assert paths(await api.items.list(prefix="f/desk/d", folder="f/desk")) == ["f/desk/deep/c"]
        assert paths(await api.items.list(prefix="u/", folder="f/desk")) == []
        assert paths(await api.items.list(prefix="f/lab")) == []
        assert paths(await api.items.list(external_id=["x-a", "x-e", "x-d"])) == ["f/desk/a", "f/shop/d"]
        assert paths(await api.items.list(creator="me")) == ["f/desk/a", "f/desk/b", "u/ada/g", None]
        assert paths(await boss.items.list(creator="ext:cleo", kind="script")) == ["f/lab/e", "u/cleo/f", None]
        assert paths(await boss.items.list(creator="ext:nobody")) == paths(await boss.items.list(creator="x")) == []
        middle = (await boss.items.list(path="f/desk/deep/c")).items[0].changed_at
        since = await boss.items.list(changed_since=middle, order="changed")
        assert [item.path for item in since.items if item.path in SEEN["boss"]][-1] == "f/desk/deep/c"
        assert paths(await boss.items.list(changed_since=4e9)) == []


async def test_archived_items_are_shown_if_asked_for(house: House) -> None:
    folder = name()
    async with house.api("boss") as boss:
        kept = await house.item("boss", f"f/{folder}/x")
        gone = await house.item("boss", f"f/{folder}/y")
        await house.home.rows("update draftwire.item set archived_at = now() where id = $1", gone)
        again = await house.item("boss", f"f/{folder}/y")
        for archived, ids in (("without", [kept, again]), ("only", [gone]), ("with", [kept, *sorted((gone, again))])):
            page = await boss.items.list(folder=f"f/{folder}", archived=archived)  # type: ignore[arg-type]
            assert [item.id for item in page.items] == ids
            pages = [item.id async for item in boss.items.list(folder=f"f/{folder}", archived=archived, limit=1)]  # type: ignore[arg-type]
            assert pages == ids


async def test_drafts_and_being_behind_are_filters(house: House) -> None:
    folder = f"f/desk/{name()}"
    mine, theirs, both, none = [await house.item("ada", f"{folder}/{n}", value=CODE) for n in "abcd"]
    for user, item in (("ada", mine), ("ben", theirs), ("ada", both), ("ben", both)):
        await house.save(user, item, {"content": f"{user}\n"})
    await house.deploy(both, {"content": "two\n"})
    await house.deploy(none, {"content": "two\n"})

    async def found(user: str, **filters: Any) -> set[str]:
        async with house.api(user) as api:
            return {item.id async for item in api.items.list(folder=folder, **filters)}

    assert await found("ada", drafts="mine") == {mine, both}
    assert await found("ada", drafts="others") == {theirs, both}
    assert await found("ada", drafts="any") == {mine, theirs, both}
    assert await found("ada", behind=True) == await found("ada", drafts="others", behind=True) == {both}
    assert await found("boss", drafts="mine") == set()
    assert await found("olga") == {mine, theirs, both, none}
    for filters in ({"drafts": "any"}, {"behind": True}):
        assert await found("olga", **filters) == set(), "operators know of no drafts"


async def test_a_page_shows_what_stands_around_each_item(house: House) -> None:
    folder = f"f/desk/{name()}"
    one = await house.item("ada", f"{folder}/one", value=CODE)
    two = await house.item("ada", f"{folder}/two", value=CODE)
    etag = await house.save("ada", one, {"content": "ada\n"}, 1)
    await house.save("ben", one, {"content": "ben\n"})
    await house.deploy(one, {"content": "deployed\n"})
    async with house.api("ada") as ada, house.api("ben", 1) as ben, house.api("olga") as olga:
        await ben.presence.attend(two, state="editing")
        page = await ada.items.list(folder=folder, include=["value", "mine", "drafts", "here"])
        first, second = page.items
        assert (first.value, second.value) == ({"content": "deployed\n"}, CODE)
        assert first.mine is not None
        assert (first.mine.value["content"], first.mine.etag, first.mine.behind) == ("ada\n", etag, True)
        assert (first.mine.base_version, first.version, second.mine) == (0, 1, None)
        assert {draft.owner.name for draft in first.drafts if draft.owner} == {"Ada", "Ben"}
        assert second.drafts == ()
        assert [entry.actor.name for entry in second.here] == ["Ben"]
        assert (first.here, page.presence_unknown) == ((), False)
        bare = (await ada.items.list(folder=folder)).items[0]
        assert (bare.value, bare.mine, bare.drafts, bare.here) == (None, None, (), ())
        seen = (await olga.items.list(folder=folder, include=["value", "mine", "drafts", "here"])).items
        assert [(item.value, item.mine, item.drafts) for item in seen] == [
            ({"content": "deployed\n"}, None, ()), (None, None, ()),
        ]  # fmt: skip  # nothing of the second is deployed: its value is a draft's
        await ben.presence.leave(two)


async def test_values_that_make_a_page_too_large_are_left_out_and_said_to_be(house: House) -> None:
    folder = f"f/desk/{name()}"
    large = {"content": "".join(secrets.token_hex(32) + "\n" for _ in range(50_000))}
    for n in "abc":
        await house.item("ada", f"{folder}/{n}", value=large)
    async with house.api("ada") as api:
        items = (await api.items.list(folder=folder, include=["value"])).items
        assert [item.left_out for item in items] == [(), (), ("value",)]
        assert [item.value is None for item in items] == [False, False, True]
        assert (await api.items.get(items[2].id)).value == large


async def test_an_item_is_shown_with_everything_around_it_at_one_moment(house: House) -> None:
    item = await house.item("ada", f"f/desk/{name()}", value=CODE, external_id=name())
    async with house.api("ada") as ada, house.api("ben", 1) as ben, house.api("olga") as olga:
        fresh = await ada.items.get(item)
        assert fresh.value == CODE
        assert fresh.mine is not None
        assert (fresh.mine.stands, fresh.mine.seq, fresh.mine.value) == (False, 0, None)
        async with house.home.http("ada", 1) as client:
            saved = await client.put(
                f"items/{item}/draft?purpose=own", json={"value": {"content": "ada\n"}},
                headers={"if-match": fresh.mine.etag},
            )  # fmt: skip
        await ben.presence.attend(item)

        async def with_ben() -> Any:
            found = await ada.items.get(item)
            return found if found.here else None

        state = await until(with_ben, "the other worker knows who is there")
        assert state.mine is not None
        assert (state.mine.etag, state.mine.value["content"], state.mine.behind) == (
            saved.json()["etag"],
            "ada\n",
            False,
        )
        assert [draft.may for draft in state.drafts] == ["type"]
        assert [entry.actor.name for entry in state.here] == ["Ben"]
        others = await ben.items.get(item)
        assert others.mine is not None and not others.mine.stands
        assert [(draft.owner.name, draft.may) for draft in others.drafts if draft.owner] == [("Ada", "look")]
        latest = "select max(number) n from draftwire.event where workspace_id = $1"
        assert state.event == (await house.home.rows(latest, house.home.workspace))[0]["n"]
        narrow = await ada.items.get(item, include=["none"])
        assert (narrow.value, narrow.mine, narrow.drafts, narrow.here) == (None, None, (), ())
        assert narrow.summary == state.summary
        only = await ada.items.get(item, include=["value", "drafts"])
        assert (only.value, only.mine, len(only.drafts), only.here) == (CODE, None, 1, ())
        seen = await olga.items.get(item)
        assert (seen.value, seen.mine, seen.drafts) == (None, None, ()), "nothing is deployed"
        await ben.presence.leave(item)


async def test_value_draft_and_event_number_of_an_answer_fit_together_while_others_write(house: House) -> None:
    """A deploy and its number come together: no answer shows one without the other."""
    item = await house.item("ada", f"f/desk/{name()}", value={"content": "0\n"})
    done = asyncio.Event()

    async def deploy() -> None:
        for n in range(1, 30):
            await house.deploy(item, {"content": f"{n}\n"})
        done.set()

    async def look(worker: int) -> None:
        async with house.api("ben", worker) as api:
            while not done.is_set():
                state = await api.items.get(item)
                number = state.head.number if state.head else 0
                assert state.value == {"content": f"{number}\n"}
                assert state.mine is not None and state.mine.base_version == number
                row = (await api.items.list(path=state.path, include=["value"])).items[0]
                assert row.value == {"content": f"{row.version}\n"}

    await asyncio.gather(deploy(), look(0), look(1))


async def test_own_drafts_are_the_same_through_the_worker_that_has_them_in_memory_and_the_other(house: House) -> None:
    item = await house.item("ada", f"f/desk/{name()}", value=CODE)
    await house.save("ada", item, {"content": "one\n"}, 0)
    await house.save("ada", item, {"content": "two\n"}, 1)
    await house.save("ada", item, {"content": "three\n"}, 0)
    async with house.api("ada", 0) as first, house.api("ada", 1) as second:
        states = [(await api.items.get(item)).mine for api in (first, second)]
    assert states[0] == states[1]
    assert states[0] is not None and states[0].value["content"] == "three\n"


async def test_a_list_of_a_moved_item_follows_the_rights_at_once(house: House) -> None:
    item = await house.item("boss", f"f/desk/{name()}")
    async with house.api("ada") as ada, house.api("cleo", 1) as cleo, house.api("boss") as boss:
        path = f"f/lab/{name()}"
        for user, there in ((ada, True), (cleo, False)):
            assert (item in [i.id for i in (await user.items.list(limit=200)).items]) is there
        await boss.items.change(item, path=path)
        assert item not in [i.id for i in (await ada.items.list(limit=200)).items]
        assert item not in [i.id async for i in ada.items.list(order="changed")]
        assert (await cleo.items.list(path=path)).items[0].id == item


async def test_an_item_that_was_granted_alone_is_listed_and_found(house: House) -> None:
    word = f"w{name()}"
    item = await house.item("cleo", f"f/lab/{name()}", summary=word)
    nowhere = await house.item("cleo", None, summary=word)
    async with house.home.store() as connection:
        from draftwire_server.store.access import members
        from draftwire_server.store.people import grants

        ada = await members.find_member(connection, house.home.workspace, "ada")
        assert ada is not None
        for each in (item, nowhere):
            await grants.grant(connection, house.home.workspace, ada.id, frozenset(("see",)), item=each)
    async with house.api("ada") as api:
        for limit in (1, 200):
            listed = [each.id async for each in api.items.list(limit=limit)]
            assert listed.count(item) == listed.count(nowhere) == 1
        assert {each.id async for each in api.items.list(word, limit=1)} == {item, nowhere}
        assert [each.id async for each in api.items.list(prefix="f/lab")] == [item]


BAD_CURSORS = ["nonsense", "AAAA", "f/desk/a|x", "é", "A" * 4096]


async def test_a_cursor_continues_its_own_query_alone(house: House, shelf: dict[str, str]) -> None:
    async with house.api("ada") as api, house.api("ben", 1) as ben:
        page = await api.items.list(folder="f/desk", limit=1)
        assert page.next is not None
        assert "desk" not in page.next, "a cursor is opaque"
        more = await api.items.list(folder="f/desk", limit=2, cursor=page.next, include=["value"])
        assert more.items[0].path != page.items[0].path
        for wrong in (
            api.items.list(folder="f/shop", cursor=page.next),
            api.items.list(cursor=page.next),
            api.items.list(folder="f/desk", cursor=page.next, order="changed"),
            api.items.list("print", folder="f/desk", cursor=page.next),
            ben.items.list(folder="f/desk", cursor=page.next),
            *(api.items.list(folder="f/desk", cursor=cursor) for cursor in BAD_CURSORS),
        ):
            assert await code_of(wrong._page(wrong._query.cursor)) == "bad_cursor"


async def test_what_is_added_or_taken_away_between_pages_moves_no_other_item(house: House) -> None:
    folder = f"f/desk/{name()}"
    for n in range(6):
        await house.item("ada", f"{folder}/{n}")
    async with house.api("ada") as api:
        page = await api.items.list(folder=folder, limit=3)
        await house.item("ada", f"{folder}/00")
        await api.items.change(page.items[2].id, path=f"{folder}/9")
        rest = [item.path async for item in api.items.list(folder=folder, limit=2, cursor=page.next)]
    assert rest == [f"{folder}/{n}" for n in (3, 4, 5, 9)]


BAD = [
    ("bad_message", "limit=0"), ("bad_message", "limit=-1"), ("bad_message", "limit=many"),
    ("bad_message", "limit=1e30"), ("bad_message", "limit=1&limit=2"), ("bad_message", "order=colour"),
    ("bad_message", "order=rank"), ("bad_message", "q=a&order=path"), ("bad_message", "include=secrets"),
    ("bad_message", "drafts=all"), ("bad_message", "behind=perhaps"), ("bad_message", "archived=yes"),
    ("bad_message", "changed_since=yesterday"), ("bad_message", "colour=red"), ("unknown_kind", "kind=nonsense"),
    ("bad_message", "q=" + "x" * 201), ("too_many", "q=" + "+".join("abcdefghijk")), ("not_found", "q=a%00b"),
    ("not_found", "prefix=%00"), ("bad_message", "cursor=" + "A" * 5000),
    ("too_many", "external_id=a" + "&external_id=a" * FILTER_VALUES),
    ("too_many", "&".join(f"external_id={n}" for n in range(1_000))),
    ("bad_message", "changed_since=nan"), ("bad_message", "changed_since=1e300"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "query"), BAD)
async def test_a_bad_query_is_refused_with_a_typed_error(house: House, code: str, query: str) -> None:
    async with house.home.http("ada") as client:
        answer = await client.get(f"items?{query}")
    assert answer.json().get("code") == code, answer.text


async def test_ten_thousand_filters_are_refused(house: House) -> None:
    async with house.home.http("ada") as client:
        for filters in (
            "kind=" + ",".join(map(str, range(10_000))),
            "&".join(f"external_id={n}" for n in range(3_000)),
        ):
            answer = await client.get(f"items?{filters}")
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many")


@pytest.mark.parametrize(
    "query", ["prefix=%25_", "path=" + LAST[:255], "q=%F0%9F%98%80", "folder=/", "q=!!!", "prefix=%5C'"]
)
async def test_odd_filters_find_nothing(house: House, query: str) -> None:
    async with house.home.http("boss") as client:
        answer = await client.get(f"items?{query}")
    assert answer.json()["items"] == [], answer.text
