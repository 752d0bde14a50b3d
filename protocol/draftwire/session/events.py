"""What a session tells its driver: one frozen struct per thing that happens. Plain data, no behaviour."""

from typing import Any

import msgspec

from draftwire.document.ops import Op
from draftwire.errors import Problem
from draftwire.session.replica import DraftReplica, Parking, TextChange
from draftwire.wire import messages as m


class Welcomed(msgspec.Struct, frozen=True):
    """The server let the session in, or took a renewed token."""

    welcome: m.Welcome


class DraftOpened(msgspec.Struct, frozen=True):
    """A draft is followed; ``ref`` is what `Session.open` gave, 0 after a reconnect."""

    ref: int
    draft: DraftReplica


class Failed(msgspec.Struct, frozen=True):
    """What was asked for can't be had."""

    ref: int
    code: str
    message: str


class Changed(msgspec.Struct, frozen=True):
    """Somebody else's batch, or a merge, changed the view."""

    draft: DraftReplica
    seq: int
    by: m.WriterInfo | None
    text: tuple[TextChange, ...]
    structural: bool


class Acked(msgspec.Struct, frozen=True):
    """A batch of this session is committed."""

    draft: DraftReplica
    seq: int
    w: int
    no: int
    waited_s: float


class StatusChanged(msgspec.Struct, frozen=True):
    """What may be said of saving has changed."""

    draft: DraftReplica
    status: m.Status


class Answered(msgspec.Struct, frozen=True):
    """What a tool answered."""

    ref: int
    body: Any


class CallRefused(msgspec.Struct, frozen=True):
    """A tool was refused; the problem says whether the same may pass later."""

    ref: int
    problem: Problem


class StreamTold(msgspec.Struct, frozen=True):
    """How much of a stream is committed, or why nothing more is."""

    streamed: m.Streamed


class RunHeard(msgspec.Struct, frozen=True):
    """Something happened to the run that this session works for."""

    told: m.RunTold


class AlertTold(msgspec.Struct, frozen=True):
    """An alert opened, closed or was resolved."""

    draft: DraftReplica
    alert: m.Alert


class Diagnosed(msgspec.Struct, frozen=True):
    """What stands in the way of a deploy has changed."""

    draft: DraftReplica
    diagnostics: tuple[m.Diagnostic, ...]


class BehindTold(msgspec.Struct, frozen=True):
    """The draft is behind the head, or no longer: ``behind`` says where it stands."""

    draft: DraftReplica
    behind: m.Behind


class TextsParked(msgspec.Struct, frozen=True):
    """Texts can't go on; they are on their way into the stash."""

    draft: DraftReplica
    parking: Parking


class TextsStashed(msgspec.Struct, frozen=True):
    """They are in the stash."""

    draft: str
    stash: str


class Rewound(msgspec.Struct, frozen=True):
    """The log lost what this copy had, after a failover or a restore: ``ops`` would bring it back into the view.

    Its texts are in the stash, or on their way; `Session.bring_back` also minds what is written in the meantime.
    """

    draft: DraftReplica
    ops: tuple[Op, ...]


class PresenceChanged(msgspec.Struct, frozen=True):
    """Who is at an item changed."""

    item: str


class ItemChanged(msgspec.Struct, frozen=True):
    """The state of a followed item."""

    item: m.Item


class EventsCame(msgspec.Struct, frozen=True):
    """Events of a workspace, up to ``number``."""

    workspace: str
    number: int
    events: tuple[m.EventInfo, ...]


class Asked(msgspec.Struct, frozen=True):
    """Somebody asks to look at a draft of this user, or type in it; or a question of theirs was answered."""

    ask: m.AskInfo


class BehindElsewhere(msgspec.Struct, frozen=True):
    """Somebody deployed over a draft of this user's that is not followed here."""

    behind: m.Behind


class ItemDeleted(msgspec.Struct, frozen=True):
    """Somebody deleted an item on which this user has a draft; the text of that is in the stash."""

    deleted: m.Deleted


class ChannelGone(msgspec.Struct, frozen=True):
    """A channel ended."""

    channel: str
    code: str


class ServerError(msgspec.Struct, frozen=True):
    """The server could not serve a message."""

    code: str
    message: str


SessionEvent = (
    Welcomed
    | DraftOpened
    | Failed
    | Changed
    | Acked
    | StatusChanged
    | AlertTold
    | Diagnosed
    | BehindTold
    | BehindElsewhere
    | TextsParked
    | TextsStashed
    | Rewound
    | PresenceChanged
    | ItemChanged
    | EventsCame
    | Asked
    | ItemDeleted
    | ChannelGone
    | ServerError
    | Answered
    | CallRefused
    | StreamTold
    | RunHeard
)
