"""Choosing between the two sides of a merge: hunks with stable ids, and the document that choices lead to. Pure.

A merge brings *incoming* into *standing*; what can't go together keeps standing and is a hunk. A hunk's id follows
from what it says, not from where it was in a list: a choice made for one preview counts in the next one exactly if
both sides still read the same there.
"""

import base64
import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

import msgspec

from draftwire.document import address as addresses
from draftwire.document import ids
from draftwire.document.document import Document
from draftwire.document.ops import Insert, Move, Op, Remove, Set, Text
from draftwire.document.shape import Place
from draftwire.document.values import same
from draftwire.errors import OpError
from draftwire.merge.merge import Conflict
from draftwire.text.text import canonical
from draftwire.text.units import length

ID_BYTES: Final = 9  # 12 characters; among a few hundred hunks no two meet

Side = Literal["incoming", "standing"]

_encode = msgspec.json.Encoder(order="deterministic").encode
_MISSING: Final = object()


class Hunk(msgspec.Struct, frozen=True):
    """What both sides changed differently. ``start`` and ``end`` count in the merged leaf, where standing stands."""

    id: str
    address: str
    kind: Literal["text", "value", "place"]
    base: Any
    incoming: Any
    standing: Any
    start: int | None = None
    end: int | None = None


class Choice(msgspec.Struct, frozen=True):
    """One side, or a value of one's own (``side`` None)."""

    side: Side | None
    value: Any = None


def hunks_of(conflicts: Iterable[Conflict]) -> tuple[Hunk, ...]:
    """Give conflicts their ids; equal ones are told apart by their order."""
    seen: dict[bytes, int] = {}
    found = []
    for c in conflicts:
        raw = _encode([c.address, c.kind, c.base, c.mine, c.theirs])
        seen[raw] = seen.get(raw, 0) + 1
        digest = hashlib.blake2b(raw + b"%d" % seen[raw], digest_size=ID_BYTES).digest()
        name = base64.urlsafe_b64encode(digest).decode("ascii")
        found.append(Hunk(name, c.address, c.kind, c.base, c.mine, c.theirs, c.start, c.end))
    return tuple(found)


def settle(merged: Document, incoming: Document, hunks: Iterable[Hunk], choices: Mapping[str, Choice]) -> Document:
    """Do to ``merged`` what was chosen for its hunks; those without a choice keep standing.

    Raises:
        OpError: a value can't stand there, or its place is gone.
    """
    work = merged
    leaves: dict[str, list[tuple[int, int, str]]] = {}
    for hunk in hunks:
        choice = choices.get(hunk.id)
        if choice is None or choice.side == "standing":
            continue
        if hunk.kind == "text":
            text = hunk.incoming if choice.side == "incoming" else choice.value
            if not isinstance(text, str) or hunk.start is None or hunk.end is None:
                raise OpError("not_text", hunk.address)
            leaves.setdefault(hunk.address, []).append((hunk.start, hunk.end - hunk.start, text))
        elif hunk.kind == "place" and choice.side is None:
            raise OpError("bad_place", hunk.address)
        else:
            work = _take(work, incoming, hunk, choice)
    for at, splices in leaves.items():
        if wanted := canonical(tuple(sorted(splices))):
            work = _done(work, Text(at, wanted))
    return work


def transplanted(work: Document, source: Document, at: str) -> Document:
    """Let ``work`` read at an address as ``source`` does, also if one has nothing there. Raises `OpError`."""
    if at == "":
        return Document.load(source.value, work.shape)
    value = source.get(at, _MISSING)
    return without(work, at) if value is _MISSING else placed(work, at, value, source)


def placed(work: Document, at: str, value: Any, like: Document | None = None) -> Document:
    """Let a value stand at an address; an element that is not there yet comes where ``like`` has it.

    Raises:
        OpError: the place is gone, or the value can't stand there.
    """
    if at == "":
        return Document.load(value, work.shape)
    if work.get(at, _MISSING) is not _MISSING and same(work.get(at), value):
        return work
    element, tokens = addresses.parse(at)
    if not tokens:
        return _with_element(work, element, value, like)
    place = work.place(at)
    if place is None:
        raise OpError("no_such_place", at)
    if isinstance(value, str) and place.text and isinstance(work.get(at), str):
        return _done(work, Text(at, canonical(((0, length(work.get(at)), value),))))
    work = without(work, at)
    inside: dict[str, Place] = {}
    ids.places(value, place, inside)
    return _done(_freed(work, inside), Set(at, value))


def without(work: Document, at: str) -> Document:
    """Take away what stands at an address, if anything does; also a keyed array with its elements."""
    value = work.get(at, _MISSING)
    if value is _MISSING:
        return work
    place = work.place(at)
    if "/" in at and place is not None and place.keyed and isinstance(value, list):
        for element in value:
            work = _done(work, Remove(addresses.escape(element["id"])))
    return _done(work, Remove(at))


def _take(work: Document, incoming: Document, hunk: Hunk, choice: Choice) -> Document:
    if hunk.kind == "place":
        element = addresses.parse(hunk.address)[0]
        home = incoming.home(element)
        if home is None or not work.has(element):
            raise OpError("no_such_place", hunk.address)
        return _done(work, Move(element, *home))
    if choice.side is None:
        return placed(work, hunk.address, choice.value, incoming)
    return transplanted(work, incoming, hunk.address)


def _with_element(work: Document, element: str, value: Any, like: Document | None) -> Document:
    home = work.home(element) or (like.home(element) if like is not None else None)
    if home is None:
        raise OpError("no_such_place", addresses.escape(element))
    if not isinstance(value, dict) or value.get("id") != element:
        raise OpError("id_fixed", addresses.escape(element))
    work = _with_array(without(work, addresses.escape(element)), home[0], like)
    work = without(work, addresses.escape(element))  # it may have come back with what is around it
    array = work.place(home[0])
    assert array is not None
    inside: dict[str, Place] = {}
    ids.places_of_element(value, array.element(), inside)
    return _done(_freed(work, inside), Insert(home[0], value, *home[1:]))


def _with_array(work: Document, at: str, like: Document | None) -> Document:
    """Let a keyed array be there, with what is around it as ``like`` has it. Raises `OpError` no_such_place."""
    owner, tokens = addresses.parse(at)
    if isinstance(work.get(at), list):
        return work
    if owner and not work.has(owner):
        if like is None or not like.has(owner):
            raise OpError("no_such_place", at)
        work = transplanted(work, like, addresses.escape(owner))
    for depth in range(1, len(tokens) + 1):
        way = addresses.format(owner, tokens[:depth])
        wanted: Any = [] if depth == len(tokens) else {}
        if not isinstance(work.get(way), type(wanted)):
            work = _done(without(work, way), Set(way, wanted))
    return work


def _freed(work: Document, wanted: Iterable[str]) -> Document:
    """Take elements away that come to stand elsewhere."""
    for element in wanted:
        if work.has(element):
            work = _done(work, Remove(addresses.escape(element)))
    return work


def _done(work: Document, op: Op) -> Document:
    work.check(op)
    applied = work.apply(op, 0)
    if applied.effect is None:
        raise OpError("no_such_place", op.at)
    return applied.document
