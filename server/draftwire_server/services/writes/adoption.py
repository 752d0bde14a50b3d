"""Bringing drafts together: adopt another's, bring its later changes back, move one's own into the shared one.

All of it is a three-way merge from where the two drafts have last met: what one has taken from the other before, else
the version on which the older of them stands. Each runs in a session of its own and takes effect on exactly the states
that were looked at, or is looked at anew. What a choice replaces goes into the stash of who chose.
"""

from typing import Any, Final

from draftwire.document.ops import Op
from draftwire.errors import Problem
from draftwire.rest.adopting import Adoption, Bringing, Brought, Together
from draftwire.rest.drafts import Adopted
from draftwire_server.core.edits.whole import same_content
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.ids import new_id
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening, need_type
from draftwire_server.services.live.parts.edit_queue import RowsBeside
from draftwire_server.services.merge.choices import (
    Choices,
    MergeChoices,
    MergeOutcome,
    choices_of,
    hunks_on_wire,
    lost_on_wire,
    taken_away,
)
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.writes.attempt import Attempt
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.services.writes.joint_commit import Joint, JointCommits
from draftwire_server.services.writes.replacement import left_to_authors
from draftwire_server.services.writes.stash import replaced_row
from draftwire_server.services.writes.write import Change, ExactWrites, Written
from draftwire_server.store.postgres import Database
from draftwire_server.store.writes import adoptions
from draftwire_server.store.writes.idempotency import Answer

GONE_BASES: Final = frozenset(("base_expired", "rewound", "generation_changed", "base_ahead"))


