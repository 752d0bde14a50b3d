"""One draft that this worker follows: its replica, what readers are owed, and the edits that wait for a commit.

A reader (`Following`) is owed a position in the log, not bytes: whoever is slow stays behind at its cursor and is
served later from the kept stretches; memory does not grow with slow readers. Overflow: stretches beyond the tail's
bounds are dropped, a reader further behind gets a state.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from typing import Any, Literal, Protocol

import msgspec

from draftwire.document.address import escape
from draftwire.document.carry import Range, carry
from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.errors import Problem
from draftwire.wire.codec import check_value
from draftwire.wire.messages import ActorInfo, Alert, Diagnostic, Edit, Piece, Shape, WriterInfo
from draftwire_server.core.access.access import DraftFacts, Resource
from draftwire_server.core.edits.clash import LineStarts
from draftwire_server.core.edits.plan import LIVE, Author, Decided, NeedsSecrets, Rule
from draftwire_server.core.edits.replica import Entry, OpenOverlap, Replica
from draftwire_server.core.edits.stream import BusHeader, Stretch, ops_payload
from draftwire_server.core.edits.whole import with_lf
from draftwire_server.core.etag import Etag
from draftwire_server.core.frames import text_frame
from draftwire_server.core.kinds.kinds import Kind, markers, masked, plain_secrets
from draftwire_server.core.kinds.references import Referred
from draftwire_server.limits import (
    AGENT_BATCHES_PER_COMMIT,
    AGENT_ROUND_S,
    DOCUMENT_BYTES,
    JOIN_BYTES,
    SNAPSHOT_BYTES,
    SNAPSHOT_OPS,
    TAIL_BYTES,
    TAIL_OPS,
)
from draftwire_server.services.access.identity import Principal
from draftwire_server.store.items.kinds import ItemAt

PIECE_CHARS = 20_000  # at most 60,000 bytes of UTF-8, so that a piece stays below 64 KiB with its escapes in the rule
HEAVY_OPS = 30  # each may cost 0.3 ms among 10,000 elements
HEAVY_BYTES = 64 * 1024
HEAVY_BEHIND = 500  # batches that an edit has not seen: 400 cost 5 ms
HEAVY_PAIRS = 10_000  # splices of an edit times batches that it has not seen
HEAVY_DOCUMENT_BYTES = 1024 * 1024  # an op of structure looks through what it takes away
PEOPLE_PER_COMMIT = 512  # batches of people in one statement for one draft: a few ms of deciding


class Reader(Protocol):
    """The connection behind a following."""

    principal: Principal

    def writable_again(self) -> None:
        """Look again at what is owed."""

    def decide_again(self, following: "Following") -> None:
        """The draft has begun, or its facts changed."""

    def write(self, frames: bytes, channel: str) -> None:
        """Send ready frames of a channel."""

    def state_again(self, following: "Following") -> None:
        """The draft began anew where it stood: send its state, from which the client merges."""

    @property
    def behind(self) -> bool:
        """Whether the socket does not take what it is owed; it will ask again when it does."""


class Diagnosis(msgspec.Struct, frozen=True):
    """What stood in the way of a deploy at one state, and which of the items referred to are there."""

    seq: int
    mark: str
    kind: Kind
    found: tuple[Diagnostic, ...]
    referred: tuple[Referred, ...]
    there: tuple[ItemAt, ...]


class Following:
    """One reader of one draft."""

    __slots__ = ("allowed", "began", "cursor", "diagnostics", "held", "live", "may", "reader", "why")

    def __init__(self, live: "LiveDraft", reader: Reader, cursor: int, may: Literal["look", "type"], why: str | None):
        self.live = live
        self.reader = reader
        self.cursor = cursor
        self.began = live.replica.seq  # what its writer has not seen of that was committed while they were away
        self.may: Literal["look", "type"] = may
        self.why = why
        self.held = False  # a large state is still on its way: ops wait behind it
        self.allowed = True
        self.diagnostics: tuple[Diagnostic, ...] = ()  # as it was told


class RowsBeside(msgspec.Struct, frozen=True):
    """Rows that are written with a batch, in its statement."""

    answers: tuple[dict[str, Any], ...] = ()  # of `idempotency`
    stash: tuple[dict[str, Any], ...] = ()
    adoptions: tuple[dict[str, Any], ...] = ()  # of `draft_adoption`
    base_version: int | None = None  # on which the draft stands afterwards
    alerts: tuple[Alert, ...] = ()  # that the batch opens, with their events


class QueuedEdit:
    """An edit on its way into the log. Exactly one of the callbacks is called, once.

    ``rule``: how it meets what came since its base. ``extras`` gives what else is to be written; its last is committed.
    """

    __slots__ = ("author", "committed", "edit", "extras", "losses", "may", "principal", "refused", "rule", "size")

    def __init__(
        self,
        edit: Edit,
        author: Author,
        principal: Principal,
        may: Callable[["LiveDraft"], str],
        committed: Callable[["LiveDraft", int], None],
        refused: Callable[[Problem], None],
        *,
        rule: Rule = LIVE,
        extras: Callable[[Decided, Document], RowsBeside] | None = None,
        size: int = 0,
    ) -> None:
        self.edit = edit
        self.size = size  # bytes of the frame that brought it
        self.author = author
        self.principal = principal  # brought up to date before an edit is decided again
        self.may = may  # "type", or the code of the refusal; asked anew for every decision
        self.committed = committed
        self.refused = refused
        self.rule = rule
        self.extras = extras
        self.losses = 0


class ItemFacts(msgspec.Struct, frozen=True):
    """What a followed draft needs to know of its item."""

    id: str
    kind: str
    path: str | None
    creator: str
    head_version: int
    base_hash: str
    archived: bool = False
    deleted: bool = False


class LiveDraft:
    """See the module. Everything here runs on the event loop; nothing awaits."""

    replica: Replica  # set by the loader, before anybody else sees the draft

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
        self.item = item
        self.facts = facts
        self.of_kind = kind  # as it is now
        self.kind = shaped  # the same with the shape that this draft began with
        self._blind = blind  # rights could not be asked: nothing may be delivered
        self.owner: ActorInfo | None = None
        self.stands = False  # whether the row exists
        self.base_version = self.origin_version = 0
        self.kept_version = 0  # the head behind which it was said to stay
        self.behind_told: tuple[int, int, int] | None = None  # base, head and kept version, as followers know them
        self.base_length: tuple[int, int] | None = None  # of the deployed value as JSON, with its version
        self.writer_infos: dict[int, WriterInfo] = {}
        self.alerts: dict[str, Alert] = {}  # open ones
        self.alerts_unread = False  # one was opened elsewhere, and could not be read
        self.secrets: set[str] = set()  # of the item, as far as an edit has asked for them
        self.followings: set[Following] = set()
        self.stretches: deque[Stretch] = deque()
        self.stretch_bytes = 0
        self.people: deque[QueuedEdit] = deque()
        self.agents: dict[str, deque[QueuedEdit]] = {}
        self.heavy: deque[QueuedEdit] = deque()  # those that are decided beside the event loop, one at a time
        self.heavy_next = True  # they and the others take turns
        self.agents_due_at = 0.0  # when the next statement may hold batches of agents
        self.agents_armed = False  # somebody looks again then
        self.settled = asyncio.Event()  # nothing of ours is under way
        self.settled.set()
        self.held_since = 0.0  # when what is under way began
        self.claims = 0  # who waits for the end of that, to hold it beside the lanes
        self.known_to = 0.0  # what was committed before that instant, by anybody, is in the replica
        self.early: dict[int, tuple[BusHeader, bytes]] = {}  # heard, by the seq that they follow
        self.gap_open = False  # something is missing, and being waited for
        self.reading = asyncio.Lock()  # one reading of the log at a time
        self.idle_since: float | None = None
        self.ops_bytes_since_snapshot = 0
        self.ops_since_snapshot = 0
        self.diagnosis: Diagnosis | None = None  # the last one made
        self.too_large_to_watch = False  # diagnosed only when somebody asks
        self.value_cache: tuple[int, int, bytes] | None = None  # generation, seq, JSON
        self.bytes_at_most = DOCUMENT_BYTES + 1  # of the document as JSON; not measured yet
        self._pieces: tuple[int, int, tuple[bytes, ...]] | None = None
        self._armed = False

    @property
    def committing(self) -> bool:
        """Whether a statement of ours is under way: nobody else may extend the replica."""
        return not self.settled.is_set()

    @committing.setter
    def committing(self, under_way: bool) -> None:
        if under_way:
            self.held_since = time.monotonic()
            self.settled.clear()
        else:
            self.settled.set()

    def known_since(self, began: float) -> None:
        """The log was read, or written at its head, by a statement that began at an instant."""
        self.known_to = max(self.known_to, began)

    # ---- facts

    def take_kind(self, kind: Kind) -> None:
        """Take over a changed kind, but for the shape."""
        self.of_kind = kind
        self.kind = kind.shaped(self.kind.keyed, self.kind.text)

    @property
    def wire_shape(self) -> Shape:
        """What clients must know of the kind to apply ops."""
        return self.kind.wire_shape

    @property
    def resource(self) -> Resource:
        """What access decisions look at."""
        item = self.item
        return Resource(item.path, item.id, item.creator, self.facts, item.archived, item.deleted)

    @property
    def legacy(self) -> bool:
        """Whether this is a shared draft that could not be begun now: its kind is edited in drafts of one's own."""
        return self.stands and self.facts.purpose == "shared" and not self.kind.may_begin("shared")

    def value_json(self) -> bytes:
        """The document at the head as JSON, made once per state."""
        key = (self.replica.generation, self.replica.seq)
        if self.value_cache is None or self.value_cache[:2] != key:
            self.value_cache = (*key, msgspec.json.encode(self.replica.document.value))
        return self.value_cache[2]

    def pieces(self) -> tuple[bytes, ...]:
        """The frames of a large state's pieces, built once per state for everybody who opens it."""
        key = (self.replica.generation, self.replica.seq)
        if self._pieces is None or self._pieces[:2] != key:
            text = self.value_json().decode()
            parts = [text[start : start + PIECE_CHARS] for start in range(0, len(text), PIECE_CHARS)]
            frames = tuple(text_frame(msgspec.json.encode(Piece(self.id, i, part))) for i, part in enumerate(parts))
            self._pieces = (*key, frames)
        return self._pieces[2]

    def begun(self) -> None:
        """The row stands now: whoever looked at the deployed value may perhaps not look at a draft."""
        self.stands = True
        for following in list(self.followings):
            following.reader.decide_again(following)

    def guard(self, document: Document, effect: Effect) -> None:
        """Refuse what may not enter ops, snapshots or hashes: a secret in plain text, CR in a text leaf, too much.

        Raises:
            Problem: plain_secret, bad_text, too_large, too_deep.
            NeedsSecrets: a marker is not known to name a secret of the item.
        """
        op = effect.op
        if self.bytes_at_most > self.kind.limits.document_bytes:
            self._check_room(op)
        if isinstance(op, Insert) and document.element_count > self.kind.limits.elements:
            raise Problem("too_large", f"The document can have at most {self.kind.limits.elements} elements.")
        if self.kind.secret:
            self._guard_secrets(document, op)
        if isinstance(op, Remove | Text):
            return  # the ops of text were looked at by themselves
        at = _target(op)
        path = document.path(at)
        if path is None:
            return
        value = document.get(at)
        if isinstance(value, dict | list):
            check_value(value, len(path))  # how deep it stands counts too
        if isinstance(op, Set | Insert) and with_lf(self.kind, value, path) is not value:
            raise Problem("bad_text", "A text leaf can't contain CR. Use LF as line end.", detail={"at": at})

    def _guard_secrets(self, document: Document, op: Op) -> None:
        """Look at what an op leaves behind, and at the secret that it lies inside of: that must be a marker still."""
        at = owner_of(op.at) if isinstance(op, Remove) else _target(op)
        path = document.path(at)
        if path is None:
            return
        shape = self.kind.secret_shape
        above = next((n for n in range(len(path) + 1) if shape.at(path[:n]).text), None)
        if above is not None:
            inside = len(path) - above
            if inside > at.count("/"):  # an element inside of a secret: that is no marker
                raise Problem("plain_secret", detail={"at": [at]})
            at, path = at.rsplit("/", inside)[0] if inside else at, path[:above]
        elif isinstance(op, Remove):
            return
        value = document.get(at)
        found = plain_secrets(self.kind, value, path)
        if found:
            raise Problem("plain_secret", detail={"at": [at + pointer for pointer in found]})
        marked = markers(self.kind, value, path)
        unknown = {at + pointer: secret for pointer, secret in marked.items() if secret not in self.secrets}
        if unknown:
            raise NeedsSecrets(unknown)

    def masked(self, at: str, value: Any) -> Any:
        """A text for the stash or an alert, without secrets that were typed in plain where they may not stand."""
        return masked(self.kind, value, at, self.replica.document.path(at)) if self.kind.secret else value

    # ---- edits that wait

    def enqueue(self, submission: QueuedEdit) -> None:
        """Put an edit in line."""
        if self.weighs(submission):
            self.heavy.append(submission)
        elif submission.author.is_agent:
            run = submission.author.run or submission.author.sid
            self.agents.setdefault(run, deque()).append(submission)
        else:
            self.people.append(submission)

    def requeue(self, submissions: list[QueuedEdit]) -> None:
        """Put edits back in front, in their order; their runs are the next ones, too."""
        runs: dict[str, list[QueuedEdit]] = {}
        people: list[QueuedEdit] = []
        for submission in submissions:
            author = submission.author
            if self.weighs(submission):
                self.heavy.appendleft(submission)
                continue
            (runs.setdefault(author.run or author.sid, []) if author.is_agent else people).append(submission)
        self.people.extendleft(reversed(people))
        first = {run: deque([*again, *self.agents.pop(run, ())]) for run, again in runs.items()}
        self.agents = first | self.agents

    @property
    def waiting(self) -> bool:
        """Whether any edit waits."""
        return bool(self.people or self.agents or self.heavy)

    def each_waiting(self) -> list[QueuedEdit]:
        """The edits that wait, without taking them."""
        agents = (submission for queue in self.agents.values() for submission in queue)
        return [*self.people, *agents, *self.heavy]

    def weighs(self, submission: QueuedEdit) -> bool:
        """Whether deciding an edit may hold up everybody else: by its size, and by what it has to be carried over.

        Typing weighs nothing. The numbers are those of 10 ms and less in the worst document.
        """
        edit = submission.edit
        if submission.size > HEAVY_BYTES or len(edit.ops) > HEAVY_OPS:
            return True
        behind = self.replica.seq - min(edit.base, edit.seen)
        if behind > HEAVY_BEHIND:
            return True
        if sum(len(insert) for op in edit.ops if isinstance(op, Text) for _, _, insert in op.s) > HEAVY_BYTES:
            return True
        splices = sum(len(op.s) if isinstance(op, Text) else 1 for op in edit.ops)
        if splices * (behind + 1) > HEAVY_PAIRS:
            return True
        return self.bytes_at_most > HEAVY_DOCUMENT_BYTES and any(not isinstance(op, Text) for op in edit.ops)

    def take_heavy(self) -> QueuedEdit | None:
        """Take an edit that is to be decided beside the event loop, if its turn has come."""
        if not self.heavy or not (self.heavy_next or not (self.people or self.agents)):
            self.heavy_next = True
            return None
        self.heavy_next = False
        return self.heavy.popleft()

    def take_all(self) -> list[QueuedEdit]:
        """Take whatever waits."""
        taken = self.each_waiting()
        self.people.clear()
        self.agents.clear()
        self.heavy.clear()
        return taken

    def take_due(self, now: float) -> list[QueuedEdit]:
        """Take what the next statement may hold: all people's; agents' only so often, and in turn.

        Between two statements with agents' batches there is room for people's, here and on other workers: where many
        agents write, every statement would otherwise find that the head has moved. Rounds vary in length: two workers
        in step would always meet, and one of them always lose. ``now`` is monotonic.
        """
        if now < self.agents_due_at:
            taken, self.people = list(self.people)[:PEOPLE_PER_COMMIT], deque(list(self.people)[PEOPLE_PER_COMMIT:])
            return taken
        if self.agents:
            self.agents_due_at = now + AGENT_ROUND_S * random.uniform(0.75, 1.25)  # noqa: S311 — spreads, no secret
        return self.take()

    def take(self) -> list[QueuedEdit]:
        """Take people's edits, and agents' in turn, one per run and round, as many as a statement holds."""
        taken: list[QueuedEdit] = []
        while self.people and len(taken) < PEOPLE_PER_COMMIT:
            taken.append(self.people.popleft())
        left = AGENT_BATCHES_PER_COMMIT
        while left and self.agents:
            for run in list(self.agents):
                queue = self.agents[run]
                taken.append(queue.popleft())
                left -= 1
                if queue:  # to the end of the round
                    self.agents[run] = self.agents.pop(run)
                else:
                    del self.agents[run]
                if not left:
                    break
        return taken

    # ---- delivery

    def extended(self, stretch: Stretch) -> None:
        """The log grew: owe it to the readers, in one write per socket and tick."""
        self.stretches.append(stretch)
        self.stretch_bytes += len(stretch.frame)
        self.replica.trim(TAIL_OPS, TAIL_BYTES)
        while len(self.stretches) > TAIL_OPS or (self.stretch_bytes > TAIL_BYTES and len(self.stretches) > 1):
            self.stretch_bytes -= len(self.stretches.popleft().frame)
        if not self._armed and self.followings:
            self._armed = True
            asyncio.get_running_loop().call_soon(self._flush)

    @property
    def channel(self) -> str:
        """What readers name it by."""
        return f"draft:{self.id}"

    def restart(self) -> None:
        """Forget what can be delivered: the log was read anew."""
        self.stretches.clear()
        self.stretch_bytes = 0
        self.value_cache = None

    def _flush(self) -> None:
        self._armed = False
        if self._blind():
            return
        built: dict[int, list[bytes] | None] = {}
        head = self.replica.seq
        for following in self.followings:
            if following.cursor == head or following.held or not following.allowed or following.reader.behind:
                continue
            if following.cursor not in built:
                built[following.cursor] = self.frames_after(following.cursor)
            frames = built[following.cursor]
            if frames is not None:  # else: further behind than is kept; the sweep sends a state
                for frame in frames:
                    following.reader.write(frame, self.channel)
                following.cursor = head

    def serve(self, following: Following) -> bool:
        """Send one reader what it is owed; False if that is older than what is kept."""
        if following.held or not following.allowed or following.reader.behind or self._blind():
            return True
        if following.cursor != self.replica.seq:
            frames = self.frames_after(following.cursor)
            if frames is None:
                return False
            for frame in frames:
                following.reader.write(frame, self.channel)
            following.cursor = self.replica.seq
        return True

    def again(self, following: Following, seq: int) -> bool:
        """Send a reader one batch once more, as a retry asks for it; False if it is older than what is kept.

        Through the cursor: to who takes nothing, nothing is written, however often they ask.
        """
        if following.held or not following.allowed or following.reader.behind or self._blind():
            following.cursor = min(following.cursor, seq - 1)
            return True
        if seq <= self.replica.first:
            return False
        entry = self.replica.after(seq - 1)[0]
        writer = self.writer_infos.get(entry.w)
        payload = ops_payload(self.id, self.replica.generation, [entry], {}, [writer] if writer else [])
        following.reader.write(text_frame(payload), self.channel)
        return True

    def frames_after(self, cursor: int) -> list[bytes] | None:
        """The frames from ``cursor`` to the head, small ones joined; None if the oldest is no longer kept.

        The first may begin before ``cursor``: clients skip what they have.
        """
        if cursor == self.replica.seq:
            return []
        if not self.stretches or self.stretches[0].from_ > cursor:
            return None
        wanted: list[bytes] = []
        for stretch in reversed(self.stretches):
            if stretch.to <= cursor:
                break
            wanted.append(stretch.frame)
        wanted.reverse()
        joined: list[bytes] = []
        small: list[bytes] = []
        for frame in wanted:
            if len(frame) > JOIN_BYTES:
                if small:
                    joined.append(b"".join(small))
                    small = []
                joined.append(frame)
            else:
                small.append(frame)
        if small:
            joined.append(b"".join(small) if len(small) > 1 else small[0])
        return joined

    def base_told(self) -> None:
        """The only follower is told by a `state` where the draft stands; the head may be known a moment later."""
        base = self.base_version
        if base >= self.item.head_version:
            self.behind_told = (base, base, base if self.kept_version == base else 0)

    def tell(self, frame: bytes) -> None:
        """Send a ready frame that is no part of the log to every reader; rare and small, so slow ones get it too."""
        for following in self.followings:
            if following.allowed:
                following.reader.write(frame, self.channel)

    # ---- alerts

    def take_alert(self, alert: Alert) -> None:
        """An alert is open here."""
        if alert.state != "open" or alert.id in self.alerts:
            return
        self.alerts[alert.id] = alert
        if alert.kind == "overlap":
            whole = alert.line_from is None
            region = Range(
                alert.address,
                None if whole else alert.start,
                None if whole else alert.end,
                start_after=False,
                end_after=True,
            )
            pair = frozenset(side.actor.id for side in alert.sides)
            entries = self.replica.after(max(alert.seq, self.replica.first))
            carried = carry(region, [effect for entry in entries for effect in entry.effects])
            self.replica.overlaps.append(
                OpenOverlap(alert.id, pair, alert.reason, carried, alert.seq, alert.seq, alert.opened_at, alert.fades)
            )

    def open_alerts(self) -> tuple[Alert, ...]:
        """The open alerts, each where its place is now."""
        return tuple(self._placed(alert) for alert in self.alerts.values())

    def _placed(self, alert: Alert) -> Alert:
        region = next((o.region for o in self.replica.overlaps if o.alert == alert.id), None)
        if alert.line_from is None or region is None or region.start is None or region.end is None:
            return alert
        text = self.replica.document.get(region.at)
        if not isinstance(text, str):
            return alert
        lines = LineStarts(text)
        first, last = lines.of(region.start, region.end)
        start, end = lines.units(first, last)
        return msgspec.structs.replace(
            alert, address=region.at, seq=self.replica.seq, start=start, end=end, line_from=first + 1, line_to=last + 1
        )

    def hear_alert(self, alert: Alert | str, entry: Entry) -> None:
        """A committed batch of another worker opened an alert, or went on with one."""
        if isinstance(alert, str):
            for overlap in self.replica.overlaps:
                if overlap.alert == alert:
                    overlap.last_seq, overlap.last_at, overlap.touched = entry.seq, entry.at, False
        else:
            self.take_alert(alert)

    # ---- what a snapshot is due for

    def count_ops(self, entries: list[Entry]) -> None:
        """Count towards the next snapshot."""
        size = sum(len(entry.ops) for entry in entries)
        self.ops_since_snapshot += len(entries)
        self.ops_bytes_since_snapshot += size
        self.bytes_at_most += size

    @property
    def snapshot_due(self) -> bool:
        """Whether the log since the last snapshot is long enough for another; no document is encoded to know it."""
        if self.ops_since_snapshot >= SNAPSHOT_OPS:
            return True
        return self.ops_bytes_since_snapshot >= max(SNAPSHOT_BYTES, self.bytes_at_most // 4)

    def measure(self) -> int:
        """Encode the document to learn its size in bytes."""
        self.bytes_at_most = len(self.value_json())
        return self.bytes_at_most

    def _check_room(self, op: Op) -> None:
        """Refuse to let a full document grow. Raises `Problem` too_large; what only deletes may always go on."""
        most = self.kind.limits.document_bytes
        if self.measure() > most and _grows(op):  # measured only when the sum of all ops says that it might be
            raise Problem("too_large", f"The document can have at most {most} bytes.")


def _target(op: Op) -> str:
    """The address of what an op leaves behind."""
    return escape(op.v["id"]) if isinstance(op, Insert) else escape(op.id) if isinstance(op, Move) else op.at


def owner_of(at: str) -> str:
    """The address around an address; of an element it is gone with the element."""
    return at.rpartition("/")[0]


def _grows(op: Op) -> bool:
    return isinstance(op, Set | Insert) or (isinstance(op, Text) and any(insert for _, _, insert in op.s))


def head_of(live: LiveDraft) -> Etag:
    """The state at the head."""
    return Etag(live.replica.generation, live.replica.seq, live.replica.mark)
