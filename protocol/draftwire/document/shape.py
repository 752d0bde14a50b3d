"""Which arrays of a kind are keyed and which strings are text, by patterns of pointers from the root.

In a pattern ``*`` stands for one segment and ``**`` for any number, none included; an array element counts as
one segment whatever its id or index. The patterns become an automaton, built lazily and bounded by the
patterns alone (a member name that no pattern mentions takes the ``other`` edge), so that a walk over a
document costs one look-up per node.
"""

from collections.abc import Iterable, Sequence

from draftwire.document.address import parse
from draftwire.errors import OpError

ELEMENT = "*"  # the segment of an array element
KEYED, TEXT = True, False  # what a pattern marks; a string names the member that is coupled to a text


class Place:
    """A state of the automaton: what the patterns say of a path, and of what lies beyond it."""

    __slots__ = ("_edges", "_other", "_shape", "_state", "dead", "keyed", "sibling", "text")

    def __init__(self, shape: "Shape", state: frozenset[tuple[int, int]]) -> None:
        self._shape = shape
        self._state = state
        self._edges: dict[str, Place] = {}
        self._other: Place | None = None
        self.keyed = False
        self.text = False
        self.sibling: str | None = None  # the member beside a text that says how it is to be read
        for pattern, at in state:
            tokens, marks = shape.patterns[pattern]
            if at == len(tokens):
                if isinstance(marks, str):
                    self.sibling = marks
                elif marks:
                    self.keyed = True
                else:
                    self.text = True
        self.dead = not state

    def member(self, name: str) -> "Place":
        """Return the place of a member, or of an element under `ELEMENT`."""
        edge = self._shape.edge(name)
        if edge is None:
            if self._other is None:
                self._other = self._shape.step(self._state, None)
            return self._other
        found = self._edges.get(edge)
        if found is None:
            found = self._edges[edge] = self._shape.step(self._state, edge)
        return found

    def element(self) -> "Place":
        """Return the place of any element of an array here."""
        return self.member(ELEMENT)


class Shape:
    """The patterns of one kind."""

    __slots__ = ("_places", "literals", "patterns", "root")

    def __init__(
        self, keyed: Iterable[str] = (), text: Iterable[str] = (), coupled: Iterable[tuple[str, str]] = ()
    ) -> None:
        marked: list[tuple[str, bool | str]] = [(pattern, KEYED) for pattern in keyed]
        marked += [(pattern, TEXT) for pattern in text]
        marked += coupled
        self.patterns = tuple((_tokens(pattern), marks) for pattern, marks in marked)
        names = {token for tokens, _ in self.patterns for token in tokens}
        self.literals = frozenset(names - {"*", "**"})
        self._places: dict[frozenset[tuple[int, int]], Place] = {}
        self.root = self._place({(i, 0) for i in range(len(self.patterns))})

    def at(self, path: Sequence[str]) -> Place:
        """Return the place of a path from the root; array elements are `ELEMENT` (or anything else)."""
        place = self.root
        for segment in path:
            place = place.member(segment)
        return place

    def is_keyed(self, path: Sequence[str]) -> bool:
        """Say whether an array at this path is keyed."""
        return self.at(path).keyed

    def is_text(self, path: Sequence[str]) -> bool:
        """Say whether a string at this path is a text leaf."""
        return self.at(path).text

    def edge(self, name: str) -> str | None:
        """Give what stands for a name on an edge: the names that no pattern tells apart share one, None."""
        return name if name in self.literals else None

    def meets(self, want: str, name: str | None) -> bool:
        """Say whether a pattern's segment, not ``**``, takes what stands for a name."""
        return want in ("*", name)

    def step(self, state: frozenset[tuple[int, int]], name: str | None) -> Place:
        """Follow one segment; ``name`` None is a segment that no pattern mentions."""
        after: set[tuple[int, int]] = set()
        for pattern, at in state:
            tokens = self.patterns[pattern][0]
            if at < len(tokens):
                want = tokens[at]
                if want == "**":
                    after.add((pattern, at))
                elif self.meets(want, name):
                    after.add((pattern, at + 1))
        return self._place(after)

    def _place(self, state: set[tuple[int, int]]) -> Place:
        closed = set(state)
        for pattern, at in state:
            tokens = self.patterns[pattern][0]
            while at < len(tokens) and tokens[at] == "**":
                at += 1
                closed.add((pattern, at))
        key = frozenset(closed)
        found = self._places.get(key)
        if found is None:
            found = self._places[key] = Place(self, key)
        return found


def _tokens(pattern: str) -> tuple[str, ...]:
    element, tokens = parse(pattern)
    if element or not tokens:
        raise OpError("bad_pattern", pattern)
    return tokens
