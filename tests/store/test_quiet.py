"""No error text of Postgres, which quotes rows, reaches a log or an answer."""

import ast
import io
import logging
from typing import Any

import asyncpg
import pytest

from draftwire_server.store.quiet import QuietFormatter, log_quietly, told, told_fully
from tests.test_layers import SERVER

SECRET = "hunter2-in-a-row"
FAILING = {
    "unique": (
        "create temporary table t (v text primary key) on commit drop; insert into t values ('{0}'); "
        "insert into t values ('{0}')"
    ),
    "check": "create temporary table t (v text, n int check (n > 0)) on commit drop; insert into t values ('{0}', 0)",
    "not null": "create temporary table t (v text, n int not null) on commit drop; insert into t values ('{0}', null)",
    "number": "select '{0}'::int",
    "json": "select '{0}'::jsonb",
    "raised": "do $$ begin raise exception 'it was {0}'; end $$",
    "syntax": "select '{0}' from from",
}


async def error_of(database_url: str, statement: str) -> asyncpg.PostgresError:
    connection = await asyncpg.connect(database_url)
    try:
        with pytest.raises(asyncpg.PostgresError) as caught:
            await connection.execute(statement.format(SECRET))
    finally:
        await connection.close()
    return caught.value


@pytest.mark.parametrize("statement", FAILING.values(), ids=FAILING)
async def test_an_error_is_told_without_its_text_however_it_comes_into_a_log(database_url: str, statement: str) -> None:
    error = await error_of(database_url, statement)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(QuietFormatter("%(message)s"))
    log = logging.Logger("quiet")
    log.addHandler(handler)

    def raised(*, group: bool = False, cause: bool = False, context: bool = False) -> None:
        if group:
            raise ExceptionGroup("several", [ValueError("fine"), error])
        if cause:
            raise RuntimeError("on top") from error
        if context:
            try:
                raise error
            except asyncpg.PostgresError:
                raise RuntimeError("meanwhile")  # noqa: B904 - that is the case
        raise error

    told_all: list[str] = []
    log.error("by itself: %s", error)
    for how in ({}, {"group": True}, {"cause": True}, {"context": True}):
        try:
            raised(**how)
        except Exception as caught:
            log.exception("under way")
            told_all.append(told_fully(caught))
    text = out.getvalue()
    assert SECRET not in text + "".join(told_all)
    assert text.count(type(error).__name__) >= 5 and error.sqlstate in text, "but which error it was"
    assert "test_quiet.py" in text and "RuntimeError: on top" in text and "ValueError: fine" in text


async def test_a_value_that_can_not_be_sent_is_not_quoted_either(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        with pytest.raises(asyncpg.DataError) as caught:
            await connection.fetch("select $1::int", SECRET)
    finally:
        await connection.close()
    assert SECRET in str(caught.value), "else this shows nothing"
    assert SECRET not in told(caught.value) + told_fully(caught.value)


async def test_what_speaks_of_the_server_alone_is_told_as_it_is(database_url: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as caught:
        await asyncpg.connect(database_url, database="nowhere_at_all")
    assert "nowhere_at_all" in told(caught.value)


def test_the_process_logs_quietly() -> None:
    before, level = list(logging.root.handlers), logging.root.level
    try:
        log_quietly("info", "worker-0 ")
        assert [type(handler.formatter) for handler in logging.root.handlers] == [QuietFormatter]
    finally:
        logging.root.handlers[:] = before
        logging.root.setLevel(level)


OF_POSTGRES = ("asyncpg.", "DATABASE_ERRORS", "AWAY", "UNREACHABLE", "PostgresError")


def texts_of(tree: ast.AST) -> list[int]:
    """The lines where an error that may be of Postgres becomes a text without `told`."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for handler in ast.walk(tree):
        if not isinstance(handler, ast.ExceptHandler) or handler.name is None or handler.type is None:
            continue
        if not any(name in ast.unparse(handler.type) for name in OF_POSTGRES):
            continue
        for name in ast.walk(handler):
            if isinstance(name, ast.Name) and name.id == handler.name:
                parent: Any = parents[name]
                called = isinstance(parent, ast.Call) and ast.unparse(parent.func)
                if isinstance(parent, ast.FormattedValue) or called in ("str", "repr", "format"):
                    found.append(name.lineno)
    return found


@pytest.mark.parametrize("name", SERVER)
def test_no_module_makes_a_text_of_an_error_of_postgres(name: str) -> None:
    assert texts_of(ast.parse(SERVER[name].read_text(encoding="utf-8"))) == [], "say it by store/quiet.py: told"


@pytest.mark.parametrize("name", SERVER)
def test_logging_is_set_up_at_one_place(name: str) -> None:
    source = SERVER[name].read_text(encoding="utf-8")
    if name != "draftwire_server.store.quiet":
        for other in (
            "basicConfig",
            "dictConfig",
            "StreamHandler(",
            "traceback.format_exc",
            "print_exc",
            "logging.Formatter",
        ):
            assert other not in source, other


def test_such_texts_are_recognised() -> None:
    for body in ("log(f'{e}')", "x = str(e)", "raise P(f'no: {e}') from e"):
        assert texts_of(ast.parse(f"try:\n  pass\nexcept asyncpg.DataError as e:\n  {body}\n"))
