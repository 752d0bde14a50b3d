"""Where one commit of a draft follows the other without a pause, whoever else needs the draft gets it all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from draftwire.document.document import Document
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import Author
from draftwire_server.core.edits.replica import Replica
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.lanes import Lane, Lanes
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.edit_queue import QueuedEdit
from draftwire_server.services.writes.joint_commit import JointCommits
from tests.core.run_history import SHAPE

ADA = Author("ada", "ada", "ada", "ada")
NOTHING: Any = SimpleNamespace()


@asynccontextmanager
async def busy_draft() -> AsyncIterator[LiveDraft]:
    """A draft whose lane begins the next statement in the same step in which it ends one, as under load."""
    live = LiveDraft("w", "d", NOTHING, NOTHING, NOTHING, NOTHING, lambda: False)
    live.state.begun()
    heard: Any = pytest.fail
    waiting = Edit("d", 1, 0, "m", 0, 1, "k", ())
    live.state.start(Replica(1, 0, "m", Document.load({}, SHAPE)), 2, 1)
    live.queue.add(QueuedEdit(waiting, ADA, NOTHING, lambda _: "type", heard, heard))  # somebody always waits
    settings: Any = SimpleNamespace(timings=SimpleNamespace(row_lock_timeout_s=1))
    lanes: Any = SimpleNamespace(decide=lambda live: SimpleNamespace(live=live))
    lane = Lane(lanes, settings)

    async def commit() -> None:
        while True:
            lane.ready(live)
            if lane._take():
                await asyncio.sleep(0.001)
                live.commits.won()
            else:
                await asyncio.sleep(0)

    committing = asyncio.create_task(commit())
    await asyncio.sleep(0)
    try:
        yield live
    finally:
        committing.cancel()
        assert live.commits.under_way or live.commits.free


async def test_a_question_is_answered_by_a_commit_that_began_after_it() -> None:
    async with busy_draft() as live, asyncio.timeout(30):
        drafts = Drafts(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, lambda: False)
        under_way = live.commits.began_at
        await drafts.up_to_date(live)
        assert live.commits.known_to > under_way


async def test_who_changes_several_drafts_together_is_next(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    async def held(self: JointCommits, principal: Any, parts: list[Any]) -> bool:
        seen.extend(part.live.commits.status for part in parts)
        return True

    monkeypatch.setattr(JointCommits, "_commit_held", held)
    readied: list[LiveDraft] = []
    lanes = Lanes(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, NOTHING)
    monkeypatch.setattr(lanes, "ready", readied.append)
    togethers = JointCommits(NOTHING, NOTHING, lanes, NOTHING)
    async with busy_draft() as live, asyncio.timeout(30):
        assert await togethers.commit(NOTHING, [SimpleNamespace(live=live)])  # type: ignore[list-item]
        assert seen == ["committing"]
        assert readied == [live]
        assert not live.commits.under_way
