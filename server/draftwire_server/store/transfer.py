"""What an export reads and an import writes, beyond what the other modules of the store already do.

Rows come with names instead of ids, as records hold them; what is written keeps the times of the record.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import asyncpg
import msgspec

from draftwire.errors import Problem
from draftwire_server.store.postgres import Connection
from draftwire_server.store.quiet import told

_BY = """jsonb_build_object('user', m{0}.username, 'kind', a{0}.kind, 'label', split_part(a{0}.label, E'\\x1f', 1),
                           'imported', im{0}.username)"""
_ACTOR = """
  left join actor a{0} on a{0}.workspace_id = {1}.workspace_id and a{0}.id = {1}.{2}
  left join member m{0} on m{0}.workspace_id = a{0}.workspace_id and m{0}.id = a{0}.user_id
  left join member im{0} on im{0}.workspace_id = a{0}.workspace_id and im{0}.id = a{0}.importer_id
"""


def _epoch(column: str) -> str:
    return f"extract(epoch from {column})::float8"


class PlacedMember(msgspec.Struct, frozen=True):
    """A member with the times of their row."""

    username: str
    name: str
    role: Any
    external_id: str | None
    created_at: float
    removed_at: float | None


_MEMBERS = f"""
select username, name, role, external_id, {_epoch("created_at")}, {_epoch("removed_at")}
  from member where workspace_id = $1 and username > $2 order by username limit $3
"""


async def page_of_members(connection: Connection, workspace: str, after: str, limit: int) -> list[PlacedMember]:
    """Members by username, removed ones too."""
    return [PlacedMember(*row.values()) for row in await connection.fetch(_MEMBERS, workspace, after, limit)]


class RevisionRow(msgspec.Struct, frozen=True):
    """A revision of a kind."""

    name: str
    revision: int
    definition: dict[str, Any] | None
    changed_at: float
    by: dict[str, Any] | None


_REVISIONS = f"""
select k.name, k.revision, k.definition, {_epoch("k.changed_at")},
       case when a.id is null then null else {_BY.format("")} end
  from kind k {_ACTOR.format("", "k", "changed_by")}
 where k.workspace_id = $1 and (k.name, k.revision) > ($2, $3) order by k.name, k.revision limit $4
"""


async def page_of_revisions(
    connection: Connection, workspace: str, name: str, revision: int, limit: int
) -> list[RevisionRow]:
    """Revisions of the workspace's kinds, in order."""
    rows = await connection.fetch(_REVISIONS, workspace, name, revision, limit)
    return [RevisionRow(*row.values()) for row in rows]


class ExportedRun(msgspec.Struct, frozen=True):
    """A run."""

    id: str
    by: dict[str, Any]
    state: Any
    started_at: float
    label: str
    model: str | None
    ended_at: float | None


_RUNS = f"""
select r.id, {_BY.format("")}, r.state, {_epoch("r.started_at")}, r.label, r.model, {_epoch("r.ended_at")}
  from run r {_ACTOR.format("", "r", "actor_id")}
 where r.workspace_id = $1 and r.id > $2 order by r.id limit $3
"""


async def page_of_runs(connection: Connection, workspace: str, after: str, limit: int) -> list[ExportedRun]:
    """Runs by their ids."""
    return [ExportedRun(*row.values()) for row in await connection.fetch(_RUNS, workspace, after, limit)]


class PlacedItem(msgspec.Struct, frozen=True):
    """An item with everything of its row."""

    id: str
    kind: str
    path: str | None
    creator: str
    creator_id: str
    initial: bytes
    created_at: float
    changed_at: float
    summary: str
    external_id: str | None
    archived_at: float | None
    origin: Any
    paths: list[str]  # earlier ones, the first one first


_BELOW = "($3::text is null or starts_with(i.path, $3))"
_ITEMS = f"""
select i.id, i.kind, i.path, m.username, i.creator_id, convert_to(i.initial::text, 'UTF8'), {_epoch("i.created_at")},
       {_epoch("i.changed_at")}, i.summary, i.external_id, {_epoch("i.archived_at")}, i.origin,
       array(select p.path from path_holder p where p.workspace_id = i.workspace_id and p.item_id = i.id
                and p.path is distinct from i.path order by p.n)
  from item i join member m on m.workspace_id = i.workspace_id and m.id = i.creator_id
 where i.workspace_id = $1 and i.id > $2 and i.deleted_at is null and {_BELOW} order by i.id limit 1
"""
_COUNTS = f"""
select count(*), count(*) filter (where i.id <= $2) from item i
 where i.workspace_id = $1 and i.deleted_at is null and {_BELOW}
"""


