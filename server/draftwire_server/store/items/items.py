"""Items, their versions, and the list of them."""

import re
from typing import Any

import asyncpg
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access.access import Resource, Visible
from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection, Row

EXTERNAL = "ext:"  # before the platform's id of an item, wherever an id is taken


class ItemRow(msgspec.Struct, frozen=True):
    """An item and where its deployed state is."""

    id: str
    kind: str
    path: str | None
    external_id: str | None
    summary: str
    creator: str
    head_version: int
    base_hash: str  # content hash of the deployed value, or of the initial one
    archived: bool
    created_at: float
    changed_at: float

    @property
    def place(self) -> Resource:
        """What access decisions look at."""
        return Resource(self.path, self.id, self.creator, archived=self.archived)


class HeadVersion(msgspec.Struct, frozen=True):
    """A deployed version without its value."""

    number: int
    hash: str
    content_hash: str
    author: str
    deployer: str
    message: str
    at: float
    run: str | None


class DraftListRow(msgspec.Struct, frozen=True):
    """That a draft of an item is there."""

    id: str
    purpose: str
    owner: str | None
    visibility: str
    guests: tuple[dict[str, Any], ...]
    generation: int
    seq: int
    base_version: int
    changed_at: float
    abandoned: bool = False


_COLUMNS = """
select i.id, i.kind, i.path, i.external_id, i.summary, i.creator_id, i.head_version,
       coalesce(v.content_hash, i.initial_hash), i.archived_at is not null,
       extract(epoch from i.created_at)::float8, extract(epoch from i.changed_at)::float8
  from item i
  left join version v on v.workspace_id = i.workspace_id and v.item_id = i.id and v.number = i.head_version
"""

_BY_ID = (
    _COLUMNS
    + """
where i.workspace_id = $1 and (i.id = $2 or i.external_id = $3) and i.deleted_at is null
order by i.id = $2 desc limit 1
"""
)
_BY_PATH = _COLUMNS + "where i.workspace_id = $1 and i.path = $2 and i.archived_at is null"


def _item(row: Row | None) -> ItemRow | None:
    return ItemRow(*row.values()) if row else None


async def load_item(connection: Connection, workspace: str, item: str) -> ItemRow | None:
    """Load an item that is not deleted by its id, or by the platform's, with or without `EXTERNAL` before it."""
    return _item(await connection.fetchrow(_BY_ID, workspace, item, item.removeprefix(EXTERNAL)))


async def id_of(connection: Connection, workspace: str, item: str | None) -> str | None:
    """Our id for what a filter names an item with; what is not there stays as it is, and finds nothing."""
    if item is None or not item.startswith(EXTERNAL):
        return item
    row = await load_item(connection, workspace, item)
    return item if row is None else row.id


_BY_EXTERNAL_ID = _COLUMNS + "where i.workspace_id = $1 and i.external_id = $2 and i.deleted_at is null"


async def find_item_by_external_id(connection: Connection, workspace: str, external_id: str) -> ItemRow | None:
    """Find an item by the platform's id, archived ones too."""
    return _item(await connection.fetchrow(_BY_EXTERNAL_ID, workspace, external_id))


async def find_item_by_path(connection: Connection, workspace: str, path: str) -> ItemRow | None:
    """Find the item at a path; archived ones have left theirs."""
    return _item(await connection.fetchrow(_BY_PATH, workspace, path))


# What `Visible` stands for, as a condition over item i: $2 to $7 are what `visible_arguments` gives.
VISIBLE = """
($2::bool
 or i.id = any($4::text[])
 or (i.path is null and i.creator_id = $5)
 or exists (select 1 from unnest($3::text[]) as p where starts_with(i.path, p)))
and ($6::text[] is null
 or i.id = any($7::text[])
 or exists (select 1 from unnest($6::text[]) as p where starts_with(i.path, p)))
"""


def condition(first: int) -> str:
    """`VISIBLE` with its six parameters beginning with another number."""
    return re.sub(r"\$(\d)", lambda found: f"${int(found[1]) - 2 + first}", VISIBLE)


def visible_arguments(visible: Visible) -> tuple[Any, ...]:
    """The parameters $2 to $7 of `VISIBLE`."""
    within = visible.within
    return (
        visible.everything,
        list(visible.prefixes),
        list(visible.items),
        visible.creator,
        None if within is None else list(within.prefixes),
        None if within is None else list(within.items),
    )


_ADD = """
insert into item (workspace_id, id, kind, path, external_id, summary, creator_id, initial, initial_hash)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""


async def add_item(
    connection: Connection,
    workspace: str,
    *,
    kind: str,
    path: str | None,
    external_id: str | None,
    summary: str,
    creator: str,
    initial: Any,
    initial_hash: str,
    item: str | None = None,
) -> str:
    """Make an item, with the id that is given. Raises `Problem` taken if the path or the external id is in use."""
    item = item or new_id()
    try:
        await connection.execute(
            _ADD, workspace, item, kind, path, external_id, summary, creator, initial, initial_hash
        )
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken") from error
    return item


class PlaceRow(msgspec.Struct, frozen=True):
    """What an access decision needs of an item."""

    id: str
    path: str | None
    creator: str
    archived: bool = False

    @property
    def place(self) -> Resource:
        """What access decisions look at."""
        return Resource(self.path, self.id, self.creator, archived=self.archived)


_PLACES = """
select id, path, creator_id, archived_at is not null from item
 where workspace_id = $1 and (id = any($2::text[]) or external_id = any($3::text[])) and deleted_at is null
