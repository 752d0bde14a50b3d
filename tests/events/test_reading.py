"""The event log: in order, without gaps, only what the reader may see, also for who is killed and comes back."""

import asyncio
import contextlib
import itertools
import os
import random
import secrets
import signal
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

import draftwire
from draftwire import Problem
from draftwire.rest.events import EventPage
from draftwire.wire.messages import EventInfo
from draftwire_server.limits.retention import EVENTS_KEPT_DAYS
from draftwire_server.limits.tuning import EVENT_WAITERS
from draftwire_server.store.events import clock
from tests.drafts.desk import Desk, edit, script
from tests.waiting import until

pytestmark = pytest.mark.slow


async def head(home: Desk) -> int:
    """The number of the last event; none of what edits caused before is still to come."""
    await settled(home)
    return (await home.api("root").events.read()).next


async def everything(api: draftwire.Api, after: int, **more: Any) -> list[EventInfo]:
    found: list[EventInfo] = []
    while True:
        page = await api.events.read(after, **more)
        found += page.events
        after = page.next
        if page.next == page.head:
            return found


async def settled(home: Desk) -> None:
    async def moved() -> bool:
        return not await home.world.rows("select 1 from outbox where workspace_id = $1", home.world.workspace)

    await until(moved, "what edits caused is events")


async def test_one_reads_in_order_what_one_may_see_and_goes_on_over_the_rest(home: Desk) -> None:
    begin = await head(home)
    mine = await home.item("dana")
    await home.api("root").groups.add(f"g{secrets.token_hex(4)}")  # admins' to see
    theirs = await home.item("ben", folder="three")
    item, draft = await home.own("dana")
    state = await home.api("dana").drafts.get(draft)
    await home.api("dana").deploys.deploy(draft, state.etag, 0)
    end = await head(home)
    all_of_it = await everything(home.api("root"), begin)
    assert [event.number for event in all_of_it] == list(range(begin + 1, end + 1))
    seen = await everything(home.api("eli"), begin)
    assert {event.item for event in seen} == {mine, item}
    assert {"item.created", "draft.begun", "version.deployed"} <= {event.type for event in seen}
    assert theirs in {event.item for event in all_of_it}
    page = await home.api("zoe").events.read(begin)
    assert (page.events, page.next, page.head) == ((), end, end)
    operators = await everything(home.api("olga"), begin)
    assert "draft.begun" not in {event.type for event in operators} and operators
    one = await home.api("eli").events.read(begin, limit=1)
    assert [event.number for event in one.events] == [one.next] and one.next < end
    assert (await home.api("eli").events.read(one.next)).events[0].number > one.next


async def test_types_are_chosen_whole_or_by_their_beginning(home: Desk) -> None:
    begin = await head(home)
    _, draft = await home.own("dana")
    state = await home.api("dana").drafts.get(draft)
    await home.api("dana").deploys.deploy(draft, state.etag, 0)
    api = home.api("dana")
    for types, wanted in (
        (["version.*"], {"version.deployed"}),
        (["version.deployed", "item.*"], {"version.deployed", "item.created"}),
        (["draft.*"], {"draft.begun"}),
        (["nothing.*"], set()),
        (["*"], {"item.created", "draft.begun", "version.deployed"}),
        (["version"], set()),
    ):
        page = await api.events.read(begin, types=types)
        assert ({event.type for event in page.events}, page.next) == (wanted, page.head), types
    for types in (["ver*"], ["a..b"], ["*.deployed"], ["A.b"], [f"a{'b' * 200}"], [f"t.{c}" for c in "abcdefgh" * 7]):
        with pytest.raises(Problem, match="bad_message"):
            await api.events.read(begin, types=types)
    client = home.world.http("dana")
    answer = await client.get("events", params={"after": begin, "types": "item.created,version.*"})
    assert [event["type"] for event in answer.json()["events"]] == ["item.created", "version.deployed"]


@pytest.mark.parametrize("worker", [0, 1])
async def test_who_waits_is_woken_by_what_happens_on_another_worker(home: Desk, worker: int) -> None:
    begin = await head(home)
    waiting = asyncio.create_task(
        home.world.http("dana", worker).get("events", params={"after": begin, "wait_s": 200}, timeout=60)
    )
    hidden = asyncio.create_task(
        home.world.http("zoe", worker).get("events", params={"after": begin, "wait_s": 4}, timeout=60)
    )
    item = await home.world.http("dana", 1 - worker).post("items", json={"kind": "both", "path": f"f/one/{worker}x"})
    page = (await waiting).json()
    assert [(e["type"], e["item"]) for e in page["events"]] == [("item.created", item.json()["item"])]
    unseen = (await hidden).json()
    assert (unseen["events"], unseen["next"]) == ([], unseen["head"]) and unseen["next"] > begin


