"""The same decision over the real thing: two workers, HTTP and WebSocket, rights that come and go."""

import contextlib
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import urlsplit

import pytest
import websockets

from draftwire.wire.messages import SUBPROTOCOL
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.store.access import members
from draftwire_server.store.items import items
from draftwire_server.store.people import grants
from tests.conftest import Databases
from tests.rights.oracle import ALL, Case, may
from tests.system.cluster import Cluster, cluster
from tests.system.world import Socket, World, world
from tests.waiting import until

pytestmark = pytest.mark.slow

SEE = frozenset({"see"})
READ = frozenset({"see", "read_drafts"})
WRITE = frozenset({"see", "read_drafts", "write"})
USERS: dict[str, tuple[str, dict[str, frozenset[str]]]] = {
    "ada": ("admin", {}),
    "ben": ("editor", {"one": WRITE, "two": READ, "three": SEE}),
    "cleo": ("editor", {"one": READ, "two": WRITE}),
    "olga": ("operator", {"one": WRITE, "two": SEE}),
    "zoe": ("editor", {}),
}
FOLDERS = ("one", "two", "three")
GRACE_S = 1.0
SOON_S = 10.0  # a second is the rule, which has tests of its own; other tests go on when all of the machine is busy


@pytest.fixture(scope="module")
async def server(module_database_url: str, services: Embedded) -> AsyncIterator[Cluster]:
    timings = {"ping_s": 0.3, "token_grace_s": GRACE_S, "rights_blind_s": 1.0, "poll_s": 0.2}
    async with cluster(module_database_url, services.redis_url, timings=timings) as made:
        yield made


@pytest.fixture(scope="module")
async def home(server: Cluster, module_database_url: str) -> AsyncIterator[World]:
    async with world(server, module_database_url) as made:
        for user, (role, grants) in USERS.items():
            await made.member(user, role, **grants)
        yield made


@pytest.fixture(autouse=True)
async def closed(home: World) -> AsyncIterator[None]:
    yield
    await home.close_clients()


async def begun(home: World, folder: str = "one", text: str = "one\n") -> tuple[str, str]:
    """An item with a shared draft that ada has begun: its id and the draft's."""
    item = await home.item("ada", f"f/{folder}/{secrets.token_hex(4)}")
    async with home.http("ada") as client:
        url = f"items/{item}/draft?purpose=shared"
        etag = (await client.get(url)).json()["etag"]
        answer = await client.put(url, json={"value": {"content": text}}, headers={"If-Match": etag})
        assert answer.status_code == 200, answer.text
    return item, answer.json()["draft"]


def edit(state: dict[str, Any], no: int = 1, **more: Any) -> dict[str, Any]:
    """A message that types into a script's text, as of a `state`."""
    op = {"op": "text", "at": "/content", "s": [[0, 0, "x"]]}
    return {
        "t": "edit", "draft": state["draft"], "generation": state["generation"], "base": state["seq"],
        "mark": state["mark"], "seen": state["seq"], "no": no, "key": secrets.token_hex(8), "ops": [op], **more,
    }  # fmt: skip


async def head(home: World, draft: str) -> tuple[int, str]:
    (row,) = await home.rows("select head_seq, head_mark from draft where id = $1", draft)
    return row["head_seq"], row["head_mark"]


# ---- the matrix


@pytest.mark.parametrize("user", list(USERS))
async def test_what_each_user_gets_over_http_and_websocket_is_what_the_design_says(home: World, user: str) -> None:
    role, grants = USERS[user]
    for worker, folder in enumerate(FOLDERS):
        item, draft = await begun(home, folder)
        case = Case(role, grants.get(folder, frozenset()) if role != "admin" else ALL, draft="shared")
        sees, reads, types = (may(case, action) for action in ("see_item", "read_draft", "type_in_draft"))
        client = home.http(user, worker % 2)
        listed = (await client.get("items", params={"limit": 200})).json()["items"]
        assert (item in [line["id"] for line in listed]) == sees
        assert (await client.get(f"items/{item}")).status_code == (200 if sees else 404)
        for url in (f"drafts/{draft}", f"drafts/{draft}/log", f"drafts/{draft}/writers"):
            assert (await client.get(url)).status_code == (200 if reads else 404), url
        before = await head(home, draft)
        answer = await client.put(
            f"drafts/{draft}", json={"value": {"content": "two\n"}}, headers={"If-Match": f"g1.s1.{before[1]}"}
        )
        assert answer.status_code == (200 if types else 403 if reads else 404)
        assert (await head(home, draft) != before) == types
        await over_websocket(home, user, worker % 2, item, draft, case)


