"""How long things last: rows that are kept for a while, leases, and what runs out."""

from typing import Final

# ---- agents

AGENT_TOKEN_S: Final = 3_600
"""How long a token of `draftwire token --agent` lives: a piece of work, and a leaked one is worth little."""

AGENT_TOKEN_MOST_S: Final = 86_400
"""The longest that it may; what works on for days brings fresh tokens (`auth`), or has an API key."""

RUN_LEASE_S: Final = 600.0
"""An agent that was not heard of for so long is lost: models think for minutes, not for longer."""

STREAM_LEASE_S: Final = 30.0
"""A stream whose agent was not heard of for so long is marked as unfinished; another worker or call may carry it on."""


# ---- sharing a draft

GUEST_UNTIL_S: Final = 10 * 366 * 86_400
"""How far ahead an invitation may end: ten years; a later time is a mistake in the unit."""

ASK_EXPIRES_S: Final = 86_400
"""A question to a draft's owner stands for a day: who asked has gone on by then."""

ASK_AGAIN_S: Final = 300
"""After a "no" the same draft's owner is left in peace for so long."""

ASKS_KEPT_DAYS: Final = 30

DISMISSED_KEPT_DAYS: Final = 30
"""A stash entry that its author has dismissed can be brought back for so long."""

ALERTS_KEPT_DAYS: Final = 90
"""A conflict that is over can be looked up for so long; its text is in the stash or the draft."""

RUNS_KEPT_DAYS: Final = 90
"""What happened to a run that is over. It can't be undone any more by then: that takes batches, kept for less."""

SUGGESTIONS_KEPT_DAYS: Final = 90
"""A suggestion on which nobody has said or written anything for so long."""

SEEN_KEPT_DAYS: Final = 90
"""How far somebody has looked; only open alerts ask for it."""

ENDED_KEPT_DAYS: Final = 90
"""What was taken back or ran out and somebody may still ask about: keys, grants, revisions of kinds."""


# ---- names and texts

DISCARDS_KEPT_DAYS: Final = 30
"""How long a discarded draft can be brought back; as long as ops are kept at least."""

DELETED_KEPT_DAYS: Final = 30
"""How long a deleted item can be brought back with its drafts; its versions are read by hash for ever."""


# ---- events

EVENTS_KEPT_DAYS: Final = 30
"""A consumer that was away for longer reads the state instead."""
