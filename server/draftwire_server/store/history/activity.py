"""How many batches were written in which minute, by draft and writer. Which drafts one may read the caller decides.

A draft's log has no index by time, so it is read from its end, and no further than `most_batches`.
"""

from typing import Any, Literal

import msgspec

from draftwire_server.core.access.access import DraftFacts, Guest, Resource, Visible
from draftwire_server.store.items.items import VISIBLE, visible_arguments
from draftwire_server.store.postgres import Connection


class ActiveRow(msgspec.Struct, frozen=True):
    """A draft in which something was written, and the item that it is of."""

    draft: str
    generation: int
    purpose: Literal["own", "shared", "suggestion"]
    owner: str | None
    visibility: Literal["private", "readable", "open"]
    guests: tuple[Guest, ...]
    abandoned: bool
    item: str
    path: str | None
    creator: str

    @property
    def place(self) -> Resource:
        """What access decisions look at."""
        facts = DraftFacts(self.purpose, self.owner, self.visibility, self.guests, abandoned=self.abandoned)
        return Resource(self.path, self.item, self.creator, facts)


_ACTIVE = f"""
select d.id, d.generation, d.purpose, d.owner_id, d.visibility, d.guests, coalesce(m.removed_at is not null, false),
       i.id, i.path, i.creator_id
  from draft d
  join item i on i.workspace_id = d.workspace_id and i.id = d.item_id
  left join member m on m.workspace_id = d.workspace_id and m.id = d.owner_id
 where d.workspace_id = $1 and d.discarded_at is null and i.deleted_at is null and i.archived_at is null and {VISIBLE}
   and d.changed_at > to_timestamp($8::float8)
 order by d.changed_at desc, d.id limit $9
"""


async def active_drafts(
    connection: Connection, workspace: str, visible: Visible, since: float, limit: int
) -> list[ActiveRow]:
    """Drafts of items that somebody may see, in which something was written since; the latest first."""
    rows = await connection.fetch(_ACTIVE, workspace, *visible_arguments(visible), since, limit)
    return [
        msgspec.convert(dict(zip(ActiveRow.__struct_fields__, row.values(), strict=True)), ActiveRow) for row in rows
    ]


class MinuteRow(msgspec.Struct, frozen=True):
    """Batches of one writer in one minute, counted back from now: 0 is the minute that runs."""

    draft: str
    actor: str
    run: str | None
    minutes_ago: int
    batches: int
    last_at: float


_MINUTES = """
select f.draft, r.actor_id, r.run_id,
       floor(extract(epoch from date_trunc('minute', to_timestamp($5::float8)) - date_trunc('minute', o.at)) / 60)::int,
       count(*)::int, extract(epoch from max(o.at))::float8
  from unnest($2::text[], $3::int[]) as f(draft, generation)
  cross join lateral (
    select b.w, b.at from draft_op b
     where b.workspace_id = $1 and b.draft_id = f.draft and b.generation = f.generation
     order by b.seq desc limit $6) as o
  join draft_writer r on r.workspace_id = $1 and r.draft_id = f.draft and r.w = o.w
 where o.at > to_timestamp($4::float8) and o.at <= to_timestamp($5::float8)
 group by 1, 2, 3, 4
"""


async def count_minutes(
    connection: Connection, workspace: str, drafts: list[ActiveRow], since: float, until: float, most_batches: int
) -> list[MinuteRow]:
    """What was written in drafts between two times (Unix seconds), by writer and minute."""
    arguments: tuple[Any, ...] = ([row.draft for row in drafts], [row.generation for row in drafts])
    rows = await connection.fetch(_MINUTES, workspace, *arguments, since, until, most_batches)
    return [MinuteRow(*row.values()) for row in rows]
