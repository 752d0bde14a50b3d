"""Real editing, replayed through real WebSockets and two workers, each writer on a worker of its own.

`friendsforever` is two people typing at once with a second between them. Where a character stands is carried by ids
(`tests.reference`), never by the engine. Delivered at once, the end is the trace's own; held back as far as one batch
in flight allows, all copies must be equal, equal an independent replay of the log, and hold the same characters.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from draftwire.document.ops import Text
from draftwire.wire.messages import Alert
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.edits.clash import STALE_AFTER_S
from tests import reference
from tests.clash_oracle import Sent, clashes_of
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


def tell(used: str) -> None:
    """Say how much of a trace was used; shown with `-s` or `-rP`."""
    sys.stdout.write(used + "\n")


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
        await either(*people)


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
        tell(f"{len(friends.steps)} transactions in {len(log)} batches")


async def alerts_are_those_of_the_oracle(world: World, people: tuple[Typist, Typist], log: list[dict[str, Any]]) -> int:
    """Each batch opened an alert, or went on with one, exactly where the oracle finds a clash; gives how many did.

    The oracle knows no clock: batches that met something old enough to be stale, on a machine that was busy for long,
    are left out.
    """
    edits = {}
    for person in people:
        for no, sent in person.edits.items():
            mine = [splice for op in sent.ops for splice in op.s]  # type: ignore[union-attr]
            assert len(sent.ops) == 1
            edits[(person.draft.w, no)] = Sent(person.draft.w, sent.base, sent.seen, mine)
    at_once = {batch["seq"] for batch in log if not _may_be_stale(batch, log, edits[(batch["w"], batch["no"])].seen)}
    expected = {seq: lines for seq, lines in clashes_of(log, edits).items() if seq in at_once}
    by_w = {person.draft.w: person for person in people}
    told = {
        batch["seq"]: by_w[batch["w"]].wire_alerts[batch["seq"]]
        for batch in log
        if batch["seq"] in by_w[batch["w"]].wire_alerts
    }
    assert sorted(at_once & told.keys()) == sorted(expected)
    opened = set()
    for seq, alerts in told.items():
        # Each clash opens one at the most; a batch may go on with more, where it touches several that are open.
        assert seq not in at_once or sum(isinstance(each, Alert) for each in alerts) <= len(expected[seq])
        for alert in alerts:
            if not isinstance(alert, Alert):
                assert alert in opened, "it goes on with one that was opened before"
                continue
            opened.add(alert.id)
            if seq in at_once:
                assert (alert.kind, alert.reason, alert.seq) == ("overlap", "clash", seq)
                assert (alert.line_from, alert.line_to) in expected[seq]
    stored = await world.query("select id from alert where draft_id = $1", people[0].draft.id)
    assert {row["id"] for row in stored} == opened
    return len(expected)


def _may_be_stale(batch: dict[str, Any], log: list[dict[str, Any]], seen: int) -> bool:
    """Whether a batch met one of the other's that was not seen and two seconds old."""
    unseen = (other for other in log[seen : batch["seq"] - 1] if other["w"] != batch["w"])
    return any(batch["at"] - other["at"] >= STALE_AFTER_S for other in unseen)


async def catch_up(me: Typist, other: Typist, needs: int) -> None:
    """Let in what the next transaction was typed on, and no more than one batch in flight makes necessary."""
    deadline = time.monotonic() + 30
    while not me.has_all_of(other, needs):
        if me.held:
            me.release()
        elif other.sent < needs and other.held:
            other.release()  # what is needed waits behind a batch whose ack waits there
        else:
            assert time.monotonic() < deadline, f"{needs} are not there: {me}; {other}"
            await either(me, other)


