"""What a list has to read: the stretches of paths, the single items and the items without a path that somebody sees.

`Visible` says what may be shown; this says it in the form in which ordered indexes can be read, so that a list reads
nothing beyond it. Text compares by code points, as paths do in the database. Pure.
"""

from collections.abc import Iterable
from typing import Final, Literal

import msgspec

from draftwire_server.core.access.access import Visible
from draftwire_server.limits.contract import PATH_CHARS

LAST: Final = "\U0010ffff" * (PATH_CHARS + 1)  # after every path


class Reach(msgspec.Struct, frozen=True):
    """``prefixes``: everything below is visible, none lies in another. Of ``items`` each must be asked for by itself.

    ``pathless``: items without a path: all of the workspace, the asker's own, or none but those in ``items``.
    """

    prefixes: tuple[str, ...]
    items: tuple[str, ...]
    pathless: Literal["all", "own", "none"]

    @property
    def everything(self) -> bool:
        """Whether nothing has to be left out."""
        return self.pathless == "all" and self.prefixes == ("",)


def reach(visible: Visible, below: str = "") -> Reach:
    """Give what is to be read of ``visible``; ``below`` a prefix, if that is not empty."""
    prefixes: Iterable[str] = ("",) if visible.everything else visible.prefixes
    items = visible.items
    within = visible.within
    if within is not None:
        prefixes = _both(prefixes, within.prefixes)
        items = (*items, *within.items)
    pathless: Literal["all", "own", "none"] = "own" if visible.creator else "none"
    if visible.everything:
        pathless = "all"
    if within is not None or below:
        pathless = "none"
    return Reach(_outermost(_both(prefixes, (below,))), tuple(sorted(set(items))), pathless)


def stretches(prefixes: Iterable[str], after: str) -> tuple[tuple[str, str], ...]:
    """Give the stretches ``low`` ≤ path < ``high`` of prefixes, without what lies before ``after``."""
    found = ((max(prefix, after), _end(prefix)) for prefix in prefixes)
    return tuple((low, high) for low, high in found if low < high)


def _both(some: Iterable[str], others: Iterable[str]) -> list[str]:
    """What lies below one of ``some`` and one of ``others``."""
    others = tuple(others)
    pairs = ((a, b) for a in some for b in others)
    return [a if a.startswith(b) else b for a, b in pairs if a.startswith(b) or b.startswith(a)]


def _outermost(prefixes: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return tuple(kept)


def _end(prefix: str) -> str:
    """The first text after everything that begins with a prefix."""
    head = prefix.rstrip("\U0010ffff")
    if not head:
        return LAST
    following = ord(head[-1]) + 1
    return head[:-1] + chr(0xE000 if following == 0xD800 else following)
