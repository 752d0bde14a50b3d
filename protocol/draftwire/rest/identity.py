"""Whose tokens a workspace accepts, and which are revoked, over HTTP."""

from typing import Literal

import msgspec

from draftwire.rest.route import Route

Algorithm = Literal["HS256", "RS256", "ES256"]


class IdentitySettings(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A workspace's own issuer. For fields you leave out, the server's settings apply.

    ``jwks_url`` needs an ``issuer``. HS256 stands for the server's own keys: without it, only the issuer's tokens are
    accepted (and API keys).
    """

    issuer: str | None = None
    audience: str | None = None
    jwks_url: str | None = None
    algorithms: tuple[Algorithm, ...] | None = None


class Identity(msgspec.Struct, frozen=True):
    """The workspace's own settings (``set``), and what applies together with the server's defaults (``holds``)."""

    set: IdentitySettings
    holds: IdentitySettings


class RevokedToken(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A token to refuse from now on: by its ``jti``, until it expires by itself (Unix seconds), or the token itself."""

    jti: str | None = None
    expires_at: float | None = None
    token: str | None = None


class Revoked(msgspec.Struct, frozen=True):
    """A revoked token, and until when the revocation is stored."""

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
