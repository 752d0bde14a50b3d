"""A draft's past over HTTP: history, states and their names, blame, changes by others."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from draftwire.rest.diff import Comparison
from draftwire.rest.drafts import NamedDraft
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo, Generation, Positive

Lines = Annotated[tuple[int, int], Meta(description="First and last line, counted from 1.")]
StateName = Annotated[str, Meta(description="A name for a state: 1–100 characters, not an etag or a number.")]


class HistoryQuery(NamedDraft, frozen=True, omit_defaults=True):
    """Groups that end before a seq, newest first. ``generation``: of a discarded generation."""

    before: Annotated[Positive | None, Meta(description="Groups whose last batch is before this seq.")] = None
    limit: Positive = 50
    generation: Annotated[Generation | None, Meta(description="An earlier generation, if it is still kept.")] = None


class ChangedPlace(msgspec.Struct, frozen=True, omit_defaults=True):
    """A changed address. ``lines`` are those of a text, as numbered after the last of the changes."""

    at: str
    lines: tuple[Lines, ...] = ()


class HistoryGroup(msgspec.Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """Batches of one person, or of one run, without a long pause: ``from`` … ``to``, with others' in between.

    ``etag`` is the state after the last batch, ``sids`` are the sessions. ``came`` and ``went`` count the UTF-16 units
    that were added and removed.
    """

    from_: int
    to: int
    etag: str
    actor: ActorInfo
    sids: tuple[str, ...]
    batches: int
    kinds: tuple[str, ...]
    begun_at: float
    ended_at: float
    places: tuple[ChangedPlace, ...]
    came: int
    went: int
    run: str | None = None
    causes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()  # of states that its batches produced
    approved_by: tuple[ActorInfo, ...] = ()  # who accepted an agent's suggestion


class HistoryPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of history. ``begins``: the first seq that is kept; ``next``: the ``before`` of the next page."""

    draft: str
    etag: str  # of the generation's latest state
    generation: int
    begins: int
    groups: tuple[HistoryGroup, ...]
    next: int | None = None


class StateQuery(NamedDraft, frozen=True, omit_defaults=True):
    """Which state: an etag, a seq of the current generation or a name. Default: the current state."""

    at: Annotated[str | None, Meta(description="An etag, a seq, or the name of a state.")] = None


class PastState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A past state of a draft, and who wrote the batch that led to it. Without an author, it is the generation's first
    state.
    """

    draft: str
    item: str
    etag: str
    generation: int
    seq: int
    value: Any
    by: ActorInfo | None = None
    run: str | None = None
    kind: str | None = None
    cause: str | None = None
    at: float | None = None
    names: tuple[str, ...] = ()


class NewStateName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name for the state of an etag."""

    name: StateName
    etag: str


