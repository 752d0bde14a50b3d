"""Questions to the owners of drafts, until they are answered, taken back or out of date."""

import msgspec

from draftwire_server.core.ids import new_id
from draftwire_server.store.postgres import Connection, Row


class AskRow(msgspec.Struct, frozen=True):
    """A question as stored: ids only."""

    id: str
    draft: str
    item: str
    owner: str
    user: str
    actor: str
    may: str
    agents: bool
    note: str
    state: str
    asked_at: float
    expires_at: float
    answered_at: float | None


_COLUMNS = """
select id, draft_id, item_id, owner_id, user_id, actor_id, may, agents, note,
       case when state = 'open' and expires_at <= clock_timestamp() then 'expired' else state end as state,
       extract(epoch from asked_at)::float8 as asked_at, extract(epoch from expires_at)::float8 as expires_at,
       extract(epoch from answered_at)::float8 as answered_at
  from draft_ask
"""


def _ask(row: Row) -> AskRow:
    return AskRow(*row.values())


_EXPIRE = """
update draft_ask set state = 'expired'
 where workspace_id = $1 and draft_id = $2 and user_id = $3 and state = 'open' and expires_at <= clock_timestamp()
"""

_ADD = """
insert into draft_ask (workspace_id, id, draft_id, item_id, owner_id, user_id, actor_id, may, agents, note, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp() + make_interval(secs => $11))
on conflict (workspace_id, draft_id, user_id) where state = 'open' do nothing
"""


async def add(
    connection: Connection,
    workspace: str,
    *,
    draft: str,
    item: str,
    owner: str,
    user: str,
    actor: str,
    may: str,
    agents: bool,
    note: str,
    expires_s: float,
) -> str | None:
    """Ask; gives the question's id, None if one of this asker is open there already."""
    made = new_id()
    await connection.execute(_EXPIRE, workspace, draft, user)
    done = await connection.execute(
        _ADD, workspace, made, draft, item, owner, user, actor, may, agents, note, expires_s
    )
    return made if done == "INSERT 0 1" else None


_ONE = _COLUMNS + "where workspace_id = $1 and id = $2"
_LOCK = _ONE + " for update"


async def load(connection: Connection, workspace: str, ask: str) -> AskRow | None:
    """Load a question."""
    row = await connection.fetchrow(_ONE, workspace, ask)
    return _ask(row) if row else None


async def lock(connection: Connection, workspace: str, ask: str) -> AskRow | None:
    """Load a question and hold it to the end of the caller's transaction: it is answered once."""
    row = await connection.fetchrow(_LOCK, workspace, ask)
    return _ask(row) if row else None


_OPEN_OF = _COLUMNS + "where workspace_id = $1 and draft_id = $2 and user_id = $3 and state = 'open'"


async def find_open(connection: Connection, workspace: str, draft: str, user: str) -> AskRow | None:
    """The open question of a user about a draft."""
    row = await connection.fetchrow(_OPEN_OF, workspace, draft, user)
    return _ask(row) if row else None


_LIST = (
    _COLUMNS
    + """
 where workspace_id = $1 and (owner_id = $2 or user_id = $2) and ($3::text is null or draft_id = $3)
   and (not $4::bool or (state = 'open' and expires_at > clock_timestamp()))
 order by asked_at desc, id limit $5
"""
)


async def list_asks(
    connection: Connection, workspace: str, user: str, *, draft: str | None, only_open: bool, limit: int
) -> list[AskRow]:
    """List what was asked of a user and what they asked, newest first."""
    return [_ask(row) for row in await connection.fetch(_LIST, workspace, user, draft, only_open, limit)]


_LATELY = (
    _COLUMNS.replace("select id,", "select workspace_id, id,")
    + """
 where workspace_id = any($1::text[])
   and greatest(asked_at, coalesce(answered_at, asked_at)) > clock_timestamp() - make_interval(secs => $2)
 order by asked_at limit $3
"""
)


async def lately(
    connection: Connection, workspaces: list[str], within_s: float, limit: int
) -> list[tuple[str, AskRow]]:
    """What was asked or answered a moment ago, with its workspace."""
    rows = await connection.fetch(_LATELY, workspaces, within_s, limit)
    return [(row["workspace_id"], AskRow(*list(row.values())[1:])) for row in rows]


_ANSWER = "update draft_ask set state = $3, answered_at = clock_timestamp() where workspace_id = $1 and id = $2"


async def answer(connection: Connection, workspace: str, ask: str, state: str) -> None:
    """End a question that the caller has locked."""
    await connection.execute(_ANSWER, workspace, ask, state)


_RECENT = """
select count(*) filter (where asked_at > clock_timestamp() - make_interval(secs => $4)) as asked,
       coalesce(bool_or(draft_id = $3 and state = 'declined'
                        and answered_at > clock_timestamp() - make_interval(secs => $5)), false) as declined
  from draft_ask where workspace_id = $1 and user_id = $2
   and asked_at > clock_timestamp() - make_interval(secs => greatest($4, $5) + $6)
"""


async def recent(
    connection: Connection, workspace: str, user: str, draft: str, *, window_s: float, rest_s: float, kept_s: float
) -> tuple[int, bool]:
    """How often a user asked within ``window_s``, and whether this draft's owner declined within ``rest_s``."""
    row = await connection.fetchrow(_RECENT, workspace, user, draft, window_s, rest_s, kept_s)
    assert row is not None
    return int(row["asked"]), bool(row["declined"])


_SERIALIZE = "select pg_advisory_xact_lock(hashtextextended($1, 1))"


async def one_at_a_time(connection: Connection, workspace: str, user: str) -> None:
    """Make the questions of one user wait for each other, so that their number can be trusted."""
    await connection.execute(_SERIALIZE, f"{workspace} {user}")
