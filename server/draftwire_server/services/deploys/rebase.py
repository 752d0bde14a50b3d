"""Bringing a draft onto another version, by choice: rebase with a preview, keep as it is, back to a state.

All of it is ops on the draft's log, committed on exactly the state that was looked at, so it can be undone; what a
choice replaces goes into the stash of who chose.
"""

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Op
from draftwire.errors import OpError, Problem
from draftwire.rest.deploys import Keep, Kept, Rebase, Rebased, Revert
from draftwire.wire.messages import OpKind
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.edits.whole import same_content
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.ids import new_id
from draftwire_server.core.merge.parts import brought_back, parts_of
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.deploys.behind import Behind, rebase_cause
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening, need_type
from draftwire_server.services.live.parts.edit_queue import RowsBeside
from draftwire_server.services.merge.choices import (
    Choices,
    MergeChoices,
    MergeOutcome,
    choices_of,
    hunks_on_wire,
    taken_away,
)
from draftwire_server.services.merge.merge import Merges
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.writes.attempt import Attempt
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.services.writes.stash import replaced_row
from draftwire_server.services.writes.write import Change, ExactWrites, Written
from draftwire_server.store.deploys import versions
from draftwire_server.store.postgres import Database
from draftwire_server.store.writes.idempotency import Answer


class _Step(msgspec.Struct, frozen=True):
    """Ops for the head, and what they are."""

    ops: tuple[Op, ...]
    kind: OpKind
    cause: str
    base_version: int
    texts: list[dict[str, Any]] = []


