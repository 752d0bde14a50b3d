"""Presence without a connection: a session is at an item under a lease that it renews, through any worker.

Each renewal takes the next attempt of its session, so that of two workers which both know it the later one stands for
it; the earlier worker's lease then ends unseen. Whoever loses the right to see an item is no longer there within a
second, like a connection. A worker that dies takes its leases with it; their owners renew them elsewhere.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest.presence import Attend, Attending, Everywhere, Here
from draftwire.wire.messages import PresenceEntry
from draftwire_server.core.access.access import DraftFacts, Resource, expires_next
from draftwire_server.core.ids import ActorId, public_session_id
from draftwire_server.core.presence.presence import Mark, check_doing, without_caret
from draftwire_server.limits.contract import ATTENDING_PER_ACTOR
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.places import Places
from draftwire_server.services.access.rights import Rights
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.presence.connections import Connections
from draftwire_server.services.presence.presence import PresenceService
from draftwire_server.store.agents.runs import OVER, RunRow

SWEEP_S: Final = 0.25  # a lease ends at most so late


class _Lease:
    """One session at one item; the rights' `Holder`."""

    def __init__(self, owner: "Attendance", principal: Principal, mark: Mark, since: float) -> None:
        self.principal = principal
        self.mark = mark
        self.since = since
        self.ends_at = 0.0  # on the monotonic clock
        self.rights_end_at: float | None = None
        self._owner = owner

    def rights_changed(self) -> None:
        """Decide again whether it may be there."""
        place = self._owner.places.get(self.principal.workspace.id, self.mark.item)
        if place is None or not self.principal.may("see_item", place):
            self._owner.end(self)
        else:
            self.rights_end_at = expires_next(self.principal.access, (), time.time())

    def signed_out(self, _problem: Problem) -> None:
        """Its user may nothing any more."""
        self._owner.end(self)


