"""The messages of sub-protocol ``draftwire.v1+json``: one JSON object per WebSocket text frame, told apart by ``t``.

Owns the shapes; `protocol/README.md` tells how they are used, `draftwire.wire.codec` how they are read and written.
Ids are opaque strings of at most 64 characters. Seqs and generations are integers ≥ 0, times are Unix seconds
(float), durations carry their unit in the name, positions count UTF-16 code units. Unknown members are ignored,
so that old tabs meet new servers; unknown ``t`` is an error `unknown_message` and the connection lives.
"""

from typing import Annotated, Any, Literal

import msgspec

from draftwire.document.ops import Op

SUBPROTOCOL = "draftwire.v1+json"

# What clients send is checked against these; beyond 2^53 JavaScript rounds, generations are 32 bits in the log.
Whole = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Positive = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
Lines = tuple[Positive, Positive]  # the first and the last one, 1-based
Doing = Annotated[str, msgspec.Meta(max_length=120)]  # a line of a list of people
Generation = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]

Purpose = Literal["own", "shared", "suggestion"]
OpKind = Literal["edit", "save", "undo", "revert", "rebase", "adopt", "accept", "restore"]
PresenceState = Literal["viewing", "editing", "idle"]
MayDo = Literal["look", "type"]
ParkReason = Literal["discarded", "rewound", "refused", "conflict"]
RunState = Literal["running", "paused", "stopped", "ended", "lost"]
AlertKind = Literal["overlap", "lost_target", "stale_save"]
AlertReason = Literal["clash", "stale", "structural", "lost", "save"]
Status = Literal[
    "saved", "saving", "waiting", "local", "offline", "conflict", "refused", "read_only", "signed_out", "gone"
]  # fmt: skip


# ---------------------------------------------------------------- client → server


class Have(msgspec.Struct, frozen=True, omit_defaults=True):
    """A resuming client's state of a draft: its confirmed seq ``have`` and the mark there."""

    id: str
    generation: Generation
    have: Whole
    mark: str
    item: str = ""  # so that a draft which nobody has begun can be found again


class Hello(msgspec.Struct, frozen=True, tag_field="t", tag="hello", omit_defaults=True):
    """Begin or resume a session. The first message, unless `Auth` or a token in the handshake came before."""

    session: str  # 128 random bits of the client, 22–43 URL-safe characters; one page load, one run of an agent
    attempt: Positive = 1  # rises with every connection of the session: the highest wins, the other closes with 4509
    resume: str | None = None  # the signed token of an earlier welcome
    token: str | None = None
    client: str = ""  # name and version, for the server's log
    run: str | None = None  # the run this session works for (agents)
    act_for: str | None = None  # the platform's id of the user for whom an API key acts
    agent: str | None = None  # an agent acts with the person's token or key: its label; that only narrows
    drafts: tuple[Have, ...] = ()
    items: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = ()


class Auth(msgspec.Struct, frozen=True, tag_field="t", tag="auth", omit_defaults=True):
    """Send a token: the first one, or a renewal (same user, same workspace)."""

    token: str
    ref: Whole = 0
    act_for: str | None = None  # likewise


class Open(msgspec.Struct, frozen=True, tag_field="t", tag="open", omit_defaults=True):
    """Follow a draft: ``item`` lets the server choose one (``purpose`` narrows it), ``draft`` names it."""

    ref: Whole
    item: str | None = None
    draft: str | None = None
    purpose: Purpose | None = None
    have: Have | None = None


class Close(msgspec.Struct, frozen=True, tag_field="t", tag="close", omit_defaults=True):
    """Leave a channel: ``draft:<id>``, ``item:<id>`` or ``workspace:<id>``."""

    channel: str


class Subscribe(msgspec.Struct, frozen=True, tag_field="t", tag="subscribe", omit_defaults=True):
    """Follow a state channel: ``item:<id>`` (item state and presence) or ``workspace:<id>`` (events)."""

    ref: Whole
    channel: str
    after: Whole | None = None  # workspace channel: the last event number that the client has


