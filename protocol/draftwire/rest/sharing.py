"""Who else looks at a draft or types in it: visibility, guests, and questions to its owner."""

from typing import Literal

import msgspec

from draftwire.rest.drafts import NamedDraft
from draftwire.rest.route import Route
from draftwire.wire.messages import ActorInfo, AskInfo

Visibility = Literal["private", "readable", "open"]
GuestMay = Literal["look", "type"]


class Visible(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a PATCH of a draft changes."""

    visibility: Visibility


class Invitation(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a guest may do: until a time (Unix seconds), or until it is withdrawn. ``agents``: theirs as well."""

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
    """What somebody wants to be allowed, and why."""

    may: GuestMay = "type"
    note: str = ""


class Granted(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an owner allows: as asked if nothing is said."""

    may: GuestMay | None = None
    agents: bool | None = None
    until: float | None = None


class AskQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which questions: open ones, or all of the last 30 days."""

    draft: str | None = None
    state: Literal["open", "all"] = "open"


class Asks(msgspec.Struct, frozen=True):
    """Questions that wait for an answer of mine, and my own."""

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
    description="Its visibility and its guests, for who may read it.",
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
    By its owner, also before typing: ``private``, ``readable`` by readers of the item, ``open`` to its writers.
    """,
)

GET_GUEST = Route(
    id="get_guest",
    method="GET",
    path="drafts/{draft}/guests/{user}",
    api="sharing.guest",
    answer=GuestInfo,
    summary="Look at a guest",
    description="What a guest may do, for who may read the draft.",
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
    By the owner: let a member look or type, until a time or until it is withdrawn. Replaces what they may.
    """,
)

DELETE_GUEST = Route(
    id="delete_guest",
    method="DELETE",
    path="drafts/{draft}/guests/{user}",
    api="sharing.withdraw",
    status=204,
    codes=("forbidden",),
    summary="Withdraw an invitation",
    description="By the owner or the guest. Typing ends at once everywhere; what was typed stays.",
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
    summary="Ask to type",
    description="""
    Ask the owner to be let in; the owner's tabs hear of it at once. 200 with the open question if there is one.
    """,
)

LIST_ASKS = Route(
    id="list_asks",
    method="GET",
    path="asks",
    api="sharing.asks",
    query=AskQuery,
    answer=Asks,
    summary="List questions about drafts",
    description="What the asker is to answer, and what they asked, newest first.",
)

GRANT_ASK = Route(
    id="grant_ask",
    method="POST",
    path="asks/{ask}/grant",
    api="sharing.grant",
    body=Granted,
    answer=AskInfo,
    codes=("forbidden", "ask_over", "bad_guest", "too_many"),
    summary="Let the asker in",
    description="By the owner: the asker becomes a guest, as asked or as the body says.",
)

DECLINE_ASK = Route(
    id="decline_ask",
    method="POST",
    path="asks/{ask}/decline",
    api="sharing.decline",
    answer=AskInfo,
    codes=("forbidden", "ask_over"),
    summary="Say no to the asker",
    description="By the owner. The asker is told, and can't ask the same again for a while.",
)

DELETE_ASK = Route(
    id="delete_ask",
    method="DELETE",
    path="asks/{ask}",
    api="sharing.take_back",
    status=204,
    summary="Take a question back",
    description="By who asked; fine if it is over.",
)
