"""One client of the HTTP interface: the address, the token, how an answer becomes a struct or a `Problem`."""

import inspect
import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import cache, cached_property
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec

from draftwire.api.asking import Query
from draftwire.api.calls.activity import ActivityCalls
from draftwire.api.calls.adoption import AdoptionCalls
from draftwire.api.calls.alerts import AlertsCalls
from draftwire.api.calls.deploys import DeploysCalls
from draftwire.api.calls.directory import DirectoryCalls
from draftwire.api.calls.folders import FoldersCalls
from draftwire.api.calls.grants import GrantsCalls
from draftwire.api.calls.groups import GroupsCalls
from draftwire.api.calls.keys import KeysCalls
from draftwire.api.calls.members import MembersCalls
from draftwire.api.calls.presence import PresenceCalls
from draftwire.api.calls.secrets import SecretsCalls
from draftwire.api.calls.sharing import SharingCalls
from draftwire.api.calls.stash import StashCalls
from draftwire.api.calls.tokens import TokensCalls
from draftwire.api.calls.versions import VersionsCalls
from draftwire.api.calls.webhooks import WebhooksCalls
from draftwire.api.calls.workspace_settings import WorkspaceSettingsCalls
from draftwire.api.drafts import DraftsApi
from draftwire.api.events import EventsApi
from draftwire.api.history import HistoryApi
from draftwire.api.items import ItemsApi
from draftwire.api.kinds import KindsApi
from draftwire.api.runs import RunsApi
from draftwire.api.suggestions import SuggestionsApi
from draftwire.api.transfer import TransferApi
from draftwire.errors import Problem, heard_problem
from draftwire.rest.server import Me
from draftwire.wire.agents import check_label

TIMEOUT_S = 30.0  # a save waits up to 20 s for the outcome of its commit
REMEMBERED = 1_000  # drafts that nobody has begun, and their items
Token = str | Callable[[], str | Awaitable[str]]

_T = TypeVar("_T")


@cache
def _authorities() -> ssl.SSLContext:
    """Whose certificates are trusted. Read once: it takes 40 ms, and httpx would do it for each client."""
    return httpx.create_ssl_context()


