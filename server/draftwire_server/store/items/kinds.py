"""Kinds of a workspace in their revisions, and the shapes with which drafts began."""

from typing import Any

import msgspec

from draftwire_server.store.postgres import Connection


class KindRow(msgspec.Struct, frozen=True):
    """The latest revision of a workspace's kind; without a definition it was taken back."""

    name: str
    revision: int
    definition: dict[str, Any] | None
    changed_by: str | None
    changed_at: float


class KindUse(msgspec.Struct, frozen=True):
    """How much of a workspace is of a kind."""

    items: int
    drafts: int


_LATEST = """
select distinct on (name) name, revision, definition, changed_by, extract(epoch from changed_at)::float8 as changed_at
  from kind where workspace_id = $1
 order by name, revision desc
"""


async def load_kinds(connection: Connection, workspace: str) -> tuple[KindRow, ...]:
    """Read the latest revision of each kind that the workspace has ever defined."""
    return tuple(KindRow(*row.values()) for row in await connection.fetch(_LATEST, workspace))


_LOCK = "select id from workspace where id = $1 for update"


async def lock_kinds(connection: Connection, workspace: str) -> None:
    """Let nobody else change the workspace's kinds until the transaction ends."""
    await connection.execute(_LOCK, workspace)


_ADD = """
insert into kind (workspace_id, name, revision, definition, changed_by)
select $1::text, $2::text, coalesce(max(revision), 0) + 1, $3::jsonb, $4::text from kind where workspace_id = $1::text and name = $2::text
returning revision
"""


async def add_revision(
    connection: Connection, workspace: str, name: str, definition: dict[str, Any] | None, actor: str
) -> int:
    """Write the next revision, or (no definition) take the kind back; a trigger raises the workspace's `acl_rev`."""
    return int(await connection.fetchval(_ADD, workspace, name, definition, actor))


_USE = """
select (select count(*) from item where workspace_id = $1 and kind = $2) as items,
       (select count(*) from draft d join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
         where d.workspace_id = $1 and i.kind = $2 and d.discarded_at is null) as drafts
"""


async def count_use(connection: Connection, workspace: str, name: str) -> KindUse:
    """Count what is of a kind."""
    row = await connection.fetchrow(_USE, workspace, name)
    assert row is not None
    return KindUse(*row.values())


_KEEP_SHAPE = """
insert into document_shape (workspace_id, id, keyed, text) values ($1, $2, $3, $4) on conflict do nothing
"""


async def keep_shape(
    connection: Connection, workspace: str, shape: str, keyed: tuple[str, ...], text: tuple[str, ...]
) -> None:
    """Keep a shape under the hash of its content."""
    await connection.execute(_KEEP_SHAPE, workspace, shape, list(keyed), list(text))


_PIN = """
update draft d set shape_id = $3 from item i
 where d.workspace_id = $1 and i.workspace_id = d.workspace_id and i.id = d.item_id and i.kind = $2
   and d.shape_id is null
"""


async def pin_shape(connection: Connection, workspace: str, kind: str, shape: str) -> None:
    """Let drafts that were begun before shapes were kept go on with the one that their kind had until now."""
    await connection.execute(_PIN, workspace, kind, shape)


# Where an item has moved from, its old path leads to it, as everywhere.
_ITEMS_AT = """
select distinct on (p.path, i.id) i.id, i.kind, p.path, i.creator_id, i.path as stands
  from path_holder p join item i on i.workspace_id = p.workspace_id and i.id = p.item_id
 where p.workspace_id = $1 and p.path = any($2::text[]) and i.archived_at is null and i.path is not null
   and p.n = (select max(q.n) from path_holder q where q.workspace_id = $1 and q.path = p.path)
"""


class ItemAt(msgspec.Struct, frozen=True):
    """An item to which a path leads; ``stands``: where it is now."""

    id: str
    kind: str
    path: str
    creator: str
    stands: str


async def items_at(connection: Connection, workspace: str, paths: list[str]) -> tuple[ItemAt, ...]:
    """Read to which items these paths lead."""
    return tuple(ItemAt(*row.values()) for row in await connection.fetch(_ITEMS_AT, workspace, paths))
