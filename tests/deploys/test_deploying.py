"""Deploys: exactly the state of the etag, on exactly the head that was named, once. Over HTTP and the SDK."""

import asyncio
import contextlib
import secrets
from typing import Any

import pytest

import draftwire
from draftwire.errors import Problem
from draftwire_server.limits.contract import MESSAGE_CHARS
from draftwire_server.store.people import grants as grant_store
from tests.deploys.conftest import deployed, save
from tests.drafts.desk import LINES, WRITE, Desk, changed, edit, script
from tests.system.cluster import START_S
from tests.waiting import until

pytestmark = pytest.mark.slow

RATE_S = 1 / 25


async def refused(work: Any) -> Problem:
    with pytest.raises(Problem) as caught:
        await work
    return caught.value


async def events_of(home: Desk, item: str) -> list[Any]:
    return await home.world.rows(
        "select * from event where item_id = $1 and type = 'version.deployed' order by number", item
    )


class Streamer:
    """A writer that goes on writing 25 batches a second: each a line with its number, at the end of the text."""

    def __init__(self, home: Desk, item: str, token: str) -> None:
        self._home, self._item, self._token = home, item, token
        self.lines: list[str] = []
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Streamer":
        self._connection = draftwire.connect(self._home.server.url, self._token)
        self._client = await self._connection.__aenter__()
        self._draft = await self._client.open(item=self._item, purpose="own")
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()
        await self._connection.__aexit__(None, None, None)

    async def stop(self) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.wait([self._task])
        await until(lambda: self._draft.status == "saved", "all is saved")

    async def _run(self) -> None:
        while True:
            text = self._draft.value["content"]
            line = f"streamed {len(self.lines)}\n"
            self._draft.insert("/content", line, len(text))
            self.lines.append(line)
            await asyncio.sleep(RATE_S)


async def test_a_deploy_ships_the_state_of_its_etag_and_says_what_came_later(home: Desk) -> None:
    item, draft = await home.own("dana")
    api = home.api("dana", 0)
    reviewed = await api.drafts.get(draft)
    moved = await save(home, "dana", draft, changed(LINES, 3, "later"))
    answer = await api.deploys.deploy(draft, reviewed.etag, 0, message="as reviewed")
    assert (answer.version, answer.unchanged, answer.etag, answer.base_version) == (1, False, moved, 1)
    assert [(c.seq_from, c.seq_to, c.by[0].name) for c in answer.later] == [(2, 2, "Dana")]
    version = await home.api("eli", 1).versions.get(item, 1)
    assert (version.value, version.hash, version.message) == (script(LINES), answer.hash, "as reviewed")
    assert (version.author.name, version.deployer.name) == ("Dana", "Dana")
    assert version.source_etag == f"{draft}@{reviewed.etag}"
    state = await home.api("dana", 1).drafts.get(draft)
    assert (state.etag, state.base_version, state.value["content"]) == (moved, 1, changed(LINES, 3, "later"))
    (event,) = await events_of(home, item)
    assert event["data"] == {"version": 1, "draft": draft}


async def test_what_is_head_already_makes_no_version(home: Desk) -> None:
    item, draft = await deployed(home)
    api = home.api("dana")
    state = await api.drafts.get(draft)
    for expected in (1, 0):  # also for who lost the first answer and has no key
        again = await api.deploys.deploy(draft, state.etag, expected)
        assert (again.version, again.unchanged) == (1, True)
    _, other = await home.own("eli", item, content="other\n")
    theirs = await save(home, "eli", other, LINES)
    assert (await home.api("eli").deploys.deploy(other, theirs, 1)).unchanged
    assert len((await api.versions.list(item)).versions) == 1
    assert len(await events_of(home, item)) == 1


async def test_a_draft_that_moved_is_refused_if_the_deploy_says_so(home: Desk) -> None:
    item, draft = await home.own("dana")
    api = home.api("dana")
    reviewed = (await api.drafts.get(draft)).etag
    moved = await save(home, "dana", draft, "other\n")
    problem = await refused(api.deploys.deploy(draft, reviewed, 0, if_moved="refuse"))
    assert (problem.code, problem.kind.status, problem.detail["etag"]) == ("draft_moved", 409, moved)
    assert (await api.deploys.deploy(draft, moved, 0, if_moved="refuse")).version == 1
    assert (await api.versions.get(item, 1)).value == script("other\n")