async def test_what_an_edit_causes_wakes_who_waits(home: Desk) -> None:
    item = await home.item("dana", content="one\n")
    begin = await head(home)
    waiting = asyncio.create_task(home.api("dana", 1).events.read(begin, types=["draft.*"], wait_s=200))
    async with await home.world.socket("dana") as socket:
        await socket.next("welcome")
        state = await socket.ask("state", t="open", ref=1, item=item, purpose="own")
        await socket.send(**edit(state))
        page = await waiting
    assert [(event.type, event.draft) for event in page.events] == [("draft.begun", state["draft"])]


async def test_so_many_wait_for_one_actor_and_who_hangs_up_waits_no_longer(home: Desk) -> None:
    none = {"after": await head(home), "types": "item.moved"}  # others may come from the outbox meanwhile
    client = home.world.http("eli", 0)

    async def ask() -> None:
        """Until there is a place: the look below takes one for a moment, too."""
        while (await client.get("events", params=none | {"wait_s": 200}, timeout=60)).status_code == 429:
            pass

    asking = [asyncio.create_task(ask()) for _ in range(EVENT_WAITERS)]

    async def full() -> bool:
        answer = await home.world.http("eli", 0).get("events", params=none | {"wait_s": 0.01})
        return answer.status_code == 429 and answer.json()["code"] == "too_many"

    await until(full, "all places are taken")
    assert (await home.world.http("eli", 0).get("events", params=none)).status_code == 200
    for each in asking:
        each.cancel()
    await asyncio.gather(*asking, return_exceptions=True)

    async def free() -> bool:
        answer = await home.world.http("eli", 0).get("events", params=none | {"wait_s": 0.01})
        return answer.status_code == 200

    await until(free, "who hung up holds no place")


async def test_a_right_taken_away_while_waiting_counts(home: Desk) -> None:
    await home.world.member("wanda", "editor", one=frozenset({"see"}))
    begin = await head(home)
    waiting = asyncio.create_task(home.api("wanda", 0).events.read(begin, types=["item.created"], wait_s=3))
    grants = (await home.api("root").grants.list(user=await home.user_id("wanda"))).grants
    for grant in grants:
        await home.api("root").grants.end(grant.id)
    await home.item("dana")
    page = await waiting
    assert page.events == () and page.next > begin


async def test_a_number_that_is_too_old_or_not_there_yet_is_told(home: Desk) -> None:
    await home.item("dana")
    workspace = home.world.workspace
    middle = await head(home)
    await home.item("dana")
    aged = "update event set at = at - make_interval(days => $3) where workspace_id = $1 and number <= $2"
    await home.world.rows(aged, workspace, middle, EVENTS_KEPT_DAYS + 1)
    await home.server.replace(0)  # a worker sweeps when it begins

    async def swept() -> bool:
        (row,) = await home.world.rows("select min(number) as n from event where workspace_id = $1", workspace)
        return bool(row["n"] == middle + 1)

    await until(swept, "what is too old is dropped, and nothing else")
    api = home.api("dana")
    for after in (0, middle - 1):
        with pytest.raises(Problem) as caught:
            await api.events.read(after)
        assert (caught.value.code, caught.value.detail) == ("cursor_expired", {"oldest": middle + 1})
    answer = await home.world.http("dana").get("events", params={"after": 0, "wait_s": 100})
    assert (answer.status_code, answer.json()["oldest"]) == (410, middle + 1)
    page = await api.events.read(middle)
    assert page.oldest == middle + 1 and page.events[0].number == middle + 1
    with pytest.raises(Problem) as caught:
        await api.events.read(page.head + 1)
    assert (caught.value.code, caught.value.detail) == ("cursor_ahead", {"head": page.head})
    with pytest.raises(Problem, match="cursor_expired"):
        await anext(api.events.follow(0))
    async with await home.world.socket("dana") as socket:
        await socket.next("welcome")
        channel = f"workspace:{workspace}"
        told = await socket.ask("error", t="subscribe", ref=1, channel=channel, after=0)
        assert (told["code"], told["detail"]) == ("cursor_expired", {"oldest": middle + 1})
        told = await socket.ask("error", t="subscribe", ref=2, channel=channel, after=page.head + 1)
        assert (told["code"], told["detail"]) == ("cursor_ahead", {"head": page.head})
        event = await socket.ask("event", t="subscribe", ref=3, channel=channel, after=middle)
        assert event["events"][0]["number"] == middle + 1


async def test_a_sweep_leaves_no_gap_whatever_the_times_say(home: Desk) -> None:
    for _ in range(6):
        await home.item("dana")
    workspace = home.world.workspace
    async with home.world.store() as connection, connection.transaction():
        numbers = [r["number"] for r in await connection.fetch(
            "select number from event where workspace_id = $1 order by number", workspace)]  # fmt: skip
        old = [*numbers[:2], *numbers[3:5]]  # the third is young
        await connection.execute(
            "update event set at = at - interval '31 days' where workspace_id = $1 and number = any($2)", workspace, old
        )
        assert await clock.drop_old_events(connection, workspace, EVENTS_KEPT_DAYS, 1) == 1
        assert await clock.drop_old_events(connection, workspace, EVENTS_KEPT_DAYS, 100) == 1
        assert await clock.drop_old_events(connection, workspace, EVENTS_KEPT_DAYS, 100) == 0
        left = [r["number"] for r in await connection.fetch(
            "select number from event where workspace_id = $1 order by number", workspace)]  # fmt: skip
        assert left == numbers[2:]