class Adoptions:
    """See the module."""

    def __init__(
        self,
        database: Database,
        opening: Opening,
        comparing: ComparedValues,
        choosing: MergeChoices,
        writing: ExactWrites,
        togethers: JointCommits,
    ) -> None:
        self._database = database
        self._opening = opening
        self._comparing = comparing
        self._choosing = choosing
        self._writing = writing
        self._togethers = togethers

    # ---- the three requests

    async def adopt(self, principal: Principal, item: str, asked: Adoption, once: Once) -> Answer:
        """Let one's own draft of an item become another's text.

        Raises:
            Problem: draft_exists with a preview (say how), merge_conflict with hunks (choose), what reading the source
                or typing in one's own draft is refused with.
        """
        choices, etag = choices_of(asked, "standing"), _etag(asked.etag)
        attempt = Attempt(self._database, principal, once)

        async def look() -> Answer | None:
            source = await self._comparing.draft_of(principal, item, asked.source)
            own = await self._comparing.draft_of(principal, item, "mine")
            if source is own:
                raise Problem("bad_message", "That is your own draft. Name another one.")
            need_type(principal, own)
            at, incoming = await self._comparing.state_of(source, etag)
            return await attempt.replayed() or await self._adopt(attempt, source, at, incoming, own, asked, choices)

        return await attempt.run(look)

    async def sources(self, live: LiveDraft) -> tuple[Adopted, ...]:
        """From where a draft took, and up to which etag. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            found = await adoptions.list_sources(connection, live.workspace, live.id, live.replica.generation)
        return tuple(Adopted(*source) for source in found)

    async def bring(self, principal: Principal, draft: str, asked: Bringing, once: Once) -> Answer:
        """Bring what changed in a source since it was last taken from. Raises `Problem` not_adopted, merge_conflict."""
        choices, etag = choices_of(asked, "standing"), _etag(asked.etag)
        attempt = Attempt(self._database, principal, once)

        async def look() -> Answer | None:
            target = await self._opening.current(principal, draft)
            source = await self._comparing.draft_of(principal, target.item.id, asked.source)
            need_type(principal, target)
            return await attempt.replayed() or await self._bring(attempt, source, etag, target, choices)

        return await attempt.run(look)

    async def _bring(
        self, attempt: Attempt, source: LiveDraft, etag: Etag | None, target: LiveDraft, choices: Choices
    ) -> Answer | None:
        async with self._database.acquired() as connection:
            met = await adoptions.find(connection, target.workspace, target.id, target.replica.generation, source.id)
        if met is None:
            raise Problem("not_adopted")
        _, base = await self._comparing.state_of(source, _etag(met[0]))
        at, incoming = await self._comparing.state_of(source, etag)
        return await self._merge(attempt, source, at, base, incoming, target, choices)

    async def together(self, principal: Principal, draft: str, asked: Together, once: Once) -> Answer:
        """Move the changes of one's own draft into the item's shared one; both, or nothing.

        Raises:
            Problem: merge_conflict with hunks, mode_forbids, forbidden, what typing is refused with.
        """
        choices = choices_of(asked, "incoming")
        attempt = Attempt(self._database, principal, once, "The drafts keep changing. Try again in a moment.")

        async def look() -> Answer | None:
            own = await self._opening.current(principal, draft)
            if own.facts.purpose != "own" or own.facts.owner != principal.access.user:
                raise Problem("forbidden", "You can only move changes of your own draft.", detail={"missing": "owner"})
            answer = await attempt.replayed()
            if answer is not None:
                return answer
            shared = await self._comparing.draft_of(principal, own.item.id, "shared")
            need_type(principal, own)
            need_type(principal, shared)
            return await self._move(attempt, own, shared, choices)

        return await attempt.run(look)

    # ---- one look

    async def _adopt(
        self,
        attempt: Attempt,
        source: LiveDraft,
        at: Etag,
        incoming: dict[str, Any],
        own: LiveDraft,
        asked: Adoption,
        choices: Choices,
    ) -> Answer | None:
        standing, head = own.replica.document, head_of(own)
        if asked.how == "merge" or (asked.how is None and await self._has_changes(own)):
            base = await self._base(own, source)
            if asked.how == "merge":
                return await self._merge(attempt, source, at, base, incoming, own, choices)
            if same_content(own.kind, incoming, standing.value):
                return await self._unchanged(attempt, source, at, own, head)
            outcome = await self._choosing.bring(own.workspace, own.kind, base, incoming, standing, choices)
            whole = await self._choosing.difference(own.workspace, own.kind, incoming, standing)
            detail = _preview(own, head, source, at, outcome, choices) | {
                "lost": lost_on_wire(standing, whole), "how": ["merge", "replace"],
            }  # fmt: skip
            raise Problem("draft_exists", detail=detail)
        if same_content(own.kind, incoming, standing.value):
            return await self._unchanged(attempt, source, at, own, head)
        ops = await self._choosing.difference(own.workspace, own.kind, incoming, standing)
        loses = asked.how == "replace" and await self._has_changes(own)
        texts = [{"at": "", "mine": standing.value}] if loses else []
        return await self._write(attempt, source, at, own, head, ops, texts)

    async def _merge(
        self,
        attempt: Attempt,
        source: LiveDraft,
        at: Etag,
        base: dict[str, Any],
        incoming: dict[str, Any],
        target: LiveDraft,
        choices: Choices,
    ) -> Answer | None:
        standing, head = target.replica.document, head_of(target)
        outcome = await self._choosing.bring(target.workspace, target.kind, base, incoming, standing, choices)
        if outcome.open:
            raise Problem("merge_conflict", detail=_preview(target, head, source, at, outcome, choices))
        if not outcome.ops:
            return await self._unchanged(attempt, source, at, target, head)
        texts = taken_away(standing, outcome.ops) if outcome.hunks else []
        return await self._write(attempt, source, at, target, head, outcome.ops, texts)

    async def _move(self, attempt: Attempt, own: LiveDraft, shared: LiveDraft, choices: Choices) -> Answer | None:
        at, before = head_of(own), own.replica.document
        deployed = await self._comparing.base_value(own)
        if not own.stands or same_content(own.kind, before.value, deployed):
            return attempt.once.answer(_brought(shared, head_of(shared), own, at, changed=False), str(head_of(shared)))
        base = await self._base(shared, own)
        standing, head = shared.replica.document, head_of(shared)
        outcome = await self._choosing.bring(shared.workspace, shared.kind, base, before.value, standing, choices)
        if outcome.open:
            raise Problem("merge_conflict", detail=_preview(shared, head, own, at, outcome, choices))
        back = await self._choosing.difference(own.workspace, own.kind, deployed, before)
        # What was given up of mine is still in the log of my draft; what I overrode is not mine to lose.
        texts = taken_away(standing, outcome.ops) if outcome.hunks else []
        replacing = self._writing.replacing
        taken = await replacing.look(attempt.principal, shared, outcome.ops, 0) if texts else ()
        answers: list[Answer] = []

        def along(written: Written) -> RowsBeside:
            extras = self._extras(attempt, own, at, shared, texts, written, answers)
            return left_to_authors(extras, attempt.principal, shared, taken, written.etag, written.document)

        parts = [
            Joint(
                own,
                Change(at, back, "revert", attempt.session, attempt.key, f"together:{shared.id}", exact=attempt.exact),
                None,
            )
        ]
        if outcome.ops:
            change = Change(
                head, outcome.ops, "adopt", attempt.session, attempt.key, _cause(own, at), exact=attempt.exact
            )
            parts.append(Joint(shared, change, along))
        if not await self._togethers.commit(attempt.principal, parts):
            return None
        if answers:
            return answers[-1]
        return attempt.once.answer(_brought(shared, head_of(shared), own, at, changed=False), str(head_of(shared)))

    async def _has_changes(self, live: LiveDraft) -> bool:
        if not live.stands:
            return False
        return not same_content(live.kind, live.replica.document.value, await self._comparing.base_value(live))

    async def _base(self, target: LiveDraft, source: LiveDraft) -> dict[str, Any]:
        """Where two drafts have last met: what one has taken from the other, else the older one's version."""
        async with self._database.acquired() as connection:
            there = await adoptions.find(connection, target.workspace, target.id, target.replica.generation, source.id)
            here = await adoptions.find(connection, target.workspace, source.id, source.replica.generation, target.id)
        met = [(found[1], found[0], live) for found, live in ((there, source), (here, target)) if found is not None]
        for _, etag, live in sorted(met, key=lambda one: one[0], reverse=True):
            try:
                return (await self._comparing.state_of(live, parse_etag(etag)))[1]
            except Problem as problem:
                if problem.code not in GONE_BASES:
                    raise
        older = target if target.base_version <= source.base_version else source
        return await self._comparing.base_value(older)

    # ---- effects and answers

    async def _write(
        self,
        attempt: Attempt,
        source: LiveDraft,
        at: Etag,
        target: LiveDraft,
        head: Etag,
        ops: tuple[Op, ...],
        texts: list[dict[str, Any]],
    ) -> Answer | None:
        answers: list[Answer] = []

        def along(written: Written) -> RowsBeside:
            return self._extras(attempt, source, at, target, texts, written, answers)

        change = Change(
            head, ops, "adopt", attempt.session, attempt.key, _cause(source, at), 0 if texts else None, attempt.exact
        )
        written = await self._writing.commit(attempt.principal, target, change, along)
        return answers[-1] if written is not None and answers else None

    def _extras(
        self,
        attempt: Attempt,
        source: LiveDraft,
        at: Etag,
        target: LiveDraft,
        texts: list[dict[str, Any]],
        written: Written,
        answers: list[Answer],
    ) -> RowsBeside:
        """What is written with the ops: the answer to keep, the stash, where the text came from."""
        stash = new_id() if texts else None
        brought = _brought(target, written.etag, source, at, value=written.document.value, stash=stash)
        answers.append(attempt.once.answer(brought, brought.etag))
        adoption = {
            "workspace_id": target.workspace, "draft_id": target.id, "generation": written.etag.generation,
            "source_id": source.id, "source_etag": str(at), "actor_id": attempt.principal.info.id,
        }  # fmt: skip
        row = replaced_row(attempt.principal, target, written.etag, attempt.session, texts, stash) if stash else None
        return RowsBeside(
            attempt.once.rows(attempt.principal, answers[-1]),
            (row,) if row else (),
            (adoption,) if source.stands else (),
        )

    async def _unchanged(
        self, attempt: Attempt, source: LiveDraft, at: Etag, target: LiveDraft, head: Etag
    ) -> Answer | None:
        """There is nothing to take: only that is noted, if the target still is as it was looked at."""
        answer = attempt.once.answer(_brought(target, head, source, at, changed=False), str(head))
        async with self._database.transaction() as connection:
            if target.stands and source.stands and not await adoptions.note(
                connection, target.workspace, target.id, head.generation, head.seq, head.mark,
                source=source.id, etag=str(at), actor=attempt.principal.info.id,
            ):  # fmt: skip
                return None
            return answer if await attempt.once.keep(connection, attempt.principal, answer) else None


