"""The demo workspace: real content that its own kinds accept, in the database once."""

import ast
import json
from typing import Any

import pytest

from draftwire.document.document import Document
from draftwire_server.core.access.access import Access, Resource, decide
from draftwire_server.core.kinds.kinds import plain_secrets, title_of
from draftwire_server.core.kinds.references import references
from draftwire_server.core.kinds.schemas import schema_problems
from draftwire_server.dev.seed import SeedItem, insert_seed, load_seed
from draftwire_server.kinds import load_kinds
from draftwire_server.settings import Settings
from draftwire_server.store.access.access import load_access
from draftwire_server.store.access.members import find_member, find_workspace
from draftwire_server.store.items.items import find_item_by_path, load_value
from draftwire_server.store.postgres import connect

SEED = load_seed()
KINDS = load_kinds()


def each(items: tuple[SeedItem, ...] = SEED.items) -> Any:
    return pytest.mark.parametrize("item", items, ids=[item.path for item in items])


@each()
def test_an_item_of_the_demo_could_be_deployed(item: SeedItem) -> None:
    kind = KINDS.get(item.kind)
    assert schema_problems(kind.schema_json, item.value) == ()
    assert plain_secrets(kind, item.value) == ()
    Document.load(item.value, kind.document_shape)
    assert title_of(kind, item.value)
    assert item.message
    assert item.creator in {user.username for user in SEED.users}


@each()
def test_what_an_item_of_the_demo_refers_to_is_there(item: SeedItem) -> None:
    kinds_at = {other.path: other.kind for other in SEED.items}
    for referred in references(KINDS.get(item.kind), item.value):
        assert kinds_at.get(referred.path) in referred.kinds, referred


def test_the_demo_has_what_a_platform_has() -> None:
    kinds = {item.kind for item in SEED.items}
    assert kinds >= {"script", "flow", "app", "raw_app", "resource", "variable", "schedule", "webhook_trigger"}
    languages = {item.value["language"] for item in SEED.items if item.kind == "script"}
    assert {"python3", "bun"} <= languages
    (flow,) = [item for item in SEED.items if item.kind == "flow"]
    modules = flow.value["value"]["modules"]
    assert len(modules) == 6
    assert all(module["value"]["content"].count("\n") >= 10 for module in modules)
    assert [user.role for user in SEED.users].count("operator") == 1


@each(tuple(item for item in SEED.items if item.value.get("language") == "python3"))
def test_python_scripts_are_python_with_a_main(item: SeedItem) -> None:
    tree = ast.parse(item.value["content"])
    (main,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "main"]
    assert {arg.arg for arg in main.args.args} == set(item.value["schema"]["properties"])
    assert 40 <= item.value["content"].count("\n") <= 120


@each(tuple(item for item in SEED.items if item.value.get("language") == "bun"))
def test_typescript_scripts_are_as_long_as_real_ones(item: SeedItem) -> None:
    assert "export async function main(" in item.value["content"]
    assert 40 <= item.value["content"].count("\n") <= 120


async def test_the_seed_is_written_once_and_reads_back_as_it_was(database_url: str) -> None:
    connection = await connect(Settings(database_url=database_url, token_keys=(), resume_key=""))
    try:
        assert await insert_seed(connection, SEED, KINDS)
        assert not await insert_seed(connection, SEED, KINDS)
        workspace = await find_workspace(connection, "demo")
        assert workspace is not None
        for item in SEED.items:
            row = await find_item_by_path(connection, workspace.id, item.path)
            assert row is not None
            assert (row.kind, row.head_version) == (item.kind, 1)
            value = await load_value(connection, workspace.id, row.id, 1)
            assert value is not None
            assert json.loads(value) == item.value
        for user, may_write in (("grace", True), ("olga", False), ("ada", True)):
            member = await find_member(connection, workspace.id, user)
            assert member is not None
            found = await load_access(connection, workspace.id, member.id)
            assert found is not None
            access = Access(member.id, member.username, member.role, found.grants, "actor")
            place = Resource("f/payments/refund_charge")
            assert decide(access, "see_item", place, 0)
            assert decide(access, "write_item", place, 0) == may_write
            assert decide(access, "see_item", Resource("u/ada/exchange_rates"), 0) == (user == "ada")
    finally:
        await connection.close()
