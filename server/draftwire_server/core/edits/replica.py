"""A worker's copy of one draft's log: the state at its head and an unbroken run of batches that led there.

Pure: no I/O, no clock. Only `extend` and `prepend` change it, and only by batches that are committed and join on
without a gap, their marks proving it. Documents are immutable, so a `Plan` (draftwire_server.core.edits.plan) can build
on a replica and be thrown away.
"""

import msgspec

from draftwire.document.batch import Batch
from draftwire.document.carry import Range, carry
from draftwire.document.document import Document
from draftwire.document.ops import Effect, Op, Taken, Text
from draftwire.wire.messages import OpKind
from draftwire_server.core.etag import next_mark

_OPS = msgspec.json.Decoder(tuple[Op, ...])
_TAKEN = msgspec.json.Decoder(tuple[tuple[Taken, tuple[str, ...]], ...])
_ENCODER = msgspec.json.Encoder()


BOTH_ON_SCREEN_S = 2.0
"""Who types on in a region so soon after two texts met there has not looked up: that is no choice between them."""


class BrokenReplica(Exception):
    """A batch does not join on to what is here; the log has to be read again."""


class Writer(msgspec.Struct, frozen=True):
    """A session that writes in the draft; ``w`` is its number there."""

    w: int
    actor: str
    session: str  # empty for one known from another worker's frames
    sid: str
    run: str | None = None
    approved_by: str | None = None  # the actor who accepted its batches; known where they are committed, and stored


class Entry(msgspec.Struct, frozen=True):
    """One committed batch. ``key`` is None where it came from another worker's frame."""

    seq: int
    w: int
    no: int
    mark: str
    ops: bytes  # the effects' ops as JSON: what the mark covers and the wire carries
    effects: tuple[Effect, ...]
    kind: OpKind
    at: float  # Unix seconds
    key: str | None = None
    cause: str | None = None


class OpenOverlap(msgspec.Struct):
    """An open overlap or another alert with a place in the draft; its region moves with the ops."""

    alert: str
    pair: frozenset[str]  # actors
    reason: str
    region: Range | None  # None once its place is gone
    opened_seq: int
    last_seq: int  # of its last clash, or of the last edit there
    last_at: float
    fades: bool = False  # it is over by itself; any other waits for a person
    touched: bool = False  # a person who is a party edited there with both texts on screen


def edits(op: Op, region: Range) -> bool:
    """Whether an op changes text inside a region (or the member that it is)."""
    if op.at != region.at:
        return False
    if not isinstance(op, Text) or region.start is None or region.end is None:
        return True
    return any(at <= region.end and region.start <= at + delete for at, delete, _ in op.s)


def decode_ops(data: bytes) -> tuple[Op, ...]:
    """Read the ops of a batch as stored and sent."""
    return _OPS.decode(data)


def encode_ops(ops: tuple[Op, ...]) -> bytes:
    """Write the ops of a batch: these bytes are stored, sent and covered by the mark."""
    return _ENCODER.encode(ops)


def encode_taken(effects: tuple[Effect, ...]) -> bytes:
    """Write what a batch took away and which ids it made, in the order of its ops."""
    return _ENCODER.encode([(effect.took, effect.made) for effect in effects])


def stored_effects(ops: bytes, taken: bytes) -> tuple[Effect, ...]:
    """Read a batch's effects from the two columns of the log, without any document."""
    pairs = zip(decode_ops(ops), _TAKEN.decode(taken), strict=True)
    return tuple(Effect(op, took, made) for op, (took, made) in pairs)


