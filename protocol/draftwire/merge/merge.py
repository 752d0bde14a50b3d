"""Differences of two documents, and the three-way merge; the outcome is ops, never a set of the root. Pure.

Objects merge by member, keyed arrays by id wherever their elements stand, text leaves by
`draftwire.text.textdiff`, all else as a whole. A change of one side alone is taken, the same change of both is
one; everything else is a conflict and keeps theirs. An element that one side removed and the other changed,
or that both made, is a conflict; one that mine merely moved while they removed it is gone.
The order of a keyed array is content: where both put elements into different orders at one stretch, or both made
elements in one gap or moved them there, mine is a conflict too. A text and the member that says how it is to be read
(its language) are one: where one side changed only the one and the other only the other, both are conflicts.

A plain array is one value, unless all versions of it are equal but for the keyed arrays inside: then those
merge; and the names in `required` of a JSON schema are a set: what one side added is added, what it took out goes.

The ops are made by doing them to a working copy of theirs, in five steps: members that are new, elements that are
new or moved (in the order of mine), elements that are gone, members that are replaced or gone, text and the rest.
"""

from typing import Any, Literal

import msgspec

from draftwire.document import address as addresses
from draftwire.document import ids
from draftwire.document.carry import Range
from draftwire.document.document import Document
from draftwire.document.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.document.shape import Place, Shape
from draftwire.document.values import same
from draftwire.text.textdiff import diff_text, longest_ascent, merge_text


class Conflict(msgspec.Struct, frozen=True):
    """What both sides changed differently; None stands for "not there" too.

    ``kind`` ``text`` is one block of a text leaf, ``start`` to ``end`` where theirs stands in the merged
    leaf; ``place`` is where an element stands (the addresses of the arrays); ``value`` is all else.
    """

    address: str
    kind: Literal["text", "value", "place"]
    base: Any
    mine: Any
    theirs: Any
    start: int | None = None
    end: int | None = None


class Merge(msgspec.Struct, frozen=True):
    """The outcome: ``ops`` bring into theirs what mine adds; ``regions`` are those of the text conflicts."""

    ops: tuple[Op, ...]
    clean: bool
    conflicts: tuple[Conflict, ...]
    regions: tuple[Range, ...]


def diff(old: Document, new: dict[str, Any]) -> tuple[Op, ...]:
    """Return ops that make ``new`` of ``old``; raises `OpError` if its ids are bad or doubled."""
    target = Document.load(new, old.shape)
    if same(old.value, new):
        return ()
    merger = _Merger(old, target, old)
    merger.run()
    if same(merger.work.value, new):
        return tuple(merger.ops)
    return _coarse(old, new)


def merge(base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], shape: Shape) -> Merge:
    """Merge three values; raises `OpError` if the ids of one are bad or doubled."""
    b, m, t = (Document.load(value, shape) for value in (base, mine, theirs))
    if same(base, theirs):
        return Merge(diff(t, mine), True, (), ())
    merger = _Merger(b, m, t)
    merger.run()
    conflicts = tuple(merger.conflicts)
    regions = tuple([Range(c.address, c.start, c.end) for c in conflicts if c.kind == "text"])
    return Merge(tuple(merger.ops), not conflicts, conflicts, regions)


def _coarse(old: Document, new: dict[str, Any]) -> tuple[Op, ...]:
    """Replace the members of the root that differ: for what crossed borders that ops can't follow."""
    removed: list[Op] = []
    made: list[Op] = []
    for name in {**old.value, **new}:
        at, was, now = addresses.format("", (name,)), old.value.get(name, _NONE), new.get(name, _NONE)
        if same(was, now):
            continue
        if was is not _NONE:
            if isinstance(was, list) and old.shape.root.member(name).keyed:
                removed += [Remove(addresses.escape(element["id"])) for element in was]
            removed.append(Remove(at))
        if now is not _NONE:
            made.append(Set(at, now))
    return (*removed, *made)


class _None:
    """Stands for a member that is not there."""


_NONE = _None()


