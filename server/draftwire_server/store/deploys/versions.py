"""Versions: immutable, numbered, each value kept once per content; and what a deploy moves with them."""

from typing import Any

import msgspec

from draftwire_server.core.kinds.references import Referred
from draftwire_server.store.items import references
from draftwire_server.store.postgres import Connection, Row


class VersionRow(msgspec.Struct, frozen=True):
    """A deployed version without its value."""

    item: str
    number: int
    hash: str
    content_hash: str
    author: str
    deployer: str
    message: str
    source_etag: str | None
    override_version: int | None
    redeploy_of: int | None
    at: float
    run: str | None


class NewVersion(msgspec.Struct, frozen=True):
    """A version that is to be made the live one."""

    number: int
    hash: str
    content_hash: str
    value: Any
    author: str  # actors
    deployer: str
    message: str = ""
    source_etag: str | None = None
    override_version: int | None = None
    redeploy_of: int | None = None
    run: str | None = None  # in which an agent deployed it
    summary: str | None = None  # that the item has from now on; None: it stays
    referred: tuple[Referred, ...] | None = None  # what the value names; None: it is found out later


_ADD_CONTENT = """
insert into content (workspace_id, content_hash, value) values ($1, $2, $3) on conflict do nothing
"""

_ADD_VERSION = """
insert into version (workspace_id, item_id, number, hash, content_hash, author_id, deployer_id, message, source_etag,
                     override_version, redeploy_of, run_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""

_MOVE_TARGET = """
insert into target (workspace_id, item_id, version) values ($1, $2, $3)
on conflict (workspace_id, item_id, name) do update set version = excluded.version, moved_at = clock_timestamp()
"""

_MOVE_HEAD = """
update item set head_version = $3, summary = coalesce($4, summary), changed_at = clock_timestamp()
 where workspace_id = $1 and id = $2
"""


async def add_version(connection: Connection, workspace: str, item: str, new: NewVersion) -> None:
    """Write a version and make it the live one; call it in a transaction that holds the item."""
    await connection.execute(_ADD_CONTENT, workspace, new.content_hash, new.value)
    await connection.execute(
        _ADD_VERSION, workspace, item, new.number, new.hash, new.content_hash, new.author, new.deployer, new.message,
        new.source_etag, new.override_version, new.redeploy_of, new.run,
    )  # fmt: skip
    await connection.execute(_MOVE_TARGET, workspace, item, new.number)
    await connection.execute(_MOVE_HEAD, workspace, item, new.number, new.summary)
    if new.referred is not None:
        await references.note(connection, workspace, item, new.referred)


class DraftHead(msgspec.Struct, frozen=True):
    """Where a draft is, held."""

    generation: int
    seq: int
    mark: str
    base_version: int


_LOCK_DRAFT = """
select generation, head_seq, head_mark, base_version from draft
 where workspace_id = $1 and id = $2 and discarded_at is null for no key update
"""

_SET_BASE = "update draft set base_version = $4 where workspace_id = $1 and id = $2 and generation = $3"

_NOTE_CLEAN = """
update draft set clean_seq = $4 where workspace_id = $1 and id = $2 and generation = $3 and clean_seq < $4
"""

_KEEP = "update draft set kept_version = $4 where workspace_id = $1 and id = $2 and generation = $3"


async def lock_draft(connection: Connection, workspace: str, draft: str) -> DraftHead | None:
    """Hold a draft's row, after its item's; None if it is not there or discarded."""
    row = await connection.fetchrow(_LOCK_DRAFT, workspace, draft)
    return DraftHead(*row.values()) if row else None


async def set_base(connection: Connection, workspace: str, draft: str, generation: int, version: int) -> None:
    """Let a draft stand on a version."""
    await connection.execute(_SET_BASE, workspace, draft, generation, version)


async def note_clean(connection: Connection, workspace: str, draft: str, generation: int, seq: int) -> None:
    """Note that a draft's state equals the value of the version on which it stands: while it is so it counts as none."""
    await connection.execute(_NOTE_CLEAN, workspace, draft, generation, seq)


