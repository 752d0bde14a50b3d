"""Old batches go in whole ranges; what is needed stays; an etag from before is refused with the text kept."""

import secrets
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest

from draftwire_server.cli.process.embedded import Embedded
from draftwire_server.services.runtime import Runtime
from draftwire_server.settings import Settings, Timings
from tests.deploys.conftest import deployed
from tests.deploys.test_deploying import refused
from tests.drafts.desk import LINES, Desk, changed, script
from tests.system.cluster import RESUME_KEY, START_S, TOKEN_KEY
from tests.waiting import until

pytestmark = pytest.mark.slow

OLD_S = 100.0  # tests make batches older than this by writing into the log
BIG = "x" * 70_000  # above `SNAPSHOT_BYTES`: its batch brings a snapshot


@pytest.fixture
async def runtime(home: Desk, services: Embedded) -> AsyncIterator[Runtime]:
    """A third worker, in this process, that keeps batches for a short time."""
    settings = Settings(
        home.world.database_url, (TOKEN_KEY,), RESUME_KEY, redis_url=services.redis_url,
        timings=Timings(ops_kept_s=OLD_S),
    )  # fmt: skip
    made = Runtime(settings)
    async with made.running():
        yield made


async def save(home: Desk, user: str, draft: str, content: str) -> str:
    """Save through one worker, so that its count of bytes alone brings snapshots; gives the etag."""
    api = home.api(user, 0)
    state = await api.drafts.get(draft)
    return (await api.drafts.save(draft, script(content), if_match=state.etag)).etag


async def aged(home: Desk, draft: str, seq: int) -> None:
    await home.world.rows(
        "update draft_op set at = at - make_interval(secs => $3) where draft_id = $1 and seq <= $2 returning 1",
        draft, seq, 2 * OLD_S,
    )  # fmt: skip


async def snapshots(home: Desk, draft: str) -> list[int]:
    rows = await home.world.rows("select seq from draft_snapshot where draft_id = $1 order by seq", draft)
    return [row["seq"] for row in rows]


async def log(home: Desk, draft: str) -> list[int]:
    rows = await home.world.rows("select seq from draft_op where draft_id = $1 order by generation, seq", draft)
    return [row["seq"] for row in rows]


async def long_draft(home: Desk) -> tuple[str, str, list[str]]:
    """A draft with a snapshot at seq 3, blame beside it, and batches before and after; etags by seq."""
    item, draft = await home.own("ada", visibility="open")
    etags = ["", (await home.api("ada").drafts.get(draft)).etag]
    etags.append(await save(home, "ben", draft, changed(LINES, 3, "by ben")))
    etags.append(await save(home, "ada", draft, changed(LINES, 3, "by ben") + BIG))
    await until(lambda: blamed(home, draft, 3), "the snapshot has its blame")
    etags.append(await save(home, "ada", draft, changed(LINES, 3, "by ben")))
    etags.append(await save(home, "ada", draft, changed(changed(LINES, 3, "by ben"), 9, "last")))
    return item, draft, etags


async def blamed(home: Desk, draft: str, seq: int) -> bool:
    return bool(await home.world.rows("select 1 from draft_blame where draft_id = $1 and seq = $2", draft, seq))


async def test_old_batches_go_up_to_a_snapshot_and_what_stays_reads_as_before(home: Desk, runtime: Runtime) -> None:
    _, draft, etags = await long_draft(home)
    api = home.api("ada")
    await api.history.name(draft, "the first", etags[1])
    blame = await api.history.blame(draft)
    state = await api.history.state(draft, etags[3])
    workspace = home.world.workspace
    assert await runtime.retention.run_once(workspace) == 0, "nothing is old yet"
    await aged(home, draft, 2)
    assert await runtime.retention.run_once(workspace) == 0, "the snapshot is not old"
    await aged(home, draft, 3)
    assert await runtime.retention.run_once(workspace) == 3
    assert (await log(home, draft), await snapshots(home, draft)) == ([4, 5], [3])
    await aged(home, draft, 5)
    assert await runtime.retention.run_once(workspace) == 0, "the tail after the last snapshot stays, however old"
    for worker in (0, 1):
        await home.server.replace(worker, START_S)
    api = home.api("ada")
    assert (await api.drafts.get(draft)).etag == etags[5]
    page = await api.history.page(draft)
    assert (page.begins, page.next) == (4, None)
    assert [place.lines for place in page.groups[0].places if place.at == "/content"] != [()]
    kept = await api.history.state(draft, etags[3])
    assert (kept.value, kept.etag, kept.by) == (state.value, etags[3], None)
    again = await api.history.blame(draft)
    assert (again.texts, again.origins) == (blame.texts, blame.origins)
    named = await api.history.state(draft, "the first")
    assert (named.value, named.etag, named.by.name) == (script(LINES), etags[1], "Ada")  # type: ignore[union-attr]
    assert (await api.history.state(draft, "1")).value == script(LINES), "by its number too"
    for at in (etags[2], "2"):
        assert (await refused(api.history.state(draft, at))).code == "base_expired"
    assert (await api.history.state(draft, "0")).value == script(""), "what it began with is a version, and kept"
    assert (await refused(api.drafts.log(draft, after=1))).code == "base_expired"
    assert (await refused(api.deploys.revert(draft, etag=etags[2]))).code == "base_expired"
    preview = await api.items.diff(
        page_item := (await api.drafts.get(draft)).item, from_=f"{draft}@{etags[1]}", to=draft
    )
    assert (preview.item, preview.from_.etag) == (page_item, etags[1]), "a named state is compared as any other"
    mine = script("typed on what is long gone\n")
    answer = await home.world.http("ada").put(
        f"drafts/{draft}", json={"value": mine}, headers={"If-Match": etags[2]}
    )  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (409, "base_expired")
    stash = await api.stash.get(answer.json()["stash_id"])
    assert stash.texts[0].mine == mine
    merged = await api.drafts.save(
        draft, script(changed(changed(LINES, 3, "by ben"), 15, "late") + BIG), if_match=etags[3]
    )
    assert (merged.seq, len(merged.merged)) == (6, 1), "the state of the snapshot itself is still a base"
    changes = await home.api("ben").history.changes(draft)
    assert (changes.since, changes.looked_at) == (etags[3], None)
    assert (await refused(home.api("ben").history.changes(draft, etags[2]))).code == "base_expired"
    assert (await api.deploys.revert(draft, etag=etags[1])).value == script(LINES), "and gone back to"


