"""What stands at a path, and where what stood there has gone.

Of all that ever had the path, that one decides which came last of those that the asker may know of: what one can't see
never was there for them. If it is archived or deleted, the path leads nowhere, rather than to what stood there before.
"""

from typing import Literal

from draftwire.errors import Problem
from draftwire.rest.items import At
from draftwire_server.core.items.paths import nfc
from draftwire_server.services.access.identity import Principal
from draftwire_server.store.items import paths
from draftwire_server.store.postgres import Connection, Database


class Paths:
    """See the module."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, principal: Principal, path: str) -> At:
        """What the asker may see at a path, or what has moved from there. Raises `Problem` not_found."""
        async with self._database.acquired() as connection:
            found = await leads(connection, principal, path, ("see_item",))
        if found is None:
            raise Problem("not_found")
        return found


async def leads(
    connection: Connection, principal: Principal, path: str, may: tuple[Literal["see_item", "run_item"], ...]
) -> At | None:
    """Where a path leads for who may do one of these; ``moved_from`` is set if that is not where it stands."""
    path = nfc(path)
    for row in await paths.list_holders(connection, principal.workspace.id, path):
        if any(principal.may(action, row.place) for action in may):
            if not row.live or row.path is None:
                return None
            return At(row.item, row.kind, row.path, None if row.path == path else path)
    return None