async def next_item(connection: Connection, workspace: str, after: str, below: str | None) -> PlacedItem | None:
    """The item after an id, of those whose path begins with ``below``."""
    row = await connection.fetchrow(_ITEMS, workspace, after, below)
    return PlacedItem(*row.values()) if row else None


async def count_items(connection: Connection, workspace: str, upto: str, below: str | None) -> tuple[int, int]:
    """How many items there are, and how many of them up to an id."""
    row = await connection.fetchrow(_COUNTS, workspace, upto, below)
    assert row is not None
    return int(row[0]), int(row[1])


class PlacedVersion(msgspec.Struct, frozen=True):
    """A version with its value as JSON."""

    number: int
    hash: str
    content_hash: str
    author: dict[str, Any]
    deployer: dict[str, Any]
    at: float
    value: bytes
    message: str
    source_etag: str | None
    override_version: int | None
    redeploy_of: int | None
    run: str | None


# Values are bounded by what they take compressed; one is always read.
_VERSIONS = f"""
with following as (
  select v.*, c.value,
         sum(pg_column_size(c.value)) over (order by v.number) - pg_column_size(c.value) as before
    from version v join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
   where v.workspace_id = $1 and v.item_id = $2 and v.number > $3
   order by v.number limit $4
)
select v.number, v.hash, v.content_hash, {_BY.format("1")}, {_BY.format("2")}, {_epoch("v.made_at")},
       convert_to(v.value::text, 'UTF8'), v.message, v.source_etag, v.override_version, v.redeploy_of,
       v.run_id
  from following v {_ACTOR.format("1", "v", "author_id")} {_ACTOR.format("2", "v", "deployer_id")}
 where v.before < $5
 order by v.number
"""


async def versions_after(
    connection: Connection, workspace: str, item: str, number: int, limit: int, size_bytes: int
) -> list[PlacedVersion]:
    """An item's versions after a number, as many as fit."""
    rows = await connection.fetch(_VERSIONS, workspace, item, number, limit, size_bytes)
    return [PlacedVersion(*row.values()) for row in rows]


class PlacedDraft(msgspec.Struct, frozen=True):
    """A draft that holds something, and from which state on it is exported."""

    id: str
    purpose: Any
    owner: str | None
    visibility: Any
    generation: int
    origin_version: int
    base_version: int
    kept_version: int
    head_seq: int
    begun_at: float
    changed_at: float
    keyed: list[str] | None
    text: list[str] | None
    guests: list[dict[str, Any]]
    from_seq: int
    value: bytes
    last_nos: dict[str, int]


# From the oldest snapshot that is near enough; from the beginning if that is near and still kept.
_DRAFTS = f"""
select d.id, d.purpose, m.username, d.visibility, d.generation, d.origin_version, d.base_version, d.kept_version,
       d.head_seq, {_epoch("d.begun_at")}, {_epoch("d.changed_at")}, h.keyed, h.text,
       coalesce((select jsonb_agg(jsonb_set(g, '{{user}}', to_jsonb(gm.username)) order by gm.username)
                   from jsonb_array_elements(d.guests) g
                   join member gm on gm.workspace_id = d.workspace_id and gm.id = g ->> 'user'), '[]'::jsonb),
       coalesce(s.seq, 0), coalesce(s.value, convert_to(coalesce(c.value, i.initial)::text, 'UTF8')),
       coalesce(s.last_nos, '{{}}'::jsonb)
  from draft d
  join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
  left join member m on m.workspace_id = d.workspace_id and m.id = d.owner_id
  left join document_shape h on h.workspace_id = d.workspace_id and h.id = d.shape_id
  left join version v on v.workspace_id = d.workspace_id and v.item_id = d.item_id and v.number = d.origin_version
  left join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
  left join lateral (
    select s.* from draft_snapshot s
     where s.workspace_id = d.workspace_id and s.draft_id = d.id and s.generation = d.generation and s.seq <= d.head_seq
       and not (d.head_seq <= $3 and exists (
             select 1 from draft_op o where o.workspace_id = d.workspace_id and o.draft_id = d.id
                and o.generation = d.generation and o.seq = 1))
     order by s.seq < d.head_seq - $3, case when s.seq < d.head_seq - $3 then -s.seq else s.seq end limit 1
  ) s on true
 where d.workspace_id = $1 and d.item_id = $2 and d.discarded_at is null and d.head_seq > d.clean_seq
   and d.purpose <> 'suggestion'
 order by d.purpose, m.username
"""


