"""Suggestions: drafts that runs write for other drafts, what they began with, and what people decided about them."""

from collections.abc import Collection
from typing import Any, Literal

import msgspec

from draftwire_server.store.postgres import Connection


class SuggestionRow(msgspec.Struct, frozen=True):
    """A suggestion: whose, for which draft, and the state of that on which it began."""

    id: str
    item: str
    run: str
    target: str
    generation: int
    seq: int
    begun_at: float
    changed_at: float


class Decision(msgspec.Struct, frozen=True):
    """What was decided about a hunk, by whom."""

    hunk: str
    decision: Literal["accepted", "rejected"]
    actor: str
    at: float
    seq: int | None


_COLUMNS = """
id, item_id, run_id, for_draft, for_generation, for_seq, extract(epoch from begun_at)::float8,
extract(epoch from changed_at)::float8
"""
_FIND = f"""
select {_COLUMNS} from draft where workspace_id = $1 and for_draft = $2 and run_id = $3 and purpose = 'suggestion'
"""
_LOAD = f"select {_COLUMNS} from draft where workspace_id = $1 and id = $2 and purpose = 'suggestion'"
_LIST = f"""
select {_COLUMNS} from draft
 where workspace_id = $1 and for_draft = $2 and purpose = 'suggestion' and discarded_at is null
 order by begun_at desc, id limit $3
"""


async def find(connection: Connection, workspace: str, target: str, run: str) -> SuggestionRow | None:
    """A run's suggestion for a draft."""
    row = await connection.fetchrow(_FIND, workspace, target, run)
    return SuggestionRow(*row.values()) if row else None


async def load(connection: Connection, workspace: str, suggestion: str) -> SuggestionRow | None:
    """One suggestion."""
    row = await connection.fetchrow(_LOAD, workspace, suggestion)
    return SuggestionRow(*row.values()) if row else None


async def list_for(connection: Connection, workspace: str, target: str, limit: int) -> list[SuggestionRow]:
    """The suggestions for a draft, the latest first."""
    return [SuggestionRow(*row.values()) for row in await connection.fetch(_LIST, workspace, target, limit)]


_BEGIN = """
insert into draft (workspace_id, id, item_id, purpose, owner_id, visibility, guests, generation, head_mark,
                   origin_version, base_version, shape_id, run_id, for_draft, for_generation, for_seq)
values ($1, $2, $3, 'suggestion', $4, $5, $6, 1, $7, $8, $8, $9, $10, $11, $12, $13)
on conflict do nothing returning id
"""
_BASE = """
insert into draft_snapshot (workspace_id, draft_id, generation, seq, mark, value, last_nos)
values ($1, $2, 1, 0, $3, $4, '{}')
"""
_BLAME = "insert into draft_blame (workspace_id, draft_id, generation, seq, blame) values ($1, $2, 1, 0, $3)"


class NewSuggestion(msgspec.Struct, frozen=True):
    """A suggestion to begin, with the draft's value and blame at the state on which it begins."""

    id: str
    item: str
    owner: str | None
    visibility: str
    guests: Any
    mark: str
    version: int
    shape: str
    run: str
    target: str
    generation: int
    seq: int
    value: bytes
    blame: bytes | None


async def begin(connection: Connection, workspace: str, new: NewSuggestion) -> bool:
    """Begin a suggestion, in a transaction; False if the run has one for that draft."""
    made = await connection.fetchval(
        _BEGIN, workspace, new.id, new.item, new.owner, new.visibility, new.guests, new.mark, new.version, new.shape,
        new.run, new.target, new.generation, new.seq,
    )  # fmt: skip
    if made is None:
        return False
    await connection.execute(_BASE, workspace, new.id, new.mark, new.value)
    if new.blame is not None:
        await connection.execute(_BLAME, workspace, new.id, new.blame)
    return True


_BASE_VALUE = """
select value from draft_snapshot where workspace_id = $1 and draft_id = $2 and generation = 1 and seq = 0
"""


async def base_value(connection: Connection, workspace: str, suggestion: str) -> bytes | None:
    """What a suggestion began with, as JSON."""
    value: bytes | None = await connection.fetchval(_BASE_VALUE, workspace, suggestion)
    return value


_DECISIONS = """
select hunk, decision, actor_id, extract(epoch from at)::float8, seq from suggestion_decision
 where workspace_id = $1 and draft_id = $2
"""


async def list_decisions(connection: Connection, workspace: str, suggestion: str) -> dict[str, Decision]:
    """What was decided about the hunks of a suggestion."""
    rows = await connection.fetch(_DECISIONS, workspace, suggestion)
    return {row["hunk"]: Decision(*row.values()) for row in rows}


_DECIDE = """
insert into suggestion_decision (workspace_id, draft_id, hunk, decision, seq, actor_id)
select $1, $2, h.hunk, $4, $5, $6 from unnest($3::text[]) as h(hunk)
on conflict (workspace_id, draft_id, hunk)
do update set decision = excluded.decision, seq = excluded.seq, actor_id = excluded.actor_id, at = clock_timestamp()
 where suggestion_decision.decision = 'rejected'
"""


async def decide(
    connection: Connection, workspace: str, suggestion: str, hunks: Collection[str],
    decision: Literal["accepted", "rejected"], seq: int | None, actor: str,
) -> None:  # fmt: skip
    """Remember a decision; what was accepted stays so."""
    await connection.execute(_DECIDE, workspace, suggestion, list(hunks), decision, seq, actor)
