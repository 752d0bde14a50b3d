"""Nothing is missed, nothing comes twice, nothing that was acked is lost; and the truth is shown when parts are away.

Edge cases 13, 15–22, 54, 56. Redis and Postgres are the real ones, and really stopped.
"""

import asyncio
import json
import os
import random
import secrets
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

import draftwire
from draftwire.document.ops import Insert, Set, Text
from draftwire.session.events import AlertTold, Rewound, TextsStashed
from draftwire.wire.messages import Alert
from tests.live.conftest import World
from tests.system.bounds import best_within
from tests.waiting import until

pytestmark = pytest.mark.slow

SCRIPT = "f/payments/verify_webhook"
OTHER = "f/growth/weekly_digest"


async def equal(*drafts: draftwire.Draft) -> None:
    """Wait until all are saved and show the same."""

    def same() -> bool:
        return all(d.seq == drafts[0].seq and not d.replica.has_pending and d.value == drafts[0].value for d in drafts)

    try:
        await until(same, "all replicas are equal", within_s=30)
    except AssertionError:
        shown = [(d.seq, d.status, d.replica.has_pending, len(d.get("/content"))) for d in drafts]
        raise AssertionError(f"replicas differ: {shown}") from None


async def stored(world: World, draft: str) -> Any:
    return await world.get(f"/v1/w/{world.workspace}/drafts/{draft}")


async def test_who_opens_while_others_type_misses_nothing_and_gets_nothing_twice(world: World) -> None:
    item = world.items[SCRIPT]
    async with world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="shared")
        typing = True

        async def type_on() -> None:
            number = 0
            while typing:
                draft.insert("/content", f"{number % 10}", 0)
                number += 1
                await draft.saved()

        task = asyncio.create_task(type_on())
        for turn in range(12):
            async with world.connect("grace", turn % 2) as grace:
                other = await grace.open(item=item, purpose="shared")
                began = other.seq
                await until(lambda o=other, b=began: o.seq >= b + 5, "five more batches")
                assert other.replica.confirmed.value["content"].endswith(draft.get("/content")[-200:])
        typing = False
        await task
        assert (await stored(world, draft.id))["value"] == draft.value


async def test_messages_of_two_workers_that_race_arrive_in_one_order_everywhere(world: World) -> None:
    item = world.items[OTHER]
    clients = [world.connect(user, worker) for user, worker in (("ada", 0), ("grace", 1), ("linus", 0), ("ada", 1))]
    async with clients[0] as a, clients[1] as b, clients[2] as c, clients[3] as d:
        drafts = [await client.open(item=item, purpose="shared") for client in (a, b, c, d)]
        rng = random.Random(7)

        async def type_on(draft: draftwire.Draft) -> None:
            for _ in range(60):
                size = len(draft.get("/content"))
                at = rng.randrange(size + 1)
                delete = min(rng.choice((0, 0, 0, 3)), size - at)
                draft.edit(Text("/content", ((at, delete, rng.choice(("ab", "é", "\n", "wörter "))),)))
                if rng.random() < 0.3:
                    await draft.saved()
                else:
                    await asyncio.sleep(0)  # lets messages in; the pace is the server's

        await asyncio.gather(*(type_on(draft) for draft in drafts))
        await equal(*drafts)
        answer = await stored(world, drafts[0].id)
        assert answer["value"] == drafts[0].value
        assert answer["etag"] == drafts[0].etag


