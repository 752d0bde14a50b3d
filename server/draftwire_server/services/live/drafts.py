"""The drafts that this worker follows: loads them, keeps them contiguous, lets them go.

A draft is loaded once for all who open it: the bus subscription is confirmed first, then the log is read, so that
nothing falls in between. Afterwards only committed batches extend it: our own commits, other workers' stretches that
join on without a gap, and what is read from Postgres when they don't (`catch_up`).
"""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import msgspec

from draftwire.document.batch import Batch
from draftwire.errors import Problem
from draftwire.wire.messages import Alert, AlertMessage, Reset, WriterInfo
from draftwire_server.bus.bus import Bus
from draftwire_server.bus.names import Channel
from draftwire_server.core.access.access import DraftFacts
from draftwire_server.core.edits.replica import BrokenReplica, Entry, Writer, decode_ops
from draftwire_server.core.edits.stream import BusHeader, RawOps, Stretch, ops_payload, pack, read_ops, unpack
from draftwire_server.core.etag import next_mark
from draftwire_server.core.frames import text_frame
from draftwire_server.core.ids import ItemId, UserId, WorkspaceId, draft_id
from draftwire_server.limits.tuning import REDIS_MESSAGE_BYTES
from draftwire_server.services.access.names import People
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.live import LiveDraft
from draftwire_server.services.live.loading import History, play_rows
from draftwire_server.services.live.parts.commit_state import ResetReason
from draftwire_server.settings import Settings
from draftwire_server.store.items import items as item_store
from draftwire_server.store.live import alerts as alert_store
from draftwire_server.store.live import logs
from draftwire_server.store.postgres import Connection, Database

log = logging.getLogger(__name__)

IDLE_S = 60.0  # a draft that nobody follows is kept so long: reloads and reconnects find it warm
HEAVY_BATCH_BYTES = 8 * 1024  # a batch of hundreds of ops, each of which may take a millisecond
HEAVY_ROWS_BYTES = 16 * 1024  # of batches that are read; more are played in a thread
EARLY_MESSAGES = 256  # of one draft, that came before what they follow; then the log is read instead

NOBODYS = DraftFacts("own", None, "private")

_encode = msgspec.json.Encoder().encode