async def test_behind_tells_who_deployed_and_what_a_merge_would_give(home: Desk) -> None:
    item, draft = await deployed(home)
    _, other = await home.own("eli", item, content=changed(LINES, 5, "eli's"))
    await save(home, "dana", draft, changed(changed(LINES, 5, "dana's"), 15, "dana's too"))
    theirs = (await home.api("eli").drafts.get(other)).etag
    await home.api("eli").deploys.deploy(other, theirs, 1, message="first")
    api = home.api("dana", 1)
    etag = (await api.drafts.get(draft)).etag
    problem = await refused(api.deploys.deploy(draft, etag, 1))
    detail = problem.detail
    assert (problem.code, problem.kind.status, detail["clean"]) == ("behind", 409, False)
    assert (detail["head"]["number"], detail["head"]["by"]["name"], detail["head"]["message"]) == (2, "Eli", "first")
    (hunk,) = detail["hunks"]
    assert ("dana's" in hunk["mine"], "eli's" in hunk["theirs"]) == (True, True)
    assert detail["overlaps"] == [{"address": "/content", "line_from": 5, "line_to": 5}]
    assert "dana's too" in detail["value"]["content"]
    # Who names the head has not yet brought it into the draft.
    assert (await refused(api.deploys.deploy(draft, etag, 2))).code == "behind"
    for wrong in (1, 3):
        assert (await refused(api.deploys.deploy(draft, etag, 1, override=wrong))).code == "behind"
    assert len((await api.versions.list(item)).versions) == 2
    answer = await api.deploys.deploy(draft, etag, 1, override=2)
    assert answer.version == 3
    assert (await api.versions.get(item, 3)).override == 2


async def test_two_deploys_at_once_make_one_version_and_the_other_is_told_why(home: Desk) -> None:
    for _ in range(5):
        item, draft = await deployed(home)
        _, other = await home.own("eli", item, content=changed(LINES, 5, "eli's"))
        mine = await save(home, "dana", draft, changed(LINES, 9, "dana's"))
        theirs = (await home.api("eli").drafts.get(other)).etag
        outcomes = await asyncio.gather(
            home.api("dana", 0).deploys.deploy(draft, mine, 1),
            home.api("eli", 1).deploys.deploy(other, theirs, 1),
            return_exceptions=True,
        )
        won = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        lost = [outcome for outcome in outcomes if isinstance(outcome, Problem)]
        assert ([w.version for w in won], [p.code for p in lost]) == ([2], ["behind"])
        assert lost[0].detail["head"]["number"] == 2
        assert [v.number for v in (await home.api("dana").versions.list(item)).versions] == [2, 1]


async def test_while_somebody_streams_each_of_twenty_deploys_is_exactly_its_etag(home: Desk) -> None:
    item = await home.item("dana", content="")
    api = home.api("dana", 1)
    token = home.world.token("dana", agent="helper")
    async with Streamer(home, item, token) as stream:
        await until(lambda: len(stream.lines) > 2, "it streams")
        draft = (await api.drafts.of_item(item, "own")).draft
        for number in range(1, 21):
            reviewed = await api.drafts.get(draft)
            lines = len(stream.lines)
            await until(lambda lines=lines: len(stream.lines) > lines, "it has moved on")
            answer = await api.deploys.deploy(draft, reviewed.etag, number - 1)
            assert (answer.version, answer.base_version) == (number, number)
            assert (await api.versions.get(item, number)).value == reviewed.value
        await stream.stop()
        final = await home.api("dana", 0).drafts.get(draft)
        assert final.value["content"] == "".join(stream.lines)
        assert (final.generation, final.base_version) == (1, 20)


async def test_what_is_typed_across_a_deploy_is_in_the_version_or_in_the_draft_once_each(home: Desk) -> None:
    item, draft = await deployed(home, content="begin")
    await save(home, "dana", draft, "")
    text = "".join(chr(0x4E00 + n) for n in range(50))
    api = home.api("dana", 1)
    async with draftwire.connect(home.server.worker_url(0), home.world.token("dana")) as client:
        typed = await client.open(draft=draft)
        for n, character in enumerate(text):
            typed.insert("/content", character, n)
            if n == 25:
                etag = (await api.drafts.get(draft)).etag
                deploying = asyncio.create_task(api.deploys.deploy(draft, etag, 1))
            await asyncio.sleep(0.005)
        await deploying
        await until(lambda: typed.status == "saved", "all is saved")
    version = (await api.versions.list(item)).versions[0].number
    shipped = (await api.versions.get(item, version)).value["content"]
    assert (await api.drafts.get(draft)).value["content"] == text
    assert text.startswith(shipped)