def _etag(text: str | None) -> Etag | None:
    if text is None:
        return None
    found = parse_etag(text)
    if found is None:
        raise Problem("bad_etag", "etag must be a draft's etag.")
    return found


def _cause(source: LiveDraft, at: Etag) -> str:
    return f"{source.id}@{at}"


def _brought(
    target: LiveDraft,
    etag: Etag,
    source: LiveDraft,
    at: Etag,
    *,
    changed: bool = True,
    value: Any = None,
    stash: str | None = None,
) -> Brought:
    return Brought(
        draft=target.id, item=target.item.id, etag=str(etag), generation=etag.generation, seq=etag.seq,
        changed=changed, source=source.id, source_etag=str(at),
        value=value if changed else target.replica.document.value, stash=stash,
    )  # fmt: skip


def _preview(
    target: LiveDraft, head: Etag, source: LiveDraft, at: Etag, outcome: MergeOutcome, choices: Choices
) -> dict[str, Any]:
    """What a merge would give, and what it leaves to be chosen."""
    return {
        "draft": target.id,
        "etag": str(head),
        "from": source.id,
        "from_etag": str(at),
        "clean": not outcome.open,
        "value": outcome.document.value,
        "hunks": hunks_on_wire(outcome.hunks, choices.mine),
    }
