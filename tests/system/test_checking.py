"""A schema that takes any time holds up nobody but its own workspace, and not for long."""

import asyncio
from typing import Any

import msgspec
import pytest

from draftwire.errors import Problem
from draftwire_server.core.kinds.kind_file import read_kind
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.kinds import load_kinds
from draftwire_server.services.kinds.checking import TOO_SLOW, SchemaChecks
from draftwire_server.services.worker.child import CheckTask
from draftwire_server.services.worker.children import Children, TooSlow

LEVELS = 22


def doubling(levels: int = LEVELS) -> dict[str, Any]:
    """A schema of 1.5 KB whose work doubles with each level, for a value that does not fit."""
    made: dict[str, Any] = {
        f"l{n}": {"anyOf": [{"$ref": f"#/$defs/l{n + 1}"}, {"$ref": f"#/$defs/l{n + 1}"}]} for n in range(levels)
    }
    return {"properties": {"text": {"$ref": "#/$defs/l0"}}, "$defs": made | {f"l{levels}": {"type": "string"}}}


def kind(schema: dict[str, Any]) -> Kind:
    return read_kind(msgspec.json.encode({"name": "slow", "title": "Slow", "schema": schema, "initial": {"text": ""}}))


async def code_of(attempt: Any) -> str:
    with pytest.raises(Problem) as caught:
        await attempt
    return caught.value.code


async def test_a_schema_that_takes_too_long_is_refused_with_a_code_wherever_it_is_asked() -> None:
    slow, checking = kind(doubling()), SchemaChecks(check_s=0.1, define_s=0.1, live_s=0.1)
    try:
        definition = {"name": "slow", "title": "Slow", "schema": doubling(), "initial": {"text": ""}}
        assert await code_of(checking.definition("w", "slow", definition)) == "too_much_work"
        assert await code_of(checking.problems("w", slow, b'{"text": 1}')) == "too_much_work"
        assert await checking.live_problems("w", slow, b'{"text": 1}') == (TOO_SLOW,)
        assert await checking.problems("w", slow, b'{"text": "fits"}') == ()  # a fresh child, of the same schema
    finally:
        await checking.close()


async def test_a_schema_that_is_slow_deep_inside_alone_is_refused_as_a_definition() -> None:
    inner = {"type": "object", "properties": {"field": {"$ref": "#/$defs/l0"}}}
    schema = {"$defs": doubling()["$defs"], "properties": {"a": {"items": {"properties": {"b": inner}}}}}
    definition = {"name": "slow", "title": "Slow", "schema": schema, "initial": {}}
    checking = SchemaChecks(define_s=0.1)
    try:
        assert await code_of(checking.definition("w", "slow", definition)) == "too_much_work"
    finally:
        await checking.close()


async def test_every_kind_of_ours_passes_as_a_workspace_could_define_it() -> None:
    checking = SchemaChecks()
    try:
        for ours in load_kinds():
            assert await checking.problems("w", ours, msgspec.json.encode(ours.initial)) == ()
    finally:
        await checking.close()


async def test_one_workspace_never_has_all_children_and_who_has_used_least_is_next() -> None:
    children = Children(2)
    hangs = CheckTask(msgspec.json.encode(doubling(40)), b'{"text": 1}')
    passes = CheckTask(b"{}", b"{}")
    done: list[str] = []

    async def ask(workspace: str, task: CheckTask, cpu_s: float) -> None:
        try:
            await children.ask(workspace, task, cpu_s)
        except TooSlow:
            workspace += " too slow"
        done.append(workspace)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(ask("hog", hangs, 0.2))
            for _ in range(20):
                group.create_task(ask("other", passes, 20.0))
        assert done.count("hog too slow") == 3
        assert done.index("hog too slow", done.index("hog too slow") + 1) >= 20  # the others waited for one at most
    finally:
        await children.close()
