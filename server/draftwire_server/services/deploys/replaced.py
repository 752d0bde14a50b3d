"""A deploy over versions that it does not hold: who deployed them is told, and has their text at hand.

The versions stay as they are. But nobody looks for one of their own that nothing tells them of: its author's draft is
clean and follows the new head by itself. So they get an alert in the draft from which theirs was deployed, and an
entry in their stash that brings it back into a draft.
"""

import time
from typing import Any, Final

from draftwire.wire.messages import ActorInfo, Alert, AlertSide
from draftwire_server.core.etag import parse_etag
from draftwire_server.core.ids import ActorId, new_id, public_session_id
from draftwire_server.services.access.identity import Principal
from draftwire_server.services.access.names import People
from draftwire_server.services.live.alerts import shortened
from draftwire_server.services.merge.values import ComparedValues
from draftwire_server.services.writes.replacement import OVERRIDDEN, LeftText
from draftwire_server.store.deploys import versions
from draftwire_server.store.items.items import ItemRow
from draftwire_server.store.postgres import Database

LOOKED_BACK: Final = 50  # versions between the one that a draft stands on and the head; who is further back reads those


class Replaced:
    """See the module."""

    def __init__(self, database: Database, people: People, comparing: ComparedValues) -> None:
        self._database = database
        self._people = people
        self._comparing = comparing

    async def of(self, principal: Principal, item: ItemRow, base: int, value: dict[str, Any]) -> tuple[LeftText, ...]:
        """The latest version of each other author among those after ``base``. Raises `Problem` unavailable."""
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            limit = min(LOOKED_BACK, max(0, item.head_version - base))
            rows = await versions.list_versions(connection, workspace, item.id, item.head_version + 1, limit)
        authors = await self._people.load(workspace, {row.author for row in rows})
        left: dict[str, LeftText] = {}
        for row in rows:
            author = authors[row.author]
            if author.user and author.user != principal.access.user and author.user not in left:
                one = await self._left(principal, row, author, value)
                if one is not None:
                    left[author.user] = one
        return tuple(left.values())

    async def _left(
        self, principal: Principal, row: versions.VersionRow, author: ActorInfo, value: dict[str, Any]
    ) -> LeftText | None:
        """A version as its author has it back; None if it came from no draft of this workspace."""
        workspace = principal.workspace.id
        draft, _, etag = (row.source_etag or "").partition("@")
        at = parse_etag(etag)
        async with self._database.acquired() as connection:
            generation = await versions.generation_now(connection, workspace, row.item, draft)
        if at is None or generation is None:
            return None
        theirs = await self._comparing.version_value(workspace, row.item, row.number)
        now, stash, sid = time.time(), new_id(), public_session_id(ActorId(author.id), draft)
        sides = (
            AlertSide(actor=author, sid=sid, text=shortened(theirs), seq=at.seq, at=row.at, run=row.run),
            AlertSide(principal.info, sid="", text=shortened(value), seq=at.seq, at=now, run=principal.access.run),
        )
        alert = Alert(
            id=new_id(), draft=draft, kind="lost_target", reason="lost", address="", opened_at=now, seq=at.seq,
            sides=sides, stash=stash,
        )  # fmt: skip
        texts = ({"at": "", "mine": theirs, "base": value},)
        return LeftText(
            stash, author.user, author.id, sid, row.item, draft, at.generation, at.seq, texts, OVERRIDDEN, alert,
            generation,
        )  # fmt: skip
