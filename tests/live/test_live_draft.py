"""The parts of a live draft keep their invariants whatever happens, and its commits go by their table."""

import asyncio
import itertools
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.errors import Problem
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import ALLOCATE, Author, NeedsOlder, Plan
from draftwire_server.core.edits.replica import Replica
from draftwire_server.core.edits.stream import BusHeader, Stretch, ops_payload
from draftwire_server.core.etag import first_mark
from draftwire_server.core.frames import text_frame
from draftwire_server.limits.tuning import AGENT_ROUND_S
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts import followers
from draftwire_server.services.live.parts.commit_state import (
    TRANSITIONS,
    CommitEvent,
    CommitState,
    CommitStatus,
    WrongTransition,
)
from draftwire_server.services.live.parts.edit_queue import HEAVY_BYTES, QueuedEdit
from draftwire_server.services.live.parts.followers import Following
from tests.core.run_history import SHAPE
from tests.live.test_acks import Kept

ROOT = Path(__file__).resolve().parents[2]
NOTHING: Any = SimpleNamespace()
STATUSES: tuple[CommitStatus, ...] = get_args(CommitStatus)
EVENTS: tuple[CommitEvent, ...] = get_args(CommitEvent)
WAYS: dict[CommitStatus, tuple[CommitEvent, ...]] = {
    "idle": (),
    "beginning": ("begin",),
    "committing": ("commit",),
    "lost": ("commit", "lose"),
    "unknown": ("commit", "lose_track"),
    "reset": ("reset",),
}


def new_draft() -> LiveDraft:
    live = LiveDraft("w", "d", SimpleNamespace(head_version=1), NOTHING, NOTHING, NOTHING, lambda: False)  # type: ignore[arg-type]
    live.state.start(Replica(1, 0, first_mark("d", 1, 1, "h"), Document.load({"title": "text"}, SHAPE)), 16, 1)
    live.state.begun()
    return live


# ---- the table


def step(state: CommitState, event: CommitEvent) -> None:
    if event == "reset":
        state.reset("rewound")
    else:
        getattr(state, event)()


@pytest.mark.parametrize(("status", "event"), list(itertools.product(STATUSES, EVENTS)))
def test_a_step_leads_where_the_table_says_or_raises(status: CommitStatus, event: CommitEvent) -> None:
    state = CommitState()
    for each in WAYS[status]:
        step(state, each)
    assert state.status == status
    after = TRANSITIONS.get((status, event))
    if after is None and (status, event) != ("reset", "reset"):  # told again that it is another log: that is known
        with pytest.raises(WrongTransition, match=f"{event} while {status}"):
            step(state, event)
        assert state.status == status
    else:
        step(state, event)
        assert state.status == (after or "reset")
    state.check()


