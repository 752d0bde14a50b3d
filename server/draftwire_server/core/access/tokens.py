"""The tokens that say who somebody is: JWTs, signed by the platform that embeds Draftwire (or by `draftwire token`).

Owns the claims and what makes a token valid; not what its bearer may do (`core/access/access.py`), nor where public
keys come from (`services/access/jwks.py`). HS256 is for the server's own keys: the first signs, each verifies, so that
keys can be rotated. RS256 and ES256 are for public keys of a JWKS. A key's own type decides with which algorithm it
verifies, never the token's header, so no public key can be passed off as a secret. No clock: ``now`` is passed in. A
token never enters an error text.
"""

import re
from typing import Any, Final, Literal
from urllib.parse import urlsplit

import jwt
import msgspec

from draftwire.errors import Problem
from draftwire_server.core.access.access import Mode, Right, Role
from draftwire_server.core.access.outward import LOOPBACK, destination, is_allowed
from draftwire_server.limits.contract import NAME_CHARS, TOKEN_SCOPES

SKEW_S: Final = 30.0  # clocks of the platform and of ours differ by so much
RSA_BITS: Final = 2048  # NIST SP 800-131A: shorter ones are disallowed
KEYS_TRIED: Final = 10  # of a set, for a token that names none

Algorithm = Literal["HS256", "RS256", "ES256"]
SYMMETRIC: Final = "HS256"


class ClaimedGrant(msgspec.Struct, frozen=True, omit_defaults=True):
    """Rights below a path prefix, on one item, or (neither) on everything."""

    may: frozenset[Right]
    prefix: str | None = None
    item: str | None = None
    until: float | None = None


