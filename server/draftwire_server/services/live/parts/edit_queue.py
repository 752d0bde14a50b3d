"""The edits of one draft that wait for a commit, in three lanes: people's, agents' by run, and those that weigh much.

People's go first and at once; agents' in rounds, one per run and turn, as many as a statement holds; heavy ones one
at a time, in turn with all others. No bound of its own: connections are read no further while too much is under way.
"""

import random
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Text
from draftwire.errors import Problem
from draftwire.wire.messages import Alert, Edit
from draftwire_server.core.edits.plan import LIVE, Author, Decided, Rule
from draftwire_server.limits.tuning import AGENT_BATCHES_PER_COMMIT, AGENT_ROUND_S
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.parts.state import DraftState

if TYPE_CHECKING:
    from draftwire_server.services.live.live import LiveDraft

HEAVY_OPS = 30  # each may cost 0.3 ms among 10,000 elements
HEAVY_BYTES = 64 * 1024
HEAVY_BEHIND = 500  # batches that an edit has not seen: 400 cost 5 ms
HEAVY_PAIRS = 10_000  # splices of an edit times batches that it has not seen
HEAVY_DOCUMENT_BYTES = 1024 * 1024  # an op of structure looks through what it takes away
PEOPLE_PER_COMMIT = 512  # batches of people in one statement for one draft: a few ms of deciding


class RowsBeside(msgspec.Struct, frozen=True):
    """Rows that are written with a batch, in its statement."""

    answers: tuple[dict[str, Any], ...] = ()  # of `idempotency`
    stash: tuple[dict[str, Any], ...] = ()
    adoptions: tuple[dict[str, Any], ...] = ()  # of `draft_adoption`
    base_version: int | None = None  # on which the draft stands afterwards
    alerts: tuple[Alert, ...] = ()  # that the batch opens, with their events


class QueuedEdit:
    """An edit on its way into the log. Exactly one of the callbacks is called, once.

    ``rule``: how it meets what came since its base. ``extras`` gives what else is to be written; its last is committed.
    """

    __slots__ = ("author", "committed", "edit", "extras", "losses", "may", "principal", "refused", "rule", "size")

    def __init__(
        self,
        edit: Edit,
        author: Author,
        principal: Principal,
        may: "Callable[[LiveDraft], str]",
        committed: "Callable[[LiveDraft, int], None]",
        refused: Callable[[Problem], None],
        *,
        rule: Rule = LIVE,
        extras: Callable[[Decided, Document], RowsBeside] | None = None,
        size: int = 0,
    ) -> None:
        self.edit = edit
        self.size = size  # bytes of the frame that brought it
        self.author = author
        self.principal = principal  # brought up to date before an edit is decided again
        self.may = may  # "type", or the code of the refusal; asked anew for every decision
        self.committed = committed
        self.refused = refused
        self.rule = rule
        self.extras = extras
        self.losses = 0


