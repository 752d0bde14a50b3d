"""Sharing drafts: visibility, guests, and access requests."""

from typing import Literal

import msgspec

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo, AskInfo

Visibility = Literal["private", "readable", "open"]
GuestMay = Literal["look", "type"]


class Visible(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The draft's new visibility."""

    visibility: Visibility


class Invitation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a guest may do, until a time (Unix seconds) or until it is withdrawn. ``agents``: also for the guest's
    agents.
    """

    may: GuestMay = "look"
    agents: bool = False
    until: float | None = None


class GuestInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """A guest of a draft."""

    user: ActorInfo
    may: GuestMay
    agents: bool = False
    until: float | None = None


class Sharing(msgspec.Struct, frozen=True):
    """How a draft is shared."""

    draft: str
    item: str
    visibility: Visibility
    guests: tuple[GuestInfo, ...]


class NewAsk(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The access you request, and why."""

    may: GuestMay = "type"
    note: str = ""


class Granted(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The access to grant. Default: as requested."""

    may: GuestMay | None = None
    agents: bool | None = None
    until: float | None = None


class AskQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which requests: open ones, or all of the last 30 days."""

    draft: str | None = None
    state: Literal["open", "all"] = "open"


class Asks(msgspec.Struct, frozen=True):
    """Requests that wait for your answer, and your own."""

    to_me: tuple[AskInfo, ...]
    by_me: tuple[AskInfo, ...]


# ---- routes

GET_SHARING = Route(
    id="get_sharing",
    method="GET",
    path="drafts/{draft}/sharing",
    api="sharing.get",
    query=NamedDraft,
    answer=Sharing,
    summary="See how a draft is shared",
    description="Returns the draft's visibility and guests.",
    who="everyone who can read the draft",
)

PATCH_DRAFT = Route(
    id="patch_draft",
    method="PATCH",
    path="drafts/{draft}",
    api="sharing.show",
    query=NamedDraft,
    body=Visible,
    answer=Sharing,
    codes=("forbidden",),
    summary="Change a draft's visibility",
    description="""
    Makes the draft ``private``, ``readable`` for people who can read drafts of the item, or ``open`` for people who
    can write the item. You can do this before your first edit.
    """,
    who="the draft's owner; no agent",
)

GET_GUEST = Route(
    id="get_guest",
    method="GET",
    path="drafts/{draft}/guests/{user}",
    api="sharing.guest",
    answer=GuestInfo,
    summary="Get a guest",
    description="Returns what a guest may do.",
    who="everyone who can read the draft",
)

PUT_GUEST = Route(
    id="put_guest",
    method="PUT",
    path="drafts/{draft}/guests/{user}",
    api="sharing.invite",
    first=("may",),
    query=NamedDraft,
    body=Invitation,
    answer=GuestInfo,
    codes=("forbidden", "bad_guest", "too_many"),
    summary="Invite a guest",
    description="""
    Lets a member view or edit the draft, until a time or until you withdraw the invitation. Replaces an earlier
    invitation.
    """,
    who="the draft's owner; no agent",
)

DELETE_GUEST = Route(
    id="delete_guest",
    method="DELETE",
    path="drafts/{draft}/guests/{user}",
    api="sharing.withdraw",
    status=204,
    codes=("forbidden",),
    summary="Withdraw an invitation",
    description="Removes the guest. Their editing ends at once everywhere; the text they wrote stays.",
    who="the draft's owner, and the guest; no agent, except to leave",
)

POST_ASK = Route(
    id="post_ask",
    method="POST",
    path="drafts/{draft}/asks",
    api="sharing.ask",
    first=("may",),
    body=NewAsk,
    answer=AskInfo,
    status=201,
    codes=("already_may", "forbidden", "too_fast"),
    summary="Request access to a draft",
    description="""
    Asks the owner to let you edit (or view) the draft and notifies their open tabs at once. Returns 200 with your
    open request if there is one.
    """,
    who="every member except operators who can see the item; to edit, with write access to it",
)

LIST_ASKS = Route(
    id="list_asks",
    method="GET",
    path="asks",
    api="sharing.asks",
    query=AskQuery,
    answer=Asks,
    summary="List access requests",
    description="Returns the requests that wait for your answer and the ones you made, newest first.",
    who="you, for requests to you and by you",
)

GRANT_ASK = Route(
    id="grant_ask",
    method="POST",
    path="asks/{ask}/grant",
    api="sharing.grant",
    body=Granted,
    answer=AskInfo,
    codes=("forbidden", "ask_over", "bad_guest", "too_many"),
    summary="Grant an access request",
    description="Makes the requester a guest, as requested or as the body says.",
    who="the draft's owner; no agent",
)

DECLINE_ASK = Route(
    id="decline_ask",
    method="POST",
    path="asks/{ask}/decline",
    api="sharing.decline",
    answer=AskInfo,
    codes=("forbidden", "ask_over"),
    summary="Decline an access request",
    description="Declines the request and notifies the requester. They can't ask for the same draft again for a while.",
    who="the draft's owner; no agent",
)

DELETE_ASK = Route(
    id="delete_ask",
    method="DELETE",
    path="asks/{ask}",
    api="sharing.take_back",
    status=204,
    summary="Withdraw an access request",
    description="Withdraws your request. No error if it has already ended.",
    who="you, for your own request",
)
