"""What a run did to a draft, followed from its first batch on through everything that came after. Pure.

Two things are kept: the leaves that the run wrote text in (`provenance.Leaf`), as long as they live, and a *deed* for
each of its sets, removals, insertions and moves, as long as nothing else of the run has made it moot. Undos and redos
of the run switch deeds off and on. Leaves that go with an element or member lie with it, and live again if the very
value comes back: by an undo, or by anybody's hand.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final

import msgspec

from draftwire.document import address as addresses
from draftwire.document.ops import (
    Effect,
    ElementTaken,
    Insert,
    Move,
    Op,
    Remove,
    Set,
    Text,
    TextTaken,
    ValueTaken,
    gone_ids,
)
from draftwire.document.values import same
from draftwire_server.core.edits.replica import Entry
from draftwire_server.core.runs.provenance import AS_FOREIGN_UNDO, AS_OTHER, AS_REDO, AS_RUN, AS_UNDO, Leaf, Mark

CAUSE: Final = "run:"
"""What the cause of an undo or redo begins with; the run's id follows."""

JOINED_OVER: Final = 32
"""So many other deeds may lie between two that are told as one: an agent that sets a few members again and again."""

Key = tuple[str, str]  # "member" and its address, "element" or "move" and its id


class Deed:
    """One change of structure by the run; ``effect`` as it was done last, ``undone`` by which effect.

    ``by``: others who changed it since. ``under``: a later deed that took its place away.
    """

    __slots__ = ("by", "effect", "key", "last", "mark", "under", "undone")

    def __init__(self, mark: Mark, key: Key, effect: Effect) -> None:
        self.mark = mark
        self.last = mark
        self.key = key
        self.effect = effect
        self.undone: Effect | None = None
        self.by: set[int] = set()
        self.under: Deed | None = None


class Life:
    """A text leaf from the run's first touch until it is set, removed or destroyed: by whom, ``under`` which deed."""

    __slots__ = ("at", "by", "first", "last", "leaf", "under")

    def __init__(self, at: str, first: Mark) -> None:
        self.at = at
        self.first = self.last = first  # of what the run wrote here
        self.leaf = Leaf()
        self.by: int | None = None
        self.under: Deed | None = None


class _Grave(msgspec.Struct, frozen=True):
    value: Any
    life: Life


