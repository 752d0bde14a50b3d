"""Versions as people and runtimes read them: the list, one with its value, the live one at a path, new items from them.

Who sees an item sees its versions; a runtime needs `run` alone. What is answered for a hash never changes.
"""

import asyncio
import re
from typing import Any, Final

import msgspec

from draftwire.errors import Problem
from draftwire.messages import VersionInfo
from draftwire.rest.deploys import (
    AuthorShare,
    DeployedQuery,
    DeployedValue,
    Fork,
    Origin,
    Version,
    VersionPage,
    VersionQuery,
)
from draftwire.rest.history import DraftBlame
from draftwire.rest.items import At, NewItem
from draftwire_server.core.access import Resource
from draftwire_server.core.etag import parse_etag
from draftwire_server.core.ids import new_id
from draftwire_server.core.paths import check_path
from draftwire_server.limits import PAGE_ITEMS
from draftwire_server.services.blaming import Blaming
from draftwire_server.services.comparing import Compared, Comparing
from draftwire_server.services.forking import Forking
from draftwire_server.services.groups import checked_external_id
from draftwire_server.services.identity import Principal
from draftwire_server.services.items import add_checked, checked
from draftwire_server.services.kindbook import KindBook
from draftwire_server.services.once import Once
from draftwire_server.services.opening import Opening
from draftwire_server.services.outbox import Outbox
from draftwire_server.services.paths import leads
from draftwire_server.services.people import People
from draftwire_server.store import clock, history, items, versions
from draftwire_server.store.postgres import Connection, Database
from draftwire_server.store.versions import VersionRow

NUMBER: Final = re.compile(r"\d{1,9}")
HASH: Final = re.compile(r"[0-9a-f]{64}")
NUMBER_MAX: Final = 2**31 - 1


class MadeFork(msgspec.Struct, frozen=True):
    """A new item's id, and where it lacks secrets of others; what is kept of a fork's answer."""

    item: str
    dropped_secrets: tuple[str, ...] = ()


