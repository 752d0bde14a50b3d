"""The drafts that this worker follows: loads them, keeps them contiguous, lets them go.

A draft is loaded once for all who open it: the bus subscription is confirmed first, then the log is read, so that
nothing falls in between. Afterwards only committed batches extend it: our own commits, other workers' stretches that
join on without a gap, and what is read from Postgres when they don't (`catch_up`).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from draftwire.document import Document
from draftwire.errors import Problem
from draftwire.messages import ActorInfo, Alert, AlertMessage, AlertSide, Reset, WriterInfo
from draftwire.ops import Effect
from draftwire_server.bus.bus import Bus
from draftwire_server.core.access import DraftFacts
from draftwire_server.core.etag import first_mark, next_mark
from draftwire_server.core.frames import text_frame
from draftwire_server.core.ids import ItemId, UserId, WorkspaceId, draft_id
from draftwire_server.core.kinds import Kinds
from draftwire_server.core.replica import (
    BrokenReplica,
    Entry,
    Replica,
    Writer,
    decode_ops,
    stored_effects,
)
from draftwire_server.core.stream import BusHeader, RawOps, Stretch, ops_payload, pack, read_ops, unpack
from draftwire_server.limits import REDIS_MESSAGE_BYTES
from draftwire_server.services.live import ItemFacts, LiveDraft
from draftwire_server.services.people import People
from draftwire_server.settings import Settings
from draftwire_server.store import alerts as alert_store
from draftwire_server.store import items as item_store
from draftwire_server.store import logs
from draftwire_server.store.postgres import Connection, Database

log = logging.getLogger(__name__)

IDLE_S = 60.0  # a draft that nobody follows is kept so long: reloads and reconnects find it warm
REBASE_BATCHES = 20_000  # an edit made so long ago is merged as a document instead: a second of rebasing
EARLY_MESSAGES = 256  # of one draft, that came before what they follow; then the log is read instead
STRETCH_BATCHES = 200  # batches of one message when the log is read from Postgres

_encode = msgspec.json.Encoder().encode


def item_facts(row: item_store.ItemRow) -> ItemFacts:
    """What a followed draft keeps of its item."""
    return ItemFacts(row.id, row.kind, row.path, row.creator, row.head_version, row.base_hash)


class Drafts:
    """See the module."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        bus: Bus,
        people: People,
        kinds: Kinds,
        spawn: Callable[..., Any],
        blind: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._database = database
        self._bus = bus
        self._people = people
        self._kinds = kinds
        self._spawn = spawn
        self._blind = blind
        self._live: dict[tuple[str, str], LiveDraft] = {}
        self._loading: dict[tuple[str, str], asyncio.Event] = {}

    def __iter__(self) -> Any:
        return iter(list(self._live.values()))

    def get(self, workspace: str, draft: str) -> LiveDraft | None:
        """The draft if it is loaded."""
        return self._live.get((workspace, draft))

    # ---- loading

    async def opened(self, workspace: str, draft: str) -> LiveDraft:
        """Load a draft that has a row, or give the loaded one. Raises `Problem` not_found or unavailable."""
        return await self._once(workspace, draft, lambda: self._load(workspace, draft, None, None))

    async def opened_of(self, workspace: str, item: item_store.ItemRow, purpose: str, owner: str | None) -> LiveDraft:
        """Load an item's shared draft or somebody's own one, also if nobody has begun it yet."""
        assert purpose in ("own", "shared")
        draft = draft_id(
            WorkspaceId(workspace),
            ItemId(item.id),
            "own" if purpose == "own" else "shared",
            UserId(owner or ""),
        )
        return await self._once(workspace, draft, lambda: self._load(workspace, draft, item, (purpose, owner)))

    async def _once(self, workspace: str, draft: str, load: Callable[[], Coroutine[Any, Any, LiveDraft]]) -> LiveDraft:
        key = (workspace, draft)
        while True:
            live = self._live.get(key)
            if live is not None:
                live.idle_since = None
                return live
            loading = self._loading.get(key)
            if loading is None:
                break
            await loading.wait()
        loading = asyncio.Event()
        self._loading[key] = loading
        try:
            live = await load()
            self._live[key] = live
            return live
        except logs.BrokenLog as error:
            log.error("%s", error)
            self._bus.unsubscribe(_channel(draft))
            raise Problem("internal", "The draft's log has a gap; nothing was changed.") from error
        except BaseException:
            self._bus.unsubscribe(_channel(draft))
            raise
        finally:
            del self._loading[key]
            loading.set()  # those who wait look again

    async def _load(
        self,
        workspace: str,
        draft: str,
        item: item_store.ItemRow | None,
        begun_as: tuple[str, str | None] | None,
    ) -> LiveDraft:
        await self._bus.subscribed(_channel(draft), lambda _, data: self._heard(workspace, draft, data))
        async with self._database.acquired() as connection:
            loaded = await logs.load(connection, workspace, draft)
            if loaded is not None and not loaded.draft.discarded:
                item = await item_store.load_item(connection, workspace, loaded.draft.item)
                alerts = await alert_store.open_alerts(connection, workspace, draft)
            elif item is None or begun_as is None:
                raise Problem("not_found")
            else:
                alerts = []
                value = await item_store.load_value(connection, workspace, item.id, item.head_version)
        if item is None:
            raise Problem("not_found")
        kind = self._kinds.get(item.kind)
        if loaded is not None and not loaded.draft.discarded:
            live = LiveDraft(workspace, draft, item_facts(item), loaded.draft.facts, kind, self._blind)
            await self._fill(live, loaded, alerts)
            return live
        assert begun_as is not None
        assert value is not None
        purpose, owner = begun_as
        facts = msgspec.convert(
            {"purpose": purpose, "owner": owner, "visibility": kind.visibility if owner else "readable"},
            DraftFacts,
        )
        live = LiveDraft(workspace, draft, item_facts(item), facts, kind, self._blind)
        generation = loaded.draft.generation + 1 if loaded is not None else 1
        mark = first_mark(draft, generation, item.head_version, item.base_hash)
        live.replica = Replica(generation, 0, mark, Document.load(msgspec.json.decode(value), live.kind.document_shape))
        live.base_version = live.origin_version = item.head_version
        if owner:
            live.owner = await self._people.load_user(workspace, owner)
        return live

    async def _fill(self, live: LiveDraft, loaded: logs.LoadedLog, alerts: list[alert_store.AlertRow]) -> None:
        row = loaded.draft
        document = Document.load(msgspec.json.decode(loaded.value), live.kind.document_shape)
        live.origin_version = row.origin_version
        mark = loaded.from_mark
        if mark is None:
            mark = await self._origin_mark(live, row.generation)
        live.replica = Replica(row.generation, loaded.from_seq, mark, document)
        live.stands = True
        live.base_version = row.base_version
        await self._take_writers(live, loaded.writers)
        for writer in loaded.writers:
            live.replica.last_no[writer.w] = writer.last_no
        entries = self._extend_by_rows(live, loaded.batches)
        if live.replica.mark != row.head_mark:
            raise logs.BrokenLog(f"draft {live.id}: marks don't chain to the head")
        live.count_ops(entries)
        self._stretch(live, entries)
        if row.owner:
            live.owner = await self._people.load_user(live.workspace, row.owner)
        await self.take_alerts(live, alerts)

    async def _origin_mark(self, live: LiveDraft, generation: int) -> str:
        async with self._database.acquired() as connection:
            base_hash = await item_store.load_content_hash(
                connection, live.workspace, live.item.id, live.origin_version
            )
        return first_mark(live.id, generation, live.origin_version, base_hash)

    async def _take_writers(self, live: LiveDraft, rows: tuple[logs.WriterRow, ...]) -> None:
        infos = await self._people.load(live.workspace, {row.actor for row in rows})
        for row in rows:
            live.replica.join(Writer(row.w, row.actor, row.session, row.sid, row.run))
            live.writer_infos[row.w] = WriterInfo(w=row.w, actor=infos[row.actor], sid=row.sid, run=row.run)

    async def take_alerts(self, live: LiveDraft, rows: list[alert_store.AlertRow]) -> list[Alert]:
        """Take in open alerts as stored; gives those that were not known."""
        known = set(live.alerts)
        actors = {side["actor"] for row in rows for side in row.sides}
        infos = await self._people.load(live.workspace, actors)
        fresh = []
        for row in rows:
            if row.id not in known and row.generation == live.replica.generation:
                alert = alert_of(row, infos)
                live.take_alert(alert)
                fresh.append(alert)
        return fresh

    # ---- extending

    def _extend_by_rows(self, live: LiveDraft, rows: tuple[logs.BatchRow, ...]) -> list[Entry]:
        entries = []
        for row in rows:
            writer = live.replica.writers.get(row.w)
            if writer is None or next_mark(live.replica.mark, writer.sid, row.no, row.ops) != row.mark:
                raise logs.BrokenLog(f"draft {live.id}: the mark at seq {row.seq} does not follow")
            ops = decode_ops(row.ops)
            document, effects = live.replica.apply(ops, row.w)
            entry = entry_of(row, effects)
            live.replica.extend(entry, document)
            entries.append(entry)
        return entries

    def _stretch(self, live: LiveDraft, entries: list[Entry]) -> None:
        """Make what was read from Postgres deliverable."""
        for start in range(0, len(entries), STRETCH_BATCHES):
            part = entries[start : start + STRETCH_BATCHES]
            writers = [live.writer_infos[w] for w in sorted({entry.w for entry in part}) if w in live.writer_infos]
            payload = ops_payload(live.id, live.replica.generation, part, {}, writers)
            live.extended(Stretch(part[0].seq - 1, part[-1].seq, payload, text_frame(payload)))

    def committed(
        self,
        live: LiveDraft,
        mark_before: str,
        entries: list[Entry],
        alerts: dict[int, list[Alert | str]],
        joined: list[WriterInfo],
    ) -> None:
        """Tell the readers here and the other workers of a commit of ours; the replica has taken it in."""
        payload = ops_payload(live.id, live.replica.generation, entries, alerts, joined)
        stretch = Stretch(entries[0].seq - 1, entries[-1].seq, payload, text_frame(payload))
        live.extended(stretch)
        live.count_ops(entries)
        self.hear_early(live)
        header = BusHeader(
            live.replica.generation,
            stretch.from_,
            stretch.to,
            mark_before,
            entries[-1].mark,
            self._settings.worker_name,
        )
        self._bus.publish(_channel(live.id), pack(header, payload if len(payload) <= REDIS_MESSAGE_BYTES else b""))

    def _heard(self, workspace: str, draft: str, data: bytes) -> None:
        """Another worker's commit (or our own, come back)."""
        live = self._live.get((workspace, draft))
        if live is None:  # it is being loaded: what was missed shows by the next gap or poll
            self._spawn_catch_up_when_loaded(workspace, draft)
            return
        try:
            header, payload = unpack(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            log.warning("an unreadable message on the bus")
            return
        if header.generation == live.replica.generation and header.to <= live.replica.seq:
            return
        if header.generation != live.replica.generation or len(live.early) >= EARLY_MESSAGES:
            self.gap(live)
            return
        live.early[header.from_] = (header, payload)
        if not live.committing:  # else: whoever commits looks at them at the end
            self.hear_early(live)
            if live.early:
                self.gap(live)

    def hear_early(self, live: LiveDraft) -> bool:
        """Take in what has been heard and joins on now; True if the replica was extended."""
        replica = live.replica
        began = replica.seq
        while (found := live.early.pop(replica.seq, None)) is not None:
            header, payload = found
            try:
                if header.mark_before != replica.mark or not payload:
                    raise BrokenReplica("it does not join on, or holds its header only")
                self._extend_by_message(live, header, read_ops(payload), payload)
            except (msgspec.DecodeError, UnicodeDecodeError, BrokenReplica) as error:
                log.info("draft %s: a message of the bus was not taken: %s", live.id, error)
                self.gap(live)
                break
        for from_ in [from_ for from_ in live.early if from_ < replica.seq]:
            del live.early[from_]
        return replica.seq > began

    def _spawn_catch_up_when_loaded(self, workspace: str, draft: str) -> None:
        async def when_loaded() -> None:
            loading = self._loading.get((workspace, draft))
            if loading is not None:
                await loading.wait()
            live = self._live.get((workspace, draft))
            if live is not None:
                await self.catch_up(live)

        self._spawn(when_loaded())

    def _extend_by_message(self, live: LiveDraft, header: BusHeader, message: RawOps, payload: bytes) -> None:
        replica = live.replica
        for writer in message.writers:
            replica.join(Writer(writer.w, writer.actor.id, "", writer.sid, writer.run))
            live.writer_infos.setdefault(writer.w, writer)
            self._people.remember(live.workspace, writer.actor)
        # First everything is checked, then taken in: a message takes effect whole or not at all.
        mark, document, fresh = replica.mark, replica.document, []
        for seq, batch in enumerate(message.batches, header.from_ + 1):
            writer_row = replica.writers.get(batch.w)
            if writer_row is None:
                raise BrokenReplica(f"writer {batch.w} is not known")
            raw = bytes(batch.ops)
            mark = next_mark(mark, writer_row.sid, batch.no, raw)
            effects: list[Effect] = []
            for op in decode_ops(raw):
                applied = document.apply(op, batch.w)
                if applied.effect is None:
                    raise BrokenReplica(f"a committed op is lost at seq {seq}")
                document = applied.document
                effects.append(applied.effect)
            info = batch.info
            entry = Entry(
                seq=seq, w=batch.w, no=batch.no, mark=mark, ops=raw, effects=tuple(effects),
                kind=info.kind if info else "edit", at=(info.at if info and info.at else time.time()),
                cause=info.cause if info else None,
            )  # fmt: skip
            fresh.append((entry, document, batch.alerts))
        if mark != header.mark:
            raise BrokenReplica("the marks don't chain")
        for entry, after, alerts in fresh:
            replica.extend(entry, after)
            for alert in alerts:
                live.hear_alert(alert, entry)
        live.count_ops([entry for entry, _, _ in fresh])
        live.extended(Stretch(header.from_, header.to, payload, text_frame(payload)))

    # ---- catching up

    def gap(self, live: LiveDraft) -> None:
        """Something is missing: wait a moment for it, then read the log, once for all readers."""
        if not live.gap_open:
            live.gap_open = True
            self._spawn(self._close_gap(live))

    async def _close_gap(self, live: LiveDraft) -> None:
        try:
            await asyncio.sleep(self._settings.timings.gap_wait_s)
            await self.catch_up(live)
            self.hear_early(live)
        except Problem:
            pass  # Postgres is away: the poll comes again
        finally:
            live.gap_open = False

    async def catch_up(self, live: LiveDraft) -> None:
        """Read what the log has beyond the replica, and tell the readers. Raises `Problem` unavailable.

        While a commit is under way nothing is taken in: its own answer extends the replica.
        """
        async with self._database.acquired() as connection:
            await self._read_on(live, connection, committing=False)

    async def catch_up_committer(self, live: LiveDraft, connection: Connection | None = None) -> int | None:
        """The same for who holds ``live.committing``, between two of its statements; gives the `acl_rev` there."""
        if connection is not None:
            return await self._read_on(live, connection, committing=True)
        async with self._database.acquired() as own:
            return await self._read_on(live, own, committing=True)

    async def up_to_date(self, live: LiveDraft) -> None:
        """For answers that must not be older than what was committed when they were asked for."""
        while live.committing:
            await live.settled.wait()
        await self.catch_up(live)

    async def _read_on(self, live: LiveDraft, connection: Connection, *, committing: bool) -> int | None:
        async with live.reading:
            replica = live.replica
            after = replica.seq
            try:
                tail = await logs.read_tail(connection, live.workspace, live.id, replica.generation, after)
                if live.committing and not committing:
                    return None
                if tail is None:
                    if live.stands:
                        await self._reset(live, "rewound")
                    return None
                if tail.generation != replica.generation or tail.discarded:
                    await self._reset(live, "discarded" if tail.generation >= replica.generation else "rewound")
                    return None
                if replica.seq != after:
                    return tail.acl_rev  # a message came in meanwhile; whatever is still missing shows again
                behind = tail.head_seq < after or (after > 0 and tail.mark_there not in ("", replica.mark))
                if behind or (tail.head_seq == after and tail.head_mark != replica.mark):
                    await self._reset(live, "rewound")
                    return None
                if not live.stands:
                    live.begun()
                live.base_version = tail.base_version
                live.facts = msgspec.structs.replace(
                    live.facts, visibility=msgspec.convert(tail.visibility, Any), guests=tail.guests
                )
                if any(row.w not in replica.writers for row in tail.batches):
                    last_w = max(replica.writers, default=0)
                    known = await logs.read_writers(connection, live.workspace, live.id, 0 if last_w == 0 else last_w)
                    await self._take_writers(live, known)
                if replica.seq != after or (live.committing and not committing):
                    return tail.acl_rev
                entries = self._extend_by_rows(live, tail.batches)
            except (logs.BrokenLog, BrokenReplica) as error:
                log.error("draft %s: %s", live.id, error)
                await self._reset(live, "rewound")
                return None
            live.count_ops(entries)
            if entries:
                self._stretch(live, entries)
                rows = await alert_store.open_alerts(connection, live.workspace, live.id)
                for alert in await self.take_alerts(live, rows):
                    live.tell(text_frame(_encode(AlertMessage(live.id, alert))))
            return tail.acl_rev

    def fetch_alerts(self, live: LiveDraft) -> None:
        """Another worker opened an alert outside of the stream: read and tell."""

        async def fetch() -> None:
            try:
                async with self._database.acquired() as connection:
                    rows = await alert_store.open_alerts(connection, live.workspace, live.id)
                fresh = await self.take_alerts(live, rows)
            except Problem:
                return  # Postgres is away: who opens again sees it
            for alert in fresh:
                live.tell(text_frame(_encode(AlertMessage(live.id, alert))))

        self._spawn(fetch())

    async def refresh_facts(self, workspace: str) -> None:
        """Rights moved: read again what decisions about followed drafts look at. Raises `Problem` unavailable."""
        followed = [live for live in self if live.workspace == workspace]
        if not followed:
            return
        async with self._database.acquired() as connection:
            places = await item_store.load_places(connection, workspace, [live.item.id for live in followed])
            facts = await logs.read_facts(connection, workspace, [live.id for live in followed])
        by_item = {place.id: place for place in places}
        for live in followed:
            place = by_item.get(live.item.id)
            if place is not None:
                live.item = msgspec.structs.replace(live.item, path=place.path, creator=place.creator)
            live.facts = facts.get(live.id, live.facts)

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
        mark = mark or await self._origin_mark(live, replica.generation)
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
            return await self._origin_mark(live, live.replica.generation)
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
        document = Document.load(msgspec.json.decode(state.value), live.kind.document_shape)
        for w, ops in state.batches:
            for op in decode_ops(ops):
                document = document.apply(op, w).document
        return document

    async def _reset(self, live: LiveDraft, reason: str) -> None:
        """The history that readers hold is not the one in Postgres: they park and open again."""
        log.warning("draft %s: %s", live.id, reason)
        self.forget(live)
        message = Reset(live.id, "rewound" if reason == "rewound" else "discarded", live.replica.generation)
        live.tell(text_frame(_encode(message)))
        for following in list(live.followings):
            following.allowed = False
        live.followings.clear()
        for submission in live.take():
            submission.refused(Problem("rewound" if reason == "rewound" else "generation_changed"))

    def forget(self, live: LiveDraft) -> None:
        """Let go of a draft; whoever opens it next reads it anew."""
        if self._live.get((live.workspace, live.id)) is live:
            del self._live[(live.workspace, live.id)]
            self._bus.unsubscribe(_channel(live.id))

    def sweep(self, now: float) -> None:
        """Let go of drafts that nobody has followed for `IDLE_S`."""
        for live in self:
            if live.followings or live.waiting or live.committing:
                live.idle_since = None
            elif live.idle_since is None:
                live.idle_since = now
            elif now - live.idle_since > IDLE_S:
                self.forget(live)

    async def compare_heads(self) -> None:
        """Ask Postgres for the heads of everything followed; read on where they differ. Raises `Problem`."""
        followed = [live for live in self if live.stands and not live.committing]
        if not followed:
            return
        async with self._database.acquired() as connection:
            heads = await logs.read_heads(connection, [(live.workspace, live.id) for live in followed])
        for head in heads:
            live = self._live.get((head.workspace, head.draft))
            if live is None or live.committing:
                continue
            replica = live.replica
            ours = (replica.generation, replica.seq, replica.mark)
            if (head.generation, head.seq, head.mark) != ours and not (
                head.generation == replica.generation
                and head.seq < replica.seq
                and replica.mark_at(head.seq) == head.mark
            ):  # the second: a commit of ours was on its way when the head was read
                await self.catch_up(live)


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
        stash=row.stash,
        closed_at=row.closed_at,
    )  # fmt: skip


def _channel(draft: str) -> str:
    return f"d:{draft}"


def entry_of(row: logs.BatchRow, effects: tuple[Effect, ...]) -> Entry:
    """An entry of a stored batch."""
    return Entry(
        seq=row.seq, w=row.w, no=row.no, mark=row.mark, ops=row.ops, effects=effects,
        kind=msgspec.convert(row.kind, Any), at=row.at, key=row.key, cause=row.cause,
    )  # fmt: skip
