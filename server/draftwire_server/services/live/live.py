"""One draft that this worker follows, and its five parts, each of which says what it holds.

`state` is what it is, `queue` the edits that wait for a commit, `followers` who reads it and what they are owed,
`commits` where it stands with its commits, `guard` what may enter. Everything here runs on the event loop.
"""

from collections.abc import Callable

from draftwire.wire.messages import ActorInfo, Alert, WriterInfo
from draftwire_server.core.access.access import DraftFacts, Resource
from draftwire_server.core.edits.replica import Replica
from draftwire_server.core.etag import Etag
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.services.live.parts.commit_state import CommitState, ResetReason
from draftwire_server.services.live.parts.edit_queue import EditQueue, QueuedEdit
from draftwire_server.services.live.parts.followers import Followers
from draftwire_server.services.live.parts.secret_guard import SecretGuard
from draftwire_server.services.live.parts.state import DraftState, ItemFacts


class LiveDraft:
    """See the module."""

    def __init__(
        self,
        workspace: str,
        draft: str,
        item: ItemFacts,
        facts: DraftFacts,
        kind: Kind,
        shaped: Kind,
        blind: Callable[[], bool],
    ) -> None:
        self.workspace = workspace
        self.id = draft
        self.state = DraftState(draft, item, facts, kind, shaped)
        self.queue = EditQueue(self.state)
        self.followers = Followers(self.state, blind)
        self.commits = CommitState()
        self.guard = SecretGuard(self.state)
        self._unused_since: float | None = None

    # ---- what it is, for those who only look

    @property
    def replica(self) -> Replica:
        return self.state.replica

    @property
    def item(self) -> ItemFacts:
        return self.state.item

    @property
    def facts(self) -> DraftFacts:
        return self.state.facts

    @property
    def kind(self) -> Kind:
        return self.state.kind

    @property
    def of_kind(self) -> Kind:
        return self.state.of_kind

    @property
    def owner(self) -> ActorInfo | None:
        return self.state.owner

    @property
    def stands(self) -> bool:
        return self.state.stands

    @property
    def legacy(self) -> bool:
        return self.state.legacy

    @property
    def resource(self) -> Resource:
        return self.state.resource

    @property
    def base_version(self) -> int:
        return self.state.base_version

    @property
    def origin_version(self) -> int:
        return self.state.origin_version

    @property
    def kept_version(self) -> int:
        return self.state.kept_version

    @property
    def writer_infos(self) -> dict[int, WriterInfo]:
        return self.state.writer_infos

    @property
    def alerts(self) -> dict[str, Alert]:
        return self.state.alerts

    def open_alerts(self) -> tuple[Alert, ...]:
        """Give the open alerts, each where its place is now."""
        return self.state.open_alerts()

    def value_json(self) -> bytes:
        """Encode the document at the head as JSON, once per state."""
        return self.state.value_json()

    # ---- what concerns several parts

    def begun(self) -> None:
        """Note that the row stands: whoever looked at the deployed value may perhaps not look at a draft."""
        self.state.begun()
        self.followers.decide_again()

    def begin_anew(self, fresh: "LiveDraft") -> None:
        """Stand where a fresh copy stands, which nobody has begun either; the readers get that as a state."""
        self.state.replaced_by(fresh.state)
        self.followers.restart()
        self.commits.forget_early()
        self.followers.state_again()

    def reset(self, reason: ResetReason) -> list[QueuedEdit]:
        """Let all readers go and commit nothing more: the log is another one. Gives the edits that waited."""
        self.commits.reset(reason)
        self.followers.dismiss()
        return self.queue.take_all()

    # ---- being of use

    @property
    def in_use(self) -> bool:
        """Whether anybody follows it, or anything of it is on its way."""
        return bool(self.followers or self.queue or self.commits.under_way)

    def used(self) -> None:
        """Note that somebody wants it."""
        self._unused_since = None

    def unused_for(self, now: float) -> float:
        """Give the seconds for which it was found out of use, look by look. ``now`` is monotonic."""
        if self.in_use:
            self._unused_since = None
        elif self._unused_since is None:
            self._unused_since = now
        return 0.0 if self._unused_since is None else now - self._unused_since

    def check(self) -> None:
        """Assert what always holds between two steps. For tests: it looks at everything."""
        self.state.check()
        self.queue.check()
        self.followers.check()
        self.commits.check()
        if self.commits.is_reset:
            assert not self.queue, "a copy of a log that is no more takes no edits"
            assert not self.followers, "a copy of a log that is no more has no readers"


def head_of(live: LiveDraft) -> Etag:
    """Give the state at the head."""
    return Etag(live.replica.generation, live.replica.seq, live.replica.mark)