class Versions:
    """See the module."""

    def __init__(
        self,
        database: Database,
        opening: Opening,
        comparing: Comparing,
        kinds: KindBook,
        people: People,
        outbox: Outbox,
        blaming: Blaming,
        forking: Forking,
    ) -> None:
        self._database = database
        self._opening = opening
        self._comparing = comparing
        self._kinds = kinds
        self._people = people
        self._outbox = outbox
        self._blaming = blaming
        self._forking = forking

    async def listed(self, principal: Principal, item: str, query: VersionQuery) -> VersionPage:
        """A page of an item's versions, the latest first. Raises `Problem` not_found."""
        row = await self._opening.visible_item(principal, item)
        limit = min(query.limit, PAGE_ITEMS)
        before = min(query.before or NUMBER_MAX, NUMBER_MAX)
        async with self._database.acquired() as connection:
            found = await versions.list_versions(connection, principal.workspace.id, row.id, before, limit + 1)
        page = found[:limit]
        made = await self._on_wire(principal.workspace.id, page)
        return VersionPage(made, row.head_version, page[-1].number if len(found) > limit else None)

    async def load(self, principal: Principal, item: str, name: str) -> Version:
        """A version with its value, by number or hash. Raises `Problem` not_found."""
        workspace = principal.workspace.id
        row = await self._opening.visible_item(principal, item)
        async with self._database.acquired() as connection:
            found = await find_named(connection, workspace, row.id, name)
        value = await self._comparing.version_value(workspace, row.id, found.number)
        (made,) = await self._on_wire(workspace, [found])
        return msgspec.structs.replace(made, value=value)

    async def blame(self, principal: Principal, item: str, name: str, address: str | None) -> DraftBlame:
        """Who wrote what of a version, by number or hash. Raises `Problem` not_found, no_such_place."""
        workspace = principal.workspace.id
        row = await self._opening.visible_item(principal, item)
        async with self._database.acquired() as connection:
            found = await find_named(connection, workspace, row.id, name)
        kind = await self._kinds.load(workspace, row.kind)
        return await self._blaming.of_version(workspace, row.id, kind, found.number, address)

    async def deployed(self, principal: Principal, query: DeployedQuery) -> DeployedValue | At:
        """What a runtime reads: the live version at a path, or the version of a hash. Needs `run` alone.

        Of an item that has moved from the path only where it is now.

        Raises:
            Problem: bad_message, not_found; forbidden for who sees the item but may not run it.
        """
        if (query.path is None) == (query.hash is None):
            raise Problem("bad_message", "Name a path or a hash: one of them.")
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            found = at = None
            if query.hash is not None:
                if HASH.fullmatch(query.hash):
                    found = await versions.find_version_by_hash(connection, workspace, query.hash)
                row = await items.load_item_ever(connection, workspace, found.item) if found else None
            else:
                at = await leads(connection, principal, query.path or "", ("run_item", "see_item"))
                row = None if at is None else await items.load_item(connection, workspace, at.item)
                if row is not None:
                    found = await versions.find_version(connection, workspace, row.id, row.head_version)
            if row is None or not (principal.may("run_item", row.place) or principal.may("see_item", row.place)):
                raise Problem("not_found")
            if not principal.may("run_item", row.place):
                raise Problem("forbidden", detail={"missing": "run"})
            if at is not None and at.moved_from is not None:
                return at
            if found is None:
                raise Problem("not_found", "Nothing is deployed there.")
            value = await items.load_value(connection, workspace, row.id, found.number)
        assert value is not None
        return DeployedValue(
            row.id, row.kind, found.number, found.hash, found.content_hash, msgspec.Raw(value)
        )  # fmt: skip

    async def fork(self, principal: Principal, item: str, asked: Fork, once: Once) -> MadeFork:
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
            raise principal.lacks("write", "You may not make items there.")
        principal.require_claim(checked_external_id(asked.external_id))
        origin: dict[str, Any] = msgspec.to_builtins(Origin(row.id, source.version, source.draft, source.etag))
        kind, made = await self._kinds.load(workspace.id, row.kind), new_id()
        copied = await self._forking.copy(principal, kind, row.id, source.value, made)
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
                raise Problem("busy", "The same request is under way.")
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

    async def _blame_of(self, principal: Principal, item: str, source: Compared) -> bytes | None:
        """The blame that a fork begins with: that of the version or state which it is made of."""
        if source.version is not None:
            return await self._blaming.of_forked_version(principal.workspace.id, item, source.version)
        etag = parse_etag(source.etag or "")
        if source.draft is None or etag is None:
            return None
        live = await self._opening.by_id(principal, source.draft, item)
        return await self._blaming.of_fork(live, etag.seq)

    async def origin(self, principal: Principal, item: str) -> Origin:
        """Where an item was forked from. Raises `Problem` not_found, also if it was not."""
        row = await self._opening.visible_item(principal, item)
        async with self._database.acquired() as connection:
            found = await versions.load_origin(connection, principal.workspace.id, row.id)
        if found is None:
            raise Problem("not_found")
        return msgspec.convert(found, Origin)

    async def _on_wire(self, workspace: str, rows: list[VersionRow]) -> tuple[Version, ...]:
        shares: dict[int, tuple[history.Share, ...]] = {}
        if rows:  # all of one item
            async with self._database.acquired() as connection:
                shares = await history.read_shares(connection, workspace, rows[0].item, [row.number for row in rows])
        actors = {row.author for row in rows} | {row.deployer for row in rows}
        infos = await self._people.load(workspace, actors | {actor for of in shares.values() for actor, _, _ in of})
        return tuple(
            Version(
                row.item, row.number, row.hash, row.content_hash, row.at, infos[row.author], infos[row.deployer],
                row.message, row.source_etag, row.override_version, row.redeploy_of, run=row.run,
                shares=tuple(AuthorShare(infos[who], units, run) for who, run, units in shares.get(row.number, ())),
            )
            for row in rows
        )  # fmt: skip


async def find_named(connection: Connection, workspace: str, item: str, name: str) -> VersionRow:
    """An item's version by its number or hash. Raises `Problem` not_found."""
    found = None
    if NUMBER.fullmatch(name):
        found = await versions.find_version(connection, workspace, item, int(name))
    elif HASH.fullmatch(name):
        found = await versions.find_version_by_hash(connection, workspace, name)
    if found is None or found.item != item:
        raise Problem("not_found")
    return found


async def head_info(people: People, workspace: str, row: VersionRow) -> VersionInfo:
    """A version as alerts and refusals name it: by whom, with what message."""
    infos = await people.load(workspace, {row.deployer})
    return VersionInfo(row.number, row.hash, infos[row.deployer], row.at, row.message, row.run)
