"""An edit gets one answer, also if it comes while a draft is begun, or is put back while Postgres is away."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.errors import Problem
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import ALLOCATE, Author
from draftwire_server.core.edits.replica import Replica
from draftwire_server.core.etag import first_mark
from draftwire_server.services.live import lanes as module
from draftwire_server.services.live.lanes import LOSSES_BEFORE_LOCK, Lanes
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.edit_queue import HEAVY_BYTES, QueuedEdit
from tests.core.run_history import SHAPE

NOTHING: Any = SimpleNamespace()
KIND: Any = SimpleNamespace(secret=False, limits=SimpleNamespace(document_bytes=10**9, elements=10**9), text=None)


def draft() -> LiveDraft:
    live = LiveDraft("w", "d", SimpleNamespace(head_version=1), NOTHING, KIND, KIND, lambda: False)  # type: ignore[arg-type]
    live.state.start(Replica(1, 0, first_mark("d", 1, 1, "h"), Document.load({"title": "text"}, SHAPE)), 16, 1)
    return live


def typed(live: LiveDraft, answers: list[Any], *, size: int = 10, may: Any = lambda _: "type") -> QueuedEdit:
    edit = Edit("d", 1, 0, live.replica.mark, 0, ALLOCATE, f"key{size}", (Text("/title", ((0, 0, "x"),)),))
    author = Author("ada", "ada", "ada", "ada")
    refused = lambda problem: answers.append(problem.code)  # noqa: E731
    return QueuedEdit(edit, author, NOTHING, may, lambda _, seq: answers.append(seq), refused, size=size)


class Tasks:
    """Keeps what was spawned, until all of it has ended."""

    def __init__(self) -> None:
        self._all: set[asyncio.Task[Any]] = set()

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        self._all.add(asyncio.create_task(work))

    async def ended(self) -> None:
        while self._all:
            await self._all.pop()


@asynccontextmanager
async def transaction() -> AsyncIterator[Any]:
    yield NOTHING


@asynccontextmanager
async def no_transaction() -> AsyncIterator[Any]:
    raise Problem("unavailable")
    yield


async def nothing(*_: Any) -> None: ...


async def test_an_edit_that_comes_while_all_before_it_are_refused_begins_the_draft(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    live, tasks = draft(), Tasks()
    rows: list[LiveDraft] = []

    async def begin(_connection: Any, begun: LiveDraft) -> bool:
        rows.append(begun)
        return True

    monkeypatch.setattr(module, "begin", begin)
    database: Any = SimpleNamespace(transaction=transaction)
    rights: Any = SimpleNamespace(check=nothing)
    runs: Any = SimpleNamespace(refusal=lambda *_: None, stream_refusal=lambda *_: None)
    lanes = Lanes(NOTHING, database, NOTHING, NOTHING, rights, runs, tasks.spawn)
    ready: list[LiveDraft] = []
    monkeypatch.setattr(lanes, "ready", ready.append)
    first: list[Any] = []
    later: list[Any] = []

    def may(_: LiveDraft) -> str:
        lanes.submit(live, typed(live, later))  # while the first one is decided
        return "read_only"

    lanes.submit(live, typed(live, first, size=HEAVY_BYTES + 1, may=may))
    await tasks.ended()
    assert first == ["read_only"]
    assert rows == [live]
    assert live.stands
    assert ready[-1] is live  # its lane takes the edit that came
    assert [each.size for each in live.queue.each()] == [10]
    assert later == []
    live.check()


async def test_an_edit_that_was_put_back_in_line_is_not_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    live = draft()
    live.state.begun()
    answers: list[Any] = []
    edit = typed(live, answers)
    edit.losses = LOSSES_BEFORE_LOCK - 1
    database: Any = SimpleNamespace(transaction=no_transaction)
    tries = iter([nothing, no_transaction().__aenter__])

    async def catch_up(*_: Any) -> None:
        await next(tries)()

    drafts: Any = SimpleNamespace(catch_up_committer=catch_up, hear_early=lambda _: False)
    lanes = Lanes(NOTHING, database, drafts, NOTHING, NOTHING, NOTHING, NOTHING)
    ready: list[LiveDraft] = []
    monkeypatch.setattr(lanes, "ready", ready.append)
    live.commits.commit()
    live.commits.lose()
    await lanes._try_again(live, [edit])
    assert answers == []  # nobody knows of a reason
    assert live.queue.each() == [edit]
    assert ready == [live]
    assert live.commits.status == "idle"


async def test_edits_for_a_draft_that_cannot_be_begun_are_refused_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the item is erased meanwhile: to try again and again would answer nobody."""
    live, tasks, answers = draft(), Tasks(), []
    tries: list[LiveDraft] = []

    async def begin(_connection: Any, begun: LiveDraft) -> bool:
        tries.append(begun)
        if len(tries) > 3:
            pytest.fail("it is tried for ever")
        raise RuntimeError("the item is gone")

    monkeypatch.setattr(module, "begin", begin)
    database: Any = SimpleNamespace(transaction=transaction)
    rights: Any = SimpleNamespace(check=nothing)
    runs: Any = SimpleNamespace(refusal=lambda *_: None, stream_refusal=lambda *_: None)
    lanes = Lanes(NOTHING, database, NOTHING, NOTHING, rights, runs, tasks.spawn)
    lanes.submit(live, typed(live, answers))
    await tasks.ended()
    assert answers == ["internal"]
    assert len(tries) == 1
    assert live.commits.status == "idle"
    live.check()
