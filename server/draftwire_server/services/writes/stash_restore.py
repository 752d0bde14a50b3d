"""The stash as its author sees it: listed, looked at, compared, restored, dismissed.

An entry is readable by its author for ever, also when the item no longer is; then nothing else of the item is told.
Restoring is a three-way merge, as ops of kind ``restore`` in a session of its own: what the text was written on is the
base, or, for a text that was replaced, the state after the replacement. Without a base every difference is asked.
"""

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Insert
from draftwire.errors import OpError, Problem
from draftwire.rest.stash import (
    Restored,
    Restoring,
    StashEntry,
    StashLine,
    StashPage,
    StashQuery,
    StashSides,
    StashText,
)
from draftwire_server.core.access.access import reaches, reads_at_all, writes_at_all
from draftwire_server.core.ids import new_id
from draftwire_server.core.merge.resolve import placed, without
from draftwire_server.limits.pages import PAGE_ITEMS, STASH_PLACES, STASH_PREVIEW_CHARS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.live.alerts import AlertSweep
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.live import LiveDraft, head_of
from draftwire_server.services.live.opening import Opening, need_type
from draftwire_server.services.live.parts.edit_queue import RowsBeside
from draftwire_server.services.merge.choices import (
    Choices,
    MergeChoices,
    applied,
    choices_of,
    hunks_on_wire,
    taken_away,
)
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.writes.attempt import Attempt
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.services.writes.stash import replaced_row
from draftwire_server.services.writes.write import Change, ExactWrites, Written
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.writes import stash as stash_store
from draftwire_server.store.writes.idempotency import Answer
from draftwire_server.store.writes.stash import StashRow

REPLACED: Final = frozenset(("overridden", "replaced"))  # the texts stood in the draft right before ``base_seq`` + 1


class Version(msgspec.Struct, frozen=True):
    """What is to be brought into a draft: ``incoming``, which was made from ``base``."""

    base: dict[str, Any]
    incoming: dict[str, Any]


