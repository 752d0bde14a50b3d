"""Random documents and ops, and a model of one server with several clients, driven by a seed.

The server keeps one total order; a client keeps what is confirmed, one batch in flight and a buffer, and
shows both on top. Messages are late, never out of order on one connection.
"""

from random import Random
from typing import Any

from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.document.rebase import Lost, compose, follow, land, rebase
from draftwire.document.shape import Shape
from draftwire.errors import OpError
from draftwire.text.units import length

SHAPE = Shape(["/items", "/**/subs", "/flat"], ["/title", "/**/body"], [("/**/body", "language")])
IDS = "abcdef"
CHARS = "ab \né😀"


class World:
    """Draws values and ops from one seed."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def text(self, most: int = 6) -> str:
        return "".join(self.random.choices(CHARS, k=self.random.randint(0, most)))

    def document(self) -> Document:
        free = list(IDS)
        self.random.shuffle(free)
        value = {
            "title": self.text(),
            "meta": self.member(free, 1),
            "items": [self.element(free, 2) for _ in range(2)],
            "flat": [],
            "list": [{"subs": [self.element(free, 0)] if free else []}],
        }
        return Document.load(value, SHAPE)

    def element(self, free: list[str], depth: int) -> dict[str, Any]:
        element: dict[str, Any] = {"id": free.pop() if free else f"g{self.random.randint(0, 10**9)}"}
        if self.random.random() < 0.8:
            element["body"] = self.text()
        if depth and self.random.random() < 0.6:
            element["subs"] = [self.element(free, depth - 1) for _ in range(self.random.randint(0, 2))]
        if self.random.random() < 0.4:
            element["meta"] = self.member(free, depth - 1)
        return element

    def member(self, free: list[str], depth: int) -> Any:
        kind = self.random.randint(0, 4)
        if kind == 0:
            return {"body": self.text(), "n": self.random.randint(0, 2)}
        if kind == 1 and depth > 0:
            return {"subs": [self.element(free, depth - 1)], "body": self.text()}
        if kind == 2:
            return [{"id": "a"}, self.random.randint(0, 2)]
        return self.random.choice([None, True, 1, "x", {}])

    def splices(self, text: str) -> tuple[tuple[int, int, str], ...]:
        edges = [length(text[:i]) for i in range(len(text) + 1)]
        out: list[tuple[int, int, str]] = []
        low = 0
        for _ in range(self.random.choice([1, 1, 1, 2, 3])):
            if low > len(text):
                break
            start = self.random.randint(low, len(text))
            end = min(len(text), start + self.random.choice([0, 0, 1, 2, 5]))
            insert = self.text(3) if self.random.random() < 0.7 else ""
            if insert or end > start:
                out.append((edges[start], edges[end] - edges[start], insert))
                low = end + 1
        return tuple(out)

    def op(self, document: Document) -> Op | None:
        """Draw an op that `Document.check` accepts, or None if none was found soon."""
        for _ in range(20):
            op = self._op(document)
            if op is not None:
                try:
                    document.check(op)
                except OpError:
                    continue
                if document.apply(op, 0).effect is not None:
                    return op
        return None

    def _op(self, document: Document) -> Op | None:
        bases = ["", *document.elements()]
        base = self.random.choice(bases)
        kind = self.random.choice(["text"] * 4 + ["set", "set", "remove", "insert", "insert", "move"])
        if kind == "text":
            at = base + "/" + self.random.choice(["title", "body", "meta/body"])
            leaf = document.get(at)
            splices = self.splices(leaf) if isinstance(leaf, str) else ()
            return Text(at, splices) if splices else None
        if kind in ("set", "remove"):
            at = base + "/" + self.random.choice(["meta", "meta/n", "meta/body", "body", "subs", "list", "new"])
            if kind == "set":
                return Set(at, self.value_for(at))
            return Remove(at if self.random.random() < 0.3 else base)
        array = base + "/" + self.random.choice(["items", "subs", "meta/subs", "flat", "list/0/subs"])
        after, before = self.neighbours(document)
        if kind == "insert":
            return Insert(array, self.element(self.some_ids(), 1), after, before)
        return Move(base, array, after, before)

    def value_for(self, at: str) -> Any:
        if at.endswith("subs"):
            return [self.element(self.some_ids(), 0)]
        if at.endswith("body"):
            return self.text()
        return self.member(self.some_ids(), 1)

    def some_ids(self) -> list[str]:
        return self.random.sample(IDS, 4)

    def neighbours(self, document: Document) -> tuple[str | None, str | None]:
        around = [None, *document.elements(), "zz"]
        return self.random.choice(around), self.random.choice(around)


class Server:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.log: list[tuple[int, tuple[Effect, ...]]] = []

    def accept(self, w: int, base: int, ops: tuple[Op, ...]) -> None:
        over = [effect for _, effects in self.log[base:] for effect in effects]
        if not over:
            state = self.document
            for op in ops:
                try:
                    state.check(op)
                except OpError as refused:
                    if refused.code != "keyed_array_fixed":  # others filled it meanwhile
                        raise
                state = state.apply(op, w).document
        landed = land(self.document, rebase(ops, over, w=w, head=self.document).ops, w=w)
        self.document = landed.document
        self.log.append((w, tuple(effect for effect in landed.effects if isinstance(effect, Effect))))


class Client:
    def __init__(self, w: int, document: Document) -> None:
        self.w = w
        self.confirmed = document
        self.have = 0
        self.inflight: tuple[Op, ...] | None = None
        self.buffer: tuple[Op, ...] = ()
        self.shown = document

    def edit(self, op: Op) -> None:
        applied = self.shown.apply(op, self.w)
        assert applied.effect is not None
        self.shown = applied.document
        self.buffer = compose(self.buffer, [applied.effect.op])

    def send(self) -> tuple[int, tuple[Op, ...]] | None:
        if self.inflight is not None or not self.buffer:
            return None
        self.inflight, self.buffer = self.buffer, ()
        return self.have, self.inflight

    def receive(self, w: int, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            applied = self.confirmed.apply(effect.op, w)
            assert applied.effect == effect
            self.confirmed = applied.document
        self.have += 1
        if w == self.w:
            self.inflight = None
        else:
            mine = rebase(self.inflight or (), effects, w=self.w, head=self.confirmed)
            over = [effect for effect in mine.over if effect is not None] if self.inflight else effects
            buffer = [follow(op, mine.renamed) for op in self.buffer]
            later = rebase(buffer, over, w=self.w, head=self.confirmed)
            if self.inflight is not None:
                self.inflight = tuple(op for op in mine.ops if not isinstance(op, Lost))
            self.buffer = tuple(op for op in later.ops if not isinstance(op, Lost))
        self._replay()

    def _replay(self) -> None:
        landed = land(self.confirmed, self.inflight or (), w=self.w)
        rest = land(landed.document, [follow(op, landed.renamed) for op in self.buffer], w=self.w)
        self.buffer = compose((), [effect.op for effect in rest.effects if isinstance(effect, Effect)])
        self.shown = rest.document


def run(seed: int, writers: int, steps: int) -> tuple[Document, Server, list[Client]]:
    """Let everybody write for a while, then deliver all; return the first document and the replicas."""
    world = World(seed)
    first = world.document()
    server = Server(first)
    clients = [Client(w, first) for w in range(1, writers + 1)]
    sent: list[tuple[int, int, tuple[Op, ...]]] = []
    for _ in range(steps):
        client = world.random.choice(clients)
        action = world.random.randint(0, 5)
        if action <= 1:
            op = world.op(client.shown)
            if op is not None:
                client.edit(op)
        elif action == 2:
            message = client.send()
            if message is not None:
                sent.append((client.w, *message))
        elif action == 3 and sent:
            server.accept(*sent.pop(world.random.randrange(len(sent))))
        elif client.have < len(server.log):
            client.receive(*server.log[client.have])
    settle(server, clients, sent)
    return first, server, clients


def settle(server: Server, clients: list[Client], sent: list[tuple[int, int, tuple[Op, ...]]]) -> None:
    while True:
        while sent:
            server.accept(*sent.pop(0))
        for client in clients:
            while client.have < len(server.log):
                client.receive(*server.log[client.have])
            message = client.send()
            if message is not None:
                sent.append((client.w, *message))
        if not sent:
            return
