"""Real editing, replayed through real WebSockets and two workers, each writer on a worker of its own.

`friendsforever` is two people typing at once with a second between them. Where a character stands is carried by ids
(`tests.reference`), never by the engine. Delivered at once, the end is the trace's own; held back as far as one batch in
flight allows, all copies must be equal, equal an independent replay of the log, and hold the same characters.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import pytest

import draftwire
from draftwire_server.cli.embedded import Embedded
from tests import reference
from tests.live.conftest import World, seeded
from tests.system.cluster import cluster
from tests.system.typist import LEAF, Typist, Written

pytestmark = pytest.mark.slow

PEOPLE = ("ada", "grace")


@pytest.fixture(scope="module")
async def world(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    """Two workers with the times of production."""
    items, workspace = await seeded(module_database_url)
    async with cluster(module_database_url, services.redis_url, workers=2) as server:
        yield World(server, services, module_database_url, items, workspace)


@pytest.fixture(scope="module")
def friends() -> reference.Concurrent:
    trace = reference.load("friendsforever")
    made = reference.Concurrent(trace)
    assert made.text == trace["endContent"]
    return made


async def new_item(world: World, path: str) -> str:
    async with world.server.http(0, world.server.token("ada")) as http:
        value = {"language": "python3", "content": ""}
        answer = await http.post(
            f"/v1/w/{world.workspace}/items", json={"kind": "script", "path": path, "value": value}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["item"])


async def typists(
    world: World, stack: AsyncExitStack, item: str, trace: reference.Concurrent, *, holds: bool
) -> tuple[Typist, Typist]:
    written: Written = {}
    made = []
    for worker, user in enumerate(PEOPLE):
        typist = Typist(
            lambda worker=worker: world.server.worker_url(worker), world.server.token(user), item,
            reference.Shown(trace), written, holds=holds,
        )  # fmt: skip
        made.append(await stack.enter_async_context(typist))
    one, other = made
    assert one.workers.isdisjoint(other.workers), "each is on a worker of its own"
    return one, other


async def settled(people: tuple[Typist, Typist]) -> None:
    """Wait until everything of everybody has reached everybody."""
    deadline = time.monotonic() + 60
    while True:
        for person in people:
            while person.held:
                person.release()
            person.tick()
        seqs = {person.draft.seq for person in people}
        if len(seqs) == 1 and all(p.draft.live and not p.draft.has_pending for p in people):
            return
        assert time.monotonic() < deadline, [(p.draft.seq, p.session.status(p.draft.id)) for p in people]
        await asyncio.wait({asyncio.ensure_future(p.wait()) for p in people}, timeout=0.2)


async def log_of(world: World, draft: str) -> list[dict[str, Any]]:
    """The whole log, over HTTP."""
    batches: list[dict[str, Any]] = []
    while True:
        page = await world.get(f"/v1/w/{world.workspace}/drafts/{draft}/log?after={len(batches)}")
        batches += page["batches"]
        if len(batches) == page["seq"]:
            return batches


async def all_are_equal(world: World, people: tuple[Typist, Typist]) -> list[dict[str, Any]]:
    """Both replicas, the stored document, a fresh client and an independent replay; gives the log."""
    draft = people[0].draft.id
    text = people[0].text
    assert people[1].text == text
    for worker in (0, 1):
        assert (await world.get(f"/v1/w/{world.workspace}/drafts/{draft}", worker=worker))["value"]["content"] == text
    async with world.connect("linus", 1) as fresh:
        assert (await fresh.open(draft=draft)).get(LEAF) == text
    log = await log_of(world, draft)
    replayed = ""
    for number, batch in enumerate(log, 1):
        assert batch["seq"] == number
        for op in batch["ops"]:
            assert (op["op"], op["at"]) == ("text", LEAF)
            replayed = reference.splice_units(replayed, op["s"])
    assert replayed == text
    return log


def every_ack_is_in_the_log_once(people: tuple[Typist, Typist], log: list[dict[str, Any]]) -> None:
    stored = Counter((batch["w"], batch["no"]) for batch in log)
    assert max(stored.values()) == 1
    for person in people:
        assert len(set(person.acked)) == len(person.acked)
        assert {(w, no) for _, w, no in person.acked} <= stored.keys()
        assert all(log[seq - 1]["w"] == w and log[seq - 1]["no"] == no for seq, w, no in person.acked)


async def test_two_people_delivered_at_once_end_as_the_trace_does(world: World, friends: reference.Concurrent) -> None:
    item = await new_item(world, "f/payments/at_once")
    async with AsyncExitStack() as stack:
        people = await typists(world, stack, item, friends, holds=False)
        for step in friends.steps:
            me, other = people[step.agent], people[1 - step.agent]
            while not me.has_all_of(other, other.typed):
                await me.wait()
            me.type(step)
        await settled(people)
        log = await all_are_equal(world, people)
        assert people[0].text == friends.text
        every_ack_is_in_the_log_once(people, log)
        print(f"{len(friends.steps)} transactions in {len(log)} batches")


async def catch_up(me: Typist, other: Typist, needs: int) -> None:
    """Let in what the next transaction was typed on, and no more than one batch in flight makes necessary."""
    while not me.has_all_of(other, needs):
        if me.held:
            me.release()
        elif other.sent < needs and other.held:
            other.release()  # what is needed waits behind a batch whose ack waits there
        else:
            me.news.clear()
            other.news.clear()
            waiting = {asyncio.ensure_future(p.news.wait()) for p in (me, other)}
            done, rest = await asyncio.wait(waiting, timeout=30, return_when=asyncio.FIRST_COMPLETED)
            for task in rest:
                task.cancel()
            assert done, (me.has, needs, other.sent, other.typed)


async def test_two_people_held_back_end_equal_with_the_same_characters(
    world: World, friends: reference.Concurrent
) -> None:
    item = await new_item(world, "f/payments/held_back")
    async with AsyncExitStack() as stack:
        people = await typists(world, stack, item, friends, holds=True)
        for step in friends.steps:
            me, other = people[step.agent], people[1 - step.agent]
            await catch_up(me, other, step.needs)
            me.type(step)
        await settled(people)
        log = await all_are_equal(world, people)
        every_ack_is_in_the_log_once(people, log)
        for person in people:
            assert person.shown.text == person.text, "each change was told as it was"
        assert Counter(people[0].text) == Counter(friends.text)
        unseen = sum(row["n"] for row in await world.query(
            "select count(*) as n from draft_op where draft_id = $1 and seen < seq - 1", people[0].draft.id
        ))  # fmt: skip
        print(f"{len(friends.steps)} transactions in {len(log)} batches, {unseen} typed without having seen all")
        assert unseen > 100