class Trace:
    """See the module. ``writers`` are the run's sessions in this draft."""

    def __init__(self, run: str, writers: Collection[int]) -> None:
        self.cause = CAUSE + run
        self.writers = frozenset(writers)
        self.deeds: list[Deed] = []
        self.lives: dict[str, Life] = {}
        self.all_lives: list[Life] = []
        self._of: dict[str, set[str]] = {}  # element → its leaves among `lives`
        self._graves: dict[Key, list[_Grave]] = {}
        self._within: dict[str, list[Deed]] = {}  # element → deeds with their place in it
        self._keyed: dict[Key, list[Deed]] = {}
        self._members: dict[str, set[str]] = {}  # element → addresses of its members that the run set or removed
        self._made: dict[str, Deed] = {}  # element → the deed that made it

    def follow(self, entries: Iterable[Entry]) -> "Trace":
        """Take in batches, in the order of the log."""
        for entry in entries:
            who = self._who(entry)
            for index, effect in enumerate(entry.effects):
                self.take(effect, who, entry.w, (entry.seq, index, 0))
        return self

    def _who(self, entry: Entry) -> int:
        if entry.w in self.writers:
            return AS_RUN
        if entry.kind not in ("undo", "restore") or entry.cause is None or not entry.cause.startswith(CAUSE):
            return AS_OTHER
        if entry.cause != self.cause:
            return AS_FOREIGN_UNDO
        return AS_UNDO if entry.kind == "undo" else AS_REDO

    def take(self, effect: Effect, who: int, w: int, mark: Mark) -> None:
        """Take in what one op did."""
        op = effect.op
        if type(op) is Text:
            if who in (AS_OTHER, AS_FOREIGN_UNDO) and self.deeds:
                self._changed(effect, w)
            self._text(op, effect.took, who, w, mark)
            return
        if who in (AS_OTHER, AS_FOREIGN_UNDO):
            self._changed(effect, w)
        lives = self._bury(effect, w)
        key = key_of(op)
        if who == AS_RUN:
            self._done(Deed(mark, key, effect), lives)
        elif who == AS_UNDO:
            deeds = reversed(self._keyed.get(key, ()))
            deed = next((d for d in deeds if d.undone is None and _is_inverse(d.effect, effect)), None)
            if deed is not None:
                deed.undone = effect
                deed.by.clear()
        elif who == AS_REDO:
            deeds = iter(self._keyed.get(key, ()))
            deed = next((d for d in deeds if d.undone is not None and _is_inverse(d.undone, effect)), None)
            if deed is not None:
                deed.undone, deed.effect = None, effect
                deed.by.clear()
        self._dig_up(effect)

    def over(self, unit: "Deed | Life") -> list[Deed]:
        """The deeds that a deed or leaf goes with: one that took its place away, one that made its place."""
        if isinstance(unit, Life):
            at, mark = unit.at, unit.first
        else:
            at, mark = container_of(unit), unit.mark
        found = [unit.under] if unit.under is not None else []
        made = self._around(at, mark)
        return [*found, made] if made is not None else found

    def _around(self, at: str, mark: Mark) -> Deed | None:
        """The latest set or insertion by the run before ``mark`` that an address lies in."""
        made = self._made.get(addresses.owner(at))
        found = [made] if made is not None and made.mark < mark else []
        while "/" in at:
            found += [d for d in self._keyed.get(("member", at), ()) if d.mark < mark and isinstance(d.effect.op, Set)]
            at = at.rpartition("/")[0]
        return max(found, key=lambda deed: deed.mark, default=None)

    # ---- text

    def _text(self, op: Text, took: Any, who: int, w: int, mark: Mark) -> None:
        if not op.s or not isinstance(took, TextTaken):
            return
        life = self.lives.get(op.at)
        if life is None:
            if who != AS_RUN:
                return
            life = Life(op.at, mark)
            self.all_lives.append(life)
            self._live(life)
        if who == AS_RUN:
            life.last = mark
        life.leaf.take(op, took, who, w, mark[:2])

    def _live(self, life: Life) -> None:
        life.by = None
        self.lives[life.at] = life
        self._of.setdefault(addresses.owner(life.at), set()).add(life.at)

    def _bury(self, effect: Effect, w: int) -> tuple[Life, ...]:
        """Take the leaves that go with an effect out of the living."""
        op, took = effect.op, effect.took
        gone = [at for element in gone_ids(took) for at in self._of.get(element, ())]
        if isinstance(op, Set | Remove) and "/" in op.at:
            own = self._of.get(addresses.owner(op.at), ())
            gone += [at for at in own if at == op.at or addresses.is_inside(at, op.at)]
        lives = tuple(self.lives.pop(at) for at in gone)
        for life in lives:
            life.by = w
            self._of[addresses.owner(life.at)].discard(life.at)
        if lives and isinstance(took, ElementTaken | ValueTaken):
            values = _elements(took.v, {addresses.owner(life.at) for life in lives}.intersection(gone_ids(took)))
            for life in lives:
                key, value = ("element", addresses.owner(life.at)), values.get(addresses.owner(life.at))
                if value is None:
                    key, value = key_of(op), took.v
                self._graves.setdefault(key, []).append(_Grave(value, life))
        return lives

    def _dig_up(self, effect: Effect) -> None:
        """Let the leaves of what was taken away live again if the very same comes back."""
        op = effect.op
        if not self._graves or not isinstance(op, Set | Insert):
            return
        values = _elements(op.v, {id_ for id_ in effect.made if ("element", id_) in self._graves})
        for id_, value in values.items():
            self._rise(("element", id_), value)
        if isinstance(op, Set) and key_of(op) in self._graves:
            self._rise(key_of(op), op.v)

    def _rise(self, key: Key, value: Any) -> None:
        graves = self._graves[key]
        for grave in reversed(graves.copy()):
            if grave.life.at not in self.lives and same(grave.value, value):
                graves.remove(grave)
                self._live(grave.life)

    # ---- structure

    def _done(self, deed: Deed, lives: tuple[Life, ...]) -> None:
        """Note what the run did, as one with what it did there before if nothing else came in between."""
        if isinstance(deed.effect.took, ValueTaken) and _is_nothing(deed.effect):
            return
        before = self._latest(deed.key)
        if before is not None and before.undone is None and not before.by and self._is_apart(before):
            joined = _joined(before.effect, deed.effect)
            if joined is not None:
                before.effect, before.last = joined, deed.last
                if _is_nothing(joined):
                    self._forget(before)
                return
        for life in lives:
            life.under = deed
        for other in self._beneath(deed):
            other.under = deed
        self.deeds.append(deed)
        self._within.setdefault(addresses.owner(container_of(deed)), []).append(deed)
        self._keyed.setdefault(deed.key, []).append(deed)
        if deed.key[0] == "member":
            self._members.setdefault(addresses.owner(deed.key[1]), set()).add(deed.key[1])
        for element in deed.effect.made:
            self._made[element] = deed

    def _beneath(self, deed: Deed) -> list[Deed]:
        """Earlier deeds whose place goes with a later one."""
        op, took = deed.effect.op, deed.effect.took
        found = [other for element in gone_ids(took) for other in self._within.get(element, ())]
        if isinstance(took, ValueTaken) and isinstance(took.v, dict | list):
            near = self._within.get(addresses.owner(op.at), ())
            found += [other for other in near if addresses.is_inside(container_of(other), op.at)]
        return found

    def _latest(self, key: Key) -> Deed | None:
        found = self._keyed.get(key)
        return found[-1] if found else None

    def _is_apart(self, deed: Deed) -> bool:
        """Whether nothing that the run did since needs to come after it."""
        at = deed.key[1]
        for count, later in enumerate(reversed(self.deeds)):
            if later is deed:
                return True
            kind, place = later.key
            near = kind != "member" or addresses.is_inside(place, at) or addresses.is_inside(at, place)
            if near or count == JOINED_OVER:
                return False
        return False

    def _forget(self, deed: Deed) -> None:
        self.deeds.remove(deed)
        self._keyed[deed.key].remove(deed)
        for element in deed.effect.made:
            self._made.pop(element, None)

    def _changed(self, effect: Effect, w: int) -> None:
        """Note who else changes what the run did."""
        op = effect.op
        moved = [*gone_ids(effect.took), op.id] if isinstance(op, Move) else gone_ids(effect.took)
        for element in moved:
            self._touched(self._made.get(element), w)
            for deed in self._keyed.get(("move", element), ()):
                deed.by.add(w)
        at = op.at
        owner = addresses.owner(at)
        self._touched(self._made.get(owner), w)
        places = self._members.get(owner)
        if not places:
            return
        if isinstance(op, Set | Remove):
            for place in places:
                if addresses.is_inside(place, at):
                    self._touched(self._latest(("member", place)), w)
        while "/" in at:
            if at in places:
                self._touched(self._latest(("member", at)), w)
            at = at.rpartition("/")[0]

    def _touched(self, deed: Deed | None, w: int) -> None:
        if deed is not None:
            deed.by.add(w)


