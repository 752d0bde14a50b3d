"""What a token says: who, where, for how long, and what narrows it. Reading and checking, no keys and no clock."""

import re
from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access import EVERYTHING, Right, Role
from draftwire_server.limits import NAME_CHARS


class GrantClaim(msgspec.Struct, frozen=True, omit_defaults=True):
    """A grant that comes with a user whom the server does not know yet: ``on`` is "*" or a path prefix."""

    on: str
    may: tuple[Right, ...]


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """The claims of a Draftwire token (RFC 7519). ``sub`` is the platform's id of the user.

    ``role``, ``username``, ``name`` and ``grants`` make a user whom the workspace does not know; of a known one the
    workspace's own rows count. ``may`` narrows. ``agent`` makes the bearer an agent that acts for the user.
    """

    sub: str
    workspace: str
    exp: float
    name: str | None = None
    username: str | None = None
    role: Role = "editor"
    grants: tuple[GrantClaim, ...] = ()
    may: tuple[Right, ...] | None = None
    agent: str | None = None
    run: str | None = None
    jti: str | None = None

    @property
    def narrowed_to(self) -> frozenset[Right]:
        """The most that this token allows."""
        return EVERYTHING if self.may is None else frozenset(self.may)


_NOT_IN_USERNAMES = re.compile(r"[^a-z0-9._-]+")


def read_claims(payload: dict[str, Any]) -> Claims:
    """Read verified claims. Raises `Problem` unauthenticated if they don't make a Draftwire token."""
    try:
        claims = msgspec.convert(payload, Claims)
    except msgspec.ValidationError as error:
        raise Problem("unauthenticated", f"The token's claims are not valid: {error}.") from error
    texts = (claims.sub, claims.workspace, claims.name or "x", claims.username or "x", claims.agent or "x")
    if any(not 0 < len(text) <= NAME_CHARS for text in texts):
        raise Problem("unauthenticated", "A claim of the token is empty or too long.")
    return claims


def username_of(claims: Claims) -> str:
    """The name of the user's own place ``u/<username>/``, made from what the token says."""
    wanted = (claims.username or claims.sub.partition("@")[0]).lower()
    return _NOT_IN_USERNAMES.sub("-", wanted).strip("-.")[:64] or "user"