async def either(me: Typist, other: Typist) -> None:
    """Wait until something happens to one of two; if nothing does for a moment, let time pass for both."""
    me.news.clear()
    other.news.clear()
    waiting = {asyncio.ensure_future(p.news.wait()) for p in (me, other)}
    done, rest = await asyncio.wait(waiting, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    me.check()
    other.check()
    if not done:
        me.tick()
        other.tick()
        if other.held:
            other.release()


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
        clashes = await alerts_are_those_of_the_oracle(world, people, log)
        tell(
            f"{len(friends.steps)} transactions in {len(log)} batches, {unseen} typed without having seen all, "
            f"{clashes} met"
        )
        assert unseen > 100


ROUNDS, ACTIONS = 30, 40


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_alerts_of_two_who_type_into_each_other_are_those_of_the_oracle(world: World, seed: int) -> None:
    """People in the trace keep out of each other's way; these don't."""
    draw = random.Random(seed)
    item = await new_item(world, f"f/payments/into_each_other_{seed}")
    async with AsyncExitStack() as stack:
        people = await typists(world, stack, item, reference.Concurrent({"txns": []}), holds=True)
        for _ in range(ROUNDS):
            for _ in range(ACTIONS):
                person = draw.choice(people)
                action = draw.random()
                if action < 0.5:
                    size = len(person.text)
                    position = draw.randint(0, min(size, 40))
                    delete = min(draw.choice([0, 0, 0, 1, 2, 6]), size - position)
                    insert = "".join(draw.choices("ab \n", k=draw.choice([0, 1, 1, 2])))
                    if delete or insert:
                        person.splice(position, delete, insert)
                elif action < 0.7 and person.held:
                    person.release()
                else:
                    await asyncio.sleep(0.001)  # the workers' turn
            await settled(people)  # so that hardly anything is old enough to be stale
        log = await all_are_equal(world, people)
        clashes = await alerts_are_those_of_the_oracle(world, people, log)
        tell(f"{len(log)} batches, {clashes} met")
        assert clashes > 50


FAULT_EVERY = 1_500  # transactions


async def test_acked_edits_are_in_the_log_once_whatever_is_killed_flushed_or_restarted(
    world: World, friends: reference.Concurrent
) -> None:
    item = await new_item(world, "f/payments/faults")
    faults = [
        lambda: world.server.kill(0),
        world.services.flush_valkey,
        world.services.restart_postgres,
        lambda: world.server.kill(1),
        world.services.restart_valkey,
    ]
    async with AsyncExitStack() as stack:
        people = await typists(world, stack, item, friends, holds=True)
        under_way: list[asyncio.Future[Any]] = []
        for number, step in enumerate(friends.steps):
            me, other = people[step.agent], people[1 - step.agent]
            if number % FAULT_EVERY == FAULT_EVERY // 2:
                await asyncio.gather(*under_way)
                under_way = [asyncio.ensure_future(faults[number // FAULT_EVERY % len(faults)]())]
            await catch_up(me, other, step.needs)
            me.type(step)
        await asyncio.gather(*under_way)
        await world.server.all_ready()
        await settled(people)
        log = await all_are_equal(world, people)
        every_ack_is_in_the_log_once(people, log)
        assert all(person.connections > 2 for person in people)
        kept = Counter(people[0].text)
        tell(f"{len(friends.steps)} transactions in {len(log)} batches, {[p.connections for p in people]} connections")
        parked = sum(len(text.mine) for person in people for text in person.parked)
        assert parked == 0, "nothing was taken for another history"
        assert not kept - Counter(friends.characters), "nothing is there twice"


async def test_a_text_with_wide_characters_is_typed_by_one_writer_to_its_end(world: World) -> None:
    trace = reference.load("json-crdt-blog-post")
    assert max(trace["endContent"]) > "\u007f"
    item = await new_item(world, "f/payments/blog_post")
    text = trace["startContent"]
    async with world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="shared")
        for number, txn in enumerate(trace["txns"]):
            for position, delete, insert in txn["patches"]:
                at = reference.units(text[:position])
                gone = reference.units(text[position : position + delete])
                draft.edit(Text(LEAF, ((at, gone, insert),)))
                text = text[:position] + insert + text[position + delete :]
            if number % 8 == 0:
                await asyncio.sleep(0)  # the socket's turn
        assert draft.get(LEAF) == text == trace["endContent"]
        seq = await draft.saved()
        log = await log_of(world, draft.id)
        assert len(log) == seq
        replayed = ""
        for batch in log:
            for op in batch["ops"]:
                replayed = reference.splice_units(replayed, op["s"])
        assert replayed == trace["endContent"]
        async with world.connect("grace", 1) as fresh:
            assert (await fresh.open(draft=draft.id)).get(LEAF) == trace["endContent"]
        tell(f"{len(trace['txns'])} transactions in {seq} batches")