class Attendance:
    """See the module."""

    def __init__(
        self, presence: PresenceService, connections: Connections, opening: Opening, places: Places, rights: Rights,
        run_of: Callable[[Principal, str | None], Awaitable[RunRow | None]],
    ) -> None:  # fmt: skip
        self.places = places
        self._run_of = run_of  # a run that one may name; raises `Problem` forbidden
        self._presence = presence
        self._connections = connections
        self._opening = opening
        self._rights = rights
        self._leases: dict[tuple[str, str, str], _Lease] = {}  # by workspace, sid and item

    async def run(self) -> None:
        """End leases that were not renewed, until cancelled."""
        while True:
            now = time.monotonic()
            for lease in [lease for lease in self._leases.values() if lease.ends_at <= now]:
                self.end(lease)
            await asyncio.sleep(SWEEP_S)

    async def attend(self, principal: Principal, session: str, item: str, wanted: Attend) -> Attending:
        """Begin or renew a lease. Raises `Problem` not_found, forbidden, session_is_live, too_many, …"""
        check_doing(wanted.doing, wanted.lines)
        place = await self._place(principal, item)
        sid = public_session_id(ActorId(principal.info.id), session)
        if self._connections.is_connected(principal.workspace.id, sid):
            raise Problem("session_is_live")
        facts = await self._facts(principal, wanted.draft, place)
        run = wanted.run or principal.access.run
        of_run = await self._run_of(principal, run)
        if of_run is not None and of_run.state in OVER:
            raise Problem("run_ended" if of_run.state == "ended" else "run_stopped")
        assert place.item is not None
        key = (principal.workspace.id, sid, place.item)
        attempt = await self._presence.next_attempt(principal.workspace.id, sid)
        lease = self._leases.get(key)
        since = time.time() if lease is None else lease.since
        mark = Mark(_entry(principal, (run, of_run), sid, since, wanted), place.item, attempt, facts)
        if lease is None:
            mine = (principal.workspace.id, principal.info.id)
            own = sum(
                (of.workspace.id, of.info.id) == mine for of in (held.principal for held in self._leases.values())
            )
            if own >= ATTENDING_PER_ACTOR:
                raise Problem("too_many")
            lease = self._leases[key] = _Lease(self, principal, mark, since)
            self._rights.add(lease)
        else:
            lease.mark, lease.principal = mark, principal
        lease.ends_at = time.monotonic() + wanted.lease_s
        lease.rights_changed()  # they may have moved while the draft was looked up
        if self._leases.get(key) is lease:
            await self._presence.enter(principal.workspace.id, place.item, mark)
        return Attending(sid, wanted.lease_s)

    async def leave(self, principal: Principal, session: str, item: str) -> None:
        """End a lease here, and on whichever worker else knows of it. Raises `Problem` not_found."""
        place = await self._place(principal, item)
        sid = public_session_id(ActorId(principal.info.id), session)
        assert place.item is not None
        lease = self._leases.get((principal.workspace.id, sid, place.item))
        if lease is not None:
            self.end(lease)
        await self._presence.withdraw(principal.workspace.id, place.item, sid)

    def end(self, lease: _Lease) -> None:
        """It is over: its readers are told, unless another worker goes on with it."""
        workspace = lease.principal.workspace.id
        key = (workspace, lease.mark.entry.sid, lease.mark.item)
        if self._leases.get(key) is lease:
            del self._leases[key]
            self._rights.remove(lease)
            self._presence.leave(workspace, lease.mark.item, lease.mark.entry.sid)

    async def here(self, principal: Principal, item: str) -> Here:
        """Who is at an item, as this reader may know it. Raises `Problem` not_found."""
        place = await self._place(principal, item)
        assert place.item is not None
        marks, unknown = await self._presence.snapshot(principal.workspace.id, place.item)
        return Here(place.item, _as_seen(principal, place, marks), unknown)

    async def at(
        self, principal: Principal, places: list[Resource]
    ) -> tuple[dict[str, tuple[PresenceEntry, ...]], bool]:
        """Who is at each of these items, which the reader may see, and whether others are unknown."""
        by_item = {place.item: place for place in places if place.item is not None}
        found, unknown = await self._presence.snapshots(principal.workspace.id, list(by_item))
        return {item: _as_seen(principal, by_item[item], marks) for item, marks in found.items()}, unknown

    async def everywhere(self, principal: Principal) -> Everywhere:
        """Who is where in the workspace, of the items that this reader may see."""
        workspace = principal.workspace.id
        found, unknown, truncated = await self._presence.everywhere(workspace)
        places = await self.places.load_many(workspace, list(found))
        items = []
        for item, marks in sorted(found.items()):
            place = places.get(item)
            if place is not None and marks and principal.may("see_item", place):
                items.append(Here(item, _as_seen(principal, place, marks)))
        return Everywhere(tuple(items), unknown, truncated)

    async def _place(self, principal: Principal, item: str) -> Resource:
        place = await self.places.load_for(principal, item)
        if not principal.may("see_item", place):
            raise Problem("not_found")
        return place

    async def _facts(self, principal: Principal, draft: str | None, place: Resource) -> DraftFacts | None:
        if draft is None:
            return None
        live = await self._opening.by_id(principal, draft, place.item or "")
        if live.item.id != place.item:
            raise Problem("not_found")
        return live.facts


def _entry(
    principal: Principal, of: tuple[str | None, RunRow | None], sid: str, since: float, wanted: Attend
) -> PresenceEntry:
    run, facts = of
    caret: dict[str, Any] = {}
    if wanted.draft is not None:
        names = ("draft", "at", "anchor", "head", "seq", "lines")
        caret = {name: getattr(wanted, name) for name in names}
    return PresenceEntry(
        sid=sid, actor=principal.info, state=wanted.state, since=since, run=run,
        label=wanted.label if facts is None else facts.label, model=(facts and facts.model) or principal.model,
        doing=wanted.doing, **caret,
    )  # fmt: skip


def _as_seen(principal: Principal, place: Resource, marks: list[Mark]) -> tuple[PresenceEntry, ...]:
    """Carets only in drafts that the reader may read."""
    return tuple(
        mark.entry
        if mark.facts is None or principal.may("read_draft", msgspec.structs.replace(place, draft=mark.facts))
        else without_caret(mark.entry)
        for mark in sorted(marks, key=lambda mark: (mark.entry.since, mark.entry.sid))
    )
