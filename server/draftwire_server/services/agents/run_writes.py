"""How a run writes: in which draft, through which session, at which pace; and what a refusal tells its agent.

Everything that an agent writes by tools and streams goes through here into the lanes, so that a stopped run, lost
rights and the pace are met in one place.
"""

import asyncio
import hashlib
from typing import Any, Final

import msgspec

from draftwire.document.carry import Range, carry
from draftwire.document.document import Document
from draftwire.document.ops import Op
from draftwire.errors import Problem
from draftwire.text.textdiff import lines, offsets
from draftwire.wire.messages import Edit
from draftwire_server.core.edits.plan import Author, Decided, Resting
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.edits.resting import Region
from draftwire_server.core.ids import ActorId, public_session_id, secret_text
from draftwire_server.limits.contract import AGENT_BATCHES_PER_S, AGENT_EDITS_PER_S
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.agents.pace import Bucket, Pace
from draftwire_server.services.live.lanes import Lanes
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import may_type
from draftwire_server.services.live.parts.edit_queue import QueuedEdit, RowsBeside
from draftwire_server.services.writes.write import ANSWER_S

CONTEXT_LINES: Final = 3  # around a stale region, as it reads now
SESSION_BYTES: Final = 16


class RunBatch(msgspec.Struct, frozen=True):
    """Ops of a run for the state at ``base``, and what they rest on."""

    generation: int
    base: int
    mark: str
    ops: tuple[Op, ...]
    regions: tuple[Region, ...]
    session: str
    no: int  # or `ALLOCATE`
    key: str
    cause: str | None = None
    stream: str | None = None  # whose piece it is


class Landed(msgspec.Struct, frozen=True):
    """A batch in the log: its entry, None where an earlier call had committed it, and the document after it."""

    seq: int
    entry: Entry | None
    document: Document | None


def run_session(run: str, lane: int) -> str:
    """The session of a run's tools and streams: lane 0 is that of the tools, and of the first stream in a draft."""
    return secret_text(hashlib.blake2b(f"{run}:{lane}".encode(), digest_size=SESSION_BYTES).digest())


class AgentWrites:
    """See the module."""

    def __init__(self, lanes: Lanes, people: People, pace: Pace) -> None:
        self._lanes = lanes
        self._people = people
        self._pace = pace

    async def room(self, workspace: str, run: str, draft: str) -> float:
        """Seconds until the run may write in the draft; 0.0: it may, and it counts."""
        for bucket in _buckets(workspace, run, draft):
            wait_s = await self._pace.take(bucket)
            if wait_s:
                return wait_s
        return 0.0

    async def turn(self, workspace: str, run: str, draft: str) -> float:
        """Seconds until the turn of the run's next piece, which counts from now on."""
        return max([await self._pace.reserve(bucket) for bucket in _buckets(workspace, run, draft)])

    async def commit(self, principal: Principal, live: LiveDraft, run: str, batch: RunBatch) -> Landed:
        """Commit a batch. Raises `Problem` stale_region, overlaps_own_edit, run_stopped, op_no_gap, …"""
        done: asyncio.Future[Landed | Problem] = asyncio.get_running_loop().create_future()
        last: list[tuple[Decided, Document]] = []

        def settle(outcome: Landed | Problem) -> None:
            if not done.done():
                done.set_result(outcome)

        def committed(_: LiveDraft, seq: int) -> None:
            mine = last[-1] if last and last[-1][0].entry.seq == seq else None
            settle(Landed(seq, mine[0].entry if mine else None, mine[1] if mine else None))

        def extras(decided: Decided, document: Document) -> RowsBeside:
            last.append((decided, document))
            return RowsBeside()

        edit = Edit(
            draft=live.id, generation=batch.generation, base=batch.base, mark=batch.mark, seen=batch.base,
            no=batch.no, key=batch.key, ops=batch.ops, cause=batch.cause,
        )  # fmt: skip
        sid = public_session_id(ActorId(principal.info.id), batch.session)
        author = Author(
            principal.info.id, principal.access.user, batch.session, sid, run, principal.is_agent, stream=batch.stream
        )  # fmt: skip
        submission = QueuedEdit(
            edit, author, principal, lambda draft: may_type(principal, draft), committed, settle,
            rule=Resting(batch.regions), extras=extras,
        )  # fmt: skip
        self._lanes.submit(live, submission)
        try:
            async with asyncio.timeout(ANSWER_S):
                outcome = await done
        except TimeoutError:
            raise Problem("unavailable", "The outcome is not known yet. Try again.") from None
        if isinstance(outcome, Problem):
            raise outcome
        return outcome

    async def explained(self, live: LiveDraft, problem: Problem, batch: RunBatch) -> Problem:
        """A refusal for staleness with who changed the place, and how it reads now."""
        if problem.code not in ("stale_region", "overlaps_own_edit"):
            return problem
        detail: dict[str, Any] = dict(problem.detail or {})
        actor = detail.pop("actor", None)
        if actor is not None:
            detail["by"] = (await self._people.load(live.workspace, {actor}))[actor]
        at = str(detail.get("at", ""))
        region = next((r for r in batch.regions if r.at == at and r.edit == detail.get("edit", r.edit)), None)
        now = live.replica.document.get(at)
        detail["now_seq"] = live.replica.seq
        if region is not None and region.kind == "text" and isinstance(now, str):
            detail |= _fresh(live, region, batch.base, now)
        elif now is not None:
            detail["value"] = live.guard.masked(at, now)
        return Problem(problem.code, problem.message, detail=detail)


def _buckets(workspace: str, run: str, draft: str) -> tuple[Bucket, Bucket]:
    return (
        Bucket(workspace, f"run:{run}", AGENT_EDITS_PER_S, 2 * AGENT_EDITS_PER_S),
        Bucket(workspace, f"draft:{draft}", AGENT_BATCHES_PER_S, AGENT_BATCHES_PER_S),
    )


def _fresh(live: LiveDraft, region: Region, base: int, text: str) -> dict[str, Any]:
    """The lines of a region as they read now, with some around; the whole text where it can't be followed."""
    parts = lines(text)
    ends = offsets(parts)
    first, last = 0, len(parts)
    if base >= live.replica.first:
        effects = [effect for entry in live.replica.after(base) for effect in entry.effects]
        there = carry(Range(region.at, region.start, region.end, False, True), effects)
        if there is not None and there.start is not None and there.end is not None:
            first = max(0, sum(end <= there.start for end in ends[1:]) - CONTEXT_LINES)
            last = min(len(parts), sum(end < there.end for end in ends[1:]) + 1 + CONTEXT_LINES)
    return {"first": first + 1, "last": last, "text": "".join(parts[first:last])}
