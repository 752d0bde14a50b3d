"""How long the rows of every table are kept: one rule for each table, and what drops by it.

`RULES` is all there is: the sweep and `draftwire prune` go by it, `docs/keeping.md` shows it, and a test fails for a
table without a rule. A rule without ``old`` says what else ends its rows, or what bounds them. Rows go workspace by
workspace, so many in a statement; rows that another worker is dropping are passed over.
"""

from typing import Final

import msgspec

from draftwire_server.limits.contract import AGENTS_PER_USER, NAMES_PER_DRAFT
from draftwire_server.limits.retention import (
    ALERTS_KEPT_DAYS,
    ASKS_KEPT_DAYS,
    DELETED_KEPT_DAYS,
    DISCARDS_KEPT_DAYS,
    DISMISSED_KEPT_DAYS,
    ENDED_KEPT_DAYS,
    EVENTS_KEPT_DAYS,
    RUNS_KEPT_DAYS,
    SEEN_KEPT_DAYS,
    SUGGESTIONS_KEPT_DAYS,
)
from draftwire_server.store.items.lives import drop_parts
from draftwire_server.store.postgres import Connection
from draftwire_server.store.writes.idempotency import KEEP_H

DAY_S: Final = 86_400
WORKSPACES: Final = 200
"""Looked at by one statement that asks which of them are due."""


class Rule(msgspec.Struct, frozen=True):
    """How long the rows of a table are kept. ``old``: which rows ``t`` go once ``after_s`` ($2) have passed."""

    table: str
    kept: str  # as the page says it
    old: str | None = None
    after_s: float = 0.0
    shared: bool = False  # of the server, not of a tenant


AGO: Final = "clock_timestamp() - make_interval(secs => $2::float8)"

# Over, and so long ago that nothing of it can be undone.
_RUN_OVER: Final = f"""{{0}}.state not in ('running', 'paused') and {{0}}.seen_at < {AGO}
   and coalesce({{0}}.ended_at, {{0}}.seen_at) < {AGO}"""
_OF_RUN_OVER: Final = f"""exists (select from run r
                                 where r.workspace_id = t.workspace_id and r.id = t.run_id and {_RUN_OVER.format("r")})"""
_UNNAMED_RUN: Final = (
    _RUN_OVER.format("t")
    + """
   and not exists (select from draft_writer w where w.workspace_id = t.workspace_id and w.run_id = t.id)
   and not exists (select from draft_name n where n.workspace_id = t.workspace_id and n.run_id = t.id)
   and not exists (select from version v where v.workspace_id = t.workspace_id and v.run_id = t.id)
   and not exists (select from draft d
                    where d.workspace_id = t.workspace_id and d.run_id = t.id and d.purpose = 'suggestion')"""
)
# Decided, withdrawn or left alone: nobody wrote or decided anything there for so long, and its run is over.
_SUGGESTION: Final = f"""t.purpose = 'suggestion' and t.begun_at < {AGO} and t.changed_at < {AGO}
   and (t.discarded_at is null or t.discarded_at < {AGO})
   and not exists (select from suggestion_decision s
                    where s.workspace_id = t.workspace_id and s.draft_id = t.id and s.at >= {AGO})
   and not exists (select from run r where r.workspace_id = t.workspace_id and r.id = t.run_id
                      and r.state in ('running', 'paused'))
   and not exists (select from alert a where a.workspace_id = t.workspace_id and a.draft_id = t.id and a.state = 'open')"""

WITH_ITEM: Final = "as long as its item"
WITH_DRAFT: Final = "as long as its draft"
BATCHES: Final = (
    "30 days (`DRAFTWIRE_TIMING_OPS_KEPT_S`), and longer: the tail behind the last snapshot, and what an open alert, a "
    "suggestion or a run that can still be undone needs"
)
RUNS: Final = f"{RUNS_KEPT_DAYS} days after the run was over"

