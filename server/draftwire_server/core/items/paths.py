"""The grammars of item paths; which one holds is a rule of the workspace.

`windmill`: ``u/<user>/…``, ``f/<folder>/…``, ``g/<group>/…``, three segments or more. `free`: at least one.
Both: NFC, at most 255 characters, no empty or dot segments, nothing that a URL or a shell would read as something else.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from draftwire.errors import Problem
from draftwire_server.limits.contract import PATH_CHARS, PATH_SEGMENTS

_SEGMENT: Final = re.compile(r"[^\s/\\%?#\x00-\x1f\x7f]([^/\\%?#\x00-\x1f\x7f]*[^\s/\\%?#\x00-\x1f\x7f])?")


def _windmill(segments: list[str]) -> str | None:
    if segments[0] not in ("u", "f", "g"):
        return "A path must start with u/, f/ or g/."
    if len(segments) < 3:
        return "A path must have at least three segments, as in f/folder/name."
    return None


def _free(segments: list[str]) -> str | None:
    return None


RULES: Final[dict[str, Callable[[list[str]], str | None]]] = {"windmill": _windmill, "free": _free}


HIDDEN: Final = frozenset(("Cc", "Cf", "Zl", "Zp", "Co", "Cn"))
USERNAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
PLACE_CHARS: Final = 64


def nfc(name: str) -> str:
    """A name or path as it is kept: look-ups and searches take the same form."""
    return unicodedata.normalize("NFC", name)


def forms(name: str) -> tuple[str, ...]:
    """The ways in which texts, which are kept as they were written, may spell a name: composed, and decomposed."""
    composed = nfc(name)
    decomposed = unicodedata.normalize("NFD", name)
    return (composed,) if composed == decomposed else (composed, decomposed)


def _is_segment(segment: str) -> bool:
    """Whether a segment holds only what people can see and URLs and shells leave alone: nothing invisible (Cf), as
    zero-width characters and marks of direction, by which two paths look like one.
    """
    return _SEGMENT.fullmatch(segment) is not None and not any(unicodedata.category(c) in HIDDEN for c in segment)


def check_username(name: str) -> str:
    """Check the name of a user's place ``u/<name>/``. Raises `Problem` bad_name."""
    if not USERNAME.fullmatch(name):
        raise Problem(
            "bad_name",
            "A username must have 1 to 64 characters a-z, 0-9, '.', '_', '-' and can't start with '.', '_' or '-'.",
        )
    return name


def check_place_name(name: str) -> str:
    """Give the name of a group or folder, which is one segment of paths, in NFC. Raises `Problem` bad_name."""
    name = nfc(name)
    if not 0 < len(name) <= PLACE_CHARS or name in (".", "..") or not _is_segment(name):
        raise Problem("bad_name", f"A name must be one segment of a path, with 1 to {PLACE_CHARS} characters.")
    return name


def check_prefix(prefix: str) -> str:
    """Give a prefix of paths in NFC, closed by a slash; empty: everything. Raises `Problem` bad_path."""
    if prefix == "":
        return prefix
    prefix = nfc(prefix).removesuffix("/")
    segments = prefix.split("/")
    if len(prefix) >= PATH_CHARS or len(segments) > PATH_SEGMENTS:
        raise Problem("bad_path", f"A prefix can have at most {PATH_CHARS} characters and {PATH_SEGMENTS} segments.")
    if any(segment in ("", ".", "..") or not _is_segment(segment) for segment in segments):
        raise Problem("bad_path", "A segment of the prefix is empty or contains characters that are not allowed.")
    return prefix + "/"


def check_path(path: str, rule: str) -> str:
    """Give the path in NFC. Raises `Problem` bad_path with what is wrong."""
    path = nfc(path)
    segments = path.split("/")
    if not 0 < len(path) <= PATH_CHARS:
        raise Problem("bad_path", f"A path must have 1 to {PATH_CHARS} characters.")
    if len(segments) > PATH_SEGMENTS:
        raise Problem("bad_path", f"A path can have at most {PATH_SEGMENTS} segments.")
    for segment in segments:
        if segment in ("", ".", "..") or not _is_segment(segment):
            raise Problem(
                "bad_path",
                f"The segment {segment[:40]!r} of the path is empty or contains characters that are not allowed.",
            )
    wrong = RULES[rule](segments)
    if wrong is not None:
        raise Problem("bad_path", wrong)
    return path
