"""Lengths and slices in UTF-16 code units over Python strings.

Positions on the wire are what a browser counts: an astral character is two. Strings hold no lone surrogates
(the boundary refuses them); cutting through a pair would make one, so callers cut only where `splits_pair` is
false. Where a string has no astral character, units are code points and nothing is encoded.
"""


def length(text: str) -> int:
    """Return the number of UTF-16 units."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) >> 1


def cut(text: str, start: int, end: int) -> str:
    """Return the units from ``start`` to ``end``."""
    if text.isascii():
        return text[start:end]
    raw = text.encode("utf-16-le", "surrogatepass")
    if len(raw) == 2 * len(text):
        return text[start:end]
    return raw[2 * start : 2 * end].decode("utf-16-le", "surrogatepass")


def wide(text: str) -> bytes | None:
    """Return the UTF-16 bytes if units differ from code points, else None (then index the string itself)."""
    if text.isascii():
        return None
    raw = text.encode("utf-16-le", "surrogatepass")
    return None if len(raw) == 2 * len(text) else raw


def splits_pair(raw: bytes, position: int) -> bool:
    """Say whether ``position`` lies between the two halves of a pair in these UTF-16 bytes."""
    at = 2 * position
    if at <= 0 or at >= len(raw):
        return False
    return raw[at + 1] & 0xFC == 0xDC and raw[at - 1] & 0xFC == 0xD8


def from_code_points(text: str, position: int) -> int:
    """Translate a code point index into units."""
    return length(text[:position])
