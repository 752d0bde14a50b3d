"""A draft's past as people read it: its history in groups, and what others changed since somebody looked.

Both come from the log and one state: the cost of a page follows from the batches that it tells of, not from the log.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final, Protocol

import msgspec

from draftwire.document import address as addresses
from draftwire.document.batch import Batch
from draftwire.document.document import Document
from draftwire.errors import Problem
from draftwire.rest.diff import Change, Comparison
from draftwire.rest.history import (
    ChangedBy,
    ChangedPlace,
    ChangesQuery,
    DraftChanges,
    HistoryGroup,
    HistoryPage,
    HistoryQuery,
    Looked,
    LookedAt,
)
from draftwire.wire.messages import ActorInfo
from draftwire_server.core.edits.replica import Entry, decode_ops, stored_effects
from draftwire_server.core.etag import Etag, parse_etag
from draftwire_server.core.history.grouping import BLOCK, BatchGroup, Changed, Who, changed_by, groups_of, places_of
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.history.states import Past, States
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.loading import entry_of
from draftwire_server.services.merge.merge import Merges
from draftwire_server.store.history import history
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Database

GROUPS: Final = 200
"""Groups of one page of history."""

BLOCKS: Final = 5
"""Blocks of batches that are read for one page; a page of a stream is shorter than was asked for."""

FOLLOWED: Final = 20_000
"""The latest batches that are told apart by who wrote them; who was away for longer sees the comparison of all."""


class DraftPast:
    """See the module."""

    def __init__(self, database: Database, states: States, people: People, merging: Merges) -> None:
        self._database = database
        self._states = states
        self._people = people
        self._merging = merging

    # ---- history

    async def history(self, live: LiveDraft, query: HistoryQuery) -> HistoryPage:
        """A page of a draft's history. Raises `Problem` generation_changed, unavailable."""
        past = await self._states.past(live, query.generation)
        async with self._database.acquired() as connection:
            first = await history.first_batch(connection, live.workspace, live.id, past.generation)
            names = await history.list_names(connection, live.workspace, live.id)
            writers = {w.w: w for w in await logs.read_writers(connection, live.workspace, live.id, 0)}
        begins = past.head.seq + 1 if first is None else first
        named: dict[int, list[str]] = {}
        for row in names:
            if row.generation == past.generation:
                named.setdefault(row.seq, []).append(row.name)
        actors = {actor for w in writers.values() for actor in (w.actor, w.approved_by) if actor}
        infos = await self._people.load(live.workspace, actors)
        who = {w: (writer.actor, writer.run) for w, writer in writers.items()}
        before = min(query.before or past.head.seq + 1, past.head.seq + 1)
        limit = min(query.limit, GROUPS)
        told: list[HistoryGroup] = []
        for _ in range(BLOCKS):
            if before <= begins or len(told) >= limit:
                break
            low = max((before - 2) // BLOCK * BLOCK, begins - 1)
            entries, began = await self._block(past, low, min((before - 2) // BLOCK * BLOCK + BLOCK, past.head.seq))
            found = await asyncio.to_thread(_tell, entries, who, began, before, limit - len(told))
            for group, changed, places in found:
                end = entries[group.last]
                inside = [e.seq for e in entries[group.first : group.last + 1] if e.w in group.ws and e.seq in named]
                sids = tuple(writers[w].sid for w in group.ws)
                actor, run = group.who
                approvers = dict.fromkeys(by for w in group.ws if (by := writers[w].approved_by) is not None)
                told.append(
                    HistoryGroup(
                        entries[group.first].seq, end.seq, str(Etag(past.generation, end.seq, end.mark)),
                        infos[actor], sids, group.batches, tuple(group.kinds), entries[group.first].at,
                        end.at, places, changed.came, changed.went, run, tuple(group.causes),
                        tuple(name for seq in inside for name in named[seq]),
                        tuple(infos[by] for by in approvers),
                    )
                )  # fmt: skip
            before = told[-1].to if len(told) >= limit else low + 1
        following = before if before > begins else None
        return HistoryPage(live.id, str(past.head), past.generation, begins, tuple(told), following)

    async def _block(self, past: Past, low: int, high: int) -> tuple[list[Entry], Document | None]:
        """The batches in (low, high], and the state before them, if it is known."""
        live = past.live
        try:
            async with self._database.acquired() as connection:
                rows = await logs.read_range(connection, live.workspace, live.id, past.generation, low, high)
        except logs.BrokenLog as error:  # the retention came in between
            raise Problem("busy", "The history is being shortened. Try again.") from error
        began: Document | None
        try:
            began = await self._states.document(past, low)
        except Problem as problem:
            if problem.code != "base_expired":
                raise
            began = None
        entries = await asyncio.to_thread(lambda: [entry_of(row, stored_effects(row.ops, row.took)) for row in rows])
        return entries, began

    # ---- what others changed

    async def changes(self, principal: Principal, live: LiveDraft, query: ChangesQuery) -> DraftChanges:
        """What others than the asker changed since a state. Raises `Problem` base_expired, generation_changed, …"""
        past = await self._states.past(live)
        head = await self._states.document(past, past.head.seq)
        since, looked_at = await self._since(principal, live, past, query.since)
        old = await self._states.document(past, since.seq)
        after = max(since.seq, past.head.seq - FOLLOWED)
        entries = (await self._block(past, after, past.head.seq))[0]
        async with self._database.acquired() as connection:
            writers = {w.w: w for w in await logs.read_writers(connection, live.workspace, live.id, 0)}
        by = await asyncio.to_thread(others_of, entries, writers, principal.info.id, head)
        infos = await self._people.load(live.workspace, {who for who, _ in by})
        told = tuple(_by_on_wire(infos[actor], run, found) for (actor, run), found in by.items())
        comparison = await self._merging.compared(live.workspace, past.kind, old.value, head.value, query.context)
        if after == since.seq:
            places = {place.at for one in told for place in one.places}
            comparison = Comparison(tuple(c for c in comparison.changes if any(_touches(c, at) for at in places)))
        return DraftChanges(
            live.id, live.item.id, str(since), str(past.head), told, comparison, looked_at,
            after + 1 if after > since.seq else None,
        )  # fmt: skip

    async def by_others(self, live: LiveDraft, entries: Sequence[Entry], run: str) -> tuple[ChangedBy, ...]:
        """What others than a run did in batches that lead to the head. Raises `Problem` unavailable."""
        others = {w: writer for w, writer in live.replica.writers.items() if writer.run != run}
        if not any(entry.w in others for entry in entries):
            return ()
        by = await asyncio.to_thread(others_of, entries[-FOLLOWED:], others, None, live.replica.document)
        infos = await self._people.load(live.workspace, {who for who, _ in by})
        return tuple(_by_on_wire(infos[actor], of_run, found) for (actor, of_run), found in by.items())

    async def _since(self, principal: Principal, live: LiveDraft, past: Past, since: str) -> tuple[Etag, float | None]:
        if since != "looked":
            found, at, _ = await self._states.find(live, since)
            if found.generation != past.generation:
                raise Problem("generation_changed", detail={"generation": past.generation})
            return at, None
        async with self._database.acquired() as connection:
            row = await history.find_looked(connection, live.workspace, live.id, principal.info.id)
            first = await history.first_batch(connection, live.workspace, live.id, past.generation)
        here = row is not None and row.generation == past.generation and row.seq <= past.head.seq
        if here and row is not None and (first is None or row.seq >= first - 1):
            kept = past.head.mark if row.seq == past.head.seq else await self._states.mark(past, row.seq)
            if kept == row.mark:
                return Etag(row.generation, row.seq, row.mark), row.at
        # nobody looked, or at what is no longer kept, or at a history that was rewound: all that is known
        began = 0 if first is None else first - 1
        mark = past.head.mark if began == past.head.seq else await self._states.mark(past, began)
        return Etag(past.generation, began, mark or ""), row.at if row is not None else None

    async def look(self, principal: Principal, live: LiveDraft, asked: Looked) -> LookedAt:
        """Remember up to where the asker has looked. Raises `Problem` bad_etag, generation_changed, rewound, …"""
        etag = parse_etag(asked.etag)
        if etag is None:
            raise Problem("bad_etag", "etag must be a draft's etag.")
        if not live.stands:
            raise Problem("not_found", "The draft has not been started.")
        if etag.generation != live.replica.generation:
            raise Problem("generation_changed")
        await self._states.find(live, asked.etag)
        async with self._database.transaction() as connection:
            at = (etag.generation, etag.seq, etag.mark)
            await history.look(connection, live.workspace, live.id, principal.info.id, at)
            row = await history.find_looked(connection, live.workspace, live.id, principal.info.id)
        assert row is not None
        return LookedAt(live.id, str(Etag(row.generation, row.seq, row.mark)), row.at)


class _Wrote(Protocol):
    """Who a session was."""

    @property
    def actor(self) -> str: ...

    @property
    def run(self) -> str | None: ...


class Others(msgspec.Struct, frozen=True):
    """What one writer, or one run of an agent, did in a stretch of the log."""

    batches: tuple[Entry, ...]
    changed: Changed
    places: tuple[ChangedPlace, ...]


def others_of(
    entries: Sequence[Entry], writers: Mapping[int, _Wrote], excluded: str | None, head: Document
) -> dict[tuple[str, str | None], Others]:
    """What everybody but one actor changed, by (actor, run), the latest first."""
    by: dict[tuple[str, str | None], list[Entry]] = {}
    for entry in entries:
        writer = writers.get(entry.w)
        if writer is not None and writer.actor != excluded:
            by.setdefault((writer.actor, writer.run), []).append(entry)
    found: dict[tuple[str, str | None], Others] = {}
    for who in sorted(by, key=lambda who: by[who][-1].seq, reverse=True):
        own = {entry.w for entry in by[who]}
        changed = changed_by(entries, _written_by(own))
        found[who] = Others(tuple(by[who]), changed, _places(head, changed))
    return found


def _written_by(own: set[int]) -> Callable[[Entry], bool]:
    return lambda entry: entry.w in own


def _tell(
    entries: list[Entry], writers: dict[int, Who], began: Document | None, before: int, limit: int
) -> list[tuple[BatchGroup, Changed, tuple[ChangedPlace, ...]]]:
    """The groups of one block that end before a seq, with their places as they read at each one's end."""
    groups = [group for group in groups_of(entries, writers) if entries[group.last].seq < before][:limit]
    ends = {group.last for group in groups}
    documents: dict[int, Document] = {}
    if began is not None:
        batch = Batch(began)
        for index, entry in enumerate(entries):
            for op in decode_ops(entry.ops):
                batch.apply(op, entry.w)
            if index in ends:
                documents[index] = batch.document()
    told = []
    for group in groups:
        changed = changed_by(entries[group.first : group.last + 1], _written_by(set(group.ws)))
        told.append((group, changed, _places(documents.get(group.last), changed)))
    return told


def _places(document: Document | None, changed: Changed) -> tuple[ChangedPlace, ...]:
    if document is None:
        return tuple(ChangedPlace(at) for at in changed.places)
    return tuple(ChangedPlace(place.at, place.lines) for place in places_of(document, changed))


def _by_on_wire(actor: ActorInfo, run: str | None, found: Others) -> ChangedBy:
    first, last = found.batches[0], found.batches[-1]
    return ChangedBy(
        actor, len(found.batches), first.at, last.at, found.places, found.changed.came, found.changed.went, run
    )  # fmt: skip


def _touches(change: Change, at: str) -> bool:
    return change.at == at or addresses.is_inside(change.at, at) or addresses.is_inside(at, change.at)
