"""What is under way at this worker, in bytes: edits that wait for their commit, and bodies of requests being worked on.

Overflow: a socket whose edits are too many is read no further, so that its peer's buffers fill and its tab
says *waiting*; a request whose body is too much is refused as `busy` before it is read. What was taken is not dropped.
"""

from collections import Counter
from typing import Protocol

from draftwire.errors import Problem
from draftwire_server.limits.tuning import (
    BODIES_PER_USER_BYTES,
    BODIES_PER_WORKER_BYTES,
    BODIES_PER_WORKSPACE_BYTES,
    DRAFT_UNDER_WAY_BYTES,
    WORKER_UNDER_WAY_BYTES,
)


class Waits(Protocol):
    """A connection that is not read while there is too much under way."""

    def read_on_if_free(self) -> None:
        """There may be room again."""


class EditsUnderWay:
    """The edits of all sockets."""

    def __init__(self) -> None:
        self.bytes = 0
        self._drafts: Counter[tuple[str, str]] = Counter()
        self._waiting: dict[Waits, None] = {}

    def add(self, draft: tuple[str, str], size: int) -> None:
        """An edit was taken."""
        self.bytes += size
        self._drafts[draft] += size

    def done(self, draft: tuple[str, str], size: int) -> None:
        """It is committed, or refused."""
        self.bytes -= size
        self._drafts[draft] -= size
        if not self._drafts[draft]:
            del self._drafts[draft]
        if self._waiting and not self.is_full(draft):
            waiting, self._waiting = list(self._waiting), {}
            for each in waiting:
                each.read_on_if_free()

    def is_full(self, draft: tuple[str, str]) -> bool:
        """Whether no more should be read for a draft."""
        return self.bytes > WORKER_UNDER_WAY_BYTES or self._drafts[draft] > DRAFT_UNDER_WAY_BYTES

    def wait(self, connection: Waits) -> None:
        """Tell a connection when there may be room."""
        self._waiting[connection] = None

    def forget(self, connection: Waits) -> None:
        """A connection is over."""
        self._waiting.pop(connection, None)


class Bodies:
    """The bodies of requests, from the first byte to the answer."""

    def __init__(self) -> None:
        self._users: Counter[tuple[str, str]] = Counter()
        self._workspaces: Counter[str] = Counter()
        self.bytes = 0

    def of(self, workspace: str, user: str) -> "Body":
        """Room for the body of one request; it is given back by `Body.close`."""
        return Body(self, workspace, user)

    def take(self, workspace: str, user: str, size: int) -> None:
        """Count so many bytes more. Raises `Problem` busy."""
        if (
            self.bytes + size > BODIES_PER_WORKER_BYTES
            or self._workspaces[workspace] + size > BODIES_PER_WORKSPACE_BYTES
            or self._users[workspace, user] + size > BODIES_PER_USER_BYTES
        ):
            raise Problem("busy", "The server is receiving too much data. Try again in a moment.")
        self.bytes += size
        self._workspaces[workspace] += size
        self._users[workspace, user] += size

    def give_back(self, workspace: str, user: str, size: int) -> None:
        """The end of `take`."""
        self.bytes -= size
        for counter, key in ((self._workspaces, workspace), (self._users, (workspace, user))):
            counter[key] -= size  # type: ignore[index]
            if not counter[key]:  # type: ignore[index]
                del counter[key]


class Body:
    """Room for one body."""

    def __init__(self, bodies: Bodies, workspace: str, user: str) -> None:
        self._bodies = bodies
        self._of = (workspace, user)
        self._taken = 0

    def need(self, size: int) -> None:
        """See that there is room for so many bytes in all. Raises `Problem` busy."""
        more = size - self._taken
        if more > 0:
            self._bodies.take(*self._of, more)
            self._taken = size

    def close(self) -> None:
        """Give the room back."""
        self._bodies.give_back(*self._of, self._taken)
        self._taken = 0
