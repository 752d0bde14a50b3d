"""Webhooks against a real little server: signed, at least once, again until they pass, nowhere they may not."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator

import pytest

from draftwire import Api, Problem
from draftwire.rest.webhooks import Delivery
from draftwire.webhooks import BadSignature, verify
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.limits.retention import EVENTS_KEPT_DAYS
from draftwire_server.services.events.delivery import AT_ONCE
from tests.drafts.desk import Desk, desk
from tests.events.receiver import Receiver, ok, receiving
from tests.items.house import code_of
from tests.system.cluster import cluster
from tests.system.world import EVERYTHING, world
from tests.waiting import until

pytestmark = pytest.mark.slow

TIMINGS = {
    "webhook_retry_s": 0.05, "webhook_retry_max_s": 0.2, "webhook_poll_s": 0.1, "webhook_total_s": 30.0,
}  # fmt: skip


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[Desk]:
    environ = {"DRAFTWIRE_WEBHOOK_HOSTS": "127.0.0.1"}
    async with desk(module_database_url, services.redis_url, environ=environ, **TIMINGS) as made:
        for name in ("dana", "eli"):
            await made.world.member(name, "editor", one=EVERYTHING)
        yield made


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture(autouse=True)
async def closed(home: Desk) -> AsyncIterator[None]:
    yield
    for hook in (await home.api("root").webhooks.list()).webhooks:
        await home.api("root").webhooks.delete(hook.id)
    await home.world.close_clients()
    await home.close_apis()


async def delivery(api: Api, hook: str, number: int, state: str) -> Delivery:
    async def reached() -> Delivery | None:
        found = [each for each in (await api.webhooks.deliveries(hook)).deliveries if each.number == number]
        return found[0] if found and found[0].state == state else None

    found = await until(reached, f"event {number} is {state}")
    assert found is not None
    return found


async def head(home: Desk) -> int:
    return (await home.api("root").events.read()).next


async def test_an_event_is_sent_signed_as_the_standard_says(home: Desk, receiver: Receiver) -> None:
    api = home.api("dana")
    made = await api.webhooks.make(receiver.url("/t0ken"), types=["item.*", "version.*"], description="our build")
    assert made.secret.startswith("whsec_")
    item, draft = await home.own("dana")
    state = await api.drafts.get(draft)
    await api.deploys.deploy(draft, state.etag, 0)
    await until(lambda: len(receiver.came) == 2, "both came")
    for each in receiver.came:
        verify(each.body, each.headers, [made.secret])
        with pytest.raises(BadSignature):
            verify(each.body + b" ", each.headers, [made.secret])
    first, second = sorted(receiver.came, key=lambda each: each.number)
    assert first.headers["content-type"] == "application/json"
    assert first.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (first.message["type"], second.message["type"]) == ("item.created", "version.deployed")
    (event,) = (await api.events.read(second.number - 1, limit=1)).events
    data = second.message["data"]
    assert (data["workspace"], data["item"], data["data"], data["number"]) == (
        home.world.workspace, item, {"version": 1, "draft": draft}, event.number,
    )  # fmt: skip
    assert second.message["timestamp"].endswith("Z")
    assert first.headers["webhook-id"] == f"evt_{home.world.workspace}_{first.number}"
    log = await delivery(api, made.webhook.id, first.number, "delivered")
    assert (log.tries, [a.status for a in log.attempts], log.next_at) == (1, [200], None)
    shown = await api.webhooks.get(made.webhook.id)
    assert (shown.description, shown.failing_since, shown.owner.username if shown.owner else "") == (
        "our build", None, "dana",
    )  # fmt: skip
    assert made.secret not in str(await api.webhooks.list())
    rows = str([tuple(row) for row in await home.world.rows("select * from webhook_key")])
    assert made.secret not in rows and made.secret.removeprefix("whsec_") not in rows
    assert made.secret not in home.server.log and "t0ken" not in home.server.log


async def test_one_gets_what_its_owner_may_see_as_it_is_when_it_is_sent(home: Desk, receiver: Receiver) -> None:
    await home.world.member("walt", "editor", one=frozenset({"see"}))
    own = await home.api("walt").webhooks.make(receiver.url("/walt"), types=["item.*"])
    everything = await home.api("root").webhooks.make(
        receiver.url("/all"), types=["item.*", "group.*"], everything=True
    )
    assert everything.webhook.owner is None
    seen = await home.item("dana")
    hidden = await home.item("ben", folder="three")
    await home.api("root").groups.add(f"g{secrets.token_hex(4)}")
    await until(lambda: len(receiver.at("/all")) == 3 and receiver.at("/walt"), "they came")
    assert [each.message["data"]["item"] for each in receiver.at("/walt")] == [seen]
    assert hidden in {each.message["data"].get("item") for each in receiver.at("/all")}

    # What waits is held back when the right is taken away meanwhile.
    receiver.answer = lambda each: ok(503) if each.path == "/walt" else ok()
    await home.item("dana")
    await until(lambda: len(receiver.at("/walt")) > 1, "it is tried")
    number = receiver.at("/walt")[-1].number
    for grant in (await home.api("root").grants.list(user=await home.user_id("walt"))).grants:
        await home.api("root").grants.end(grant.id)
    # It is not answered otherwise from now on: an attempt may be under way that began before.
    found = await delivery(home.api("root"), own.webhook.id, number, "withheld")
    assert all(attempt.status == 503 for attempt in found.attempts)


async def test_a_webhook_is_deleted_while_it_is_told_what_became_of_a_delivery(home: Desk, receiver: Receiver) -> None:
    """The one holds the webhook and waits for its deliveries, the other must not hold one of these meanwhile."""
    api = home.api("dana")
    receiver.answer = lambda _: ok(503)  # so that the webhook's row changes too
    hook = (await api.webhooks.make(receiver.url(), types=["item.*"])).webhook
    receiver.may_answer.clear()
    await home.item("dana")
    await until(lambda: receiver.came, "it is sent")
    waits = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    async with home.world.store() as connection, connection.transaction():
        await connection.execute("select 1 from webhook where id = $1 for update", hook.id)
        receiver.may_answer.set()
        await until(lambda: home.world.rows(waits), "what became of it waits for the webhook")
        await connection.execute("select 1 from webhook_delivery where webhook_id = $1 for update nowait", hook.id)
        await connection.execute("delete from webhook where id = $1", hook.id)
    assert await code_of(api.webhooks.get(hook.id)) == "not_found"


async def test_who_may_handle_which(home: Desk, receiver: Receiver) -> None:
    mine = (await home.api("dana").webhooks.make(receiver.url())).webhook
    all_ = (await home.api("root").webhooks.make(receiver.url(), everything=True)).webhook
    assert [h.id for h in (await home.api("dana").webhooks.list()).webhooks] == [mine.id]
    assert {h.id for h in (await home.api("root").webhooks.list()).webhooks} == {mine.id, all_.id}
    for api, hook in ((home.api("eli"), mine), (home.api("dana"), all_), (home.api("dana", agent="helper"), mine)):
        for attempt in (
            api.webhooks.get(hook.id), api.webhooks.change(hook.id, active=False), api.webhooks.delete(hook.id),
            api.webhooks.rotate(hook.id), api.webhooks.test(hook.id), api.webhooks.deliveries(hook.id),
            api.webhooks.replay(hook.id, after=0), api.webhooks.delivery(hook.id, 1),
        ):  # fmt: skip
            assert await code_of(attempt) == "not_found"
    assert await code_of(home.api("dana").webhooks.make(receiver.url(), everything=True)) == "forbidden"
    for narrowed in ({"agent": "helper"}, {"may": frozenset({"see"})}, {"prefixes": ("f/one/",)}):
        assert await code_of(home.api("dana", **narrowed).webhooks.make(receiver.url())) == "forbidden"
    async with world(home.server, home.world.database_url, f"other-{secrets.token_hex(4)}") as other:
        await other.member("root", "admin")
        async with Api(home.server.url, other.token("root")) as admin:
            assert await code_of(admin.webhooks.get(mine.id)) == "not_found"
            assert (await admin.webhooks.list()).webhooks == ()


async def test_it_is_changed_switched_off_and_goes_on_where_it_stopped(home: Desk, receiver: Receiver) -> None:
    api = home.api("dana")
    hook = (await api.webhooks.make(receiver.url("/a"), types=["item.*"])).webhook
    changed = await api.webhooks.change(hook.id, address=receiver.url("/b"), description="moved", active=False)
    assert (changed.address, changed.active, changed.types) == (receiver.url("/b"), False, ("item.*",))
    begin = await head(home)
    await home.item("dana")
    marker = (await api.webhooks.make(receiver.url("/marker"), after=begin)).webhook
    await until(lambda: receiver.at("/marker"), "another one is sent")
    assert (receiver.at("/a"), receiver.at("/b")) == ([], [])
    await api.webhooks.change(hook.id, active=True)
    await until(lambda: len(receiver.at("/b")) == 1, "what happened meanwhile comes")
    events = [e.type for e in (await home.api("root").events.read(begin, types=["webhook.*"])).events]
    assert events == ["webhook.made", "webhook.changed"]
    for webhook in (hook, marker):
        assert (await api.webhooks.delete(webhook.id)).outcome == "removed"
    assert await code_of(api.webhooks.get(hook.id)) == "not_found"
    assert await home.world.rows("select 1 from webhook_key where webhook_id = $1", hook.id) == []


async def test_what_does_not_pass_is_tried_again_and_then_has_failed(home: Desk, receiver: Receiver) -> None:
    answers = [ok(500), ok(302, location="http://127.0.0.1:1/elsewhere"), ok(404), ok(204)]
    receiver.answer = lambda _: answers.pop(0) if answers else ok()
    api = home.api("dana")
    hook = (await api.webhooks.make(receiver.url("/again"), types=["item.*"])).webhook
    await home.item("dana")
    await until(lambda: len(receiver.at("/again")) == 4, "it is tried until it passes")
    number = receiver.came[0].number
    found = await delivery(api, hook.id, number, "delivered")
    assert [a.status for a in found.attempts] == [500, 302, 404, 204], "a redirect is not followed"
    assert found.tries == 4
    assert len({each.headers["webhook-id"] for each in receiver.came}) == 1
    assert (await api.webhooks.get(hook.id)).failing_since is None


async def test_what_never_passes_has_failed_and_is_sent_again_by_hand(
    database_url: str, services: Embedded, receiver: Receiver
) -> None:
    receiver.answer = lambda _: ok(500)
    environ = {"DRAFTWIRE_WEBHOOK_HOSTS": "127.0.0.1"}
    timings = {**TIMINGS, "webhook_give_up_s": 3.0}
    async with (
        cluster(database_url, services.redis_url, environ=environ, timings=timings) as server,
        world(server, database_url) as made,
    ):
        await made.member("ada", "admin")
        async with Api(server.url, made.token("ada")) as api:
            hook = (await api.webhooks.make(receiver.url(), types=["item.*", "webhook.*"])).webhook
            await made.item("ada", "f/a/b")
            came = await until(lambda: receiver.came, "it is tried")
            found = await delivery(api, hook.id, came[0].number, "failed")
            assert found.tries == len(found.attempts) > 1 and found.next_at is None
            assert (await api.webhooks.get(hook.id)).failing_since is not None
            told = (await api.events.read(0, types=["webhook.failed"])).events
            assert [event.data for event in told] == [{"webhook": hook.id, "event": found.number}]
            listed = (await api.webhooks.deliveries(hook.id, state="failed")).deliveries
            assert [each.number for each in listed] == [found.number], "that it failed is not sent to itself"
            receiver.answer = lambda _: ok()
            await api.webhooks.replay(hook.id, number=found.number)
            again = await delivery(api, hook.id, found.number, "delivered")
            assert (again.tries, again.attempts[-1].status) == (1, 200)
            assert (await api.webhooks.get(hook.id)).failing_since is None


async def test_a_receiver_that_is_gone_is_switched_off(home: Desk, receiver: Receiver) -> None:
    receiver.answer = lambda _: ok(410)
    api = home.api("dana")
    hook = (await api.webhooks.make(receiver.url(), types=["item.*"])).webhook
    await home.item("dana")
    came = await until(lambda: receiver.came, "it is tried")
    assert (await delivery(api, hook.id, came[0].number, "failed")).tries == 1
    assert not (await api.webhooks.get(hook.id)).active


async def test_addresses_that_hang_or_refuse_cost_a_bounded_time_and_delay_nobody(
    home: Desk, receiver: Receiver
) -> None:
    """With 30 s for an attempt, whoever waited for a hanging one would not be done within this test."""
    receiver.answer = lambda each: None if each.path == "/hang" else ok()
    api, root = home.api("dana"), home.api("root")
    hanging = [(await api.webhooks.make(receiver.url("/hang"), types=["item.*"])).webhook for _ in range(12)]
    closed_ = (await api.webhooks.make("http://127.0.0.1:1/", types=["item.*"])).webhook
    begin = await head(home)
    for _ in range(3):
        await home.item("dana")
    await until(lambda: receiver.open >= len(hanging), "all of them hang")
    good = (await root.webhooks.make(receiver.url("/good"), types=["item.created"], after=begin)).webhook
    for _ in range(3):
        await home.item("dana")
    await until(lambda: len({each.number for each in receiver.at("/good")}) == 6, "the good one gets all", within_s=20)
    assert receiver.open <= len(hanging) * AT_ONCE

    async def refused() -> bool:
        found = (await api.webhooks.deliveries(closed_.id)).deliveries
        return "ConnectError" in str([a.error for each in found for a in each.attempts])

    await until(refused, "nobody listens where the closed one is sent")
    assert good.active


async def test_a_hanging_address_is_given_up_after_its_time(
    database_url: str, services: Embedded, receiver: Receiver
) -> None:
    receiver.answer = lambda _: None
    environ = {"DRAFTWIRE_WEBHOOK_HOSTS": "127.0.0.1"}
    timings = {**TIMINGS, "webhook_total_s": 0.2, "webhook_give_up_s": 1.0}
    async with (
        cluster(database_url, services.redis_url, workers=1, environ=environ, timings=timings) as server,
        world(server, database_url) as made,
    ):
        await made.member("ada", "admin")
        async with Api(server.url, made.token("ada")) as api:
            hook = (await api.webhooks.make(receiver.url(), types=["item.*"])).webhook
            tested = await api.webhooks.test(hook.id)
            assert (tested.delivered, tested.attempt.error) == (False, "no answer within 0.2 s")
            await made.item("ada", "f/a/b")
            number = (await api.events.read(0, types=["item.*"])).events[0].number
            found = await delivery(api, hook.id, number, "failed")
            assert {a.error for a in found.attempts} == {"no answer within 0.2 s"}
        await until(lambda: receiver.open == 0, "no connection is left")


async def test_events_of_a_killed_worker_are_sent_by_another(home: Desk, receiver: Receiver) -> None:
    """Edge case 30: the event was written with what it reports; each is delivered at least once, whoever dies."""
    receiver.answer = lambda _: ok(500) if len(receiver.came) % 5 == 0 else ok()
    api = home.api("dana")
    hook = (await api.webhooks.make(receiver.url(), types=["item.created"])).webhook
    begin = await head(home)
    for kill in range(4):
        for _ in range(5):
            await home.item("dana")
        await home.server.replace(kill % 2)
    end = await head(home)
    wanted = {event.number for event in (await api.events.read(begin, types=["item.created"])).events}
    assert len(wanted) == 20 and max(wanted) <= end
    # What a dead worker had taken is due again when its lease is over: the clock of the rows is moved, not waited for.
    await home.world.rows(
        "update webhook_delivery set next_at = clock_timestamp() where webhook_id = $1 and state = 'waiting'", hook.id
    )
    await until(lambda: {each.number for each in receiver.came} >= wanted, "each came", within_s=30)

    async def settled() -> bool:
        found = (await api.webhooks.deliveries(hook.id, limit=200)).deliveries
        return {each.number for each in found if each.state == "delivered"} == wanted

    await until(settled, "each is delivered", within_s=60)


async def test_what_a_worker_was_sending_when_it_died_is_sent_when_its_lease_is_over(
    database_url: str, services: Embedded, receiver: Receiver
) -> None:
    receiver.answer = lambda _: None
    environ = {"DRAFTWIRE_WEBHOOK_HOSTS": "127.0.0.1"}
    timings = {**TIMINGS, "webhook_total_s": 60.0, "webhook_lease_s": 61.0}
    async with (
        cluster(database_url, services.redis_url, environ=environ, timings=timings) as server,
        world(server, database_url) as made,
    ):
        await made.member("ada", "admin")
        async with Api(server.url, made.token("ada")) as api:
            hook = (await api.webhooks.make(receiver.url(), types=["item.*"])).webhook
            await made.item("ada", "f/a/b")
            await until(lambda: len(receiver.came) == 1, "somebody has sent it and waits for the answer")
            for worker in (0, 1):
                await server.replace(worker)
            await until(lambda: receiver.open == 0, "whoever it was is dead")
            receiver.answer = lambda _: ok()
            # A minute passes, in the row alone.
            passed = "update webhook_delivery set next_at = next_at - interval '61 s' where webhook_id = $1"
            await made.rows(passed, hook.id)
            found = await delivery(api, hook.id, receiver.came[0].number, "delivered")
            assert (found.tries, [a.status for a in found.attempts]) == (2, [200]), "nobody told of the first try"


async def test_all_since_an_event_are_sent_again(home: Desk, receiver: Receiver) -> None:
    api = home.api("dana")
    hook = (await api.webhooks.make(receiver.url(), types=["item.created"])).webhook
    for _ in range(4):
        await home.item("dana")
    await until(lambda: len(receiver.came) == 4, "all came")
    numbers = sorted(each.number for each in receiver.came)
    for number in numbers:
        await delivery(api, hook.id, number, "delivered")
    replayed = await api.webhooks.replay(hook.id, after=numbers[1])
    assert replayed.first == numbers[1] + 1
    await until(lambda: len(receiver.came) == 6, "two came again")
    assert sorted(each.number for each in receiver.came[4:]) == numbers[2:]
    assert len({each.headers["webhook-id"] for each in receiver.came}) == 4, "known by their ids"
    assert await code_of(api.webhooks.replay(hook.id)) == "bad_message"
    assert await code_of(api.webhooks.replay(hook.id, number=1, after=1)) == "bad_message"
    assert await code_of(api.webhooks.replay(hook.id, after=10**9)) == "cursor_ahead"
    assert await code_of(api.webhooks.replay(hook.id, number=10**9)) == "cursor_ahead"
    assert await code_of(api.webhooks.delivery(hook.id, 10**9)) == "not_found"
    hidden = await home.item("ben", folder="three")
    of_hidden = [e.number for e in (await home.api("root").events.read(numbers[-1])).events if e.item == hidden]
    of_another_type = [e.number for e in (await home.api("root").events.read(0, types=["member.*"])).events]
    for number in (*of_hidden, *of_another_type[:1]):
        assert await code_of(api.webhooks.replay(hook.id, number=number)) == "not_found"
    page = await api.webhooks.deliveries(hook.id, limit=3)
    rest = await api.webhooks.deliveries(hook.id, before=page.next)
    assert [each.number for each in (*page.deliveries, *rest.deliveries)] == numbers[::-1]


async def test_while_a_key_is_replaced_both_sign(home: Desk, receiver: Receiver) -> None:
    api = home.api("dana")
    made = await api.webhooks.make(receiver.url())
    assert (await api.webhooks.test(made.webhook.id)).delivered
    rotated = await api.webhooks.rotate(made.webhook.id)
    assert rotated.secret != made.secret
    assert (await api.webhooks.test(made.webhook.id)).delivered
    verify(receiver.came[1].body, receiver.came[1].headers, [made.secret])
    verify(receiver.came[1].body, receiver.came[1].headers, [rotated.secret])
    at_once = await api.webhooks.rotate(made.webhook.id, overlap_s=0)
    assert (await api.webhooks.test(made.webhook.id)).delivered
    last = receiver.came[2]
    assert last.message["type"] == "webhook.test"
    verify(last.body, last.headers, [at_once.secret])
    verify(last.body, last.headers, [made.secret])  # its overlap goes on
    with pytest.raises(BadSignature):
        verify(last.body, last.headers, [rotated.secret])


async def test_nothing_is_sent_where_the_operator_has_not_allowed_it(
    home: Desk, services: Embedded, database_url: str, receiver: Receiver
) -> None:
    api = home.api("dana")
    for address in (
        "http://example.com/", "https://10.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/",
        "http://127.0.0.2:80/", "nonsense", "https://u:p@example.com/", "https://[::ffff:127.0.0.1]/",
    ):  # fmt: skip
        assert await code_of(api.webhooks.make(address)) == "bad_webhook", address
    hook = (await api.webhooks.make(receiver.url())).webhook
    assert await code_of(api.webhooks.change(hook.id, address="https://192.168.0.1/")) == "bad_webhook"
    assert await code_of(api.webhooks.make(receiver.url(), types=["Bad"])) == "bad_message"
    # An address that was allowed once: looked at again before every attempt.
    async with (
        cluster(database_url, services.redis_url, workers=1, timings=TIMINGS) as server,
        world(server, database_url) as made,
    ):
        await made.member("ada", "admin")
        async with Api(server.url, made.token("ada")) as other:
            assert await code_of(other.webhooks.make(receiver.url())) == "bad_webhook"
            hook = (await other.webhooks.make("https://example.com/", active=False)).webhook
            await made.rows("update webhook set address = $1 where id = $2", receiver.url(), hook.id)
            tested = await other.webhooks.test(hook.id)
            assert (tested.delivered, tested.attempt.status) == (False, None)
    assert receiver.came == []


async def test_a_webhook_that_was_off_for_too_long_begins_with_the_oldest(home: Desk, receiver: Receiver) -> None:
    api = home.api("dana")
    hook = (await api.webhooks.make(receiver.url(), types=["item.created"], active=False)).webhook
    await home.item("dana")
    gone = await head(home)
    kept = await home.item("dana")
    await home.world.rows(
        "update event set at = at - make_interval(days => $3) where workspace_id = $1 and number <= $2",
        home.world.workspace, gone, EVENTS_KEPT_DAYS + 1,
    )  # fmt: skip
    await home.server.replace(0)

    async def swept() -> bool:
        return (await home.api("root").events.read()).oldest == gone + 1

    await until(swept, "the old ones are dropped")
    await api.webhooks.change(hook.id, active=True)
    await until(lambda: receiver.came, "what is kept comes")
    assert [each.message["data"]["item"] for each in receiver.came] == [kept]
    assert await code_of(api.webhooks.make(receiver.url(), after=0)) == "cursor_expired"
    assert await code_of(api.webhooks.replay(hook.id, after=0)) == "cursor_expired"
    assert await code_of(api.webhooks.make(receiver.url(), after=10**9)) == "cursor_ahead"


async def test_without_a_key_no_webhook_is_made(database_url: str, services: Embedded) -> None:
    async with (
        cluster(database_url, services.redis_url, workers=1, environ={"DRAFTWIRE_SECRET_KEYS": ""}) as server,
        world(server, database_url) as made,
    ):
        await made.member("ada", "admin")
        async with Api(server.url, made.token("ada")) as api:
            with pytest.raises(Problem, match="secrets_off"):
                await api.webhooks.make("https://example.com/")
            assert (await api.webhooks.list()).webhooks == ()
            assert json.dumps(await made.rows("select 1 from webhook")) == "[]"


async def test_many_events_reach_many_webhooks_each_once_or_more(home: Desk, receiver: Receiver) -> None:
    hooks = [
        (await home.api("dana").webhooks.make(receiver.url(f"/{n}"), types=["item.created"])).webhook for n in range(5)
    ]
    begin = await head(home)

    async def write(n: int) -> None:
        for k in range(5):
            made = await home.world.http("dana", n % 2).post(
                "items", json={"kind": "both", "path": f"f/one/m{n}x{k}{secrets.token_hex(3)}"}
            )
            assert made.status_code == 201

    await asyncio.gather(*(write(n) for n in range(6)))
    wanted = {event.number for event in (await home.api("dana").events.read(begin, limit=500)).events}
    assert len(wanted) == 30
    for n in range(len(hooks)):
        await until(
            lambda path=f"/{n}": {each.number for each in receiver.at(path)} == wanted,  # type: ignore[misc]
            f"webhook {n} got all",
            within_s=30,
        )
