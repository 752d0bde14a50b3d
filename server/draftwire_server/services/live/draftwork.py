"""One draft's part of a commit statement: what was decided, and all the rows that follow from it."""

import msgspec

from draftwire_server.core.edits.plan import Decided, Plan
from draftwire_server.core.edits.replica import encode_taken
from draftwire_server.services.access.names import People
from draftwire_server.services.live.alerts import Consequences, consequences
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.edit_queue import QueuedEdit, RowsBeside
from draftwire_server.store.live.commit import CommitGroup, NewBatch, NewWriter


class Draftwork(msgspec.Struct):
    """See the module."""

    live: LiveDraft
    submissions: list[QueuedEdit]  # those that the plan holds, in order
    plan: Plan
    group: CommitGroup
    caused: Consequences


def work_of(live: LiveDraft, plan: Plan, placed: list[QueuedEdit], people: People) -> Draftwork:
    """Put together what a plan's batches write: themselves, their writers, what they cause and bring along."""
    replica = plan.replica
    extras = [
        submission.extras(decided, document) if submission.extras is not None else RowsBeside()
        for submission, decided, document in zip(placed, plan.decided, plan.documents, strict=True)
    ]
    caused = consequences(live, plan, people, [extra.alerts for extra in extras])
    group = CommitGroup(
        workspace=live.workspace,
        draft=live.id,
        generation=replica.generation,
        base_seq=replica.seq,
        base_mark=replica.mark,
        acl_rev=min(submission.principal.acl_rev for submission in placed),
        batches=tuple(_batch(decided) for decided in plan.decided),
        runs=tuple({(run, s.author.stream) for s in placed if (run := s.author.going_run) is not None}),
        writers=tuple(NewWriter(w.w, w.session, w.sid, w.actor, w.run, w.approved_by) for w in plan.writers),
        alerts=caused.alert_rows,
        stash=(*caused.stash_rows, *(row for extra in extras for row in extra.stash)),
        outbox=caused.outbox_rows,
        answers=tuple(row for extra in extras for row in extra.answers),
        adoptions=tuple(row for extra in extras for row in extra.adoptions),
        base_version=max((extra.base_version for extra in extras if extra.base_version is not None), default=None),
    )
    return Draftwork(live, placed, plan, group, caused)


def _batch(decided: Decided) -> NewBatch:
    entry = decided.entry
    return NewBatch(
        seq=entry.seq, w=entry.w, no=entry.no, key=entry.key or "", base=decided.base, seen=decided.seen,
        kind=entry.kind, cause=entry.cause, mark=entry.mark, ops=entry.ops, took=encode_taken(entry.effects),
    )  # fmt: skip
