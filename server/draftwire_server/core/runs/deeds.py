"""Whether one change of structure can be undone or redone on a document as it is, and by which ops. Pure."""

from typing import Any, Final, Literal

from draftwire.document import address as addresses
from draftwire.document.document import Document
from draftwire.document.invert import invert
from draftwire.document.ops import ElementTaken, Insert, Move, Op, PlaceTaken, Remove, Set, ValueTaken
from draftwire.document.values import same
from draftwire_server.core.runs.tracing import Deed

Hindrance = Literal["changed", "gone", "taken"]

_MISSING: Final = object()


def may_undo(deed: Deed, document: Document) -> Hindrance | None:
    """Why a deed can't be undone: others changed it, its place is gone, ids are taken; None: it can."""
    op, took = deed.effect.op, deed.effect.took
    match op, took:
        case Set(at, value), ValueTaken(gone=gone):
            return _member_is(document, at, value) or _ids_taken(document, gone, deed.effect.made)
        case Remove(at), ValueTaken(gone=gone):
            return _member_is(document, at, _MISSING) or _ids_taken(document, gone, ())
        case Insert(_, value), _:
            return _element_is(document, value["id"], value)
        case Remove(), ElementTaken(_, at, _, _, gone):
            return _room(document, at, gone)
        case Move(id_, at), PlaceTaken(at=was):
            return _moved_on(deed, document, id_, at, was)
        case _:
            raise AssertionError(f"no deed: {op} {took}")


def may_redo(deed: Deed, document: Document) -> Hindrance | None:
    """Why an undone deed can't be done again."""
    op, took = deed.effect.op, deed.effect.took
    match op, took:
        case Set(at), ValueTaken(had, value, gone):
            return _member_is(document, at, value if had else _MISSING) or _ids_taken(document, deed.effect.made, gone)
        case Remove(at), ValueTaken(_, value):
            return _member_is(document, at, value)
        case Insert(at), _:
            return _room(document, at, deed.effect.made)
        case Remove(), ElementTaken(value):
            return _element_is(document, value["id"], value)
        case Move(id_, at), PlaceTaken(at=was):
            return _moved_on(deed, document, id_, was, at)
        case _:
            raise AssertionError(f"no deed: {op} {took}")


def undo_ops(deed: Deed, document: Document) -> tuple[Op, ...]:
    """The ops that undo a deed."""
    return (*_cleared(deed.effect.op, document), *invert((deed.effect,)))


def redo_ops(deed: Deed, document: Document) -> tuple[Op, ...]:
    """The ops that do a deed again: an element comes to where the undo found it."""
    if isinstance(deed.effect.op, Insert | Move) and deed.undone is not None:
        return invert((deed.undone,))
    return (*_cleared(deed.effect.op, document), deed.effect.op)


def _cleared(op: Op, document: Document) -> tuple[Op, ...]:
    """A keyed array with elements can't be set or removed as it is: its elements go first."""
    place = document.place(op.at) if isinstance(op, Set | Remove) and "/" in op.at else None
    value = document.get(op.at) if place is not None and place.keyed else None
    return tuple(Remove(addresses.escape(element["id"])) for element in value) if isinstance(value, list) else ()


def _member_is(document: Document, at: str, value: Any) -> Hindrance | None:
    if not isinstance(document.get(at.rpartition("/")[0]), dict):
        return "gone"
    there = document.get(at, _MISSING)
    if value is _MISSING or there is _MISSING:
        return None if there is value else "changed"
    return None if same(there, value) else "changed"


def _element_is(document: Document, id_: str, value: Any) -> Hindrance | None:
    if not document.has(id_):
        return "gone"
    return None if same(document.get(addresses.escape(id_)), value) else "changed"


def _ids_taken(document: Document, coming: tuple[str, ...], going: tuple[str, ...]) -> Hindrance | None:
    return "taken" if any(document.has(id_) and id_ not in going for id_ in coming) else None


def _room(document: Document, at: str, coming: tuple[str, ...]) -> Hindrance | None:
    if coming and document.has(coming[0]):
        return "changed"  # it is back already
    if not isinstance(document.get(at), list):
        return "gone"
    return _ids_taken(document, coming, ())


def _moved_on(deed: Deed, document: Document, id_: str, at: str, to: str) -> Hindrance | None:
    home = document.home(id_)
    if home is None or not isinstance(document.get(to), list):
        return "gone"
    return "changed" if deed.by or home[0] != at else None


def kind_of(deed: Deed) -> Literal["set", "remove", "insert", "move"]:
    """The word for what was done."""
    match deed.effect.op:
        case Set():
            return "set"
        case Insert():
            return "insert"
        case Move():
            return "move"
        case _:
            return "remove"


def address_of(deed: Deed) -> str:
    """Where it was done: a member or an element."""
    kind, name = deed.key
    return addresses.escape(name) if kind == "move" else name


def added_by(deed: Deed) -> Any:
    """What the run left there: a value, or the array that holds a moved element."""
    match deed.effect.op:
        case Set(v=value) | Insert(v=value):
            return value
        case Move(at=at):
            return at
        case _:
            return None


def removed_by(deed: Deed) -> Any:
    """What was there before."""
    match deed.effect.took:
        case ValueTaken(had, value):
            return value if had else None
        case ElementTaken(value):
            return value
        case PlaceTaken(at=at):
            return at
        case _:
            return None