class RenamedState(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The new name."""

    name: StateName


class NamedState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state with a name. It is kept until the name is removed, even if the log around it is shortened."""

    name: str
    etag: str
    generation: int
    seq: int
    state_at: float
    by: ActorInfo  # who named it
    at: float
    writer: ActorInfo | None = None  # who wrote the batch that led to it
    run: str | None = None


class NamedStates(msgspec.Struct, frozen=True):
    """The named states of a draft, newest first."""

    names: tuple[NamedState, ...]


class BlameQuery(StateQuery, frozen=True, omit_defaults=True):
    """Which state, and optionally only one ``address``."""

    address: Annotated[str | None, Meta(description="One leaf, member or element, with everything inside it.")] = None


class BlameVersionQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Optionally only one part of the version's value."""

    address: Annotated[str | None, Meta(description="One leaf, member or element, with everything inside it.")] = None


class BlameOrigin(msgspec.Struct, frozen=True, omit_defaults=True):
    """The author of something, and the time. ``seq`` … ``to`` are batches of the draft's current generation.

    Older text has the first ``version`` that contains it. ``kind`` is not `edit` if only the actor who brought it in is
    known: by an adoption, a revert, a deploy. ``approved_by``: who accepted it, if an agent suggested it.
    """

    actor: ActorInfo
    at: float
    kind: str
    run: str | None = None
    seq: int | None = None
    to: int | None = None
    version: int | None = None
    approved_by: ActorInfo | None = None


class BlamedLines(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines ``first`` … ``last``. ``origin`` is their latest author, ``others`` are the earlier ones. All are indexes
    of ``origins``.
    """

    first: int
    last: int
    origin: int
    others: tuple[int, ...] = ()


class BlamedText(msgspec.Struct, frozen=True):
    """A text leaf by lines. ``spans`` are pairs of a length in UTF-16 units and an index of ``origins``, from the
    start.
    """

    at: str
    lines: tuple[BlamedLines, ...]
    spans: tuple[tuple[int, int], ...]


class BlamedMember(msgspec.Struct, frozen=True):
    """The author of a member that is not a text leaf, or of an element."""

    at: str
    origin: int


class DraftBlame(msgspec.Struct, frozen=True, omit_defaults=True):
    """The authors of a state or of a version."""

    item: str
    origins: tuple[BlameOrigin, ...]
    texts: tuple[BlamedText, ...]
    members: tuple[BlamedMember, ...]
    draft: str | None = None
    etag: str | None = None
    version: int | None = None


class ChangesQuery(NamedDraft, frozen=True, omit_defaults=True):
    """The start: `looked` (your mark), an etag, a seq of the current generation, or the name of a state."""

    since: Annotated[str, Meta(description="`looked`, an etag, a seq, or the name of a state.")] = "looked"
    context: Annotated[int, Meta(ge=0, le=100, description="Unchanged lines to show around changes, at most 100.")] = 3


class ChangedBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """The changes of one person, or of one run: how often, when, where. Places are those of the current state."""

    actor: ActorInfo
    batches: int
    first_at: float
    last_at: float
    places: tuple[ChangedPlace, ...]
    came: int
    went: int
    run: str | None = None


class DraftChanges(msgspec.Struct, frozen=True, omit_defaults=True):
    """What others changed between two states. ``looked_at`` is null if you have no mark.

    ``followed_from``: if there were very many batches, ``by`` covers only those from this seq on, and ``comparison``
    covers all changes by everyone.
    """

    draft: str
    item: str
    since: str  # etags
    until: str
    by: tuple[ChangedBy, ...]
    comparison: Comparison  # places that others changed
    looked_at: float | None = None
    followed_from: int | None = None


class Looked(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The state up to which you have viewed the draft."""

    etag: str
    item: str | None = None


class LookedAt(msgspec.Struct, frozen=True):
    """Your mark. It never moves back, so it may be later than the state you sent."""

    draft: str
    etag: str
    at: float


# ---- routes

STATES = ("bad_etag", "bad_name", "generation_changed", "rewound", "base_ahead", "base_expired")
NAMES = ("bad_name", "taken", "read_only", "mode_forbids")

GET_HISTORY = Route(
    id="get_history",
    method="GET",
    path="drafts/{draft}/history",
    api="history.page",
    query=HistoryQuery,
    answer=HistoryPage,
    codes=("generation_changed", "busy"),
    summary="Get a draft's history",
    description="""
    Returns the draft's batches grouped by writer, run and time, newest first: who, when, where, how much, and named
    states.

    A pause of five minutes ends a group. The draft's log has the single batches.
    """,
    who="everyone who can read the draft",
)

GET_STATE = Route(
    id="get_state",
    method="GET",
    path="drafts/{draft}/state",
    api="history.state",
    first=("at",),
    query=StateQuery,
    answer=PastState,
    codes=STATES,
    summary="Get a past state of a draft",
    description="Returns the draft's value at an etag, a seq or a named state, and who wrote the batch that led to it.",
    who="everyone who can read the draft",
)

LIST_STATE_NAMES = Route(
    id="list_state_names",
    method="GET",
    path="drafts/{draft}/names",
    api="history.names",
    query=NamedDraft,
    answer=NamedStates,
    summary="List a draft's named states",
    description="""
    Returns the named states, newest first. Their values stay readable even when the log around them is shortened.
    """,
    who="everyone who can read the draft",
)

NAME_STATE = Route(
    id="name_state",
    method="POST",
    path="drafts/{draft}/names",
    api="history.name",
    body=NewStateName,
    answer=NamedState,
    status=201,
    codes=(*STATES, *NAMES, "too_many"),
    summary="Name a state",
    description="Gives the state of an etag a name. Returns 200 if it already has that name.",
    who="everyone who can edit the draft",
)

RENAME_STATE = Route(
    id="rename_state",
    method="PATCH",
    path="drafts/{draft}/names/{name}",
    api="history.rename",
    body=RenamedState,
    answer=NamedState,
    codes=NAMES,
    summary="Rename a named state",
    description="Gives a named state another name.",
    who="everyone who can edit the draft",
)

REMOVE_STATE_NAME = Route(
    id="remove_state_name",
    method="DELETE",
    path="drafts/{draft}/names/{name}",
    api="history.unname",
    status=204,
    codes=("read_only", "mode_forbids"),
    summary="Remove a state's name",
    description="Removes the name. The state then stays readable only as long as the log contains it.",
    who="everyone who can edit the draft",
)

GET_BLAME = Route(
    id="get_blame",
    method="GET",
    path="drafts/{draft}/blame",
    api="history.blame",
    first=("at",),
    query=BlameQuery,
    answer=DraftBlame,
    codes=(*STATES, "no_such_place", "duplicate_id", "bad_id"),
    summary="Get the authors of a draft",
    description="""
    Returns the author of each line of text and of each member: the actor, the run, the time and the batches.

    Text that came with a version is attributed to that version's authors.
    """,
    who="everyone who can read the draft",
)

GET_VERSION_BLAME = Route(
    id="get_version_blame",
    method="GET",
    path="items/{item}/versions/{version}/blame",
    api="history.version_blame",
    query=BlameVersionQuery,
    answer=DraftBlame,
    codes=("no_such_place", "duplicate_id", "bad_id"),
    summary="Get the authors of a version",
    description="Returns the author of each line of text and of each member of a version, by number or hash.",
    who="everyone who can see the item",
)

GET_CHANGES = Route(
    id="get_changes",
    method="GET",
    path="drafts/{draft}/changes",
    api="history.changes",
    first=("since",),
    query=ChangesQuery,
    answer=DraftChanges,
    codes=(*STATES, "too_large", "duplicate_id", "bad_id", "busy"),
    summary="List what others changed in a draft",
    description="""
    Returns what others changed since your own mark, or since a state: who, how often, when and where.

    People and the runs of agents are listed separately. ``comparison`` holds the places that they changed.
    """,
    who="everyone who can read the draft",
)

POST_LOOKED = Route(
    id="post_looked",
    method="POST",
    path="drafts/{draft}/looked",
    api="history.looked",
    body=Looked,
    answer=LookedAt,
    codes=STATES,
    summary="Mark a draft as viewed",
    description="Moves your mark to a state. Nothing else moves it, and it never moves back.",
    who="everyone who can read the draft, for their own mark",
)
