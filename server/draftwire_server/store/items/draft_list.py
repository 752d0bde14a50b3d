"""Pages of drafts, as far as somebody sees their items. Which of them they may read is decided by the caller.

What an edit changes has no index, so a page in the order of changes sorts what the filters leave.
"""

from typing import Any, Literal

import msgspec

from draftwire_server.core.access.access import DraftFacts, Guest, Resource, Visible
from draftwire_server.store.items.items import VISIBLE, visible_arguments
from draftwire_server.store.postgres import Connection


class WantedDrafts(msgspec.Struct, frozen=True):
    """Which drafts; None is any."""

    whose: Literal["mine", "others", "any"]
    user: str  # whose are mine
    owner: str | None
    purpose: str | None
    item: str | None
    below: str
    kinds: tuple[str, ...]
    behind: bool
    conflict: bool
    archived: Literal["without", "only", "with"]


class ListedRow(msgspec.Struct, frozen=True):
    """A draft with changes, and the item that it is of."""

    draft: str
    purpose: Literal["own", "shared", "suggestion"]
    owner: str | None
    visibility: Literal["private", "readable", "open"]
    guests: tuple[Guest, ...]
    abandoned: bool
    generation: int
    seq: int
    mark: str
    base_version: int
    kept_version: int
    begun_us: int  # microseconds since 1970
    changed_us: int
    conflicts: int
    item: str
    kind: str
    path: str | None
    external_id: str | None
    summary: str
    creator: str
    head_version: int
    archived: bool

    @property
    def place(self) -> Resource:
        """What access decisions look at."""
        facts = DraftFacts(self.purpose, self.owner, self.visibility, self.guests, abandoned=self.abandoned)
        return Resource(self.path, self.item, self.creator, facts, archived=self.archived)


class DraftPosition(msgspec.Struct, frozen=True, array_like=True, tag="w"):
    """The last draft that was looked at: when it was changed or begun, and its id."""

    at_us: int
    draft: str


# $2 to $7 belong to `VISIBLE`, $8 to $17 are what `list_drafts` gives; $18, $19: behind which draft; $20: how many.
def _page(at: str, order: str, beyond: str) -> str:
    return f"""
select d.id, d.purpose, d.owner_id, d.visibility, d.guests, coalesce(m.removed_at is not null, false), d.generation,
       d.head_seq, d.head_mark, d.base_version, d.kept_version, (extract(epoch from d.begun_at) * 1000000)::bigint,
       (extract(epoch from d.changed_at) * 1000000)::bigint,
       (select count(*) from alert a where a.workspace_id = $1 and a.draft_id = d.id and a.state = 'open'),
       i.id, i.kind, i.path, i.external_id, i.summary, i.creator_id, i.head_version, i.archived_at is not null
  from draft d
  join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
  left join member m on m.workspace_id = d.workspace_id and m.id = d.owner_id
 where d.workspace_id = $1 and d.discarded_at is null and d.head_seq > d.clean_seq and i.deleted_at is null and {VISIBLE}
   and d.purpose <> 'suggestion'
   and ($8::text = 'any' or (d.purpose = 'own' and d.owner_id = $9::text) = ($8::text = 'mine'))
   and ($10::text is null or d.owner_id = $10)
   and ($11::text is null or d.purpose = $11)
   and ($12::text is null or d.item_id = $12)
   and ($13::text is null or starts_with(i.path, $13))
   and ($14::text[] is null or i.kind = any($14::text[]))
   and (not $15::bool or d.base_version < i.head_version)
   and (not $16::bool or exists (
         select 1 from alert a where a.workspace_id = $1 and a.draft_id = d.id and a.state = 'open'))
   and ($17::text = 'with' or (i.archived_at is null) = ($17::text = 'without'))
   and ($18::bigint is null
        or ({at}, d.id) {beyond} ('epoch'::timestamptz + $18::bigint * interval '1 microsecond', $19::text))
 order by {at} {order}, d.id {order} limit $20
"""


_BY_CHANGE = _page("d.changed_at", "desc", "<")
_BY_AGE = _page("d.begun_at", "asc", ">")


async def list_drafts(
    connection: Connection,
    workspace: str,
    visible: Visible,
    wanted: WantedDrafts,
    order: Literal["changed", "age"],
    after: DraftPosition | None,
    limit: int,
) -> list[ListedRow]:
    """The drafts behind one, of items that somebody may see."""
    position = (None, None) if after is None else (after.at_us, after.draft)
    rows = await connection.fetch(
        _BY_CHANGE if order == "changed" else _BY_AGE,
        workspace, *visible_arguments(visible), wanted.whose, wanted.user, wanted.owner, wanted.purpose, wanted.item,
        wanted.below or None, list(wanted.kinds) or None, wanted.behind, wanted.conflict, wanted.archived, *position,
        limit,
    )  # fmt: skip
    return [_row(tuple(row.values())) for row in rows]


def _row(values: tuple[Any, ...]) -> ListedRow:
    return msgspec.convert(dict(zip(ListedRow.__struct_fields__, values, strict=True)), ListedRow)
