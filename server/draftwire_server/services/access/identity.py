"""Who is behind a token or an API key: verifies it, finds or makes the user, and loads what they may do.

A `Principal` lives as long as its connection or request; `reload` brings its access up to date after the workspace's
`acl_rev` moved, and ends it if its token or key was revoked or its issuer is trusted no more. Neither is ever logged.
"""

import hashlib
import hmac
import math
import re
import secrets
import time
from typing import Any, Final

import jwt
import msgspec

from draftwire.errors import Problem
from draftwire.wire.agents import check_label
from draftwire.wire.messages import ActorInfo
from draftwire_server.core.access.access import (
    EVERYTHING,
    Access,
    Action,
    Resource,
    Right,
    Within,
    claims_ids,
    decide,
    for_agent,
)
from draftwire_server.core.access.tokens import (
    SYMMETRIC,
    Algorithm,
    Claims,
    Trust,
    check_trusted,
    peek,
    read_public_token,
    read_token,
    username_of,
)
from draftwire_server.core.ids import SESSION_PATTERN, actor_id, secret_text
from draftwire_server.limits.contract import AGENTS_PER_USER, TOKEN_BYTES
from draftwire_server.services.access.jwks import Jwks
from draftwire_server.services.access.names import People, actor_info
from draftwire_server.settings import Settings
from draftwire_server.store.access import keys, members
from draftwire_server.store.access.access import AccessRow, Asked, load_access, load_many
from draftwire_server.store.agents import runs
from draftwire_server.store.people import erasure, grants
from draftwire_server.store.postgres import Connection, Database

LEEWAY_S = 5.0  # clocks of platform and server differ by so much at the most
RESUME_DAYS = 30  # as long as unsent edits are kept by clients
KEY_PREFIX: Final = "dwk_"  # scanners of secrets know a leaked one by it
RELOADED_AT_ONCE = 500  # a statement of some tens of ms
USES_EVERY_S = 60.0  # a key's last use is written so often at the most
_ALGORITHM = "HS256"
_KEY = re.compile(r"dwk_([a-z0-9]{1,64})_([a-z2-7]{52})")


class Credential(msgspec.Struct, frozen=True):
    """With what somebody came: the claims of a token, or an API key."""

    expires_at: float  # infinite for a key without an end
    claims: Claims | None = None
    algorithm: Algorithm = SYMMETRIC
    key: str | None = None
    declared: str | None = None  # the agent that whoever came said to be; that only narrows

    @property
    def agent(self) -> str | None:
        """The label of the agent that acts, if one does."""
        return self.declared or (None if self.claims is None else self.claims.agent)


SERVER: Final = Credential(math.inf)