def test_the_table_stands_in_the_documentation() -> None:
    page = (ROOT / "docs/ops-and-sync.md").read_text()
    written = page[page.index("| status | begin |") :].partition("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in re.findall(r"([^|]*)\|", line.removeprefix("|"))] for line in written]
    assert tuple(rows[0][1:]) == EVENTS
    assert tuple(row[0] for row in rows[2:]) == STATUSES
    found = {(row[0], event): after for row in rows[2:] for event, after in zip(EVENTS, row[1:], strict=True) if after}
    assert found == TRANSITIONS


async def test_who_claims_a_draft_is_next_and_one_that_was_reset_is_nobodys() -> None:
    state = CommitState()
    state.commit()
    claims = [asyncio.create_task(state.claim()) for _ in range(2)]
    await asyncio.sleep(0)
    state.settle()
    assert not state.free  # the lanes leave it alone, though nothing is under way
    done, waiting = await asyncio.wait(claims, return_when=asyncio.FIRST_COMPLETED)
    assert [task.result() for task in done] == [True]
    assert state.status == "committing"
    state.reset("discarded")
    await asyncio.sleep(0)
    assert not any(task.done() for task in waiting)  # whoever holds it comes to its end first
    state.settle()
    assert [await task for task in waiting] == [False]
    assert state.status == "reset"


async def test_who_gives_up_a_claim_leaves_the_draft_to_the_lanes() -> None:
    state = CommitState()
    state.commit()
    claim = asyncio.create_task(state.claim())
    await asyncio.sleep(0)
    claim.cancel()
    await asyncio.wait([claim])
    state.settle()
    assert state.free


# ---- all parts together


class Typed(QueuedEdit):
    """An edit that counts its answers."""

    __slots__ = ("answers",)

    def __init__(self, edit: Edit, author: Author, size: int) -> None:
        self.answers: list[int | str] = []
        super().__init__(
            edit, author, NOTHING, lambda _: "type", lambda _, seq: self.answers.append(seq),
            lambda problem: self.answers.append(problem.code), size=size,
        )  # fmt: skip


class DraftLife(RuleBasedStateMachine):
    """One draft with what lanes, other workers and connections do to it; each rule ends where something could wait."""

    def __init__(self) -> None:
        super().__init__()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(followers, "TAIL_OPS", 4)  # so that readers fall behind what is kept
        self.loop = asyncio.new_event_loop()
        self.live = new_draft()
        self.edits: list[Typed] = []
        self.under_way: tuple[Plan, list[Typed]] | None = None
        self.put_aside: list[Typed] = []  # of a lost race, or of one that nobody knows the end of
        self.readers: list[tuple[Following, Kept]] = []
        self.now = 0.0

    def teardown(self) -> None:
        self.loop.run_until_complete(asyncio.sleep(0))
        self.loop.close()
        self.patch.undo()

    @initialize()
    def begin(self) -> None:
        self.live.commits.begin()
        self.live.commits.settle()

    @property
    def alive(self) -> bool:
        return not self.live.commits.is_reset

    def committed(self, plan: Plan) -> None:
        """Extend the draft by a plan, on the loop, where the readers are served."""

        async def extend() -> None:
            replica = self.live.replica
            before = replica.seq
            for writer in plan.writers:
                replica.join(writer)
            entries = [decided.entry for decided in plan.decided]
            for entry, document in zip(entries, plan.documents, strict=True):
                replica.extend(entry, document)
            payload = ops_payload("d", 1, entries, {}, [])
            self.live.followers.extended(Stretch(before, replica.seq, payload, text_frame(payload)))
            self.live.state.count_ops(entries)

        self.loop.run_until_complete(extend())

    # ---- edits

    @precondition(lambda self: self.alive)
    @rule(
        who=st.sampled_from(["ada", "grace", "run1", "run2", "run3"]),
        behind=st.integers(0, 3),
        heavy=st.booleans(),
        text=st.text("ab", min_size=1, max_size=3),
    )
    def type(self, who: str, behind: int, heavy: bool, text: str) -> None:
        replica = self.live.replica
        base = max(replica.first, replica.seq - behind)
        agent = who.startswith("run")
        author = Author(who, "ada", who, who, who if agent else None, agent)
        mark = replica.mark_at(base) or replica.mark
        edit = Edit("d", 1, base, mark, base, ALLOCATE, f"k{len(self.edits)}", (Text("/title", ((0, 0, text),)),))
        self.edits.append(Typed(edit, author, HEAVY_BYTES + 1 if heavy else 10))
        self.live.queue.add(self.edits[-1])

    def decide(self, taken: list[QueuedEdit]) -> None:
        plan, placed = Plan(self.live.replica), []
        for queued in taken:
            assert isinstance(queued, Typed)
            try:
                plan.decide(queued.edit, queued.author, "type", self.now)
            except Problem as problem:
                queued.refused(problem)
            except NeedsOlder:
                queued.refused(Problem("base_expired"))
            else:
                placed.append(queued)
        if placed:
            self.live.commits.commit()
            self.under_way = (plan, placed)

    @precondition(lambda self: self.live.commits.free)
    @rule(later_s=st.sampled_from([0.0, 2 * AGENT_ROUND_S]))
    def send(self, later_s: float) -> None:
        self.now += later_s
        heavy = self.live.queue.take_heavy()
        self.decide(self.live.queue.take_due(self.now) if heavy is None else [heavy])

    @precondition(lambda self: self.under_way is not None)
    @rule(how=st.sampled_from(["won", "lost", "unknown", "refused"]))
    def hear_the_outcome(self, how: str) -> None:
        assert self.under_way is not None
        (plan, placed), self.under_way = self.under_way, None
        match how:
            case "won":
                seq = self.live.replica.seq
                self.committed(plan)
                self.live.commits.won()
                for number, edit in enumerate(placed, seq + 1):
                    edit.committed(self.live, number)
            case "lost":
                self.live.commits.lose()
                self.put_aside = placed
            case "unknown":
                self.live.commits.lose_track()
                self.put_aside = placed
            case _:
                for edit in placed:
                    edit.refused(Problem("internal"))
                self.live.commits.settle()

    @precondition(lambda self: self.put_aside)
    @rule(locked=st.booleans())
    def decide_again(self, locked: bool) -> None:
        again, self.put_aside = self.put_aside, []
        if not self.alive:
            for edit in again:
                edit.refused(Problem("generation_changed"))
            self.live.commits.settle()
            return
        self.live.queue.put_back(list(again))
        if locked and self.live.commits.status == "lost":
            self.live.queue.let_agents_go()
            self.decide(self.live.queue.take_due(self.now))
        if self.under_way is None:
            self.live.commits.settle()

    # ---- others

    @precondition(lambda self: self.alive and self.under_way is None)
    @rule(batches=st.integers(1, 3))
    def read_on(self, batches: int) -> None:
        for n in range(batches):
            plan, replica = Plan(self.live.replica), self.live.replica
            key = f"other{replica.seq}.{n}"
            edit = Edit(
                "d", 1, replica.seq, replica.mark, replica.seq, ALLOCATE, key, (Text("/title", ((0, 0, "o"),)),)
            )
            plan.decide(edit, Author("other", "other", "other", "other"), "type", self.now)
            self.committed(plan)

    @rule(ahead=st.integers(0, 3))
    def hear_of_a_commit(self, ahead: int) -> None:
        seq = self.live.replica.seq + ahead
        heard = self.live.commits.hear(BusHeader(1, seq, seq + 1, "m", "n", "other"), b"{}", 2)
        assert not heard or self.alive
        if self.live.commits.status == "idle":
            self.live.commits.next_heard(self.live.replica.seq)

    @precondition(lambda self: self.alive)
    @rule(reason=st.sampled_from(["rewound", "discarded"]))
    def find_another_log(self, reason: Any) -> None:
        under_way = self.live.commits.under_way
        for edit in self.live.reset(reason):
            edit.refused(Problem("generation_changed"))
        assert self.live.commits.under_way == under_way

    # ---- readers

    @precondition(lambda self: self.alive)
    @rule(behind=st.integers(0, 3))
    def follow(self, behind: int) -> None:
        reader = Kept()
        following = Following(self.live, reader, max(0, self.live.replica.seq - behind), "type", None)
        self.live.followers.add(following)
        self.readers.append((following, reader))

    @precondition(lambda self: self.readers)
    @rule(data=st.data(), slow=st.booleans(), seq=st.integers(1, 20))
    def read(self, data: st.DataObject, slow: bool, seq: int) -> None:
        following, reader = data.draw(st.sampled_from(self.readers))
        reader.behind = slow
        if seq <= self.live.replica.seq:
            self.live.followers.again(following, seq)
        if self.live.followers.serve(following) and following.takes:
            assert following.cursor == self.live.replica.seq

    @precondition(lambda self: self.readers)
    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        following, reader = data.draw(st.sampled_from(self.readers))
        self.readers.remove((following, reader))
        self.live.followers.discard(following)

    # ---- what always holds

    @invariant()
    def the_parts_agree(self) -> None:
        self.live.check()

    @invariant()
    def an_edit_waits_or_is_under_way_or_has_one_answer(self) -> None:
        held = [*self.live.queue.each(), *(self.under_way or (None, []))[1], *self.put_aside]
        for edit in self.edits:
            assert held.count(edit) + len(edit.answers) == 1


TestDraftLife = DraftLife.TestCase
