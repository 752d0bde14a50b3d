"""Deploys: one exact state of a draft, or an older version, becomes an item's next version.

What is shipped, its check and its hashes are made before the transaction; that one writes the version, moves the target
and the draft's base, keeps the answer and writes the event, or nothing of it. It holds the item, then the draft, and
takes effect only on the head and with the rights that were looked at. Keystrokes go on: the draft's log is not touched.
See design.md §8.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from draftwire.document.document import Document
from draftwire.errors import Problem
from draftwire.rest.deploys import Deploy, Deployed, Redeploy
from draftwire.wire.messages import Diagnostic
from draftwire_server.core.access.access import Resource
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.edits.whole import same_content
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.kinds.kinds import Kind, summary_of
from draftwire_server.core.kinds.references import Referred, kept_of, without_member
from draftwire_server.core.merge.regions import overlaps_of
from draftwire_server.limits.contract import MESSAGE_CHARS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.access.rights import Rights
from draftwire_server.services.deploys.diagnoses import dangling, places_of
from draftwire_server.services.deploys.jobs import Jobs
from draftwire_server.services.deploys.rebase import rebased_from
from draftwire_server.services.deploys.replaced import Replaced
from draftwire_server.services.deploys.secret_copies import missing_secrets
from draftwire_server.services.deploys.shipped import hashes_of, looked_through
from draftwire_server.services.deploys.versions import find_named, head_info
from draftwire_server.services.history.blame import Blames
from draftwire_server.services.kinds.checking import SchemaChecks
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.alerts import AlertSweep
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.merge.choices import Choices, MergeChoices, hunks_on_wire
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.services.writes.attempt import Attempt, runs_of
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.services.writes.replacement import Leaving, LeftText
from draftwire_server.store.access import members
from draftwire_server.store.deploys import jobs, versions
from draftwire_server.store.events import clock
from draftwire_server.store.history import history
from draftwire_server.store.items import items
from draftwire_server.store.items import kinds as kind_store
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.writes.idempotency import Answer

BUSY: Final = "The item keeps being deployed. Try again in a moment."

DEPLOYED: Final = "version.deployed"  # the event
BRING_MINE: Final = Choices("incoming")
BRING_HEAD: Final = Choices("standing")


class _Lost(Exception):
    """The head, the draft or the rights moved, or the key was used meanwhile: nothing was written."""


class Deploys:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        comparing: ComparedValues,
        choosing: MergeChoices,
        kinds: KindBook,
        people: People,
        rights: Rights,
        outbox: Outbox,
        blaming: Blames,
        jobs: Jobs,
        checking: SchemaChecks,
        alerts: AlertSweep,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._comparing = comparing
        self._choosing = choosing
        self._kinds = kinds
        self._people = people
        self._rights = rights
        self._outbox = outbox
        self._blaming = blaming
        self._jobs = jobs
        self._checking = checking
        self._replaced = Replaced(database, people, comparing)
        self._leaving = Leaving(alerts)

    # ---- the two requests

    async def deploy(self, principal: Principal, draft: str, asked: Deploy, once: Once) -> Answer:
        """Deploy a state of a draft.

        Raises:
            Problem: behind with a merge preview, draft_moved, not_deployable with diagnostics, forbidden,
                generation_changed, rewound, base_ahead, base_expired, …
        """
        etag = parse_etag(asked.etag)
        if etag is None:
            raise Problem("bad_etag", "etag must be a draft's etag.")
        _check_message(asked.message)
        attempt = Attempt(self._database, principal, once, BUSY)

        async def look() -> Answer | None:
            live = await self._opening.current(principal, draft, asked.item or "")
            answer = await attempt.replayed()
            if answer is not None:
                return answer
            _need_deploy(principal, live.resource)
            if live.item.archived:
                raise Problem("archived")
            if etag.generation != live.replica.generation:
                raise Problem("generation_changed")
            if live.facts.purpose == "suggestion":
                raise Problem("forbidden", "A suggestion can't be deployed. Accept it into a draft and deploy that.")
            return await self._or_rights(principal, await self._deploy(principal, live, etag, asked, once))

        return await attempt.run(look)

    async def redeploy(self, principal: Principal, item: str, name: str, asked: Redeploy, once: Once) -> Answer:
        """Make an older version's value the head again. Raises `Problem` as `deploy`."""
        _check_message(asked.message)
        attempt = Attempt(self._database, principal, once, BUSY)

        async def look() -> Answer | None:
            row = await self._opening.visible_item(principal, item)
            answer = await attempt.replayed()
            if answer is not None:
                return answer
            _need_deploy(principal, row.place)
            if row.archived:
                raise Problem("archived")
            return await self._or_rights(principal, await self._redeploy(principal, row, name, asked, once))

        return await attempt.run(look)

    async def _or_rights(self, principal: Principal, answer: Answer | None) -> Answer | None:
        """Give the answer; if there is none, the rights may have moved: the next look is with those of now."""
        if answer is None:
            await self._rights.check(principal.workspace.id, [principal])
        return answer

    # ---- one look

    async def _deploy(
        self, principal: Principal, live: LiveDraft, etag: Etag, asked: Deploy, once: Once
    ) -> Answer | None:
        _, value = await self._comparing.state_of(live, etag)
        head = head_of(live)
        if asked.if_moved == "refuse" and head != etag:
            raise Problem("draft_moved", detail={"etag": str(head)})
        later = await self._drafts.history.entries_after(live, etag.seq, head.seq)
        row = await self._opening.visible_item(principal, live.item.id)
        behind = _base_of(live, later, row.head_version, asked.expected_version)
        content, hash_ = await hashes_of(row, value)
        if row.head_version and (content == row.base_hash or await self._is_head(live, row, value)):
            return await self._unchanged(principal, live, etag, later, row, once, asked)
        if asked.override != row.head_version and (behind is not None or asked.override is not None):
            raise await self._behind(live, etag, row, asked.expected_version if behind is None else behind, value)
        referred = await self._check(principal, live.item.id, live.of_kind, value)
        author = await self._author(live, etag, principal)
        summary = await self._summary(live.workspace, row, live.of_kind, value)
        blame, shares = await self._blaming.of_deploy(live, etag.seq, row.head_version + 1, value)
        left = (
            await self._replaced.of(principal, row, min(behind, live.base_version), value) if behind is not None else ()
        )

        async def work(connection: Connection) -> Answer:
            await _hold(connection, live, etag, asked)
            by = author or await members.ensure_actor(connection, live.workspace, "user", live.facts.owner or "")
            number = row.head_version + 1
            new = versions.NewVersion(
                number, hash_, content, value, by, principal.info.id, asked.message, f"{live.id}@{etag}",
                asked.override if behind is not None else None, run=principal.access.run, summary=summary,
                referred=referred,
            )  # fmt: skip
            await versions.add_version(connection, live.workspace, row.id, new)
            if blame is not None:
                await history.keep_version_blame(connection, live.workspace, row.id, number, blame)
                await history.keep_shares(connection, live.workspace, row.id, number, shares)
            await versions.set_base(connection, live.workspace, live.id, etag.generation, number)
            await versions.note_clean(connection, live.workspace, live.id, etag.generation, etag.seq)
            deployed = Deployed(
                row.id, number, hash_, content, draft=live.id, etag=str(head), base_version=number,
                later=tuple(runs_of(live, later)), conflicts=live.open_alerts(),
            )  # fmt: skip
            return once.answer(deployed, str(head))

        return await self._write(principal, row, once, work, live.id, left)

    async def _unchanged(
        self,
        principal: Principal,
        live: LiveDraft,
        etag: Etag,
        later: list[Entry],
        row: items.ItemRow,
        once: Once,
        asked: Deploy,
    ) -> Answer | None:
        """The state is what is live: only the draft learns that it stands on that."""
        head = await self._head(live.workspace, row)
        now = head_of(live)
        deployed = Deployed(
            row.id, head.number, head.hash, head.content_hash, unchanged=True, draft=live.id, etag=str(now),
            base_version=head.number, later=tuple(runs_of(live, later)), conflicts=live.open_alerts(),
        )  # fmt: skip
        answer = once.answer(deployed, str(now))
        try:
            async with self._database.transaction() as connection:
                await self._hold_item(connection, live.workspace, row)
                await _hold(connection, live, etag, asked)
                if live.base_version != head.number:
                    await versions.set_base(connection, live.workspace, live.id, etag.generation, head.number)
                await versions.note_clean(connection, live.workspace, live.id, etag.generation, etag.seq)
                if not await once.keep(connection, principal, answer):
                    raise _Lost
        except _Lost:
            return None
        return answer

    async def _redeploy(
        self, principal: Principal, row: items.ItemRow, name: str, asked: Redeploy, once: Once
    ) -> Answer | None:
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            old = await find_named(connection, workspace, row.id, name)
        head = await self._head(workspace, row)
        if old.content_hash == head.content_hash:
            same = Deployed(row.id, head.number, head.hash, head.content_hash, unchanged=True)
            async with self._database.transaction() as connection:
                return once.answer(same) if await once.keep(connection, principal, once.answer(same)) else None
        behind = asked.expected_version != row.head_version
        if asked.override != row.head_version and (behind or asked.override is not None):
            info = await head_info(self._people, workspace, head)
            raise Problem("behind", detail={"head": info, "expected_version": asked.expected_version})
        value = await self._comparing.version_value(workspace, row.id, old.number)
        content, hash_ = await hashes_of(row, value)
        kind = await self._kinds.load(workspace, row.kind)
        referred = await self._check(principal, row.id, kind, value)
        summary = await self._summary(workspace, row, kind, value)
        left = await self._replaced.of(principal, row, asked.expected_version, value) if behind else ()

        async def work(connection: Connection) -> Answer:
            new = versions.NewVersion(
                row.head_version + 1, hash_, content, value, old.author, principal.info.id, asked.message,
                old.source_etag, asked.override if behind else None, old.number, principal.access.run,
                summary, referred,
            )  # fmt: skip
            await versions.add_version(connection, workspace, row.id, new)
            await history.copy_version_blame(connection, workspace, (row.id, old.number), row.id, new.number)
            await history.copy_shares(connection, workspace, row.id, old.number, new.number)
            return once.answer(Deployed(row.id, new.number, hash_, content))

        return await self._write(principal, row, once, work, None, left)

    async def _summary(self, workspace: str, row: items.ItemRow, kind: Kind, value: dict[str, Any]) -> str | None:
        """The summary that goes live with a value, where that says another one than the value before; else None.

        One that was set on the item itself stays until somebody writes another one into the value.
        """
        summary = summary_of(kind, value)
        if summary == row.summary:
            return None
        before = await self._comparing.version_value(workspace, row.id, row.head_version)
        return None if summary_of(kind, before) == summary else summary

    async def _check(self, principal: Principal, item: str, kind: Kind, value: dict[str, Any]) -> tuple[Referred, ...]:
        """Give what is referred to. Raises `Problem` not_deployable with what the kind objects to, secrets that are not
        the item's and references that lead nowhere for who deploys; or too_much_work."""
        workspace = principal.workspace.id
        seen = await looked_through(kind, value)
        found = [Diagnostic(at, "secret", "A secret stands here in plain text.") for at in seen.plain]
        if seen.markers:
            async with self._database.acquired() as connection:
                foreign = await missing_secrets(connection, workspace, item, seen.markers)
            found += [Diagnostic(at, "secret", "The item has no such secret.") for at in foreign]
        found += await self._checking.problems(workspace, kind, seen.data)
        found += without_member(kind, value)
        if seen.referred:  # what may not be seen is not told from what is not there
            async with self._database.acquired() as connection:
                there = await kind_store.items_at(connection, workspace, sorted({each.path for each in seen.referred}))
            found += dangling(seen.referred, places_of(principal, there))
        if found:
            raise Problem("not_deployable", detail={"diagnostics": found})
        return kept_of(seen.referred)

    async def _is_head(self, live: LiveDraft, row: items.ItemRow, value: dict[str, Any]) -> bool:
        head = await self._comparing.version_value(live.workspace, row.id, row.head_version)
        return same_content(live.kind, value, head)

    async def _head(self, workspace: str, row: items.ItemRow) -> versions.VersionRow:
        async with self._database.acquired() as connection:
            head = await versions.find_version(connection, workspace, row.id, row.head_version)
        if head is None:
            raise Problem("not_found")
        return head

    async def _behind(
        self, live: LiveDraft, etag: Etag, row: items.ItemRow, base: int, mine: dict[str, Any]
    ) -> Problem:
        """Why not, and what bringing both together would give: mine is what was to be shipped, theirs the head."""
        if not row.head_version or base > row.head_version:
            return Problem("behind", detail={"head": None, "expected_version": base})
        info = await head_info(self._people, live.workspace, await self._head(live.workspace, row))
        value = await self._comparing.version_value(live.workspace, row.id, row.head_version)
        before = await self._comparing.version_value(live.workspace, row.id, base)
        shape = live.kind.document_shape
        preview = await self._choosing.bring(
            live.workspace, live.kind, before, mine, Document.load(value, shape), BRING_MINE
        )
        other = await self._choosing.bring(
            live.workspace, live.kind, before, value, Document.load(mine, shape), BRING_HEAD
        )
        return Problem(
            "behind",
            detail={
                "draft": live.id, "etag": str(etag), "expected_version": base, "head": info,
                "clean": not preview.hunks, "value": preview.document.value,
                "hunks": hunks_on_wire(preview.hunks, "incoming"),
                "overlaps": overlaps_of(Document.load(mine, shape), other.ops, other.hunks),
            },
        )  # fmt: skip

    async def _author(self, live: LiveDraft, etag: Etag, principal: Principal) -> str | None:
        """Whose work a state is; None: the owner's, whose actor is looked up with the effect."""
        if live.facts.owner is not None:
            return None
        if etag.seq == 0:
            return principal.info.id
        last = (await self._drafts.history.entries_after(live, etag.seq - 1, etag.seq))[-1]
        writer = live.replica.writers.get(last.w)
        return writer.actor if writer is not None else principal.info.id

    # ---- the effect

    async def _write(
        self,
        principal: Principal,
        row: items.ItemRow,
        once: Once,
        work: Callable[[Connection], Awaitable[Answer]],
        draft: str | None,
        left: tuple[LeftText, ...],
    ) -> Answer | None:
        """Write a version on the head that was looked at; None if anything moved meanwhile."""
        workspace = principal.workspace.id
        try:
            async with self._database.transaction() as connection:
                await self._hold_item(connection, workspace, row)
                answer = await work(connection)
                if not await once.keep(connection, principal, answer):
                    raise _Lost
                await self._leaving.write(connection, principal, left)
                await jobs.add(connection, workspace, row.id, "follow")
                await clock.append_event(
                    connection, workspace, DEPLOYED, actor=principal.info.id, item=row.id,
                    data={"version": row.head_version + 1} | ({"draft": draft} if draft else {}),
                )  # fmt: skip
                if await clock.read_acl_rev(connection, workspace) != principal.acl_rev:
                    raise _Lost
        except _Lost:
            return None
        self._leaving.tell(principal, left)
        self._outbox.tell(workspace)
        self._jobs.look_now()
        return answer

    async def _hold_item(self, connection: Connection, workspace: str, row: items.ItemRow) -> None:
        held = await items.lock_item(connection, workspace, row.id)
        if held is None or held.head_version != row.head_version:
            raise _Lost
        if held.archived:
            raise Problem("archived")


