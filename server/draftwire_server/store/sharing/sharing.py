"""Who else may look at a draft or type in it: its visibility and its guests.

A trigger raises the workspace's `acl_rev` with every change, so that everybody connected is decided about again.
"""

from typing import Any

import msgspec

from draftwire_server.core.access.access import DraftFacts, Guest
from draftwire_server.store.postgres import Connection


class SharedRow(msgspec.Struct, frozen=True):
    """What a change of sharing looks at, locked."""

    item: str
    purpose: str
    owner: str | None
    visibility: str
    guests: tuple[Guest, ...]
    discarded: bool
    abandoned: bool

    @property
    def facts(self) -> DraftFacts:
        """What the access decision needs."""
        return msgspec.convert(
            {
                "purpose": self.purpose,
                "owner": self.owner,
                "visibility": self.visibility,
                "guests": self.guests,
                "abandoned": self.abandoned,
            },
            DraftFacts,
        )


_LOAD = """
select d.item_id, d.purpose, d.owner_id, d.visibility, d.guests, d.discarded_at is not null as discarded,
       coalesce(m.removed_at is not null, false) as abandoned
  from draft d left join member m on m.workspace_id = d.workspace_id and m.id = d.owner_id
 where d.workspace_id = $1 and d.id = $2
"""
_LOCK = _LOAD + " for no key update of d"


def _shared(row: Any) -> SharedRow:
    values = list(row.values())
    values[4] = msgspec.convert(values[4], tuple[Guest, ...])
    return SharedRow(*values)


async def load(connection: Connection, workspace: str, draft: str) -> SharedRow | None:
    """Read how a draft is shared; None if nobody has begun it."""
    row = await connection.fetchrow(_LOAD, workspace, draft)
    return _shared(row) if row else None


async def lock(connection: Connection, workspace: str, draft: str) -> SharedRow | None:
    """The same, held to the end of the caller's transaction."""
    row = await connection.fetchrow(_LOCK, workspace, draft)
    return _shared(row) if row else None


_VISIBILITY = "update draft set visibility = $3 where workspace_id = $1 and id = $2"


async def set_visibility(connection: Connection, workspace: str, draft: str, visibility: str) -> None:
    """Change who may look at a draft that the caller has locked."""
    await connection.execute(_VISIBILITY, workspace, draft, visibility)


_GUESTS = "update draft set guests = $3 where workspace_id = $1 and id = $2"


async def set_guests(connection: Connection, workspace: str, draft: str, guests: tuple[Guest, ...]) -> None:
    """Replace the guests of a draft that the caller has locked."""
    await connection.execute(_GUESTS, workspace, draft, msgspec.to_builtins(guests))