def container_of(deed: Deed) -> str:
    """What has to be there for a deed to be undone: an array, or the member itself."""
    op, took = deed.effect.op, deed.effect.took
    return took.at if isinstance(took, ElementTaken) else op.at


def key_of(op: Op) -> Key:
    """What an op of structure is about: an op and its inverse have the same."""
    match op:
        case Move(id_):
            return "move", id_
        case Insert(_, v):
            return "element", addresses.escape(v["id"])
        case _:
            return ("member" if "/" in op.at else "element"), op.at


def _elements(value: Any, wanted: set[str]) -> dict[str, Any]:
    """The elements of these ids inside a value; an object that only looks like one has its id in no effect."""
    found: dict[str, Any] = {}
    rest = [value] if wanted else []
    while rest:
        node = rest.pop()
        if isinstance(node, dict):
            if isinstance(node.get("id"), str) and node["id"] in wanted:
                found.setdefault(node["id"], node)
            rest += node.values()
        elif isinstance(node, list):
            rest += node
    return found


def _is_inverse(effect: Effect, other: Effect) -> bool:
    """Whether the second effect, with the same key, undid the first: it found there what that had left."""
    op, then = effect.op, other.op
    match op, other.took:
        case Move(), _:
            return True
        case Insert(v=value), ElementTaken(found):
            return same(found, value)
        case Set(v=value), ValueTaken(had, found):  # a keyed array is emptied before it goes
            return had and (found == [] or same(found, value))
        case Remove(), ValueTaken(had):
            return not had
        case Remove(), _:
            return isinstance(then, Insert) and isinstance(effect.took, ElementTaken) and same(effect.took.v, then.v)
        case _:
            return False


def _joined(first: Effect, then: Effect) -> Effect | None:
    """One effect that did both, if that can be told."""
    a, b = first.op, then.op
    if first.took and isinstance(then.took, ValueTaken) and isinstance(first.took, ValueTaken):
        if first.made or then.made or first.took.gone or then.took.gone:
            return None
        left = a.v if isinstance(a, Set) else None
        if then.took.had != isinstance(a, Set) or not same(then.took.v, left):
            return None  # its own text edits lie in between
        return Effect(b, first.took)
    if isinstance(a, Insert) and isinstance(then.took, ElementTaken) and same(a.v, then.took.v):
        return Effect(b, first.took, first.made)  # put in and taken out again
    return None


def _is_nothing(effect: Effect) -> bool:
    op, took = effect.op, effect.took
    if isinstance(took, ValueTaken):
        return same(op.v, took.v) if isinstance(op, Set) and took.had else isinstance(op, Remove) and not took.had
    return isinstance(op, Remove)