class EditQueue:
    """See the module."""

    def __init__(self, state: DraftState) -> None:
        self._state = state
        self._people: deque[QueuedEdit] = deque()
        self._agents: dict[str, deque[QueuedEdit]] = {}
        self._heavy: deque[QueuedEdit] = deque()  # those that are decided beside the event loop
        self._heavy_next = True  # they and the others take turns
        self._agents_due_at = 0.0  # monotonic s: when the next statement may hold batches of agents
        self._agents_armed = False  # somebody looks again then

    def __bool__(self) -> bool:
        return bool(self._people or self._agents or self._heavy)

    @property
    def heavy_waits(self) -> bool:
        """Whether an edit waits that is decided beside the event loop."""
        return bool(self._heavy)

    def each(self) -> list[QueuedEdit]:
        """Give the edits that wait, without taking them."""
        agents = (edit for queue in self._agents.values() for edit in queue)
        return [*self._people, *agents, *self._heavy]

    # ---- putting in

    def add(self, edit: QueuedEdit) -> None:
        """Put an edit in line."""
        if self.weighs(edit):
            self._heavy.append(edit)
        elif edit.author.is_agent:
            self._agents.setdefault(_run_of(edit), deque()).append(edit)
        else:
            self._people.append(edit)

    def put_back(self, edits: list[QueuedEdit]) -> None:
        """Put edits back in front, in their order; their runs are the next ones, too."""
        runs: dict[str, list[QueuedEdit]] = {}
        people: list[QueuedEdit] = []
        for edit in edits:
            if self.weighs(edit):
                self._heavy.appendleft(edit)
            elif edit.author.is_agent:
                runs.setdefault(_run_of(edit), []).append(edit)
            else:
                people.append(edit)
        self._people.extendleft(reversed(people))
        first = {run: deque([*again, *self._agents.pop(run, ())]) for run, again in runs.items()}
        self._agents = first | self._agents

    def weighs(self, queued: QueuedEdit) -> bool:
        """Tell whether deciding an edit may hold up everybody else: by its size, and by what it is to be carried over.

        Typing weighs nothing. The numbers are those of 10 ms and less in the worst document.
        """
        edit = queued.edit
        if queued.size > HEAVY_BYTES or len(edit.ops) > HEAVY_OPS:
            return True
        behind = self._state.replica.seq - min(edit.base, edit.seen)
        if behind > HEAVY_BEHIND:
            return True
        if sum(len(insert) for op in edit.ops if isinstance(op, Text) for _, _, insert in op.s) > HEAVY_BYTES:
            return True
        splices = sum(len(op.s) if isinstance(op, Text) else 1 for op in edit.ops)
        if splices * (behind + 1) > HEAVY_PAIRS:
            return True
        return self._state.bytes_at_most > HEAVY_DOCUMENT_BYTES and any(not isinstance(op, Text) for op in edit.ops)

    # ---- taking out

    def take_heavy(self) -> QueuedEdit | None:
        """Take an edit that is to be decided beside the event loop, if its turn has come."""
        if not self._heavy:
            self._heavy_next = True
            return None
        if not self._heavy_next and (self._people or self._agents):
            self._heavy_next = True
            return None
        self._heavy_next = False
        return self._heavy.popleft()

    def take_all(self) -> list[QueuedEdit]:
        """Take whatever waits."""
        taken = self.each()
        self._people.clear()
        self._agents.clear()
        self._heavy.clear()
        return taken

    def take_due(self, now: float) -> list[QueuedEdit]:
        """Take what the next statement may hold: all people's; agents' only so often, and in turn.

        Between two statements with agents' batches there is room for people's, here and on other workers: where many
        agents write, every statement would otherwise find that the head has moved. Rounds vary in length: two workers
        in step would always meet, and one of them always lose. ``now`` is monotonic.
        """
        if now < self._agents_due_at:
            return self._take_people()
        if self._agents:
            self._agents_due_at = now + AGENT_ROUND_S * random.uniform(0.75, 1.25)  # noqa: S311 — spreads, no secret
        return self.take()

    def take(self) -> list[QueuedEdit]:
        """Take people's edits, and agents' in turn, one per run and round, as many as a statement holds."""
        taken = self._take_people()
        left = AGENT_BATCHES_PER_COMMIT
        while left and self._agents:
            for run in list(self._agents):
                queue = self._agents[run]
                taken.append(queue.popleft())
                left -= 1
                if queue:  # to the end of the round
                    self._agents[run] = self._agents.pop(run)
                else:
                    del self._agents[run]
                if not left:
                    break
        return taken

    def _take_people(self) -> list[QueuedEdit]:
        taken: list[QueuedEdit] = []
        while self._people and len(taken) < PEOPLE_PER_COMMIT:
            taken.append(self._people.popleft())
        return taken

    # ---- rounds of agents

    def let_agents_go(self) -> None:
        """Let the next statement hold agents' batches, also between two rounds."""
        self._agents_due_at = 0.0

    def arm_agents(self, now: float) -> float | None:
        """Give the seconds after which to look at agents' batches again, once; None if none waits or somebody looks."""
        if not self._agents or self._agents_armed:
            return None
        self._agents_armed = True
        return max(0.0, self._agents_due_at - now)

    def disarm_agents(self) -> None:
        """Note that they are looked at now."""
        self._agents_armed = False

    def check(self) -> None:
        """Assert what always holds between two steps."""
        assert all(self._agents.values()), "a run without edits has no turn"
        waiting = self.each()
        assert len(set(map(id, waiting))) == len(waiting), "an edit waits once"
        assert not any(edit.author.is_agent for edit in self._people)
        assert all(edit.author.is_agent and _run_of(edit) == run for run, q in self._agents.items() for edit in q)


def _run_of(edit: QueuedEdit) -> str:
    return edit.author.run or edit.author.sid
