"""Who wrote what of a document: spans of text leaves and members, each with an origin, that follow the effects. Pure.

Text belongs to who inserted it, a member to who set it, an element to who put it there; a move or a deletion changes
nothing of that. Batches of one writer within `STINT_S` share an origin, so that typing a text leaves few spans.

What a batch of kind undo, revert, restore or rebase brings back belongs to who wrote it first, where that is known
cheaply: deleted pieces are remembered for a while (`GRAVES`), and the text of a version comes with the version's own
blame (`Donor`). Else, and for what is adopted from another draft, it belongs to whoever did that, and `Origin.kind`
says so.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec

from draftwire.document import address as addresses
from draftwire.document.ops import Effect, ElementTaken, Insert, Move, Remove, Set, Text, TextTaken, gone_ids
from draftwire.document.values import same
from draftwire.text.textdiff import lines
from draftwire.text.units import length
from draftwire_server.core.history.spans import OPEN, Span, SpanReader, Splicer, cut_spans, joined, spliced

STINT_S: Final = 60.0
"""Batches of one writer begun within so long are told as one: "who and when" of a text needs no seconds."""

GRAVES: Final = 200
"""Deleted pieces and elements that are remembered, so that what comes back is known again."""

GRAVE_UNITS: Final = 64 * 1024
"""Of all remembered pieces together: the last big block that was cut fits, a document does not."""

RESTORED_PART: Final = 4
"""A part of a deleted piece is known again from this length on; shorter ones occur anywhere."""

BRINGS_BACK: Final = frozenset(("undo", "revert", "restore", "rebase"))


class Origin(msgspec.Struct, frozen=True, array_like=True):
    """Who wrote something and when.

    ``seq`` … ``to`` are the batches of the draft's present generation that it came with; without them it is older.
    ``version``: the first that holds it, None if that was not deployed yet.
    """

    actor: str
    run: str | None
    at: float  # Unix seconds, of the first of these batches
    kind: str = "edit"  # of the batches; "deploy": nothing but the version's author is known
    seq: int | None = None
    to: int | None = None
    version: int | None = None
    approved_by: str | None = None  # the actor who accepted what an agent suggested


class BlamedBatch(msgspec.Struct, frozen=True):
    """What blame needs of a committed batch."""

    seq: int
    actor: str
    run: str | None
    at: float
    kind: str
    effects: tuple[Effect, ...]
    approved_by: str | None = None


class Grave(msgspec.Struct, array_like=True):
    """A deleted piece of a leaf with its spans, or (``element``) what was known inside of a removed element."""

    at: str
    text: str = ""
    spans: list[Span] = []
    digest: bytes = b""  # of the element's value
    texts: dict[str, list[Span]] = {}
    members: dict[str, int] = {}


class KeptBlame(msgspec.Struct, frozen=True, array_like=True):
    """A blame as it is stored."""

    origins: list[Origin]
    rest: int
    texts: dict[str, list[Span]]
    members: dict[str, int]
    graves: list[Grave]
    stints: dict[str, int]


class Donor(msgspec.Struct, frozen=True):
    """A value that a batch took text from, with its blame. ``get`` gives what stands at an address, or None."""

    blame: "Blame"
    get: Callable[[str], Any]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(KeptBlame).decode
_canonical = msgspec.json.Encoder(order="deterministic").encode


class Blame:
    """See the module. What nothing is known of belongs to ``rest``."""

    def __init__(self, rest: Origin) -> None:
        self.origins: list[Origin] = [rest]
        self._index: dict[Origin, int] = {rest: 0}
        self._rest = 0
        # by the element that an address begins with, so that one which goes takes all of its own along
        self._texts: dict[str, dict[str, list[Span]]] = {}
        self._members: dict[str, dict[str, int]] = {}
        self._graves: list[Grave] = []
        self._grave_units = 0
        self._stints: dict[str, int] = {}
        self._splicer = Splicer()
        self._dug: tuple[str, int, int] | None = None  # the newest grave while it can grow: leaf, position, origin

    # ---- storing

    @classmethod
    def load(cls, data: bytes) -> "Blame":
        """Read what `dump` wrote."""
        kept = _decode(data)
        made = cls(kept.origins[kept.rest])
        made.origins, made._rest = kept.origins, kept.rest
        made._index = {origin: i for i, origin in enumerate(kept.origins)}
        for at, spans in kept.texts.items():
            made._texts.setdefault(addresses.owner(at), {})[at] = spans
        for at, origin in kept.members.items():
            made._members.setdefault(addresses.owner(at), {})[at] = origin
        made._graves, made._stints = kept.graves, kept.stints
        made._grave_units = sum(len(grave.text) for grave in kept.graves)
        return made

    def dump(self) -> bytes:
        """Write it, without the origins that nothing refers to any more."""
        order: dict[int, int] = {}

        def told(origin: int) -> int:
            return order.setdefault(origin, len(order))

        def all_told(spans: list[Span]) -> list[Span]:
            return [(size, told(origin)) for size, origin in spans]

        rest = told(self._rest)
        texts = {at: all_told(spans) for leaves in self._texts.values() for at, spans in leaves.items()}
        members = {at: told(origin) for places in self._members.values() for at, origin in places.items()}
        graves = [
            Grave(
                g.at, g.text, all_told(g.spans), g.digest, {at: all_told(spans) for at, spans in g.texts.items()},
                {at: told(origin) for at, origin in g.members.items()},
            )
            for g in self._graves
        ]  # fmt: skip
        stints = {who: told(origin) for who, origin in self._stints.items()}
        return _encode(KeptBlame([self.origins[i] for i in order], rest, texts, members, graves, stints))

    def deployed(self, number: int) -> "Blame":
        """The same as of a version: batches are of a draft, and end with it."""
        return self._as(
            [msgspec.structs.replace(o, seq=None, to=None, version=_first(o.version, number)) for o in self.origins]
        )

    def forked(self) -> "Blame":
        """The same as of another item's initial value, whose versions are not these."""
        return self._as([msgspec.structs.replace(o, seq=None, to=None, version=0) for o in self.origins])

    def _as(self, origins: list[Origin]) -> "Blame":
        made = Blame(origins[self._rest])

        def again(origin: int) -> int:
            return made._known(origins[origin])

        for owner, leaves in self._texts.items():
            made._texts[owner] = {
                at: joined((size, again(origin)) for size, origin in spans) for at, spans in leaves.items()
            }
        for owner, places in self._members.items():
            made._members[owner] = {at: again(origin) for at, origin in places.items()}
        return made

    # ---- asking

    def member(self, at: str) -> Origin:
        """Whose a member is, or an element (an address without a pointer)."""
        return self.origins[self._member(at)]

    def spans(self, at: str, size: int) -> list[Span]:
        """The spans of a text leaf of ``size`` units, as (length, index into `origins`)."""
        out: list[Span] = []
        for span, origin in self._spans(at):
            if span >= size:
                break
            out.append((span, origin))
            size -= span
        else:
            return out
        return [*out, (size, origin)] if size else out

    def _member(self, at: str) -> int:
        places = self._members.get(addresses.owner(at))
        if places is None:
            return self._rest
        while True:
            found = places.get(at)
            if found is not None:
                return found
            above, slash, _ = at.rpartition("/")
            if not slash:
                return self._rest
            at = above

    def _spans(self, at: str) -> list[Span]:
        found = self._texts.get(addresses.owner(at), {}).get(at)
        return found if found is not None else [(OPEN, self._member(at))]

    # ---- following

    def add(self, batch: BlamedBatch, donor: Donor | None = None) -> None:
        """Take in the next batch; ``donor`` is the value that it was made from, if it is known."""
        origin = self._stint(batch)
        back = batch.kind in BRINGS_BACK
        for effect in batch.effects:
            op = effect.op
            if isinstance(op, Text):
                self._text(op, effect.took, origin, back, donor if back else None)
                continue
            self._dug = None
            if isinstance(effect.took, ElementTaken):
                self._bury(op.at, effect.took)
            for element in gone_ids(effect.took):
                self._texts.pop(element, None)
                self._members.pop(element, None)
            if isinstance(op, Move):
                continue
            if isinstance(op, Set | Remove):
                self._clear(op.at)
            if isinstance(op, Set):
                self._put(op.at, op.v, effect.made, origin, donor if back else None)
            elif isinstance(op, Insert):
                at = addresses.escape(op.v["id"])
                if not (back and self._dig_up(at, op.v)):
                    self._put(at, op.v, effect.made, origin, donor if back else None)

    def _stint(self, batch: BlamedBatch) -> int:
        who = f"{batch.actor}\n{batch.run or ''}\n{batch.kind}"
        if batch.approved_by is not None:
            who += f"\n{batch.approved_by}"
        known = self._stints.get(who)
        if known is not None:
            before = self.origins[known]
            if before.seq is not None and batch.at - before.at < STINT_S:
                del self._index[before]
                self.origins[known] = after = msgspec.structs.replace(before, to=batch.seq)
                self._index[after] = known
                return known
        made = Origin(batch.actor, batch.run, batch.at, batch.kind, batch.seq, batch.seq, None, batch.approved_by)
        self._stints[who] = found = self._known(made)
        return found

    def _known(self, origin: Origin) -> int:
        found = self._index.get(origin)
        if found is None:
            self._index[origin] = found = len(self.origins)
            self.origins.append(origin)
        return found

    # ---- text

    def _text(self, op: Text, took: Any, origin: int, back: bool, donor: Donor | None) -> None:
        spans = self._spans(op.at)
        puts = [self._piece(op.at, insert, origin, back, donor) if insert else [] for _, _, insert in op.s]
        if len(op.s) == 1:
            taken = [self._splicer.splice(spans, op.s[0][0], op.s[0][1], puts[0])]
        else:
            spans, taken = spliced(spans, [(at, delete) for at, delete, _ in op.s], puts)
        self._texts.setdefault(addresses.owner(op.at), {})[op.at] = spans
        if len(op.s) != 1 or op.s[0][2] or (self._dug is not None and self._dug[2] != origin):
            self._dug = None  # only what one writer takes away piece after piece, with nothing else, is one piece
        if isinstance(took, TextTaken):
            for (at, delete, _), text, part in zip(op.s, took.s, taken, strict=True):
                if delete:
                    self._bury_piece(op.at, at, text, part, origin)
        if len(op.s) != 1 or op.s[0][2]:
            self._dug = None

    def _piece(self, at: str, insert: str, origin: int, back: bool, donor: Donor | None) -> list[Span]:
        """The spans of an inserted text: those that it had before, if it comes back."""
        size = length(insert)
        if back:
            for grave in reversed(self._graves):
                if grave.at == at and (grave.text == insert or (size >= RESTORED_PART and insert in grave.text)):
                    start = length(grave.text[: grave.text.index(insert)])
                    return cut_spans(grave.spans, start, start + size)
        if donor is not None:
            text = donor.get(at)
            if isinstance(text, str) and insert in text:
                start = length(text[: text.index(insert)])
                given = cut_spans(donor.blame._spans(at), start, start + size)
                return joined((span, self._known(donor.blame.origins[i])) for span, i in given)
        return [(size, origin)]

    def _bury_piece(self, at: str, position: int, text: str, spans: list[Span], origin: int) -> None:
        last = self._graves[-1] if self._graves else None
        size = length(text)
        if last is not None and self._dug is not None and self._dug[0] == at and len(last.text) < GRAVE_UNITS:
            where = self._dug[1]
            if position + size == where:  # backspace after backspace
                last.text, last.spans = text + last.text, joined([*spans, *last.spans])
                self._grown(at, position, origin, len(text))
                return
            if position == where:
                last.text, last.spans = last.text + text, joined([*last.spans, *spans])
                self._grown(at, position, origin, len(text))
                return
        self._graves.append(Grave(at, text, joined(spans)))
        self._grown(at, position, origin, len(text))

    def _grown(self, at: str, position: int, origin: int, size: int) -> None:
        self._dug = (at, position, origin)
        self._grave_units += size
        while self._graves and (len(self._graves) > GRAVES or self._grave_units > GRAVE_UNITS):
            self._grave_units -= len(self._graves.pop(0).text)

    # ---- members and elements

    def _clear(self, at: str) -> None:
        owner = addresses.owner(at)
        for kept in (self._texts.get(owner), self._members.get(owner)):
            if kept:
                for other in [other for other in kept if other == at or addresses.is_inside(other, at)]:
                    del kept[other]

    def _put(self, at: str, value: Any, made: tuple[str, ...], origin: int, donor: Donor | None) -> None:
        inside = [addresses.escape(id_) for id_ in made]
        if donor is not None and same(donor.get(at), value):
            for place in dict.fromkeys((at, *inside)):
                self._graft(place, donor.blame)
            return
        self._members.setdefault(addresses.owner(at), {})[at] = origin
        for element in inside:
            self._members.setdefault(addresses.owner(element), {})[element] = origin

    def _graft(self, at: str, other: "Blame") -> None:
        owner = addresses.owner(at)
        self._members.setdefault(owner, {})[at] = self._known(other.member(at))
        for place, origin in other._members.get(owner, {}).items():
            if addresses.is_inside(place, at):
                self._members[owner][place] = self._known(other.origins[origin])
        for place, spans in other._texts.get(owner, {}).items():
            if place == at or addresses.is_inside(place, at):
                again = joined((size, self._known(other.origins[origin])) for size, origin in spans)
                self._texts.setdefault(owner, {})[place] = again

    def _bury(self, at: str, took: ElementTaken) -> None:
        texts = {place: spans for id_ in took.gone for place, spans in self._texts.get(id_, {}).items()}
        members = {place: origin for id_ in took.gone for place, origin in self._members.get(id_, {}).items()}
        for id_ in took.gone:
            element = addresses.escape(id_)
            members.setdefault(element, self._member(element))
        self._graves.append(Grave(at, "", [], _digest(took.v), texts, members))
        self._grown(at, -1, -1, 0)
        self._dug = None

    def _dig_up(self, at: str, value: Any) -> bool:
        digest = _digest(value)
        for grave in reversed(self._graves):
            if grave.digest == digest and grave.at == at:
                for place, spans in grave.texts.items():
                    self._texts.setdefault(addresses.owner(place), {})[place] = list(spans)
                for place, origin in grave.members.items():
                    self._members.setdefault(addresses.owner(place), {})[place] = origin
                return True
        return False