async def over_websocket(home: World, user: str, worker: int, item: str, draft: str, case: Case) -> None:
    async with await home.socket(user, worker) as socket:
        await socket.next("welcome")
        answer = await socket.ask("item", "error", t="subscribe", ref=1, channel=f"item:{item}")
        assert answer["t"] == ("item" if may(case, "see_item") else "error")
        answer = await socket.ask("state", "error", t="open", ref=2, draft=draft)
        if not may(case, "read_draft"):
            assert (answer["t"], answer["code"]) == ("error", "not_found")
            fake = {"draft": draft, "generation": 1, "seq": 1, "mark": "AAAAAAAA"}
            assert (await socket.ask("refused", **edit(fake)))["code"] == "not_found"
            return
        types = may(case, "type_in_draft")
        assert answer["may"] == ("type" if types else "look")
        assert answer.get("why") == (None if types else "read_only")
        before = await head(home, draft)
        answer = await socket.ask("ops", "refused", **edit(answer))
        assert answer["t"] == ("ops" if types else "refused")
        assert types or answer["code"] == "read_only"
        assert (await head(home, draft) != before) == types


async def test_what_one_may_not_read_answers_byte_for_byte_as_what_never_was(home: World) -> None:
    item, draft = await begun(home, "one")
    never = secrets.token_hex(13)
    client = home.http("zoe", 0)
    body = {"json": {"value": {}}, "headers": {"If-Match": "g1.s1.AAAAAAAA"}}
    for method, hidden, absent, more in (
        ("GET", f"items/{item}", f"items/{never}", {}),
        ("GET", f"items/{item}/draft", f"items/{never}/draft", {}),
        ("GET", f"items/{item}/draft?purpose=own", f"items/{never}/draft?purpose=own", {}),
        ("PUT", f"items/{item}/draft", f"items/{never}/draft", body),
        ("GET", f"drafts/{draft}", f"drafts/{never}", {}),
        ("GET", f"drafts/{draft}/log", f"drafts/{never}/log", {}),
        ("PUT", f"drafts/{draft}", f"drafts/{never}", body),
    ):
        one, other = [await client.request(method, url, **more) for url in (hidden, absent)]
        assert (one.status_code, one.content) == (other.status_code, other.content) == (404, one.content), hidden
        assert {k: v for k, v in one.headers.items() if k != "date"} == {
            k: v for k, v in other.headers.items() if k != "date"
        }
    async with await home.socket("zoe") as socket:
        await socket.next("welcome")
        for real, unreal in ((item, never), (draft, never)):
            for one, other in zip(questions(real, item), questions(unreal, item), strict=True):
                assert await socket.ask("error", **one) == await socket.ask("error", **other)


def questions(name: str, item: str) -> list[dict[str, Any]]:
    """What one may ask about an item or a draft."""
    have = {"id": name, "generation": 1, "have": 1, "mark": "AAAAAAAA", "item": item}
    return [
        {"t": "open", "ref": 1, "item": name},
        {"t": "open", "ref": 1, "draft": name},
        {"t": "open", "ref": 1, "draft": name, "have": have},
        {"t": "subscribe", "ref": 1, "channel": f"item:{name}"},
        {"t": "subscribe", "ref": 1, "channel": f"draft:{name}"},
        {"t": "focus", "item": name},
    ]


async def test_a_path_one_may_not_use_looks_the_same_whether_it_is_taken_or_not(home: World) -> None:
    name = secrets.token_hex(4)
    await home.item("ada", f"f/three/{name}")
    client = home.http("zoe")
    answers = [
        await client.post("items", json={"kind": "script", "path": f"f/three/{path}"}) for path in (name, name + "x")
    ]
    assert answers[0].status_code == answers[1].status_code == 403
    assert answers[0].content == answers[1].content
    listed = await client.get("items", params={"path": f"f/three/{name}"})
    assert listed.json()["items"] == []
    for path in ("u/zoe/../ada/x", "u/zoe/%2e%2e/x", "u/zoe/a//b", "f/three\\x/y", "/u/zoe/x/y"):
        answer = await client.post("items", json={"kind": "script", "path": path})
        assert (answer.status_code, answer.json()["code"]) == (422, "bad_path")
    for url in (f"items/..%2f..%2f{name}", "items/%00", "drafts/..%2fx"):
        assert (await client.get(url)).status_code == 404


