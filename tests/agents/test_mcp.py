"""MCP clients at work: the official SDK's own client against a running server, beside people."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp_types import METHOD_NOT_FOUND, TextResourceContents

import draftwire
from draftwire_server.mcp.tools import TOOLS
from tests.agents.conftest import AT, TEXT, Place
from tests.agents.mcp_clients import Model, over_http, over_stdio, without_session
from tests.waiting import until

EVERYTHING = ("see", "read_drafts", "write", "join", "run", "deploy")


def token(place: Place, user: str = "ada", **claims: Any) -> str:
    return place.world.server.token(user, **claims)


def workers(place: Place) -> list[str]:
    return [place.world.server.worker_url(0), place.world.server.worker_url(1)]


def api(place: Place, user: str = "ada", **more: Any) -> draftwire.Api:
    return draftwire.Api(place.world.server.url, token(place, user), **more)


def replace(old: str, new: str, **more: Any) -> dict[str, Any]:
    return {"do": "str_replace", "at": AT, "old": old, "new": new, **more}


async def run_of(place: Place, model: Model) -> Any:
    answered = await model.use("events")
    async with api(place) as person:
        return await person.runs.get(answered.data["run"])


async def test_a_model_finds_reads_and_edits_and_its_run_ends_with_its_session(place: Place) -> None:
    item = await place.script()
    async with over_http(place.world.server.url, token(place)) as model:
        assert model.first.server_info.name == "draftwire"
        assert "stale_region" in model.first.instructions
        tools = (await model.session.list_tools()).tools
        assert [tool.name for tool in tools] == [name for name in TOOLS if name != "deploy"]
        assert all(tool.description and "$ref" not in str(tool.input_schema) for tool in tools)
        found = await model.use("search", query="sum(rows)", item=item)
        assert f"{AT}:2:     return sum(rows)" in found.text
        path = found.text.split(f" {AT}:2:")[0].splitlines()[-1]
        assert (await model.use("read", path=path)).text == (await model.use("read", item=path)).text
        document = await model.use("read", item=item)
        assert "/content (6 lines)" in document.text
        read = await model.use("read", item=item, at=AT)
        assert "     2\t    return sum(rows)\n" in read.text
        assert f"seq {read.data['seq']}, etag {read.data['etag']}" in read.text
        done = await model.use("edit", item=item, edits=[replace("sum(rows)", "fsum(rows)")])
        assert not done.refused
        assert "Edit 0 is done: /content lines 2–2." in done.text
        assert done.data["outcomes"][0]["seq"] == read.data["seq"] + 1
        diff = await model.use("diff", item=item)
        assert "-    return sum(rows)" in diff.text or "fsum" in diff.text
        run = await run_of(place, model)
        assert (run.label, run.state, run.actor.name) == ("MCP session of claude-code", "running", "claude-code")
        assert run.actor.on_behalf_of == "Ada Lovelace"
    async with api(place) as person:
        assert (await person.runs.get(run.id)).state == "ended"


@pytest.mark.parametrize("connect", [over_http, without_session], ids=["with a session", "without"])
async def test_two_workers_answer_in_turn(place: Place, connect: Any) -> None:
    item = await place.script("".join(f"row_{n} = {n}\n" for n in range(6)))
    async with connect(place.world.server.url, token(place), workers(place)) as model:
        for n in range(6):
            await model.use("read", item=item, at=AT)
            done = await model.use("edit", item=item, edits=[replace(f"row_{n} = {n}", f"row_{n} = {n + 100}")])
            assert not done.refused, done.text
        run = await run_of(place, model)
        assert [draft.item for draft in run.drafts] == [item]
        async with api(place) as person:
            await person.runs.note(run.id, "well done")
            heard = [await model.use("read", item=item, at=AT) for _ in range(4)]
            assert sum("Ada Lovelace says: well done" in each.text for each in heard) == 1
            await person.runs.note(run.id, "and on")
            heard = [await model.use("read", item=item, at=AT) for _ in range(4)]
            assert ["and on" in each.text for each in heard] == [True, False, False, False]
            assert "well done" not in "".join(each.text for each in heard)
            mine = await person.runs.page(mine=True, item=item)
            assert [each.id for each in mine.runs] == [run.id]
        text = (await model.use("read", item=item, at=AT)).data["text"]
        assert text == "".join(f"row_{n} = {n + 100}\n" for n in range(6))


async def test_a_person_types_in_the_function_that_a_model_edits_and_both_see_each_other(place: Place) -> None:
    item = await place.script()
    async with (
        over_http(place.world.server.url, token(place), workers(place)) as model,
        place.world.connect("ada", 1) as ada,
    ):
        draft = await ada.open(item=item)
        ada.subscribe(f"item:{item}")
        await model.use("read", item=item, at=AT)

        anchor = draft.anchor(AT, TEXT.index("    return total"))
        first, *rest = "    # typed by ada\n"

        async def person() -> None:
            for letter in rest:
                draft.insert(anchor, letter)
                await asyncio.sleep(0.02)  # the pace of a person who types fast
            await draft.saved()

        async def machine() -> str:
            told = ""
            for n in range(10):
                edit = {"do": "insert", "at": AT, "before": "def mean", "text": f"# {n}\n"}
                done = await model.use("edit", item=item, edits=[edit])
                assert not done.refused, done.text
                told += done.text
            return told

        await ada.focus(item, draft=draft.id, at=AT)

        async def sees() -> bool:
            return "Here now: Ada Lovelace (editing /content)." in (await model.use("read", item=item, at=AT)).text

        await until(sees, "the model sees her")
        draft.insert(anchor, first)
        await draft.saved()  # so the model's first edit meets what it has not seen
        _, told = await asyncio.gather(person(), machine())
        assert "others changed:\n  Ada Lovelace: /content lines" in told
        seen = await until(
            lambda: [e for e in ada.presence.get(item, {}).values() if e.actor.name == "claude-code"],
            "the model is seen",
        )
        assert seen[0].label == "MCP session of claude-code"
        text = (await model.use("read", item=item, at=AT)).data["text"]
        await until(lambda: draft.get(AT) == text, "both have the same")
        assert "    # typed by ada\n    return total" in text
        assert len(text) == len(TEXT) + len("    # typed by ada\n") + sum(len(f"# {n}\n") for n in range(10))


async def test_a_refusal_shows_the_fresh_text_and_says_what_to_do(place: Place) -> None:
    item = await place.script()
    async with over_http(place.world.server.url, token(place)) as model, place.world.connect("ada", 1) as ada:
        early = await model.use("edit", item=item, edits=[replace("sum", "x")])
        assert early.code == "precondition_required"
        assert "Read the item first" in early.text
        await model.use("read", item=item, at=AT)
        draft = await ada.open(item=item)
        draft.edit(draftwire.Text(AT, ((TEXT.index("(rows)\n\n") + 1, 4, "lines"),)))
        await draft.saved()
        stale = await model.use("edit", item=item, edits=[replace("sum(rows)", "fsum(rows)")])
        assert stale.code == "stale_region"
        assert stale.data["refused"]["retry"] is True
        assert "Changed by Ada Lovelace." in stale.text
        assert "     2\t    return sum(lines)" in stale.text
        assert "Trying again makes sense." in stale.text
        assert not (await model.use("edit", item=item, edits=[replace("total(rows) /", "total(rows) //")])).refused
        absent = await model.use("edit", item=item, edits=[replace("nothing", "x")])
        assert absent.code == "no_match"
        assert "The same call will be refused again." in absent.text
        many = await model.use("edit", item=item, atomic=False, edits=[replace("rows", "x"), replace("mean", "avg")])
        assert not many.refused
        assert [each.get("refused", {}).get("code") for each in many.data["outcomes"]] == ["many_matches", None]
        assert "Edit 0 of /content was refused.\nmany_matches" in many.text
        assert (await model.use("read", path="f/payments/nothing_here")).code == "not_found"
        assert (await model.use("read")).code == "bad_message"
        assert (await model.use("read", item=item, at="/nowhere")).code == "no_such_place"
        assert (await model.use("read", lines=3)).code == "bad_message"
        with pytest.raises(Exception, match="no tool"):
            await model.use("rm")


async def test_people_pause_tell_and_stop_a_model(place: Place) -> None:
    item = await place.script()
    async with over_http(place.world.server.url, token(place)) as model, api(place) as person:
        await model.use("read", item=item, at=AT)
        run = (await run_of(place, model)).id
        await person.runs.pause(run, "wait")
        await person.runs.note(run, "use the other table")
        paused = await model.use("edit", item=item, edits=[replace("sum", "x")])
        assert paused.code == "run_paused"
        assert "Ada Lovelace paused the run: wait" in paused.text
        assert "Ada Lovelace says: use the other table" in paused.text
        assert [event["type"] for event in paused.data["events"]] == ["paused", "note"]
        waiting = asyncio.create_task(model.use("events", wait_s=20))
        await person.runs.resume(run)
        assert "Ada Lovelace resumed the run" in (await waiting).text
        edited = await model.use("edit", item=item, edits=[replace("sum(rows)", "x")])
        assert "use the other table" not in edited.text
        assert edited.data["run_state"] == "running"
        await person.runs.stop(run, "enough")
        stopped = await model.use("edit", item=item, edits=[replace("total", "y", read_seq=0)])
        assert stopped.code == "run_stopped"
        assert "Ada Lovelace stopped the run: enough" in stopped.text
        assert "Do not go on." in stopped.text
        begun = await model.use("begin_run", label="go on", model="some-model")
        other = begun.data["id"]
        await model.use("read", run=other, item=item, at=AT)
        assert not (await model.use("edit", run=other, item=item, edits=[replace("def mean", "def avg")])).refused
        assert (await model.use("end_run", run=other, text="renamed")).data["state"] == "ended"
        listed = await model.use("list_runs", item=item)
        assert f"{other} ended (apply) claude-code (agent of Ada Lovelace): go on" in listed.text


async def test_items_are_made_forked_and_discarded_and_secrets_written_without_being_read(place: Place) -> None:
    async with over_http(place.world.server.url, token(place)) as model:
        assert "resource:" in (await model.use("list_kinds")).text
        assert "schema" in (await model.use("list_kinds", kind="script")).text
        value = {"resource_type": "postgresql", "value": {"host": "db"}}
        path = "f/payments/mcp_db"
        made = await model.use("create_item", kind="resource", path=path, value=value)
        assert not made.refused, made.text
        assert (await model.use("create_item", kind="resource", path=path)).code == "taken"
        secret = await model.use("set_secret", path=path, at="/value/password", value="hunter-2")
        assert not secret.refused, secret.text
        read = await model.use("read", path=path)
        assert "hunter-2" not in read.text
        assert set(read.data["value"]["value"]["password"]) == {"$secret"}
        plain = await model.use("edit", path=path, edits=[{"do": "set", "at": "/value/password", "value": "hunter-3"}])
        assert plain.refused
        await model.use("read", path=path)
        await model.use("edit", path=path, edits=[{"do": "set", "at": "/value/host", "value": "db2"}])
        etag = (await model.use("read", path=path)).data["etag"]
        assert not (await model.use("discard", path=path, etag=etag)).refused
        forked = await model.use("fork", path="f/payments/refund_charge", to="f/payments/refund_mcp")
        assert not forked.refused, forked.text
        listed = await model.use("list_items", folder="f/payments", kind="script")
        assert "f/payments/refund_mcp" in listed.text
        assert forked.data["item"] in [each["item"] for each in listed.data["items"]]
        said = await model.use("status", path=path, doing="waiting for review")
        assert not said.refused, said.text
        assert "No deployed item" in (await model.use("used_by", path=path)).text


async def test_a_model_is_told_who_uses_an_item_and_where(place: Place) -> None:
    item = await place.script()
    async with api(place) as person:
        at = (await person.items.get(item)).path
        value = {"route": item, "method": "post", "runs": {"path": at, "kind": "script"}}
        user = (await person.items.create("http_trigger", path=f"f/payments/mcp_{item}", value=value)).item
        draft = await person.drafts.of_item(user, "own")
        await person.deploys.deploy(draft.draft, draft.etag, 0)
    async with over_http(place.world.server.url, token(place)) as model:
        told = await model.use("used_by", item=item)
    assert told.text.startswith(f"f/payments/mcp_{item} [{user}] http_trigger, version 1: at /runs/path"), told.text
    assert told.data["items"][0]["at"] == ["/runs/path"]


async def test_deploy_is_offered_only_where_the_token_may(place: Place) -> None:
    item = await place.script()
    may = token(place, agent="deployer", may=EVERYTHING)
    async with over_http(place.world.server.url, may) as model:
        assert "deploy" in [tool.name for tool in (await model.session.list_tools()).tools]
        await model.use("read", item=item, at=AT)
        done = await model.use("edit", item=item, edits=[replace("sum(rows)", "fsum(rows)")])
        live = await model.use("deploy", item=item, etag=done.data["etag"], message="exactly")
        assert live.text.startswith("Version 1 is live."), live.text
        resource = await model.session.read_resource(f"draftwire://items/{item}/versions/1")
        (content,) = resource.contents
        assert isinstance(content, TextResourceContents)
        assert "fsum(rows)" in content.text
    async with over_http(place.world.server.url, token(place)) as model:
        assert (await model.use("deploy", item=item, etag="g1.s1.x")).refused


async def test_items_and_versions_are_resources(place: Place) -> None:
    item = await place.script()
    async with over_http(place.world.server.url, token(place)) as model:
        listed = (await model.session.list_resources()).resources
        assert f"draftwire://items/{item}" in [each.uri for each in listed]
        templates = (await model.session.list_resource_templates()).resource_templates
        assert len(templates) == 3
        for uri, wanted in (
            (f"draftwire://items/{item}", '"language": "python3"'),
            (f"draftwire://items/{item}/text/%2Fcontent", TEXT),
        ):
            (content,) = (await model.session.read_resource(uri)).contents
            assert isinstance(content, TextResourceContents)
            assert wanted in content.text
        with pytest.raises(Exception, match="Not found"):
            await model.session.read_resource("draftwire://items/nobodys")


async def test_what_a_model_suggests_changes_nothing_until_a_person_accepts_it(place: Place) -> None:
    item = await place.script()
    async with over_http(place.world.server.url, token(place)) as model:
        await model.use("read", item=item, at=AT)
        made = await model.use("suggest", item=item, edits=[replace("sum(rows)", "x")])
        assert not made.refused, made.text
        assert (await model.use("read", item=item, at=AT)).data["text"] == TEXT
        async with api(place) as person:
            draft = await person.drafts.of_item(item)
            (suggested,) = await person.suggestions.list(draft.draft, item=item)
            await person.suggestions.accept(suggested.id)
            heard = await model.use("events", run=made.data["run"])
            assert "accepted" in heard.text
        assert "return x" in (await model.use("read", item=item, at=AT)).data["text"]


async def test_lines_are_suggested_for_what_was_read_of_the_suggestion(place: Place) -> None:
    """Its state is not that of the draft: the first call shows it, and where to read it after that is said."""
    item = await place.script()
    async with over_http(place.world.server.url, token(place)) as model, place.person("ada") as ada:
        await model.use("read", item=item, at=AT)
        await model.use("edit", item=item, edits=[{"do": "insert", "at": AT, "line": 1, "text": "# seq 1"}])
        edits = [{"do": "insert", "at": AT, "line": 2, "text": "# suggested"}]
        shown = await model.use("suggest", item=item, edits=edits)
        assert shown.refused and "     1\t# seq 1\n" in shown.text
        assert "Make the call again" in shown.text
        made = await model.use("suggest", item=item, edits=edits)
        assert not made.refused, made.text
        assert f"name run {made.data['run']}" in made.text
        read = await model.use("read", item=item, at=AT, run=made.data["run"])
        assert read.data["text"].startswith("# seq 1\n# suggested\n")
        assert (await ada.ask("GET", f"items/{item}/draft"))["value"]["content"] == "# seq 1\n" + TEXT


async def test_a_model_hears_what_a_new_item_lacks_and_where_a_secret_belongs(place: Place) -> None:
    async with over_http(place.world.server.url, token(place)) as model:
        schedule = {"schedule": 5, "timezone": "UTC"}
        made = await model.use("create_item", kind="schedule", path="f/payments/no_schedule", value=schedule)
        assert "In the way of a deploy stand:\n" in made.text
        assert "/schedule" in [each["at"] for each in made.data["diagnostics"]]
        made = await model.use("create_item", kind="variable", path="f/payments/no_secret")
        where = {"path": "f/payments/no_secret", "value": "hunter2"}
        refused = await model.use("set_secret", at="/value", **where)
        assert refused.refused and '{"secrets": ["/secret"]}' in refused.text
        assert not (await model.use("set_secret", at="/secret", **where)).refused
        assert "hunter2" not in (await model.use("read", path="f/payments/no_secret")).text


async def test_a_model_takes_back_what_it_did(place: Place) -> None:
    item = await place.script()
    async with over_http(place.world.server.url, token(place)) as model:
        await model.use("read", item=item, at=AT)
        await model.use("edit", item=item, edits=[replace("sum(rows)", "x")])
        undone = await model.use("undo")
        assert "taken back: 1, etag" in undone.text, undone.text
        assert "What people did" not in undone.text, "it did that itself"
        assert (await model.use("read", item=item, at=AT)).data["text"] == TEXT


async def test_a_revoked_token_is_refused_at_once(place: Place) -> None:
    item = await place.script()
    mine = token(place, jti="mcp-revoked")
    async with over_http(place.world.server.url, mine) as model:
        await model.use("read", item=item, at=AT)
        async with api(place) as admin:
            await admin.tokens.revoke(token=mine)

        async def refused() -> bool:
            try:
                return (await model.use("read", item=item, at=AT)).code == "unauthenticated"
            except Exception:
                return True

        await until(refused, "the token no longer counts")
    async with httpx.AsyncClient(base_url=place.world.server.url) as http:
        answer = await http.post("/mcp", headers={"authorization": f"Bearer {mine}"}, json={})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_what_is_no_request_of_a_client_is_refused(place: Place) -> None:
    async with httpx.AsyncClient(
        base_url=place.world.server.url, headers={"authorization": f"Bearer {token(place)}"}
    ) as http:
        foreign = await http.post("/mcp", headers={"origin": "https://evil.example"}, json={})
        assert (foreign.status_code, foreign.json()["code"]) == (403, "origin_refused")
        own = await http.get("/mcp", headers={"origin": place.world.server.url})
        assert (own.status_code, own.headers["allow"]) == (405, "POST, DELETE")
        info = {"name": " \u0007né ", "version": "1"}
        params = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": info}
        opening = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params}
        accept = {"accept": "application/json, text/event-stream"}
        begun = await http.post("/mcp", headers=accept, json=opening)
        assert begun.status_code == 200, begun.text
        session = begun.headers["mcp-session-id"]
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        version = {"mcp-protocol-version": "2025-06-18"}
        good = await http.post("/mcp", headers={**accept, **version, "mcp-session-id": session}, json=ping)
        assert (good.status_code, good.json()["result"]) == (200, {})
        for forged in (session[:-2] + "xx", "x.y", "né".encode(), session.replace(".", "")):
            answer = await http.post(
                "/mcp", headers=httpx.Headers([*accept.items(), ("mcp-session-id", forged)]), json=ping
            )
            assert answer.status_code == 404, forged
        grace = {"authorization": f"Bearer {token(place, 'grace')}", "mcp-session-id": session}
        assert (await http.post("/mcp", headers={**accept, **grace}, json=ping)).status_code == 404
        assert (await http.delete("/mcp")).status_code == 404
        assert (await http.delete("/mcp", headers={"mcp-session-id": session})).status_code == 204
        assert (await http.post("/mcp", headers=accept, content=b"{")).status_code == 400
        large = await http.post("/mcp", headers=accept, content=b"x" * (5 * 1024 * 1024))
        assert large.status_code == 413
        unknown = await http.post("/mcp", headers={**accept, "mcp-session-id": session}, json={**ping, "method": "x/y"})
        assert unknown.json()["error"]["code"] == METHOD_NOT_FOUND


def test_a_worker_without_mcp_clients_does_not_load_the_sdk() -> None:
    loads = "import sys, draftwire_server.app, draftwire_server.cli.main"
    code = f"{loads}; sys.exit({{'mcp', 'mcp_types', 'pydantic'}} & set(sys.modules) != set())"
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


async def test_a_client_that_starts_its_server_has_the_same_tools_over_stdio(place: Place) -> None:
    item = await place.script()
    async with over_stdio(place.world.server.url, token(place)) as model, place.world.connect("ada", 1) as ada:
        draft = await ada.open(item=item)
        assert "edit" in [tool.name for tool in (await model.session.list_tools()).tools]
        await model.use("read", item=item, at=AT)
        assert not (await model.use("edit", item=item, edits=[replace("sum(rows)", "fsum(rows)")])).refused
        await until(lambda: "fsum" in draft.get(AT), "the person sees it")
        run = await run_of(place, model)
        assert (run.actor.name, run.state) == ("claude-code", "running")
        async with api(place) as person:
            await person.runs.note(run.id, "look here")
        assert "look here" in (await model.use("read", item=item, at=AT)).text

    async def ended() -> bool:
        async with api(place) as person:
            return (await person.runs.get(run.id)).state == "ended"

    await until(ended, "its run has ended with it")
    async with over_stdio(place.world.server.url, token(place), "--agent", "desk helper") as model:
        await model.use("read", item=item, at=AT)
        assert (await run_of(place, model)).actor.name == "desk helper"


async def test_sigterm_ends_the_run_of_a_server_whose_client_still_holds_its_stdin(place: Place) -> None:
    environ = {"DRAFTWIRE_SERVER": place.world.server.url, "DRAFTWIRE_TOKEN": token(place), "PATH": "/usr/bin:/bin"}
    command = Path(sys.executable).with_name("draftwire")
    process = await asyncio.create_subprocess_exec(
        command, "mcp", stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environ
    )
    assert process.stdin is not None
    assert process.stdout is not None

    async def say(method: str, ref: int | None = None, **params: Any) -> None:
        named = {"id": ref} if ref is not None else {}
        message = {"jsonrpc": "2.0", "method": method, "params": params, **named}
        process.stdin.write(json.dumps(message).encode() + b"\n")

    async def answer(ref: int) -> Any:
        while (message := json.loads(await process.stdout.readline())).get("id") != ref:
            pass
        return message["result"]

    about = {"name": "claude-code", "version": "1.0"}
    await say("initialize", 1, protocolVersion="2025-11-25", capabilities={}, clientInfo=about)
    await answer(1)
    await say("notifications/initialized")
    await say("tools/call", 2, name="events", arguments={})
    run = (await answer(2))["structuredContent"]["run"]
    process.terminate()
    assert await asyncio.wait_for(process.wait(), 30) == 0
    async with api(place) as person:
        assert (await person.runs.get(run)).state == "ended"