async def drafts_of(connection: Connection, workspace: str, item: str, batches: int) -> list[PlacedDraft]:
    """An item's drafts, each with a state from which about so many batches lead to its head."""
    return [PlacedDraft(*row.values()) for row in await connection.fetch(_DRAFTS, workspace, item, batches)]


class PlacedWriter(msgspec.Struct, frozen=True):
    """A writer of a draft."""

    w: int
    by: dict[str, Any]
    joined_at: float
    run: str | None
    approved_by: dict[str, Any] | None


_WRITERS = f"""
select w.w, {_BY.format("")}, {_epoch("w.joined_at")}, w.run_id,
       case when w.approved_by is not null then {_BY.format("p")} end
  from draft_writer w {_ACTOR.format("", "w", "actor_id")} {_ACTOR.format("p", "w", "approved_by")}
 where w.workspace_id = $1 and w.draft_id = $2 order by w.w
"""


async def writers_of(connection: Connection, workspace: str, draft: str) -> list[PlacedWriter]:
    """The writers of a draft."""
    return [PlacedWriter(*row.values()) for row in await connection.fetch(_WRITERS, workspace, draft)]


class PlacedBatch(msgspec.Struct, frozen=True):
    """A batch without what follows from those before it."""

    seq: int
    w: int
    no: int
    base: int
    seen: int
    at: float
    ops: bytes
    kind: Any
    cause: str | None


_BATCHES = f"""
select seq, w, op_no, base, seen, {_epoch("at")}, ops, kind, cause from draft_op
 where workspace_id = $1 and draft_id = $2 and generation = $3 and seq > $4 and seq <= $5 order by seq
"""


async def batches_between(
    connection: Connection, workspace: str, draft: str, generation: int, after: int, upto: int
) -> list[PlacedBatch]:
    """The batches of a stretch of a log."""
    rows = await connection.fetch(_BATCHES, workspace, draft, generation, after, upto)
    return [PlacedBatch(*row.values()) for row in rows]


class PlacedGrant(msgspec.Struct, frozen=True):
    """A grant."""

    may: list[Any]
    created_at: float
    user: str | None
    group: str | None
    prefix: str | None
    item: str | None
    item_path: str | None
    until: float | None
    by: dict[str, Any] | None


_GRANTS = f"""
select g.may, {_epoch("g.created_at")}, u.username, ug.name, g.path_prefix, g.item_id, i.path, {_epoch("g.until")},
       case when a.id is null then null else {_BY.format("")} end
  from access_grant g {_ACTOR.format("", "g", "granted_by")}
  left join member u on u.workspace_id = g.workspace_id and u.id = g.user_id
  left join user_group ug on ug.workspace_id = g.workspace_id and ug.id = g.group_id
  left join item i on i.workspace_id = g.workspace_id and i.id = g.item_id
 where g.workspace_id = $1
"""


async def list_grants(connection: Connection, workspace: str) -> list[PlacedGrant]:
    """All grants; there are no more than people give one by one."""
    return [PlacedGrant(*row.values()) for row in await connection.fetch(_GRANTS, workspace)]


# ---- writing


@contextlib.contextmanager
def refusing() -> Iterator[None]:
    """Turn what a table does not take, as a number too large or an id too long, into `Problem` bad_record."""
    try:
        yield
    except (asyncpg.DataError, asyncpg.PostgresError) as error:
        state = getattr(error, "sqlstate", None) or "22"
        if state[:2] not in ("22", "23"):  # data exceptions and violated constraints
            raise
        raise Problem("bad_record", f"The record can't be stored: {told(error)}.") from error


_ADD_MEMBER = """
insert into member (workspace_id, id, external_id, username, name, role, created_at, removed_at)
values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8), to_timestamp($8::float8))
on conflict do nothing returning id
"""


async def add_member(connection: Connection, workspace: str, member: str, given: PlacedMember) -> bool:
    """Make a member; False if their username or external id is in use."""
    made = await connection.fetchval(
        _ADD_MEMBER, workspace, member, given.external_id, given.username, given.name, given.role, given.created_at,
        given.removed_at,
    )  # fmt: skip
    return made is not None