async def test_every_acked_batch_is_in_the_log_once_after_kills_a_flush_and_a_restart(world: World) -> None:
    item = world.items[SCRIPT]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        drafts = [await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")]
        typed = {0: 0, 1: 0}
        stop = asyncio.Event()

        async def type_on(number: int) -> None:
            while not stop.is_set():
                drafts[number].insert("/content", "xy"[number], 0 if number else None)
                typed[number] += 1
                await asyncio.sleep(0.004)  # the pace of a writer

        before = {c: drafts[0].get("/content").count(c) for c in "xy"}
        writers = [asyncio.create_task(type_on(number)) for number in (0, 1)]
        await until(lambda: typed[0] > 50, "typing")
        await world.server.kill(0)
        await until(lambda: ada.reconnects >= 1 and drafts[0].replica.live, "ada is back", within_s=30)
        await world.services.flush_valkey()
        await world.server.kill(1)
        await until(lambda: grace.reconnects >= 1 and drafts[1].replica.live, "grace is back", within_s=30)
        await world.services.restart_postgres()
        goal = typed[0] + 50
        await until(lambda: typed[0] > goal, "typing goes on")
        stop.set()
        await asyncio.gather(*writers)
        await asyncio.gather(*(draft.saved() for draft in drafts))
        await equal(*drafts)
        value = (await stored(world, drafts[0].id))["value"]
        assert value == drafts[0].value
        for number, letter in enumerate("xy"):
            assert value["content"].count(letter) - before[letter] == typed[number], "each keystroke once"
        writers_now = await world.get(f"/v1/w/{world.workspace}/drafts/{drafts[0].id}/writers")
        assert all(writer["batches"] == writer["last_no"] for writer in writers_now["writers"])
    await world.server.all_ready()


async def test_while_redis_is_away_edits_still_arrive_and_readiness_says_so(world: World) -> None:
    item = world.items[OTHER]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        valkey = world.services.valkey_pid
        assert valkey is not None
        os.kill(valkey, signal.SIGSTOP)  # it accepts, and never answers: no error anywhere
        try:

            async def degraded() -> bool:
                async with world.server.http(1) as http:
                    answer = await http.get("/readyz")
                    return answer.status_code == 200 and answer.json()["degraded"] == ["redis"]

            await until(degraded, "the probe notices")
            mine.insert("/content", "while it is away ", 0)
            await mine.saved()
            await until(lambda: "while it is away" in theirs.get("/content"), "it arrives")
        finally:
            os.kill(valkey, signal.SIGCONT)

        async def whole() -> bool:
            async with world.server.http(1) as http:
                return (await http.get("/readyz")).json()["degraded"] == []

        await until(whole, "redis is back")
        theirs.insert("/content", "and back ", 0)
        await until(lambda: "and back" in mine.get("/content"), "it arrives by the bus")


async def test_while_postgres_is_away_nothing_is_acked_and_readiness_says_so(world: World) -> None:
    item = world.items[OTHER]
    async with world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="shared")
        await draft.saved()
        async with world.services.postgres_away():
            draft.insert("/content", "not yet ", 0)

            async def unready() -> bool:
                async with world.server.http(0) as http:
                    answer = await http.get("/readyz")
                    # After three seconds "rights" too: on a busy machine it takes so long for PostgreSQL to stop.
                    return answer.status_code == 503 and "postgres" in answer.json()["problems"]

            await until(unready, "not ready", within_s=15)
            assert draft.replica.has_pending, "no false ack"
            assert draft.status != "saved"
        await draft.saved()
        assert "not yet" in (await stored(world, draft.id))["value"]["content"]

    async def ready() -> bool:
        async with world.server.http(0) as http:
            return (await http.get("/readyz")).status_code == 200

    await until(ready, "ready again")


@asynccontextmanager
async def cut_back(world: World, draft: str, seq: int) -> AsyncIterator[None]:
    """What a point-in-time restore does: the batches after ``seq`` never were. Inside, no batch can be committed."""
    connection = await asyncpg.connect(world.database_url, server_settings={"search_path": "draftwire"})
    try:
        async with connection.transaction():
            of_draft = (world.workspace, draft)
            await connection.execute("select from draft where workspace_id = $1 and id = $2 for update", *of_draft)
            yield
            await connection.execute(
                "with cut as (delete from draft_op where workspace_id = $1 and draft_id = $2 and seq > $3)"
                " update draft d set head_seq = $3, head_mark = o.mark from draft_op o"
                " where d.workspace_id = $1 and d.id = $2 and o.workspace_id = $1 and o.draft_id = $2 and o.seq = $3",
                *of_draft,
                seq,
            )
    finally:
        await connection.close()


async def test_a_database_restored_from_an_old_copy_is_noticed_and_what_was_told_saved_is_offered_back(
    world: World,
) -> None:
    """The same seq with another history: the marks tell them apart, nobody is told that all is well."""
    item = world.items["u/ada/exchange_rates"]
    async with world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="shared")
        before = draft.get("/content")
        for _ in range(6):
            draft.insert("/content", "a", 0)
            await draft.saved()
        stashed = asyncio.create_task(_first(draft, TextsStashed))
        offered = asyncio.create_task(_first(draft, Rewound))
        async with cut_back(world, draft.id, 3):
            draft.insert("/content", "pending", 0)
        await asyncio.wait_for(stashed, 10)
        await until(lambda: draft.replica.live and draft.seq == 3, "it began again from what there is")
        rows = await world.query("select reason, texts from stash where draft_id = $1", draft.id)
        assert any("pending" in json.dumps(json.loads(row["texts"])) for row in rows)
        offer = await asyncio.wait_for(offered, 10)
        # "pending", which was never saved, and "aaa", the batches 4–6 that were told saved
        assert offer.ops == (Text("/content", ((0, 0, "pendingaaa"),)),)
        assert draft.get("/content") == "aaa" + before
        assert draft.status == "conflict"
        draft.bring_back()
        await draft.saved()
        assert (await stored(world, draft.id))["value"]["content"] == "pendingaaaaaa" + before


