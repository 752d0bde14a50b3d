"""A long text in pieces, for many splices one after the other: each costs the pieces that it touches, not the whole.

`draftwire.text.text` makes a new text of an old one; a thousand small ops on a text of 16 MiB would copy (and, where
units are no code points, encode) all of it a thousand times. Both give the same results, refusals included.
"""

from typing import Final

from draftwire.errors import OpError
from draftwire.text import text as whole
from draftwire.text.text import Splices
from draftwire.text.units import cut, length, splits_pair, wide

PIECE_CHARS: Final = 8_192


class Pieces:
    """One text; `apply` changes it."""

    __slots__ = ("_parts", "_units")

    def __init__(self, text: str) -> None:
        self._parts = _cut_up(text)
        self._units = [length(part) for part in self._parts]  # UTF-16 units of each

    def text(self) -> str:
        """Put it together."""
        return "".join(self._parts)

    def validate(self, splices: Splices) -> None:
        """Raise `OpError` as `draftwire.text.text.validate` does."""
        size = sum(self._units)
        low, part, start = 0, 0, 0
        raw: bytes | None = None
        known = -1  # the part that ``raw`` is of
        for position, delete, insert in splices:
            end = position + delete
            if position < low or delete < 0 or not (delete or insert):
                raise OpError("bad_splice" if position >= 0 else "out_of_range")
            if end > size:
                raise OpError("out_of_range", f"length {size}")
            for place in (position, end):
                while part < len(self._units) and start + self._units[part] < place:
                    start += self._units[part]
                    part += 1
                if part < len(self._units) and self._units[part] != len(self._parts[part]):
                    if known != part:
                        raw, known = wide(self._parts[part]), part
                    if raw is not None and splits_pair(raw, place - start):
                        raise OpError("half_surrogate")
            if insert:
                whole.validate_insert(insert)
            low = end + 1
        if not splices:
            raise OpError("bad_splice")

    def apply(self, splices: Splices) -> tuple[str, ...]:
        """Change the text by splices that are valid for it; give the deleted pieces, one for each."""
        if len(splices) > len(self._parts):  # so many that one pass over the whole is cheaper
            after, taken = whole.apply(self.text(), splices)
            self.__init__(after)  # type: ignore[misc]
            return taken
        found: list[str] = []
        part, start, shift = 0, 0, 0
        for position, delete, insert in splices:
            at = position + shift
            while part < len(self._units) - 1 and start + self._units[part] < at:
                start += self._units[part]
                part += 1
            found.append(self._splice(part, at - start, delete, insert))
            shift += length(insert) - delete
        return tuple(found)

    def _splice(self, part: int, at: int, delete: int, insert: str) -> str:
        """Replace units from ``at`` in one piece, perhaps reaching into the next ones."""
        last, units = part, self._units[part]
        while units < at + delete:
            last += 1
            units += self._units[last]
        old = self._parts[part] if last == part else "".join(self._parts[part : last + 1])
        taken = cut(old, at, at + delete)
        new = cut(old, 0, at) + insert + cut(old, at + delete, units)
        if len(new) > 2 * PIECE_CHARS:
            parts = _cut_up(new)
            self._parts[part : last + 1] = parts
            self._units[part : last + 1] = [length(each) for each in parts]
        else:
            self._parts[part : last + 1] = [new]
            self._units[part : last + 1] = [units - delete + length(insert)]
        return taken


def _cut_up(text: str) -> list[str]:
    return [text[start : start + PIECE_CHARS] for start in range(0, len(text), PIECE_CHARS)] or [""]
