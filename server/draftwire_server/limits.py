"""Server limits: how much of anything one peer may ask for. Each constant has its unit in its name and its
reason.

Times are in `draftwire_server.settings.Timings`; the limits of ops and documents that clients must know
beforehand are in the `welcome` message, made here by `announced`.
"""

from typing import Final

from draftwire.wire.codec import MAX_DEPTH

KIB: Final = 1024
MIB: Final = 1024 * KIB

# ---- frames and documents (the wire specification promises these)

FRAME_BEFORE_AUTH_BYTES: Final = 16 * KIB
"""A hello with a token and a list of drafts fits; nobody unknown can make the server buffer more."""

FRAME_BYTES: Final = 2 * MIB
"""An edit frame. A paste of 1 MB passes; what is larger is saved as a whole document by `PUT`."""

DOCUMENT_BYTES: Final = 16 * MIB
"""A document's JSON text. Above it opening, merging and diffing no longer feel live."""

JSON_BODY_BYTES: Final = DOCUMENT_BYTES + 64 * KIB
"""An HTTP body: a whole document and what is around it."""

PIECE_BYTES: Final = 64 * KIB
"""A part of a large state, so that other frames go in between."""

JOIN_BYTES: Final = 16 * KIB
"""A frame above this leaves in a write of its own instead of being joined with its neighbours."""

FRAGMENTS_PER_MESSAGE: Final = 2_048
"""Frames of one message: a proxy that cuts the largest one into pieces of a KiB stays below."""

EARLY_BYTES: Final = FRAME_BEFORE_AUTH_BYTES
"""Bytes behind a handshake that are kept until the app has taken the socket over; then nothing more is read."""

# ---- one edit

OPS_PER_BATCH: Final = 1_000
"""A script that renames everywhere fits; each op is rebased, so their number is work for everybody."""

SPLICES_PER_OP: Final = 10_000
"""Replace-all in a large text."""

KEY_CHARS: Final = 64
"""The random key of a batch, an Idempotency-Key, an element's id."""

KEYED_ELEMENTS: Final = 10_000
"""Elements with an id in one document; the index of addresses is rebuilt from them."""

BASIS_WORK: Final = 64_000_000
"""Characters that are copied to make the state that an edit was made for, at most: some 20 ms. Beyond it the edit's
base has expired, and its client merges documents.
"""

# ---- one connection

SUBSCRIPTIONS_PER_SOCKET: Final = 200
"""Channels one socket follows. A dashboard shows a page of items; ten thousand subscribes are an attack."""

DRAFTS_PER_HELLO: Final = 100
"""Drafts resumed in one hello; each costs a read of the log."""

OUTBOX_BYTES: Final = 1 * MIB
"""Bytes a socket may have unread in our process before it is served from the log again instead."""

MESSAGES_PER_S: Final = 1_000
"""Client messages a second and socket, averaged. A fast typist with carets sends 20, a program that waits for each ack
some hundreds; what comes faster than acks return is no editing."""

MESSAGES_BURST: Final = 2_000
"""Messages at once after a pause: a reconnecting client with many drafts."""

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

REFUSALS_BEFORE_CLOSE: Final = 50
"""Refused messages in a minute: a client that ignores its refusals is stopped."""

SOCKETS_PER_ACTOR: Final = 100
"""Connections of one actor to one worker: tabs of a busy person; a loop that reconnects without closing is
not.
"""

# ---- agents

AGENT_TOKEN_S: Final = 3_600
"""How long a token of `draftwire token --agent` lives: a piece of work, and a leaked one is worth little."""

AGENT_TOKEN_MOST_S: Final = 86_400
"""The longest that it may; what works on for days brings fresh tokens (`auth`), or has an API key."""

AGENT_BATCHES_PER_COMMIT: Final = 64
"""Batches of agents in one commit; people's always go first."""

AGENT_ROUND_S: Final = 0.03
"""Between two commits of a draft with agents' batches on one worker: streams come every 40 ms anyway, and a person who
types beside fifty of them finds the head where it was."""

