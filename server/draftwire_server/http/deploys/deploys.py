"""Routes of deploys: deploy a draft's state, redeploy an older version."""

from starlette.responses import Response

from draftwire.rest.deploys import (
    BringBack,
    Deploy,
    Deployed,
    Discard,
    Discarded,
    Keep,
    Kept,
    Rebase,
    Rebased,
    Redeploy,
    Revert,
)
from draftwire_server.http.serving.conditions import ONCE, asked_once
from draftwire_server.http.serving.operation import Call, operation

DEPLOYS = ("forbidden", "behind", "not_deployable", "too_much_work", "too_large", "idempotency_reused", "busy")
WRITES = ("merge_conflict", "read_only", "mode_forbids", "idempotency_reused", "too_large", "busy")
PARTS = (
    "parts_changed", "no_such_place", "bad_place", "not_text", "bad_id", "duplicate_id", "bad_address", "not_keyed",
    "id_fixed", "keyed_array_fixed", "plain_array", "root_fixed",
)  # fmt: skip
STATES = ("bad_etag", "generation_changed", "rewound", "base_ahead", "base_expired")


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/deploy",
    summary="Deploy a draft's state",
    answer=Deployed,
    headers=ONCE,
    problems=(*DEPLOYS, *STATES, "draft_moved"),
)
async def deploy(call: Call, body: Deploy) -> Response:
    """Make exactly the state of the etag the item's next version, also if the draft has moved on since.

    What came later stays in the draft, which stands on the new version then. 409 `behind` tells who has deployed
    meanwhile, what a merge would give and where both sides meet.
    """
    return await asked_once(
        call, body, lambda once: call.runtime.deploying.deploy(call.principal, call.named("draft"), body, once)
    )


@operation(
    "POST",
    "/v1/w/{workspace}/items/{item}/versions/{version}/redeploy",
    summary="Deploy an older version again",
    answer=Deployed,
    headers=ONCE,
    problems=DEPLOYS,
)
async def redeploy(call: Call, body: Redeploy) -> Response:
    """An older version, by number or hash, becomes the head again, as a new version of the same content."""
    return await asked_once(
        call,
        body,
        lambda once: call.runtime.deploying.redeploy(
            call.principal, call.named("item"), call.named("version"), body, once
        ),
    )


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/rebase",
    summary="Bring a draft onto another version",
    answer=Rebased,
    headers=ONCE,
    problems=WRITES,
)
async def rebase(call: Call, body: Rebase) -> Response:
    """Merge into a draft what a version changed since the one on which it stands; ``preview`` only tells.

    409 `merge_conflict` holds the places that both changed, side by side: mine is the draft, theirs the version.
    """
    return await asked_once(
        call, body, lambda once: call.runtime.rebasing.rebase(call.principal, call.named("draft"), body, once)
    )


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/keep",
    summary="Keep a draft as it is behind a head",
    problems=("behind", "read_only"),
)
async def keep(call: Call, body: Keep) -> Kept:
    """Nobody is reminded of this head any more; of the next one they are."""
    return await call.runtime.rebasing.keep(call.principal, call.named("draft"), body)


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/revert",
    summary="Bring a draft back to a version or a state",
    answer=Rebased,
    headers=ONCE,
    problems=(*WRITES, *STATES, *PARTS),
)
async def revert(call: Call, body: Revert) -> Response:
    """The draft reads as the version, or as it did at the etag; as ops in its log, so that it can be undone.

    ``only`` brings back single parts of the difference from that to the draft: members, elements, moves, hunks of
    texts. If one of them reads differently by now, 409 `parts_changed` holds the difference as it is.
    """
    return await asked_once(
        call, body, lambda once: call.runtime.rebasing.revert(call.principal, call.named("draft"), body, once)
    )


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/discard",
    summary="Discard a draft",
    problems=("bad_etag", "draft_moved", "generation_changed", "forbidden"),
)
async def discard(call: Call, body: Discard) -> Discarded:
    """End the draft at exactly the state of the etag; for 30 days its text can be brought back."""
    return await call.runtime.discarding.discard(call.principal, call.named("draft"), body)


@operation(
    "POST",
    "/v1/w/{workspace}/drafts/{draft}/bring-back",
    summary="Bring a discarded draft back",
    answer=Rebased,
    headers=ONCE,
    problems=WRITES,
)
async def bring_back(call: Call, body: BringBack) -> Response:
    """Merge the text of a discarded generation, the last one if none is named, into the draft as it is now."""
    return await asked_once(
        call, body, lambda once: call.runtime.discarding.bring_back(call.principal, call.named("draft"), body, once)
    )


operations = [deploy, redeploy, rebase, keep, revert, discard, bring_back]
