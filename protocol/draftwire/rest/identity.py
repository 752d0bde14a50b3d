"""Whose tokens open a workspace, and which ones no longer, over HTTP."""

from typing import Literal

import msgspec

from draftwire.rest.route import Route

Algorithm = Literal["HS256", "RS256", "ES256"]


class IdentitySettings(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A workspace's own issuer; what is not given is as the server's settings say.

    With a ``jwks_url`` an ``issuer`` is needed. HS256 stands for the server's own keys: leave it out, and only tokens
    of the issuer count (and API keys).
    """

    issuer: str | None = None
    audience: str | None = None
    jwks_url: str | None = None
    algorithms: tuple[Algorithm, ...] | None = None


class Identity(msgspec.Struct, frozen=True):
    """What the workspace sets, and what holds together with the server's defaults."""

    set: IdentitySettings
    holds: IdentitySettings


class RevokedToken(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A token to refuse from now on: by its ``jti``, until it expires by itself (Unix seconds), or as it is."""

    jti: str | None = None
    expires_at: float | None = None
    token: str | None = None


class Revoked(msgspec.Struct, frozen=True):
    """A token that counts no more, and how long that is remembered."""

    jti: str
    until: float


# ---- routes

REVOKE_TOKEN = Route(
    id="revoke_token",
    method="POST",
    path="tokens/revoke",
    api="tokens.revoke",
    body=RevokedToken,
    answer=Revoked,
    codes=("forbidden",),
    summary="Revoke a token",
    description="Refuses a token from now on, on every worker. Name it by its ``jti``, or send the token itself.",
    who="workspace admins, for any token; everyone, for a token they hold",
)

LOAD_IDENTITY = Route(
    id="load_identity",
    method="GET",
    path="identity",
    api="tokens.identity",
    answer=Identity,
    codes=("forbidden",),
    summary="Get the workspace's token issuer",
    description="Returns the workspace's own settings, and what applies together with the server's defaults.",
    who="workspace admins",
)

SET_IDENTITY = Route(
    id="set_identity",
    method="PUT",
    path="identity",
    api="tokens.set_identity",
    body=IdentitySettings,
    answer=Identity,
    codes=("forbidden", "bad_jwks", "locks_out"),
    summary="Set the workspace's token issuer",
    description="""
    Sets issuer, audience, JWKS URL and algorithms. Refused with `locks_out` if your own token would no longer be
    valid.
    """,
    who="workspace admins",
)