AGENTS_DECIDED_S: Final = 0.01
"""Agents' edits that are decided after so long wait for the next commit: one that was made for a state 400 batches back
takes 5 ms, and a keystroke in any draft of the worker waits for all that are decided at once."""

AGENT_EDITS_PER_S: Final = 50
"""Streamed chunks are coalesced to 30–50 ms, so that a healthy agent stays below."""

AGENT_BATCHES_PER_S: Final = 500
"""Of all agents in one draft, over all workers: half of what a draft takes in a second on two cores, so that people's
edits find room between them."""

EVENTS_PER_RUN: Final = 10_000
"""Notes, pauses and resumes of one run; a person who speaks to it every minute of a week says as much."""

AGENTS_PER_USER: Final = 1_000
"""Names of agents under which one user's work is written, for good: people have some, a program that makes one for each
run forgets that runs have ids."""

RUN_LEASE_S: Final = 600.0
"""An agent that was not heard of for so long is lost: models think for minutes, not for longer."""

RUNS_PER_ACTOR: Final = 200
"""Runs of one agent of one person that go on at the same time: more than anybody can review."""

RUNS_PER_PAGE: Final = 100
RUNS_SCANNED: Final = 2_000
"""Runs that are looked through for one page, most of which its reader may not see."""

RUN_EVENTS: Final = 100
"""Events of a run in one answer, and drafts whose readers are told of what happened to it."""

STREAMS_PER_DRAFT: Final = 16
"""Open streams of one run in one draft: functions that a model writes side by side."""

STREAM_LEASE_S: Final = 30.0
"""A stream whose agent was not heard of for so long is marked as unfinished; another worker or call may carry it on."""

CHUNK_UNITS: Final = 64 * 1024
"""One piece of a stream: models give some tokens at a time, a file is written whole."""

STREAM_HELD_UNITS: Final = 256 * 1024
"""Text of one stream that waits for its commit; more comes only from who does not wait for answers."""

STREAMS_HELD_UNITS: Final = 2 * 1024 * 1024
"""Text of all streams of one agent that waits on one worker: many streams are no way around the bound of one."""

EDITS_PER_CALL: Final = 100
"""Edits of one tool call: a model that has more to say writes the file."""

# ---- what is kept

PARKED_TEXTS: Final = 1_000
"""Leaves in one `park`: everything a person can have unsent. Their bytes are those of one frame."""

REPLACED_LOOKBACK: Final = 1_000
"""Batches in which the authors of replaced text are looked for; further back only those that are in memory anyway."""

ALERTS_OPEN_PER_DRAFT: Final = 100
"""Open alerts of one draft. Beyond it the oldest overlap closes: nobody reads a hundred banners."""

ALERT_TEXT_CHARS: Final = 2_000
"""Each side's text in an alert; the whole of what was lost is in the stash."""

SNAPSHOT_OPS: Final = 1_000
SNAPSHOT_BYTES: Final = 64 * KIB
"""A snapshot after so many ops, or after ops of max(this, a quarter of the document)."""

TAIL_OPS: Final = 2_000
TAIL_BYTES: Final = 1 * MIB
"""Ops of a followed draft that a worker keeps in memory; who is further behind is served from Postgres."""

# ---- sharing a draft

GUESTS_PER_DRAFT: Final = 100
"""Guests of one draft; every decision about it looks through them. For more people there is visibility."""

GUEST_UNTIL_S: Final = 10 * 366 * 86_400
"""How far ahead an invitation may end: ten years; a later time is a mistake in the unit."""

ASK_EXPIRES_S: Final = 86_400
"""A question to a draft's owner stands for a day: who asked has gone on by then."""

ASKS_PER_HOUR: Final = 20
"""Questions of one user in an hour, each of which interrupts somebody."""

ASK_AGAIN_S: Final = 300
"""After a "no" the same draft's owner is left in peace for so long."""

ASK_NOTE_CHARS: Final = 500

ASKS_KEPT_DAYS: Final = 30