async def test_everybody_notices_a_restored_database_though_nobody_writes(world: World) -> None:
    """The log that is left is a beginning of the one that each worker knows: only its head went back."""
    item = world.items["f/payments/refund_charge"]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        for number in range(6):
            mine.insert("/content", f"{number}", 0)
            await mine.saved()
        await until(lambda: theirs.seq == 6, "both are there")
        offers = [asyncio.create_task(_first(draft, Rewound)) for draft in (mine, theirs)]
        async with cut_back(world, mine.id, 3):
            pass
        for offer in offers:
            assert (await asyncio.wait_for(offer, 10)).ops == (Text("/content", ((0, 0, "543"),)),)
        assert mine.seq == theirs.seq == 3 and mine.value == theirs.value


async def _first(draft: draftwire.Draft, kind: type) -> Any:
    async for event in draft.events():
        if isinstance(event, kind):
            return event
    return None


async def test_events_are_numbered_without_gaps_while_many_write_them(world: World) -> None:
    async def create(number: int) -> None:
        async with world.server.http(number % 2, world.server.token("ada")) as http:
            body = {"kind": "script", "path": f"f/payments/many_{number}_{secrets.token_hex(4)}"}
            for status in (201, 409):  # the second one is rolled back
                answer = await http.post(f"/v1/w/{world.workspace}/items", json=body)
                assert answer.status_code == status, answer.text

    await asyncio.gather(*(create(number) for number in range(24)))
    (row,) = await world.query(  # in one statement: what earlier edits caused may still become events
        "select event_seq, array(select number from event e where e.workspace_id = c.workspace_id order by number)"
        " as numbers from workspace_clock c where workspace_id = $1",
        world.workspace,
    )
    assert row["numbers"] == list(range(1, row["event_seq"] + 1))


async def test_a_workspace_channel_gets_every_event_once_in_order(world: World) -> None:
    socket, _ = await world.socket("ada", 1)
    await socket.send(json.dumps({"t": "subscribe", "ref": 1, "channel": f"workspace:{world.workspace}"}))
    last = (await _next(socket, "event"))["number"]
    async with world.server.http(0, world.server.token("ada")) as http:
        for number in range(5):
            body = {"kind": "script", "path": f"f/payments/told_{number}_{secrets.token_hex(4)}"}
            await http.post(f"/v1/w/{world.workspace}/items", json=body)
    seen: list[int] = []
    while len(seen) < 5:
        seen += [event["number"] for event in (await _next(socket, "event")).get("events", ())]
    assert seen[:5] == list(range(last + 1, last + 6))
    await socket.close()


async def _next(socket: Any, kind: str) -> dict[str, Any]:
    """The next message of this kind; pings are answered, others passed over."""
    async with asyncio.timeout(10):
        while True:
            message: dict[str, Any] = json.loads(await socket.recv())
            if message["t"] == "ping":
                await socket.send(json.dumps({"t": "pong", "n": message["n"]}))
            elif message["t"] == kind:
                return message


async def test_a_large_document_comes_in_pieces_and_small_messages_between(world: World) -> None:
    async with world.server.http(0, world.server.token("ada")) as http:
        value = {"summary": "", "description": "", "language": "python3", "content": "# 語\n" * 400_000, "schema": {}}
        body = {"kind": "script", "path": f"f/payments/large_{secrets.token_hex(4)}", "value": value}
        answer = await http.post(f"/v1/w/{world.workspace}/items", json=body)
        assert answer.status_code == 201, answer.text
        item = answer.json()["item"]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        assert mine.value == value
        mine.insert("/content", "x" * 1_000_000, 0)  # a paste of 1 MB
        await mine.saved()
        await until(lambda: theirs.get("/content").startswith("xxx"), "it arrives")
        await equal(mine, theirs)


async def test_a_slow_reader_holds_nobody_up_and_is_served_from_the_log_when_it_reads_again(world: World) -> None:
    item = world.items[OTHER]
    slow, _ = await world.socket("linus", 0)
    await slow.send(json.dumps({"t": "open", "ref": 1, "item": item, "purpose": "shared"}))
    state = await _next(slow, "state")
    slow.transport.pause_reading()
    pongs = asyncio.create_task(_answer_pings_unread(slow))  # it lives, it only does not read
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        filler = "".join(random.Random(1).choices("abcdef\n", k=20_000))
        for _ in range(150):  # 3 MB of ops, far more than its socket takes
            size = len(mine.get("/content"))
            mine.edit(Text("/content", ((0, min(size, 20_000), filler),)))
            await mine.saved()
        await equal(mine, theirs)
        slow.transport.resume_reading()
        seq = state["seq"]
        while seq < mine.seq:
            message = json.loads(await asyncio.wait_for(slow.recv(), 30))
            if message["t"] == "ops":
                assert message["from"] <= seq
                seq = max(seq, message["to"])
            elif message["t"] == "state":
                seq = message["seq"]
    pongs.cancel()
    await slow.close()


