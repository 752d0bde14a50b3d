"""Presence of this worker's sessions, and the rosters of the items that its readers look at.

Redis holds one hash per item (field: worker and sid) and one counter per worker, its lease; pub/sub carries changes.
Losing all of it loses nothing: own entries are written again, and nobody is declared gone for one lease. Cut off from
Redis, readers are told that others are unknown. The hash is written by one task, what changed last standing for what
changed before: two writes at once could arrive the other way round, and one that failed has to be made up for. Others
are told when it is written: who begins to listen after that finds it there. What was told lately is told again after a
gap: the connection on which it went may have been dead already, as after a worker's freeze.
"""

import asyncio
import contextlib
import logging
import math
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import redis.asyncio as redis

from draftwire.wire.messages import Presence, PresenceEntry
from draftwire_server.bus.bus import Bus
from draftwire_server.bus.link import REDIS_DOWN
from draftwire_server.bus.names import Channel, Names
from draftwire_server.core.frames import text_frame
from draftwire_server.core.presence.presence import Leases, Mark, Notice, Roster, without_caret
from draftwire_server.limits.pages import PRESENT_ITEMS
from draftwire_server.services.access.peer import Peer
from draftwire_server.settings import Settings

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode
_notice = msgspec.json.Decoder(Notice)
_mark = msgspec.json.Decoder(Mark)

TOLD_AGAIN_PROBES = 4  # a dead connection is noticed within two probes; what was told in twice that is told again
FIRST_LOOK_S = 0.3  # Redis answers in a millisecond; who begins to look waits no longer for one that is silent
KEPT_S = 3600  # what is in Redis outlives its worker's lease by so much; it is refreshed long before
UNKEPT = 50_000  # changes that wait for Redis; beyond that the oldest go: of those who left, this worker's lease tells
EVERY_WORKER = "*"  # in a notice: whichever worker told of the session


class ItemRoom(msgspec.Struct):
    """One item that somebody here looks at or is present on."""

    workspace: str
    item: str
    roster: Roster
    watchers: set[Any]
    stale: set[Any]  # watchers that missed a change and need everything
    own: dict[str, Mark]  # this worker's sessions
    armed: bool = False
    known: Any = msgspec.field(default_factory=asyncio.Event)  # set when Redis was asked for the first time
    reading: int = 0  # of the hash, how many are under way
    heard: list[Notice] = []  # meanwhile: a notice may be ahead of what is read, and counts after it


