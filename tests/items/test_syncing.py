"""Items as a platform has them: put by its ids, alone and many at once, through two workers."""

import asyncio
import secrets
from typing import Any

import pytest
from msgspec import UNSET

from draftwire.rest.items import SyncedItem
from draftwire_server.limits.contract import SUMMARY_CHARS
from draftwire_server.limits.pages import SYNC_ITEMS
from tests.items.house import House, code_of

pytestmark = pytest.mark.slow

CODE = {"content": "print(1)\n"}


def name() -> str:
    return secrets.token_hex(5)


async def test_putting_an_item_makes_it_then_updates_it_then_changes_nothing(house: House) -> None:
    ext, path = f"crm-{name()}", f"f/desk/{name()}"
    async with house.home.http("boss", 0) as first, house.home.http("boss", 1) as second:
        body = {"kind": "script", "path": path, "summary": "One", "value": CODE}
        made = await first.put(f"items/ext:{ext}", json=body)
        assert made.status_code == 201
        assert made.headers["location"].endswith(f"/items/{made.json()['item']}")
        assert made.json() | {"item": ""} == {
            "item": "", "external_id": ext, "outcome": "made", "value": "set", "path": path, "summary": "One",
            "version": 0,
        }  # fmt: skip
        again = await second.put(f"items/ext:{ext}", json=body)
        assert (again.status_code, again.json()["outcome"], again.json()["value"]) == (200, "unchanged", "same")
        moved = await second.put(f"items/ext:{ext}", json={"kind": "script", "path": path + "x", "summary": "Two"})
        assert (moved.status_code, moved.json()["outcome"], moved.json()["value"]) == (200, "updated", "not_sent")
        left = await first.put(f"items/ext:{ext}", json={"kind": "script"})
        assert (left.json()["outcome"], left.json()["path"], left.json()["summary"]) == ("unchanged", path + "x", "Two")
        gone = await first.put(f"items/ext:{ext}", json={"kind": "script", "path": None})
        assert (gone.json()["outcome"], gone.json()["path"]) == ("updated", None)


async def test_the_value_of_an_item_that_is_there_is_kept_and_the_answer_says_so(house: House) -> None:
    ext = name()
    async with house.api("boss") as api:
        made = await api.items.put(ext, "script", path=f"f/desk/{ext}")
        assert made.value == "initial"
        put = await api.items.put(ext, "script", value={"content": "other\n"})
        assert (put.outcome, put.value) == ("unchanged", "kept")
        before = await api.items.get(f"ext:{ext}")
        assert before.value["content"] != "other\n"
        await house.deploy(made.item, {"content": "other\n"})
        put = await api.items.put(ext, "script", value={"content": "other\r\n"})
        assert (put.value, put.version) == ("same", 1)


async def test_an_item_of_another_kind_is_refused_with_the_kind_that_it_has(house: House) -> None:
    ext = name()
    async with house.home.http("boss") as client:
        await client.put(f"items/ext:{ext}", json={"kind": "script", "path": f"f/desk/{ext}"})
        answer = await client.put(f"items/ext:{ext}", json={"kind": "flow", "path": f"f/desk/{ext}-2"})
        assert (answer.status_code, answer.json()["code"], answer.json()["kind"]) == (409, "kind_differs", "script")
        answer = await client.put(f"items/ext:{ext}", json={"kind": "nonsense"})
        assert answer.json()["code"] == "unknown_kind"
        assert (await client.get(f"items/ext:{ext}")).json()["path"] == f"f/desk/{ext}"


