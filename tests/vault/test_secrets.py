"""Secrets: set but never read back, named by documents of their item alone, read by runtimes."""

import base64
import json
import secrets
from typing import Any

import pytest

import draftwire
from draftwire import Problem
from draftwire.document.ops import Insert, Remove, Set
from draftwire.rest.drafts import DraftPatch
from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.limits.contract import SECRET_BYTES
from tests.drafts.desk import Desk, desk, edit
from tests.items.house import code_of
from tests.system.probe import PROBE
from tests.system.world import world
from tests.vault.short import deploy, item, opened, runtime, secret_text, with_secret
from tests.waiting import until

pytestmark = pytest.mark.slow


async def refused(attempt: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await attempt
    return caught.value


# ---- setting


async def test_a_secret_is_set_in_a_draft_and_editors_see_a_marker_arrive(home: Desk) -> None:
    plain, it = secret_text(), await item(home)
    async with draftwire.connect(home.server.worker_url(1), home.world.token("eli")) as client:
        watching = await client.open(item=it, purpose="shared")
        api = home.api("dana", 0)
        state = await api.drafts.of_item(it, "shared")
        made = await api.secrets.set(state.draft, "/pass", plain, if_match=state.etag)
        await until(lambda: watching.value.get("pass") == {"$secret": made.secret}, "the marker arrives")
        watching.edit(Set("/rate", 5))
        await watching.saved()
        # Another place, on a state that somebody has typed over meanwhile elsewhere.
        inside = await api.secrets.set(state.draft, "p/pass", [plain, 1], if_match=made.etag)
        await until(lambda: watching.get("p/pass") == {"$secret": inside.secret}, "the next one too")
    now = await api.drafts.get(state.draft)
    assert (now.value["pass"], now.value["rate"]) == ({"$secret": made.secret}, 5)
    assert await opened(home, made.secret) == json.dumps(plain).encode()
    assert json.loads(await opened(home, inside.secret)) == [plain, 1]
    listed = await api.secrets.list(it)
    assert [(each.secret, each.by.name) for each in listed.secrets] == [(inside.secret, "Dana"), (made.secret, "Dana")]
    assert plain not in str(listed)


async def test_what_can_not_be_set_is_refused_and_leaves_nothing(home: Desk) -> None:
    it = await item(home)
    api, client = home.api("dana"), home.world.http("dana")
    state = await api.drafts.of_item(it, "shared")
    url = f"drafts/{state.draft}/secrets"
    headers = {"If-Match": f'"{state.etag}"'}
    for code, body, sent in (
        ("precondition_required", {"at": "/pass", "value": "x"}, {}),
        ("no_such_place", {"at": "/title", "value": "x"}, headers),
        ("no_such_place", {"at": "gone/pass", "value": "x"}, headers),
        ("bad_message", {"at": "/pass", "value": None}, headers),
        ("bad_message", {"at": "/pass", "value": ""}, headers),
        ("too_large", {"at": "/pass", "value": "x" * SECRET_BYTES}, headers),
        ("bad_etag", {"at": "/pass", "value": "x"}, {"If-Match": '"x"'}),
    ):
        answer = await client.put(url, params={"item": it}, json=body, headers=sent)
        assert answer.json()["code"] == code, body
    made = await api.secrets.set(state.draft, "/pass", "one", if_match=state.etag)
    plain = secret_text()
    stale = await refused(api.secrets.set(state.draft, "/pass", plain, if_match=state.etag))
    assert stale.code == "stale" and plain not in str(stale.detail)
    assert (await code_of(home.api("dora").secrets.make(it, "x")), len((await api.secrets.list(it)).secrets)) == (
        "forbidden",
        1,
    )
    assert await code_of(home.api("dora").secrets.set(state.draft, "/pass", "x", if_match=made.etag)) == "read_only"
    assert await code_of(home.api("zoe").secrets.make(it, "x")) == "not_found"
    assert await code_of(home.api("dora").secrets.list(it)) == "forbidden"


async def test_without_a_key_secrets_are_refused_and_all_else_works(services: Embedded, database_url: str) -> None:
    async with desk(database_url, services.redis_url, environ={"DRAFTWIRE_SECRET_KEYS": ""}) as bare:
        it = await bare.world.item("ada", "f/one/x", kind="probe", value=PROBE["initial"])
        api = bare.api("ada")
        state = await api.drafts.of_item(it, "shared")
        assert await code_of(api.secrets.make(it, "x")) == "secrets_off"
        assert await code_of(api.secrets.set(state.draft, "/pass", "x", if_match=state.etag)) == "secrets_off"
        saved = await api.drafts.save(state.draft, {**state.value, "pass": ""}, if_match=state.etag)
        assert saved.changed
        await bare.close_apis()
        await bare.world.close_clients()


# ---- whose marker


async def test_a_marker_names_a_secret_of_its_own_item_only(home: Desk) -> None:
    _, _, foreign = await with_secret(home)
    it, draft, own = await with_secret(home, "eli")
    api, client = home.api("eli"), home.world.http("eli")
    for secret in (foreign, "nobodys"):
        marker = {"$secret": secret}
        state = await api.drafts.get(draft)
        attempts = [
            api.drafts.save(draft, {**state.value, "pass": marker}, if_match=state.etag),
            api.drafts.save(draft, {**state.value, "parts": [{"id": "n", "pass": marker}]}, if_match=state.etag),
            api.drafts.patch(draft, DraftPatch(ops=(Set("/pass", marker),)), if_match=state.etag),
            api.drafts.patch(draft, DraftPatch(ops=(Set("/pass/$secret", secret),)), if_match=state.etag),
            api.items.create("probe", value={**PROBE["initial"], "pass": marker}),
            home.api("root").items.put(f"x-{secrets.token_hex(4)}", "probe", value={"pass": marker}),
        ]
        assert [await code_of(attempt) for attempt in attempts] == ["unknown_secret"] * len(attempts)
        async with await home.world.socket("eli", worker=1) as socket:
            await socket.next("welcome")
            opened_ = await socket.ask("state", t="open", ref=1, item=it, purpose="shared")
            for op in (
                {"op": "set", "at": "/pass", "v": marker},
                {"op": "set", "at": "/pass/$secret", "v": secret},
                {"op": "insert", "at": "/parts", "v": {"id": "n", "pass": marker}},
            ):
                answer = await socket.ask("refused", **{**edit(opened_), "ops": [op]})
                assert answer["code"] == "unknown_secret", op
        assert (await api.drafts.get(draft)).etag == state.etag
    # One's own goes through everywhere, on either worker, and is looked up once.
    made = await home.api("eli", 0).secrets.make(it, "again")
    async with await home.world.socket("eli", worker=1) as socket:
        await socket.next("welcome")
        opened_ = await socket.ask("state", t="open", ref=1, item=it, purpose="shared")
        await socket.send(**{**edit(opened_), "ops": [{"op": "set", "at": "/pass", "v": made.marker}]})
        assert (await socket.next("ops"))["to"] == opened_["seq"] + 1
    state = await api.drafts.get(draft)
    back = await client.put(
        f"drafts/{draft}", json={"value": {**state.value, "pass": {"$secret": own}}},
        headers={"If-Match": f'"{state.etag}"'},
    )  # fmt: skip
    assert back.status_code == 200


async def test_nothing_but_a_marker_stands_in_a_secrets_place(home: Desk) -> None:
    _, draft, own = await with_secret(home)
    api = home.api("dana")
    state = await api.drafts.get(draft)
    for op in (
        Set("/pass/more", "plain"), Set("/pass/$secret", 1), Remove("/pass/$secret"), Set("/pass", {"a": "plain"}),
        Set("/pass", "plain"), Insert("/parts", {"id": "n", "pass": "plain"}),
    ):  # fmt: skip
        problem = await refused(api.drafts.patch(draft, DraftPatch(ops=(op,)), if_match=state.etag))
        assert problem.code == "plain_secret" and "plain" not in json.dumps(problem.detail), op
    for value in ("", None, {"$secret": own}):
        state = await api.drafts.get(draft)
        await api.drafts.patch(draft, DraftPatch(ops=(Set("/pass", value),)), if_match=state.etag)
    assert (await api.drafts.get(draft)).value["pass"] == {"$secret": own}


async def test_a_deploy_refuses_a_marker_whose_secret_is_gone(home: Desk) -> None:
    _, draft, own = await with_secret(home)
    await home.world.rows("delete from secret where id = $1", own)
    problem = await refused(deploy(home, draft))
    assert problem.code == "not_deployable"
    assert [(d["at"], d["code"]) for d in problem.detail["diagnostics"]] == [("/pass", "secret")]


# ---- who reads


async def test_a_runtimes_key_reads_the_secrets_of_a_version_and_nobody_else_does(home: Desk) -> None:
    plain = secret_text()
    it, draft, first = await with_secret(home, value=plain)
    hash_ = await deploy(home, draft)
    state = await home.api("dana").drafts.get(draft)
    second = await home.api("dana").secrets.set(draft, "/pass", "newer", if_match=state.etag)
    await deploy(home, draft, 1)
    path = (await home.api("dana").items.get(it)).path
    api = await runtime(home)
    begin = (await home.api("root").events.read()).next
    assert (await api.secrets.deployed(hash=hash_)).values == {"/pass": plain}
    found = await api.secrets.deployed(path=path)
    assert (found.version, found.values) == (2, {"/pass": "newer"})
    events = (await home.api("dana").events.read(begin, types=["secret.*"])).events
    assert [(e.type, e.item, e.data["version"]) for e in events] == [("secret.read", it, 1), ("secret.read", it, 2)]
    assert plain not in str(events) and first != second.secret
    answer = await api.send("GET", await api.in_workspace("deployed", "secrets"), query={"hash": hash_})
    assert answer.headers["cache-control"] == "no-store"
    deployed = await api.versions.deployed(hash=hash_)
    assert deployed.value["pass"] == {"$secret": first}

    for other in (
        home.api("dana"), home.api("root"), home.api("runner"), home.api("dana", agent="helper"),
        await runtime(home, reads_secrets=False), await runtime(home, user="root", reads_secrets=False),
    ):  # fmt: skip
        problem = await refused(other.secrets.deployed(hash=hash_))
        assert (problem.code, problem.detail) == ("forbidden", {"missing": "reads_secrets"})
    assert await code_of((await runtime(home, user="zoe")).secrets.deployed(hash=hash_)) == "not_found"
    assert await code_of(api.secrets.deployed(hash="0" * 64)) == "not_found"
    assert await code_of(api.secrets.deployed()) == "bad_message"
    assert await code_of(home.api("dana").keys.make("mine", reads_secrets=True)) == "forbidden"
    assert {k.reads_secrets for k in (await home.api("root").keys.list()).keys} == {True, False}


async def test_a_hash_of_another_workspace_leads_to_nothing(home: Desk) -> None:
    _, draft, own = await with_secret(home)
    hash_ = await deploy(home, draft)
    async with world(home.server, home.world.database_url, f"other-{secrets.token_hex(4)}") as other:
        await other.member("root", "admin")
        async with draftwire.Api(home.server.url, other.token("root")) as admin:
            key = (await admin.keys.make("theirs", reads_secrets=True)).secret
            it = await other.item("root", "f/one/x", kind="probe")
            state = await admin.drafts.of_item(it, "shared")
            marked = {**state.value, "pass": {"$secret": own}}
            assert await code_of(admin.drafts.save(state.draft, marked, if_match=state.etag)) == "unknown_secret"
        async with draftwire.Api(home.server.url, key) as theirs:
            assert await code_of(theirs.secrets.deployed(hash=hash_)) == "not_found"
            assert await code_of(theirs.versions.deployed(hash=hash_)) == "not_found"


async def test_rows_that_were_swapped_in_the_database_open_nothing(home: Desk) -> None:
    it, draft, first = await with_secret(home, value="the first")
    _, _, other = await with_secret(home, at="p/pass", value="the other", of=it)
    hash_ = await deploy(home, draft)
    await home.world.rows(
        "update secret s set sealed = o.sealed from secret o where s.id = any($1) and o.id = any($1) and s.id <> o.id",
        [first, other],
    )
    problem = await refused((await runtime(home)).secrets.deployed(hash=hash_))
    assert problem.code == "secrets_off" and "the first" not in str(problem)


# ---- forks


async def test_who_set_a_secret_takes_it_along_and_others_are_told_where_it_is_missing(home: Desk) -> None:
    plain, theirs = secret_text(), secret_text()
    it, draft, mine = await with_secret(home, "dana", plain)
    _, _, elis = await with_secret(home, "eli", theirs, "p/pass", it)
    hash_ = await deploy(home, draft)
    begin = (await home.api("root").events.read()).next
    key = {"idempotency_key": secrets.token_hex(8)}
    forked = await home.api("dana").versions.fork(it, path=f"f/one/{secrets.token_hex(4)}", **key)
    assert forked.dropped_secrets == ("/parts/0/pass",)
    again = await home.api("dana").versions.fork(it, path=forked.path, **key)
    assert (again.item, again.dropped_secrets) == (forked.item, forked.dropped_secrets)
    state = await home.api("dana").drafts.of_item(forked.item, "shared")
    assert "pass" not in state.value["parts"][0]
    new = state.value["pass"]["$secret"]
    assert new not in (mine, elis) and json.loads(await opened(home, new)) == plain
    (event,) = (await home.api("eli").events.read(begin, types=["secret.dropped"])).events
    assert (event.item, event.data) == (forked.item, {"at": ["/parts/0/pass"], "origin": it})
    saved = await home.api("dana").drafts.save(
        state.draft, {**state.value, "title": "t"}, if_match=state.etag, item=forked.item
    )
    assert saved.changed
    made = await deploy(home, state.draft)
    assert (await (await runtime(home)).secrets.deployed(hash=made)).values == {"/pass": plain}

    restored = await home.api("eli").versions.restore(it, hash_, path=f"f/one/{secrets.token_hex(4)}")
    assert restored.dropped_secrets == ("/pass",)
    value = (await home.api("eli").drafts.of_item(restored.item, "shared")).value
    assert "pass" not in value and value["parts"][0]["pass"]["$secret"] != elis
    of_draft = await home.api("ada").versions.fork(it, draft, path=f"f/one/{secrets.token_hex(4)}")
    assert set(of_draft.dropped_secrets) == {"/pass", "/parts/0/pass"}


async def test_a_difference_says_by_id_that_a_secret_changed(home: Desk) -> None:
    it, draft, first = await with_secret(home, value="the first one")
    await deploy(home, draft)
    state = await home.api("dana").drafts.get(draft)
    second = await home.api("dana").secrets.set(draft, "/pass", "the second one", if_match=state.etag)
    found = await home.api("dana").items.diff(it, "deployed", "shared")
    (change,) = found.comparison.changes
    assert (change.at, change.old, change.new) == ("/pass", {"$secret": first}, {"$secret": second.secret})


# ---- nowhere in plain text


async def every_row(home: Desk) -> bytes:
    """The whole database: every table, every column, bytes as they are."""
    parts: list[bytes] = []
    tables = await home.world.rows("select tablename from pg_tables where schemaname = 'draftwire'")
    assert len(tables) > 30
    for table in tables:
        for row in await home.world.rows(f'select * from "{table["tablename"]}"'):
            parts += [bytes(v) if isinstance(v, bytes) else str(v).encode() for v in row.values()]
    return b"\n".join(parts)


def forms(plain: str) -> list[bytes]:
    raw = plain.encode()
    return [raw, raw.hex().encode(), *(base64.b64encode(b"x" * pad + raw)[4:-4] for pad in range(3))]


async def test_a_secret_stands_in_no_table_no_answer_and_no_log(home: Desk) -> None:
    """Edge case 37: through draft, save, 409, alert, deploy, fork, diff, stash, discard, restore and erasure."""
    plain, other, typed = secret_text(), secret_text(), secret_text()
    it, draft, first = await with_secret(home, value=plain)
    dana, eli = home.api("dana"), home.api("eli", 1)
    state = await dana.drafts.get(draft)
    client = home.world.http("eli")
    answers: list[str] = []

    async def keep(answer: Any) -> Any:
        answers.append(answer.text if hasattr(answer, "text") else str(answer))
        return answer

    # Two set it at once, live: a clash, and an alert of it.
    async with draftwire.connect(home.server.worker_url(0), home.world.token("dana")) as one:
        mine = await one.open(draft=draft)
        made = await eli.secrets.make(it, other)
        async with await home.world.socket("eli", worker=1) as socket:
            await socket.next("welcome")
            base = await socket.ask("state", t="open", ref=1, item=it, purpose="shared")
            mine.edit(Set("/pass", ""))
            await mine.saved()
            await socket.send(**{**edit(base), "ops": [{"op": "set", "at": "/pass", "v": made.marker}]})
            await until(lambda: mine.value["pass"] == made.marker, "it came")
            # What was typed in plain text: refused, then parked by the client; and lost with the element it was for.
            no = {**edit(base, no=2), "base": mine.seq, "seen": mine.seq, "mark": mine.etag.rpartition(".")[2]}
            told = await socket.ask("refused", **{**no, "ops": [{"op": "set", "at": "/pass", "v": typed}]})
            await keep(json.dumps(told))
            texts = [{"at": "/pass", "mine": typed, "base": None}, {"at": "p/pass", "mine": typed, "base": typed},
                     {"at": "gone", "mine": {"id": "gone", "pass": {"deep": typed}}, "base": None},
                     {"at": "/notes", "mine": "kept text", "base": None}]  # fmt: skip
            parked = await socket.ask(
                "parked", t="park", ref=9, draft=draft, generation=1, reason="refused", base=mine.seq, texts=texts
            )
            mine.edit(Remove("r"))
            await mine.saved()
            while (await socket.next("ops"))["to"] < mine.seq:
                pass
            await socket.send(**{**no, "ops": [{"op": "set", "at": "r/pass", "v": typed}]})

            async def lost() -> bool:
                alerts = (await dana.drafts.get(draft)).alerts
                await keep(str(alerts))
                return "lost_target" in {alert.kind for alert in alerts}

            await until(lost, "what was lost is told")
    entry = await eli.stash.get(parked["stash"])
    assert [text.mine for text in entry.texts] == [None, None, {"id": "gone", "pass": None}, "kept text"]
    # A stale save, refused with both sides and stashed; a forced one, whose victim is stashed.
    third = await eli.secrets.make(it, other)
    refused_ = await keep(await client.put(
        f"drafts/{draft}", json={"value": {**state.value, "pass": third.marker}},
        headers={"If-Match": f'"{state.etag}"', "Idempotency-Key": secrets.token_hex(8)},
    ))  # fmt: skip
    assert refused_.status_code == 409
    now = await dana.drafts.get(draft)
    await keep(await dana.drafts.save(
        draft, {**now.value, "pass": {"$secret": first}}, if_match=state.etag, override=now.etag
    ))  # fmt: skip
    hash_ = await deploy(home, draft)
    await keep(await dana.items.diff(it, "version:0", "deployed"))
    await keep(await home.api("eli").versions.fork(it, path=f"f/one/{secrets.token_hex(4)}"))
    await keep(await dana.versions.fork(it, path=f"f/one/{secrets.token_hex(4)}"))
    await keep(await dana.versions.get(it, 1))
    await keep(await dana.items.get(it))
    await keep(await dana.drafts.log(draft))
    await keep(await dana.items.list(q="hunter"))
    state = await dana.drafts.get(draft)
    await dana.secrets.set(draft, "p/pass", other, if_match=state.etag)
    state = await dana.drafts.get(draft)
    await dana.deploys.discard(draft, state.etag)
    await keep(await dana.deploys.bring_back(draft))
    await keep(await dana.stash.list())
    await keep(await eli.stash.list())
    await keep(await dana.events.read(0, limit=500))
    assert (await (await runtime(home)).secrets.deployed(hash=hash_)).values["/pass"] == plain
    rows = await every_row(home)
    assert first.encode() in rows and it.encode() in rows, "the right database was looked through"
    for text in (plain, other, typed):
        for form in forms(text):
            assert form not in rows
        assert text not in home.server.log
        assert text not in "\n".join(answers)
    assert json.loads(await opened(home, first)) == plain


async def test_a_marker_goes_along_where_drafts_of_an_item_meet(home: Desk) -> None:
    """Adopted, edited together, rebased, reverted, brought back, restored from the stash; by either worker."""
    it = await item(home)
    own = await home.api("dana").drafts.of_item(it, "own")
    made = await home.api("dana", 0).secrets.set(own.draft, "/pass", "v", if_match=own.etag, item=it)
    adopted = await home.api("eli", 1).adoption.adopt(it, own.draft)
    eli = home.api("eli", 1)
    assert (await eli.drafts.get(adopted.draft)).value["pass"] == {"$secret": made.secret}
    together = await home.api("dana", 1).adoption.edit_together(own.draft)
    shared = await eli.drafts.of_item(it, "shared")
    assert shared.draft == together.draft and shared.value["pass"] == {"$secret": made.secret}

    dana = home.api("dana", 0)
    await dana.deploys.deploy(shared.draft, shared.etag, 0)
    newer = await dana.secrets.set(shared.draft, "/pass", "w", if_match=shared.etag)
    await dana.deploys.deploy(shared.draft, newer.etag, 1)
    mine = await eli.drafts.get(adopted.draft)
    cleared = await eli.drafts.save(mine.draft, {**mine.value, "title": "t"}, if_match=mine.etag)
    rebased = await eli.deploys.rebase(mine.draft, 2, rest="theirs")
    assert rebased.value["pass"] == {"$secret": newer.secret} and rebased.etag != cleared.etag
    reverted = await home.api("dana", 1).deploys.revert(shared.draft, version=1)
    assert reverted.value["pass"] == {"$secret": made.secret}
    redeployed = await dana.deploys.redeploy(it, 1, 2)
    assert (await (await runtime(home)).secrets.deployed(hash=redeployed.hash)).values == {"/pass": "v"}


async def test_a_value_is_destroyed_unless_what_is_deployed_needs_it(home: Desk) -> None:
    it, draft, first = await with_secret(home)
    await deploy(home, draft)
    api = home.api("dana")
    assert await code_of(api.secrets.remove(it, first)) == "secret_in_use"
    assert await code_of(home.api("dora").secrets.remove(it, first)) == "forbidden"
    assert await code_of(home.api("zoe").secrets.remove(it, first)) == "not_found"
    state = await api.drafts.get(draft)
    await api.secrets.set(draft, "/pass", "newer", if_match=state.etag)
    await deploy(home, draft, 1)
    begin = (await home.api("root").events.read()).next
    other = await item(home)
    assert await code_of(api.secrets.remove(other, first)) == "not_found", "it is another item's"
    assert (await api.secrets.remove(it, first)).outcome == "removed"
    assert await code_of(api.secrets.remove(it, first)) == "not_found"
    assert await home.world.rows("select 1 from secret where id = $1", first) == []
    problem = await refused(api.deploys.redeploy(it, 1, 2))
    assert (problem.code, problem.detail["diagnostics"][0]["at"]) == ("not_deployable", "/pass")
    told = (await api.events.read(begin, types=["secret.*"])).events
    assert [(e.type, e.item, e.data) for e in told] == [("secret.removed", it, {"secret": first})]
