"""Routes of a draft's past: history, states and their names, blame, what others changed."""

from starlette.responses import Response

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.history import (
    GET_BLAME,
    GET_CHANGES,
    GET_HISTORY,
    GET_STATE,
    GET_VERSION_BLAME,
    LIST_STATE_NAMES,
    NAME_STATE,
    POST_LOOKED,
    REMOVE_STATE_NAME,
    RENAME_STATE,
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
from draftwire_server.http.serving.operation import Call, serves
from draftwire_server.http.serving.problem import JSON


@serves(GET_HISTORY)
async def get_history(call: Call, query: HistoryQuery) -> HistoryPage:
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.lookback.history(live, query)


@serves(GET_STATE)
async def get_state(call: Call, query: StateQuery) -> PastState:
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.states.load(live, query.at)


@serves(LIST_STATE_NAMES)
async def list_state_names(call: Call, query: NamedDraft) -> NamedStates:
    return NamedStates(await call.runtime.states.names(await find_draft(call, query)))


@serves(NAME_STATE)
async def name_state(call: Call, body: NewStateName) -> Response:
    live = await find_draft(call, NamedDraft())
    made, added = await call.runtime.states.name(call.principal, live, body.name, body.etag)
    return JSON(made, 201 if added else 200)


@serves(RENAME_STATE)
async def rename_state(call: Call, body: RenamedState) -> NamedState:
    live = await find_draft(call, NamedDraft())
    return await call.runtime.states.rename(call.principal, live, call.named("name"), body.name)


@serves(REMOVE_STATE_NAME)
async def remove_state_name(call: Call) -> None:
    live = await find_draft(call, NamedDraft())
    await call.runtime.states.remove(call.principal, live, call.named("name"))


@serves(GET_BLAME)
async def get_blame(call: Call, query: BlameQuery) -> DraftBlame:
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.blaming.of_draft(live, query.at, query.address)


@serves(GET_VERSION_BLAME)
async def get_version_blame(call: Call, query: BlameVersionQuery) -> DraftBlame:
    return await call.runtime.versions.blame(
        call.principal, call.named("item"), call.named("version"), query.address
    )  # fmt: skip


@serves(GET_CHANGES)
async def get_changes(call: Call, query: ChangesQuery) -> DraftChanges:
    live = await find_draft(call, NamedDraft(query.item))
    return await call.runtime.lookback.changes(call.principal, live, query)


@serves(POST_LOOKED)
async def post_looked(call: Call, body: Looked) -> LookedAt:
    live = await find_draft(call, NamedDraft(body.item))
    return await call.runtime.lookback.look(call.principal, live, body)
