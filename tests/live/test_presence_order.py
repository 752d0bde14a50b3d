"""The order in which presence goes to Redis and to other workers, which no test over real sockets can hold open."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from draftwire.wire.messages import ActorInfo, PresenceEntry
from draftwire_server.bus.names import Channel, Names
from draftwire_server.core.presence.presence import Mark
from draftwire_server.services.presence.presence import PresenceService
from draftwire_server.settings import Timings
from tests.waiting import until


async def test_other_workers_are_told_who_is_there_when_that_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who begins to listen and then reads, at whatever moment, hears of it or finds it."""
    told: list[Channel] = []
    bus: Any = SimpleNamespace(publish=lambda channel, _: told.append(channel), up=True)
    settings: Any = SimpleNamespace(timings=Timings(), worker_name="worker-0", redis_url=None)
    service = PresenceService(settings, Names(), bus, asyncio.create_task)
    service._redis = SimpleNamespace()  # type: ignore[assignment]
    asked, written = asyncio.Event(), asyncio.Event()

    async def write(_: Any) -> None:
        asked.set()
        await written.wait()

    monkeypatch.setattr(service, "_write", write)
    keeping = asyncio.create_task(service._keep_on())
    try:
        actor = ActorInfo(id="a", kind="user", name="Ada", user="u")
        await service.enter("w", "i", Mark(PresenceEntry(sid="s", actor=actor, state="viewing", since=0.0), "i", 1))
        await asked.wait()
        assert told == []
        written.set()
        await until(lambda: told == [Channel("w", "item", "i")], "the others are told")
    finally:
        keeping.cancel()


async def test_after_a_gap_what_was_told_lately_or_to_nobody_is_told_again() -> None:
    told: list[Channel] = []
    bus: Any = SimpleNamespace(publish=lambda channel, _: told.append(channel), up=True)
    settings: Any = SimpleNamespace(timings=Timings(), worker_name="worker-0", redis_url=None)
    service = PresenceService(settings, Names(), bus, asyncio.create_task)
    service._tell({("w", "old", "s"): None})
    at, _ = service._told["w", "old", "s"]
    service._told["w", "old", "s"] = (at - 3_600, None)
    service._tell({("w", "lately", "s"): None})
    bus.up = False
    service._tell({("w", "to nobody", "s"): None})
    bus.up = True
    told.clear()
    service._tell_again()
    assert told == [Channel("w", "item", "lately"), Channel("w", "item", "to nobody")]