async def _answer_pings_unread(socket: Any) -> None:
    while True:
        await socket.send(json.dumps({"t": "pong", "n": 0}))
        await asyncio.sleep(0.3)  # the pace of a peer


async def test_an_alert_reaches_both_workers_within_a_second_and_closes_when_both_have_seen(world: World) -> None:
    await best_within(1.0, lambda: clash_and_see(world), "the alert is told to both")


async def clash_and_see(world: World) -> float:
    """Gives how long it took until both were told."""
    item = world.items[OTHER]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine = await ada.open(item=item, purpose="shared")
        theirs = await grace.open(item=item, purpose="shared")
        await equal(mine, theirs)
        told = [asyncio.create_task(_alert(mine)), asyncio.create_task(_alert(theirs))]
        await asyncio.sleep(0)  # the listeners are there before anything happens
        began = time.monotonic()
        mine.insert("/content", "mine", 0)  # both at one point, neither has seen the other
        theirs.insert("/content", "theirs", 0)
        first, second = await asyncio.wait_for(asyncio.gather(*told), 10)
        took_s = time.monotonic() - began
        assert first.id == second.id
        assert first.kind == "overlap"
        assert first.reason == "clash"
        assert {side.text for side in first.sides} == {"mine", "theirs"}

        def open_somewhere() -> bool:
            return any(alert.id == first.id for draft in (mine, theirs) for alert in draft.alerts)

        await until(lambda: not open_somewhere(), "it closes", within_s=20)
        rows = await world.query("select state from alert where id = $1", first.id)
        assert rows[0]["state"] == "closed"
        return took_s


async def test_two_replacements_of_a_line_stay_a_conflict_until_somebody_writes_there_and_a_deploy_warns(
    world: World,
) -> None:
    value = {"language": "python3", "content": "one line\n" * 9}
    async with world.server.http(0, world.server.token("ada")) as http:
        made = await http.post(
            f"/v1/w/{world.workspace}/items",
            json={"kind": "script", "path": "f/payments/replaced_twice", "value": value},
        )
    item = made.json()["item"]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        await equal(mine, theirs)
        whole = len("one line")
        mine.edit(Text("/content", ((0, whole, "const API = 'v2'"),)))
        theirs.edit(Text("/content", ((0, whole, "const API = 'v9'"),)))
        stays = await _open_one(mine, 1)
        assert not stays.fades
        for draft in (mine, theirs):
            await draft.saved()
        await equal(mine, theirs)
        end = len(mine.get("/content").rstrip())
        mine.insert("/content", "mine", end)
        theirs.insert("/content", "theirs", end)
        fading = next(alert for alert in await _all_open(mine, 2) if alert.id != stays.id)
        assert fading.fades
        await until(lambda: fading.id not in {alert.id for alert in mine.alerts}, "the marker closes", within_s=20)
        assert [alert.id for alert in mine.alerts] == [stays.id], "more than alert_close_s later"
        async with world.server.http(0, world.server.token("ada")) as http:
            at = f"/v1/w/{world.workspace}/drafts/{mine.id}"
            found = (await http.get(at)).json()
            assert [(alert["id"], alert["line_from"], alert["seq"]) for alert in found["alerts"]] == [
                (stays.id, 1, found["seq"])
            ]
            asked = {"etag": found["etag"], "expected_version": found["head_version"]}
            shipped = await http.post(f"{at}/deploy", json=asked)
        assert [alert["id"] for alert in shipped.json()["conflicts"]] == [stays.id], shipped.text
        line = mine.get("/content").split("\n")[0]
        mine.edit(Text("/content", ((0, len(line), "const API = 'v10'"),)))
        await until(lambda: not mine.alerts, "a person has written there with both on screen", within_s=20)


