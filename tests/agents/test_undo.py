"""The undo of a run over HTTP: by hunk, by item, whole, from any worker, under what people wrote. Cases 50, 51."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from draftwire.document.ops import Text
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.etag import Etag
from draftwire_server.services.writes.write import Change, ExactWrites
from tests.agents.conftest import AT, TEXT, Agent, Place
from tests.agents.test_tools import refused, replace
from tests.live.conftest import World, seeded
from tests.live.in_process import workers_here


async def work(agent: Agent, item: str) -> str:
    """Let an agent rewrite two places; gives the draft."""
    await agent.read(item)
    await agent.edit(item, replace("sum(rows)", "fsum(values)"))
    done = await agent.edit(item, replace("mean", "average"))
    return str(done["draft"])


async def changes(who: Agent, run: str) -> list[dict[str, Any]]:
    return list((await who.ask("GET", f"runs/{run}/changes"))["drafts"])


async def ask(who: Agent, run: str, what: str, **body: Any) -> list[dict[str, Any]]:
    return list((await who.ask("POST", f"runs/{run}/{what}", body))["drafts"])


async def text_of(who: Agent, draft: str) -> str:
    return str((await who.ask("GET", f"drafts/{draft}"))["value"]["content"])


async def test_a_run_is_told_hunk_by_hunk_undone_and_redone_from_another_worker(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("ada", 1) as ada:
        draft = await work(agent, item)
        (told,) = await changes(ada, agent.run)
        assert (told["item"], told["draft"], told["state"], told["may_undo"]) == (item, draft, "open", True)
        first, second = told["hunks"]
        assert (first["at"], first["kind"], first["state"], first["lines"]) == (AT, "text", "standing", [2, 2])
        assert (second["added"], second["removed"], told["counts"]) == ("average", "mean", {"standing": 2})
        (done,) = await ask(ada, agent.run, "undo")
        assert (set(done["done"]), done.get("left"), "problem" in done) == ({first["id"], second["id"]}, None, False)
        assert await text_of(ada, draft) == TEXT
        (again,) = await ask(ada, agent.run, "undo")
        assert again.get("etag") is None
        events = await agent.ask("GET", f"runs/{agent.run}/events")
        assert [event["type"] for event in events["events"]] == ["undone"]
        await ask(ada, agent.run, "redo", hunks=[second["id"]])
        assert await text_of(ada, draft) == TEXT.replace("mean", "average")
        log = await ada.ask("GET", f"drafts/{draft}/log")
        assert [(b["kind"], b["cause"]) for b in log["batches"][-2:]] == [
            ("undo", f"run:{agent.run}"), ("restore", f"run:{agent.run}"),
        ]  # fmt: skip


async def test_a_hunk_whose_run_moved_a_word_reads_before_as_it_was(place: Place) -> None:
    """Taken away before a kept character and put in after it: one region, with untouched text in it."""
    item = await place.script(TEXT.replace("sum(rows)", "value + 5"))
    async with place.agent() as agent, place.person("ada") as ada:
        await agent.read(item)
        await agent.edit(item, replace("    return value + 5\n", "    return 5 + value\n"))
        (told,) = await changes(ada, agent.run)
        (hunk,) = told["hunks"]
        assert (hunk["before"], hunk["after"]) == ("    return value + 5\n", "    return 5 + value\n")


async def test_what_a_person_rewrote_stays_and_is_listed_with_what_would_come_back(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.world.connect("ada", 1) as typing, place.person("ada") as ada:
        draft = await work(agent, item)
        open_ = await typing.open(item=item)
        at = TEXT.replace("sum(rows)", "fsum(values)").index("values")
        open_.edit(Text(AT, ((at + 3, 3, "id"),)))  # valid
        await open_.saved()
        hunk = (await changes(ada, agent.run))[0]["hunks"][0]
        assert (hunk["state"], [who["name"] for who in hunk["by"]]) == ("changed", ["Ada Lovelace"])
        (done,) = await ask(ada, agent.run, "undo")
        assert await text_of(ada, draft) == TEXT.replace("sum(rows)", "sum(id)")
        (left,) = done["left"]
        assert (left["hunk"], left["why"], left["by"][0]["name"]) == (hunk["id"], "changed", "Ada Lovelace")
        assert left["restore"] == "row", "the s went with what the person took away"
        await ask(ada, agent.run, "restore", hunks=[hunk["id"]])
        assert await text_of(ada, draft) in [TEXT.replace("sum(rows)", f"sum({both})") for both in ("rowid", "idrow")]


async def test_kept_hunks_are_passed_over_unless_they_are_named(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("ada", 1) as ada:
        draft = await work(agent, item)
        first, second = (hunk["id"] for hunk in (await changes(ada, agent.run))[0]["hunks"])
        (kept,) = await ask(ada, agent.run, "keep", hunks=[first, "nobody:1.1.0.0"])
        assert kept["done"] == [first]
        assert [hunk["state"] for hunk in (await changes(ada, agent.run))[0]["hunks"]] == ["kept", "standing"]
        (done,) = await ask(ada, agent.run, "undo", items=[item])
        assert (done["done"], [(left["hunk"], left["why"]) for left in done["left"]]) == ([second], [(first, "kept")])
        assert await text_of(ada, draft) == TEXT.replace("sum(rows)", "fsum(values)")
        (done,) = await ask(ada, agent.run, "undo", hunks=[first, f"{draft}:1.9.9.9"])
        assert (done["done"], done["left"]) == ([first], [{"hunk": f"{draft}:1.9.9.9", "why": "unknown"}])
        assert await text_of(ada, draft) == TEXT
        assert await ask(ada, agent.run, "undo", items=["another"]) == []


async def test_of_two_undos_at_once_one_does_it_and_the_other_finds_nothing_left(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("ada", 0) as one, place.person("ada", 1) as two:
        draft = await work(agent, item)
        answers = await asyncio.gather(*(ask(who, agent.run, "undo") for who in (one, two, one, two)))
        assert sorted("etag" in answer[0] for answer in answers) == [False, False, False, True]
        assert await text_of(one, draft) == TEXT


async def test_drafts_that_one_may_not_read_do_not_show_and_one_that_may_not_be_typed_in_is_refused_alone(
    place: Place,
) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("grace", 1) as grace, place.person("ada") as ada:
        draft = await work(agent, item)
        assert await text_of(ada, draft) != TEXT
        async with place.http("ada") as http:
            shown = await http.patch(f"/v1/w/{place.workspace}/drafts/{draft}", json={"visibility": "readable"})
            assert shown.status_code == 200, shown.text
        (told,) = await changes(grace, agent.run)
        assert (told["draft"], told["may_undo"]) == (draft, False)
        (answer,) = await ask(grace, agent.run, "undo")
        assert answer["problem"] == "read_only"
        (answer,) = await ask(grace, agent.run, "keep")
        assert answer["problem"] == "read_only"
        async with place.http("ada") as http:
            await http.patch(f"/v1/w/{place.workspace}/drafts/{draft}", json={"visibility": "private"})
        assert (await refused(grace.ask("GET", f"runs/{agent.run}/changes"))).code == "not_found"
        assert (await refused(grace.ask("POST", f"runs/{agent.run}/undo", {}))).code == "not_found"
        assert (await refused(ada.ask("GET", "runs/nothing/changes"))).code == "not_found"
        assert (await refused(ada.ask("POST", f"runs/{agent.run}/undo", {"hunks": 1}))).status == 400


async def test_a_stopped_stream_is_undone_around_what_was_typed_inside(place: Place) -> None:
    """Case 50: what an agent left in the middle can be undone."""
    item = await place.script()
    async with place.agent() as agent, place.world.connect("ada", 1) as typing, place.person("ada") as ada:
        await agent.read(item)
        stream = await agent.stream(item, line=7)
        await stream.append("def more(rows):\n")
        await stream.append("    return rows\n")
        draft = await typing.open(item=item)
        at = draft.get(AT).index("more(rows") + len("more(rows")
        draft.edit(Text(AT, ((at, 0, ", key"),)))
        await draft.saved()
        await ada.ask("POST", f"runs/{agent.run}/stop", {})
        await ask(ada, agent.run, "undo")
        assert await text_of(ada, draft.id) == TEXT + ", key"


async def test_a_discarded_draft_has_nothing_to_undo(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("ada", 1) as ada:
        draft = await work(agent, item)
        state = await ada.ask("GET", f"drafts/{draft}")
        await ada.ask("POST", f"drafts/{draft}/discard", {"etag": state["etag"]})
        assert [told["state"] for told in await changes(ada, agent.run)] in ([], ["discarded"])
        assert all(answer.get("problem") for answer in await ask(ada, agent.run, "undo"))


async def test_what_is_no_longer_kept_is_too_old_to_undo(place: Place) -> None:
    item = await place.script()
    async with place.agent() as agent, place.person("ada", 0) as ada:
        draft = await work(agent, item)
        connection = await asyncpg.connect(place.world.database_url)
        try:
            gone = await connection.execute("delete from draft_op where draft_id = $1 and seq = 1", draft)
            assert gone == "DELETE 1"
        finally:
            await connection.close()
        assert [told["state"] for told in await changes(ada, agent.run)] == ["too_old"]
        (answer,) = await ask(ada, agent.run, "undo")
        assert answer["problem"] == "too_old"


async def test_a_draft_that_is_discarded_while_a_run_is_undone_is_told_so_at_once(
    database_url: str, services: Embedded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was opened for the undo is then a copy of a log that is no more: no look at it leads anywhere."""
    commit = ExactWrites.commit
    tries: list[Etag] = []
    async with workers_here(database_url, services.redis_url, tmp_path) as server:
        items, workspace = await seeded(database_url)
        place = Place(World(server, services, database_url, items, workspace))
        item = await place.script()
        async with place.agent() as agent, place.person("ada", 1) as ada:
            draft = await work(agent, item)

            async def discarded_before(self: Any, principal: Any, live: Any, change: Change, *along: Any) -> Any:
                if change.kind == "undo":
                    if not tries:
                        await ada.ask("POST", f"drafts/{draft}/discard", {"etag": str(change.at)})
                    tries.append(change.at)
                return await commit(self, principal, live, change, *along)

            monkeypatch.setattr(ExactWrites, "commit", discarded_before)
            (done,) = await ask(agent, agent.run, "undo")
            assert done["problem"] == "generation_changed"
            assert len(tries) == 1
