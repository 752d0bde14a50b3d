"""The life of an item: archive and unarchive, delete and undelete, and the end of what was deleted long ago.

Archived, an item keeps its drafts, which nobody types in, and leaves its path and the lists. Deleted, it is gone for
everybody with all its drafts, and can be brought back for `DELETED_KEPT_DAYS`. Both take effect in the very rows that
a commit takes, so an edit either was before or is refused. Who may write an item may do all of this with it; it comes
back through who deleted it or made it, while they may write where it lay, and through who administers that place.
"""

import time
from typing import Final

from msgspec import UNSET, UnsetType

from draftwire.errors import Problem
from draftwire.rest.lives import DeletedItem, DeletedPage, DeletedQuery, ItemDeleted, Unarchive, Undelete
from draftwire_server.core import cursor
from draftwire_server.core.access.access import Resource, visible
from draftwire_server.core.items.paths import check_path
from draftwire_server.limits.pages import PAGE_ITEMS
from draftwire_server.limits.retention import DELETED_KEPT_DAYS
from draftwire_server.services.access.changes import Changes, Changing
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.access.paging import page_of
from draftwire_server.services.deploys.jobs import Jobs
from draftwire_server.services.people.groups import checked_external_id
from draftwire_server.settings import Settings
from draftwire_server.store.deploys import jobs
from draftwire_server.store.items import items, lives, references
from draftwire_server.store.items.lives import ByDeletion, DeletedRow
from draftwire_server.store.postgres import Database

DAY_S: Final = 86_400.0


class Lives:
    """See the module."""

    def __init__(self, settings: Settings, database: Database, changes: Changes, people: People, jobs_: Jobs) -> None:
        self._key = settings.resume_key.encode()
        self._database = database
        self._changes = changes
        self._people = people
        self._jobs = jobs_

    # ---- archive

    async def archive(self, principal: Principal, item: str) -> str:
        """Archive an item; fine if it is archived. Gives its id. Raises `Problem` not_found, forbidden."""
        async with self._changes.begin(principal) as changing:
            row = await _writable(changing, item)
            if not row.archived:
                await lives.archive(changing.connection, changing.workspace, row.id)
                changing.tell("item.archived", row.id)
        return row.id

    async def unarchive(self, principal: Principal, item: str, asked: Unarchive) -> str:
        """Bring an archived item back to its path or another one; fine if it is live. Gives its id.

        Raises:
            Problem: not_found, forbidden, bad_path, taken; bad_message if it is live at another path.
        """
        async with self._changes.begin(principal) as changing:
            row = await _writable(changing, item)
            path = _wanted_path(changing, row.place, asked.path)
            if row.archived:
                await lives.unarchive(changing.connection, changing.workspace, row.id, path)
                changing.tell("item.unarchived", row.id)
            elif path != row.path:
                raise Problem("bad_message", "The item is not archived. To move it, change its path.")
        return row.id

    # ---- delete

    async def delete(self, principal: Principal, item: str) -> ItemDeleted:
        """Delete an item with all its drafts; fine if it is deleted. Raises `Problem` not_found, forbidden."""
        async with self._changes.begin(principal) as changing:
            row = await items.lock_item(changing.connection, changing.workspace, item)
            if row is not None and principal.may("see_item", row.place):
                if not principal.may("write_item", row.place):
                    raise principal.lacks("write")
                await lives.delete(changing.connection, changing.workspace, row.id, changing.actor)
                await jobs.add(changing.connection, changing.workspace, row.id, "keep")
                changing.tell("item.deleted", row.id)
                item = row.id
            gone = await _find_deleted(changing, item)
            if gone is None or not principal.may("write_item", gone.place):
                raise Problem("not_found")
            shown, place = visible(principal.access, changing.now), (gone.id, gone.kind, gone.path)
            users = await references.count_users(changing.connection, changing.workspace, shown, place)
        self._jobs.look_now()
        return ItemDeleted(gone.id, _until(gone), users)

    async def undelete(self, principal: Principal, item: str, asked: Undelete) -> str:
        """Bring a deleted item back with all its drafts; fine if it is there. Gives its id.

        Raises:
            Problem: not_found, forbidden, bad_path, taken: its path or external id is another's now, name others.
        """
        async with self._changes.begin(principal) as changing:
            there = await items.lock_item(changing.connection, changing.workspace, item)
            if there is not None and principal.may("write_item", there.place):
                return there.id
            row = await _find_deleted(changing, item)
            if row is None or not _may_bring_back(principal, row):
                raise Problem("not_found")
            if not await lives.hold_deleted(changing.connection, changing.workspace, row.id):
                return row.id  # somebody else was faster
            path = _wanted_path(changing, row.place, asked.path)
            external_id = row.external_id if asked.external_id is UNSET else checked_external_id(asked.external_id)
            if external_id is not None:  # coming back without one takes nothing from anybody
                principal.require_claim(external_id, row.external_id)
            await lives.undelete(changing.connection, changing.workspace, row, path, external_id)
            await jobs.drop(changing.connection, changing.workspace, row.id, "keep")
            changing.tell("item.undeleted", row.id)
        return row.id

    async def deleted(self, principal: Principal, query: DeletedQuery) -> DeletedPage:
        """A page of what the asker may bring back, the latest first. Raises `Problem` bad_cursor."""
        workspace, limit = principal.workspace.id, min(query.limit, PAGE_ITEMS)
        scope = f"deleted\0{workspace}\0{principal.access.user}".encode()
        after = cursor.unseal(self._key, scope, query.cursor, ByDeletion) if query.cursor else None
        shown = visible(principal.access, time.time())

        async def read(behind: ByDeletion | None, most: int) -> tuple[list[DeletedRow], list[DeletedRow]]:
            async with self._database.acquired() as connection:
                rows = await lives.list_deleted(connection, workspace, shown, DELETED_KEPT_DAYS, behind, most)
            return rows, [row for row in rows if _may_bring_back(principal, row)]

        found, next_ = await page_of(read, lambda row: ByDeletion(row.deleted_us, row.id), after, limit)
        infos = await self._people.load(workspace, {row.deleter for row in found})
        lines = tuple(
            DeletedItem(
                row.id, row.kind, row.path, row.external_id, row.summary, row.head_version, infos[row.deleter],
                row.deleted_at, _until(row), row.drafts, row.was_archived,
            )
            for row in found
        )  # fmt: skip
        return DeletedPage(lines, None if next_ is None else cursor.seal(self._key, scope, next_))


