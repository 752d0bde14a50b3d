"""Bad input over WebSocket and HTTP: a typed error with a stable code, and no other effect.

Every code of the contract is produced here, or in the test that `ELSEWHERE` names, or `NEVER` says why not.
"""

import asyncio
import contextlib
import json
import re
import secrets
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import websockets
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from draftwire.errors import CODES
from draftwire_server.app import HANDLERS
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.core.access.tokens import Claims, sign_token
from draftwire_server.core.ids import public_session_id
from draftwire_server.http.serving.problem import body_of
from draftwire_server.limits.contract import (
    FRAME_BEFORE_AUTH_BYTES,
    FRAME_BYTES,
    JSON_BODY_BYTES,
    MESSAGES_BURST,
    OPS_PER_BATCH,
)
from draftwire_server.store.access import members
from draftwire_server.store.agents import runs
from tests.system.cluster import RESUME_KEY, cluster
from tests.system.probe import write_probe
from tests.system.world import EVERYTHING, Socket, World, world

pytestmark = pytest.mark.slow

TESTS = Path(__file__).resolve().parents[1]

ELSEWHERE = {
    "too_much_work": "system/test_worst.py",
    "quota": "drafts/test_stash_room.py",
    "method_not_allowed": "system/test_openapi.py",
    "bad_kind": "kinds/test_system.py",
    "kind_changed": "kinds/test_system.py",
    "kind_in_use": "kinds/test_system.py",
    "kind_differs": "items/test_syncing.py",
    "bad_record": "cli/test_transfer.py",
    "differs": "cli/test_transfer.py",
    "bad_cursor": "items/test_listing.py",
    "cursor_expired": "events/test_reading.py",
    "cursor_ahead": "events/test_reading.py",
    "unknown_secret": "vault/test_secrets.py",
    "secret_in_use": "vault/test_secrets.py",
    "secrets_off": "vault/test_secrets.py",
    "bad_webhook": "events/test_webhooks.py",
    "mode_forbids": "drafts/test_sharing.py",
    "suggest_only": "agents/test_identity.py",
    "run_stopped": "agents/test_tools.py",
    "run_paused": "agents/test_tools.py",
    "run_ended": "agents/test_sdk.py",
    "stale_region": "agents/test_tools.py",
    "overlaps_own_edit": "agents/test_tools.py",
    "no_match": "agents/test_tools.py",
    "many_matches": "agents/test_tools.py",
    "stream_gap": "agents/test_streams.py",
    "stream_over": "agents/test_streams.py",
    "anchor_gone": "agents/test_streams.py",
    "already_may": "drafts/test_sharing.py",
    "ask_over": "drafts/test_sharing.py",
    "bad_guest": "drafts/test_sharing.py",
    "draft_exists": "drafts/test_adopting.py",
    "merge_conflict": "drafts/test_adopting.py",
    "not_adopted": "drafts/test_adopting.py",
    "alert_over": "drafts/test_stash.py",
    "behind": "deploys/test_deploying.py",
    "parts_changed": "history/test_parts.py",
    "draft_moved": "deploys/test_deploying.py",
    "archived": "items/test_lives.py",
    "not_deployable": "deploys/test_deploying.py",
    "patch_unsupported": "drafts/test_patch.py",
    "no_single_match": "drafts/test_patch.py",
    "test_failed": "drafts/test_patch.py",
    "precondition_required": "system/test_saves.py",
    "bad_etag": "system/test_saves.py",
    "stale": "system/test_saves.py",
    "override_moved": "system/test_saves.py",
    "session_is_live": "system/test_saves.py",
    "idempotency_reused": "system/test_saves.py",
    "base_expired": "system/test_saves.py",
    "internal": "system/test_saves.py",
    "token_expired": "rights/test_system.py",
    "bad_name": "rights/test_members.py",
    "no_such_holder": "rights/test_members.py",
    "last_admin": "rights/test_members.py",
    "not_empty": "rights/test_members.py",
    "bad_jwks": "rights/test_identity.py",
    "locks_out": "rights/test_identity.py",
    "read_only": "rights/test_system.py",
    "unavailable": "rights/test_system.py",
}
NEVER = {
    "too_old": "undo of runs is not served yet",
    "not_an_object": "a body whose document is no object is refused by its shape before, as bad_message",
    "busy": "a head that moves during eight merges in a row can't be had on purpose; the branch is four lines",
    "draining": "told by `bye` and close code 4000, tests/live; the code is for clients that ask why",
    "host_refused": "only with DRAFTWIRE_HOSTS or in dev: tests/system/test_hosts.py",
    "origin_refused": "told by close code 4504, tests/rights; as a body by the routes of `dev` alone",
}