async def test_while_many_write_through_two_workers_no_reader_meets_a_gap(home: Desk) -> None:
    """Edge cases 16 and 20: numbers are taken in commit order, so that no late commit is skipped."""
    begin = await head(home)
    api = home.api("root")
    seen: dict[int, list[int]] = {0: [], 1: []}

    async def follow(worker: int) -> None:
        async for event in home.api("root", worker).events.follow(begin):
            seen[worker].append(event.number)

    async def write(n: int) -> None:
        user, worker = ("dana", "eli")[n % 2], n % 2
        client = home.world.http(user, worker)
        for k in range(6):
            path = f"f/one/w{n}x{k}"
            made = await client.post("items", json={"kind": "both", "path": path, "value": script("a\n")})
            assert made.status_code == 201
            taken = await client.post("items", json={"kind": "both", "path": path})
            assert taken.status_code == 409  # a transaction that is rolled back takes no number
            state = await client.get(f"items/{made.json()['item']}/draft", params={"purpose": "shared"})
            await client.put(
                f"items/{made.json()['item']}/draft", params={"purpose": "shared"}, json={"value": script(f"{n}\n")},
                headers={"If-Match": state.headers["draft-etag"]},
            )  # fmt: skip

    readers = [asyncio.create_task(follow(worker)) for worker in seen]
    await asyncio.gather(*(write(n) for n in range(10)))
    end = await head(home)
    assert end - begin >= 120
    at_end = "both readers are at the end"
    await until(lambda: all(numbers[-1:] == [end] for numbers in seen.values()), at_end, within_s=30)
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    for numbers in seen.values():
        assert numbers == list(range(begin + 1, end + 1))
    assert [event.number for event in await everything(api, begin)] == seen[0]


async def test_a_consumer_that_is_killed_anywhere_deals_with_every_event_in_order(home: Desk, tmp_path: Path) -> None:
    chance = random.Random(20)
    begin = await head(home)
    (tmp_path / "after").write_text(str(begin))
    token = home.world.token("dana")

    async def start(kill: int) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.events.consumer", home.server.worker_url(kill % 2), token, str(tmp_path),
            env={**os.environ, "PYTHONWARNINGS": "default"},
        )  # fmt: skip

    def handled() -> list[int]:
        path = tmp_path / "handled"
        return [int(line) for line in path.read_text().split()] if path.exists() else []

    stop = False

    async def write() -> None:
        while not stop:
            with contextlib.suppress(httpx.TransportError):  # a worker is killed too
                await home.item("dana")

    writing = asyncio.create_task(write())
    consumer = None
    try:
        for kill in range(6):
            before, more = len(handled()), chance.randint(0, 5)
            consumer = await start(kill)
            await until(lambda b=before, m=more: len(handled()) > b + m, "it deals with events", within_s=30)  # type: ignore[misc]
            consumer.kill()
            await consumer.wait()
            if kill == 2:
                await home.server.replace(1)  # a worker too
        stop = True
        await writing
        end = await head(home)
        consumer = await start(0)
        await until(lambda: handled()[-1] == end, "all is dealt with", within_s=30)
    finally:
        stop = True
        if consumer is not None and consumer.returncode is None:
            consumer.send_signal(signal.SIGKILL)
            await consumer.wait()
    numbers = handled()
    assert set(numbers) == set(range(begin + 1, end + 1))
    for was, now in itertools.pairwise(numbers):
        assert now in (was, was + 1), "at least once, and in order"
    assert len(numbers) - len(set(numbers)) <= 6


async def test_a_worker_that_stops_answers_who_waits(home: Desk) -> None:
    begin = await head(home)
    client = home.world.http("dana", 1)
    waiting = asyncio.create_task(client.get("events", params={"after": begin, "wait_s": 200}, timeout=60))
    elsewhere = home.world.http("dana", 1)

    async def waits() -> bool:  # the request before it was taken up: one worker takes them up in order
        return (await elsewhere.get("events", params={"after": begin})).status_code == 200

    await until(waits, "it is asked")
    before = (await home.server.workers())[1].starts
    os.kill(await home.server.pid(1), signal.SIGTERM)
    answer = await waiting
    page = EventPage(**answer.json())
    assert (answer.status_code, list(page.events), page.next) == (200, [], begin)

    async def back() -> bool:
        status = (await home.server.workers())[1]
        return status.ready and status.starts > before

    await until(back, "the worker is back", within_s=30)
