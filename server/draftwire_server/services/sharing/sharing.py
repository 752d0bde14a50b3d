"""Who else may look at somebody's own draft or type in it: visibility and guests, changed by the owner alone.

An agent never changes them, whoever it acts for: with whom a draft is shared is for people to say. Each change holds
the draft's row, and a trigger raises `acl_rev` in its transaction: open connections are decided about again everywhere.
"""

import contextlib
import time
from collections.abc import AsyncIterator, Iterable

import msgspec

from draftwire.errors import Problem
from draftwire.rest.sharing import GuestInfo, Invitation, Sharing, Visibility
from draftwire_server.core.access.access import Access, DraftFacts, Guest, Resource, decide
from draftwire_server.limits.contract import GUESTS_PER_DRAFT
from draftwire_server.limits.retention import GUEST_UNTIL_S
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.lookup import named_member
from draftwire_server.services.access.names import People
from draftwire_server.services.live.beginning import begin
from draftwire_server.services.live.drafts import Drafts
from draftwire_server.services.live.opening import Opening, need_type
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.store.access import members
from draftwire_server.store.access.access import load_access
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.sharing import sharing


class SharingService:
    """See the module."""

    def __init__(self, database: Database, drafts: Drafts, opening: Opening, people: People, outbox: Outbox) -> None:
        self._database = database
        self._drafts = drafts
        self._opening = opening
        self._people = people
        self._outbox = outbox

    # ---- looking

    async def shared(self, principal: Principal, draft: str, *, item: str = "") -> Sharing:
        """How a draft is shared, for who may read it. Raises `Problem` not_found."""
        async with self._database.acquired() as connection:
            row = await sharing.load(connection, principal.workspace.id, draft)
        if item and (row is None or row.discarded):
            live = await self._opening.by_id(principal, draft, item)
            return Sharing(draft, live.item.id, live.facts.visibility, ())
        async with self._database.acquired() as connection:
            await self.readable(connection, principal, draft, row)
        assert row is not None
        return await self._answer(principal.workspace.id, draft, row)

    async def guest(self, principal: Principal, draft: str, user: str) -> GuestInfo:
        """One guest. Raises `Problem` not_found."""
        found = await self.shared(principal, draft)
        async with self._database.acquired() as connection:
            member = await self.member(connection, principal, user)
        for guest in found.guests:
            if member is not None and guest.user.user == member.id:
                return guest
        raise Problem("not_found")

    async def _answer(self, workspace: str, draft: str, row: sharing.SharedRow) -> Sharing:
        guests = _valid(row.guests, time.time())
        infos = await self._people.load_users(workspace, {guest.user for guest in guests})
        return Sharing(
            draft=draft,
            item=row.item,
            visibility=row.facts.visibility,
            guests=tuple(
                GuestInfo(infos[guest.user], guest.may, guest.agents, guest.until)
                for guest in guests
                if guest.user in infos
            ),
        )

    # ---- changing

    async def show(self, principal: Principal, draft: str, visibility: Visibility, *, item: str = "") -> Sharing:
        """Change who may look. Raises `Problem` not_found, forbidden, read_only or mode_forbids."""
        workspace = principal.workspace.id
        async with self._begun(principal, draft, item) as connection:
            row = await self.owned(connection, principal, draft)
            if row.visibility != visibility:
                await sharing.set_visibility(connection, workspace, draft, visibility)
                await clock.append_event(
                    connection, workspace, "draft.visibility", actor=principal.info.id, item=row.item, draft=draft,
                    data={"visibility": visibility},
                )  # fmt: skip
        self._outbox.tell(workspace)
        return await self._answer(workspace, draft, msgspec.structs.replace(row, visibility=visibility))

    async def invite(
        self, principal: Principal, draft: str, user: str, invitation: Invitation, *, item: str = ""
    ) -> GuestInfo:
        """Let a member look or type. Raises `Problem` not_found, forbidden, bad_guest, bad_message, too_many."""
        workspace = principal.workspace.id
        async with self._begun(principal, draft, item) as connection:
            row = await self.owned(connection, principal, draft)
            member = await self.member(connection, principal, user)
            if member is None:
                raise Problem("bad_guest")
            guest = Guest(member.id, invitation.may, invitation.agents, invitation.until)
            await self.admit(connection, principal, draft, row, member, guest)
        self._outbox.tell(workspace)
        infos = await self._people.load_users(workspace, {member.id})
        return GuestInfo(infos[member.id], guest.may, guest.agents, guest.until)

    async def withdraw(self, principal: Principal, draft: str, user: str) -> None:
        """Let a guest no longer look or type; guests may leave by themselves. What they typed stays.

        Who is no guest need not be taken away. Raises `Problem` not_found or forbidden.
        """
        workspace = principal.workspace.id
        async with self._database.transaction() as connection:
            member = await self.member(connection, principal, user)
            leaves = member is not None and member.id == principal.access.user
            row = await self.owned(connection, principal, draft, or_guest=leaves)
            left = tuple(g for g in _valid(row.guests, time.time()) if member is None or g.user != member.id)
            if member is not None and any(g.user == member.id for g in row.guests):
                await self._write(connection, principal, draft, row, left)
        self._outbox.tell(workspace)

    @contextlib.asynccontextmanager
    async def _begun(self, principal: Principal, draft: str, item: str) -> AsyncIterator[Connection]:
        """A transaction in which a draft stands; one's own of ``item`` is begun in it, at seq 0, if nobody has.

        At seq 0 it counts as none in lists, as before.
        """
        if not item:
            async with self._database.transaction() as connection:
                yield connection
            return
        live = await self._opening.by_id(principal, draft, item)
        if not live.stands:
            need_type(principal, live)
        async with self._database.transaction() as connection:
            if not live.stands:
                await begin(connection, live)
            yield connection
        if not live.stands:
            live.begun()
            await self._drafts.up_to_date(live)

    # ---- for questions as well

    async def owned(
        self, connection: Connection, principal: Principal, draft: str, *, or_guest: bool = False
    ) -> sharing.SharedRow:
        """Hold a draft that is the principal's own. Raises `Problem` not_found or forbidden."""
        row = await sharing.lock(connection, principal.workspace.id, draft)
        await self.readable(connection, principal, draft, row)
        assert row is not None
        if or_guest and any(guest.user == principal.access.user for guest in row.guests):
            return row
        if row.purpose != "own" or row.owner != principal.access.user or principal.is_agent:
            raise Problem(
                "forbidden", "Only the draft's owner can change how it is shared.", detail={"missing": "owner"}
            )
        return row

    async def readable(
        self, connection: Connection, principal: Principal, draft: str, row: sharing.SharedRow | None
    ) -> None:
        """Raise `Problem` not_found unless the draft stands and the principal may read it."""
        # What is not there is looked for like what is out of sight: else the time would tell them apart.
        place = await place_of(connection, principal.workspace.id, draft if row is None else row.item)
        if row is None or row.discarded:
            raise Problem("not_found")
        if not principal.may("read_draft", msgspec.structs.replace(place, draft=row.facts)):
            raise Problem("not_found")

    async def admit(
        self,
        connection: Connection,
        principal: Principal,
        draft: str,
        row: sharing.SharedRow,
        member: members.MemberRow,
        guest: Guest,
    ) -> None:
        """Make a member a guest of a held draft. Raises `Problem` bad_guest, bad_message, too_many."""
        now = time.time()
        if guest.until is not None and not now < guest.until < now + GUEST_UNTIL_S:
            raise Problem("bad_message", "until must be a time in the future, in Unix seconds.")
        if member.id == row.owner:
            raise Problem("bad_guest", "The draft's owner needs no invitation.")
        place = await place_of(connection, principal.workspace.id, row.item)
        access = await access_of(connection, principal.workspace.id, member)
        resource = msgspec.structs.replace(place, draft=_with_guest(row.facts, guest))
        if access is None or not decide(access, "read_draft", resource, now):
            raise Problem("bad_guest", "That user can't see the item.")
        if guest.may == "type" and not decide(access, "type_in_draft", resource, now):
            raise Problem("bad_guest", "That user has no write access to the item. You can invite them to view.")
        others = tuple(other for other in _valid(row.guests, now) if other.user != guest.user)
        if len(others) >= GUESTS_PER_DRAFT:
            raise Problem("too_many", f"A draft can have at most {GUESTS_PER_DRAFT} guests.")
        if guest not in row.guests:
            await self._write(connection, principal, draft, row, (*others, guest))

    async def _write(
        self,
        connection: Connection,
        principal: Principal,
        draft: str,
        row: sharing.SharedRow,
        guests: tuple[Guest, ...],
    ) -> None:
        workspace = principal.workspace.id
        await sharing.set_guests(connection, workspace, draft, guests)
        await clock.append_event(
            connection, workspace, "draft.guests", actor=principal.info.id, item=row.item, draft=draft
        )

    async def member(self, connection: Connection, principal: Principal, user: str) -> members.MemberRow | None:
        """A member as `named_member` finds them; None if they left or never were."""
        member = await named_member(connection, principal, user)
        return None if member is None or member.removed else member


async def access_of(connection: Connection, workspace: str, member: members.MemberRow) -> Access | None:
    """What a member may do, as a person with all that was granted to them; None if they left."""
    found = await load_access(connection, workspace, member.id)
    if found is None or found.member.removed:
        return None
    return Access(member.id, found.member.username, found.member.role, found.grants, actor="")


async def place_of(connection: Connection, workspace: str, item: str) -> Resource:
    """Where an item is, read in the caller's transaction. Raises `Problem` not_found."""
    rows = await items.load_places(connection, workspace, [item])
    if not rows:
        raise Problem("not_found")
    return rows[0].place


def _with_guest(facts: DraftFacts, guest: Guest) -> DraftFacts:
    others = tuple(other for other in facts.guests if other.user != guest.user)
    return msgspec.structs.replace(facts, guests=(*others, guest))


def _valid(guests: Iterable[Guest], now: float) -> list[Guest]:
    return [guest for guest in guests if guest.until is None or now < guest.until]
