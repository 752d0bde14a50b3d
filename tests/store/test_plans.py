"""How the log is read does not depend on what Postgres knows of its size: a statement that was planned while the table
was small goes by the right index when it has grown.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from draftwire_server.store.agents import streams
from draftwire_server.store.history import history
from draftwire_server.store.live import commit, logs
from tests.system.world import store

KEY, NUMBER = "draft_op_pkey", "draft_op_no"  # by place in the log; by writer and number
STATEMENTS = {
    "tail": (logs._TAIL, KEY),
    "load": (logs._LOAD, KEY),
    "state": (logs._STATE_AT, KEY),
    "range": (logs._RANGE, KEY),
    "mark": (logs._MARK, KEY),
    "snapshot": (logs._SNAPSHOT, KEY),
    "oldest": (history._FIRST, KEY),
    "batch": (logs._BATCH_OF, NUMBER),
    "last piece": (streams._LAST, NUMBER),
}


@pytest.fixture(scope="module")
async def connection(module_database_url: str) -> AsyncIterator[Any]:
    async with store(module_database_url) as made:
        await made.execute("set plan_cache_mode = force_generic_plan")  # what a connection uses from the sixth time on
        yield made


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


async def planned(connection: Any, name: str, statement: str) -> list[dict[str, Any]]:
    prepared = await connection.prepare(statement, name=name.replace(" ", "_"))
    nothing = ", ".join(["null"] * len(prepared.get_parameters()))
    found = await connection.fetchval(f"explain (format json) execute {prepared.get_name()}({nothing})")
    return list(nodes((json.loads(found) if isinstance(found, str) else found)[0]["Plan"]))


async def scans(connection: Any, name: str, statement: str, table: str) -> list[dict[str, Any]]:
    found = [
        node
        for node in await planned(connection, name, statement)
        if node.get("Relation Name") == table and node["Node Type"].endswith("Scan")
    ]
    assert found
    return found


@pytest.mark.parametrize("name", STATEMENTS)
async def test_a_log_is_read_from_where_it_was_asked_for_on(connection: Any, name: str) -> None:
    statement, index = STATEMENTS[name]
    for scan in await scans(connection, name, statement, "draft_op"):
        condition = scan["Index Cond"]
        # A log is loaded with the last number of each of its writers.
        wanted = NUMBER if "(w = " in condition else index
        assert scan["Index Name"] == wanted, scan
        for column in ("workspace_id", "draft_id", "w" if wanted == NUMBER else "generation"):
            assert f"({column} = " in condition or f"(({column})::text = " in condition, scan
        # Of a stretch with one end Postgres expects a third of the log, and may read all of it.
        assert ("(seq > " in condition) == ("(seq <= " in condition), scan


async def test_a_drafts_row_is_found_by_its_id(connection: Any) -> None:
    for name, statement in (("one", commit._ONE.text), ("lock", commit._LOCK)):
        for scan in await scans(connection, name, statement, "draft"):
            assert scan["Index Name"] == "draft_pkey", scan
            assert "((id)::text = " in scan["Index Cond"], scan
