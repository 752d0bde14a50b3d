"""Where items are, for access decisions: a cache that is read again whenever a workspace's rights move."""

from draftwire.errors import Problem
from draftwire_server.core.access import Resource
from draftwire_server.store import items
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
        """Find an item's place. Raises `Problem` not_found or unavailable."""
        known = self._known.get((workspace, item))
        if known is not None:
            return known
        async with self._database.acquired() as connection:
            rows = await items.load_places(connection, workspace, [item])
        if not rows:
            raise Problem("not_found")
        if len(self._known) >= KEPT:
            self._known.clear()
        place = Resource(path=rows[0].path, item=item, creator=rows[0].creator)
        self._known[(workspace, item)] = place
        return place

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
            self._known[(workspace, row.id)] = Resource(path=row.path, item=row.id, creator=row.creator)
