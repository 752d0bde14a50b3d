"""Blame against a naive oracle: a document of single characters, each with who wrote it, edited by hand."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.invert import invert
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text
from draftwire.document.shape import Shape
from draftwire.text.units import length
from draftwire_server.core.history.blame import STINT_S, Blame, BlamedBatch, BlamedLines, Donor, Origin, lines_of
from tests.protocol.model import SHAPE, World

BASE = Origin("base", None, 0.0, "deploy", version=3)
TEXT = Shape(text=["/content"])


def chars(text: str, who: str) -> list[tuple[bytes, str]]:
    raw = text.encode("utf-16-le", "surrogatepass")
    return [(raw[i : i + 2], who) for i in range(0, len(raw), 2)]


class Oracle:
    """Keeps a mirror of the document in which every value says who wrote it; knows nothing of spans or addresses."""

    def __init__(self, document: Document) -> None:
        self.root = self.mirror(document.value, "base")
        self.document = document

    def mirror(self, value: Any, who: str) -> Any:
        """(who, inside): a dict, a list or a list of characters (every string is kept by character)."""
        if isinstance(value, dict):
            return [who, {name: self.mirror(member, who) for name, member in value.items()}]
        if isinstance(value, list):
            return [who, [self.mirror(member, who) for member in value]]
        return [who, chars(value, who) if isinstance(value, str) else value]

    def node(self, at: str) -> Any:
        element, tokens = addresses.parse(at)
        node = self.find(self.root, element) if element else self.root
        for name in tokens:
            node = node[1][int(name) if isinstance(node[1], list) else name]
        return node

    def find(self, node: Any, element: str) -> Any:
        inside = node[1]
        if isinstance(inside, dict):
            id_ = inside.get("id")
            if id_ is not None and id_[1] == chars(element, id_[0]) and self.is_keyed(node):
                return node
            for member in inside.values():
                if (found := self.find(member, element)) is not None:
                    return found
        elif isinstance(inside, list) and not (inside and isinstance(inside[0], tuple)):
            for member in inside:
                if (found := self.find(member, element)) is not None:
                    return found
        return None

    def is_keyed(self, node: Any) -> bool:
        return id(node) in self.keyed

    def index(self) -> None:
        """Note which mirrored objects are elements, as the real document says."""
        self.keyed: set[int] = set()

        def walk(node: Any, value: Any, place: Any) -> None:
            if isinstance(value, dict):
                for name, member in value.items():
                    walk(node[1][name], member, place.member(name))
            elif isinstance(value, list):
                for inner, member in zip(node[1], value, strict=True):
                    if place.keyed:
                        self.keyed.add(id(inner))
                    walk(inner, member, place.element())

        walk(self.root, self.document.value, self.document.shape.root)

    def apply(self, effect: Effect, after: Document, who: str) -> None:
        self.index()
        op = effect.op
        match op:
            case Text(at, splices):
                node = self.node(at)
                for position, delete, insert in reversed(splices):
                    node[1][position : position + delete] = chars(insert, who)
            case Set(at, value):
                parent, _, _ = at.rpartition("/")
                self.node(parent)[1][addresses.parse(at)[1][-1]] = self.mirror(value, who)
            case Remove(at) if addresses.parse(at)[1]:
                self.node(at.rpartition("/")[0])[1].pop(addresses.parse(at)[1][-1], None)
            case Remove(at):
                self.lift(addresses.owner(at))
            case Insert(at, value):
                self.place(at, self.mirror(value, who), addresses.escape(value["id"]), after)
            case Move(id_, at):
                self.place(at, self.lift(id_), addresses.escape(id_), after)
        self.document = after

    def lift(self, element: str) -> Any:
        home = self.document.home(element)
        assert home is not None
        array = self.node(home[0])[1]
        node = self.find(self.root, element)
        del array[next(i for i, other in enumerate(array) if other is node)]
        return node

    def place(self, at: str, node: Any, element: str, after: Document) -> None:
        order = [other["id"] for other in after.get(at)]
        self.node(at)[1].insert(order.index(addresses.owner(element)), node)

    def compare(self, blame: Blame) -> None:
        """Every text leaf by character, every other member and element as it is."""
        self.index()

        def walk(at: str, node: Any, value: Any, place: Any) -> None:
            if isinstance(value, dict):
                for name, member in value.items():
                    if not ("/" not in at and at and name == "id"):
                        walk(f"{at}/{addresses.escape(name)}", node[1][name], member, place.member(name))
            elif isinstance(value, list) and place.keyed:
                for inner, member in zip(node[1], value, strict=True):
                    inside = addresses.escape(member["id"])
                    assert blame.member(inside).actor == inner[0], inside
                    walk(inside, inner, member, place.element())
            elif isinstance(value, str) and place.text:
                spans = blame.spans(at, length(value))
                assert all(size > 0 for size, _ in spans)
                assert all(one[1] != other[1] for one, other in pairwise(spans)), "no two spans could be one"
                told = [who for size, i in spans for who in [blame.origins[i].actor] * size]
                assert told == [who for _, who in node[1]], at
            elif not (isinstance(value, list) and value):
                assert blame.member(at).actor == node[0], at

        walk("", self.root, self.document.value, self.document.shape.root)


def run(seed: int, rounds: int, gap: float) -> tuple[Blame, Oracle, Document]:
    world = World(seed)
    document = world.document()
    blame, oracle = Blame(BASE), Oracle(document)
    at = 100.0
    for seq in range(1, rounds + 1):
        who = f"actor{world.random.randint(0, 3)}"
        effects = []
        for _ in range(world.random.choice([1, 1, 2])):
            op = world.op(document)
            if op is None:
                continue
            applied = document.apply(op, 7)
            assert applied.effect is not None
            oracle.apply(applied.effect, applied.document, who)
            document = applied.document
            effects.append(applied.effect)
        blame.add(BlamedBatch(seq, who, None, at, "edit", tuple(effects)))
        at += gap
        if world.random.random() < 0.2:
            blame = Blame.load(blame.dump())
    return blame, oracle, document


@given(st.integers(0, 2**32), st.integers(1, 40), st.sampled_from([1.0, 2 * STINT_S]))
def test_every_character_member_and_element_belongs_to_who_wrote_it(seed: int, rounds: int, gap: float) -> None:
    blame, oracle, _ = run(seed, rounds, gap)
    oracle.compare(blame)
    oracle.compare(Blame.load(blame.dump()))
    version = blame.deployed(9)
    oracle.compare(version)
    assert {o.version for o in version.origins} <= {3, 9} and all(o.seq is None for o in version.origins)


@given(st.integers(0, 2**32), st.integers(1, 10))
def test_what_an_undo_brings_back_belongs_to_who_wrote_it_first(seed: int, rounds: int) -> None:
    """Texts whose deletion is undone, and elements that were removed whole."""
    blame, _, document = run(seed, rounds, 2 * STINT_S)
    random = Random(seed)
    texts = [at for at in leaves(document) if document.get(at)]
    if not texts:
        return
    at = random.choice(texts)
    before = told(blame, document, at)
    size = length(document.get(at))
    applied = document.apply(Text(at, ((0, size, "gone"),)), 7)
    assert applied.effect is not None
    blame.add(BlamedBatch(98, "vandal", None, 1e6, "edit", (applied.effect,)))
    undone = [applied.document.apply(op, 7) for op in invert([applied.effect])]
    blame.add(BlamedBatch(99, "rescuer", None, 2e6, "undo", tuple(u.effect for u in undone if u.effect)))
    assert told(blame, undone[-1].document, at) == before
    blame.add(BlamedBatch(100, "vandal", None, 3e6, "edit", (applied.effect,)))
    blame.add(BlamedBatch(101, "rescuer", None, 4e6, "edit", tuple(u.effect for u in undone if u.effect)))
    assert set(told(blame, undone[-1].document, at)) == {"rescuer"}, "an edit is its writer's, whatever it says"


def leaves(document: Document) -> list[str]:
    found = []
    for base in ["", *map(addresses.escape, document.elements())]:
        for name in ("title", "body", "meta/body"):
            place = document.place(f"{base}/{name}")
            if place is not None and place.text and isinstance(document.get(f"{base}/{name}"), str):
                found.append(f"{base}/{name}")
    return found


def told(blame: Blame, document: Document, at: str) -> list[str]:
    spans = blame.spans(at, length(document.get(at)))
    return [who for size, i in spans for who in [blame.origins[i].actor] * size]


def edited(blame: Blame, document: Document, *ops: Op, seq: int, who: str, kind: str = "edit", **more: Any) -> Document:
    effects = []
    for op in ops:
        applied = document.apply(op, 1)
        assert applied.effect is not None
        effects.append(applied.effect)
        document = applied.document
    blame.add(BlamedBatch(seq, who, more.pop("run", None), more.pop("at", seq * 1e4), kind, tuple(effects)), **more)
    return document


def test_a_removed_element_comes_back_with_its_writers() -> None:
    document = Document.load({"items": [{"id": "a", "body": "one"}], "title": ""}, SHAPE)
    blame = Blame(BASE)
    document = edited(blame, document, Text("a/body", ((3, 0, " two"),)), seq=1, who="ada")
    document = edited(blame, document, Remove("a"), seq=2, who="ben")
    blame = Blame.load(blame.dump())
    document = edited(
        blame, document, Insert("/items", {"id": "a", "body": "one two"}), seq=3, who="ben", kind="revert"
    )
    assert told(blame, document, "a/body") == ["base"] * 3 + ["ada"] * 4
    assert blame.member("a").actor == "base"


def test_characters_that_were_deleted_one_by_one_are_known_as_one_piece() -> None:
    document = Document.load({"content": "alpha beta"}, TEXT)
    blame = Blame(BASE)
    for seq, position in enumerate((9, 8, 7, 6), 1):
        document = edited(blame, document, Text("/content", ((position, 1, ""),)), seq=seq, who="ben", at=1e3 + seq)
    document = edited(blame, document, Text("/content", ((6, 0, "beta"),)), seq=9, who="cleo", kind="restore")
    assert set(told(blame, document, "/content")) == {"base"}


def test_a_rebase_brings_the_versions_writers_along() -> None:
    version = Document.load({"content": "one\ntwo by eli\n", "limit": 7}, TEXT)
    theirs = Blame(Origin("dana", None, 1.0, "deploy", version=1))
    edited(
        theirs, Document.load({"content": "one\n"}, TEXT), Text("/content", ((4, 0, "two by eli\n"),)), seq=1, who="eli"
    )
    edited(theirs, Document.load({"content": "one\n"}, TEXT), Set("/limit", 7), seq=2, who="fay")
    mine = Blame(BASE)
    document = Document.load({"content": "one\n"}, TEXT)
    ops = (Text("/content", ((4, 0, "two by eli\n"),)), Set("/limit", 7))
    document = edited(
        mine, document, *ops, seq=1, who="ben", kind="rebase", donor=Donor(theirs.deployed(2), version.get)
    )
    assert told(mine, document, "/content") == ["base"] * 4 + ["eli"] * 11
    assert (mine.member("/limit").actor, mine.member("/limit").version) == ("fay", 2)


def test_typing_of_one_minute_is_one_span_with_its_batches() -> None:
    document = Document.load({"content": ""}, TEXT)
    blame = Blame(BASE)
    for seq in range(1, 31):
        applied = document.apply(Text("/content", ((seq - 1, 0, "x"),)), 1)
        assert applied.effect is not None
        document = applied.document
        blame.add(BlamedBatch(seq, "ada", "run1" if seq > 20 else None, 1000.0 + seq, "edit", (applied.effect,)))
    first, second = blame.spans("/content", 30)
    assert (first[0], second[0]) == (20, 10)
    assert blame.origins[first[1]] == Origin("ada", None, 1001.0, "edit", 1, 20)
    assert blame.origins[second[1]] == Origin("ada", "run1", 1021.0, "edit", 21, 30)


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_line_belongs_to_its_latest_writer_and_names_the_others(end: str) -> None:
    document = Document.load({"content": "a😀\nb\fc\nd" + end}, TEXT)
    blame = Blame(BASE)
    document = edited(blame, document, Text("/content", ((3, 0, "!"),)), seq=1, who="ada")
    document = edited(blame, document, Text("/content", ((6, 1, "B"),)), seq=2, who="ben")
    text = document.get("/content")
    lines = lines_of(text, blame.spans("/content", length(text)), blame.origins)
    names = [(line.first, line.last, blame.origins[line.origin].actor) for line in lines]
    assert names == [(1, 1, "ada"), (2, 2, "ben"), (3, 3, "base")]
    assert [blame.origins[i].actor for i in lines[0].others] == ["base"]
    assert lines_of("", [], blame.origins) == []
    assert lines_of("x", [(1, 0)], blame.origins) == [BlamedLines(1, 1, 0)]
