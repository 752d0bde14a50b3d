"""Sessions against the real server core in memory: whatever is lost, late or repeated, all end equal.

Every character that anybody types is unique in a run, so that each can be asked for: it is in the log, in what is
pending, in what was parked, or its own writer removed it.
"""

from collections import Counter, deque
from typing import Any

import hypothesis.strategies as st
import msgspec
import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from draftwire.document.document import Document
from draftwire.document.ops import Insert, Set
from draftwire.document.rebase import Lost, land
from draftwire.document.values import same
from draftwire.errors import Problem
from draftwire.session.events import Acked, TextsParked
from draftwire.session.replica import DraftReplica
from draftwire.wire.codec import decode_client, decode_server, encode
from draftwire.wire.messages import Edit, Ops, Shape, State
from tests.protocol.cluster_model import DRAFT, ITEM, Log, Peer, Worker, first_document
from tests.protocol.model import SHAPE, World

FIRST_WIDE = 0x20000  # CJK ideographs of the second plane: two UTF-16 units each
FIRST_NARROW = 0x4E00


class Typist(World):
    """Draws ops whose every character is new."""

    def __init__(self, seed: int, used: int) -> None:
        super().__init__(seed)
        self.used = used

    def text(self, most: int = 6) -> str:
        out = []
        for _ in range(self.random.randint(0, most)):
            if self.random.random() < 0.1:
                out.append("\n")
            else:
                self.used += 1
                out.append(chr((FIRST_WIDE if self.used % 3 == 0 else FIRST_NARROW) + self.used))
        return "".join(out)


def characters(value: Any) -> set[str]:
    """The unique characters anywhere in a value, document or ops."""
    text = msgspec.json.encode(value).decode()
    return {c for c in text if FIRST_NARROW <= ord(c) != ord("😀")}