DISMISSED_KEPT_DAYS: Final = 30
"""A stash entry that its author has dismissed can be brought back for so long."""

STASH_ENTRIES_PER_USER: Final = 5_000
STASH_BYTES_PER_USER: Final = 64 * MIB
"""Text of one user that waits for them in the stash: some of the largest documents, or years of refused
paragraphs. What is beyond is refused with `quota` and stays with the client."""

STASH_BYTES_PER_WORKSPACE: Final = 1024 * MIB
"""Of all users of a workspace: many users, or one with many accounts, are no way around the bound of one."""

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

RESOLUTIONS: Final = 5_000
"""Hunks chosen in one request; a merge with more conflicts is taken or left as a whole."""

STASH_PREVIEW_CHARS: Final = 200
"""Of each entry in a list; the whole text is in the entry itself."""

STASH_PLACES: Final = 50
"""Addresses named by a line of the list of stash entries."""

REFERENCES_PER_ITEM: Final = 1_000
"""References of one live version that `used by` knows; a flow of a thousand steps has as many."""

USED_AT_SHOWN: Final = 20
"""Places told of each item that uses another; `times` counts all."""

# ---- names and texts

PATH_CHARS: Final = 255
PATH_SEGMENTS: Final = 16
EXTERNAL_ID_CHARS: Final = 255
NAME_CHARS: Final = 200
SUMMARY_CHARS: Final = 500
MESSAGE_CHARS: Final = 10_000
"""A deploy message: a paragraph, not a document."""

DISCARDS_KEPT_DAYS: Final = 30
"""How long a discarded draft can be brought back; as long as ops are kept at least."""

NAMES_PER_DRAFT: Final = 100
"""Named states of one draft; each keeps a whole value for as long as it has its name."""

DELETED_KEPT_DAYS: Final = 30
"""How long a deleted item can be brought back with its drafts; its versions are read by hash for ever."""

BULK_DRAFTS: Final = 50
"""Drafts deployed or discarded in one request, each in a transaction of its own: some seconds."""

CURSOR_CHARS: Final = 512
"""An address in a focus message."""

TOKEN_BYTES: Final = 8 * KIB
"""Proxies refuse longer headers too."""

TOKEN_SCOPES: Final = 100
"""Prefixes, and items, to which a token or key narrows itself; each is compared for every decision."""

# ---- rights

GROUP_MEMBERS: Final = 10_000
"""Members of one group."""

FOLDER_PEOPLE: Final = 1_000
"""Users and groups with a role in one folder; larger circles are groups."""

RIGHTS_CHANGES: Final = 1_000
"""Changes of rights in one request: one transaction, in which the workspace's other changes of rights wait."""

DIRECTORY_ENTRIES: Final = 20_000
"""Members, groups and folders in one sync."""

KEYS_PER_USER: Final = 100
"""API keys of one user that count; a program that makes one per run forgets to revoke them."""

JWKS_BYTES: Final = 256 * KIB
"""A JWKS document: a hundred keys."""

JWKS_KEPT: Final = 1_000
"""Addresses of JWKS that one worker remembers."""

ATTENDING_PER_ACTOR: Final = 100
"""Items at which one actor is present over HTTP through one worker, like `SOCKETS_PER_ACTOR`."""

PRESENT_ITEMS: Final = 1_000
"""Items in one view of who is where; a wall screen shows fewer."""

KIND_BYTES: Final = 256 * KIB
"""A kind's definition: the largest of ours has 20 KiB; it is compiled by every worker."""

KIND_PATTERNS: Final = 500
"""Patterns of one sort in a kind; every member of every document is held against them."""

KINDS_PER_WORKSPACE: Final = 200
"""Kinds that a workspace defines; all are kept in memory by workers that serve it."""

SECRET_BYTES: Final = 64 * KIB
"""A secret's value: certificates and key files fit."""

SECRETS_PER_ITEM: Final = 1_000
"""Secrets of one item, replaced ones too: versions that name them stay."""