class Edit(msgspec.Struct, frozen=True, tag_field="t", tag="edit", omit_defaults=True):
    """One batch. Its context is exactly the state at ``base``; at most one in flight per session and draft."""

    draft: str
    generation: Generation
    base: Whole
    mark: str  # the mark at base
    seen: Whole  # ≤ base: the seq on screen at the batch's first keystroke
    no: Positive  # the session's last number in this draft + 1
    key: str  # random, 1–64 characters; a resend carries the same number and key
    ops: tuple[Op, ...]
    kind: OpKind = "edit"
    cause: str | None = None


class Focus(msgspec.Struct, frozen=True, tag_field="t", tag="focus", omit_defaults=True):
    """Where this session is in an item. Without ``draft``: only on the item. Edits imply it while typing."""

    item: str
    state: PresenceState = "viewing"
    draft: str | None = None
    at: str | None = None  # address of the leaf
    anchor: Whole = 0
    head: Whole = 0
    seq: Whole = 0  # the state in which anchor and head count
    doing: Doing | None = None  # in words: "reading", "editing lines 40–52", "waiting for review"
    lines: Lines | None = None  # of the leaf, as of ``seq``


class Seen(msgspec.Struct, frozen=True, tag_field="t", tag="seen"):
    """The page is visible and shows ``seq``; at most one a second per draft."""

    draft: str
    seq: Whole


class Park(msgspec.Struct, frozen=True, tag_field="t", tag="park", omit_defaults=True):
    """Store text that can't be merged. The client forgets it only after `Parked`.

    ``item`` is needed for a draft that has not been started.
    """

    ref: Whole
    draft: str
    generation: Generation
    reason: ParkReason
    base: Whole
    texts: tuple["ParkedText", ...]
    item: str | None = None


class ParkedText(msgspec.Struct, frozen=True, omit_defaults=True):
    """One leaf or member as its writer had it, and the text it was based on."""

    at: str
    mine: Any
    base: Any = None


class Call(msgspec.Struct, frozen=True, tag_field="t", tag="call", omit_defaults=True):
    """Use a tool of a run with the body of its HTTP route. `Answer` carries the route's answer, `Error` a refusal.

    ``stream`` is the stream that `load_stream`, `close_stream` and `abort_stream` are about.
    """

    ref: Whole
    tool: Literal["read", "search", "edit", "open_stream", "load_stream", "close_stream", "abort_stream"]
    run: str
    body: Any = None
    stream: str | None = None
    key: str | None = None  # of an edit and its retries


class Append(msgspec.Struct, frozen=True, tag_field="t", tag="append", omit_defaults=True):
    """The next piece of a stream, after ``offset`` UTF-16 units sent before. Answered by `Streamed`."""

    run: str
    stream: str
    offset: Whole
    text: str


class Pong(msgspec.Struct, frozen=True, tag_field="t", tag="pong"):
    """Answers `Ping` at once."""

    n: Whole


ClientMessage = Hello | Auth | Open | Close | Subscribe | Edit | Focus | Seen | Park | Call | Append | Pong


# ---------------------------------------------------------------- server → client


class ActorInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """An actor, as far as you may know it."""

    id: str
    kind: Literal["user", "agent", "api_key"]
    name: str
    user: str  # the user's id: the user itself, or the one for whom it acts
    on_behalf_of: str | None = None  # that user's name, for an agent
    imported_by: str | None = None  # who says so: it was imported, not done here


class Welcome(msgspec.Struct, frozen=True, tag_field="t", tag="welcome", omit_defaults=True):
    """The session is accepted."""

    session: str
    sid: str  # public id of the session, as it stands in `WriterInfo` and `PresenceEntry`
    resume: str
    worker: str
    workspace: str
    actor: ActorInfo
    server: str  # version
    ping_s: float
    limits: dict[str, int]
    ref: int = 0
    token_expires_in_s: float | None = None


class WriterInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A writer of a draft. ``w`` is its permanent small number there."""

    w: int
    actor: ActorInfo
    sid: str  # public id of the session (never the session id itself)
    run: str | None = None


class AlertSide(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the two parties of an alert."""

    actor: ActorInfo
    sid: str
    text: Any
    seq: int
    at: float
    run: str | None = None
    took: Any = None  # what this side's op deleted or replaced, if anything


class Alert(msgspec.Struct, frozen=True, omit_defaults=True):
    """A conflict that someone needs to know about."""

    id: str
    draft: str
    kind: AlertKind
    reason: AlertReason
    address: str
    opened_at: float
    seq: int  # the seq at which start and end count
    sides: tuple[AlertSide, ...]
    state: Literal["open", "closed", "resolved"] = "open"
    start: int = 0
    end: int = 0
    line_from: int | None = None  # 1-based, at ``seq``
    line_to: int | None = None
    stash: str | None = None
    closed_at: float | None = None
    fades: bool = False  # it closes by itself once both have seen it: nobody replaced anything


class Shape(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which arrays are keyed and which leaves are text: pointer patterns, ``*`` one segment, ``**`` any number.

    ``coupled``: text leaves, by a pattern, each with the member beside it that says how it is to be read.
    """

    keyed: tuple[str, ...]
    text: tuple[str, ...]
    coupled: tuple[tuple[str, str], ...] = ()


class State(msgspec.Struct, frozen=True, tag_field="t", tag="state", omit_defaults=True):
    """A draft as of one seq. A large one has ``pieces`` > 0 and no value: join the pieces' data, then decode it."""

    draft: str
    item: str
    purpose: Purpose
    owner: ActorInfo | None
    generation: int
    seq: int
    mark: str
    may: MayDo
    shape: Shape
    base_version: int
    head_version: int
    value: Any = None
    pieces: int = 0
    ref: int = 0
    why: str | None = None  # why not type: a code of `draftwire.errors`
    your_last_no: int = 0
    your_w: int = 0
    writers: tuple[WriterInfo, ...] = ()
    alerts: tuple[Alert, ...] = ()
    stands: bool = True  # False: a draft that nobody has begun; the first edit makes it
    legacy: bool = False  # a shared draft from before its kind was edited in drafts of one's own


class Piece(msgspec.Struct, frozen=True, tag_field="t", tag="piece"):
    """Part ``i`` of the JSON text of a large state's value, ≤ 64 KiB."""

    draft: str
    i: int
    data: str


class BatchInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a batch is, if it is not a plain edit."""

    kind: OpKind = "edit"
    cause: str | None = None
    at: float | None = None


class Batch(msgspec.Struct, frozen=True, array_like=True):
    """``[w, no, ops, alerts?, info?]``: one committed batch as effects. An op that was lost is not in it.

    ``alerts`` holds each alert that the batch opened, and the id alone of each open one that it goes on with.
    """

    w: int
    no: int
    ops: tuple[Op, ...]
    alerts: tuple[Alert | str, ...] = ()
    info: BatchInfo | None = None


class Ops(msgspec.Struct, frozen=True, tag_field="t", tag="ops", omit_defaults=True, rename={"from_": "from"}):
    """Batches ``from`` (exclusive) … ``to`` of a draft's log: batch i has seq from + 1 + i. Your own is the ack."""

    draft: str
    generation: int
    from_: int
    to: int
    mark: str
    batches: tuple[Batch, ...]
    writers: tuple[WriterInfo, ...] = ()


class Diagnostic(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something that prevents a deploy. ``at`` is a JSON Pointer from the document's root."""

    at: str
    code: Literal["schema", "reference", "secret", "shape"]
    message: str


class Diagnostics(msgspec.Struct, frozen=True, tag_field="t", tag="diagnostics"):
    """Everything that prevents a deploy of the draft at ``seq``. An empty list means that nothing does."""

    draft: str
    seq: int
    diagnostics: tuple[Diagnostic, ...]


class Overlap(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a draft and a version changed the same place differently. Lines are 1-based, in the draft's text."""

    address: str
    line_from: int | None = None
    line_to: int | None = None


class Behind(msgspec.Struct, frozen=True, tag_field="t", tag="behind", omit_defaults=True):
    """Somebody deployed: the draft is based on ``base_version``, not on the head. Equal numbers: no longer behind.

    ``kept``: someone chose to keep it behind this head. Every connection of a draft's owner gets it, even if the draft
    is not open there; such connections get it once for each head.
    """

    draft: str
    base_version: int
    head: "VersionInfo"
    overlaps: tuple[Overlap, ...] = ()
    kept: bool = False
    item: str = ""


class Opened(msgspec.Struct, frozen=True, tag_field="t", tag="opened", omit_defaults=True):
    """The answer to an `Open` or `Hello` that resumes: your copy is usable, `Ops` follow from ``seq`` on."""

    draft: str
    item: str
    generation: int
    seq: int
    may: MayDo
    ref: int = 0
    why: str | None = None
    your_last_no: int = 0
    your_w: int = 0
    writers: tuple[WriterInfo, ...] = ()
    alerts: tuple[Alert, ...] = ()


class Refused(msgspec.Struct, frozen=True, tag_field="t", tag="refused", omit_defaults=True):
    """An edit was refused and changed nothing; its number is still free. ``retry``: it may succeed later."""

    draft: str
    no: int
    key: str
    code: str
    message: str
    retry: bool = False
    detail: Any = None


class PresenceEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One session that is here now. ``label`` and ``model`` are those of its run."""

    sid: str
    actor: ActorInfo
    state: PresenceState
    since: float
    draft: str | None = None
    at: str | None = None
    anchor: int = 0
    head: int = 0
    seq: int = 0
    run: str | None = None
    label: str | None = None
    model: str | None = None
    doing: str | None = None
    lines: Lines | None = None


class Presence(msgspec.Struct, frozen=True, tag_field="t", tag="presence", omit_defaults=True):
    """Who is at an item. ``full`` replaces everything; ``here`` has joins and changes, ``gone`` those who left."""

    item: str
    here: tuple[PresenceEntry, ...] = ()
    gone: tuple[str, ...] = ()
    full: bool = False
    unknown: bool = False  # cut off from Redis: others may be here


class VersionInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A deployed version, without its value."""

    number: int
    hash: str
    by: ActorInfo | None
    at: float
    message: str = ""
    run: str | None = None  # in which an agent deployed it


class DraftInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """That a draft exists, for everyone who can see the item."""

    id: str
    purpose: Purpose
    owner: ActorInfo | None
    visibility: Literal["private", "readable", "open"]
    generation: int
    seq: int
    base_version: int
    updated_at: float
    may: Literal["no", "look", "type"] = "no"
    legacy: bool = False  # a shared draft from before its kind was edited in drafts of one's own


class Item(msgspec.Struct, frozen=True, tag_field="t", tag="item", omit_defaults=True):
    """The current state of an item, sent right after subscribing and whenever it changes."""

    item: str
    kind: str
    path: str | None
    external_id: str | None
    summary: str
    archived: bool
    head: VersionInfo | None
    drafts: tuple[DraftInfo, ...]
    event: int  # the workspace's event number that this state includes
    ref: int = 0


class EventInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event of a workspace. ``number`` has no gaps and is in commit order. Ids only, no names."""

    number: int
    type: str
    at: float
    actor: str | None = None
    item: str | None = None
    draft: str | None = None
    data: Any = None


class Event(msgspec.Struct, frozen=True, tag_field="t", tag="event", omit_defaults=True):
    """Events of a workspace that you can see. ``number`` is the last one that was examined."""

    workspace: str
    number: int
    events: tuple[EventInfo, ...] = ()
    ref: int = 0


class AlertMessage(msgspec.Struct, frozen=True, tag_field="t", tag="alert", omit_defaults=True):
    """An alert changed its state, or was not opened by a batch of this draft's stream."""

    draft: str
    alert: Alert


class AskInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A request to a draft's owner for access to view or edit it."""

    id: str
    draft: str
    item: str
    by: ActorInfo
    may: MayDo
    asked_at: float
    expires_at: float
    agents: bool = False  # for their agents too
    note: str = ""
    state: Literal["open", "granted", "declined", "withdrawn", "expired"] = "open"
    answered_at: float | None = None


class Ask(msgspec.Struct, frozen=True, tag_field="t", tag="ask"):
    """An access request was made or answered. Sent to all connections of the owner and of the requester.

    The open ones come again whenever the owner opens the draft or reconnects. It is answered over HTTP.
    """

    ask: AskInfo


class Deleted(msgspec.Struct, frozen=True, tag_field="t", tag="deleted"):
    """An item of which you have a draft was deleted; the draft's text is an entry of your stash.

    To all connections of the draft's owner. Until a time the item can be brought back.
    """

    item: str
    draft: str
    stash: str
    by: ActorInfo
    until: float


class Reset(msgspec.Struct, frozen=True, tag_field="t", tag="reset", omit_defaults=True):
    """The client's copy is no longer valid: park pending text, then open again."""

    draft: str
    reason: Literal["discarded", "rewound"]
    generation: int


class Gone(msgspec.Struct, frozen=True, tag_field="t", tag="gone", omit_defaults=True):
    """The channel ended: you may not, or no longer, see it. Looks the same as if it never existed."""

    channel: str
    code: str = "not_found"
    ref: int = 0


class May(msgspec.Struct, frozen=True, tag_field="t", tag="may", omit_defaults=True):
    """Your rights in an open draft have changed."""

    draft: str
    may: MayDo
    why: str | None = None


class Parked(msgspec.Struct, frozen=True, tag_field="t", tag="parked"):
    """The parked texts are committed to the stash."""

    ref: int
    stash: str


class Answer(msgspec.Struct, frozen=True, tag_field="t", tag="answer", omit_defaults=True):
    """A tool's answer."""

    ref: int
    body: Any = None


class Streamed(msgspec.Struct, frozen=True, tag_field="t", tag="streamed", omit_defaults=True):
    """``units`` of a stream's text are committed. With a ``code``, the stream takes nothing more, for that reason.

    After `stream_gap`, `too_fast` and other codes with ``retry``, the next piece begins at ``expected``.
    """

    stream: str
    units: int
    code: str | None = None
    message: str | None = None
    expected: int | None = None


class RunEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event of a run. Its agent reads these and should act on them.

    Types: ``note`` (a person's words), ``paused``, ``resumed``, ``stopped``, ``ended``, ``lost``, ``accepted`` and
    ``rejected`` (of its suggestions), ``undone``, ``redone``, ``stream_ended``.
    """

    n: int
    type: str
    at: float
    by: ActorInfo | None = None
    text: str | None = None
    data: Any = None


class RunTold(msgspec.Struct, frozen=True, tag_field="t", tag="run", omit_defaults=True):
    """An event of the run that this connection works for. ``state`` is the run's current state."""

    run: str
    state: RunState
    event: RunEvent


class Ping(msgspec.Struct, frozen=True, tag_field="t", tag="ping"):
    """Answer at once with `Pong`."""

    n: int


class Bye(msgspec.Struct, frozen=True, tag_field="t", tag="bye"):
    """The worker is shutting down and closes the connection. Reconnect after the given time."""

    reconnect_after_ms: int
    reason: str


class Error(msgspec.Struct, frozen=True, tag_field="t", tag="error", omit_defaults=True):
    """A message could not be processed. The connection stays open unless a close follows.

    ``retry``: the same may pass later.
    """

    code: str
    message: str
    ref: int = 0
    detail: Any = None
    retry: bool = False


ServerMessage = (
    Welcome
    | State
    | Piece
    | Opened
    | Ops
    | Diagnostics
    | Behind
    | Deleted
    | Refused
    | Presence
    | Item
    | Event
    | AlertMessage
    | Ask
    | Reset
    | Gone
    | May
    | Parked
    | Answer
    | Streamed
    | RunTold
    | Ping
    | Bye
    | Error
)
