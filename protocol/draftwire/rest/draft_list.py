"""The list of drafts over HTTP, and what is done with many of them."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.deploys import Deploy, Deployed, Discard, Discarded
from draftwire.rest.route import ONCE, Route
from draftwire.wire.messages import ActorInfo, Positive, Purpose


class DraftListQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which drafts are wanted; all that is named must hold.

    Drafts that equal their version count as none. A cursor continues the very query that gave it, of the same user.
    """

    whose: Annotated[Literal["mine", "others", "any"], Meta(description="One's own, all others, or all.")] = "any"
    owner: Annotated[str | None, Meta(description="Of a user: an id, `ext:` and the platform's id, or `me`.")] = None
    purpose: Annotated[Literal["own", "shared", "suggestion"] | None, Meta(description="Of this purpose.")] = None
    item: Annotated[str | None, Meta(description="Of an item: its id, or `ext:` and the platform's.")] = None
    folder: Annotated[str | None, Meta(description="Of items below a folder, as `f/payments`.")] = None
    prefix: Annotated[str | None, Meta(description="Of items whose paths begin so.")] = None
    kind: Annotated[tuple[str, ...], Meta(description="Of items of one of these kinds.")] = ()
    behind: Annotated[bool, Meta(description="On an older version than is deployed; of those that one may read.")] = (
        False
    )
    conflict: Annotated[bool, Meta(description="With an open alert; of those that one may read.")] = False
    archived: Annotated[
        Literal["without", "only", "with"], Meta(description="Whether drafts of archived items are listed.")
    ] = "without"
    order: Annotated[
        Literal["changed", "age"],
        Meta(description="`changed`: the latest change first; `age`: the oldest draft first."),
    ] = "changed"
    cursor: Annotated[Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the page before.")] = (
        None
    )
    limit: Annotated[Positive, Meta(description="Drafts in a page, at most 200.")] = 50


class ListedDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the list. Of a draft that one may not read (``may``: no) owner and age are told, and nothing else.

    ``conflicts`` counts open alerts. ``kept``: it was said to stay as it is behind this head.
    """

    draft: str
    item: str
    kind: str
    path: str | None
    summary: str
    purpose: Purpose
    owner: ActorInfo | None
    visibility: Literal["private", "readable", "open"]
    begun_at: float
    updated_at: float
    may: Literal["no", "look", "type"]
    external_id: str | None = None
    archived: bool = False
    etag: str | None = None
    generation: int | None = None
    seq: int | None = None
    base_version: int | None = None
    head_version: int | None = None
    behind: bool = False
    kept: bool = False
    conflicts: int = 0


class DraftPage(msgspec.Struct, frozen=True, omit_defaults=True):
    """A page of the list; ``next`` is the cursor of the following one. A page may be short although more follow."""

    drafts: tuple[ListedDraft, ...]
    next: str | None = None


class DeployOne(Deploy, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One of many deploys."""

    draft: str


class DeployMany(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Drafts to deploy, at most 50, in this order, each by itself."""

    drafts: tuple[DeployOne, ...]


class DiscardOne(Discard, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One of many that are given up."""

    draft: str


class DiscardMany(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Drafts to discard, at most 50, in this order, each by itself."""

    drafts: tuple[DiscardOne, ...]


class RefusedDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why one of many was refused; nothing of it was done."""

    status: int
    code: str
    message: str
    retry: bool = False
    more: Any = None


class DraftDeployed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one draft: one of the two."""

    draft: str
    deployed: Deployed | None = None
    refused: RefusedDraft | None = None


class DeployedMany(msgspec.Struct, frozen=True):
    """A result for each draft, in their order."""

    results: tuple[DraftDeployed, ...]
    deployed: int
    unchanged: int
    refused: int


class DraftDiscarded(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one draft: one of the two."""

    draft: str
    discarded: Discarded | None = None
    refused: RefusedDraft | None = None


class DiscardedMany(msgspec.Struct, frozen=True):
    """A result for each draft, in their order."""

    results: tuple[DraftDiscarded, ...]
    discarded: int
    refused: int


# ---- routes

LIST_DRAFTS = Route(
    id="list_drafts",
    method="GET",
    path="drafts",
    api="drafts.list",
    query=DraftListQuery,
    answer=DraftPage,
    codes=("bad_cursor", "unknown_kind", "too_many"),
    summary="List drafts",
    description="Returns drafts that have changes. Of drafts you can't read it shows only owner and age.",
    who="every member except operators, for items they can see",
)

DEPLOY_MANY = Route(
    id="deploy_many",
    method="POST",
    path="drafts/deploy",
    api="deploys.many",
    body=DeployMany,
    answer=DeployedMany,
    headers=ONCE,
    parts="drafts",
    codes=("too_many", "idempotency_reused"),
    summary="Deploy many drafts",
    description="Deploys up to 50 drafts in order, each independently. Returns one result per draft.",
    who="as for deploying each draft",
)

DISCARD_MANY = Route(
    id="discard_many",
    method="POST",
    path="drafts/discard",
    api="deploys.discard_many",
    body=DiscardMany,
    answer=DiscardedMany,
    headers=ONCE,
    parts="drafts",
    codes=("too_many", "idempotency_reused"),
    summary="Discard many drafts",
    description="Discards up to 50 drafts in order, each independently. Returns one result per draft.",
    who="as for discarding each draft",
)
