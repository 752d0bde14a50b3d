"""Every worker that follows a draft sweeps its alerts: what another one has ended meanwhile is passed over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from draftwire_server.services.live.alerts import AlertSweep
from draftwire_server.store.live import logs


async def test_an_alert_that_another_worker_ends_while_this_one_reads_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reading, go_on = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def acquired() -> AsyncIterator[None]:
        yield None

    async def read_seen(*_: Any) -> dict[Any, Any]:
        reading.set()
        await go_on.wait()
        return {}

    monkeypatch.setattr(logs, "read_seen", read_seen)
    overlap = SimpleNamespace(
        alert="a", pair=frozenset(("ada", "bot")), touched=True, fades=False, reason="stale", last_at=0.0
    )
    replica = SimpleNamespace(overlaps=[overlap], generation=1)
    live = SimpleNamespace(id="d", workspace="w", replica=replica, alerts={"a": None})
    drafts: Any = type("Drafts", (), {"__iter__": lambda _: iter([live]), "get": lambda *_: live})()
    sweep = AlertSweep(SimpleNamespace(timings=None), SimpleNamespace(acquired=acquired), SimpleNamespace(), drafts)  # type: ignore[arg-type]
    sweeping = asyncio.create_task(sweep.run_once())
    await reading.wait()
    sweep._heard("w", msgspec.json.encode(["d", "a", "closed"]))
    assert live.alerts == {}
    go_on.set()
    await sweeping