WEBHOOKS_PER_USER: Final = 20
"""Webhooks of one user; each costs a look at every event."""

WEBHOOKS_PER_WORKSPACE: Final = 200

WEBHOOK_KEYS: Final = 5
"""Signing keys of one webhook that count at once: as many signatures in every message."""

# ---- lists and pools

PAGE_ITEMS: Final = 200
"""Items in one answer of a list."""

FILTER_VALUES: Final = 100
"""Values of one filter of a list; a page shows no more than twice as many items."""

SEARCH_WORDS: Final = 10
"""Words of one search. Each is looked up by its beginning, which may read much of the index."""

PAGE_VALUE_BYTES: Final = 8 * MIB
"""Deployed values, and likewise one's own drafts, in one page. What does not fit is left out and said to be."""

SEARCHED_BYTES: Final = 2 * MIB
"""Values of one page that are looked through for the lines of its hits: some 20 ms."""

SYNC_ITEMS: Final = 200
"""Items in one `items/sync`; each is a transaction of its own."""

EXPORT_PAGE_RECORDS: Final = 1_000
EXPORT_PAGE_BYTES: Final = 2 * MIB
"""A page of an export ends after so much; one record is never cut."""

EXPORT_LOG_BATCHES: Final = 2_000
EXPORT_LOG_BYTES: Final = 4 * MIB
"""The last batches of a draft's log that an export holds, like `TAIL_OPS`; before them stands a snapshot's state."""

IMPORT_BODY_BYTES: Final = DOCUMENT_BYTES + 2 * EXPORT_LOG_BYTES
"""A draft of the largest value with its batches."""

# ---- events

EVENTS_PER_ANSWER: Final = 500

EVENTS_SCANNED: Final = 10_000
"""Events that one answer looks through for what its reader wants and may see: some tens of ms."""

ACTIVITY_DRAFTS: Final = 200
"""Drafts that one look at the activity counts, the ones written last: more than a wall has room for."""

ACTIVITY_BATCHES: Final = 2_000
"""Batches of one draft that are counted, the last ones: an hour of a writer who never stops is about as many."""

EVENTS_KEPT_DAYS: Final = 30
"""A consumer that was away for longer reads the state instead."""

EVENTS_PER_SWEEP: Final = 5_000
"""Old events dropped in one statement of some tens of ms."""

WITHHELD_BYTES: Final = 256 * KIB  # that wait for one socket while rights can't be asked for; then it must come back
EVENT_WAITERS: Final = 20
"""Requests of one actor that wait for events, on one worker; a consumer needs one."""

EVENT_TYPES: Final = 50
"""Types and beginnings of types in one filter; there are about as many types."""

MERGE_INLINE_BYTES: Final = 256 * KIB
"""Of a larger value what is looked through once (its references, a tool's edits) is so beside the event loop."""

REDIS_MESSAGE_BYTES: Final = 64 * KIB
"""A larger fan-out message carries its header only; receivers read Postgres."""

HTTP_HEADER_BYTES: Final = 64 * KIB
"""A request's head. Proxies refuse larger ones too (nginx at 32 KiB, others at 16)."""

HTTP_HEADERS: Final = 128
"""Lines of a head; the WebSocket library takes as many."""

HTTP_TARGET_BYTES: Final = 60 * KIB
"""Path and query: more filters of a list than are taken still get the answer that says so."""

UPGRADE_LINE_BYTES: Final = 8_190
"""One line of a handshake's head, as the WebSocket library takes it: a larger cookie is refused with 431."""

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


def announced() -> dict[str, int]:
    """Give the limits that a client must know before it writes; they go into `welcome`."""
    return {
        "frame_bytes": FRAME_BYTES,
        "document_bytes": DOCUMENT_BYTES,
        "depth": MAX_DEPTH,
        "ops": OPS_PER_BATCH,
        "splices": SPLICES_PER_OP,
        "subscriptions": SUBSCRIPTIONS_PER_SOCKET,
        "messages_per_s": MESSAGES_PER_S,
    }
