"""What of a stream's text the server does not have yet: which piece goes next, and from where after an outage. Pure.

Positions are UTF-16 units of the whole text. ``committed`` never goes back; all behind it is kept, so that it can be
sent again from wherever the server says. Overflow: `full`; whoever writes waits until it is not.
"""

from draftwire.errors import OpError
from draftwire.text.lines import lf
from draftwire.text.text import validate_form
from draftwire.text.units import cut, length

PIECE_UNITS = 16 * 1024  # of one message: what the server commits at once
HELD_UNITS = 64 * 1024  # a quarter of what the server holds of one stream: it never has to refuse a piece


class Outflow:
    """See the module."""

    def __init__(self) -> None:
        self.committed = 0
        self.sent = 0
        self._kept = ""  # from `committed` on
        self._ended_in_cr = False  # a LF that comes next belongs to it

    @property
    def total(self) -> int:
        """How long the text is by now."""
        return self.committed + length(self._kept)

    @property
    def full(self) -> bool:
        """Whether so much waits that more should not be added."""
        return self.total - self.committed >= HELD_UNITS

    @property
    def settled(self) -> bool:
        """Whether all of it is committed."""
        return not self._kept

    def add(self, text: str) -> None:
        """Go on with the text; CRLF and CR become LF. Raises `Problem` bad_text, for what no document takes: nothing is
        added then.
        """
        clean = lf(text.removeprefix("\n") if self._ended_in_cr else text)
        if clean:
            try:
                validate_form(((0, 0, clean),))
            except OpError as error:
                raise error.problem() from error
        self._kept += clean
        self._ended_in_cr = text.endswith("\r") if text else self._ended_in_cr

    def take(self) -> tuple[int, str] | None:
        """The next piece and where it begins; None if all was sent."""
        start = self.sent - self.committed
        rest = cut(self._kept, start, length(self._kept))
        if not rest:
            return None
        piece = rest[:PIECE_UNITS]
        while length(piece) > PIECE_UNITS:
            piece = piece[: len(piece) - max(1, (length(piece) - PIECE_UNITS + 1) // 2)]
        offset = self.sent
        self.sent += length(piece)
        return offset, piece

    def confirm(self, units: int) -> None:
        """So much is committed; what was said before may be more."""
        if units > self.committed:
            units = min(units, self.total)
            self._kept = cut(self._kept, units - self.committed, length(self._kept))
            self.committed = units
            self.sent = max(self.sent, units)

    def again(self, units: int) -> None:
        """The server has it up to there: send on from there, or from what is committed if that is more."""
        self.sent = min(max(units, self.committed), self.total)
