"""Changing an item itself: its path, summary and external id. A new path changes who may see it, at once."""

from msgspec import UNSET

from draftwire.errors import Problem
from draftwire.rest.items import ChangedItem
from draftwire_server.core.access.access import Resource
from draftwire_server.core.items.paths import check_path
from draftwire_server.services.access.changes import Changes, Changing
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.people.groups import checked_external_id, checked_summary
from draftwire_server.store.items import items


class ItemChanges:
    """See the module."""

    def __init__(self, changes: Changes) -> None:
        self._changes = changes

    async def change(self, principal: Principal, item: str, wanted: ChangedItem) -> str:
        """Change an item; gives its id. Raises `Problem` not_found, forbidden, bad_path, taken.

        Moving needs write at both places. A taken path is told to who may write there, also of what they can't see:
        no two items can lie at one path.
        """
        async with self._changes.begin(principal) as changing:
            row = await items.lock_item(changing.connection, changing.workspace, item)
            if row is None:
                raise Problem("not_found")
            place = row.place
            if not principal.may("see_item", place):
                raise Problem("not_found")
            if not principal.may("write_item", place):
                raise principal.lacks("write")
            path = row.path if wanted.path is UNSET else self._path(changing, wanted.path, row)
            summary = row.summary if wanted.summary is UNSET else checked_summary(wanted.summary)
            external_id = row.external_id if wanted.external_id is UNSET else checked_external_id(wanted.external_id)
            principal.require_claim(external_id, row.external_id)
            if (path, summary, external_id) == (row.path, row.summary, row.external_id):
                return row.id
            if path != row.path:
                if row.archived:
                    raise Problem("archived", "The item is archived and has no path. Unarchive it at the new path.")
                await items.move_item(changing.connection, changing.workspace, row.id, path)
            if (summary, external_id) != (row.summary, row.external_id):
                await items.change_item(
                    changing.connection, changing.workspace, row.id, summary=summary, external_id=external_id
                )
            changing.tell("item.moved" if path != row.path else "item.changed", row.id)
        return row.id

    @staticmethod
    def _path(changing: Changing, wanted: str | None, row: items.ItemRow) -> str | None:
        path = None if wanted is None else check_path(wanted, changing.principal.workspace.path_rule)
        if path != row.path:
            # Without a path an item is its creator's; nobody else may take it there.
            place = Resource(path=path, item=row.id, creator=row.creator)
            if not changing.principal.may("write_item", place):
                raise changing.principal.lacks("write", "You don't have write access at that path.")
        return path