def _first(version: int | None, number: int) -> int:
    return number if version is None else version


def _digest(value: Any) -> bytes:
    return hashlib.blake2b(_canonical(value), digest_size=8).digest()


# ---- as people read it


class BlamedLines(msgspec.Struct, frozen=True):
    """Lines ``first`` … ``last`` whose latest writer is one; ``others`` wrote in them too. Indexes of origins."""

    first: int
    last: int
    origin: int
    others: tuple[int, ...] = ()


def lines_of(text: str, spans: list[Span], origins: list[Origin]) -> list[BlamedLines]:
    """Tell the lines of a leaf: each belongs to the latest of those who wrote in it."""
    out: list[BlamedLines] = []
    for number, wrote in enumerate(_by_line(text, spans), 1):
        latest = max(wrote, key=lambda i: (origins[i].at, origins[i].to or 0))
        others = tuple(sorted(wrote - {latest}))
        if out and (out[-1].origin, out[-1].others) == (latest, others):
            out[-1] = BlamedLines(out[-1].first, number, latest, others)
        else:
            out.append(BlamedLines(number, number, latest, others))
    return out


def _by_line(text: str, spans: list[Span]) -> Iterator[set[int]]:
    """The origins in each line, its line feed included; an empty last line is none."""
    source = SpanReader(spans)
    for line in lines(text):
        found: list[Span] = []
        source.take(length(line), found)
        yield {origin for _, origin in found}
