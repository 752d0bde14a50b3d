"""A server of several workers without I/O: the real core (plan, replica, marks, bytes), all between simulated.

`Log` is what Postgres would hold, with its compare-and-set. A `Worker` keeps its own replica of it and hears of the
others by bus messages that may be lost. A `Wire` is one connection: two queues that stop when it is cut; what was
on its way up may still arrive, as with a real server. Everything goes through the codec as bytes.
"""

from collections import deque
from typing import Any

import msgspec

from draftwire.document.document import Document
from draftwire.document.ops import Effect
from draftwire.errors import Problem
from draftwire.session.session import Session
from draftwire.wire import messages as m
from draftwire.wire.codec import decode_client, decode_server, encode
from draftwire_server.core.edits.plan import Author, Duplicate, NeedsOlder, Plan
from draftwire_server.core.edits.replica import Entry, Replica, Writer, decode_ops
from draftwire_server.core.edits.stream import BusHeader, ops_payload, pack, read_ops, unpack
from draftwire_server.core.etag import first_mark, next_mark
from tests.protocol.model import SHAPE, World

DRAFT, ITEM = "d1", "i1"
PIECE_CHARS = 40

MOST_LOSSES = 50  # of one worker in a row; the others stand still meanwhile, so two would do


class Log:
    """The truth: one generation's batches, and who wrote them."""

    def __init__(self, document: Document) -> None:
        self.first = document
        self.generation = 1
        self.entries: list[Entry] = []
        self.generations = {1: self.entries}  # a discarded one is still there for whoever has not heard of it
        self.writers: dict[int, Writer] = {}
        self.stashed: list[Any] = []  # texts of ops that lost their place
        self.typed: list[Any] = []  # all ops that ever were in the log, of every generation
        self.used: dict[int, int] = {}  # w → its last number, over all generations

    @property
    def first_mark(self) -> str:
        return first_mark(DRAFT, self.generation, 0, "")

    @property
    def mark(self) -> str:
        return self.entries[-1].mark if self.entries else self.first_mark

    def replica(self) -> Replica:
        replica = Replica(self.generation, 0, self.first_mark, self.first)
        for writer in self.writers.values():
            replica.join(writer)
        replica.last_no.update(self.used)
        return replica

    def commit(self, plan: Plan) -> bool:
        """Append a plan's batches if it was made for this very state."""
        replica = plan.replica
        if (replica.generation, replica.seq, replica.mark) != (self.generation, len(self.entries), self.mark):
            return False
        self.writers |= {writer.w: writer for writer in plan.writers}
        for decided in plan.decided:
            assert decided.entry.no == self.used.get(decided.entry.w, 0) + 1
            self.used[decided.entry.w] = decided.entry.no
            self.entries.append(decided.entry)
            self.typed.append([effect.op for effect in decided.entry.effects])
            self.stashed += [lost.mine for lost in decided.lost]
        return True

    def discard(self) -> None:
        self.generation += 1
        self.entries = self.generations[self.generation] = []

    def older(self, replica: Replica, after: int) -> tuple[list[Entry], str]:
        """The batches after ``after`` that a replica has forgotten, of its own generation, and the mark before them."""
        entries = self.generations[replica.generation]
        mark = entries[after - 1].mark if after else first_mark(DRAFT, replica.generation, 0, "")
        return entries[after : replica.first], mark

    def replayed(self) -> Document:
        """The document by the stored ops alone."""
        document, mark = self.first, self.first_mark
        for entry in self.entries:
            for op in decode_ops(entry.ops):
                applied = document.apply(op, entry.w)
                assert applied.effect is not None
                assert applied.effect.op == op
                document = applied.document
            mark = next_mark(mark, self.writers[entry.w].sid, entry.no, entry.ops)
            assert mark == entry.mark
        return document


