"""Routes of a draft's past: history, states and their names, blame, what others changed."""

from starlette.responses import Response

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.history import (
    BlameQuery,
    BlameVersionQuery,
    ChangesQuery,
    DraftBlame,
    DraftChanges,
    HistoryPage,
    HistoryQuery,
    Looked,
    LookedAt,
    NamedState,
    NamedStates,
    NewStateName,
    PastState,
    RenamedState,
    StateQuery,
)
from draftwire_server.http.live.drafts import find_draft
from draftwire_server.http.serving.operation import Call, operation
from draftwire_server.http.serving.problem import JSON

STATES = ("bad_etag", "bad_name", "generation_changed", "rewound", "base_ahead", "base_expired")
NAMES = ("bad_name", "taken", "read_only", "mode_forbids")


@operation(
    "GET",
    "/v1/w/{workspace}/drafts/{draft}/history",
    summary="Read a draft's history",
    problems=("generation_changed", "busy"),
)
async def get_history(call: Call, query: HistoryQuery) -> HistoryPage:
    """The draft's batches grouped by writer, run and time, the latest first: who, when, where, how much, named states.

    A pause of five minutes ends a group. A batch by itself is in the draft's log.
    """
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.lookback.history(live, query)


@operation(
    "GET", "/v1/w/{workspace}/drafts/{draft}/state", summary="Read a draft as it was", problems=STATES
)  # fmt: skip
async def get_state(call: Call, query: StateQuery) -> PastState:
    """The draft's value at an etag, at a seq, or at a named state, and whose batch led to it."""
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.states.load(live, query.at)


@operation("GET", "/v1/w/{workspace}/drafts/{draft}/names", summary="List a draft's named states")
async def list_state_names(call: Call, query: NamedDraft) -> NamedStates:
    """The named states, the latest first. Their values stay readable, whatever becomes of the log around them."""
    return NamedStates(await call.runtime.states.names(await find_draft(call, query)))


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/names",
    summary="Name a state",
    status=201,
    answer=NamedState,
    problems=(*STATES, *NAMES, "too_many"),
)
async def name_state(call: Call, body: NewStateName) -> Response:
    """Give the state of an etag a name, for who may type in the draft; 200 if it has that name already."""
    live = await find_draft(call, NamedDraft())
    made, added = await call.runtime.states.name(call.principal, live, body.name, body.etag)
    return JSON(made, 201 if added else 200)


@operation(
    "PATCH",
    "/v1/w/{workspace}/drafts/{draft}/names/{name}",
    summary="Rename a named state",
    problems=NAMES,
)
async def rename_state(call: Call, body: RenamedState) -> NamedState:
    """Another name for the same state."""
    live = await find_draft(call, NamedDraft())
    return await call.runtime.states.rename(call.principal, live, call.named("name"), body.name)


@operation(
    "DELETE",
    "/v1/w/{workspace}/drafts/{draft}/names/{name}",
    summary="Remove a state's name",
    status=204,
    problems=("read_only", "mode_forbids"),
)
async def remove_state_name(call: Call) -> None:
    """The state is kept as long as its log is, no longer for its name."""
    live = await find_draft(call, NamedDraft())
    await call.runtime.states.remove(call.principal, live, call.named("name"))


@operation(
    "GET",
    "/v1/w/{workspace}/drafts/{draft}/blame",
    summary="Who wrote what of a draft",
    problems=(*STATES, "no_such_place", "duplicate_id", "bad_id"),
)
async def get_blame(call: Call, query: BlameQuery) -> DraftBlame:
    """By line of the texts and by member: who, or an agent for whom, in which run, when, with which batches.

    What came with a version is told with that version's own writers.
    """
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.blaming.of_draft(live, query.at, query.address)


@operation(
    "GET",
    "/v1/w/{workspace}/items/{item}/versions/{version}/blame",
    summary="Who wrote what of a version",
    problems=("no_such_place", "duplicate_id", "bad_id"),
)
async def get_version_blame(call: Call, query: BlameVersionQuery) -> DraftBlame:
    """The same of a version, by number or hash; who sees the item sees it."""
    return await call.runtime.versions.blame(
        call.principal, call.named("item"), call.named("version"), query.address
    )  # fmt: skip


@operation(
    "GET",
    "/v1/w/{workspace}/drafts/{draft}/changes",
    summary="What others changed in a draft",
    problems=(*STATES, "too_large", "duplicate_id", "bad_id", "busy"),
)
async def get_changes(call: Call, query: ChangesQuery) -> DraftChanges:
    """What others changed since the asker said that they looked, or since a state: by whom, how often, when, where.

    People and each run of an agent are told apart; ``comparison`` holds the places that they changed.
    """
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.lookback.changes(call.principal, live, query)


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/looked",
    summary="Say up to where one has looked",
    problems=STATES,
)
async def post_looked(call: Call, body: Looked) -> LookedAt:
    """Move the asker's mark to a state. Nothing else moves it, and it never goes back."""
    live = await find_draft(call, NamedDraft(body.item))
    return await call.runtime.lookback.look(call.principal, live, body)


operations = [
    get_history, get_state, list_state_names, name_state, rename_state, remove_state_name, get_blame,
    get_version_blame, get_changes, post_looked,
]  # fmt: skip
