"""A sequence whose characters have ids, written apart from the engine, to check traces, logs and alerts against.

Imports nothing of Draftwire. Every character that was ever typed keeps its id and its place among all others,
tombstones included: "the same place" needs no positions and no transformation. Positions are list indices unless a name
says units.
"""

import gzip
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parent / "data"
NEAR = 400  # people type near to where they typed; look there first


def load(name: str) -> Any:
    """Read a trace."""
    with gzip.open(DATA / f"{name}.json.gz") as file:
        return json.load(file)


def find(ids: list[int], wanted: int, near: int) -> int:
    """Where an id is in a list."""
    low = max(0, near - NEAR)
    try:
        return ids.index(wanted, low, near + NEAR)
    except ValueError:
        return ids.index(wanted)


def units(text: str) -> int:
    """How many UTF-16 code units a text has."""
    return len(text.encode("utf-16-le")) // 2


def splice_units(text: str, splices: Sequence[Sequence[Any]]) -> str:
    """Apply ``[position, delete, insert]`` in UTF-16 units, all in the coordinates of the text given."""
    raw = text.encode("utf-16-le")
    for position, delete, insert in sorted(splices, key=lambda s: -s[0]):
        raw = raw[: 2 * position] + insert.encode("utf-16-le") + raw[2 * (position + delete) :]
    return raw.decode("utf-16-le")


class Insertion(NamedTuple):
    """New characters, each right of the one before, the first right of ``left`` (None: at the start)."""

    left: int | None
    ids: tuple[int, ...]


class Step(NamedTuple):
    """One transaction by ids. ``needs``: how many transactions of the other person its state holds."""

    agent: int
    needs: int
    edits: tuple[Insertion | int, ...]  # an id alone is deleted


class Concurrent:
    """A trace of two people: each transaction as ids, made against exactly the state that its parents give."""

    def __init__(self, trace: Any, most: int | None = None) -> None:
        self.steps: list[Step] = []
        self.characters: list[str] = []
        self.order: list[int] = []  # every id, deleted or not
        self._near = 0
        self._shown: tuple[list[int], list[int]] = ([], [])  # what each person sees
        self._holds: tuple[set[int], set[int]] = (set(), set())
        self._own: tuple[list[Step], list[Step]] = ([], [])
        self._has = [0, 0]  # transactions of the other that each has taken in
        versions: list[list[int]] = []
        for txn in trace["txns"][:most]:
            me = txn["agent"]
            version = [max([versions[p][who] for p in txn["parents"]], default=0) for who in (0, 1)]
            assert version[me] == len(self._own[me])
            while self._has[me] < version[1 - me]:
                self._take_in(me, self._own[1 - me][self._has[me]])
                self._has[me] += 1
            step = Step(me, version[1 - me], self._typed(me, txn["patches"]))
            version[me] += 1
            versions.append(version)
            self.steps.append(step)
            self._own[me].append(step)
        self.rank = {id_: place for place, id_ in enumerate(self.order)}
        self.narrow = max(self.characters, default="") < "\U00010000"  # units are then indices

    def _typed(self, me: int, patches: list[Any]) -> tuple[Insertion | int, ...]:
        shown, holds = self._shown[me], self._holds[me]
        edits: list[Insertion | int] = []
        for position, delete, insert in patches:
            gone = shown[position : position + delete]
            del shown[position : position + delete]
            holds.difference_update(gone)
            edits += gone
            if insert:
                left = shown[position - 1] if position else None
                first = len(self.characters)
                ids = tuple(range(first, first + len(insert)))
                self.characters += insert
                place = 0 if left is None else self._place(left) + 1
                self.order[place:place] = ids
                shown[position:position] = ids
                holds.update(ids)
                edits.append(Insertion(left, ids))
        return tuple(edits)

    def _take_in(self, me: int, step: Step) -> None:
        shown, holds = self._shown[me], self._holds[me]
        for edit in step.edits:
            if isinstance(edit, Insertion):
                place = self._place(edit.ids[0])
                while place and self.order[place - 1] not in holds:
                    place -= 1
                position = find(shown, self.order[place - 1], place) + 1 if place else 0
                shown[position:position] = edit.ids
                holds.update(edit.ids)
            elif edit in holds:
                shown.remove(edit)
                holds.remove(edit)

    def _place(self, id_: int) -> int:
        self._near = find(self.order, id_, self._near)
        return self._near

    @property
    def text(self) -> str:
        """What is left in the end, all having reached everybody."""
        gone = {edit for step in self.steps for edit in step.edits if not isinstance(edit, Insertion)}
        return "".join([self.characters[id_] for id_ in self.order if id_ not in gone])


class Shown:
    """What one person's editor holds: the ids of its characters, left to right."""

    def __init__(self, reference: Concurrent) -> None:
        self.reference = reference
        self.ids: list[int] = []
        self.holds: set[int] = set()
        self._near = 0

    @property
    def text(self) -> str:
        return "".join([self.reference.characters[id_] for id_ in self.ids])

    def place(self, id_: int) -> int:
        self._near = find(self.ids, id_, self._near)
        return self._near

    def right_of(self, left: int | None) -> int:
        """The index right of a character, or of what stands left of it where it is gone or not here yet."""
        order, rank = self.reference.order, self.reference.rank
        while left is not None and left not in self.holds:
            left = order[rank[left] - 1] if rank[left] else None
        return 0 if left is None else self.place(left) + 1

    def splice(self, position: int, delete: int, ids: Sequence[int]) -> None:
        self.holds.difference_update(self.ids[position : position + delete])
        self.ids[position : position + delete] = ids
        self.holds.update(ids)

    def before(self, index: int) -> int:
        """An index in UTF-16 units."""
        if self.reference.narrow:
            return index
        return units("".join([self.reference.characters[id_] for id_ in self.ids[:index]]))

    def index(self, position_units: int) -> int:
        """UTF-16 units as an index."""
        if self.reference.narrow:
            return position_units
        at, index = 0, 0
        while at < position_units:
            at += units(self.reference.characters[self.ids[index]])
            index += 1
        return index