async def test_a_token_of_one_workspace_reaches_nothing_of_another(
    server: Cluster, home: World, module_database_url: str
) -> None:
    item, draft = await begun(home, "one")
    async with world(server, module_database_url, "elsewhere") as other:
        await other.member("ada", "admin")
        async with server.http(0, other.token("ada")) as client:
            for url in (f"items/{item}", f"items/{item}/draft", f"drafts/{draft}"):
                assert (await client.get(f"/v1/w/{home.workspace}/{url}")).status_code == 404
                assert (await client.get(f"/v1/w/{other.workspace}/{url}")).status_code == 404
        async with await other.socket("ada") as socket:
            await socket.next("welcome")
            for message in (
                {"t": "open", "ref": 1, "draft": draft},
                {"t": "open", "ref": 1, "item": item},
                {"t": "subscribe", "ref": 1, "channel": f"item:{item}"},
                {"t": "subscribe", "ref": 1, "channel": f"workspace:{home.workspace}"},
            ):
                assert (await socket.ask("error", **message))["code"] == "not_found"
            answer = await socket.ask("error", t="auth", ref=1, token=home.token("ada"))
            assert answer["code"] == "unauthenticated"


# ---- rights in motion


async def grant(home: World, user: str, folder: str, rights: frozenset[Any] = WRITE, **more: Any) -> str:
    async with home.store() as connection:
        found = await members.find_member(connection, home.workspace, user)
        assert found is not None
        return await grants.grant(connection, home.workspace, found.id, rights, prefix=f"f/{folder}/", **more)


async def revoke(home: World, given: str) -> None:
    async with home.store() as connection:
        await grants.revoke(connection, home.workspace, given)


async def opened(home: World, user: str, worker: int, draft: str) -> tuple[Socket, dict[str, Any]]:
    socket = await home.socket(user, worker)
    await socket.next("welcome")
    return socket, await socket.ask("state", t="open", ref=1, draft=draft)


async def test_a_right_gained_needs_no_new_login(home: World) -> None:
    _, draft = await begun(home, "four")
    async with await home.socket("zoe", 1) as socket:
        await socket.next("welcome")
        assert (await socket.ask("state", "error", t="open", ref=1, draft=draft))["code"] == "not_found"
        given = await grant(home, "zoe", "four", READ)

        async def state() -> dict[str, Any] | None:
            answer = await socket.ask("state", "error", t="open", ref=1, draft=draft)
            return answer if answer["t"] == "state" else None

        assert (await until(state, "the draft opens"))["may"] == "look"
        more = await grant(home, "zoe", "four", WRITE)
        assert (await socket.next("may", within_s=SOON_S))["may"] == "type"
        await revoke(home, more)
        less = await socket.next("may", within_s=SOON_S)
        assert less == {"t": "may", "draft": draft, "may": "look", "why": "read_only"}
        await revoke(home, given)


@pytest.mark.alone
async def test_a_right_taken_away_ends_subscriptions_within_a_second_on_every_worker(home: World) -> None:
    item, draft = await begun(home, "five")
    given = await grant(home, "zoe", "five")
    sockets = [(await opened(home, "zoe", worker, draft))[0] for worker in (0, 1)]
    for socket in sockets:
        await socket.ask("item", t="subscribe", ref=2, channel=f"item:{item}")
    try:
        await revoke(home, given)
        began = time.monotonic()
        for socket in sockets:
            gone = {(await socket.next("gone", within_s=2))["channel"] for _ in range(2)}
            assert gone == {f"draft:{draft}", f"item:{item}"}
        assert time.monotonic() - began < 1.0
        ada, state = await opened(home, "ada", 0, draft)
        async with ada:
            assert (await ada.ask("ops", **edit(state)))["to"] == 2
        for socket in sockets:  # what comes first now is the answer to a question: nothing else was sent before it
            answer = await socket.ask("state", "ops", "error", t="open", ref=3, draft=draft)
            assert (answer["t"], answer["code"]) == ("error", "not_found")
    finally:
        for socket in sockets:
            await socket.connection.close()


