"""Questions to the owner of a draft: may I look, or type? Asked and answered over HTTP, told over WebSockets.

A question is a row, so that it waits for an owner who is away; one open question stands per asker and draft. Every
connection of the owner's and of the asker's user hears of it at once, on every worker; what the bus loses is shown
when the owner opens the draft, and in the list.
"""

import logging
import secrets
from collections.abc import Iterable
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.rest.sharing import Asks, Granted, NewAsk
from draftwire.wire.event_types import EventType
from draftwire.wire.messages import Ask, AskInfo
from draftwire_server.bus.bus import Bus
from draftwire_server.core.access.access import Guest, Resource
from draftwire_server.core.frames import text_frame
from draftwire_server.limits.contract import ASK_NOTE_CHARS, ASKS_PER_HOUR
from draftwire_server.limits.retention import ASK_AGAIN_S, ASK_EXPIRES_S
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.access.peer import Peer
from draftwire_server.services.sharing.sharing import SharingService, place_of
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.store.access import members
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.sharing import asks, sharing

log = logging.getLogger(__name__)

HOUR_S = 3600.0
LATELY_S = 10.0  # a look every second finds what was asked since the bus went away
REMEMBERED = 1_000  # questions told here, so that none is told twice
LISTED = 200  # questions in one answer: more than anybody answers
SCANNED = 2_000  # looked at for that, of which a token may leave some to be told

EVENTS: dict[str, EventType] = {
    "open": "ask.made",
    "granted": "ask.granted",
    "declined": "ask.declined",
    "withdrawn": "ask.withdrawn",
}

_encode = msgspec.json.Encoder().encode


class _Told(msgspec.Struct, frozen=True):
    """What goes over the bus: to which users of a workspace."""

    users: tuple[str, ...]
    place: Resource
    ask: AskInfo
    origin: str


_told = msgspec.json.Decoder(_Told)


