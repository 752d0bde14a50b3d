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

        Refuses a token from now on, on every worker. Name it by its ``jti``, or send the token itself.

        Who may: workspace admins, for any token; everyone, for a token they hold.

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
        """Get the workspace's token issuer.

        Returns the workspace's own settings, and what applies together with the server's defaults.

        Who may: workspace admins.

        Raises:
            Problem: forbidden.
        """
        return await self._api.ask(Identity, "GET", await self._api.in_workspace("identity"))

    async def set_identity(self, body: IdentitySettings) -> Identity:
        """Set the workspace's token issuer.

        Sets issuer, audience, JWKS URL and algorithms. Refused with `locks_out` if your own token would no longer be
        valid.

        Who may: workspace admins.

        Raises:
            Problem: forbidden, bad_jwks, locks_out.
        """
        return await self._api.ask(Identity, "PUT", await self._api.in_workspace("identity"), body=body)
