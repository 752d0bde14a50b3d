"""Every worker that follows a draft sweeps its alerts: what another one has ended meanwhile is passed over."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from draftwire.document.document import Document
from draftwire.wire.messages import ActorInfo, Alert, AlertSide
from draftwire_server.core.edits.replica import Replica
from draftwire_server.core.etag import first_mark
from draftwire_server.services.live.alerts import AlertSweep
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.store.live import logs
from tests.core.run_history import SHAPE


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
    nothing: Any = SimpleNamespace()
    live = LiveDraft("w", "d", nothing, nothing, nothing, nothing, lambda: False)
    live.state.start(Replica(1, 0, first_mark("d", 1, 1, "h"), Document.load({"title": "text"}, SHAPE)), 16, 1)
    sides = tuple(
        AlertSide(actor=ActorInfo(name, "user", name, name), sid=name, text="", seq=0, at=0.0)
        for name in ("ada", "bot")
    )
    live.state.take_alert(Alert("a", "d", "overlap", "stale", "/title", 0.0, 0, sides))
    live.replica.overlaps[0].touched = True
    drafts: Any = type("Drafts", (), {"__iter__": lambda _: iter([live]), "get": lambda *_: live})()
    sweep = AlertSweep(SimpleNamespace(timings=None), SimpleNamespace(acquired=acquired), SimpleNamespace(), drafts)  # type: ignore[arg-type]
    sweeping = asyncio.create_task(sweep.run_once())
    await reading.wait()
    sweep._heard("w", msgspec.json.encode(["d", "a", "closed"]))
    assert live.alerts == {}
    live.check()
    go_on.set()
    await sweeping