"""
_PLACES_EVER = """
select id, path, creator_id, archived_at is not null from item where workspace_id = $1 and id = any($2::text[])
"""


async def load_places(connection: Connection, workspace: str, items: list[str]) -> list[PlaceRow]:
    """Load what decisions need of many items, named by their ids or by `EXTERNAL` and the platform's.

    Those that are deleted are left out.
    """
    external = [item.removeprefix(EXTERNAL) for item in items if item.startswith(EXTERNAL)]
    return [PlaceRow(*row.values()) for row in await connection.fetch(_PLACES, workspace, items, external)]


async def load_places_ever(connection: Connection, workspace: str, items: list[str]) -> list[PlaceRow]:
    """The same by the items' own ids, of deleted ones too: who could see them may know what became of them."""
    return [PlaceRow(*row.values()) for row in await connection.fetch(_PLACES_EVER, workspace, items)]


_VALUE = """
select coalesce(c.value, i.initial)::text as value
  from item i
  left join version v on v.workspace_id = i.workspace_id and v.item_id = i.id and v.number = $3
  left join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
 where i.workspace_id = $1 and i.id = $2 and (v.number is not null or $3 = 0)
"""


async def load_value(connection: Connection, workspace: str, item: str, version: int) -> bytes | None:
    """Load a version's value as JSON; version 0 is the initial one."""
    value = await connection.fetchval(_VALUE, workspace, item, version)
    return None if value is None else str(value).encode()


_KIND = "select kind from item where workspace_id = $1 and id = $2"


async def load_kind(connection: Connection, workspace: str, item: str) -> str | None:
    """The kind of an item, also of a deleted one."""
    kind = await connection.fetchval(_KIND, workspace, item)
    return None if kind is None else str(kind)


_LOAD_EVER = _COLUMNS + "where i.workspace_id = $1 and i.id = $2"


async def load_item_ever(connection: Connection, workspace: str, item: str) -> ItemRow | None:
    """Load an item by its id, also a deleted one: versions are served by their hashes for ever."""
    return _item(await connection.fetchrow(_LOAD_EVER, workspace, item))


_CONTENT_HASH = """
select coalesce(v.content_hash, i.initial_hash)
  from item i
  left join version v on v.workspace_id = i.workspace_id and v.item_id = i.id and v.number = $3
 where i.workspace_id = $1 and i.id = $2
"""


async def load_content_hash(connection: Connection, workspace: str, item: str, version: int) -> str:
    """The content hash of a version; of the initial value for 0."""
    return str(await connection.fetchval(_CONTENT_HASH, workspace, item, version))


_VERSION = """
select number, hash, content_hash, author_id, deployer_id, message, extract(epoch from made_at)::float8, run_id
  from version where workspace_id = $1 and item_id = $2 and number = $3
"""


async def load_version(connection: Connection, workspace: str, item: str, number: int) -> HeadVersion | None:
    """Load a version without its value."""
    row = await connection.fetchrow(_VERSION, workspace, item, number)
    return HeadVersion(*row.values()) if row else None


_DRAFTS = """
select d.item_id, d.id, d.purpose, d.owner_id, d.visibility, d.guests, d.generation, d.head_seq, d.base_version,
       extract(epoch from d.changed_at)::float8 as changed_at, coalesce(m.removed_at is not null, false) as abandoned
  from draft d left join member m on m.workspace_id = d.workspace_id and m.id = d.owner_id
 where d.workspace_id = $1 and d.item_id = any($2::text[]) and d.discarded_at is null
   and d.head_seq > d.clean_seq
 order by d.begun_at, d.id
"""


async def list_drafts(connection: Connection, workspace: str, item: str) -> list[DraftListRow]:
    """List an item's drafts that hold anything."""
    return (await list_drafts_of(connection, workspace, [item])).get(item, [])


async def list_drafts_of(connection: Connection, workspace: str, items: list[str]) -> dict[str, list[DraftListRow]]:
    """List the drafts of many items that hold anything, by the items' ids."""
    found: dict[str, list[DraftListRow]] = {}
    for row in await connection.fetch(_DRAFTS, workspace, items):
        draft = DraftListRow(
            id=row["id"],
            purpose=row["purpose"],
            owner=row["owner_id"],
            visibility=row["visibility"],
            guests=tuple(row["guests"]),
            generation=row["generation"],
            seq=row["head_seq"],
            base_version=row["base_version"],
            changed_at=row["changed_at"],
            abandoned=row["abandoned"],
        )
        found.setdefault(row["item_id"], []).append(draft)
    return found


_MOVE_PATH = "update item set path = $3, changed_at = clock_timestamp() where workspace_id = $1 and id = $2"


async def move_item(connection: Connection, workspace: str, item: str, path: str | None) -> None:
    """Give an item another path; a trigger raises `acl_rev`. Raises `Problem` taken."""
    try:
        await connection.execute(_MOVE_PATH, workspace, item, path)
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken") from error


_LOCK_ITEM = _BY_ID + " for no key update of i"

_CHANGE = """
update item set summary = $3, external_id = $4, changed_at = clock_timestamp() where workspace_id = $1 and id = $2
"""


async def lock_item(connection: Connection, workspace: str, item: str) -> ItemRow | None:
    """Load an item by its id or the platform's, and keep it as it is until the transaction ends."""
    return _item(await connection.fetchrow(_LOCK_ITEM, workspace, item, item.removeprefix(EXTERNAL)))


async def change_item(
    connection: Connection, workspace: str, item: str, *, summary: str, external_id: str | None
) -> None:
    """Write an item's summary and external id, which change nobody's rights. Raises `Problem` taken."""
    try:
        await connection.execute(_CHANGE, workspace, item, summary, external_id)
    except asyncpg.UniqueViolationError as error:
        raise Problem("taken") from error
