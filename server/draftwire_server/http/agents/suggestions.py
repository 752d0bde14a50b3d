"""Routes of suggestions: listed, looked at, accepted and rejected."""

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.suggestions import Deciding, Suggestion, SuggestionDecided, SuggestionPage
from draftwire_server.http.live.drafts import find_draft
from draftwire_server.http.serving.operation import Call, operation

ONE = "/v1/w/{workspace}/suggestions/{suggestion}"


@operation("GET", "/v1/w/{workspace}/drafts/{draft}/suggestions", summary="Suggestions for a draft")
async def list_suggestions(call: Call, query: NamedDraft) -> SuggestionPage:
    """What runs suggest for a draft, the latest first."""
    return await call.runtime.suggesting.listed(call.principal, await find_draft(call, query))


@operation("GET", ONE, summary="Look at a suggestion")
async def load_suggestion(call: Call) -> Suggestion:
    """Hunk by hunk, against the draft as it is now: what applies, what does not and why, what was decided."""
    return await call.runtime.suggesting.load(call.principal, call.named("suggestion"))


@operation("POST", ONE + "/accept", summary="Accept suggested hunks", problems=("read_only", "archived", "busy"))
async def accept_suggestion(call: Call, body: Deciding) -> SuggestionDecided:
    """Bring hunks into the draft: the agent stays their author, you approve. What does not apply is left and told."""
    return await call.runtime.suggesting.accept(call.principal, call.named("suggestion"), body)


@operation("POST", ONE + "/reject", summary="Reject suggested hunks", problems=("read_only", "archived"))
async def reject_suggestion(call: Call, body: Deciding) -> SuggestionDecided:
    """Remember that hunks are not wanted, and tell the run."""
    return await call.runtime.suggesting.reject(call.principal, call.named("suggestion"), body)


operations = [list_suggestions, load_suggestion, accept_suggestion, reject_suggestion]