async def test_a_session_goes_on_with_its_numbers_when_its_batches_are_gone(home: Desk, runtime: Runtime) -> None:
    _, draft = await home.own("ada", kind="script")  # a kind that the third worker has too
    socket = await home.world.socket("ada", 0)
    state = await socket.ask("state", t="open", ref=1, draft=draft)

    def edit(no: int, text: str, seq: int, mark: str, key: str) -> dict[str, Any]:
        op = {"op": "text", "at": "/content", "s": [[0, 0, text]]}
        return {
            "t": "edit", "draft": draft, "generation": 1, "base": seq, "mark": mark, "seen": seq, "no": no,
            "key": key, "ops": [op],
        }  # fmt: skip

    first = await socket.ask("ops", "refused", **edit(1, BIG, state["seq"], state["mark"], "k1"))
    await until(lambda: blamed(home, draft, 2), "the snapshot has its blame")
    await socket.connection.close()
    await aged(home, draft, 2)
    await home.world.rows("delete from draft_blame where draft_id = $1 returning 1", draft)
    assert await runtime.retention.run_once(home.world.workspace) == 2
    assert await blamed(home, draft, 2), "what was not kept yet is kept before its batches go"
    assert await log(home, draft) == []
    rows = await home.world.rows("select last_nos from draft_snapshot where draft_id = $1", draft)
    assert 1 in rows[0]["last_nos"].values()
    assert (await home.api("ada", 1).drafts.get(draft)).seq == first["to"] == 2
    page = await home.api("ada", 1).history.page(draft)
    assert (page.groups, page.begins) == ((), 3)
    saved = await save(home, "ada", draft, "small again\n")
    assert saved.startswith("g1.s3.")


async def test_what_an_open_alert_a_live_run_or_a_suggestion_needs_stays(home: Desk, runtime: Runtime) -> None:
    item, draft, etags = await long_draft(home)
    world = home.world
    await aged(home, draft, 5)
    alert, run = secrets.token_hex(8), secrets.token_hex(8)
    await world.rows(
        "insert into alert (workspace_id, id, item_id, draft_id, generation, kind, reason, address, seq, region, sides)"
        " values ($1, $2, $3, $4, 1, 'overlap', 'clash', '/content', 3, '{\"base\": 1}', '[{\"seq\": 3}]') returning 1",
        world.workspace, alert, item, draft,
    )  # fmt: skip
    assert await runtime.retention.run_once(world.workspace) == 0
    await world.rows("update alert set state = 'closed' where id = $1 returning 1", alert)
    await world.rows(
        "insert into run (workspace_id, id, actor_id) select workspace_id, $2, actor_id from draft_writer"
        " where draft_id = $1 and w = 2 returning 1",
        draft, run,
    )  # fmt: skip
    await world.rows("update draft_writer set run_id = $2 where draft_id = $1 and w = 2 returning 1", draft, run)
    assert await runtime.retention.run_once(world.workspace) == 0
    await world.rows("update run set state = 'ended', ended_at = now() where id = $1 returning 1", run)
    assert await runtime.retention.run_once(world.workspace) == 0, "it can still be undone"
    await world.rows("update run set ended_at = now() - interval '1 year' where id = $1 returning 1", run)
    suggestion = secrets.token_hex(8)
    await world.rows(
        "insert into draft (workspace_id, id, item_id, purpose, owner_id, visibility, head_mark, origin_version,"
        " base_version, begun_at) select workspace_id, $2, item_id, 'suggestion', owner_id, 'private', 'x', 0, 0,"
        " clock_timestamp() - make_interval(secs => $3) from draft where id = $1 returning 1",
        draft, suggestion, 3 * OLD_S,
    )  # fmt: skip
    assert await runtime.retention.run_once(world.workspace) == 0
    await world.rows("update draft set discarded_at = clock_timestamp() where id = $1 returning 1", suggestion)
    assert await runtime.retention.run_once(world.workspace) == 3
    assert etags


async def test_a_discarded_generation_goes_once_it_can_not_be_brought_back(home: Desk, runtime: Runtime) -> None:
    item, draft = await deployed(home)
    old = await save(home, "dana", draft, "before\n")
    api = home.api("dana")
    await api.history.name(draft, "kept", old)
    await api.deploys.discard(draft, old)
    again = await api.drafts.of_item(item, "own")
    await api.drafts.save(draft, script("anew\n"), if_match=again.etag)
    assert await runtime.retention.run_once(home.world.workspace) == 0
    await home.world.rows("delete from draft_discard where draft_id = $1 returning 1", draft)
    assert await runtime.retention.run_once(home.world.workspace) == 2
    assert await log(home, draft) == [1]
    assert (await refused(api.history.page(draft, generation=1))).code == "generation_changed"
    assert (await refused(api.history.state(draft, old))).code == "generation_changed"
    assert (await api.history.state(draft, "kept")).value == script("before\n")


def test_batches_are_kept_for_thirty_days() -> None:
    assert msgspec.structs.asdict(Timings())["ops_kept_s"] == 30 * 86_400
