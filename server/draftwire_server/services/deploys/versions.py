"""Versions as people and runtimes read them: the list, one with its value, the live one at a path.

Who sees an item sees its versions; a runtime needs `run` alone. What is answered for a hash never changes.
"""

import re
from typing import Final

import msgspec

from draftwire.errors import Problem
from draftwire.rest.deploys import (
    AuthorShare,
    DeployedQuery,
    DeployedValue,
    Version,
    VersionPage,
    VersionQuery,
)
from draftwire.rest.history import DraftBlame
from draftwire.rest.items import At
from draftwire.wire.messages import VersionInfo
from draftwire_server.limits.pages import PAGE_ITEMS
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.access.paths import leads
from draftwire_server.services.history.blame import Blames
from draftwire_server.services.kinds.kindbook import KindBook
from draftwire_server.services.live.opening import Opening
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.store.deploys import versions
from draftwire_server.store.deploys.versions import VersionRow
from draftwire_server.store.history import history
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Connection, Database

NUMBER: Final = re.compile(r"\d{1,9}")
HASH: Final = re.compile(r"[0-9a-f]{64}")
NUMBER_MAX: Final = 2**31 - 1


class Versions:
    """See the module."""

    def __init__(
        self,
        database: Database,
        opening: Opening,
        comparing: ComparedValues,
        kinds: KindBook,
        people: People,
        blaming: Blames,
    ) -> None:
        self._database = database
        self._opening = opening
        self._comparing = comparing
        self._kinds = kinds
        self._people = people
        self._blaming = blaming

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
            raise Problem("bad_message", "Give either a path or a hash.")
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            found = at = None
            if query.hash is not None:
                if HASH.fullmatch(query.hash):
                    found = await versions.find_version_by_hash(connection, workspace, query.hash)
                # What is not there is looked for as long as what is out of sight.
                row = await items.load_item_ever(connection, workspace, found.item if found else "")
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
                raise Problem("not_found", "Nothing is deployed there yet.")
            value = await items.load_value(connection, workspace, row.id, found.number)
        assert value is not None
        return DeployedValue(
            row.id, row.kind, found.number, found.hash, found.content_hash, msgspec.Raw(value)
        )  # fmt: skip

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