async def _hold(connection: Connection, live: LiveDraft, etag: Etag, asked: Deploy) -> None:
    """Hold a draft that still has the state. Raises `_Lost`, or `Problem` draft_moved."""
    held = await versions.lock_draft(connection, live.workspace, live.id)
    if not live.stands and held is None:
        return
    if held is None or held.generation != etag.generation or held.seq < etag.seq:
        raise _Lost
    if asked.if_moved == "refuse" and (held.seq, held.mark) != (etag.seq, etag.mark):
        raise Problem("draft_moved", detail={"etag": str(Etag(held.generation, held.seq, held.mark))})


def _base_of(live: LiveDraft, later: list[Entry], head: int, expected: int) -> int | None:
    """The version on which a state stands, if that is not the head and was not said to be kept behind it."""
    if expected != head:
        return expected
    before = rebased_from(later)  # a rebase after the state: it stands on what was before that
    base = live.base_version if before is None else before
    return None if base == head or live.kept_version == head else base


def _check_message(message: str) -> None:
    if len(message) > MESSAGE_CHARS:
        raise Problem("too_large", f"A message can have at most {MESSAGE_CHARS} characters.")


def _need_deploy(principal: Principal, place: Resource) -> None:
    if not principal.may("deploy_item", place):
        raise principal.lacks("deploy")