async def test_a_deploy_of_anothers_draft_names_the_author_and_who_deployed(home: Desk) -> None:
    item, draft = await home.own("ada")
    etag = (await home.api("dana").drafts.get(draft)).etag
    await home.api("dana").deploys.deploy(draft, etag, 0)
    version = await home.api("ada").versions.get(item, 1)
    assert (version.author.name, version.deployer.name) == ("Ada", "Dana")
    _, shared = await home.shared("ben", item, content=changed(LINES, 1, "ben's"))
    etag = (await home.api("ben").drafts.get(shared)).etag
    await save(home, "cleo", shared, changed(LINES, 1, "cleo's"))
    await home.api("dana").deploys.deploy(shared, etag, 1)
    version = await home.api("ada").versions.get(item, 2)
    assert (version.author.name, version.deployer.name) == ("Ben", "Dana")


async def test_deploying_needs_deploy_on_the_item_and_reading_the_draft(home: Desk) -> None:
    _, draft = await home.own("ada", visibility="private")
    etag = (await home.api("ada").drafts.get(draft)).etag
    problem = await refused(home.api("ada").deploys.deploy(draft, etag, 0))
    assert (problem.code, problem.detail["missing"]) == ("forbidden", "deploy")
    for user in ("dana", "zoe", "olga"):
        assert (await refused(home.api(user).deploys.deploy(draft, etag, 0))).code == "not_found"


async def test_a_right_that_is_lost_in_the_same_moment_refuses(home: Desk) -> None:
    user = await home.world.member("fay", "editor", one=WRITE)
    async with home.world.store() as connection:
        given = await grant_store.grant(connection, home.world.workspace, user, frozenset({"deploy"}), prefix="f/one/")
        item, draft = await home.own("fay")
        api = home.api("fay", 0)
        etag = (await api.drafts.get(draft)).etag
        async with home.world.store() as other, other.transaction():
            # The deploy waits for the item, the right goes meanwhile.
            await other.fetch("select 1 from item where id = $1 for update", item)
            deploying = asyncio.create_task(api.deploys.deploy(draft, etag, 0))
            await waits(home)
            assert given
            await connection.execute("delete from access_grant where user_id = $1 and 'deploy' = any(may)", user)
        assert (await refused(deploying)).code == "forbidden"
    assert (await home.api("dana").versions.list(item)).versions == ()


async def waits(home: Desk) -> None:
    """Wait until a statement of a worker waits for a lock."""

    async def one() -> bool:
        rows = await home.world.rows(
            "select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
        )
        return bool(rows)

    await until(one, "a statement waits")


HOLDS = {
    "the item": "select 1 from item where id = $1 for update",
    "the draft": "select 1 from draft where item_id = $1 for update",
    "the target": "select 1 from target where item_id = $1 for update",
    "the answer": "insert into idempotency (workspace_id, principal, key, digest, status, headers, body)"
    " select workspace_id, (select a.id from actor a join member m on m.id = a.user_id where m.username = 'dana'"
    " and a.kind = 'user' and a.workspace_id = i.workspace_id), 'step', '', 200, '{}', '' from item i where id = $1",
    "the event": "select 1 from workspace_clock c join item i on i.workspace_id = c.workspace_id where i.id = $1"
    " for update of c",
}


@pytest.mark.parametrize("step", HOLDS)
async def test_a_worker_killed_at_a_step_of_a_deploy_leaves_one_version_or_none(home: Desk, step: str) -> None:
    item, draft = await deployed(home)
    etag = await save(home, "dana", draft, "next\n")
    key = "step" if step == "the answer" else secrets.token_hex(8)
    async with home.world.store() as connection:
        hold = connection.transaction()
        await hold.start()
        await connection.fetch(HOLDS[step], item)
        lost = asyncio.create_task(home.api("dana", 0).deploys.deploy(draft, etag, 1, idempotency_key=key))
        await waits(home)
        await home.server.replace(0, START_S)
        await hold.rollback()
    with contextlib.suppress(Problem):
        await lost
    answers = [await home.api("dana", n).deploys.deploy(draft, etag, 1, idempotency_key=key) for n in (1, 0, 1)]
    assert [(a.version, a.unchanged, a.hash) for a in answers] == [(2, False, answers[0].hash)] * 3
    assert [v.number for v in (await home.api("dana").versions.list(item)).versions] == [2, 1]
    assert len(await events_of(home, item)) == 2


