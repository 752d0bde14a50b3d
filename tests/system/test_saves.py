"""Whole-document saves over HTTP: `PUT` of a draft, as ops-and-sync.md §7 says."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

import draftwire
from draftwire_server.cli.process.embedded import Embedded
from tests.system.cluster import cluster
from tests.system.world import EVERYTHING, World, world
from tests.waiting import until

pytestmark = pytest.mark.slow

LINES = "".join(f"line {n}\n" for n in range(1, 21))


@pytest.fixture(scope="module")
async def home(module_database_url: str, services: Embedded) -> AsyncIterator[World]:
    async with (
        cluster(module_database_url, services.redis_url) as server,
        world(server, module_database_url) as made,
    ):
        for name in ("ada", "ben"):
            await made.member(name, desk=EVERYTHING)
        await made.member("eve", desk=frozenset(("see", "read_drafts")))
        yield made


@pytest.fixture(autouse=True)
async def closed(home: World) -> AsyncIterator[None]:
    yield
    await home.close_clients()


def script(content: str = LINES, **more: Any) -> dict[str, Any]:
    return {"summary": "", "language": "python3", "content": content, **more}


class Shared:
    """One user's view of one shared draft."""

    def __init__(self, client: httpx.AsyncClient, draft: str, etag: str, value: dict[str, Any]) -> None:
        self.client, self.draft, self.etag, self.value = client, draft, etag, value

    async def put(
        self, value: Any, etag: str | None = None, *, made_from: Any = None, **headers: str
    ) -> httpx.Response:
        headers = {name.replace("_", "-"): text for name, text in headers.items()}
        body = {"value": value} if made_from is None else {"value": value, "made_from": made_from}
        return await self.client.put(
            f"drafts/{self.draft}", json=body, headers={"If-Match": f'"{etag or self.etag}"', **headers}
        )

    async def get(self) -> dict[str, Any]:
        answer = await self.client.get(f"drafts/{self.draft}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


async def shared(home: World, *users: str, content: str = LINES, kind: str = "script") -> list[Shared]:
    """A fresh item with a shared draft that has begun, as each of the users sees it, on both workers in turn."""
    name = secrets.token_hex(4)
    item = await home.item("ada", f"f/desk/{name}", kind=kind)
    first = home.http("ada", 0)
    answer = await first.get(f"items/{item}/draft", params={"purpose": "shared"})
    begin = answer.json()
    answer = await first.put(
        f"items/{item}/draft",
        params={"purpose": "shared"},
        json={"value": script(content)},
        headers={"If-Match": begin["etag"]},
    )
    assert answer.status_code == 200, answer.text
    saved = answer.json()
    assert saved["seq"] == 1
    await first.aclose()
    return [
        Shared(home.http(user, n % 2), saved["draft"], saved["etag"], script(content)) for n, user in enumerate(users)
    ]


async def log_of(draft: Shared) -> list[dict[str, Any]]:
    answer = await draft.client.get(f"drafts/{draft.draft}/log")
    assert answer.status_code == 200
    batches: list[dict[str, Any]] = answer.json()["batches"]
    return batches


def changed(content: str, line: int, text: str) -> str:
    lines = content.splitlines(keepends=True)
    lines[line - 1] = text + "\n"
    return "".join(lines)


# ---- the plain case


async def test_a_save_on_the_head_becomes_ops_of_kind_save(home: World) -> None:
    (ada,) = await shared(home, "ada")
    answer = await ada.put(script(changed(LINES, 3, "changed")))
    assert answer.status_code == 200
    body = answer.json()
    assert body["changed"] is True and body["seq"] == 2
    assert "value" not in body and "merged" not in body
    assert answer.headers["etag"] == f'"{body["etag"]}"'
    (_, batch) = await log_of(ada)
    assert batch["kind"] == "save"
    assert [op["op"] for op in batch["ops"]] == ["text"]
    assert (await ada.get())["value"] == script(changed(LINES, 3, "changed"))


async def test_without_a_precondition_nothing_is_written(home: World) -> None:
    (ada,) = await shared(home, "ada")
    for headers, status, code in (
        ({}, 428, "precondition_required"),
        ({"If-Match": "*"}, 400, "bad_etag"),
        ({"If-Match": '"nonsense"'}, 400, "bad_etag"),
        ({"If-Match": f'"{ada.etag}", "{ada.etag}"'}, 400, "bad_etag"),
    ):
        answer = await ada.client.put(f"drafts/{ada.draft}", json={"value": script("x")}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await ada.get())["etag"] == ada.etag


async def test_a_weak_etag_is_one(home: World) -> None:
    (ada,) = await shared(home, "ada")
    answer = await ada.client.put(
        f"drafts/{ada.draft}", json={"value": script("x")}, headers={"If-Match": f'W/"{ada.etag}"'}
    )
    assert answer.status_code == 200


async def test_a_reader_that_has_the_state_gets_304(home: World) -> None:
    (ada,) = await shared(home, "ada")
    for etag in (f'"{ada.etag}"', f'W/"{ada.etag}"', f'"other", "{ada.etag}"'):
        answer = await ada.client.get(f"drafts/{ada.draft}", headers={"If-None-Match": etag})
        assert answer.status_code == 304 and not answer.content
    answer = await ada.client.get(f"drafts/{ada.draft}", headers={"If-None-Match": '"g1.s0.AAAAAAAA"'})
    assert answer.status_code == 200


async def test_crlf_in_text_becomes_lf_and_the_answer_says_so(home: World) -> None:
    (ada,) = await shared(home, "ada")
    answer = await ada.put(script("a\r\nb\rc\n", tag="not\r\ntext"))
    assert answer.json()["normalized"] is True
    assert (await ada.get())["value"] == script("a\nb\nc\n", tag="not\r\ntext")


@pytest.mark.parametrize(
    "value",
    [
        dict(reversed(script().items())),
        script(lock="computed elsewhere"),
        script(LINES.rstrip("\n")),
        script(LINES.replace("\n", "\r\n")),
        script(description=None),
    ],
    ids=["order of members", "a computed leaf", "the last newline", "line ends", "null in place of absent"],
)
async def test_saving_what_is_there_makes_no_seq_and_no_event(home: World, value: dict[str, Any]) -> None:
    (ada,) = await shared(home, "ada")
    count = "select (select count(*) from event) + (select count(*) from outbox) + (select count(*) from alert) as n"
    await until(lambda: _no_outbox(home), "the outbox is empty")
    before = (await home.rows(count))[0]["n"]
    answer = await ada.put(value)
    assert answer.status_code == 200
    assert (answer.json()["changed"], answer.json()["etag"]) == (False, ada.etag)
    assert len(await log_of(ada)) == 1
    assert (await home.rows(count))[0]["n"] == before


async def _no_outbox(home: World) -> bool:
    return not await home.rows("select id from outbox")


async def test_saving_the_deployed_value_begins_no_draft(home: World) -> None:
    item = await home.item("ada", f"f/desk/{secrets.token_hex(4)}")
    async with home.http("ada") as client:
        begin = (await client.get(f"items/{item}/draft")).json()
        answer = await client.put(
            f"items/{item}/draft", json={"value": begin["value"]}, headers={"If-Match": begin["etag"]}
        )
    assert answer.status_code == 200 and answer.json()["seq"] == 0
    assert await home.rows("select id from draft where item_id = $1", item) == []


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "bad_json"),
        ('{"value": {"a": 1, "a": 2}}', 400, "duplicate_key"),
        ('{"value": {"a": NaN}}', 400, "bad_number"),
        ('{"value": {"a": 9007199254740993}}', 400, "bad_number"),
        ('{"value": {"a": 1e999}}', 400, "bad_number"),
        ('{"value": {"a": "\\u0000"}}', 400, "bad_text"),
        ('{"value": {"a": "\\ud800"}}', 400, "bad_text"),
        ('{"value": {"__proto__": {}}}', 400, "bad_member"),
        ('{"value": {"a": ' + "[" * 101 + "]" * 101 + "}}", 400, "too_deep"),
        ('{"value": []}', 400, "bad_message"),
        ('{"summary": "", "content": ""}', 400, "bad_message"),
        ('{"value": {"content": "' + "x" * (16 << 20) + '"}}', 413, "too_large"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else str(value),
)
async def test_a_document_that_can_not_be_kept_is_refused(home: World, body: str, status: int, code: str) -> None:
    (ada,) = await shared(home, "ada")
    answer = await ada.client.put(f"drafts/{ada.draft}", content=body, headers={"If-Match": ada.etag})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert (await ada.get())["etag"] == ada.etag