class PresenceService:
    """See the module."""

    def __init__(self, settings: Settings, names: Names, bus: Bus, spawn: Callable[..., Any]) -> None:
        self._timings = settings.timings
        self._worker = f"{settings.worker_name}-{secrets.token_hex(4)}"  # a restarted worker is another one
        self._names = names
        self._bus = bus
        self._spawn = spawn
        self._rooms: dict[tuple[str, str], ItemRoom] = {}  # by workspace and item
        self._leases = Leases(settings.timings.presence_lease_s)
        self._counter = 0
        self._redis: redis.Redis | None = None
        if settings.redis_url is not None:
            timeout_s = settings.timings.connect_timeout_s
            self._redis = redis.Redis.from_url(
                settings.redis_url, socket_timeout=timeout_s, socket_connect_timeout=timeout_s
            )
        self._connected = False
        self._attempts = 0  # of sessions without a connection, where there is no Redis to count them
        self._kept_at = time.monotonic()
        self._unkept: dict[tuple[str, str, str], Mark | None] = {}  # by workspace, item and sid; None: gone
        self._changed = asyncio.Event()
        self._told: dict[tuple[str, str, str], tuple[float, Mark | None]] = {}  # as `_unkept`, with the time

    # ---- sessions of this worker

    async def enter(self, workspace: str, item: str, mark: Mark) -> None:
        """A session is at an item now, or something about it changed."""
        room = self._room(workspace, item)
        room.own[mark.entry.sid] = mark
        self._announce(room, Notice(self._worker, here=(mark,)))

    def leave(self, workspace: str, item: str, sid: str) -> None:
        """A session left an item."""
        room = self._rooms.get((workspace, item))
        if room is None or room.own.pop(sid, None) is None:
            return
        self._announce(room, Notice(self._worker, gone=(sid,)))
        self._let_go(room)

    def _announce(self, room: ItemRoom, notice: Notice) -> None:
        self._hear(room, notice)
        self._keep(room, notice)

    def _keep(self, room: ItemRoom, notice: Notice) -> None:
        """Have the hash written, and then the other workers told."""
        if self._redis is None:
            return
        for mark in notice.here:
            self._unkept[(room.workspace, room.item, mark.entry.sid)] = mark
        for sid in notice.gone:
            self._unkept[(room.workspace, room.item, sid)] = None
        while len(self._unkept) > UNKEPT:
            del self._unkept[next(iter(self._unkept))]
        self._changed.set()

    async def _keep_on(self) -> None:
        """Write what changed into the hashes and tell it, until cancelled; what Redis did not take is tried again."""
        while True:
            await self._changed.wait()
            self._changed.clear()
            while self._unkept:
                waiting, self._unkept = self._unkept, {}
                try:
                    await self._write(waiting)
                except REDIS_DOWN:
                    self._unkept = waiting | self._unkept
                    await asyncio.sleep(self._timings.presence_renew_s)
                else:
                    self._tell(waiting)

    def _tell(self, changes: dict[tuple[str, str, str], Mark | None]) -> None:
        """Tell the other workers, and remember it for as long as it may have gone to a dead connection."""
        now = time.monotonic()
        at = now if self._bus.up else math.inf  # nobody hears it now: it waits for the reconnect
        for key, mark in changes.items():
            self._told.pop(key, None)
            self._told[key] = (at, mark)  # at the end: the oldest come first
        over = now - TOLD_AGAIN_PROBES * self._timings.redis_probe_s
        while self._told and (oldest := next(iter(self._told))) and self._told[oldest][0] < over:
            del self._told[oldest]
        self._publish(changes)

    def _tell_again(self) -> None:
        """There was a gap: what was told on its eve may have been heard by nobody."""
        self._tell({key: mark for key, (_, mark) in self._told.items()})

    def _publish(self, changes: dict[tuple[str, str, str], Mark | None]) -> None:
        by_item: dict[tuple[str, str], tuple[list[Mark], list[str]]] = {}
        for (workspace, item, sid), mark in changes.items():
            here, gone = by_item.setdefault((workspace, item), ([], []))
            if mark is not None:
                here.append(mark)
            else:
                gone.append(sid)
        for (workspace, item), (here, gone) in by_item.items():
            notice = Notice(self._worker, here=tuple(here), gone=tuple(gone))
            self._bus.publish(Channel(workspace, "item", item), _encode(notice))

    async def _write(self, changes: dict[tuple[str, str, str], Mark | None]) -> None:
        assert self._redis is not None
        async with self._redis.pipeline(transaction=False) as pipe:
            for (workspace, item, sid), mark in changes.items():
                field = f"{self._worker}|{sid}"
                if mark is not None:
                    pipe.hset(self._at_item(workspace, item), field, _encode(mark))
                else:
                    pipe.hdel(self._at_item(workspace, item), field)
            for workspace, item in {(workspace, item) for workspace, item, _ in changes}:
                pipe.expire(self._at_item(workspace, item), KEPT_S)
            for workspace, item in {(workspace, item) for (workspace, item, _), mark in changes.items() if mark}:
                pipe.zadd(self._names.of(workspace, "present"), {item: time.time()})
                pipe.expire(self._names.of(workspace, "present"), KEPT_S)
            await pipe.execute()

    def _at_item(self, workspace: str, item: str) -> str:
        return self._names.of(workspace, "item", item)

    def _lease(self, worker: str) -> str:
        return self._names.of_worker("lease", worker)

    async def is_elsewhere(self, workspace: str, item: str, sid: str, draft: str) -> bool:
        """Whether a session is in this draft on another worker that is alive; False while Redis is away."""
        if self._redis is None or not self._bus.up:
            return False
        try:
            async for field, value in self._redis.hscan_iter(self._at_item(workspace, item), match=f"*|{sid}"):
                worker = _text(field).rpartition("|")[0]
                if worker != self._worker and await self._redis.exists(self._lease(worker)):
                    return _mark.decode(value).entry.draft == draft
        except (*REDIS_DOWN, msgspec.DecodeError, UnicodeDecodeError):
            return False
        return False

    # ---- asked for once

    async def next_attempt(self, workspace: str, sid: str) -> int:
        """Number a renewal of a session without a connection, over all workers."""
        self._attempts += 1
        if self._redis is None or not self._names.known:
            return self._attempts
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.incr(self._names.of(workspace, "attempt", sid))
                pipe.expire(self._names.of(workspace, "attempt", sid), KEPT_S)
                return int((await pipe.execute())[0])
        except REDIS_DOWN:
            return self._attempts

    async def withdraw(self, workspace: str, item: str, sid: str) -> None:
        """A session without a connection left: forget it whichever worker it was known through."""
        if self._redis is None or not self._bus.up:
            return
        try:
            key = self._at_item(workspace, item)
            async for field, _ in self._redis.hscan_iter(key, match=f"*|{sid}"):
                await self._redis.hdel(key, _text(field))
        except REDIS_DOWN:
            pass  # its lease ends by itself
        self._bus.publish(Channel(workspace, "item", item), _encode(Notice(EVERY_WORKER, gone=(sid,))))

    async def snapshot(self, workspace: str, item: str) -> tuple[list[Mark], bool]:
        """Who is at an item, and whether others are unknown."""
        found, unknown = await self.snapshots(workspace, [item])
        return found.get(item, []), unknown

    async def everywhere(self, workspace: str) -> tuple[dict[str, list[Mark]], bool, bool]:
        """Who is where in a workspace, whether others are unknown, and whether there are more items."""
        items = [item for (owner, item), room in self._rooms.items() if owner == workspace and room.own]
        listed = self._redis is None
        if self._redis is not None and self._bus.up:
            try:
                names: list[Any] = await self._redis.zrevrange(self._names.of(workspace, "present"), 0, PRESENT_ITEMS)
                named = [_text(name) for name in names]
                items = list(dict.fromkeys([*items, *named]))
                listed = True
            except REDIS_DOWN:
                pass
        if listed and not items:
            return {}, False, False
        found, unknown = await self.snapshots(workspace, items[:PRESENT_ITEMS])
        return found, unknown or not listed, len(items) > PRESENT_ITEMS

    async def snapshots(self, workspace: str, items: list[str]) -> tuple[dict[str, list[Mark]], bool]:
        """Who is at each of these items: our own from memory, of others those whose worker is alive."""
        rosters = {item: Roster() for item in items}
        for item, roster in rosters.items():
            room = self._rooms.get((workspace, item))
            if room is not None:
                roster.hear(Notice(self._worker, tuple(room.own.values())))
        unknown = self._redis is not None
        if self._redis is not None and self._bus.up and items:
            try:
                async with self._redis.pipeline(transaction=False) as pipe:
                    for item in items:
                        pipe.hgetall(self._at_item(workspace, item))
                    others = dict(zip(items, map(_by_worker, await pipe.execute()), strict=True))
                workers = sorted({worker for marks in others.values() for worker in marks} - {self._worker})
                keys = [self._lease(worker) for worker in workers]
                leases = await self._redis.mget(keys) if keys else []
                alive = {worker for worker, lease in zip(workers, leases, strict=True) if lease is not None}
                for item, marks in others.items():
                    for worker in marks.keys() & alive:
                        rosters[item].hear(Notice(worker, tuple(marks[worker])))
                unknown = False
            except REDIS_DOWN:
                pass
        return {item: roster.view() for item, roster in rosters.items()}, unknown

    # ---- watchers

    async def watch(self, workspace: str, item: str, watcher: Peer) -> None:
        """Show an item's presence to a connection: everything now, changes from then on."""
        room = self._room(workspace, item)
        first = not room.watchers
        room.watchers.add(watcher)
        if first:
            room.known = asyncio.Event()
            self._spawn(self._begin_to_look(room, room.known))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FIRST_LOOK_S):
                await room.known.wait()
        self._send_all(room, watcher)

    async def _begin_to_look(self, room: ItemRoom, known: asyncio.Event) -> None:
        """Subscribe, then read; who came meanwhile and was told that others are unknown is told who they are."""
        if not room.watchers:
            return
        began = time.monotonic()
        channel = Channel(room.workspace, "item", room.item)
        await self._bus.subscribed(channel, lambda data: self._heard(room, data))
        if not room.watchers:
            self._bus.unsubscribe(channel)
            return
        await self._read(room, by_all=True)
        known.set()
        if time.monotonic() - began > FIRST_LOOK_S:
            for watcher in list(room.watchers):
                self._send_all(room, watcher)

    def unwatch(self, workspace: str, item: str, watcher: Peer) -> None:
        """Stop showing it."""
        room = self._rooms.get((workspace, item))
        if room is not None:
            room.watchers.discard(watcher)
            room.stale.discard(watcher)
            self._let_go(room)

    def again(self, workspace: str, item: str, watcher: Peer) -> None:
        """Send everything once more: the socket takes data again, or its rights changed."""
        room = self._rooms.get((workspace, item))
        if room is not None and watcher in room.watchers:
            room.stale.discard(watcher)
            self._send_all(room, watcher)

    def _room(self, workspace: str, item: str) -> ItemRoom:
        key = (workspace, item)
        room = self._rooms.get(key)
        if room is None:
            room = self._rooms[key] = ItemRoom(workspace, item, Roster(), set(), set(), {})
        return room

    def _let_go(self, room: ItemRoom) -> None:
        if not room.watchers:
            self._bus.unsubscribe(Channel(room.workspace, "item", room.item))
            if not room.own:
                self._rooms.pop((room.workspace, room.item), None)

    async def after_gap(self) -> None:
        """Changes may have been missed: read everything again.

        A worker of which nothing is written may have lost it by a flush, and writes it again with its next renewal:
        only after that is it taken for one that has nobody there.
        """
        self._tell_again()
        await self._read_all(by_all=False)
        await asyncio.sleep(1.5 * self._timings.presence_renew_s)
        await self._read_all(by_all=True)

    async def _read_all(self, *, by_all: bool) -> None:
        for room in list(self._rooms.values()):
            if room.watchers:
                await self._read(room, by_all=by_all)

    async def _read(self, room: ItemRoom, *, by_all: bool) -> None:
        """Take what Redis holds of an item; ``by_all``: whoever has written nothing has nobody there."""
        if self._redis is None or not self._names.known:
            return
        if not room.reading:
            room.heard.clear()
        room.reading += 1
        try:
            by_worker = _by_worker(await self._redis.hgetall(self._at_item(room.workspace, room.item)))
        except REDIS_DOWN:
            return
        finally:
            room.reading -= 1
        now = time.monotonic()
        for worker, marks in by_worker.items():
            if worker != self._worker:
                self._leases.hear(worker, None, now)
                room.roster.replace_worker(worker, marks)
        for worker in room.roster.workers() - set(by_worker) - {self._worker} if by_all else ():
            room.roster.drop_worker(worker)
        for notice in room.heard:
            room.roster.hear(notice)
        self._arm(room)

    def _heard(self, room: ItemRoom, data: bytes) -> None:
        try:
            notice = _notice.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return
        if notice.worker == EVERY_WORKER:
            for worker in room.roster.workers():
                self._hear(room, msgspec.structs.replace(notice, worker=worker))
        elif notice.worker != self._worker:
            self._leases.hear(notice.worker, None, time.monotonic())
            if room.reading:
                room.heard.append(notice)
            self._hear(room, notice)

    def _hear(self, room: ItemRoom, notice: Notice) -> None:
        room.roster.hear(notice)
        self._arm(room)

    def _arm(self, room: ItemRoom) -> None:
        if room.watchers and room.roster.changed and not room.armed:
            room.armed = True
            asyncio.get_running_loop().call_later(self._timings.presence_batch_s, self._flush, room)

    def _flush(self, room: ItemRoom) -> None:
        """Tell the watchers what changed; encoded once per set of hidden carets."""
        room.armed = False
        here, gone = room.roster.changes()
        if not here and not gone:
            return
        built: dict[frozenset[str], bytes] = {}
        for watcher in room.watchers:
            if watcher.behind:
                room.stale.add(watcher)
                continue
            hidden = _hidden(watcher, here)
            if hidden not in built:
                built[hidden] = _frame(Presence(room.item, _entries(here, hidden), tuple(gone)))
            watcher.write(built[hidden], f"item:{room.item}")

    def _send_all(self, room: ItemRoom, watcher: Peer) -> None:
        self._flush(
            room
        )  # changes count from what was told: who came and goes before the next flush would stay for ever
        if watcher.behind:
            room.stale.add(watcher)
            return
        marks = room.roster.view()
        unknown = self._redis is not None and not (self._bus.up and room.known.is_set())
        message = Presence(room.item, _entries(marks, _hidden(watcher, marks)), full=True, unknown=unknown)
        watcher.write(_frame(message), f"item:{room.item}")

    # ---- leases

    async def run(self) -> None:
        """Keep what is ours, renew the lease and judge others' until cancelled."""
        await self._names.wait()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._keep_on())
            while True:
                await self._beat()
                await asyncio.sleep(self._timings.presence_renew_s)

    async def close(self) -> None:
        """Withdraw the lease: the end is announced, nobody has to wait for it."""
        if self._redis is None:
            return
        try:
            async with asyncio.timeout(1.0):
                if self._names.known:
                    await self._redis.delete(self._lease(self._worker))
        except REDIS_DOWN:
            pass
        await self._redis.aclose()

    async def _beat(self) -> None:
        if self._redis is None:
            return
        others = sorted({worker for room in self._rooms.values() for worker in room.roster.workers()} - {self._worker})
        expire_ms = int(self._timings.presence_lease_s * 1000)
        try:
            async with self._redis.pipeline(transaction=False) as pipe:
                pipe.incr(self._lease(self._worker))
                pipe.pexpire(self._lease(self._worker), expire_ms)
                if others:
                    pipe.mget([self._lease(worker) for worker in others])
                answer = await pipe.execute()
        except REDIS_DOWN:
            self._cut_off()
            return
        now = time.monotonic()
        if not self._connected or answer[0] != self._counter + 1:
            await self._remember(now)
        elif now - self._kept_at > KEPT_S / 6:
            await self._refresh(now)
        self._counter = answer[0]
        for worker, counter in zip(others, answer[2] if others else (), strict=True):
            self._leases.hear(worker, None if counter is None else int(counter), now)
        for worker in self._leases.dead(now):
            for room in self._rooms.values():
                if room.roster.drop_worker(worker):
                    self._arm(room)
                    self._spawn(self._erase(room, worker))

    async def _erase(self, room: ItemRoom, worker: str) -> None:
        """Clear away what a dead worker wrote, unless it has come to life."""
        assert self._redis is not None
        try:
            if await self._redis.exists(self._lease(worker)):
                return
            key = self._at_item(room.workspace, room.item)
            fields = [_text(field) for field in await self._redis.hkeys(key)]
            dead = [field for field in fields if field.startswith(f"{worker}|")]
            if dead:
                await self._redis.hdel(key, *dead)
        except REDIS_DOWN:
            pass

    async def _refresh(self, now: float) -> None:
        """Write again who has been at an item for so long without a change that Redis would forget them."""
        self._kept_at = now
        for room in list(self._rooms.values()):
            if room.own:
                self._keep(room, Notice(self._worker, here=tuple(room.own.values())))

    def _cut_off(self) -> None:
        if self._connected:
            self._connected = False
            for room in self._rooms.values():
                for watcher in room.watchers:
                    self._send_all(room, watcher)

    async def _remember(self, now: float) -> None:
        """Redis is back, or lost its memory: write what is ours again, read the rest, declare nobody gone yet."""
        self._connected = True
        self._leases.forgive(now)
        for room in list(self._rooms.values()):
            if room.own:
                self._keep(room, Notice(self._worker, here=tuple(room.own.values())))
            for watcher in room.watchers:
                self._send_all(room, watcher)


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else name


def _by_worker(fields: Mapping[Any, Any]) -> dict[str, list[Mark]]:
    found: dict[str, list[Mark]] = {}
    for field, value in fields.items():
        try:
            found.setdefault(_text(field).partition("|")[0], []).append(_mark.decode(value))
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue  # of another release
    return found


def _hidden(watcher: Peer, marks: list[Mark]) -> frozenset[str]:
    return frozenset(
        mark.entry.sid for mark in marks if mark.entry.draft is not None and not watcher.may_see_caret(mark)
    )


def _entries(marks: list[Mark], hidden: frozenset[str]) -> tuple[PresenceEntry, ...]:
    return tuple(without_caret(mark.entry) if mark.entry.sid in hidden else mark.entry for mark in marks)


def _frame(message: Presence) -> bytes:
    return text_frame(_encode(message))
