"""What is stored of a draft, made into a replica: loading, reading on, and going back to older states.

Rows become entries only if their marks chain; a history with a hole raises `BrokenLog` and is never guessed. Owns no
draft: `draftwire_server.services.live.drafts` says which are followed.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec

from draftwire.document.batch import Batch, replay
from draftwire.document.document import Document
from draftwire.document.ops import Effect
from draftwire.document.shape import Shape
from draftwire.errors import Problem
from draftwire.rest.drafts import WriterCount
from draftwire.wire.messages import ActorInfo, Alert, AlertSide, WriterInfo
from draftwire_server.core.access.access import DraftFacts
from draftwire_server.core.edits.replica import Entry, Replica, Writer, decode_ops, stored_effects
from draftwire_server.core.edits.stream import Stretch, ops_payload
from draftwire_server.core.etag import first_mark, next_mark
from draftwire_server.core.frames import text_frame
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.core.stored import stored_value
from draftwire_server.services.access.names import People
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.parts.state import ItemFacts
from draftwire_server.store.items import items as item_store
from draftwire_server.store.live import alerts as alert_store
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Connection, Database

REBASE_BATCHES = 20_000  # an edit made so long ago is merged as a document instead: a second of rebasing
STRETCH_BATCHES = 200  # batches of one message when the log is read from Postgres


class History:
    """See the module."""

    def __init__(self, database: Database, people: People, kinds: KindBook, blind: Callable[[], bool]) -> None:
        self._database = database
        self._people = people
        self._kinds = kinds
        self._blind = blind

    async def load(
        self,
        workspace: str,
        draft: str,
        item: item_store.ItemRow | None,
        begun_as: tuple[str, str | None] | None,
    ) -> LiveDraft:
        """Make a draft of what is stored, or, if nobody has begun it, of the item's value.

        Raises:
            Problem: not_found or unavailable.
            BrokenLog: what is stored makes no unbroken history.
        """
        async with self._database.acquired() as connection:
            loaded = await logs.load(connection, workspace, draft)
            if loaded is not None and not loaded.draft.discarded:
                item = await item_store.load_item(connection, workspace, loaded.draft.item)
                alerts = await alert_store.open_alerts(connection, workspace, draft)
            else:
                if loaded is not None and item is None and loaded.draft.purpose != "suggestion":
                    item = await item_store.load_item(connection, workspace, loaded.draft.item)
                    begun_as = (loaded.draft.purpose, loaded.draft.owner)
                if item is None or begun_as is None:
                    raise Problem("not_found")
                alerts = await alert_store.open_alerts(connection, workspace, draft) if loaded is not None else []
                value = await item_store.load_value(connection, workspace, item.id, item.head_version)
        if item is None:
            raise Problem("not_found")
        kind = await self._kinds.load(workspace, item.kind)
        if loaded is not None and not loaded.draft.discarded:
            kept = loaded.draft.shape
            shaped = kind if kept is None else kind.shaped(kept.keyed, kept.text)
            live = LiveDraft(workspace, draft, item_facts(item), loaded.draft.facts, kind, shaped, self._blind)
            await self._fill(live, loaded, alerts)
            return live
        assert begun_as is not None
        assert value is not None
        purpose, owner = begun_as
        facts = msgspec.convert(
            {"purpose": purpose, "owner": owner, "visibility": kind.visibility if owner else "readable"},
            DraftFacts,
        )
        began_with = stored_value(value)
        live = LiveDraft(workspace, draft, item_facts(item), facts, kind, kind.fitting(began_with), self._blind)
        generation = loaded.draft.generation + 1 if loaded is not None else 1
        mark = first_mark(draft, generation, item.head_version, item.base_hash)
        replica = Replica(generation, 0, mark, Document.load(began_with, live.kind.document_shape))
        live.state.start(replica, len(value), item.head_version)
        live.state.moved_onto(item.head_version)
        if loaded is not None:  # discarded: its writers keep their numbers
            await self.take_writers(live, loaded.writers)
            for writer in loaded.writers:
                live.replica.last_no[writer.w] = writer.last_no
        if owner:
            live.state.owned_by(await self._people.load_user(workspace, owner))
        await self.take_alerts(live, alerts)  # of what the discard took from others
        return live

    async def count_batches(self, live: LiveDraft) -> tuple[WriterCount, ...]:
        """How many batches of every writer the log holds. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            return await logs.count_batches(connection, live.workspace, live.id)

    async def _fill(self, live: LiveDraft, loaded: logs.LoadedLog, alerts: list[alert_store.AlertRow]) -> None:
        row = loaded.draft
        document = await asyncio.to_thread(_loaded, loaded.value, live.kind.document_shape)
        mark = loaded.from_mark
        if mark is None:
            mark = await self._origin_mark(live, row.generation, row.origin_version)
        replica = Replica(row.generation, loaded.from_seq, mark, document)
        live.state.start(replica, len(loaded.value), row.origin_version)  # and what the batches add to it
        live.state.begun()
        live.state.moved_onto(row.base_version, row.kept_version)
        await self.take_writers(live, loaded.writers)
        for writer in loaded.writers:
            live.replica.last_no[writer.w] = writer.last_no
        entries, document = await asyncio.to_thread(play_rows, live.replica, loaded.batches)
        self.take_rows(live, entries, document)
        if live.replica.mark != row.head_mark:
            raise logs.BrokenLog(f"draft {live.id}: marks don't chain to the head")
        live.state.count_ops(entries)
        self.stretch(live, entries)
        if row.owner:
            live.state.owned_by(await self._people.load_user(live.workspace, row.owner))
        await self.take_alerts(live, alerts)

    async def origin_mark(self, live: LiveDraft, generation: int) -> str:
        """The mark at seq 0 of a generation."""
        return await self._origin_mark(live, generation, live.origin_version)

    async def _origin_mark(self, live: LiveDraft, generation: int, version: int) -> str:
        async with self._database.acquired() as connection:
            base_hash = await item_store.load_content_hash(connection, live.workspace, live.item.id, version)
        return first_mark(live.id, generation, version, base_hash)

    async def take_writers(
        self, live: LiveDraft, rows: tuple[logs.WriterRow, ...], connection: Connection | None = None
    ) -> None:
        """Let writers join, with the names that readers see. Raises `Problem` unavailable."""
        infos = await self._people.load(live.workspace, {row.actor for row in rows}, connection)
        for row in rows:
            live.replica.join(Writer(row.w, row.actor, row.session, row.sid, row.run))
            live.state.take_writer(WriterInfo(w=row.w, actor=infos[row.actor], sid=row.sid, run=row.run))

    async def take_alerts(
        self, live: LiveDraft, rows: list[alert_store.AlertRow], connection: Connection | None = None
    ) -> list[Alert]:
        """Take in open alerts as stored; gives those that were not known."""
        known = set(live.alerts)
        actors = {side["actor"] for row in rows for side in row.sides}
        infos = await self._people.load(live.workspace, actors, connection)
        fresh = []
        for row in rows:
            if row.id not in known and row.generation == live.replica.generation:
                alert = alert_of(row, infos)
                live.state.take_alert(alert)
                fresh.append(alert)
        return fresh

    def take_rows(self, live: LiveDraft, entries: list[Entry], document: Document) -> None:
        """Extend a replica by what `play_rows` has made for the state that it still has."""
        for entry in entries:
            live.replica.extend(entry, document)

    def stretch(self, live: LiveDraft, entries: list[Entry]) -> None:
        """Make what was read from Postgres deliverable."""
        for start in range(0, len(entries), STRETCH_BATCHES):
            part = entries[start : start + STRETCH_BATCHES]
            writers = [live.writer_infos[w] for w in sorted({entry.w for entry in part}) if w in live.writer_infos]
            payload = ops_payload(live.id, live.replica.generation, part, {}, writers)
            live.followers.extended(Stretch(part[0].seq - 1, part[-1].seq, payload, text_frame(payload)))

    async def read_older(self, live: LiveDraft, after: int) -> None:
        """Bring back batches down to ``after``, so that an old base can be rebased. Raises `Problem` base_expired."""
        replica = live.replica
        first = replica.first
        if after >= first:
            return
        if first - after > REBASE_BATCHES:
            raise Problem("base_expired")
        try:
            async with self._database.acquired() as connection:
                rows = await logs.read_range(connection, live.workspace, live.id, replica.generation, after, first)
                mark = await logs.read_mark(connection, live.workspace, live.id, replica.generation, after)
        except logs.BrokenLog as error:
            raise Problem("base_expired") from error
        mark = mark or await self.origin_mark(live, replica.generation)
        if replica.first == first:
            replica.prepend([entry_of(row, stored_effects(row.ops, row.took)) for row in rows], mark)

    async def entries_after(self, live: LiveDraft, after: int, upto: int) -> list[Entry]:
        """The batches in ``(after, upto]``, kept or read. Raises `Problem` base_expired or unavailable."""
        replica = live.replica
        if after >= replica.first:
            return [entry for entry in replica.after(after) if entry.seq <= upto]
        try:
            async with self._database.acquired() as connection:
                rows = await logs.read_range(connection, live.workspace, live.id, replica.generation, after, upto)
        except logs.BrokenLog as error:
            raise Problem("base_expired") from error
        return [entry_of(row, stored_effects(row.ops, row.took)) for row in rows]

    async def mark_at(self, live: LiveDraft, seq: int) -> str:
        """The mark of a past state. Raises `Problem` base_expired or unavailable."""
        mark = live.replica.mark_at(seq)
        if mark is not None:
            return mark
        if seq == 0:
            return await self.origin_mark(live, live.replica.generation)
        async with self._database.acquired() as connection:
            mark = await logs.read_mark(connection, live.workspace, live.id, live.replica.generation, seq)
        if mark is None:
            raise Problem("base_expired")
        return mark

    async def document_at(self, live: LiveDraft, seq: int) -> Document:
        """A past state, made from what the store keeps. Raises `Problem` base_expired or unavailable."""
        try:
            async with self._database.acquired() as connection:
                state = await logs.read_state_at(connection, live.workspace, live.id, live.replica.generation, seq)
        except logs.BrokenLog as error:
            raise Problem("base_expired") from error
        document = await asyncio.to_thread(_loaded, state.value, live.kind.document_shape)
        return await asyncio.to_thread(replay, document, [(w, decode_ops(ops)) for w, ops in state.batches])