class StashRestores:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        opening: Opening,
        comparing: ComparedValues,
        choosing: MergeChoices,
        writing: ExactWrites,
        alerts: AlertSweep,
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._comparing = comparing
        self._choosing = choosing
        self._writing = writing
        self._alerts = alerts

    # ---- looking

    async def listed(self, principal: Principal, query: StashQuery) -> StashPage:
        """A page of the author's entries, newest first."""
        limit = min(query.limit, PAGE_ITEMS)
        workspace, user = principal.workspace.id, principal.access.user
        async with self._database.acquired() as connection:
            if query.cursor and await stash_store.load(connection, workspace, user, query.cursor) is None:
                raise Problem("bad_cursor")
            rows = await stash_store.list_entries(
                connection, workspace, user, item=await items.id_of(connection, workspace, query.item),
                draft=query.draft, dismissed=query.dismissed, after=query.cursor, limit=limit + 1,
                within=await self._within(connection, principal),
            )  # fmt: skip
        page = rows[:limit]
        return StashPage(tuple(_line(row) for row in page), page[-1].id if len(rows) > limit else None)

    async def _within(self, connection: Connection, principal: Principal) -> list[str] | None:
        """The items of whose texts a token or key may be told; None: of all, as for the author."""
        access, workspace = principal.access, principal.workspace.id
        if not reads_at_all(access):
            return []
        if access.within is None:
            return None
        known = await stash_store.items_of(connection, workspace, access.user)
        return [
            row.id for row in await items.load_places_ever(connection, workspace, known) if reaches(access, row.place)
        ]

    async def entry(self, principal: Principal, entry: str) -> StashEntry:
        """One entry with its texts. Raises `Problem` not_found."""
        row = await self.row(principal, entry)
        texts = tuple(StashText(text["at"], text["mine"], text.get("base")) for text in row.texts)
        return StashEntry(
            row.id, row.item, row.draft, row.generation, row.base_seq, row.reason, row.at, texts, row.restored_at,
            row.dismissed_at,
        )  # fmt: skip

    async def row(self, principal: Principal, entry: str) -> StashRow:
        """An entry as stored. Raises `Problem` not_found."""
        async with self._database.acquired() as connection:
            row = await stash_store.load(connection, principal.workspace.id, principal.access.user, entry)
            within = await self._within(connection, principal)
        if row is None or (within is not None and row.item not in within):
            raise Problem("not_found")
        return row

    async def sides(self, principal: Principal, entry: str) -> StashSides:
        """The draft as it is and as it would be. Raises `Problem` not_found, no_such_place."""
        row = await self.row(principal, entry)
        live = await self._target(principal, row, None)
        version = await self.version_of(row, live)
        return StashSides(live.id, str(head_of(live)), live.replica.document.value, version.incoming)

    async def dismiss(self, principal: Principal, entry: str) -> StashEntry:
        """Mark an entry as dealt with; it is kept for 30 more days. Raises `Problem` not_found, forbidden."""
        await self.row(principal, entry)
        if not writes_at_all(principal.access):
            raise principal.lacks("write")
        async with self._database.acquired() as connection:
            since = await stash_store.dismiss(connection, principal.workspace.id, principal.access.user, entry)
        if since is None:
            raise Problem("not_found")
        return await self.entry(principal, entry)

    # ---- restoring

    async def restore(self, principal: Principal, entry: str, asked: Restoring, once: Once) -> Answer:
        """Bring an entry's texts into a draft again.

        Raises:
            Problem: not_found, merge_conflict with hunks, no_such_place (copy the text instead), what typing is
                refused with.
        """
        choices = choices_of(asked, "incoming")
        row = await self.row(principal, entry)
        attempt = Attempt(self._database, principal, once)

        async def look() -> Answer | None:
            live = await self._target(principal, row, asked.draft)
            answer = await attempt.replayed()
            if answer is not None:
                return answer
            version = await self.version_of(row, live)
            restored = await self.bring(attempt, live, version, choices, once, cause=row.id)
            if restored is not None:
                await self._done(principal, live, row)
            return restored

        return await attempt.run(look)

    async def bring(
        self,
        attempt: Attempt,
        live: LiveDraft,
        version: Version,
        choices: Choices,
        once: Once,
        *,
        cause: str,
        stash: Sequence[dict[str, Any]] = (),
    ) -> Answer | None:
        """Merge a version into a draft as it is; None if that moved. ``once``: of the answer that this gives.

        ``stash``: further rows to write with it.

        Raises:
            Problem: merge_conflict, what typing is refused with.
        """
        principal, session = attempt.principal, attempt.session
        need_type(principal, live)
        head, standing = head_of(live), live.replica.document
        outcome = await self._choosing.bring(
            live.workspace, live.kind, version.base, version.incoming, standing, choices
        )
        if outcome.open:
            raise Problem(
                "merge_conflict",
                detail={
                    "draft": live.id, "etag": str(head), "value": outcome.document.value,
                    "hunks": hunks_on_wire(outcome.hunks, choices.mine),
                },
            )  # fmt: skip
        texts = taken_away(standing, outcome.ops) if outcome.hunks else []
        answers: list[Answer] = []

        def along(written: Written) -> RowsBeside:
            made = new_id() if texts else None
            restored = Restored(
                entry=cause, draft=live.id, item=live.item.id, etag=str(written.etag),
                generation=written.etag.generation, seq=written.etag.seq, changed=True, value=written.document.value,
                stash=made,
            )  # fmt: skip
            answers.append(once.answer(restored, restored.etag))
            rows = [replaced_row(principal, live, written.etag, session, texts, made)] if made else []
            return RowsBeside(once.rows(principal, answers[-1]), (*rows, *stash))

        if outcome.ops:
            change = Change(
                head, outcome.ops, "restore", session, attempt.key, cause, 0 if texts else None, attempt.exact
            )
            written = await self._writing.commit(principal, live, change, along)
            return answers[-1] if written is not None and answers else None
        unchanged = Restored(
            entry=cause, draft=live.id, item=live.item.id, etag=str(head), generation=head.generation, seq=head.seq,
            changed=False, value=standing.value,
        )  # fmt: skip
        answer = once.answer(unchanged, unchanged.etag)
        async with self._database.transaction() as connection:
            return answer if await once.keep(connection, principal, answer) else None

    async def _done(self, principal: Principal, live: LiveDraft, row: StashRow) -> None:
        async with self._database.acquired() as connection:
            await stash_store.restored(connection, live.workspace, principal.access.user, row.id)
        for alert in list(live.alerts.values()):
            if alert.stash == row.id:
                await self._alerts.end(live, alert.id, "resolved", resolution="mine", resolver=principal.info.id)

    async def _target(self, principal: Principal, row: StashRow, draft: str | None) -> LiveDraft:
        live = await self._opening.current(principal, draft or row.draft, row.item)
        if live.item.id != row.item:
            raise Problem("not_found")
        return live

    async def version_of(self, row: StashRow, live: LiveDraft) -> Version:
        """What an entry would bring into a draft, as whole documents. Raises `Problem` no_such_place."""
        past = await self._past(row, live)
        present = live.replica.document
        if len(row.texts) == 1 and row.texts[0]["at"] == "":
            base = row.texts[0].get("base") or (past.value if past is not None else {})
            return Version(base, row.texts[0]["mine"])
        before = after = present
        try:
            for text in row.texts:
                at, mine = text["at"], text["mine"]
                if _is_new_element(after, at, mine):
                    after = applied(after, (Insert(at, mine),))
                    continue
                if text.get("base") is not None:
                    before = placed(before, at, text["base"], present)
                elif past is not None and row.reason in REPLACED:
                    base = past.get(at)
                    before = without(before, at) if base is None else placed(before, at, base, past)
                else:  # what it was written on is not known: whatever stands there is asked about
                    before = without(before, at)
                after = placed(after, at, mine, past)
        except OpError as error:
            raise Problem(error.code, "The place of that text no longer exists. Copy the text instead.") from error
        return Version(before.value, after.value)

    async def _past(self, row: StashRow, live: LiveDraft) -> Document | None:
        """The state from which an entry's texts differ; None if it is not kept, or in another draft."""
        if live.id != row.draft or live.replica.generation != row.generation or not live.stands:
            return None
        seq = row.base_seq + 1 if row.reason in REPLACED else row.base_seq
        try:
            return await self._drafts.history.document_at(live, seq)
        except Problem as problem:
            if problem.code != "base_expired":
                raise
            return None


def _is_new_element(document: Document, at: str, mine: Any) -> bool:
    """Whether a text is an element that was to be put into a keyed array, and is not there; it comes to the end."""
    place = document.place(at)
    if place is None or not place.keyed or not isinstance(document.get(at), list):
        return False
    return isinstance(mine, dict) and isinstance(mine.get("id"), str) and not document.has(mine["id"])


def _line(row: StashRow) -> StashLine:
    first = row.texts[0]["mine"] if row.texts else ""
    preview = first if isinstance(first, str) else msgspec.json.encode(first).decode()
    return StashLine(
        id=row.id, item=row.item, draft=row.draft, reason=row.reason, at=row.at,
        places=tuple(text["at"] for text in row.texts[:STASH_PLACES]), preview=preview[:STASH_PREVIEW_CHARS],
        restored_at=row.restored_at, dismissed_at=row.dismissed_at,
    )  # fmt: skip
