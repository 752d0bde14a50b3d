"""Presence over HTTP, for agents and platforms that keep no socket open."""

from typing import Annotated

import msgspec

from draftwire.rest.route import Header, Route
from draftwire.wire.messages import Doing, Lines, PresenceEntry, PresenceState, Whole


class Attend(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Be present at an item for ``lease_s`` seconds. Send it again before that to stay, with a new place if you like.

    ``doing`` is the current activity ("reading", "editing lines 40–52", "waiting for review"), ``label`` its purpose if
    no ``run`` says it. ``at``, ``anchor``, ``head``, ``seq`` and ``lines`` are a place in ``draft``, as in the
    WebSocket message `focus`. Only people who can read that draft see the place and ``doing``.
    """

    state: PresenceState = "viewing"
    label: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    draft: str | None = None
    at: Annotated[str, msgspec.Meta(max_length=512)] | None = None
    anchor: Whole = 0
    head: Whole = 0
    seq: Whole = 0
    doing: Doing | None = None
    lines: Lines | None = None
    run: str | None = None  # a run of yours that has not ended; default: the token's
    lease_s: Annotated[float, msgspec.Meta(ge=1, le=60)] = 15.0


class Attending(msgspec.Struct, frozen=True):
    """You are present as session ``sid`` until the lease ends."""

    sid: str
    ends_in_s: float


class Here(msgspec.Struct, frozen=True, omit_defaults=True):
    """The people at an item. ``unknown``: the server can't reach Redis, so others may be present."""

    item: str
    here: tuple[PresenceEntry, ...]
    unknown: bool = False


class Everywhere(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who is where, for the items you can see. ``truncated``: there are more items."""

    items: tuple[Here, ...]
    unknown: bool = False
    truncated: bool = False


# ---- routes

SESSION = Header("Draftwire-Session", "Your session; tells two tabs of one user apart.")

ATTEND_ITEM = Route(
    id="attend_item",
    method="PUT",
    path="items/{item}/presence",
    api="presence.attend",
    body=Attend,
    answer=Attending,
    headers=(SESSION,),
    codes=("session_is_live", "too_many", "forbidden", "run_stopped", "run_ended"),
    summary="Be present at an item",
    description="""
    Shows you at the item until the lease ends, to everyone who has it open. Send it again before that to stay, with
    a new place or state if you like.
    """,
    who="everyone who can see the item",
)

LEAVE_ITEM = Route(
    id="leave_item",
    method="DELETE",
    path="items/{item}/presence",
    api="presence.leave",
    status=204,
    headers=(SESSION,),
    summary="Leave an item",
    description="Ends your presence at the item. No error if you are not present.",
    who="you, for your own presence",
)

WHO_IS_HERE = Route(
    id="who_is_here",
    method="GET",
    path="items/{item}/presence",
    api="presence.here",
    answer=Here,
    summary="List who is at an item",
    description="""
    Returns every session at the item, over WebSocket or HTTP. Carets are included only in drafts that you can read.
    """,
    who="everyone who can see the item",
)

WHO_IS_WHERE = Route(
    id="who_is_where",
    method="GET",
    path="presence",
    api="presence.everywhere",
    answer=Everywhere,
    summary="List who is where",
    description="Returns, per item, the people and agents who are present.",
    who="every member, for the items they can see",
)