async def test_a_write_that_starts_after_the_revocation_committed_is_refused(home: World) -> None:
    """Also before any worker has heard of it: the commit compares the workspace's counter."""
    for _ in range(5):
        item, draft = await begun(home, "six")
        given = await grant(home, "zoe", "six")
        (socket, state), client = await opened(home, "zoe", 1, draft), home.http("zoe", 0)
        async with socket:
            await revoke(home, given)
            before = await head(home, draft)
            assert (await socket.ask("ops", "refused", **edit(state)))["code"] == "not_found"
            answer = await client.put(
                f"drafts/{draft}", json={"value": {}}, headers={"If-Match": f"g1.s1.{state['mark']}"}
            )
            assert answer.status_code == 404
            assert await head(home, draft) == before
        assert (await client.get(f"items/{item}")).status_code == 404


async def test_an_edit_without_the_right_begins_no_draft(home: World) -> None:
    item = await home.item("ada", f"f/two/{secrets.token_hex(4)}")
    async with await home.socket("ben") as socket:
        await socket.next("welcome")
        state = await socket.ask("state", t="open", ref=1, item=item, purpose="shared")
        assert (state["may"], state["stands"]) == ("look", False)
        assert (await socket.ask("refused", **edit(state)))["code"] == "read_only"
    assert await home.rows("select 1 from draft where item_id = $1", item) == []


async def test_a_grant_that_runs_out_ends_the_subscription_without_anybodys_doing(home: World) -> None:
    _, draft = await begun(home, "seven")
    await grant(home, "zoe", "seven", until=time.time() + 3.0)
    socket, _ = await opened(home, "zoe", 0, draft)
    async with socket:
        assert (await socket.next("gone", within_s=SOON_S))["channel"] == f"draft:{draft}"


async def test_an_item_that_moves_out_of_sight_ends_the_subscription(home: World) -> None:
    item, draft = await begun(home, "one")
    socket, _ = await opened(home, "cleo", 1, draft)
    client = home.http("cleo", 0)
    assert (await client.get(f"drafts/{draft}")).status_code == 200
    async with socket:
        async with home.store() as connection:
            await items.move_item(connection, home.workspace, item, f"f/three/{secrets.token_hex(4)}")
        assert (await client.get(f"drafts/{draft}")).status_code == 404
        assert (await socket.next("gone", within_s=SOON_S))["channel"] == f"draft:{draft}"


async def test_a_removed_user_is_signed_out_and_their_last_edit_holds_nobody_up(home: World) -> None:
    await home.member("leo", eight=WRITE)
    _, draft = await begun(home, "eight")
    leo, state = await opened(home, "leo", 0, draft)
    async with leo:
        async with home.store() as connection:
            found = await members.find_member(connection, home.workspace, "leo")
            assert found is not None
            await members.remove_member(connection, home.workspace, found.id)
        with contextlib.suppress(websockets.ConnectionClosed):  # the workers may have heard of it before
            await leo.send(**edit(state))
        assert await leo.closed() == 4503
        assert (await home.http("leo").get("items")).status_code == 401
    assert (await head(home, draft))[0] == 1
    ada, state = await opened(home, "ada", 0, draft)
    async with ada:
        assert (await ada.ask("ops", **edit(state)))["to"] == 2


async def test_an_edit_of_a_closed_connection_never_spins_when_rights_moved(home: World) -> None:
    _, draft = await begun(home, "nine")
    given = await grant(home, "zoe", "nine")
    for _ in range(5):
        socket, state = await opened(home, "zoe", 0, draft)
        await socket.send(**edit(state))
        socket.connection.transport.abort()
        await revoke(home, given)
        given = await grant(home, "zoe", "nine")
    ada, state = await opened(home, "ada", 0, draft)
    async with ada:
        own = {"op": "text", "at": "/content", "s": [[0, 0, "ada's"]]}
        await ada.send(**edit(state, ops=[own]))
        told: list[Any] = []
        while own not in told:  # what of zoe was committed may come before it
            told += [op for batch in (await ada.next("ops"))["batches"] for op in batch[2]]


async def test_a_worker_cut_off_from_postgres_delivers_nothing(home: World, databases: Databases) -> None:
    """`rights_blind_s` is one second here; Redis goes on carrying what the other worker commits."""
    _, draft = await begun(home, "one")
    reader, state = await opened(home, "ben", 0, draft)
    ada, _ = await opened(home, "ada", 1, draft)
    async with reader, ada:
        async with cut_off(home, databases, 0):
            await until(lambda: blind(home), "the worker is blind")
            answer = await home.http("ada", 0).get("items")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            await ada.send(**edit(state))
            assert (await ada.next("ops"))["to"] == 2
            with pytest.raises(TimeoutError):
                await reader.next("ops", within_s=0.7)
        assert (await reader.next("ops", within_s=SOON_S))["to"] == 2