class Principal:
    """Somebody who was let in: with what, their actor, and what they may do as of `acl_rev`."""

    __slots__ = ("access", "acl_rev", "credential", "external_id", "has_row", "info", "workspace")

    def __init__(
        self,
        workspace: members.WorkspaceRow,
        credential: Credential,
        external_id: str | None,
        info: ActorInfo,
        access: Access,
        acl_rev: int,
        *,
        has_row: bool = True,
    ) -> None:
        self.workspace = workspace
        self.credential = credential
        self.external_id = external_id
        self.info = info
        self.access = access
        self.acl_rev = acl_rev
        self.has_row = has_row  # whether its actor is written down; reading needs none (`Identity.ensure`)

    @property
    def expires_at(self) -> float:
        """When the token or key ends; infinite if it does not."""
        return self.credential.expires_at

    def expires_in(self, now: float) -> float | None:
        """Seconds until the token or key ends; None if it does not."""
        return None if math.isinf(self.expires_at) else round(self.expires_at - now, 1)

    def may(self, action: Action, resource: Resource) -> bool:
        """Decide, now."""
        return decide(self.access, action, resource, time.time())

    def require_claim(self, external_id: str | None, known: str | None = None) -> None:
        """Let only those who may give an item an id of the platform's, or take it away; ``known`` is the one it has.

        Raises:
            Problem: forbidden.
        """
        if external_id != known and not claims_ids(self.access, time.time()):
            raise self.lacks("admin", "Only workspace admins can set external ids.")

    def lacks(self, right: Right, message: str | None = None) -> Problem:
        """The refusal of what would need a right, to somebody who may see what it is about."""
        if self.access.mode == "suggest":
            return Problem("suggest_only")
        return Problem("forbidden", message, detail={"missing": right})

    def may_nothing(self, acl_rev: int) -> None:
        """They were removed: what they sent before is refused, whoever still holds it."""
        self.access = msgspec.structs.replace(self.access, grants=(), narrowed_to=frozenset())
        self.acl_rev = acl_rev

    def renew(self, other: "Principal") -> None:
        """The same actor brought another token: from now on its end and its narrowing count. Raises `Problem`."""
        if (other.workspace.id, other.info.id) != (self.workspace.id, self.info.id):
            raise Problem("unauthenticated", "The new token must be for the same user and workspace.")
        self.credential = other.credential
        self.access, self.acl_rev = other.access, other.acl_rev

    def in_run(self, run: str) -> "Principal":
        """The same, as it acts in a run of its own: what it writes says so."""
        access = msgspec.structs.replace(self.access, run=run)
        return Principal(
            self.workspace, self.credential, self.external_id, self.info, access, self.acl_rev, has_row=self.has_row
        )

    @property
    def is_agent(self) -> bool:
        """Whether an agent acts, for the person of the same access."""
        return self.access.is_agent

    @property
    def model(self) -> str | None:
        """The model that the agent's token names; a run that names none of its own is of it."""
        return None if self.credential.claims is None else self.credential.claims.model

    @property
    def is_server(self) -> bool:
        """Whether nobody came: the server carries on what somebody began."""
        return self.credential is SERVER

    @classmethod
    def of_server(cls, workspace: str, info: ActorInfo, acl_rev: int) -> "Principal":
        """The server itself, for work that is ``info``'s doing; it may nothing that is asked for by a right."""
        row = members.WorkspaceRow(workspace, None, "", "", {}, {})
        access = Access(info.user or "", "", "operator", (), info.id, narrowed_to=frozenset())
        return cls(row, SERVER, None, info, access, acl_rev)


class _Resume(msgspec.Struct, frozen=True):
    session: str
    actor: str
    workspace: str


class TrustSettings(msgspec.Struct, frozen=True):
    """What a workspace says of its issuer; see `draftwire.rest.identity`."""

    issuer: str | None = None
    audience: str | None = None
    jwks_url: str | None = None
    algorithms: tuple[Algorithm, ...] | None = None


def make_key(workspace: str) -> str:
    """A new API key: it names its workspace, the rest are 256 random bits."""
    return f"{KEY_PREFIX}{workspace}_{secret_text(secrets.token_bytes(32))}"


def key_hash(key: str) -> bytes:
    """What is kept of a key; why a plain hash is enough stands in `store/access/keys.py`."""
    return hashlib.sha256(key.encode()).digest()


