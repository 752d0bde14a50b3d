"""What one peer may ask for: limits that a client meets as a refusal, and may rely on.

Those of ops and documents that clients must know beforehand are in the `welcome` message, made here by `announced`.
"""

from typing import Final

from draftwire.wire.codec import MAX_DEPTH
from draftwire_server.limits.pages import EXPORT_LOG_BYTES
from draftwire_server.limits.units import KIB, MIB

# ---- frames and documents

FRAME_BEFORE_AUTH_BYTES: Final = 16 * KIB
"""A hello with a token and a list of drafts fits; nobody unknown can make the server buffer more."""

FRAME_BYTES: Final = 2 * MIB
"""An edit frame. A paste of 1 MB passes; what is larger is saved as a whole document by `PUT`."""

DOCUMENT_BYTES: Final = 16 * MIB
"""A document's JSON text. Above it opening, merging and diffing no longer feel live."""

JSON_BODY_BYTES: Final = DOCUMENT_BYTES + 64 * KIB
"""An HTTP body: a whole document and what is around it."""

FRAGMENTS_PER_MESSAGE: Final = 2_048
"""Frames of one message: a proxy that cuts the largest one into pieces of a KiB stays below."""


# ---- one edit

OPS_PER_BATCH: Final = 1_000
"""A script that renames everywhere fits; each op is rebased, so their number is work for everybody."""

SPLICES_PER_OP: Final = 10_000
"""Replace-all in a large text."""

KEY_CHARS: Final = 64
"""The random key of a batch, an Idempotency-Key, an element's id."""

KEYED_ELEMENTS: Final = 10_000
"""Elements with an id in one document; the index of addresses is rebuilt from them."""


# ---- one connection

SUBSCRIPTIONS_PER_SOCKET: Final = 200
"""Channels one socket follows. A dashboard shows a page of items; ten thousand subscribes are an attack."""

DRAFTS_PER_HELLO: Final = 100
"""Drafts resumed in one hello; each costs a read of the log."""

MESSAGES_PER_S: Final = 1_000
"""Client messages a second and socket, averaged. A fast typist with carets sends 20, a program that waits for each ack
some hundreds; what comes faster than acks return is no editing."""

MESSAGES_BURST: Final = 2_000
"""Messages at once after a pause: a reconnecting client with many drafts."""

REFUSALS_BEFORE_CLOSE: Final = 50
"""Refused messages in a minute: a client that ignores its refusals is stopped."""

SOCKETS_PER_ACTOR: Final = 100
"""Connections of one actor to one worker: tabs of a busy person; a loop that reconnects without closing is
not.
"""


# ---- agents

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

RUNS_PER_ACTOR: Final = 200
"""Runs of one agent of one person that go on at the same time: more than anybody can review."""

STREAMS_PER_DRAFT: Final = 16
"""Open streams of one run in one draft: functions that a model writes side by side."""

CHUNK_UNITS: Final = 64 * 1024
"""One piece of a stream: models give some tokens at a time, a file is written whole."""


# ---- what is kept

PARKED_TEXTS: Final = 1_000
"""Leaves in one `park`: everything a person can have unsent. Their bytes are those of one frame."""

ALERTS_OPEN_PER_DRAFT: Final = 100
"""Open alerts of one draft. Beyond it the oldest overlap closes: nobody reads a hundred banners."""


# ---- sharing a draft

GUESTS_PER_DRAFT: Final = 100
"""Guests of one draft; every decision about it looks through them. For more people there is visibility."""

ASKS_PER_HOUR: Final = 20
"""Questions of one user in an hour, each of which interrupts somebody."""

ASK_NOTE_CHARS: Final = 500

STASH_ENTRIES_PER_USER: Final = 5_000
STASH_BYTES_PER_USER: Final = 64 * MIB
"""Text of one user that waits for them in the stash: some of the largest documents, or years of refused
paragraphs. What is beyond is refused with `quota` and stays with the client."""

STASH_BYTES_PER_WORKSPACE: Final = 1024 * MIB
"""Of all users of a workspace: many users, or one with many accounts, are no way around the bound of one."""

REFERENCES_PER_ITEM: Final = 1_000
"""References of one live version that `used by` knows; a flow of a thousand steps has as many."""


# ---- names and texts

PATH_CHARS: Final = 255
PATH_SEGMENTS: Final = 16
EXTERNAL_ID_CHARS: Final = 255
NAME_CHARS: Final = 200
SUMMARY_CHARS: Final = 500
MESSAGE_CHARS: Final = 10_000
"""A deploy message: a paragraph, not a document."""

NAMES_PER_DRAFT: Final = 100
"""Named states of one draft; each keeps a whole value for as long as it has its name."""

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

KEYS_PER_USER: Final = 100
"""API keys of one user that count; a program that makes one per run forgets to revoke them."""

JWKS_BYTES: Final = 256 * KIB
"""A JWKS document: a hundred keys."""

ATTENDING_PER_ACTOR: Final = 100
"""Items at which one actor is present over HTTP through one worker, like `SOCKETS_PER_ACTOR`."""

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

IMPORT_BODY_BYTES: Final = DOCUMENT_BYTES + 2 * EXPORT_LOG_BYTES
"""A draft of the largest value with its batches."""


# ---- events

HTTP_HEADER_BYTES: Final = 64 * KIB
"""A request's head. Proxies refuse larger ones too (nginx at 32 KiB, others at 16)."""

HTTP_HEADERS: Final = 128
"""Lines of a head; the WebSocket library takes as many."""

HTTP_TARGET_BYTES: Final = 60 * KIB
"""Path and query: more filters of a list than are taken still get the answer that says so."""

UPGRADE_LINE_BYTES: Final = 8_190
"""One line of a handshake's head, as the WebSocket library takes it: a larger cookie is refused with 431."""


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
