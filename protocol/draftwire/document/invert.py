"""Undoing effects from the log alone, without the document that they were made for."""

from collections.abc import Iterable
from typing import assert_never

from draftwire.document import address as addresses
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
from draftwire.text import text


def invert(effects: Iterable[Effect]) -> tuple[Op, ...]:
    """Return ops, newest first, that restore the state before ``effects`` when applied to the one after them.

    They are applied, not checked: undoing a set that made a keyed array removes the array as a whole.
    """
    ops: list[Op] = []
    for effect in reversed(list(effects)):
        op = _inverse(effect)
        if op is not None:
            ops.append(op)
    return tuple(ops)


def _inverse(effect: Effect) -> Op | None:
    op, took = effect.op, effect.took
    match took:
        case TextTaken(pieces):
            assert isinstance(op, Text)
            return Text(op.at, text.invert(op.s, pieces)) if pieces else None
        case ValueTaken(had, value):
            if had:
                return Set(op.at, value)
            return Remove(op.at) if isinstance(op, Set) else None
        case ElementTaken(value, at, after, before):
            return Insert(at, value, after, before)
        case PlaceTaken(at, after, before):
            assert isinstance(op, Move)
            return Move(op.id, at, after, before)
        case NothingTaken():
            assert isinstance(op, Insert)
            return Remove(addresses.escape(op.v["id"]))
        case _:
            assert_never(took)
