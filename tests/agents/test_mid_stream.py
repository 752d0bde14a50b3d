"""What goes away under a stream ends it with a typed answer; what is there stays and is marked; people are told."""

import secrets
import time
from typing import Any

import pytest
import websockets

from draftwire_server.core.access.access import SCOPES
from tests.agents.conftest import AT, Agent, Refused
from tests.agents.test_identity import newcomer
from tests.drafts.desk import Desk
from tests.system.world import Socket
from tests.waiting import until

pytestmark = pytest.mark.slow

# What happens, and the codes with which the next piece may be answered.
HAPPENS = {
    "archive": {"archived"},
    "delete": {"not_found"},
    "discard": {"generation_changed"},
    "read only": {"read_only"},
    "hidden": {"not_found"},
    "revoked": {"unauthenticated"},
}


async def happen(home: Desk, what: str, item: str, draft: str, user: str, jti: str) -> None:
    http = home.world.http("root")
    async with http, home.world.store() as connection:
        match what:
            case "archive":
                answer = await http.post(f"items/{item}/archive")
            case "delete":
                answer = await http.delete(f"items/{item}")
            case "discard":
                etag = (await http.get(f"drafts/{draft}")).json()["etag"]
                answer = await http.post(f"drafts/{draft}/discard", json={"etag": etag})
            case "revoked":
                answer = await http.post("tokens/revoke", json={"jti": jti, "expires_at": time.time() + 3600})
            case "read only":
                await connection.execute(
                    "update access_grant set may = '{see,read_drafts}' where workspace_id = $1 and user_id = $2",
                    home.world.workspace, user,
                )  # fmt: skip
                return
            case _:
                await connection.execute(
                    "delete from access_grant where workspace_id = $1 and user_id = $2", home.world.workspace, user
                )
                return
        assert answer.status_code < 300, answer.text


async def refused_http(agent: Agent, stream: str, _: Socket | None) -> str:
    units = 8
    while True:
        try:
            units = (await agent.do(f"streams/{stream}/append", text="x", offset=units))["units"]
        except Refused as refusal:
            return refusal.code if not refusal.body["retry"] else f"{refusal.code}, again"


async def refused_socket(agent: Agent, stream: str, socket: Socket | None) -> str:
    assert socket is not None
    units = 8
    while True:
        try:
            await socket.send(t="append", run=agent.run, stream=stream, offset=units, text="x")
            told = await socket.next("streamed", "error")
        except websockets.ConnectionClosed as closed:
            return "unauthenticated" if "4503" in str(closed) else str(closed)
        if told.get("code"):
            return str(told["code"]) if not told.get("retry") else f"{told['code']}, again"
        units = told["units"]


@pytest.mark.parametrize("over", ["http", "socket"])
@pytest.mark.parametrize("what", HAPPENS)
async def test_what_goes_away_under_a_stream_ends_it(home: Desk, what: str, over: str) -> None:
    item, draft = await home.shared("ada")
    name, user = await newcomer(home)
    jti = secrets.token_hex(16)
    may, mode = SCOPES["write"]
    claims = {"agent": "helper", "jti": jti, "may": may, "mode": mode}
    async with home.server.http(0, home.world.token(name, **claims)) as http:
        made = await http.post(f"/v1/w/{home.world.workspace}/runs", json={"label": "a piece of work"})
        assert made.status_code == 201, made.text
        agent = Agent(http, home.world.workspace, made.json()["id"])
        await agent.do("read", draft=draft)
        opened = await agent.do("streams", draft=draft, at=AT, line=1, lease_s=1)
        stream = opened["id"]
        await agent.do(f"streams/{stream}/append", text="written ")
        socket = None
        if over == "socket":
            socket = await home.world.socket(name, 1, token=home.world.token(name, **claims), run=agent.run)
            await socket.next("welcome")
        before = await home.world.rows("select count(*) as n from draft_op where draft_id = $1", draft)
        await happen(home, what, item, draft, user, jti)
        code = await (refused_http if over == "http" else refused_socket)(agent, stream, socket)
        assert code in HAPPENS[what] | {"stream_over"}, code
        if socket is not None:
            await socket.__aexit__()
    rows = await home.world.rows("select cause, generation from draft_op where draft_id = $1 order by seq", draft)
    assert len(rows) >= before[0]["n"] or what == "discard"

    async def marked() -> Any:
        return await home.world.rows(
            "select state, reason, units from stream where id = $1 and state in ('broken', 'lost')", stream
        )

    (row,) = await until(marked, "it is marked as unfinished")
    assert row["units"] >= 8
    if what not in ("hidden", "revoked") and row["state"] == "broken":
        assert row["reason"] in HAPPENS[what]

    async def told() -> Any:
        return await home.world.rows(
            "select 1 from event where type = 'run.stream_ended' and draft_id = $1 and data ->> 'stream' = $2",
            draft, stream,
        )  # fmt: skip

    await until(told, "who may read the draft is told")


async def test_a_move_under_a_stream_does_not_disturb_it(home: Desk) -> None:
    item, draft = await home.shared("ada")
    async with home.server.http(0, home.world.token("ada", agent="helper")) as http, home.world.http("root") as root:
        made = await http.post(f"/v1/w/{home.world.workspace}/runs", json={"label": "a piece of work"})
        assert made.status_code == 201, made.text
        agent = Agent(http, home.world.workspace, made.json()["id"])
        await agent.do("read", draft=draft)
        stream = (await agent.do("streams", draft=draft, at=AT, line=1))["id"]
        await agent.do(f"streams/{stream}/append", text="one ")
        moved = await root.patch(f"items/{item}", json={"path": f"f/two/moved_{secrets.token_hex(4)}"})
        assert moved.status_code < 300, moved.text
        await agent.do(f"streams/{stream}/append", text="two", offset=4)
        await agent.do(f"streams/{stream}/close", units=7)
        assert (await agent.do("read", draft=draft, at=AT))["text"].startswith("one two")