async def test_a_worker_cut_off_from_postgres_tells_nobody_anything_of_others(
    home: World, databases: Databases
) -> None:
    """Presence, `doing`, alerts, notes to runs, questions, events: whatever the bus brings. Who was removed meanwhile
    never gets it, who was not gets it when the rights are known again.
    """
    item, draft = await begun(home, "one", "one\ntwo\nthree\n")
    gone = f"gone-{secrets.token_hex(3)}"
    gone_id = await home.member(gone, "editor", one=WRITE)
    root = f"root-{secrets.token_hex(3)}"
    await home.member(root, "admin")
    runs = {}
    for who in (gone, "ben"):
        made = await home.http(who, 1, agent="helper").post("runs", json={"label": "work"})
        runs[who] = made.json()["id"]
    readers = {}
    for who in (gone, "ben"):
        reader, _ = await opened(home, who, 0, draft)
        await reader.ask("item", t="subscribe", ref=2, channel=f"item:{item}")
        await reader.ask("event", t="subscribe", ref=3, channel=f"workspace:{home.workspace}")
        readers[who] = reader
    agents = {
        who: await home.socket(who, 0, token=home.token(who, agent="helper"), run=run) for who, run in runs.items()
    }
    for agent in agents.values():
        await agent.next("welcome")
    ada, state = await opened(home, "ada", 1, draft)
    http = home.http("ada", 1)
    etag = (await http.get(f"drafts/{draft}")).json()["etag"]
    async with AsyncExitStack() as stack:
        for socket in (ada, *readers.values(), *agents.values()):
            await stack.enter_async_context(socket)
        before = {who: len(reader.passed) for who, reader in readers.items()}
        async with cut_off(home, databases, 0):
            await until(lambda: blind(home), "the worker is blind")
            await ada.send(t="focus", item=item, draft=draft, state="editing", doing="SECRET doing")
            await ada.send(**edit(state, ops=[{"op": "text", "at": "/content", "s": [[0, 3, "ada"]]}]))
            await ada.next("ops")
            for run in runs.values():
                answer = await home.http(root, 1).post(f"runs/{run}/notes", json={"text": "SECRET note"})
                assert answer.status_code == 201, answer.text
            await http.patch(f"items/{item}", json={"summary": "SECRET summary"})
            stale = await http.put(
                f"drafts/{draft}", json={"value": {"content": "SECRET stale\n"}}, headers={"If-Match": etag}
            )
            assert stale.status_code == 409, stale.text
            for reader in readers.values():
                refused = await reader.ask("error", t="open", ref=9, draft=draft)
                assert refused["code"] == "unavailable"
            answer = await home.http(root, 1).delete(f"members/{gone_id}")
            assert answer.status_code < 300, answer.text
            for socket in (*readers.values(), *agents.values()):  # a marker: what went before it on the bus is here
                await socket.next("ping")
                await socket.next("ping")
            for who, reader in readers.items():
                told = reader.passed[before[who] :]
                assert not {each["t"] for each in told} & {"ops", "presence", "item", "event", "alert", "state"}, told
                assert "SECRET" not in str(told)
            for agent in agents.values():
                assert "SECRET" not in str(agent.passed)
        assert await readers[gone].closed() == 4503
        await agents[gone].closed()
        assert "SECRET" not in str([*readers[gone].passed, *agents[gone].passed])
        while "SECRET note" not in str(agents["ben"].passed):
            await agents["ben"].next("run")
        for wanted in ("SECRET doing", "SECRET summary", "item.changed", "SECRET stale"):
            while wanted not in str(readers["ben"].passed):
                await readers["ben"].next("presence", "item", "event", "ops", "alert")


@contextlib.asynccontextmanager
async def cut_off(home: World, databases: Databases, worker: int) -> AsyncIterator[None]:
    """End a worker's connections to Postgres and let it make no new ones; those of others stay."""
    name = urlsplit(home.database_url).path[1:]
    await databases.run(f'alter database "{name}" connection limit 0')
    try:
        application = f"draftwire {(await home.server.workers())[worker].name}"
        await databases.run(
            f"select pg_terminate_backend(pid) from pg_stat_activity where application_name = '{application}' "
            f"and datname = '{name}'"
        )
        yield
    finally:
        await databases.run(f'alter database "{name}" connection limit -1')


async def blind(home: World) -> bool:
    async with home.server.http(0) as client:
        return "rights" in (await client.get("/readyz")).json()["problems"]


# ---- tokens and origins


