"""A change of rights: one transaction, in which who asks is known anew, and after which everybody is told at once.

Changes of one workspace's rights stand in line behind a lock on its row, so what was checked still holds at the commit:
no two admins demote each other, nobody grants what was just taken from them. Triggers raise `acl_rev`; the events say
what happened, by ids.
"""

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from draftwire.errors import Problem
from draftwire.rest.rights import Holder, HolderInfo
from draftwire.wire.event_types import EventType
from draftwire_server.core.access.access import (
    Resource,
    Right,
    administers,
    is_narrowed,
    may_share,
    rights,
    sees_around,
)
from draftwire_server.services.access.identity import Identity, Principal
from draftwire_server.services.access.lookup import named_member
from draftwire_server.services.access.rights import Rights
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.store.access import members
from draftwire_server.store.events import clock
from draftwire_server.store.items import items
from draftwire_server.store.people import groups
from draftwire_server.store.postgres import Connection, Database


class Asking:
    """Who asks about rights, and a connection to look things up with."""

    def __init__(self, connection: Connection, principal: Principal) -> None:
        self.connection = connection
        self.principal = principal
        self.workspace = principal.workspace.id
        self.access = principal.access
        self.now = time.time()

    @property
    def administers(self) -> bool:
        """Whether the asker may change everything."""
        return administers(self.access, self.now)

    def require_admin(self) -> None:
        """Raise `Problem` forbidden unless the asker may change everything."""
        if not self.administers:
            raise Problem("forbidden", "Only workspace admins can do this.", detail={"missing": "admin"})

    def held(self, resource: Resource) -> frozenset[Right]:
        """What the asker holds on a resource."""
        return rights(self.access, resource, self.now)

    def shareable(self, resource: Resource) -> frozenset[Right]:
        """What of it they may give to others."""
        return may_share(self.access, resource, self.now)

    async def member(self, name: str) -> members.MemberRow:
        """The member that a URL names: by id or the platform's id, or ``me``. Raises `Problem` not_found."""
        found = await self._member(self.access.user if name == "me" else name)
        if found is None or not self._may_know(found, name):
            raise self._unknown()
        return found

    def _unknown(self) -> Problem:
        """The same whether there is nobody of that name, or somebody of whom the asker may not know."""
        return Problem("not_found")

    def _may_know(self, found: members.MemberRow, name: str) -> bool:
        """Others by the platform's id for admins alone; others at all for who is not held to places or rights."""
        if found.id == self.access.user or self.administers:
            return True
        return sees_around(self.access) and name in (found.id, f"u/{found.username}")

    async def user(self, name: str) -> members.MemberRow:
        """The member that a body names, as `Holder` says. Raises `Problem` no_such_holder."""
        found = await named_member(self.connection, self.principal, name)
        if is_narrowed(self.access) and found is None:
            raise Problem("forbidden", "A narrowed token can't give rights.")
        if found is None or found.removed:
            raise Problem("no_such_holder", detail={"user": name})
        return found

    async def _member(self, name: str) -> members.MemberRow | None:
        if name.startswith("u/"):
            return await members.find_member_by_username(self.connection, self.workspace, name[2:])
        if name.startswith("ext:"):
            return await members.find_member(self.connection, self.workspace, name[4:])
        return await members.find_member_by_any(self.connection, self.workspace, name)

    async def group(self, name: str) -> groups.GroupRow:
        """The group that a body names. Raises `Problem` no_such_holder."""
        plain = name.removeprefix("g/").removeprefix("ext:")
        found = await groups.find_group(self.connection, self.workspace, plain)
        if found is None:
            raise Problem("no_such_holder", detail={"group": name})
        return found

    async def holder(self, given: Holder) -> HolderInfo:
        """The user or group that a body names. Raises `Problem` bad_message or no_such_holder."""
        if (given.user is None) == (given.group is None):
            raise Problem("bad_message", "Give either a user or a group.")
        if given.user is not None:
            user = await self.user(given.user)
            return HolderInfo(user.name, user=user.id, username=user.username)
        assert given.group is not None
        group = await self.group(given.group)
        return HolderInfo(group.name, group=group.id)

    async def item(self, name: str) -> Resource:
        """The item that a body names, if the asker may see it. Raises `Problem` not_found."""
        row = await items.load_item(self.connection, self.workspace, name)
        if row is not None and self.principal.may("see_item", row.place):
            return row.place
        raise Problem("not_found")


class Changing(Asking):
    """A change under way: `Asking`, and what it came to."""

    def __init__(self, connection: Connection, principal: Principal, identity: Identity) -> None:
        super().__init__(connection, principal)
        self._identity = identity
        self.actor = principal.info.id
        self._admin_less = False
        self._events: list[tuple[EventType, str | None, dict[str, Any]]] = []

    def _unknown(self) -> Problem:
        if self.administers:
            return Problem("not_found")
        return Problem("forbidden", "Only workspace admins can do this.", detail={"missing": "admin"})

    def tell(self, type: EventType, item: str | None = None, /, **data: Any) -> None:  # noqa: A002 — the word of the design
        """Write an event at the end of the transaction. ``data`` holds ids, never names."""
        self._events.append((type, item, data))

    def subject_hash(self, external_id: str) -> bytes:
        """What is kept of the external id of a user who is erased."""
        return self._identity.subject_hash(self.workspace, external_id)

    def one_admin_less(self) -> None:
        """An admin goes: the transaction commits only if another is left."""
        self._admin_less = True

    async def finish(self) -> None:
        """Check what must hold in the end, and write the events. Raises `Problem` last_admin."""
        if self._admin_less and await members.count_admins(self.connection, self.workspace) == 0:
            raise Problem("last_admin")
        for type_, item, data in self._events:
            await clock.append_event(
                self.connection, self.workspace, type_, actor=self.actor, item=item, data=data
            )  # fmt: skip

    @property
    def happened(self) -> bool:
        """Whether anything is to be told."""
        return bool(self._events)


class Changes:
    """See the module."""

    def __init__(self, database: Database, identity: Identity, outbox: Outbox, rights: Rights) -> None:
        self._database = database
        self._identity = identity
        self._outbox = outbox
        self._rights = rights

    @contextlib.asynccontextmanager
    async def asking(self, principal: Principal) -> AsyncIterator[Asking]:
        """Look something up. Raises `Problem` unavailable."""
        async with self._database.acquired() as connection:
            yield Asking(connection, principal)

    @contextlib.asynccontextmanager
    async def begin(self, principal: Principal) -> AsyncIterator[Changing]:
        """Change rights; the block's end commits. Raises what the block raises, and `Problem` last_admin."""
        async with self._database.transaction() as connection:
            await members.lock_rights(connection, principal.workspace.id)
            await self._identity.reload_in(connection, principal)
            changing = Changing(connection, principal, self._identity)
            yield changing
            await changing.finish()
        if changing.happened:
            await self.told(principal.workspace.id)

    async def told(self, workspace: str) -> None:
        """Rights have changed: this worker decides again now, the others when they hear of it."""
        self._outbox.tell(workspace)
        with contextlib.suppress(Problem):  # it is committed; the poll finds it
            await self._rights.check(workspace)
