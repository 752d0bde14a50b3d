"""What a followed draft is: its replica, facts of it and its item, its kind, and what is worked out of its value."""

from typing import Any

import msgspec

from draftwire.document.carry import Range, carry
from draftwire.wire.messages import ActorInfo, Alert, Diagnostic, Shape, WriterInfo
from draftwire_server.core.access.access import DraftFacts, Resource
from draftwire_server.core.edits.clash import LineStarts
from draftwire_server.core.edits.replica import Entry, OpenOverlap, Replica
from draftwire_server.core.kinds.kinds import Kind
from draftwire_server.core.kinds.references import Referred
from draftwire_server.limits.contract import DOCUMENT_BYTES
from draftwire_server.limits.tuning import SNAPSHOT_BYTES, SNAPSHOT_OPS
from draftwire_server.store.items.kinds import ItemAt


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


class Diagnosis(msgspec.Struct, frozen=True):
    """What stood in the way of a deploy at one state, and which of the items referred to are there."""

    seq: int
    mark: str
    kind: Kind
    found: tuple[Diagnostic, ...]
    referred: tuple[Referred, ...]
    there: tuple[ItemAt, ...]


class DraftState:
    """See the module. What is read often is a field; it is written by methods alone."""

    replica: Replica  # set by `start`, before anybody else sees the draft

    def __init__(self, draft: str, item: ItemFacts, facts: DraftFacts, kind: Kind, shaped: Kind) -> None:
        self.id = draft
        self.item = item
        self.facts = facts
        self.of_kind = kind  # as it is now
        self.kind = shaped  # the same with the shape that this draft began with
        self.owner: ActorInfo | None = None
        self.stands = False  # whether the row exists
        self.base_version = self.origin_version = 0
        self.kept_version = 0  # the head behind which it was said to stay
        self.writer_infos: dict[int, WriterInfo] = {}
        self.alerts: dict[str, Alert] = {}  # open ones
        self.alerts_unread = False  # one was opened elsewhere, and could not be read
        self.diagnosis: Diagnosis | None = None  # the last one made
        self.too_large_to_watch = False  # diagnosed only when somebody asks
        self.bytes_at_most = DOCUMENT_BYTES + 1  # of the document as JSON; not measured yet
        self.base_length: tuple[int, int] | None = None  # a version, and the bytes of its value as JSON
        self._value: tuple[int, int, bytes] | None = None  # generation, seq, JSON
        self._ops_since_snapshot = 0
        self._bytes_since_snapshot = 0

    # ---- as it is loaded

    def start(self, replica: Replica, value_bytes: int, origin_version: int) -> None:
        """Stand at a replica whose document has so many bytes as JSON."""
        self.replica = replica
        self.bytes_at_most = value_bytes
        self.origin_version = origin_version
        self._value = None

    def begun(self) -> None:
        """Note that the row stands."""
        self.stands = True

    def owned_by(self, owner: ActorInfo | None) -> None:
        """Name the owner."""
        self.owner = owner

    def replaced_by(self, fresh: "DraftState") -> None:
        """Stand where a fresh copy of the same draft stands, which nobody has begun either."""
        assert not self.stands
        assert not fresh.stands
        self.start(fresh.replica, fresh.bytes_at_most, fresh.origin_version)
        self.item, self.kind, self.of_kind = fresh.item, fresh.kind, fresh.of_kind
        self.base_version = fresh.base_version
        self.writer_infos |= fresh.writer_infos

    # ---- facts

    def moved_onto(self, base_version: int, kept_version: int | None = None) -> None:
        """Stand on a version. ``kept_version``: the head behind which it was said to stay; None: as it was."""
        self.base_version = base_version
        if kept_version is not None:
            self.kept_version = kept_version

    def take_facts(self, facts: DraftFacts) -> None:
        """Take over what decisions about rights look at."""
        self.facts = facts

    def take_item(self, **changed: Any) -> None:
        """Take over facts of the item, by their names in `ItemFacts`."""
        self.item = msgspec.structs.replace(self.item, **changed)

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

    # ---- the value

    def value_json(self) -> bytes:
        """Encode the document at the head as JSON, once per state."""
        key = (self.replica.generation, self.replica.seq)
        if self._value is None or self._value[:2] != key:
            self._value = (*key, msgspec.json.encode(self.replica.document.value))
        return self._value[2]

    def measure(self) -> int:
        """Encode the document to learn its size in bytes."""
        self.bytes_at_most = len(self.value_json())
        return self.bytes_at_most

    def base_measured(self, value_bytes: int) -> tuple[int, int]:
        """Keep how long the value of the version is on which the draft stands."""
        self.base_length = (self.base_version, value_bytes)
        return self.base_length

    def diagnosed(self, diagnosis: Diagnosis) -> None:
        """Keep what stood in the way of a deploy."""
        self.diagnosis = diagnosis

    def watch_no_more(self) -> None:
        """Diagnose it only when somebody asks: it is too large."""
        self.too_large_to_watch = True

    # ---- writers

    def take_writer(self, writer: WriterInfo) -> None:
        """Name a writer, as they are called now."""
        self.writer_infos[writer.w] = writer

    def rename(self, infos: dict[str, ActorInfo]) -> None:
        """Call actors by the names that they have now: writers, and the sides of open alerts."""
        for w, writer in self.writer_infos.items():
            self.writer_infos[w] = msgspec.structs.replace(writer, actor=infos.get(writer.actor.id, writer.actor))
        for name, alert in self.alerts.items():
            sides = [msgspec.structs.replace(side, actor=infos.get(side.actor.id, side.actor)) for side in alert.sides]
            self.alerts[name] = msgspec.structs.replace(alert, sides=tuple(sides))

    # ---- alerts

    def take_alert(self, alert: Alert) -> None:
        """Take in an open alert; its region is carried on to the head."""
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

    def alert_opened(self, alert: Alert, overlap: OpenOverlap | None) -> None:
        """Take in an alert that a commit of ours opened, with its region at the head if it is an overlap."""
        self.alerts[alert.id] = alert
        if overlap is not None:
            self.replica.overlaps.append(overlap)

    def alert_ended(self, alert: str) -> Alert | None:
        """Let go of an alert; gives it if it was open here."""
        self.replica.overlaps = [overlap for overlap in self.replica.overlaps if overlap.alert != alert]
        return self.alerts.pop(alert, None)

    def alerts_read(self, *, all_there: bool) -> None:
        """Note whether the alerts that were opened elsewhere could be read."""
        self.alerts_unread = not all_there

    def hear_alert(self, alert: Alert | str, entry: Entry) -> None:
        """Hear that a committed batch of another worker opened an alert, or went on with one."""
        if isinstance(alert, str):
            for overlap in self.replica.overlaps:
                if overlap.alert == alert:
                    overlap.last_seq, overlap.last_at, overlap.touched = entry.seq, entry.at, False
        else:
            self.take_alert(alert)

    def open_alerts(self) -> tuple[Alert, ...]:
        """Give the open alerts, each where its place is now."""
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

    # ---- what a snapshot is due for

    def count_ops(self, entries: list[Entry]) -> None:
        """Count towards the next snapshot."""
        size = sum(len(entry.ops) for entry in entries)
        self._ops_since_snapshot += len(entries)
        self._bytes_since_snapshot += size
        self.bytes_at_most += size

    @property
    def snapshot_due(self) -> bool:
        """Whether the log since the last snapshot is long enough for another; no document is encoded to know it."""
        if self._ops_since_snapshot >= SNAPSHOT_OPS:
            return True
        return self._bytes_since_snapshot >= max(SNAPSHOT_BYTES, self.bytes_at_most // 4)

    def snapshot_begun(self) -> None:
        """Count from here: the state at the head is being written."""
        self._ops_since_snapshot = self._bytes_since_snapshot = 0

    def snapshot_failed(self) -> None:
        """Let the next commit try again."""
        self._ops_since_snapshot = SNAPSHOT_OPS

    def check(self) -> None:
        """Assert what always holds between two steps."""
        replica = self.replica
        assert replica.first <= replica.seq
        assert self.stands or replica.seq == 0, "a draft that nobody has begun has no log"
        overlaps = [overlap.alert for overlap in replica.overlaps]
        assert len(set(overlaps)) == len(overlaps), "an alert has one region"
        assert set(overlaps) <= self.alerts.keys(), "a region is one of an open alert"
        if self._value is not None and self._value[:2] == (replica.generation, replica.seq):
            assert self._value[2] == msgspec.json.encode(replica.document.value), "what is kept is the head's value"