async def test_a_token_is_renewed_in_band_and_the_connection_goes_on(home: World) -> None:
    _, draft = await begun(home, "one")
    ttl_s = 3.0
    over = time.time() + ttl_s + GRACE_S
    async with await home.socket("ben", token=home.token("ben", ttl_s=ttl_s)) as socket:
        welcome = await socket.next("welcome")
        assert 0 < welcome["token_expires_in_s"] <= ttl_s
        state = await socket.ask("state", t="open", ref=1, draft=draft)
        renewed = await socket.ask("welcome", t="auth", ref=7, token=home.token("ben", ttl_s=60))
        assert renewed["ref"] == 7 and renewed["token_expires_in_s"] > 50
        answer = await socket.ask("error", t="auth", ref=8, token=home.token("cleo"))
        assert answer["code"] == "unauthenticated"
        while time.time() < over + 0.6:
            await socket.next("ping")
        assert (await socket.ask("ops", **edit(state)))["to"] == 2


@pytest.mark.alone
async def test_a_token_that_is_not_renewed_ends_the_connection_after_the_grace(home: World) -> None:
    began = time.time()
    async with await home.socket("ben", token=home.token("ben", ttl_s=1)) as socket:
        await socket.next("welcome")
        assert await socket.closed() == 4010
    assert 2.0 <= time.time() - began < 3.5  # one second of life, one of grace
    async with await home.socket("ben", token=home.token("ben", ttl_s=-1)) as socket:
        assert await socket.closed() == 4501
        assert socket.passed[-1]["code"] == "token_expired"


async def test_a_page_of_another_origin_can_not_connect(home: World) -> None:
    async with await home.bare(origin="https://evil.example") as socket:
        assert await socket.closed() == 4504
    own = home.server.worker_url(0)
    async with await home.bare(origin=own) as socket:
        await socket.send(t="hello", session=secrets.token_urlsafe(16), token=home.token("ben"))
        assert (await socket.next("welcome"))["actor"]["name"] == "Ben"


async def test_tokens_are_in_no_log(home: World) -> None:
    """Neither those in headers, nor in the handshake's sub-protocol, nor in messages, good or bad."""
    secret = home.token("ben")
    bad = secret[:-6] + "AAAAAA"
    _, draft = await begun(home, "one")
    for token in (secret, bad):
        async with home.server.http(0, token) as client:
            await client.get(f"/v1/w/{home.workspace}/drafts/{draft}")
        async with await home.bare(subprotocols=[SUBPROTOCOL, f"bearer.{token}"]) as socket:
            if token == secret:
                assert (await socket.ask("welcome", t="hello", session=secrets.token_urlsafe(16)))["resume"]
            else:
                assert await socket.closed() == 4501
        async with await home.socket("ben", token=token) as socket:
            await socket.next("welcome", "error")
    async with home.server.http(0) as client:
        answer = await client.get(f"/v1/w/{home.workspace}/drafts/{draft}", params={"token": secret})
        assert answer.status_code == 401  # in a URL a token counts for nothing
    log = home.server.log
    assert "bearer" not in log.lower()
    assert secret.rpartition(".")[2] not in log.replace(f"?token={secret}", "")
    assert bad.rpartition(".")[2] not in log


async def test_rights_narrowed_by_the_token_are_what_counts(home: World) -> None:
    _, draft = await begun(home, "one")
    async with home.http("ben", may=["see", "read_drafts"]) as client:
        etag = (await client.get(f"drafts/{draft}")).json()["etag"]
        answer = await client.put(f"drafts/{draft}", json={"value": {}}, headers={"If-Match": etag})
        assert answer.json()["code"] == "read_only"
    async with home.http("ben", may=[]) as client:
        assert (await client.get(f"drafts/{draft}")).status_code == 404
        assert (await client.get("items")).json()["items"] == []


async def test_a_token_of_a_user_nobody_knows_makes_them_with_its_grants_only(home: World) -> None:
    _, draft = await begun(home, "one")
    name = f"new-{secrets.token_hex(3)}"
    async with home.http(name, grants=[{"may": ["see", "read_drafts"], "prefix": "f/one/"}]) as client:
        assert (await client.get(f"drafts/{draft}")).json()["may"] == "look"
    async with home.http(f"{name}-2") as client:
        assert (await client.get(f"drafts/{draft}")).status_code == 404
        made = await client.post("items", json={"kind": "script", "path": f"u/{name}-2/mine"})
        assert made.status_code == 201
