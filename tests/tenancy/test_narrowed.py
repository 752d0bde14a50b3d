"""Tokens that leave less than their user has: over every route, and what a hello brings."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import msgspec
import pytest

from draftwire_server.cli.process.embedded import Embedded
from tests.drafts.desk import script
from tests.system.cluster import cluster
from tests.system.world import EVERYTHING, world
from tests.tenancy.house import MARK, House, furnished, operations

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def house(module_database_url: str, services: Embedded) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(cluster(module_database_url, services.redis_url))
        made = await furnished(await stack.enter_async_context(world(server, module_database_url, MARK)))
        yield made
        server.assert_no_error()


NARROW = {"nothing": {"may": []}, "nowhere": {"items": []}}
# What everybody who is let in may read: of the workspace as a whole and of themselves.
OF_ALL = {"me", "list_kinds", "get_kind", "load_settings"}
OF_THEMSELVES = {"list_members"}


@pytest.mark.parametrize("narrow", NARROW)
@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_a_token_that_leaves_nothing_shows_nothing(house: House, narrow: str, who: str) -> None:
    ids = house.ids if who == "ada" else {**house.ids, "member": house.ids["ada"]}
    asked = House(house.world, {**ids, "user": ids["member"]}, house.session)
    for agent in (None, f"helper {MARK}"):
        http = house.world.http(who, agent=agent, **NARROW[narrow])
        for operation in operations():
            name = operation.route.id
            if not operation.reads or name in OF_ALL or (agent and operation.route.id in OF_RUN):
                continue
            answer = await asked.call(http, operation)
            told = answer.text.replace(f"{who.title()} {MARK}", "") if name in OF_THEMSELVES else answer.text
            assert MARK not in told, (name, answer.text)
            assert answer.status_code < 500


# An agent's own runs are its own whatever its token leaves; nothing of an item is in them.
OF_RUN = {"list_runs", "load_run", "read_run_events", "search_texts", "read_draft", "read_run_changes", "load_stream"}


@pytest.mark.parametrize("narrow", NARROW)
@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_a_hello_and_what_happens_then_tell_a_token_that_leaves_nothing_nothing(
    house: House, narrow: str, who: str
) -> None:
    async with await house.world.socket(
        who, token=house.world.token(who, **NARROW[narrow]), attempt=2,
        drafts=[{"id": house.ids["draft"], "item": house.ids["item"], "generation": 1, "have": 0, "mark": ""}],
        items=[house.ids["item"]], workspaces=[house.ids["workspace"]],
    ) as socket, await house.world.socket("ada", 1, attempt=2) as ada:  # fmt: skip
        asks = house.world.http("ben", 1)
        (asked,) = (await asks.get("asks")).json()["by_me"]
        assert (await asks.delete(f"asks/{asked['id']}")).status_code < 300
        again = await asks.post(f"drafts/{house.ids['own']}/asks", json={"may": "look", "note": f"{MARK} again"})
        house.ids["ask"] = again.json()["id"]
        await house.world.http("ada", 1).patch(f"items/{house.ids['item']}", json={"summary": f"{MARK} {narrow} {who}"})
        while f"{MARK} again" not in str(ada.passed):
            await ada.next("ask")
        for _ in range(2):  # a marker: both have been told
            await socket.ask("error", t="subscribe", ref=1, channel="nothing:at all")
        told = [each for each in socket.passed if each["t"] != "welcome"]
        assert MARK not in str(told), told


async def test_the_platforms_ids_of_others_are_for_admins(house: House) -> None:
    ben, ada = house.world.http("ben"), house.world.http("ada")
    for name in ("ada", "ext:ada"):
        assert (await ben.get(f"members/{name}")).status_code == 404
        assert (await ada.get(f"members/{name.replace('ada', 'ben')}")).json()["id"] == house.ids["member"]
    assert (await ben.get("members/ext:ben")).json()["id"] == house.ids["member"]
    assert (await ben.get(f"members/{house.ids['ada']}")).json() == {
        "id": house.ids["ada"], "username": "ada", "name": f"Ada {MARK}"
    }  # fmt: skip


async def test_no_door_tells_an_editor_which_person_an_id_of_the_platform_means(house: House) -> None:
    """Guests, grants, owners, creators, bare or with ``ext:``: as unknown as an id that nobody has."""
    ben, ada = house.world.http("ben"), house.world.http("ada")
    made = await ada.post("members", json={"external_id": "p-77", "username": "pia", "name": "Pia"})
    assert made.status_code == 201, made.text
    pia = made.json()["id"]
    mine = (await ben.get(f"items/{house.ids['item']}/draft?purpose=own")).json()["draft"]
    own = await house.world.item("ben", "u/ben/own", kind="thing", value={"summary": "", "content": ""})

    async def told(name: str) -> list[object]:
        doors = (
            await ben.put(f"drafts/{mine}/guests/{name}?item={house.ids['item']}", json={"may": "look"}),
            await ben.get(f"drafts/{mine}/guests/{name}?item={house.ids['item']}"),
            await ben.post("grants", json={"may": ["see"], "user": name, "item": own}),
            await ben.get("drafts", params={"owner": name}),
            await ben.get("items", params={"creator": name}),
            await ben.get(f"members/{name}"),
            await ben.get("members", params={"search": name}),
        )
        return [(door.status_code, door.text.replace(name, "…")) for door in doors]

    for prefix in ("ext:", ""):
        assert await told(f"{prefix}p-77") == await told(f"{prefix}p-78")
    for name in (pia, "u/pia", "pia"):  # what `GET members` shows to everybody
        granted = await ben.post("grants", json={"may": ["see"], "user": name, "item": own})
        assert granted.status_code in (200, 201), granted.text
    by_admin = await ada.post("grants", json={"may": ["see"], "user": "ext:p-77", "item": own})
    assert by_admin.status_code in (200, 201)


async def test_no_list_counts_what_somebody_may_not_see_by_its_cursor(house: House) -> None:
    await house.world.member("zoe")
    zoe = house.world.http("zoe")
    limited = [
        each for each in operations()
        if each.method == "GET" and each.query is not None
        and "limit" in {field.name for field in msgspec.structs.fields(each.query)}
    ]  # fmt: skip
    assert len(limited) > 8
    for operation in limited:
        for more in ({}, {"item": "ext:x-1"}):
            if more and "item" not in {field.name for field in msgspec.structs.fields(operation.query)}:
                continue
            answer = await house.call(zoe, operation, limit=1, **more)
            if answer.status_code == 200 and operation.route.id not in ("read_events", "list_members"):
                assert answer.json().get("next") is None, (operation.path, answer.text)


async def test_what_was_never_deployed_is_read_by_who_reads_drafts_until_it_is(house: House) -> None:
    """Over every route: an operator, and an editor who only sees, of an item that an admin has made."""
    see = frozenset({"see"})
    await house.world.member("olga", "operator", desk=EVERYTHING)
    await house.world.member("vera", "editor", desk=see)
    await house.world.member("rita", "editor", desk=frozenset({"see", "read_drafts"}))
    item = await house.world.item("ada", "f/desk/begun", kind="thing", value=script("undeployedtext\n"))
    draft = (await house.world.http("ada").get(f"items/{item}/draft?purpose=shared")).json()
    ids = {**house.ids, "item": item, "draft": draft["draft"], "version": "0"}
    asked = House(house.world, ids, house.session)
    searching = {"q": "undeployedtext", "include": "value,mine,drafts"}
    for who in ("olga", "vera"):
        http = house.world.http(who, 1)
        for operation in operations():
            if operation.method == "GET" and operation.route.id != "export":
                answer = await asked.call(http, operation)
                assert "undeployedtext" not in answer.text, (who, operation.path, answer.text)
                names = {f.name for f in msgspec.structs.fields(operation.query)} if operation.query else set()
                for more in ({"item": item}, {"purpose": "own"}, {"from": "deployed", "to": "deployed"}):
                    if set(more) <= names | {"from"} and (operation.query is not None):
                        answer = await asked.call(http, operation, **more)
                        assert "undeployedtext" not in answer.text, (who, operation.path, answer.text)
        found = await http.get("items", params=searching)
        assert found.json()["items"] == [], found.text
        assert (await http.post(f"items/{item}/fork", json={"path": f"u/{who}/fork"})).status_code >= 400
    for who in ("ada", "rita"):
        http = house.world.http(who, 1)
        (found,) = (await http.get("items", params=searching)).json()["items"]
        assert (found["id"], "undeployedtext" in str(found["value"])) == (item, True)
        assert "undeployedtext" in (await http.get(f"items/{item}", params={"include": "value"})).text
    deployed = await house.world.http("ada").post(
        f"drafts/{draft['draft']}/deploy", json={"etag": draft["etag"], "expected_version": 0, "item": item}
    )
    assert deployed.status_code < 300, deployed.text
    for who in ("olga", "vera"):
        (found,) = (await house.world.http(who).get("items", params=searching)).json()["items"]
        assert "undeployedtext" in str(found["value"])
