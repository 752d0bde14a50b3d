"""Pages of items in an order, as far as somebody sees them, and what stands around the items of a page.

Each statement reads an index in the order of the page and stops when it is full. All of a page is read in one
transaction that the caller begins with `begin`.
"""

from typing import Any, Literal

import msgspec

from draftwire_server.core.access.access import Visible
from draftwire_server.core.access.reach import LAST, Reach, stretches
from draftwire_server.store.items.items import _COLUMNS, VISIBLE, ItemRow, condition, visible_arguments
from draftwire_server.store.postgres import Connection


class WantedItems(msgspec.Struct, frozen=True):
    """Which items; None is any."""

    kinds: tuple[str, ...] = ()
    external_ids: tuple[str, ...] = ()
    creator: str | None = None
    changed_since: float | None = None
    archived: Literal["without", "only", "with"] = "without"
    drafts: Literal["mine", "others", "any"] | None = None
    user: str = ""  # whose drafts are mine
    behind: bool = False
    path: str | None = None
    below: str = ""
    items: tuple[str, ...] | None = None


class ByPath(msgspec.Struct, frozen=True, array_like=True, tag="p"):
    """The last item of a page in the order of paths; those without a path come last, by their ids."""

    path: str | None
    id: str


class ByChange(msgspec.Struct, frozen=True, array_like=True, tag="c"):
    """The last item of a page in the order of changes, the latest first: microseconds since 1970."""

    changed_us: int
    id: str


class ByRank(msgspec.Struct, frozen=True, array_like=True, tag="r"):
    """The last item of a page of a search: how many words stand in path and summary, then the order of paths."""

    rank: int
    path: str | None
    id: str


# A filter that is not asked for folds away when the statement is planned, so it must be planned for its parameters.
# And indexes are to be used for words that stand almost everywhere too: without them all values would be unpacked.
_BEGIN = """
select set_config('plan_cache_mode', 'force_custom_plan', true), set_config('enable_seqscan', 'off', true)
"""


async def begin(connection: Connection) -> None:
    """Begin to read pages in the caller's transaction."""
    await connection.execute(_BEGIN)


# Over item i; $2 to $7 belong to `VISIBLE`, $8 to $18 are what `_arguments` gives.
_FILTER = """
   and ($8::text[] is null or i.kind = any($8::text[]))
   and ($9::text[] is null or i.external_id = any($9::text[]))
   and ($10::text is null or i.creator_id = $10)
   and ($11::float8 is null or i.changed_at >= to_timestamp($11))
   and ($12::text = 'with' or (i.archived_at is null) = ($12::text = 'without')) and i.deleted_at is null
   and ($13::text is null or exists (
         select 1 from draft d
          where d.workspace_id = $1 and d.item_id = i.id and d.discarded_at is null and d.head_seq > d.clean_seq
            and d.purpose <> 'suggestion'
            and ($13::text = 'any' or (d.purpose = 'own' and d.owner_id = $14::text) = ($13::text = 'mine'))
            and (not $15::bool or d.base_version < i.head_version)))
   and ($16::text is null or i.path = $16)
   and ($17::text is null or starts_with(i.path, $17))
   and ($18::text[] is null or i.id = any($18::text[]))
"""


def _arguments(wanted: WantedItems) -> tuple[Any, ...]:
    return (
        list(wanted.kinds) or None, list(wanted.external_ids) or None, wanted.creator, wanted.changed_since,
        wanted.archived, wanted.drafts, wanted.user, wanted.behind, wanted.path, wanted.below or None,
        None if wanted.items is None else list(wanted.items),
    )  # fmt: skip


