"""Kinds of a workspace at run time, on two workers: defined, changed under open drafts, taken back."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

import draftwire
from draftwire import Api, Problem
from draftwire.document.ops import Insert, Set, Text
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.limits.contract import KIND_BYTES
from tests.system.cluster import START_S, cluster
from tests.system.world import EVERYTHING, World, world
from tests.waiting import until

pytestmark = pytest.mark.slow

RECIPE: dict[str, Any] = {
    "name": "recipe",
    "title": "Recipe",
    "schema": {"type": "object", "properties": {"title": {"type": "string"}, "serves": {"type": "integer"}}},
    "text": ["/title", "/steps/*/how"],
    "keyed": ["/steps"],
    "initial": {"title": "", "steps": []},
    "title_from": "/title",
}
BREAD = {"title": "Bread", "serves": "four", "steps": [{"id": "a", "how": "Knead.\n"}]}


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    async with cluster(module_database_url, services.redis_url) as server, world(server, module_database_url) as made:
        await made.member("boss", "admin")
        for name in ("ada", "ben"):
            await made.member(name, desk=EVERYTHING)
        yield made


@pytest.fixture(autouse=True)
async def closed(home: World) -> AsyncIterator[None]:
    yield
    await home.close_clients()


def api(home: World, user: str, worker: int = 0) -> Api:
    return Api(home.server.worker_url(worker), home.token(user))


def connect(home: World, user: str, worker: int) -> Any:
    return draftwire.connect(home.server.worker_url(worker), home.token(user))


async def code_of(attempt: Any) -> str:
    with pytest.raises(Problem) as caught:
        await attempt
    return caught.value.code


async def test_a_kind_is_defined_without_a_restart_and_both_workers_know_it(home: World) -> None:
    async with api(home, "boss") as boss, api(home, "ada", 1) as ada:
        assert "flow" in {kind.name for kind in await ada.kinds.list()}
        change = await boss.kinds.put(RECIPE | {"name": "soup"})
        assert (change.revision, change.changed, change.items) == (1, True, 0)
        item = await ada.items.create("soup", path="f/desk/soup", value=BREAD)
        assert item.kind == "soup"
        shown = await ada.kinds.get("soup")
        assert (shown.source, shown.revision) == ("workspace", 1)
        assert shown.definition is not None
        assert (await boss.kinds.put(shown.definition, revision=1)).items == 1
        assert (await boss.kinds.put(RECIPE | {"name": "soup"})).items == 1


async def test_putting_what_stands_changes_nothing(home: World) -> None:
    async with api(home, "boss") as boss:
        first = await boss.kinds.put(RECIPE | {"name": "stew"})
        again = await boss.kinds.put(RECIPE | {"name": "stew"})
        assert (again.revision, again.changed) == (first.revision, False)


async def test_a_change_breaks_many_drafts_and_each_stays_open_with_its_problems_shown(home: World) -> None:
    async with api(home, "boss") as boss, api(home, "ada") as ada, api(home, "ben", 1) as ben:
        await boss.kinds.put(RECIPE | {"name": "cake"})
        items = [
            await ada.items.create("cake", path=f"f/desk/cake{n}", value={"title": "x", "steps": []}) for n in range(20)
        ]
        drafts = []
        for item in items:
            state = await ada.drafts.of_item(item.item)
            saved = await ada.drafts.save(state.draft, {**state.value, "serves": "four"}, if_match=state.etag)
            drafts.append((saved.draft, saved.etag))
        strict = {"type": "object", "properties": {"serves": {"type": "number"}}, "required": ["author"]}
        change = await boss.kinds.put(RECIPE | {"name": "cake", "schema": strict}, revision=1)
        assert (change.items, change.drafts) == (20, 20)
        for client in (ada, ben):
            for draft, etag in drafts:
                assert {d.at for d in await client.drafts.diagnostics(draft)} == {"/serves", ""}
                assert (await client.drafts.get(draft)).etag == etag  # nothing of it was touched
        saved = await ada.drafts.save(drafts[0][0], {"title": "mended", "steps": []}, if_match=drafts[0][1])
        assert [d.code for d in await ada.drafts.diagnostics(saved.draft)] == ["schema"]


async def test_an_open_editor_is_told_what_a_change_of_its_kind_objects_to_and_types_on(home: World) -> None:
    async with api(home, "boss") as boss, connect(home, "ada", 0) as ada, connect(home, "ben", 1) as ben:
        await boss.kinds.put(RECIPE | {"name": "bread"})
        item = await home.item("ada", "f/desk/bread", "bread", BREAD)
        one = await ada.open(item=item, purpose="shared")
        two = await ben.open(item=item, purpose="shared")
        await until(lambda: [d.at for d in one.diagnostics] == ["/serves"], "told")
        keyless = RECIPE | {"name": "bread", "keyed": [], "text": ["/title"], "schema": {"required": ["author"]}}
        await boss.kinds.put(keyless)
        for draft in (one, two):
            await until(lambda draft=draft: [d.code for d in draft.diagnostics] == ["shape", "schema"], "told")
        one.edit(Text("a/how", ((5, 0, " well"),)))  # open before the change: its elements are addressed as before
        await one.saved()
        await until(lambda: two.get("a/how") == "Knead well.\n", "typed")
        two.edit(Insert("/steps", {"id": "b", "how": "Bake.\n"}, after="a"), Set("/author", "Ben"))
        await two.saved()
        await until(lambda: [d.code for d in one.diagnostics] == ["shape"], "told")
        await until(lambda: one.value == two.value, "both show the same")


async def test_a_draft_keeps_the_shape_with_which_its_log_began_over_restarts(home: World) -> None:
    async with api(home, "boss") as boss, connect(home, "ada", 0) as ada:
        await boss.kinds.put(RECIPE | {"name": "pie"})
        item = await home.item("ada", "f/desk/pie", "pie", BREAD)
        draft = await ada.open(item=item, purpose="own")
        draft.edit(Text("a/how", ((0, 0, "Gently. "),)))
        draft.edit(Insert("/steps", {"id": "b", "how": "Wait.\n"}, after="a"))
        await draft.saved()
        wanted = draft.value
        await boss.kinds.put(RECIPE | {"name": "pie", "keyed": [], "text": []})
    for worker in (0, 1):
        await home.server.replace(worker, START_S)
    async with connect(home, "ada", 1) as ada:
        draft = await ada.open(item=item, purpose="own")
        assert draft.value == wanted
        draft.edit(Text("b/how", ((0, 4, "Rest"),)))
        await draft.saved()
        await until(lambda: "shape" in {d.code for d in draft.diagnostics}, "told")


async def test_a_value_that_does_not_fit_a_new_shape_opens_and_is_edited_as_a_plain_one(home: World) -> None:
    async with api(home, "boss") as boss, connect(home, "ada", 0) as ada:
        await boss.kinds.put(RECIPE | {"name": "tart", "keyed": [], "text": ["/title"]})
        item = await home.item("ada", "f/desk/tart", "tart", {"title": "t", "steps": [{"id": "a"}, {"id": "a"}]})
        await boss.kinds.put(RECIPE | {"name": "tart"})
        draft = await ada.open(item=item, purpose="own")
        draft.edit(Set("/steps", [{"id": "a", "how": "once"}]))
        await draft.saved()
        await until(lambda: "shape" in {d.code for d in draft.diagnostics}, "told")


async def test_a_mode_that_changed_governs_what_may_be_begun_and_a_kinds_limits_hold(home: World) -> None:
    async with api(home, "boss") as boss, api(home, "ada") as ada, api(home, "ben", 1) as ben:
        definition = RECIPE | {"name": "roll", "draft_mode": "both"}
        await boss.kinds.put(definition)
        item = (await ada.items.create("roll", path="f/desk/roll", value=BREAD)).item
        state = await ada.drafts.of_item(item, "own")
        await ada.drafts.save(state.draft, {**BREAD, "title": "Rolls"}, if_match=state.etag)
        await boss.kinds.put(definition | {"draft_mode": "shared", "limits": {"document_bytes": 500, "elements": 1}})
        assert (await ada.drafts.of_item(item, "own")).may == "type"  # it stands
        assert await code_of(ben.drafts.of_item(item, "own")) == "mode_forbids"
        state = await ben.drafts.of_item(item)
        assert state.purpose == "shared"
        long = {**BREAD, "title": "x" * 600}
        assert await code_of(ben.drafts.save(state.draft, long, if_match=state.etag)) == "too_large"
        two = {**BREAD, "steps": [{"id": "a", "how": ""}, {"id": "b", "how": ""}]}
        assert await code_of(ben.drafts.save(state.draft, two, if_match=state.etag)) == "too_large"


async def test_references_that_lead_nowhere_and_those_one_may_not_see_look_the_same(home: World) -> None:
    async with api(home, "boss") as boss, api(home, "ada") as ada, api(home, "ben", 1) as ben:
        await boss.kinds.put(RECIPE | {"name": "menu", "reference": [{"at": "/courses/*", "kinds": ["menu"]}]})
        await ada.items.create("menu", path="f/desk/menu_one")
        await ada.items.create("menu", path="u/ada/secret_menu")
        courses = ["f/desk/menu_one", "u/ada/secret_menu", "f/desk/nowhere"]
        item = (await ada.items.create("menu", path="f/desk/menu", value={"courses": courses, "steps": []})).item
        draft = (await ada.drafts.of_item(item, "shared")).draft
        state = await ada.drafts.of_item(item, "shared")
        await ada.drafts.save(draft, {**state.value, "title": "M"}, if_match=state.etag)
        assert [d.at for d in await ada.drafts.diagnostics(draft)] == ["/courses/2"]
        seen = await ben.drafts.diagnostics(draft)
        assert [(d.at, d.code) for d in seen] == [("/courses/1", "reference"), ("/courses/2", "reference")]
        assert seen[0].message.replace("u/ada/secret_menu", "…") == seen[1].message.replace("f/desk/nowhere", "…")


async def test_a_kind_is_taken_back_unless_something_is_of_it(home: World) -> None:
    async with api(home, "boss") as boss, api(home, "ada", 1) as ada:
        await boss.kinds.put(RECIPE | {"name": "jam"})
        item = (await ada.items.create("jam", path="f/desk/jam")).item
        assert await code_of(boss.kinds.remove("jam")) == "kind_in_use"
        own = await boss.kinds.get("script")
        assert own.definition is not None
        await boss.kinds.put(own.definition | {"title": "Snippet"})
        assert (await ada.kinds.get("script")).title == "Snippet"
        await boss.kinds.remove("script", revision=1)
        assert (await ada.kinds.get("script")).title == "Script"
        assert (await ada.items.get(item)).kind == "jam"


async def test_bad_definitions_are_refused_with_everything_that_is_wrong(home: World) -> None:
    async with api(home, "boss") as boss, api(home, "ada") as ada:
        for wrong in (
            {"name": "bad"},
            RECIPE | {"name": "bad", "keyed": ["x"], "schema": {"type": "nonsense"}, "more": 1},
            RECIPE | {"name": "bad", "schema": {"$ref": "http://127.0.0.1:1/"}},
            RECIPE | {"name": "bad", "limits": {"document_bytes": 2**50}},
        ):
            with pytest.raises(Problem) as caught:
                await boss.kinds.put(wrong)
            assert caught.value.code == "bad_kind"
            assert caught.value.detail["problems"]
        assert await code_of(boss.kinds.put(RECIPE | {"name": "BadName"})) == "bad_kind"
        assert (
            await code_of(boss.kinds.put(RECIPE | {"name": "bad", "initial": {"x": "y" * KIND_BYTES}})) == "too_large"
        )
        assert await code_of(ada.kinds.put(RECIPE | {"name": "mine"})) == "forbidden"
        assert await code_of(ada.kinds.remove("flow")) == "forbidden"
        assert await code_of(boss.kinds.remove("flow")) == "not_found"
        assert await code_of(boss.kinds.get("bad")) == "not_found"
        await boss.kinds.put(RECIPE | {"name": "good"}, revision=0)
        assert await code_of(boss.kinds.put(RECIPE | {"name": "good", "title": "B"}, revision=0)) == "kind_changed"
        names = {row["name"] for row in await home.rows("select name from draftwire.kind")}
        assert not names & {"bad", "mine", "flow"}
