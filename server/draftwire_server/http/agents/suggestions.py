"""Routes of suggestions: listed, looked at, accepted and rejected."""

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.suggestions import (
    ACCEPT_SUGGESTION,
    LIST_SUGGESTIONS,
    LOAD_SUGGESTION,
    REJECT_SUGGESTION,
    Deciding,
    Suggestion,
    SuggestionDecided,
    SuggestionPage,
)
from draftwire_server.http.live.drafts import find_draft
from draftwire_server.http.serving.operation import Call, serves


@serves(LIST_SUGGESTIONS)
async def list_suggestions(call: Call, query: NamedDraft) -> SuggestionPage:
    return await call.runtime.suggesting.listed(call.principal, await find_draft(call, query))


@serves(LOAD_SUGGESTION)
async def load_suggestion(call: Call) -> Suggestion:
    return await call.runtime.suggesting.load(call.principal, call.named("suggestion"))


@serves(ACCEPT_SUGGESTION)
async def accept_suggestion(call: Call, body: Deciding) -> SuggestionDecided:
    return await call.runtime.suggesting.accept(call.principal, call.named("suggestion"), body)


@serves(REJECT_SUGGESTION)
async def reject_suggestion(call: Call, body: Deciding) -> SuggestionDecided:
    return await call.runtime.suggesting.reject(call.principal, call.named("suggestion"), body)
