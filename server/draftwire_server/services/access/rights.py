"""Rights in motion: notices that a workspace's `acl_rev` moved, and decides again for everybody who is connected.

Workers hear of changes by the bus and ask Postgres in every poll. A worker that could not ask for `rights_blind_s`
must deliver nothing until it has: `blind` says so, and whoever delivers looks at it.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from draftwire.errors import Problem
from draftwire_server.services.access.identity import Identity, Principal
from draftwire_server.settings import Settings
from draftwire_server.store.events import clock
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)


DECIDES_AGAIN_S: Final = 0.5  # an answer that took longer may be older than the rights are; so long a poll takes too


class Holder(Protocol):
    """A connection that acts on rights."""

    principal: Principal
    rights_end_at: float | None  # Unix time at which the next of its grants or invitations runs out

    def rights_changed(self) -> None:
        """Its principal was brought up to date: decide again about everything that is open."""

    def signed_out(self, problem: Problem) -> None:
        """Its user may no longer connect."""


class Rights:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, identity: Identity) -> None:
        self._settings = settings
        self._database = database
        self._identity = identity
        self._holders: dict[str, set[Holder]] = {}
        self._acl_rev: dict[str, int] = {}
        self._lock = asyncio.Lock()
        self._asked_at = time.monotonic()
        self._blind_told = False
        self.on_change: list[Callable[[str], Any]] = []  # awaited with the workspace, before holders decide again
        self.on_sight: list[Callable[[], None]] = []  # called when the worker sees again

    @property
    def blind(self) -> bool:
        """Whether rights could not be asked for too long: nothing may be delivered."""
        return time.monotonic() - self._asked_at > self._settings.timings.rights_blind_s

    @property
    def workspaces(self) -> list[str]:
        """The workspaces that somebody here is connected to."""
        return list(self._holders)

    async def meet(self, principal: Principal) -> None:
        """Somebody was let in: what is cached here and what they may do become of one age. Raises `Problem`."""
        workspace = principal.workspace.id
        await self._take_in(clock.Clock(workspace, principal.acl_rev, 0), self._is_reached)
        if self._acl_rev[workspace] > principal.acl_rev:
            await self._identity.reload(principal)

    def add(self, holder: Holder) -> None:
        """Watch over a connection's rights from now on; its principal was met."""
        self._holders.setdefault(holder.principal.workspace.id, set()).add(holder)

    def remove(self, holder: Holder) -> None:
        """The connection is over."""
        workspace = holder.principal.workspace.id
        holders = self._holders.get(workspace)
        if holders is not None:
            holders.discard(holder)
            if not holders:
                del self._holders[workspace]

    async def check(self, workspace: str, principals: Iterable[Principal] = ()) -> None:
        """Ask for one workspace now, and bring these up to date, whether or not they are connected.

        Raises:
            Problem: unavailable.
        """
        async with self._database.acquired() as connection:
            clocks = await clock.read_clocks(connection, [workspace])
        for found in clocks:
            await self.noticed(found)
            for principal in principals:
                if principal.acl_rev < found.acl_rev:
                    await self._bring_up(principal, found.acl_rev)

    async def moved(self, principal: Principal) -> bool:
        """Bring up to date who has waited; whether anything moved since they were let in, or were asked about last.

        Raises:
            Problem: unavailable, and whatever tells that they, their token or key no longer count.
        """
        async with self._database.acquired() as connection:
            clocks = await clock.read_clocks(connection, [principal.workspace.id])
        for found in clocks:
            await self.noticed(found)
            if found.acl_rev != principal.acl_rev:
                await self._identity.reload(principal)
                return True
        return False

    def asked(self) -> None:
        """Postgres has just answered what the rights are."""
        was_blind = self.blind
        self._asked_at = time.monotonic()
        if was_blind:
            for call in self.on_sight:
                call()

    def run_out(self, now: float) -> None:
        """Decide again for those of whose grants or invitations one has just run out; ``now`` is Unix time."""
        for holders in list(self._holders.values()):
            for holder in list(holders):
                if holder.rights_end_at is not None and holder.rights_end_at <= now:
                    holder.rights_changed()

    async def noticed(self, found: clock.Clock) -> None:
        """Take in a workspace's counters as just read; decide again where they moved. Raises `Problem` unavailable."""
        await self._take_in(found, self._is_known)

    async def _take_in(self, found: clock.Clock, is_known: Callable[[clock.Clock], bool]) -> None:
        """Bring everybody up to a revision, unless that is known to be done.

        That is asked again behind the lock: of a thousand who come at once the first brings all up.
        """
        if is_known(found):
            return
        async with self._lock:
            if is_known(found):
                return
            for call in self.on_change:
                await call(found.workspace)
            behind = self._behind(found)
            for principal, problem in await self._identity.reload_many([h.principal for h in behind]):
                principal.may_nothing(found.acl_rev)
                for holder in [h for h in behind if h.principal is principal]:
                    holder.signed_out(problem)
            self._acl_rev[found.workspace] = found.acl_rev
            for holder in list(self._holders.get(found.workspace, ())):
                holder.rights_changed()

    def _behind(self, found: clock.Clock) -> list[Holder]:
        """The connections whose rights are of another revision."""
        return [h for h in self._holders.get(found.workspace, ()) if h.principal.acl_rev != found.acl_rev]

    def _is_known(self, found: clock.Clock) -> bool:
        """Whether exactly this revision is known: after a restore of the database it may be a lower one."""
        return self._acl_rev.get(found.workspace) == found.acl_rev and not self._behind(found)

    def _is_reached(self, found: clock.Clock) -> bool:
        """Whether this revision or a later one is known: two who come in may have read one after the other."""
        return self._acl_rev.get(found.workspace, -1) >= found.acl_rev

    async def _bring_up(self, principal: Principal, acl_rev: int) -> Problem | None:
        """Load what somebody may do now; who was removed may nothing, and is told why. Raises `Problem` unavailable."""
        if principal.is_server:
            principal.may_nothing(acl_rev)
            return None
        try:
            await self._identity.reload(principal)
        except Problem as problem:
            if problem.code == "unavailable":
                raise
            principal.may_nothing(acl_rev)
            return problem
        return None