RULES: Final = (
    # of the installation
    Rule("schema_migration", "for good: one row for each migration", shared=True),
    Rule("installation", "for good: one row", shared=True),
    Rule("worker_beat", "1 day", f"t.at < {AGO}", DAY_S, shared=True),
    Rule("disk_room", "no rows", shared=True),
    Rule("workspace", "for good", shared=True),
    # people and rights
    Rule("workspace_clock", "with its workspace"),
    Rule("member", "for good: history names its id; the name until the user is erased"),
    Rule("actor", f"for good: history names it. Made by the first write; {AGENTS_PER_USER:,} agents for one user"),
    Rule("user_group", "until it is removed"),
    Rule("group_member", "until it is removed"),
    Rule("folder", "until it is removed"),
    Rule("folder_role", "until it is removed"),
    Rule(
        "access_grant",
        f"until it is taken back, or {ENDED_KEPT_DAYS} days after its end",
        f"t.until < {AGO}",
        ENDED_KEPT_DAYS * DAY_S,
    ),
    Rule(
        "api_key",
        f"{ENDED_KEPT_DAYS} days after it was revoked or expired; its name stays taken if it has written",
        f"least(t.revoked_at, t.expires_at) < {AGO}",
        ENDED_KEPT_DAYS * DAY_S,
    ),
    Rule("token_revocation", "until the token has expired by itself", f"t.until < {AGO}", 60),  # clocks differ
    # items and versions
    Rule("kind", f"the latest revision for good, earlier ones {ENDED_KEPT_DAYS} days", f"""t.changed_at < {AGO}
   and exists (select from kind k where k.workspace_id = t.workspace_id and k.name = t.name and k.revision > t.revision)""",
         ENDED_KEPT_DAYS * DAY_S),
    Rule("document_shape", "for good: logs are read with it, one row for each shape that a kind ever had"),
    Rule("item", f"its row for good, versions name it; what hangs on a deleted one {DELETED_KEPT_DAYS} days"),
    Rule("item_search", WITH_ITEM),
    Rule("item_job", "until it is done"),
    Rule("item_reference", "until the item's next deploy, or its end"),
    Rule("reference_due", "until it is done"),
    Rule("reference_rule", "for good: one row for each kind of the server", shared=True),
    Rule("path_holder", "for good: old links lead on"),
    Rule("secret", "until it is removed: versions name it"),
    Rule("content", "for good: versions are made of it"),
    Rule("version", "for good"),
    Rule("version_blame", "with its version"),
    Rule("version_share", "with its version"),
    Rule("target", "with its version"),
    # drafts
    Rule("draft", f"with its item: it is somebody's work. A suggestion {SUGGESTIONS_KEPT_DAYS} days after the last "
         "word on it", _SUGGESTION, SUGGESTIONS_KEPT_DAYS * DAY_S),
    Rule("draft_writer", f"{WITH_DRAFT}: blame names it"),
    Rule("draft_op", BATCHES),
    Rule("draft_snapshot", "as batches: the last one before them, and what follows"),
    Rule("draft_blame", "with its snapshot"),
    Rule("draft_name", f"until the name is removed; {NAMES_PER_DRAFT} in a draft"),
    Rule(
        "draft_discard",
        f"{DISCARDS_KEPT_DAYS} days: so long a discarded draft can be brought back",
        f"t.at < {AGO}",
        DISCARDS_KEPT_DAYS * DAY_S,
    ),
    Rule("draft_adoption", f"{DISCARDS_KEPT_DAYS} days after its generation was discarded", f"""t.at < {AGO}
   and exists (select from draft d where d.workspace_id = t.workspace_id and d.id = t.draft_id
                  and d.generation > t.generation)
   and not exists (select from draft_discard e where e.workspace_id = t.workspace_id and e.draft_id = t.draft_id
                      and e.generation = t.generation)""", DISCARDS_KEPT_DAYS * DAY_S),
    Rule(
        "draft_ask", f"{ASKS_KEPT_DAYS} days", f"t.asked_at < {AGO}", ASKS_KEPT_DAYS * DAY_S
    ),
    Rule("draft_seen", f"{SEEN_KEPT_DAYS} days after somebody last looked, while no alert of the draft is open",
         f"""t.at < {AGO}
   and not exists (select from alert a where a.workspace_id = t.workspace_id and a.draft_id = t.draft_id
                      and a.state = 'open')""", SEEN_KEPT_DAYS * DAY_S),
    Rule("draft_looked", f"{WITH_DRAFT}: one row for each person"),
    Rule("suggestion_decision", "with its suggestion"),
    Rule("stash", "until its author has dismissed it, and "
         f"{DISMISSED_KEPT_DAYS} days longer; no more than the quota", f"""t.dismissed_at < {AGO}
   and not exists (select from alert a where a.workspace_id = t.workspace_id and a.stash_id = t.id
                      and a.state = 'open')""", DISMISSED_KEPT_DAYS * DAY_S),
    Rule("alert", f"while it is open, and {ALERTS_KEPT_DAYS} days longer",
         f"t.state <> 'open' and t.closed_at < {AGO}", ALERTS_KEPT_DAYS * DAY_S),
    # agents
    Rule("run_event", RUNS, _OF_RUN_OVER, RUNS_KEPT_DAYS * DAY_S),
    Rule("run_read", RUNS, _OF_RUN_OVER, RUNS_KEPT_DAYS * DAY_S),
    Rule("run_kept", RUNS, _OF_RUN_OVER, RUNS_KEPT_DAYS * DAY_S),
    Rule("stream", f"{RUNS_KEPT_DAYS} days after it ended",
         f"t.state <> 'open' and t.ended_at < {AGO}", RUNS_KEPT_DAYS * DAY_S),
    Rule("run", f"{RUNS}; for good while a draft or version names it", _UNNAMED_RUN, RUNS_KEPT_DAYS * DAY_S),
    # events and answers
    Rule("outbox", "until it is an event, a second later"),
    Rule("event", f"{EVENTS_KEPT_DAYS} days, without gaps"),
    Rule("webhook", "until it is removed"),
    Rule("webhook_key", "1 day after another one replaced it", f"t.ends_at < {AGO}", DAY_S),
    Rule("webhook_delivery", "as the event; while it waits, longer", """t.state <> 'waiting' and t.number < coalesce(
       (select number from event where workspace_id = t.workspace_id order by number limit 1),
       (select event_seq from workspace_clock where workspace_id = t.workspace_id) + 1)
   and $2::float8 >= 0"""),
    Rule("idempotency", f"{KEEP_H} hours", f"t.at < {AGO}", KEEP_H * 3600),
)  # fmt: skip