async def test_an_id_of_the_platform_is_given_by_admins_alone_and_others_learn_nothing(house: House) -> None:
    """An editor who claimed one first had the platform find their item, say ``unchanged``, and deploy in it."""
    hidden, free, own = name(), name(), await house.item("ada", f"f/desk/{name()}")
    await house.item("boss", f"f/lab/{hidden}", external_id=hidden)
    gone = await house.item("ada", f"f/desk/{name()}")
    async with house.home.http("ada") as ada, house.home.http("boss") as boss:
        told = []
        for ext in (hidden, free):
            body = {"kind": "script", "path": f"f/desk/{name()}"}
            answers = [
                await ada.put(f"items/ext:{ext}", json=body),
                await ada.post("items", json={**body, "external_id": ext}),
                await ada.patch(f"items/{own}", json={"external_id": ext}),
                await ada.post(f"items/{own}/fork", json={"external_id": ext}),
                await ada.post("items/sync", json={"items": [{**body, "external_id": ext}]}),
            ]
            assert (await ada.delete(f"items/{gone}")).status_code == 200
            answers.append(await ada.post(f"items/{gone}/undelete", json={"external_id": ext}))
            assert (await ada.post(f"items/{gone}/undelete", json={})).status_code == 200
            assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 200, 403], answers[3].text
            assert answers[4].json()["results"][0]["refused"]["code"] == "forbidden"
            told.append([answer.text.replace(ext, "…") for answer in answers])
        assert told[0] == told[1], "whether there is an item of that id makes no difference"
        made = await boss.put(f"items/ext:{free}", json={"kind": "script", "path": f"f/desk/{free}"})
        assert (made.status_code, made.json()["outcome"]) == (201, "made")
        # Who may write the item goes on putting it, by the id that it has; taking the id away is a claim too.
        assert (await ada.put(f"items/ext:{free}", json={"kind": "script", "summary": "Two"})).json()[
            "outcome"
        ] == "updated"
        taken_away = await ada.patch(f"items/{made.json()['item']}", json={"external_id": None})
        assert taken_away.status_code == 403
        where = await ada.post("items", json={"kind": "script", "path": f"f/lab/{hidden}"})
        assert where.json()["code"] == "forbidden", "who may not write there is not told what is there"


async def test_a_key_of_an_admin_claims_as_far_as_it_may(house: House) -> None:
    async with house.api("boss") as boss:
        keys = {
            "all": (await boss.keys.make("platform")).secret,
            "editor's": (await boss.keys.make("narrow", may=["see", "write", "deploy"])).secret,
        }
    for kind, code in (("all", 201), ("editor's", 403)):
        async with house.home.http("boss") as client:
            answer = await client.put(
                f"items/ext:{name()}", json={"kind": "script"}, headers={"authorization": f"Bearer {keys[kind]}"}
            )
            assert answer.status_code == code, kind


async def test_putting_needs_the_rights_of_making_and_of_moving(house: House) -> None:
    ext, path = name(), f"f/shop/{name()}"
    await house.item("boss", path, external_id=ext)
    async with house.api("ada") as ada, house.api("olga") as olga, house.api("ben") as ben:
        assert await code_of(ada.items.put(ext, "script", summary="mine now")) == "forbidden"
        assert await code_of(ada.items.put(ext, "script")) == "forbidden", "also where nothing would change"
        assert await code_of(ada.items.put(name(), "script", path=f"f/shop/{name()}")) == "forbidden"
        assert await code_of(olga.items.put(name(), "script", path=f"f/desk/{name()}")) == "forbidden"
        assert await code_of(olga.items.put(name(), "script")) == "forbidden"
        assert await code_of(ben.items.put(ext, "script", path=f"f/lab/{name()}")) == "forbidden"
        assert await code_of(ben.items.put(ext, "script", path="no/path")) == "bad_path"
        assert (await ben.items.get(f"ext:{ext}")).path == path


async def test_of_many_puts_at_once_one_makes_the_item(house: House) -> None:
    ext = name()
    apis = [house.api("boss", 0), house.api("boss", 1), house.api("boss", 1), house.api("boss", 0)]
    try:
        puts = await asyncio.gather(
            *(api.items.put(ext, "script", path=f"f/desk/{ext}", value=CODE) for api in apis for _ in range(4))
        )
    finally:
        for api in apis:
            await api.close()
    assert [put.outcome for put in puts].count("made") == 1
    assert len({put.item for put in puts}) == 1
    rows = await house.home.rows("select id from draftwire.item where external_id = $1", ext)
    events = await house.home.rows("select type from draftwire.event where item_id = $1", rows[0]["id"])
    assert [row["type"] for row in events] == ["item.created"]


async def test_many_items_are_put_with_a_result_for_each(house: House) -> None:
    a, b, c, d = (name() for _ in range(4))
    async with house.api("boss") as api:
        await api.items.put(b, "script", path=f"f/desk/{b}")
        result = await api.items.sync(
            [
                SyncedItem("script", f"f/desk/{a}", external_id=a, value=CODE),
                SyncedItem("script", f"f/desk/{b}", external_id=b),
                SyncedItem("script", f"f/desk/{b}", external_id=c),
                SyncedItem("flow", external_id=b + "x", path="bad"),
                SyncedItem("script", None, "No path", external_id=f"with/slash/{d}"),
            ]
        )
        assert (result.made, result.updated, result.unchanged, result.refused) == (2, 0, 1, 2)
        put = [
            each.put.outcome if each.put else each.refused.code for each in result.results if each.put or each.refused
        ]
        assert put == ["made", "unchanged", "taken", "bad_path", "made"]
        refused = result.results[2].refused
        assert refused is not None
        assert (refused.external_id, refused.status, refused.retry) == (c, 409, False)
        slashed = await api.items.put(f"with/slash/{d}", "script", summary="Renamed")
        assert (slashed.outcome, slashed.summary, slashed.path) == ("updated", "Renamed", None)
        assert await code_of(api.items.put(f"with/slash/{d}", "flow")) == "kind_differs"


