"""Addresses: the ``id`` of the nearest enclosing keyed element (or nothing), then a JSON Pointer inside it.

An id is escaped as a pointer token is. An address is compared as a string: ``a`` lies strictly inside ``b``
of the same element if it begins with ``b + "/"``. Array indexes never occur in an address of an op.
"""

from functools import lru_cache

from draftwire.errors import OpError

Tokens = tuple[str, ...]


def escape(token: str) -> str:
    """Return a token as it stands in an address (RFC 6901)."""
    if "~" in token or "/" in token:
        return token.replace("~", "~0").replace("/", "~1")
    return token


def unescape(raw: str) -> str:
    """Return the token behind its escaped form; raises `OpError` ``bad_address`` on a stray tilde."""
    if "~" not in raw:
        return raw
    if "~" in raw.replace("~0", "").replace("~1", ""):
        raise OpError("bad_address", "~ must be followed by 0 or 1")
    return raw.replace("~1", "/").replace("~0", "~")


@lru_cache(maxsize=1 << 14)
def parse(address: str) -> tuple[str, Tokens]:
    """Split into the element's id (empty: the document) and the tokens inside it."""
    owner, *rest = address.split("/")
    return unescape(owner), tuple([unescape(raw) for raw in rest])


def format(element: str, tokens: Tokens) -> str:  # noqa: A001 - read as address.format
    """Join an element's id (empty: the document) and tokens into an address."""
    return "/".join((escape(element), *[escape(token) for token in tokens]))


def owner(address: str) -> str:
    """Return the id of the element, empty for the document."""
    head, _, _ = address.partition("/")
    return unescape(head) if "~" in head else head


def is_inside(address: str, place: str) -> bool:
    """Say whether ``address`` lies strictly inside ``place``, both of one element."""
    return address.startswith(place + "/")
