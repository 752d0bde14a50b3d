"""Nonsense does not go live: schedules that never fire, triggers without anything, references that lead nowhere."""

import secrets
from typing import Any

import pytest

from draftwire.errors import Problem
from tests.drafts.desk import Desk

pytestmark = pytest.mark.slow


def path() -> str:
    return f"f/one/{secrets.token_hex(6)}"


async def objections(home: Desk, kind: str, **members: Any) -> list[str]:
    """Where a deploy is refused, and why; empty if it passes."""
    api = home.api("dana")
    item = (await api.items.create(kind, path=path())).item
    draft = await api.drafts.of_item(item, "own")
    saved = await api.drafts.save(draft.draft, {**draft.value, **members}, if_match=draft.etag)
    try:
        await api.deploys.deploy(draft.draft, saved.etag, 0)
    except Problem as problem:
        if problem.code != "not_deployable":
            raise
        return sorted({each["at"] for each in problem.detail["diagnostics"]})
    return []


async def script(home: Desk) -> str:
    made = path()
    await home.api("dana").items.create("script", path=made)
    return made


async def test_a_schedule_that_would_never_fire_does_not_go_live(home: Desk) -> None:
    runs = {"path": await script(home), "kind": "script"}
    good = {"schedule": "0 0 8 * * *", "timezone": "Europe/Berlin", "enabled": True}
    assert await objections(home, "schedule", **good, runs=runs) == []
    wrong = {**good, "schedule": "99 99 99 * * foo", "timezone": "Mars/Base"}
    assert await objections(home, "schedule", **wrong, runs=runs) == ["/schedule", "/timezone"]
    assert await objections(home, "schedule", **good, runs={"path": "", "kind": "script"}) == ["/runs/path"]
    off = {**good, "enabled": False}
    assert await objections(home, "schedule", **off, runs={"path": "", "kind": "script"}) == []


async def test_a_trigger_without_anything_to_hear_or_with_another_kind_of_target_does_not_go_live(home: Desk) -> None:
    runs = {"path": await script(home), "kind": "script"}
    assert "/topics" in await objections(home, "kafka_trigger", enabled=True, runs=runs, topics=[])
    flow = {**runs, "kind": "flow"}  # a script stands there
    assert "/runs/path" in await objections(home, "http_trigger", enabled=True, runs=flow)
    assert await objections(home, "http_trigger", enabled=True, runs=runs) == []


async def test_an_apps_entry_is_one_of_its_files(home: Desk) -> None:
    assert await objections(home, "raw_app") == []
    assert await objections(home, "raw_app", entry="missing.tsx") == ["/entry"]


async def test_a_reference_leads_through_moves_and_stops_a_deploy_where_it_leads_nowhere(home: Desk) -> None:
    api = home.api("dana")
    old = await script(home)
    item = (await api.items.list(path=old)).items[0].id
    await api.items.change(item, path=path())
    runs = {"path": old, "kind": "script"}
    assert await objections(home, "http_trigger", runs=runs) == []
    assert await objections(home, "http_trigger", runs={"path": path(), "kind": "script"}) == ["/runs/path"]
    assert await objections(home, "http_trigger", runs={"path": "hub/1/public", "kind": "script"}) == []