class Claims(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a token says.

    ``sub`` is the platform's id of the person who answers for everything done with it; an agent's token names
    the agent beside the person for whom it acts. ``may``, ``prefixes`` and ``items`` narrow whatever the person holds;
    ``role`` and ``grants`` count for a person whom the workspace does not know yet. With ``mode`` "suggest" nothing is
    written but suggestions. ``model`` is what the agent's runs name unless they say otherwise.
    """

    sub: str
    workspace: str  # id or external id
    exp: float
    iat: float = 0.0
    nbf: float = 0.0
    iss: str | None = None
    aud: str | tuple[str, ...] | None = None
    name: str | None = None
    username: str | None = None
    role: Role | None = None
    agent: str | None = None
    run: str | None = None
    model: str | None = None
    mode: Mode = "apply"
    may: frozenset[Right] | None = None
    prefixes: tuple[str, ...] | None = None
    items: tuple[str, ...] | None = None
    grants: tuple[ClaimedGrant, ...] = ()
    jti: str | None = None


class Trust(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whose tokens open a workspace. What is None is not asked for."""

    issuer: str | None = None
    audience: str | None = None
    jwks_url: str | None = None
    algorithms: tuple[Algorithm, ...] = ("HS256",)


class Unverified(msgspec.Struct, frozen=True):
    """What a token claims to be, before anything of it is believed: enough to find the keys that prove it."""

    workspace: str
    algorithm: Algorithm
    kid: str | None


class PublicKey(msgspec.Struct, frozen=True):
    """A key of a JWKS that can verify; its type has decided the algorithm."""

    algorithm: Literal["RS256", "ES256"]
    kid: str | None
    key: Any  # of the cryptography package


class _Header(msgspec.Struct, frozen=True):
    alg: Algorithm
    kid: str | None = None
    crit: Any = None


class _Workspace(msgspec.Struct, frozen=True):
    workspace: str


_NO_CHECKS: Final = {  # made below, against the clock that we are given and the workspace's settings
    "verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False, "verify_iss": False,
    "verify_sub": False, "verify_jti": False,
}  # fmt: skip


def sign_token(claims: Claims, keys: tuple[str, ...]) -> str:
    """Make a token with the first of ``keys``."""
    return jwt.encode(msgspec.to_builtins(claims, builtin_types=(float,)), keys[0], algorithm=SYMMETRIC)


def peek(token: str) -> Unverified:
    """Say what a token claims to be. Raises `Problem` unauthenticated if it is none that we could ever accept."""
    try:
        parts = jwt.api_jws.decode_complete(token, options={"verify_signature": False})
        header = msgspec.convert(parts["header"], _Header)
        workspace = msgspec.json.decode(parts["payload"], type=_Workspace).workspace
    except (jwt.PyJWTError, msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Problem("unauthenticated", "The token is malformed.") from error
    if header.crit is not None:
        raise Problem("unauthenticated", "The token needs extensions that this server does not know.")
    if not 0 < len(workspace) <= NAME_CHARS or "\0" in workspace:
        raise Problem("unauthenticated", "A name in the token is empty or too long.")
    return Unverified(workspace, header.alg, header.kid)


def read_token(token: str, keys: tuple[str, ...], now: float, trust: Trust | None = None) -> Claims:
    """Verify a token of the server's own keys and give its claims; ``trust`` None: its times and names alone.

    Raises:
        Problem: `token_expired`, or `unauthenticated` for everything else that is wrong with it.
    """
    for key in keys:
        payload = _verified(token, key, SYMMETRIC)
        if payload is not None:
            return _checked(payload, now, SYMMETRIC, trust)
    raise Problem("unauthenticated", "The token is signed with an unknown key.")


def read_public_token(token: str, keys: tuple[PublicKey, ...], now: float, trust: Trust) -> Claims:
    """Verify a token by public keys and give its claims. Raises `Problem` token_expired or unauthenticated."""
    claimed = peek(token)
    fitting = [key for key in keys if key.algorithm == claimed.algorithm]
    for key in [key for key in fitting if claimed.kid is None or key.kid in (None, claimed.kid)][:KEYS_TRIED]:
        payload = _verified(token, key.key, key.algorithm)
        if payload is not None:
            return _checked(payload, now, key.algorithm, trust)
    raise Problem("unauthenticated", "The token is signed with an unknown key.")


def _verified(token: str, key: Any, algorithm: str) -> object | None:
    try:
        return jwt.decode(token, key, algorithms=[algorithm], options=_NO_CHECKS)  # type: ignore[arg-type]
    except jwt.InvalidSignatureError:
        return None
    except jwt.PyJWTError as error:
        raise Problem("unauthenticated", "The token is malformed.") from error


def _checked(payload: object, now: float, algorithm: str, trust: Trust | None) -> Claims:
    try:
        claims = msgspec.convert(payload, Claims)
    except msgspec.ValidationError as error:
        raise Problem("unauthenticated", f"The token's claims have a wrong shape: {error}") from error
    texts = (claims.sub, claims.workspace, claims.name, claims.username, claims.agent, claims.model, claims.jti)
    if any(text is not None and not 0 < len(text) <= NAME_CHARS for text in texts):
        raise Problem("unauthenticated", "A name in the token is empty or too long.")
    if any("\0" in text for text in texts if text):
        raise Problem("unauthenticated", "A name in the token contains characters that are not allowed.")
    if max(len(claims.prefixes or ()), len(claims.items or ())) > TOKEN_SCOPES:
        raise Problem("unauthenticated", "The token names too many places.")
    if claims.iat > now + SKEW_S or claims.nbf > now + SKEW_S:
        raise Problem("unauthenticated", "The token is not valid yet.")
    if not claims.exp > now:
        raise Problem("token_expired")
    if trust is not None:
        check_trusted(claims, algorithm, trust)
    return claims


def check_trusted(claims: Claims, algorithm: str, trust: Trust) -> None:
    """Check that a workspace trusts this issuer's tokens, made for this audience. Raises `Problem` unauthenticated."""
    if algorithm not in trust.algorithms:
        raise Problem("unauthenticated", "The workspace does not accept tokens signed with this algorithm.")
    if trust.issuer is not None and claims.iss != trust.issuer:
        raise Problem("unauthenticated", "The token is from another issuer.")
    if trust.audience is not None:
        audiences = (claims.aud,) if isinstance(claims.aud, str) else claims.aud or ()
        if trust.audience not in audiences:
            raise Problem("unauthenticated", "The token is for another audience.")


def jwks_url_problem(url: str) -> str | None:
    """What is wrong with the address of a JWKS; None if nothing is."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "it is no URL"
    if len(url) > 2000 or not host or parts.username is not None or parts.fragment:
        return "it is no plain URL"
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK):
        return None
    return "it must begin with https://"  # whoever answers in its place could let anybody in


def jwks_host_problem(url: str, hosts: tuple[str, ...]) -> str | None:
    """Why a workspace may not name this address (one that `jwks_url_problem` passes): the server would be sent there.

    ``hosts`` are those that the operator allows, also inside of the network; none = all of the public Internet.
    """
    host = (urlsplit(url).hostname or "").removesuffix(".")
    if hosts and not is_allowed(host, hosts):
        return "the operator of this server does not allow that host"
    try:
        destination(url, hosts)
    except ValueError as problem:
        return str(problem)
    return None


def public_keys(document: bytes) -> tuple[PublicKey, ...]:
    """The keys of a JWKS (RFC 7517) that can verify tokens; others in it are passed over.

    Raises:
        ValueError: it is no JWKS.
    """
    try:
        listed = msgspec.json.decode(document)["keys"]
    except (msgspec.DecodeError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ValueError("no JWKS") from error
    if not isinstance(listed, list):
        raise ValueError("no JWKS")
    return tuple(key for each in listed if isinstance(each, dict) and (key := _public_key(each)) is not None)


def _public_key(given: dict[str, Any]) -> PublicKey | None:
    match given.get("kty"), given.get("crv"):
        case "RSA", _:
            algorithm: Literal["RS256", "ES256"] = "RS256"
        case "EC", "P-256":
            algorithm = "ES256"
        case _:
            return None  # secrets ("oct") above all: what anybody may fetch proves nothing
    operations = given.get("key_ops")
    wrong_use = given.get("use", "sig") != "sig" or (isinstance(operations, list) and "verify" not in operations)
    kid = given.get("kid")
    if wrong_use or given.get("alg", algorithm) != algorithm or not isinstance(kid, str | None):
        return None
    try:
        # Without its private part, if a careless platform publishes that too.
        key = jwt.PyJWK(
            {name: given[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in given}, algorithm
        ).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    if algorithm == "RS256" and key.key_size < RSA_BITS:
        return None
    return PublicKey(algorithm, kid, key)


_NOT_IN_USERNAMES = re.compile(r"[^a-z0-9._-]+")


def username_of(claims: Claims) -> str:
    """The name of the user's own place ``u/<username>/``, made from what the token says."""
    return username_from(claims.username or claims.sub)


def username_from(name: str) -> str:
    """The same from a name or address."""
    wanted = name.partition("@")[0].lower()
    return _NOT_IN_USERNAMES.sub("-", wanted).strip("-.")[:64] or "user"