class Api:
    """See `draftwire.api`. ``url`` is where the server is mounted, ``token`` a text or what gives one.

    An API key is a token too; ``act_for`` is the platform's id of the user for whom it acts. ``agent`` says that an
    agent of that name acts with the person's token or key: for them, with at most their rights. ``workspace`` is the
    id of the token's workspace, which is asked for otherwise.
    """

    def __init__(
        self,
        url: str,
        token: Token,
        *,
        act_for: str | None = None,
        agent: str | None = None,
        workspace: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        if agent is not None:
            check_label(agent)
        self._token = token
        self._act_for = act_for
        self._agent = agent
        self._http = httpx.AsyncClient(
            base_url=url.rstrip("/"),
            timeout=TIMEOUT_S,
            transport=transport,
            follow_redirects=True,
            verify=_authorities(),
        )
        self._workspace = workspace
        self._items_of: dict[str, str] = {}  # of drafts that nobody had begun when they were told of

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    # ---- what there is

    @cached_property
    def items(self) -> ItemsApi:
        """Items: list, make, look at."""
        return ItemsApi(self)

    @cached_property
    def drafts(self) -> DraftsApi:
        """Drafts: read, save, log."""
        return DraftsApi(self)

    @cached_property
    def adoption(self) -> AdoptionCalls:
        """Adopt another's draft, bring its changes back, edit together."""
        return AdoptionCalls(self)

    @cached_property
    def alerts(self) -> AlertsCalls:
        """Conflicts: list, look, resolve."""
        return AlertsCalls(self)

    @cached_property
    def stash(self) -> StashCalls:
        """Kept texts: list, look, restore, dismiss."""
        return StashCalls(self)

    @cached_property
    def sharing(self) -> SharingCalls:
        """Visibility, guests, questions to owners."""
        return SharingCalls(self)

    @cached_property
    def deploys(self) -> DeploysCalls:
        """Deploy, redeploy."""
        return DeploysCalls(self)

    @cached_property
    def history(self) -> HistoryApi:
        """A draft's past: history, states and names, blame, what others changed."""
        return HistoryApi(self)

    @cached_property
    def versions(self) -> VersionsCalls:
        """Versions: list, read, restore, fork."""
        return VersionsCalls(self)

    @cached_property
    def members(self) -> MembersCalls:
        """Members: list, add, change, remove, bring back, erase, sign out."""
        return MembersCalls(self)

    @cached_property
    def groups(self) -> GroupsCalls:
        """Groups and who is in them."""
        return GroupsCalls(self)

    @cached_property
    def folders(self) -> FoldersCalls:
        """Folders and their people."""
        return FoldersCalls(self)

    @cached_property
    def grants(self) -> GrantsCalls:
        """Rights on items and below prefixes."""
        return GrantsCalls(self)

    @cached_property
    def keys(self) -> KeysCalls:
        """API keys."""
        return KeysCalls(self)

    @cached_property
    def tokens(self) -> TokensCalls:
        """Revoked tokens, and whose tokens count."""
        return TokensCalls(self)

    @cached_property
    def directory(self) -> DirectoryCalls:
        """Many changes of rights at once."""
        return DirectoryCalls(self)

    @cached_property
    def kinds(self) -> KindsApi:
        """Kinds: list, look at, define."""
        return KindsApi(self)

    @cached_property
    def events(self) -> EventsApi:
        """What happened: read it, follow it."""
        return EventsApi(self)

    @cached_property
    def secrets(self) -> SecretsCalls:
        """Secrets: set, list; read by runtimes."""
        return SecretsCalls(self)

    @cached_property
    def webhooks(self) -> WebhooksCalls:
        """Webhooks: make, change, look at their log, replay."""
        return WebhooksCalls(self)

    @cached_property
    def workspace_settings(self) -> WorkspaceSettingsCalls:
        """What the workspace sets for itself."""
        return WorkspaceSettingsCalls(self)

    @cached_property
    def activity(self) -> ActivityCalls:
        """How much is edited where."""
        return ActivityCalls(self)

    @cached_property
    def presence(self) -> PresenceCalls:
        """Presence: be somewhere without a socket, see who is where."""
        return PresenceCalls(self)

    @cached_property
    def runs(self) -> RunsApi:
        """Runs of agents; their tools and streams."""
        return RunsApi(self)

    @cached_property
    def suggestions(self) -> SuggestionsApi:
        """Suggestions of agents: list, look, accept, reject."""
        return SuggestionsApi(self)

    @cached_property
    def transfer(self) -> TransferApi:
        """Export and import of a whole workspace."""
        return TransferApi(self)

    async def me(self) -> Me:
        """Who is behind the token. Raises `Problem`."""
        return await self.ask(Me, "GET", "/v1/me")

    # ---- requests

    async def in_workspace(self, *segments: str) -> str:
        """The path below the token's workspace; segments are escaped.

        Raises:
            Problem: bad_message, for a segment that an address reads otherwise: it would lead to another route.
        """
        if not {"", ".", ".."}.isdisjoint(segments):
            raise Problem("bad_message", "A name in a path can't be empty, . or ..")
        if self._workspace is None:
            self._workspace = (await self.me()).workspace
        return "/".join(("/v1/w", *(quote(segment, safe="") for segment in (self._workspace, *segments))))

    def unbegun(self, draft: str, item: str) -> None:
        """Remember the item of a draft that nobody has begun: until then its id alone leads to nothing."""
        self._items_of[draft] = item
        if len(self._items_of) > REMEMBERED:
            del self._items_of[next(iter(self._items_of))]

    def item_of(self, draft: str, item: str | None) -> str | None:
        """The item of a draft: as given, or as it was told of."""
        return item or self._items_of.get(draft)

    async def ask(
        self,
        wanted: type[_T],
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Query | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> _T:
        """Send one request and read its answer.

        Raises:
            Problem: as the server says; `unavailable` if it can't be reached.
        """
        answer = await self.send(method, path, body=body, query=query, headers=headers)
        if wanted is type(None):
            return None
        return msgspec.json.decode(answer.content, type=wanted)

    async def send(
        self,
        method: str,
        path: str,
        *,
        body: Any = None,
        query: Query | None = None,
        headers: Mapping[str, str | None] | None = None,
    ) -> httpx.Response:
        """Send one request; the answer is a good one, or 304. Raises `Problem`."""
        sent = {name: value for name, value in (headers or {}).items() if value is not None}
        if self._act_for is not None:
            sent["draftwire-act-for"] = self._act_for
        if self._agent is not None:
            sent["draftwire-agent"] = self._agent
        sent["authorization"] = f"Bearer {await self._bearer()}"
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            sent.setdefault("content-type", "application/json")
        given = msgspec.to_builtins(query or {})
        asked = {name: value for name, value in given.items() if value is not None}
        try:
            answer = await self._http.request(
                method, path, content=content, params=asked or None, headers=httpx.Headers(sent, encoding="utf-8")
            )
        except httpx.TransportError as error:
            raise Problem("unavailable", "The server can't be reached.") from error
        if answer.status_code >= 400:
            raise _refusal(answer)
        return answer

    async def _bearer(self) -> str:
        if isinstance(self._token, str):
            return self._token
        given = self._token()
        return await given if inspect.isawaitable(given) else given


def _refusal(answer: httpx.Response) -> Problem:
    try:
        body = msgspec.json.decode(answer.content, type=dict[str, Any])
    except msgspec.DecodeError:
        body = {}
    standard = ("type", "title", "status", "code", "detail", "retry")
    more = {name: value for name, value in body.items() if name not in standard}
    message = body.get("detail") or body.get("title") or answer.reason_phrase
    return heard_problem(
        answer.status_code, body.get("code", "internal"), message, more or None, retry=body.get("retry") is True
    )