async def _writable(changing: Changing, item: str) -> items.ItemRow:
    """Hold an item that the asker may write. Raises `Problem` not_found, forbidden."""
    row = await items.lock_item(changing.connection, changing.workspace, item)
    if row is None or not changing.principal.may("see_item", row.place):
        raise Problem("not_found")
    if not changing.principal.may("write_item", row.place):
        raise changing.principal.lacks("write")
    return row


async def _find_deleted(changing: Changing, item: str) -> DeletedRow | None:
    external_id = item.removeprefix(items.EXTERNAL)
    return await lives.find_deleted(changing.connection, changing.workspace, item, external_id, DELETED_KEPT_DAYS)


def _wanted_path(changing: Changing, place: Resource, wanted: str | UnsetType | None) -> str | None:
    """The path to which an item comes back. Raises `Problem` bad_path, forbidden."""
    if wanted is UNSET:
        return place.path
    path = None if wanted is None else check_path(wanted, changing.principal.workspace.path_rule)
    if path != place.path and not changing.principal.may("write_item", Resource(path, place.item, place.creator)):
        raise Problem("forbidden", "You don't have write access at that path.", detail={"missing": "write"})
    return path


def _may_bring_back(principal: Principal, row: DeletedRow) -> bool:
    if principal.may("administer", row.place):
        return True
    return principal.access.user in (row.deleter_user, row.creator) and principal.may("write_item", row.place)


def _until(row: DeletedRow) -> float:
    return row.deleted_at + DELETED_KEPT_DAYS * DAY_S
