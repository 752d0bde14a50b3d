"""Rights in motion: notices that a workspace's `acl_rev` moved, and decides again for everybody who is connected.

Workers hear of changes by the bus and ask Postgres in every poll. A worker that could not ask for `rights_blind_s`
must deliver nothing until it has: `blind` says so, and whoever delivers looks at it.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from draftwire.errors import Problem
from draftwire_server.services.identity import Identity, Principal
from draftwire_server.settings import Settings
from draftwire_server.store import clock
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)


class Holder(Protocol):
    """A connection that acts on rights."""

    principal: Principal

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

    def add(self, holder: Holder) -> None:
        """Watch over a connection's rights from now on."""
        workspace = holder.principal.workspace.id
        self._holders.setdefault(workspace, set()).add(holder)
        self._acl_rev.setdefault(workspace, holder.principal.acl_rev)

    def remove(self, holder: Holder) -> None:
        """The connection is over."""
        workspace = holder.principal.workspace.id
        holders = self._holders.get(workspace)
        if holders is not None:
            holders.discard(holder)
            if not holders:
                del self._holders[workspace]
                self._acl_rev.pop(workspace, None)

    async def check(self, workspace: str) -> None:
        """Ask for one workspace now. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            clocks = await clock.read_clocks(connection, [workspace])
        for found in clocks:
            await self.noticed(found)

    def asked(self) -> None:
        """Postgres has just answered what the rights are."""
        was_blind = self.blind
        self._asked_at = time.monotonic()
        if was_blind:
            for call in self.on_sight:
                call()

    async def noticed(self, found: clock.Clock) -> None:
        """Take in a workspace's counters; decide again where rights moved. Raises `Problem` unavailable."""
        behind = [h for h in self._holders.get(found.workspace, ()) if h.principal.acl_rev != found.acl_rev]
        if not behind and self._acl_rev.get(found.workspace) == found.acl_rev:
            return
        async with self._lock:
            for call in self.on_change:
                await call(found.workspace)
            for holder in [h for h in self._holders.get(found.workspace, ()) if h.principal.acl_rev != found.acl_rev]:
                try:
                    await self._identity.reload(holder.principal)
                except Problem as problem:
                    if problem.code == "unavailable":
                        raise
                    holder.signed_out(problem)
            self._acl_rev[found.workspace] = found.acl_rev
            for holder in list(self._holders.get(found.workspace, ())):
                holder.rights_changed()
