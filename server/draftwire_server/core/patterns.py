"""Which types of events somebody wants: whole (``version.deployed``) or by their beginning (``version.*``). Pure."""

import re
from typing import Final

from draftwire.errors import Problem
from draftwire_server.limits.pages import EVENT_TYPES

_PATTERN: Final = re.compile(r"(\*|[a-z_]+(\.[a-z_]+)*(\.\*)?)")
PATTERN_CHARS: Final = 100


class TypePatterns:
    """What to keep of a stream of events; without patterns everything."""

    def __init__(self, patterns: tuple[str, ...]) -> None:
        """Read them. Raises `Problem` bad_message."""
        if len(patterns) > EVENT_TYPES:
            raise Problem("bad_message", f"Give at most {EVENT_TYPES} types of events.")
        for pattern in patterns:
            if len(pattern) > PATTERN_CHARS or not _PATTERN.fullmatch(pattern):
                raise Problem("bad_message", "A type of events looks like version.deployed or version.*")
        self._whole = frozenset(pattern for pattern in patterns if not pattern.endswith("*"))
        self._begin = tuple(pattern[:-1] for pattern in patterns if pattern.endswith("*"))
        self._all = not patterns

    def hold(self, type: str) -> bool:  # noqa: A002 — the word of the design
        """Whether events of a type are wanted."""
        return self._all or type in self._whole or type.startswith(self._begin)
