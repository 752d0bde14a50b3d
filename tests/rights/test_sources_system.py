"""The same matrix over the real thing: rights given by routes, used over HTTP and WebSocket on two workers."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import pytest

from draftwire.api import Api
from draftwire.rest.rights import Holder
from draftwire_server.cli.process.embedded import Embedded
from tests.rights.oracle import Case, Person, Thing, held_by, may
from tests.rights.test_sources import NARROWINGS, SOURCES
from tests.system.cluster import Cluster, cluster
from tests.system.world import World, world

pytestmark = pytest.mark.slow

PLACES = ("f/team", "f/team/deep", "f/team2", "f/other", "g/devs", "g/devs2")
NARROWED = ("no", "read only", "one item", "one folder", "a folder or an item", "no place")


class Stage:
    """A workspace in which each source of rights has a user, and each place an item with a shared draft."""

    def __init__(self, home: World) -> None:
        self.home = home
        self.things: dict[str, Thing] = {}  # by item
        self.drafts: dict[str, str] = {}
        self.special = ""  # the item of item grants

    def token(self, user: str, person: Person) -> str:
        claims: dict[str, Any] = {"may": None if len(person.token_may) == 7 else person.token_may}
        claims |= {"prefixes": person.token_prefixes, "items": self.items(person)}
        return self.home.token(user, **claims)

    def items(self, person: Person) -> tuple[str, ...] | None:
        if person.token_items is None:
            return None
        return tuple(self.special if item == "item-1" else "nosuchitem" for item in person.token_items)

    def person(self, source: str, narrowing: str, role: str) -> Person:
        return Person(role, f"u-{source_name(source)}", **SOURCES[source], **NARROWINGS[narrowing])


def source_name(source: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in source)


@pytest.fixture(scope="module")
async def server(module_database_url: str, services: Embedded) -> AsyncIterator[Cluster]:
    async with cluster(module_database_url, services.redis_url, timings={"poll_s": 0.2}) as made:
        yield made


@pytest.fixture(scope="module")
async def stage(server: Cluster, module_database_url: str) -> AsyncIterator[Stage]:
    async with world(server, module_database_url) as home:
        await home.member("ada", "admin")
        made = Stage(home)
        async with Api(server.worker_url(0), home.token("ada")) as api:
            for name in ("devs", "qa", "devs2"):
                await api.groups.add(name)
            for name in ("team", "team2", "other"):
                await api.folders.add(name)
            for place in PLACES:
                await put(made, api, f"{place}/{secrets.token_hex(4)}")
            made.special = await put(made, api, f"f/hidden/{secrets.token_hex(4)}", thing_id="item-1")
            await put(made, api, None)
            for source, given in SOURCES.items():
                await give(made, api, source, given)
        yield made


async def put(stage: Stage, api: Api, path: str | None, thing_id: str = "") -> str:
    item = (await api.items.create("script", path=path, value={"content": "one\n"})).item
    shared = await api.drafts.of_item(item, "shared")
    saved = await api.drafts.save(shared.draft, {"content": "two\n"}, if_match=shared.etag)
    stage.things[item] = Thing(path, thing_id or item)
    stage.drafts[item] = saved.draft
    return item


async def give(stage: Stage, api: Api, source: str, given: dict[str, Any]) -> None:
    user = source_name(source)
    member = await api.members.add(user, username=f"u-{user}")
    for group in given.get("groups", ()):
        await api.groups.enrol(group, member.id)
    for folder, role, group in given.get("folders", ()):
        if group is not None and group not in given.get("groups", ()):
            continue
        # What a group has, all its members have: so each source brings a group of its own.
        if group is None:
            await api.folders.set_role(folder, role, user=member.id)
        else:
            own = await api.groups.add(f"{group}-{user}"[:60], members=[member.external_id or ""])
            await api.folders.set_role(folder, role, group=own.id)
    for place, rights, group in given.get("grants", ()):
        if group is not None and group not in given.get("groups", ()):
            continue
        target: dict[str, Any] = {"user": member.id}
        if group is not None:
            own = await api.groups.add(f"{group}-{user}-g"[:60], members=[member.external_id or ""])
            target = {"group": own.name}
        if place == "*":
            await api.grants.give(sorted(rights), prefix="", **target)
        elif place.startswith("item:"):
            if place != "item:item-1":
                continue
            await api.grants.give(sorted(rights), item=stage.special, **target)
        else:
            await api.grants.give(sorted(rights), prefix=place, **target)


def sample(narrowing: str, of: tuple[str, ...]) -> list[tuple[int, str]]:
    """Every source without a narrowing; of the others each takes a part, so that all come up."""
    numbered = list(enumerate(SOURCES))
    return numbered if narrowing == "no" else numbered[of.index(narrowing) % 4 :: 4]


@pytest.mark.parametrize("narrowing", NARROWED)
async def test_what_every_source_gives_over_http_is_what_the_oracle_says(stage: Stage, narrowing: str) -> None:
    for number, source in sample(narrowing, NARROWED):
        person = stage.person(source, narrowing, "editor")
        async with Api(stage.home.server.worker_url(number % 2), stage.token(source_name(source), person)) as api:
            listed = {line.id for line in (await api.items.list(limit=200)).items}
            for item, thing in stage.things.items():
                case = Case(rights=held_by(person, thing), draft="shared")
                why = (source, narrowing, thing.path)
                assert (item in listed) == may(case, "see_item"), why
                await over_http(stage, api, item, case, why)


async def over_http(stage: Stage, api: Api, item: str, case: Case, why: Any) -> None:
    workspace = stage.home.workspace
    assert (await status(api, "GET", f"/v1/w/{workspace}/items/{item}")) == (200 if may(case, "see_item") else 404), why
    reads, types = may(case, "read_draft"), may(case, "type_in_draft")
    draft = f"/v1/w/{workspace}/drafts/{stage.drafts[item]}"
    assert (await status(api, "GET", draft)) == (200 if reads else 404), why
    wanted = 412 if types else 403 if reads else 404
    answer = await status(api, "PUT", draft, {"value": {"content": "x"}}, {"if-match": '"g1.s99.AAAAAAAA"'})
    assert answer == wanted or (types and answer in (409, 200)), (why, answer, wanted)
    sees, writes = may(case, "see_item"), may(case, "write_item")
    wanted = 200 if writes else 403 if sees else 404
    assert (await status(api, "PATCH", f"/v1/w/{workspace}/items/{item}", {"summary": "same"})) == wanted, why


async def status(api: Api, method: str, path: str, body: Any = None, headers: Any = None) -> int:
    answer = await api._http.request(
        method, path, json=body, headers={**(headers or {}), "authorization": f"Bearer {await api._bearer()}"}
    )
    return answer.status_code


WEBSOCKET = ("no", "one folder", "one item")


@pytest.mark.parametrize("narrowing", WEBSOCKET)
async def test_what_every_source_gives_over_websocket_is_what_the_oracle_says(stage: Stage, narrowing: str) -> None:
    for number, source in sample(narrowing, WEBSOCKET):
        person = stage.person(source, narrowing, "editor")
        token = stage.token(source_name(source), person)
        async with await stage.home.socket("", (number + 1) % 2, token=token) as socket:
            await socket.next("welcome")
            for item, thing in stage.things.items():
                case = Case(rights=held_by(person, thing), draft="shared")
                why = (source, narrowing, thing.path)
                answer = await socket.ask("item", "error", t="subscribe", ref=1, channel=f"item:{item}")
                assert (answer["t"] == "item") == may(case, "see_item"), why
                answer = await socket.ask("state", "error", t="open", ref=2, draft=stage.drafts[item])
                if not may(case, "read_draft"):
                    assert (answer["t"], answer["code"]) == ("error", "not_found"), why
                    continue
                assert answer["may"] == ("type" if may(case, "type_in_draft") else "look"), why
                await socket.send(t="close", channel=f"item:{item}")


@pytest.mark.parametrize("narrowing", ["no", "read only", "one item", "one folder"])
async def test_a_key_reaches_as_far_as_its_user_within_its_scope(stage: Stage, narrowing: str) -> None:
    home = stage.home
    for number, source in enumerate(("in a group", "owner through a group", "item")):
        person = stage.person(source, narrowing, "editor")
        async with Api(home.server.worker_url(number % 2), home.token("ada")) as admin:
            made = await admin.keys.make(
                f"{source_name(source)}-{narrowing}", may=sorted(person.token_may), prefixes=person.token_prefixes,
                items=None if person.token_items is None else [stage.special], user=source_name(source),
            )  # fmt: skip
        async with Api(home.server.worker_url((number + 1) % 2), made.secret) as api:
            assert (await api.me()).actor.kind == "api_key"
            listed = {line.id for line in (await api.items.list(limit=200)).items}
            for item, thing in stage.things.items():
                case = Case(rights=held_by(person, thing), draft="shared")
                assert (item in listed) == may(case, "see_item"), (source, narrowing, thing.path)
                await over_http(stage, api, item, case, (source, narrowing, thing.path))


@pytest.mark.parametrize("role", ["admin", "operator"])
async def test_a_role_counts_whatever_else_was_given(stage: Stage, role: Any) -> None:
    home = stage.home
    async with Api(home.server.worker_url(0), home.token("ada")) as admin:
        name = f"role-{role}"
        member = await admin.members.add(name, role=role)
        await admin.folders.change("other", writers=[Holder(user=member.id)])
    person = Person(role, name, folders=(("other", "writer", None),))
    async with Api(home.server.worker_url(1), home.token(name)) as api:
        for item, thing in stage.things.items():
            case = Case(role, rights=held_by(person, thing), draft="shared")
            await over_http(stage, api, item, case, (role, thing.path))