async def test_doubled_ids_and_plain_secrets_are_refused_and_leave_no_trace(home: World) -> None:
    module = {"id": "a", "value": {"type": "identity"}}
    for kind, value, code in (
        ("flow", {"value": {"modules": [module, module]}}, "duplicate_id"),
        ("flow", {"value": {"modules": [{"value": {}}]}}, "bad_id"),
        ("resource", {"resource_type": "x", "value": {"password": "hunter-2"}}, "plain_secret"),
    ):
        item = await home.item("ada", f"f/desk/{secrets.token_hex(4)}", kind=kind)
        async with home.http("ada") as client:
            etag = (await client.get(f"items/{item}/draft")).json()["etag"]
            answer = await client.put(f"items/{item}/draft", json={"value": value}, headers={"If-Match": etag})
            assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert await home.rows("select id from draft where item_id = $1", item) == []
        assert await home.rows("select id from stash where item_id = $1", item) == []


# ---- stale


async def test_a_stale_save_that_touches_nothing_of_theirs_is_merged(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    assert (await ben.put(script(changed(LINES, 2, "ben's")))).status_code == 200
    answer = await ada.put(script(changed(LINES, 15, "ada's")))
    assert answer.status_code == 200
    body = answer.json()
    both = script(changed(changed(LINES, 2, "ben's"), 15, "ada's"))
    assert body["value"] == both == (await ben.get())["value"]
    (came_in,) = body["merged"]
    assert (came_in["seq_from"], came_in["seq_to"]) == (2, 2)
    assert [who["name"] for who in came_in["by"]] == ["Ben"]
    assert came_in["addresses"] == ["/content"]
    assert [batch["kind"] for batch in await log_of(ada)] == ["save", "save", "save"]
    assert await home.rows("select id from alert where draft_id = $1", ada.draft) == []


async def test_who_wants_no_merge_gets_409(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    await ben.put(script(changed(LINES, 2, "ben's")))
    answer = await ada.put(script(changed(LINES, 15, "ada's")), Prefer="merge=never")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert answer.json()["regions"] == []


async def test_a_stale_save_over_theirs_is_refused_with_both_sides_and_stashed(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    theirs, mine = script(changed(LINES, 5, "ben's")), script(changed(LINES, 5, "ada's"))
    ahead = (await ben.put(theirs)).json()["etag"]
    answer = await ada.put(mine)
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["code"], body["mine"], body["theirs"], body["base"]) == ("stale", mine, theirs, script())
    assert body["etag"] == ahead
    assert [who["name"] for who in body["by"]] == ["Ben"]
    (region,) = body["regions"]
    assert region["address"] == "/content"
    assert "ada's" in region["mine"] and "ben's" in region["theirs"]
    (row,) = await home.rows("select user_id, texts from stash where id = $1", body["stash_id"])
    assert row["texts"] == [{"at": "", "mine": mine}]
    assert (await ben.get())["value"] == theirs


async def test_one_stale_save_alert_per_session_which_holds_its_latest_text_and_closes_when_it_is_saved(
    home: World,
) -> None:
    ada, ben = await shared(home, "ada", "ben")
    async with draftwire.connect(home.server.worker_url(1), home.token("ben")) as watcher:
        seen = await watcher.open(draft=ada.draft)
        await ben.put(script(changed(LINES, 5, "ben's")))
        first = (await ada.put(script(changed(LINES, 5, "ada's")))).json()
        second = (await ada.put(script(changed(LINES, 5, "ada's again")))).json()
        assert first["stash_id"] == second["stash_id"]
        (row,) = await home.rows("select texts from stash where draft_id = $1", ada.draft)
        assert "ada's again" in row["texts"][0]["mine"]["content"]
        (alert,) = await until(lambda: seen.alerts, "the one who is ahead sees the alert")
        assert (alert.kind, alert.address) == ("stale_save", "/content")
        assert [side.actor.name for side in alert.sides] == ["Ada", "Ben"]
        assert "ada's" in alert.sides[0].text and "ben's" in alert.sides[1].text
        assert len((await ada.get())["alerts"]) == 1
        choice = await ada.put(script(changed(LINES, 5, "both")), etag=second["etag"])
        assert choice.status_code == 200
        await until(lambda: not seen.alerts, "the alert is over")


async def test_two_sessions_of_one_user_and_token_are_told_apart(home: World) -> None:
    (one,) = await shared(home, "ada")
    sessions = [secrets.token_urlsafe(16) for _ in range(2)]
    assert (await one.put(script(changed(LINES, 5, "tab one")), Draftwire_Session=sessions[0])).status_code == 200
    answer = await one.put(script(changed(LINES, 5, "tab two")), Draftwire_Session=sessions[1])
    assert answer.status_code == 409
    answer = await one.put(script(changed(LINES, 5, "no name")))
    assert answer.status_code == 409


async def test_a_session_never_conflicts_with_itself(home: World) -> None:
    (ada,) = await shared(home, "ada")
    session = secrets.token_urlsafe(16)
    lost = await ada.put(script(changed(LINES, 5, "first")), Draftwire_Session=session)
    assert lost.status_code == 200  # and suppose that the answer never came
    answer = await ada.put(script(changed(LINES, 5, "second")), Draftwire_Session=session)
    assert answer.status_code == 200
    assert (await ada.get())["value"] == script(changed(LINES, 5, "second"))


async def test_a_base_of_another_history_is_refused_with_the_text_kept(home: World) -> None:
    (ada,) = await shared(home, "ada")
    for etag, code in (
        ("g1.s1.AAAAAAAA", "rewound"),
        ("g1.s9.AAAAAAAA", "base_ahead"),
        ("g7.s1.AAAAAAAA", "generation_changed"),
    ):
        answer = await ada.put(script("mine\n"), etag=etag)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
        (row,) = await home.rows("select texts from stash where id = $1", answer.json()["stash_id"])
        assert row["texts"][0]["mine"] == script("mine\n")
    assert (await ada.get())["etag"] == ada.etag


async def test_a_base_older_than_the_kept_log_is_refused_with_the_text_kept(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    etag = ben.etag
    for line in range(2, 6):
        etag = (await ben.put(script(changed(LINES, line, "ben's")), etag=etag)).json()["etag"]
    async with home.store() as connection:
        await connection.execute("delete from draft_op where draft_id = $1 and seq <= 2", ada.draft)
    for worker in (0, 1):
        await home.server.replace(worker)
    async with home.http("ada", 0) as client:
        # The log's beginning is gone and no snapshot bridges it: the draft can't be made, and no guess is.
        assert (await client.get(f"drafts/{ada.draft}")).json()["code"] == "internal"
    value = msgspec_json(script(changed(LINES, 5, "ben's")))
    head = await home.rows("select head_seq, head_mark from draft where id = $1", ada.draft)
    async with home.store() as connection:
        await connection.execute(
            "insert into draft_snapshot (workspace_id, draft_id, generation, seq, mark, value, last_nos) "
            "select workspace_id, draft_id, generation, seq, mark, $2, '{}' from draft_op "
            "where draft_id = $1 and seq = $3",
            ada.draft, value, head[0]["head_seq"],
        )  # fmt: skip
    async with home.http("ada", 0) as client:
        answer = await client.put(
            f"drafts/{ada.draft}", json={"value": script("mine\n")}, headers={"If-Match": ada.etag}
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "base_expired")
        assert await home.rows("select 1 from stash where id = $1", answer.json()["stash_id"])


def msgspec_json(value: Any) -> bytes:
    return json.dumps(value).encode()


async def test_saves_of_both_workers_at_once_all_land(home: World) -> None:
    users = await shared(home, "ada", "ben", "ada", "ben", "ada", "ben")
    answers = await asyncio.gather(*(u.put(script(changed(LINES, 3 * n + 1, f"by {n}"))) for n, u in enumerate(users)))
    assert [answer.status_code for answer in answers] == [200] * 6
    expected = LINES
    for n in range(6):
        expected = changed(expected, 3 * n + 1, f"by {n}")
    assert (await users[0].get())["value"]["content"] == expected
    assert len(await log_of(users[0])) == 7


async def test_a_large_stale_save_is_merged_beside_the_event_loop(home: World) -> None:
    large = "".join(f"line {n} {'x' * 60}\n" for n in range(6000))  # 400 KB
    ada, ben = await shared(home, "ada", "ben", content=large)
    assert (await ben.put(script(changed(large, 100, "ben's")))).status_code == 200
    answer = await ada.put(script(changed(large, 5000, "ada's")))
    assert answer.status_code == 200, answer.text[:300]
    assert answer.json()["value"] == script(changed(changed(large, 100, "ben's"), 5000, "ada's"))


async def test_who_goes_on_from_their_own_document_deletes_nothing_that_they_never_showed(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    await ben.put(script(changed(LINES, 3, "ben's")))
    session = {"Draftwire_Session": secrets.token_urlsafe(16)}
    sent = script(changed(LINES, 17, "ada's"))
    merged = await ada.put(sent, **session)
    assert merged.json()["value"]["content"] == changed(changed(LINES, 3, "ben's"), 17, "ada's")
    for line, text in ((17, "ada's, longer"), (18, "too"), (17, "ada's, last")):
        last, sent = sent, script(changed(sent["content"], line, text))
        answer = await ada.put(sent, made_from=last, **session)
        assert answer.status_code == 200, answer.text
        assert (await ben.get())["value"]["content"] == changed(sent["content"], 3, "ben's")
        assert [came["addresses"] for came in answer.json()["merged"]] == [["/content"]]
    over = await ada.put(script(changed(sent["content"], 3, "ada's")), made_from=sent, **session)
    assert (over.status_code, over.json()["code"]) == (409, "stale")
    (region,) = over.json()["regions"]
    assert (region["mine"], region["theirs"]) == ("ada's\n", "ben's\n")


async def test_what_nobody_else_wrote_is_a_conflict_without_an_alert(home: World) -> None:
    (ada,) = await shared(home, "ada")
    answer = await ada.put(script(changed(LINES, 3, "x")), made_from=script(changed(LINES, 3, "y")))
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")
    assert not (await ada.get()).get("alerts")


# ---- force


async def test_force_names_the_state_it_overrides_and_keeps_what_it_replaces(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    ahead = (await ben.put(script(changed(LINES, 5, "ben's")))).json()["etag"]
    answer = await ada.put(script(changed(LINES, 5, "ada's")), Draftwire_Override=f'"{ahead}"')
    assert answer.status_code == 200
    assert (await ben.get())["value"] == script(changed(LINES, 5, "ada's"))
    rows = await home.rows(
        "select m.username, s.reason, s.texts from stash s join member m on m.id = s.user_id "
        "where s.draft_id = $1 order by 1", ada.draft,
    )  # fmt: skip
    assert [(row["username"], row["reason"]) for row in rows] == [("ada", "overridden"), ("ben", "overridden")]
    assert all(text["mine"] == changed(LINES, 5, "ben's") for row in rows for text in row["texts"])
    (alert,) = (await ben.get())["alerts"]
    assert (alert["kind"], [side["actor"]["name"] for side in alert["sides"]]) == ("lost_target", ["Ben", "Ada"])
    kept = (await ben.client.get(f"stash/{alert['stash']}")).json()
    assert [text["mine"] for text in kept["texts"]] == [changed(LINES, 5, "ben's")]
    again = await ben.client.post(f"stash/{alert['stash']}/restore", json={"draft": ben.draft, "rest": "mine"})
    assert again.status_code == 200, again.text
    assert (await ben.get())["value"] == script(changed(LINES, 5, "ben's"))


async def test_a_forced_save_over_a_generation_that_its_writer_never_saw_gives_the_text_back(
    home: World,
) -> None:
    ada, ben = await shared(home, "ada", "ben")
    gone = await ada.client.post(f"drafts/{ada.draft}/discard", json={"etag": ada.etag})
    assert gone.status_code == 200, gone.text
    begin = await ben.get()
    theirs = await ben.put(script(changed(LINES, 5, "ben's anew")), etag=begin["etag"])
    assert theirs.status_code == 200, theirs.text
    answer = await ada.put(script("ada's\n"), Draftwire_Override=theirs.json()["etag"])
    assert answer.status_code == 200, answer.text
    rows = await home.rows(
        "select texts from stash s join member m on m.id = s.user_id where s.draft_id = $1 and m.username = 'ben'",
        ada.draft,
    )
    assert any("ben's anew" in str(row["texts"]) for row in rows)


async def test_who_may_no_longer_read_gets_only_what_they_wrote_themselves(home: World) -> None:
    gone = await home.member("gus", desk=EVERYTHING)
    ada, ben, gus = await shared(home, "ada", "ben", "gus")
    await gus.put(script(changed(LINES, 5, "gusgus")))
    now = (await ben.get())["etag"]
    head = (await ben.put(script(changed(changed(LINES, 5, "gusgus"), 9, "benben")), etag=now)).json()
    await home.rows("delete from access_grant where user_id = $1 returning 1", gone)
    answer = await ada.put(script("all anew\n"), Draftwire_Override=head["etag"])
    assert answer.status_code == 200, answer.text
    (row,) = await home.rows("select texts from stash where draft_id = $1 and user_id = $2", ada.draft, gone)
    assert "gusgus" in str(row["texts"]) and "benben" not in str(row["texts"])


async def force(ada: Shared, ahead: str) -> httpx.Response:
    return await ada.put(script(changed(LINES, 5, "ada's")), Draftwire_Override=ahead)


async def choose_mine(ada: Shared, ahead: str) -> httpx.Response:
    assert (await ada.put(script(changed(LINES, 5, "ada's")))).status_code == 409
    (alert,) = (await ada.get())["alerts"]
    return await ada.client.post(f"alerts/{alert['id']}/resolve", json={"keep": "mine", "rest": "mine"})


async def restore(ada: Shared, ahead: str) -> httpx.Response:
    refused = await ada.put(script(changed(LINES, 5, "ada's")))
    entry = refused.json()["stash_id"]
    return await ada.client.post(f"stash/{entry}/restore", json={"draft": ada.draft, "rest": "mine"})


async def revert(ada: Shared, ahead: str) -> httpx.Response:
    return await ada.client.post(f"drafts/{ada.draft}/revert", json={"etag": ada.etag})


@pytest.mark.parametrize("door", [force, choose_mine, restore, revert])
async def test_whatever_replaces_the_text_of_others_leaves_it_to_them_and_tells_them(home: World, door: Any) -> None:
    ada, ben = await shared(home, "ada", "ben")
    ahead = (await ben.put(script(changed(LINES, 5, "ben's")))).json()["etag"]
    answer = await door(ada, ahead)
    assert answer.status_code == 200, answer.text
    assert "ben's" not in (await ben.get())["value"]["content"]
    mine = (await ben.client.get("stash", params={"draft": ben.draft})).json()["entries"]
    kept = [(await ben.client.get(f"stash/{entry['id']}")).json() for entry in mine]
    assert [text["mine"] for entry in kept for text in entry["texts"]] == [changed(LINES, 5, "ben's")]
    told = [alert for alert in (await ben.get())["alerts"] if alert["kind"] == "lost_target"]
    assert [alert["stash"] for alert in told] == [kept[0]["id"]]


async def test_of_two_forced_saves_at_once_one_wins(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    head = (await ben.put(script(changed(LINES, 5, "x")))).json()["etag"]
    answers = await asyncio.gather(
        ada.put(script(changed(LINES, 5, "ada's")), Draftwire_Override=head),
        ben.put(script(changed(LINES, 5, "ben's")), etag=ada.etag, Draftwire_Override=head),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    (lost,) = [answer.json() for answer in answers if answer.status_code == 409]
    assert lost["code"] == "override_moved"
    assert lost["etag"] == (await ada.get())["etag"] and lost["stash_id"]


async def test_force_without_a_base_is_no_force(home: World) -> None:
    (ada,) = await shared(home, "ada")
    answer = await ada.client.put(
        f"drafts/{ada.draft}", json={"value": script("x")}, headers={"Draftwire-Override": ada.etag}
    )
    assert answer.status_code == 428


# ---- sessions, rights


@pytest.mark.parametrize("worker", [0, 1])
async def test_a_session_that_types_over_a_connection_does_not_save_beside_it(home: World, worker: int) -> None:
    (ada,) = await shared(home, "ada")
    session = secrets.token_urlsafe(16)
    async with draftwire.connect(home.server.worker_url(worker), home.token("ada"), session=session) as client:
        draft = await client.open(draft=ada.draft)
        await client.focus((await ada.get())["item"], draft=draft.id)
        draft.insert("/content", "typed ", 0)
        await draft.saved()

        async def refused() -> bool:
            answer = await ada.put(script("x\n"), Draftwire_Session=session)
            return answer.status_code == 409 and answer.json()["code"] == "session_is_live"

        await until(refused, "the session is known to be live")
    answer = await ada.put(script("x\n"), Draftwire_Session="short")
    assert answer.json()["code"] == "bad_session"


async def test_who_may_only_look_can_not_save(home: World) -> None:
    (eve,) = await shared(home, "eve")
    answer = await eve.put(script("x\n"))
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only")
    assert (await eve.get())["etag"] == eve.etag


async def test_live_readers_see_a_save_at_once_and_can_type_on(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    async with draftwire.connect(home.server.worker_url(1), home.token("ben")) as client:
        draft = await client.open(draft=ben.draft)
        await ada.put(script(changed(LINES, 2, "saved")))
        await until(lambda: draft.get("/content") == changed(LINES, 2, "saved"), "the save arrives")
        draft.insert("/content", "typed\n", 0)
        await draft.saved()
        assert not draft.alerts
    assert (await ada.get())["value"]["content"] == "typed\n" + changed(LINES, 2, "saved")


# ---- retries


async def test_a_retry_gets_the_first_answer_byte_for_byte(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    keyed = {"Idempotency_Key": secrets.token_hex(8)}
    first = await ada.put(script(changed(LINES, 5, "ada's")), **keyed)
    assert first.status_code == 200 and "idempotency-replayed" not in first.headers
    await ben.put(script(changed(LINES, 5, "ben's")), etag=first.json()["etag"])
    other_worker = Shared(home.http("ada", 1), ada.draft, ada.etag, ada.value)
    for again in (ada, other_worker):
        replay = await again.put(script(changed(LINES, 5, "ada's")), **keyed)
        assert (replay.status_code, replay.content) == (200, first.content)
        assert replay.headers["etag"] == first.headers["etag"]
        assert replay.headers["idempotency-replayed"] == "true"
    assert len(await log_of(ada)) == 3


async def test_a_409_and_an_unchanged_200_are_answers_too(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    await ben.put(script(changed(LINES, 5, "ben's")))
    for value in (script(changed(LINES, 5, "ada's")), script(changed(LINES, 5, "ben's"))):
        keyed = {"Idempotency_Key": secrets.token_hex(8)}
        first, second = [await ada.put(value, **keyed) for _ in range(2)]
        assert first.content == second.content and first.status_code == second.status_code
        assert second.headers["idempotency-replayed"] == "true"
    assert len(await home.rows("select 1 from stash where draft_id = $1", ada.draft)) == 1


async def test_a_key_stands_for_one_request(home: World) -> None:
    ada, ben = await shared(home, "ada", "ben")
    keyed = {"Idempotency_Key": secrets.token_hex(8)}
    first = await ada.put(script("a\n"), **keyed)
    for again in (
        await ada.put(script("b\n"), **keyed),
        await ada.put(script("a\n"), etag=first.json()["etag"], **keyed),
        await ada.put(script("a\n"), **keyed, Draftwire_Session=secrets.token_urlsafe(16)),
    ):
        assert (again.status_code, again.json()["code"]) == (422, "idempotency_reused")
    assert (await ben.put(script("b\n"), etag=first.json()["etag"], **keyed)).status_code == 200  # another principal
    assert (await ada.put(script("c\n"), Idempotency_Key="")).json()["code"] == "bad_message"


async def test_the_same_request_many_times_at_once_takes_effect_once(home: World) -> None:
    ada, again = await shared(home, "ada", "ada")
    keyed = {"Idempotency_Key": secrets.token_hex(8)}
    answers = await asyncio.gather(*(u.put(script("x\n"), **keyed) for u in (ada, again) * 4))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert len(await log_of(ada)) == 2
