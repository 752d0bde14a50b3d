"""Writes that are made for exactly one state of a draft: whole saves, adoptions, restored texts, resolved alerts.

Each goes through the commit lanes and takes effect only if the head is still the one that it was decided against; else
nothing of it is written and the caller looks again. Whoever can't get through because somebody types all the time, and
replaces nothing unseen, lets its ops be rebased at last, as a live edit's are. What belongs to a write (an answer to
keep, texts for the stash, where the text came from) is written by the same statement.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Op
from draftwire.errors import Problem
from draftwire.wire.messages import Edit, OpKind
from draftwire_server.core.edits.plan import ALLOCATE, EXACT, LIVE, Author, Decided
from draftwire_server.core.etag import Etag
from draftwire_server.core.ids import ActorId, public_session_id
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.lanes import Lanes
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.opening import may_type, told_why
from draftwire_server.services.live.parts.edit_queue import QueuedEdit, RowsBeside
from draftwire_server.services.writes.replacement import Replacements, left_to_authors

ANSWER_S: Final = 20.0  # for a commit; Postgres is away longer than that: "unavailable", a retry finds what happened
MOVED: Final = frozenset(("stale", "rewound", "generation_changed"))  # the head is another one: look again


class Change(msgspec.Struct, frozen=True):
    """Ops for the state ``at``. ``session`` writes; ``key`` is the same over all looks of one request."""

    at: Etag
    ops: tuple[Op, ...]
    kind: OpKind
    session: str
    key: str
    cause: str | None = None
    replaces_since: int | None = None  # what it takes away of what came later goes to its authors (replacement.py)
    exact: bool = True  # False: what has come since is taken in as for a live edit, by rebasing the ops over it


class Written(msgspec.Struct, frozen=True):
    """The state that a change led to."""

    etag: Etag
    document: Document


# What is to be written with a change, given the state that it leads to.
Along = Callable[[Written], RowsBeside]


def submission_of(
    principal: Principal,
    live: LiveDraft,
    change: Change,
    along: Along | None,
    settle: Callable[[Problem | None], Any],
    author: Author | None = None,
) -> tuple[QueuedEdit, list[Written]]:
    """A change as the lanes take it; the last of the list is what was committed. ``author``: another than who asks."""
    written: list[Written] = []

    def extras(decided: Decided, document: Document) -> RowsBeside:
        written.append(Written(Etag(change.at.generation, decided.entry.seq, decided.entry.mark), document))
        return along(written[-1]) if along is not None else RowsBeside()

    edit = Edit(
        draft=live.id, generation=change.at.generation, base=change.at.seq, mark=change.at.mark, seen=change.at.seq,
        no=ALLOCATE, key=change.key, ops=change.ops, kind=change.kind, cause=change.cause,
    )  # fmt: skip
    access = principal.access
    sid = public_session_id(ActorId(principal.info.id), change.session)
    author = author or Author(principal.info.id, access.user, change.session, sid, access.run, principal.is_agent)
    made = QueuedEdit(
        edit, author, principal, lambda draft: may_type(principal, draft), lambda _live, _seq: settle(None), settle,
        rule=EXACT if change.exact else LIVE, extras=extras,
    )  # fmt: skip
    return made, written


class ExactWrites:
    """See the module."""

    def __init__(self, lanes: Lanes, replacing: Replacements) -> None:
        self._lanes = lanes
        self.replacing = replacing

    async def commit(
        self,
        principal: Principal,
        live: LiveDraft,
        change: Change,
        along: Along | None = None,
        author: Author | None = None,
    ) -> Written | None:
        """Commit a change; None if the head moved before. ``author``: another than who asks. Raises `Problem`."""
        done: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()

        def settle(problem: Problem | None) -> None:
            if not done.done():
                done.set_result(problem)

        since = change.replaces_since
        taken = await self.replacing.look(principal, live, change.ops, since) if since is not None else ()

        def all_along(written: Written) -> RowsBeside:
            extras = along(written) if along is not None else RowsBeside()
            return left_to_authors(extras, principal, live, taken, written.etag, written.document)

        submission, written = submission_of(principal, live, change, all_along, settle, author)
        self._lanes.submit(live, submission)
        try:
            async with asyncio.timeout(ANSWER_S):
                problem = await done
        except TimeoutError:
            raise Problem("unavailable", "The outcome is not known yet. Try again.") from None
        if problem is None:
            return written[-1] if written else None
        if problem.code in MOVED:
            return None
        raise told_why(problem, principal, live)