# $19, $20: stretches of paths in order, all visible; $21, $22: after which path and id; $23, $24: which items without a
# path, and after which id; $25: items to be asked for by themselves.
# The stretches are read one after the other until the page is full: a nested loop keeps their order, and nothing else
# can be made of `lateral`. Each kind is a stretch of its own in the index of kinds.
def _path_order(stretch: str) -> str:
    return f"""{_COLUMNS}
  join (
    select found.id from (
      (select s.id, s.path from unnest($19::text[], $20::text[]) as r(low, high) cross join lateral ({stretch}) as s
        limit $26)
      union
      (select i.id, i.path from item i
        where $23::text = 'all' and i.workspace_id = $1 and i.path is null and i.id > $24::text {_FILTER}
        order by i.path, i.id limit $26)
      union
      (select i.id, i.path from item i
        where $23::text = 'own' and i.workspace_id = $1 and i.path is null and i.creator_id = $5
          and i.id > $24::text {_FILTER}
        order by i.id limit $26)
      union
      (select i.id, i.path from item i
        where i.workspace_id = $1 and i.id = any($25::text[])
          and ((i.path, i.id) > ($21::text, $22::text) or (i.path is null and i.id > $24::text))
          and {VISIBLE} {_FILTER})
    ) as found order by found.path, found.id limit $26
  ) as page on page.id = i.id
 where i.workspace_id = $1 order by i.path, i.id
"""


def _stretch(kind: str) -> str:
    return f"""
        select i.id, i.path from item i
         where i.workspace_id = $1 and i.path >= r.low and i.path < r.high {kind}
           and (i.path, i.id) > ($21::text, $22::text) {_FILTER}
         order by i.path, i.id limit $26"""


_BY_PATH = _path_order(_stretch(""))
_BY_PATH_OF_KINDS = _path_order(f"""
      select of_kind.id, of_kind.path from unnest($8::text[]) as k(kind)
       cross join lateral ({_stretch("and i.kind = k.kind")}) as of_kind
       order by of_kind.path, of_kind.id limit $26""")


async def page_by_path(
    connection: Connection,
    workspace: str,
    visible: Visible,
    reach: Reach,
    wanted: WantedItems,
    after: ByPath,
    limit: int,
) -> list[ItemRow]:
    """The items after one, in the order of paths."""
    last = LAST if after.path is None and after.id else after.path or ""
    ranges = stretches(reach.prefixes, last)
    rows = await connection.fetch(
        _BY_PATH_OF_KINDS if wanted.kinds else _BY_PATH,
        workspace, *visible_arguments(visible), *_arguments(wanted),
        [low for low, _ in ranges], [high for _, high in ranges], last, after.id,
        reach.pathless, after.id if after.path is None else "", list(reach.items), limit,
    )  # fmt: skip
    return [ItemRow(*row.values()) for row in rows]


BEGIN_OF_PATHS = ByPath("", "")

_BY_CHANGE = (
    _COLUMNS
    + "where i.workspace_id = $1 and "
    + VISIBLE
    + _FILTER
    + """
   and ($19::bigint is null
        or (i.changed_at, i.id) < ('epoch'::timestamptz + $19::bigint * interval '1 microsecond', $20::text))
 order by i.changed_at desc, i.id desc limit $21
"""
)


async def page_by_change(
    connection: Connection, workspace: str, visible: Visible, wanted: WantedItems, after: ByChange | None, limit: int
) -> list[ItemRow]:
    """The items before one, those that were changed last coming first."""
    position = (None, None) if after is None else (after.changed_us, after.id)
    rows = await connection.fetch(
        _BY_CHANGE, workspace, *visible_arguments(visible), *_arguments(wanted), *position, limit
    )
    return [ItemRow(*row.values()) for row in rows]


_WORDS = "select array(select word from search_words($1) as word order by word)"


async def words_of(connection: Connection, written: str) -> list[str]:
    """The words of a text, as the index knows them."""
    return list(await connection.fetchval(_WORDS, written))


# Read by the index of words alone, whose tag stands for the workspace: `|| ''` hides the primary key from the planner,
# which thinks a question with many places dearer than all the workspace's items.
_BY_RANK = (
    """
with found as materialized (
  select i.id, i.path,
         (select count(*) from unnest($20::text[]) as w where s.head @@ w::tsquery) as rank
    from item_search s
    join item i on i.workspace_id = $1 and i.id = s.item_id
   where $1::text = s.workspace_id || '' and (s.head || s.body) @@ $19::text::tsquery
     and (i.head_version > 0 or s.head @@ $19::text::tsquery or i.creator_id = $31::text or ("""
    + condition(25)
    + """)) and
"""
    + VISIBLE
    + _FILTER
    + """
), page as materialized (
  select id, path, rank from found
   where $21::bigint is null
      or (-rank, path is null, coalesce(path, ''), id) > (-$21::bigint, $22::text is null, coalesce($22::text, ''), $23::text)
   order by rank desc, path, id limit $24
)
"""
    + _COLUMNS.replace("select ", "select page.rank, ", 1)
    + """
  join page on page.id = i.id
 where i.workspace_id = $1 order by page.rank desc, i.path, i.id
"""
)


