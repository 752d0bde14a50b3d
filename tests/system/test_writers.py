"""Several writers on two workers: structure and text at random with cut connections; what is an alert, what is none."""

import asyncio
import contextlib
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import msgspec
import pytest

import draftwire
from draftwire.document.document import Document
from draftwire.document.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.document.values import same
from draftwire.errors import Problem
from draftwire.session.events import Acked
from draftwire.text.units import length
from draftwire.wire.messages import Alert
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.dev.seed import load_seed
from tests.live.conftest import World, seeded
from tests.system.bounds import best_within
from tests.system.cluster import cluster
from tests.waiting import until

pytestmark = pytest.mark.slow

FLOW = "f/payments/reconcile_payouts"
USERS = ("ada", "grace", "linus")
MODULES = "/value/modules"
NOWHERE = "ws://127.0.0.1:9/v1/ws"  # the discard port: nobody listens
HELD_S = 2.1  # longer than an overlap may be unseen before it is stale
LINE = "the first word and the last\n"


@pytest.fixture(scope="module")
async def world(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    """Two workers with the times of production: a tab that is held back for seconds stays connected."""
    items, workspace = await seeded(module_database_url)
    async with cluster(module_database_url, services.redis_url, workers=2) as server:
        yield World(server, services, module_database_url, items, workspace)


class Writer:
    """Draws ops on a flow as it stands, every word typed its own."""

    def __init__(self, seed: int, name: str) -> None:
        self.random = random.Random(seed)
        self.name = name
        self.number = 0

    def word(self) -> str:
        self.number += 1
        return f"<{self.name}{self.number}😀>"

    def op(self, value: dict[str, Any]) -> Op:
        modules = value["value"]["modules"]
        ids = [module["id"] for module in modules]
        kind = self.random.choice(["text"] * 6 + ["insert", "move", "remove", "set"]) if ids else "insert"
        at = self.random.choice(ids) if ids else ""
        if kind == "text":
            texts = [m for m in modules if isinstance(m["value"].get("content"), str)]
            if texts:
                module = self.random.choice(texts)
                content = module["value"]["content"]
                place = self.random.randint(0, len(content))
                gone = content[place : place + self.random.choice([0, 0, 1, 3])]
                word = self.word()
                return Text(f"{module['id']}/value/content", ((length(content[:place]), length(gone), word),))
            kind = "insert"
        if kind == "remove" and len(ids) > 3:
            return Remove(at)
        if kind == "move":
            return Move(at, MODULES, None, self.random.choice([*ids, None]))
        if kind == "set":
            return Set(f"{at}/summary", self.word())
        fresh = self.random.choice(["n", "m", f"x{self.random.randint(0, 9)}"])  # others choose the same
        body = {"type": "rawscript", "language": "bun", "content": self.word()}
        return Insert(MODULES, {"id": fresh, "value": body}, self.random.choice([*ids, None]), None)


async def log_of(world: World, draft: str) -> list[dict[str, Any]]:
    batches: list[dict[str, Any]] = []
    while True:
        page = await world.get(f"/v1/w/{world.workspace}/drafts/{draft}/log?after={len(batches)}")
        batches += page["batches"]
        if len(batches) == page["seq"]:
            return batches


async def write_for_a_while(client: draftwire.Client, draft: draftwire.Draft, writer: Writer, batches: int) -> None:
    for number in range(batches):
        for _ in range(writer.random.choice([1, 1, 1, 4])):
            with contextlib.suppress(Problem):  # an op that does not fit here changes nothing
                draft.edit(writer.op(draft.value))
        if number == batches // 2 or writer.random.random() < 0.06:
            await client.drop_connection()
        if writer.random.random() < 0.5:
            with contextlib.suppress(Problem):  # a conflict: its text is parked, and told
                await draft.saved()
        else:
            await asyncio.sleep(0)
        client.session.dismiss_parked(draft.id)


@pytest.mark.parametrize(("seed", "people"), [(1, 2), (2, 3), (3, 5)])
async def test_structure_and_text_at_random_with_cut_connections_end_equal_to_the_log(
    world: World, seed: int, people: int
) -> None:
    item = world.items[FLOW]
    async with AsyncExitStack() as stack:
        acked: list[set[tuple[int, int]]] = []
        drafts: list[draftwire.Draft] = []
        clients = []
        for number in range(people):
            client = await stack.enter_async_context(world.connect(USERS[number % 3], number % 2))
            draft = await client.open(item=item, purpose="shared")
            mine: set[tuple[int, int]] = set()

            def heard(event: Any, mine: set[tuple[int, int]] = mine, draft: draftwire.Draft = draft) -> None:
                if isinstance(event, Acked):
                    assert (event.w, event.no) not in mine, "an ack comes once"
                    mine.add((event.w, event.no))
                type(draft)._hear(draft, event)

            draft._hear = heard  # type: ignore[method-assign]
            acked.append(mine)
            drafts.append(draft)
            clients.append(client)
        begun = drafts[0].seq
        writers = [Writer(seed * 100 + number, f"p{seed}{number}") for number in range(people)]
        await asyncio.gather(
            *(write_for_a_while(c, d, w, 60) for c, d, w in zip(clients, drafts, writers, strict=True))
        )

        def rest() -> bool:
            return all(not d.replica.has_pending and d.replica.live and d.seq == drafts[0].seq for d in drafts)

        await until(rest, "everything has arrived", within_s=30)
        assert sum(client.reconnects for client in clients) > 0
        assert drafts[0].seq > begun
        for draft in drafts[1:]:
            assert same(draft.value, drafts[0].value)
        log = await log_of(world, drafts[0].id)
        deployed = next(seeded_item.value for seeded_item in load_seed().items if seeded_item.path == FLOW)
        document = Document.load(deployed, drafts[0].replica.shape)
        for batch in log:
            for op in msgspec.convert(batch["ops"], tuple[Op, ...]):
                applied = document.apply(op, batch["w"])
                assert applied.effect is not None
                assert applied.effect.op == op, "the log holds what was done"
                document = applied.document
        assert same(document.value, drafts[0].value)
        Document.load(document.value, drafts[0].replica.shape)  # ids are unique, or it refuses
        stored = Counter((batch["w"], batch["no"]) for batch in log)
        assert max(stored.values()) == 1
        for mine in acked:
            assert mine
            assert mine <= stored.keys()


# ---- what is an alert


async def two_on_one_line(world: World, stack: AsyncExitStack, path: str) -> tuple[Any, Any, Any, Any]:
    async with world.server.http(0, world.server.token("ada")) as http:
        value = {"language": "python3", "content": "# above\n" + LINE + "# below\n"}
        answer = await http.post(
            f"/v1/w/{world.workspace}/items", json={"kind": "script", "path": path, "value": value}
        )
        assert answer.status_code == 201, answer.text
    item = answer.json()["item"]
    ada = await stack.enter_async_context(world.connect("ada", 0))
    grace = await stack.enter_async_context(world.connect("grace", 1))
    return ada, grace, await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")


async def alerts_of(world: World, draft: draftwire.Draft) -> list[Any]:
    return await world.query("select kind, reason, sides from draftwire.alert where draft_id = $1", draft.id)


async def told(draft: draftwire.Draft) -> Alert:
    """The alert that is told."""
    await until(lambda: draft.alerts, "the alert is told")
    assert len(draft.alerts) == 1
    return draft.alerts[0]


def position(draft: draftwire.Draft, word: str) -> int:
    return int(draft.get("/content").index(word))


async def test_two_people_who_type_on_one_line_for_a_minute_raise_no_alert(world: World) -> None:
    async with AsyncExitStack() as stack:
        _, _, mine, hers = await two_on_one_line(world, stack, "f/payments/one_line")

        async def type_after(draft: draftwire.Draft, word: str) -> None:
            anchor = draft.anchor("/content", position(draft, word) + len(word))
            for number in range(300):  # a minute at five keys a second
                draft.insert(anchor, "abcdefghi "[number % 10])
                if number % 3 == 0:
                    await asyncio.sleep(0.01)  # a typist's pace, faster than people

        await asyncio.gather(type_after(mine, "first"), type_after(hers, "last"))
        await mine.saved()
        await hers.saved()
        await until(lambda: mine.value == hers.value and mine.seq == hers.seq, "both have all")
        unseen = await world.query(
            "select count(*) as n from draftwire.draft_op where draft_id = $1 and seen < seq - 1", mine.id
        )
        assert unseen[0]["n"] > 5, "they did type at once"
        assert await alerts_of(world, mine) == []


async def test_a_tab_held_back_for_two_seconds_on_the_same_line_raises_one_alert(world: World) -> None:
    await best_within(1.0, lambda: hold_back_and_type(world), "the alert is told")


async def hold_back_and_type(world: World) -> float:
    """Gives how long it took until the alert was told."""
    async with AsyncExitStack() as stack:
        _, grace, mine, hers = await two_on_one_line(world, stack, f"f/payments/held_{secrets.token_hex(4)}")
        grace._socket.transport.pause_reading()
        mine.insert("/content", "very ", position(mine, "first"))
        await mine.saved()
        await asyncio.sleep(HELD_S)  # how long the tab is held back is what the rule is about
        began = time.monotonic()
        hers.insert("/content", "of all", position(hers, "last") + 4)
        hers.insert("/content", "!", position(hers, "of all") + 6)
        alert = await told(mine)
        took_s = time.monotonic() - began
        grace._socket.transport.resume_reading()
        assert (alert.kind, alert.reason) == ("overlap", "stale")
        assert {side.actor.name.split()[0] for side in alert.sides} == {"Ada", "Grace"}
        assert sorted(str(side.text) for side in alert.sides) == ["of all!", "very "]
        assert (alert.line_from, alert.line_to) == (2, 2)
        assert (await told(hers)).id == alert.id
        await hers.saved()
        assert len(await alerts_of(world, mine)) == 1
        return took_s


async def test_text_typed_offline_into_what_others_changed_meanwhile_raises_one_alert(world: World) -> None:
    await best_within(1.0, lambda: go_offline_and_type(world), "the alert is told")


async def go_offline_and_type(world: World) -> float:
    """Gives how long it took until the alert was told, from when her text was there."""
    async with AsyncExitStack() as stack:
        _, grace, mine, hers = await two_on_one_line(world, stack, f"f/payments/offline_{secrets.token_hex(4)}")
        online, grace._url = grace._url, NOWHERE
        await grace.drop_connection()
        await until(lambda: hers.status == "offline", "she is offline")
        for letter in "bright ":
            hers.insert("/content", letter, position(hers, "word") - 1)
        assert hers.status == "local"
        mine.edit(Text("/content", ((position(mine, "first"), len("first word"), "second verse"),)))
        await mine.saved()
        grace._url = online
        await hers.saved()
        began = time.monotonic()
        alert = await told(mine)
        took_s = time.monotonic() - began
        assert (alert.kind, alert.reason) == ("overlap", "clash")
        assert sorted(str(side.text).strip() for side in alert.sides) == ["bright", "second verse"]
        assert (await told(hers)).id == alert.id
        await until(lambda: mine.value == hers.value, "both have all")
        assert "second verse" in mine.get("/content")
        assert "bright" in mine.get("/content")
        assert len(await alerts_of(world, mine)) == 1
        return took_s