async def test_a_worker_killed_at_any_moment_of_a_deploy_leaves_one_version(home: Desk) -> None:
    item, draft = await deployed(home)
    for number in (2, 3):
        etag = await save(home, "dana", draft, f"text {number}\n")
        key = secrets.token_hex(8)
        lost = asyncio.create_task(
            home.api("dana", 3 - number).deploys.deploy(draft, etag, number - 1, idempotency_key=key)
        )
        await asyncio.sleep(0.004 * number)  # somewhere in it
        await home.server.replace(3 - number, START_S)
        with contextlib.suppress(Problem):
            await lost
        answer = await home.api("dana", number - 2).deploys.deploy(draft, etag, number - 1, idempotency_key=key)
        assert (answer.version, answer.unchanged) == (number, False)
    assert [v.number for v in (await home.api("dana").versions.list(item)).versions] == [3, 2, 1]
    assert [e["data"]["version"] for e in await events_of(home, item)] == [1, 2, 3]


async def test_what_the_schema_objects_to_stops_a_deploy_with_pointers(home: Desk) -> None:
    item = await home.item("dana", kind="strict", value={"content": "x"})
    api = home.api("dana")
    state = await api.drafts.of_item(item, "own")
    saved = await api.drafts.save(state.draft, {"content": "x", "limit": "many"}, if_match=state.etag)
    problem = await refused(api.deploys.deploy(state.draft, saved.etag, 0))
    assert (problem.code, problem.kind.status) == ("not_deployable", 422)
    assert [(d["at"], d["code"]) for d in problem.detail["diagnostics"]] == [("/limit", "schema")]
    assert (await api.versions.list(item)).versions == ()


async def test_no_bad_deploy_has_any_effect(home: Desk) -> None:
    item, draft = await deployed(home)
    etag = await save(home, "dana", draft, "next\n")
    generation, seq, mark = etag.split(".")
    bad: list[tuple[str, dict[str, Any]]] = [
        ("bad_etag", {"etag": "nonsense"}),
        ("bad_etag", {"etag": "*"}),
        ("generation_changed", {"etag": f"g2.{seq}.{mark}"}),
        ("rewound", {"etag": f"{generation}.{seq}.AAAAAAAA"}),
        ("base_ahead", {"etag": f"{generation}.s99.{mark}"}),
        ("behind", {"expected_version": 0}),
        ("behind", {"expected_version": 7}),
        ("behind", {"override": 7}),
        ("bad_message", {"expected_version": -1}),
        ("bad_message", {"expected_version": "1"}),
        ("bad_message", {"override": 0}),
        ("bad_message", {"if_moved": "maybe"}),
        ("bad_message", {"extra": 1}),
        ("too_large", {"message": "x" * (MESSAGE_CHARS + 1)}),
        ("too_large", {"message": "x" * 2**20}),
        ("bad_text", {"message": "\0"}),
    ]
    client = home.world.http("dana")
    for code, wrong in bad:
        body = {"etag": etag, "expected_version": 1, **wrong}
        answer = await client.post(f"drafts/{draft}/deploy", json=body)
        assert (answer.json()["code"], answer.headers["content-type"]) == (code, "application/problem+json"), wrong
    key = {"Idempotency-Key": secrets.token_hex(8)}
    body = {"etag": etag, "expected_version": 1}
    assert (await client.post("drafts/nobodys/deploy", json=body)).json()["code"] == "not_found"
    assert len((await home.api("dana").versions.list(item)).versions) == 1
    assert (await client.post(f"drafts/{draft}/deploy", json=body, headers=key)).json()["version"] == 2
    reused = await client.post(f"drafts/{draft}/deploy", json={**body, "message": "other"}, headers=key)
    assert reused.json()["code"] == "idempotency_reused"


async def test_what_nobody_has_edited_is_deployed_as_it_began(home: Desk) -> None:
    item = await home.item("dana", content="as made\n")
    state = await home.api("dana", 0).drafts.of_item(item, "own")
    assert state.stands is False
    api = home.api("dana", 1)
    assert (await refused(api.deploys.deploy(state.draft, state.etag, 0))).code == "not_found"
    assert (await api.deploys.deploy(state.draft, state.etag, 0, item=item)).version == 1
    assert (await api.versions.get(item, 1)).value == script("as made\n")


async def test_typing_goes_on_in_the_same_generation_across_a_deploy(home: Desk) -> None:
    _, draft = await deployed(home, content="abc")
    async with await home.world.socket("dana", 1) as socket:
        state = await socket.ask("state", t="open", ref=1, draft=draft)
        etag = await save(home, "dana", draft, "abcd")
        await home.api("dana", 0).deploys.deploy(draft, etag, 1)
        ops = await socket.ask("refused", "ops", **edit(state, "x"))
        while not any(batch[1] == 1 and batch[2][0]["s"][0][2] == "x" for batch in ops["batches"]):
            ops = await socket.next("refused", "ops")
    assert (await home.api("dana").drafts.get(draft)).value["content"] == "xabcd"
