"""Where items were: every path that one had, the latest first. Triggers write it, whoever moves an item."""

import msgspec

from draftwire_server.core.access.access import Resource
from draftwire_server.store.postgres import Connection

HOLDERS = 1_000  # of one path; the earlier ones lead nowhere any more


class HolderRow(msgspec.Struct, frozen=True):
    """An item that has or had a path, and where it is now."""

    item: str
    kind: str
    path: str | None
    creator: str
    live: bool  # neither archived nor deleted

    @property
    def place(self) -> Resource:
        """Whoever could see it there knows of it, also if it is deleted."""
        return Resource(self.path, self.item, self.creator)


_HOLDERS = """
select i.id, i.kind, i.path, i.creator_id, i.archived_at is null
  from path_holder p join item i on i.workspace_id = p.workspace_id and i.id = p.item_id
 where p.workspace_id = $1 and p.path = $2
 order by p.n desc limit $3
"""


async def list_holders(connection: Connection, workspace: str, path: str) -> list[HolderRow]:
    """The items that have or had a path, who came last first."""
    return [HolderRow(*row.values()) for row in await connection.fetch(_HOLDERS, workspace, path, HOLDERS)]


_FORGET = "delete from path_holder where workspace_id = $1 and starts_with(path, $2)"


async def forget_below(connection: Connection, workspace: str, prefix: str) -> None:
    """Forget the paths below a prefix, in which nothing lies any more: they hold the name of somebody who was erased."""
    await connection.execute(_FORGET, workspace, prefix)