class Identity:
    """Verifies tokens, keys and resumes."""

    def __init__(self, settings: Settings, database: Database, people: People, jwks: Jwks) -> None:
        self._keys = settings.token_keys
        self._resume_key = settings.resume_key
        self._default = Trust(settings.issuer, settings.audience, settings.jwks_url, settings.algorithms)
        self._database = database
        self._people = people
        self._jwks = jwks
        self._uses: dict[tuple[str, str], float] = {}
        self._uses_written_at = float("-inf")

    def trust(self, identity: dict[str, Any]) -> Trust:
        """Whose tokens open a workspace: as it says, else as the server does. An own issuer replaces the server's."""
        own = msgspec.convert(identity, TrustSettings)
        default = self._default
        source = own if own.issuer is not None or own.jwks_url is not None else default
        if own.algorithms is not None:
            algorithms = own.algorithms
        elif own.jwks_url is not None:
            algorithms = ("RS256", "ES256")
        else:
            algorithms = default.algorithms
        return Trust(source.issuer, own.audience or default.audience, source.jwks_url, algorithms)

    async def authenticate(self, bearer: str, act_for: str | None = None, agent: str | None = None) -> Principal:
        """Let the bearer of a token or key in.

        ``act_for`` is the platform's id of the user for whom a key acts, ``agent`` the label of the agent that acts.

        Raises:
            Problem: unauthenticated, token_expired, forbidden (the key may not act for that user, the token is
                another agent's), bad_message (no label), unavailable.
        """
        if agent is not None:
            check_label(agent)
        if len(bearer) > TOKEN_BYTES:
            raise Problem("unauthenticated", "The token is too long.")
        if bearer.startswith(KEY_PREFIX):
            return await self._by_key(bearer, act_for, agent)
        if act_for is not None:
            raise Problem("forbidden", "Only API keys can act for other users.")
        workspace, credential = await self._verified(bearer)
        if agent is not None:
            credential = _declared(credential, agent)
        claims = credential.claims
        assert claims is not None
        async with self._database.transaction() as connection:
            member = await self._member(connection, workspace.id, claims)
            label = credential.agent
            kind = "user" if label is None else "agent"
            actor = members.ActorRow("", kind, member.id, member.name, label or "")
            found = await self._admitted(connection, workspace, credential, member.external_id, actor)
            if claims.run is not None and await runs.find_actor(connection, workspace.id, claims.run) != found.info.id:
                raise Problem("unauthenticated", "The token's run belongs to another agent.")
            return found

    async def declare(self, principal: Principal, agent: str) -> Principal:
        """Whoever was let in says that an agent acts from now on. Raises `Problem` bad_message, forbidden, …"""
        check_label(agent)
        workspace, user = principal.workspace, principal.access.user
        credential = _declared(principal.credential, agent)
        name = principal.info.on_behalf_of or principal.info.name
        actor = members.ActorRow("", "agent", user, name, agent)
        async with self._database.transaction() as connection:
            return await self._admitted(connection, workspace, credential, principal.external_id, actor)

    async def _admitted(
        self,
        connection: Connection,
        workspace: members.WorkspaceRow,
        credential: Credential,
        external_id: str | None,
        actor: members.ActorRow,
    ) -> Principal:
        """``external_id``: the platform's id of the user; ``actor``: who acts, without an id."""
        known = await members.find_actor(connection, workspace.id, actor.kind, actor.user, actor.label)
        made = known or actor_id(workspace.id, actor.kind, actor.user, actor.label)
        info = actor_info(msgspec.structs.replace(actor, id=made))
        access, acl_rev = await self._access(connection, workspace.id, credential, actor.user, made)
        self._people.remember(workspace.id, info)
        return Principal(workspace, credential, external_id, info, access, acl_rev, has_row=known is not None)

    async def ensure(self, principal: Principal) -> None:
        """Write a principal's actor down, before its first write: whatever is written names it.

        Raises:
            Problem: quota (so many agents have written for the user), busy (it was made with another id meanwhile, by a
                worker of an earlier release: who comes again has that one), unavailable.
        """
        if principal.has_row:
            return
        info, workspace, user = principal.info, principal.workspace.id, principal.access.user
        label = "" if info.kind == "user" else info.name
        async with self._database.transaction() as connection:
            if info.kind == "agent" and await members.count_agents(connection, workspace, user) >= AGENTS_PER_USER:
                raise Problem(
                    "quota",
                    f"This user already has {AGENTS_PER_USER} agents with different labels. Reuse one of the labels.",
                    detail={"of": "agents"},
                )
            found = await members.ensure_actor(connection, workspace, info.kind, user, label)
        if found != info.id:
            raise Problem("busy", "The server is busy. Try again.")
        principal.has_row = True

    async def reload(self, principal: Principal) -> None:
        """Bring a principal's access up to date. Raises `Problem` if they, their token or key no longer count."""
        async with self._database.acquired() as connection:
            await self.reload_in(connection, principal)

    async def reload_many(self, principals: list[Principal]) -> list[tuple[Principal, Problem]]:
        """Bring many of one workspace up to date, a few hundred a statement; gives those who no longer count, and why.

        Raises:
            Problem: unavailable.
        """
        ended: list[tuple[Principal, Problem]] = []
        async with self._database.acquired() as connection:
            for start in range(0, len(principals), RELOADED_AT_ONCE):
                part = principals[start : start + RELOADED_AT_ONCE]
                came_with = [principal.credential for principal in part]
                asked = [_asked(p.credential, p.access.user) for p in part]
                rows = await load_many(connection, part[0].workspace.id, asked)
                for principal, credential, row in zip(part, came_with, rows, strict=True):
                    if principal.credential is not credential:
                        continue  # renewed meanwhile, and so up to date
                    try:
                        found = self._found(row, credential, principal.info.id)
                    except Problem as problem:
                        ended.append((principal, problem))
                    else:
                        principal.access, principal.acl_rev = found
        return ended

    async def reload_in(self, connection: Connection, principal: Principal) -> None:
        """The same in a transaction of the caller's."""
        principal.access, principal.acl_rev = await self._access(
            connection, principal.workspace.id, principal.credential, principal.access.user, principal.info.id
        )

    # ---- tokens

    async def _verified(self, token: str) -> tuple[members.WorkspaceRow, Credential]:
        """Check a token by the keys that its workspace trusts, and by no others. Raises `Problem`."""
        claimed = peek(token)
        own: Claims | None = None
        if claimed.algorithm == SYMMETRIC:
            own = read_token(token, self._keys, time.time())  # before anything is asked of Postgres
        workspace = await self._workspace(claimed.workspace)
        if workspace is None:
            raise Problem("unauthenticated", "The token's workspace does not exist on this server.")
        trust = self.trust(workspace.identity)
        if own is not None:
            check_trusted(own, SYMMETRIC, trust)
            return workspace, Credential(own.exp, own)
        if claimed.algorithm not in trust.algorithms or trust.jwks_url is None:
            raise Problem("unauthenticated", "The workspace does not accept tokens signed with this algorithm.")
        try:
            claims = read_public_token(token, await self._jwks.keys(trust.jwks_url), time.time(), trust)
        except Problem as problem:
            if problem.code != "unauthenticated" or not await self._jwks.look_again(trust.jwks_url):
                raise
            claims = read_public_token(token, await self._jwks.keys(trust.jwks_url), time.time(), trust)
        return workspace, Credential(claims.exp, claims, claimed.algorithm)

    async def claims_of(self, token: str, workspace: str) -> Claims:
        """What a token says that opens a workspace. Raises `Problem` unauthenticated, token_expired, not_found."""
        if len(token) > TOKEN_BYTES:
            raise Problem("unauthenticated", "The token is too long.")
        found, credential = await self._verified(token)
        if found.id != workspace or credential.claims is None:
            raise Problem("not_found")
        return credential.claims

    async def _workspace(self, name: str) -> members.WorkspaceRow | None:
        async with self._database.acquired() as connection:
            return await members.find_workspace(connection, name)

    async def _member(self, connection: Connection, workspace: str, claims: Claims) -> members.MemberRow:
        member = await members.find_member(connection, workspace, claims.sub)
        if member is None:
            erased = await erasure.erased_at(connection, workspace, self.subject_hash(workspace, claims.sub))
            if erased is not None and claims.iat < erased:
                raise Problem("unauthenticated", "This user was removed from the workspace.")
            member = await members.add_member(
                connection,
                workspace,
                external_id=claims.sub,
                username=username_of(claims),
                name=claims.name or claims.username or claims.sub,
                role=claims.role or "editor",
            )
            for grant in claims.grants:
                await grants.grant(
                    connection, workspace, member.id, grant.may,
                    prefix=None if grant.prefix is None else closed_prefix(grant.prefix),
                    item=grant.item, until=grant.until,
                )  # fmt: skip
        if member.removed:
            raise Problem("unauthenticated", "This user was removed from the workspace.")
        return member

    def subject_hash(self, workspace: str, subject: str) -> bytes:
        """A keyed hash of a user's external id: who reads the database alone can't try out addresses."""
        text = f"subject\0{workspace}\0{subject}"
        return hmac.digest(self._resume_key.encode(), text.encode(), "sha256")

    # ---- API keys

    async def _by_key(self, key: str, act_for: str | None, agent: str | None) -> Principal:
        parsed = _KEY.fullmatch(key)
        workspace = None if parsed is None else await self._workspace(parsed[1])
        if workspace is None:
            raise Problem("unauthenticated", "Unknown API key.")
        async with self._database.transaction() as connection:
            found = await keys.find_key(connection, workspace.id, key_hash(key))
            if found is None:
                raise Problem("unauthenticated", "Unknown API key.")
            key_id, owner, name = found
            if act_for is None:
                member = await members.load_member(connection, workspace.id, owner)
            else:
                member = await members.find_member(connection, workspace.id, act_for.removeprefix("ext:"))
                if member is None:  # told as one for whom it may not act is
                    raise Problem("forbidden", "The API key is not allowed to act for that user.")
            assert member is not None
            row = await load_access(connection, workspace.id, member.id, key=key_id)
            if row is None or row.key is None:
                raise Problem("unauthenticated", "Unknown API key.")
            check_key(row, time.time())
            kind = "api_key" if agent is None else "agent"
            actor = members.ActorRow("", kind, member.id, member.name, agent or name)
            ends_at = math.inf if row.key.expires_at is None else row.key.expires_at
            credential = Credential(ends_at, key=key_id, declared=agent)
            principal = await self._admitted(connection, workspace, credential, member.external_id, actor)
        self._uses[(workspace.id, key_id)] = time.time()
        return principal

    async def write_uses(self) -> None:
        """Write when keys were last used, many at once and seldom. Raises `Problem` unavailable."""
        now = time.monotonic()
        if not self._uses or now - self._uses_written_at < USES_EVERY_S:
            return
        uses, self._uses = self._uses, {}
        self._uses_written_at = now
        async with self._database.acquired() as connection:
            await keys.note_uses(connection, [(workspace, key, at) for (workspace, key), at in uses.items()])

    # ---- what they may

    async def _access(
        self, connection: Connection, workspace: str, credential: Credential, user: str, actor: str
    ) -> tuple[Access, int]:
        (row,) = await load_many(connection, workspace, [_asked(credential, user)])
        return self._found(row, credential, actor)

    def _found(self, row: AccessRow | None, credential: Credential, actor: str) -> tuple[Access, int]:
        """What was loaded, narrowed by token or key. Raises `Problem` if they no longer count."""
        if row is None or row.member.removed:
            raise Problem("unauthenticated", "This user was removed from the workspace.")
        access = Access(row.member.id, row.member.username, row.member.role, row.grants, actor)
        claims = credential.claims
        if claims is None:
            check_key(row, time.time())
            assert row.key is not None
            within = _within(row.key.prefixes, row.key.items)
            may, is_agent = row.key.may, credential.agent is not None
            if is_agent:
                may = for_agent(None if may == EVERYTHING else may)  # a key that says nothing is kept as one for all
            narrowed = msgspec.structs.replace(
                access, is_agent=is_agent, narrowed_to=may, within=within, reads_secrets=row.key.reads_secrets
            )
            return narrowed, row.acl_rev
        self._check_token(row, credential, claims)
        is_agent = credential.agent is not None
        narrowed = msgspec.structs.replace(
            access,
            is_agent=is_agent,
            run=claims.run,
            narrowed_to=for_agent(claims.may) if is_agent else EVERYTHING if claims.may is None else claims.may,
            mode=claims.mode,
            within=_within(claims.prefixes, None if claims.items is None else row.items),
        )
        return narrowed, row.acl_rev

    def _check_token(self, row: AccessRow, credential: Credential, claims: Claims) -> None:
        """Whether a token that was good when it came still is. Raises `Problem` unauthenticated."""
        if row.token_revoked or (row.tokens_before is not None and claims.iat < row.tokens_before):
            raise Problem("unauthenticated", "The token was revoked.")
        check_trusted(claims, credential.algorithm, self.trust(row.identity))

    # ---- resume

    def resume_token(self, session: str, principal: Principal) -> str:
        """Sign that this session is this actor's; no database is asked when it comes back."""
        payload = {"session": session, "actor": principal.info.id, "workspace": principal.workspace.id}
        expires = time.time() + RESUME_DAYS * 86_400
        return jwt.encode({**payload, "exp": int(expires)}, self._resume_key, algorithm=_ALGORITHM)

    def check_session(self, session: str, resume: str | None, principal: Principal) -> None:
        """Check a session id and, if it comes back, that it is this actor's. Raises `Problem` bad_session."""
        if not SESSION_PATTERN.fullmatch(session):
            raise Problem("bad_session", "A session id must have 22 to 43 URL-safe characters.")
        if resume is None:
            return
        try:
            signed = msgspec.convert(
                jwt.decode(resume, self._resume_key, algorithms=[_ALGORITHM], leeway=LEEWAY_S), _Resume
            )
        except (jwt.InvalidTokenError, msgspec.ValidationError) as error:
            raise Problem("bad_session", "The resume token is not valid.") from error
        if signed != _Resume(session, principal.info.id, principal.workspace.id):
            raise Problem("bad_session", "The resume token belongs to another session.")