class Wire:
    """One connection of a session to a worker."""

    def __init__(self, worker: "Worker", actor: str) -> None:
        self.worker = worker
        self.actor = actor
        self.up: deque[bytes] = deque()
        self.down: deque[bytes] = deque()
        self.cut = False
        self.sid = ""
        self.following = False
        self.cursor = 0

    def say(self, message: m.ServerMessage | bytes) -> None:
        if not self.cut:
            self.down.append(message if isinstance(message, bytes) else encode(message))


class Worker:
    """One worker: what it knows of the log, whom it serves, which edits wait for its next statement."""

    def __init__(self, name: str, log: Log, bus: "dict[str, deque[bytes]]") -> None:
        self.name = name
        self.log = log
        self.bus = bus
        self.replica = log.replica()
        self.wires: list[Wire] = []
        self.waiting: list[tuple[Wire, m.Edit, Author]] = []
        self.may: dict[str, str] = {}  # by actor, where it is not "type"
        self.in_pieces = False
        self.now = 0.0

    # ---- one wire's messages

    def hear(self, wire: Wire, payload: bytes) -> None:
        message = decode_client(payload)
        match message:
            case m.Hello():
                self._hello(wire, message)
            case m.Open():
                self._open(wire, message.ref, message.have)
            case m.Edit():
                author = Author(wire.actor, wire.actor, wire.sid, wire.sid)
                self.waiting.append((wire, message, author))
            case m.Park():
                self.log.stashed += [text.mine for text in message.texts]
                wire.say(m.Parked(message.ref, "stash"))
            case m.Seen() | m.Pong() | m.Focus() | m.Close():
                pass
            case _:
                raise AssertionError(message)

    def _hello(self, wire: Wire, hello: m.Hello) -> None:
        wire.sid = hello.session
        actor = m.ActorInfo(wire.actor, "user", wire.actor, wire.actor)
        wire.say(m.Welcome(hello.session, wire.sid, "r", self.name, "w", actor, "0", 8.0, {}))
        for have in hello.drafts:
            self._open(wire, 0, have)

    def _open(self, wire: Wire, ref: int, have: m.Have | None) -> None:
        wire.following, wire.cursor = True, self.replica.seq
        if have is not None and (have.generation, have.have) > (self.replica.generation, self.replica.seq):
            self.catch_up()
        replica = self.replica
        if have is not None:
            if have.generation != replica.generation:
                wire.following = False
                reason = "discarded" if have.generation < replica.generation else "rewound"
                wire.say(m.Reset(DRAFT, reason, replica.generation))  # type: ignore[arg-type]
                return
            mark = replica.mark_at(have.have)
            if have.have > replica.seq or (mark is not None and mark != have.mark):
                wire.following = False
                wire.say(m.Reset(DRAFT, "rewound", replica.generation))
                return
            if mark is not None:
                wire.cursor = have.have
                wire.say(
                    m.Opened(
                        DRAFT, ITEM, replica.generation, have.have, self._may(wire.actor), ref=ref,
                        your_last_no=replica.last_no.get(self._w(wire), 0), your_w=self._w(wire), writers=self._infos(),
                    )
                )  # fmt: skip
                self.serve(wire)
                return
        self._state(wire, ref)

    def _may(self, actor: str) -> Any:
        return "look" if self.may.get(actor, "type") != "type" else "type"

    def _w(self, wire: Wire) -> int:
        return self.replica.numbers.get(wire.sid, 0)

    def _infos(self) -> tuple[m.WriterInfo, ...]:
        return tuple(self._info(writer) for writer in self.replica.writers.values())

    @staticmethod
    def _info(writer: Writer) -> m.WriterInfo:
        return m.WriterInfo(writer.w, m.ActorInfo(writer.actor, "user", writer.actor, writer.actor), writer.sid)

    def _state(self, wire: Wire, ref: int) -> None:
        replica = self.replica
        wire.cursor = replica.seq
        text = encode(replica.document.value).decode()
        parts = [text[i : i + PIECE_CHARS] for i in range(0, len(text), PIECE_CHARS)] if self.in_pieces else []
        w = self._w(wire)
        wire.say(
            m.State(
                DRAFT, ITEM, "shared", None, replica.generation, replica.seq, replica.mark, self._may(wire.actor),
                m.Shape(("/items", "/**/subs", "/flat"), ("/title", "/**/body")), 0, 0,
                value=None if parts else replica.document.value, pieces=len(parts), ref=ref,
                why="read_only" if self._may(wire.actor) == "look" else None,
                your_last_no=replica.last_no.get(w, 0), your_w=w, writers=self._infos(),
            )
        )  # fmt: skip
        for i, part in enumerate(parts):
            wire.say(m.Piece(DRAFT, i, part))

    def forbid(self, actor: str, code: str) -> None:
        self.may[actor] = code
        for wire in self.wires:
            if wire.actor == actor and wire.following:
                wire.say(m.May(DRAFT, self._may(actor), None if code == "type" else code))

    # ---- delivery

    def serve(self, wire: Wire) -> None:
        replica = self.replica
        if not wire.following or wire.cursor == replica.seq:
            return
        if wire.cursor < replica.first:
            self._state(wire, 0)
            return
        wire.say(self._stretch(replica.after(wire.cursor)))
        wire.cursor = replica.seq

    def _stretch(self, entries: list[Entry]) -> bytes:
        infos = [self._info(self.replica.writers[w]) for w in sorted({entry.w for entry in entries})]
        return ops_payload(DRAFT, self.replica.generation, entries, {}, infos)

    def _serve_all(self) -> None:
        for wire in self.wires:
            self.serve(wire)

    def trim(self) -> None:
        self.replica.trim(2, 10**9)

    # ---- the log

    def commit(self) -> None:
        """Decide what waits, on what this worker knows; whoever loses the compare-and-set decides again."""
        for _ in range(MOST_LOSSES):
            if not self.waiting:
                return
            plan = Plan(self.replica)
            placed: list[tuple[Wire, m.Edit, Author]] = []
            for waiting in self.waiting:
                self._decide(plan, waiting, placed)
            if placed and not self.log.commit(plan):
                self.waiting = placed
                self.catch_up()
                continue
            self.waiting = []
            if placed:
                self._won(plan)
        assert not self.waiting, "an edit lost the compare-and-set again and again with nobody else at work"

    def _decide(self, plan: Plan, waiting: tuple[Wire, m.Edit, Author], placed: list[Any]) -> None:
        wire, edit, author = waiting
        while True:
            try:
                outcome = plan.decide(edit, author, self.may.get(author.actor, "type"), self.now)
            except NeedsOlder as needed:
                if needed.after >= self.replica.first:
                    raise AssertionError("each round brings older batches back, so the rounds end") from needed
                self.replica.prepend(*self.log.older(self.replica, needed.after))
                continue
            except Problem as problem:
                retry = problem.kind.retry
                wire.say(m.Refused(DRAFT, edit.no, edit.key, problem.code, problem.message, retry, problem.detail))
                return
            if isinstance(outcome, Duplicate):
                self._again(wire, edit, outcome)
            else:
                placed.append(waiting)
            return

    def _again(self, wire: Wire, edit: m.Edit, found: Duplicate) -> None:
        """A resend of what is in the log: its batch once more, if it is this very batch."""
        stored = next((e for e in self.log.entries if (e.w, e.no) == (found.w, edit.no)), None)
        if stored is None or stored.key != edit.key:
            wire.say(m.Refused(DRAFT, edit.no, edit.key, "op_no_reused", ""))
        elif wire.following and wire.cursor >= stored.seq >= self.replica.first + 1:
            wire.say(self._stretch(self.replica.after(stored.seq - 1)))

    def _won(self, plan: Plan) -> None:
        before = BusHeader(self.replica.generation, self.replica.seq, plan.seq, self.replica.mark, plan.mark, self.name)
        for writer in plan.writers:
            self.replica.join(writer)
        for decided, document in zip(plan.decided, plan.documents, strict=True):
            self.replica.extend(decided.entry, document)
        payload = self._stretch([decided.entry for decided in plan.decided])
        for name, queue in self.bus.items():
            if name != self.name:
                queue.append(pack(before, payload))
        self._serve_all()

    def hear_bus(self, data: bytes) -> None:
        """Another worker's commit, taken in if it joins on; a gap is read from the log."""
        header, payload = unpack(data)
        replica = self.replica
        if header.generation == replica.generation and header.to <= replica.seq:
            return
        if (header.generation, header.from_, header.mark_before) != (replica.generation, replica.seq, replica.mark):
            self.catch_up()
            return
        message = read_ops(payload)
        for writer in message.writers:
            replica.join(Writer(writer.w, writer.actor.id, "", writer.sid))
        for batch in message.batches:
            raw = bytes(batch.ops)
            mark = next_mark(replica.mark, replica.writers[batch.w].sid, batch.no, raw)
            document, effects = replica.apply(decode_ops(raw), batch.w)
            replica.extend(_entry(replica.seq + 1, batch.w, batch.no, mark, raw, effects, self.now), document)
        assert replica.mark == header.mark
        self._serve_all()

    def catch_up(self) -> None:
        """Read on in the log; a history that is another one resets everybody."""
        replica, log = self.replica, self.log
        if replica.generation != log.generation:
            self.replica = log.replica()
            self.waiting = [waiting for waiting in self.waiting if not self._gave_up(*waiting)]
            for wire in self.wires:
                if wire.following:
                    wire.following = False
                    wire.say(m.Reset(DRAFT, "discarded", log.generation))
            self.catch_up()
            return
        for writer in log.writers.values():
            replica.join(writer)
        for entry in log.entries[replica.seq :]:
            document, effects = replica.apply(decode_ops(entry.ops), entry.w)
            replica.extend(msgspec.structs.replace(entry, effects=effects), document)
        self._serve_all()

    def _gave_up(self, wire: Wire, edit: m.Edit, _: Author) -> bool:
        wire.say(m.Refused(DRAFT, edit.no, edit.key, "generation_changed", ""))
        return True


