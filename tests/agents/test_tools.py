"""An agent's tools over plain HTTP: what lands, what is refused and what the refusal tells. Edge cases 46–48, 53."""

import asyncio
from typing import Any

import pytest

import draftwire
from draftwire.document.ops import Text
from tests.agents.conftest import AT, TEXT, Place, Refused


def replace(old: str, new: str, **more: Any) -> dict[str, Any]:
    return {"do": "str_replace", "at": AT, "old": old, "new": new, **more}


async def refused(work: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        await work
    return caught.value


async def test_an_agent_reads_lines_with_the_state_and_edits_what_it_read(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent:
        document = await agent.read(item)
        assert [leaf["at"] for leaf in document["leaves"]] == [AT, "/summary"]
        told = await agent.read(item, at=AT, first=2, last=3)
        assert (told["text"], told["first"], told["last"], told["lines"]) == ("    return sum(rows)\n\n", 2, 3, 6)
        done = await agent.edit(item, replace("sum(rows)", "sum(rows, 0.0)"))
        assert done["seq"] == told["seq"] + 1
        (outcome,) = done["outcomes"]
        assert (outcome["seq"], outcome["first"], outcome["last"]) == (done["seq"], 2, 2)
        assert await agent.text(item) == TEXT.replace("sum(rows)", "sum(rows, 0.0)")


async def test_the_agent_types_in_its_persons_draft_and_the_log_says_who_for_whom_in_which_run(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.world.connect("ada") as ada:
        draft = await ada.open(item=item)
        await agent.read(item)
        done = await agent.edit(item, replace("sum", "fsum"))
        assert done["draft"] == draft.id
        log = await agent.ask("GET", f"drafts/{draft.id}/log")
        writer = next(w for w in log["writers"] if w["run"] == agent.run)
        assert (writer["actor"]["kind"], writer["actor"]["on_behalf_of"]) == ("agent", "Ada Lovelace")


async def test_a_change_in_that_region_refuses_with_the_fresh_text_and_who(place: Place) -> None:
    """Edge case 47."""
    item = await place.script()
    async with place.agent() as agent, place.world.connect("ada", 1) as ada:
        await agent.read(item)
        draft = await ada.open(item=item)
        at = TEXT.index("sum(rows)") + 4
        draft.edit(Text(AT, ((at, 4, "lines"),)))
        await draft.saved()
        problem = await refused(agent.edit(item, replace("sum(rows)", "fsum(rows)")))
        assert (problem.status, problem.code, problem.body["retry"]) == (409, "stale_region", True)
        detail = problem.body
        assert "return sum(lines)" in detail["text"]
        assert detail["by"]["name"] == "Ada Lovelace"
        # Another region goes through, with what others changed; after reading again the first one does too.
        done = await agent.edit(item, replace("total(rows) /", "total(rows) //"))
        assert done["changes"][0]["places"][0]["lines"] == [[2, 2]]
        assert "sum(lines)" in await agent.text(item)
        await agent.edit(item, replace("sum(lines)", "fsum(lines)"))
        assert "fsum(lines)" in await agent.text(item)


async def test_of_two_agents_that_put_something_at_one_point_of_a_text_the_later_reads_again(place: Place) -> None:
    item = await place.script()
    async with place.agent() as one, place.agent(agent="other", worker=1) as other:
        await one.read(item)
        await other.read(item)
        await one.edit(item, replace("sum(rows)", "fsum(rows)"))
        problem = await refused(other.edit(item, replace("sum(rows)", "gsum(rows)")))
        assert (problem.status, problem.code, problem.body["retry"]) == (409, "stale_region", True)
        assert "fsum(rows)" in problem.body["text"]
        assert "return fsum(rows)" in await one.text(item)


async def test_six_edits_in_parallel_all_land(place: Place) -> None:
    """Edge case 48."""
    text = "".join(f"row_{n} = {n}\n" for n in range(6))
    item = await place.script(text)
    async with place.agent() as agent:
        seq = (await agent.read(item))["seq"]
        done = await asyncio.gather(
            *(agent.edit(item, replace(f"row_{n} = {n}", f"row_{n} = {n * 100}", read_seq=seq)) for n in range(6))
        )
        assert len({each["outcomes"][0]["seq"] for each in done}) == 6
        assert await agent.text(item) == "".join(f"row_{n} = {n * 100}\n" for n in range(6))


async def test_what_a_person_types_while_the_agent_writes_stays(place: Place) -> None:
    """Edge case 46: both write in one function, through two workers, and neither loses a character."""
    item = await place.script()
    async with place.agent() as agent, place.world.connect("ada", 1) as ada:
        draft = await ada.open(item=item)
        await agent.read(item)

        async def person() -> None:
            anchor = draft.anchor(AT, TEXT.index("    return total"))
            for letter in "    # typed by ada\n":
                draft.insert(anchor, letter)
                await asyncio.sleep(0.005)  # the pace of a person who types fast
            await draft.saved()

        async def machine() -> None:
            for n in range(10):
                await agent.edit(item, {"do": "insert", "at": AT, "before": "def mean", "text": f"# {n}\n"})

        await asyncio.gather(person(), machine())
        text = await agent.text(item)
        assert "    # typed by ada\n    return total" in text
        assert [f"# {n}\n" in text for n in range(10)] == [True] * 10
        assert len(text) == len(TEXT) + len("    # typed by ada\n") + sum(len(f"# {n}\n") for n in range(10))


async def test_old_that_is_absent_or_ambiguous_is_told_with_where(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent:
        await agent.read(item)
        absent = await refused(agent.edit(item, replace("  return sum(rows)  # all", "x")))
        assert (absent.code, absent.body["retry"]) == ("no_match", False)
        many = await refused(agent.edit(item, replace("(rows)", "x")))
        assert (many.code, many.body["matches"], many.body["lines"]) == (
            "many_matches", 5, [1, 2, 5, 6, 6],
        )  # fmt: skip
        indented = await refused(agent.edit(item, replace("        return sum(rows)", "x")))
        assert indented.body["like"] == [{"line": 2, "text": "    return sum(rows)"}]


async def test_lines_are_replaced_inserted_and_deleted(place: Place) -> None:
    item = await place.script("a\nb\nc\n")
    async with place.agent() as agent:
        await agent.read(item)
        await agent.edit(
            item,
            {"do": "replace_lines", "at": AT, "first": 2, "last": 2, "text": "B"},
            {"do": "insert", "at": AT, "line": 4, "text": "d\n"},
            {"do": "insert", "at": AT, "line": 1, "text": "# top"},
            {"do": "replace_lines", "at": AT, "first": 4, "last": 4, "text": ""},
        )
        assert await agent.text(item) == "# top\na\nB\nd\n"
        beyond = await refused(agent.edit(item, {"do": "replace_lines", "at": AT, "first": 9, "last": 9, "text": ""}))
        assert (beyond.code, beyond.body["lines"]) == ("out_of_range", 4)


async def test_an_atomic_batch_is_all_or_nothing_and_another_tells_of_each(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent:
        seq = (await agent.read(item))["seq"]
        edits = (replace("sum(rows)", "fsum(rows)"), replace("nowhere", "x"))
        problem = await refused(agent.edit(item, *edits))
        assert (problem.code, problem.body["edit"]) == ("no_match", 1)
        assert (await agent.read(item))["seq"] == seq
        done = await agent.edit(item, *edits, atomic=False)
        assert [each.get("refused", {}).get("code") for each in done["outcomes"]] == [None, "no_match"]
        assert "fsum" in await agent.text(item)


async def test_edits_of_a_batch_see_the_ones_before_them(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent:
        await agent.read(item)
        await agent.edit(item, replace("sum(rows)", "add(rows)"), replace("return add(rows)", "return add(rows, 1)"))
        assert "return add(rows, 1)" in await agent.text(item)
        # without reading again: its own earlier edit is no reason to refuse
        await agent.edit(item, replace("add(rows, 1)", "add(rows, 2)"))
        assert "add(rows, 2)" in await agent.text(item)


async def test_members_and_elements_are_set_added_moved_and_removed_with_the_schemas_problems(place: Place) -> None:
    async with place.agent() as agent:
        made = await agent.ask("POST", "items", {"kind": "flow", "path": f"f/payments/flow_{agent.run[:6]}"})
        item = made["item"]
        await agent.read(item)
        modules = "/value/modules"
        module = {"id": "a", "value": {"type": "rawscript", "language": "python3", "content": "x = 1\n"}}
        done = await agent.edit(
            item,
            {"do": "set", "at": "/summary", "value": "Refunds"},
            {"do": "add", "at": modules, "value": module},
            {"do": "add", "at": modules, "value": {**module, "id": "b"}, "before": "a"},
        )
        assert done["outcomes"][1]["seq"] == done["seq"]
        await agent.edit(
            item, {"do": "move", "id": "a", "at": modules, "before": "b"}, replace_in("a", "x = 1", "x = 2")
        )
        value = (await agent.read(item))["value"]
        assert [each["id"] for each in value["value"]["modules"]] == ["a", "b"]
        assert value["value"]["modules"][0]["value"]["content"] == "x = 2\n"
        wrong = await agent.edit(item, {"do": "set", "at": "/summary", "value": 7})
        assert [each["at"] for each in wrong["diagnostics"]] == ["/summary"]
        await agent.edit(item, {"do": "remove", "at": "b"}, {"do": "set", "at": "/summary", "value": "Refunds"})
        assert len((await agent.read(item))["value"]["value"]["modules"]) == 1


def replace_in(element: str, old: str, new: str) -> dict[str, Any]:
    return {"do": "str_replace", "at": f"{element}/value/content", "old": old, "new": new}


async def test_an_element_that_somebody_changed_inside_is_not_removed_unseen(place: Place) -> None:
    async with place.agent() as agent, place.world.connect("ada") as ada:
        made = await agent.ask("POST", "items", {"kind": "flow", "path": f"f/payments/flow_{agent.run[:6]}"})
        item = made["item"]
        await agent.read(item)
        module = {"id": "a", "value": {"type": "rawscript", "language": "python3", "content": "x = 1\n"}}
        await agent.edit(item, {"do": "add", "at": "/value/modules", "value": module})
        await agent.read(item)
        draft = await ada.open(item=item)
        draft.edit(Text("a/value/content", ((4, 1, "2"),)))
        await draft.saved()
        assert (await refused(agent.edit(item, {"do": "remove", "at": "a"}))).code == "stale_region"


async def test_a_whole_text_is_written_as_a_difference_and_refused_if_anybody_changed_it(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.world.connect("ada") as ada:
        await agent.read(item)
        await agent.edit(item, {"do": "set", "at": AT, "value": TEXT + "\n# end\n"})
        draft = await ada.open(item=item)
        await agent.read(item)
        draft.edit(Text(AT, ((0, 0, "# top\n"),)))
        await draft.saved()
        await agent.edit(item, {"do": "set", "at": AT, "value": TEXT})  # what came at its edge stays beside it
        assert await agent.text(item) == "# top\n" + TEXT
        draft.edit(Text(AT, ((10, 0, "x"),)))
        await draft.saved()
        assert (await refused(agent.edit(item, {"do": "set", "at": AT, "value": ""}))).code == "stale_region"


async def test_without_a_read_no_edit(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent:
        problem = await refused(agent.edit(item, replace("sum", "x")))
        assert (problem.status, problem.code) == (428, "precondition_required")
        await agent.edit(item, replace("sum(rows)", "x", read_seq=0))


async def test_a_retry_with_its_key_changes_nothing_more(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent:
        seq = (await agent.read(item))["seq"]
        edit = {"do": "insert", "at": AT, "line": 1, "text": "# once\n", "read_seq": seq}
        first = await agent.edit(item, edit, key="k1")
        again = await agent.edit(item, edit, key="k1")
        assert first["outcomes"][0]["seq"] == again["outcomes"][0]["seq"]
        assert (await agent.text(item)).count("# once") == 1


async def test_search_finds_lines_in_a_draft_and_across_items(place: Place) -> None:
    item = await place.script("alpha = 1\nbeta = 'needle_xq'\n")
    async with place.agent() as agent, place.http("ada", 1, agent="helper") as elsewhere:
        found = await agent.do("search", query="needle_xq", item=item)
        assert [(m["at"], m["line"], m["text"]) for m in found["matches"]] == [(AT, 2, "beta = 'needle_xq'")]
        await agent.read(item)
        await agent.edit(item, replace("alpha = 1", "alpha = 'needle_xq too'"))
        everywhere = await agent.do("search", query=r"needle_x[a-z]", pattern=True)
        assert {(m["item"], m["line"]) for m in everywhere["matches"]} == {(item, 1), (item, 2)}
        agent.http = elsewhere  # a worker that has not the draft
        assert (await agent.do("search", query=r"needle_x[a-z]", pattern=True))["matches"] == everywhere["matches"]
        assert (await refused(agent.do("search", query="(", pattern=True))).code == "bad_message"


async def test_search_across_items_finds_what_is_deployed_where_one_has_no_draft(place: Place) -> None:
    item = await place.script("one\nneedle_deployed = 1\n")
    async with draftwire.Api(place.world.server.url, place.world.server.token("ada")) as api:
        draft = await api.drafts.of_item(item, "own")
        await api.deploys.deploy(draft.draft, draft.etag, 0)
    async with place.agent("grace") as agent:
        (found,) = (await agent.do("search", query="needle_deployed"))["matches"]
        assert (found["item"], found["at"], found["line"], found.get("draft")) == (item, AT, 2, None)


async def test_a_search_tells_its_state_and_what_others_changed_since_the_last_read(place: Place) -> None:
    item = await place.script("alpha = 1\nbeta = 'needle_zz'\n")
    async with place.agent() as agent, place.world.connect("ada", 1) as ada:
        draft = await ada.open(item=item)
        await agent.read(item)
        (there,) = (await agent.do("search", query="needle_zz", item=item))["drafts"]
        assert (there["seq"], there.get("changes")) == (0, None)
        draft.insert(AT, "# by ada\n", 0)
        await draft.saved()
        for where in ({"item": item}, {}):  # in it, and in all that one may see
            found = await agent.do("search", query="needle_zz", **where)
            (there,) = (each for each in found["drafts"] if each["item"] == item)
            assert (there["seq"], there["draft"]) == (1, draft.id)
            assert there["etag"].startswith("g1.s1.")
            (change,) = there["changes"]
            assert (change["actor"]["name"], change["places"]) == ("Ada Lovelace", [{"at": AT, "lines": [[1, 1]]}])
        await agent.read(item)
        assert "changes" not in (await agent.do("search", query="needle_zz", item=item))["drafts"][0]


async def test_patterns_that_never_end_take_turns(place: Place) -> None:
    """Many at once: each is answered in a typed way, and people are served meanwhile."""
    item = await place.script(("a" * 40 + "b\n") * 10)
    async with place.agent() as agent, place.agent("grace", 0) as other, place.person("ada") as ada:
        agent.http.timeout = other.http.timeout = 30
        asked = [agent.do("search", query="(a|aa)+b?c", pattern=True, item=item) for _ in range(4)]
        evil = asyncio.gather(*(refused(each) for each in asked))
        found = await other.do("search", query="never_there$", pattern=True, item=item)  # another's turn comes
        assert found["matches"] == []
        assert (await ada.ask("GET", f"items/{item}/draft"))["seq"] == 0
        assert {each.code for each in await evil} == {"busy"}


async def test_anothers_run_and_one_that_is_over_write_nothing(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.agent("grace") as other, place.person("ada") as ada:
        await agent.read(item)
        other.run, run = agent.run, other.run
        assert (await refused(other.edit(item, replace("sum", "x", read_seq=0)))).status == 404
        assert (await refused(ada.ask("POST", f"runs/{agent.run}/edit", {"item": item, "edits": []}))).status == 404
        await ada.ask("POST", f"runs/{agent.run}/pause", {})
        paused = await refused(agent.edit(item, replace("sum", "x")))
        assert (paused.code, paused.body["retry"]) == ("run_paused", True)
        assert (await agent.read(item))["item"] == item
        await ada.ask("POST", f"runs/{agent.run}/resume", {})
        await agent.edit(item, replace("sum(rows)", "x"))
        await ada.ask("POST", f"runs/{agent.run}/stop", {"text": "enough"})
        over = await refused(agent.edit(item, replace("x", "y")))
        assert (over.code, over.body["retry"]) == ("run_stopped", False)
        events = await agent.ask("GET", f"runs/{agent.run}/events")
        assert [(e["type"], e.get("text")) for e in events["events"]] == [
            ("paused", None), ("resumed", None), ("stopped", "enough"),
        ]  # fmt: skip
        assert run != agent.run


async def test_an_edit_of_lines_that_the_run_itself_has_changed_since_is_refused(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent:
        seq = (await agent.read(item))["seq"]
        lines = {"do": "replace_lines", "at": AT, "first": 2, "last": 2, "read_seq": seq}
        await agent.edit(item, {**lines, "text": "    return 0\n"})
        again = await refused(agent.edit(item, {**lines, "text": "    return 1\n"}))
        assert (again.status, again.code, again.body["retry"]) == (409, "overlaps_own_edit", True)
        assert "    return 0\n" in again.body["text"]
        assert "return 1" not in await agent.text(item)


async def test_a_run_that_only_suggests_types_in_no_draft(place: Place) -> None:
    item = await place.script()
    async with place.agent(mode="suggest") as agent, place.person("ada") as ada:
        read = await agent.read(item)
        await agent.edit(item, replace("sum(rows)", "fsum(rows)"))
        stream = await agent.stream(item, line=1)
        await stream.append("# suggested\n")
        await stream.close()
        suggested = await agent.read(item, at=AT)
        assert suggested["draft"] == read["draft"]
        assert suggested["text"] == "# suggested\n" + TEXT.replace("sum(rows)", "fsum(rows)")
        own = await ada.ask("GET", f"items/{item}/draft")
        assert (own["value"]["content"], own["draft"] == read["draft"]) == (TEXT, False)
