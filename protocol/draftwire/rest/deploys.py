"""Deploys and versions over HTTP. `behind` carries the result of a merge with the live version in ``detail``."""

from typing import Annotated, Any, Literal

import msgspec

from draftwire.rest.drafts import CameIn
from draftwire.rest.merging import Hunk, Resolved
from draftwire.rest.route import ONCE, Route
from draftwire.wire.messages import ActorInfo, Alert, Item, Positive, Whole


class Deploy(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The draft's state to deploy, and the version it replaces (0: nothing is deployed yet).

    ``if_moved``: what to do if the draft has changed since. ``override``: the live version to replace even though it is
    not ``expected_version``. ``item``: needed for a draft that has not been started.
    """

    etag: str
    expected_version: Whole
    message: str = ""
    if_moved: Literal["ship", "refuse"] = "ship"
    override: Positive | None = None
    item: str | None = None


class Deployed(msgspec.Struct, frozen=True, omit_defaults=True):
    """The live version. ``unchanged``: it was already live. ``later``: changes after the etag, which stay in the draft.

    ``conflicts``: open alerts of the draft. Where two people wrote at the same time, both texts may have been deployed.
    """

    item: str
    version: int
    hash: str
    content_hash: str
    unchanged: bool = False
    draft: str | None = None
    etag: str | None = None  # of the draft's last known state
    base_version: int | None = None
    later: tuple[CameIn, ...] = ()
    conflicts: tuple[Alert, ...] = ()


class AuthorShare(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much of a version's text an author wrote, in UTF-16 units. ``run``: the run, if the author is an agent."""

    actor: ActorInfo
    units: int
    run: str | None = None


class Version(msgspec.Struct, frozen=True, omit_defaults=True):
    """A version. ``hash`` identifies it for good; ``content_hash`` is shared by all versions with the same value."""

    item: str
    number: int
    hash: str
    content_hash: str
    at: float
    author: ActorInfo
    deployer: ActorInfo
    message: str = ""
    source_etag: str | None = None
    override: int | None = None  # the version that it replaced on purpose
    redeploy_of: int | None = None
    value: Any = None
    run: str | None = None  # if an agent deployed it
    shares: tuple[AuthorShare, ...] = ()  # largest first; empty if not known


class VersionQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Versions below a number, newest first."""

    before: Positive | None = None
    limit: Positive = 50


class VersionPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of versions without their values. ``next`` is the ``before`` of the next page."""

    versions: tuple[Version, ...]
    head: int
    next: int | None = None


class Redeploy(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The version that the older one replaces."""

    expected_version: Whole
    message: str = ""
    override: Positive | None = None


class Fork(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """The source of the new item: ``deployed``, ``version:<number>``, or a draft (``mine``, ``shared``, an id). Add
    ``@<etag>`` to a draft for a past state.
    """

    source: str = "deployed"
    path: str | None = None
    external_id: str | None = None
    summary: str | None = None


class Forked(Item, frozen=True, omit_defaults=True, tag_field="t", tag="item", kw_only=True):
    """The new item. ``dropped_secrets``: JSON pointers where a marker was left out, because someone else had set that
    secret.
    """

    dropped_secrets: tuple[str, ...] = ()


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """The item that another one was forked from, and its version or draft state. Ids only."""

    item: str
    version: int | None = None
    draft: str | None = None
    etag: str | None = None


class Restore(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where the new item goes."""

    path: str | None = None
    external_id: str | None = None
    summary: str | None = None


class DeployedQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """What to read: the version live at a path, or the one with a hash."""

    path: str | None = None
    hash: str | None = None


class DeployedValue(msgspec.Struct, frozen=True):
    """A version as runtimes read it. It never changes."""

    item: str
    kind: str
    version: int
    hash: str
    content_hash: str
    value: Any


class Rebase(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """The version to rebase onto, and choices. ``preview``: return the result without saving it."""

    version: Positive
    preview: bool = False


class Rebased(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft after a rebase or revert. With ``preview``: as it would be."""

    draft: str
    item: str
    etag: str
    generation: int
    seq: int
    base_version: int
    changed: bool
    value: Any
    preview: bool = False
    hunks: tuple[Hunk, ...] = ()
    stash: str | None = None


class Keep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The live version that the draft stays behind."""

    version: Positive


class Kept(msgspec.Struct, frozen=True):
    """Confirms that the draft stays behind this version."""

    draft: str
    version: int


class Revert(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The target: a version (0: the initial value) or an earlier state of the draft. Name one of them.

    ``only``: ids of parts of the difference from the target to the draft (`ItemDiff.parts`), made with the same
    ``context``. Everything else stays as it is.
    """

    version: Whole | None = None
    etag: str | None = None
    only: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=5_000)] | None = None
    context: Annotated[int, msgspec.Meta(ge=0, le=100)] = 3


class Discard(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The state to discard. It must be the current one."""

    etag: str


class Discarded(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft is discarded. You can restore it ``until`` that time."""

    draft: str
    item: str
    generation: int
    until: float


class BringBack(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """The generation to restore (default: the last one discarded), and choices."""

    generation: Positive | None = None


# ---- routes

DEPLOYS = ("forbidden", "behind", "not_deployable", "too_much_work", "too_large", "idempotency_reused", "busy")
WRITES = ("merge_conflict", "read_only", "mode_forbids", "idempotency_reused", "too_large", "busy")
PARTS = (
    "parts_changed",
    "no_such_place",
    "bad_place",
    "not_text",
    "bad_id",
    "duplicate_id",
    "bad_address",
    "not_keyed",
    "id_fixed",
    "keyed_array_fixed",
    "plain_array",
    "root_fixed",
)
STATES = ("bad_etag", "generation_changed", "rewound", "base_ahead", "base_expired")

DEPLOY = Route(
    id="deploy",
    method="POST",
    path="drafts/{draft}/deploy",
    api="deploys.deploy",
    body=Deploy,
    answer=Deployed,
    headers=ONCE,
    codes=(*DEPLOYS, *STATES, "draft_moved"),
    summary="Deploy a draft's state",
    description="""
    Makes the state of the etag the item's next version, even if the draft has changed since.

    Later changes stay in the draft, which is then based on the new version. 409 `behind` says who has deployed in
    the meantime, what a merge would give and where both sides overlap.
    """,
    who="everyone who can read the draft and deploy the item",
)

REDEPLOY = Route(
    id="redeploy",
    method="POST",
    path="items/{item}/versions/{version}/redeploy",
    api="deploys.redeploy",
    body=Redeploy,
    answer=Deployed,
    headers=ONCE,
    codes=DEPLOYS,
    summary="Deploy an older version again",
    description="Makes an older version, named by number or hash, live again, as a new version with the same content.",
    who="everyone who can deploy the item",
)

REBASE = Route(
    id="rebase",
    method="POST",
    path="drafts/{draft}/rebase",
    api="deploys.rebase",
    body=Rebase,
    answer=Rebased,
    headers=ONCE,
    codes=WRITES,
    summary="Rebase a draft onto another version",
    description="""
    Merges into the draft what the version changed since the version the draft is based on. ``preview`` returns the
    result without saving it.

    409 `merge_conflict` returns the places that both changed, side by side: mine is the draft, theirs the version.
    """,
    who="everyone who can edit the draft",
)

KEEP = Route(
    id="keep",
    method="POST",
    path="drafts/{draft}/keep",
    api="deploys.keep",
    body=Keep,
    answer=Kept,
    codes=("behind", "read_only"),
    summary="Keep a draft behind a version",
    description="Stops reminding you of this version. A newer version reminds you again.",
    who="everyone who can edit the draft",
)

REVERT = Route(
    id="revert",
    method="POST",
    path="drafts/{draft}/revert",
    api="deploys.revert",
    body=Revert,
    answer=Rebased,
    headers=ONCE,
    codes=(*WRITES, *STATES, *PARTS),
    summary="Revert a draft to a version or a past state",
    description="""
    Sets the draft to the version, or to its own state at the etag. The revert is written as ops to the log and can
    be undone.

    ``only`` reverts single parts of the difference: members, elements, moves, hunks of texts. If one of them has
    changed in the meantime, returns 409 `parts_changed` with the current difference.
    """,
    who="everyone who can edit the draft",
)

DISCARD = Route(
    id="discard",
    method="POST",
    path="drafts/{draft}/discard",
    api="deploys.discard",
    body=Discard,
    answer=Discarded,
    codes=("bad_etag", "draft_moved", "generation_changed", "forbidden"),
    summary="Discard a draft",
    description="Ends the draft, if the etag is its current state. You can restore its text for 30 days.",
    who="its owner; of a shared draft also its editors; of shared and abandoned drafts also admins of the item",
)

BRING_BACK = Route(
    id="bring_back",
    method="POST",
    path="drafts/{draft}/bring-back",
    api="deploys.bring_back",
    body=BringBack,
    answer=Rebased,
    headers=ONCE,
    codes=WRITES,
    summary="Restore a discarded draft",
    description="""
    Merges the text of a discarded generation into the draft as it is now. Without ``generation``, takes the last
    discarded one.
    """,
    who="everyone who can edit the draft",
)
