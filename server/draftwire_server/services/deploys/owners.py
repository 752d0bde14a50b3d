"""What the owners of drafts are told wherever they are connected, though they don't have the draft open.

Somebody deployed, and the draft is behind; somebody deleted the item, and its text lies in the stash. Every worker
reads it from the events, which wake it at once and are asked for in every look, and tells those who are connected to
it. Who is away sees it in the list of drafts, at opening, and in the stash.
"""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.wire import messages as m
from draftwire_server.core.frames import text_frame
from draftwire_server.limits.pages import EVENTS_PER_ANSWER
from draftwire_server.limits.retention import DELETED_KEPT_DAYS
from draftwire_server.services.access.names import People
from draftwire_server.services.access.peer import Peer
from draftwire_server.services.access.places import Places
from draftwire_server.services.deploys.behind import Behind
from draftwire_server.services.deploys.deploy import DEPLOYED
from draftwire_server.services.deploys.jobs import KEPT
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.store.deploys import jobs
from draftwire_server.store.events import clock
from draftwire_server.store.postgres import Database

log = logging.getLogger(__name__)

DAY_S: Final = 86_400.0

_encode = msgspec.json.Encoder().encode


class Owners:
    """See the module."""

    def __init__(
        self,
        database: Database,
        drafts: Drafts,
        places: Places,
        people: People,
        behind: Behind,
        peers: Iterable[Peer],
        spawn: Callable[..., Any],
    ) -> None:
        self._database = database
        self._drafts = drafts
        self._places = places
        self._people = people
        self._behind = behind
        self._peers = peers
        self._spawn = spawn
        self._numbers: dict[str, int] = {}  # the last event that was looked at, per workspace

    async def meet(self, workspace: str) -> None:
        """Somebody is connected from now on: tell what happens after this. Raises `Problem` unavailable."""
        if workspace not in self._numbers:
            async with self._database.acquired() as connection:
                clocks = await clock.read_clocks(connection, [workspace])
            for now in clocks:
                self._numbers.setdefault(workspace, now.event_seq)

    async def events_up_to(self, workspace: str, number: int) -> None:
        """Tell what happened up to ``number``, in a workspace where somebody was met. Raises `Problem`."""
        known = self._numbers.get(workspace)
        if known is None:
            return
        if number < known:
            self._numbers[workspace] = number
            return
        if number == known:
            return
        async with self._database.acquired() as connection:
            found = await jobs.happened(connection, workspace, known, number, [DEPLOYED, KEPT], EVENTS_PER_ANSWER)
        self._numbers[workspace] = number
        owners = list(self._connected(workspace))
        deployed = list(dict.fromkeys(event.item for event in found if event.type == DEPLOYED))
        kept = [event.draft for event in found if event.type == KEPT and event.draft is not None]
        if owners and deployed:
            self._spawn(self._tell_behind(workspace, deployed, owners))
        if owners and kept:
            self._spawn(self._tell_kept(workspace, kept, owners))

    def forget_all_but(self, workspaces: Iterable[str]) -> None:
        """Nobody of the others is connected any more."""
        for workspace in self._numbers.keys() - set(workspaces):
            del self._numbers[workspace]

    def _connected(self, workspace: str) -> dict[str, list[Peer]]:
        """People's connections here, by user; agents are told of what they have open."""
        found: dict[str, list[Peer]] = {}
        for peer in self._peers:
            if peer.ready and peer.principal.workspace.id == workspace and not peer.principal.is_agent:
                found.setdefault(peer.principal.access.user, []).append(peer)
        return found

    async def _tell_behind(self, workspace: str, items: list[str], owners: list[str]) -> None:
        async with self._database.acquired() as connection:
            rows = await jobs.owned_behind(connection, workspace, items, owners)
        for row in rows:
            if not self._without(workspace, row.owner, row.draft):
                continue
            try:
                live = await self._drafts.opened(workspace, row.draft)
                message = await self._behind.message_of(live) if await self._behind.differs(live) else None
                place = await self._places.load(workspace, row.item)
            except Problem as problem:
                log.info("draft %s: its owner was not told of a version: %s", row.draft, problem)
                continue
            if message is None or message.base_version >= message.head.number:
                continue
            frame = text_frame(_encode(message))
            for peer in self._without(workspace, row.owner, row.draft):
                if peer.principal.may("see_draft", place):
                    peer.write(frame, "user")

    def _without(self, workspace: str, owner: str, draft: str) -> list[Peer]:
        """The owner's connections that don't follow the draft; those that do are told by that."""
        return [peer for peer in self._connected(workspace).get(owner, ()) if not peer.follows(draft)]

    async def _tell_kept(self, workspace: str, drafts: list[str], owners: list[str]) -> None:
        async with self._database.acquired() as connection:
            rows = await jobs.kept_for(connection, workspace, drafts, owners)
        infos = await self._people.load(workspace, {row.deleter for row in rows})
        for row in rows:
            until = row.deleted_at + DELETED_KEPT_DAYS * DAY_S
            frame = text_frame(_encode(m.Deleted(row.item, row.draft, row.stash, infos[row.deleter], until)))
            for peer in self._connected(workspace).get(row.owner, ()):
                peer.write(frame, "user")
