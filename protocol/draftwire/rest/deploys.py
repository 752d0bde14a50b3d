"""Deploys and versions over HTTP. `behind` tells in ``detail`` what a merge with the head would give."""

from typing import Annotated, Any, Literal

import msgspec

from draftwire.rest.drafts import CameIn
from draftwire.rest.merging import Hunk, Resolved
from draftwire.rest.route import ONCE, Route
from draftwire.wire.messages import ActorInfo, Alert, Item, Positive, Whole


class Deploy(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which state of a draft goes on which version (0: nothing is deployed yet).

    ``if_moved``: what to do if the draft has moved on since. ``override`` names the head that is to be replaced
    although it is not ``expected_version``. ``item`` helps to find a draft that nobody has begun.
    """

    etag: str
    expected_version: Whole
    message: str = ""
    if_moved: Literal["ship", "refuse"] = "ship"
    override: Positive | None = None
    item: str | None = None


class Deployed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is live now. ``unchanged``: it was already. ``later`` came after the etag and stays in the draft.

    ``conflicts``: alerts that are open in the draft; where two texts met unseen, both may have been shipped.
    """

    item: str
    version: int
    hash: str
    content_hash: str
    unchanged: bool = False
    draft: str | None = None
    etag: str | None = None  # of the draft as it was seen last
    base_version: int | None = None
    later: tuple[CameIn, ...] = ()
    conflicts: tuple[Alert, ...] = ()


class AuthorShare(msgspec.Struct, frozen=True, omit_defaults=True):
    """How much of a version's text an author wrote, in UTF-16 units that stand; of an agent, in which run."""

    actor: ActorInfo
    units: int
    run: str | None = None


class Version(msgspec.Struct, frozen=True, omit_defaults=True):
    """A version. Its ``hash`` is its own for ever; ``content_hash`` is that of every version of the same value."""

    item: str
    number: int
    hash: str
    content_hash: str
    at: float
    author: ActorInfo
    deployer: ActorInfo
    message: str = ""
    source_etag: str | None = None
    override: int | None = None  # the head that it knowingly replaced
    redeploy_of: int | None = None
    value: Any = None
    run: str | None = None  # in which an agent deployed it
    shares: tuple[AuthorShare, ...] = ()  # the largest first; none where that is not known


class VersionQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Versions below a number, the latest first."""

    before: Positive | None = None
    limit: Positive = 50


class VersionPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of versions without their values; ``next`` is the ``before`` of the following one."""

    versions: tuple[Version, ...]
    head: int
    next: int | None = None


class Redeploy(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """On which version an older one goes."""

    expected_version: Whole
    message: str = ""
    override: Positive | None = None


class Fork(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True, rename={"source": "from"}):
    """From what an item is made: ``deployed``, ``version:<number>``, or a draft (``mine``, ``shared``, an id), as of
    ``@<etag>`` if that follows.
    """

    source: str = "deployed"
    path: str | None = None
    external_id: str | None = None
    summary: str | None = None


class Forked(Item, frozen=True, omit_defaults=True, tag_field="t", tag="item", kw_only=True):
    """The new item; at ``dropped_secrets`` (JSON pointers) a marker was left out: who forks did not set that secret."""

    dropped_secrets: tuple[str, ...] = ()


class Origin(msgspec.Struct, frozen=True, omit_defaults=True):
    """From which item one was forked, and from which version or state of a draft. Ids only."""

    item: str
    version: int | None = None
    draft: str | None = None
    etag: str | None = None


class Restore(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Where a version shall stand as a new item."""

    path: str | None = None
    external_id: str | None = None
    summary: str | None = None


class DeployedQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a runtime wants: the version live at a path, or the one of a hash."""

    path: str | None = None
    hash: str | None = None


class DeployedValue(msgspec.Struct, frozen=True):
    """A version as a runtime reads it: nothing in it ever changes."""

    item: str
    kind: str
    version: int
    hash: str
    content_hash: str
    value: Any


class Rebase(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """On which version a draft shall stand, and choices. ``preview``: only tell."""

    version: Positive
    preview: bool = False


class Rebased(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft after a rebase or revert, or (``preview``) as it would be."""

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
    """For which head a draft stays as it is."""

    version: Positive


class Kept(msgspec.Struct, frozen=True):
    """It is remembered."""

    draft: str
    version: int


class Revert(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Back to what: a version (0: the initial value), or an earlier state of the draft. One of them.

    ``only``: ids of parts of the difference from that to the draft (`ItemDiff.parts`), made with the same ``context``;
    all else stays as it is.
    """

    version: Whole | None = None
    etag: str | None = None
    only: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=5_000)] | None = None
    context: Annotated[int, msgspec.Meta(ge=0, le=100)] = 3


class Discard(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Which state is given up; it must be the present one."""

    etag: str


class Discarded(msgspec.Struct, frozen=True, omit_defaults=True):
    """The draft is gone; until a time it can be brought back."""

    draft: str
    item: str
    generation: int
    until: float


class BringBack(Resolved, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """Which generation (none: the one that was discarded last), and choices."""

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
