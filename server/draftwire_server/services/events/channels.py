"""The state channels: `item:` (what an item is now) and `workspace:` (what happens in it), fed by the event log.

Subscribing gives the present state with its event number, then changes; so nothing falls between the two. Every
reader's rights are asked for every message; what one may not read leaves no trace but the number.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.wire.messages import ActorInfo, DraftInfo, Event, Item, VersionInfo
from draftwire_server.bus.bus import Bus
from draftwire_server.core.access.access import DraftFacts, Guest, Resource
from draftwire_server.core.frames import text_frame
from draftwire_server.core.kinds.kinds import Kinds
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.access.peer import Peer
from draftwire_server.services.events.eventlog import EventLog, sees
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database

log = logging.getLogger(__name__)

_encode = msgspec.json.Encoder().encode


class ItemSnapshot(msgspec.Struct, frozen=True):
    """An item with its drafts at one moment; the same for all readers, who each see their part."""

    row: items.ItemRow
    head: items.HeadVersion | None
    drafts: tuple[items.DraftListRow, ...]
    event: int


class Channels:
    """See the module."""

    def __init__(
        self, database: Database, bus: Bus, people: People, kinds: KindBook, events: EventLog, blind: Callable[[], bool]
    ) -> None:
        self._database = database
        self._blind = blind
        self._bus = bus
        self._events = events
        self._people = people
        self._kinds = kinds
        self._items: dict[tuple[str, str], set[Peer]] = {}
        self._workspaces: dict[str, dict[Peer, int]] = {}  # with the last event that each was told of
        self._numbers: dict[str, int] = {}  # the last event that was looked at, per workspace
        self._lock = asyncio.Lock()
        self.look_now: Callable[[], None] = lambda: None

    # ---- items

    async def subscribe_item(self, subscriber: Peer, item: str, ref: int) -> None:
        """Send the item as it is and follow it. Raises `Problem` not_found."""
        workspace = subscriber.principal.workspace.id
        snapshot = await self.load_item(workspace, item, subscriber.principal)
        message = await self.item_message(subscriber.principal, snapshot, ref)
        self._items.setdefault((workspace, item), set()).add(subscriber)
        self._follow(workspace, snapshot.event)
        subscriber.write(text_frame(_encode(message)), f"item:{item}")

    async def show(self, subscriber: Peer, item: str) -> None:
        """Send the item as it is to who follows it. Raises `Problem` not_found or unavailable."""
        snapshot = await self.load_item(subscriber.principal.workspace.id, item, subscriber.principal)
        message = await self.item_message(subscriber.principal, snapshot)
        subscriber.write(text_frame(_encode(message)), f"item:{item}")

    def unsubscribe_item(self, subscriber: Peer, item: str) -> None:
        """Stop following an item."""
        key = (subscriber.principal.workspace.id, item)
        followers = self._items.get(key)
        if followers is not None:
            followers.discard(subscriber)
            if not followers:
                del self._items[key]

    async def load_item(self, workspace: str, item: str, principal: Principal | None = None) -> ItemSnapshot:
        """Read an item with its drafts and the event number at one moment; with ``principal`` one that they see, and
        what they don't costs no more than what is not there. Raises `Problem` not_found.
        """
        async with (
            self._database.acquired() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await self.snapshot(connection, workspace, item, principal)

    async def snapshot(
        self, connection: Connection, workspace: str, item: str, principal: Principal | None = None
    ) -> ItemSnapshot:
        """The same in the caller's transaction; with ``principal`` of what they see. Raises `Problem` not_found."""
        row = await items.load_item(connection, workspace, item)
        if row is None or (principal is not None and not principal.may("see_item", row.place)):
            raise Problem("not_found")
        head = await items.load_version(connection, workspace, item, row.head_version) if row.head_version else None
        drafts = await items.list_drafts(connection, workspace, row.id)
        clocks = await clock.read_clocks(connection, [workspace])
        return ItemSnapshot(row, head, tuple(drafts), clocks[0].event_seq)

    async def item_message(self, principal: Principal, snapshot: ItemSnapshot, ref: int = 0) -> Item:
        """The item as this reader may see it. Raises `Problem` not_found."""
        row = snapshot.row
        place = row.place
        if not principal.may("see_item", place):
            raise Problem("not_found")
        workspace = principal.workspace.id
        owners = await self._people.load_users(workspace, {d.owner for d in snapshot.drafts if d.owner})
        head = None
        if snapshot.head is not None:
            actors = await self._people.load(workspace, {snapshot.head.deployer})
            head = VersionInfo(
                number=snapshot.head.number, hash=snapshot.head.hash, by=actors[snapshot.head.deployer],
                at=snapshot.head.at, message=snapshot.head.message, run=snapshot.head.run,
            )  # fmt: skip
        return Item(
            item=row.id,
            kind=row.kind,
            path=row.path,
            external_id=row.external_id,
            summary=row.summary,
            archived=row.archived,
            head=head,
            drafts=self.draft_infos(principal, row, snapshot.drafts, owners),
            event=snapshot.event,
            ref=ref,
        )  # fmt: skip

    def draft_infos(
        self,
        principal: Principal,
        row: items.ItemRow,
        drafts: Iterable[items.DraftListRow],
        owners: Mapping[str, ActorInfo],
    ) -> tuple[DraftInfo, ...]:
        """The drafts of an item that a reader may know of; what is only suggested is looked at with its target."""
        place = row.place
        if not principal.may("see_draft", place):
            return ()
        return tuple(
            DraftInfo(
                id=draft.id, purpose=msgspec.convert(draft.purpose, Any),
                owner=owners.get(draft.owner) if draft.owner else None,
                visibility=msgspec.convert(draft.visibility, Any), generation=draft.generation, seq=draft.seq,
                base_version=draft.base_version, updated_at=draft.changed_at,
                may=_may(principal, place, draft_facts(draft)),
                legacy=is_legacy(self._kinds.of(principal.workspace.id), row.kind, draft.purpose),
            )
            for draft in drafts if draft.purpose != "suggestion"
        )  # fmt: skip

    # ---- workspaces

    async def subscribe_workspace(self, subscriber: Peer, ref: int, after: int | None) -> None:
        """Follow the events of the subscriber's workspace, from ``after`` on or from now.

        Raises:
            Problem: cursor_expired, cursor_ahead.
        """
        workspace = subscriber.principal.workspace.id
        async with self._database.acquired() as connection:
            number = (await clock.read_clocks(connection, [workspace]))[0].event_seq
            if after is not None:
                await self._events.check_cursor(connection, workspace, after, number)
                number = await self._tell_events(connection, subscriber, after, number, ref)
        self._look_first()
        if after is None:
            subscriber.write(text_frame(_encode(Event(workspace, number, (), ref))), f"workspace:{workspace}")
        self._workspaces.setdefault(workspace, {})[subscriber] = number
        self._follow(workspace, number)

    async def _tell_events(self, connection: Connection, subscriber: Peer, after: int, upto: int, ref: int = 0) -> int:
        """Send what happened after a number, a message for each page; gives the last number that was told."""
        workspace = subscriber.principal.workspace.id
        told = False
        async for page in self._events.pages(connection, workspace, after, upto):
            shown = await self._events.visible(connection, subscriber.principal.may, workspace, page)
            self._look_first()
            after, told = page[-1].number, True
            subscriber.write(text_frame(_encode(Event(workspace, after, tuple(shown), ref))), f"workspace:{workspace}")
        if not told:
            subscriber.write(text_frame(_encode(Event(workspace, after, (), ref))), f"workspace:{workspace}")
        return after

    def unsubscribe_workspace(self, subscriber: Peer) -> None:
        """Stop following."""
        workspace = subscriber.principal.workspace.id
        followers = self._workspaces.get(workspace)
        if followers is not None:
            followers.pop(subscriber, None)
            if not followers:
                del self._workspaces[workspace]

    # ---- what happens

    def _follow(self, workspace: str, number: int) -> None:
        self._numbers.setdefault(workspace, number)

    async def hear(self, workspace: str) -> None:
        """Another worker wrote events: look now."""
        if workspace in self._numbers:
            self.look_now()

    async def events_up_to(self, workspace: str, number: int) -> None:
        """Tell what happened up to ``number``. Raises `Problem` unavailable."""
        async with self._lock:
            known = self._numbers.get(workspace)
            if known is None or number <= known:
                return
            async with self._database.acquired() as connection:
                events = [
                    event async for page in self._events.pages(connection, workspace, known, number) for event in page
                ]
                places = await self._events.places(connection, workspace, events)
                self._look_first()
                followers = self._workspaces.get(workspace, {})
                for subscriber, told in list(followers.items()):
                    if told < known:  # it subscribed while this worker looked further on: begin where its answer ended
                        followers[subscriber] = await self._tell_events(connection, subscriber, told, number)
                    elif told < number:
                        may = subscriber.principal.may
                        shown = tuple(each for each in events if each.number > told and sees(may, each, places))
                        subscriber.write(text_frame(_encode(Event(workspace, number, shown))), f"workspace:{workspace}")
                        followers[subscriber] = number
            self._numbers[workspace] = number
        for item in {event.item for event in events if event.item is not None}:
            await self._tell_item(workspace, item)

    def _look_first(self) -> None:
        """An event is told once, by rights that are known: while blind none is, and none counts as told. Raises."""
        if self._blind():
            raise Problem("unavailable", "Your rights could not be checked. Try again.")

    async def _tell_item(self, workspace: str, item: str) -> None:
        followers = self._items.get((workspace, item))
        if not followers:
            return
        try:
            snapshot = await self.load_item(workspace, item)
        except Problem:
            return
        for subscriber in list(followers):
            try:
                message = await self.item_message(subscriber.principal, snapshot)
            except Problem:
                continue  # its rights are decided again by themselves
            subscriber.write(text_frame(_encode(message)), f"item:{item}")


def draft_facts(draft: items.DraftListRow) -> DraftFacts:
    """What decisions need of a listed draft."""
    return DraftFacts(
        purpose=msgspec.convert(draft.purpose, Any),
        owner=draft.owner,
        visibility=msgspec.convert(draft.visibility, Any),
        guests=msgspec.convert(draft.guests, tuple[Guest, ...]),
        abandoned=draft.abandoned,
    )


def is_legacy(kinds: Kinds, kind: str, purpose: str) -> bool:
    """Whether a draft is a shared one that could not be begun now: its kind is edited in drafts of one's own."""
    return purpose == "shared" and kind in kinds and not kinds.get(kind).may_begin(purpose)


def _may(principal: Principal, place: Resource, facts: DraftFacts) -> Any:
    resource = msgspec.structs.replace(place, draft=facts)
    if principal.may("type_in_draft", resource):
        return "type"
    return "look" if principal.may("read_draft", resource) else "no"
