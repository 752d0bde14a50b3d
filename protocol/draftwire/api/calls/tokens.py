"""Made by `make generate` from draftwire.rest: change it there."""

from draftwire.api.asking import Asking
from draftwire.rest.identity import Identity, IdentitySettings, Revoked, RevokedToken


class TokensCalls:
    """Requests of `Api.tokens`."""

    def __init__(self, api: Asking) -> None:
        self._api = api

    async def revoke(
        self, *, jti: str | None = None, expires_at: float | None = None, token: str | None = None
    ) -> Revoked:
        """Revoke a token.

        Refuse a token from now on, on every worker. Admins name any by its ``jti``; whoever holds a token may end it.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(
            Revoked,
            "POST",
            await self._api.in_workspace("tokens", "revoke"),
            body=RevokedToken(jti=jti, expires_at=expires_at, token=token),
        )

    async def identity(self) -> Identity:
        """Whose tokens open the workspace.

        The workspace's issuer, and what holds together with the server's defaults. Admins only.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Identity, "GET", await self._api.in_workspace("identity"))

    async def set_identity(self, body: IdentitySettings) -> Identity:
        """Say whose tokens open the workspace.

        Set issuer, audience, JWKS address and algorithms. One's own token must still count. Admins only.

        Raises:
            Problem: forbidden, bad_jwks, locks_out.
        """
        return await self._api.ask(Identity, "PUT", await self._api.in_workspace("identity"), body=body)
