"""Edits per minute, for a dashboard."""

from typing import Annotated

import msgspec
from msgspec import Meta

from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo


class ActivityQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """The time to look back."""

    minutes: Annotated[int, Meta(ge=1, le=60, description="The number of minutes, including the current one.")] = 30


class ItemActivity(msgspec.Struct, frozen=True):
    """Edits of an item by everyone, per minute, oldest first. The last minute is the current one."""

    item: str
    edits: tuple[int, ...]


class AgentActivity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Edits of an AI session in an item, per minute. ``run`` is set if it works for a run."""

    actor: ActorInfo
    item: str
    edits: tuple[int, ...]
    last_at: float
    run: str | None = None


class PersonActivity(msgspec.Struct, frozen=True):
    """Edits of a person in all items, per minute."""

    actor: ActorInfo
    edits: tuple[int, ...]


class Activity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Batches of edits in the drafts you can read. Single people are counted only if the workspace has switched that
    on.

    Those with the most edits come first. ``truncated``: there were more edits than are counted. ``counts_people``: the
    workspace counts single people, even if none has edited yet.
    """

    until: float
    items: tuple[ItemActivity, ...]
    agents: tuple[AgentActivity, ...]
    truncated: bool = False
    people: tuple[PersonActivity, ...] = ()
    counts_people: bool = False


# ---- routes

EDITS_PER_MINUTE = Route(
    id="edits_per_minute",
    method="GET",
    path="activity",
    api="activity.per_minute",
    first=("minutes",),
    query=ActivityQuery,
    answer=Activity,
    summary="Count edits per minute",
    description="""
    Returns the edits of the last minutes by item and by AI session. Edits of single people are counted only if the
    workspace has switched that on.
    """,
    who="every member, for the drafts they can read",
)
