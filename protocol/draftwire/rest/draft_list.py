"""The list of drafts over HTTP, and changes of many drafts at once."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from draftwire.rest.deploys import Deploy, Deployed, Discard, Discarded
from draftwire.rest.route import ONCE, Route
from draftwire.wire.messages import ActorInfo, Positive, Purpose


class DraftListQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Filters; a draft must match all of them.

    A draft that equals its version counts as no draft. A cursor is valid only for the same query by the same user.
    """

    whose: Annotated[Literal["mine", "others", "any"], Meta(description="Your own, those of others, or all.")] = "any"
    owner: Annotated[str | None, Meta(description="The owner: an id, `ext:` and an external id, or `me`.")] = None
    purpose: Annotated[Literal["own", "shared", "suggestion"] | None, Meta(description="The purpose.")] = None
    item: Annotated[str | None, Meta(description="The item: its id, or `ext:` and its external id.")] = None
    folder: Annotated[str | None, Meta(description="Items below this folder, such as `f/payments`.")] = None
    prefix: Annotated[str | None, Meta(description="Items whose paths start with this.")] = None
    kind: Annotated[tuple[str, ...], Meta(description="Items of one of these kinds.")] = ()
    behind: Annotated[bool, Meta(description="Older than the deployed version; only drafts you can read.")] = False
    conflict: Annotated[bool, Meta(description="With an open alert; only drafts you can read.")] = False
    archived: Annotated[
        Literal["without", "only", "with"], Meta(description="Whether to list drafts of archived items.")
    ] = "without"
    order: Annotated[
        Literal["changed", "age"],
        Meta(description="`changed`: latest change first; `age`: oldest draft first."),
    ] = "changed"
    cursor: Annotated[
        Annotated[str, Meta(max_length=4096)] | None, Meta(description="`next` of the previous page.")
    ] = None
    limit: Annotated[Positive, Meta(description="Drafts per page, at most 200.")] = 50


class ListedDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """A draft in the list. If you can't read it (``may``: no), only owner and age are set.

    ``conflicts`` counts open alerts. ``kept``: someone chose to keep the draft behind this version.
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
    """A page of drafts. ``next`` is the cursor of the next page. A page may be shorter than ``limit`` although more
    follow.
    """

    drafts: tuple[ListedDraft, ...]
    next: str | None = None


class DeployOne(Deploy, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One of many deploys."""

    draft: str


class DeployMany(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Drafts to deploy, at most 50. They are deployed in this order, each independently."""

    drafts: tuple[DeployOne, ...]


class DiscardOne(Discard, frozen=True, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """One of many discards."""

    draft: str


class DiscardMany(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Drafts to discard, at most 50. They are discarded in this order, each independently."""

    drafts: tuple[DiscardOne, ...]


class RefusedDraft(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a draft was refused. It was not changed."""

    status: int
    code: str
    message: str
    retry: bool = False
    more: Any = None


class DraftDeployed(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one draft: either ``deployed`` or ``refused``."""

    draft: str
    deployed: Deployed | None = None
    refused: RefusedDraft | None = None


class DeployedMany(msgspec.Struct, frozen=True):
    """One result per draft, in order."""

    results: tuple[DraftDeployed, ...]
    deployed: int
    unchanged: int
    refused: int


class DraftDiscarded(msgspec.Struct, frozen=True, omit_defaults=True):
    """The result of one draft: either ``discarded`` or ``refused``."""

    draft: str
    discarded: Discarded | None = None
    refused: RefusedDraft | None = None


class DiscardedMany(msgspec.Struct, frozen=True):
    """One result per draft, in order."""

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
