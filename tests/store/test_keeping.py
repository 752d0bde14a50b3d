"""Every table has a rule of keeping, the page shows it, and by each rule old rows go and young ones stay."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from draftwire_server.limits.retention import EVENTS_KEPT_DAYS
from draftwire_server.services.history.sweep import Keeper
from draftwire_server.services.runtime import Runtime
from draftwire_server.settings import Settings
from draftwire_server.store import keeping
from tests.cli.test_check import clean_environment, run
from tests.drafts.desk import Desk, script
from tests.system.cluster import RESUME_KEY, TOKEN_KEY
from tests.system.world import store
from tests.waiting import until

__all__ = ["clean_environment"]  # used by pytest
PAGE = Path(__file__).resolve().parents[2] / "docs" / "keeping.md"


@pytest.fixture
async def home(module_desk: Desk) -> AsyncIterator[Desk]:
    yield module_desk
    await module_desk.close_apis()


@pytest.fixture
async def connection(database_url: str) -> AsyncIterator[Any]:
    async with store(database_url) as made:
        for workspace in ("w", "v"):  # the second one has nothing, and nobody was ever connected to either
            await made.execute("insert into workspace (id, name) values ($1::text, $1::text)", workspace)
        yield made


@pytest.fixture
async def keeper(database_url: str) -> AsyncIterator[Keeper]:
    worker = Runtime(Settings(database_url, (TOKEN_KEY,), RESUME_KEY))
    yield worker.keeping
    await worker.checking.close()
    await worker.database.close()


async def test_every_table_has_one_rule(connection: Any) -> None:
    rows = await connection.fetch(
        "select table_name from information_schema.tables where table_schema = 'draftwire' and table_type = 'BASE TABLE'"
    )
    ruled = [rule.table for rule in keeping.RULES]
    assert sorted(row["table_name"] for row in rows) == sorted(ruled), "say in store/keeping.py how long rows are kept"


def test_the_page_shows_every_rule() -> None:
    shown = re.findall(r"^\| `(\w+)` \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
    assert shown == [(rule.table, rule.kept) for rule in keeping.RULES]


SEED = """
insert into member (workspace_id, id, username, name, role) values ('w', 'm', 'm', 'm', 'admin');
insert into actor (workspace_id, id, kind, user_id) values ('w', 'a', 'user', 'm');
insert into item (workspace_id, id, kind, path, creator_id, initial, initial_hash) values ('w', 'i', 'script', 'f/a/b', 'm', '{}', 'h');
insert into draft (workspace_id, id, item_id, purpose, owner_id, visibility, head_mark, generation, origin_version, base_version)
values ('w', 'd', 'i', 'own', 'm', 'private', 'x', 2, 0, 0);
insert into run (workspace_id, id, actor_id) values ('w', 'alive', 'a');
insert into webhook (workspace_id, id, address, cursor, made_by) values ('w', 'h', 'https://a.example', 0, 'a');
"""

# A row of each table: its key and its time.
# ruff: noqa: E501 — statements
ROWS = {
    "worker_beat": "insert into worker_beat (worker, at) values ($1, $2)",
    "access_grant": "insert into access_grant (workspace_id, id, user_id, may, until) values ('w', $1, 'm', '{see}', $2)",
    "api_key": "insert into api_key (workspace_id, id, name, hash, hint, user_id, may, revoked_at)"
    " values ('w', $1, $1, $1::text::bytea, '', 'm', '{see}', $2)",
    "token_revocation": "insert into token_revocation (workspace_id, jti, until) values ('w', $1, $2)",
    "kind": "insert into kind (workspace_id, name, revision, changed_at)"
    " values ('w', $1, 1, $2), ('w', $1, 2, $2)",
    "draft": "insert into draft (workspace_id, id, item_id, purpose, owner_id, visibility, head_mark, origin_version,"
    " base_version, run_id, begun_at, changed_at) values ('w', $1, 'i', 'suggestion', 'm', 'private', 'x', 0, 0, $1, $2, $2)",
    "draft_discard": "insert into draft_discard (workspace_id, draft_id, generation, seq, mark, base_version, value,"
    " actor_id, at) values ('w', 'd', ascii($1), 1, 'x', 0, '{}', 'a', $2)",
    "draft_adoption": "insert into draft_adoption (workspace_id, draft_id, generation, source_id, source_etag, actor_id,"
    " at) values ('w', 'd', -ascii($1), 'd', 'e', 'a', $2)",
    "draft_ask": "insert into draft_ask (workspace_id, id, draft_id, item_id, owner_id, user_id, actor_id, may, agents,"
    " state, asked_at, expires_at) values ('w', $1, 'd', 'i', 'm', 'm', 'a', 'look', false, 'expired', $2, $2)",
    "draft_seen": "insert into draft_seen (workspace_id, draft_id, actor_id, generation, seq, at)"
    " values ('w', 'd', $1, 1, 1, $2)",
    "stash": "insert into stash (workspace_id, id, user_id, actor_id, item_id, draft_id, generation, base_seq, reason,"
    " sid, texts, dismissed_at) values ('w', $1, 'm', 'a', 'i', 'd', 1, 1, 'refused', 's', '[]', $2)",
    "alert": "insert into alert (workspace_id, id, item_id, draft_id, generation, kind, reason, address, seq, region,"
    " sides, state, closed_at) values ('w', $1, 'i', 'd', 1, 'overlap', 'clash', '', 1, '{}', '[]', 'resolved', $2)",
    "run": "insert into run (workspace_id, id, actor_id, state, ended_at, seen_at) values ('w', $1, 'a', 'ended', $2, $2)",
    "run_event": "insert into run_event (workspace_id, run_id, n, type) select 'w', $1, 1, 'x' where $2::timestamptz is not null",
    "run_read": "insert into run_read (workspace_id, run_id, draft_id, generation, seq)"
    " select 'w', $1, 'd', 1, 1 where $2::timestamptz is not null",
    "run_kept": "insert into run_kept (workspace_id, run_id, draft_id, generation, hunk, upto, actor_id)"
    " select 'w', $1, 'd', 1, 'h', 1, 'a' where $2::timestamptz is not null",
    "stream": "insert into stream (workspace_id, id, run_id, item_id, draft_id, generation, address, lane, seq, start,"
    " until, state, lease_s, ended_at) values ('w', $1, 'alive', 'i', 'd', 1, '', 0, 1, 0, 0, 'closed', 30, $2)",
    "webhook_key": "insert into webhook_key (workspace_id, webhook_id, id, key_id, sealed, ends_at)"
    " values ('w', 'h', $1, 'k', '', $2)",
    "webhook_delivery": "insert into webhook_delivery (workspace_id, webhook_id, number, type, state)"
    " select 'w', 'h', case $1 when 'old' then 1 else 5 end, 'x', 'delivered' where $2::timestamptz is not null",
    "idempotency": "insert into idempotency (workspace_id, principal, key, digest, status, headers, body, at)"
    " values ('w', 'a', $1, '', 200, '{}', '', $2)",
}  # fmt: skip
OF_RUNS = ("run_event", "run_read", "run_kept")  # they have no time of their own


async def add(connection: Any, table: str, name: str, at: Any) -> None:
    statement = ROWS[table].replace("$1", "$1::text").replace("$2", "$2::timestamptz")
    await connection.execute(statement, name, at)


async def aged(connection: Any, table: str, after_s: float) -> None:
    """An old and a young row, on each side of the limit."""
    for name, past_s in (("old", after_s + 60), ("new", after_s - 60 if after_s > 60 else -3600)):
        at = await connection.fetchval("select now() - make_interval(secs => $1)", float(past_s))
        if table in OF_RUNS:
            if table == OF_RUNS[0]:
                await add(connection, "run", name, at)
            at = await connection.fetchval("select now() - interval '1 minute'")
        await add(connection, table, name, at)


async def left(connection: Any, table: str) -> str:
    return " ".join(str(row[0]) for row in await connection.fetch(f"select t::text from {table} t"))


async def test_each_table_with_a_time_is_tried() -> None:
    assert set(ROWS) == {rule.table for rule in (*keeping.TIMED, keeping.SUGGESTIONS)}


async def test_by_each_rule_the_old_row_goes_and_the_young_one_stays(connection: Any, keeper: Keeper) -> None:
    await connection.execute(SEED)
    await connection.execute(
        "insert into event (workspace_id, number, type, at) values ('w', 1, 'x', now() - make_interval(days => $1)),"
        " ('w', 2, 'x', now())", EVENTS_KEPT_DAYS + 1
    )  # fmt: skip
    await connection.execute("update workspace_clock set event_seq = 2 where workspace_id = 'w'")
    made = [rule for rule in (*keeping.TIMED, keeping.SUGGESTIONS) if rule.table not in ("run", "draft_adoption")]
    for rule in made:
        await aged(connection, rule.table, rule.after_s)
    before = {rule.table: await connection.fetchval(f"select count(*) from {rule.table}") for rule in keeping.RULES}
    counted = await keeper.count()
    assert {r.table: await connection.fetchval(f"select count(*) from {r.table}") for r in keeping.RULES} == before
    dropped = await keeper.sweep()
    for rule in made:
        assert dropped[rule.table] >= 1, rule
        rows = await left(connection, rule.table)
        assert before[rule.table] > await connection.fetchval(f"select count(*) from {rule.table}") > 0, rule.table
        if rule.table not in ("draft_discard", "webhook_delivery", "kind"):
            assert "old" not in rows and "new" in rows, rows
    assert await connection.fetchval("select array_agg(number) from webhook_delivery") == [5]
    revisions = "select array_agg(name || revision order by name, revision) from kind"
    assert await connection.fetchval(revisions) == ["new1", "new2", "old2"]
    assert await connection.fetchval("select array_agg(generation) from draft_discard") == [ord("n")]
    assert await connection.fetchval("select array_agg(number) from event") == [2]
    assert dropped["event"] == counted["event"] == 1
    assert {table for table, count in counted.items() if count != dropped[table]} <= {"webhook_delivery", "run"}
    assert await keeper.sweep() == await keeper.count() == {}
    assert await connection.fetchval("select count(*) from workspace") == 2


async def test_what_is_still_named_or_open_stays_however_old(connection: Any, keeper: Keeper) -> None:
    await connection.execute(SEED)
    for table in ("stash", "run", "draft_seen", "draft_adoption", "draft_discard"):
        rule = next(rule for rule in keeping.RULES if rule.table == table)
        await aged(connection, table, rule.after_s)
    await connection.execute("update draft set generation = 200 where id = 'd'")
    await add(connection, "alert", "open", None)
    await connection.execute("update alert set state = 'open', stash_id = 'old'")
    await connection.execute(
        "insert into draft_writer (workspace_id, draft_id, w, session, sid, actor_id, run_id)"
        " values ('w', 'd', 1, 's', 's', 'a', 'old')"
    )
    dropped = await keeper.sweep()
    assert set(dropped) == {"draft_discard", "draft_adoption"}, "an open alert, and blame, need the rest"
    await connection.execute("update alert set state = 'closed', closed_at = now()")
    await connection.execute("delete from draft_writer")
    assert set(await keeper.sweep()) == {"stash", "draft_seen", "run"}


async def test_a_suggestion_goes_with_its_log_once_its_run_is_over_and_nobody_said_anything(
    connection: Any, keeper: Keeper
) -> None:
    await connection.execute(SEED)
    await aged(connection, "draft", keeping.SUGGESTIONS.after_s)
    await connection.execute(
        "insert into draft_op (workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, mark, ops, took)"
        " select 'w', 'old', 1, n, 1, n, 'k', 0, 0, 'x', '[]', '[]' from generate_series(1, 7000) n"
    )
    await connection.execute("update draft set run_id = 'alive' where id = 'old'")
    assert await keeper.sweep() == {}
    await connection.execute("update draft set run_id = null where id = 'old'")
    await connection.execute(
        "insert into suggestion_decision (workspace_id, draft_id, hunk, decision, actor_id)"
        " values ('w', 'old', 'h', 'rejected', 'a')"
    )
    assert await keeper.sweep() == {}
    await connection.execute("update suggestion_decision set at = now() - interval '1 year'")
    assert await keeper.sweep() == {"draft": 1}
    assert await connection.fetchval("select count(*) from draft_op") == 0
    assert [row["id"] for row in await connection.fetch("select id from draft order by id")] == ["d", "new"]


async def test_a_row_that_another_worker_holds_is_passed_over(
    connection: Any, keeper: Keeper, database_url: str
) -> None:
    await aged(connection, "idempotency", 86_400)
    await add(connection, "idempotency", "held", await connection.fetchval("select now() - interval '9 days'"))
    async with store(database_url) as other, other.transaction():
        await other.execute("select 1 from idempotency where key = 'held' for update")
        assert await keeper.sweep() == {"idempotency": 1}
    assert await keeper.sweep() == {"idempotency": 1}


def test_rules_say_something() -> None:
    assert all(msgspec.structs.asdict(rule)["kept"] for rule in keeping.RULES)


async def test_prune_says_what_would_go_and_what_went(connection: Any, database_url: str) -> None:
    assert "Nothing to delete" in (await run("prune", DATABASE_URL=database_url)).output
    await aged(connection, "idempotency", 86_400)
    planned = await run("prune", "--dry-run", "--json", DATABASE_URL=database_url)
    assert json.loads(planned.output) == {"dry_run": True, "rows": {"idempotency": 1}}
    done = await run("prune", DATABASE_URL=database_url)
    assert done.output.splitlines()[-2:] == ["         1  idempotency", "1 old rows deleted."]
    assert [row["key"] for row in await connection.fetch("select key from idempotency")] == ["new"]


async def test_prune_shortens_logs_whose_blame_was_never_kept(home: Desk) -> None:
    """As the sweep does: what only blame can tell is kept before its batches go; no worker has to run for that."""
    await home.mode("both", "both")  # a kind of the workspace: the command does not have the server's folder of kinds
    _, draft = await home.own("ada")
    api = home.api("ada", 0)
    for content in ("x" * 70_000, "small\n"):  # the first one brings a snapshot
        state = await api.drafts.get(draft)
        await api.drafts.save(draft, script(content), if_match=state.etag)
    snapshot = "select 1 from draft_snapshot where draft_id = $1 and seq = 2"
    await until(lambda: home.world.rows(snapshot, draft), "there is a snapshot")
    await home.world.rows("update draft_op set at = now() - interval '1 year' where draft_id = $1 returning 1", draft)
    await home.world.rows("delete from draft_blame where draft_id = $1", draft)
    for arguments in (["--dry-run"], []):
        done = await run("prune", "--json", *arguments, DATABASE_URL=home.world.database_url)
        assert json.loads(done.stdout)["rows"].get("draft_op", 0) >= 2, done.output
    assert [row["seq"] for row in await home.world.rows("select seq from draft_op where draft_id = $1", draft)] == [3]
    assert await home.world.rows("select 1 from draft_blame where draft_id = $1 and seq = 2", draft)