_ADD_REVISION = """
insert into kind (workspace_id, name, revision, definition, changed_by, changed_at)
values ($1, $2, $3, $4, $5, to_timestamp($6::float8)) on conflict do nothing returning revision
"""
_REVISION = "select definition from kind where workspace_id = $1 and name = $2 and revision = $3"


async def add_revision(connection: Connection, workspace: str, row: RevisionRow, actor: str | None) -> bool:
    """Write a revision of a kind; False if there is one."""
    made = await connection.fetchval(
        _ADD_REVISION, workspace, row.name, row.revision, row.definition, actor, row.changed_at
    )
    return made is not None


async def read_revision(connection: Connection, workspace: str, name: str, revision: int) -> dict[str, Any] | None:
    """The definition of one revision."""
    found: dict[str, Any] | None = await connection.fetchval(_REVISION, workspace, name, revision)
    return found


_ADD_RUN = """
insert into run (workspace_id, id, actor_id, label, model, state, started_at, ended_at)
values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8), to_timestamp($8::float8)) on conflict do nothing returning id
"""


async def add_run(connection: Connection, workspace: str, row: ExportedRun, actor: str) -> bool:
    """Write a run; False if it is there."""
    made = await connection.fetchval(
        _ADD_RUN, workspace, row.id, actor, row.label, row.model, row.state, row.started_at, row.ended_at
    )
    return made is not None


_ADD_ITEM = """
insert into item (workspace_id, id, kind, path, external_id, summary, creator_id, initial, initial_hash, origin,
                  archived_at, created_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, to_timestamp($11::float8), to_timestamp($12::float8),
        to_timestamp($13::float8))
on conflict do nothing returning id
"""


async def add_item(connection: Connection, workspace: str, row: PlacedItem, initial: Any, initial_hash: str) -> bool:
    """Write an item; False if its id, path or external id is in use."""
    made = await connection.fetchval(
        _ADD_ITEM, workspace, row.id, row.kind, row.path, row.external_id, row.summary, row.creator_id, initial,
        initial_hash, row.origin, row.archived_at, row.created_at, row.changed_at,
    )  # fmt: skip
    return made is not None


_ADD_PATHS = """
insert into path_holder (workspace_id, path, item_id, n)
select $1, p.path, $2, -1000 + p.k from unnest($3::text[]) with ordinality as p(path, k) on conflict do nothing
"""


async def add_paths(connection: Connection, workspace: str, item: str, paths: list[str]) -> None:
    """Note paths that an item had before: its turn there was earlier than anybody's since."""
    await connection.execute(_ADD_PATHS, workspace, item, paths)


_ADD_CONTENT = """
insert into content (workspace_id, content_hash, value) values ($1, $2, $3) on conflict do nothing
"""
_ADD_VERSION = """
insert into version (workspace_id, item_id, number, hash, content_hash, author_id, deployer_id, message, source_etag,
                     override_version, redeploy_of, run_id, made_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, to_timestamp($13::float8))
"""
_MOVE_TARGET = """
insert into target (workspace_id, item_id, version, moved_at) values ($1, $2, $3, to_timestamp($4::float8))
on conflict (workspace_id, item_id, name) do update set version = excluded.version, moved_at = excluded.moved_at
"""
_MOVE_HEAD = "update item set head_version = $3 where workspace_id = $1 and id = $2"


async def add_version(
    connection: Connection, workspace: str, item: str, row: PlacedVersion, value: Any, author: str, deployer: str
) -> None:
    """Write the next version of an item that the transaction holds."""
    await connection.execute(_ADD_CONTENT, workspace, row.content_hash, value)
    await connection.execute(
        _ADD_VERSION, workspace, item, row.number, row.hash, row.content_hash, author, deployer, row.message,
        row.source_etag, row.override_version, row.redeploy_of, row.run, row.at,
    )  # fmt: skip
    await connection.execute(_MOVE_TARGET, workspace, item, row.number, row.at)
    await connection.execute(_MOVE_HEAD, workspace, item, row.number)


class NewDraft(msgspec.Struct, frozen=True):
    """A draft's row."""

    id: str
    item: str
    purpose: str
    owner: str | None
    visibility: str
    guests: list[dict[str, Any]]
    generation: int
    head_seq: int
    head_mark: str
    origin_version: int
    base_version: int
    kept_version: int
    shape: str
    begun_at: float
    changed_at: float


