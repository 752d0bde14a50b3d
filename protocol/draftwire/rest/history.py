"""A draft's past over HTTP: history, states and their names, blame, what others changed."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from draftwire.rest.diff import Comparison
from draftwire.rest.drafts import NamedDraft
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo, Generation, Positive

Lines = Annotated[tuple[int, int], Meta(description="The first and the last line, counted from 1.")]
StateName = Annotated[str, Meta(description="A name for a state: 1–100 characters, no etag and no number.")]


class HistoryQuery(NamedDraft, frozen=True, omit_defaults=True):
    """Groups that end before a seq, the latest first; of a generation that was discarded, if one is named."""

    before: Annotated[Positive | None, Meta(description="Groups whose last batch lies before this seq.")] = None
    limit: Positive = 50
    generation: Annotated[Generation | None, Meta(description="An earlier generation, if it still exists.")] = None


class ChangedPlace(msgspec.Struct, frozen=True, omit_defaults=True):
    """An address that was changed; of a text with the lines, as they read after the last of the changes."""

    at: str
    lines: tuple[Lines, ...] = ()


class HistoryGroup(msgspec.Struct, frozen=True, omit_defaults=True, rename={"from_": "from"}):
    """Batches of one person, or one run of an agent, without a long pause: ``from`` … ``to``, with others' in between.

    ``etag`` is the state after the last of them, ``sids`` the sessions that they came from. ``came`` and ``went`` count
    UTF-16 units of text.
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
    names: tuple[str, ...] = ()  # of states that its batches led to
    approved_by: tuple[ActorInfo, ...] = ()  # who accepted what an agent had suggested


class HistoryPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of history. ``begins``: the first seq that is still kept; ``next``: the ``before`` of the next page."""

    draft: str
    etag: str  # of the head of that generation
    generation: int
    begins: int
    groups: tuple[HistoryGroup, ...]
    next: int | None = None


class StateQuery(NamedDraft, frozen=True, omit_defaults=True):
    """Which state: an etag, a seq of the present generation or a name; none: the present one."""

    at: Annotated[str | None, Meta(description="An etag, a seq, or the name of a state.")] = None


class PastState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft as it was, and whose batch led to that; without them it is what the generation began with."""

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
    """Another name for the same state."""

    name: StateName


class NamedState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A state with a name: kept until the name is removed, whatever becomes of the log around it."""

    name: str
    etag: str
    generation: int
    seq: int
    state_at: float
    by: ActorInfo  # who named it
    at: float
    writer: ActorInfo | None = None  # whose batch led to it
    run: str | None = None


class NamedStates(msgspec.Struct, frozen=True):
    """The named states of a draft, the latest first."""

    names: tuple[NamedState, ...]


class BlameQuery(StateQuery, frozen=True, omit_defaults=True):
    """Of which state, and (``address``) of which leaf, member or element alone."""

    address: Annotated[str | None, Meta(description="One leaf, member or element, with all inside it.")] = None


class BlameVersionQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of which part of the version's value."""

    address: Annotated[str | None, Meta(description="One leaf, member or element, with all inside it.")] = None


class BlameOrigin(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote something, and when: ``seq`` … ``to`` are batches of the draft's present generation.

    Older text has the first ``version`` that holds it. ``kind`` is not `edit` where nothing is known but who brought it
    in: with an adoption, a revert, a version (`deploy`). ``approved_by``: who accepted it, of what an agent suggested.
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
    """Lines ``first`` … ``last``: ``origin`` wrote in them last, ``others`` as well. Indexes of ``origins``."""

    first: int
    last: int
    origin: int
    others: tuple[int, ...] = ()


class BlamedText(msgspec.Struct, frozen=True):
    """A text leaf, by lines; ``spans`` are lengths in UTF-16 units and indexes of ``origins``, from the beginning."""

    at: str
    lines: tuple[BlamedLines, ...]
    spans: tuple[tuple[int, int], ...]


class BlamedMember(msgspec.Struct, frozen=True):
    """A member that is no text leaf, or an element: who set it, or put it there."""

    at: str
    origin: int


class DraftBlame(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who wrote what of a state, or of a version."""

    item: str
    origins: tuple[BlameOrigin, ...]
    texts: tuple[BlamedText, ...]
    members: tuple[BlamedMember, ...]
    draft: str | None = None
    etag: str | None = None
    version: int | None = None


class ChangesQuery(NamedDraft, frozen=True, omit_defaults=True):
    """Since when: `looked`, an etag, a seq of the present generation, or the name of a state."""

    since: Annotated[str, Meta(description="looked, an etag, a seq, or the name of a state.")] = "looked"
    context: Annotated[int, Meta(ge=0, le=100, description="Lines around changed ones in texts, at most 100.")] = 3


class ChangedBy(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one person, or one run of an agent, changed: how often, when, where. Places read as in the present state."""

    actor: ActorInfo
    batches: int
    first_at: float
    last_at: float
    places: tuple[ChangedPlace, ...]
    came: int
    went: int
    run: str | None = None


class DraftChanges(msgspec.Struct, frozen=True, omit_defaults=True):
    """What others changed between two states. ``looked_at`` is None where nobody has said that they looked.

    ``followed_from``: after very many batches ``by`` tells of those from this seq on only; ``comparison`` then holds
    all that changed, by whomever.
    """

    draft: str
    item: str
    since: str  # etags
    until: str
    by: tuple[ChangedBy, ...]
    comparison: Comparison  # of the places that others changed
    looked_at: float | None = None
    followed_from: int | None = None


class Looked(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Up to which state somebody has looked."""

    etag: str
    item: str | None = None


class LookedAt(msgspec.Struct, frozen=True):
    """It is remembered. The mark never goes back, so it may lie beyond what was said."""

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
