"""Who an agent is and how far it reaches: by its token, by what it declares, until it is revoked.

Edge cases 52 (the person loses rights while their agent runs) and 53 (a refusal says whether to try again).
"""

import contextlib
import secrets
import time
from typing import Any

import httpx
import pytest
import websockets

import draftwire
from draftwire.api import Api
from draftwire.errors import Problem
from draftwire_server.core.access.access import SCOPES, Scope
from draftwire_server.core.access.tokens import Claims, sign_token
from draftwire_server.store.access import members
from draftwire_server.store.people import grants
from tests.cli.commands import run
from tests.drafts.desk import WRITE, Desk, changed, edit, script
from tests.system.bounds import best_within
from tests.system.cluster import TOKEN_KEY
from tests.system.world import Socket
from tests.waiting import until

pytestmark = pytest.mark.slow

REFUSED_WITHIN_S = 1.0  # on every worker


async def refusal(asked: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await asked
    return caught.value


def claims_of(scope: Scope) -> dict[str, Any]:
    """What `draftwire token --scope` puts into a token."""
    may, mode = SCOPES[scope]
    return {"may": may, "mode": mode}


def declaring(home: Desk, token: str, agent: str | None, worker: int = 0, **more: Any) -> Api:
    """The SDK with a token or key, which says that an agent acts."""
    made = Api(home.server.worker_url(worker), token, agent=agent, **more)
    home._apis.append(made)
    return made


async def saved(api: Api, draft: str, text: str) -> Any:
    state = await api.drafts.get(draft)
    return await api.drafts.save(draft, script(text), if_match=state.etag)


async def opened(home: Desk, draft: str, worker: int = 0, **hello: Any) -> tuple[Socket, dict[str, Any]]:
    """A socket that follows a draft, and the state."""
    socket = await home.world.socket("", worker, **hello)
    await socket.next("welcome")
    return socket, await socket.ask("state", t="open", ref=1, draft=draft)


async def writer_kinds(home: Desk, draft: str) -> set[tuple[str, str, str | None]]:
    log = await home.api("ada").drafts.log(draft)
    return {(w.actor.kind, w.actor.name, w.actor.on_behalf_of) for w in log.writers}


# ---- declaring


async def test_a_persons_token_that_declares_an_agent_acts_as_it_over_http_and_websocket(home: Desk) -> None:
    _item, draft = await home.own("ada")
    token = home.world.token("ada")
    api = declaring(home, token, "Hélper ✦")
    me = await api.me()
    assert (me.actor.kind, me.actor.name, me.actor.on_behalf_of) == ("agent", "Hélper ✦", "Ada")
    assert set(me.may) == {"see", "read_drafts", "write", "join", "run"}, "neither deploy nor admin"
    await saved(api, draft, "by http\n")
    socket, state = await opened(home, draft, 1, token=token, agent="Hélper ✦")
    async with socket:
        assert next(m for m in socket.passed if m["t"] == "welcome")["actor"]["id"] == me.actor.id
        assert (await socket.ask("ops", "refused", **edit(state, "by socket\n")))["t"] == "ops"
    assert await writer_kinds(home, draft) == {("user", "Ada", None), ("agent", "Hélper ✦", "Ada")}
    assert (await declaring(home, token, None).me()).actor.kind == "user", "without the header it is the person"


async def test_an_agent_declared_after_the_token_came_is_one_from_the_hello_on_and_stays_it_in_a_renewal(
    home: Desk,
) -> None:
    _, draft = await home.own("ada")
    async with await home.world.bare() as socket:
        await socket.send(t="auth", token=home.world.token("ada"))
        hello = {"t": "hello", "session": secrets.token_urlsafe(16), "agent": "helper"}
        assert (await socket.ask("welcome", **hello))["actor"]["kind"] == "agent"
        renewed = await socket.ask("welcome", "error", t="auth", ref=2, token=home.world.token("ada"))
        assert (renewed["t"], renewed["actor"]["kind"]) == ("welcome", "agent")
        state = await socket.ask("state", t="open", ref=3, draft=draft)
        assert (await socket.ask("ops", "refused", **edit(state)))["t"] == "ops"
    assert ("agent", "helper", "Ada") in await writer_kinds(home, draft)
    async with draftwire.connect(home.server.url, home.world.token("ada"), agent="helper") as client:
        assert (await client.welcome()).actor.kind == "agent", "the SDK declares it too"


async def test_an_api_key_that_acts_for_a_person_declares_an_agent_and_is_only_narrowed(home: Desk) -> None:
    made = await home.api("root").keys.make(f"agents-{secrets.token_hex(3)}", act_for=["ada"])
    api = declaring(home, made.secret, "helper", act_for="ada")
    me = await api.me()
    assert (me.actor.kind, me.actor.name, me.actor.on_behalf_of) == ("agent", "helper", "Ada")
    assert not {"deploy", "admin"} & set(me.may)
    named = await home.api("root").keys.make(f"deploys-{secrets.token_hex(3)}", may=["see", "deploy"], act_for=["ada"])
    assert set((await declaring(home, named.secret, "helper", act_for="ada").me()).may) == {"see", "deploy"}
    assert not {"admin", "deploy"} & set((await declaring(home, made.secret, "helper").me()).may), "of the key's owner"


async def test_a_declaration_never_widens_and_a_bad_one_is_refused(home: Desk) -> None:
    theirs = home.world.token("ada", agent="helper", may=["see"])
    assert (await declaring(home, theirs, "helper").me()).may == ("see",)
    other = await refusal(declaring(home, theirs, "another").me())
    assert (other.code, other.kind.retry) == ("forbidden", False)
    async with await home.world.socket("", token=theirs, agent="another") as socket:
        assert (await socket.next("welcome", "error"))["code"] == "forbidden"
    for label in ("", "   ", "x" * 201, "two\tcells", " helper"):
        with pytest.raises(Problem, match="bad_message"):
            declaring(home, home.world.token("ada"), label)
        async with await home.world.socket("ada", agent=label) as socket:
            assert (await socket.next("welcome", "error"))["code"] == "bad_message", label
    async with home.world.http("ada") as http:
        for header in (b"\xff\xfe", b"", b"x" * 201, b"two\tcells"):
            answer = await http.get(home.server.url + "/v1/me", headers=[(b"draftwire-agent", header)])
            assert (answer.status_code, answer.json()["code"]) == (400, "bad_message"), header


# ---- how far it reaches


async def test_what_each_scope_of_a_token_lets_an_agent_do(home: Desk) -> None:
    async with home.world.store() as connection:
        ada = await home.user_id("ada")
        deploys = frozenset(("deploy",))
        await grants.grant(connection, home.world.workspace, ada, deploys, prefix="f/one/", item=None, until=None)  # type: ignore[arg-type]
    expected = {
        "read": ("read_only", "forbidden", "forbidden", "forbidden"),
        "suggest": ("suggest_only", "suggest_only", "suggest_only", "suggest_only"),
        "write": (None, None, None, "forbidden"),
        "deploy": (None, None, None, None),
    }
    for scope, (typing, making, discarding, deploying) in expected.items():
        _item, draft = await home.own("ada")
        api = home.api("ada", agent="helper", **claims_of(scope))  # type: ignore[arg-type]
        state = await api.drafts.get(draft)
        assert state.value["content"], f"{scope} reads"
        assert await code_of(saved(api, draft, f"{scope}\n")) == typing, scope
        socket, opened_state = await opened(
            home, draft, 1, token=home.world.token("ada", agent="helper", **claims_of(scope))  # type: ignore[arg-type]
        )  # fmt: skip
        async with socket:
            answer = await socket.ask("ops", "refused", **edit(opened_state))
            assert (answer.get("code"), answer.get("retry", False)) == (typing, False), scope
            assert opened_state["may"] == ("look" if typing else "type")
        path = f"f/one/{secrets.token_hex(4)}"
        assert await code_of(api.items.create("both", path=path, value=script("new\n"))) == making, scope
        at = await api.drafts.get(draft)
        assert await code_of(api.deploys.deploy(draft, at.etag, expected_version=0)) == deploying, scope
        assert await code_of(api.deploys.discard(draft, (await api.drafts.get(draft)).etag)) == discarding


async def code_of(asked: Any) -> str | None:
    """The code with which a call is refused; None if it is not."""
    try:
        await asked
    except Problem as problem:
        return problem.code
    return None


async def test_a_refused_edit_names_the_right_that_is_missing(home: Desk) -> None:
    item, draft = await home.own("ada")
    _, shared = await home.shared("ada", item)
    reader = home.api("ada", agent="helper", **claims_of("read"))
    problem = await refusal(saved(reader, draft, "no\n"))
    assert (problem.code, problem.kind.status, problem.detail) == ("read_only", 403, {"missing": "write"})
    dora = await refusal(saved(home.api("dora"), shared, "no\n"))
    assert (dora.code, dora.detail) == ("read_only", {"missing": "write"})
    ben = await refusal(saved(home.api("ben"), draft, "no\n"))
    assert (ben.code, ben.detail) == ("read_only", {"missing": "invitation"})
    socket, state = await opened(home, draft, token=home.world.token("ada", agent="helper", **claims_of("read")))
    async with socket:
        answer = await socket.ask("refused", **edit(state))
        assert (answer["code"], answer["detail"]) == ("read_only", {"missing": "write"})


async def test_without_naming_them_a_token_gives_an_agent_neither_deploy_nor_admin(home: Desk) -> None:
    _item, draft = await home.own("root", folder="two")
    agent, person = home.api("root", agent="helper"), home.api("root")
    at = (await agent.drafts.get(draft)).etag
    problem = await refusal(agent.deploys.deploy(draft, at, expected_version=0))
    assert (problem.code, problem.detail) == ("forbidden", {"missing": "deploy"})
    assert (await refusal(agent.kinds.put({"name": "sneaked", "title": "x", "schema": {}}))).code == "forbidden"
    named = home.api("root", agent="helper", may=["see", "read_drafts", "deploy"])
    assert (await named.deploys.deploy(draft, at, expected_version=0)).version == 1
    assert (await person.me()).role == "admin"


async def test_a_token_for_one_item_or_one_folder_shows_nothing_else(home: Desk) -> None:
    item, draft = await home.own("ada")
    other, _ = await home.own("ada", folder="two")
    one = home.api("ada", agent="helper", items=[item])
    folder = home.api("ada", agent="helper", prefixes=["f/two/"])
    assert (await one.items.get(item)).item == item
    assert (await refusal(one.items.get(other))).code == "not_found"
    assert [line.id for line in (await one.items.list()).items] == [item]
    assert (await refusal(folder.items.get(item))).code == "not_found"
    assert other in {line.id for line in (await folder.items.list(limit=200)).items}
    await saved(one, draft, "there\n")


async def test_an_agent_types_in_its_persons_drafts_and_shared_ones_and_in_anothers_only_where_agents_are_invited(
    home: Desk,
) -> None:
    item, anothers = await home.own("ada", visibility="open")
    _, shared = await home.shared("ada", item)
    _, its_persons = await home.own("ben", item)
    agent, ben = home.api("ben", agent="helper"), home.api("ben")
    await saved(agent, its_persons, "mine\n")
    await saved(agent, shared, "ours\n")
    await saved(ben, anothers, "open to people\n")
    problem = await refusal(saved(agent, anothers, "and not to agents\n"))
    assert (problem.code, problem.kind.status, problem.kind.retry) == ("suggest_only", 403, False)
    ada = home.api("ada")
    await ada.sharing.invite(anothers, "ben", "type")
    assert (await refusal(saved(agent, anothers, "nor yet\n"))).code == "suggest_only"
    socket, state = await opened(home, anothers, 1, token=home.world.token("ben", agent="helper"))
    async with socket:
        assert (state["may"], state["why"]) == ("look", "suggest_only")
        await ada.sharing.invite(anothers, "ben", "type", agents=True)
        assert (await socket.next("may"))["may"] == "type"
        assert (await socket.ask("ops", "refused", **edit(state)))["t"] == "ops"
        await ada.sharing.withdraw(anothers, "ben")
        told = await socket.next("may")
        assert (told["may"], told["why"]) == ("look", "suggest_only")
        assert (await socket.ask("refused", **edit(state, no=2)))["code"] == "suggest_only"


# ---- ending it


def signed(home: Desk, user: str, jti: str, **claims: Any) -> str:
    now = time.time()
    made = Claims(sub=user, workspace=home.world.workspace, iat=now, exp=now + 60, jti=jti, **claims)
    return sign_token(made, (TOKEN_KEY,))


@pytest.mark.parametrize("declared", [False, True])
async def test_a_revoked_token_ends_its_agent_on_every_worker_within_a_second(home: Desk, declared: bool) -> None:
    await best_within(REFUSED_WITHIN_S, lambda: revoke(home, declared), "the agent is gone")


async def revoke(home: Desk, declared: bool) -> float:
    """Gives how long it took until the agent of a revoked token was nowhere any more."""
    item, draft = await home.own("ada")
    jti = secrets.token_hex(8)
    token = signed(home, "ada", jti) if declared else signed(home, "ada", jti, agent="helper")
    agent = "helper" if declared else None
    sockets = [
        await opened(home, draft, worker, token=token, **({"agent": agent} if agent else {})) for worker in (0, 1)
    ]
    apis = [declaring(home, token, agent, worker) for worker in (0, 1)]
    for api in apis:
        await api.presence.attend(item, doing="reading", lease_s=60, session=secrets.token_urlsafe(16))
    for socket, _ in sockets:
        await socket.send(t="focus", item=item, draft=draft, doing="writing", at="/content", seq=1)
    watching = home.api("ben")

    async def seen() -> bool:
        return len((await watching.presence.here(item)).here) == 4

    await until(seen, "the agent is there four times")
    before = (await home.api("ada").drafts.get(draft)).etag
    began = time.monotonic()
    await home.api("root").tokens.revoke(jti=jti, expires_at=time.time() + 60)
    for socket, state in sockets:
        with contextlib.suppress(websockets.ConnectionClosed):  # the end may be here already
            await socket.send(**edit(state, "too late\n"))
    for api in apis:
        problem = await refusal(api.drafts.get(draft))
        assert (problem.code, problem.kind.retry) == ("unauthenticated", False)
    for socket, _ in sockets:
        assert await socket.closed() == 4503
        assert "ops" not in {message["t"] for message in socket.passed}

    async def gone() -> bool:
        return (await watching.presence.here(item)).here == ()

    await until(gone, "it is nowhere any more")
    took_s = time.monotonic() - began
    assert (await home.api("ada").drafts.get(draft)).etag == before
    return took_s


def test_the_command_makes_an_agents_token_and_whoever_holds_it_ends_it(home: Desk) -> None:
    key = {"DRAFTWIRE_TOKEN_KEYS": TOKEN_KEY}
    wanted = ("token", "--user", "ada", "--workspace", home.world.workspace, "--agent", "helper", "--scope", "read")
    began = time.time()
    token = run(home.world, *wanted, "--folder", "one", "--model", "some-model", **key).strip()
    with httpx.Client(base_url=home.server.url, headers={"authorization": f"Bearer {token}"}) as http:
        me = http.get("/v1/me").json()
        assert (me["actor"]["kind"], me["may"]) == ("agent", ["read_drafts", "see"])
        assert began + 3599 <= me["token_expires_at"] <= time.time() + 3600, "an hour, unless it is said"
        assert "Revoked" in run(home.world, "token", "revoke", "-", given=token, token=token)
        assert http.get("/v1/me").json()["code"] == "unauthenticated"
    assert "at most 86400 seconds" in run(home.world, *wanted, "--ttl", "86401", exit_code=2, **key)
    assert "--user" in run(home.world, "token", exit_code=2, **key)
    assert "--agent" in run(home.world, "token", "--user", "ada", "--model", "m", exit_code=2, **key)


# ---- 52: the person loses rights while their agent is running


async def newcomer(home: Desk) -> tuple[str, str]:
    """A person of their own who writes in folder one: name and id."""
    name = f"p{secrets.token_hex(4)}"
    return name, await home.world.member(name, "editor", one=WRITE)


async def test_an_agent_whose_person_loses_the_item_commits_nothing_more_and_is_no_longer_there(home: Desk) -> None:
    await best_within(REFUSED_WITHIN_S, lambda: take_the_item_away(home), "the agent is gone")


async def take_the_item_away(home: Desk) -> float:
    """Gives how long it took until the agent of a person who lost the item was nowhere any more."""
    item, draft = await home.shared("ada")
    name, user = await newcomer(home)
    socket, state = await opened(home, draft, 1, token=home.world.token(name, agent="helper"))
    lease = home.api(name, 0, agent="helper")
    async with socket:
        await socket.send(t="focus", item=item, draft=draft, doing="writing", at="/content")
        await lease.presence.attend(item, doing="reading", lease_s=60, session=secrets.token_urlsafe(16))
        watching = home.api("ada")

        async def count() -> int:
            return len((await watching.presence.here(item)).here)

        await until(lambda: _equals(count, 2), "the agent is there twice")
        ops = await socket.ask("ops", **edit(state, "before\n"))
        state = {**state, "seq": ops["to"], "mark": ops["mark"]}
        async with home.world.store() as connection:
            began = time.monotonic()
            await connection.execute("delete from access_grant where workspace_id = $1 and user_id = $2",
                                     home.world.workspace, user)  # fmt: skip
        answer = await socket.ask("refused", "gone", **edit(state, "after\n", no=2))
        if answer["t"] == "refused":
            assert (answer["code"], answer.get("retry", False)) == ("not_found", False)
            answer = await socket.next("gone")
        await until(lambda: _equals(count, 0), "it is nowhere any more")
        took_s = time.monotonic() - began
        assert (await socket.ask("refused", **edit(state, "after\n", no=2)))["code"] == "not_found"
        assert (await socket.ask("error", t="focus", item=item))["code"] == "not_found"
        assert (await refusal(saved(lease, draft, "after\n"))).code == "not_found"
    text = (await home.api("ada").drafts.get(draft)).value["content"]
    assert "before" in text and "after" not in text
    return took_s


async def _equals(count: Any, wanted: int) -> bool:
    return bool(await count() == wanted)


async def test_an_agent_whose_person_may_only_read_any_more_is_told_so_and_goes_on_reading(home: Desk) -> None:
    _item, draft = await home.shared("ada")
    name, user = await newcomer(home)
    socket, state = await opened(home, draft, 1, token=home.world.token(name, agent="helper"))
    async with socket, home.world.store() as connection:
        await connection.execute(
            "update access_grant set may = array['see', 'read_drafts'] where workspace_id = $1 and user_id = $2",
            home.world.workspace, user,
        )  # fmt: skip
        told = await socket.next("may")
        assert (told["may"], told["why"]) == ("look", "read_only")
        answer = await socket.ask("refused", **edit(state, "after\n"))
        assert (answer["code"], answer["detail"], answer.get("retry", False)) == (
            "read_only",
            {"missing": "write"},
            False,
        )
        await saved(home.api("ada"), draft, changed(state["value"]["content"], 1, "goes on"))
        assert (await socket.next("ops"))["batches"]


async def test_an_agent_whose_person_is_removed_is_signed_out_and_gone_at_once(home: Desk) -> None:
    await best_within(REFUSED_WITHIN_S, lambda: remove_the_person(home), "the agent is gone")


async def remove_the_person(home: Desk) -> float:
    """Gives how long it took until the agent of a removed person was nowhere any more."""
    item, draft = await home.shared("ada")
    name, user = await newcomer(home)
    socket, _state = await opened(home, draft, 0, token=home.world.token(name, agent="helper"))
    async with socket:
        await socket.send(t="focus", item=item, draft=draft, doing="writing", at="/content")

        async def there() -> int:
            return len((await home.api("ada", 1).presence.here(item)).here)

        await until(lambda: _equals(there, 1), "it is there")
        began = time.monotonic()
        await home.api("root").members.remove(user)
        assert await socket.closed() == 4503
        error = next(message for message in socket.passed if message["t"] == "error")
        assert (error["code"], error.get("retry", False)) == ("unauthenticated", False)
        await until(lambda: _equals(there, 0), "it is nowhere any more")
        took_s = time.monotonic() - began
    async with home.world.store() as connection:
        assert (await members.load_member(connection, home.world.workspace, user)) is not None
    return took_s


# ---- where its run is seen


async def test_a_version_says_in_which_run_an_agent_deployed_it(home: Desk) -> None:
    item, draft = await home.own("root", folder="two")
    run_of = await _run(home, "root", "deployer")
    api = home.api("root", agent="deployer", run=run_of, **claims_of("deploy"))
    assert (await api.me()).run == run_of
    await saved(api, draft, "one\n")
    at = (await api.drafts.get(draft)).etag
    assert (await api.deploys.deploy(draft, at, expected_version=0)).version == 1
    version = (await home.api("root").versions.list(item)).versions[0]
    assert (version.run, version.deployer.kind, version.deployer.name) == (run_of, "agent", "deployer")
    head = (await home.api("root").items.get(item)).head
    assert head is not None and head.run == run_of
    writers = (await home.api("root").drafts.log(draft)).writers
    assert {writer.run for writer in writers} == {None, run_of}


async def _run(home: Desk, user: str, agent: str) -> str:
    async with home.world.http(user, agent=agent) as http:
        answer = await http.post("runs", json={"label": "a piece of work", "model": "some-model"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])


# ---- 53: a refusal says whether trying again makes sense


async def test_every_refusal_over_http_and_websocket_says_whether_to_try_again(home: Desk) -> None:
    _, draft = await home.own("ada")
    async with home.world.http("ada", agent="helper") as http:
        for answer in (
            await http.put(f"drafts/{draft}", json={"value": {}}),
            await http.get("drafts/nowhere"),
            await http.get(home.server.url + "/v1/nowhere"),
            await http.get(home.server.url + "/v1/me", headers={"authorization": "Bearer x"}),
        ):
            assert answer.json()["retry"] is False, answer.text
        old = home.world.token("ada", agent="helper", ttl_s=-1)
        answer = await http.get(home.server.url + "/v1/me", headers={"authorization": f"Bearer {old}"})
        assert (answer.json()["code"], answer.json()["retry"]) == ("token_expired", True)
    async with await home.world.socket("ada", agent="helper") as socket:
        await socket.next("welcome")
        assert "retry" not in await socket.ask("error", t="open", ref=1, draft="nowhere"), "absent means no"


# ---- no way around


async def writing(home: Desk, http: httpx.AsyncClient, item: str, draft: str, entry: str) -> list[httpx.Response]:
    """Every request that changes a draft, its sharing, its item or a stash entry, as whoever ``http`` is."""
    told = (await http.get(f"drafts/{draft}")).json()
    at, match = told["etag"], {"if-match": told["etag"]}
    document = {"value": script("no\n")}
    merely: list[tuple[str, str, Any, dict[str, str]]] = [
        ("PUT", f"drafts/{draft}", document, match),
        ("PUT", f"drafts/{draft}", document, {"if-match": at, "draftwire-override": at}),
        ("PATCH", f"drafts/{draft}/content", [{"op": "replace", "path": "/content", "value": "no\n"}], match),
        ("PATCH", f"drafts/{draft}/content", {"edits": [{"at": "/content", "old": "line 3", "new": "no"}]}, match),
        ("PUT", f"drafts/{draft}/secrets", {"at": "/summary", "value": "no"}, match),
        ("POST", f"drafts/{draft}/revert", {"version": 0}, {}),
        ("POST", f"drafts/{draft}/revert", {"etag": "g1.s1." + "A" * 8}, {}),
        ("POST", f"drafts/{draft}/rebase", {"version": 1}, {}),
        ("POST", f"drafts/{draft}/keep", {"version": 1}, {}),
        ("POST", f"drafts/{draft}/bring-back", {}, {}),
        ("POST", f"drafts/{draft}/bring", {"from": await home.own_id("cleo", item)}, {}),
        ("POST", f"drafts/{draft}/edit-together", {}, {}),
        ("POST", f"drafts/{draft}/names", {"name": "no", "etag": at}, {}),
        ("POST", f"drafts/{draft}/discard", {"etag": at}, {}),
        ("POST", f"drafts/{draft}/deploy", {"etag": at, "expected_version": 0}, {}),
        ("PATCH", f"drafts/{draft}", {"visibility": "private"}, {}),
        ("PUT", f"drafts/{draft}/guests/dora", {"may": "type", "agents": True}, {}),
        ("POST", f"stash/{entry}/restore", {}, {}),
    ]
    return [await http.request(method, url, json=body, headers=headers) for method, url, body, headers in merely]


async def parked(home: Desk, user: str, item: str, draft: str) -> str:
    """A stash entry of a user: its id."""
    socket, state = await opened(home, draft, token=home.world.token(user))
    async with socket:
        texts = [{"at": "/content", "mine": "parked\n", "base": ""}]
        told = await socket.ask(
            "parked", t="park", ref=5, draft=draft, generation=state["generation"], reason="refused", base=state["seq"],
            texts=texts, item=item,
        )  # fmt: skip
    return str(told["stash"])


async def _whole(home: Desk, draft: str) -> Any:
    rows = await home.world.rows(
        "select head_seq, head_mark, generation, visibility, guests::text, discarded_at from draft where id = $1", draft
    )
    return [tuple(row.values()) for row in rows]


@pytest.mark.parametrize("how", ["read", "suggest", "another's"])
async def test_no_request_of_an_agent_that_may_not_write_a_draft_changes_it(home: Desk, how: str) -> None:
    item, draft = await home.own("ada", visibility="open")
    user = "ben" if how == "another's" else "ada"
    entry = await parked(home, user, item, draft)
    claims = {} if how == "another's" else claims_of(how)  # type: ignore[arg-type]
    before = await _whole(home, draft)
    async with home.world.http(user, agent="helper", **claims) as http:
        answers = await writing(home, http, item, draft, entry)
        if how != "another's":  # a person's agent that may write puts away what its person kept
            answers.append(await http.post(f"stash/{entry}/dismiss"))
    for answer in answers:
        told = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:200]}"
        assert answer.status_code in (403, 404), told
        assert answer.json()["retry"] is False, told
    assert await _whole(home, draft) == before
    (entry_row,) = await home.world.rows("select * from stash where id = $1", entry)
    assert entry_row.get("dismissed_at") is None


async def test_a_token_for_one_item_or_folder_is_told_of_no_text_that_its_person_kept_elsewhere(home: Desk) -> None:
    item, draft = await home.own("cleo")
    other, elsewhere = await home.own("cleo", folder="two")
    here, there = await parked(home, "cleo", item, draft), await parked(home, "cleo", other, elsewhere)
    person = {line.id for line in (await home.api("cleo").stash.list()).entries}
    assert {here, there} <= person
    for claims in ({"items": [item]}, {"prefixes": ["f/one/"]}):
        api = home.api("cleo", agent="helper", **claims)
        assert {line.id for line in (await api.stash.list()).entries} == {here}
        assert (await api.stash.get(here)).id == here
        for asked in (api.stash.get(there), api.stash.dismiss(there)):
            assert (await refusal(asked)).code == "not_found"
    runner = home.api("cleo", agent="helper", may=["see", "run"])
    assert (await runner.stash.list()).entries == ()
    assert (await refusal(runner.stash.get(here))).code == "not_found"
