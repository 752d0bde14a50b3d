"""API keys and revoked tokens: how far they reach, for whom they act, and how they end."""

import secrets
import time
from typing import Any

import pytest

import draftwire
from draftwire.rest.rights import Holder
from draftwire_server.core.access.tokens import Claims, sign_token
from draftwire_server.store import keeping
from tests.rights.conftest import Office, code
from tests.rights.test_system import edit
from tests.system.cluster import TOKEN_KEY
from tests.waiting import until

pytestmark = pytest.mark.slow


async def peopled(office: Office) -> str:
    """ben writes in the folder desk, cleo reads there; gives a draft in it."""
    ada = office.api("ada")
    for name in ("ben", "cleo"):
        await ada.members.add(name, name=name.title())
    await ada.folders.add("desk", writers=[Holder(user="ben")], readers=[Holder(user="cleo")])
    return (await office.item("f/desk/a"))[1]


async def test_a_key_is_shown_once_and_kept_as_a_hash(office: Office) -> None:
    await peopled(office)
    ben = office.api("ben")
    made = await ben.keys.make("deploys", may=["see", "read_drafts"], prefixes=["f/desk"])
    assert made.secret.startswith("dwk_") and made.secret.endswith(made.key.hint)
    assert (made.key.prefixes, made.key.may) == (("f/desk/",), ("read_drafts", "see"))
    rows = await office.home.rows("select t::text as row from api_key t where workspace_id = $1", office.workspace)
    assert rows and all(made.secret not in row["row"] and made.secret[-20:] not in row["row"] for row in rows)
    assert made.secret not in str(await ben.keys.list()) and made.secret not in office.home.server.log
    assert await code(ben.keys.make("deploys")) == "taken"
    assert [k.name for k in (await office.api("ada").keys.list()).keys] == ["deploys"]
    assert (await office.api("cleo").keys.list()).keys == ()
    for wrong in (
        made.secret[:-1],
        made.secret + "a",
        "dwk_",
        f"dwk_{office.workspace}_{'a' * 52}",
        "dwk_x_" + "a" * 52,
    ):
        assert await code(office.api_with(wrong).items.list()) == "unauthenticated"


async def test_a_key_edits_as_itself_on_behalf_of_its_user(office: Office) -> None:
    draft = await peopled(office)
    made = await office.api("ben").keys.make("importer")
    api = office.api_with(made.secret, 1)
    me = await api.me()
    assert (me.actor.kind, me.actor.name, me.actor.on_behalf_of, me.token_expires_at) == (
        "api_key",
        "importer",
        "Ben",
        None,
    )
    socket, state = await office.opened(draft, 1, token=made.secret)
    async with socket:
        welcome = next(m for m in socket.passed if m["t"] == "welcome")
        assert welcome.get("token_expires_in_s") is None
        ops = await socket.ask("ops", "refused", **edit(state))
        assert ops["t"] == "ops"
        assert (await socket.ask("welcome", "error", t="auth", ref=3, token=made.secret))["t"] == "welcome"
        assert (await socket.ask("welcome", "error", t="auth", ref=4, token=office.home.token("ben")))[
            "code"
        ] == "unauthenticated"
    log = await api.drafts.log(draft)
    assert [w.actor.kind for w in log.writers] == ["user", "api_key"]

    async def noted() -> bool:
        return (await office.api("ben").keys.get("importer")).last_used_at is not None

    await until(noted, "the last use is written")


async def test_a_key_acts_for_those_it_may_act_for_and_is_recorded_as_such(office: Office) -> None:
    draft = await peopled(office)
    ada = office.api("ada")
    some = await ada.keys.make("platform", act_for=["ben"])
    every = await ada.keys.make("everybody", act_for="any")
    me = await office.api_with(some.secret, 1, act_for="ben").me()
    assert (me.username, me.role, me.actor.kind, me.actor.on_behalf_of) == ("ben", "editor", "api_key", "Ben")
    assert await code(office.api_with(some.secret, act_for="cleo").me()) == "forbidden"
    assert await code(office.api_with(some.secret, act_for="nobody").me()) == "forbidden"
    assert await code(office.api_with(every.secret, act_for="nobody").me()) == "forbidden"
    assert await code(office.api_with(office.home.token("ada"), act_for="ben").me()) == "forbidden"
    cleo = office.api_with(every.secret, act_for="cleo")
    assert (await cleo.drafts.get(draft)).may == "look", "it reaches as far as the user for whom it acts"
    socket, state = await office.opened(draft, 1, token=every.secret, act_for="ben")
    async with socket:
        assert (await socket.ask("ops", "refused", **edit(state)))["t"] == "ops"
        writer = (await ada.drafts.log(draft)).writers[-1].actor
        assert (writer.kind, writer.name, writer.on_behalf_of) == ("api_key", "everybody", "Ben")
        await ada.members.add("eve", role="admin")
        await office.api("eve").members.change("ada", role="editor")
        assert await socket.closed() == 4503, "acting for others lasts as long as its maker is an admin"
    assert await code(office.api_with(every.secret, act_for="ben").me()) == "forbidden"
    assert (await office.api_with(every.secret).me()).role == "editor", "for its own user it goes on"
    assert await code(office.api("ben").keys.make("mine", act_for="any")) == "forbidden"
    assert await code(office.api("ben").keys.make("mine", user="ada")) == "forbidden"


