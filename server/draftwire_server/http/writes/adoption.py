"""Routes that bring drafts together: adopt another's, bring its later changes back, edit together."""

from starlette.responses import Response

from draftwire.rest.adopting import Adoption, Bringing, Brought, Together
from draftwire_server.http.serving.conditions import ONCE, asked_once
from draftwire_server.http.serving.operation import Call, operation

MERGES = (
    "merge_conflict", "read_only", "mode_forbids", "generation_changed", "rewound", "base_ahead", "base_expired",
    "bad_etag", "plain_secret", "unknown_secret", "idempotency_reused", "too_large", "no_such_place", "bad_id",
    "id_fixed", "not_text",
)  # fmt: skip


@operation(
    "POST",
    "/v1/w/{workspace}/items/{item}/adopt",
    summary="Adopt another's draft",
    answer=Brought,
    headers=ONCE,
    problems=("draft_exists", *MERGES),
)
async def adopt(call: Call, body: Adoption) -> Response:
    """Make one's own draft of an item another's text, as of an etag.

    If one's own draft has changes and ``how`` is not said: 409 `draft_exists` with what a merge would give (``value``,
    ``hunks``) and what a replacement would lose (``lost``). What is replaced goes into the stash.
    """
    return await asked_once(
        call, body, lambda once: call.runtime.adopting.adopt(call.principal, call.named("item"), body, once)
    )


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/bring",
    summary="Bring back changes of an adopted draft",
    answer=Brought,
    headers=ONCE,
    problems=("not_adopted", *MERGES),
)
async def bring(call: Call, body: Bringing) -> Response:
    """Merge what changed in a draft since one took from it: 409 `merge_conflict` where that needs choices."""
    return await asked_once(
        call, body, lambda once: call.runtime.adopting.bring(call.principal, call.named("draft"), body, once)
    )


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/edit-together",
    summary="Move one's changes into the shared draft",
    answer=Brought,
    headers=ONCE,
    problems=("forbidden", *MERGES),
)
async def edit_together(call: Call, body: Together) -> Response:
    """Merge the changes of one's own draft into the item's shared one, and take them out of the own one; or neither."""
    return await asked_once(
        call, body, lambda once: call.runtime.adopting.together(call.principal, call.named("draft"), body, once)
    )


operations = [adopt, bring, edit_together]
