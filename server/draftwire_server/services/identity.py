"""Who is behind a token: verifies it, finds or makes the user, and loads what they may do.

A `Principal` lives as long as its connection or request; `reload` brings its access up to date after the workspace's
`acl_rev` moved. Tokens are never logged.
"""

import time

import jwt
import msgspec

from draftwire.errors import Problem
from draftwire.messages import ActorInfo
from draftwire_server.core.access import EVERYTHING, Access, Action, Resource, decide
from draftwire_server.core.ids import SESSION_PATTERN
from draftwire_server.core.tokens import Claims, read_token, username_of
from draftwire_server.limits import TOKEN_BYTES
from draftwire_server.services.people import People, actor_info
from draftwire_server.settings import Settings
from draftwire_server.store import members
from draftwire_server.store.postgres import Connection, Database

LEEWAY_S = 5.0  # clocks of platform and server differ by so much at the most
RESUME_DAYS = 30  # as long as unsent edits are kept by clients
_ALGORITHM = "HS256"


class Principal:
    """Somebody who was let in: their claims, their actor, and what they may do as of `acl_rev`."""

    __slots__ = ("access", "acl_rev", "claims", "expires_at", "info", "workspace")

    def __init__(
        self,
        workspace: members.WorkspaceRow,
        claims: Claims,
        info: ActorInfo,
        access: Access,
        acl_rev: int,
    ) -> None:
        self.workspace = workspace
        self.claims = claims
        self.info = info
        self.access = access
        self.acl_rev = acl_rev
        self.expires_at = claims.exp

    def may(self, action: Action, resource: Resource) -> bool:
        """Decide, now."""
        return decide(self.access, action, resource, time.time())

    def may_nothing(self, acl_rev: int) -> None:
        """They were removed: what they sent before is refused, whoever still holds it."""
        self.access = msgspec.structs.replace(self.access, grants=(), narrowed_to=frozenset())
        self.acl_rev = acl_rev

    @property
    def is_agent(self) -> bool:
        """Whether an agent acts, for the person of the same access."""
        return self.access.is_agent


class _Resume(msgspec.Struct, frozen=True):
    session: str
    actor: str
    workspace: str


class Identity:
    """Verifies tokens and resumes."""

    def __init__(self, settings: Settings, database: Database, people: People) -> None:
        self._keys = settings.token_keys
        self._resume_key = settings.resume_key
        self._database = database
        self._people = people

    def verify(self, token: str) -> Claims:
        """Check signature and times. Raises `Problem` unauthenticated or token_expired."""
        if len(token) > TOKEN_BYTES:
            raise Problem("unauthenticated", "The token is too long.")
        return read_token(token, self._keys, time.time())

    async def authenticate(self, token: str) -> Principal:
        """Let the bearer in. Raises `Problem` unauthenticated, token_expired, unavailable."""
        claims = self.verify(token)
        async with self._database.transaction() as connection:
            workspace = await members.find_workspace(connection, claims.workspace)
            if workspace is None:
                raise Problem("unauthenticated", "The token names no workspace of this server.")
            member = await self._member(connection, workspace.id, claims)
            actor = await members.ensure_actor(
                connection, workspace.id, "agent" if claims.agent else "user", member.id, claims.agent or ""
            )
            if claims.run is not None and await members.find_run_actor(connection, workspace.id, claims.run) != actor:
                raise Problem("unauthenticated", "The token's run is over or another's.")
            info = actor_info((await members.load_actors(connection, workspace.id, [actor]))[0])
            access, acl_rev = await self._access(connection, workspace.id, claims, actor)
        self._people.remember(workspace.id, info)
        return Principal(workspace, claims, info, access, acl_rev)

    async def reload(self, principal: Principal) -> None:
        """Bring a principal's access up to date. Raises `Problem` unauthenticated if they were removed."""
        workspace = principal.workspace.id
        async with self._database.acquired() as connection:
            principal.access, principal.acl_rev = await self._access(
                connection, workspace, principal.claims, principal.info.id
            )

    async def _member(self, connection: Connection, workspace: str, claims: Claims) -> members.MemberRow:
        member = await members.find_member(connection, workspace, claims.sub)
        if member is None:
            member = await members.add_member(
                connection,
                workspace,
                external_id=claims.sub,
                username=username_of(claims),
                name=claims.name or claims.username or claims.sub,
                role=claims.role or "editor",
            )
            for grant in claims.grants:
                await members.grant(
                    connection, workspace, member.id, grant.may,
                    prefix=grant.prefix, item=grant.item, until=grant.until,
                )  # fmt: skip
        if member.removed:
            raise Problem("unauthenticated", "This user was removed from the workspace.")
        return member

    async def _access(self, connection: Connection, workspace: str, claims: Claims, actor: str) -> tuple[Access, int]:
        found = await members.load_access(connection, workspace, claims.sub)
        if found is None or found.member.removed:
            raise Problem("unauthenticated", "This user was removed from the workspace.")
        access = Access(
            user=found.member.id,
            username=found.member.username,
            role=found.member.role,
            grants=found.grants,
            actor=actor,
            is_agent=claims.agent is not None,
            run=claims.run,
            narrowed_to=EVERYTHING if claims.may is None else claims.may,
        )
        return access, found.acl_rev

    # ---- resume

    def resume_token(self, session: str, principal: Principal) -> str:
        """Sign that this session is this actor's; no database is asked when it comes back."""
        payload = {"session": session, "actor": principal.info.id, "workspace": principal.workspace.id}
        expires = time.time() + RESUME_DAYS * 86_400
        return jwt.encode({**payload, "exp": int(expires)}, self._resume_key, algorithm=_ALGORITHM)

    def check_session(self, session: str, resume: str | None, principal: Principal) -> None:
        """Check a session id and, if it comes back, that it is this actor's. Raises `Problem` bad_session."""
        if not SESSION_PATTERN.fullmatch(session):
            raise Problem("bad_session", "A session id has 22 to 43 URL-safe characters.")
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