class NewLog(msgspec.Struct, frozen=True):
    """The columns of a draft's writers and batches."""

    # w, session, sid, actor, run, joined at, approver
    writers: list[tuple[int, str, str, str, str | None, float, str | None]]
    batches: list[Any]  # seq, w, no, key, base, seen, kind, cause, mark, ops, took, at


_ADD_DRAFT = """
insert into draft (workspace_id, id, item_id, purpose, owner_id, visibility, guests, generation, head_seq, head_mark,
                   origin_version, base_version, kept_version, shape_id, begun_at, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, to_timestamp($15::float8),
        to_timestamp($16::float8))
on conflict do nothing returning id
"""
_HOLD_DRAFT = """
update draft d set held = 'archived' from item i
 where d.workspace_id = $1 and d.id = $2 and i.workspace_id = d.workspace_id and i.id = d.item_id
   and i.archived_at is not null
"""
_ADD_WRITERS = """
insert into draft_writer (workspace_id, draft_id, w, session, sid, actor_id, run_id, joined_at, approved_by)
select $1, $2, w, session, sid, actor, run, to_timestamp(at), approved_by
  from unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::float8[], $9::text[])
    as n(w, session, sid, actor, run, at, approved_by)
"""
_ADD_BATCHES = """
insert into draft_op (workspace_id, draft_id, generation, seq, w, op_no, key, base, seen, kind, cause, mark, ops, took, at)
select $1, $2, $3, seq, w, no, key, base, seen, kind, cause, mark, ops, took, to_timestamp(at)
  from unnest($4::bigint[], $5::int[], $6::bigint[], $7::text[], $8::bigint[], $9::bigint[], $10::text[], $11::text[],
              $12::text[], $13::bytea[], $14::bytea[], $15::float8[])
    as b(seq, w, no, key, base, seen, kind, cause, mark, ops, took, at)
"""
_ADD_SNAPSHOT = """
insert into draft_snapshot (workspace_id, draft_id, generation, seq, mark, value, last_nos)
values ($1, $2, $3, $4, $5, $6, $7)
"""


async def add_draft(connection: Connection, workspace: str, new: NewDraft, log: NewLog) -> bool:
    """Write a draft with its log; False if there is one."""
    made = await connection.fetchval(_ADD_DRAFT, workspace, *msgspec.structs.astuple(new))
    if made is None:
        return False
    await connection.execute(_HOLD_DRAFT, workspace, new.id)
    if log.writers:
        columns: list[Any] = [list(column) for column in zip(*log.writers, strict=True)]
        await connection.execute(_ADD_WRITERS, workspace, new.id, *columns)
    if log.batches:
        columns = [list(column) for column in zip(*log.batches, strict=True)]
        await connection.execute(_ADD_BATCHES, workspace, new.id, new.generation, *columns)
    return True


async def add_snapshot(
    connection: Connection,
    workspace: str,
    new: NewDraft,
    seq: int,
    mark: str,
    value: bytes,
    last_nos: dict[str, int],
) -> None:
    """Keep the state from which an imported log goes on."""
    await connection.execute(_ADD_SNAPSHOT, workspace, new.id, new.generation, seq, mark, value, last_nos)


_GRANT = """
select id from access_grant
 where workspace_id = $1 and user_id is not distinct from $2 and group_id is not distinct from $3
   and path_prefix is not distinct from $4 and item_id is not distinct from $5 and may = $6::text[]
   and until is not distinct from to_timestamp($7::float8)
"""
_ADD_GRANT = """
insert into access_grant (workspace_id, id, user_id, group_id, path_prefix, item_id, may, until, granted_by, created_at)
values ($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::float8), $9, to_timestamp($10::float8))
"""


async def has_grant(
    connection: Connection,
    workspace: str,
    user: str | None,
    group: str | None,
    prefix: str | None,
    item: str | None,
    may: list[str],
    until: float | None,
) -> bool:
    """Whether just this grant is there."""
    return await connection.fetchval(_GRANT, workspace, user, group, prefix, item, may, until) is not None


async def add_grant(
    connection: Connection,
    workspace: str,
    grant: str,
    user: str | None,
    group: str | None,
    prefix: str | None,
    item: str | None,
    may: list[str],
    until: float | None,
    by: str | None,
    created_at: float,
) -> None:
    """Write a grant as of its time."""
    await connection.execute(_ADD_GRANT, workspace, grant, user, group, prefix, item, may, until, by, created_at)
