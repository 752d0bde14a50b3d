"""What the schema promises: tenants apart in every key, no names where history is kept."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.store.schema_file import FILE, comments, described
from tests.system.world import store

# Of the server, not of a tenant.
SHARED = {"schema_migration", "workspace", "worker_beat", "disk_room", "installation", "reference_rule"}
ALL_ROWS = "select t::text as row from {table} t"


@pytest.fixture(scope="module")
async def connection(module_database_url: str) -> AsyncIterator[Any]:
    async with store(module_database_url) as made:
        yield made


KEYS = """
select c.conrelid::regclass::text as table, c.conname as name, c.contype::text as type,
       (select a.attname from pg_attribute a where a.attrelid = c.conrelid and a.attnum = c.conkey[1]) as first,
       c.confrelid::regclass::text as target,
       (select a.attname from pg_attribute a where a.attrelid = c.confrelid and a.attnum = c.confkey[1]) as target_first
  from pg_constraint c join pg_namespace n on n.oid = c.connamespace
 where n.nspname = 'draftwire' and c.contype in ('p', 'f', 'u')
"""
INDEXES = """
select i.indrelid::regclass::text as table, i.indexrelid::regclass::text as name,
       (select a.attname from pg_attribute a where a.attrelid = i.indrelid and a.attnum = i.indkey[0]) as first
  from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
 where n.nspname = 'draftwire'
"""


async def test_the_workspace_leads_every_primary_unique_and_foreign_key(connection: Any) -> None:
    keys = [key for key in await connection.fetch(KEYS) if key["table"] not in SHARED]
    assert len([key for key in keys if key["type"] == "p"]) > 15
    assert len([key for key in keys if key["type"] == "f"]) > 10
    for key in keys:
        assert key["first"] == "workspace_id", dict(key)
        if key["type"] == "f":
            wanted = "id" if key["target"] == "workspace" else "workspace_id"
            assert key["target_first"] == wanted, dict(key)


async def test_the_workspace_leads_every_index_that_could_find_other_tenants_rows(connection: Any) -> None:
    others = {
        "item_search_words",  # an inverted index: what it holds begins with a tag instead
        "draft_op_no",  # used with the whole of its columns alone; see 0018
        "draft_of_item",  # likewise
    }
    for index in await connection.fetch(INDEXES):
        if index["name"] not in others:
            assert index["table"] in SHARED or index["first"] == "workspace_id", dict(index)


async def test_all_that_the_index_of_words_holds_begins_with_the_tag_of_the_workspace(connection: Any) -> None:
    value = {"content": "a b\n" * 3, "more": ["x", {"y": "z"}], "n": 5}
    for part in ("search_head('w', 'item', 'f/a/b_c', 'sum', 'me')", "search_body('w', $1)"):
        given = (value,) if "$1" in part else ()
        lexemes = await connection.fetchval(f"select tsvector_to_array({part})", *given)
        tag = await connection.fetchval("select search_tag('w')")
        assert lexemes
        assert all(lexeme.startswith(tag) and lexeme[len(tag)] in ":/#@" for lexeme in lexemes)


async def test_every_tenants_table_has_a_primary_key_and_a_workspace(connection: Any) -> None:
    tables = {
        r["t"] for r in await connection.fetch("select tablename as t from pg_tables where schemaname='draftwire'")
    }
    keyed = {key["table"] for key in await connection.fetch(KEYS) if key["type"] == "p"}
    assert tables - keyed == set()


async def test_no_edit_updates_an_indexed_column_of_a_draft(connection: Any) -> None:
    """Else no update of a draft's head could be a HOT one."""
    indexed = await connection.fetch(
        "select a.attname from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey) "
        "where i.indrelid = 'draft'::regclass"
    )
    assert {row["attname"] for row in indexed} & {"head_seq", "head_mark", "changed_at", "base_version"} == set()
    refers = await connection.fetch(
        "select 1 from pg_constraint where conrelid = 'draft_op'::regclass and contype = 'f'"
    )
    assert refers == []


async def test_the_whole_schema_stands_in_one_file(connection: Any) -> None:
    assert FILE.read_text() == await described(connection), "run `make schema`"


def test_what_migrations_say_is_found_where_it_stands() -> None:
    migration = (
        "-- Of two\n-- lines.\ncreate table one (\n  id id not null,  -- its name\n  primary key (id)  -- none\n);\n"
        "alter table two add column a text, add column b id;  -- an actor\n\n"
        "-- Not of a table.\ncreate index x on one (id);\n"
    )
    assert comments([migration]) == {
        ("one", ""): "Of two\n-- lines.", ("one", "id"): "its name", ("two", "b"): "an actor",
    }  # fmt: skip