TIMED: Final = tuple(rule for rule in RULES if rule.old is not None and rule.table != "draft")
"""The rules that one statement drops by. A suggestion goes in steps: its log may be long."""

SUGGESTIONS: Final = next(rule for rule in RULES if rule.table == "draft")


def _due(rule: Rule) -> str:
    return f"""
select w.id from workspace w
 where w.id > $1 and exists (select from {rule.table} t where t.workspace_id = w.id and {rule.old})
 order by w.id limit {WORKSPACES}
"""


def _of(rule: Rule) -> str:
    return f"{rule.old} and $1::text is not null" if rule.shared else f"t.workspace_id = $1 and {rule.old}"


def _count(rule: Rule) -> str:
    return f"select count(*) from {rule.table} t where {_of(rule)}"


def _drop(rule: Rule) -> str:
    where = "" if rule.shared else "workspace_id = $1 and "
    return f"""
delete from {rule.table} where {where}ctid = any(array(
  select t.ctid from {rule.table} t where {_of(rule)} limit $3 for update of t skip locked))
"""


DUE: Final = {rule.table: _due(rule) for rule in (*TIMED, SUGGESTIONS) if not rule.shared}
COUNT: Final = {rule.table: _count(rule) for rule in (*TIMED, SUGGESTIONS)}
DROP: Final = {rule.table: _drop(rule) for rule in TIMED}


async def list_due(connection: Connection, rule: Rule, after: str) -> list[str]:
    """Workspaces behind one in which a rule finds anything, in the order of their ids; a page of them."""
    if rule.shared:
        return [] if after else ["*"]
    return [str(row["id"]) for row in await connection.fetch(DUE[rule.table], after, rule.after_s)]


async def count_old(connection: Connection, rule: Rule, workspace: str) -> int:
    """How many rows a rule would drop in a workspace."""
    return int(await connection.fetchval(COUNT[rule.table], workspace, rule.after_s))


async def drop_old(connection: Connection, rule: Rule, workspace: str, limit: int) -> int:
    """Drop what a rule says in a workspace, so many rows at the most; gives how many went."""
    done = await connection.execute(DROP[rule.table], workspace, rule.after_s, limit)
    return int(done.removeprefix("DELETE "))


_SUGGESTION_DUE: Final = f"""
select t.id from draft t where t.workspace_id = $1 and {_SUGGESTION} order by t.id limit 1 for update skip locked
"""
_DROP_DRAFT: Final = "delete from draft where workspace_id = $1 and id = $2"


async def drop_some_suggestion(connection: Connection, workspace: str) -> bool | None:
    """Drop a bounded part of one suggestion; says whether that was the last part, None if there is none to drop.

    Call it in a transaction, again and again.
    """
    draft = await connection.fetchval(_SUGGESTION_DUE, workspace, SUGGESTIONS.after_s)
    if draft is None:
        return None
    if await drop_parts(connection, workspace, [draft]):
        return False
    await connection.execute(_DROP_DRAFT, workspace, draft)
    return True
