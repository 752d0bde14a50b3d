"""Items made from others: from a version, or from a state of a draft; each remembers where it came from."""

import asyncio
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.rest.deploys import (
    Fork,
    Origin,
)
from draftwire.rest.items import NewItem
from draftwire_server.core.access.access import Resource
from draftwire_server.core.etag import parse_etag
from draftwire_server.core.ids import new_id
from draftwire_server.core.items.paths import check_path
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.deploys.secret_copies import SecretCopies
from draftwire_server.services.history.blame import Blames
from draftwire_server.services.items.items import add_checked, checked
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.merge.values import Compared, ComparedValues
from draftwire_server.services.people.groups import checked_external_id
from draftwire_server.services.worker.outbox import Outbox
from draftwire_server.services.writes.idempotency import Once
from draftwire_server.store.deploys import versions
from draftwire_server.store.events import clock
from draftwire_server.store.history import history
from draftwire_server.store.postgres import Database


class MadeFork(msgspec.Struct, frozen=True):
    """A new item's id, and where it lacks secrets of others; what is kept of a fork's answer."""

    item: str
    dropped_secrets: tuple[str, ...] = ()


class Forks:
    """See the module."""

    def __init__(
        self,
        database: Database,
        opening: Opening,
        comparing: ComparedValues,
        kinds: KindBook,
        outbox: Outbox,
        blaming: Blames,
        copies: SecretCopies,
    ) -> None:
        self._database = database
        self._opening = opening
        self._comparing = comparing
        self._kinds = kinds
        self._outbox = outbox
        self._blaming = blaming
        self._copies = copies

    async def make(self, principal: Principal, item: str, asked: Fork, once: Once) -> MadeFork:
        """Make an item from a version or a state of a draft, from which it remembers to be.

        Secrets that whoever forks has set go along; markers of others' are dropped, and the answer says where.

        Raises:
            Problem: forbidden, bad_path, taken, not_found, what naming a state is refused with.
        """
        kept = await once.replayed(self._database, principal)
        if kept is not None:
            return msgspec.json.decode(kept.body, type=MadeFork)
        workspace = principal.workspace
        row = await self._opening.visible_item(principal, item)
        source = await self._comparing.value_of(principal, row.id, asked.source)
        path = None if asked.path is None else check_path(asked.path, workspace.path_rule)
        if not principal.may("create_item", Resource(path=path, creator=principal.access.user)):
            raise principal.lacks("write", "You can't create items there.")
        principal.require_claim(checked_external_id(asked.external_id))
        origin: dict[str, Any] = msgspec.to_builtins(Origin(row.id, source.version, source.draft, source.etag))
        kind, made = await self._kinds.load(workspace.id, row.kind), new_id()
        copied = await self._copies.copy(principal, kind, row.id, source.value, made)
        new = NewItem(row.kind, path, asked.external_id, asked.summary, copied.value)
        kinds = self._kinds.of(workspace.id)
        fresh = await asyncio.to_thread(checked, kinds, new, path, secrets=copied.sealed)
        forked = MadeFork(made, copied.dropped)
        blame = await self._blame_of(principal, row.id, source)
        async with self._database.transaction() as connection:
            await add_checked(connection, workspace.id, fresh, creator=principal.access.user, item=made)
            await copied.keep(connection, principal, made)
            await versions.set_origin(connection, workspace.id, made, origin)
            if blame is not None:
                await history.keep_version_blame(connection, workspace.id, made, 0, blame)
            answer = once.answer(forked, status=201)
            if not await once.keep(connection, principal, answer):
                raise Problem("busy", "The same request is already being processed. Try again.")
            await clock.append_event(
                connection, workspace.id, "item.created", actor=principal.info.id, item=made,
                data={"kind": row.kind, "origin": origin},
            )  # fmt: skip
            if copied.dropped:
                await clock.append_event(
                    connection, workspace.id, "secret.dropped", actor=principal.info.id, item=made,
                    data={"at": list(copied.dropped), "origin": row.id},
                )  # fmt: skip
        self._outbox.tell(workspace.id)
        return forked

    async def origin(self, principal: Principal, item: str) -> Origin:
        """Where an item was forked from. Raises `Problem` not_found, also if it was not."""
        row = await self._opening.visible_item(principal, item)
        async with self._database.acquired() as connection:
            found = await versions.load_origin(connection, principal.workspace.id, row.id)
        if found is None:
            raise Problem("not_found")
        return msgspec.convert(found, Origin)

    async def _blame_of(self, principal: Principal, item: str, source: Compared) -> bytes | None:
        """The blame that a fork begins with: that of the version or state which it is made of."""
        if source.version is not None:
            return await self._blaming.of_forked_version(principal.workspace.id, item, source.version)
        etag = parse_etag(source.etag or "")
        if source.draft is None or etag is None:
            return None
        live = await self._opening.by_id(principal, source.draft, item)
        return await self._blaming.of_fork(live, etag.seq)
