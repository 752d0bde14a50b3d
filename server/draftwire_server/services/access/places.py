"""Where items are, for access decisions: a cache that is read again whenever a workspace's rights move."""

from draftwire.errors import Problem
from draftwire_server.core.access.access import Resource
from draftwire_server.services.access.identity import Principal
from draftwire_server.store.items import items
from draftwire_server.store.postgres import Database

KEPT = 50_000  # items of one worker; beyond it the cache begins anew


class Places:
    """Answers with an item's path and creator."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[tuple[str, str], Resource] = {}

    def get(self, workspace: str, item: str) -> Resource | None:
        """What is known without asking."""
        return self._known.get((workspace, item))

    async def load(self, workspace: str, item: str) -> Resource:
        """Find an item's place, by its id or ``ext:`` and the platform's. Raises `Problem` not_found or unavailable."""
        found = await self.load_many(workspace, [item])
        if not found:
            raise Problem("not_found")
        return next(iter(found.values()))

    async def load_for(self, principal: Principal, item: str) -> Resource:
        """The same for somebody who may not see it, perhaps: what they don't see is asked for like what is not there,
        although it is known here, so that the time tells nothing. Raises as `load`.
        """
        known = self.get(principal.workspace.id, item)
        if known is not None and not principal.may("see_item", known):
            async with self._database.acquired() as connection:
                await items.load_places(connection, principal.workspace.id, [item])
            return known
        return await self.load(principal.workspace.id, item)

    async def load_many(self, workspace: str, wanted: list[str]) -> dict[str, Resource]:
        """Find the places of many items, by the items' own ids; those that are not there are left out."""
        known = {item: place for item in wanted if (place := self._known.get((workspace, item))) is not None}
        missing = [item for item in wanted if item not in known]
        if missing:
            async with self._database.acquired() as connection:
                rows = await items.load_places(connection, workspace, missing)
            if len(self._known) + len(rows) > KEPT:
                self._known.clear()
            for row in rows:
                known[row.id] = self._known[(workspace, row.id)] = row.place
        return known

    async def refresh(self, workspace: str) -> None:
        """Rights moved, perhaps because an item did: read this workspace's places again."""
        known = [item for other, item in self._known if other == workspace]
        if not known:
            return
        async with self._database.acquired() as connection:
            rows = await items.load_places(connection, workspace, known)
        for item in known:
            del self._known[(workspace, item)]
        for row in rows:
            self._known[(workspace, row.id)] = row.place
