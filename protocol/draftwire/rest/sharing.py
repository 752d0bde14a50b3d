"""Who else looks at a draft or types in it: visibility, guests, and questions to its owner."""

from typing import Literal

import msgspec

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