async def test_who_is_narrowed_and_an_agent_make_no_keys(office: Office) -> None:
    await peopled(office)
    for api in (
        office.api("ben", may=["see"]),
        office.api("ben", prefixes=["f/desk"]),
        office.api("ben", items=[]),
        office.api("ben", agent="helper"),
        office.api_with((await office.api("ben").keys.make("narrow", may=["see", "write"])).secret),
    ):
        assert await code(api.keys.make("more")) == "forbidden"


@pytest.mark.alone
async def test_a_revoked_key_closes_its_sockets_on_every_worker_within_a_second(office: Office) -> None:
    draft = await peopled(office)
    made = await office.api("ben").keys.make("short")
    sockets = [(await office.opened(draft, worker, token=made.secret))[0] for worker in (0, 1)]
    began = time.monotonic()
    assert (await office.api("ada").keys.revoke(made.key.id)).outcome == "removed"
    for socket in sockets:
        assert await socket.closed() == 4503
    assert time.monotonic() - began < 1.0
    for worker in (0, 1):
        assert await code(office.api_with(made.secret, worker).me()) == "unauthenticated"
    assert (await office.api("ben").keys.revoke("short")).outcome == "unchanged"
    assert await code(office.api("ben").keys.make("short")) == "taken", "history names keys"


async def test_a_key_ends_when_it_was_made_to(office: Office) -> None:
    draft = await peopled(office)
    made = await office.api("ben").keys.make("brief", expires_at=time.time() + 3.0)
    socket, _ = await office.opened(draft, 1, token=made.secret)
    async with socket:

        async def over() -> bool:
            return await code_or_none(office.api_with(made.secret)) == "token_expired"

        await until(over, "the key has ended")
    assert await code(office.api("ben").keys.make("past", expires_at=time.time() - 1)) == "bad_message"
    ada = office.api("ada")
    key = (await ada.keys.make("ben's", user="ben")).secret
    await ada.members.remove("ben")
    assert await code(office.api_with(key).me()) == "unauthenticated"


async def code_or_none(api: Any) -> str | None:
    try:
        await api.me()
    except Exception as problem:
        return getattr(problem, "code", None)
    return None


# ---- tokens


def token(office: Office, user: str, jti: str | None = None, **claims: Any) -> str:
    now = time.time()
    made = Claims(sub=user, workspace=office.workspace, **{"iat": now, "exp": now + 60, "jti": jti, **claims})
    return sign_token(made, (TOKEN_KEY,))


@pytest.mark.alone
async def test_a_single_token_is_revoked_at_once_and_the_users_others_go_on(office: Office) -> None:
    draft = await peopled(office)
    bad, good = token(office, "ben", "bad"), token(office, "ben", "good")
    sockets = [(await office.opened(draft, worker, token=bad))[0] for worker in (0, 1)]
    other, _ = await office.opened(draft, 1, token=good)
    began = time.monotonic()
    assert (await office.api("ada").tokens.revoke(jti="bad", expires_at=time.time() + 60)).jti == "bad"
    for socket in sockets:
        assert await socket.closed() == 4503
    assert time.monotonic() - began < 1.0
    async with other:
        assert (await other.ask("state", "error", t="open", ref=9, draft=draft))["t"] == "state"
    for worker in (0, 1):
        assert await code(office.api_with(bad, worker).me()) == "unauthenticated"
    socket = await office.home.socket("", 1, token=bad)
    assert await socket.closed() == 4501
    assert (await office.api_with(good).me()).username == "ben"