class Replica:
    """See the module. ``first`` is the seq before the oldest kept entry; ``first_mark`` the mark there."""

    __slots__ = (
        "document",
        "entries",
        "entry_bytes",
        "first",
        "first_mark",
        "generation",
        "last_no",
        "mark",
        "numbers",
        "overlaps",
        "seq",
        "writers",
    )

    def __init__(self, generation: int, seq: int, mark: str, document: Document) -> None:
        self.generation = generation
        self.seq = self.first = seq
        self.mark = self.first_mark = mark
        self.document = document
        self.entries: list[Entry] = []
        self.entry_bytes = 0
        self.writers: dict[int, Writer] = {}
        self.numbers: dict[str, int] = {}  # sid → w
        self.last_no: dict[int, int] = {}
        self.overlaps: list[OpenOverlap] = []

    # ---- asking

    def mark_at(self, seq: int) -> str | None:
        """The mark at a kept seq; None if it is older or newer than what is here."""
        if seq == self.seq:
            return self.mark
        if seq == self.first:
            return self.first_mark
        if self.first < seq < self.seq:
            return self.entries[seq - self.first - 1].mark
        return None

    def after(self, seq: int) -> list[Entry]:
        """The entries later than ``seq``, which must not lie before `first`."""
        return self.entries[seq - self.first :]

    def last_nos(self) -> dict[str, int]:
        """Each writer's last number, for a snapshot."""
        return {str(w): no for w, no in self.last_no.items()}

    def fork(self) -> "Replica":
        """A copy that stays as it is, for who decides beside the event loop; without what no decision asks for."""
        other = Replica(self.generation, self.seq, self.mark, self.document)
        other.first, other.first_mark = self.first, self.first_mark
        other.entries = self.entries.copy()
        other.writers, other.numbers, other.last_no = self.writers.copy(), self.numbers.copy(), self.last_no.copy()
        return other

    # ---- changing

    def join(self, writer: Writer) -> None:
        """Take in a writer."""
        self.writers.setdefault(writer.w, writer)
        self.numbers.setdefault(writer.sid, writer.w)

    def apply(self, ops: tuple[Op, ...], w: int) -> tuple[Document, tuple[Effect, ...]]:
        """What a committed batch does to the head's document; changes nothing yet."""
        batch = Batch(self.document)
        effects = self.effects(batch, ops, w)
        return batch.document(), effects

    def effects(self, batch: Batch, ops: tuple[Op, ...], w: int) -> tuple[Effect, ...]:
        """Do a committed batch to a document that is on its way to the next head."""
        effects = []
        for op in ops:
            effect, _ = batch.apply(op, w)
            if effect is None:
                raise BrokenReplica(f"a committed op is lost at seq {self.seq + 1}")
            effects.append(effect)
        return tuple(effects)

    def extend(self, entry: Entry, document: Document) -> None:
        """Take in the next committed batch and the document after it. Raises `BrokenReplica` if it is not the next."""
        if entry.seq != self.seq + 1:
            raise BrokenReplica(f"seq {entry.seq} after {self.seq}")
        self.seq, self.mark, self.document = entry.seq, entry.mark, document
        self.entries.append(entry)
        self.entry_bytes += len(entry.ops)
        self.last_no[entry.w] = max(entry.no, self.last_no.get(entry.w, 0))
        for overlap in self.overlaps:
            if overlap.region is not None:
                self._carry(overlap, overlap.region, entry)

    def _carry(self, overlap: OpenOverlap, region: Range, entry: Entry) -> None:
        writer = self.writers.get(entry.w)
        person = writer is not None and writer.run is None and writer.actor in overlap.pair
        if (
            person
            and not overlap.fades
            and entry.at - overlap.last_at >= BOTH_ON_SCREEN_S
            and any(edits(e.op, region) for e in entry.effects)
        ):
            overlap.touched, overlap.last_seq = True, entry.seq
        overlap.region = carry(region, entry.effects)

    def prepend(self, entries: list[Entry], first_mark: str) -> None:
        """Put older batches in front, read from the store; they must end where the kept ones begin."""
        if entries and entries[-1].mark != self.first_mark:
            raise BrokenReplica(f"marks differ at seq {self.first}")
        self.entries[:0] = entries
        self.entry_bytes += sum(len(entry.ops) for entry in entries)
        self.first -= len(entries)
        self.first_mark = first_mark

    def trim(self, keep_entries: int, keep_bytes: int) -> None:
        """Forget the oldest batches beyond the bounds; half at a time, so that it costs little per batch."""
        if len(self.entries) <= keep_entries and self.entry_bytes <= keep_bytes:
            return
        count = max(1, len(self.entries) // 2)
        self.first_mark = self.entries[count - 1].mark
        self.entry_bytes -= sum(len(entry.ops) for entry in self.entries[:count])
        del self.entries[:count]
        self.first += count


def chained(previous: str, sid: str, no: int, ops: bytes, mark: str) -> bool:
    """Whether a batch that claims ``mark`` follows from ``previous``."""
    return next_mark(previous, sid, no, ops) == mark
