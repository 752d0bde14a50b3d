"""The document: an immutable value that ops make new ones of.

`Document.apply` is total: any well-formed op has one outcome on any state, an effect or "lost" (None).
Applying the ops of a log's effects to the state that they were made for gives the same effects. A text op
copies the path to its leaf and shares everything else, the index of ids included; an op of structure copies
the index too.

Values handed out are shared, not copied: nobody may change them.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple, assert_never

from draftwire.document import address as addresses
from draftwire.document import ids
from draftwire.document.ops import (
    Effect,
    ElementTaken,
    Insert,
    Move,
    NothingTaken,
    Op,
    PlaceTaken,
    Remove,
    Set,
    Text,
    TextTaken,
    ValueTaken,
)
from draftwire.document.shape import ELEMENT, Place, Shape
from draftwire.errors import OpError
from draftwire.text import text

Steps = tuple[str | int, ...]


class Spot(NamedTuple):
    """Where an address leads in one document."""

    steps: Steps
    place: Place
    plain: bool  # lies inside a plain array (of this element), which ops change only as a whole


class Applied(NamedTuple):
    """The outcome of an op: the new document, its effect (None: lost, nothing changed), ids renamed in it."""

    document: "Document"
    effect: Effect | None
    renamed: dict[str, str]


class Document:
    """A JSON object of one shape, with every keyed element found by its id."""

    __slots__ = ("_index", "_spots", "shape", "value")

    def __init__(self, value: dict[str, Any], shape: Shape, index: dict[str, ids.Home], spots: dict[str, Spot]) -> None:
        """Hold parts that fit each other; others use `load`."""
        self.value = value
        self.shape = shape
        self._index = index
        self._spots = spots  # a cache, shared by documents of one structure

    @classmethod
    def load(cls, value: Any, shape: Shape) -> "Document":
        """Index a whole value; raises `OpError` ``not_an_object``, ``bad_id`` or ``duplicate_id``."""
        if not isinstance(value, dict):
            raise OpError("not_an_object")
        index: dict[str, ids.Home] = {}
        ids.scan(value, shape.root, ("", ()), index)
        return cls(value, shape, index, {})

    def has(self, element: str) -> bool:
        """Say whether a keyed element of that id exists."""
        return element in self._index

    @property
    def element_count(self) -> int:
        """How many keyed elements there are."""
        return len(self._index)

    def elements(self) -> Iterator[str]:
        """Iterate over the ids of all keyed elements."""
        return iter(self._index)

    def get(self, address: str, default: Any = None) -> Any:
        """Return what stands at an address, else ``default``; plain arrays may be walked by index."""
        spot = self._find(address)
        return default if spot is None else self._at(spot.steps)

    def place(self, address: str) -> Place | None:
        """Return what the shape says of an address; its element must exist, what is inside need not."""
        element, tokens = addresses.parse(address)
        spot = self._find(addresses.escape(element))
        if spot is None:
            return None
        place = spot.place
        for name in tokens:
            place = place.member(name)
        return place

    def path(self, address: str) -> tuple[str, ...] | None:
        """Return the segments from the root to an address, an element of an array as `ELEMENT`; None if it is gone."""
        spot = self._find(address)
        if spot is None:
            return None
        return tuple(ELEMENT if isinstance(step, int) else step for step in spot.steps)

    def text_at(self, address: str) -> str | None:
        """Return the text leaf at an address, as ops of text may change it; None if there is none."""
        spot = self._find(address)
        if spot is None or not spot.place.text or spot.plain:
            return None
        leaf = self._at(spot.steps)
        return leaf if isinstance(leaf, str) else None

    def path_of(self, address: str) -> Steps | None:
        """Return the steps from the root to an address, elements by their positions; None if it is gone."""
        spot = self._find(address)
        return None if spot is None else spot.steps

    def with_text(self, address: str, after: str) -> "Document":
        """Return the document with another text at a text leaf."""
        spot = self._find(address)
        assert spot is not None
        return Document(_with(self.value, spot.steps, after), self.shape, self._index, self._spots)

    def home(self, element: str) -> tuple[str, str | None, str | None] | None:
        """Return the keyed array that holds an element, and its neighbours; None if it does not exist."""
        found = self._siblings(element)
        if found is None:
            return None
        at, _, array, position = found
        return (at, *_neighbours(array, position, position + 1))

    def check(self, op: Op) -> None:
        """Raise `OpError` unless a live writer may do ``op`` to this very state.

        Codes: ``bad_address``, ``no_such_place``, ``root_fixed``, ``id_fixed``, ``keyed_array_fixed``,
        ``plain_array``, ``not_text``, ``not_keyed``, ``bad_id``, ``duplicate_id``, ``bad_place`` and those of
        `text.validate`. That ids of a value exist elsewhere is no error: `apply` renames them.
        """
        match op:
            case Text(at, splices):
                spot = self._need(at)
                leaf = self._at(spot.steps)
                if not spot.place.text or spot.plain or not isinstance(leaf, str):
                    raise OpError("not_text", at)
                text.validate(splices, leaf)
            case Set(at, value):
                ids.scan(value, self._check_member(at), ("", ()), {})
            case Remove(at):
                if addresses.parse(at)[1]:
                    self._check_member(at)
                elif at == "":
                    raise OpError("root_fixed")
                else:
                    self._need(at)
            case Insert(at, value):
                ids.scan_element(value, self._need_keyed(at).place.element(), ("", ()), {})
            case Move(id_, at):
                self._need(addresses.escape(id_))
                self._need_keyed(at)
                if not self._fits(id_, at):
                    raise OpError("bad_place", at)
            case _:
                assert_never(op)

    def apply(self, op: Op, w: int) -> Applied:
        """Do ``op``; colliding ids in its value get the mark of writer ``w``."""
        match op:
            case Text():
                return self._apply_text(op)
            case Set():
                return self._apply_set(op, w)
            case Remove():
                return self._apply_remove(op)
            case Insert():
                return self._apply_insert(op, w)
            case Move():
                return self._apply_move(op)
            case _:
                assert_never(op)

    # Finding

    def _find(self, address: str) -> Spot | None:
        spot = self._spots.get(address)
        if spot is None:
            try:
                spot = self._locate(address)
            except OpError:  # a malformed address leads nowhere
                return None
            if spot is not None:
                self._spots[address] = spot
        return spot

    def _locate(self, address: str) -> Spot | None:
        element, tokens = addresses.parse(address)
        if not tokens:
            return self._locate_element(element)
        spot = self._find(addresses.escape(element))
        if spot is None:
            return None
        steps, place, _ = spot
        plain = bool(element) and tokens == ("id",)  # an id is no text, whatever the shape says
        node = self._at(steps)
        way: list[str | int] = [*steps]
        for name in tokens:
            step: str | int = name
            if isinstance(node, list) and not place.keyed:
                index = _array_index(name, len(node))
                if index is None:
                    return None
                step, plain = index, True
            elif not isinstance(node, dict) or name not in node:
                return None
            node = node[step]
            place = place.member(name)
            way.append(step)
        return Spot(tuple(way), place, plain)

    def _locate_element(self, element: str) -> Spot | None:
        if not element:
            return Spot((), self.shape.root, False)
        home = self._index.get(element)
        if home is None:
            return None
        array = self._find(addresses.format(*home))
        assert array is not None
        for position, other in enumerate(self._at(array.steps)):
            if other["id"] == element:
                return Spot((*array.steps, position), array.place.element(), False)
        return None

    def _at(self, steps: Steps) -> Any:
        node: Any = self.value
        for step in steps:
            node = node[step]
        return node

    def _siblings(self, element: str) -> tuple[str, Spot, list[Any], int] | None:
        """Return the array that holds an element (address, spot, value) and the position in it."""
        spot = self._find(addresses.escape(element))
        if spot is None or not element:
            return None
        at = addresses.format(*self._index[element])
        array = self._find(at)
        position = spot.steps[-1]
        assert array is not None
        assert isinstance(position, int)
        return at, array, self._at(array.steps), position

    def _keyed_array(self, at: str) -> Spot | None:
        spot = self._find(at)
        if spot is None or not spot.place.keyed or not isinstance(self._at(spot.steps), list):
            return None
        return spot

    def _member(self, at: str) -> tuple[Spot, dict[str, Any], str] | None:
        """Return the object that holds a member that ops may touch (its spot, its value) and the name."""
        try:
            element, tokens = addresses.parse(at)
        except OpError:
            return None
        if not tokens or (element and tokens == ("id",)):
            return None
        spot = self._find(at.rpartition("/")[0])
        node = None if spot is None or spot.plain else self._at(spot.steps)
        if spot is None or not isinstance(node, dict):
            return None
        return spot, node, tokens[-1]

    # Checking

    def _need(self, at: str) -> Spot:
        addresses.parse(at)
        spot = self._find(at)
        if spot is None:
            raise OpError("no_such_place", at)
        return spot

    def _need_keyed(self, at: str) -> Spot:
        self._need(at)
        spot = self._keyed_array(at)
        if spot is None:
            raise OpError("not_keyed", at)
        return spot

    def _check_member(self, at: str) -> Place:
        element, tokens = addresses.parse(at)
        if not tokens:
            raise OpError("bad_address" if element else "root_fixed", at)
        name = tokens[-1]
        if element and tokens == ("id",):
            raise OpError("id_fixed", at)
        if name == "__proto__":
            raise OpError("bad_address", at)
        parent = self._need(at.rpartition("/")[0])
        node = self._at(parent.steps)
        if parent.plain or isinstance(node, list):
            raise OpError("plain_array", at)
        if not isinstance(node, dict):
            raise OpError("no_such_place", at)
        place = parent.place.member(name)
        if place.keyed and isinstance(node.get(name), list) and node[name]:
            raise OpError("keyed_array_fixed", at)
        return place

    def _fits(self, element: str, at: str) -> bool:
        """Say whether an element has the same keyed elements inside when it stands in another array."""
        here, there = self._find(addresses.escape(element)), self._find(at)
        assert here is not None
        assert there is not None
        if here.place is there.place.element():
            return True
        value = self._at(here.steps)
        inside: dict[str, ids.Home] = {}
        ids.scan_element(value, here.place, ("", ()), inside)
        found: dict[str, ids.Home] = {}
        try:
            ids.scan_element(value, there.place.element(), ("", ()), found)
        except OpError:
            return False
        return found == inside

    # Applying

    def _lost(self) -> Applied:
        return Applied(self, None, {})

    def _apply_text(self, op: Text) -> Applied:
        spot = self._spots.get(op.at) or self._find(op.at)
        if spot is None or not spot.place.text or spot.plain:
            return self._lost()
        leaf = self._at(spot.steps)
        if not isinstance(leaf, str):
            return self._lost()
        if not op.s:
            return Applied(self, Effect(op, TextTaken(())), {})
        try:
            text.validate(op.s, leaf)
        except OpError:
            return self._lost()
        after, taken = text.apply(leaf, op.s)
        value = _with(self.value, spot.steps, after)
        return Applied(Document(value, self.shape, self._index, self._spots), Effect(op, TextTaken(taken)), {})

    def _apply_set(self, op: Set, w: int) -> Applied:
        found = self._member(op.at)
        if found is None:
            return self._lost()
        parent, node, name = found
        place = parent.place.member(name)
        home = addresses.parse(op.at)
        gone: dict[str, ids.Home] = {}
        had = name in node
        if had:
            ids.scan(node[name], place, home, gone)
        made: dict[str, ids.Home] = {}
        value = op.v
        try:
            ids.scan(value, place, home, made)
        except OpError:
            return self._lost()
        names = self._collisions(made, gone, w)
        if names:
            value = ids.renamed(value, place, names)
            made = {}
            ids.scan(value, place, home, made)
            op = Set(op.at, value)
        took = ValueTaken(had, node[name] if had else None, tuple(gone))
        after = _with(self.value, (*parent.steps, name), value)
        return Applied(self._changed(after, gone, made), Effect(op, took, tuple(made)), names)

    def _apply_remove(self, op: Remove) -> Applied:
        found = self._member(op.at)
        if found is None:
            return self._remove_element(op)
        parent, node, name = found
        if name not in node:
            return Applied(self, Effect(op, ValueTaken(False)), {})
        gone: dict[str, ids.Home] = {}
        ids.scan(node[name], parent.place.member(name), addresses.parse(op.at), gone)
        rest = {other: value for other, value in node.items() if other != name}
        after = _with(self.value, parent.steps, rest)
        return Applied(self._changed(after, gone, {}), Effect(op, ValueTaken(True, node[name], tuple(gone))), {})

    def _remove_element(self, op: Remove) -> Applied:
        found = None if "/" in op.at else self._siblings(addresses.owner(op.at))
        if found is None:
            return self._lost()
        at, array, siblings, position = found
        element = siblings[position]
        gone: dict[str, ids.Home] = {}
        ids.scan_element(element, array.place.element(), addresses.parse(at), gone)
        took = ElementTaken(element, at, *_neighbours(siblings, position, position + 1), tuple(gone))
        after = _with(self.value, array.steps, siblings[:position] + siblings[position + 1 :])
        return Applied(self._changed(after, gone, {}), Effect(op, took), {})

    def _apply_insert(self, op: Insert, w: int) -> Applied:
        array = self._keyed_array(op.at)
        if array is None:
            return self._lost()
        home = addresses.parse(op.at)
        place = array.place.element()
        made: dict[str, ids.Home] = {}
        value = op.v
        try:
            ids.scan_element(value, place, home, made)
        except OpError:
            return self._lost()
        names = self._collisions(made, {}, w)
        if names:
            value = ids.renamed_element(value, place, names)
            made = {}
            ids.scan_element(value, place, home, made)
        siblings = self._at(array.steps)
        position = _position(siblings, op.after, op.before)
        effect = Effect(Insert(op.at, value, *_neighbours(siblings, position, position)), NothingTaken(), tuple(made))
        after = _with(self.value, array.steps, [*siblings[:position], value, *siblings[position:]])
        return Applied(self._changed(after, {}, made), effect, names)

    def _apply_move(self, op: Move) -> Applied:
        found = self._siblings(op.id)
        array = self._keyed_array(op.at)
        if found is None or array is None or not self._fits(op.id, op.at):
            return self._lost()
        was_at, was, siblings, was_position = found
        spot_steps = (*was.steps, was_position)
        if array.steps[: len(spot_steps)] == spot_steps:  # into itself
            return self._lost()
        took = PlaceTaken(was_at, *_neighbours(siblings, was_position, was_position + 1))
        lifted = _with(self.value, was.steps, siblings[:was_position] + siblings[was_position + 1 :])
        home = addresses.parse(op.at)
        without = Document(lifted, self.shape, self._index, {})
        target = without._find(op.at)
        assert target is not None
        others = without._at(target.steps)
        position = _position(others, op.after, op.before)
        effect = Effect(Move(op.id, op.at, *_neighbours(others, position, position)), took)
        element = siblings[was_position]
        after = _with(lifted, target.steps, [*others[:position], element, *others[position:]])
        return Applied(self._changed(after, {}, {op.id: home}), effect, {})

    def _collisions(self, made: dict[str, ids.Home], gone: dict[str, ids.Home], w: int) -> dict[str, str]:
        """Choose new names for ids that exist outside of what goes."""
        names: dict[str, str] = {}
        if made:
            given: set[str] = set(made)
            for id_ in made:
                if id_ in self._index and id_ not in gone:
                    name = ids.fresh(id_, w, lambda other: other in self._index or other in given)
                    names[id_] = name
                    given.add(name)
        return names

    def _changed(self, value: dict[str, Any], gone: dict[str, ids.Home], made: dict[str, ids.Home]) -> "Document":
        index = self._index
        if gone or made:
            index = {id_: home for id_, home in index.items() if id_ not in gone} if gone else index.copy()
            index.update(made)
        return Document(value, self.shape, index, {})


def _with(root: dict[str, Any], steps: Steps, value: Any) -> dict[str, Any]:
    """Return a copy of ``root`` with ``value`` at ``steps``, sharing all that is not on the way."""
    nodes: list[Any] = []
    node: Any = root
    for step in steps[:-1]:
        nodes.append(node)
        node = node[step]
    if steps:
        nodes.append(node)
    for step in reversed(steps):
        copy = nodes.pop().copy()
        copy[step] = value
        value = copy
    result: dict[str, Any] = value
    return result


def _array_index(name: str, size: int) -> int | None:
    """Read an array index as RFC 6901 writes it."""
    if not name.isdecimal() or not name.isascii() or (len(name) > 1 and name[0] == "0") or len(name) > 9:
        return None
    index = int(name)
    return index if index < size else None


def _position(siblings: list[Any], after: str | None, before: str | None) -> int:
    """Resolve neighbours to a position; see `draftwire.document.ops.Insert`."""
    end = len(siblings)
    if before is None:
        return end
    left: int | None = -1 if after is None else None
    right: int | None = None
    for position, element in enumerate(siblings):
        id_ = element["id"]
        if id_ == after:
            left = position
        if id_ == before:
            right = position
    if right is not None and (left is None or right >= left):
        return right
    return end if left is None else left + 1


def _neighbours(siblings: list[Any], left: int, right: int) -> tuple[str | None, str | None]:
    """Return the ids left of position ``left`` and at position ``right``."""
    return (
        siblings[left - 1]["id"] if left > 0 else None,
        siblings[right]["id"] if right < len(siblings) else None,
    )