def _declared(credential: Credential, agent: str) -> Credential:
    if credential.agent is not None and credential.agent != agent:
        raise Problem("forbidden", "The token belongs to another agent.")
    return msgspec.structs.replace(credential, declared=agent)


def _asked(credential: Credential, user: str) -> Asked:
    claims = credential.claims
    if claims is None:
        return Asked(user, key=credential.key)
    named = claims.items or ()
    return Asked(user, jti=claims.jti, items=(*named, *(item.removeprefix("ext:") for item in named)))


def check_key(row: AccessRow, now: float) -> None:
    """Whether a key opens anything, and for this user. Raises `Problem` unauthenticated, token_expired, forbidden."""
    key = row.key
    if key is None or key.revoked or key.owner_removed:
        raise Problem("unauthenticated", "The API key was revoked.")
    if key.expires_at is not None and key.expires_at <= now:
        raise Problem("token_expired", "The API key has expired.")
    user = row.member
    if user.id == key.user:
        return
    # Acting for others is an admin's to give, and lasts as long as they are one.
    allowed = key.owner_role == "admin" and (key.act_for_any or user.id in key.act_for)
    if not allowed or user.removed:
        raise Problem("forbidden", "The API key is not allowed to act for that user.")


def closed_prefix(prefix: str) -> str:
    """A path prefix that ends between segments: ``f/pay`` must not reach ``f/payments/``."""
    return prefix if prefix == "" or prefix.endswith("/") else prefix + "/"


def _within(prefixes: tuple[str, ...] | None, items: tuple[str, ...] | None) -> Within | None:
    if prefixes is None and items is None:
        return None
    return Within(tuple(closed_prefix(prefix) for prefix in prefixes or ()), items or ())
