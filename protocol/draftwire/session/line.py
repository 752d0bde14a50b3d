"""What all channels of a session share: whether the server listens, what goes out and in which order, what is parked.

A parked text is kept here until the server says that the stash has it: it is sent again on every new connection and
after a refusal that may pass, also when its draft is no longer followed. No I/O, no clock: ``now`` is set by whoever
drives the session.
"""

from collections.abc import Callable

import msgspec

from draftwire.errors import CODES
from draftwire.session.replica import FRAME_SPARE_BYTES, Parking
from draftwire.wire import messages as m
from draftwire.wire.codec import encode

SILENT_AFTER_S = 20.0  # a "saved" older than this is not known to be true
PARK_AGAIN_AFTER_S = 1.0
ROOM_AGAIN_AFTER_S = 60.0  # the stash is full: somebody has to look through it first


class Line:
    """See the module."""

    def __init__(self, new_key: Callable[[], str]) -> None:
        self.now = 0.0
        self.welcome: m.Welcome | None = None
        self.greeted = False  # welcomed on this connection
        self.signed_out = False
        self.heard_at = float("-inf")
        self.outgoing: list[m.ClientMessage] = []
        self.new_key = new_key
        self._next_ref = 1
        self._parking: dict[int, m.Park] = {}
        self._park_again_at = float("inf")

    @property
    def sid(self) -> str:
        """The public id of this session, nothing before the first welcome."""
        return self.welcome.sid if self.welcome is not None else ""

    @property
    def most_ops(self) -> int | None:
        """The most ops that the server takes in one edit."""
        return self.welcome.limits.get("ops") if self.welcome is not None else None

    @property
    def frame_bytes(self) -> int | None:
        """The largest frame that the server takes."""
        return self.welcome.limits.get("frame_bytes") if self.welcome is not None else None

    @property
    def hears(self) -> bool:
        """Whether the server was heard lately: what is not pending is saved."""
        return self.greeted and self.now - self.heard_at <= SILENT_AFTER_S

    def ref(self) -> int:
        """A number for a question."""
        ref = self._next_ref
        self._next_ref += 1
        return ref

    def say(self, message: m.ClientMessage) -> None:
        """Send a message if the server listens; it is not kept for later."""
        if self.greeted:
            self.outgoing.append(message)

    def cut(self) -> None:
        """The connection ended."""
        self.greeted = False
        self.outgoing.clear()
        self.heard_at = float("-inf")

    def take(self) -> list[m.ClientMessage]:
        """What is to be sent now, in order."""
        outgoing, self.outgoing = self.outgoing, []
        return outgoing

    # ---- texts on their way into the stash

    def park(self, draft: str, generation: int, parking: Parking, item: str) -> None:
        """Send texts to the stash, in as many messages as frames need."""
        for texts in _portions(parking.texts, self.frame_bytes):
            ref = self.ref()
            self._parking[ref] = m.Park(ref, draft, generation, parking.reason, parking.base, texts, item)
            self.say(self._parking[ref])

    def parks(self, draft: str) -> bool:
        """Whether texts of a draft are not known to be in the stash yet."""
        return any(park.draft == draft for park in self._parking.values())

    def parked(self, ref: int) -> str | None:
        """The stash has them; gives their draft."""
        park = self._parking.pop(ref, None)
        return None if park is None else park.draft

    def park_failed(self, ref: int, code: str) -> bool:
        """The stash did not take them: again later if that may help; False if no such texts are on their way."""
        if ref not in self._parking:
            return False
        if may_pass(code):
            self._park_again_at = self.now + (ROOM_AGAIN_AFTER_S if code == "quota" else PARK_AGAIN_AFTER_S)
        else:
            del self._parking[ref]  # the texts are in `TextsParked`; nothing more can be done from here
        return True

    def park_again(self) -> None:
        """Send what is not confirmed once more."""
        self._park_again_at = float("inf")
        self.outgoing += self._parking.values()

    def tick(self) -> None:
        """Send again what the stash did not take, if it is time."""
        if self.greeted and self.now >= self._park_again_at:
            self.park_again()


def may_pass(code: str) -> bool:
    """Whether the same request may pass later."""
    known = CODES.get(code)
    return known is not None and known.retry


def _portions(texts: tuple[m.ParkedText, ...], frame_bytes: int | None) -> list[tuple[m.ParkedText, ...]]:
    """Texts as frames can hold them, without their base if need be; what no frame holds is told, not stashed."""
    if frame_bytes is None:
        return [texts]
    room = frame_bytes - FRAME_SPARE_BYTES
    portions: list[list[m.ParkedText]] = []
    size = room
    for text in texts:
        fits = text if len(encode(text)) <= room else msgspec.structs.replace(text, base=None)
        wanted = len(encode(fits)) + 1
        if wanted > room:
            continue
        if size + wanted > room:
            portions.append([])
            size = 0
        portions[-1].append(fits)
        size += wanted
    return [tuple(portion) for portion in portions]
