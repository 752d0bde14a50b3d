"""The readers of one draft, and what each is owed.

A reader (`Following`) is owed a position in the log, not bytes: whoever is slow stays behind at its cursor and is
served later from the kept stretches; memory does not grow with slow readers. Overflow: stretches beyond the tail's
bounds are dropped, a reader further behind gets a state.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from draftwire.wire.messages import Diagnostic, Piece
from draftwire_server.core.edits.stream import Stretch, ops_payload
from draftwire_server.core.frames import text_frame
from draftwire_server.limits.tuning import JOIN_BYTES, TAIL_BYTES, TAIL_OPS
from draftwire_server.services.access.peer import Peer
from draftwire_server.services.live.parts.state import DraftState

if TYPE_CHECKING:
    from draftwire_server.services.live.live import LiveDraft

PIECE_CHARS = 20_000  # at most 60,000 bytes of UTF-8, so that a piece stays below 64 KiB with its escapes in the rule
NOWHERE = -1  # a cursor in no log: whoever is there is sent a state


class Reader(Peer, Protocol):
    """The connection behind a following."""

    def writable_again(self) -> None:
        """Look again at what is owed."""

    def decide_again(self, following: "Following") -> None:
        """Decide anew what it may do: the draft has begun, or its facts changed."""

    def state_again(self, following: "Following") -> None:
        """Send the draft's state, from which the client merges: it began anew where it stood."""


class Following:
    """One reader of one draft."""

    __slots__ = ("allowed", "began", "cursor", "diagnostics", "held", "live", "may", "reader", "why")

    def __init__(self, live: "LiveDraft", reader: Reader, cursor: int, may: Literal["look", "type"], why: str | None):
        self.live = live
        self.reader = reader
        self.cursor = cursor
        self.began = live.replica.seq  # what its writer has not seen of that was committed while they were away
        self.may: Literal["look", "type"] = may
        self.why = why
        self.held = False  # a large state is still on its way: ops wait behind it
        self.allowed = True
        self.diagnostics: tuple[Diagnostic, ...] = ()  # as it was told

    @property
    def takes(self) -> bool:
        """Whether what the log holds may be written to it now."""
        return not self.held and self.allowed and not self.reader.behind