class Sessions(RuleBasedStateMachine):
    """Two to five sessions on two workers."""

    @initialize(seed=st.integers(0, 2**32), people=st.integers(2, 5), opened=st.booleans())
    def begin(self, seed: int, people: int, opened: bool) -> None:
        self.log = Log(first_document(seed))
        self.bus: dict[str, deque[bytes]] = {"a": deque(), "b": deque()}
        self.workers = [Worker(name, self.log, self.bus) for name in self.bus]
        self.peers = [Peer(f"s{i}") for i in range(people)]
        self.now = 0.0
        self.used = 0
        self.holey = False
        self.typed: dict[str, set[str]] = {peer.name: set() for peer in self.peers}
        for i, peer in enumerate(self.peers):
            peer.session.open(item=ITEM)
            peer.connect(self.workers[i % 2])
        if opened:
            self.settle()
        else:
            self.workers[0].in_pieces = True

    # ---- what may happen

    who = st.integers(0, 4)
    which = st.integers(0, 1)

    def peer(self, who: int) -> Peer:
        return self.peers[who % len(self.peers)]

    @rule(who=who, seed=st.integers(0, 2**32), ops=st.integers(1, 3))
    def type(self, who: int, seed: int, ops: int) -> None:
        peer = self.peer(who)
        replica = peer.session.draft(DRAFT)
        if replica is None:
            return
        typist = Typist(seed, self.used)
        for _ in range(ops):
            op = typist.op(replica.view)
            if op is None:
                continue
            before = characters(replica.view.value)
            try:
                peer.events += peer.session.edit(DRAFT, [op], self.now)
            except Problem as problem:
                assert problem.code in ("generation_changed", "read_only")  # noqa: PT017
                break
            after = characters(replica.view.value)
            self.typed[peer.name] = (self.typed[peer.name] | (after - before)) - (before - after)
        self.used = typist.used

    @rule(who=who)
    def send(self, who: int) -> None:
        self.peer(who).send()

    @rule(who=who, count=st.integers(1, 4), twice=st.booleans())
    def deliver_up(self, who: int, count: int, twice: bool) -> None:
        wire = self.peer(who).wire
        for _ in range(count):
            if wire is not None and wire.up:
                payload = wire.up.popleft()
                wire.worker.hear(wire, payload)
                if twice and isinstance(decode_client(payload), Edit):
                    wire.worker.hear(wire, payload)

    @rule(who=who, count=st.integers(1, 6), twice=st.booleans())
    def deliver_down(self, who: int, count: int, twice: bool) -> None:
        peer = self.peer(who)
        for _ in range(count):
            if peer.wire is not None and peer.wire.down:
                payload = peer.wire.down.popleft()
                peer.receive(payload, self.now)
                if twice and isinstance(decode_server(payload), Ops):
                    peer.receive(payload, self.now)

    @rule(who=who)
    def lose(self, who: int) -> None:
        """A part of the stream does not arrive; no transport does that, but a client must notice."""
        wire = self.peer(who).wire
        if wire is not None and wire.down and isinstance(decode_server(wire.down[0]), Ops):
            wire.down.popleft()
            self.holey = True

    @rule(which=which)
    def commit(self, which: int) -> None:
        self.workers[which].now = self.now
        self.workers[which].commit()

    @rule(which=which, lost=st.booleans())
    def hear_bus(self, which: int, lost: bool) -> None:
        queue = self.bus[self.workers[which].name]
        if queue:
            message = queue.popleft()
            if not lost:
                self.workers[which].hear_bus(message)

    @rule(which=which)
    def poll(self, which: int) -> None:
        self.workers[which].catch_up()

    @rule(who=who, arriving=st.integers(0, 3))
    def cut(self, who: int, arriving: int) -> None:
        self.peer(who).cut(arriving)

    @rule(who=who, seed=st.integers(0, 2**32), commits=st.booleans())
    def write(self, who: int, seed: int, commits: bool) -> None:
        """The common case in one step: typed, sent, arrived, perhaps committed."""
        self.type(who, seed, 2)
        self.send(who)
        self.deliver_up(who, 4, False)
        wire = self.peer(who).wire
        if commits and wire is not None:
            wire.worker.commit()

    @rule(data=st.data())
    def late(self, data: st.DataObject) -> None:
        """What was on its way on a connection that is no more arrives after all."""
        wires = [wire for worker in self.workers for wire in worker.wires if wire.cut and wire.up]
        if wires:
            wire = data.draw(st.sampled_from(wires))
            wire.worker.hear(wire, wire.up.popleft())

    @rule(who=who, which=which)
    def connect(self, who: int, which: int) -> None:
        self.peer(who).connect(self.workers[which])

    @rule(which=which)
    def trim(self, which: int) -> None:
        self.workers[which].trim()

    @rule(which=which)
    def pieces(self, which: int) -> None:
        self.workers[which].in_pieces ^= True

    @rule(who=who)
    def forbid(self, who: int) -> None:
        for worker in self.workers:
            actor = f"actor {self.peer(who).name}"
            worker.forbid(actor, "type" if worker.may.get(actor, "type") != "type" else "read_only")

    @precondition(lambda self: len(self.log.entries) > 3)
    @rule()
    def discard(self) -> None:
        self.log.discard()

    @rule(s=st.sampled_from([0.1, 0.6, 6.0, 30.0]))
    def tick(self, s: float) -> None:
        self.now += s
        for peer in self.peers:
            peer.events += peer.session.tick(self.now)

    # ---- what always holds

    @invariant()
    def the_view_is_confirmed_with_what_is_pending(self) -> None:
        for peer in getattr(self, "peers", ()):
            replica = peer.session.draft(DRAFT)
            if replica is not None:
                landed = land(replica.confirmed, replica.pending, w=replica.w)
                assert not any(isinstance(effect, Lost) for effect in landed.effects)
                assert same(landed.document.value, replica.view.value)

    @invariant()
    def saved_is_said_only_of_what_is_in_the_log(self) -> None:
        for peer in getattr(self, "peers", ()):
            replica = peer.session.draft(DRAFT)
            if replica is not None and peer.session.status(DRAFT) == "saved":
                assert not replica.has_pending

    # ---- the end

    def settle(self) -> None:
        """Let everything arrive, until nobody has anything to say."""
        for worker in self.workers:
            for wire in worker.wires:
                while wire.cut and wire.up:
                    worker.hear(wire, wire.up.popleft())
        for peer in self.peers:
            if peer.wire is None or self.holey:
                peer.connect(self.workers[0])
        for _ in range(60):
            for peer in self.peers:
                peer.send()
                wire = peer.wire
                assert wire is not None
                while wire.up:
                    wire.worker.hear(wire, wire.up.popleft())
            for worker in self.workers:
                worker.commit()
            for worker in self.workers:
                self.bus[worker.name].clear()
                worker.catch_up()
            quiet = True
            for peer in self.peers:
                assert peer.wire is not None
                while peer.wire.down:
                    peer.receive(peer.wire.down.popleft(), self.now)
                peer.send()
                replica = peer.session.draft(DRAFT)
                quiet &= not peer.wire.up and replica is not None and replica.live and not replica.has_pending
            if quiet:
                return
            self.now += 1.0
            for peer in self.peers:
                peer.events += peer.session.tick(self.now)
        pytest.fail("it never came to rest")

    def teardown(self) -> None:
        if not hasattr(self, "log"):
            return
        for worker in self.workers:
            for actor in list(worker.may):
                worker.forbid(actor, "type")
        self.settle()
        truth = self.log.replayed()
        Document.load(truth.value, SHAPE)  # ids are unique, or it refuses
        encode(truth.value).decode()  # surrogate pairs are whole, or it refuses
        for worker in self.workers:
            assert same(worker.replica.document.value, truth.value)
        for peer in self.peers:
            replica = peer.session.draft(DRAFT)
            assert replica is not None
            assert (replica.generation, replica.seq, replica.mark) == (
                self.log.generation, len(self.log.entries), self.log.mark,
            )  # fmt: skip
            assert same(replica.view.value, truth.value)
            assert replica.last_no == self.log.used.get(replica.w, 0)
        self.check_every_batch_exactly_once()
        self.check_nothing_typed_is_lost()

    def check_every_batch_exactly_once(self) -> None:
        assert max(Counter(entry.key for entry in self.log.entries).values(), default=1) == 1
        assert max(Counter((entry.w, entry.no) for entry in self.log.entries).values(), default=1) == 1
        for peer in self.peers:
            acked = [(event.w, event.no) for event in peer.events if isinstance(event, Acked)]
            assert len(acked) == len(set(acked))

    def check_nothing_typed_is_lost(self) -> None:
        kept = characters([self.log.typed, self.log.stashed])
        for peer in self.peers:
            told = [t.mine for e in peer.events if isinstance(e, TextsParked) for t in e.parking.texts]
            assert self.typed[peer.name] <= kept | characters(told)
            assert characters(told) <= kept, "what was said to be parked is in the stash"


