"""The tokens that say who somebody is: JWT, HS256, signed by the platform that embeds Draftwire (or by
`draftwire token`).

Owns the claims and what makes a token valid; not what its bearer may do (`core/access.py`). The first key
signs, each verifies, so that keys can be rotated. No clock: ``now`` is passed in. A token never enters an
error text.
"""

import re
from typing import Final

import jwt
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access import Right, Role
from draftwire_server.limits import NAME_CHARS

ALGORITHM: Final = "HS256"
SKEW_S: Final = 30.0  # clocks of the platform and of ours differ by so much


class ClaimedGrant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rights below a path prefix, on one item, or (neither) on everything."""

    may: frozenset[Right]
    prefix: str | None = None
    item: str | None = None
    until: float | None = None


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a token says.

    ``sub`` is the platform's id of the person who answers for everything done with it; an agent's token names
    the agent beside the person for whom it acts. ``may`` narrows whatever the person holds; ``role`` and
    ``grants`` count for a person whom the workspace does not know yet.
    """

    sub: str
    workspace: str  # id or external id
    exp: float
    iat: float = 0.0
    name: str | None = None
    username: str | None = None
    role: Role | None = None
    agent: str | None = None
    run: str | None = None
    may: frozenset[Right] | None = None
    grants: tuple[ClaimedGrant, ...] = ()
    jti: str | None = None


def sign_token(claims: Claims, keys: tuple[str, ...]) -> str:
    """Make a token with the first of ``keys``."""
    return jwt.encode(msgspec.to_builtins(claims, builtin_types=(float,)), keys[0], algorithm=ALGORITHM)


def read_token(token: str, keys: tuple[str, ...], now: float, grace_s: float = 0.0) -> Claims:
    """Verify a token and give its claims; ``grace_s`` lets one pass that has expired within that time.

    Raises:
        Problem: `token_expired`, or `unauthenticated` for everything else that is wrong with it.
    """
    for key in keys:
        try:
            # Times are checked below, against the clock that we are given.
            unchecked = {"verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False}
            payload = jwt.decode(token, key, algorithms=[ALGORITHM], options=unchecked)  # type: ignore[arg-type]
        except jwt.InvalidSignatureError:
            continue
        except jwt.PyJWTError as error:
            raise Problem("unauthenticated", "The token is malformed.") from error
        return _checked(payload, now, grace_s)
    raise Problem("unauthenticated", "The token is signed with an unknown key.")


def _checked(payload: object, now: float, grace_s: float) -> Claims:
    try:
        claims = msgspec.convert(payload, Claims)
    except msgspec.ValidationError as error:
        raise Problem("unauthenticated", f"The token's claims have a wrong shape: {error}") from error
    texts = (claims.sub, claims.workspace, claims.name, claims.username, claims.agent)
    if any(text is not None and not 0 < len(text) <= NAME_CHARS for text in texts):
        raise Problem("unauthenticated", "A name in the token is empty or too long.")
    if claims.iat > now + SKEW_S:
        raise Problem("unauthenticated", "The token is from the future.")
    if claims.exp + grace_s <= now:
        raise Problem("token_expired")
    return claims


_NOT_IN_USERNAMES = re.compile(r"[^a-z0-9._-]+")


def username_of(claims: Claims) -> str:
    """The name of the user's own place ``u/<username>/``, made from what the token says."""
    wanted = (claims.username or claims.sub.partition("@")[0]).lower()
    return _NOT_IN_USERNAMES.sub("-", wanted).strip("-.")[:64] or "user"