def _entry(seq: int, w: int, no: int, mark: str, ops: bytes, effects: tuple[Effect, ...], at: float) -> Entry:
    return Entry(seq=seq, w=w, no=no, mark=mark, ops=ops, effects=effects, kind="edit", at=at)


class Peer:
    """A session with its connection and what it was told."""

    def __init__(self, name: str) -> None:
        self.name = name
        keys = iter(range(10**9))
        self.session = Session(name, lambda: f"{name}.{next(keys)}")
        self.wire: Wire | None = None
        self.events: list[Any] = []

    def connect(self, worker: Worker) -> None:
        self.cut(0)
        self.wire = Wire(worker, f"actor {self.name}")
        worker.wires.append(self.wire)
        self.wire.up.append(encode(self.session.connected("token")))

    def cut(self, arriving: int) -> None:
        """End the connection; ``arriving`` of the messages on their way up still arrive, later."""
        wire = self.wire
        if wire is None:
            return
        wire.cut = True
        wire.down.clear()
        while len(wire.up) > arriving:
            wire.up.pop()
        self.wire = None
        self.events += self.session.disconnected(1006)

    def send(self) -> None:
        if self.wire is not None:
            self.wire.up.extend(encode(message) for message in self.session.take_outgoing())

    def receive(self, payload: bytes, now: float) -> None:
        self.events += self.session.receive(decode_server(payload), now)


def first_document(seed: int) -> Document:
    """A document to begin with."""
    return Document.load(World(seed).document().value, SHAPE)
