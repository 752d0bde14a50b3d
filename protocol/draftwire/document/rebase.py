"""A batch of ops carried over effects that it had not seen.

`rebase` is the table of the wire specification: text over text on one leaf is transformed; every other op
either stays as it is or is lost, because what it aimed at was set, removed or destroyed meanwhile. The
context of the batch is the state at its base; op i+1 is made for the state after op i. Both sides of the
grid are carried: each of my ops over all foreign effects, each foreign effect over those of my ops that
came before.

Nothing here applies anything: `land` does, and what it finds missing is lost as well.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec

from draftwire.document import address as addresses
from draftwire.document import ids
from draftwire.document.batch import Batch
from draftwire.document.document import Document
from draftwire.document.ops import Effect, Insert, Move, Op, Remove, Set, Text, TextTaken, gone_ids
from draftwire.document.shape import Place, Shape
from draftwire.text import text


class Lost(msgspec.Struct, frozen=True):
    """An op that has no effect.

    ``reason``: ``place_gone`` (set or removed at or above), ``element_gone``, ``follows_lost`` (inside an
    element whose insert or set was lost), ``no_such_place`` (found missing when applied); and the ``moot``
    ones, which wanted what has happened already, so that nobody need be told: ``already_gone``,
    ``nothing_left``.
    """

    reason: str
    moot: bool = False


class Rebased(NamedTuple):
    """What `rebase` gives.

    ``ops`` has an entry for each op given. ``over`` are the foreign effects as they read after my ops, None
    where mine made them moot; the ``took`` of a text effect that changed is empty there. ``renamed`` maps
    ids of elements that I make to their new names.
    """

    ops: "tuple[Op | Lost, ...]"
    over: tuple[Effect | None, ...]
    renamed: dict[str, str]


class Landed(NamedTuple):
    """What `land` gives: the new document, an effect or Lost for each op, all ids renamed on the way."""

    document: Document
    effects: tuple[Effect | Lost, ...]
    renamed: dict[str, str]


Meet: TypeAlias = Callable[[int, int, Op, Effect], None]

_PLACE_GONE = Lost("place_gone")
_ELEMENT_GONE = Lost("element_gone")
_FOLLOWS = Lost("follows_lost")
_FOLLOWS_MOOT = Lost("follows_lost", moot=True)
_ALREADY = Lost("already_gone", moot=True)
_NOTHING_LEFT = Lost("nothing_left", moot=True)

_UNKNOWN = Shape().root  # no pattern: nothing inside is keyed


def rebase(
    ops: Sequence[Op],
    over: Sequence[Effect],
    *,
    w: int,
    on_meet: Meet | None = None,
    head: Document | None = None,
) -> Rebased:
    """Carry ``ops`` over ``over``, both made for one state; ``w`` marks ids that collide.

    ``on_meet(i, k, mine, theirs)`` hears of every pair that touches one leaf, place or element, as they
    read in their common context. ``head`` is the document after ``over``: with it ids are followed at any
    depth and new names are surely free; without it only an inserted element's own id is looked at.
    """
    if not over:
        return Rebased(tuple(ops), (), {})
    if len(ops) == 1 and type(ops[0]) is Text:  # the hot path: typing in different leaves
        at = ops[0].at
        for effect in over:
            if type(effect.op) is not Text or effect.op.at == at:
                break
        else:
            return Rebased(tuple(ops), tuple(over), {})
    return _Grid(list(over), w, on_meet, head).carry(ops)


def land(document: Document, ops: Iterable[Op | Lost], *, w: int) -> Landed:
    """Apply a rebased batch to the head; ops inside what turns out lost go with it."""
    effects: list[Effect | Lost] = []
    names: dict[str, str] = {}
    dead: set[str] = set()
    batch = Batch(document)
    for op in ops:
        if isinstance(op, Lost):
            effects.append(op)
            continue
        if isinstance(op, Text) and not op.s:
            effects.append(_NOTHING_LEFT)
            continue
        if names:
            op = follow(op, names)
        if dead and _aims_at(op, dead):
            effects.append(_FOLLOWS)
            continue
        effect, renamed = batch.apply(op, w)
        if effect is None:
            effects.append(Lost("no_such_place"))
            dead.update(_guessed_ids(op))
            continue
        effects.append(effect)
        if renamed:
            names.update(renamed)
        if dead:
            dead.difference_update(effect.made)
    return Landed(batch.document(), tuple(effects), names)


def compose(ops: Sequence[Op], more: Sequence[Op]) -> tuple[Op, ...]:
    """Append ``more`` to a buffer; text on one leaf with only text on others between becomes one op, and a
    member set twice in a row is set once."""
    out = list(ops)
    for op in more:
        if isinstance(op, Text):
            _compose_text(out, op)
        elif isinstance(op, Set) and out and isinstance(out[-1], Set) and out[-1].at == op.at:
            out[-1] = op
        else:
            out.append(op)
    return tuple(out)


def _compose_text(out: list[Op], op: Text) -> None:
    for i in range(len(out) - 1, -1, -1):
        earlier = out[i]
        if not isinstance(earlier, Text):
            break
        if earlier.at == op.at:
            both = text.compose(earlier.s, op.s)
            if both:
                out[i] = Text(op.at, both)
            else:
                del out[i]
            return
    out.append(op)


def follow(op: Op, names: dict[str, str]) -> Op:
    """Return ``op`` with the elements that it refers to under their new names; ids in its value stay."""
    element = addresses.owner(op.at)
    at = op.at
    if element in names:
        _, slash, inside = at.partition("/")
        at = addresses.escape(names[element]) + slash + inside
    match op:
        case Text():
            return op if at is op.at else Text(at, op.s)
        case Set():
            return op if at is op.at else Set(at, op.v)
        case Remove():
            return op if at is op.at else Remove(at)
        case Insert(_, v, after, before):
            return Insert(at, v, _name(after, names), _name(before, names))
        case Move(id_, _, after, before):
            return Move(names.get(id_, id_), at, _name(after, names), _name(before, names))


def _name(id_: str | None, names: dict[str, str]) -> str | None:
    return None if id_ is None else names.get(id_, id_)


class _Grid:
    """The walk of one batch; ``theirs`` is always in the context of the op that comes next."""

    def __init__(self, theirs: list[Effect], w: int, on_meet: Meet | None, head: Document | None) -> None:
        self.over = tuple(theirs)
        self.theirs: list[Effect | None] = [*theirs]
        self.w = w
        self.on_meet = on_meet
        self.head = head
        self.names: dict[str, str] = {}
        self.dead: set[str] = set()  # ids of mine that never came to be
        self.places: dict[str, Place] = {}  # of elements that the batch made
        self.ops: Sequence[Op] = ()

    def carry(self, ops: Sequence[Op]) -> Rebased:
        self.ops = ops
        out: list[Op | Lost] = []
        for i, op in enumerate(ops):
            if self.names:
                op = follow(op, self.names)
            out.append(self._carry_text(i, op) if type(op) is Text else self._carry_structure(i, op))
        return Rebased(tuple(out), tuple(self.theirs), self.names)

    def _carry_text(self, i: int, op: Text) -> Op | Lost:
        if self.dead and _aims_at(op, self.dead):
            return _FOLLOWS
        at = op.at
        for k, effect in enumerate(self.theirs):
            if effect is None:
                continue
            other = effect.op
            if type(other) is not Text:
                lost = _loses(op, effect)
                if lost is not None:
                    self._meet(i, k, op, effect)
                    return lost
            elif other.at == at:
                self._meet(i, k, op, effect)
                mine = text.transform(op.s, other.s, over_first=True)
                changed = text.transform(other.s, op.s, over_first=False)
                if changed is not other.s:
                    self.theirs[k] = Effect(Text(at, changed), TextTaken(())) if changed else None
                if not mine:
                    return _NOTHING_LEFT
                if mine is not op.s:
                    op = Text(at, mine)
        return op

    def _carry_structure(self, i: int, op: Op) -> Op | Lost:
        made = self._made(op)
        if self.dead and _aims_at(op, self.dead):
            self.dead |= _guessed_ids(op)
            return _FOLLOWS_MOOT if isinstance(op, Remove) else _FOLLOWS
        for k, effect in enumerate(self.theirs):
            if effect is None:
                continue
            lost = _loses(op, effect)
            if lost is not None:
                self._meet(i, k, op, effect)
                self.dead |= _guessed_ids(op)
                if lost is _ALREADY and effect.op == op:
                    self.theirs[k] = None
                return lost
            touches, moot = _overrules(op, effect, made)
            if touches:
                self._meet(i, k, op, effect)
            if moot:
                self.theirs[k] = None
            elif made:
                op, made = self._rename(op, made, effect)
                self._forget(k, effect, made)
        self.dead -= made.keys()
        self.places.update(made)
        return op

    def _meet(self, i: int, k: int, op: Op, effect: Effect) -> None:
        if self.on_meet is not None:
            self.on_meet(i, k, op, effect)

    def _forget(self, k: int, effect: Effect, made: dict[str, Place]) -> None:
        """What I made anew is not what they destroyed."""
        gone = gone_ids(effect.took)
        if gone and not made.keys().isdisjoint(gone):
            rest = tuple([id_ for id_ in gone if id_ not in made])
            took: Any = msgspec.structs.replace(effect.took, gone=rest)
            self.theirs[k] = Effect(effect.op, took, effect.made)

    def _rename(self, op: Op, made: dict[str, Place], effect: Effect) -> tuple[Op, dict[str, Place]]:
        """Give new names to those of my new elements whose ids they used."""
        clashing = [id_ for id_ in effect.made if id_ in made]
        if not clashing:
            return op, made
        given = {*made, *self.names.values(), *[id_ for other in self.over for id_ in other.made]}
        given.update(*[_guessed_ids(own) for own in self.ops])
        names: dict[str, str] = {}
        for id_ in clashing:
            names[id_] = ids.fresh(id_, self.w, lambda name: name in given or self._exists(name))
            given.add(names[id_])
        self.names.update(names)
        renamed = {names.get(id_, id_): place for id_, place in made.items()}
        if isinstance(op, Insert):
            place = made[op.v["id"]]
            return Insert(op.at, ids.renamed_element(op.v, place, names), op.after, op.before), renamed
        assert isinstance(op, Set)
        at = self._place(op.at)
        assert at is not None
        return Set(op.at, ids.renamed(op.v, at, names)), renamed

    def _exists(self, id_: str) -> bool:
        return self.head is not None and self.head.has(id_)

    def _made(self, op: Op) -> dict[str, Place]:
        """Return the elements that ``op`` makes, with their places as far as the shape is known."""
        if not isinstance(op, Insert | Set):
            return {}
        place = self._place(op.at)
        found: dict[str, Place] = {}
        if isinstance(op, Insert):
            ids.places_of_element(op.v, place.element() if place else _UNKNOWN, found)
        elif place:
            ids.places(op.v, place, found)
        return found

    def _place(self, at: str) -> Place | None:
        if self.head is None:
            return None
        element, tokens = addresses.parse(at)
        place = self.places.get(element)
        if place is None:
            return self.head.place(at)
        for name in tokens:
            place = place.member(name)
        return place


def _aims_at(op: Op, elements: set[str]) -> bool:
    return addresses.owner(op.at) in elements or (isinstance(op, Move) and op.id in elements)


def _loses(op: Op, effect: Effect) -> Lost | None:
    """Say why ``op`` has nothing left to act on after a foreign effect; None if it has."""
    gone = gone_ids(effect.took)
    if gone:
        element = addresses.owner(op.at)
        if element in gone:
            removes_it = isinstance(op, Remove) and "/" not in op.at
            return _ALREADY if removes_it and element not in effect.made else _ELEMENT_GONE
        if isinstance(op, Move) and op.id in gone:
            return _ELEMENT_GONE
    other = effect.op
    if not isinstance(other, Set | Remove) or not op.at.startswith(other.at) or "/" not in other.at:
        return None
    rest = op.at[len(other.at) :]
    if isinstance(op, Insert | Move):
        return None if (rest and rest[0] != "/") or _array_stands(other, rest) else _PLACE_GONE
    if rest:
        return _PLACE_GONE if rest[0] == "/" else None
    return _PLACE_GONE if isinstance(op, Text) else None


def _array_stands(other: Set | Remove, rest: str) -> bool:
    """Say whether the value that they set has an array at ``rest``, reached through members alone."""
    if isinstance(other, Remove):
        return False
    node = other.v
    for raw in rest.split("/")[1:]:
        node = node.get(addresses.unescape(raw)) if isinstance(node, dict) else None
    return isinstance(node, list)


def _overrules(op: Op, effect: Effect, made: dict[str, Place]) -> tuple[bool, bool]:
    """Say whether ``op``, the later one, touches a foreign effect, and whether it leaves nothing of it."""
    other = effect.op
    element = addresses.owner(other.at)
    moved = other.id if isinstance(other, Move) else None
    if isinstance(op, Set | Remove) and "/" in op.at:
        if other.at == op.at or addresses.is_inside(other.at, op.at):
            return True, True
    elif isinstance(op, Remove):
        return (True, True) if op.at in (other.at, _escaped(element), _escaped(moved)) else (False, False)
    elif isinstance(op, Move):
        return (True, True) if op.id == moved else (False, False)
    older = element in made or moved in made  # an element that I removed before I made one of the same id
    return older, older


def _escaped(element: str | None) -> str | None:
    return None if element is None else addresses.escape(element)


def _guessed_ids(op: Op) -> set[str]:
    """Return every id in the value of a lost op: its place is gone, nobody knows which arrays are keyed."""
    found: set[str] = set()
    if isinstance(op, Insert | Set):
        _guess(op.v, found)
    return found


def _guess(value: Any, found: set[str]) -> None:
    if isinstance(value, dict):
        if isinstance(value.get("id"), str):
            found.add(value["id"])
        for member in value.values():
            _guess(member, found)
    elif isinstance(value, list):
        for element in value:
            _guess(element, found)
