"""The worker's connections: which session is where, who is silent, who must come back later.

A session lives in one connection at a time: the highest attempt wins, the other closes with 4509, which is no leave.
Workers tell each other of claims by the bus; while Redis is away two may live for a while, and (session, no, key)
keeps that harmless.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import msgspec

from draftwire.errors import CloseCode
from draftwire.wire.messages import Bye, Ping
from draftwire_server.bus.bus import Bus
from draftwire_server.core.frames import text_frame
from draftwire_server.services.access.peer import Peer
from draftwire_server.settings import Settings

PING_SLICES = 8  # pings of one round are spread over so many moments, or more
LOOK_S = 0.5  # everybody is looked at so often: a bound is passed by no more than this

_encode = msgspec.json.Encoder().encode


class Claim(msgspec.Struct, frozen=True):
    """A worker tells that a session is connected to it."""

    sid: str
    attempt: int
    origin: str


_claim = msgspec.json.Decoder(Claim)


class Connections:
    """See the module."""

    def __init__(
        self,
        settings: Settings,
        bus: Bus,
        came: Callable[[tuple[str, str], Any, Any], None],
        left: Callable[[Any, bool], None],
    ) -> None:
        self._timings = settings.timings
        self._bus = bus
        self._came = (
            came  # a session is connected now: its workspace and sid, its connection, and the one that it replaces
        )
        self._left = left  # a session's connection is over, and whether it said so
        self._all: set[Peer] = set()
        self._by_sid: dict[tuple[str, str], Peer] = {}  # by workspace and sid: equal actors have equal sids in two
        self._actor_of: dict[Peer, tuple[str, str]] = {}  # by workspace and id
        self._actors: Counter[tuple[str, str]] = Counter()
        self._origin = f"{settings.worker_name}.{random.getrandbits(64):x}"
        self.draining = False

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Peer]:
        return iter(list(self._all))

    async def listen(self) -> None:
        """Hear of other workers' claims."""
        await self._bus.hear("sessions", self._heard)

    def add(self, peer: Peer) -> None:
        """A socket was accepted."""
        self._all.add(peer)

    def claim(self, peer: Peer, workspace: str, sid: str, attempt: int) -> bool:
        """A connection says that it is this session; False if one with a higher attempt is here already."""
        other = self._by_sid.get((workspace, sid))
        if other is not None and other is not peer:
            if other.attempt >= attempt:
                return False
            other.close(CloseCode.REPLACED, "a newer connection of this session took over")
        self._by_sid[(workspace, sid)] = peer
        self._came((workspace, sid), peer, other)
        self._bus.tell("sessions", workspace, _encode(Claim(sid, attempt, self._origin)))
        return True

    def of_actor(self, workspace: str, actor: str) -> int:
        """How many connections an actor has."""
        return self._actors[workspace, actor]

    def known(self, peer: Peer, workspace: str, actor: str) -> None:
        """A connection says whose it is, once."""
        assert peer not in self._actor_of
        self._actor_of[peer] = (workspace, actor)
        self._actors[workspace, actor] += 1

    def is_connected(self, workspace: str, sid: str) -> bool:
        """Whether a session has a connection to this worker."""
        return (workspace, sid) in self._by_sid

    def follows(self, workspace: str, sid: str, draft: str) -> bool:
        """Whether a session is connected to this worker and follows a draft."""
        peer = self._by_sid.get((workspace, sid))
        return peer is not None and peer.follows(draft)

    def lost(self, peer: Peer, *, clean: bool) -> None:
        """A connection is over."""
        self._all.discard(peer)
        actor = self._actor_of.pop(peer, None)
        if actor is not None:
            self._actors[actor] -= 1
            if not self._actors[actor]:
                del self._actors[actor]
        if not peer.ready:
            return
        key = (peer.principal.workspace.id, peer.sid)
        if self._by_sid.get(key) is peer:
            del self._by_sid[key]
            self._left(peer, clean)

    def _heard(self, workspace: str, data: bytes) -> None:
        try:
            claim = _claim.decode(data)
        except msgspec.DecodeError:
            return
        if claim.origin == self._origin:
            return
        peer = self._by_sid.get((workspace, claim.sid))
        if peer is not None and peer.attempt < claim.attempt:
            peer.close(CloseCode.REPLACED, "a newer connection of this session took over")

    async def run(self) -> None:
        """Ping everybody in turn, close who is silent, stuck or unknown for too long; until cancelled."""
        step_s = min(LOOK_S, self._timings.ping_s / PING_SLICES)
        slices = round(self._timings.ping_s / step_s)
        for number in count():
            now = time.monotonic()
            ping = text_frame(_encode(Ping(number // slices + 1)))
            for peer in list(self._all):
                if self._may_stay(peer, now) and peer.ready and hash(peer) % slices == number % slices:
                    peer.say(ping)
            await asyncio.sleep(step_s)

    def _may_stay(self, peer: Peer, now: float) -> bool:
        """Close a connection that may not; the deadline of a hello does not count while we work on it."""
        timings = self._timings
        if not peer.ready:
            if now - peer.opened_at > timings.auth_deadline_s and not peer.working:
                peer.close(CloseCode.NO_AUTH, "no hello in time")
                return False
        elif peer.silent_s > timings.silence_s:
            peer.close(CloseCode.SILENT, "no answer to pings")
            return False
        elif peer.stuck_s > timings.slow_reader_s:
            peer.close(CloseCode.SLOW, "too far behind in reading")
            return False
        elif peer.expired_s > timings.token_grace_s:
            peer.close(CloseCode.TOKEN_EXPIRED, "the token has expired; bring a new one")
            return False
        return True

    def say_bye(self) -> None:
        """The worker stops: everybody is told when to come back, spread over a while."""
        self.draining = True
        spread_ms = self._timings.drain_spread_s * 1000
        for number, peer in enumerate(list(self._all)):
            after_ms = int(100 + spread_ms * (number + random.random()) / max(len(self._all), 1))  # noqa: S311
            peer.say(text_frame(_encode(Bye(after_ms, "draining"))))

    def close_all(self) -> None:
        """End every connection with "come back"."""
        for peer in list(self._all):
            peer.close(CloseCode.DRAINING, "the worker stops")

    def check(self) -> None:
        """Assert what always holds between two steps. For tests: it looks at everything."""
        assert self._actors == Counter(self._actor_of.values()), "an actor has the connections that say so"
        assert self._actor_of.keys() <= self._all, "who is known is connected"
        assert set(self._by_sid.values()) <= self._all, "a session is in a connection that is not over"
        assert all(peer.sid in ("", sid) for (_, sid), peer in self._by_sid.items()), "a connection is of one session"
