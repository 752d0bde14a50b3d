"""The grammars of item paths; which one holds is a rule of the workspace.

`windmill`: ``u/<user>/…``, ``f/<folder>/…``, ``g/<group>/…``, three segments or more. `free`: at least one.
Both: NFC, at most 255 characters, no empty or dot segments, nothing that a URL or a shell would read as something else.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import Final

from draftwire.errors import Problem
from draftwire_server.limits import PATH_CHARS, PATH_SEGMENTS

_SEGMENT: Final = re.compile(r"[^\s/\\%?#\x00-\x1f\x7f]([^/\\%?#\x00-\x1f\x7f]*[^\s/\\%?#\x00-\x1f\x7f])?")


def _windmill(segments: list[str]) -> str | None:
    if segments[0] not in ("u", "f", "g"):
        return "A path begins with u/, f/ or g/."
    if len(segments) < 3:
        return "A path has at least three segments, as in f/folder/name."
    return None


def _free(segments: list[str]) -> str | None:
    return None


RULES: Final[dict[str, Callable[[list[str]], str | None]]] = {"windmill": _windmill, "free": _free}


def check_path(path: str, rule: str) -> str:
    """Give the path in NFC. Raises `Problem` bad_path with what is wrong."""
    path = unicodedata.normalize("NFC", path)
    segments = path.split("/")
    if not 0 < len(path) <= PATH_CHARS:
        raise Problem("bad_path", f"A path has 1 to {PATH_CHARS} characters.")
    if len(segments) > PATH_SEGMENTS:
        raise Problem("bad_path", f"A path has at most {PATH_SEGMENTS} segments.")
    for segment in segments:
        if segment in ("", ".", "..") or not _SEGMENT.fullmatch(segment):
            raise Problem("bad_path", f"The segment {segment[:40]!r} of the path is empty or holds what may not stand.")
    wrong = RULES[rule](segments)
    if wrong is not None:
        raise Problem("bad_path", wrong)
    return path
