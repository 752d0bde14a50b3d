"""Every statement of the store fits the migrated schema, and no tenant's table is read without its workspace."""

import importlib
import pkgutil
import re
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

import draftwire_server.store
from draftwire_server.store.statement import Statement

STATEMENT = re.compile(r"\s*(with|select|insert|update|delete)\b", re.IGNORECASE)
PARTS = {
    "_COLUMNS",
    "_LOG_COLUMNS",
    "_NAMED",
}  # beginnings of statements, prepared as parts of them
# Ask which workspaces have anything to do; read ids of workspaces alone.
ACROSS = {
    "clock._OUTBOX_WAITING",
    "clock._WITH_OLD_EVENTS",
    "jobs._DUE_IN",
    "lives._EXPIRED_IN",
    "references._DUE_IN",
    "references._NOTE_RULES",  # the server's own kinds are of all workspaces
    "runs._SILENT",
    "streams._SILENT",
    "webhooks._DUE",
    "secrets._BY_KEY",  # the operator's: keys encrypt for all workspaces
    "secrets._STALE_SECRETS",
    "secrets._STALE_KEYS",
}


def statements() -> Iterator[tuple[str, str]]:
    for module in pkgutil.walk_packages(draftwire_server.store.__path__, "draftwire_server.store."):
        short = module.name.rpartition(".")[2]
        if module.ispkg or short == "migrate":
            continue  # migrations have tests of their own
        for name, value in vars(importlib.import_module(module.name)).items():
            text = value.text if isinstance(value, Statement) else value
            if isinstance(text, str) and STATEMENT.match(text) and name not in PARTS:
                yield f"{short}.{name}", text


ALL = dict(statements())


@pytest.fixture(scope="module")
async def connection(module_database_url: str) -> AsyncIterator[asyncpg.Connection]:
    """One for all: to prepare is no more than to ask, and leaves nothing behind."""
    made = await asyncpg.connect(module_database_url, server_settings={"search_path": "draftwire"})
    yield made
    await made.close()


@pytest.fixture(scope="module")
async def tenant_tables(connection: asyncpg.Connection) -> set[str]:
    rows = await connection.fetch(
        "select table_name from information_schema.columns"
        " where table_schema = 'draftwire' and column_name = 'workspace_id'"
    )
    return {row["table_name"] for row in rows}


async def test_statements_were_found() -> None:
    assert len(ALL) > 50
    commits = {"commit._ONE", "commit._MANY", "commit._FULL", "commit._MANY_OF_AGENTS", "commit._FULL_OF_AGENTS"}
    assert commits | {"logs._LOAD", "clock._MOVE_OUTBOX"} <= set(ALL)


@pytest.mark.parametrize("name", sorted(ALL))
async def test_every_statement_can_be_prepared(name: str, connection: asyncpg.Connection) -> None:
    await connection.prepare(ALL[name])


@pytest.mark.parametrize("name", sorted(set(ALL) - ACROSS))
async def test_no_tenants_table_is_touched_without_its_workspace(name: str, tenant_tables: set[str]) -> None:
    assert unguarded(ALL[name], tenant_tables) == []


def unguarded(statement: str, tables: set[str]) -> list[str]:
    """The tables in from, join, update, into and delete whose workspace_id the statement never ties down."""
    found = []
    clauses = (
        r"(?:from|join|update|delete\s+from|into)\s+(\w+)"
        r"(?:\s+(?:as\s+)?(?!where|set|on|using|join|left|values|order|select)(\w+))?"
    )
    for match in re.finditer(clauses, statement, re.IGNORECASE):
        table, alias = match[1], match[2]
        if table not in tables:
            continue
        names = [alias, table] if alias else [table]
        qualified = any(
            re.search(rf"\b{name}\.workspace_id\s*(=|in\b)|=\s*{name}\.workspace_id", statement) for name in names
        )
        bare = re.search(r"(?<!\.)\bworkspace_id\s*=", statement) is not None
        inserted = re.search(rf"into\s+{table}\s*\(\s*workspace_id", statement) is not None
        if not (qualified or bare or inserted):
            found.append(table)
    return found


def test_the_guard_finds_a_statement_without_a_workspace() -> None:
    tables = {"draft", "item"}
    assert unguarded("select id from draft where id = $1", tables) == ["draft"]
    assert unguarded("select d.id from draft d join item i on i.id = d.item_id where d.workspace_id = $1", tables) == [
        "item"
    ]
    assert unguarded("select id from draft where workspace_id = $1", tables) == []
    assert unguarded("insert into draft (workspace_id, id) values ($1, $2)", tables) == []