@pytest.fixture(scope="module")
async def home(
    module_database_url: str, services: Embedded, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    environ = {"DRAFTWIRE_KINDS_DIR": str(write_probe(tmp_path_factory.mktemp("kinds")))}
    timings = {"auth_deadline_s": 3.0, "ping_s": 0.5}
    async with (
        cluster(module_database_url, services.redis_url, environ=environ, timings=timings) as server,
        world(server, module_database_url) as made,
    ):
        await made.member("ada", desk=EVERYTHING)
        await made.member("ben", desk=frozenset(("see", "read_drafts")))
        yield made


@pytest.fixture(autouse=True)
async def closed(home: World) -> AsyncIterator[None]:
    yield
    await home.close_clients()


class Bench:
    """A fresh draft that has begun, and a live session on it which has committed one batch."""

    def __init__(self, home: World, socket: Socket, state: dict[str, Any], session: str) -> None:
        self.home, self.socket, self.state, self.session = home, socket, state, session
        self.draft: str = state["draft"]

    def edit(self, *ops: Any, **more: Any) -> dict[str, Any]:
        state = self.state
        return {
            "t": "edit", "draft": self.draft, "generation": state["generation"], "base": state["seq"],
            "mark": state["mark"], "seen": state["seq"], "no": 2, "key": secrets.token_hex(8), "ops": list(ops), **more,
        }  # fmt: skip

    async def rows(self) -> Any:
        """All that could have changed."""
        return [
            await self.home.rows("select head_seq, head_mark, base_version from draft where id = $1", self.draft),
            await self.home.rows("select seq, mark, ops from draft_op where draft_id = $1 order by seq", self.draft),
            await self.home.rows("select count(*) from alert where draft_id = $1", self.draft),
            await self.home.rows("select count(*) from stash where draft_id = $1", self.draft),
            await self.home.rows("select count(*) from item"),
        ]


@contextlib.asynccontextmanager
async def bench(home: World, **hello: Any) -> AsyncIterator[Bench]:
    item = await home.item("ada", f"f/desk/{secrets.token_hex(4)}", kind="probe")
    session = secrets.token_urlsafe(16)
    async with await home.socket("ada", session=session, **hello) as socket:
        await socket.next("welcome")
        state = await socket.ask("state", t="open", ref=1, item=item, purpose="shared")
        made = Bench(home, socket, state, session)
        first = {"op": "text", "at": "/notes", "s": [[0, 0, "zero\n"]]}
        ops = await socket.ask("ops", **made.edit(first, no=1))
        made.state = {**state, "seq": ops["to"], "mark": ops["mark"]}
        yield made


TEXT = {"op": "text", "at": "/notes", "s": [[0, 0, "x"]]}


def text(*splices: Any, at: str = "/notes") -> dict[str, Any]:
    return {"op": "text", "at": at, "s": list(splices)}


OPS: list[tuple[str, Any]] = [
    ("bad_op", []),
    ("bad_address", [text([0, 0, "x"], at="/a~2b")]),
    ("bad_address", [{"op": "set", "at": "p", "v": 1}]),
    ("bad_address", [{"op": "set", "at": "/__proto__", "v": 1}]),
    ("bad_splice", [text([4, 0, "b"], [1, 0, "a"])]),
    ("bad_splice", [text([0, 1, ""], [1, 1, ""])]),
    ("bad_splice", [text([0, 0, ""])]),
    ("bad_splice", [text()]),
    ("out_of_range", [text([999, 0, "x"])]),
    ("out_of_range", [text([0, 999, ""])]),
    ("out_of_range", [text([-1, 0, "x"])]),
    ("half_surrogate", [text([2, 0, "x"], at="/title")]),
    ("half_surrogate", [text([1, 1, ""], at="/title")]),
    ("bad_text", [text([0, 0, "a\r\nb"])]),
    ("bad_text", [text([0, 0, "a\0b"])]),
    ("bad_text", [{"op": "set", "at": "/notes", "v": "a\rb"}]),
    ("bad_text", [{"op": "set", "at": "/x", "v": {"deep": ["a\0b"]}}]),
    ("bad_text", [{"op": "insert", "at": "/parts", "v": {"id": "new", "body": "a\r\n"}}]),
    ("not_text", [text([0, 0, "x"], at="/plain")]),
    ("not_keyed", [{"op": "insert", "at": "/plain", "v": {"id": "a"}}]),
    ("not_keyed", [{"op": "move", "id": "p", "at": "/plain"}]),
    ("no_such_place", [text([0, 0, "x"], at="/nowhere")]),
    ("no_such_place", [{"op": "remove", "at": "nobody"}]),
    ("no_such_place", [{"op": "set", "at": "/nowhere/deep", "v": 1}]),
    ("bad_place", [{"op": "move", "id": "p", "at": "/flat"}]),
    ("id_fixed", [{"op": "set", "at": "p/id", "v": "other"}]),
    ("root_fixed", [{"op": "set", "at": "", "v": {}}]),
    ("root_fixed", [{"op": "remove", "at": ""}]),
    ("keyed_array_fixed", [{"op": "set", "at": "/parts", "v": []}]),
    ("plain_array", [{"op": "set", "at": "/plain/0", "v": 1}]),
    ("bad_id", [{"op": "insert", "at": "/parts", "v": {"body": ""}}]),
    ("bad_id", [{"op": "insert", "at": "/parts", "v": {"id": " "}}]),
    ("bad_id", [{"op": "insert", "at": "/parts", "v": {"id": "x" * 129}}]),
    ("duplicate_id", [{"op": "insert", "at": "/parts", "v": {"id": "a", "inner": [{"id": "a"}]}}]),
    ("plain_secret", [{"op": "set", "at": "/pass", "v": "hunter-2"}]),
    ("plain_secret", [{"op": "insert", "at": "/parts", "v": {"id": "s", "pass": {"$secret": 1}}}]),
    ("too_large", [TEXT] * (OPS_PER_BATCH + 1)),
    ("bad_member", [{"op": "set", "at": "/x", "v": {"__proto__": 1}}]),
    ("bad_number", [{"op": "set", "at": "/x", "v": 2**53 + 1}]),
    ("too_deep", [{"op": "set", "at": "/x", "v": json.loads("[" * 101 + "]" * 101)}]),
    (
        "too_deep",
        [
            {"op": "set", "at": "/x", "v": json.loads('{"x":' * 60 + "1" + "}" * 60)},
            {"op": "set", "at": "/x" * 50, "v": json.loads("[" * 60 + "]" * 60)},
        ],
    ),
    ("bad_message", [{"op": "explode", "at": "/x"}]),
    ("bad_message", [{"op": "insert", "at": "/parts", "v": "no object"}]),
    ("bad_message", [{"op": "text", "at": "/notes", "s": [[0, 0]]}]),
]
PLACES: list[tuple[str, dict[str, Any]]] = [
    ("op_no_gap", {"no": 5}),
    ("op_no_reused", {"no": 1}),
    ("own_op_unseen", {"base": 0, "seen": 0, "mark": None}),
    ("base_ahead", {"base": 99, "seen": 0}),
    ("base_ahead", {"base": 2**53, "seen": 0}),
    ("rewound", {"mark": "AAAAAAAA"}),
    ("seen_ahead", {"seen": 2}),
    ("generation_changed", {"generation": 2}),
    ("generation_changed", {"generation": 0}),
    ("not_found", {"draft": "nobodys"}),
    ("bad_message", {"key": ""}),
    ("bad_message", {"key": "x" * 65}),
    ("bad_message", {"no": 0}),
    ("bad_message", {"no": -1}),
    ("bad_message", {"base": 2**53 + 1}),
    ("bad_message", {"base": 1.5}),
    ("bad_message", {"generation": 2**31}),
    ("bad_message", {"kind": "sabotage"}),
    ("bad_message", {"ops": None}),
]
RAW: list[tuple[str, bytes]] = [
    ("bad_json", b"{"),
    ("bad_json", b""),
    ("bad_json", b'{"t":"seen"} '[:-2]),
    ("bad_json", b'{"t":"edit","x":NaN}'),
    ("bad_message", b"[]"),
    ("bad_message", b"null"),
    ("bad_message", b"{}"),
    ("bad_message", b'{"t":7}'),
    ("bad_message", b'{"t":"open"}'),
    ("bad_message", b'{"t":"open","ref":1}'),
    ("bad_message", b'{"t":"open","ref":-1,"item":"x"}'),
    ("bad_message", b'{"t":"subscribe","ref":1,"channel":"everything:x"}'),
    ("bad_message", b'{"t":"subscribe","ref":1,"channel":"workspace:x","after":1e300}'),
    ("bad_message", b'{"t":"hello","session":"again-again-again-again"}'),
    ("unknown_message", b'{"t":"rm -rf"}'),
    ("unknown_message", b'{"t":"state"}'),
    ("duplicate_key", b'{"t":"open","ref":1,"ref":2,"item":"x"}'),
    ("duplicate_key", b'{"t":"park","ref":1,"draft":"x","generation":1,"reason":"refused","base":0,'
                      b'"texts":[{"at":"/a","mine":{"a":1,"a":2}}]}'),
    ("bad_text", b'{"t":"open","ref":1,"item":"a\\u0000"}'),
    ("bad_number", b'{"t":"subscribe","ref":1,"channel":"x","more":9007199254740993}'),
    ("bad_member", b'{"t":"open","ref":1,"item":"x","__proto__":{}}'),
    ("too_deep", b'{"t":"open","ref":1,"item":"x","y":' + b"[" * 101 + b"]" * 101 + b"}"),
    ("too_deep", b'{"t":"open","ref":1,"item":"x","y":' + b"[" * 99_999 + b"]" * 99_999 + b"}"),
    ("too_large", json.dumps({"t": "focus", "item": "ITEM", "at": "x" * 600}).encode()),
    ("bad_message", b'{"t":"park","ref":1,"draft":"x","generation":1,"reason":"refused","base":0,"texts":[]}'),
    ("not_found", b'{"t":"park","ref":1,"draft":"x","generation":1,"reason":"refused","base":0,'
                  b'"texts":[{"at":"/a","mine":"x"}]}'),
    ("unauthenticated", b'{"t":"auth","ref":1,"token":"x.y.z"}'),
    ("unauthenticated", b'{"t":"auth","ref":1,"token":"' + b"x" * 9000 + b'"}'),
]  # fmt: skip


async def test_no_refused_edit_has_any_effect(home: World) -> None:
    async with bench(home) as made:
        before = await made.rows()
        origin = made.socket.passed[-2]
        assert origin["t"] == "state"
        messages = [(code, made.edit(*ops)) for code, ops in OPS]
        for code, more in PLACES:
            message = made.edit(TEXT, **more)
            if more.get("mark", "") is None:
                message["mark"] = origin["mark"]
            messages.append((code, message))
        for code, message in messages:
            await asyncio.sleep(0)
            answer = await made.socket.ask("ops", "refused", "error", **message)
            assert answer.get("code") == code, (message, answer)
            assert answer["message"]
            if code not in READING:
                assert (answer["t"], answer["key"]) == ("refused", message["key"])
            made.socket = await fresh_if_tired(made)
        assert await made.rows() == before
        answer = await made.socket.ask("ops", "refused", **made.edit(TEXT))
        assert answer["t"] == "ops", "the session is as before: its next number counts"


READING = {
    "bad_message",
    "bad_member",
    "bad_number",
    "too_deep",
    "bad_json",
    "bad_text",
}  # some come before an edit is one


async def fresh_if_tired(made: Bench) -> Socket:
    """A connection bears fifty refused messages a minute; the session goes on in another one."""
    if sum(1 for message in made.socket.passed if message["t"] == "error") < 40:
        return made.socket
    await made.socket.connection.close()
    socket = await made.home.socket("ada", session=made.session, attempt=2)
    await socket.next("welcome")
    await socket.ask("state", t="open", ref=1, draft=made.draft)
    return socket


async def test_no_malformed_message_has_any_effect(home: World) -> None:
    async with bench(home) as made:
        before = await made.rows()
        for code, raw in RAW:
            await made.socket.connection.send(raw.replace(b"ITEM", made.state["item"].encode()), text=True)
            answer = await made.socket.next("error")
            assert answer["code"] == code, (raw[:80], answer)
        assert await made.rows() == before
        assert (await made.socket.ask("ops", **made.edit(TEXT)))["to"] == made.state["seq"] + 1


async def test_a_text_that_only_talks_of_u0000_is_a_text(home: World) -> None:
    async with bench(home) as made:
        await made.socket.ask("ops", **made.edit(text([0, 0, "print('\\u0000 __proto__')"])))


async def test_lone_surrogates_are_refused(home: World) -> None:
    async with bench(home) as made:
        for op in (b'{"op":"text","at":"/notes","s":[[0,0,"\\ud800"]]}', b'{"op":"set","at":"/x","v":"\\ud800"}'):
            raw = json.dumps(made.edit("OP")).encode().replace(b'"OP"', op)
            await made.socket.connection.send(raw, text=True)
            answer = await made.socket.next("error", "refused", "ops")
            assert answer["code"] in ("bad_json", "bad_text", "half_surrogate"), answer


async def test_a_repetition_gets_its_first_answer_and_another_batch_of_that_number_does_not(home: World) -> None:
    async with bench(home) as made:
        message = made.edit(TEXT)
        first = await made.socket.ask("ops", **message)
        before = await made.rows()
        again = await made.socket.ask("ops", "refused", **message)
        assert (again["t"], again["to"], again["mark"]) == ("ops", first["to"], first["mark"])
        assert (await made.socket.ask("ops", "refused", **{**message, "key": "other"}))["code"] == "op_no_reused"
        assert await made.rows() == before


# ---- sessions


async def test_a_session_is_its_actors_alone(home: World) -> None:
    async with bench(home) as made:
        welcome = next(message for message in made.socket.passed if message["t"] == "welcome")
        async with await home.socket("ben", session=made.session, resume=welcome["resume"]) as thief:
            assert (await thief.next("welcome", "error"))["code"] == "bad_session"
        async with await home.socket("ben", session=made.session) as other:
            assert (await other.next("welcome"))["sid"] != welcome["sid"], "another actor's equal id is another session"
        forged = sign_token(Claims(sub="ada", workspace=home.workspace, exp=2**40), (RESUME_KEY,))
        for session, resume in (
            ("short", None),
            ("x" * 44, None),
            ("with spaces in the session id", None),
            (made.session, "no.real.token"),
            (made.session, forged),
            (secrets.token_urlsafe(16), welcome["resume"]),
        ):
            more = {"resume": resume} if resume else {}
            async with await home.socket("ada", session=session, **more) as socket:
                assert (await socket.next("welcome", "error"))["code"] == "bad_session", (session, resume)
        assert (await made.socket.ask("ops", **made.edit(TEXT)))["to"] == made.state["seq"] + 1
    assert public_session_id("a", made.session) != public_session_id("b", made.session)  # type: ignore[arg-type]


async def test_a_run_is_its_own_actors(home: World) -> None:
    async with home.store() as connection:
        found = await members.find_member(connection, home.workspace, "ben")
        assert found is not None
        actor = await members.ensure_actor(connection, home.workspace, "agent", found.id, "bot")
        run = await runs.begin_run(connection, home.workspace, actor, "work", None)
    for name in (run, "nobodys"):
        async with await home.socket("ada", run=name) as socket:
            assert (await socket.next("welcome", "error"))["code"] == "forbidden"
    async with await home.socket("x", token=home.token("ben", agent="bot", run=run)) as socket:
        assert (await socket.next("welcome"))["actor"]["kind"] == "agent"
    async with await home.socket("x", token=home.token("ada", agent="bot", run=run)) as socket:
        assert await socket.closed() == 4501


# ---- frames


async def test_huge_frames_end_the_connection_before_they_are_kept(home: World) -> None:
    async with await home.bare() as socket:
        await socket.connection.send("x" * (FRAME_BEFORE_AUTH_BYTES + 1))
        assert await socket.closed() == 4508
    async with await home.bare() as socket:
        await socket.connection.send(["x" * 10_000, "x" * 10_000])
        assert await socket.closed() == 4508
    async with bench(home) as made:
        big = made.edit(text([0, 0, "x" * 1_000_000]))
        ops = await made.socket.ask("ops", **big)
        made.state |= {"seq": ops["to"], "mark": ops["mark"]}
        before = await made.rows()
        with contextlib.suppress(websockets.ConnectionClosed):
            await made.socket.send(**made.edit(text([0, 0, "x" * FRAME_BYTES]), no=3))
        assert await made.socket.closed() == 4508
        assert await made.rows() == before


async def test_a_fragmented_message_is_a_message_and_a_binary_one_is_none(home: World) -> None:
    async with bench(home) as made:
        raw = json.dumps(made.edit(TEXT))
        await made.socket.connection.send([raw[:20], raw[20:30], raw[30:]])
        assert (await made.socket.next("ops"))["to"] == made.state["seq"] + 1
        await made.socket.connection.send(raw.encode())
        assert await made.socket.closed() == 4500


async def test_an_unmasked_frame_ends_the_connection(home: World) -> None:
    async with bench(home) as made:
        made.socket.connection.transport.write(b"\x81\x02{}")
        assert await made.socket.closed() == 1002


async def test_who_does_not_say_who_they_are_is_sent_away(home: World) -> None:
    async with await home.bare() as silent, await home.bare() as pushy, await home.bare() as wrong:
        await pushy.send(t="open", ref=1, item="x")
        assert await pushy.closed() == 4501
        assert pushy.passed[-1]["code"] == "unauthenticated"
        await wrong.send(t="hello", session=secrets.token_urlsafe(16), token="not a token")
        assert await wrong.closed() == 4501
        assert await silent.closed() == 4501
    async with await home.bare(subprotocols=["something.else"]) as socket:
        assert await socket.closed() == 4500


async def test_ten_thousand_subscribes_end_the_connection_and_nobody_elses(home: World) -> None:
    async with bench(home) as made, bench(home) as other:
        item = made.state["item"]
        with contextlib.suppress(websockets.ConnectionClosed):
            for n in range(10_000):
                await other.socket.send(t="subscribe", ref=n, channel=f"item:{item}{n}")
        assert await other.socket.closed() == 4529
        assert (await made.socket.ask("ops", **made.edit(TEXT)))["to"] == made.state["seq"] + 1


async def test_one_connection_follows_a_bounded_number_of_channels(home: World) -> None:
    items = await asyncio.gather(*(home.item("ada", f"f/desk/{secrets.token_hex(6)}") for _ in range(8)))
    async with bench(home) as made:
        drafts = [{"id": i, "generation": 1, "have": 0, "mark": ""} for i in items * 13]
        answer = await greet(home, drafts=drafts)
        assert answer["code"] == "too_many"
        assert (await made.socket.ask("ops", **made.edit(TEXT)))["to"] == made.state["seq"] + 1


async def greet(home: World, **hello: Any) -> dict[str, Any]:
    async with await home.socket("ada", **hello) as socket:
        return await socket.next("welcome", "error")


async def test_too_many_messages_a_second_are_refused_then_ended(home: World) -> None:
    async with bench(home) as made:
        with contextlib.suppress(websockets.ConnectionClosed):
            for _ in range(MESSAGES_BURST * 10):
                await made.socket.send(t="seen", draft=made.draft, seq=1)
        assert await made.socket.closed(within_s=30) == 4529
        assert "too_fast" in {message.get("code") for message in made.socket.passed}


# ---- HTTP


async def test_no_bad_request_over_http_has_any_effect(home: World) -> None:
    async with bench(home) as made:
        before = await made.rows()
        client = home.http("ada")
        path = (await client.get(f"items/{made.state['item']}")).json()["path"]
        at = {"headers": {"If-Match": "g1.s1.AAAAAAAA"}}
        deep = "[" * 101 + "]" * 101
        requests: list[tuple[str, str, str, dict[str, Any]]] = [
            ("bad_json", "POST", "items", {"content": "{"}),
            ("bad_json", "POST", "items", {"content": b'{"kind":"\xff"}'}),
            ("bad_message", "POST", "items", {"json": {"path": "f/desk/x"}}),
            ("bad_message", "POST", "items", {"json": {"kind": "probe", "value": []}}),
            ("bad_message", "POST", "items", {"json": {"kind": "probe", "external_id": "x" * 300}}),
            ("duplicate_key", "POST", "items", {"content": '{"kind":"probe","kind":"probe"}'}),
            ("bad_number", "POST", "items", {"content": '{"kind":"probe","value":{"a":1e999}}'}),
            ("bad_text", "POST", "items", {"content": '{"kind":"probe","value":{"a":"\\u0000"}}'}),
            ("bad_member", "POST", "items", {"content": '{"kind":"probe","value":{"__proto__":1}}'}),
            ("too_deep", "POST", "items", {"content": f'{{"kind":"probe","value":{{"a":{deep}}}}}'}),
            ("too_large", "POST", "items", {"content": b'{"kind":"' + b"x" * JSON_BODY_BYTES + b'"}'}),
            ("unknown_kind", "POST", "items", {"json": {"kind": "nothing"}}),
            ("bad_path", "POST", "items", {"json": {"kind": "probe", "path": "x/y/z"}}),
            ("taken", "POST", "items", {"json": {"kind": "probe", "path": path}}),
            ("duplicate_id", "POST", "items", {"json": {"kind": "probe", "value": {"flat": [{"id": "a"}] * 2}}}),
            ("bad_id", "POST", "items", {"json": {"kind": "probe", "value": {"flat": [{}]}}}),
            ("plain_secret", "POST", "items", {"json": {"kind": "probe", "value": {"pass": "x"}}}),
            ("bad_message", "GET", "items?limit=many", {}),
            ("bad_cursor", "GET", "items?cursor=nonsense", {}),
            ("bad_message", "GET", f"drafts/{made.draft}/log?after=-1", {}),
            ("bad_message", "GET", f"items/{made.state['item']}/draft?purpose=mine", {}),
            ("not_found", "GET", "items/nobodys", {}),
            ("not_found", "POST", "alerts/nothing/resolve", {"json": {}}),
            ("bad_message", "PUT", f"drafts/{made.draft}", {"json": {"value": 1}, **at}),
            ("bad_session", "PUT", f"drafts/{made.draft}",
             {"json": {"value": {}}, "headers": {**at["headers"], "Draftwire-Session": "x"}}),
        ]  # fmt: skip
        for code, method, url, more in requests:
            answer = await client.request(method, url, **more)
            assert answer.headers["content-type"] == "application/problem+json", (url, answer.text)
            body = answer.json()
            assert (body["code"], body["status"]) == (code, answer.status_code), (url, body)
            assert answer.status_code == CODES[code].status
        assert await made.rows() == before
        nobody = home.server.http(0)
        async with nobody:
            for headers in ({}, {"Authorization": "Basic x"}, {"Authorization": "Bearer x.y.z"}):
                answer = await nobody.get(f"/v1/w/{home.workspace}/items", headers=headers)
                assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        ben = home.http("ben")
        answer = await ben.post("items", json={"kind": "probe", "path": "f/desk/new"})
        assert (answer.status_code, answer.json()["code"], answer.json()["missing"]) == (403, "forbidden", "write")


async def test_a_connection_outlives_what_clients_keep_in_their_pools(home: World) -> None:
    """Python's HTTP clients use one again that was idle for up to five seconds: closed by then, the request is lost."""
    address = urlsplit(home.server.worker_url(0))
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    for pause_s in (6, 0):
        writer.write(f"GET /healthz HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200 ")
        await reader.readuntil(b"}")  # the answer's end
        await asyncio.sleep(pause_s)
    writer.close()


async def test_a_body_that_breaks_off_is_no_error_of_the_server() -> None:
    async def read(request: Request) -> Response:
        return Response(await body_of(request))

    app = Starlette(routes=[Route("/", read, methods=["POST"])], exception_handlers=HANDLERS)
    scope = {"type": "http", "method": "POST", "path": "/", "headers": [], "query_string": b""}
    came = iter(({"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}))
    answers = []

    async def receive() -> Any:
        return next(came)

    async def send(message: Any) -> None:
        answers.append(message)

    await app(scope, receive, send)  # what a bug raises goes on to the server, which logs it
    assert answers[0]["status"] == 400


# ---- the registry


def test_every_code_of_the_contract_is_produced_by_a_test_or_has_a_reason_why_not() -> None:
    source = Path(__file__).read_text()
    body = source[source.index("@pytest.fixture") :]
    here = {code for code in CODES if f'"{code}"' in body}
    for code, path in ELSEWHERE.items():
        text_of_it = (TESTS / path).read_text()
        assert re.search(rf"\b{code}\b", text_of_it), f"{path} does not produce {code}"
    known = here | set(ELSEWHERE) | set(NEVER)
    assert set(CODES) - known == set(), "produce these in a test, or say why not"
    assert (set(ELSEWHERE) | set(NEVER)) - set(CODES) == set()