async def keep(connection: Connection, workspace: str, draft: str, generation: int, version: int) -> bool:
    """Remember that a draft stays as it is although a version came; False if it is not there."""
    return bool(await connection.execute(_KEEP, workspace, draft, generation, version) == "UPDATE 1")


_COLUMNS = """
select v.item_id, v.number, v.hash, v.content_hash, v.author_id, v.deployer_id, v.message, v.source_etag,
       v.override_version, v.redeploy_of, extract(epoch from v.made_at)::float8, v.run_id
  from version v
"""

_LIST = _COLUMNS + "where v.workspace_id = $1 and v.item_id = $2 and v.number < $3 order by v.number desc limit $4"
_BY_NUMBER = _COLUMNS + "where v.workspace_id = $1 and v.item_id = $2 and v.number = $3"
_BY_HASH = _COLUMNS + "where v.workspace_id = $1 and v.hash = $2"


def _version(row: Row | None) -> VersionRow | None:
    return VersionRow(*row.values()) if row else None


async def list_versions(connection: Connection, workspace: str, item: str, before: int, limit: int) -> list[VersionRow]:
    """List an item's versions below a number, the latest first."""
    rows = await connection.fetch(_LIST, workspace, item, before, limit)
    return [VersionRow(*row.values()) for row in rows]


async def find_version(connection: Connection, workspace: str, item: str, number: int) -> VersionRow | None:
    """Find an item's version by its number."""
    return _version(await connection.fetchrow(_BY_NUMBER, workspace, item, number))


async def find_version_by_hash(
    connection: Connection,
    workspace: str,
    hash: str,  # noqa: A002 — the word of the design
) -> VersionRow | None:
    """Find a version by its hash, whatever became of its item."""
    return _version(await connection.fetchrow(_BY_HASH, workspace, hash))


_GENERATION = """
select generation + (discarded_at is not null)::int from draft where workspace_id = $1 and id = $3 and item_id = $2
"""


async def generation_now(connection: Connection, workspace: str, item: str, draft: str) -> int | None:
    """The generation of a draft of an item that is, or would be begun next; None if there never was one."""
    found: int | None = await connection.fetchval(_GENERATION, workspace, item, draft)
    return found


_SET_ORIGIN = "update item set origin = $3 where workspace_id = $1 and id = $2"
_ORIGIN = "select origin from item where workspace_id = $1 and id = $2"


async def set_origin(connection: Connection, workspace: str, item: str, origin: dict[str, Any]) -> None:
    """Note where an item was forked from."""
    await connection.execute(_SET_ORIGIN, workspace, item, origin)


async def load_origin(connection: Connection, workspace: str, item: str) -> dict[str, Any] | None:
    """Where an item was forked from, if it was."""
    found: dict[str, Any] | None = await connection.fetchval(_ORIGIN, workspace, item)
    return found


class Standing(msgspec.Struct, frozen=True):
    """Where a followed draft's item is, and on which version the draft stands (None: nobody has begun it)."""

    workspace: str
    draft: str
    head: int
    head_hash: str  # of the content
    base: int | None
    kept: int | None


_STANDINGS = """
select f.workspace_id, f.draft_id, i.head_version, coalesce(v.content_hash, i.initial_hash), d.base_version,
       d.kept_version
  from unnest($1::text[], $2::text[], $3::text[]) as f(workspace_id, draft_id, item_id)
  join item i on i.workspace_id = f.workspace_id and i.id = f.item_id
  left join version v on v.workspace_id = i.workspace_id and v.item_id = i.id and v.number = i.head_version
  left join draft d on d.workspace_id = f.workspace_id and d.id = f.draft_id and d.discarded_at is null
"""


async def read_standings(connection: Connection, followed: list[tuple[str, str, str]]) -> list[Standing]:
    """Compare many drafts, given as (workspace, draft, item), with the heads of their items."""
    columns = [[one[n] for one in followed] for n in range(3)]
    return [Standing(*row.values()) for row in await connection.fetch(_STANDINGS, *columns)]
