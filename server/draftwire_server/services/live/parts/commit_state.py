"""Where a draft stands with its commits, as a machine: who may extend its replica, and how current that is.

While the status is `idle` anybody may take in what the log has beyond the replica. In any other only the one at it may:
its own answer extends the replica, or it reads on between two of its statements. `TRANSITIONS` is all that can happen;
it stands in ops-and-sync.md too. What was heard early, before what it follows, waits here; a gap is waited for once.
"""

import asyncio
import time
from typing import Final, Literal

from draftwire_server.core.edits.stream import BusHeader

CommitStatus = Literal["idle", "beginning", "committing", "lost", "unknown", "reset"]
CommitEvent = Literal["begin", "commit", "lose", "lose_track", "settle", "reset"]

TRANSITIONS: Final[dict[tuple[CommitStatus, CommitEvent], CommitStatus]] = {
    ("idle", "begin"): "beginning",
    ("idle", "commit"): "committing",
    ("idle", "reset"): "reset",
    ("beginning", "settle"): "idle",
    ("beginning", "reset"): "reset",
    ("committing", "settle"): "idle",
    ("committing", "lose"): "lost",
    ("committing", "lose_track"): "unknown",
    ("committing", "reset"): "reset",
    ("lost", "commit"): "committing",
    ("lost", "settle"): "idle",
    ("lost", "reset"): "reset",
    ("unknown", "settle"): "idle",
    ("unknown", "reset"): "reset",
    # Whoever was at a commit when it happened still comes to its end.
    ("reset", "lose"): "reset",
    ("reset", "lose_track"): "reset",
    ("reset", "settle"): "reset",
}

ResetReason = Literal["rewound", "discarded"]


class WrongTransition(AssertionError):
    """An event that can't happen in a status: a fault of ours."""


class CommitState:
    """See the module. Nothing here is awaited but `claim` and `settled`."""

    def __init__(self) -> None:
        self.status: CommitStatus = "idle"
        self.reset_reason: ResetReason | None = None
        self.began_at = 0.0  # monotonic s: when what is under way began
        self.known_to = 0.0  # monotonic s: what was committed before, by anybody, is in the replica
        self.reading = asyncio.Lock()  # one reading of the log at a time
        self._settled = asyncio.Event()
        self._settled.set()
        self._claims = 0
        self._early: dict[int, tuple[BusHeader, bytes]] = {}  # by the seq that they follow
        self._gap_open = False

    # ---- the machine

    def _on(self, event: CommitEvent) -> None:
        try:
            self.status = TRANSITIONS[self.status, event]
        except KeyError:
            raise WrongTransition(f"{event} while {self.status}") from None

    def begin(self) -> None:
        """Make the draft's row: its first edit waits."""
        self._on("begin")
        self._take()

    def commit(self) -> None:
        """Send a statement, or hold the draft for one; also the next one after a lost race."""
        again = self.status == "lost"
        self._on("commit")
        if not again:
            self._take()

    def lose(self) -> None:
        """Find that the head or the rights had moved, or that somebody held the row."""
        self._on("lose")

    def lose_track(self) -> None:
        """Find the connection broken in a statement: only the log can tell what became of it."""
        self._on("lose_track")

    def settle(self) -> None:
        """Come to an end: won, refused, or to be decided anew. Whoever waits for that goes on."""
        self._on("settle")
        self._settled.set()

    def reset(self, reason: ResetReason) -> None:
        """Find that the log is another one: nothing is committed from this copy any more. The first reason counts."""
        if self.status == "reset":
            return
        self._on("reset")  # whoever is at a commit still comes to its end
        self.reset_reason = reason
        self._early.clear()

    def _take(self) -> None:
        self.began_at = time.monotonic()
        self._settled.clear()

    @property
    def under_way(self) -> bool:
        """Whether a commit of ours is: nobody else may extend the replica."""
        return not self._settled.is_set()

    @property
    def is_reset(self) -> bool:
        """Whether this copy is one of a log that is no more."""
        return self.status == "reset"

    @property
    def free(self) -> bool:
        """Whether the lanes may begin a statement: nothing is under way, and nobody waits to be next."""
        return self.status == "idle" and not self._claims

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        await self._settled.wait()

    async def claim(self) -> bool:
        """Hold the draft as with `commit` after what is under way; False if it was reset.

        The lanes, whose queue may never end, begin nothing before that. Safe to cancel.
        """
        self._claims += 1
        try:
            while self.under_way:
                await self._settled.wait()
            if self.is_reset:
                return False
            self.commit()
            return True
        finally:
            self._claims -= 1

    # ---- what is known

    def known_since(self, began: float) -> None:
        """Note that the log was read, or written at its head, by a statement that began at an instant (monotonic s)."""
        self.known_to = max(self.known_to, began)

    def won(self) -> None:
        """Come to an end with a commit: the head was ours when its statement began."""
        self.known_since(self.began_at)
        self.settle()

    # ---- what was heard early

    def hear(self, header: BusHeader, payload: bytes, at_most: int) -> bool:
        """Keep a message until what it follows is there; False if there are too many already."""
        if self.is_reset or len(self._early) >= at_most:
            return False
        self._early[header.from_] = (header, payload)
        return True

    def next_heard(self, seq: int) -> tuple[BusHeader, bytes] | None:
        """Take the message that follows a state; None if it was not heard. What lies before is forgotten."""
        if not self._early:
            return None
        for from_ in [from_ for from_ in self._early if from_ < seq]:
            del self._early[from_]
        return self._early.pop(seq, None)

    @property
    def heard_early(self) -> bool:
        """Whether something was heard that does not follow what is here."""
        return bool(self._early)

    def forget_early(self) -> None:
        """Forget what was heard: it followed another state."""
        self._early.clear()

    def open_gap(self) -> bool:
        """Note that something is missing; False if that is known, and somebody is about to read it."""
        known, self._gap_open = self._gap_open, True
        return not known

    def close_gap(self) -> None:
        """Note that it was looked for: the next gap is a new one."""
        self._gap_open = False

    def check(self) -> None:
        """Assert what always holds between two steps."""
        assert self.status in ("idle", "reset") or self.under_way, "nothing under way is the same as settled"
        assert self.status != "idle" or not self.under_way, "nothing under way is the same as settled"
        assert self.is_reset == (self.reset_reason is not None), "a reset has a reason, and nothing else has"
        assert not (self.is_reset and self._early), "nothing follows a log that is no more"
        assert self._claims >= 0