class Drafts:
    """See the module."""

    def __init__(
        self,
        settings: Settings,
        database: Database,
        bus: Bus,
        people: People,
        kinds: KindBook,
        spawn: Callable[..., Any],
        blind: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._database = database
        self._bus = bus
        self._people = people
        self._spawn = spawn
        self._kinds = kinds
        self.history = History(database, people, kinds, blind)
        self._live: dict[tuple[str, str], LiveDraft] = {}
        self._loading: dict[tuple[str, str], asyncio.Event] = {}

    def __iter__(self) -> Iterator[LiveDraft]:
        return iter(list(self._live.values()))

    def get(self, workspace: str, draft: str) -> LiveDraft | None:
        """The draft if it is loaded."""
        return self._live.get((workspace, draft))

    # ---- loading

    async def opened(self, workspace: str, draft: str) -> LiveDraft:
        """Load a draft that has a row, or give the loaded one. Raises `Problem` not_found or unavailable."""
        return await self._once(workspace, draft, lambda: self.history.load(workspace, draft, None, None))

    async def opened_of(self, workspace: str, item: item_store.ItemRow, purpose: str, owner: str | None) -> LiveDraft:
        """Load an item's shared draft or somebody's own one, also if nobody has begun it yet."""
        assert purpose in ("own", "shared")
        draft = draft_id(
            WorkspaceId(workspace),
            ItemId(item.id),
            "own" if purpose == "own" else "shared",
            UserId(owner or ""),
        )
        return await self._once(workspace, draft, lambda: self.history.load(workspace, draft, item, (purpose, owner)))

    async def _once(self, workspace: str, draft: str, load: Callable[[], Coroutine[Any, Any, LiveDraft]]) -> LiveDraft:
        key = (workspace, draft)
        while True:
            live = self._live.get(key)
            if live is not None:
                live.used()
                return live
            loading = self._loading.get(key)
            if loading is None:
                break
            await loading.wait()
        loading = asyncio.Event()
        self._loading[key] = loading
        try:
            # First the subscription, then the log: so nothing falls in between.
            await self._bus.subscribed(
                Channel(workspace, "draft", draft), lambda data: self._heard(workspace, draft, data)
            )
            live = await load()
            self._live[key] = live
            return live
        except logs.BrokenLog as error:
            log.error("%s", error)
            self._bus.unsubscribe(Channel(workspace, "draft", draft))
            raise Problem("internal", "The draft's log has a gap. Nothing was changed.") from error
        except BaseException:
            self._bus.unsubscribe(Channel(workspace, "draft", draft))
            raise
        finally:
            del self._loading[key]
            loading.set()  # those who wait look again

    # ---- extending

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
        live.followers.extended(stretch)
        live.state.count_ops(entries)
        self.hear_early(live)
        header = BusHeader(
            live.replica.generation,
            stretch.from_,
            stretch.to,
            mark_before,
            entries[-1].mark,
            self._settings.worker_name,
        )
        told = pack(header, payload if len(payload) <= REDIS_MESSAGE_BYTES else b"")
        self._bus.publish(Channel(live.workspace, "draft", live.id), told)

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
        of_another = header.generation != live.replica.generation
        if of_another or not live.commits.hear(header, payload, EARLY_MESSAGES):
            self.gap(live)
            return
        if not live.commits.under_way:  # else: whoever commits looks at them at the end
            self.hear_early(live)
            if live.commits.heard_early:
                self.gap(live)

    def hear_early(self, live: LiveDraft) -> bool:
        """Take in what has been heard and joins on now; True if the replica was extended."""
        replica = live.replica
        began = replica.seq
        while (found := live.commits.next_heard(replica.seq)) is not None:
            header, payload = found
            try:
                if header.mark_before != replica.mark or not payload:
                    raise BrokenReplica("it does not join on, or holds its header only")
                self._extend_by_message(live, header, read_ops(payload), payload)
            except (msgspec.DecodeError, UnicodeDecodeError, BrokenReplica) as error:
                log.info("draft %s: a message of the bus was not taken: %s", live.id, error)
                self.gap(live)
                break
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
            if writer.w not in live.writer_infos:
                live.state.take_writer(writer)
            self._people.remember(live.workspace, writer.actor)
        if any(len(bytes(batch.ops)) > HEAVY_BATCH_BYTES for batch in message.batches):
            raise BrokenReplica("it is read from the log, beside the event loop")
        # First everything is checked, then taken in: a message takes effect whole or not at all.
        mark, fresh = replica.mark, []
        playing = Batch(replica.document)
        for seq, batch in enumerate(message.batches, header.from_ + 1):
            writer_row = replica.writers.get(batch.w)
            if writer_row is None:
                raise BrokenReplica(f"writer {batch.w} is not known")
            raw = bytes(batch.ops)
            mark = next_mark(mark, writer_row.sid, batch.no, raw)
            effects = replica.effects(playing, decode_ops(raw), batch.w)
            info = batch.info
            entry = Entry(
                seq=seq, w=batch.w, no=batch.no, mark=mark, ops=raw, effects=effects,
                kind=info.kind if info else "edit", at=(info.at if info and info.at else time.time()),
                cause=info.cause if info else None,
            )  # fmt: skip
            fresh.append((entry, batch.alerts))
        if mark != header.mark:
            raise BrokenReplica("the marks don't chain")
        if not live.stands:  # begun through another worker: from now on it is a draft's text that is read here
            live.begun()
        after = playing.document()
        for entry, alerts in fresh:
            replica.extend(entry, after)
            for alert in alerts:
                live.state.hear_alert(alert, entry)
        live.state.count_ops([entry for entry, _ in fresh])
        live.followers.extended(Stretch(header.from_, header.to, payload, text_frame(payload)))

    # ---- catching up

    def gap(self, live: LiveDraft) -> None:
        """Something is missing: wait a moment for it, then read the log, once for all readers."""
        if live.commits.open_gap():
            self._spawn(self._close_gap(live))

    async def _close_gap(self, live: LiveDraft) -> None:
        try:
            await asyncio.sleep(self._settings.timings.gap_wait_s)
            await self.catch_up(live)
            self.hear_early(live)
        except Problem:
            pass  # Postgres is away: the poll comes again
        finally:
            live.commits.close_gap()

    async def catch_up(self, live: LiveDraft) -> None:
        """Read what the log has beyond the replica, and tell the readers. Raises `Problem` unavailable.

        While a commit is under way nothing is taken in: its own answer extends the replica.
        """
        await self._read_on(live, None, committing=False)

    async def catch_up_committer(self, live: LiveDraft, connection: Connection | None = None) -> int | None:
        """The same for who is at a commit, between two of its statements; gives the `acl_rev` there."""
        return await self._read_on(live, connection, committing=True)

    async def up_to_date(self, live: LiveDraft) -> None:
        """For answers that must not be older than what was committed when they were asked for. Raises `Problem`.

        Where one commit follows the other without a pause, one that began after the question answers it.
        """
        asked = time.monotonic()
        while live.commits.known_to < asked:
            if live.commits.under_way:
                await live.commits.settled()
            else:
                await self.catch_up(live)

    async def _read_on(self, live: LiveDraft, connection: Connection | None, *, committing: bool) -> int | None:
        async with live.commits.reading:  # first, and a connection for each statement: who waits here must hold none
            began = time.monotonic()
            acl_rev, all_known = await self._take_in(live, connection, committing=committing)
            if all_known:
                live.commits.known_since(began)
            return acl_rev

    async def _take_in(
        self, live: LiveDraft, connection: Connection | None, *, committing: bool
    ) -> tuple[int | None, bool]:
        """Extend the replica by the log; gives the `acl_rev` there, and whether nothing that was read is left out."""
        if live.commits.is_reset:
            return None, True  # the log that it is a copy of is no more
        replica = live.replica
        after = replica.seq
        try:
            async with self._database.lent(connection) as lent:
                tail = await logs.read_tail(lent, live.workspace, live.id, replica.generation, after)
            if live.commits.under_way and not committing:
                return None, False
            if tail is None:
                if live.stands:
                    await self._reset(live, "rewound")
                return None, True
            if tail.discarded and not live.stands and tail.generation == replica.generation - 1:
                return tail.acl_rev, True  # discarded, and the next one is not begun yet
            if tail.generation != replica.generation or tail.discarded:
                await self._reset(live, "discarded" if tail.generation >= replica.generation else "rewound")
                return None, True
            if replica.seq != after:
                return tail.acl_rev, replica.seq >= tail.head_seq  # a message came in meanwhile
            behind = tail.head_seq < after or (after > 0 and tail.mark_there not in ("", replica.mark))
            if behind or (tail.head_seq == after and tail.head_mark != replica.mark):
                await self._reset(live, "rewound")
                return None, True
            if not live.stands:
                if tail.shape_id not in (None, live.kind.shape_id):
                    await self._reset(live, "rewound")  # begun elsewhere while its kind was changed
                    return None, True
                live.begun()
            live.state.moved_onto(tail.base_version, tail.kept_version)
            visibility = msgspec.convert(tail.visibility, Any)
            live.state.take_facts(msgspec.structs.replace(live.facts, visibility=visibility, guests=tail.guests))
            if any(row.w not in replica.writers for row in tail.batches):
                last_w = max(replica.writers, default=0)
                async with self._database.lent(connection) as lent:
                    known = await logs.read_writers(lent, live.workspace, live.id, 0 if last_w == 0 else last_w)
                await self.history.take_writers(live, known, connection)
            if sum(len(row.ops) for row in tail.batches) > HEAVY_ROWS_BYTES:
                entries, document = await asyncio.to_thread(play_rows, replica.fork(), tail.batches)
            else:
                entries, document = play_rows(replica, tail.batches)
            if replica.seq != after or (live.commits.under_way and not committing):
                return tail.acl_rev, replica.seq >= tail.head_seq
            self.history.take_rows(live, entries, document)
        except (logs.BrokenLog, BrokenReplica) as error:
            log.error("draft %s: %s", live.id, error)
            await self._reset(live, "rewound")
            return None, True
        live.state.count_ops(entries)
        if entries:
            self.history.stretch(live, entries)
            async with self._database.lent(connection) as lent:
                rows = await alert_store.open_alerts(lent, live.workspace, live.id)
            for alert in await self.history.take_alerts(live, rows, connection):
                live.followers.tell(text_frame(_encode(AlertMessage(live.id, alert))))
        return tail.acl_rev, True

    async def begin_anew(self, live: LiveDraft, item: item_store.ItemRow) -> bool:
        """Let a draft that nobody has begun stand on the item's present head; its readers get that as a state.

        False if it was begun meanwhile. Raises `Problem` unavailable or not_found.
        """
        fresh = await self.history.load(live.workspace, live.id, item, (live.facts.purpose, live.facts.owner))
        if fresh.stands or live.stands or live.commits.under_way:
            return False
        if live.origin_version >= fresh.origin_version and live.replica.generation == fresh.replica.generation:
            return True
        live.begin_anew(fresh)
        return True

    def fetch_alerts(self, live: LiveDraft) -> None:
        """Another worker opened an alert outside of the stream: read and tell."""

        async def fetch() -> None:
            try:
                async with self._database.acquired() as connection:
                    rows = await alert_store.open_alerts(connection, live.workspace, live.id)
                fresh = await self.history.take_alerts(live, rows)
            except Problem:
                live.state.alerts_read(all_there=False)  # Postgres is away
                return
            live.state.alerts_read(all_there=True)
            for alert in fresh:
                live.followers.tell(text_frame(_encode(AlertMessage(live.id, alert))))

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
            if place is None:  # deleted: nobody holds anything of it, and who brings it back reads it anew
                live.state.take_item(deleted=True)
                self.forget(live)
                continue
            live.state.take_item(path=place.path, creator=place.creator, archived=place.archived)
            found = facts.get(live.id)
            if found is not None:
                live.state.take_facts(found)
            elif live.stands:  # its owner was erased: it is nobody's to see, and who follows it is told so
                live.state.take_facts(NOBODYS)
                self.forget(live)

    async def refresh_kinds(self, workspace: str) -> None:
        """Kinds may have changed: followed drafts take over everything but their shape, which their log needs."""
        kinds = self._kinds.of(workspace)
        for live in self:
            if live.workspace != workspace or live.item.kind not in kinds:
                continue
            kind = kinds.get(live.item.kind)
            if kind is live.of_kind:
                continue
            if live.stands or live.in_use:
                live.state.take_kind(kind)
            else:
                self.forget(live)  # nobody has begun it: who opens it next gets the kind as it is now

    async def _reset(self, live: LiveDraft, reason: ResetReason) -> None:
        """The history that readers hold is not the one in Postgres: they park and open again."""
        log.warning("draft %s: %s", live.id, reason)
        self.forget(live)
        live.followers.tell(text_frame(_encode(Reset(live.id, reason, live.replica.generation))))
        for submission in live.reset(reason):
            submission.refused(Problem("rewound" if reason == "rewound" else "generation_changed"))

    def forget(self, live: LiveDraft) -> None:
        """Let go of a draft; whoever opens it next reads it anew."""
        if self._live.get((live.workspace, live.id)) is live:
            del self._live[(live.workspace, live.id)]
            self._bus.unsubscribe(Channel(live.workspace, "draft", live.id))

    def sweep(self, now: float) -> None:
        """Let go of drafts that nobody has followed for `IDLE_S`."""
        for live in self:
            if live.unused_for(now) > IDLE_S:
                self.forget(live)

    async def compare_heads(self) -> None:
        """Ask Postgres for the heads of everything followed; read on where they differ. Raises `Problem`."""
        followed = [live for live in self if (live.stands or live.followers) and not live.commits.under_way]
        if not followed:
            return
        asked_at = {live: live.replica.seq for live in followed}
        async with self._database.acquired() as connection:
            heads = await logs.read_heads(connection, [(live.workspace, live.id) for live in followed])
        for head in heads:
            live = self._live.get((head.workspace, head.draft))
            if live is None or live.commits.under_way or live not in asked_at:
                continue
            replica = live.replica
            ours = (replica.generation, replica.seq, replica.mark)
            if not live.stands and head.generation != replica.generation:
                continue  # it was discarded; the next one is not begun yet
            here = (head.generation, head.seq, head.mark)
            ours_is_new = (  # it came in while the head was read; a head before what was asked with went back
                head.generation == replica.generation
                and asked_at[live] <= head.seq < replica.seq
                and replica.mark_at(head.seq) == head.mark
            )
            if head.discarded or (here != ours and not ours_is_new):
                await self.catch_up(live)