class Rebases:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        comparing: ComparedValues,
        choosing: MergeChoices,
        writing: ExactWrites,
        behind: Behind,
        merging: Merges,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._comparing = comparing
        self._choosing = choosing
        self._writing = writing
        self._behind = behind
        self._merging = merging

    async def rebase(self, principal: Principal, draft: str, asked: Rebase, once: Once) -> Answer:
        """Bring into a draft what a version changed since the one it stands on.

        Raises:
            Problem: merge_conflict with hunks (choose), not_found, what typing is refused with.
        """
        choices = choices_of(asked, "standing")
        attempt = Attempt(self._database, principal, once)

        async def look() -> Answer | None:
            live = await self._draft(principal, draft)
            return await attempt.replayed() or await self._rebase(attempt, live, asked, choices)

        return await attempt.run(look)

    async def _rebase(self, attempt: Attempt, live: LiveDraft, asked: Rebase, choices: Choices) -> Answer | None:
        once = attempt.once
        value = await self._comparing.version_value(live.workspace, live.item.id, asked.version)
        base = live.base_version
        if base == asked.version:
            return once.answer(_rebased(live, head_of(live), changed=False), str(head_of(live)))
        standing = live.replica.document
        before = await self._comparing.base_value(live)
        outcome = await self._choosing.bring(live.workspace, live.kind, before, value, standing, choices)
        if asked.preview:
            return _previewed(once, live, outcome, asked.version)
        if outcome.open:
            detail = {
                "draft": live.id, "etag": str(head_of(live)), "version": asked.version, "clean": False,
                "value": outcome.document.value, "hunks": hunks_on_wire(outcome.hunks, "standing"),
            }  # fmt: skip
            raise Problem("merge_conflict", detail=detail)
        texts = taken_away(standing, outcome.ops) if outcome.hunks else []
        step = _Step(outcome.ops, "rebase", rebase_cause(base, asked.version), asked.version, texts)
        return await self._write(attempt, live, step)

    async def revert(self, principal: Principal, draft: str, asked: Revert, once: Once) -> Answer:
        """Bring a draft back to a version's value, on which it stands then, or to one of its earlier states.

        Raises:
            Problem: bad_message, not_found, generation_changed, rewound, base_expired, parts_changed with the
                difference as it is now, what typing is refused with.
        """
        if (asked.version is None) == (asked.etag is None):
            raise Problem("bad_message", "Give either a version or an etag.")
        etag = parse_etag(asked.etag) if asked.etag is not None else None
        if asked.etag is not None and etag is None:
            raise Problem("bad_etag", "etag must be a draft's etag.")
        attempt = Attempt(self._database, principal, once)

        async def look() -> Answer | None:
            live = await self._draft(principal, draft)
            return await attempt.replayed() or await self._revert(attempt, live, asked, etag)

        return await attempt.run(look)

    async def _revert(self, attempt: Attempt, live: LiveDraft, asked: Revert, etag: Etag | None) -> Answer | None:
        base, cause = live.base_version, f"etag:{asked.etag}"
        if etag is not None:
            _, value = await self._comparing.state_of(live, etag)
            before = rebased_from(await self._later(live, etag.seq))
            base = base if before is None else before  # as it stood then: what came since is behind again
        else:
            assert asked.version is not None
            value = await self._comparing.version_value(live.workspace, live.item.id, asked.version)
            cause = f"version:{asked.version}"
            # An older version's text on a newer head is a change of that head, and no merge brings it back.
            base = live.item.head_version if asked.version == live.item.head_version else base
        if asked.only is not None:
            return await self._parts_back(attempt, live, value, asked, cause)
        if same_content(live.kind, value, live.replica.document.value) and base == live.base_version:
            return attempt.once.answer(_rebased(live, head_of(live), changed=False), str(head_of(live)))
        ops = await self._choosing.difference(live.workspace, live.kind, value, live.replica.document)
        answer = await self._write(attempt, live, _Step(ops, "revert", cause, base))
        if answer is not None and asked.version == base:
            seq = msgspec.json.decode(answer.body, type=Rebased).seq
            async with self._database.acquired() as connection:
                await versions.note_clean(connection, live.workspace, live.id, live.replica.generation, seq)
        return answer

    async def _later(self, live: LiveDraft, seq: int) -> list[Entry]:
        """The batches after a state; none for one that is kept for its name alone, after which not all are known."""
        try:
            return await self._drafts.history.entries_after(live, seq, live.replica.seq)
        except Problem as problem:
            if problem.code != "base_expired":
                raise
            return []

    async def _parts_back(
        self, attempt: Attempt, live: LiveDraft, value: dict[str, Any], asked: Revert, cause: str
    ) -> Answer | None:
        """Bring back some parts of the difference from a value to the draft; the draft stands where it stood."""
        standing = live.replica.document
        kind = live.kind.fitting(value)
        comparison = await self._merging.compared(live.workspace, kind, value, standing.value, asked.context)
        parts = await asyncio.to_thread(parts_of, comparison)
        wanted = set(asked.only or ())
        if missing := wanted - {part.id for part in parts}:
            raise Problem(
                "parts_changed",
                detail={
                    "draft": live.id, "etag": str(head_of(live)), "missing": sorted(missing),
                    "comparison": comparison, "parts": parts,
                },
            )  # fmt: skip
        try:
            old = Document.load(value, live.kind.document_shape)
            chosen = [part for part in parts if part.id in wanted]
            restored = brought_back(standing, old, comparison, chosen)
        except OpError as error:
            raise error.problem(at=error.detail) from error
        ops = await self._choosing.difference(live.workspace, live.kind, restored.value, standing)
        return await self._write(attempt, live, _Step(ops, "revert", f"{cause}/parts", live.base_version))

    async def keep(self, principal: Principal, draft: str, asked: Keep) -> Kept:
        """Remember that a draft stays as it is behind a head. Raises `Problem` behind if the head is another one."""
        live = await self._draft(principal, draft)
        await self._behind.look_at(live)
        if asked.version != live.item.head_version:
            raise Problem("behind", detail={"head": live.item.head_version})
        async with self._database.transaction() as connection:
            if not await versions.keep(connection, live.workspace, live.id, live.replica.generation, asked.version):
                raise Problem("not_found")
        await self._behind.look_at(live)
        return Kept(live.id, asked.version)

    async def _draft(self, principal: Principal, draft: str) -> LiveDraft:
        live = await self._opening.current(principal, draft)
        need_type(principal, live)
        if not live.stands:
            raise Problem("not_found")
        return live

    async def _write(self, attempt: Attempt, live: LiveDraft, step: _Step) -> Answer | None:
        principal, at = attempt.principal, head_of(live)
        if not step.ops:
            return await self._only_base(attempt, live, at, step)
        answers: list[Answer] = []

        def along(written: Written) -> RowsBeside:
            stash = new_id() if step.texts else None
            made = msgspec.structs.replace(
                _rebased(live, written.etag, changed=True), base_version=step.base_version,
                value=written.document.value, stash=stash,
            )  # fmt: skip
            answers.append(attempt.once.answer(made, made.etag))
            row = (
                replaced_row(attempt.principal, live, written.etag, attempt.session, step.texts, stash)
                if stash
                else None
            )
            return RowsBeside(
                attempt.once.rows(attempt.principal, answers[-1]), (row,) if row else (), base_version=step.base_version
            )

        since = 0 if step.texts or step.kind == "revert" else None
        change = Change(at, step.ops, step.kind, attempt.session, attempt.key, step.cause, since)
        if await self._writing.commit(principal, live, change, along) is None or not answers:
            return None
        await self._behind.look_at(live)
        return answers[-1]

    async def _only_base(self, attempt: Attempt, live: LiveDraft, at: Etag, step: _Step) -> Answer | None:
        """The text is as it shall be: only the version on which it stands changes."""
        made = msgspec.structs.replace(_rebased(live, at, changed=False), base_version=step.base_version)
        answer = attempt.once.answer(made, made.etag)
        async with self._database.transaction() as connection:
            held = await versions.lock_draft(connection, live.workspace, live.id)
            if held is None or (held.generation, held.seq, held.mark) != (at.generation, at.seq, at.mark):
                return None
            await versions.set_base(connection, live.workspace, live.id, at.generation, step.base_version)
            if not await attempt.once.keep(connection, attempt.principal, answer):
                raise Problem("busy", "The same request is already being processed. Try again.")
        await self._behind.look_at(live)
        return answer


def _rebased(live: LiveDraft, at: Etag, *, changed: bool) -> Rebased:
    return Rebased(
        draft=live.id, item=live.item.id, etag=str(at), generation=at.generation, seq=at.seq,
        base_version=live.base_version, changed=changed, value=live.replica.document.value,
    )  # fmt: skip


def _previewed(once: Once, live: LiveDraft, outcome: MergeOutcome, version: int) -> Answer:
    made = msgspec.structs.replace(
        _rebased(live, head_of(live), changed=False), base_version=version, value=outcome.document.value,
        preview=True, hunks=hunks_on_wire(outcome.hunks, "standing"),
    )  # fmt: skip
    return once.answer(made, made.etag)


def rebased_from(entries: Iterable[Entry]) -> int | None:
    """The version on which a draft stood before the first rebase among these batches; None if there is none."""
    for entry in entries:
        if entry.kind == "rebase" and entry.cause is not None:
            before = entry.cause.removeprefix("version:").partition("..")[0]
            if before.isdecimal():
                return int(before)
    return None
