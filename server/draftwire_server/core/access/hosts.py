"""By which names the server may be asked: what a `Host` header has to say. Pure.

A page of any site can lead its own name to this server's address (DNS rebinding) and then asks it as its own origin.
Where what is asked needs no credential, as the routes of `dev`, the name alone tells such a page from ours. Ports make
no difference: a forged name is what counts, and ports change behind proxies and tunnels.
"""

import re
from collections.abc import Sequence
from typing import Final

from draftwire_server.core.access.outward import LOOPBACK

_HOST: Final = re.compile(r"(\[[0-9a-f:.%]+\]|[^\s:/\\@?#\[\]]+)(:[0-9]{1,5})?")


def allowed_hosts(hosts: tuple[str, ...], own: str, *, dev: bool) -> tuple[str, ...]:
    """The names that count; none: all do. ``own`` is the address on which `dev` listens."""
    if not dev:
        return hosts
    return (*LOOPBACK, own.lower(), *hosts)


def is_allowed_host(given: Sequence[str], allowed: tuple[str, ...]) -> bool:
    """Whether a request with these `Host` headers is for us; ``allowed`` empty: whatever it says."""
    if not allowed:
        return True
    found = _HOST.fullmatch(given[0].lower()) if len(given) == 1 else None
    if found is None:
        return False
    name = found[1].strip("[]").removesuffix(".")
    return any(name == each or (each[:2] == "*." and name.endswith(each[1:])) for each in allowed)
