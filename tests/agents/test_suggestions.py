"""A run that suggests: written beside the draft, reviewed hunk by hunk as that goes on, accepted, rejected, undone."""

from typing import Any

from draftwire.document.ops import Text
from tests.agents.conftest import AT, TEXT, Agent, Place
from tests.agents.test_tools import refused, replace
from tests.agents.test_undo import ask, text_of


async def suggested(agent: Agent, ada: Agent, item: str) -> tuple[str, dict[str, Any]]:
    """Let an agent suggest two changes in ada's draft; gives the draft and the suggestion."""
    await agent.read(item)
    await agent.edit(item, replace("sum(rows)", "fsum(rows)"))
    await agent.edit(item, replace("def mean", "def average"))
    draft = (await ada.ask("GET", f"items/{item}/draft"))["draft"]
    (listed,) = (await ada.ask("GET", f"drafts/{draft}/suggestions"))["suggestions"]
    return draft, await ada.ask("GET", f"suggestions/{listed['id']}")


async def test_nothing_changes_in_the_draft_until_a_person_accepts_and_the_agent_stays_the_author(place: Place) -> None:
    item = await place.script()
    async with place.agent(mode="suggest") as agent, place.person("ada", 1) as ada:
        draft, told = await suggested(agent, ada, item)
        assert await text_of(ada, draft) == TEXT
        first, second = told["hunks"]
        assert (told["run"], told["may_accept"], told["actor"]["kind"]) == (agent.run, True, "agent")
        assert (first["old"], first["new"], first["line"], first["applies"], first["state"]) == (
            "    return sum(rows)\n", "    return fsum(rows)\n", 2, True, "open",
        )  # fmt: skip
        await agent.ask("POST", f"runs/{agent.run}/end", {})
        done = await ada.ask("POST", f"suggestions/{told['id']}/accept", {"hunks": [second["id"]]})
        assert done["done"] == [second["id"]]
        assert await text_of(ada, draft) == TEXT.replace("mean", "average")
        log = await ada.ask("GET", f"drafts/{draft}/log")
        batch = log["batches"][-1]
        writer = next(w for w in log["writers"] if w["w"] == batch["w"])
        assert (batch["kind"], batch["cause"]) == ("accept", f"suggestion:{told['id']}:{agent.run}")
        assert (writer["run"], writer["actor"]["kind"]) == (agent.run, "agent")
        again = await ada.ask("GET", f"suggestions/{told['id']}")
        assert [(h["state"], h.get("why")) for h in again["hunks"]] == [("open", None), ("accepted", "there")]
        assert again["hunks"][1]["by"]["name"] == "Ada Lovelace"
        events = (await agent.ask("GET", f"runs/{agent.run}/events"))["events"]
        assert (events[-1]["type"], events[-1]["data"]["hunks"]) == ("accepted", [second["id"]])
        (group, *_) = (await ada.ask("GET", f"drafts/{draft}/history"))["groups"]
        assert (group["actor"]["kind"], group["run"]) == ("agent", agent.run)
        assert [by["name"] for by in group["approved_by"]] == ["Ada Lovelace"]
        blame = await ada.ask("GET", f"drafts/{draft}/blame?address={AT}")
        whose = [(o["actor"]["kind"], o.get("run"), o.get("approved_by", {}).get("name")) for o in blame["origins"]]
        assert ("agent", agent.run, "Ada Lovelace") in whose
        assert all(by is None for kind, _, by in whose if kind == "user")
        await ask(ada, agent.run, "undo")
        assert await text_of(ada, draft) == TEXT


async def test_what_the_draft_reads_otherwise_by_now_is_told_with_who_and_the_rest_is_taken(place: Place) -> None:
    item = await place.script()
    async with (
        place.agent(mode="suggest") as agent, place.person("ada") as ada, place.world.connect("ada", 1) as typing,
    ):  # fmt: skip
        draft, told = await suggested(agent, ada, item)
        open_ = await typing.open(item=item)
        open_.edit(Text(AT, ((0, 0, "# typed\n"), (TEXT.index("sum(rows)"), 3, "max"))))
        await open_.saved()
        first, second = (await ada.ask("GET", f"suggestions/{told['id']}"))["hunks"]
        assert (first["applies"], first["why"], first["changed_by"][0]["name"]) == (False, "changed", "Ada Lovelace")
        done = await ada.ask("POST", f"suggestions/{told['id']}/accept", {"all": True})
        assert (done["done"], [left["id"] for left in done["left"]]) == ([second["id"]], [first["id"]])
        standing = "# typed\n" + TEXT.replace("sum(rows)", "max(rows)").replace("mean", "average")
        assert await text_of(ada, draft) == standing


async def test_a_rejection_is_remembered_and_told_to_the_run(place: Place) -> None:
    item = await place.script()
    async with place.agent(mode="suggest") as agent, place.person("ada", 1) as ada:
        draft, told = await suggested(agent, ada, item)
        first, second = (hunk["id"] for hunk in told["hunks"])
        assert (await ada.ask("POST", f"suggestions/{told['id']}/reject", {"hunks": [first]}))["done"] == [first]
        events = (await agent.ask("GET", f"runs/{agent.run}/events"))["events"]
        assert (events[-1]["type"], events[-1]["by"]["name"]) == ("rejected", "Ada Lovelace")
        done = await ada.ask("POST", f"suggestions/{told['id']}/accept", {"at": [AT]})
        assert done["done"] == [second], "what was rejected is accepted only by its name"
        states = [hunk["state"] for hunk in (await ada.ask("GET", f"suggestions/{told['id']}"))["hunks"]]
        assert states == ["rejected", "accepted"]
        assert (await refused(ada.ask("POST", f"suggestions/{told['id']}/accept", {}))).code == "bad_message"
        assert draft


async def test_who_may_not_read_the_draft_sees_no_suggestion_and_only_its_run_writes_it(place: Place) -> None:
    item = await place.script()
    async with (
        place.agent(mode="suggest") as agent, place.agent("grace", mode="suggest") as other,
        place.person("ada", 1) as ada, place.person("grace") as grace,
    ):  # fmt: skip
        draft, told = await suggested(agent, ada, item)
        await ada.ask("PATCH", f"drafts/{draft}?item={item}", {"visibility": "private"})
        for path in (f"suggestions/{told['id']}", f"drafts/{draft}/suggestions", f"drafts/{told['id']}"):
            assert (await refused(grace.ask("GET", path))).code == "not_found", path
        assert (await refused(other.read(item, draft=told["id"]))).code in ("not_found", "bad_message")
        state = await ada.ask("GET", f"drafts/{told['id']}")
        problem = await refused(
            ada.ask("PATCH", f"drafts/{told['id']}/value", {"edits": []}, **{"If-Match": state["etag"]})
        )
        assert problem.status >= 400


async def test_a_suggestion_is_in_no_list_of_drafts_and_follows_no_deploy(place: Place) -> None:
    item = await place.script()
    async with place.agent(mode="suggest") as agent, place.person("ada") as ada:
        await agent.read(item)
        await agent.edit(item, {"do": "str_replace", "at": AT, "old": "sum(rows)", "new": "fsum(rows)"})
        assert (await ada.ask("GET", f"drafts?whose=any&item={item}"))["drafts"] == []
        assert (await ada.ask("GET", f"items/{item}"))["drafts"] == []
        listed = await ada.ask("GET", "items?drafts=any")
        assert item not in {each["id"] for each in listed["items"]}