class Followers:
    """See the module. ``blind`` tells whether rights could not be asked for: then nothing may be delivered."""

    def __init__(self, state: DraftState, blind: Callable[[], bool]) -> None:
        self._state = state
        self._blind = blind
        self.channel = f"draft:{state.id}"  # what readers name it by
        self._all: set[Following] = set()
        self._stretches: deque[Stretch] = deque()
        self._stretch_bytes = 0
        self._pieces: tuple[int, int, tuple[bytes, ...]] | None = None
        self._armed = False
        self.behind_told: tuple[int, int, int] | None = None  # base, head and kept version, as they know them

    def __bool__(self) -> bool:
        return bool(self._all)

    def __iter__(self) -> Iterator[Following]:
        return iter(list(self._all))

    def __contains__(self, following: Following) -> bool:
        return following in self._all

    def add(self, following: Following) -> None:
        """Let a reader follow."""
        self._all.add(following)

    def discard(self, following: Following) -> None:
        """Let a reader go, if it is one."""
        self._all.discard(following)

    def dismiss(self) -> None:
        """Let all go: nothing is delivered to them any more."""
        for following in self._all:
            following.allowed = False
        self._all.clear()

    # ---- the log

    def extended(self, stretch: Stretch) -> None:
        """Owe the readers a part by which the log grew, in one write per socket and tick."""
        self._stretches.append(stretch)
        self._stretch_bytes += len(stretch.frame)
        self._state.replica.trim(TAIL_OPS, TAIL_BYTES)
        while len(self._stretches) > TAIL_OPS or (self._stretch_bytes > TAIL_BYTES and len(self._stretches) > 1):
            self._stretch_bytes -= len(self._stretches.popleft().frame)
        if not self._armed and self._all:
            self._armed = True
            asyncio.get_running_loop().call_soon(self._flush)

    def restart(self) -> None:
        """Forget what can be delivered: the log was read anew."""
        self._stretches.clear()
        self._stretch_bytes = 0
        self._pieces = None

    def _flush(self) -> None:
        self._armed = False
        if self._blind():
            return
        built: dict[int, list[bytes] | None] = {}
        head = self._state.replica.seq
        for following in self._all:
            if following.cursor == head or not following.takes:
                continue
            if following.cursor not in built:
                built[following.cursor] = self.frames_after(following.cursor)
            frames = built[following.cursor]
            if frames is not None:  # else: further behind than is kept; the sweep sends a state
                for frame in frames:
                    following.reader.write(frame, self.channel)
                following.cursor = head

    def serve(self, following: Following) -> bool:
        """Send one reader what it is owed; False if that is older than what is kept."""
        if not following.takes or self._blind():
            return True
        if following.cursor != self._state.replica.seq:
            frames = self.frames_after(following.cursor)
            if frames is None:
                return False
            for frame in frames:
                following.reader.write(frame, self.channel)
            following.cursor = self._state.replica.seq
        return True

    def again(self, following: Following, seq: int) -> bool:
        """Send a reader one batch once more, as a retry asks for it; False if it is older than what is kept.

        Through the cursor: to who takes nothing, nothing is written, however often they ask.
        """
        if not following.takes or self._blind():
            following.cursor = min(following.cursor, seq - 1)
            return True
        replica = self._state.replica
        if seq <= replica.first:
            return False
        entry = replica.after(seq - 1)[0]
        writer = self._state.writer_infos.get(entry.w)
        payload = ops_payload(self._state.id, replica.generation, [entry], {}, [writer] if writer else [])
        following.reader.write(text_frame(payload), self.channel)
        return True

    def frames_after(self, cursor: int) -> list[bytes] | None:
        """Give the frames from ``cursor`` to the head, small ones joined; None if the oldest is no longer kept.

        The first may begin before ``cursor``: clients skip what they have.
        """
        if cursor == self._state.replica.seq:
            return []
        if not self._stretches or self._stretches[0].from_ > cursor:
            return None
        wanted: list[bytes] = []
        for stretch in reversed(self._stretches):
            if stretch.to <= cursor:
                break
            wanted.append(stretch.frame)
        wanted.reverse()
        joined: list[bytes] = []
        small: list[bytes] = []
        for frame in wanted:
            if len(frame) > JOIN_BYTES:
                if small:
                    joined.append(b"".join(small))
                    small = []
                joined.append(frame)
            else:
                small.append(frame)
        if small:
            joined.append(b"".join(small) if len(small) > 1 else small[0])
        return joined

    # ---- what is no part of the log

    def tell(self, frame: bytes) -> None:
        """Send a ready frame that is no part of the log to every reader; rare and small, so slow ones get it too."""
        for following in self._all:
            if following.allowed:
                following.reader.write(frame, self.channel)

    def pieces(self) -> tuple[bytes, ...]:
        """Give the frames of a large state's pieces, built once per state for everybody who opens it."""
        replica = self._state.replica
        key = (replica.generation, replica.seq)
        if self._pieces is None or self._pieces[:2] != key:
            text = self._state.value_json().decode()
            parts = [text[start : start + PIECE_CHARS] for start in range(0, len(text), PIECE_CHARS)]
            pieces = [Piece(self._state.id, i, part) for i, part in enumerate(parts)]
            self._pieces = (*key, tuple(text_frame(msgspec.json.encode(piece)) for piece in pieces))
        return self._pieces[2]

    def decide_again(self) -> None:
        """Let each look anew at what it may do: the draft has begun."""
        for following in self:
            following.reader.decide_again(following)

    def state_again(self) -> None:
        """Send each the state: the draft began anew where it stood."""
        for following in self:
            following.reader.state_again(following)

    # ---- being behind a deploy

    def standing(self) -> tuple[int, int, int]:
        """Give base, head, and the kept version if it is the head."""
        head = self._state.item.head_version
        kept = self._state.kept_version
        return (self._state.base_version, head, head if kept == head else 0)

    def told_standing(self, standing: tuple[int, int, int]) -> None:
        """Note that they know where the draft stands."""
        self.behind_told = standing

    def told_by_state(self) -> None:
        """Note that a `state` tells the only follower where the draft stands; the head may be known a moment later."""
        base = self._state.base_version
        if base >= self._state.item.head_version:
            self.behind_told = (base, base, base if self._state.kept_version == base else 0)

    def check(self) -> None:
        """Assert what always holds between two steps."""
        seq = self._state.replica.seq
        kept = list(self._stretches)
        assert self._stretch_bytes == sum(len(stretch.frame) for stretch in kept), "the bytes are those that are kept"
        assert all(before.to == after.from_ for before, after in pairwise(kept)), "no gap"
        assert not kept or kept[-1].to == seq, "what is kept goes to the head"
        for following in self._all:
            assert NOWHERE <= following.cursor <= seq, "nobody is ahead of the log"