def _loaded(value: bytes, shape: Shape) -> Document:
    return Document.load(stored_value(value), shape)


def play_rows(replica: Replica, rows: tuple[logs.BatchRow, ...]) -> tuple[list[Entry], Document]:
    """Do stored batches to a replica's document, which stays as it is. Raises `BrokenLog`, `BrokenReplica`."""
    entries: list[Entry] = []
    batch, mark = Batch(replica.document), replica.mark
    for row in rows:
        writer = replica.writers.get(row.w)
        if writer is None or next_mark(mark, writer.sid, row.no, row.ops) != row.mark:
            raise logs.BrokenLog(f"the mark at seq {row.seq} does not follow")
        entries.append(entry_of(row, replica.effects(batch, decode_ops(row.ops), row.w)))
        mark = row.mark
    return entries, batch.document()


def item_facts(row: item_store.ItemRow) -> ItemFacts:
    """What a followed draft keeps of its item."""
    return ItemFacts(row.id, row.kind, row.path, row.creator, row.head_version, row.base_hash, archived=row.archived)


def alert_of(row: alert_store.AlertRow, infos: dict[str, ActorInfo]) -> Alert:
    """A stored alert as readers see it."""
    return Alert(
        id=row.id,
        draft=row.draft,
        kind=msgspec.convert(row.kind, Any),
        reason=msgspec.convert(row.reason, Any),
        address=row.address,
        opened_at=row.opened_at,
        seq=row.seq,
        sides=tuple(
            AlertSide(
                actor=infos[side["actor"]], sid=side["sid"], text=side["text"], seq=side["seq"], at=side["at"],
                run=side.get("run"),
            )
            for side in row.sides
        ),
        state=msgspec.convert(row.state, Any),
        start=row.region.get("start") or 0,
        end=row.region.get("end") or 0,
        line_from=row.region.get("line_from"),
        line_to=row.region.get("line_to"),
        fades=row.region.get("fades", False),
        stash=row.stash,
        closed_at=row.closed_at,
    )  # fmt: skip


def entry_of(row: logs.BatchRow, effects: tuple[Effect, ...]) -> Entry:
    """An entry of a stored batch."""
    return Entry(
        seq=row.seq, w=row.w, no=row.no, mark=row.mark, ops=row.ops, effects=effects,
        kind=msgspec.convert(row.kind, Any), at=row.at, key=row.key, cause=row.cause,
    )  # fmt: skip


def value_of(log: logs.LoadedLog, kind: Kind) -> bytes:
    """Build a draft's document at its head."""
    kept = log.draft.shape
    shape = (kind if kept is None else kind.shaped(kept.keyed, kept.text)).document_shape
    document = Document.load(stored_value(log.value), shape)
    value: Any = replay(document, [(batch.w, decode_ops(batch.ops)) for batch in log.batches]).value
    return msgspec.json.encode(value)