async def test_a_chain_of_moves_passes_in_any_order(house: House) -> None:
    a, b, c = (name() for _ in range(3))
    async with house.api("boss") as api:
        await api.items.sync([SyncedItem("script", f"f/desk/{x}", external_id=x) for x in (a, b, c)])
        result = await api.items.sync(
            [
                SyncedItem("script", f"f/desk/{b}", external_id=a),
                SyncedItem("script", f"f/desk/{c}", external_id=b),
                SyncedItem("script", f"f/desk/{c}-free", external_id=c),
            ]
        )
        assert result.updated == 3
        assert (await api.items.list(path=f"f/desk/{c}")).items[0].external_id == b
        swap = await api.items.sync(
            [SyncedItem("script", f"f/desk/{c}", external_id=a), SyncedItem("script", f"f/desk/{b}", external_id=b)]
        )
        assert [each.refused.code for each in swap.results if each.refused] == ["taken", "taken"]


BAD: list[tuple[str, Any]] = [
    ("bad_message", {"items": [{"kind": "script", "external_id": "x"}] * 2}),
    ("bad_message", {"items": [{"kind": "script", "external_id": f"x{i}"} for i in range(SYNC_ITEMS + 1)]}),
    ("bad_message", {"things": []}),
]
BAD_PARTS: list[tuple[str, Any]] = [
    ("bad_message", {"kind": "script"}),
    ("bad_message", {"kind": "script", "external_id": ""}),
    ("bad_message", {"kind": "script", "external_id": "x" * 256}),
    ("bad_message", {"kind": "script", "external_id": "x", "colour": "red"}),
    ("bad_text", {"kind": "script", "external_id": "x\0"}),
]


@pytest.mark.parametrize(("code", "body"), BAD)
async def test_a_request_of_a_wrong_shape_puts_nothing(house: House, code: str, body: Any) -> None:
    before = await house.home.rows("select count(*) from draftwire.item")
    async with house.home.http("boss") as client:
        answer = await client.post("items/sync", json=body)
    assert answer.json()["code"] == code, answer.text
    assert await house.home.rows("select count(*) from draftwire.item") == before


@pytest.mark.parametrize(("code", "part"), BAD_PARTS)
async def test_a_part_of_a_wrong_shape_is_refused_and_puts_nothing(house: House, code: str, part: Any) -> None:
    before = await house.home.rows("select count(*) from draftwire.item")
    async with house.home.http("ada") as client:
        answer = (await client.post("items/sync", json={"items": [part]})).json()
    assert ([result["refused"]["code"] for result in answer["results"]], answer["refused"]) == ([code], 1)
    assert await house.home.rows("select count(*) from draftwire.item") == before


@pytest.mark.parametrize("named", ["bare", "ext:", "ext:" + "x" * 256, "id:7"])
async def test_a_put_names_the_item_by_the_platforms_id(house: House, named: str) -> None:
    async with house.home.http("boss") as client:
        answer = await client.put(f"items/{named}", json={"kind": "script"})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_message")


async def test_a_put_of_what_can_not_be_kept_makes_nothing(house: House) -> None:
    async with house.home.http("boss") as client:
        for code, body in (
            ("bad_message", {"path": "f/desk/x"}),
            ("bad_message", {"kind": "script", "summary": 5}),
            ("bad_message", {"kind": "script", "summary": "x" * 501}),
            ("duplicate_id", {"kind": "flow", "value": {"value": {"modules": [{"id": "a"}, {"id": "a"}]}}}),
        ):
            answer = await client.put(f"items/ext:{name()}", json=body)
            assert answer.json()["code"] == code, answer.text


