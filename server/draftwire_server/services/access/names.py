"""Names for actors: rows hold ids, readers see who that is. A small cache in front of the store.

Names are read again after `KEEP_S`, and whenever the workspace's rights move.
"""

import time
from collections import OrderedDict

from draftwire.wire.messages import ActorInfo
from draftwire_server.store.access import members
from draftwire_server.store.people.erasure import GONE_NAME
from draftwire_server.store.postgres import Connection, Database

KEEP_S = 60.0
KEPT = 20_000  # actors of one worker; each costs about 300 bytes

UNKNOWN_NAME = GONE_NAME


class People:
    """Answers who an actor is."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: OrderedDict[tuple[str, str], tuple[float, ActorInfo]] = OrderedDict()

    def remember(self, workspace: str, info: ActorInfo) -> None:
        """Take in what a connection or another worker already knows."""
        self._known[(workspace, info.id)] = (time.monotonic(), info)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)

    def known(self, workspace: str, actor: str) -> ActorInfo:
        """What is known without asking; a stand-in for one that was never loaded."""
        found = self._known.get((workspace, actor))
        return found[1] if found else ActorInfo(id=actor, kind="user", name=UNKNOWN_NAME, user="")

    async def refresh(self, workspace: str) -> None:
        """Rights moved, perhaps because somebody was erased: their name is no longer given out."""
        for key in [key for key in self._known if key[0] == workspace]:
            self._known[key] = (float("-inf"), self._known[key][1])

    async def load(
        self, workspace: str, actors: set[str], connection: Connection | None = None
    ) -> dict[str, ActorInfo]:
        """Load many at once, over the connection that the caller holds, if any. Raises `Problem` unavailable."""
        now = time.monotonic()
        missing = [
            actor
            for actor in actors
            if (found := self._known.get((workspace, actor))) is None or now - found[0] > KEEP_S
        ]
        if missing:
            async with self._database.lent(connection) as lent:
                for row in await members.load_actors(lent, workspace, missing):
                    self.remember(workspace, actor_info(row))
        return {actor: self.known(workspace, actor) for actor in actors}

    async def load_users(self, workspace: str, users: set[str]) -> dict[str, ActorInfo]:
        """Load members by user id. Raises `Problem` unavailable."""
        if not users:
            return {}
        async with self._database.acquired() as connection:
            rows = await members.load_users(connection, workspace, list(users))
        return {row.user: actor_info(row) for row in rows}

    async def load_user(self, workspace: str, user: str) -> ActorInfo | None:
        """Load one member by user id. Raises `Problem` unavailable."""
        return (await self.load_users(workspace, {user})).get(user)


def actor_info(row: members.ActorRow) -> ActorInfo:
    """What readers see of an actor."""
    match row.kind:
        case "agent" | "api_key":
            return ActorInfo(row.id, row.kind, row.label, row.user, row.user_name, row.importer)
        case _:
            return ActorInfo(row.id, "user", row.user_name, row.user, None, row.importer)