async def test_two_whole_lists_written_at_once_are_a_conflict_with_both_in_it_and_not_the_last_ones_alone(
    world: World,
) -> None:
    """Live edits know no sets: whoever replaces a list of names whole replaces it; so nothing of it goes unsaid."""
    value = {"language": "python3", "content": "", "schema": {"type": "object", "required": ["a"]}}
    async with world.server.http(0, world.server.token("ada")) as http:
        made = await http.post(
            f"/v1/w/{world.workspace}/items",
            json={"kind": "script", "path": "f/payments/two_lists", "value": value},
        )
    item = made.json()["item"]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        await equal(mine, theirs)
        mine.edit(Set("/schema/required", ["a", "mine"]))
        theirs.edit(Set("/schema/required", ["a", "theirs"]))
        alert = await _open_one(mine, 1)
        assert (alert.kind, alert.address, alert.fades) == ("overlap", "/schema/required", False)
        assert sorted(side.text for side in alert.sides) == [["a", "mine"], ["a", "theirs"]]
        for draft in (mine, theirs):
            await draft.saved()
        await equal(mine, theirs)
        assert mine.get("/schema/required") in (["a", "mine"], ["a", "theirs"])


async def test_whole_values_that_a_client_sets_or_inserts_have_lf_in_their_texts_at_once_and_are_kept_so(
    world: World,
) -> None:
    """As with `PUT` and `insert`: no text goes into the stash for its line ends."""
    value = {"summary": "", "value": {"modules": []}}
    async with world.server.http(0, world.server.token("ada")) as http:
        made = await http.post(
            f"/v1/w/{world.workspace}/items", json={"kind": "flow", "path": "f/payments/line_ends", "value": value}
        )
    item = made.json()["item"]
    async with world.connect("ada", 0) as ada, world.connect("grace", 1) as grace:
        mine, theirs = await ada.open(item=item, purpose="shared"), await grace.open(item=item, purpose="shared")
        module = {"id": "a", "value": {"type": "rawscript", "language": "bun", "content": "one\r\ntwo\r"}}
        mine.edit(
            Insert("/value/modules", module),
            Set("/summary", "a\rb"),
            Set("a/value/lock", "x\r\n"),
            Set("a/label", "\r"),
        )
        assert (mine.get("a/value/content"), mine.get("/summary")) == ("one\ntwo\n", "a\nb")
        assert mine.get("a/label") == "\r", "no text leaf"
        await mine.saved()
        await equal(mine, theirs)
        assert theirs.get("a/value/content") == "one\ntwo\n"


async def _all_open(draft: draftwire.Draft, count: int) -> tuple[Alert, ...]:
    await until(lambda: len(draft.alerts) == count, f"{count} alerts are open")
    return tuple(draft.alerts)


async def _open_one(draft: draftwire.Draft, count: int) -> Alert:
    (alert,) = await _all_open(draft, count)
    return alert


async def _alert(draft: draftwire.Draft) -> Alert:
    event: AlertTold = await _first(draft, AlertTold)
    return event.alert


async def test_a_worker_that_is_told_to_stop_tells_its_sockets_when_to_come_back(world: World) -> None:
    item = world.items[OTHER]
    async with world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="shared")
        raw, _ = await world.socket("grace", 0)
        pid = await world.server.pid(0)
        draft.insert("/content", "in flight ", 0)
        os.kill(pid, signal.SIGTERM)
        bye = await _next(raw, "bye")
        assert 0 < bye["reconnect_after_ms"] <= 1000
        await asyncio.wait_for(raw.wait_closed(), 30)
        assert raw.close_code == 4000
        await until(lambda: ada.reconnects >= 1 and draft.replica.live, "back on the next worker", within_s=30)
        await draft.saved()
        assert "in flight" in (await stored(world, draft.id))["value"]["content"]
    await world.server.all_ready()


async def test_a_full_document_grows_no_further_but_can_be_cut_down(world: World) -> None:
    large = "a" * (16 * 1024 * 1024 - 2000)
    value = {"summary": "", "description": "", "language": "python3", "content": large, "schema": {}}
    async with world.server.http(0, world.server.token("ada")) as http:
        body = {"kind": "script", "path": f"f/payments/full_{secrets.token_hex(4)}", "value": value}
        answer = await http.post(f"/v1/w/{world.workspace}/items", json=body)
        assert answer.status_code == 201, answer.text
        item = answer.json()["item"]
    async with world.connect("ada", 0) as ada:
        draft = await ada.open(item=item, purpose="shared")
        draft.insert("/content", "b" * 3000, 0)  # goes beyond the limit once
        await draft.saved()
        draft.insert("/content", "c", 0)
        with pytest.raises(draftwire.Problem):
            await draft.saved()
        draft.dismiss_parked()
        draft.edit(Text("/content", ((0, 1_000_000, ""),)))
        await draft.saved()
        draft.insert("/content", "d", 0)
        await draft.saved()
        assert draft.get("/content").startswith("d")
