"""A connection as services see it: whose it is, what may be sent to it, and how it fares.

Services know connections by this alone; they hold peers, and never sockets. Who follows drafts is more than that:
`draftwire_server.services.live.parts.followers.Reader`.
"""

from typing import Protocol

from draftwire.wire.messages import ServerMessage
from draftwire_server.core.presence.presence import Mark
from draftwire_server.services.access.identity import Principal


class Peer(Protocol):
    """See the module."""

    principal: Principal  # of who is `ready`
    sid: str  # public id of its session; empty before
    attempt: int
    opened_at: float  # monotonic s
    focuses: dict[str, Mark]  # where its session is, by item

    @property
    def ready(self) -> bool:
        """Whether it has said hello."""

    @property
    def working(self) -> bool:
        """Whether something that it sent is being worked on."""

    @property
    def behind(self) -> bool:
        """Whether it gets nothing now: its socket does not take what it is owed; it will ask again when it does."""

    @property
    def silent_s(self) -> float:
        """Seconds since anything came from it."""

    @property
    def stuck_s(self) -> float:
        """Seconds since it took data, while it is owed some."""

    @property
    def expired_s(self) -> float:
        """Seconds since its token expired; negative before."""

    def follows(self, draft: str) -> bool:
        """Whether it has a draft open."""

    def may_see_caret(self, mark: Mark) -> bool:
        """Whether it may read the draft that another session's caret is in."""

    def send(self, message: ServerMessage) -> None:
        """Send one message."""

    def write(self, frames: bytes, channel: str) -> None:
        """Send ready frames of a channel."""

    def sees_again(self) -> None:
        """Let out what was kept back while rights could not be asked for."""

    def say(self, frames: bytes) -> None:
        """Send ready frames that tell of nothing but the connection."""

    def close(self, code: int, reason: str) -> None:
        """End the connection from our side."""
