"""What a worker holds in memory, does at once and leaves for later. No client depends on it: measure, then change."""

from typing import Final

from draftwire_server.limits.contract import FRAME_BEFORE_AUTH_BYTES
from draftwire_server.limits.units import KIB, MIB

# ---- frames and documents

PIECE_BYTES: Final = 64 * KIB
"""A part of a large state, so that other frames go in between."""

JOIN_BYTES: Final = 16 * KIB
"""A frame above this leaves in a write of its own instead of being joined with its neighbours."""

EARLY_BYTES: Final = FRAME_BEFORE_AUTH_BYTES
"""Bytes behind a handshake that are kept until the app has taken the socket over; then nothing more is read."""


# ---- one edit

BASIS_WORK: Final = 64_000_000
"""Characters that are copied to make the state that an edit was made for, at most: some 20 ms. Beyond it the edit's
base has expired, and its client merges documents.
"""


# ---- one connection

OUTBOX_BYTES: Final = 1 * MIB
"""Bytes a socket may have unread in our process before it is served from the log again instead."""

EDITS_UNDER_WAY: Final = 256
EDITS_UNDER_WAY_BYTES: Final = 4 * MIB
"""Of one socket, not committed yet: beyond it the socket is read no further, and the peer's own buffers fill. A session
has one edit in flight in each draft; two of the largest frames fit."""

DRAFT_UNDER_WAY_BYTES: Final = 16 * MIB
"""Of all sockets of one worker in one draft, likewise: what a lane that waits for Postgres may have before it."""

WORKER_UNDER_WAY_BYTES: Final = 128 * MIB
"""Of one worker: while Postgres hangs, everybody who types goes on typing."""

DECODE_INLINE_BYTES: Final = 64 * KIB
"""A larger message is read beside the event loop: 2 MiB of small values take a second."""

BODIES_PER_USER_BYTES: Final = 40 * MIB
"""Bodies of one user that are being read or worked on, at one worker: two of the largest. More is told `busy`."""

BODIES_PER_WORKSPACE_BYTES: Final = 80 * MIB
BODIES_PER_WORKER_BYTES: Final = 160 * MIB
"""A value takes some ten times its JSON text while it is merged."""


# ---- agents

AGENT_BATCHES_PER_COMMIT: Final = 64
"""Batches of agents in one commit; people's always go first."""

AGENT_ROUND_S: Final = 0.03
"""Between two commits of a draft with agents' batches on one worker: streams come every 40 ms anyway, and a person who
types beside fifty of them finds the head where it was."""

AGENTS_DECIDED_S: Final = 0.01
"""Agents' edits that are decided after so long wait for the next commit: one that was made for a state 400 batches back
takes 5 ms, and a keystroke in any draft of the worker waits for all that are decided at once."""

STREAM_HELD_UNITS: Final = 256 * 1024
"""Text of one stream that waits for its commit; more comes only from who does not wait for answers."""

STREAMS_HELD_UNITS: Final = 2 * 1024 * 1024
"""Text of all streams of one agent that waits on one worker: many streams are no way around the bound of one."""


# ---- what is kept

REPLACED_LOOKBACK: Final = 1_000
"""Batches in which the authors of replaced text are looked for; further back only those that are in memory anyway."""

SNAPSHOT_OPS: Final = 1_000
SNAPSHOT_BYTES: Final = 64 * KIB
"""A snapshot after so many ops, or after ops of max(this, a quarter of the document)."""

TAIL_OPS: Final = 2_000
TAIL_BYTES: Final = 1 * MIB
"""Ops of a followed draft that a worker keeps in memory; who is further behind is served from Postgres."""


# ---- rights

JWKS_KEPT: Final = 1_000
"""Addresses of JWKS that one worker remembers."""


# ---- events

EVENTS_PER_SWEEP: Final = 5_000
"""Old events dropped in one statement of some tens of ms."""

WITHHELD_BYTES: Final = 256 * KIB  # that wait for one socket while rights can't be asked for; then it must come back
EVENT_WAITERS: Final = 20
"""Requests of one actor that wait for events, on one worker; a consumer needs one."""

MERGE_INLINE_BYTES: Final = 256 * KIB
"""Of a larger value what is looked through once (its references, a tool's edits) is so beside the event loop."""

REDIS_MESSAGE_BYTES: Final = 64 * KIB
"""A larger fan-out message carries its header only; receivers read Postgres."""

HEADS_PER_ADDRESS: Final = 512
"""Connections of one address whose head is not whole: a proxy sends heads whole, so it has few of them at any time."""

BODY_BYTES_PER_S: Final = 8 * KIB
"""A body comes at least so fast: slower than any line on which an editor can be used."""

KEEP_ALIVE_S: Final = 75
"""An idle HTTP connection stays open so long, longer than clients (5 s in Python) and balancers (60 s) keep one: a
request on one that was just closed is lost, and only an idempotent one may be sent again.
"""

CONNECTION_BACKLOG: Final = 2_048
"""Connections the kernel holds while a worker is busy: thousands of clients come back at once."""
