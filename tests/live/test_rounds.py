"""How much one commit of a draft holds: agents' edits that take long are parted, and each run has its turn."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import Author
from draftwire_server.core.edits.replica import Replica
from draftwire_server.core.etag import first_mark
from draftwire_server.services.live import lanes as module
from draftwire_server.services.live.draftwork import Draftwork
from draftwire_server.services.live.lanes import Lanes
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.edit_queue import QueuedEdit
from tests.core.run_history import SHAPE

NOTHING: Any = SimpleNamespace()


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> LiveDraft:
    made = LiveDraft("w", "d", NOTHING, NOTHING, NOTHING, NOTHING, lambda: False)
    made.state.start(Replica(1, 0, first_mark("d", 1, 1, "h"), Document.load({"title": "text"}, SHAPE)), 16, 1)
    made.state.begun()
    monkeypatch.setattr(made, "guard", lambda *_: None)
    monkeypatch.setattr(
        module, "work_of", lambda live, plan, placed, _: Draftwork(live, placed, plan, NOTHING, NOTHING)
    )
    return made


def submission(live: LiveDraft, who: str, n: int) -> QueuedEdit:
    agent = who.startswith("run")
    author = Author(who, "ada", f"{who}.{n}", f"{who}.{n}", who if agent else None, agent)
    edit = Edit("d", 1, 0, live.replica.mark, 0, 1, f"{who}.{n}", (Text("/title", ((0, 0, "x"),)),))
    heard: Any = pytest.fail
    return QueuedEdit(edit, author, NOTHING, lambda _: "type", heard, heard)


def decided(lanes: Lanes, live: LiveDraft) -> list[str]:
    live.queue.let_agents_go()
    work = lanes.decide(live)
    return [] if work is None else [each.edit.key for each in work.submissions]


async def test_agents_edits_that_take_long_go_in_several_commits_and_no_run_is_left_out(
    live: LiveDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: Any = SimpleNamespace(refusal=lambda *_: None, stream_refusal=lambda *_: None)
    lanes = Lanes(NOTHING, NOTHING, NOTHING, NOTHING, NOTHING, runs, NOTHING)
    monkeypatch.setattr(module, "AGENTS_DECIDED_S", 0.0)
    for n in range(2):
        for who in ("run1", "run2", "run3", "ada"):
            live.queue.add(submission(live, who, n))
    assert decided(lanes, live) == ["ada.0", "ada.1", "run1.0"]  # people's all, and one at least of the agents'
    live.queue.add(submission(live, "grace", 0))
    live.queue.add(submission(live, "run4", 0))
    assert decided(lanes, live) == ["grace.0", "run2.0"]
    rest = [decided(lanes, live) for _ in range(5)]
    assert rest == [["run3.0"], ["run1.1"], ["run4.0"], ["run2.1"], ["run3.1"]]
    assert not live.queue


async def test_what_lost_often_is_committed_under_the_lock_also_between_two_rounds(
    live: LiveDraft, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a worker in step with another one that is a little faster would lock, commit nothing, and lose for ever."""
    won: list[list[str]] = []

    @asynccontextmanager
    async def transaction() -> AsyncIterator[Any]:
        yield NOTHING

    async def nothing(*_: Any) -> None:
        return None

    async def win(*_: Any) -> set[tuple[str, str]]:
        return {("w", "d")}

    runs: Any = SimpleNamespace(refusal=lambda *_: None, stream_refusal=lambda *_: None)
    settings: Any = SimpleNamespace(timings=SimpleNamespace(row_lock_timeout_s=1.0))
    database: Any = SimpleNamespace(transaction=transaction)
    drafts: Any = SimpleNamespace(catch_up_committer=nothing, hear_early=lambda _: True)
    monkeypatch.setattr(module, "lock_head", nothing)
    monkeypatch.setattr(module, "commit", win)
    lanes = Lanes(settings, database, drafts, NOTHING, NOTHING, runs, NOTHING)
    monkeypatch.setattr(lanes, "won", lambda work: won.append([each.edit.key for each in work.submissions]))
    lost = [submission(live, who, 0) for who in ("run1", "run2")]
    for each in lost:
        each.losses = module.LOSSES_BEFORE_LOCK - 1
    live.queue.add(submission(live, "run3", 0))
    assert live.queue.take_due(time.monotonic())  # a round has begun: the next one is to come
    live.commits.commit()
    live.commits.lose()
    await lanes._try_again(live, lost)
    assert won == [["run1.0", "run2.0"]]


def test_what_is_put_back_comes_first_in_its_order(live: LiveDraft) -> None:
    for who in ("run1", "run2"):
        live.queue.add(submission(live, who, 2))
    live.queue.put_back([submission(live, who, n) for n in range(2) for who in ("ada", "run2", "run3")])
    taken = [each.edit.key for each in live.queue.take()]
    assert taken == ["ada.0", "ada.1", "run2.0", "run3.0", "run1.2", "run2.1", "run3.1", "run2.2"]