async def test_ext_is_taken_wherever_an_item_is_named(house: House) -> None:
    ext = f"ns:{name()}"  # a colon of its own
    item = await house.item("boss", f"f/desk/{name()}", external_id=ext)
    by = f"ext:{ext}"
    async with house.home.http("boss") as client:
        for address in ("", "/draft", "/presence"):
            for known in (by, ext, item):
                answer = await client.get(f"items/{known}{address}")
                if (known, address) == (ext, "/presence"):
                    continue  # never took a bare external id
                assert answer.status_code == 200, (known, address, answer.text)
                assert answer.json()["item"] == item
        state = (await client.get(f"items/{by}/draft?purpose=own")).json()
        saved = await client.put(f"items/{by}/draft", json={"value": CODE}, headers={"if-match": state["etag"]})
        assert saved.json()["item"] == item, saved.text
        assert (await client.patch(f"items/{by}", json={"summary": "By ext"})).json()["item"] == item
        assert (await client.put(f"items/{by}/presence", json={})).status_code == 200
        assert (await client.get(f"items/{item}/presence")).json()["here"]
        assert (await client.delete(f"items/{by}/presence")).status_code == 204
        assert (await client.get(f"items?external_id={ext}")).json()["items"][0]["id"] == item
        assert (await client.get(f"items/ext:{item}")).status_code == 404, "an id is no external id"
    async with await house.home.socket("ada", 1, items=[by, "ext:nowhere"]) as socket:
        await socket.next("welcome")
        assert (await socket.next("item"))["item"] == item
        assert (await socket.next("gone"))["channel"] == "item:ext:nowhere"
        opened = await socket.ask("state", t="open", ref=1, item=by, purpose="own")
        assert opened["item"] == item
        named = await socket.ask("state", "ops", t="open", ref=2, draft=opened["draft"], item=by)
        assert named["draft"] == opened["draft"]
        await socket.send(t="focus", item=by, state="editing")
        shown = await socket.next("presence")
        assert shown["item"] == item
        await socket.ask("item", t="subscribe", ref=3, channel=f"item:{by}")
        await socket.send(t="close", channel=f"item:{by}")
        await socket.ask("event", t="subscribe", ref=4, channel=f"workspace:{house.home.workspace}")
        passed = len(socket.passed)
        async with house.api("boss") as api:
            await api.items.change(item, summary="Nobody is told")
        while not any(each["type"] == "item.changed" for each in (await socket.next("event")).get("events", ())):
            pass
        assert not [each for each in socket.passed[passed:] if each["t"] == "item"]
    async with await house.home.socket("ada", 0) as socket:
        await socket.next("welcome")
        shared = await socket.ask("state", t="open", ref=1, item=by, purpose="shared")
        have = {
            "id": shared["draft"],
            "generation": shared["generation"],
            "have": 0,
            "mark": shared["mark"],
            "item": by,
        }
    async with await house.home.socket("ada", 1, drafts=[have]) as socket:
        await socket.next("welcome")
        assert (await socket.next("state", "opened", "gone"))["draft"] == shared["draft"]


async def test_the_sdk_needs_no_field_that_was_left_out(house: House) -> None:
    assert SyncedItem("script", external_id="x").path is UNSET
    async with house.api("boss") as api:
        assert (await api.items.sync([])).results == ()


async def test_an_id_of_the_platform_may_hold_slashes_and_commas_wherever_it_stands(house: House) -> None:
    ext = f"crm/{name()},b/../%2F"
    async with house.api("boss") as api, house.api("boss", 1) as other:
        made = await api.items.put(ext, "script", path=f"f/desk/{name()}", value=CODE)
        assert (await other.items.get(f"ext:{ext}")).item == made.item
        assert [item.id for item in (await api.items.list(external_id=ext)).items] == [made.item]
        draft = await api.drafts.of_item(f"ext:{ext}", "own")
        assert draft.item == made.item
        assert (await api.presence.here(f"ext:{ext}")).item == made.item
        assert (await api.items.diff(f"ext:{ext}")).item == made.item
    async with house.home.http("boss") as client:
        put = await client.put(f"items/ext:x%2f{name()}", json={"kind": "script", "path": f"f/desk/{name()}"})
        assert put.status_code == 201
        assert put.headers["location"].endswith(f"/items/{put.json()['item']}")
        split = await client.get(f"items%2Fext:x/{name()}")
        assert split.status_code == 404


async def test_a_summary_that_is_too_long_is_refused_and_never_cut(house: House) -> None:
    async with house.api("boss") as api:
        path = f"f/desk/{name()}"
        assert await code_of(api.items.create("script", path=path, summary="x" * (SUMMARY_CHARS + 1))) == "bad_message"
        kept = await api.items.create("script", path=path, summary="x" * SUMMARY_CHARS)
        assert len(kept.summary) == SUMMARY_CHARS