class _Merger:
    """One merge; ``work`` is theirs with the ops so far."""

    def __init__(self, base: Document, mine: Document, theirs: Document) -> None:
        self.base, self.mine, self.theirs = base, mine, theirs
        self.sides = (base, mine, theirs)
        self.work = theirs
        self.ops: list[Op] = []
        self.conflicts: list[Conflict] = []
        self.late: list[Op] = []  # members replaced or gone, when elements have left them
        self.last: list[Op] = []  # text, and members set in place
        self.free: set[str] = set()  # elements of theirs that may go
        self.orders: dict[str, bool] = {}  # by array: whether both sides have it in one order
        self.tracked = [self._track(side) for side in self.sides]

    def run(self) -> None:
        _, m, t = self.tracked
        self._members("", self.work.shape.root, self.base.value, self.mine.value, self.theirs.value)
        for id_ in t:
            if id_ in m:
                self._content(id_)
        self._place_all()
        self._remove_all()
        for op in self.late:
            self._finish(op)
        for op in self.last:
            self._do(op)

    def _do(self, op: Op) -> bool:
        applied = self.work.apply(op, 0)
        if applied.effect is None or applied.renamed:
            return False
        self.work = applied.document
        self.ops.append(op)
        return True

    # Which elements have an identity that ops can follow

    def _track(self, side: Document) -> dict[str, str]:
        """Return the home of each element that is reached through objects and transparent arrays,
        parents first."""
        found: dict[str, str] = {}
        self._track_in(side.value, "", side.shape.root, found)
        return found

    def _track_in(self, value: Any, at: str, place: Place, found: dict[str, str]) -> None:
        if place.dead:
            return
        if isinstance(value, dict):
            for name, member in value.items():
                if isinstance(member, dict | list):
                    self._track_in(member, f"{at}/{addresses.escape(name)}", place.member(name), found)
        elif place.keyed:
            for element in value:
                found[element["id"]] = at
                self._track_in(element, addresses.escape(element["id"]), place.element(), found)
        elif self._is_transparent(at, place):
            for i, element in enumerate(value):
                if isinstance(element, dict | list):
                    self._track_in(element, f"{at}/{i}", place.element(), found)

    def _is_transparent(self, at: str, place: Place) -> bool:
        present = [v for side in self.sides if (v := side.get(at, _NONE)) is not _NONE]
        first = _skeleton(present[0], place) if isinstance(present[0], list) else None
        return all(isinstance(v, list) and same(_skeleton(v, place), first) for v in present)

    # Members of the root and of elements that all sides have

    def _content(self, id_: str) -> None:
        at = addresses.escape(id_)
        place = self.theirs.place(at)
        b, m, t = (side.get(at, _NONE) for side in self.sides)
        assert place is not None
        if b is _NONE:
            if not same(m, t):
                self.conflicts.append(Conflict(at, "value", None, m, t))
            return
        if not same(m, b) and not same(m, t):
            self._members(at, place, b, m, t)

    def _members(self, at: str, place: Place, b: Any, m: Any, t: Any) -> None:
        apart = self._coupled(at, place, b, m, t)
        for name in {**t, **m}:
            if name in apart:
                continue
            child = place.member(name)
            where = f"{at}/{addresses.escape(name)}"
            values = (
                (b.get(name, _NONE) if isinstance(b, dict) else _NONE),
                m.get(name, _NONE),
                t.get(name, _NONE),
            )
            self._member(where, child, *values)

    def _coupled(self, at: str, place: Place, b: Any, m: Any, t: Any) -> set[str]:
        """Report each text of which one side changed only how it is to be read, the other only what it says.

        Together neither wrote that. Return the members that this settles.
        """
        settled: set[str] = set()
        if not isinstance(b, dict):
            return settled
        for name in {**t, **m}:
            beside = place.member(name).sibling
            if beside is None or place.member(name).keyed or name in settled:
                continue
            unit = (name, beside)
            mine, theirs = ({n for n in unit if not same(b.get(n, _NONE), s.get(n, _NONE))} for s in (m, t))
            if mine and theirs and mine.isdisjoint(theirs):
                for each in unit:
                    values = [side.get(each, _NONE) for side in (b, m, t)]
                    self._conflict(f"{at}/{addresses.escape(each)}", *values)
                settled.update(unit)
        return settled

    def _member(self, at: str, place: Place, b: Any, m: Any, t: Any) -> None:
        names = self._names(at, place, b, m, t)
        if isinstance(m, dict) and isinstance(t, dict):
            self._members(at, place, b, m, t)
        elif isinstance(m, list) and isinstance(t, list) and (place.keyed or self._is_transparent(at, place)):
            if not place.keyed:
                for i, (mine, theirs) in enumerate(zip(m, t, strict=True)):
                    base = b[i] if isinstance(b, list) else _NONE
                    self._member(f"{at}/{i}", place.element(), base, mine, theirs)
        elif place.keyed and isinstance(m, list) and not isinstance(t, list) and not isinstance(b, list):
            self._value(at, place, b, [] if same(t, b) else m, t)  # its elements come by their places
        elif place.keyed and isinstance(t, list) and isinstance(b, list) and not isinstance(m, list):
            self.late.append(Remove(at) if m is _NONE else Set(at, m))
        elif same(m, b) or same(m, t):
            return
        elif names is not None:
            self.late.append(Set(at, names))
        elif place.text and isinstance(m, str) and isinstance(t, str) and isinstance(b, str):
            self._text(at, b, m, t)
        else:
            self._value(at, place, b, m, t)

    def _names(self, at: str, place: Place, b: Any, m: Any, t: Any) -> list[str] | None:
        """Return what the names that a JSON schema requires become, if that is what stands here on all sides."""
        around, slash, name = at.rpartition("/")
        if (
            name != "required"
            or not slash
            or place.keyed
            or same(b, t)
            or not all(_are_names(side) for side in (b, m, t))
        ):
            return None
        if not all(_is_schema(_around(side, around)) for side in self.sides):
            return None
        return [*(n for n in t if n not in b or n in m), *(n for n in m if n not in b and n not in t)]

    def _value(self, at: str, place: Place, b: Any, m: Any, t: Any) -> None:
        if not same(t, b):
            if not (place.keyed and isinstance(m, list) and isinstance(b, list)):  # else told by its elements
                self._conflict(at, b, m, t)
        elif m is _NONE:
            self.late.append(Remove(at))
        elif isinstance(t, dict | list):
            self.late.append(Set(at, m))
        elif not isinstance(m, dict | list):
            self.last.append(Set(at, m))
        elif not self._do(Set(at, self._stripped(m, place))):
            self._conflict(at, b, m, t)

    def _text(self, at: str, b: str, m: str, t: str) -> None:
        if t == b:
            self.last.append(Text(at, diff_text(b, m)))
            return
        outcome = merge_text(b, m, t)
        if outcome.splices:
            self.last.append(Text(at, outcome.splices))
        self.conflicts += [Conflict(at, "text", c.base, c.mine, c.theirs, c.start, c.end) for c in outcome.conflicts]

    def _conflict(self, at: str, b: Any, m: Any, t: Any, kind: Literal["value", "place"] = "value") -> None:
        self.conflicts.append(Conflict(at, kind, *[None if v is _NONE else v for v in (b, m, t)]))

    def _stripped(self, value: Any, place: Place) -> Any:
        """Return a copy without the keyed elements that exist already; they move in later."""
        if place.dead:
            return value
        if isinstance(value, dict):
            return {name: self._stripped(member, place.member(name)) for name, member in value.items()}
        if isinstance(value, list):
            inside = place.element()
            kept = [e for e in value if not (place.keyed and self.work.has(e["id"]))]
            return [self._stripped(element, inside) for element in kept]
        return value

    # Where elements stand

    def _place_all(self) -> None:
        moved_mine, moved_theirs = self._moved(1), self._moved(2)
        contested = self._contested(moved_mine, moved_theirs)
        b, m, t = self.tracked
        for id_, home in m.items():
            if id_ in t:
                settled = t[id_] == home and self._same_order(home)
                if id_ in moved_theirs or id_ not in b:
                    if (id_ in moved_mine or id_ not in b) and not settled:
                        self._conflict(addresses.escape(id_), b.get(id_, _NONE), home, t[id_], "place")
                elif id_ in moved_mine and not self._stands(id_, home):
                    if id_ in contested:
                        self._conflict(addresses.escape(id_), b[id_], home, t[id_], "place")
                    else:
                        self._move(id_, home)
            elif id_ in b:
                self._theirs_removed(id_)
            elif self.theirs.has(id_):
                at = addresses.escape(id_)
                self._conflict(at, self.base.get(at), self.mine.get(at), self.theirs.get(at))
            elif not self.work.has(id_):
                if id_ in contested:
                    self._conflict(addresses.escape(id_), _NONE, self.mine.get(addresses.escape(id_)), _NONE)
                else:
                    self._insert(id_, home)

    def _contested(self, moved_mine: set[str], moved_theirs: set[str]) -> set[str]:
        """Return the elements of mine whose place in an array is not for mine alone to say: order is content.

        They are those of an array that both sides put into different orders at one stretch, and those that mine made in
        a gap, or moved there, where theirs made or moved others.
        """
        b, m, t = self.tracked
        found: set[str] = set()
        for home in set(m.values()):
            arrays = [[e["id"] for e in side.get(home, ())] for side in self.sides if isinstance(side.get(home), list)]
            if len(arrays) < len(self.sides):
                continue
            known = {id_ for id_ in arrays[0] if m.get(id_) == home and t.get(id_) == home}
            base, mine, theirs = ([id_ for id_ in array if id_ in known] for array in arrays)
            if mine != theirs:
                own, other = _stretch(base, mine), _stretch(base, theirs)
                if own and other and own[0] <= other[1] and other[0] <= own[1]:
                    found |= known
            stay = known - moved_mine - moved_theirs
            gaps = _gaps(arrays[2], stay, set(b) - moved_theirs)
            for left, came in _gaps(arrays[1], stay, set(b) - moved_mine).items():
                if set(gaps.get(left, ())) - set(came):
                    found |= set(came)
        return found

    def _moved(self, side: int) -> set[str]:
        """Return the elements that a side moved: to another array, or past others in their own."""
        base, now = self.tracked[0], self.tracked[side]
        moved = {id_ for id_, home in now.items() if id_ in base and base[id_] != home}
        for home in set(base.values()):
            before = {e["id"]: i for i, e in enumerate(self.base.get(home))}
            order = [e["id"] for e in self.sides[side].get(home, ()) if base.get(e["id"]) == home]
            stay = longest_ascent([before[id_] for id_ in order])
            moved |= set(order) - {order[i] for i in stay}
        return moved

    def _same_order(self, home: str) -> bool:
        """Say whether both sides have what they both have in an array in one order; found out once for each."""
        known = self.orders.get(home)
        if known is None:
            mine, theirs = ([e["id"] for e in side.get(home, ())] for side in (self.mine, self.theirs))
            both = set(mine) & set(theirs)
            known = [i for i in mine if i in both] == [i for i in theirs if i in both]
            self.orders[home] = known
        return known

    def _stands(self, id_: str, home: str) -> bool:
        """Say whether an element already stands behind the one that mine has before it."""
        found = self.work.home(id_)
        return found is not None and found[0] == home and found[1] == self._left(id_, home)

    def _left(self, id_: str, home: str) -> str | None:
        """Return the nearest element left of it in mine that stands in that array of the working copy."""
        left: str | None = None
        array = self.work.get(home)
        here = {e["id"] for e in array if self.work.has(e["id"])} if self._is_keyed(home) else ()
        for element in self.mine.get(home):
            if element["id"] == id_:
                break
            if element["id"] in here:
                left = element["id"]
        return left

    def _is_keyed(self, home: str) -> bool:
        """Say whether an array of elements stands there in the working copy."""
        place = self.work.place(home)
        return place is not None and place.keyed and isinstance(self.work.get(home), list)

    def _neighbours(self, id_: str, home: str) -> tuple[str | None, str | None]:
        left = self._left(id_, home)
        others = [e["id"] for e in self.work.get(home, ()) if e["id"] != id_]
        at = others.index(left) + 1 if left is not None else 0
        return left, others[at] if at < len(others) else None

    def _move(self, id_: str, home: str) -> None:
        array = self.work.get(home, _NONE)
        if not isinstance(array, list) or not self._do(Move(id_, home, *self._neighbours(id_, home))):
            self._conflict(addresses.escape(id_), self.tracked[0][id_], home, self.tracked[2].get(id_), "place")

    def _insert(self, id_: str, home: str) -> None:
        at = addresses.escape(id_)
        place = self.mine.place(at)
        assert place is not None
        value = self._stripped(self.mine.get(at), place)
        array = self.work.get(home, _NONE)
        if not isinstance(array, list) or not self._do(Insert(home, value, *self._neighbours(id_, home))):
            self._conflict(at, _NONE, self.mine.get(at), _NONE)

    def _theirs_removed(self, id_: str) -> None:
        """Report what mine changed in an element that is gone in theirs."""
        at = addresses.escape(id_)
        place = self.mine.place(at)
        assert place is not None
        was, now = self.base.get(at), self.mine.get(at)
        if not same(_skeleton(was, place), _skeleton(now, place)):
            self._conflict(at, was, now, _NONE)

    # What goes

    def _remove_all(self) -> None:
        """Remove what mine removed; an element with anything inside that must stay, stays as a whole."""
        b, m, t = self.tracked
        gone = [id_ for id_ in t if id_ in b and id_ not in m]
        self.free = {id_ for id_ in gone if not self._theirs_changed(id_)}
        settled: set[str] = set()
        for id_ in gone:
            at = addresses.escape(id_)
            if id_ in settled or not self.work.has(id_) or (id_ in self.free and self._goes_late(id_)):
                continue
            inside = self._inside(at)
            if self.free.issuperset(inside):
                self._do(Remove(at))
            else:
                settled.update(inside)
                self._conflict(at, self.base.get(at), _NONE, self.theirs.get(at))

    def _goes_late(self, id_: str) -> bool:
        """Say whether an element goes with an object around it that is replaced or removed as a whole."""
        while id_:
            home = self.tracked[2][id_]
            if any(addresses.is_inside(home, op.at) for op in self.late):
                return True
            id_ = addresses.owner(home)
        return False

    def _theirs_changed(self, id_: str) -> bool:
        at = addresses.escape(id_)
        place = self.theirs.place(at)
        assert place is not None
        return not same(_skeleton(self.base.get(at), place), _skeleton(self.theirs.get(at), place))

    def _inside(self, at: str) -> dict[str, Place]:
        """Return the elements inside a place of the working copy, an element itself included."""
        inside: dict[str, Place] = {}
        place, value = self.work.place(at), self.work.get(at, _NONE)
        if place is not None and value is not _NONE:
            if "/" in at:
                ids.places(value, place, inside)
            else:
                ids.places_of_element(value, place, inside)
        return inside

    def _finish(self, op: Op) -> None:
        """Replace or remove a member; elements that must stay inside make it a conflict."""
        b, m, t = (side.get(op.at, _NONE) for side in self.sides)
        staying = [id_ for id_ in self._inside(op.at) if id_ in self.tracked[2] and id_ not in self.free]
        if staying or not self._do(op):
            self._conflict(op.at, b, m, t)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(n, str) for n in value) and len(set(value)) == len(value)


def _around(side: Document, at: str) -> Any:
    """Return the element, or the root, in which a member stands."""
    return side.get(at) if at else side.value


def _is_schema(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("properties"), dict)


def _stretch(base: list[str], now: list[str]) -> tuple[int, int] | None:
    """Return the first and the last index at which an order differs."""
    differ = [i for i, (was, is_) in enumerate(zip(base, now, strict=True)) if was != is_]
    return (differ[0], differ[-1]) if differ else None


def _gaps(array: list[str], known: set[str], old: set[str]) -> dict[str | None, list[str]]:
    """Return the elements of an array that came there, by the known one that stands before them."""
    found: dict[str | None, list[str]] = {}
    left: str | None = None
    for id_ in array:
        if id_ in known:
            left = id_
        elif id_ not in old:
            found.setdefault(left, []).append(id_)
    return found


def _skeleton(value: Any, place: Place) -> Any:
    """Return a value with the elements of its keyed arrays left out."""
    if place.dead:
        return value
    if isinstance(value, dict):
        return {name: _skeleton(member, place.member(name)) for name, member in value.items()}
    if isinstance(value, list):
        return [] if place.keyed else [_skeleton(element, place.element()) for element in value]
    return value