async def page_by_rank(
    connection: Connection,
    workspace: str,
    visible: Visible,
    wanted: WantedItems,
    question: str,
    words: list[str],
    after: ByRank | None,
    limit: int,
    readable: Visible,
    drafter: str | None,
) -> list[tuple[int, ItemRow]]:
    """The items that answer a search, with their ranks; ``question`` and ``words`` are of `core.search`.

    What nothing of is deployed is found by its words where it is ``readable``, or ``drafter``'s; else by its path and
    summary alone.
    """
    position = (None, None, None) if after is None else (after.rank, after.path, after.id)
    rows = await connection.fetch(
        _BY_RANK,
        workspace,
        *visible_arguments(visible),
        *_arguments(wanted),
        question,
        words,
        *position,
        limit,
        *visible_arguments(readable),
        drafter,
    )
    return [(rank, ItemRow(*more)) for rank, *more in (row.values() for row in rows)]


_WITH_OWN_DRAFTS = """
select d.item_id from draft d join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
 where d.workspace_id = $1 and d.owner_id = $2 and d.purpose = 'own' and d.discarded_at is null and d.head_seq > d.clean_seq
   and (not $3::bool or d.base_version < i.head_version)
"""


async def with_own_drafts(connection: Connection, workspace: str, user: str, behind: bool) -> tuple[str, ...]:
    """The items in which a user has a draft of their own; ``behind``: one on an older version than is deployed."""
    return tuple(row["item_id"] for row in await connection.fetch(_WITH_OWN_DRAFTS, workspace, user, behind))


# -------------------------------------------------------------------- what stands around items

# Stored sizes first, so that what is too large is not even read; then those of the JSON.
_VALUES = """
with stored as materialized (
  select f.n, i.id, v.content_hash,
         sum(coalesce(pg_column_size(c.value), pg_column_size(i.initial))) over (order by f.n) as upto
    from unnest($2::text[]) with ordinality as f(id, n)
    join item i on i.workspace_id = $1 and i.id = f.id
    left join version v on v.workspace_id = i.workspace_id and v.item_id = i.id and v.number = i.head_version
    left join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
), written as materialized (
  select s.n, s.id, coalesce(c.value, i.initial)::text as value
    from stored s
    join item i on i.workspace_id = $1 and i.id = s.id
    left join content c on c.workspace_id = $1 and c.content_hash = s.content_hash
   where s.upto <= $3
), sized as (
  select id, value, sum(octet_length(value)) over (order by n) as upto from written
)
select id, value from sized where upto <= $3
"""


async def load_values(connection: Connection, workspace: str, items: list[str], most_bytes: int) -> dict[str, bytes]:
    """The deployed (or initial) values of items as JSON, in this order, until there are ``most_bytes``."""
    rows = await connection.fetch(_VALUES, workspace, items, most_bytes)
    return {row["id"]: str(row["value"]).encode() for row in rows}


class OwnRow(msgspec.Struct, frozen=True):
    """Where somebody's own draft is."""

    id: str
    generation: int
    seq: int
    mark: str
    base_version: int
    discarded: bool
    changed_at: float


_OWN = """
select id, generation, head_seq, head_mark, base_version, discarded_at is not null,
       extract(epoch from changed_at)::float8
  from draft where workspace_id = $1 and id = any($2::text[])
"""


async def load_own(connection: Connection, workspace: str, drafts: list[str]) -> dict[str, OwnRow]:
    """The rows of drafts; those that nobody has begun are left out."""
    rows = [OwnRow(*row.values()) for row in await connection.fetch(_OWN, workspace, drafts)]
    return {row.id: row for row in rows}