# The same histories in every run, and no shrinking, which can take minutes here: what fails is looked at by its printed
# steps. Other histories: `HYPOTHESIS_PROFILE=full pytest … --hypothesis-seed=N` with `derandomize` taken out.
Sessions.TestCase.settings = settings(stateful_step_count=60, derandomize=True, phases=(Phase.explicit, Phase.generate))
TestSessions = Sessions.TestCase


def test_a_batch_goes_on_in_its_own_element_when_that_had_to_be_renamed() -> None:
    value = {"title": "", "items": [{"id": "a", "body": "theirs"}], "flat": []}
    shape = Shape(("/items", "/flat"), ("/title", "/items/*/body"))
    replica = DraftReplica(State("d", "i", "shared", None, 1, 0, "m", "type", shape, 0, 0, value), value)
    replica.edit([Insert("/flat", {"id": "a", "n": 1}), Set("a/n", 2)], 0.0)
    assert replica.view.value["items"] == value["items"]
    assert [element["n"] for element in replica.view.value["flat"]] == [2]


def test_a_buffer_of_too_many_ops_goes_in_parts() -> None:
    value = {"title": "", "items": [], "flat": []}
    shape = Shape(("/items", "/flat"), ("/title",))
    replica = DraftReplica(State("d", "i", "shared", None, 1, 0, "m", "type", shape, 0, 0, value), value)
    replica.edit([Insert("/flat", {"id": str(number)}) for number in range(5)], 0.0)
    first = replica.take_edit(lambda: "k", 2)
    assert first is not None
    assert replica.buffer is not None
    assert (len(first.ops), len(replica.buffer.ops)) == (2, 3)
    assert len(replica.view.value["flat"]) == 5
