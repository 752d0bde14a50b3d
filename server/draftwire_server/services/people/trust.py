"""Whose tokens open a workspace, and which ones no longer: its issuer, single tokens, all tokens of a user."""

from typing import Any

import msgspec

from draftwire.errors import Problem
from draftwire.rest.identity import Identity as IdentityAnswer
from draftwire.rest.identity import IdentitySettings, Revoked, RevokedToken
from draftwire.rest.members import SignedOut, SignOut
from draftwire_server.core.access.access import is_narrowed
from draftwire_server.core.access.tokens import SKEW_S, Trust, check_trusted
from draftwire_server.limits.contract import EXTERNAL_ID_CHARS, NAME_CHARS
from draftwire_server.services.access.changes import Changes, Changing
from draftwire_server.services.access.identity import Identity, Principal
from draftwire_server.services.access.jwks import Jwks
from draftwire_server.services.people.members import checked_text
from draftwire_server.store.access import keys, members
from draftwire_server.store.access.members import MemberRow

REVOKED_FOR_DAYS = 366  # a token of unknown end is remembered for so long; platforms' tokens live for hours


class TokenTrust:
    """The settings of a workspace's issuer, and revocations."""

    def __init__(self, identity: Identity, jwks: Jwks, changes: Changes) -> None:
        self._identity = identity
        self._jwks = jwks
        self._changes = changes

    async def settings(self, principal: Principal) -> IdentityAnswer:
        """What the workspace sets. Raises `Problem` forbidden."""
        async with self._changes.asking(principal) as asking:
            asking.require_admin()
            workspace = await members.find_workspace(asking.connection, asking.workspace)
        assert workspace is not None
        return self._answer(workspace.identity)

    def _answer(self, identity: dict[str, Any]) -> IdentityAnswer:
        holds = self._identity.trust(identity)
        return IdentityAnswer(
            msgspec.convert(identity, IdentitySettings),
            IdentitySettings(holds.issuer, holds.audience, holds.jwks_url, holds.algorithms),
        )

    async def set(self, principal: Principal, wanted: IdentitySettings) -> IdentityAnswer:
        """Say whose tokens open the workspace. Raises `Problem` forbidden, bad_message, bad_jwks, locks_out."""
        async with self._changes.asking(principal) as asking:
            asking.require_admin()  # before anything is fetched for them
        await self._check(wanted)
        identity = msgspec.to_builtins(wanted)
        async with self._changes.begin(principal) as changing:
            changing.require_admin()
            self._keeps_the_way_in(principal, self._identity.trust(identity))
            if await members.set_identity(changing.connection, changing.workspace, identity):
                changing.tell("identity.changed")
        return self._answer(identity)

    async def _check(self, wanted: IdentitySettings) -> None:
        for text, what in ((wanted.issuer, "An issuer"), (wanted.audience, "An audience")):
            if text is not None:
                checked_text(text, EXTERNAL_ID_CHARS, what)
        if wanted.algorithms is not None and not wanted.algorithms:
            raise Problem("bad_message", "algorithms must name at least one algorithm.")
        if wanted.jwks_url is None:
            return
        if wanted.issuer is None:
            raise Problem("bad_message", "jwks_url also needs an issuer.")
        problem = self._jwks.problem_of(wanted.jwks_url)
        if problem is not None:
            raise Problem("bad_message", f"jwks_url can't be used: {problem}.")
        if not await self._jwks.usable(wanted.jwks_url):
            raise Problem("bad_jwks")

    @staticmethod
    def _keeps_the_way_in(principal: Principal, trust: Trust) -> None:
        claims = principal.credential.claims
        if claims is None:
            return  # an API key opens the workspace whatever its issuer
        try:
            check_trusted(claims, principal.credential.algorithm, trust)
        except Problem as problem:
            raise Problem(
                "locks_out", f"With these settings your own token would no longer be valid: {problem.message}"
            ) from problem

    async def revoke(self, principal: Principal, wanted: RevokedToken) -> Revoked:
        """Refuse a token from now on. Admins name any; whoever holds a token may end it. Raises `Problem`."""
        if (wanted.jti is None) == (wanted.token is None):
            raise Problem("bad_message", "Give either jti or token.")
        until: float | None
        if wanted.token is not None:
            jti, until = await self._held(principal, wanted.token)
        else:
            jti = checked_text(wanted.jti or "", NAME_CHARS, "A jti")
            own = principal.credential.claims
            until = wanted.expires_at
            if own is not None and own.jti == jti:
                until = own.exp
        async with self._changes.begin(principal) as changing:
            own = principal.credential.claims
            if wanted.token is None and (own is None or own.jti != jti):
                changing.require_admin()
            end = until if until is not None else changing.now + REVOKED_FOR_DAYS * 86_400
            if not 0 <= end < 1e11:
                raise Problem("bad_message", "expires_at must be a time, in Unix seconds.")
            end = max(end, changing.now) + SKEW_S
            if await keys.revoke_token(changing.connection, changing.workspace, jti, end):
                changing.tell("token.revoked")
        return Revoked(jti, end)

    async def _held(self, principal: Principal, token: str) -> tuple[str, float]:
        held = await self._identity.claims_of(token, principal.workspace.id)
        if held.jti is None:
            raise Problem(
                "bad_message",
                "The token has no jti and can't be revoked by itself. End all tokens of its user instead.",
            )
        return held.jti, held.exp


async def sign_out(changing: Changing, row: MemberRow, wanted: SignOut) -> SignedOut:
    """End all tokens of a user issued before a time; API keys stay. An admin's to do, or one's own.

    Raises:
        Problem: forbidden, bad_message.
    """
    access = changing.access
    own = row.id == access.user and not is_narrowed(access)
    if not own:
        changing.require_admin()
    before = changing.now if wanted.issued_before is None else wanted.issued_before
    if not 0 <= before <= changing.now + SKEW_S:
        raise Problem("bad_message", "issued_before must be a time in the past, in Unix seconds.")
    if await keys.end_tokens_before(changing.connection, changing.workspace, row.id, before):
        changing.tell("member.signed_out", member=row.id)
    return SignedOut(before)