async def test_whoever_holds_a_token_may_end_it_and_no_other(office: Office) -> None:
    await peopled(office)
    mine, also_mine = token(office, "ben", "one"), token(office, "ben", "two")
    ben = office.api_with(mine)
    assert await code(ben.tokens.revoke(jti="three")) == "forbidden"
    assert await code(ben.tokens.revoke(token=also_mine[:-4] + "AAAA")) == "unauthenticated"
    assert await code(ben.tokens.revoke(token=token(office, "ben"))) == "bad_message"
    assert (await ben.tokens.revoke(token=also_mine)).jti == "two"
    assert await code(office.api_with(also_mine).me()) == "unauthenticated"
    assert (await ben.tokens.revoke(jti="one")).jti == "one"
    assert await code(ben.me()) == "unauthenticated"


async def test_revocations_are_forgotten_when_the_token_has_expired_by_itself(office: Office) -> None:
    ada = office.api("ada")
    await ada.tokens.revoke(jti="kept", expires_at=time.time() + 600)
    await ada.tokens.revoke(jti="over", expires_at=time.time() - 600)
    async with office.home.store() as connection:
        await connection.execute("update token_revocation set until = until - interval '5 minutes' where jti = 'over'")
        rule = next(rule for rule in keeping.TIMED if rule.table == "token_revocation")
        assert await keeping.drop_old(connection, rule, office.workspace, 10) == 1
    rows = await office.home.rows("select jti from token_revocation where workspace_id = $1", office.workspace)
    assert [row["jti"] for row in rows] == ["kept"]


async def test_all_tokens_of_a_user_issued_before_a_time_end_and_later_ones_count(office: Office) -> None:
    draft = await peopled(office)
    old = token(office, "ben", iat=time.time() - 5)
    key = (await office.api("ben").keys.make("stays")).secret
    socket, _ = await office.opened(draft, 1, token=old)
    async with socket:
        await office.api_with(token(office, "ben")).members.sign_out("me")
        assert await socket.closed() == 4503
    assert await code(office.api_with(old).me()) == "unauthenticated"
    assert (await office.api_with(token(office, "ben")).me()).username == "ben"
    assert (await office.api_with(key).me()).username == "ben"
    assert await code(office.api("cleo").members.sign_out("ben")) == "forbidden"
    assert await code(office.api("ada").members.sign_out("ben", issued_before=time.time() + 3600)) == "bad_message"
    await office.api("ada").members.sign_out("ben")
    assert (await office.api_with(token(office, "ben", iat=time.time() + 1)).me()).username == "ben"


async def test_a_renewal_counts_with_its_own_narrowing(office: Office) -> None:
    """The same user in the same workspace: what the new token leaves of their rights counts from then on."""
    draft = await peopled(office)
    socket, state = await office.opened(draft, 1, user="ben")
    async with socket:
        assert state["may"] == "type"
        narrow = office.home.token("ben", may=["see", "read_drafts"])
        await socket.send(t="auth", ref=5, token=narrow)
        assert (await socket.next("may"))["may"] == "look"
        assert (await socket.ask("refused", "ops", **edit(state)))["code"] == "read_only"
        await socket.send(t="auth", ref=6, token=office.home.token("ben"))
        assert (await socket.next("may"))["may"] == "type"
        await socket.send(t="auth", ref=7, token=office.home.token("ben", items=["nothing"]))
        assert (await socket.next("gone"))["channel"] == f"draft:{draft}"


async def test_a_token_for_one_item_names_it_by_the_platforms_id_too(office: Office) -> None:
    ada = office.api("ada")
    await ada.members.add("ben", role="admin")
    item, _ = await office.item("f/desk/a")
    other, _ = await office.item("f/desk/b")
    name = f"ext-{secrets.token_hex(4)}"
    await ada.items.change(item, external_id=name)
    for given in (item, name, f"ext:{name}"):
        ben = office.api("ben", items=[given])
        assert [line.id for line in (await ben.items.list()).items] == [item]
        assert await code(ben.items.get(other)) == "not_found"
        assert await code(ben.members.add("x")) == "forbidden", "an admin held to one item administers nothing"


async def test_the_async_client_types_with_a_key_that_acts_for_somebody(office: Office) -> None:
    draft = await peopled(office)
    made = await office.api("ada").keys.make("bot", act_for=["ben"])
    url = office.home.server.worker_url(1)
    async with draftwire.connect(url, made.secret, act_for="ben") as client:
        opened = await client.open(draft=draft)
        opened.edit(draftwire.Text("/content", ((0, 0, "# "),)))
        await opened.saved()
        assert (await client.welcome()).actor.on_behalf_of == "Ben"