class AsksService:
    """See the module."""

    def __init__(
        self,
        database: Database,
        bus: Bus,
        people: People,
        sharing_service: SharingService,
        outbox: Outbox,
        peers: Iterable[Peer],
    ) -> None:
        self._database = database
        self._bus = bus
        self._people = people
        self._sharing = sharing_service
        self._outbox = outbox
        self._peers = peers
        self._origin = secrets.token_hex(8)
        self._told: dict[tuple[str, str, str], None] = {}  # by workspace: questions and their states, the latest last

    async def listen(self) -> None:
        """Hear of what other workers were asked."""
        await self._bus.hear("asks", self._heard)

    # ---- asking

    async def ask(self, principal: Principal, draft: str, wanted: NewAsk) -> tuple[AskInfo, bool]:
        """Ask the owner; gives the question and whether it is a new one.

        Raises:
            Problem: not_found, already_may, forbidden (it could not be granted), too_fast, bad_message.
        """
        if len(wanted.note) > ASK_NOTE_CHARS:
            raise Problem("bad_message", f"A note can have at most {ASK_NOTE_CHARS} characters.")
        workspace, user = principal.workspace.id, principal.access.user
        async with self._database.transaction() as connection:
            await asks.one_at_a_time(connection, workspace, user)
            row = await sharing.load(connection, workspace, draft)
            if row is None or row.discarded:
                await place_of(connection, workspace, draft)  # as for one out of sight
                raise Problem("not_found")
            owner = await self._askable(connection, principal, row, wanted)
            known = await asks.find_open(connection, workspace, draft, user)
            fresh = (
                None
                if known is not None and known.state == "open"
                else await self._add(connection, principal, draft, row, owner, wanted)
            )
        if fresh is None:
            assert known is not None
            return await self._info(workspace, known), False
        return await self._tell(workspace, fresh), True

    async def _add(
        self,
        connection: Connection,
        principal: Principal,
        draft: str,
        row: sharing.SharedRow,
        owner: str,
        wanted: NewAsk,
    ) -> asks.AskRow:
        workspace, user = principal.workspace.id, principal.access.user
        asked, declined = await asks.recent(
            connection, workspace, user, draft, window_s=HOUR_S, rest_s=ASK_AGAIN_S, kept_s=ASK_EXPIRES_S
        )
        if declined or asked >= ASKS_PER_HOUR:
            raise Problem("too_fast", "You have asked recently. Try again later.")
        made = await asks.add(
            connection, workspace, draft=draft, item=row.item, owner=owner, user=user, actor=principal.info.id,
            may=wanted.may, agents=principal.is_agent, note=wanted.note, expires_s=ASK_EXPIRES_S,
        )  # fmt: skip
        assert made is not None, "questions of one user wait for each other"
        fresh = await asks.load(connection, workspace, made)
        assert fresh is not None
        await _append(connection, principal, fresh)
        return fresh

    async def _askable(
        self, connection: Connection, principal: Principal, row: sharing.SharedRow, wanted: NewAsk
    ) -> str:
        """The owner, if there is something to ask. Raises `Problem`."""
        place = await place_of(connection, principal.workspace.id, row.item)
        resource = msgspec.structs.replace(place, draft=row.facts)
        if not principal.may("see_draft", place):
            raise Problem("not_found")
        if principal.may("type_in_draft" if wanted.may == "type" else "read_draft", resource):
            raise Problem("already_may")
        if row.purpose != "own" or row.owner is None or row.abandoned:
            raise Problem("forbidden", "This draft has no owner to ask.")
        if wanted.may == "type" and not _could_type(principal, place, row):
            raise Problem("forbidden", "You have no write access to this item.", detail={"missing": "write"})
        return row.owner

    async def withdraw(self, principal: Principal, ask: str) -> None:
        """Take a question back; fine if it is over. Raises `Problem` not_found."""
        workspace = principal.workspace.id
        async with self._database.transaction() as connection:
            row = await asks.lock(connection, workspace, ask)
            if row is None or row.user != principal.access.user or not await self._hears(connection, principal, row):
                raise Problem("not_found")
            if row.state != "open":
                return
            await asks.answer(connection, workspace, ask, "withdrawn")
            row = await asks.load(connection, workspace, ask)
            assert row is not None
            await _append(connection, principal, row)
        await self._tell(workspace, row)

    # ---- answering

    async def grant(self, principal: Principal, ask: str, granted: Granted) -> AskInfo:
        """Make the asker a guest. Raises `Problem` not_found, forbidden, ask_over, bad_guest, …"""
        workspace = principal.workspace.id
        async with self._database.transaction() as connection:
            row = await self._open(connection, principal, ask)
            held = await self._sharing.owned(connection, principal, row.draft)
            member = await members.load_member(connection, workspace, row.user)
            if member is None or member.removed:
                raise Problem("bad_guest")
            guest = Guest(
                row.user,
                msgspec.convert(granted.may or row.may, Any),
                row.agents if granted.agents is None else granted.agents,
                granted.until,
            )
            await self._sharing.admit(connection, principal, row.draft, held, member, guest)
            await asks.answer(connection, workspace, ask, "granted")
            answered = await asks.load(connection, workspace, ask)
            assert answered is not None
            await _append(connection, principal, answered)
        return await self._tell(workspace, answered)

    async def decline(self, principal: Principal, ask: str) -> AskInfo:
        """Say no. Raises `Problem` not_found, forbidden, ask_over."""
        workspace = principal.workspace.id
        async with self._database.transaction() as connection:
            row = await self._open(connection, principal, ask)
            await self._sharing.owned(connection, principal, row.draft)
            await asks.answer(connection, workspace, ask, "declined")
            answered = await asks.load(connection, workspace, ask)
            assert answered is not None
            await _append(connection, principal, answered)
        return await self._tell(workspace, answered)

    async def _open(self, connection: Connection, principal: Principal, ask: str) -> asks.AskRow:
        row = await asks.lock(connection, principal.workspace.id, ask)
        if row is None or row.owner != principal.access.user or not await self._hears(connection, principal, row):
            raise Problem("not_found")
        if row.state != "open":
            raise Problem("ask_over", detail={"state": row.state})
        return row

    # ---- listing and telling

    async def listed(self, principal: Principal, *, draft: str | None, only_open: bool) -> Asks:
        """What waits for an answer of the principal's user, and what that user asked."""
        user = principal.access.user
        async with self._database.acquired() as connection:
            rows = await asks.list_asks(
                connection,
                principal.workspace.id,
                user,
                draft=draft,
                only_open=only_open,
                limit=SCANNED,
            )
            places = {
                place.id: place.place
                for place in await items.load_places_ever(
                    connection, principal.workspace.id, list({row.item for row in rows})
                )
            }
        rows = [row for row in rows if row.item in places and _hears(principal, row.actor, places[row.item])][:LISTED]
        infos = [(row, await self._info(principal.workspace.id, row)) for row in rows]
        return Asks(
            tuple(info for row, info in infos if row.owner == user),
            tuple(info for row, info in infos if row.user == user),
        )

    async def remind(self, peer: Peer, draft: str | None = None) -> None:
        """The owner opened a draft, or (None) is back: what waits for an answer comes again."""
        principal = peer.principal
        if principal.is_agent:
            return
        for info in (await self.listed(principal, draft=draft, only_open=True)).to_me:
            peer.write(text_frame(_encode(Ask(info))), "user")

    async def look(self, workspaces: list[str]) -> None:
        """Find in Postgres what the bus can't tell while it is away; told once. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            rows = await asks.lately(connection, workspaces, LATELY_S, LISTED)
        for workspace, row in rows:
            if (workspace, row.id, row.state) not in self._told:
                await self._deliver_row(workspace, row)

    async def _info(self, workspace: str, row: asks.AskRow) -> AskInfo:
        by = (await self._people.load(workspace, {row.actor}))[row.actor]
        return AskInfo(
            id=row.id, draft=row.draft, item=row.item, by=by, may=msgspec.convert(row.may, Any),
            asked_at=row.asked_at, expires_at=row.expires_at, agents=row.agents, note=row.note,
            state=msgspec.convert(row.state, Any), answered_at=row.answered_at,
        )  # fmt: skip

    async def _tell(self, workspace: str, row: asks.AskRow) -> AskInfo:
        self._outbox.tell(workspace)
        info = await self._info(workspace, row)
        told = _Told((row.owner, row.user), await self._place(workspace, row.item), info, self._origin)
        self._bus.tell("asks", workspace, _encode(told))
        self._deliver(workspace, told)
        return info

    async def _hears(self, connection: Connection, principal: Principal, row: asks.AskRow) -> bool:
        places = await items.load_places_ever(connection, principal.workspace.id, [row.item])
        return bool(places) and principal.may("see_draft", places[0].place)

    async def _deliver_row(self, workspace: str, row: asks.AskRow) -> None:
        place = await self._place(workspace, row.item)
        self._deliver(workspace, _Told((row.owner, row.user), place, await self._info(workspace, row), ""))

    async def _place(self, workspace: str, item: str) -> Resource:
        async with self._database.acquired() as connection:
            rows = await items.load_places_ever(connection, workspace, [item])
        return rows[0].place if rows else Resource(None, item, deleted=True)

    def _heard(self, workspace: str, data: bytes) -> None:
        try:
            told = _told.decode(data)
        except msgspec.DecodeError:
            log.warning("an unreadable question on the bus")
            return
        if told.origin != self._origin:
            self._deliver(workspace, told)

    def _deliver(self, workspace: str, told: _Told) -> None:
        """Write to every connection of those users; of their agents only to the one that asked."""
        self._told[(workspace, told.ask.id, told.ask.state)] = None
        while len(self._told) > REMEMBERED:
            self._told.pop(next(iter(self._told)))
        frame = text_frame(_encode(Ask(told.ask)))
        for peer in self._peers:
            if not peer.ready or peer.principal.workspace.id != workspace:
                continue
            principal = peer.principal
            if principal.access.user in told.users and _hears(principal, told.ask.by.id, told.place):
                peer.write(frame, "user")


async def _append(connection: Connection, principal: Principal, row: asks.AskRow) -> None:
    """Write the event of a question's new state: ids only, the note is for the owner."""
    await clock.append_event(
        connection, principal.workspace.id, EVENTS[row.state], actor=principal.info.id, item=row.item, draft=row.draft,
        data={"ask": row.id, "may": row.may},
    )  # fmt: skip


def _hears(principal: Principal, asker: str, place: Resource) -> bool:
    """Whether a question of or to one's user is told here: a token may leave less than the user has, and an agent hears
    of what it asked itself alone.
    """
    return (not principal.is_agent or principal.info.id == asker) and principal.may("see_draft", place)


def _could_type(principal: Principal, place: Resource, row: sharing.SharedRow) -> bool:
    """Whether an invitation would let the asker type."""
    guest = Guest(principal.access.user, "type", agents=True)
    facts = msgspec.structs.replace(row.facts, guests=(guest,))
    return principal.may("type_in_draft", msgspec.structs.replace(place, draft=facts))
